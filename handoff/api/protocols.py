"""Protocols: read with their history, followed as they change, answered. [processes.md, rule 1]"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from backend.beneficiaries import Beneficiary
from backend.errors import NotFound
from backend.identifiers import ProtocolNumber as Number
from backend.protocols import verbs
from backend.protocols.kinds import KINDS
from backend.protocols.replies import reply
from backend.protocols.tables import Protocol, ProtocolEntry
from handoff.api.calls import Call, Work, Working, changes, reads
from handoff.api.people import PersonShown, shown_person
from handoff.api.shapes import (
    Asked,
    Cursor,
    Limit,
    Moment,
    ProtocolNumber,
    Shown,
    ShownMoment,
    Text,
    cursor_of,
    place_of,
)  # fmt: skip

router = APIRouter(route_class=Call, tags=["protocols"])


class ProtocolShown(Shown):
    """A request as it stands. `changed_at` is when its history grew last."""

    number: str = Field(examples=["99999920261122000069"])
    kind: str = Field(examples=["procedure_request"])
    title: str = Field(examples=["Solicitação de procedimento"])
    state: str = Field(description="open, waiting or closed")
    team: str
    beneficiary: PersonShown | None
    opened_at: ShownMoment
    due_at: ShownMoment
    closed_at: ShownMoment | None
    changed_at: ShownMoment


class Entry(Shown):
    """One line of the history: what was said or done."""

    at: ShownMoment
    step: str
    text: str
    actor: str = Field(description="person, assistant, attendant or system")


class ProtocolWithHistory(ProtocolShown):
    """A protocol with all its lines, oldest first."""

    history: list[Entry]


class Reply(Asked):
    """An answer under the protocol's number, in Portuguese, for the person's eyes."""

    text: Text


class Replied(Shown):
    """`to_be_told`: there is a person to tell. Whether he may hear of it is decided when it is told."""

    number: str
    to_be_told: bool


class ChangesPage(Shown):
    """Protocols in the order of their last change. `next_cursor` goes on from here, now or at the next look."""

    items: list[ProtocolShown]
    next_cursor: str | None


@router.get("/protocols/{number}", dependencies=reads("protocols:read"), summary="Read a protocol")
async def read_protocol(number: ProtocolNumber, work: Working) -> ProtocolWithHistory:
    """One protocol with its history."""
    protocol = await _find(work, number)
    work.about("protocol", protocol.id)
    person = await work.session.get(Beneficiary, protocol.beneficiary_id) if protocol.beneficiary_id else None
    lines = await verbs.history(work.session, protocol.id)
    history = [Entry(at=line.at, step=line.step, text=line.text, actor=line.actor_kind) for line in lines]
    return ProtocolWithHistory(**_shown(protocol, person, lines[-1] if lines else None).model_dump(), history=history)


@router.get("/protocols", dependencies=reads("protocols:read"), summary="Follow protocols")
async def list_protocols(
    work: Working,
    *,
    team: Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$", examples=["authorizations"])] = None,
    state: Annotated[Literal["open", "waiting", "closed"] | None, Query()] = None,
    changed_since: Annotated[Moment | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ChangesPage:
    """Protocols in the order of their last change, the oldest change first.

    Keep `next_cursor`, which is given on the last page too, and ask again with it: what changed meanwhile follows.
    A change that was being stored during a look may be behind it; look back a few minutes (`changed_since`) now and
    then.
    """
    later = aliased(ProtocolEntry)
    newer = exists().where(later.protocol_id == ProtocolEntry.protocol_id, later.id > ProtocolEntry.id)
    query = (
        select(Protocol, Beneficiary, ProtocolEntry)
        .select_from(ProtocolEntry)
        .join(Protocol, Protocol.id == ProtocolEntry.protocol_id)
        .outerjoin(Beneficiary, Beneficiary.id == Protocol.beneficiary_id)
        .where(~newer)
        .order_by(ProtocolEntry.id)
        .limit(limit)
    )
    if team is not None:
        query = query.where(Protocol.team == team)
    if state is not None:
        query = query.where(Protocol.state == state)
    if changed_since is not None:
        query = query.where(ProtocolEntry.at >= changed_since)
    if cursor is not None:
        query = query.where(ProtocolEntry.id > place_of(cursor, _row_number)[0])
    rows = (await work.session.execute(query)).all()
    work.about_all("protocols", [row[0].id for row in rows])
    following = cursor_of(rows[-1][2].id) if rows else cursor
    return ChangesPage(items=[_shown(*row) for row in rows], next_cursor=following)


@router.post(
    "/protocols/{number}/replies", status_code=201, dependencies=changes("protocols:write"), summary="Answer a protocol"
)
async def answer_protocol(number: ProtocolNumber, answer: Reply, work: Working) -> Replied:
    """Writes an answer into the history (réplica) and tells the person. A closed protocol takes it and stays closed."""
    protocol = await _find(work, number)
    work.about("protocol", protocol.id)
    told = await reply(
        work.session, protocol=protocol, text=answer.text, request_key=work.request_key, actor=work.actor, now=work.now
    )
    return Replied(number=protocol.number, to_be_told=told)


async def _find(work: Work, number: str) -> Protocol:
    found = await verbs.by_number(work.session, Number(number))
    if found is None:
        raise NotFound("Não há protocolo com esse número.", detail="protocol")
    return found


def _row_number(written: str) -> int:
    number = int(written)
    if not 0 <= number < 2**63:
        raise ValueError("no row's number")
    return number


def _shown(protocol: Protocol, person: Beneficiary | None, last: ProtocolEntry | None) -> ProtocolShown:
    kind = KINDS.get(protocol.kind)
    return ProtocolShown(
        number=protocol.number, kind=protocol.kind, title=kind.title if kind else protocol.kind, state=protocol.state,
        team=protocol.team, beneficiary=shown_person(person) if person else None, opened_at=protocol.opened_at,
        due_at=protocol.due_at, closed_at=protocol.closed_at, changed_at=last.at if last else protocol.opened_at,
    )  # fmt: skip

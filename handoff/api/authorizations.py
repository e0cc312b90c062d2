"""Authorizations (guias): read, requested, moved on. [processes.md, 4; rules 9 and 11]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Select, select, tuple_

from backend import events
from backend.beneficiaries import Beneficiary
from backend.errors import InvalidInput, NotFound
from backend.identifiers import ProtocolNumber as Number
from backend.procedures import catalogue, verbs
from backend.procedures.states import TITLES
from backend.procedures.tables import Authorization, AuthorizationStep, Procedure
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.store.clock import local
from handoff.api import people
from handoff.api.calls import Call, Work, Working, changes, reads
from handoff.api.people import Person, PersonShown
from handoff.api.shapes import (
    Asked,
    AuthorizationNumber,
    Cursor,
    Day,
    Limit,
    Moment,
    OptionalText,
    Page,
    ProcedureCode,
    Shown,
    ShownMoment,
    Text,
    cursor_of,
    page,
    place_of,
)  # fmt: skip

router = APIRouter(route_class=Call, tags=["authorizations"])

State = Literal["requested", "in_audit", "waiting_document", "approved", "denied", "performed", "cancelled"]


class ProcedureShown(Shown):
    """A line of TUSS table 22."""

    code: str = Field(examples=["41101316"])
    term: str


class AuthorizationShown(Shown):
    """An authorization as it stands. `title` is its state in Portuguese; an approval past `valid_until` has expired."""

    number: str = Field(examples=["263420000017"])
    state: str
    title: str = Field(examples=["em análise"])
    beneficiary: PersonShown
    procedure: ProcedureShown
    protocol_number: str | None
    requesting_doctor: str
    requested_at: ShownMoment
    due_at: ShownMoment
    decided_at: ShownMoment | None
    decided_by: str
    valid_until: date | None
    reason: str
    clause: str
    missing: str


class Step(Shown):
    """One line of the history."""

    at: ShownMoment
    state: str
    text: str
    actor: str = Field(description="person, assistant, attendant or system")


class AuthorizationWithHistory(AuthorizationShown):
    """An authorization with all its steps, oldest first."""

    history: list[Step]


class NewAuthorization(Asked):
    """A request. Without a protocol one is opened; an urgent one, or one that needs audit, goes to the auditor."""

    beneficiary: Person
    procedure_code: ProcedureCode = Field(description="TUSS", examples=["41101316"])
    requesting_doctor: Text = Field(examples=["Dra. Helena Prado, CRM-MA 1234"])
    urgent: bool = False
    protocol_number: Annotated[str, Field(pattern=r"^[0-9]{20}$")] | None = None


class NewState(Asked):
    """Where it goes. A denial needs `reason`, `clause` and `decided_by`, the person who signs it. [rule 9]"""

    state: State
    text: OptionalText = Field("", description="what the person may read about this step")
    reason: OptionalText = Field("", description="of a denial, in plain Portuguese")
    clause: OptionalText = Field("", description="of the contract, or the law, that a denial rests on")
    missing: OptionalText = Field("", description="what is waited for, with waiting_document")
    decided_by: OptionalText = Field("", description="who decided: a name and a function, never a program")
    valid_until: Day | None = Field(None, description="of an approval; computed where it is left out")


@router.get("/authorizations/{number}", dependencies=reads("authorizations:read"), summary="Read an authorization")
async def read_authorization(number: AuthorizationNumber, work: Working) -> AuthorizationWithHistory:
    """One authorization with its history."""
    authorization = await _find(work, number)
    work.about("authorization", authorization.id)
    return await _with_history(work, authorization)


@router.get("/authorizations", dependencies=reads("authorizations:read"), summary="List authorizations")
async def list_authorizations(
    work: Working,
    state: Annotated[State | None, Query()] = None,
    due_before: Annotated[Moment | None, Query(description="in an address `+` is written `%2B`; `Z` is easier")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AuthorizationShown]:
    """Authorizations by state and by when their term ends, those that are due first before the others."""
    query = _rows().order_by(Authorization.due_at, Authorization.id).limit(limit + 1)
    if state is not None:
        query = query.where(Authorization.state == state)
    if due_before is not None:
        query = query.where(Authorization.due_at < due_before)
    if cursor is not None:
        place = place_of(cursor, datetime.fromisoformat, UUID)
        query = query.where(tuple_(Authorization.due_at, Authorization.id) > place)
    rows = (await work.session.execute(query)).all()
    shown, following = page(rows, limit, lambda row: cursor_of(row[0].due_at, row[0].id))
    work.about_all("authorizations", [row[0].id for row in shown])
    return Page(items=[_shown(*row) for row in shown], next_cursor=following)


@router.post(
    "/authorizations", status_code=201, dependencies=changes("authorizations:write"), summary="Request an authorization"
)
async def request_authorization(wanted: NewAuthorization, work: Working) -> AuthorizationWithHistory:
    """Puts a request on record and tells the person.

    What needs no audit and is covered is approved at once; everything else waits for the auditor, since no program
    refuses. A procedure is requested once under a protocol: asked again, the same authorization comes back.
    """
    person = await people.find(work.session, wanted.beneficiary)
    if person.card_number is None:
        raise InvalidInput("Essa pessoa não é coberta pelo plano.", detail="payer")
    procedure = await _valid_procedure(work, wanted.procedure_code)
    protocol = await _protocol(work, wanted, person)
    authorization = await verbs.request_authorization(
        work.session, person=person, procedure=procedure, protocol=protocol, urgent=wanted.urgent,
        requesting_doctor=wanted.requesting_doctor, actor=work.actor, now=work.now,
    )  # fmt: skip
    if authorization.state == "requested":
        await verbs.settle_at_once(work.session, authorization=authorization, actor=work.actor, now=work.now)
    elif authorization.state == "in_audit":
        await events.tell(
            work.session, kind="authorization_changed", beneficiary_id=person.id, subject_id=authorization.id,
            protocol_id=protocol.id, event_key=f"authorization:{authorization.id}:requested", now=work.now,
            state=authorization.state,
        )  # fmt: skip
    work.about("authorization", authorization.id)
    return await _with_history(work, authorization)


@router.post(
    "/authorizations/{number}/state", dependencies=changes("authorizations:write"), summary="Move an authorization"
)
async def move_authorization(number: AuthorizationNumber, to: NewState, work: Working) -> AuthorizationWithHistory:
    """Moves it on and tells the person.

    requested → in_audit → approved or denied; to waiting_document and back; approved → performed; any → cancelled;
    denied → in_audit, to be looked at again. A denial without a person who signs it is refused (403).
    """
    authorization = await _find(work, number)
    if to.valid_until is not None and (to.state != "approved" or to.valid_until < local(work.now).date()):
        raise InvalidInput("A validade é de uma autorização e não pode ter passado.", detail="valid_until")
    await verbs.move(
        work.session, authorization=authorization, state=to.state, text=to.text, reason=to.reason, clause=to.clause,
        missing=to.missing, decided_by=to.decided_by, valid_until=to.valid_until, actor=work.actor, now=work.now,
    )  # fmt: skip
    work.about("authorization", authorization.id, state=to.state)
    return await _with_history(work, authorization)


async def _find(work: Work, number: str) -> Authorization:
    found = await verbs.by_number(work.session, number)
    if found is None:
        raise NotFound("Não encontrei essa guia.", detail="authorization")
    return found


async def _valid_procedure(work: Work, code: str) -> Procedure:
    procedure = await catalogue.get(work.session, code)
    today = local(work.now).date()
    if procedure.valid_from > today or (procedure.valid_until is not None and procedure.valid_until < today):
        raise InvalidInput("Esse código da TUSS não está em vigor.", detail="procedure not in force")
    return procedure


async def _protocol(work: Work, wanted: NewAuthorization, person: Beneficiary) -> Protocol:
    """The protocol that is named, where it is that person's and open; else a new one. [rule 1]"""
    if wanted.protocol_number is None:
        return await protocols.open_protocol(
            work.session, work.store, kind=KINDS["procedure_request"], request_key=work.request_key,
            conversation_id=None, beneficiary_id=person.id, actor=work.actor, now=work.now,
        )  # fmt: skip
    found = await protocols.by_number(work.session, Number(wanted.protocol_number))
    if found is None or found.beneficiary_id != person.id:
        raise NotFound("Não há esse protocolo para essa pessoa.", detail="protocol")
    if found.state == "closed":
        raise InvalidInput("Esse protocolo já foi encerrado.", detail="closed protocol")
    return found


def _rows() -> Select[Authorization, Beneficiary, Procedure, str]:
    return (
        select(Authorization, Beneficiary, Procedure, Protocol.number)
        .join(Beneficiary, Beneficiary.id == Authorization.beneficiary_id)
        .join(Procedure, Procedure.code == Authorization.procedure_code)
        .outerjoin(Protocol, Protocol.id == Authorization.protocol_id)
    )


async def _with_history(work: Work, authorization: Authorization) -> AuthorizationWithHistory:
    await work.session.flush()
    row = (await work.session.execute(_rows().where(Authorization.id == authorization.id))).one()
    steps: Sequence[AuthorizationStep] = await verbs.steps(work.session, authorization.id)
    history = [Step(at=step.at, state=step.state, text=step.text, actor=step.actor_kind) for step in steps]
    return AuthorizationWithHistory(**_shown(*row).model_dump(), history=history)


def _shown(one: Authorization, person: Beneficiary, procedure: Procedure, protocol: str | None) -> AuthorizationShown:
    return AuthorizationShown(
        number=one.number, state=one.state, title=TITLES[one.state], beneficiary=people.shown_person(person),
        procedure=ProcedureShown(code=procedure.code, term=procedure.term), protocol_number=protocol,
        requesting_doctor=one.requesting_doctor, requested_at=one.requested_at, due_at=one.due_at,
        decided_at=one.decided_at, decided_by=one.decided_by, valid_until=one.valid_until, reason=one.reason,
        clause=one.clause, missing=one.missing,
    )  # fmt: skip

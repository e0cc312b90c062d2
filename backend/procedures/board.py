"""The board of authorizations: what is not decided yet, the nearest term first. [processes.md 4, rule 7]"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.documents.tables import Document
from backend.identifiers import plain
from backend.procedures.states import OPEN, TITLES
from backend.procedures.tables import Authorization, Procedure
from backend.protocols.tables import Protocol

Sort = Literal["opme", "audited", "simple"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which are wanted: those with all of these words or digits, of OPME alone, past their term, in one state."""

    text: str = ""
    opme: bool = False
    overdue: bool = False
    state: str = ""


class Card(NamedTuple):
    """One authorization that waits for a decision. `sort` says why it waits: OPME, audited, or simple (not covered by
    the plan, a waiting period, or asked for by hand). `urgent` ones had their term at once. Times are aware.

    A tuple in the order of the query's columns: three thousand are made of its rows in a few milliseconds.
    """

    authorization_id: UUID
    number: str
    state: str
    missing: str
    requesting_doctor: str
    protocol_id: UUID | None
    protocol_number: str
    conversation_id: UUID | None
    beneficiary_id: UUID
    beneficiary_name: str
    procedure_code: str
    procedure: str
    sort: Sort
    covered: bool
    clause: str
    urgent: bool
    requested_at: datetime
    due_at: datetime
    overdue: bool
    documents: int

    @property
    def title(self) -> str:
        """The state as people read it."""
        return TITLES[self.state]


async def board(session: AsyncSession, *, now: datetime, filters: Filters | None = None) -> Sequence[Card]:
    """All authorizations that are not decided yet and fit the filters, by term: one query."""
    rows = await session.execute(_narrowed(_open_ones(now), filters or Filters(), now))
    return [Card._make(row) for row in rows]


def _open_ones(now: datetime) -> Select[*tuple[object, ...]]:
    documents = (select(func.count()).where(Document.protocol_id == Authorization.protocol_id).scalar_subquery()).label(
        "documents"
    )
    sort = case((Procedure.involves_opme, "opme"), (Procedure.needs_audit, "audited"), else_="simple")
    query = (
        select(
            Authorization.id, Authorization.number, Authorization.state, Authorization.missing,
            Authorization.requesting_doctor, Authorization.protocol_id, func.coalesce(Protocol.number, ""),
            Protocol.conversation_id, Authorization.beneficiary_id,
            func.coalesce(func.nullif(Beneficiary.social_name, ""), Beneficiary.full_name), Procedure.code,
            Procedure.term, sort, Procedure.covered, Procedure.clause,
            Authorization.due_at <= Authorization.requested_at, Authorization.requested_at, Authorization.due_at,
            Authorization.due_at < now, documents,
        )
        .join(Procedure, Procedure.code == Authorization.procedure_code)
        .join(Beneficiary, Beneficiary.id == Authorization.beneficiary_id)
        .outerjoin(Protocol, Protocol.id == Authorization.protocol_id)
        .where(Authorization.state.in_(OPEN))
    )  # fmt: skip
    return query.order_by(Authorization.due_at, Authorization.id)


def _narrowed(query: Select[*tuple[object, ...]], filters: Filters, now: datetime) -> Select[*tuple[object, ...]]:
    for word in plain(filters.text).split():
        query = query.where(_has(word))
    if filters.opme:
        query = query.where(Procedure.involves_opme)
    if filters.overdue:
        query = query.where(Authorization.due_at < now)
    if filters.state:
        query = query.where(Authorization.state == filters.state)
    return query


def _has(word: str) -> ColumnElement[bool]:
    """A part of a number, of the person's name, or of the procedure's; or the person's whole CPF."""
    places = (Authorization.number, Protocol.number, Procedure.code, Procedure.folded_term, Beneficiary.folded_name)
    return or_(Beneficiary.cpf == word, *(place.contains(word, autoescape=True) for place in places))

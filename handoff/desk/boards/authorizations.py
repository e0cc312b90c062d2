"""The authorizations' board in the shape of the others: states as columns. [processes.md 4]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.procedures import board as procedures
from backend.procedures.states import OPEN, TITLES
from backend.procedures.tables import Authorization
from handoff.desk.boards.lists import A_COLUMN, A_PAGE, CPF_DIGITS, open_conversations, papers_of, urgent_among
from handoff.desk.boards.table import Card, Column, Filters, Load, due_of, end_of_day

# state → whether it waits for the person
STATES = {"requested": False, "in_audit": False, "waiting_document": True}
# What `Filters.kind` may be here: why it waits for a person of the desk.
SORTS = {"opme": "OPME", "audited": "Com auditoria", "simple": "Sem auditoria"}


async def board(session: AsyncSession, *, filters: Filters, account: str, now: datetime) -> list[Column]:
    """The columns of what is not decided yet; `account` is the visitor's name, for what he has himself."""
    wanted = procedures.Filters(text=_searched(filters.text), overdue=filters.due == "late", state=filters.stage)
    rows = await procedures.board(session, now=now, filters=wanted)
    open_now = await open_conversations(session, [row.conversation_id for row in rows])
    rows = [row for row in rows if _fits(row, filters, open_now, account, now)]
    hurried = await urgent_among(session, [row.conversation_id for row in rows])
    rows.sort(key=lambda row: not (row.urgent or row.conversation_id in hurried))
    first = A_PAGE * (filters.page - 1) if filters.stage else 0
    most = A_PAGE if filters.stage else A_COLUMN
    columns = []
    for state, waits in STATES.items():
        if filters.stage not in {"", state}:
            continue
        here = [row for row in rows if row.state == state]
        shown = here[first : first + most]
        papers = await papers_of(session, [row.protocol_id for row in shown if row.protocol_id])
        cards = [_card(row, papers, open_now, hurried, now) for row in shown]
        columns.append(Column(state, TITLES[state], waits, len(here), cards))
    return columns


async def load(session: AsyncSession, *, now: datetime) -> Load:
    """How much is not decided yet."""
    for_person = Authorization.state == "waiting_document"
    query = select(
        func.count().filter(~for_person),
        func.count().filter(for_person),
        func.count().filter(Authorization.due_at < now),
    )
    return Load(*(await session.execute(query.where(Authorization.state.in_(OPEN)))).one())


def _searched(text: str) -> str:
    """What is searched for, a CPF without its dots and dash. Pure."""
    digits = "".join(filter(str.isdigit, text))
    return digits if len(digits) == CPF_DIGITS and not any(map(str.isalpha, text)) else text


def _fits(
    row: procedures.Card, filters: Filters, open_now: dict[UUID | None, tuple[UUID, str]], account: str, now: datetime
) -> bool:
    _, attendant = open_now.get(row.conversation_id, (None, ""))
    return not (
        (filters.kind and row.sort != filters.kind)
        or (filters.due == "today" and not now <= row.due_at < end_of_day(now))
        or (filters.whose == "mine" and attendant != account)
        or (filters.whose == "free" and attendant)
    )


def _card(
    row: procedures.Card,
    papers: dict[UUID, tuple[int, int, int]],
    open_now: dict[UUID | None, tuple[UUID, str]],
    hurried: Sequence[UUID] | frozenset[UUID],
    now: datetime,
) -> Card:
    conversation_id, attendant = open_now.get(row.conversation_id, (None, ""))
    documents, new, refused = papers.get(row.protocol_id, (0, 0, 0)) if row.protocol_id else (0, 0, 0)
    return Card(
        row.protocol_id, row.number, "procedure_request", row.state, row.beneficiary_name, row.procedure, row.due_at,
        due_of(row.due_at, now), row.requested_at, row.urgent or row.conversation_id in hurried, documents, new,
        refused, conversation_id, attendant, authorization_id=row.authorization_id,
        marks=tuple(_marks(row)),
    )  # fmt: skip


def _marks(row: procedures.Card) -> Sequence[str]:
    return [
        *([SORTS["opme"]] if row.sort == "opme" else []),
        *([] if row.covered else ["não coberto"]),
        *([f"falta: {row.missing}"] if row.missing else []),
    ]

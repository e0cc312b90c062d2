"""What stands on a board now: columns by stage, the urgent first, then by deadline. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend.beneficiaries import Beneficiary
from backend.documents.tables import Document
from backend.identifiers import plain
from backend.protocols.machines import GATHERING
from backend.protocols.tables import Protocol
from handoff.access.tables import Account
from handoff.conversations.tables import Conversation
from handoff.desk.boards.asked import asked_in
from handoff.desk.boards.table import Board, Card, Column, Filters, Load, due_of, end_of_day

A_COLUMN = 30
A_PAGE = 120
CPF_DIGITS = 11

_Origin, _Present = aliased(Conversation), aliased(Conversation)


async def board(
    session: AsyncSession, board: Board, *, filters: Filters, account_id: UUID, now: datetime
) -> list[Column]:
    """A board's columns in the machines' order: all with their first cards, or one alone with a page of them.

    While information is gathered nothing is there for the desk to do: that column is a count, unless it is asked for.
    """
    where = [*_standing(board), *_narrowed(filters, account_id, now)]
    totals = await _totals(session, where)
    cards = await _cards(session, where, filters, now)
    return [
        Column(stage, title, waits, totals.get(stage, 0), [card for card in cards if card.stage == stage])
        for stage, (title, waits) in board.stages.items()
        if filters.stage in {"", stage}
    ]


async def load(session: AsyncSession, board: Board, *, now: datetime) -> Load:
    """How much stands on a board; what the assistant still gathers is nobody's load."""
    query = select(
        func.count().filter(Protocol.state == "open"), func.count().filter(Protocol.state == "waiting"),
        func.count().filter(Protocol.due_at < now),
    ).where(*_standing(board), Protocol.stage != GATHERING)  # fmt: skip
    return Load(*(await session.execute(query)).one())


def _standing(board: Board) -> list[ColumnElement[bool]]:
    return [
        Protocol.team.in_(board.teams), Protocol.kind.in_(board.kinds), Protocol.stage.in_(board.stages),
        Protocol.stage != "", Protocol.state != "closed",
    ]  # fmt: skip


def _narrowed(filters: Filters, account_id: UUID, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.text:
        found.append(named(filters.text, Protocol.beneficiary_id, Protocol.number))
    if filters.kind:
        found.append(Protocol.kind == filters.kind)
    if filters.stage:
        found.append(Protocol.stage == filters.stage)
    found += due_within(filters, Protocol.due_at, now)
    if filters.whose == "mine":
        found.append(Protocol.conversation_id.in_(talks(_Present.attendant_id == account_id)))
    elif filters.whose == "free":
        held = talks(_Present.attendant_id.is_not(None))
        found.append(func.coalesce(Protocol.conversation_id.not_in(held), True))
    return found


def due_within(filters: Filters, due_at: Any, now: datetime) -> list[ColumnElement[bool]]:
    """The conditions of the deadline's filter."""
    match filters.due:
        case "late":
            return [due_at < now]
        case "today":
            return [due_at >= now, due_at < end_of_day(now)]
    return []


def named(text: str, person_id: Any, number: Any) -> ColumnElement[bool]:
    """Whether a protocol's number or its person's CPF has these digits, or the person's name these words."""
    digits = "".join(filter(str.isdigit, text))
    if digits:
        if len(digits) != CPF_DIGITS:
            return number.contains(digits)  # type: ignore[no-any-return]
        return exists().where(Beneficiary.id == person_id, Beneficiary.cpf == digits)
    parts = plain(text).split()
    called = (Beneficiary.folded_name.contains(part, autoescape=True) for part in parts)
    return person_id.in_(select(Beneficiary.id).where(*called))  # type: ignore[no-any-return]


def talks(*present: ColumnElement[bool]) -> Select[UUID]:
    """Conversations, closed ones too, whose contact has an open one now for which this holds."""
    same = _Present.contact_id == _Origin.contact_id
    return select(_Origin.id).join(_Present, same).where(_Present.closed_at.is_(None), *present)


def is_urgent(conversation_id: Any) -> ColumnElement[bool]:
    """Whether the person waits with priority in an open conversation."""
    return func.coalesce(conversation_id.in_(talks(_Present.owner != "assistant", _Present.priority > 0)), False)


async def urgent_among(session: AsyncSession, ids: Sequence[UUID | None]) -> frozenset[UUID]:
    """Those of these conversations whose person waits with priority now."""
    query = talks(_Present.owner != "assistant", _Present.priority > 0)
    return frozenset(await session.scalars(query.where(_Origin.id.in_({one for one in ids if one}))))


async def _totals(session: AsyncSession, where: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    rows = await session.execute(select(Protocol.stage, func.count()).where(*where).group_by(Protocol.stage))
    return {row[0]: row[1] for row in rows}


async def _cards(
    session: AsyncSession, where: Sequence[ColumnElement[bool]], filters: Filters, now: datetime
) -> list[Card]:
    urgent = is_urgent(Protocol.conversation_id)
    place = func.row_number().over(
        partition_by=Protocol.stage, order_by=(urgent.desc(), Protocol.due_at, Protocol.number)
    )
    hidden = [] if filters.stage else [Protocol.stage != GATHERING]
    ranked = select(Protocol.id, urgent.label("urgent"), place.label("place")).where(*where, *hidden).subquery()
    first = A_PAGE * (filters.page - 1) if filters.stage else 0
    last = first + (A_PAGE if filters.stage else A_COLUMN)
    query = (
        select(Protocol, ranked.c.urgent)
        .join(ranked, ranked.c.id == Protocol.id)
        .where(ranked.c.place > first, ranked.c.place <= last)
        .order_by(ranked.c.place)
    )
    rows = (await session.execute(query)).all()
    return await _described(session, [(protocol, bool(hurry)) for protocol, hurry in rows], now)


async def _described(session: AsyncSession, rows: Sequence[tuple[Protocol, bool]], now: datetime) -> list[Card]:
    protocols = [protocol for protocol, _ in rows]
    names = await names_of(session, [one.beneficiary_id for one in protocols])
    papers = await papers_of(session, [one.id for one in protocols])
    open_now = await open_conversations(session, [one.conversation_id for one in protocols])
    asked = await asked_in(session, protocols)
    cards = []
    for one, urgent in rows:
        conversation_id, attendant = open_now.get(one.conversation_id, (None, ""))
        documents, new, refused = papers.get(one.id, (0, 0, 0))
        cards.append(
            Card(
                one.id, one.number, one.kind, one.stage, names.get(one.beneficiary_id, ""), asked.get(one.id, ""),
                one.due_at, due_of(one.due_at, now), one.stage_since or one.opened_at, urgent, documents, new,
                refused, conversation_id, attendant,
            )
        )  # fmt: skip
    return cards


async def names_of(session: AsyncSession, ids: Sequence[UUID | None]) -> dict[UUID | None, str]:
    """People's names as pages show them."""
    wanted = {one for one in ids if one}
    query = select(Beneficiary.id, Beneficiary.social_name, Beneficiary.full_name).where(Beneficiary.id.in_(wanted))
    return {person: social or full for person, social, full in await session.execute(query)}


async def papers_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """How many documents lie under each protocol: all, undecided, refused."""
    query = select(
        Document.protocol_id, func.count(), func.count().filter(Document.state == "received"),
        func.count().filter(Document.state == "refused"),
    ).where(Document.protocol_id.in_(ids)).group_by(Document.protocol_id)  # fmt: skip
    return {protocol: (every, new, refused) for protocol, every, new, refused in await session.execute(query)}


async def open_conversations(session: AsyncSession, ids: Sequence[UUID | None]) -> dict[UUID | None, tuple[UUID, str]]:
    """For each conversation the one that its contact has open now, with the name of who has it."""
    query = (
        select(_Origin.id, _Present.id, Account.name)
        .join(_Present, _Present.contact_id == _Origin.contact_id)
        .outerjoin(Account, Account.id == _Present.attendant_id)
        .where(_Origin.id.in_({one for one in ids if one}), _Present.closed_at.is_(None))
    )
    return {origin: (present, name or "") for origin, present, name in await session.execute(query)}

"""Reading conversations: lists for attendants and operators, transcripts, search. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from backend.errors import InvalidInput, NotFound
from backend.identifiers import ProtocolNumber, canonical_phone
from backend.protocols.tables import Protocol
from handoff.access.tables import Account
from handoff.conversations.tables import Contact, Conversation, Media, Message, Ownership, Turn

PAGE = 50
MOST_MESSAGES = 200
FEW = 4000  # messages that hold a word: so many are looked up one by one, more are met on the way
NATIONAL_DIGITS = 11  # DDD and nine digits
FILES_OF_OURS = frozenset({"document", "image"})


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: the conversation, its contact, who has it, and its last message."""

    conversation: Conversation
    contact: Contact
    attendant: str | None
    last: Message | None


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a transcript with its files."""

    message: Message
    media: Sequence[Media] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation as it is read: lines oldest first, owners oldest first, protocols, and people's names by id."""

    conversation: Conversation
    contact: Contact
    lines: Sequence[Line]
    owners: Sequence[Ownership]
    protocols: Sequence[Protocol]
    turns: Sequence[Turn]
    names: dict[str, str] = field(default_factory=dict)
    more_before: int | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What an operator looks for; empty fields ask for nothing. Times are aware."""

    text: str = ""
    phone: str = ""
    protocol: str = ""
    since: datetime | None = None
    until: datetime | None = None


async def inbox(session: AsyncSession, *, account: Account, teams: set[str], box: str) -> Sequence[Row]:
    """An attendant's list: `mine`, `queue` (his teams', the urgent and longest waiting first), `assistant`."""
    conditions: list[ColumnElement[bool]] = [Conversation.closed_at.is_(None)]
    order: list[Any] = [Conversation.last_activity_at.desc()]
    if box == "mine":
        conditions.append(Conversation.attendant_id == account.id)
    elif box == "queue":
        conditions.append(Conversation.owner == "team")
        if teams:
            conditions.append(Conversation.team.in_(teams))
        order = [Conversation.priority.desc(), Conversation.queued_at]
    elif box == "assistant":
        conditions.append(Conversation.owner == "assistant")
    else:
        raise InvalidInput("Essa lista não existe.", detail="box")
    return await _rows(session, and_(*conditions), order, limit=PAGE * 2)


async def counts(session: AsyncSession, *, account: Account, teams: set[str]) -> dict[str, int]:
    """How many conversations each of an attendant's lists holds."""
    mine = func.count().filter(Conversation.attendant_id == account.id)
    queued = Conversation.owner == "team"
    queue = func.count().filter(and_(queued, Conversation.team.in_(teams)) if teams else queued)
    assistant = func.count().filter(Conversation.owner == "assistant")
    row = (await session.execute(select(mine, queue, assistant).where(Conversation.closed_at.is_(None)))).one()
    return {"mine": row[0], "queue": row[1], "assistant": row[2]}


async def search(session: AsyncSession, wanted: Search, *, before: datetime | None = None) -> Sequence[Row]:
    """Every conversation that fits, newest first, a page at a time (`before` is the last row's activity)."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        conditions.append(await _says(session, wanted.text))
    if wanted.phone:
        conditions.append(_phone(wanted.phone))
    if wanted.protocol:
        number = ProtocolNumber.find(wanted.protocol)
        if number is None:
            raise InvalidInput("Um protocolo tem 20 números. Confira o que foi digitado.", detail="protocol")
        conditions.append(exists().where(Protocol.conversation_id == Conversation.id, Protocol.number == str(number)))
    if wanted.since:
        conditions.append(Conversation.last_activity_at >= wanted.since)
    if wanted.until:
        conditions.append(Conversation.opened_at <= wanted.until)
    if before:
        conditions.append(Conversation.last_activity_at < before)
    return await _rows(session, and_(True, *conditions), [Conversation.last_activity_at.desc()], limit=PAGE)


async def _says(session: AsyncSession, words: str) -> ColumnElement[bool]:
    """The conversations in which the words were written.

    Words of few messages are looked up in their index; frequent ones are met soon on the way down the latest
    conversations. The planner guesses wrong between the two, so they are kept apart here: by its own estimate, and
    where that is low by counting up to the limit, since it underestimates words that are often written together.
    """
    says = Message.search.bool_op("@@")(func.websearch_to_tsquery("zelo_portuguese", words))
    having = select(Message.conversation_id).where(says)
    if await _estimated(session, having) <= FEW * 2:
        found = (await session.execute(having.limit(FEW + 1))).scalars().all()
        if len(found) <= FEW:
            return Conversation.id.in_(set(found))
    # OFFSET keeps it a question about each conversation on the way down, IS TRUE keeps it to that conversation's
    # messages: as a join, or by the index of words, every such message would be read.
    here = select(literal(1)).where(Message.conversation_id == Conversation.id, says.is_(true())).offset(0)
    return here.correlate(Conversation).exists()


async def _estimated(session: AsyncSession, query: Select[UUID]) -> int:
    """How many rows the planner expects of a query."""
    compiled = query.compile(dialect=session.get_bind().dialect)
    connection = await session.connection()
    statement = f"EXPLAIN (FORMAT JSON) {compiled}"
    plan = (await connection.exec_driver_sql(statement, dict(compiled.params))).scalar_one()
    return int(plan[0]["Plan"]["Plan Rows"])


def _phone(typed: str) -> ColumnElement[bool]:
    digits = "".join(c for c in typed if c.isdigit())
    if not digits:
        raise InvalidInput("Digite o telefone com números.", detail="phone")
    try:
        canonical = canonical_phone(
            typed
            if typed.strip().startswith("+")
            else f"+55{digits}"
            if len(digits) <= NATIONAL_DIGITS
            else f"+{digits}"
        )
    except InvalidInput:
        canonical = ""
    return or_(Contact.phone == canonical, Contact.address.contains(digits))


async def _rows(
    session: AsyncSession, condition: ColumnElement[bool], order: list[Any], *, limit: int
) -> Sequence[Row]:
    query = (
        select(Conversation, Contact, Account.name)
        .join(Contact, Contact.id == Conversation.contact_id)
        .outerjoin(Account, Account.id == Conversation.attendant_id)
        .where(condition)
        .order_by(*order)
        .limit(limit)
    )
    found = (await session.execute(query)).all()
    last = await _last_messages(session, [row[0].id for row in found])
    return [Row(conversation, contact, name, last.get(conversation.id)) for conversation, contact, name in found]


async def _last_messages(session: AsyncSession, ids: list[UUID]) -> dict[UUID, Message]:
    newest = (
        select(func.max(Message.id))
        .where(Message.conversation_id.in_(ids), Message.direction.in_(("in", "out")))
        .group_by(Message.conversation_id)
    )
    rows = await session.execute(select(Message).where(Message.id.in_(newest)))
    return {message.conversation_id: message for message in rows.scalars()}


async def transcript(session: AsyncSession, conversation_id: UUID, *, before: int | None = None) -> Transcript:
    """A conversation with its newest messages (those before message `before`, where given); NotFound without one."""
    conversation = await session.get(Conversation, conversation_id, populate_existing=True)
    if conversation is None:
        raise NotFound("Esta conversa não existe.", detail="conversation")
    contact = await session.get_one(Contact, conversation.contact_id)
    query = select(Message).where(Message.conversation_id == conversation_id)
    if before is not None:
        query = query.where(Message.id < before)
    newest = list((await session.execute(query.order_by(Message.id.desc()).limit(MOST_MESSAGES + 1))).scalars())
    messages = list(reversed(newest[:MOST_MESSAGES]))
    owners = await _all(
        session, select(Ownership).where(Ownership.conversation_id == conversation_id).order_by(Ownership.id)
    )
    return Transcript(
        conversation=conversation,
        contact=contact,
        lines=await _lines(session, messages),
        owners=owners,
        protocols=await _all(
            session, select(Protocol).where(Protocol.conversation_id == conversation_id).order_by(Protocol.number)
        ),
        turns=await _all(session, select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.asked_at)),
        names=await _names(session, messages, owners),
        more_before=messages[0].id if len(newest) > MOST_MESSAGES else None,
    )


async def _all(session: AsyncSession, query: object) -> Sequence:  # type: ignore[type-arg]  # each caller knows its rows
    return (await session.execute(query)).scalars().all()  # type: ignore[call-overload, no-any-return]


async def _lines(session: AsyncSession, messages: Sequence[Message]) -> list[Line]:
    ids = [message.id for message in messages if message.form is not None or message.kind in FILES_OF_OURS]
    files: dict[int, list[Media]] = {}
    query = select(Media).where(Media.message_id.in_(ids)).order_by(Media.message_id, Media.ordinal)
    for file in (await session.execute(query)).scalars():
        files.setdefault(file.message_id, []).append(file)
    return [Line(message, files.get(message.id, ())) for message in messages]


async def _names(session: AsyncSession, messages: Sequence[Message], owners: Sequence[Ownership]) -> dict[str, str]:
    ids = {UUID(message.author_id) for message in messages if message.author_kind == "attendant" and message.author_id}
    ids |= {owner.attendant_id for owner in owners if owner.attendant_id}
    rows = await session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {str(identifier): name for identifier, name in rows.all()}

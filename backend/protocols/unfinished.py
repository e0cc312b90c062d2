"""Requests that a person has not finished: kept while he is away, so that he goes on where he was. [rule 4]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.protocols.tables import Protocol, UnfinishedRequest

KEPT_FOR = timedelta(days=30)


async def keep(
    session: AsyncSession,
    *,
    protocol_id: UUID,
    conversation_id: UUID,
    intent: str,
    state: Mapping[str, object],
    now: datetime,
) -> None:
    """Writes down what was gathered so far; the newest replaces what was there."""
    values = {"conversation_id": conversation_id, "intent": intent, "request_state": dict(state), "kept_at": now}
    statement = insert(UnfinishedRequest).values(protocol_id=protocol_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["protocol_id"], set_=values))


async def drop(session: AsyncSession, protocol_id: UUID) -> None:
    """The request ended, or the desk has it."""
    await session.execute(delete(UnfinishedRequest).where(UnfinishedRequest.protocol_id == protocol_id))


async def get(session: AsyncSession, protocol_id: UUID) -> UnfinishedRequest | None:
    """What was gathered for a protocol, or None."""
    return await session.get(UnfinishedRequest, protocol_id, populate_existing=True)


async def of_conversations(
    session: AsyncSession, conversation_ids: Sequence[UUID], *, now: datetime
) -> Sequence[UnfinishedRequest]:
    """What is unfinished of some conversations, newest first: open protocols alone, of the last 30 days."""
    query = (
        select(UnfinishedRequest)
        .join(Protocol, Protocol.id == UnfinishedRequest.protocol_id)
        .where(
            UnfinishedRequest.conversation_id.in_(conversation_ids), Protocol.state != "closed",
            UnfinishedRequest.kept_at > now - KEPT_FOR,
        )
        .order_by(UnfinishedRequest.kept_at.desc())
    )  # fmt: skip
    return (await session.execute(query)).scalars().all()


async def forget_old(session: AsyncSession, *, now: datetime) -> int:
    """Deletes what nobody came back to within 30 days, or whose protocol is closed; gives how much. (LGPD)"""
    old = UnfinishedRequest.kept_at < now - KEPT_FOR
    closed = select(Protocol.id).where(Protocol.state == "closed")
    statement = delete(UnfinishedRequest).where(old | UnfinishedRequest.protocol_id.in_(closed))
    gone = await session.execute(statement.returning(UnfinishedRequest.protocol_id))
    return len(gone.all())


async def waiting_for_papers(session: AsyncSession, beneficiary_id: UUID) -> Sequence[Protocol]:
    """A person's protocols in which he has something to send: gathering, or sent back for correction; newest first."""
    query = (
        select(Protocol)
        .where(
            Protocol.beneficiary_id == beneficiary_id, Protocol.state != "closed",
            Protocol.stage.in_(("gathering", "correction")),
        )
        .order_by(Protocol.stage, Protocol.opened_at.desc())
    )  # fmt: skip
    return (await session.execute(query)).scalars().all()

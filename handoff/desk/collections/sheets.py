"""What goes back to finance, with what only the desk knows: ticket numbers, and which attendants took part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delinquency.lists.contacted import conversations_of
from backend.delinquency.lists.filled import filled
from backend.delinquency.tables import Campaign
from handoff.access.tables import Account
from handoff.conversations.tables import Conversation, Ownership

AT_ONCE = 5_000


async def filled_sheet(session: AsyncSession, *, campaign: Campaign, now: datetime) -> tuple[bytes, str]:
    """Finance's own workbook, filled as far as the campaign has come, and a name for the file."""
    ids = await conversations_of(session, campaign=campaign, now=now)
    tickets: dict[UUID, object] = {}
    attendants: dict[UUID, str] = {}
    for chunk in _chunks(ids):
        query = select(Conversation.id, Conversation.ticket).where(Conversation.id.in_(chunk))
        tickets |= {row.id: row.ticket for row in await session.execute(query)}
        attendants |= await _attendants(session, chunk)
    return await filled(session, campaign=campaign, now=now, tickets=tickets, attendants=attendants)


async def _attendants(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Who had each conversation last, of those that an attendant had."""
    query = (
        select(Ownership.conversation_id, Account.name)
        .join(Account, Account.id == Ownership.attendant_id)
        .where(Ownership.conversation_id.in_(ids))
        .order_by(Ownership.id)
    )
    return {row.conversation_id: row.name for row in await session.execute(query)}


def _chunks(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))

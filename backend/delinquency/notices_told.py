"""Which notices a conversation or a telephone has seen, whatever they count for: nobody is told the same twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delinquency.tables import Notice


async def confirmed_here(
    session: AsyncSession, case_id: UUID, conversation_id: UUID, *, months: Sequence[date]
) -> bool:
    """Whether a notice of these billing months was told and confirmed in this conversation."""
    query = select(Notice.fees).where(
        Notice.case_id == case_id, Notice.conversation_id == conversation_id, Notice.confirms.is_(True)
    )
    owed = {f"{month:%Y-%m}" for month in months}
    found = await session.scalars(query)
    return any(owed <= {str(fee["billing_month"])[:7] for fee in fees} for fees in found)


async def told_before(session: AsyncSession, number: str, conversation_id: UUID, *, since: datetime) -> bool:
    """Whether a notice was told at this canonical telephone since then, in another conversation than this one."""
    query = select(Notice.id).where(
        Notice.address == number, Notice.told_at >= since, Notice.conversation_id != conversation_id
    )
    return bool(number) and await session.scalar(query.limit(1)) is not None

"""Whether a case was noticed already, so that nobody is told the same notice twice. [RN 593]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delinquency.tables import Notice


async def in_force(session: AsyncSession, case_id: UUID, *, months: Sequence[date]) -> Notice | None:
    """The case's first notice that counts, if the notices that count named all of these billing months; else None.

    It is the first one whose ten days run: a later one gives no more of them.
    """
    query = select(Notice).where(Notice.case_id == case_id, Notice.counts.is_(True)).order_by(Notice.notice_on)
    found = (await session.scalars(query)).all()
    named = {str(fee["billing_month"])[:7] for notice in found for fee in notice.fees}
    return found[0] if found and {f"{month:%Y-%m}" for month in months} <= named else None

"""A call of a campaign that waits for an answer, found by the telephone that writes."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delinquency.campaigns.outcomes import UNSENT
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt

LIVE = ("running", "stopped")  # who answers is heard although no more is sent


async def open_call(session: AsyncSession, number: str) -> CampaignRow | None:
    """The newest call to this canonical telephone that was sent and not answered yet; None without one."""
    if not number:
        return None
    sent = select(func.max(ContactAttempt.made_at)).where(
        ContactAttempt.campaign_row_id == CampaignRow.id, ContactAttempt.outcome.not_in(UNSENT)
    )
    query = (
        select(CampaignRow)
        .join(Campaign, Campaign.id == CampaignRow.campaign_id)
        .where(
            CampaignRow.number == number, CampaignRow.attempts > 0, CampaignRow.state.in_(("calling", "waiting")),
            Campaign.state.in_(LIVE),
        )
        .order_by(sent.correlate(CampaignRow).scalar_subquery().desc().nulls_last(), CampaignRow.id.desc())
        .limit(1)
    )  # fmt: skip
    return (await session.scalars(query)).one_or_none()

"""Calls that wait to be sent and must not leave any more, and those that were given up and left after all.

The sender may have lost Twilio's answer. What it gave up by Twilio's list, and what is then heard of, was an attempt:
it counts, and nobody is called as if it had not been. [processes.md 6]
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import SYSTEM
from backend.delinquency.campaigns import answers
from backend.delinquency.campaigns.outcomes import UNSENT
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt
from backend.store.engine import Store
from handoff.conversations.tables import OutboxRow
from handoff.dispatch.campaign_attempts import attempts, count, is_late, open_attempts, settle, until_done


async def withdraw(store: Store) -> int:
    """Takes back what waits to be sent although it was stopped, answered or settled meanwhile; gives how many."""
    return await until_done(store, _withdraw)


async def count_late(session: AsyncSession, now: datetime) -> int:
    """Opens attempts again that were given up as never sent, and that Twilio has now told of; gives how many."""
    found = await attempts(session, ContactAttempt.outcome.in_(UNSENT), OutboxRow.sid.is_not(None))
    for attempt, row, _, _ in found:
        attempt.settled, attempt.outcome, attempt.outcome_at = False, "sent", now
        await count(session, row)
        if row.state == "waiting" and attempt.number >= row.attempts:  # nobody was called in its place yet
            plan = await answers.plan_of(session, row)
            row.state, row.number = "calling", attempt.address
            row.next_at = answers.days_on(attempt.made_at, plan.interval_days)
        attempt.number = max(attempt.number, row.attempts)  # its own number was made again: then it is the next one
        audit.record(session, "campaign.sent_after_all", ("contact_attempt", attempt.id), actor=SYSTEM, now=now)
    return len(found)


async def _withdraw(session: AsyncSession, now: datetime) -> int:
    stopped = exists().where(Campaign.id == CampaignRow.campaign_id, Campaign.state != "running")
    useless = or_(stopped, CampaignRow.state != "calling", ~is_late(CampaignRow.contract_id, now))
    found = await open_attempts(session, OutboxRow.state == "ready", useless)
    taken_back = 0
    for attempt, row, message, outbox in found:
        back = update(OutboxRow).where(OutboxRow.id == outbox.id, OutboxRow.state == "ready").values(state="failed")
        if not (await session.execute(back.returning(OutboxRow.id))).all():
            continue  # it left at this very moment
        message.delivery = "failed"
        await settle(session, attempt, message, "withdrawn", now)
        await count(session, row)
        if row.state == "calling":
            row.state, row.next_at = "waiting", now
        taken_back += 1
    return taken_back

"""Attempts of campaigns that are not settled: found under their locks, settled once, counted where they left.

What became of them is `campaign_calls`'; what never left, or left after all, is `campaign_unsent`'s.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import SYSTEM
from backend.delinquency import cases, evidence
from backend.delinquency.campaigns import answers
from backend.delinquency.campaigns.outcomes import UNSENT
from backend.delinquency.tables import CampaignRow, ContactAttempt
from backend.invoices.tables import Invoice
from backend.store.clock import business_now, local
from backend.store.engine import Store
from handoff.conversations.tables import Message, OutboxRow

AT_ONCE = 100  # attempts in a transaction

Attempted = tuple[ContactAttempt, CampaignRow, Message, OutboxRow]


async def until_done(store: Store, step: Callable[[AsyncSession, datetime], Awaitable[int]]) -> int:
    """Repeats a step, each time in a transaction of its own, until it finds less than it takes; gives how many."""
    total = 0
    while True:
        async with store.unit_of_work() as session:
            done = await step(session, await business_now(session))
        total += done
        if done < AT_ONCE:
            return total


async def open_attempts(
    session: AsyncSession, *which: ColumnElement[bool], limit: int | None = AT_ONCE
) -> Sequence[Attempted]:
    """Attempts that are not settled, with row and message; see `attempts`."""
    return await attempts(session, ~ContactAttempt.settled, *which, limit=limit)


async def attempts(
    session: AsyncSession, *which: ColumnElement[bool], limit: int | None = AT_ONCE
) -> Sequence[Attempted]:
    """Attempts of campaigns with row and message, their rows and themselves locked; those in work are left out."""
    query = (
        select(ContactAttempt, CampaignRow, Message, OutboxRow)
        .join(CampaignRow, CampaignRow.id == ContactAttempt.campaign_row_id)
        .join(Message, Message.id == ContactAttempt.message_id)
        .join(OutboxRow, OutboxRow.message_id == Message.id)
        .where(*which)
        .order_by(ContactAttempt.made_at)
        .limit(limit)
        .with_for_update(of=[ContactAttempt, CampaignRow], skip_locked=True)
    )
    rows = await session.execute(query)
    return [(attempt, row, message, outbox) for attempt, row, message, outbox in rows]


async def settle(session: AsyncSession, attempt: ContactAttempt, message: Message, outcome: str, now: datetime) -> None:
    """Closes an attempt, with what Twilio said of it as evidence.

    One that never left, and was then found at Twilio, is closed twice: each has a link of its own.
    """
    attempt.settled = True
    if attempt.outcome != outcome:
        attempt.outcome, attempt.outcome_at = outcome, now
    content = {
        "attempt": attempt.number, "outcome": outcome, "sid": message.sid, "delivery": message.delivery,
        "delivered_at": _iso(message.delivered_at), "read_at": _iso(message.read_at),
        "error_code": message.error_code, "message": message.id,
    }  # fmt: skip
    key = f"delivery:{attempt.request_key}" + (":unsent" if outcome in UNSENT else "")
    await evidence.add(
        session, case=await cases.get(session, attempt.case_id), kind="delivery", content=content,
        at=message.read_at or message.delivered_at or now, link_key=key, actor=SYSTEM, now=now,
    )  # fmt: skip
    audit.record(session, "campaign.settle", ("contact_attempt", attempt.id), actor=SYSTEM, now=now, outcome=outcome)


async def count(session: AsyncSession, row: CampaignRow) -> None:
    """Counts a row's attempts anew: what never left was none, and its number is still to be made.

    At a campaign's end it decides whether somebody was called in vain or not at all.
    """
    await session.flush()
    made = select(func.count()).where(ContactAttempt.campaign_row_id == row.id, ContactAttempt.outcome.not_in(UNSENT))
    row.attempts = await session.scalar(made) or 0
    if row.outcome in {"no_answer", "ended"}:
        answers.finish(row, "no_answer" if row.attempts else "ended")


def is_late(contract_id: Any, now: datetime) -> ColumnElement[bool]:
    """Whether a contract has an unpaid invoice that fell due."""
    today = local(now).date()
    return exists().where(Invoice.contract_id == contract_id, Invoice.state == "open", Invoice.due_on < today)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""

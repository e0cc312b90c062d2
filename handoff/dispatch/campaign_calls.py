"""What becomes of a campaign's calls: delivered, answered, failed, expired, or never answered; and who paid meanwhile.

All of it may run in several workers and begin again after any of them died: rows are locked, and each attempt is
settled once, with a link of the case's evidence. [processes.md 6]
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import SYSTEM
from backend.delinquency import calling, cases
from backend.delinquency.campaigns import answers, people
from backend.delinquency.replies import read_reply
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt, DelinquencyCase
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.conversations.tables import Contact, Conversation, Message, OutboxRow
from handoff.dispatch.campaign_attempts import AT_ONCE, Attempted, count, is_late, open_attempts, settle, until_done
from handoff.dispatch.campaign_unsent import count_late
from handoff.dispatch.campaigns import USELESS, settle_paid, usable
from handoff.whatsapp.client import NotReached, Refusal, TwilioClient, Unknown
from handoff.whatsapp.status import RANKS, Status, apply_statuses

log = logging.getLogger(__name__)

HEARD_AT_ONCE = 1000  # automatic replies among them stay in the way
LIVE = ("running", "stopped")
ANSWERED = frozenset({"answered", "wrong_person", "refused", "confirmed"})
FAILED = ("failed", "undelivered")
PROVED_AFTER = timedelta(minutes=10)  # an answered message's 'read' is waited for so long
OVER = ("done", "left_out")
OVER_AFTER = timedelta(days=1)  # what becomes of a call after the row is over is waited for so long
FETCH_AFTER = timedelta(minutes=3)  # a callback that did not come by then is asked for
FETCH_AGAIN = 60.0  # seconds, doubled each time
FETCHES = 50
FETCH_SECONDS = 10.0  # a Twilio that is slow must not keep the other duties waiting
SERVER_ERROR, TOO_MANY = 500, 429
LOOK_AGAIN = timedelta(minutes=1)
# What stands in a row that is done although the person could still pay: the payment is then what came of it.
_MAY_STILL_PAY = frozenset({"told", "refused", "says_paid", "negotiated", "notified", "no_answer", "refuse", "legal"})


@dataclass
class Fetched:
    """What this process has asked Twilio about: how often, when (monotonic seconds) it may ask again, and `told`.

    Those of whom Twilio said something, be it that it knows nothing of them, are `told`.
    """

    due: dict[UUID, tuple[int, float]] = field(default_factory=dict)
    told: set[UUID] = field(default_factory=set)

    def keep(self, lost: set[UUID]) -> None:
        """Forgets all others than these."""
        self.due = {key: kept for key, kept in self.due.items() if key in lost}
        self.told &= lost

    def may_ask(self, attempt_id: UUID) -> bool:
        """Whether an attempt's state may be asked for now; the next time is twice as far away."""
        times, due = self.due.get(attempt_id, (0, 0.0))
        if time.monotonic() < due:
            return False
        self.due[attempt_id] = times + 1, time.monotonic() + FETCH_AGAIN * 2**times
        return True


async def follow(store: Store, client: TwilioClient, fetched: Fetched) -> int:
    """Moves attempts and rows on by what became of their messages; gives how many moved."""
    moved = await until_done(store, count_late) + await until_done(store, _move_on)
    async with store.unit_of_work() as session:
        moved += await _hear(session)
    await _fetch_lost(store, client, fetched)
    return moved + await until_done(store, partial(_end_silence, fetched))


async def stop_paid(store: Store) -> int:
    """Ends the calls to those whose contract owes nothing any more, and closes its case; gives how many."""
    return await until_done(store, _stop_paid) + await until_done(store, _close_settled)


# -- delivered, read, failed


async def _move_on(session: AsyncSession, now: datetime) -> int:
    """Attempts whose message has come further than they know."""
    moved = 0
    for one in await open_attempts(session, _has_moved(now)):
        moved += await _carefully(session, one, now)
    return moved


async def _carefully(session: AsyncSession, one: Attempted, now: datetime) -> bool:
    """An attempt that cannot be followed must not stop all others; a database that is away is another matter."""
    attempt_id = one[0].id
    try:
        async with session.begin_nested():
            await _move(session, one, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 (its text may hold what a person wrote)
        log.error("campaigns: attempt %s could not be followed: %s", attempt_id, type(error).__name__)
        return False
    return True


async def _move(session: AsyncSession, one: Attempted, now: datetime) -> None:
    attempt, row, message, outbox = one
    if _never_left(message, outbox):
        await _expired(session, attempt, row, message, now)
    elif attempt.outcome in ANSWERED:
        _moments(row, message, now)
        await settle(session, attempt, message, attempt.outcome, now)
    elif outbox.state == "failed" or message.delivery in FAILED:
        await _failed(session, attempt, row, (message, outbox), now)
    else:
        _moments(row, message, now)
        attempt.outcome, attempt.outcome_at = _outcome(message), message.read_at or message.delivered_at or now
        if row.state in OVER and attempt.made_at < now - OVER_AFTER:
            await settle(session, attempt, message, attempt.outcome, now)


def _has_moved(now: datetime) -> ColumnElement[bool]:
    """Which open attempts do not stand where their message does, or are to be settled."""
    outcome, made_at, sent = ContactAttempt.outcome, ContactAttempt.made_at, OutboxRow.state == "sent"
    proved = or_(Message.read_at.is_not(None), made_at < now - PROVED_AFTER)
    return or_(
        and_(outcome == "planned", OutboxRow.sid.is_not(None)),
        and_(outcome.in_(("planned", "sent")), Message.delivered_at.is_not(None)),
        and_(outcome.in_(("planned", "sent", "delivered")), Message.read_at.is_not(None)),
        and_(outcome.in_(ANSWERED), proved),
        and_(outcome.not_in(ANSWERED), or_(OutboxRow.state == "failed", Message.delivery.in_(FAILED))),
        and_(CampaignRow.state.in_(OVER), made_at < now - OVER_AFTER, sent),
    )


def _outcome(message: Message) -> str:
    if message.read_at is not None:
        return "read"
    return "delivered" if message.delivered_at is not None else "sent"


def _moments(row: CampaignRow, message: Message, now: datetime) -> None:
    row.sent_at = row.sent_at or message.delivered_at or now
    row.delivered_at = row.delivered_at or message.delivered_at
    row.read_at = row.read_at or message.read_at


def _never_left(message: Message, outbox: OutboxRow) -> bool:
    """Whether the sender gave it up because its hours were over. Pure."""
    return outbox.state == "failed" and outbox.error_code is None and message.error_code is None and outbox.sid is None


async def _expired(
    session: AsyncSession, attempt: ContactAttempt, row: CampaignRow, message: Message, now: datetime
) -> None:
    """It does not count; who still waits for it is called when the hours begin again."""
    await settle(session, attempt, message, "expired", now)
    await count(session, row)
    if row.state == "calling":
        row.state, row.next_at = "waiting", calling.next_opening(await answers.plan_of(session, row), now)


async def _failed(
    session: AsyncSession, attempt: ContactAttempt, row: CampaignRow, sent: tuple[Message, OutboxRow], now: datetime
) -> None:
    """A useless number: the next one. Else the next attempt."""
    message, outbox = sent
    plan = await answers.plan_of(session, row)
    attempt.error_code = message.error_code or outbox.error_code
    await settle(session, attempt, message, "failed", now)
    if outbox.sid is not None:
        row.sent_at = row.sent_at or now
    if row.state != "calling":
        return
    if attempt.error_code not in USELESS:
        answers.again(row, plan, now)
        return
    await session.flush()
    registered = await people.numbers_of(session, row.beneficiary_id) if row.beneficiary_id else ()
    row.number = ""
    if row.attempts < plan.attempts and await usable(session, row, registered):
        row.state, row.next_at = "waiting", now
    else:
        answers.finish(row, "unreachable")


# -- answered, or not


async def _hear(session: AsyncSession) -> int:
    """Rows whose telephone wrote after the attempt: they answered, whatever they said, but for automatic replies."""
    silent = (~ContactAttempt.settled, CampaignRow.state == "calling", CampaignRow.answered_at.is_(None))
    wrote = (
        select(ContactAttempt.id)
        .join(CampaignRow, CampaignRow.id == ContactAttempt.campaign_row_id)
        .join(Contact, Contact.phone == ContactAttempt.address)
        .where(*silent, Contact.last_inbound_at >= ContactAttempt.made_at)
        .limit(HEARD_AT_ONCE)
    )
    ids = (await session.scalars(wrote)).all()  # mostly nobody: thousands of messages are not looked through for that
    if not ids:
        return 0
    first = (
        select(func.min(Message.id))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(
            Contact.phone == ContactAttempt.address, Message.direction == "in",
            Message.created_at >= ContactAttempt.made_at,
        )
        .correlate(ContactAttempt)
        .scalar_subquery()
    )  # fmt: skip
    query = (
        select(CampaignRow, Message)
        .join(ContactAttempt, ContactAttempt.campaign_row_id == CampaignRow.id)
        .join(Message, Message.id == first)
        .where(*silent, ContactAttempt.id.in_(ids))
        .with_for_update(of=[CampaignRow], skip_locked=True)
    )
    heard = 0
    for row, message in await session.execute(query):
        if read_reply(message.body) != "auto":
            row.answered_at = message.created_at
            heard += 1
    return heard


async def _end_silence(fetched: Fetched, session: AsyncSession, now: datetime) -> int:
    """Rows whose interval is over without an answer that leads on: the next attempt, or without answer.

    Not before Twilio was asked what became of the message, where nothing was heard of it.
    """
    query = (
        select(CampaignRow)
        .join(Campaign, Campaign.id == CampaignRow.campaign_id)
        .where(CampaignRow.state.in_(("calling", "answered")), CampaignRow.next_at <= now, Campaign.state == "running")
        .order_by(CampaignRow.next_at)
        .limit(AT_ONCE)
        .with_for_update(of=[CampaignRow], skip_locked=True)
    )
    rows = (await session.scalars(query)).all()
    not_yet = await _close_attempts(session, [row.id for row in rows], fetched, now)
    for row in rows:
        if row.id in not_yet:
            row.next_at = now + LOOK_AGAIN
        else:
            answers.again(row, await answers.plan_of(session, row), now, days=0)
    return len(rows)


async def _close_attempts(session: AsyncSession, row_ids: Sequence[int], fetched: Fetched, now: datetime) -> set[int]:
    """Settles the open attempts of some rows; gives the rows of which one is on its way, or its end not asked for.

    What failed, or never left, has a way of its own (`_move_on`), and may have been no attempt: it is not silence.
    """
    not_yet: set[int] = set()
    open_ones = await open_attempts(session, ContactAttempt.campaign_row_id.in_(row_ids), limit=None)
    for attempt, row, message, outbox in open_ones:
        gone_wrong = outbox.state == "failed" or message.delivery in FAILED
        unheard = message.delivered_at is None and attempt.id not in fetched.told
        if outbox.state in {"ready", "sending", "unsure"} or gone_wrong or unheard:
            not_yet.add(row.id)
            continue
        await settle(session, attempt, message, attempt.outcome if attempt.outcome in ANSWERED else "no_answer", now)
    return not_yet


# -- callbacks that were lost


async def _fetch_lost(store: Store, client: TwilioClient, fetched: Fetched) -> None:
    """Asks Twilio for the state of what it took and never told about."""
    async with store.sessions() as session:
        now = await business_now(session)
        query = (
            select(ContactAttempt.id, OutboxRow.id, OutboxRow.sid)
            .join(OutboxRow, OutboxRow.message_id == ContactAttempt.message_id)
            .join(Message, Message.id == ContactAttempt.message_id)
            .where(
                ~ContactAttempt.settled, ContactAttempt.campaign_row_id.is_not(None),
                ContactAttempt.made_at < now - FETCH_AFTER, OutboxRow.state == "sent", OutboxRow.sid.is_not(None),
                Message.delivered_at.is_(None), or_(Message.delivery.is_(None), Message.delivery.not_in(FAILED)),
            )
            .order_by(ContactAttempt.made_at)
        )  # fmt: skip
        lost = (await session.execute(query)).all()
    fetched.keep({attempt_id for attempt_id, _, _ in lost})
    asked, until = 0, time.monotonic() + FETCH_SECONDS
    for attempt_id, outbox_id, sid in lost:
        if asked >= FETCHES or time.monotonic() >= until:
            return
        if not fetched.may_ask(attempt_id):
            continue
        asked += 1
        if not await _fetch(store, client, str(outbox_id), str(sid)):
            return
        fetched.told.add(attempt_id)


async def _fetch(store: Store, client: TwilioClient, outbox_id: str, sid: str) -> bool:
    """Asks for one message's state; False where Twilio says nothing at all now, so that others are asked for later."""
    try:
        state, code = await client.fetch(sid)
    except (NotReached, Unknown, Refusal) as error:
        log.info("campaigns: a message's state could not be fetched (%s)", type(error).__name__)
        return isinstance(error, Refusal) and error.status < SERVER_ERROR and error.status != TOO_MANY
    if state in RANKS:
        await apply_statuses(store.engine, [Status(outbox_id, sid, state, code)])
    return True


# -- paid meanwhile


async def _stop_paid(session: AsyncSession, now: datetime) -> int:
    query = (
        select(CampaignRow)
        .join(Campaign, Campaign.id == CampaignRow.campaign_id)
        .where(
            Campaign.state.in_(LIVE), CampaignRow.paid_at.is_(None), CampaignRow.contract_id.is_not(None),
            or_(CampaignRow.state.in_(("waiting", "calling", "answered")), CampaignRow.outcome.in_(_MAY_STILL_PAY)),
            ~is_late(CampaignRow.contract_id, now),
        )
        .order_by(CampaignRow.id)
        .limit(AT_ONCE)
        .with_for_update(of=[CampaignRow], skip_locked=True)
    )  # fmt: skip
    rows = (await session.scalars(query)).all()
    for row in rows:
        await settle_paid(session, row, now)
        audit.record(session, "campaign.paid", ("campaign_row", row.id), actor=SYSTEM, now=now)
    return len(rows)


async def _close_settled(session: AsyncSession, now: datetime) -> int:
    """Cases of contracts that owe nothing any more, called or not."""
    query = (
        select(DelinquencyCase)
        .where(DelinquencyCase.closed_at.is_(None), ~is_late(DelinquencyCase.contract_id, now))
        .order_by(DelinquencyCase.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = (await session.scalars(query)).all()
    for case in found:
        await cases.settle(session, case=case, actor=SYSTEM, now=now)
    return len(found)

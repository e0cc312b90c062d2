"""Calling a campaign's people: each attempt once, in the plan's hours, never past what register and ledger say.

Under the campaign's row lock a batch is chosen, judged anew, and put on its way in one transaction: attempt, message,
evidence and row stand or fall together, however many workers look and whichever of them dies. [processes.md 6]
"""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend import audit, beneficiaries
from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary
from backend.delinquency import calling, cases, evidence, position
from backend.delinquency.calling import Plan
from backend.delinquency.campaigns import answers, people, verbs
from backend.delinquency.campaigns.outcomes import UNSENT
from backend.delinquency.campaigns.people import Judged
from backend.delinquency.position import Position
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt
from backend.greeting import greeting
from backend.identity.verbs import note_named
from backend.settings import settings
from backend.store.clock import business_now, local
from backend.store.engine import Store
from handoff.conversations.tables import Contact, Conversation, Message
from handoff.dispatch import reaching
from handoff.dispatch.news import held_back_until
from handoff.whatsapp import outgoing
from handoff.whatsapp.templates import Template, Templates

log = logging.getLogger(__name__)

AT_ONCE = 25  # rows in a transaction
HOUR = timedelta(hours=1)
SHARE = 10  # an hour's messages are spread: a tenth of them in a tenth of the hour
BUSY = timedelta(minutes=30)  # a person of the desk has the conversation, or another call is out on this telephone
IN_USE = timedelta(seconds=10)
IN_HAND = timedelta(minutes=1)  # what the sender has in hand must have left when the hours end
AFTER_AN_ERROR = timedelta(hours=1)
# Twilio's codes of a telephone that WhatsApp does not reach: it is not called again by this row.
USELESS = frozenset({63003, 63024, 21211, 21614, 21610})


@dataclass(frozen=True, slots=True)
class _Now:
    """What a batch is called with. After `until` nothing of it may leave any more."""

    campaign: Campaign
    plan: Plan
    template: Template
    now: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class _Called:
    """One row with what register and ledger say of it, and the telephone that is called."""

    row: CampaignRow
    judged: Judged
    stands: Position | None
    number: str = ""


async def call_next(store: Store, templates: Templates) -> int:
    """Puts what is due of every running campaign on its way; gives how many messages. The caller rings after it."""
    async with store.sessions() as session:
        running = select(Campaign.id).where(Campaign.state == "running").order_by(Campaign.approved_at, Campaign.id)
        ids = (await session.scalars(running)).all()
    total = 0
    for campaign_id in ids:
        try:
            async for called in _batches(store, templates, campaign_id):
                total += called
        except (OSError, OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 (its text may hold what a person wrote)
            log.error("campaigns: %s cannot call: %s", campaign_id, type(error).__name__)  # the others do
    return total


async def _batches(store: Store, templates: Templates, campaign_id: UUID) -> AsyncIterator[int]:
    """Calls batch after batch of one campaign, each in a transaction of its own; gives how many messages each made."""
    handled = AT_ONCE
    while handled >= AT_ONCE:
        async with store.unit_of_work() as session:
            handled, called = await _batch(session, templates, campaign_id)
        yield called


async def _batch(session: AsyncSession, templates: Templates, campaign_id: UUID) -> tuple[int, int]:
    """Calls one batch; gives how many rows were handled and how many messages were put on their way."""
    mine = select(Campaign).where(Campaign.id == campaign_id, Campaign.state == "running")
    campaign = (await session.scalars(mine.with_for_update(skip_locked=True))).one_or_none()
    if campaign is None:
        return 0, 0
    now, plan = await business_now(session), Plan.from_json(campaign.plan)
    template = templates.get(plan.template)
    if not template.content_sid:
        await verbs.stop(
            session, campaign=campaign, problem="O modelo de mensagem não tem o código da Twilio (ContentSid).",
            actor=SYSTEM, now=now,
        )  # fmt: skip
        return 0, 0
    closes = calling.closes_at(plan, now)
    if closes is None or now >= closes - IN_HAND:
        return 0, 0
    room = await _room(session, campaign, plan, now)
    if room <= 0:
        return 0, 0
    rows = await _due(session, campaign, now, min(AT_ONCE, room))
    if not rows and await verbs.is_over(session, campaign):
        await verbs.end(session, campaign=campaign, actor=SYSTEM, now=now)
    called = await _call_all(session, rows, _Now(campaign, plan, template, now, closes - IN_HAND))
    return len(rows), called


async def _room(session: AsyncSession, campaign: Campaign, plan: Plan, now: datetime) -> int:
    """How many messages may leave now: `an_hour` in any hour, and no more than its tenth in any tenth of it."""
    tenth = now - HOUR / SHARE
    made = (
        select(func.count(), func.count().filter(ContactAttempt.made_at > tenth))
        .join(CampaignRow, CampaignRow.id == ContactAttempt.campaign_row_id)
        .where(
            CampaignRow.campaign_id == campaign.id, ContactAttempt.made_at > now - HOUR,
            ContactAttempt.made_at <= now,  # a clock that was set back is not waited for
            ContactAttempt.outcome.not_in(UNSENT),
        )
    )  # fmt: skip
    in_hour, in_tenth = (await session.execute(made)).one()
    return min(plan.an_hour - in_hour, math.ceil(plan.an_hour / SHARE) - in_tenth)


async def _due(session: AsyncSession, campaign: Campaign, now: datetime, limit: int) -> Sequence[CampaignRow]:
    due = (
        select(CampaignRow)
        .where(CampaignRow.campaign_id == campaign.id, CampaignRow.state == "waiting", CampaignRow.next_at <= now)
        .order_by(CampaignRow.next_at, CampaignRow.line)
        .limit(limit)
    )
    return (await session.scalars(due.with_for_update(skip_locked=True))).all()


async def _call_all(session: AsyncSession, rows: Sequence[CampaignRow], with_: _Now) -> int:
    if not rows:
        return 0
    lines = [people.line_of(row) for row in rows]
    judged = await people.judge(session, lines, campaign=with_.campaign, plan=with_.plan, now=with_.now)
    contracts = [row.contract_id for row in rows if row.contract_id]
    stands = await position.of_contracts(session, contracts, on=local(with_.now).date())
    called = 0
    for row in rows:
        one = _Called(row, judged[row.id], stands.get(row.contract_id) if row.contract_id else None)
        called += await _carefully(session, one, with_)
    return called


async def _carefully(session: AsyncSession, one: _Called, with_: _Now) -> bool:
    """A row that cannot be called must not stop all others; a database that is away is another matter."""
    row_id = one.row.id  # after a savepoint is rolled back, the row would have to be read anew
    try:
        async with session.begin_nested():
            return await _call(session, one, with_)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 (its text may hold what a person wrote)
        log.error("campaigns: row %s could not be called: %s", row_id, type(error).__name__)
        one.row.next_at = with_.now + AFTER_AN_ERROR
        return False


async def _call(session: AsyncSession, one: _Called, with_: _Now) -> bool:
    """Calls one row, or says why not; True where a message was put on its way."""
    row, judged = one.row, one.judged
    row.already_cancelled = row.already_cancelled or judged.cancelled
    if judged.reason:
        await _leave_out(session, row, judged.reason, with_.now)
        return False
    numbers = await usable(session, row, judged.numbers)
    if not numbers:
        answers.finish(row, "unreachable")
        return False
    number = row.number if row.number in numbers else numbers[0]
    conversation, until = await _free(session, row, number, with_.now)
    if conversation is None:
        row.next_at = until
        return False
    await _send(session, conversation, _Called(row, judged, one.stands, number), with_)
    return True


async def usable(session: AsyncSession, row: CampaignRow, numbers: Sequence[str]) -> list[str]:
    """Of a person's numbers those over which this row was not found unreachable."""
    if not row.attempts:
        return list(numbers)
    useless = select(ContactAttempt.address).where(
        ContactAttempt.campaign_row_id == row.id, ContactAttempt.error_code.in_(USELESS)
    )
    found = set(await session.scalars(useless))
    return [number for number in numbers if number not in found]


async def _leave_out(session: AsyncSession, row: CampaignRow, reason: str, now: datetime) -> None:
    """What register or ledger say now ends the calls; who was called before is done, not left out."""
    if reason == "paid":
        await settle_paid(session, row, now)
    elif row.attempts:
        answers.finish(row, reason)
    else:
        answers.finish(row, reason, state="left_out")
    audit.record(session, "campaign.leave_out", ("campaign_row", row.id), actor=SYSTEM, now=now, reason=reason)


async def settle_paid(session: AsyncSession, row: CampaignRow, now: datetime) -> None:
    """Nothing is owed any more by the ledger: the calls are over, and the case is.

    The row's moment is that of a payment since the campaign began; invoices may also have been cancelled.
    """
    campaign = await session.get_one(Campaign, row.campaign_id)
    since = campaign.approved_at or campaign.created_at
    if row.contract_id and await cases.was_paid(session, row.contract_id, since=since):
        row.paid_at = row.paid_at or now
    answers.finish(row, "paid")
    case = await cases.current(session, row.contract_id) if row.contract_id else None
    if case is not None:
        await cases.settle(session, case=case, actor=SYSTEM, now=now)


async def _free(
    session: AsyncSession, row: CampaignRow, number: str, now: datetime
) -> tuple[Conversation | None, datetime]:
    """The telephone's conversation, where it may be called now; else None, and when to look again."""
    other = aliased(CampaignRow)
    out = exists().where(other.number == number, other.state == "calling", other.id != row.id)
    if await session.scalar(select(out)):  # two questions at once on one telephone: nobody knows which is answered
        return None, now + BUSY
    contact = await reaching.contact_at(session, number)
    if await _in_use(session, contact):
        return None, now + IN_USE
    conversation = await reaching.open_conversation(session, contact, now=now)
    if conversation.owner != "assistant":
        return None, now + BUSY
    until = await held_back_until(session, conversation, now)
    return (conversation, now) if until is None else (None, until)


async def _in_use(session: AsyncSession, contact: Contact) -> bool:
    """Whether somebody writes in the contact's conversation at this moment.

    He is not waited for: a batch has the conversations of all whom it has called, and what comes in may want several.
    """
    open_one = select(Conversation.id).where(Conversation.contact_id == contact.id, Conversation.closed_at.is_(None))
    if await session.scalar(open_one) is None:
        return False
    return await session.scalar(open_one.with_for_update(skip_locked=True)) is None


async def _send(session: AsyncSession, conversation: Conversation, one: _Called, with_: _Now) -> None:
    """Attempt, message, evidence and row, together."""
    row, now = one.row, with_.now
    assert row.beneficiary_id is not None
    assert row.contract_id is not None
    person = await beneficiaries.get(session, row.beneficiary_id)
    case = await cases.open_case(session, contract_id=row.contract_id, beneficiary_id=person.id, actor=SYSTEM, now=now)
    row.attempts, row.number, row.state = row.attempts + 1, one.number, "calling"
    row.case_id, row.conversation_id = case.id, conversation.id
    row.next_at = answers.days_on(now, with_.plan.interval_days)
    key = await _key(session, row)
    message = await _say(session, conversation, person, (key, row.id), with_)
    attempt = ContactAttempt(
        case_id=case.id, campaign_row_id=row.id, means="whatsapp", number=row.attempts, made_at=now,
        address=one.number, registered=True, conversation_id=conversation.id, message_id=message.id,
        made_by=str(SYSTEM), request_key=key,
    )  # fmt: skip
    session.add(attempt)
    await session.flush()
    await evidence.add(
        session, case=case, kind="attempt", content=_content(message, one, with_), at=now, link_key=f"attempt:{key}",
        actor=SYSTEM, now=now,
    )  # fmt: skip


async def _say(
    session: AsyncSession, conversation: Conversation, person: Beneficiary, keys: tuple[str, int], with_: _Now
) -> Message:
    """Greets by the hour, names the operator, asks for the person: whose name then proves nothing any more."""
    request_key, row_id = keys
    await note_named(session, conversation_id=conversation.id, full_name=person.shown_name)
    return await outgoing.send_template(
        session, conversation=conversation, template=with_.template,
        values=(greeting(with_.now).lower(), settings().operator_name, person.shown_name),
        options=[button.offers(call=str(row_id)) for button in with_.template.buttons],
        actor=SYSTEM, now=with_.now, request_key=request_key, bulk_until=with_.until,
    )  # fmt: skip


async def _key(session: AsyncSession, row: CampaignRow) -> str:
    """The attempt's key. One that was never sent (its hours were over, or it was stopped) is made again by its own."""
    made = select(func.count()).where(ContactAttempt.campaign_row_id == row.id, ContactAttempt.number == row.attempts)
    before = await session.scalar(made)
    return f"campaign:{row.id}:{row.attempts}" + (f":{before}" if before else "")


def _content(message: Message, one: _Called, with_: _Now) -> Mapping[str, object]:
    """What is proved of an attempt: the text, over which number of whose register, and what list and ledger said."""
    row = one.row
    return {
        "attempt": row.attempts, "body": message.body, "template": with_.template.name,
        "content_sid": with_.template.content_sid, "number": one.number,
        "register": {"beneficiary": str(row.beneficiary_id), "number": one.number}, "message": message.id,
        "list": {"amount": _text(row.listed_amount), "days": row.listed_days}, "ledger": _ledger(one.stands),
        "campaign": str(row.campaign_id), "line": row.line,
    }  # fmt: skip


def _ledger(stands: Position | None) -> dict[str, object]:
    if stands is None:
        return {}
    months = [f"{owed.fee.billing_month:%m/%Y}" for owed in stands.owed]
    return {"months": months, "total": str(stands.total), "days": stands.days}


def _text(value: object) -> str:
    return "" if value is None else str(value)

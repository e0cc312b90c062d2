"""What the plan's data have to tell people: each event once, to the right person, in words that he may read there.

An event is locked, told and closed in one transaction, however many workers look. The full text goes only where that
very person is verified in the open conversation; else a neutral one, behind which identity is asked. [rules 2, 3, 10]
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, beneficiaries, news
from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary
from backend.events import Event
from backend.identity.verbs import IdentityCheck, verified_person
from backend.protocols import verbs as protocols
from backend.protocols.moving import MOVED
from backend.scheduling import booking
from backend.settings import settings
from backend.store.clock import business_now, local
from backend.store.engine import Store
from backend.words import spoken_moment, spoken_time
from handoff.conversations.options import Option
from handoff.conversations.tables import Contact, Conversation, Message
from handoff.dispatch.news_texts import Neutral, say, spoken_from
from handoff.dispatch.reaching import contact_of, open_conversation, where_asked
from handoff.whatsapp import outgoing
from handoff.whatsapp.outgoing import Draft
from handoff.whatsapp.templates import Template, Templates

log = logging.getLogger(__name__)

KINDS = frozenset(
    {
        "appointment_reminder", "appointment_withdrawn", "vacancy_offered",
        "authorization_changed", "invoice_changed", "protocol_answered", "protocol_moved",
    }
)  # fmt: skip
# What people write instead of a tap on what was told, while it is what was asked last.
ALSO: dict[str, tuple[str, ...]] = {
    "confirm": ("sim", "ok", "ta bom", "ta bom, confirmo", "sim, confirmo", "pode confirmar", "confirmado", "ta certo"),
    "come": ("vou ai", "vou la", "vou pegar", "eu busco", "vou buscar ai", "passo ai"),
    "correct": ("vou mandar", "vou corrigir", "mando agora", "posso mandar agora", "corrigir"),
    "current": ("na atual", "nessa fatura", "nesta fatura", "na fatura atual", "quero na atual", "agora"),
    "future": ("na proxima", "na proxima fatura", "nas proximas", "na seguinte", "nas proximas faturas",
               "quero na proxima", "na proxima fatura mesmo"),
}  # fmt: skip
# What cannot be told is the desk's: it stands in the protocol's history.
FOR_THE_DESK = frozenset({"no_phone", "may_not_hear", "failed"})
TURN_UNDER_WAY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event: `code` is kept with it; `until` says that it waits; the page of whose conversation."""

    code: str
    conversation_id: UUID | None = None
    until: datetime | None = None


async def tell_next(store: Store, templates: Templates) -> Outcome | None:
    """Tells the event that is due first, in one transaction; None where none is. The caller rings after it."""
    async with store.unit_of_work() as session:
        event = await _next(session)
        if event is None:
            return None
        now = await business_now(session)
        outcome = await _carefully(session, templates, event, now)
        if outcome.until is not None:
            event.due_at = outcome.until
            return outcome
        event.told_at, event.outcome = now, outcome.code
        if outcome.code in FOR_THE_DESK:
            await _leave_to_desk(session, event, outcome.code, now)
        audit.record(session, "dispatch.tell", ("event", event.id), actor=SYSTEM, now=now, outcome=outcome.code)
        return outcome


async def _next(session: AsyncSession) -> Event | None:
    due = select(Event).where(Event.told_at.is_(None), Event.due_at <= func.business_now())
    one = due.order_by(Event.due_at, Event.id).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(one)).scalar_one_or_none()


async def _carefully(session: AsyncSession, templates: Templates, event: Event, now: datetime) -> Outcome:
    """One event that cannot be told must not stop all others; a database that is away is another matter."""
    try:
        async with session.begin_nested():
            return await _tell(session, templates, event, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 (its text may hold what a person wrote)
        log.error("news: event %s of kind %s failed: %s", event.id, event.kind, type(error).__name__)
        return Outcome("failed")


async def _tell(session: AsyncSession, templates: Templates, event: Event, now: datetime) -> Outcome:
    useless = await _why_not(session, event, now)
    if useless:
        return Outcome(useless)
    about, today = await beneficiaries.get(session, event.beneficiary_id), local(now).date()
    money = await news.is_about_money(session, event)
    listening = await news.listeners(session, about, today=today)
    allowed = [person for person in listening if news.may_hear(person, about, money=money, today=today)]
    if not allowed:
        return Outcome("may_not_hear")
    asked_in = await _asked_in(session, event)
    contact = await where_asked(session, asked_in, allowed) or await contact_of(session, allowed)
    if contact is None:
        return Outcome("no_phone")
    conversation = await open_conversation(session, contact, now=now)
    until = await held_back_until(session, conversation, now)
    if until is not None:
        return Outcome("waits", until=until)
    verified = await _verified(session, conversation, now)
    in_full = verified is not None and news.may_hear(verified, about, money=money, today=today)
    telling = _Telling(event, about, contact, conversation, in_full)
    return Outcome(await _send(session, templates, telling, now), conversation.id)


async def _asked_in(session: AsyncSession, event: Event) -> UUID | None:
    """The conversation in which a request was made that has moved: its way on is told there. [processes.md 2]"""
    stage = event.values.get("stage")  # a warning, which is about no stage, is for the registered telephone alone
    if event.kind != MOVED or event.protocol_id is None or not stage:
        return None
    return (await protocols.get(session, event.protocol_id)).conversation_id


async def _why_not(session: AsyncSession, event: Event, now: datetime) -> str:
    """Why nobody has to be told; empty where somebody has."""
    if event.kind not in KINDS:
        log.warning("news: event %s is of unknown kind %s", event.id, event.kind)
        return "unknown_kind"
    if event.not_after is not None and event.not_after <= now:
        return "too_late"
    return "" if await _still_matters(session, event, now) else "not_current"


async def _still_matters(session: AsyncSession, event: Event, now: datetime) -> bool:
    """Whether what the event is about is still so: nobody is reminded of what he has cancelled meanwhile."""
    match event.kind:
        case "appointment_reminder":
            return (await booking.get(session, UUID(event.subject_id))).state == "booked"
        case "vacancy_offered":
            held = await booking.get(session, UUID(event.subject_id))
            return held.state == "held" and held.held_until is not None and held.held_until > now
    return not await news.is_superseded(session, event) and not await news.is_known_already(session, event)


async def held_back_until(session: AsyncSession, conversation: Conversation, now: datetime) -> datetime | None:
    """Until when news wait because the assistant is in the middle of something with the person; None: now.

    The options of news take the place of what was offered before: a 'sim' or a '1' that answers the assistant's
    question must never confirm an appointment instead. So they come after the turn under way, and after what was
    asked has been left unanswered for the set minutes. A person of the desk understands both, so he is not waited for.
    """
    if conversation.owner != "assistant":
        return None
    if conversation.work_due_at is not None:
        return now + TURN_UNDER_WAY
    pause_over = conversation.last_activity_at + timedelta(minutes=settings().news_pause_minutes)
    if now >= pause_over:
        return None
    query = select(Message).where(Message.conversation_id == conversation.id, Message.direction == "out")
    last = (await session.execute(query.order_by(Message.id.desc()).limit(1))).scalar_one_or_none()
    return pause_over if last is not None and is_question(last) else None


def is_question(message: Message) -> bool:
    """Whether a message of ours waits for an answer: it offers options, or asks in words. Pure."""
    return bool(message.options) or "?" in message.body


async def _verified(session: AsyncSession, conversation: Conversation, now: datetime) -> Beneficiary | None:
    """Who is verified in the conversation, without keeping the identity awake: the person has written nothing."""
    check = await session.get(IdentityCheck, conversation.id)
    seen = check.last_seen_at if check else None
    contact = await session.get_one(Contact, conversation.contact_id)
    shared = len(await beneficiaries.by_phone(session, contact.phone)) > 1
    person = await verified_person(session, conversation_id=conversation.id, now=now, shared_number=shared)
    if check is not None:
        check.last_seen_at = seen
    return person


@dataclass(frozen=True, slots=True)
class _Telling:
    event: Event
    about: Beneficiary
    contact: Contact
    conversation: Conversation
    in_full: bool


async def _send(session: AsyncSession, templates: Templates, telling: _Telling, now: datetime) -> str:
    """Puts the news on its way; gives the outcome. Outside the window only the approved template goes. [rule 6]"""
    event, conversation = telling.event, telling.conversation
    neutral = await _neutral(session, event, telling.about, now)
    template = templates.get(neutral.template)
    options = _options(template, event)
    key = f"news:{event.id}"
    if not outgoing.window_open(telling.contact.last_inbound_at, now):
        await outgoing.send_template(
            session, conversation=conversation, template=template, values=neutral.values, options=options,
            actor=SYSTEM, now=now, request_key=key,
        )  # fmt: skip
        return "template" if template.content_sid else "held"
    draft, code = Draft(neutral.text or template.fill(*neutral.values), options), "told"
    if telling.in_full and event.kind not in news.TOLD_ALIKE:
        full = await news.in_full(session, event, now=now)
        draft, code = _in_full(event, full, options), "told_in_full"
    await outgoing.send(
        session, templates, conversation=conversation, draft=draft, actor=SYSTEM, now=now, request_key=key
    )
    return code


def _in_full(event: Event, full: news.FullText, options: tuple[Option, ...]) -> Draft:
    asks = options if event.kind == "vacancy_offered" else tuple(
        Option(title, {"intent": "answer_news", "entities": {"news": str(event.id), "answer": answer}},
               ALSO.get(answer, ()))
        for title, answer in full.options
    )  # fmt: skip
    return Draft(say(full.name, **full.values), asks, full.file)


def _options(template: Template, event: Event) -> tuple[Option, ...]:
    return tuple(button.offers(news=str(event.id)) for button in template.buttons)


async def _neutral(session: AsyncSession, event: Event, about: Beneficiary, now: datetime) -> Neutral:
    """First name, operator, and a day and hour, or a protocol's number: no health, no money, no doctor."""
    who = (about.first_name, settings().operator_name)
    if event.kind in {"appointment_reminder", "appointment_withdrawn", "vacancy_offered"}:
        appointment = await booking.get(session, UUID(event.subject_id))
        starts, until = appointment.during.lower, appointment.held_until
        assert starts is not None
        if event.kind == "appointment_reminder":
            return Neutral(event.kind, (*who, spoken_from(starts, now)))
        if event.kind == "appointment_withdrawn":
            return Neutral(event.kind, (*who, spoken_moment(starts)))
        return Neutral(event.kind, (*who, spoken_from(starts, now), spoken_time(until) if until else ""))
    where = say("where_nothing")
    if event.protocol_id is not None:
        where = say("where_protocol", number=(await protocols.get(session, event.protocol_id)).number)
    return Neutral("news_waiting", (*who, where), say("waiting", where=where, name=about.first_name))


async def _leave_to_desk(session: AsyncSession, event: Event, code: str, now: datetime) -> None:
    if event.protocol_id is not None:
        protocol = await protocols.get(session, event.protocol_id)
        await protocols.add_entry(
            session, protocol=protocol, step="not_told", text=say(f"not_told_{code}"), actor=SYSTEM, now=now,
            request_key=f"news:{event.id}:{code}",
        )  # fmt: skip

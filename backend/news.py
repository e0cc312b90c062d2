"""What an event says in full, and who may hear it: for whoever tells it, dispatch or assistant. [rules 2, 3, 10]

What is given is the name of a text (data/responses/news.yml) and the values of its places; whoever tells it has made
sure that the right person listens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries, news_told
from backend.beneficiaries import ADULT, Beneficiary, age, may_act_for
from backend.contracts import ANSWERS_FOR_CONTRACT, hears_of_money
from backend.errors import NotFound
from backend.events import Event
from backend.invoices.tables import Invoice
from backend.money import billing_month, reais
from backend.procedures import letters
from backend.procedures import status as procedures
from backend.procedures import verbs as authorizations
from backend.protocols import verbs as protocols
from backend.protocols.moving import MOVED, has_moved_on
from backend.scheduling import booking
from backend.store.clock import local
from backend.store.files import File
from backend.vocabulary import specialty
from backend.words import numeric_date, spoken_moment, spoken_time

# Protocols whose answers name amounts: for whom rule 3 lets hear of money.
MONEY_PROTOCOLS = frozenset({"charge_dispute", "invoice_copy", "debt", "debt_negotiation", "payment_report"})
# Kinds of which only the latest matters: each is told as things stand now.
LATEST_ONLY = frozenset({"authorization_changed", "invoice_changed"})
# The same words whoever listens: first name, day and hour.
TOLD_ALIKE = frozenset({"appointment_reminder", "appointment_withdrawn"})
_OWN_TEXT = frozenset({"approved", "denied", "waiting_document", "in_audit"})


@dataclass(frozen=True, slots=True)
class FullText:
    """A text's name in data/responses/news.yml, without 'utter_news_', and what stands in its places.

    `options` (title, answer) may be answered to it; `file` goes with it.
    """

    name: str
    values: dict[str, Any]
    options: tuple[tuple[str, str], ...] = ()
    file: File | None = None


async def find(session: AsyncSession, event_id: object) -> Event | None:
    """The event that an option names, or None."""
    written = str(event_id or "")
    return await session.get(Event, int(written)) if written.isdecimal() else None


async def in_full(session: AsyncSession, event: Event, *, now: datetime) -> FullText:
    """What the event says, as things stand now; NotFound where what it was about is gone or its kind is unknown."""
    match event.kind:
        case "authorization_changed":
            return await _authorization(session, UUID(event.subject_id), now)
        case "invoice_changed":
            return await _invoice(session, UUID(event.subject_id), reopened=event.values.get("change") == "reopened")
        case "protocol_answered":
            return await _reply(session, event)
        case "vacancy_offered":
            return await _vacancy(session, UUID(event.subject_id))
        case "protocol_moved":
            name, told = await news_told.words_of(session, event)
            return FullText(name, dict(told.values), told.options, told.file)
    raise NotFound(detail=f"no full text for {event.kind}")


async def is_about_money(session: AsyncSession, event: Event) -> bool:
    """Whether amounts are in it: then only who answers for the contract may even learn of it. [rule 3]

    A process may say of one text that there are none in it: the proof of his own procedure is an adult dependent's.
    """
    if event.values.get("about_money") is False:
        return False
    if event.kind in {"protocol_answered", MOVED} and event.protocol_id is not None:
        return (await protocols.get(session, event.protocol_id)).kind in MONEY_PROTOCOLS
    return event.kind == "invoice_changed"


def may_hear(listener: Beneficiary, about: Beneficiary, *, money: bool, today: date) -> bool:
    """Whether a person may be told news of another, or his own. Pure. [rules 3, 10]"""
    return may_act_for(listener, about, today) and (not money or hears_of_money(listener))


async def listeners(session: AsyncSession, about: Beneficiary, *, today: date) -> Sequence[Beneficiary]:
    """To whom news of a person are told: himself; for a minor also who answers for his contract. [rule 10]"""
    if age(about, today) >= ADULT:
        return [about]
    query = select(Beneficiary).where(
        Beneficiary.contract_id == about.contract_id,
        Beneficiary.standing.in_(ANSWERS_FOR_CONTRACT),
        Beneficiary.id != about.id,
    )
    rows = (await session.execute(query.order_by(Beneficiary.id))).scalars()
    return [about, *(person for person in rows if age(person, today) >= ADULT)]


async def is_superseded(session: AsyncSession, event: Event) -> bool:
    """Whether a later event about the same thing is still to be told: two would say the same twice."""
    if event.kind not in LATEST_ONLY:
        return False
    later = exists().where(
        Event.kind == event.kind, Event.subject_id == event.subject_id, Event.told_at.is_(None), Event.id > event.id,
        Event.beneficiary_id == event.beneficiary_id,
    )  # fmt: skip
    return bool(await session.scalar(select(later)))


async def is_known_already(session: AsyncSession, event: Event) -> bool:
    """Whether there is nothing to tell any more.

    The person saw it happen: what the assistant decided or he did himself was said in that conversation. Or the
    protocol stands elsewhere meanwhile: who has sent what was asked is not asked for it again.
    """
    if event.kind == MOVED and event.protocol_id is not None:
        stage = event.values.get("stage")  # a warning is about no stage
        return bool(stage) and has_moved_on(await protocols.get(session, event.protocol_id), str(stage))
    if event.kind != "authorization_changed":
        return False
    history = await authorizations.steps(session, UUID(event.subject_id))
    return bool(history) and history[-1].actor_kind in {"assistant", "person"}


async def _authorization(session: AsyncSession, authorization_id: UUID, now: datetime) -> FullText:
    authorization = await authorizations.get(session, authorization_id)
    told = await procedures.status_of(session, authorization, now=now)
    values = {
        "procedure": told.procedure, "number": told.number, "title": told.title, "missing": told.missing,
        "deadline": numeric_date(local(told.due_at).date()), "reason": told.reason, "clause": told.clause,
        "valid_until": numeric_date(told.valid_until) if told.valid_until else "",
        "protocol": f"\nProtocolo: {told.protocol_number}" if told.protocol_number else "",
        "review_days": str(told.review_days or ""),
    }  # fmt: skip
    letter = await letters.denial_of(session, authorization) if told.state == "denied" else None
    return FullText(f"authorization_{told.state if told.state in _OWN_TEXT else 'state'}", values, file=letter)


async def _invoice(session: AsyncSession, invoice_id: UUID, *, reopened: bool) -> FullText:
    invoice = await session.get(Invoice, invoice_id)
    if invoice is None:
        raise NotFound(detail="invoice")
    amount = invoice.paid_amount if invoice.paid_amount is not None else invoice.amount
    values = {
        "month": billing_month(invoice.billing_month), "amount": reais(amount), "due_on": numeric_date(invoice.due_on)
    }  # fmt: skip
    return FullText("invoice_reopened" if reopened and invoice.state == "open" else f"invoice_{invoice.state}", values)


async def _reply(session: AsyncSession, event: Event) -> FullText:
    if event.protocol_id is None:
        raise NotFound(detail="protocol")
    protocol = await protocols.get(session, event.protocol_id)
    lines = await protocols.history(session, protocol.id)
    # The one that the event was written with: of two replies that wait to be told each is told.
    said = [line.text for line in lines if line.step == "reply" and line.text and line.at <= event.made_at]
    if not said:
        raise NotFound(detail="protocol without a reply")
    return FullText("protocol_reply", {"number": protocol.number, "reply": said[-1]})


async def _vacancy(session: AsyncSession, appointment_id: UUID) -> FullText:
    visit = await booking.visit(session, appointment_id)
    person = await beneficiaries.get(session, visit.appointment.beneficiary_id)
    until = visit.appointment.held_until
    values = {
        "specialty": specialty(visit.specialty).name, "doctor": visit.provider_name,
        "moment": spoken_moment(visit.starts_at), "place": visit.place_name, "address": visit.address,
        "name": person.first_name, "until": spoken_time(until) if until else "",
    }  # fmt: skip
    return FullText("vacancy", values)

"""Appointments in a conversation: proposed, held, booked, moved and cancelled with the assistant's verbs and words.

[processes.md 1, 'Assisted': same data, same rules, same message]
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.audit import AuditRow
from backend.beneficiaries import Beneficiary, is_covered
from backend.errors import InvalidInput, NotAllowed, NotFound, Taken
from backend.network.tables import Provider
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol, ProtocolEntry
from backend.scheduling import booking, changes, search, waiting
from backend.scheduling.booking import Visit
from backend.scheduling.rules import Vacancy
from backend.scheduling.search import Wish
from backend.scheduling.tables import Appointment, WaitingEntry
from backend.store.clock import local
from backend.vocabulary import specialty
from backend.words import spoken_moment
from handoff import texts
from handoff.conversations.options import Option, numbered
from handoff.desk.hand import Hand
from handoff.desk.identity import check_speaks_for
from handoff.whatsapp.outgoing import Draft

SHOWN = 12  # an attendant reads faster than a person on the telephone
MOST_PROPOSED = 3
# A hold that is over can still be booked while nobody else took the slot: it is shown so long.
REMEMBERED = timedelta(minutes=30)
BOOKING, MOVING, CANCELLING = "appointment", "appointment_change", "appointment_cancellation"


async def propose(hand: Hand, *, wish: Wish, slot_ids: Collection[UUID]) -> None:
    """Sends up to three vacancies as numbered options. Nothing is held by it: whoever agrees first gets one.

    As text, not as buttons: a person of the desk reads the answer. Taken where one of them is gone meanwhile.
    """
    if not 0 < len(slot_ids) <= MOST_PROPOSED:
        raise InvalidInput(f"Marque de um a {MOST_PROPOSED} horários para propor.", detail="count of proposed slots")
    if not await hand.first_time("console.propose", slots=[str(slot) for slot in slot_ids]):
        return
    offer = await search.find(hand.session, wish, now=hand.now, count=SHOWN)
    chosen = [vacancy for vacancy in offer.exact or offer.nearest if vacancy.slot_id in slot_ids]
    if len(chosen) < len(slot_ids):
        raise Taken("Um dos horários marcados acabou de ser ocupado. Veja o que ainda está livre.", detail="proposed")
    text = texts.spoken("vacancies", wish=await spoken_wish(hand.session, wish))
    await hand.say(Draft(numbered(text, [Option(offered(one, wish.city), {}) for one in chosen])))


async def hold(hand: Hand, *, slot_id: UUID, beneficiary_id: UUID, moving: UUID | None, reason: str) -> None:
    """Holds a slot for ten minutes under the conversation's protocol.

    Taken, NotFound or InvalidInput where it cannot be had; NobodyVerified, and what rule 10 asks for.
    """
    person, decided = await _person(hand, beneficiary_id, reason)
    if not is_covered(person, hand.today):
        raise NotAllowed(f"O plano de {person.first_name} não está ativo. O setor de cadastro precisa ver antes.")
    if moving is not None:
        await _own(hand, moving, person.id)
    details = {"slot": str(slot_id), "beneficiary": str(person.id), "moving": str(moving) if moving else None}
    if not await hand.first_time("console.hold", **details, speaker=str(hand.speaker.id)):
        return
    protocol = await hand.protocol(MOVING if moving else BOOKING, about=person.id)
    await _keep_reason(hand, protocol, reason if decided else "")
    await booking.hold_slot(
        hand.session, slot_id=slot_id, beneficiary_id=person.id, protocol_id=protocol.id, request_key=hand.key,
        actor=hand.actor, now=hand.now,
    )  # fmt: skip


async def ask(hand: Hand, *, appointment_id: UUID) -> None:
    """Asks the person whether the held time suits, in the assistant's words.

    NobodyVerified, and what rule 10 asks for, of who is verified now: he may be another than at the hold.
    """
    visit = await _held(hand, appointment_id)
    person = await _still_decided(hand, visit.appointment)
    if await hand.first_time("console.ask", appointment=str(appointment_id)):
        values = {**visit_values(visit), "name": person.full_name, "minutes": _minutes(visit.appointment)}
        await hand.say(Draft(texts.spoken("confirm_booking", **values)))


async def book(hand: Hand, *, appointment_id: UUID, moving: UUID | None) -> None:
    """The person agreed: books what is held, or moves an appointment to it, and sends the assistant's last message.

    Day, time, doctor, address and protocol are in it. Taken or InvalidInput where the slot cannot be had any more;
    NobodyVerified and what rule 10 asks for, as `ask`. What is booked already is not said a second time. A vacancy
    that the waiting list offered settles its entry.
    """
    held = (await _held(hand, appointment_id)).appointment
    person = await _still_decided(hand, held)
    if not await hand.first_time("console.book", appointment=str(appointment_id)):
        return
    offered = await _is_offered(hand.session, held.id)  # the entry is locked before its hold, as by its answer
    await hand.session.refresh(held, with_for_update=True)
    if held.state == "booked":
        return
    await _settle(hand, held, moving, offered=offered)
    visit = await booking.visit(hand.session, held.id)
    values = {**visit_values(visit), "name": person.full_name, "number": visit.protocol_number}
    await hand.say(Draft(texts.spoken("moved" if moving else _booked_text(hand, visit), **values)))
    if held.protocol_id is not None:
        await hand.close(await protocols.get(hand.session, held.protocol_id))


async def _settle(hand: Hand, held: Appointment, moving: UUID | None, *, offered: bool) -> None:
    try:
        if moving is not None:
            old = await _own(hand, moving, held.beneficiary_id)
            await changes.move(hand.session, appointment=old, to=held, actor=hand.actor, now=hand.now)
        elif not offered:
            await booking.book(hand.session, appointment=held, actor=hand.actor, now=hand.now)
        if offered:  # books what no move has booked
            await waiting.answer(
                hand.session, appointment_id=held.id, accepted=True, actor=hand.actor, now=hand.now
            )  # fmt: skip
    except InvalidInput as problem:
        if problem.message != booking.OWN_OVERLAP:  # that one is written for the person
            raise
        raise InvalidInput("A pessoa já tem uma consulta marcada nesse horário.", detail=problem.detail) from problem


async def release(hand: Hand, *, appointment_id: UUID) -> None:
    """Lets go of what is held; a vacancy that the waiting list offered goes to who waits next."""
    held = (await _held(hand, appointment_id)).appointment
    if not await hand.first_time("console.release", appointment=str(appointment_id)):
        return
    if await _is_offered(hand.session, held.id):
        await waiting.answer(hand.session, appointment_id=held.id, accepted=False, actor=hand.actor, now=hand.now)
    else:
        await booking.release(hand.session, appointment=held, actor=hand.actor, now=hand.now)


async def cancel(hand: Hand, *, appointment_id: UUID, reason: str) -> None:
    """Cancels a booking under a protocol and tells the person. InvalidInput where it is booked no more."""
    visit = await booking.visit(hand.session, appointment_id)
    person, decided = await _person(hand, visit.appointment.beneficiary_id, reason)
    if not await hand.first_time("console.cancel", appointment=str(appointment_id)):
        return
    if visit.appointment.state != "booked":
        raise InvalidInput("Essa consulta não está mais marcada.", detail="not booked")
    protocol = await hand.protocol(CANCELLING, about=person.id)
    await _keep_reason(hand, protocol, reason if decided else "")
    await changes.cancel(hand.session, appointment=visit.appointment, actor=hand.actor, now=hand.now)
    await hand.say(Draft(texts.spoken("cancelled", **visit_values(visit), number=protocol.number)))
    await hand.close(protocol)


async def wait(hand: Hand, *, wish: Wish, beneficiary_id: UUID, reason: str) -> None:
    """Puts a person on the waiting list and tells so; its protocol stays open, waiting."""
    person, decided = await _person(hand, beneficiary_id, reason)
    details = {"beneficiary": str(person.id), "specialty": wish.specialty, "speaker": str(hand.speaker.id)}
    if not await hand.first_time("console.wait", **details):
        return
    protocol = await hand.protocol(BOOKING, about=person.id)
    await _keep_reason(hand, protocol, reason if decided else "")
    await waiting.join(
        hand.session, beneficiary_id=person.id, wish=wish, protocol_id=protocol.id, request_key=hand.key,
        actor=hand.actor, now=hand.now,
    )  # fmt: skip
    wished = await spoken_wish(hand.session, wish)
    await hand.say(Draft(texts.spoken("on_waiting_list", wish=wished, number=protocol.number)))
    await protocols.set_waiting(
        hand.session, protocol=protocol, actor=hand.actor, now=hand.now, text="Na lista de espera."
    )


async def stop_waiting(hand: Hand, *, entry_id: UUID, reason: str) -> None:
    """Takes a person off the list, as he wishes; its protocol is closed with it.

    InvalidInput where he waits no more, because he took what was offered to him.
    """
    entry = await hand.session.get(WaitingEntry, entry_id, with_for_update=True)
    if entry is None:
        raise NotFound("Essa espera não existe mais.", detail="waiting entry")
    await _person(hand, entry.beneficiary_id, reason)
    if not await hand.first_time("console.stop_waiting", entry=str(entry_id)):
        return
    await waiting.leave(hand.session, entry=entry, actor=hand.actor, now=hand.now)
    if entry.state != "left":
        raise InvalidInput("Essa espera já terminou: veja as consultas da pessoa.", detail="waits no more")
    if entry.protocol_id is not None:
        protocol = await protocols.get(hand.session, entry.protocol_id)
        await protocols.close_protocol(
            hand.session, protocol=protocol, actor=hand.actor, now=hand.now, text="Saiu da lista de espera."
        )


@dataclass(frozen=True, slots=True)
class Held:
    """What a conversation holds; `moves` where it is to take the place of another appointment."""

    visit: Visit
    moves: bool


async def held_here(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> list[Held]:
    """What is held under the conversation's protocols, its time over or nearly so included, newest first."""
    query = (
        select(Appointment.id, Protocol.kind)
        .join(Protocol, Protocol.id == Appointment.protocol_id)
        .where(
            Protocol.conversation_id == conversation_id,
            Appointment.state == "held",
            Appointment.held_until > now - REMEMBERED,
        )
        .order_by(Appointment.made_at.desc())
    )
    rows = (await session.execute(query)).all()
    return [Held(await booking.visit(session, row.id), row.kind == MOVING) for row in rows]


async def past(session: AsyncSession, beneficiary_id: UUID, *, now: datetime, limit: int = 8) -> list[Visit]:
    """A person's appointments that are over, or were moved or cancelled, latest first."""
    starts = func.lower(Appointment.during)
    over = (Appointment.state == "booked") & (starts <= now)
    query = (
        select(Appointment.id)
        .where(Appointment.beneficiary_id == beneficiary_id, over | Appointment.state.in_(("cancelled", "moved")))
        .order_by(starts.desc())
        .limit(limit)
    )
    return [await booking.visit(session, appointment_id) for appointment_id in await session.scalars(query)]


async def spoken_wish(session: AsyncSession, wish: Wish) -> str:
    """`Cardiologia em São Luís, com Dra. Helena Prado, quinta de manhã`."""
    parts = [f"{specialty(wish.specialty).name} em {wish.city}"]
    if wish.provider_id is not None:
        doctor = await session.get(Provider, wish.provider_id)
        parts.append(f"com {doctor.name}" if doctor else "")
    if wish.when is not None:
        parts.append(wish.when.describe())
    return ", ".join(filter(None, parts))


def offered(vacancy: Vacancy, city: str) -> str:
    """A vacancy as one option: day, hour, doctor, place, and the city where it is another one. Pure."""
    where = vacancy.place_name if vacancy.city == city else f"{vacancy.place_name}, em {vacancy.city}"
    return f"{spoken_moment(vacancy.starts_at)}, com {vacancy.provider_name}, {where}"


def visit_values(visit: Visit) -> dict[str, str]:
    """What texts say of an appointment. Pure."""
    return {
        "specialty": specialty(visit.specialty).name, "doctor": visit.provider_name,
        "moment": spoken_moment(visit.starts_at), "place": visit.place_name, "address": visit.address,
    }  # fmt: skip


def _minutes(held: Appointment) -> str:
    """For how long a hold was made: an offer of the waiting list lasts longer."""
    return f"{((held.held_until or held.made_at) - held.made_at) / timedelta(minutes=1):.0f}"


def _booked_text(hand: Hand, visit: Visit) -> str:
    """No reminder is promised for today or tomorrow."""
    soon = local(visit.starts_at).date() <= hand.today + timedelta(days=1)
    return "booked_today" if soon else "booked"


async def _person(hand: Hand, beneficiary_id: UUID, reason: str) -> tuple[Beneficiary, bool]:
    """For whom, and whether only the attendant's reason allows it. [rule 10]"""
    person = await beneficiaries.get(hand.session, beneficiary_id)
    return person, check_speaks_for(hand.identity.speaker, person, reason=reason, today=hand.today)


async def _still_decided(hand: Hand, held: Appointment) -> Beneficiary:
    """For whom something is held, where who is verified now may agree to it. [rules 2, 10]

    A reason that the attendant gave counts for the speaker of that moment, not for who was verified after him.
    """
    person = await beneficiaries.get(hand.session, held.beneficiary_id)
    decided = select(ProtocolEntry.text).where(
        ProtocolEntry.protocol_id == held.protocol_id,
        ProtocolEntry.step == "decided",
        AuditRow.subject_kind == "conversation",
        AuditRow.subject_id == str(hand.conversation.id),
        AuditRow.details["beneficiary"].astext == str(person.id),
        AuditRow.details["speaker"].astext == str(hand.speaker.id),
        ProtocolEntry.request_key == AuditRow.details["request"].astext + ":decided",
    )
    reason = await hand.session.scalar(decided.limit(1))
    check_speaks_for(hand.speaker, person, reason=reason or "", today=hand.today)
    return person


async def _is_offered(session: AsyncSession, appointment_id: UUID) -> bool:
    """Whether the waiting list offered this hold; its entry is locked then."""
    query = select(WaitingEntry.id).where(WaitingEntry.offered_id == appointment_id, WaitingEntry.state == "offered")
    return await session.scalar(query.with_for_update()) is not None


async def _held(hand: Hand, appointment_id: UUID) -> Visit:
    """What this conversation holds; NotAllowed for what another one does."""
    visit = await booking.visit(hand.session, appointment_id)
    protocol_id = visit.appointment.protocol_id
    protocol = await protocols.get(hand.session, protocol_id) if protocol_id else None
    if protocol is None or protocol.conversation_id != hand.conversation.id:
        raise NotAllowed("Essa reserva é de outra conversa.", detail="hold of another conversation")
    return visit


async def _own(hand: Hand, appointment_id: UUID, beneficiary_id: UUID) -> Appointment:
    found = await booking.get(hand.session, appointment_id)
    if found.beneficiary_id != beneficiary_id:
        raise NotAllowed("Essa consulta é de outra pessoa.", detail="appointment of somebody else")
    return found


async def _keep_reason(hand: Hand, protocol: Protocol, reason: str) -> None:
    if reason.strip():
        await hand.write(protocol, "decided", f"Decisão do atendimento: {reason.strip()}")

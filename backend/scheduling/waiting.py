"""The waiting list: who waits, to whom a freed slot is offered, and what becomes of the offer. [processes.md 1]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, events
from backend.actor import SYSTEM, Actor
from backend.errors import InvalidInput, NotFound, Taken
from backend.network.tables import Place, Practice
from backend.protocols import verbs as protocols
from backend.scheduling import booking
from backend.scheduling.search import Wish
from backend.scheduling.tables import Appointment, Slot, WaitingEntry
from backend.scheduling.when import When
from backend.settings import settings
from backend.store.clock import local

MOST_LOOKED_AT = 50


async def join(
    session: AsyncSession,
    *,
    beneficiary_id: UUID,
    wish: Wish,
    protocol_id: UUID | None,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> WaitingEntry:
    """Puts a person on the waiting list for a wish, once for a request key.

    Who waits for the specialty in the city already waits for the newer wish from then on, under its protocol.
    """
    same = select(WaitingEntry).where(
        (WaitingEntry.request_key == request_key)
        | (
            (WaitingEntry.beneficiary_id == beneficiary_id)
            & (WaitingEntry.specialty == wish.specialty)
            & (WaitingEntry.city == wish.city)
            & (WaitingEntry.state == "waiting")
        )
    )
    known = (await session.execute(same.limit(1).with_for_update())).scalar_one_or_none()
    if known is not None:
        if known.request_key != request_key:
            await _replace(session, known, wish, protocol_id, actor=actor, now=now)
        return known
    created = await session.scalar(
        insert(WaitingEntry)
        .values(
            beneficiary_id=beneficiary_id, specialty=wish.specialty, city=wish.city, state_code=wish.state,
            provider_id=wish.provider_id, wish=wish.when.to_json() if wish.when else {}, since=now,
            protocol_id=protocol_id, request_key=request_key,
        )
        .returning(WaitingEntry.id)
    )  # fmt: skip
    assert created is not None
    audit.record(session, "scheduling.wait", ("waiting_entry", created), actor=actor, now=now)
    return await session.get_one(WaitingEntry, created)


async def _replace(
    session: AsyncSession, entry: WaitingEntry, wish: Wish, protocol_id: UUID | None, *, actor: Actor, now: datetime
) -> None:
    if entry.protocol_id not in {None, protocol_id}:
        assert entry.protocol_id is not None
        older = await protocols.get(session, entry.protocol_id)
        text = "Substituído por um novo pedido na lista de espera."
        await protocols.close_protocol(session, protocol=older, actor=actor, now=now, text=text)
    entry.wish, entry.provider_id = (wish.when.to_json() if wish.when else {}), wish.provider_id
    entry.protocol_id = protocol_id
    audit.record(session, "scheduling.wait_otherwise", ("waiting_entry", entry.id), actor=actor, now=now)


async def offer_slot(session: AsyncSession, *, slot_id: UUID, now: datetime) -> WaitingEntry | None:
    """Offers a slot that became free to who has waited longest for one like it; None where nobody waits.

    The slot is held for him for the set time, and he is told.
    """
    query = (
        select(Slot, Practice, Place)
        .join(Practice, Practice.id == Slot.practice_id)
        .join(Place, Place.id == Practice.place_id)
        .where(Slot.id == slot_id)
    )
    slot, practice, place = (await session.execute(query)).one()
    if slot.withdrawn or slot.starts_at <= now + timedelta(minutes=settings().booking_lead_minutes):
        return None
    for entry in await _waiting_for(session, slot, practice, place):
        when = When.from_json(entry.wish) if entry.wish else None
        if when is None or when.fits(local(slot.starts_at)):
            offered = await _offer(session, entry, slot, now)
            if offered:
                return entry
    return None


async def _waiting_for(session: AsyncSession, slot: Slot, practice: Practice, place: Place) -> Sequence[WaitingEntry]:
    had_it = exists().where(Appointment.slot_id == slot.id, Appointment.beneficiary_id == WaitingEntry.beneficiary_id)
    query = (
        select(WaitingEntry)
        .where(
            WaitingEntry.state == "waiting",
            WaitingEntry.specialty == practice.specialty,
            WaitingEntry.city == place.city,
            WaitingEntry.state_code == place.state,
            WaitingEntry.provider_id.is_(None) | (WaitingEntry.provider_id == practice.provider_id),
            ~had_it,
        )
        .order_by(WaitingEntry.since)
        .limit(MOST_LOOKED_AT)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(query)).scalars().all()


async def _offer(session: AsyncSession, entry: WaitingEntry, slot: Slot, now: datetime) -> bool:
    try:
        held = await booking.hold_slot(
            session, slot_id=slot.id, beneficiary_id=entry.beneficiary_id, protocol_id=None,
            request_key=f"waiting:{entry.id}:{slot.id}", actor=SYSTEM, now=now,
            minutes=settings().waiting_offer_minutes,
        )  # fmt: skip
    except (Taken, NotFound, InvalidInput):
        return False
    held.protocol_id = entry.protocol_id
    entry.state, entry.offered_id = "offered", held.id
    await events.tell(
        session, kind="vacancy_offered", beneficiary_id=entry.beneficiary_id, subject_id=held.id,
        protocol_id=entry.protocol_id, not_after=held.held_until, event_key=f"vacancy_offered:{held.id}", now=now,
    )  # fmt: skip
    return True


async def answer(
    session: AsyncSession, *, appointment_id: UUID, accepted: bool, actor: Actor, now: datetime
) -> Appointment:
    """Books what was offered, or lets it go to the next who waits; answering twice changes nothing.

    Taken where the offer's time was over and somebody else has the slot.
    """
    held = await booking.get(session, appointment_id)
    entry = await _entry_of(session, appointment_id)
    if not accepted:
        await booking.release(session, appointment=held, actor=actor, now=now)
        if entry is not None and entry.state == "offered":
            entry.state, entry.offered_id = "waiting", None
            await session.flush()
            await offer_slot(session, slot_id=held.slot_id, now=now)
        return held
    booked = await booking.book(session, appointment=held, actor=actor, now=now)
    if entry is not None and entry.state == "offered":
        entry.state = "taken"
        if entry.protocol_id is not None:
            protocol = await protocols.get(session, entry.protocol_id)
            await protocols.close_protocol(session, protocol=protocol, actor=actor, now=now, text="Vaga aceita.")
    return booked


async def leave(session: AsyncSession, *, entry: WaitingEntry, actor: Actor, now: datetime) -> None:
    """Takes a person off the list, as he wishes; what was being offered to him goes to the next."""
    if entry.state not in {"waiting", "offered"}:
        return
    offered = await booking.get(session, entry.offered_id) if entry.state == "offered" and entry.offered_id else None
    entry.state, entry.offered_id = "left", None
    audit.record(session, "scheduling.stop_waiting", ("waiting_entry", entry.id), actor=actor, now=now)
    if offered is not None:
        await booking.release(session, appointment=offered, actor=actor, now=now)
        await session.flush()
        await offer_slot(session, slot_id=offered.slot_id, now=now)


async def of_person(session: AsyncSession, beneficiary_id: UUID) -> Sequence[WaitingEntry]:
    """What a person waits for, longest first."""
    query = select(WaitingEntry).where(
        WaitingEntry.beneficiary_id == beneficiary_id, WaitingEntry.state.in_(("waiting", "offered"))
    )
    return (await session.execute(query.order_by(WaitingEntry.since))).scalars().all()


async def _entry_of(session: AsyncSession, appointment_id: UUID) -> WaitingEntry | None:
    query = select(WaitingEntry).where(WaitingEntry.offered_id == appointment_id).with_for_update()
    return (await session.execute(query)).scalar_one_or_none()

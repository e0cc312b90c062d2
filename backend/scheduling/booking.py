"""Holding a slot, booking it, and telling what is booked. [000, processes.md 1]

A hold and a booking are rows of one table under an exclusion constraint: two people never get the same slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, any_, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, Range, insert
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.errors import InvalidInput, NotFound, Taken
from backend.network.tables import Place, Practice, Provider
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol
from backend.scheduling.tables import Appointment, Slot
from backend.settings import settings

SLOT_TAKEN = "Esse horário acabou de ser reservado por outra pessoa."
OWN_OVERLAP = "Você já tem uma consulta marcada nesse horário."


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment with all that is told about it: when (aware), with whom, where, under which protocol."""

    appointment: Appointment
    starts_at: datetime
    provider_name: str
    specialty: str
    place_name: str
    address: str
    city: str
    state: str
    protocol_number: str


async def hold_slot(
    session: AsyncSession,
    *,
    slot_id: UUID,
    beneficiary_id: UUID,
    protocol_id: UUID | None,
    request_key: str,
    actor: Actor,
    now: datetime,
    minutes: float | None = None,
) -> Appointment:
    """Holds a slot for a person, ten minutes by default, once for a request key.

    Whatever else was held under the same protocol is let go. Taken where somebody else has the slot; InvalidInput
    where it has begun; NotFound where it is gone.
    """
    before = await _by_key(session, request_key)
    if before is not None and before.state in {"held", "booked"}:
        return before
    slot, provider_id = await _locked_slot(session, slot_id)
    if slot.withdrawn:
        raise NotFound("Esse horário não está mais disponível.", detail="slot withdrawn")
    if slot.starts_at <= now:
        raise InvalidInput("Esse horário já passou.", detail="slot in the past")
    during = Range(slot.starts_at, slot.ends_at, bounds="[)")
    await _lapse(session, provider_id, during, now)
    if protocol_id is not None:
        await _release_others(session, protocol_id, now)
    until = now + timedelta(minutes=settings().hold_minutes if minutes is None else minutes)
    statement = insert(Appointment).values(
        slot_id=slot_id, provider_id=provider_id, beneficiary_id=beneficiary_id, during=during, state="held",
        held_until=until, protocol_id=protocol_id, made_at=now, request_key=request_key,
    )  # fmt: skip
    created = await session.scalar(statement.on_conflict_do_nothing().returning(Appointment.id))
    if created is None:
        raise Taken(SLOT_TAKEN, detail="slot taken")
    audit.record(session, "scheduling.hold", ("appointment", created), actor=actor, now=now, slot=str(slot_id))
    return await session.get_one(Appointment, created)


async def _locked_slot(session: AsyncSession, slot_id: UUID) -> tuple[Slot, UUID]:
    query = (
        select(Slot, Practice.provider_id)
        .join(Practice, Practice.id == Slot.practice_id)
        .where(Slot.id == slot_id)
        .with_for_update(of=Slot)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("Esse horário não está mais disponível.", detail="slot")
    return row.Slot, row.provider_id


async def _lapse(session: AsyncSession, provider_id: UUID, during: Range[datetime], now: datetime) -> None:
    """Holds whose time is over give way to who comes next."""
    await session.execute(
        update(Appointment)
        .where(
            Appointment.provider_id == provider_id,
            Appointment.state == "held",
            Appointment.held_until <= now,
            Appointment.during.op("&&")(during),
        )
        .values(state="lapsed", ended_at=now)
    )


async def _release_others(session: AsyncSession, protocol_id: UUID, now: datetime) -> None:
    await session.execute(
        update(Appointment)
        .where(Appointment.protocol_id == protocol_id, Appointment.state == "held")
        .values(state="released", ended_at=now)
    )


async def release(session: AsyncSession, *, appointment: Appointment, actor: Actor, now: datetime) -> None:
    """Lets go of a hold; one that is no hold any more stays as it is."""
    if appointment.state != "held":
        return
    appointment.state, appointment.ended_at = "released", now
    audit.record(session, "scheduling.release", ("appointment", appointment.id), actor=actor, now=now)


async def book(session: AsyncSession, *, appointment: Appointment, actor: Actor, now: datetime) -> Appointment:
    """Makes a hold a booking. Booking twice changes nothing.

    A hold whose time is over is booked all the same while nobody else took the slot. Taken otherwise; InvalidInput
    where the person has another appointment at that time.
    """
    await session.refresh(appointment, with_for_update=True)
    if appointment.state == "booked":
        return appointment
    if appointment.state != "held":
        raise Taken(SLOT_TAKEN, detail="hold is over")
    starts = appointment.during.lower
    if starts is None or starts <= now:
        raise InvalidInput("Esse horário já passou.", detail="slot in the past")
    try:
        async with session.begin_nested():
            appointment.state, appointment.booked_at = "booked", now
            await session.flush()
    except IntegrityError as error:
        raise InvalidInput(OWN_OVERLAP, detail="overlapping appointment") from error
    await note_step(session, appointment, "booked", actor, now)
    audit.record(session, "scheduling.book", ("appointment", appointment.id), actor=actor, now=now)
    return appointment


async def note_step(session: AsyncSession, appointment: Appointment, step: str, actor: Actor, now: datetime) -> None:
    """Writes a step into the history of the appointment's protocol, once."""
    if appointment.protocol_id is not None:
        protocol = await protocols.get(session, appointment.protocol_id)
        key = f"appointment:{appointment.id}:{step}"
        await protocols.add_entry(session, protocol=protocol, step=step, actor=actor, now=now, request_key=key)


async def get(session: AsyncSession, appointment_id: UUID) -> Appointment:
    """The appointment of this id; NotFound where there is none."""
    found = await session.get(Appointment, appointment_id)
    if found is None:
        raise NotFound("Não encontrei essa consulta.", detail="appointment")
    return found


async def _by_key(session: AsyncSession, request_key: str) -> Appointment | None:
    return (
        await session.execute(select(Appointment).where(Appointment.request_key == request_key))
    ).scalar_one_or_none()


def _visits() -> Select[Appointment, str, str, Place, str]:
    return (
        select(Appointment, Provider.name, Practice.specialty, Place, Protocol.number)
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(Practice, Practice.id == Slot.practice_id)
        .join(Provider, Provider.id == Practice.provider_id)
        .join(Place, Place.id == Practice.place_id)
        .outerjoin(Protocol, Protocol.id == Appointment.protocol_id)
    )


def _visit(appointment: Appointment, provider: str, specialty: str, place: Place, number: str | None) -> Visit:
    starts = appointment.during.lower
    assert starts is not None
    return Visit(
        appointment, starts, provider, specialty, place.name, place.address, place.city, place.state, number or ""
    )


async def visit(session: AsyncSession, appointment_id: UUID) -> Visit:
    """One appointment with its details; NotFound where there is none."""
    row = (await session.execute(_visits().where(Appointment.id == appointment_id))).one_or_none()
    if row is None:
        raise NotFound("Não encontrei essa consulta.", detail="appointment")
    return _visit(*row)


async def upcoming(
    session: AsyncSession, beneficiary_ids: Sequence[UUID], *, now: datetime, limit: int = 10
) -> list[Visit]:
    """The booked appointments that are still to come, earliest first."""
    query = (
        _visits()
        # ANY of an array: the constraint's GiST index, slow for this, cannot serve it, so the plain one does.
        .where(
            Appointment.beneficiary_id == any_(literal(list(beneficiary_ids), ARRAY(PG_UUID(as_uuid=True)))),
            Appointment.state == "booked",
            Slot.starts_at > now,
        )
        .order_by(Slot.starts_at)
        .limit(limit)
    )
    return [_visit(*row) for row in await session.execute(query)]

"""Moving, cancelling and confirming an appointment; what becomes free goes to the waiting list. [processes.md 1]"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.errors import InvalidInput
from backend.scheduling import booking, waiting
from backend.scheduling.tables import Appointment


async def move(
    session: AsyncSession, *, appointment: Appointment, to: Appointment, actor: Actor, now: datetime
) -> Appointment:
    """Gives an appointment another time: the new hold is booked and the old slot is free, both or neither."""
    if to.state == "booked" and to.moved_from_id == appointment.id:
        return to
    await session.refresh(appointment, with_for_update=True)
    if appointment.state != "booked":
        raise InvalidInput("Essa consulta não está mais marcada.", detail="not booked")
    async with session.begin_nested():  # a new time that cannot be had leaves the old one booked
        appointment.state, appointment.ended_at = "moved", now
        await session.flush()
        await booking.book(session, appointment=to, actor=actor, now=now)
        to.moved_from_id = appointment.id
    await booking.note_step(session, appointment, "moved", actor, now)
    audit.record(session, "scheduling.move", ("appointment", appointment.id), actor=actor, now=now, to=str(to.id))
    await waiting.offer_slot(session, slot_id=appointment.slot_id, now=now)
    return to


async def cancel(session: AsyncSession, *, appointment: Appointment, actor: Actor, now: datetime) -> None:
    """Cancels a booking; one that is cancelled stays so. InvalidInput where its time has come."""
    await session.refresh(appointment, with_for_update=True)
    if appointment.state in {"cancelled", "moved"}:
        return
    starts = appointment.during.lower
    if starts is not None and starts <= now:
        raise InvalidInput("O horário dessa consulta já passou.", detail="appointment in the past")
    appointment.state, appointment.ended_at = "cancelled", now
    await booking.note_step(session, appointment, "cancelled", actor, now)
    audit.record(session, "scheduling.cancel", ("appointment", appointment.id), actor=actor, now=now)
    await session.flush()
    await waiting.offer_slot(session, slot_id=appointment.slot_id, now=now)


async def confirm(session: AsyncSession, *, appointment: Appointment, actor: Actor, now: datetime) -> None:
    """Notes that the person will come, as he answered the reminder; InvalidInput where it is booked no more."""
    if appointment.state != "booked":
        raise InvalidInput("Essa consulta não está mais marcada.", detail="not booked")
    if appointment.confirmed_at is None:
        appointment.confirmed_at = now
        await booking.note_step(session, appointment, "confirmed", actor, now)
        audit.record(session, "scheduling.confirm", ("appointment", appointment.id), actor=actor, now=now)

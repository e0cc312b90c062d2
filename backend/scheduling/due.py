"""What the agenda does by itself: reminders of the day before, and offers whose time is over."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, events
from backend.actor import SYSTEM
from backend.scheduling import waiting
from backend.scheduling.tables import Appointment, WaitingEntry
from backend.settings import settings
from backend.store.clock import local

AT_ONCE = 100


async def remind(session: AsyncSession, *, now: datetime) -> int:
    """Notes reminders for the booked appointments of tomorrow, from the set hour on; gives how many."""
    here = local(now)
    if here.time() < time(settings().reminder_hour):
        return 0
    zone = ZoneInfo(settings().timezone)
    tomorrow = datetime.combine(here.date() + timedelta(days=1), time(0), tzinfo=zone)
    starts = func.lower(Appointment.during)
    due = (
        select(Appointment)
        .where(
            Appointment.state == "booked",
            Appointment.reminded_at.is_(None),
            Appointment.booked_at < tomorrow - timedelta(days=1),  # who books today for tomorrow knows
            starts >= tomorrow,
            starts < tomorrow + timedelta(days=1),
        )
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = (await session.execute(due)).scalars().all()
    for appointment in found:
        appointment.reminded_at = now
        await events.tell(
            session, kind="appointment_reminder", beneficiary_id=appointment.beneficiary_id,
            subject_id=appointment.id, protocol_id=appointment.protocol_id, not_after=appointment.during.lower,
            event_key=f"appointment_reminder:{appointment.id}", now=now,
        )  # fmt: skip
        audit.record(session, "scheduling.remind", ("appointment", appointment.id), actor=SYSTEM, now=now)
    return len(found)


async def end_offers(session: AsyncSession, *, now: datetime) -> int:
    """Ends offers to people of the waiting list that were not answered, and offers the slots on; gives how many."""
    query = (
        select(WaitingEntry, Appointment)
        .join(Appointment, Appointment.id == WaitingEntry.offered_id)
        .where(WaitingEntry.state == "offered", Appointment.state != "booked", Appointment.held_until <= now)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = (await session.execute(query)).all()
    for entry, held in found:
        if held.state == "held":
            held.state, held.ended_at = "lapsed", now
        entry.state, entry.offered_id = "waiting", None
        await session.flush()
        await waiting.offer_slot(session, slot_id=held.slot_id, now=now)
    return len(found)

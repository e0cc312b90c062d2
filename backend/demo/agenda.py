"""The demo's agenda: vacancies every business day for 60 days from D, and a few appointments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, DATE, INTEGER, Range
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.calendar import add_business_days, is_business_day
from backend.demo.network import CITY_STATES, Doctor, doctors
from backend.demo.protocols import open_past
from backend.network.tables import Place, Practice, Provider
from backend.protocols.verbs import close_protocol
from backend.scheduling.tables import Appointment, Slot
from backend.settings import settings
from backend.store.clock import local

DAYS_AHEAD = 60
SITTING = 120  # minutes
# Nobody free for so many business days: more than RN 566 allows for any consultation.
FULL = ("neurology", "Imperatriz")
FULL_FOR = 25

_FILL = text(
    """
    INSERT INTO slot (id, practice_id, starts_at, ends_at)
    SELECT gen_random_uuid(), s.practice_id, t.at AT TIME ZONE :zone,
           (t.at + make_interval(mins => s.length)) AT TIME ZONE :zone
      FROM unnest(:practices, :openings, :lengths) AS s (practice_id, opening, length)
     CROSS JOIN unnest(:days) AS d (day)
     CROSS JOIN generate_series(0, :sitting / s.length - 1) AS n
     CROSS JOIN LATERAL (SELECT d.day + make_interval(mins => s.opening + n * s.length) AS at) AS t
    ON CONFLICT (practice_id, starts_at) DO NOTHING
    """
).bindparams(
    bindparam("practices", type_=ARRAY(PG_UUID(as_uuid=True))),
    bindparam("openings", type_=ARRAY(INTEGER)),
    bindparam("lengths", type_=ARRAY(INTEGER)),
    bindparam("days", type_=ARRAY(DATE)),
)
_WITHDRAW = text(
    """
    UPDATE slot SET withdrawn = true
     WHERE practice_id IN (SELECT p.id FROM practice p JOIN place l ON l.id = p.place_id
                            WHERE p.specialty = :specialty AND l.city = :city)
       AND NOT withdrawn AND starts_at < :until
       AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.slot_id = slot.id AND a.state IN ('held', 'booked'))
    """
)


@dataclass(frozen=True, slots=True)
class Sitting:
    """Two hours of a practice on every business day. `opening` is in minutes from midnight, `length` of one slot."""

    practice_id: UUID
    opening: int
    length: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """An appointment of the demo: whose, with whom, and on which business day from D (before D where negative)."""

    key: str
    cpf: str
    doctor: str
    days: int


APPOINTMENTS = (
    Wanted("elza-cardiology", "71459364295", "Dra. Helena Prado", 3),
    Wanted("ana-dermatology", "52998224725", "Dra. Celeste Azevedo", 6),
    Wanted("ana-general-practice", "52998224725", "Dr. Evandro Salgueiro", -12),
)


async def load_agenda(session: AsyncSession, *, actor: Actor, now: datetime) -> int:
    """Adds the slots of the next 60 days that are not there yet and, once, the appointments; gives how many slots.

    Needs the network, and for the appointments the people. A later load extends the agenda.
    """
    today = local(now).date()
    added = 0
    practices = await _practices(session)
    for state in sorted(set(CITY_STATES.values())):
        sittings = [sitting for city, sitting in _sittings(practices) if CITY_STATES[city] == state]
        days = [day for day in _days(today) if is_business_day(day, state=state)]
        added += await _fill(session, sittings, days)
    await _withdraw_the_full(session, today)
    for wanted in APPOINTMENTS:
        await _book(session, wanted, actor=actor, now=now)
    if added:
        audit.record(session, "demo.add_slots", ("agenda", "demo"), actor=actor, now=now, slots=added)
    return added


def _days(today: date) -> Iterator[date]:
    return (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1))


async def _practices(session: AsyncSession) -> dict[tuple[str, str], UUID]:
    """Practices by provider's and place's name."""
    query = select(Provider.name, Place.name, Practice.id).select_from(Practice)
    rows = await session.execute(
        query.join(Provider).join(Place).where(Provider.council.in_([doctor.council for doctor in doctors()]))
    )
    return {(provider, place): practice for provider, place, practice in rows}


def _sittings(practices: dict[tuple[str, str], UUID]) -> Iterator[tuple[str, Sitting]]:
    """Each doctor's city and sittings: a morning and an afternoon, at two clinics where he works at two."""
    for order, doctor in enumerate(doctors()):
        length = {3: 20, 5: 40}.get(order % 7, 30)
        morning, afternoon = _openings(order)
        for clinic, opening in ((doctor.clinics[0], morning), (doctor.clinics[-1], afternoon)):
            practice = practices.get((doctor.name, clinic))
            if practice is not None:
                yield doctor.city, Sitting(practice, opening, length)


def _openings(order: int) -> tuple[int, int]:
    return 8 * 60 + 30 * (order % 4), 14 * 60 + 30 * (order % 3)


async def _fill(session: AsyncSession, sittings: list[Sitting], days: list[date]) -> int:
    done = await session.execute(
        _FILL,
        {
            "practices": [sitting.practice_id for sitting in sittings],
            "openings": [sitting.opening for sitting in sittings],
            "lengths": [sitting.length for sitting in sittings],
            "days": days, "sitting": SITTING, "zone": settings().timezone,
        },
    )  # fmt: skip
    return cast("CursorResult[object]", done).rowcount


async def _withdraw_the_full(session: AsyncSession, today: date) -> None:
    specialty, city = FULL
    last = add_business_days(today, FULL_FOR, state=CITY_STATES[city])
    await session.execute(
        _WITHDRAW, {"specialty": specialty, "city": city, "until": _at(last + timedelta(days=1), time(0))}
    )


async def _book(session: AsyncSession, wanted: Wanted, *, actor: Actor, now: datetime) -> None:
    request_key = f"demo:appointment:{wanted.key}"
    person = await session.scalar(select(Beneficiary).where(Beneficiary.cpf == wanted.cpf))
    there = await session.scalar(select(Appointment.id).where(Appointment.request_key == request_key))
    slot = None if person is None or there is not None else await _slot(session, wanted, local(now).date())
    if slot is None or person is None:
        return
    made_at = min(now, slot.starts_at) - timedelta(days=2)
    protocol = await open_past(
        session, kind="appointment", beneficiary_id=person.id, request_key=f"demo:protocol:{wanted.key}",
        actor=actor, at=made_at,
    )  # fmt: skip
    await close_protocol(session, protocol=protocol, actor=actor, now=made_at)
    practice = await session.get_one(Practice, slot.practice_id)
    session.add(
        Appointment(
            slot_id=slot.id, provider_id=practice.provider_id, beneficiary_id=person.id,
            during=Range(slot.starts_at, slot.ends_at), state="booked", protocol_id=protocol.id, made_at=made_at,
            booked_at=made_at, request_key=request_key,
        )
    )  # fmt: skip
    await session.flush()


async def _slot(session: AsyncSession, wanted: Wanted, today: date) -> Slot | None:
    """The day's first free slot of the doctor; a past one is made."""
    doctor = next(each for each in doctors() if each.name == wanted.doctor)
    if wanted.days < 0:
        return await _past_slot(session, doctor, today + timedelta(days=wanted.days))
    day = add_business_days(today, wanted.days, state=CITY_STATES[doctor.city])
    taken = select(Appointment.id).where(Appointment.slot_id == Slot.id, Appointment.state.in_(("held", "booked")))
    query = select(Slot).join(Practice).join(Provider).where(Provider.council == doctor.council, ~Slot.withdrawn)
    free = query.where(Slot.starts_at >= _at(day, time(0)), ~taken.exists())
    return await session.scalar(free.order_by(Slot.starts_at).limit(1))


async def _past_slot(session: AsyncSession, doctor: Doctor, day: date) -> Slot | None:
    while not is_business_day(day, state=CITY_STATES[doctor.city]):
        day -= timedelta(days=1)
    query = select(Practice.id).join(Provider).where(Provider.council == doctor.council)
    practice = await session.scalar(query.order_by(Practice.id).limit(1))
    if practice is None:
        return None
    starts_at = _at(day, time(9))
    slot = Slot(practice_id=practice, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30))
    session.add(slot)
    await session.flush()
    return slot


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZoneInfo(settings().timezone))

"""Looking for vacancies: by specialty, city, doctor and days, and what is nearest where there is none. [000]"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncSession

from backend.identifiers import plain
from backend.network.tables import Place, Practice, Provider
from backend.scheduling.rules import Vacancy, last_day, spread
from backend.scheduling.when import When
from backend.settings import settings
from backend.store.clock import local
from backend.vocabulary import specialty as specialty_of

OFFERED = 6
PER_PRACTICE = 24  # a few days of one doctor's agenda, so that the spread has something to choose from
FURTHEST = timedelta(days=120)
NAME_LIKE = 0.45
_TITLES = frozenset({"dr", "dra", "doutor", "doutora"})

# The practices that fit, and of each the next free slots: the index on (practice, start) gives them in order.
_FREE = text(
    """
    SELECT s.id AS slot_id, s.starts_at, s.ends_at, p.provider_id, v.name AS provider_name, p.specialty,
           l.name AS place_name, l.street, l.district, l.city, l.state
      FROM practice p JOIN provider v ON v.id = p.provider_id JOIN place l ON l.id = p.place_id
     CROSS JOIN LATERAL (
           SELECT s.id, s.starts_at, s.ends_at FROM slot s
            WHERE s.practice_id = p.id AND s.starts_at >= :earliest AND s.starts_at < :latest AND NOT s.withdrawn
              AND (:any_day OR extract(dow FROM s.starts_at AT TIME ZONE :zone)::int = ANY(:days))
              AND (s.starts_at AT TIME ZONE :zone)::time >= :from_time
              AND (s.starts_at AT TIME ZONE :zone)::time < :until_time
              AND s.id <> ALL(:excluded)
              AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.slot_id = s.id AND a.state in ('held', 'booked')
                                 AND (a.state = 'booked' OR a.held_until > :now))
              AND (CAST(:person AS uuid) IS NULL OR NOT EXISTS (
                    SELECT 1 FROM appointment o WHERE o.beneficiary_id = :person AND o.state = 'booked'
                       AND o.id IS DISTINCT FROM :moving AND o.during && tstzrange(s.starts_at, s.ends_at)))
            ORDER BY s.starts_at LIMIT :per_practice) s
     WHERE p.specialty = :specialty AND p.active AND v.active AND l.city = :city AND l.state = :state
       AND (CAST(:provider AS uuid) IS NULL OR p.provider_id = :provider)
       AND (CAST(:not_provider AS uuid) IS NULL OR p.provider_id <> :not_provider)
     ORDER BY s.starts_at, v.name LIMIT :most
    """
).bindparams(
    bindparam("days", type_=ARRAY(INTEGER)),
    bindparam("excluded", type_=ARRAY(PG_UUID(as_uuid=True))),
    bindparam("provider", type_=PG_UUID(as_uuid=True)),
    bindparam("not_provider", type_=PG_UUID(as_uuid=True)),
    bindparam("person", type_=PG_UUID(as_uuid=True)),
    bindparam("moving", type_=PG_UUID(as_uuid=True)),
)
_CITIES = text(
    """
    SELECT l.city, l.state FROM practice p JOIN place l ON l.id = p.place_id
     WHERE p.specialty = :specialty AND p.active AND (l.city, l.state) <> (:city, :state)
     GROUP BY l.city, l.state ORDER BY l.state <> :state, count(*) DESC, l.city LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for. `specialty` is a code of `backend.vocabulary`; the doctor and the days may be open.

    `not_provider_id` is whom he does not want to see. `person_id` is whose own appointments leave no room, where it
    is known; `moving_id` the one among them that makes way for what is looked for.
    """

    specialty: str
    city: str
    state: str
    provider_id: UUID | None = None
    when: When | None = None
    not_provider_id: UUID | None = None
    person_id: UUID | None = None
    moving_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is for a wish. `exact` fit it; else the nearest: other days, other doctors, other cities.

    `too_late` is True where the agenda cannot keep RN 566's maximum in the person's city, whatever the day.
    """

    exact: list[Vacancy]
    other_days: list[Vacancy]
    other_doctors: list[Vacancy]
    other_cities: list[Vacancy]
    too_late: bool

    @property
    def nearest(self) -> list[Vacancy]:
        """The alternatives, best first."""
        return self.other_days or self.other_doctors or self.other_cities


async def find(
    session: AsyncSession, wish: Wish, *, now: datetime, excluded: Collection[UUID] = (), count: int = OFFERED
) -> Offer:
    """What can be offered for a wish at this moment; `excluded` are slots that the person saw and did not want."""
    exact = spread(await vacancies(session, wish, now=now, excluded=excluded), count)
    late = await _too_late(session, wish, now)
    if exact or late:
        return Offer(exact, [], [], [], late)
    for nearer in _relaxed(wish):
        days = spread(await vacancies(session, nearer, now=now, excluded=excluded), count)
        if days:
            return Offer([], days, [], [], late)
    doctors: list[Vacancy] = []
    if wish.provider_id:
        doctors = spread(await vacancies(session, replace(wish, provider_id=None), now=now, excluded=excluded), count)
    cities = [] if doctors else await _elsewhere(session, replace(wish, when=None), now=now, count=count)
    return Offer([], [], doctors, cities, late)


def _relaxed(wish: Wish) -> list[Wish]:
    """The same wish with less: any hour of the same days, any day at the same hours, any time. Pure."""
    when = wish.when
    if when is None or not restricts(when):
        return []
    any_hour = replace(when, from_time=None, until_time=None)
    any_day = When(from_time=when.from_time, until_time=when.until_time)
    return [replace(wish, when=any_hour), replace(wish, when=any_day), replace(wish, when=None)]


def restricts(when: When) -> bool:
    """Whether a wish rules any time out. Pure."""
    return bool(
        when.earliest or when.latest or when.weekdays or when.excluded_weekdays or when.from_time or when.until_time
    )


async def _too_late(session: AsyncSession, wish: Wish, now: datetime) -> bool:
    """Whether the first vacancy of all, whatever day was asked for, comes after RN 566's last day."""
    anything = await vacancies(session, Wish(wish.specialty, wish.city, wish.state), now=now, most=1)
    last = last_day(specialty_of(wish.specialty).care_class, local(now).date(), state=wish.state)
    return not anything or local(anything[0].starts_at).date() > last


async def vacancies(
    session: AsyncSession,
    wish: Wish,
    *,
    now: datetime,
    excluded: Collection[UUID] = (),
    most: int = 120,
) -> list[Vacancy]:
    """Free slots that fit and that the person can come to, earliest first; at most `most`."""
    when = wish.when or When()
    zone = ZoneInfo(settings().timezone)
    earliest = now + timedelta(minutes=settings().booking_lead_minutes)
    if when.earliest is not None:
        earliest = max(earliest, datetime.combine(when.earliest, time(0), tzinfo=zone))
    latest = now + FURTHEST
    if when.latest is not None:
        latest = min(latest, datetime.combine(when.latest + timedelta(days=1), time(0), tzinfo=zone))
    days = [day for day in range(7) if _weekday_fits(when, day)]
    rows = await session.execute(
        _FREE,
        {
            "earliest": earliest, "latest": latest, "zone": settings().timezone, "now": now,
            "any_day": len(days) == 7, "days": [(day + 1) % 7 for day in days],  # noqa: PLR2004 (a week)
            "from_time": when.from_time or time.min, "until_time": when.until_time or time.max,
            "excluded": list(excluded), "specialty": wish.specialty, "city": wish.city, "state": wish.state,
            "provider": wish.provider_id, "not_provider": wish.not_provider_id,
            "person": wish.person_id, "moving": wish.moving_id,
            "per_practice": PER_PRACTICE, "most": most,
        },
    )  # fmt: skip
    return [_vacancy(row) for row in rows]


def _weekday_fits(when: When, day: int) -> bool:
    return (not when.weekdays or day in when.weekdays) and day not in when.excluded_weekdays


def _vacancy(row: Row[Any]) -> Vacancy:
    address = f"{row.street}, {row.district}, {row.city} {row.state}"
    return Vacancy(
        row.slot_id, row.starts_at, row.ends_at, row.provider_id, row.provider_name, row.specialty, row.place_name,
        address, row.city, row.state,
    )  # fmt: skip


async def _elsewhere(session: AsyncSession, wish: Wish, *, now: datetime, count: int) -> list[Vacancy]:
    """The earliest in each of the next cities, those of the same state first."""
    keys = {"specialty": wish.specialty, "city": wish.city, "state": wish.state, "most": 3}
    found: list[Vacancy] = []
    for row in await session.execute(_CITIES, keys):
        there = replace(wish, city=row.city, state=row.state, provider_id=None)
        found += spread(await vacancies(session, there, now=now), 2)
    return found[:count]


async def doctors_like(
    session: AsyncSession, name: str, *, specialty: str | None = None, city: tuple[str, str] | None = None
) -> Sequence[Row[UUID, str, str, str, str]]:
    """Who is meant by a name as people write it: (provider id, name, specialty, city, state), best first.

    Names as they are spelled first; typos are forgiven where nobody is called so.
    """
    words = [word for word in plain(name).replace(".", " ").split() if word not in _TITLES]
    folded = " ".join(words)
    near = func.word_similarity(folded, Provider.folded_name)
    query = (
        select(Provider.id, Provider.name, Practice.specialty, Place.city, Place.state)
        .join(Practice, Practice.provider_id == Provider.id)
        .join(Place, Place.id == Practice.place_id)
        .where(Provider.active, Practice.active, Provider.kind.in_(("doctor", "dentist", "therapist")))
        .order_by(near.desc(), Provider.name)
        .limit(10)
    )
    if specialty is not None:
        query = query.where(Practice.specialty == specialty)
    if city is not None:
        query = query.where(Place.city == city[0], Place.state == city[1])
    spelled = query.where(*(Provider.folded_name.contains(word, autoescape=True) for word in words))
    found = (await session.execute(spelled)).all() if words else []
    return found or (await session.execute(query.where(near >= NAME_LIKE))).all()


async def cities_served(session: AsyncSession, specialty: str | None = None) -> Sequence[tuple[str, str]]:
    """Cities where the network sees people, those with most practices first."""
    query = (
        select(Place.city, Place.state)
        .join(Practice, Practice.place_id == Place.id)
        .where(Practice.active)
        .group_by(Place.city, Place.state)
        .order_by(func.count().desc(), Place.city)
    )
    if specialty is not None:
        query = query.where(Practice.specialty == specialty)
    return [(row.city, row.state) for row in await session.execute(query)]

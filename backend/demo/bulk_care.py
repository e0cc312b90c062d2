"""Practices, slots, appointments, authorizations and their protocols, by the million."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.calendar import is_business_day
from backend.demo import invented
from backend.demo.copying import Ids, Report, copy, line
from backend.identifiers import ProtocolNumber, plain
from backend.procedures.tables import Procedure
from backend.protocols.kinds import KINDS
from backend.protocols.tables import ProtocolDay
from backend.protocols.verbs import due_at
from backend.settings import settings
from backend.store.clock import local
from backend.vocabulary import every_specialty

SPECIALTIES = 25
PRACTICE_SLOTS = 1000
FEWEST_PRACTICES, MOST_PRACTICES = 20, 1000
A_DAY = 12  # slots of half an hour: six from 8:00, six from 14:00
BOOKED_OF_TEN = 3  # which one of ten slots is booked
PROTOCOL = ("id", "number", "kind", "state", "team", "opened_at", "due_at", "closed_at", "beneficiary_id",
            "request_key")  # fmt: skip
ENTRY = ("protocol_id", "at", "actor_kind", "actor_id", "step")
APPOINTMENT = ("id", "slot_id", "provider_id", "beneficiary_id", "during", "state", "protocol_id", "made_at",
               "booked_at", "reminded_at", "request_key")  # fmt: skip
AUTHORIZATION = ("id", "number", "beneficiary_id", "procedure_code", "protocol_id", "requesting_doctor", "state",
                 "requested_at", "due_at", "decided_at", "decided_by", "valid_until")  # fmt: skip
STEP = ("authorization_id", "at", "state", "text", "actor_kind", "actor_id")
STATES = ("approved", "performed", "approved", "in_audit", "performed", "requested")


@dataclass
class Protocols:
    """Protocols of one load with the numbers of their days; `last` is what each day has given out."""

    ids: Ids
    last: defaultdict[date, int]
    lines: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)

    def add(self, kind: str, person: str, opened_at: datetime, *, closed: bool) -> str:
        """One more; gives its id. `opened_at` is on the operator's wall clock, whose day the number carries."""
        identifier = self.ids[len(self.lines)]
        day = opened_at.date()
        self.last[day] += 1
        number = f"{_day_of_number(day)}{self.last[day]:06d}"
        self.lines.append(
            line(
                identifier, number, kind, "closed" if closed else "open", KINDS[kind].team, opened_at,
                _due(kind, day), opened_at if closed else None, person, f"bulk:{identifier}",
            )
        )  # fmt: skip
        self.entries.append(line(identifier, opened_at, "system", "", "opened"))
        return identifier

    async def load(self, engine: AsyncEngine, report: Report) -> None:
        """Writes what was added, and how many numbers each day has given out now."""
        async with engine.begin() as connection:
            given = [{"day": day, "last": last} for day, last in self.last.items()]
            statement = insert(ProtocolDay)
            raised = statement.on_conflict_do_update(index_elements=["day"], set_={"last": statement.excluded.last})
            await connection.execute(raised, given)
        await copy(engine, "protocol", PROTOCOL, self.lines, report)
        await copy(engine, "protocol_entry", ENTRY, self.entries, report)


async def numbers_given(engine: AsyncEngine) -> defaultdict[date, int]:
    """How many protocol numbers each day has given out so far."""
    async with engine.connect() as connection:
        rows = await connection.execute(select(ProtocolDay.day, ProtocolDay.last))
        return defaultdict(int, {row.day: row.last for row in rows})


class Agenda:
    """The practices of one load and their slots: half of them before today, half after, one in ten booked."""

    def __init__(self, slots: int, *, now: datetime, ids: Sequence[Ids]) -> None:
        self.practices = max(FEWEST_PRACTICES, min(MOST_PRACTICES, slots // PRACTICE_SLOTS))
        self.each = slots // self.practices
        self._now = local(now)
        self._providers, self._places, self._practice_ids, self.slots, self._appointments = ids
        self._times = _times(self.each, now)

    async def load(self, engine: AsyncEngine, report: Report) -> None:
        """Providers, places, practices, slots."""
        names, places, practices = self._network(Random(self.practices))
        await copy(engine, "provider", ("id", "kind", "name", "folded_name", "council"), names, report)
        await copy(engine, "place", ("id", "name", "street", "district", "city", "state"), places, report)
        await copy(engine, "practice", ("id", "provider_id", "place_id", "specialty"), practices, report)
        await copy(engine, "slot", ("id", "practice_id", "starts_at", "ends_at"), self._slot_lines(), report)

    def appointments(self, people: Ids, count: int, protocols: Protocols) -> list[str]:
        """COPY's lines of the booked ones; nobody has two at one time."""
        taken: set[tuple[int, int]] = set()
        lines: list[str] = []
        for practice in range(self.practices if count else 0):
            for place in range(BOOKED_OF_TEN, self.each, 10):
                person = (len(lines) * 7919) % count
                while (person, place) in taken:
                    person = (person + 1) % count
                taken.add((person, place))
                lines.append(self._appointment(len(lines), practice, place, people[person], protocols))
        return lines

    def _appointment(self, order: int, practice: int, place: int, person: str, protocols: Protocols) -> str:
        starts_at, ends_at = self._times[place]
        made_at = min(starts_at - timedelta(days=5), self._now - timedelta(hours=1))
        protocol = protocols.add("appointment", person, made_at, closed=True)
        identifier = self._appointments[order]
        return line(
            identifier, self.slots[practice * self.each + place], self._providers[practice], person,
            f'["{starts_at}","{ends_at}")', "booked", protocol, made_at, made_at,
            made_at if starts_at < self._now else None, f"bulk:{identifier}",
        )  # fmt: skip

    def _network(self, random: Random) -> tuple[list[str], list[str], list[str]]:
        codes = [each.code for each in every_specialty()][:SPECIALTIES]
        providers: list[str] = []
        places: list[str] = []
        practices: list[str] = []
        by_city: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for order in range(self.practices):
            woman = random.random() < 0.5  # noqa: PLR2004 (half and half)
            named = invented.name(random, invented.family_name(random), woman=woman)
            shown = f"{'Dra.' if woman else 'Dr.'} {named.full}"
            city, state = invented.city(random) if order >= len(invented.CITIES) else invented.CITIES[order]
            known = by_city[city, state]
            if not known or random.random() < 1 / 3:
                known.append(self._places[len(places)])
                street, district = invented.address(random)
                places.append(line(known[-1], f"Clínica {district} {len(places) + 1}", street, district, city, state))
            specialty = codes[int(len(codes) * random.random() ** 1.5)]
            providers.append(
                line(self._providers[order], "doctor", shown, plain(shown), f"CRM-{state} {90000 + order}")
            )
            practices.append(line(self._practice_ids[order], self._providers[order], random.choice(known), specialty))
        return providers, places, practices

    def _slot_lines(self) -> Iterator[str]:
        spans = [f"\t{starts_at}\t{ends_at}\n" for starts_at, ends_at in self._times]
        for practice in range(self.practices):
            identifier, first = self._practice_ids[practice], practice * self.each
            for place, span in enumerate(spans):
                yield f"{self.slots[first + place]}\t{identifier}{span}"


async def load_authorizations(
    engine: AsyncEngine,
    report: Report,
    *,
    people: Ids,
    count: int,
    known: int,
    ids: Ids,
    protocols: Protocols,
    now: datetime,
) -> None:
    """One for every third person, with the protocol and two steps. `known` is how many there were before."""
    async with engine.connect() as connection:
        codes = list(await connection.scalars(select(Procedure.code).where(Procedure.covered).order_by(Procedure.code)))
    lines, steps = [], []
    for order in range(count // 3):
        state = STATES[order % len(STATES)]
        requested_at = local(now) - timedelta(minutes=37 * (order % 25_000) + 30)
        person, decided = people[order * 3], state in ("approved", "performed")
        protocol = protocols.add("procedure_request", person, requested_at, closed=decided)
        lines.append(
            line(
                ids[order], f"{requested_at:%y%j}{1_000_000 + known + order:07d}", person,
                codes[order * 31 % len(codes)], protocol, "", state, requested_at,
                _due("procedure_request", requested_at.date()),
                requested_at if decided else None, "Auditoria" if decided else "",
                requested_at.date() + timedelta(days=90) if decided else None,
            )
        )  # fmt: skip
        steps.append(line(ids[order], requested_at, "requested", "Pedido recebido.", "system", ""))
        steps.append(line(ids[order], requested_at, state, "", "system", ""))
    await protocols.load(engine, report)
    await copy(engine, "procedure_authorization", AUTHORIZATION, lines, report)
    await copy(engine, "authorization_step", STEP, steps, report)


@lru_cache(maxsize=4096)
def _day_of_number(day: date) -> str:
    """A protocol number's digits before the sequence."""
    return ProtocolNumber.compose(settings().ans_registration, day, 1).digits[:-6]


@lru_cache(maxsize=4096)
def _due(kind: str, day: date) -> datetime:
    return due_at(KINDS[kind], datetime.combine(day, time(12), tzinfo=ZoneInfo(settings().timezone)))


def _times(count: int, now: datetime) -> list[tuple[datetime, datetime]]:
    """The slots of one practice, oldest first: the same number of business days before today and after."""
    zone = ZoneInfo(settings().timezone)
    today = now.astimezone(zone).date()
    half = count // 2
    days = [*reversed(_business_days(today, -1, half)), *_business_days(today, 1, count - half)]
    clock = [time(hour, minute) for hour in (8, 9, 10, 14, 15, 16) for minute in (0, 30)]
    starts: list[datetime] = []
    for past, wanted in ((True, half), (False, count - half)):
        chosen = [datetime.combine(day, at, tzinfo=zone) for day in days if (day < today) == past for at in clock]
        starts += chosen[-wanted:] if past and wanted else chosen[:wanted]
    return [(moment, moment + timedelta(minutes=30)) for moment in starts]


def _business_days(today: date, step: int, slots: int) -> list[date]:
    days: list[date] = []
    day = today
    while len(days) * A_DAY < slots:
        day += timedelta(days=step)
        if is_business_day(day, state=settings().holiday_state):
            days.append(day)
    return days

"""Business days and opening hours: national holidays, the operator's state, his own dates. [rule 7]"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from backend.store.clock import local

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Hours:
    """When a team is on duty: weekday (0 Monday) → opening and closing time, local."""

    days: Mapping[int, tuple[time, time]]

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Reads `0-4 08:00-18:00; 5 08:00-12:00`. An empty text is a team that is never on duty."""
        days: dict[int, tuple[time, time]] = {}
        for part in filter(None, (piece.strip() for piece in text.split(";"))):
            span, _, clock = part.partition(" ")
            first, _, last = span.partition("-")
            opening, _, closing = clock.partition("-")
            for day in range(int(first), int(last or first) + 1):
                days[day] = (time.fromisoformat(opening), time.fromisoformat(closing))
        return cls(days)


@lru_cache(maxsize=32)
def _holidays(state: str, year: int) -> frozenset[date]:
    # Carnival and Corpus Christi are in the category 'optional' alone.
    dates = holidays.country_holidays("BR", subdiv=state or None, years=year, categories=("public", "optional"))
    return frozenset(dates)


def is_business_day(day: date, *, state: str) -> bool:
    """True on Monday to Friday when it is no holiday of the country or of the state."""
    return day.weekday() < SATURDAY and day not in _holidays(state, day.year)


def add_business_days(day: date, count: int, *, state: str) -> date:
    """The `count`-th business day after `day` (the day itself is not counted)."""
    while count > 0:
        day += timedelta(days=1)
        if is_business_day(day, state=state):
            count -= 1
    return day


def on_duty(hours: Hours, moment: datetime, *, state: str) -> bool:
    """True when the hours, read on the operator's wall clock, cover the moment and it is no holiday."""
    here = local(moment)
    if here.date() in _holidays(state, here.year):
        return False
    span = hours.days.get(here.weekday())
    return span is not None and span[0] <= here.time() < span[1]


def next_opening(hours: Hours, moment: datetime, *, state: str) -> datetime | None:
    """The next moment, local and aware, at which duty begins; None where it never does within a month."""
    here = local(moment)
    for ahead in range(32):
        day = here.date() + timedelta(days=ahead)
        span = hours.days.get(day.weekday())
        if span is None or day in _holidays(state, day.year):
            continue
        opening = datetime.combine(day, span[0], tzinfo=here.tzinfo)
        if opening > here:
            return opening
    return None

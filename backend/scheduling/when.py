"""When somebody would like an appointment: a value that slots are held against, read from what people write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from backend.scheduling import when_phrases
from backend.scheduling.when_days import Days, read_days
from backend.scheduling.when_text import amendments, has_soonest, normal_text
from backend.scheduling.when_times import Hours, read_hours

_WEEK = 7
_LONGEST_TEXT = 1000  # a story told in one breath; more than that says when in its first part or not at all


@dataclass(frozen=True, slots=True)
class When:
    """Days and hours that somebody asked for, local to the clinic; what is empty was not said.

    `earliest` and `latest` are inclusive. `weekdays` (0 is Monday; empty is any) hold within them; a single day
    that was named by its weekday carries both. Slots *start* in [`from_time`, `until_time`). `any_day` and
    `any_time` are a stated indifference ('qualquer dia'), which takes back what was said before.
    """

    earliest: date | None = None
    latest: date | None = None
    weekdays: frozenset[int] = frozenset()
    from_time: time | None = None
    until_time: time | None = None
    soonest: bool = False
    excluded_weekdays: frozenset[int] = frozenset()
    any_day: bool = False
    any_time: bool = False

    @property
    def says_days(self) -> bool:
        """True where it names days, 'as soon as possible', or says that any day will do."""
        return bool(self.earliest or self.latest or self.weekdays or self.soonest or self.any_day)

    @property
    def says_hours(self) -> bool:
        """True where it names hours, or says that any will do."""
        return bool(self.from_time or self.until_time or self.any_time)

    def fits(self, moment: datetime) -> bool:
        """Whether a slot that starts at this local time is one that was asked for."""
        day, hour = moment.date(), moment.time()
        return (
            (self.earliest is None or self.earliest <= day)
            and (self.latest is None or day <= self.latest)
            and (not self.weekdays or day.weekday() in self.weekdays)
            and day.weekday() not in self.excluded_weekdays
            and (self.from_time is None or self.from_time <= hour)
            and (self.until_time is None or hour < self.until_time)
        )

    def merged(self, newer: When) -> When:
        """This wish after a later message, which changes only what it says.

        A new day replaces the days, new hours replace the hours. A weekday said by itself is looked for in the
        span that was being talked about ('semana que vem', then 'quinta'). A weekday that is only ruled out is
        taken from the days; where none is left, they are given up.
        """
        wish = self
        if newer.says_days:
            wish = wish._on(newer._within(wish))
        elif newer.excluded_weekdays:
            wish = wish._without(newer.excluded_weekdays)
        if newer.says_hours:
            wish = replace(wish, from_time=newer.from_time, until_time=newer.until_time, any_time=newer.any_time)
        return wish

    def describe(self) -> str:
        """A short Portuguese phrase: 'na quinta-feira, 26/11, de manhã'; empty where nothing was said."""
        days = when_phrases.days_phrase(self.earliest, self.latest, self.weekdays, self.excluded_weekdays)
        hours = when_phrases.hours_phrase(self.from_time, self.until_time)
        parts = [days, hours, "o mais cedo possível" if self.soonest else ""]
        if not days and self.any_day:
            parts.insert(0, "em qualquer dia")
        if not hours and self.any_time:
            parts.append("em qualquer horário")
        return ", ".join(part for part in parts if part)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; `from_json` gives the same wish back."""
        return {
            "earliest": self.earliest.isoformat() if self.earliest else None,
            "latest": self.latest.isoformat() if self.latest else None,
            "weekdays": sorted(self.weekdays),
            "from_time": self.from_time.isoformat("minutes") if self.from_time else None,
            "until_time": self.until_time.isoformat("minutes") if self.until_time else None,
            "soonest": self.soonest,
            "excluded_weekdays": sorted(self.excluded_weekdays),
            "any_day": self.any_day,
            "any_time": self.any_time,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> When:
        """The wish that `to_json` wrote; fields that are missing were not said."""
        return cls(
            earliest=date.fromisoformat(stored["earliest"]) if stored.get("earliest") else None,
            latest=date.fromisoformat(stored["latest"]) if stored.get("latest") else None,
            weekdays=frozenset(stored.get("weekdays") or ()),
            from_time=time.fromisoformat(stored["from_time"]) if stored.get("from_time") else None,
            until_time=time.fromisoformat(stored["until_time"]) if stored.get("until_time") else None,
            soonest=bool(stored.get("soonest")),
            excluded_weekdays=frozenset(stored.get("excluded_weekdays") or ()),
            any_day=bool(stored.get("any_day")),
            any_time=bool(stored.get("any_time")),
        )

    def _on(self, newer: When) -> When:
        return replace(
            newer, from_time=self.from_time, until_time=self.until_time, any_time=self.any_time,
        )  # fmt: skip

    def _within(self, older: When) -> When:
        """A single day that was named by its weekday alone, looked for where `older` was looking."""
        if not (self.earliest and self.earliest == self.latest and len(self.weekdays) == 1):
            return self
        (weekday,) = self.weekdays
        if older.earliest and older.earliest == older.latest:
            same_week = older.earliest + timedelta(days=weekday - older.earliest.weekday())
            day = max(same_week, self.earliest)
            return replace(self, earliest=day, latest=day)
        if older.weekdays or not (older.earliest or older.latest):
            return self
        start = max(self.earliest, older.earliest or self.earliest)
        first = start + timedelta(days=(weekday - start.weekday()) % _WEEK)
        if older.latest and first > older.latest:
            return self
        return replace(self, earliest=first, latest=first)

    def _without(self, weekdays: frozenset[int]) -> When:
        excluded = self.excluded_weekdays | weekdays
        left = self.weekdays - excluded
        single = self.earliest is not None and self.earliest == self.latest
        if (self.weekdays and not left) or (single and self.earliest.weekday() in excluded):  # type: ignore[union-attr]
            return replace(self, earliest=None, latest=None, weekdays=frozenset(), excluded_weekdays=excluded)
        return replace(self, weekdays=left, excluded_weekdays=excluded)


def read_when(text: str, *, today: date) -> When | None:
    """What a message says about time, seen from the local day `today`; None where it says nothing.

    Days are never past. 'quinta' is the next Thursday after today; 'quinta que vem' too, unless that is tomorrow.
    A week runs from Monday to Sunday. A time to be there ('às 10') admits slots that start in the half hour from
    it. A self-correction inside the message ('quinta, não, melhor sexta') ends as its last word.
    """
    return _read(text[:_LONGEST_TEXT], today)


@lru_cache(maxsize=1024)
def _read(text: str, today: date) -> When | None:
    wishes = [wish for clause in amendments(normal_text(text)) if (wish := _read_clause(clause, today))]
    return _all_together(wishes)


def _all_together(wishes: Iterable[When]) -> When | None:
    together: When | None = None
    for wish in wishes:
        together = together.merged(wish) if together else wish
    return together


def _read_clause(clause: str, today: date) -> When | None:
    soonest, clause = has_soonest(clause)
    days, rest = read_days(clause, today)
    hours = read_hours(rest)
    if not (soonest or days != Days() or hours != Hours()):
        return None
    return When(
        earliest=days.earliest,
        latest=days.latest,
        weekdays=days.weekdays,
        from_time=hours.start,
        until_time=hours.end,
        soonest=soonest,
        excluded_weekdays=days.excluded,
        any_day=days.any,
        any_time=hours.any,
    )

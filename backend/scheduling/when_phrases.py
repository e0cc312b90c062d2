"""Days and hours in Portuguese words, as the assistant repeats them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

_WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
_SATURDAY = 5
_WORKING = frozenset(range(_SATURDAY))
_WEEKEND = frozenset({5, 6})
_NOON, _EVENING = time(12), time(18)
_PERIODS: dict[tuple[time | None, time | None], str] = {
    (None, _NOON): "de manhã",
    (_NOON, _EVENING): "à tarde",
    (_EVENING, None): "à noite",
}
_EXACT = timedelta(minutes=30)


def days_phrase(earliest: date | None, latest: date | None, weekdays: frozenset[int], excluded: frozenset[int]) -> str:
    """'na quinta-feira, 26/11', 'entre 10/12 e 15/12', 'a partir de 15/12'; empty for any day."""
    if earliest and earliest == latest:
        return f"{_on(earliest.weekday(), full=True)}, {earliest:%d/%m}"
    parts = [_weekdays(weekdays), _span(earliest, latest)]
    if excluded:
        parts.append("menos " + _listed(_on(day, full=True) for day in sorted(excluded)).replace(" ou ", " e "))
    return ", ".join(part for part in parts if part)


def hours_phrase(start: time | None, end: time | None) -> str:
    """'de manhã', 'à tarde', 'às 10h30', 'a partir das 14h', 'entre 9h e 11h'; empty for any hour."""
    if (start, end) in _PERIODS:
        return _PERIODS[start, end]
    if start is None or end is None:
        return f"antes das {_clock(end)}" if end else f"a partir das {_clock(start)}" if start else ""
    if datetime.combine(date.min, end) - datetime.combine(date.min, start) <= _EXACT:
        return f"às {_clock(start)}"
    return f"entre {_clock(start)} e {_clock(end)}"


def _clock(hour: time) -> str:
    return f"{hour.hour}h{hour.minute:02d}" if hour.minute else f"{hour.hour}h"


def _on(weekday: int, *, full: bool) -> str:
    if weekday >= _SATURDAY:
        return f"no {_WEEKDAYS[weekday]}"
    return f"na {_WEEKDAYS[weekday]}-feira" if full else f"na {_WEEKDAYS[weekday]}"


def _weekdays(weekdays: frozenset[int]) -> str:
    if not weekdays:
        return ""
    if weekdays == _WORKING:
        return "de segunda a sexta-feira"
    if weekdays == _WEEKEND:
        return "no fim de semana"
    *others, last = sorted(weekdays)
    return _listed([*(_on(day, full=False) for day in others), _on(last, full=True)])


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} ou {last}" if others else last


def _span(earliest: date | None, latest: date | None) -> str:
    if earliest and latest:
        return f"entre {earliest:%d/%m} e {latest:%d/%m}"
    if earliest:
        return f"a partir de {earliest:%d/%m}"
    return f"até {latest:%d/%m}" if latest else ""

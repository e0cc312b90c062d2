"""From the grammar's words to the calendar: each token becomes a span of days that is not past."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from backend.calendar import is_business_day
from backend.scheduling.when_tokens import WEEKDAYS
from backend.vocabulary.months import MONTHS

_WEEK = 7
_ONE_DAY = timedelta(days=1)
# Nobody books further ahead: a later year is a slip or another kind of number.
_FURTHEST = timedelta(days=2 * 366)
_LONGEST_COUNT = 400
_HOLIDAY_WITHIN = 90  # days
_YEARS_TO_A_LEAP_DAY = 9
_DECEMBER = 12
_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6
_WORKING = frozenset(range(_SATURDAY))
_WEEKEND = frozenset({_SATURDAY, _SUNDAY})
_WEEK_PARTS = {"i": frozenset({0, 1}), "c": frozenset({0, 1}), "m": frozenset({1, 2, 3}), "f": frozenset({3, 4})}
_PLACES = {"primeira": 0, "segunda": 1, "terceira": 2, "quarta": 3}
_FIRST_THIRD, _SECOND_THIRD, _HALF = 10, 20, 15


@dataclass(frozen=True, slots=True)
class Span:
    """From `first` to `last`, both included, on `weekdays` alone where there are some.

    `named`: it was said as a weekday, and `first` is only the next of them; `recurring`: any such weekday will
    do; `listed`: it is several single days.
    """

    first: date
    last: date
    weekdays: frozenset[int] = frozenset()
    named: bool = False
    recurring: bool = False
    listed: bool = False


def span_of(token: re.Match[str], today: date) -> Span | None:
    """The days that a token of the grammar stands for; None where they are past, too far off or in no calendar."""
    for group, reading in _READINGS:
        if token[group] is not None:
            try:
                span = reading(token, today)
            except (ValueError, OverflowError):
                return None
            return span if span and _thinkable(span, today) else None
    return None


def _thinkable(span: Span, today: date) -> bool:
    return span.last >= today and span.first - today <= _FURTHEST


def _explicit(day: int, month: int, year: str | None, today: date) -> date | None:
    """A day of a month: of the year that was said, else the next one, today included; None where there is none."""
    if year is not None:
        return date(int(year) if len(year) > 2 else 2000 + int(year), month, day)  # noqa: PLR2004
    years = range(today.year, today.year + _YEARS_TO_A_LEAP_DAY)
    there_is = (number for number in years if 1 <= month <= _DECEMBER and 1 <= day <= _end_of(number, month))
    return next((found for number in there_is if (found := date(number, month, day)) >= today), None)


def _months_on(today: date, count: int) -> date:
    """The same day so many months later, or the month's last where it has no such day."""
    years, month = divmod(today.month - 1 + count, _DECEMBER)
    year, month = today.year + years, month + 1
    return date(year, month, min(today.day, _end_of(year, month)))


def _month(name: str) -> int:
    return next(number for number, full in enumerate(MONTHS, 1) if full.startswith(name[:3]))


def _single(day: date | None) -> Span | None:
    return Span(day, day) if day else None


def _end_of(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _next_month(today: date) -> date:
    return date(today.year + today.month // _DECEMBER, today.month % _DECEMBER + 1, 1)


def _month_said(name: str | None, qualifier: str | None, today: date) -> date:
    """The first day of the month that a name or 'mês que vem' means; this month's without either."""
    if name:
        month = _month(name)
        return date(today.year + (month < today.month), month, 1)
    if qualifier and re.search(r"mes (?!d|$)|proxima mes", qualifier):
        return _next_month(today)
    return today.replace(day=1)


def _next_day_of_month(day: int, today: date) -> date:
    month = today.replace(day=1)
    while day > _end_of(month.year, month.month) or month.replace(day=day) < today:
        month = _next_month(month)
    return month.replace(day=day)


def _day(day: int, name: str | None, number: str | None, qualifier: str | None, today: date) -> date | None:
    if not 1 <= day <= 31:  # noqa: PLR2004
        return None
    if number or name:
        return _explicit(day, int(number) if number else _month(name or ""), None, today)
    if qualifier:
        return _month_said(None, qualifier, today).replace(day=day)
    return _next_day_of_month(day, today)


def _read_list(token: re.Match[str], today: date) -> Span | None:
    numbers = [int(number) for number in re.findall(r"\d+", token["list"])]
    days = [_day(number, token["list_n"], token["list_m"], token["list_q"], today) for number in numbers]
    found = sorted(day for day in days if day)
    if not found:
        return None
    weekdays = frozenset(day.weekday() for day in found)
    close = found[-1] - found[0] < timedelta(days=_WEEK) and len(weekdays) <= (found[-1] - found[0]).days
    return Span(found[0], found[-1], weekdays if close else frozenset(), listed=True)


def _read_range(token: re.Match[str], today: date) -> Span | None:
    month_said = any(token[group] for group in ("range_m1", "range_n1", "range_m2", "range_n2", "range_q"))
    if not (token["range_day"] or month_said or re.search(r"\bdia \d", token[0])):
        return None  # 'entre 9 e 11' is said of hours
    if token["range_between"] != "entre" and token["range_join"] == "e":
        return None
    last = _day(int(token["range_d2"]), token["range_n2"], token["range_m2"], token["range_q"], today)
    first = _day(
        int(token["range_d1"]),
        token["range_n1"] or (None if token["range_m1"] else token["range_n2"]),
        token["range_m1"] or (None if token["range_n1"] else token["range_m2"]),
        token["range_q"],
        today,
    )
    if not (first and last):
        return None
    if first > last and not token["range_q"] and (token["range_n2"] or token["range_m2"]):
        return Span(max(today, last.replace(day=1)), last)  # it has begun already
    if first > last:
        last = _next_day_of_month(last.day, first)
    return Span(first, last)


def _read_date(token: re.Match[str], today: date) -> Span | None:
    day = 1 if token["date_d"] == "primeiro" else int(token["date_d"])
    number = token["date_m"] or token["date_m2"]
    year = token["date_y"] or token["date_y2"] or token["date_y3"] or token["date_y4"]
    if year and len(year) == 2 and 2000 + int(year) > today.year + 2:  # noqa: PLR2004
        return None  # '85' is a year of birth
    return _single(_explicit(day, int(number) if number else _month(token["date_n"]), year, today))


def _read_day(token: re.Match[str], today: date) -> Span | None:
    day = 1 if token["day"] == "primeiro" else int(token["day"])
    return _single(_day(day, None, None, token["day_q"], today))


def _read_near(token: re.Match[str], today: date) -> Span | None:
    ahead = 0 if token["near"] == "hoje" else 1 if token["near"] == "amanha" else 2
    return _single(today + timedelta(days=ahead))


def _week_from(today: date, weeks: int) -> date:
    return today + timedelta(days=weeks * _WEEK - today.weekday())


def _read_weekend(token: re.Match[str], today: date) -> Span | None:
    words = token["weekend"]
    if words.startswith(("fins", "finais")):
        return Span(today, today, _WEEKEND, named=True, recurring=True)
    skips = today.weekday() >= _FRIDAY and ("proxima" in words or "que vem" in words)
    saturday = _week_from(today, 1 if skips or today.weekday() == _SUNDAY else 0) + timedelta(days=_SATURDAY)
    return Span(saturday, saturday + _ONE_DAY)


def _read_week_part(token: re.Match[str], today: date) -> Span | None:
    weekdays = _WEEK_PARTS[token["week_part"][0]]
    monday = _week_from(today, 1 if token["week_next"] or token["week_next2"] else 0)
    if monday + timedelta(days=max(weekdays)) < today:
        monday += timedelta(days=_WEEK)
    return Span(max(today, monday + timedelta(days=min(weekdays))), monday + timedelta(days=max(weekdays)))


def _read_workdays(_token: re.Match[str], today: date) -> Span | None:
    return Span(today, today, _WORKING, named=True, recurring=True)


def _read_week(token: re.Match[str], today: date) -> Span | None:
    words = token["week"]
    if re.match(r"[nd]?es[st]", words):
        # On a Sunday 'essa semana' is the one that begins, not the day that is left.
        last = today + timedelta(days=_SUNDAY - today.weekday() or _SUNDAY)
        return Span(today, last)
    monday = _week_from(today, 2 if "depois" in words else 1)
    return Span(monday, monday + timedelta(days=_SUNDAY))


def _read_week_of(token: re.Match[str], today: date) -> Span | None:
    day = _day(int(token["week_of"]), None, None, None, today)
    monday = _week_from(day, 0) if day else today
    return Span(max(today, monday), monday + timedelta(days=_SUNDAY)) if day else None


def _read_half(token: re.Match[str], today: date) -> Span | None:
    month = _month_said(token["half_n"], token["half_q"], today)
    first_half = token["half"] in {"primeira", "1a"}
    if first_half and month.replace(day=_HALF) < today:
        month = _next_month(month)
    end = _HALF if first_half else _end_of(month.year, month.month)
    return Span(max(today, month.replace(day=1 if first_half else _HALF + 1)), month.replace(day=end))


def _read_month_part(token: re.Match[str], today: date) -> Span | None:
    month = _month_said(token["part_n"], token["part_q"], today)
    part = token["month_part"][0]
    start = {"f": _SECOND_THIRD + 1, "m": _FIRST_THIRD + 1}.get(part, 1)
    for _ in range(_DECEMBER + 1):
        end = {"f": _end_of(month.year, month.month), "m": _SECOND_THIRD}.get(part, _FIRST_THIRD)
        if month.replace(day=end) >= today:
            break
        month = date(month.year + 1, month.month, 1) if token["part_n"] else _next_month(month)
    return Span(max(today, month.replace(day=start)), month.replace(day=end))


def _read_year(token: re.Match[str], today: date) -> Span | None:
    words = token["year"]
    if words.startswith(("fim", "final")) and "que vem" not in words and "proxima" not in words:
        return Span(max(today, date(today.year, _DECEMBER, 1)), date(today.year, _DECEMBER, 31))
    first = date(today.year + 1, 1, 1)
    if words.startswith(("inicio", "comeco")):
        return Span(first, first.replace(day=31))
    if words.startswith(("fim", "final")):
        return Span(first.replace(month=_DECEMBER), first.replace(month=_DECEMBER, day=31))
    return Span(first, first.replace(month=_DECEMBER, day=31)) if words != "ano" else None


def _read_month(token: re.Match[str], today: date) -> Span | None:
    first = today if re.match(r"[nd]?es[st]", token["month"]) else _next_month(today)
    return Span(first, first.replace(day=_end_of(first.year, first.month)))


def _read_count(token: re.Match[str], today: date) -> Span | None:
    count, unit = int(token["count"]), token["unit"]
    if unit == "quinzena":
        count, unit = count * _HALF, "dia"
    if not 0 < count <= _LONGEST_COUNT:
        return None
    day = (
        _months_on(today, count)
        if unit == "mes"
        else today + timedelta(days=count * (_WEEK if unit == "semana" else 1))
    )
    if token["within"] or token[0].startswith("dentro"):
        return Span(today, day)
    return Span(day, day if unit == "dia" else day + timedelta(days=_SUNDAY))


def _read_coming(token: re.Match[str], today: date) -> Span | None:
    unit, count = token["coming_unit"], int(token["coming_n"] or 0)
    length = {"dia": count or _WEEK, "semana": _WEEK * (count or 2), "mes": 30 * (count or 2)}[unit]
    return Span(today, today + timedelta(days=length))


def _read_nth(token: re.Match[str], today: date) -> Span | None:
    """'primeira segunda de dezembro': where this month's is past, the next month's."""
    month, weekday = _month_said(token["nth_n"], token["nth_q"], today), _weekday(token["nth_wd"])
    day = _nth(month, weekday, token["nth"])
    if day < today and not token["nth_n"]:
        day = _nth(_next_month(month), weekday, token["nth"])
    return _single(day)


def _nth(month: date, weekday: int, place: str) -> date:
    first = month + timedelta(days=(weekday - month.weekday()) % _WEEK)
    if place == "ultima":
        return first + timedelta(days=(_end_of(month.year, month.month) - first.day) // _WEEK * _WEEK)
    return first + timedelta(days=_PLACES[place] * _WEEK)


def _read_feast(token: re.Match[str], today: date) -> Span | None:
    feast = _feast(token, today)
    return _single(feast.first - _ONE_DAY) if feast and token["eve"] else feast


def _feast(token: re.Match[str], today: date) -> Span | None:
    if token["feast"] == "feriado":
        ahead = [today + timedelta(days=count) for count in range(_HOLIDAY_WITHIN)]
        holidays = (day for day in ahead if day.weekday() in _WORKING and not is_business_day(day, state=""))
        return _single(next(holidays, None))
    return _single(_explicit(25, _DECEMBER, None, today) if token["feast"] == "natal" else _explicit(1, 1, None, today))


def _read_bare_month(token: re.Match[str], today: date) -> Span | None:
    month = _month_said(token["bare"], None, today)
    if token["bare_y"]:
        month = month.replace(year=int(token["bare_y"][-2:]) + (2000 if len(token["bare_y"]) == 2 else int(token["bare_y"][:2]) * 100))  # fmt: skip  # noqa: E501, PLR2004
    return Span(max(today, month), month.replace(day=_end_of(month.year, month.month)))


def _weekday(word: str) -> int:
    return int(word[0]) - 2 if word[0].isdigit() else WEEKDAYS[word[:3]]


def _read_weekday_range(token: re.Match[str], today: date) -> Span | None:
    first, last = _weekday(token["from_wd"]), _weekday(token["to_wd"])
    days = frozenset((first + offset) % _WEEK for offset in range((last - first) % _WEEK + 1))
    return Span(today, today, days, named=True, recurring=True)


def _read_weekday(token: re.Match[str], today: date) -> Span | None:
    weekday, before, after = _weekday(token["wd"]), token["before_wd"] or "", token["after_wd"] or ""
    day = today + timedelta(days=(weekday - today.weekday() - 1) % _WEEK + 1)
    next_one = before.startswith(("proxima", "outra")) or (after and after != " agora")
    if next_one and day - today == _ONE_DAY:
        day += timedelta(days=_WEEK)
    if after == " agora" and weekday == today.weekday():
        day = today
    plural = re.search(r"(?:segunda|terca|quarta|quinta|sexta|sabado|domingo)s", token["wd"]) is not None
    recurring = plural or before.startswith(("tod", "qualquer"))
    return Span(day, day, frozenset({weekday}), named=True, recurring=recurring)


_READINGS: tuple[tuple[str, Callable[[re.Match[str], date], Span | None]], ...] = (
    ("nth", _read_nth),
    ("list", _read_list),
    ("range_d1", _read_range),
    ("date_d", _read_date),
    ("day", _read_day),
    ("near", _read_near),
    ("weekend", _read_weekend),
    ("week_part", _read_week_part),
    ("workdays", _read_workdays),
    ("week_of", _read_week_of),
    ("week", _read_week),
    ("half", _read_half),
    ("month_part", _read_month_part),
    ("year", _read_year),
    ("month", _read_month),
    ("count", _read_count),
    ("coming", _read_coming),
    ("feast", _read_feast),
    ("bare", _read_bare_month),
    ("from_wd", _read_weekday_range),
    ("wd", _read_weekday),
)

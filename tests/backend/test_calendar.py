"""Deadlines are business days of the operator's calendar; duty is by his wall clock. [rule 7]"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from backend.calendar import Hours, add_business_days, is_business_day, next_opening, on_duty

HOURS = Hours.parse("0-4 08:00-18:00; 5 08:00-12:00")


@pytest.mark.parametrize(
    ("day", "business"),
    [
        (date(2026, 11, 20), False),  # Consciência Negra, national since 2024
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 23), True),
        (date(2026, 7, 28), False),  # Maranhão's own
        (date(2026, 2, 17), False),  # Carnival
        (date(2026, 6, 4), False),  # Corpus Christi
    ],
)
def test_holidays_of_country_and_state_are_no_business_days(day: date, business: bool) -> None:
    assert is_business_day(day, state="MA") is business


def test_the_day_itself_is_not_counted() -> None:
    assert add_business_days(date(2026, 11, 19), 1, state="MA") == date(2026, 11, 23)
    assert add_business_days(date(2026, 11, 23), 5, state="MA") == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("moment", "duty"),
    [
        (datetime(2026, 11, 23, 11, 0, tzinfo=UTC), True),  # 08:00 in São Paulo
        (datetime(2026, 11, 23, 10, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 21, 0, tzinfo=UTC), False),  # 18:00
        (datetime(2026, 11, 22, 15, 0, tzinfo=UTC), False),  # Sunday
        (datetime(2026, 11, 20, 15, 0, tzinfo=UTC), False),  # a holiday on a Friday
    ],
)
def test_duty_is_by_the_wall_clock_and_ends_on_the_minute(moment: datetime, duty: bool) -> None:
    assert on_duty(HOURS, moment, state="MA") is duty


def test_the_next_opening_skips_sundays_and_holidays() -> None:
    opening = next_opening(HOURS, datetime(2026, 11, 19, 22, 0, tzinfo=UTC), state="MA")
    assert opening is not None
    assert (opening.date(), opening.hour) == (date(2026, 11, 21), 8)


def test_a_team_without_hours_never_opens() -> None:
    assert next_opening(Hours.parse(""), datetime(2026, 11, 19, tzinfo=UTC), state="MA") is None

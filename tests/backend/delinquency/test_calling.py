"""When a campaign may call: its plan is checked, its hours and pauses are kept, and it says when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.delinquency.calling import (
    EARLIEST,
    LATEST,
    Plan,
    check,
    closes_at,
    ends_about,
    listed,
    may_call,
    next_opening,
    stretches,
)
from backend.errors import InvalidInput
from backend.store.clock import local

PLAN = Plan(hours=("09:00", "18:00"), pauses=("12:00-13:00",))
MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # midnight in São Paulo


def at(text: str, days: int = 0) -> datetime:
    """A local time of that Monday, or of so many days after it."""
    moment = time.fromisoformat(text)
    return MONDAY + timedelta(days=days, hours=moment.hour, minutes=moment.minute)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (at("08:59"), None),
        (at("09:00"), at("12:00")),
        (at("11:59"), at("12:00")),
        (at("12:00"), None),
        (at("12:30"), None),
        (at("13:00"), at("18:00")),
        (at("17:59"), at("18:00")),
        (at("18:00"), None),
        (at("23:00"), None),
        (at("10:00", days=4), at("12:00", days=4)),  # Friday
        (at("10:00", days=5), None),  # Saturday
        (at("10:00", days=6), None),
        (at("10:00", days=-3), None),  # 20 November, a holiday
        (at("10:00", days=32), None),  # Christmas
    ],
)
def test_a_call_is_made_within_the_hours_and_never_in_a_pause(moment: datetime, until: datetime | None) -> None:
    assert closes_at(PLAN, moment) == until
    assert may_call(PLAN, moment) is (until is not None)


@pytest.mark.parametrize(
    ("plan", "moment", "opening"),
    [
        (PLAN, at("07:00"), at("09:00")),
        (PLAN, at("10:17"), at("10:17")),  # now
        (PLAN, at("12:00"), at("13:00")),
        (PLAN, at("18:00"), at("09:00", days=1)),
        (PLAN, at("18:00", days=4), at("09:00", days=7)),  # over the weekend
        (PLAN, at("10:00", days=-3), at("09:00")),  # over a holiday and the weekend
        (replace(PLAN, holidays=True), at("10:00", days=-3), at("10:00", days=-3)),
        (replace(PLAN, weekdays=(5,)), at("10:00"), at("09:00", days=5)),
        (replace(PLAN, first_day="2026-12-01"), at("10:00"), at("09:00", days=8)),
    ],
)
def test_the_next_call_waits_for_the_next_hour_that_is_allowed(plan: Plan, moment: datetime, opening: datetime) -> None:
    assert next_opening(plan, moment) == opening


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, hours=("07:59", "18:00")),
        replace(PLAN, hours=("09:00", "20:01")),
        replace(PLAN, hours=("18:00", "09:00")),
        replace(PLAN, hours=("09:00", "09:00")),
        replace(PLAN, hours=("nove", "18:00")),
        replace(PLAN, hours=("25:00", "26:00")),
        replace(PLAN, pauses=("13:00-12:00",)),
        replace(PLAN, pauses=("12:00",)),
        replace(PLAN, pauses=("meio-dia",)),
        replace(PLAN, pauses=("08:00-19:00",)),
        replace(PLAN, pauses=("09:00-12:00", "12:00-18:00")),
        replace(PLAN, weekdays=()),
        replace(PLAN, weekdays=(7,)),
        replace(PLAN, attempts=0),
        replace(PLAN, attempts=6),
        replace(PLAN, interval_days=0),
        replace(PLAN, an_hour=0),
        replace(PLAN, an_hour=10_000_000),
        replace(PLAN, min_days=0),
        replace(PLAN, first_day="amanhã"),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused_in_words(plan: Plan) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(plan)
    assert str(refused.value.message).endswith(".")


@pytest.mark.parametrize(
    "plan",
    [
        PLAN, Plan(), replace(PLAN, hours=("08:00", "20:00")), replace(PLAN, weekdays=(0, 1, 2, 3, 4, 5, 6)),
        replace(PLAN, first_day="2026-12-01"), replace(PLAN, attempts=1), replace(PLAN, min_days=45),
    ],
)  # fmt: skip
def test_a_plan_within_the_law_is_taken(plan: Plan) -> None:
    check(plan)


def test_a_plan_is_kept_as_it_was_approved() -> None:
    plan = replace(PLAN, first_day="2026-12-01", weekdays=(1, 3), pauses=("10:00-10:15", "12:00-13:00"), attempts=3)
    assert Plan.from_json(plan.as_json()) == plan
    as_database_gives = {name: list(kept) if isinstance(kept, tuple) else kept for name, kept in plan.as_json().items()}
    assert Plan.from_json(as_database_gives) == plan


def test_pauses_that_overlap_are_one() -> None:
    plan = replace(PLAN, pauses=("12:30-13:30", "12:00-13:00", "08:00-09:30"))
    assert stretches(plan) == [(time(9, 30), time(12)), (time(13, 30), time(18))]


@pytest.mark.parametrize(
    ("people", "an_hour", "ends"),
    [
        (60, 60, at("10:00")),
        (180, 60, at("12:00")),
        (240, 60, at("14:00")),  # over the pause
        (480, 60, at("18:00")),
        (540, 60, at("10:00", days=1)),
        (60, 120, at("09:30")),
    ],
)
def test_the_end_is_told_before_it_begins(people: int, an_hour: int, ends: datetime) -> None:
    assert ends_about(replace(PLAN, an_hour=an_hour), people, at("07:00")) == ends


def test_the_end_of_a_list_that_is_too_long_for_its_pace_is_told_too() -> None:
    assert ends_about(replace(PLAN, an_hour=1), 50, at("07:00")) > at("09:00", days=7)


def test_a_plan_without_any_hour_says_so() -> None:
    with pytest.raises(InvalidInput):
        next_opening(replace(PLAN, pauses=("08:00-19:00",)), at("10:00"))


def test_weekdays_are_named() -> None:
    assert listed((4, 0, 2)) == "seg, qua, sex"


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


SPANS = st.tuples(st.integers(8 * 60, 20 * 60 - 1), st.integers(1, 300)).map(
    lambda one: f"{clock(one[0])}-{clock(min(one[0] + one[1], 20 * 60))}"
)
PLANS = st.builds(
    Plan,
    hours=st.tuples(st.integers(8 * 60, 14 * 60), st.integers(14 * 60 + 1, 20 * 60)).map(lambda one: (clock(one[0]), clock(one[1]))),
    pauses=st.lists(SPANS, max_size=3).map(tuple), weekdays=st.sets(st.integers(0, 6), min_size=1).map(tuple),
    holidays=st.booleans(), first_day=st.sampled_from(["", "2026-12-24", "2027-01-02"]),
).filter(stretches)  # fmt: skip
MOMENTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes, seconds=7))


@given(PLANS, MOMENTS)
def test_no_moment_outside_the_hours_is_ever_one_to_call(plan: Plan, moment: datetime) -> None:
    check(plan)
    if not may_call(plan, moment):
        assert closes_at(plan, moment) is None
        return
    here, until = local(moment), closes_at(plan, moment)
    assert until is not None
    assert until > moment
    assert EARLIEST <= here.time() < LATEST
    assert plan.hours[0] <= f"{here:%H:%M}" < plan.hours[1]
    assert here.weekday() in plan.weekdays
    assert f"{here:%Y-%m-%d}" >= plan.first_day
    for pause in plan.pauses:
        start, end = pause.split("-")
        assert not start <= f"{here:%H:%M}" < end


@given(PLANS, MOMENTS)
def test_the_next_opening_is_always_a_moment_to_call_and_never_past(plan: Plan, moment: datetime) -> None:
    opening = next_opening(plan, moment)
    assert opening >= moment
    assert may_call(plan, opening)
    assert not may_call(plan, opening - timedelta(seconds=1)) or opening == moment


@given(PLANS, MOMENTS, st.integers(1, 5000))
def test_nobody_is_called_after_the_end_that_was_told(plan: Plan, moment: datetime, people: int) -> None:
    ends = ends_about(plan, people, moment)
    assert ends > moment
    assert may_call(plan, ends - timedelta(seconds=1))

"""A plan as its form says it, and the decision list's groups: pure rules of the console."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from backend.delinquency.calling import Plan
from backend.delinquency.due import Decision
from backend.errors import InvalidInput
from handoff.console.campaigns.plan_form import as_fields, read_plan
from handoff.desk.collections.decisions import group_of, named

TODAY = date(2026, 11, 23)
PLANS = [
    Plan(),
    Plan(first_day="2026-12-01", hours=("08:00", "20:00"), pauses=("12:00-13:00", "15:00-15:15")),
    Plan(weekdays=(0, 5, 6), holidays=True, attempts=1, interval_days=7, an_hour=60, min_days=45, skip_hospital=False),
]


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_comes_back_from_its_form_as_it_was(plan: Plan) -> None:
    assert read_plan(as_fields(plan), today=TODAY) == plan


@pytest.mark.parametrize(
    ("typed", "pauses"),
    [("", ()), (" 12:00 - 13:00 ", ("12:00-13:00",)), ("12:00 às 13:00", ("12:00-13:00",)),
     ("12:00–13:00,15:00-15:30,", ("12:00-13:00", "15:00-15:30"))],
)  # fmt: skip
def test_pauses_are_read_as_people_write_them(typed: str, pauses: tuple[str, ...]) -> None:
    assert read_plan({**as_fields(Plan()), "pauses": typed}, today=TODAY).pauses == pauses


@pytest.mark.parametrize(
    "fields",
    [{"since": ""}, {"until": "25:00"}, {"pauses": "13:00-12:00"}, {"pauses": ",".join(["12:00-12:05"] * 7)},
     {"attempts": ""}, {"attempts": "-1"}, {"interval_days": "0"}, {"an_hour": "9" * 20}, {"min_days": "x"},
     {"first_day": "31/12/2026"}, {"first_day": "2026-11-22"}],
)  # fmt: skip
def test_what_is_no_plan_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        read_plan({**as_fields(Plan()), **fields}, today=TODAY)


def test_a_plan_without_a_day_is_refused() -> None:
    fields = {name: value for name, value in as_fields(Plan()).items() if not name.startswith("weekday")}
    with pytest.raises(InvalidInput):
        read_plan(fields, today=TODAY)


def due(*, is_due: bool, decided_when_due: bool | None = None, **more: Any) -> Any:
    decided = None if decided_when_due is None else SimpleNamespace(seen={"due": decided_when_due})
    return SimpleNamespace(decision=Decision(is_due), decided=decided, **more)


@pytest.mark.parametrize(
    ("case", "group"),
    [(due(is_due=True), "due"), (due(is_due=False), "running"), (due(is_due=True, decided_when_due=True), "decided"),
     (due(is_due=False, decided_when_due=True), "running"),
     (due(is_due=True, decided_when_due=False), "due")],  # what was decided too early is decided anew
)  # fmt: skip
def test_a_case_stands_where_somebody_has_to_act(case: Any, group: str) -> None:
    assert group_of(case) == group


@pytest.mark.parametrize(
    ("text", "found"), [("jose", 1), ("JOSÉ da", 1), ("111.444", 1), ("10000042", 1), ("1000", 0), ("maria", 0)]
)
def test_cases_are_found_by_name_cpf_or_contract(text: str, found: int) -> None:
    person = SimpleNamespace(full_name="José da Mata", cpf="11144477735")
    case = due(is_due=True, person=person, contract=SimpleNamespace(number="10000042"))
    assert len(named([case], text)) == found

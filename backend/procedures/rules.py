"""The operator's rules about procedures, and within what term a request is answered. Pure."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, get_args

from backend.calendar import add_business_days, is_business_day
from backend.errors import InvalidInput
from backend.settings import settings

# RN 566/2022's classes of care, each with its own maximum until it takes place.
CareClass = Literal[
    "basic_consultation", "specialty", "therapy", "dentistry", "laboratory", "other_diagnostics",
    "high_complexity", "elective_admission", "day_hospital", "urgent",
]  # fmt: skip
CARE_CLASSES: frozenset[str] = frozenset(get_args(CareClass))
# RN 623/2024 gives these the longer term.
LONGER_ANSWER = frozenset({"high_complexity", "elective_admission"})
RULES_FILE = Path(__file__).parent / "demo_rules.csv"


@dataclass(frozen=True, slots=True)
class Rule:
    """What the operator holds about a group of procedures. `clause` is the contract's, in words that people read."""

    care_class: str
    needs_audit: bool = False
    involves_opme: bool = False
    covered: bool = True
    clause: str = ""


class Classified(Protocol):
    """What a term is computed from: a procedure, or a rule."""

    @property
    def care_class(self) -> str:
        """A class of RN 566."""

    @property
    def involves_opme(self) -> bool:
        """Whether implants, prostheses or special materials are used."""


def rule_for(code: str, table: Mapping[str, Rule]) -> Rule:
    """The rule of the longest prefix of a TUSS code that the table has; InvalidInput where it has none."""
    for length in range(len(code), 0, -1):
        found = table.get(code[:length])
        if found is not None:
            return found
    raise InvalidInput(detail=f"no rule for procedure {code}")


def term_of(procedure: Classified, *, urgent: bool) -> int:
    """Business days until a request has to be answered, 0 for 'at once': the shortest of the terms that apply.

    RN 623/2024 (care 5; high complexity or elective admission 10), RN 566/2022's maximum of the class, and the
    desk's own numbers (seed 000: 10 where OPME is involved, 5 for the rest). Each is a setting.
    """
    if urgent or procedure.care_class == "urgent":
        return 0
    terms = settings()
    law = terms.answer_complex_days if procedure.care_class in LONGER_ANSWER else terms.answer_care_days
    desk = terms.answer_opme_days if procedure.involves_opme else terms.answer_other_days
    return min(law, desk, longest_wait(procedure.care_class))


def longest_wait(care_class: str) -> int:
    """Business days until care of a class has to take place (RN 566/2022); InvalidInput for an unknown class."""
    if care_class not in CARE_CLASSES:
        raise InvalidInput(detail=f"unknown class of care {care_class}")
    return 0 if care_class == "urgent" else int(getattr(settings(), f"wait_{care_class}"))


def valid_until(approved_on: date, *, coverage_ends_on: date | None) -> date:
    """The last day of an authorization's validity. [processes.md, 4]

    Three months; five business days where the person's coverage ends within that time. Both are settings.
    """
    ordinary = _months_after(approved_on, settings().authorization_months)
    if coverage_ends_on is None or coverage_ends_on > ordinary:
        return ordinary
    return add_business_days(approved_on, settings().authorization_ending_days, state=settings().holiday_state)


def business_days_until(last: date, today: date) -> int:
    """How many business days come after today, up to and with the last one; 0 where it is today or over."""
    days = (today + timedelta(days=ahead) for ahead in range(1, (last - today).days + 1))
    return sum(is_business_day(day, state=settings().holiday_state) for day in days)


@lru_cache(maxsize=4)
def read_rules(path: Path = RULES_FILE) -> Mapping[str, Rule]:
    """The operator's table by prefix of code; InvalidInput where a line names an unknown class."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {line["prefix"]: _rule(line) for line in csv.DictReader(lines)}


def _rule(line: Mapping[str, str]) -> Rule:
    if line["care_class"] not in CARE_CLASSES:
        raise InvalidInput(detail=f"unknown class of care in the rules, prefix {line['prefix']}")
    yes = {name: line[name] == "yes" for name in ("needs_audit", "involves_opme", "covered")}
    return Rule(care_class=line["care_class"], clause=line["clause"], **yes)


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last one where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")

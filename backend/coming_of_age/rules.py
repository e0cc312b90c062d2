"""Whose coming of age it is, at which age, who may ask, and which papers it takes. Pure. [processes.md 7; seed 000]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from backend.beneficiaries import Beneficiary, is_covered
from backend.coming_of_age.tables import ComingOfAge
from backend.contracts import ANSWERS_FOR_CONTRACT
from backend.settings import settings

# A driver's licence or the new identity card stands for the first two (backend/documents/checklist.py).
PAPERS = ("rg", "cpf", "enrolment_proof", "attendance_proof")
_DEPENDS = frozenset({"dependent", "member"})


def required(case: ComingOfAge | None = None) -> list[str]:  # noqa: ARG001 (every process's checklist is asked alike)
    """The papers of a coming of age, as codes of the checklist, in the order in which they are asked."""
    return list(PAPERS)


def birthday(born: date, years: int) -> date:
    """The day on which somebody completes so many years; who was born on a 29 February, on 1 March elsewhere."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def near_age(born: date, today: date, *, ages: Sequence[int], days: int) -> int | None:
    """Which of the ages is completed within so many days, or was so many days ago; the nearest, or None."""
    away = {years: abs((birthday(born, years) - today).days) for years in ages}
    near = [years for years in ages if away[years] <= days]
    return min(near, key=lambda years: away[years], default=None)


def due_age(person: Beneficiary, today: date) -> int | None:
    """The age limit that a person is about to reach, or has just reached; None where none is near. [setting]"""
    return near_age(person.birth_date, today, ages=limits(), days=settings().coming_of_age_notice_days)


def next_due(person: Beneficiary, today: date) -> tuple[int, date] | None:
    """The next age limit, and from which day on its papers are looked at; None after the last one."""
    ahead = [years for years in limits() if birthday(person.birth_date, years) >= today]
    if not ahead:
        return None
    notice = timedelta(days=settings().coming_of_age_notice_days)
    return ahead[0], birthday(person.birth_date, ahead[0]) - notice


def limits() -> list[int]:
    """The age limits that are configured, in order."""
    return sorted({int(years) for years in settings().coming_of_age_ages.split(",")})


def may_ask_for(speaker: Beneficiary, dependent: Beneficiary) -> bool:
    """Whether somebody may ask about a dependent's coming of age: himself, or who answers for his contract."""
    same = speaker.contract_id == dependent.contract_id
    return speaker.id == dependent.id or (same and speaker.standing in ANSWERS_FOR_CONTRACT)


def depends(person: Beneficiary, today: date) -> bool:
    """Whether age limits concern a person: a dependent who is covered, and not long past the last limit."""
    last = birthday(person.birth_date, limits()[-1]) + timedelta(days=settings().coming_of_age_notice_days)
    return person.standing in _DEPENDS and is_covered(person, today) and today <= last


def concerned(speaker: Beneficiary, family: Sequence[Beneficiary], today: date) -> list[Beneficiary]:
    """About whom somebody may ask: those whose limit is near where there are such, else all young dependents."""
    young = [person for person in family if depends(person, today) and may_ask_for(speaker, person)]
    return [person for person in young if due_age(person, today) is not None] or young

"""Terms of the agenda and the choice of what to offer. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from backend.calendar import add_business_days
from backend.settings import settings
from backend.store.clock import local

NOON = time(12)


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A free slot as it is offered: when (aware), with whom, where."""

    slot_id: UUID
    starts_at: datetime
    ends_at: datetime
    provider_id: UUID
    provider_name: str
    specialty: str
    place_name: str
    address: str
    city: str
    state: str


def longest_wait(care_class: str) -> int:
    """How many business days care of this class may take at most (RN 566/2022, art. 3)."""
    config = settings()
    terms = {
        "basic_consultation": config.wait_basic_consultation,
        "therapy": config.wait_therapy,
        "dentistry": config.wait_dentistry,
    }
    return terms.get(care_class, config.wait_specialty)


def last_day(care_class: str, today: date, *, state: str) -> date:
    """The last day on which care asked for today is in time (RN 566/2022)."""
    return add_business_days(today, longest_wait(care_class), state=state)


def spread(found: Sequence[Vacancy], count: int) -> list[Vacancy]:
    """At most `count` vacancies that give a choice, in order of time.

    First one for each day, doctor and half of the day, then what is earliest: six half hours of one morning
    are no choice.
    """
    chosen: list[Vacancy] = []
    seen: set[tuple[date, UUID, bool]] = set()
    for vacancy in found:
        here = local(vacancy.starts_at)
        key = (here.date(), vacancy.provider_id, here.time() < NOON)
        if key not in seen:
            seen.add(key)
            chosen.append(vacancy)
        if len(chosen) == count:
            break
    rest = [vacancy for vacancy in found if vacancy not in chosen]
    return sorted([*chosen, *rest[: count - len(chosen)]], key=lambda vacancy: (vacancy.starts_at, vacancy.address))

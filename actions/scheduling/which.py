"""Which appointments a text means, whether it takes them away, and where they shall be moved to. Pure functions."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from actions.scheduling.words import kept_part, orders_cancel, says_all, says_how_many, says_never_mind, without_count
from backend.identifiers import plain
from backend.scheduling.booking import Visit
from backend.scheduling.when import When, read_when
from backend.store.clock import local
from backend.vocabulary import specialties_in
from backend.words import means_no, means_yes


def meant(text: str, visits: list[Visit], *, today: date) -> list[Visit]:
    """Which appointments a text may mean, by specialty, doctor or day; all of them where it names none. Pure."""
    text = without_count(text)
    codes = {found.code for found in specialties_in(text, asked=True)}
    when = read_when(text, today=today)
    on_day = [visit for visit in visits if when is not None and when.fits(local(visit.starts_at))]
    words = set(re.findall(r"[a-z]{4,}", plain(text)))
    by_doctor = [visit for visit in visits if words & set(re.findall(r"[a-z]{4,}", plain(visit.provider_name)))]
    named = by_doctor or [visit for visit in visits if visit.specialty in codes]
    both = [visit for visit in named if visit in on_day]
    return both or named or on_day or visits


def means_several(text: str, count: int) -> bool:
    """Whether a text means all of so many listed appointments: 'todas', or 'as duas' of two. Pure."""
    return count > 1 and (says_all(text) or says_how_many(text) == count)


def to_be_cancelled(text: str, visits: list[Visit], *, today: date) -> list[Visit]:
    """What is left of these appointments once a text has said which ones stay: 'mantém a do cardio'. Pure."""
    kept = kept_part(text)
    staying = meant(kept, visits, today=today) if kept else []
    return [visit for visit in visits if visit not in staying]


def answer_to_sure(text: str) -> Literal["", "yes", "no"]:
    """What a text answers to 'quer mesmo cancelar?': only who says so cancels, and 'todas' alone is asked again. Pure.

    Neither a question nor the guess at a yes takes an appointment away.
    """
    if kept_part(text) or means_no(text) or says_never_mind(text):
        return "no"
    return "yes" if means_yes(text) or orders_cancel(text) else ""


def new_time(text: str, *, today: date) -> When | None:
    """The time to which something shall be moved: 'de quarta pra sexta' is Friday. Pure."""
    *_, last = re.split(r"\b(?:para|pra|pro|p/)\b", text.lower())
    return read_when(last, today=today) or read_when(text, today=today)

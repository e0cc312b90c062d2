"""For whom care is arranged: oneself, a minor of one's contract, and who has to agree first. [rule 10]"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.beneficiaries import ADULT, Beneficiary, age, is_covered, may_act_for
from backend.identifiers import plain

YOUNG = 24  # a child of the contract in people's speech
_CHILD = re.compile(r"\b(?:filh[oa]s?|filhinh[oa]|bebe|crianca|menin[oa]|garot[oa]|menor)\b")
_ADULT = re.compile(
    r"\b(?:mae|pai|espos[oa]|marido|mulher|avo|vo|sogr[oa]|irma|irmao|companheir[oa]|namorad[oa]|ti[oa]|nora|genro)\b"
)
_DEPENDENT = re.compile(r"\bdependentes?\b")
_SELF = re.compile(r"\b(?:para mim|pra mim|p mim|eu mesm[oa]|e para eu|e pra eu)\b")
_ABOUT_MOTHER = re.compile(r"\bnome (?:completo )?d[ae] (?:minha )?mae\b|\bmae:?\s+\w+ \w+")


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom: `person` where it is known; else who it may be; `elsewhere` where nobody of the contract fits."""

    person: Beneficiary | None
    candidates: tuple[Beneficiary, ...] = ()
    elsewhere: bool = False


def read_whom(text: str, speaker: Beneficiary, family: Sequence[Beneficiary], today: date) -> Whom | None:
    """For whom a text asks; None where it names nobody. Pure."""
    said = plain(text)
    covered = [person for person in family if is_covered(person, today)]
    if _SELF.search(said):
        return Whom(speaker)
    named = [person for person in covered if person.id != speaker.id and _names(person, said)]
    if len(named) == 1:
        return Whom(named[0])
    others = [person for person in covered if person.id != speaker.id]
    if _DEPENDENT.search(said):
        return _one_of(others)
    if _CHILD.search(said):
        return _one_of([person for person in others if age(person, today) < YOUNG])
    if _ADULT.search(said) and not _ABOUT_MOTHER.search(said):
        return _one_of([person for person in others if age(person, today) >= ADULT])
    return None


def _names(person: Beneficiary, said: str) -> bool:
    return bool(re.search(rf"\b(?:para|pra|pro|do|da|de|e)\s+(?:o |a )?{re.escape(plain(person.first_name))}\b", said))


def _one_of(people: list[Beneficiary]) -> Whom:
    if len(people) == 1:
        return Whom(people[0])
    return Whom(None, tuple(people), elsewhere=not people)


def agrees_for(speaker: Beneficiary, other: Beneficiary, today: date) -> bool:
    """Whether the speaker alone may arrange it; an adult decides for himself. Pure."""
    return may_act_for(speaker, other, today)

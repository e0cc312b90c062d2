"""Who may ask for another holder, who may become it, and which papers it takes. Pure. [processes.md 8; seed 000]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from backend.beneficiaries import ADULT, Beneficiary, age, is_covered
from backend.holder_change.tables import HolderChange

# Why somebody's wish is for a person of the desk: a program refuses nothing by itself. [rule 9]
Hindrance = Literal["", "no_holder", "outside", "minor", "holder_lives"]
SIGNED = "signed_form"


def papers(*, deceased: bool) -> list[str]:
    """The papers of the new holder, the death certificate where the holder has died, and the form signed, at last."""
    return ["rg", "cpf", "address_proof", *(["death_certificate"] if deceased else []), SIGNED]


def required(change: HolderChange) -> list[str]:
    """The checklist of one change, as codes of the checklist, in the order in which they are asked."""
    return papers(deceased=change.deceased)


def holder_of(family: Sequence[Beneficiary]) -> Beneficiary | None:
    """The holder of the contract that these people belong to; None where a company or a payer alone answers for it."""
    return next((person for person in family if person.standing == "holder"), None)


def hinders_asking(asker: Beneficiary, family: Sequence[Beneficiary], today: date, *, deceased: bool) -> Hindrance:
    """Why somebody may not ask by himself; empty where he may.

    The present holder may; where the holder has died, an adult beneficiary of the contract who is covered may.
    """
    holder = holder_of(family)
    if holder is None:
        return "no_holder"
    if asker.id not in {person.id for person in family} or not is_covered(asker, today):
        return "outside"
    if age(asker, today) < ADULT:
        return "minor"
    return "" if deceased or asker.id == holder.id else "holder_lives"


def may_follow(family: Sequence[Beneficiary], today: date) -> list[Beneficiary]:
    """Who may become the holder: every other adult whom the contract covers, the eldest first."""
    adults = [
        person
        for person in family
        if person.standing != "holder" and is_covered(person, today) and age(person, today) >= ADULT
    ]
    return sorted(adults, key=lambda person: person.birth_date)

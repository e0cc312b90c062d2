"""No text of ours holds what tells a person of the demo: who copies an example must not become somebody."""

from __future__ import annotations

import re
from datetime import date

import pytest

from backend.demo.people import people
from backend.errors import InvalidInput
from backend.identifiers import Cpf, plain
from tests.actions.test_texts import RESPONSES

TEXTS = {name: str(variant.get("text") or "") for name, variants in RESPONSES.items() for variant in variants}


def facts_of_people() -> set[str]:
    """CPFs, cards and telephones as digits, birth dates as people write them, names and mothers' names."""
    found: set[str] = set()
    for person in people(date(2026, 11, 23)):
        found |= {re.sub(r"\D", "", fact)[-11:] for fact in (person.cpf, person.card or "", *person.phones) if fact}
        found |= {f"{person.born:%d/%m/%Y}", plain(person.full_name), plain(person.mother)}
    return found


def test_the_people_of_the_demo_are_found() -> None:
    assert {"52998224725", "12/03/1985"} <= facts_of_people()


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_holds_a_fact_of_a_demo_person(name: str) -> None:
    text = plain(TEXTS[name])
    digits = re.sub(r"\D", "", text)
    assert [fact for fact in facts_of_people() if fact in text or (fact.isdigit() and fact in digits)] == []


@pytest.mark.parametrize("name", TEXTS)
def test_a_cpf_in_a_text_is_nobodys(name: str) -> None:
    for found in re.findall(r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", TEXTS[name]):
        with pytest.raises(InvalidInput):
            Cpf.parse(found)

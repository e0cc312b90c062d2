"""A message without the facts that proved who writes; numbers of authorizations; how a term is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from actions.procedures.status import authorization_number, numbers_in
from actions.standing import term, text_for
from actions.whose import without_facts, without_numbers
from backend.beneficiaries import Beneficiary
from backend.procedures.states import TITLES
from backend.procedures.status import Status
from tests.actions.test_texts import RESPONSES

CARLOS = Beneficiary(
    full_name="Carlos Eduardo Nunes", social_name="", mother_name="Teresa Nunes", card_number="00641000000201",
    cpf="39053344705", birth_date=date(1978, 11, 2),
)  # fmt: skip
STATUS = Status(
    number="263260000001", protocol_number="", procedure="RM - Articular", code="41101316", state="in_audit",
    title="em análise", last_step="Pedido recebido.", last_step_at=datetime(2026, 11, 19, 12, tzinfo=UTC), missing="",
    due_at=datetime(2026, 12, 1, 2, 59, 59, tzinfo=UTC), days_left=5, is_late=False, valid_until=None, reason="",
    clause="", review_days=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("minha cirurgia saiu? cpf 390.533.447-05, nasci em 02/11/1978, mãe Teresa Nunes", "minha cirurgia saiu? , ,"),
        ("39053344705 2/11/78 teresa nunes e a vesicula?", "e a vesicula?"),
        ("cartão 0064 1000 0002 01, minha guia 263260000001", "cartao , minha guia 263260000001"),
        ("a cirurgia da minha mãe", "a cirurgia da minha mae"),
    ],
)
def test_facts_of_identity_are_taken_out_of_a_message(said: str, left: str) -> None:
    assert without_facts(said, CARLOS) == left


def test_before_anybody_is_known_numbers_alone_are_taken_out() -> None:
    assert without_numbers("Cobre tomografia? CPF 390.533.447-05") == "cobre tomografia?"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("guia 263260000001 saiu?", "263260000001"),
        ("2632 6000 0001", "263260000001"),
        ("0064 1000 0002 01", ""),
        ("99999920261119000001", ""),
        ("390.533.447-05", ""),
    ],
)
def test_an_authorizations_number_has_twelve_digits(said: str, number: str) -> None:
    assert authorization_number(said) == number


def test_a_protocols_number_counts_as_a_number_too() -> None:
    assert numbers_in("prot 99999920261119000001")
    assert not numbers_in("a do joelho")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "Prazo: até 30/11/2026 (5 dias úteis)."),
        ({"days_left": 1}, "Prazo: até 30/11/2026 (1 dia útil)."),
        ({"days_left": 0}, "O prazo termina em 30/11/2026."),
        ({"is_late": True, "days_left": 0}, "O prazo era 30/11/2026: está atrasado."),
        ({"state": "approved"}, ""),
    ],
)
def test_a_term_is_told_in_business_days_and_a_late_one_is_called_late(changed: dict[str, object], text: str) -> None:
    assert term(replace(STATUS, **changed)) == text  # type: ignore[arg-type]


@pytest.mark.parametrize("state", sorted(TITLES))
def test_every_state_has_its_text(state: str) -> None:
    assert f"utter_authorization_{text_for(replace(STATUS, state=state))}" in RESPONSES


@pytest.mark.parametrize("why", ["document", "late", "denied"])
def test_every_thing_left_to_do_has_its_question(why: str) -> None:
    assert f"utter_authorization_next_{why}" in RESPONSES


@pytest.mark.parametrize("topic", ["whole", "coverage", "accommodation", "area"])
def test_every_part_of_a_plan_that_is_told_has_its_text(topic: str) -> None:
    assert f"utter_plan_{topic}" in RESPONSES

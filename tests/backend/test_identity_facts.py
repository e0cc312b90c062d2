"""Facts are read in any order and form, and prove a person only together. [rule 2]"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.identity.facts import Facts, read_facts
from backend.identity.rules import Registered, judge, missing

TODAY = date(2026, 11, 22)
ANA = Registered("Ana Beatriz Rocha", date(1985, 3, 12), "Lúcia Rocha", "00641000000101")

PROVES = [
    "529982247-25, nasci em 12 de março de 85, mãe Lúcia Rocha",
    "529.982.247-25\n12/03/1985\nLúcia Rocha",
    "Lucia Rocha 12-03-85 52998224725",
    "meu nome é Ana Beatriz Rocha, cpf 529 982 247 25 e minha mãe é Lúcia Rocha",
    "cpf 52998224725 nascimento 12031985 carteirinha 00641000000101",
    "ANA BEATRIZ ROCHA / 529.982.247-25 / 12.03.1985",
    "nome da mãe: lucia rocha; data de nascimento: 12/3/85; cpf: 529.982.247-25",
    "52998224725 120385 lucia rocha",
    "sou a Ana Beatriz Rocha, filha de Lúcia Rocha, 529.982.247-25",
    # talk beside the facts
    "a artrodese da coluna, liberaram? 529.982.247-25, 12/03/1985, mãe Lúcia Rocha",
    "to na recepção do hospital, 52998224725 12/03/1985 Lúcia Rocha",
    "minha mãe precisa de consulta. 529.982.247-25, 12/03/1985, Ana Beatriz Rocha",
    # the need and the facts in one message
    "segunda via do boleto de outubro, cpf 529.982.247-25, 12/03/1985, mãe Lúcia Rocha",
    "manda os recibos no meu email 52998224725 12/03/85 lucia rocha",
    "cardiologista em são luís quinta à tarde, cpf 529.982.247-25, nasci em 12/03/1985, mãe Lúcia Rocha",
]
DOES_NOT = [
    ("529982247-25, 13/03/1985, Lúcia Rocha", "mismatch"),
    ("529982247-25, 12/03/1985, Maria Rocha", "mismatch"),
    # names without a mark are guesses: one wrong one among them proves nothing
    ("529982247-25, 12/03/1985, Maria Rocha, Lúcia Rocha, Joana Rocha", "mismatch"),
    ("segunda via do boleto, cpf 529.982.247-25, 12/03/1985", "incomplete"),
    ("52998224725 ana beatriz rocha ana beatriz rocha", "incomplete"),
    ("12/03/1985, Lúcia Rocha, Ana Beatriz Rocha", "incomplete"),
    ("529982247-25 e 12/03/1985", "incomplete"),
    ("oi, tudo bem?", "incomplete"),
    ("antes me fala: vcs cobrem fisioterapia? 529.982.247-25 12/03/1985", "incomplete"),
    ("529982247-25, 12/03/1985, mãe Conceição Rocha", "mismatch"),
]


@pytest.mark.parametrize("text", PROVES)
def test_three_right_facts_prove_the_person_in_any_order_and_form(text: str) -> None:
    assert judge(read_facts(text, today=TODAY), ANA) == "match"


@pytest.mark.parametrize(("text", "verdict"), DOES_NOT)
def test_less_or_something_wrong_proves_nothing(text: str, verdict: str) -> None:
    assert judge(read_facts(text, today=TODAY), ANA) == verdict


def test_an_unknown_cpf_is_answered_as_wrong_facts_are_so_that_nobody_learns_who_is_covered() -> None:
    assert judge(read_facts(PROVES[0], today=TODAY), None) == "mismatch"


def test_a_cpf_with_wrong_check_digits_is_a_typo_and_no_fact() -> None:
    facts = read_facts("111.111.111-11", today=TODAY)
    assert facts.bad_cpf
    assert not facts.cpf


def test_facts_of_several_messages_add_up_and_only_what_is_missing_is_asked() -> None:
    first = read_facts("529.982.247-25", today=TODAY)
    assert missing(first) == ("birth_date", "mother_name")
    both = first.merged(read_facts("12/03/1985", today=TODAY))
    assert missing(both) == ("mother_name",)
    assert judge(both.merged(read_facts("lucia rocha", today=TODAY)), ANA) == "match"


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading_or_proves_somebody(text: str) -> None:
    facts = read_facts(text, today=TODAY)
    assert Facts.from_json(facts.to_json()).cpf == facts.cpf
    assert judge(facts, ANA) != "match"


@pytest.mark.parametrize(
    "name",
    ["Maria das Dores Silva", "João Batista Neto", "Pedro Leão", "Marco Silva", "Rosa Maria da Luz", "Vitória Branco",
     "José Reis do Amor Divino", "Ana Clara Boa Morte", "Lúcia Rocha", "Jesus dos Santos"],
)  # fmt: skip
def test_names_that_are_also_words_are_names(name: str) -> None:
    assert read_facts(name, today=TODAY).names

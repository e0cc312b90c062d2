"""A name that we said first proves nobody: who is called by name still owes two facts beside the CPF. [rule 2]"""

from __future__ import annotations

from datetime import date

import pytest

from backend.identity.facts import Facts, read_facts
from backend.identity.rules import Registered, judge, missing, without_name

TODAY = date(2026, 11, 23)
ANA = Registered("Ana Beatriz Rocha", date(1985, 3, 12), "Lúcia Rocha", "00641000000101")
SAID = "Ana Beatriz Rocha"


@pytest.mark.parametrize(
    ("text", "alone", "named"),
    [
        # what would prove her in a conversation that she began herself, and does not where we said her name
        ("52998224725, Ana Beatriz Rocha, 12/03/1985", "match", "incomplete"),
        ("52998224725 meu nome é Ana Beatriz Rocha e minha mãe é Lúcia Rocha", "match", "incomplete"),
        ("ANA BEATRIZ ROCHA / 529.982.247-25 / 12.03.1985", "match", "incomplete"),
        ("52998224725, ana beatriz  rócha, Lúcia Rocha", "match", "incomplete"),
        # facts that we did not say
        ("52998224725, 12/03/1985, mãe Lúcia Rocha", "match", "match"),
        ("52998224725, 12/03/1985, mãe Lúcia Rocha, sou a Ana Beatriz Rocha", "match", "match"),
        ("52998224725, 12/03/1985, Lúcia Rocha", "match", "match"),
        ("cpf 52998224725 nascimento 12031985 carteirinha 00641000000101", "match", "match"),
        # a wrong fact stays wrong
        ("52998224725, 13/03/1985, mãe Lúcia Rocha", "mismatch", "mismatch"),
    ],
)
def test_a_name_that_we_said_first_is_no_fact(*, text: str, alone: str, named: str) -> None:
    facts = read_facts(text, today=TODAY)
    assert judge(facts, ANA) == alone
    assert judge(without_name(facts, SAID), ANA) == named


@pytest.mark.parametrize(
    "written", ["Ana Beatriz Rocha", "ANA BEATRIZ ROCHA", "ana beatriz rócha", "Ana Beatriz da Rocha"]
)
def test_it_is_left_out_however_it_is_written(written: str) -> None:
    left = without_name(Facts(cpf="52998224725", full_name=written, names=(written, "Lúcia Rocha")), SAID)
    assert (left.full_name, left.names, left.cpf) == ("", ("Lúcia Rocha",), "52998224725")


def test_another_name_and_every_other_fact_stay() -> None:
    facts = Facts(cpf="52998224725", full_name="Carlos Lima", mother_name="Lúcia Rocha", birth_date=ANA.birth_date)
    assert without_name(facts, SAID) == facts


def test_a_mother_who_bears_the_same_name_is_a_fact_all_the_same() -> None:
    facts = Facts(cpf="52998224725", mother_name=SAID)
    assert without_name(facts, SAID).mother_name == SAID


def test_where_nobody_was_named_everything_counts() -> None:
    facts = Facts(cpf="52998224725", full_name=SAID, names=(SAID,))
    assert without_name(facts, "") == facts


def test_what_is_asked_for_then_is_not_the_name_alone() -> None:
    facts = without_name(read_facts("52998224725, Ana Beatriz Rocha, 12/03/1985", today=TODAY), SAID)
    assert missing(facts) == ("mother_name",)

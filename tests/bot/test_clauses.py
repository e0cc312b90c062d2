"""A message's parts, and which of them ask for something else than the first."""

from __future__ import annotations

import pytest

from bot.components.clauses import Clause, clauses, other_needs


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("quero o boleto", ["quero o boleto"]),
        ("me manda o boleto e marca um cardiologista", ["me manda o boleto", "marca um cardiologista"]),
        ("me manda o boleto, e também quero marcar consulta", ["me manda o boleto", "quero marcar consulta"]),
        ("Boleto de março. Aproveitando: mudei de endereço!", ["Boleto de março", "mudei de endereço"]),
        ("preciso do boleto tb da carteirinha", ["preciso do boleto", "da carteirinha"]),
        ("1) a segunda via do boleto 2) onde tem pediatra", ["a segunda via do boleto", "onde tem pediatra"]),
        ("eu queria... é... ver o boleto", ["eu queria... é... ver o boleto"]),  # a pause is no other matter
        ("meu marido e meu filho estão no plano", ["meu marido e meu filho estão no plano"]),
        ("oi. sim. obrigado", []),  # one word asks for nothing
    ],
)
def test_a_message_falls_into_what_could_each_be_asked(text: str, parts: list[str]) -> None:
    assert clauses(text) == parts


BOOK = Clause("quero marcar cardiologista", "schedule_appointment", 0.95)
COPY = Clause("me manda o boleto", "invoice_copy", 0.8)
TOLD = Clause("o boleto nem chegou", "invoice_copy", 0.8)


@pytest.mark.parametrize(
    ("first", "ranked", "noticed"),
    [
        ("schedule_appointment", [BOOK, COPY], ["invoice_copy"]),
        ("invoice_copy", [BOOK, COPY], ["schedule_appointment"]),
        ("schedule_appointment", [BOOK, COPY, COPY], ["invoice_copy"]),
        ("schedule_appointment", [BOOK, COPY._replace(confidence=0.4)], []),  # hardly understood
        ("schedule_appointment", [BOOK, TOLD], []),  # told, not asked
        ("schedule_appointment", [BOOK, TOLD._replace(confidence=0.97)], ["invoice_copy"]),
        ("schedule_appointment", [BOOK, Clause("obrigada viu", "thank", 1.0)], []),
        # neighbours of one matter, unless it is all but certain
        ("schedule_appointment", [BOOK, Clause("onde tem cardiologista", "find_provider", 0.9)], []),
        ("schedule_appointment", [BOOK, Clause("onde tem fisioterapia", "find_provider", 0.98)], ["find_provider"]),
        # no part asks for what the whole is taken for: a long story
        ("leave_plan", [BOOK, COPY], []),
        ("greet", [BOOK, COPY], []),
    ],
)
def test_a_second_need_is_noticed_where_it_is_asked_for(first: str, ranked: list[Clause], noticed: list[str]) -> None:
    assert [need["name"] for need in other_needs(first, ranked)] == noticed

"""A message's parts, and which of them ask for something else than the first."""

from __future__ import annotations

import pytest

from bot.components.clauses import Clause, asked_in_order, clauses


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
    ("first", "ranked", "wanted"),
    [
        ("schedule_appointment", [BOOK, COPY], ["schedule_appointment", "invoice_copy"]),
        ("invoice_copy", [BOOK, COPY], ["schedule_appointment", "invoice_copy"]),  # in the order of mention
        ("schedule_appointment", [COPY, BOOK, COPY], ["invoice_copy", "schedule_appointment"]),
        ("schedule_appointment", [BOOK, COPY._replace(confidence=0.4)], []),  # hardly understood
        ("schedule_appointment", [BOOK, TOLD], []),  # told, not asked
        ("schedule_appointment", [BOOK, TOLD._replace(confidence=0.97)], ["schedule_appointment", "invoice_copy"]),
        ("schedule_appointment", [BOOK, Clause("obrigada viu", "thank", 1.0)], []),
        # neighbours of one matter, unless it is all but certain
        ("schedule_appointment", [BOOK, Clause("onde tem cardiologista", "find_provider", 0.9)], []),
        (
            "schedule_appointment",
            [BOOK, Clause("onde tem fisioterapia", "find_provider", 0.98)],
            ["schedule_appointment", "find_provider"],
        ),
        # no part asks for what the whole is taken for: a long story
        ("leave_plan", [BOOK, COPY], []),
        ("greet", [BOOK, COPY], []),
        ("schedule_appointment", [], []),
    ],
)
def test_needs_are_noticed_in_the_order_in_which_they_are_asked_for(
    first: str, ranked: list[Clause], wanted: list[str]
) -> None:
    assert [clause.intent for clause in asked_in_order(first, ranked)] == wanted


@pytest.mark.parametrize(
    "text", ["oi" + " " * 5000 + "x", " " * 4000, "\n" * 4000 + "quero boleto", ", " * 3000, ". " * 3000]
)
def test_blanks_and_signs_without_end_are_cut_as_quickly_as_words(text: str) -> None:
    assert len(clauses(text)) <= 1  # with the joints' old form this did not come back

"""Options are answered by number, in words, or by title; anything else is no choice."""

from __future__ import annotations

import pytest

from handoff.conversations.options import Option, choose, numbered

MENU = [
    Option("Agendar consulta", {"intent": "a"}),
    Option("Segunda via do boleto", {"intent": "b"}),
    Option("Ver um protocolo", {"intent": "c"}),
]
DATES = [Option("segunda, 23/11 às 08:00", {}), Option("terça, 24/11 às 09:00", {}), Option("quinta-feira", {})]


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        ("1", 0), ("2.", 1), ("*3*", 2), ("2️⃣", 1), ("opção 2", 1), ("a segunda", 1), ("o primeiro", 0),
        ("terceira opção", 2), ("a última", 2), ("quero a 3", 2), ("dois", 1), ("número um", 0), ("uma", 0),
        ("segunda via do boleto", 1), ("SEGUNDA VIA DO BOLETO!", 1), ("ver um protocolo", 2), ("ver protocolo", None),
        ("4", None), ("0", None), ("10", None), ("529982247", None), ("quero falar com alguém", None), ("", None),
        ("sim", None), ("❶", None), ("²", 1), ("٢", 1),
        ("1️⃣", 0), ("3️⃣ por favor", 2), ("opção 2️⃣", 1), ("🔟", None), ("1º", 0), ("a 2ª", 1), ("👍", None), ("5️⃣", None),
    ],
)  # fmt: skip
def test_an_answer_means_one_option_or_none(answer: str, chosen: int | None) -> None:
    assert choose(answer, MENU) == (None if chosen is None else MENU[chosen])


def test_among_dates_a_segunda_is_monday_and_not_the_second() -> None:
    assert choose("a segunda", DATES) is None
    assert choose("a quinta", DATES) is None
    assert choose("2", DATES) == DATES[1]


@pytest.mark.parametrize(
    "title", ["terça-feira, 24/11, às 09:00, com Dra. Helena Prado", "26/11", "Sábado de manhã", "quarta, à tarde"]
)
@pytest.mark.parametrize("answer", ["segunda", "a quinta", "na sexta", "não, melhor segunda", "quarta!"])
def test_a_bare_weekday_is_no_ordinal_where_any_option_has_a_date(title: str, answer: str) -> None:
    options = [Option(title, {}), Option("Outros horários", {}), Option("Entrar na lista de espera", {})]
    assert choose(answer, options) is None
    assert choose("a segunda opção", MENU) == MENU[1]


REMINDER = [
    Option("Confirmo", {"answer": "confirm"}, ("sim", "vou sim", "👍")),
    Option("Cancelar", {"answer": "cancel"}, ("não", "não vou poder ir")),
    Option("Remarcar", {"answer": "reschedule"}),
]


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        ("confirmo", 0), ("Sim!", 0), ("sim, por favor", 0), ("Vou sim.", 0), ("👍", 0), ("não", 1),
        ("Nao vou poder ir", 1), ("👍🏿", 0), ("✅", 0), ("👎🏽", 1), ("❌", 1), ("😂", None), ("remarcar", 2), ("talvez", None), ("sim, mas posso chegar mais tarde?", None),
    ],
)  # fmt: skip
def test_an_option_is_also_called_otherwise(answer: str, chosen: int | None) -> None:
    assert choose(answer, REMINDER) == (None if chosen is None else REMINDER[chosen])


def test_other_words_that_two_options_share_choose_neither() -> None:
    assert choose("ok", [Option("Sim", {}, ("ok",)), Option("Talvez", {}, ("ok",))]) is None


def test_without_options_nothing_is_chosen() -> None:
    assert choose("1", []) is None


def test_options_are_numbered_below_the_text() -> None:
    assert numbered("Qual?", MENU[:2]) == "Qual?\n\n*1* - Agendar consulta\n*2* - Segunda via do boleto"

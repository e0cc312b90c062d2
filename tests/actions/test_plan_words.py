"""What is asked about a plan: which part of it, and whether it is about the person."""

from __future__ import annotations

from datetime import date

import pytest

from actions.plan_information import TITLES, is_personal, names_procedure, procedure_words, spoken_waiting, topics_of
from actions.plans import wanted_besides
from backend.plans import Waiting


@pytest.mark.parametrize(
    ("said", "topics", "personal"),
    [
        ("cobre tomografia?", ["coverage"], False),
        ("vcs cobrem psicologo", ["coverage"], False),
        ("o que o meu plano cobre?", ["coverage"], True),
        ("isso ta coberto?", ["coverage"], True),
        ("qual a carencia pra parto?", ["waiting_period"], True),
        ("é enfermaria ou apartamento", ["accommodation"], True),
        ("vale no piaui?", ["area"], True),
        ("tem copart?", ["copayment"], True),
        ("dia do vencimento da mensalidade", ["due_date"], True),
        ("quanto eu pago por mes", ["price"], True),
        ("qual é o meu plano?", ["whole"], True),
        ("quanto custa um plano pra minha irma", ["price"], False),
        ("copia do contrato assinado", [], False),
        ("quero incluir minha filha recem nascida", ["dependents"], False),
        ("duvida", [], False),
    ],
)
def test_which_part_is_asked_and_whether_it_is_about_the_person(said: str, topics: list[str], personal: bool) -> None:
    assert (topics_of(said), is_personal(said)) == (topics, personal)


@pytest.mark.parametrize(("said", "names"), [("cobre endoscopia", True), ("o que cobre?", False), ("41101227", True)])
def test_whether_a_procedure_is_named(said: str, names: bool) -> None:
    assert names_procedure(said) is names


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("antes me fala, o plano cobre fisioterapia?", "fisioterapia?"),
        ("clareamento ta coberto?", "clareamento ta"),
        ("tenho direito a home care", "home care"),
        ("endoscopia", "endoscopia"),
    ],
)
def test_the_procedure_is_what_follows_the_question_or_stands_before_it(said: str, words: str) -> None:
    assert procedure_words(said).strip() == words


@pytest.mark.parametrize(("topic", "title"), TITLES.items())
def test_an_options_title_is_understood_as_its_topic(topic: str, title: str) -> None:
    assert topics_of(title) == [topic]


@pytest.mark.parametrize(
    ("said", "wants"),
    [
        ("me manda a carteirinha", ""),
        ("perdi a carteirinha", "lost"),
        ("segunda via da carteirinha", "lost"),
        ("quero o cartão físico", "plastic"),
        ("perdi o cartão de plástico", "plastic"),
        ("a clinica disse que meu cartao é inválido", "wrong"),
        ("meu nome ta errado na carteirinha que perdi", "wrong"),
    ],
)
def test_what_is_wanted_besides_the_image_of_a_card(said: str, wants: str) -> None:
    assert wanted_besides(said) == wants


@pytest.mark.parametrize(
    ("care", "fulfilled", "line"),
    [
        ("childbirth", True, "• parto: cumprida"),
        ("childbirth", False, "• parto: a partir de 01/03/2027"),
        ("pre_existing", False, "• parto, só para quem declarou: a partir de 01/03/2027"),
    ],
)
def test_a_waiting_period_says_that_it_is_fulfilled_or_from_when_on(care: str, fulfilled: bool, line: str) -> None:
    assert spoken_waiting(Waiting(care, "parto", 300, date(2027, 3, 1), fulfilled)) == line

"""Remarks of a sheet as sentences: nothing is said twice."""

import pytest

from backend.delinquency.lists.contacted import sentences

PHONE, SICK = "O telefone é de outra pessoa", "Está em internação"
PAID = "Diz que já pagou: em conferência no financeiro"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (["", ""], ""),
        (["1ª tentativa em 23/11/2026: sem resposta", "Sem resposta"], "1ª tentativa em 23/11/2026: sem resposta."),
        (["Atendeu outra pessoa", PHONE, f"{PHONE}, em 23/11/2026"], f"Atendeu outra pessoa. {PHONE}, em 23/11/2026."),
        ([SICK, f"{SICK} em 23/11/2026"], f"{SICK} em 23/11/2026."),
        ([PAID, "Diz que já pagou"], f"{PAID}."),
        (["Em negociação", "Pediu negociação"], "Em negociação. Pediu negociação."),
    ],
)
def test_of_two_that_say_the_same_the_one_stands_that_says_more(parts: list[str], said: str) -> None:
    assert sentences(parts) == said

"""What is wanted is understood though facts about the person stand in the same message."""

from __future__ import annotations

import pytest

from bot.components.normalize import normalize, without_facts


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("2a via de novembro, cpf 39053344705, 02/11/1978, mãe Teresa Nunes", "2a via de novembro"),
        ("529.982.247-25 12/03/1985, quero o boleto", "quero o boleto"),
        ("cardiologista quinta, nasci em 12 de março de 85, 529982247-25", "cardiologista quinta"),
        ("cpf 71459364295 nasc 30/01/49 mãe joana ferreira", ""),
        ("boleto de 10/11/2026", ""),  # no CPF: nobody says who he is
        ("oi", ""),
        ("cpf 529.982.247-25 minha mãe Lúcia Rocha quero segunda via do boleto", "quero segunda via do boleto"),
        ("0064 1000 0001 01 cancela minha consulta", "cancela minha consulta"),
    ],
)
def test_a_message_without_the_facts_that_stand_in_it(said: str, rest: str) -> None:
    assert without_facts(said) == rest


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Vc pode me mandar a 2ª via, pf?", "voce pode me mandar a segunda via , por favor ?"),
        ("2via do bol", "segunda via do boleto"),
        ("NÃÃÃO", "nao"),
        ("oiiii td bem", "oi tudo bem"),
        ("c/ venc dia 10", "com / vencimento dia num2"),
        ("n qro 👍", "nao quero 👍"),
        ("Ñ", "nao"),
        ("p", "p"),  # alone it stands for nothing
        ("p mim", "para mim"),
        ("manda pra ana.rocha@exemplo.com", "manda para email"),
        ("", ""),
    ],
)
def test_what_is_typed_in_many_ways_is_read_in_one(said: str, plain: str) -> None:
    assert normalize(said) == plain

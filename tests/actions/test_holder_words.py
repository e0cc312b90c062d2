"""What people write about a change of holder: that he died, that he lives, who is to follow."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from actions.holder_words import follower_in, life_of, names_relative, says_kept, says_outside, too_young_in
from backend.beneficiaries import Beneficiary

MARTA, DIEGO = (
    Beneficiary(id=uuid4(), full_name=name, standing="dependent", birth_date=date(1980, 1, 1))
    for name in ("Marta Exemplo", "Diego Exemplo")
)


@pytest.mark.parametrize(
    "text",
    [
        "meu marido morreu mês passado", "o titular faleceu", "minha mãe faleceu e eu era dependente dela", "fiquei viúva",
        "era tudo no nome do finado", "perdi meu pai em março", "🕊️ minha mãe partiu", "ele se foi, e nós?",
        "quem respondia pelo plano não está mais entre nós", "em razão do falecimento do titular", "tit obito, passar p esposa",
        "Ele nos deixou na véspera do Natal", "enterrei meu companheiro", "na qualidade de cônjuge sobrevivente", "sim, morreu", "minha mae moreu",
    ],
)  # fmt: skip
def test_a_death_is_understood_however_it_is_said(text: str) -> None:
    assert life_of(text) == "died"


@pytest.mark.parametrize("text", ["ele não morreu", "não faleceu não", "tá vivo", "está viva sim", "ninguém morreu"])
def test_that_the_holder_lives_is_understood(text: str) -> None:
    assert life_of(text) == "lives"


@pytest.mark.parametrize(
    "text",
    [
        "quero trocar o titular", "meu pai foi embora pro exterior", "ele se foi embora de casa", "perdi meu cartão",
        "minha mãe partiu pra São Paulo", "me separei e o plano tá no nome do meu ex", "o titular nos deixou na mão",
    ],
)  # fmt: skip
def test_what_is_no_death_is_taken_for_none(text: str) -> None:
    assert life_of(text) == ""


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("passar pro nome da Marta", MARTA),
        ("quero botar o diego", DIEGO),
        ("marta", MARTA),
        ("passar o plano pro meu nome", DIEGO),
        ("eu", DIEGO),
        ("quero assumir a titularidade", DIEGO),
        ("eu fico no lugar dele", DIEGO),
        ("a Marta ou o Diego", None),
        ("passar pro nome da minha esposa", None),
        ("quero trocar o titular", None),
        ("quero ficar com o plano, só que pro nome do meu filho", None),
        ("quero deixar o plano pra minha irmã", None),
    ],
)
def test_who_follows_is_read_from_a_name_or_from_who_speaks(text: str, who: Beneficiary | None) -> None:
    assert follower_in(text, DIEGO, [MARTA, DIEGO]) is who


@pytest.mark.parametrize(
    ("text", "asked", "named"),
    [
        ("quero passar o plano pro meu filho", False, True), ("passar pro nome da minha esposa", False, True),
        ("botar o plano no nome do meu irmão", False, True), ("quero colocar minha mulher de titular", False, True),
        ("o plano está no nome da minha mãe, quero assumir", False, False), ("meu pai morreu", False, False),
        ("minha filha, quero trocar o titular", False, False), ("passar pro meu nome", False, False),
        ("minha esposa", False, False), ("minha esposa", True, True), ("meu irmão José", True, True),
        ("então pro meu marido", True, True), ("meu filho tá com febre", True, False), ("a Marta", True, False),
    ],
)  # fmt: skip
def test_a_relative_is_noticed_as_the_one_who_is_to_follow(text: str, asked: bool, named: bool) -> None:
    assert names_relative(text, asked=asked) is named


def test_a_minor_is_noticed_by_name_where_the_contract_is_to_go_to_him() -> None:
    assert too_young_in("quero passar o plano pro Diego", [DIEGO]) is DIEGO
    assert too_young_in("passar pro meu filho Diego", [DIEGO]) is DIEGO
    assert too_young_in("o plano é meu e do Diego", [DIEGO]) is None
    assert too_young_in("o Diego", [DIEGO], asked=True) is DIEGO


def test_the_present_holder_never_follows_himself() -> None:
    assert follower_in("não quero mais ficar com o plano no meu nome", DIEGO, [MARTA]) is None


def test_somebody_from_outside_and_leaving_it_are_understood() -> None:
    assert says_outside("outra pessoa")
    assert says_outside("ela não está no plano")
    assert not says_outside("a Marta")
    assert says_kept("deixa como está")
    assert not says_kept("deixa eu ver")

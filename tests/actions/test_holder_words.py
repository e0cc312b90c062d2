"""What people write about a change of holder: that he died, that he lives, who is to follow."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from actions.holder_words import follower_in, life_of, says_kept, says_outside
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
        "Ele nos deixou na véspera do Natal", "enterrei meu companheiro", "na qualidade de cônjuge sobrevivente", "sim, morreu",
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
    ],
)
def test_who_follows_is_read_from_a_name_or_from_who_speaks(text: str, who: Beneficiary | None) -> None:
    assert follower_in(text, DIEGO, [MARTA, DIEGO]) is who


def test_the_present_holder_never_follows_himself() -> None:
    assert follower_in("não quero mais ficar com o plano no meu nome", DIEGO, [MARTA]) is None


def test_somebody_from_outside_and_leaving_it_are_understood() -> None:
    assert says_outside("outra pessoa")
    assert says_outside("ela não está no plano")
    assert not says_outside("a Marta")
    assert says_kept("deixa como está")
    assert not says_kept("deixa eu ver")

"""What is near a health plan's desk and done by a person, and what is no such topic."""

from __future__ import annotations

import pytest

from actions.scope import TEAMS, TOPICS, near_topic
from backend.store.engine import Store
from handoff.desk import teams

NEAR = [
    ("quero reembolso de uma consulta particular", "reembolso"), ("como faço pra ser ressarcido", "reembolso"), ("meu REEMBOLSO não caiu", "reembolso"),
    ("o resultado do meu exame de sangue saiu?", "resultado de exame"), ("meu exame ficou pronto?", "resultado de exame"), ("quero pegar o laudo da ressonância", "resultado de exame"),
    ("quero contratar um plano pra minha família", "contratação de plano"), ("faz uma cotação pra 3 pessoas", "contratação de plano"), ("queria comprar um convênio", "contratação de plano"), ("quanto custa um plano pra minha sogra?", "contratação de plano"),
    ("quero incluir meu bebê no plano", "inclusão de dependente"), ("colocar minha esposa como dependente", "inclusão de dependente"), ("inclusão de recém nascido", "inclusão de dependente"),
    ("posso tomar dipirona com vinho?", "sintomas e remédios"), ("que remédio é bom pra tosse", "sintomas e remédios"), ("é normal sentir tontura depois da vacina", "sintomas e remédios"),
    ("qual a dose de amoxicilina?", "sintomas e remédios"), ("preciso renovar minha receita de rivotril", "renovação de receita"), ("minha receita venceu", "renovação de receita"),
    ("preciso de um atestado", "atestado médico"), ("declaração de comparecimento", "atestado médico"), ("tem vaga de emprego aí?", "vaga de emprego"), ("onde mando meu currículo", "vaga de emprego"),
    ("sou fisioterapeuta e quero me credenciar", "credenciamento de prestador"), ("como faz o credenciamento da minha clínica", "credenciamento de prestador"),
    ("não consigo entrar no portal do RH", "portal da empresa"), ("preciso de uma ambulância pra levar minha mãe na consulta", "ambulância"), ("tem vacina da gripe?", "vacinas"),
    ("tem desconto em farmácia?", "desconto em farmácia"), ("perdi minha receita controlada", "renovação de receita"),
    ("perdi a receita do médico, e agora?", "renovação de receita"), ("remoção do meu pai pra outro hospital", "ambulância"),
    ("preciso de remoção hospitalar em Imperatriz", "ambulância"),
]  # fmt: skip
OTHER = [
    "quero o boleto", "vai chover amanhã?", "quem ganhou o jogo", "receita de bolo de macaxeira", "marcar cardiologista", "meu exame foi autorizado?", "oi", "kkkk", "",
    "vendo iphone 12", "qual o sentido da vida", "quero mudar meu endereço", "tem hospital em Timon?", "meu filho faz 18 anos",
    "perdi minha receita", "perdi minha receita de bolo de milho", "remoção de pinta precisa de autorização?", "remoção do siso", "remoção de um cisto no braço",
    "remoção do meu nome da lista", "nova receita de torta de limão",
]  # fmt: skip


@pytest.mark.parametrize(("text", "title"), NEAR)
def test_a_near_topic_is_known(text: str, title: str) -> None:
    topic = near_topic(text)
    assert topic is not None
    assert topic.title == title


async def test_the_teams_of_near_topics_are_there(store: Store) -> None:
    async with store.unit_of_work() as session:
        codes = {team.code for team in await teams.every(session)}
    assert set(TEAMS.values()) <= codes
    assert TEAMS.keys() <= {topic.title for topic in TOPICS}


@pytest.mark.parametrize("text", OTHER)
def test_far_topics_and_our_own_are_none(text: str) -> None:
    assert near_topic(text) is None

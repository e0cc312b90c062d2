"""Danger in people's words, and the many figures of speech that are none."""

from __future__ import annotations

import pytest

from backend.danger import HOME, LIFE, NOW, THREAT
from backend.tone import judge, tone_for

WISH_TO_DIE = [
    "vou me matar", "quero morrer", "cansei de viver", "não aguento mais isso, quero morrer", "nao aguento mais essa vida",
    "tô pensando em me matar", "eu queria estar morta", "vontade de morrer todo dia", "penso em tirar minha própria vida", "não quero mais viver",
    "não vejo mais sentido na vida", "minha filha disse que vai se matar", "meu filho tentou se matar hoje", "tomei uma cartela de rivotril",
    "ele tomou todos os remédios da avó", "tô me cortando de novo", "quero me jogar da ponte", "quero sumir desse mundo",
    "vou acabar com a minha vida", "tenho pensamentos suicidas", "meu neto fala que quer morrer", "o mundo fica melhor sem mim",
    "cansei de viver, me ajuda", "vou me matar de verdade", "não tenho mais vontade de viver", "minha vida perdeu o sentido",
    "meu marido tá ameaçando se matar", "vcs não me ajudam, vou me matar", "oi boa tarde eu to pensando em acabar com minha vida",
    "eu prefiro morrer", "desisti de viver", "seria melhor eu morrer logo", "quero me machucar", "VOU ME MATAR", "to cansada de viver",
    "já tentei suicídio e to pensando de novo em suicidio", "nao quero mais viver assim", "só penso em morrer",
    "eu só queria dormir e não acordar nunca mais", "minha prima cortou os pulsos", "qro me matar n aguento +",
    "separei os comprimidos, desculpem qualquer coisa", "meu filho disse que vai pular da ponte",
]  # fmt: skip
AT_HOME = [
    "meu marido me bateu", "meu ex me agrediu ontem e tô machucada", "apanhei do meu marido", "meu padrasto bate na minha mãe",
    "meu esposo me espancou", "sofro violência doméstica", "meu namorado me enforcou ontem à noite", "tenho medo do meu marido me matar",
    "meu filho me bate todo dia", "minha filha tá apanhando do marido dela", "meu padrasto chegou bêbado e tá batendo na minha mãe",
]  # fmt: skip
VIOLENCE = [
    "vou matar vocês", "vou dar um tiro em alguém aí", "chego aí armado", "vou tocar fogo nessa clínica", "ele disse que vai me matar",
    "meu vizinho me ameaçou de morte", "meu ex tá armado na porta", "levei um tiro", "fui esfaqueada", "quero matar esse médico",
    "tem um homem armado aqui", "vou matar todo mundo aí", "tô sendo ameaçada de morte", "fui estuprada",
]  # fmt: skip
RIGHT_NOW = [
    "minha mãe desmaiou agora", "529.982.247-25, minha mãe desmaiou agora", "meu pai não consegue respirar", "meu filho engoliu uma pilha",
    "acho que é um infarto, ele tá tendo um infarto", "meu bebê engasgou e não respira", "ela tá desacordada no banheiro",
    "minha vó caiu e não responde", "tô sangrando muito", "meu marido tá tendo um AVC", "ele bebeu água sanitária", "estou em perigo",
    "o bebê tá ficando roxo", "dor forte no peito agora, socorro", "meu irmão parou de respirar",
    "acabou de sofrer um acidente aqui, ele não se mexe", "bom dia pelo amor de deus meu filho caiu da laje e não tá acordando",
    "minha vó num tá respirando",
]  # fmt: skip
NONE = [
    "quero morrer de rir", "morrendo de saudade", "matar a saudade", "me matando de trabalhar", "meu plano morreu", "cansei de viver nesse bairro",
    "vou me matar de rir", "quase me mato de estudar pra prova", "morri de vergonha", "tô morrendo de fome", "morrendo de medo da cirurgia",
    "essa espera vai me matar", "o calor tá me matando", "minha mãe vai me matar se eu perder a carteirinha kkk",
    "vou matar meu marido, perdeu a carteirinha de novo", "vou matar a aula pra ir na consulta", "matar a curiosidade, vocês têm app?",
    "só pra matar a charada", "meu pai morreu e quero cancelar o plano dele", "minha esposa faleceu, como troco o titular",
    "o celular morreu no meio da consulta", "a bateria do celular tá morrendo", "tenho medo de morrer na mesa de cirurgia",
    "não quero morrer na fila", "não quero morrer esperando", "se eu morrer quem paga o boleto?", "quando eu morrer minha esposa fica no plano?",
    "cansei de viver de aluguel, mudei de endereço", "cansada de viver com essa dor no joelho, quero ortopedista",
    "cansada da vida de motorista, quero fisioterapia", "não aguento mais essa dor", "não aguento mais essa vida corrida, preciso remarcar",
    "o plano cobre tentativa de suicídio?", "trabalho com prevenção ao suicídio", "setembro amarelo tem palestra?",
    "meu irmão se suicidou ano passado, preciso de psicólogo", "um amigo se matou e quero terapia", "quero matar saudade da minha neta",
    "vou matar dois coelhos, quero o boleto e o recibo", "dei um tiro no pé", "foi um tiro no escuro marcar com ele",
    "o médico foi na veia, matou a charada", "bati o carro ontem, preciso de ortopedista", "me bateu uma saudade",
    "meu marido me bateu o telefone na cara kkk", "bateu uma dúvida aqui", "meu filho bateu a cabeça semana passada e quero neuro",
    "o médico me matou de susto", "vou me cortar do plano da firma", "cortei o cabelo", "me cortei fazendo comida, quero ver a vacina",
    "vou pular essa consulta", "vou me jogar na piscina", "me enforcando com essas contas", "tô me enforcando nas prestações",
    "engasgado com essa cobrança", "meu pai engasga muito, quero fonoaudiólogo", "não consigo respirar direito pelo nariz, quero otorrino",
    "minha filha desmaiou semana passada, quero neurologista", "desmaiei mês passado", "tenho dor no peito quando subo escada, quero cardiologista",
    "meu marido teve um infarto em 2019", "minha mãe teve AVC há dois anos e precisa de fisio", "ele teve convulsão quando era bebê",
    "minha menstruação tá sangrando muito há 15 dias, quero ginecologista", "a gengiva tá sangrando muito", "meu cachorro bebeu água sanitária",
    "vocês estão acabando com a minha vida", "essa dor tá acabando com a minha vida", "quero acabar com tudo isso e cancelar o plano",
    "vou sumir com esse boleto", "vivo apanhando do aplicativo", "tô apanhando desse sistema", "apanhei do aplicativo pra marcar",
    "ninguém vive com esse salário", "prefiro morrer a pagar isso", "vou morrer de velho e não resolve", "a rua tá morta hoje",
    "número morto, ninguém atende", "meu plano tá correndo perigo de ser cancelado?", "é perigoso tomar com leite?", "minha vida é corrida",
    "adoro viver em Imperatriz", "não quero viver mais em São Luís, mudei", "sou morto de cansado", "tô morta de cansada", "pensa numa dor de matar",
    "dor de cabeça matadora", "que lindo, vou morrer de amores", "quero morrer velhinha", "morrer na praia essa solicitação não dá",
    "vou quebrar o galho do meu pai", "tiro o plano do meu nome", "vou tirar minha mãe do plano", "cancelar vida do contrato",
    "são três vidas no contrato", "vida nova, endereço novo", "caiu a ligação agora", "caiu a internet agora, desculpa", "o boleto caiu em perigo?",
    "vou me matar kkkk", "quero morrer kkkkk esqueci a senha", "meu pai tá com hemorragia no olho, quero oftalmo", "fiz exame de risco cirúrgico",
    "a consulta foi um tiro e queda", "fui atropelada ano passado e preciso de fisioterapia", "meu marido não respira bem dormindo",
    "acidente de trabalho é coberto?", "o plano cobre acidente?", "sofri um acidente em março, quero ortopedista",
    "quem sofre violência tem psicólogo pelo plano?", "o médico tentou me convencer", "meu chefe me matou de trabalho",
    "meu filho me mata de orgulho", "queria morar perto da clínica", "penso em mudar de plano", "pensei em desistir da cirurgia",
    "desisti da consulta", "cansei da vida de boleto", "vontade de comer", "não vale a pena continuar com o plano", "não vejo sentido em pagar isso",
    "não tem sentido essa cobrança", "quero tirar a vida toda do cadastro antigo", "pix caiu aí? mandei a grana agora",
    "meu chip caiu na maré, agora meu número é outro", "a ponte caiu e agora a van não roda",
    "ela disse que prefere morrer em casa, então cancela o exame", "tão batendo na minha porta, já volto",
]  # fmt: skip
HEARD = [
    (text, why)
    for texts, why in ((WISH_TO_DIE, LIFE), (AT_HOME, HOME), (VIOLENCE, THREAT), (RIGHT_NOW, NOW))
    for text in texts
]


@pytest.mark.parametrize(("text", "why"), HEARD)
def test_danger_is_heard_and_said_why(text: str, why: str) -> None:
    assert judge(text).why_danger == why
    assert judge(text).at_once


@pytest.mark.parametrize("text", NONE)
def test_figures_of_speech_what_is_over_and_questions_are_no_danger_and_no_hand_over(text: str) -> None:
    assert not judge(text).at_once


@pytest.mark.parametrize("text", ["não aguento mais isso, quero morrer", "vocês são um lixo, vou matar vocês"])
def test_danger_leaves_no_anger_and_no_urgency_beside_it(text: str) -> None:
    tone = judge(text)
    assert tone.why_danger
    assert (tone.anger, tone.why_angry, tone.why_urgent) == ("", "", "")


@pytest.mark.parametrize("intent", ["invoice_copy", "schedule_appointment", "greet", "out_of_scope", "inform", ""])
def test_danger_counts_whatever_was_understood(intent: str) -> None:
    assert tone_for(intent, "quero morrer", pending="invoice_copy").why_danger == LIFE


def test_capitals_and_missing_accents_change_nothing() -> None:
    assert judge("NAO QUERO MAIS VIVER").why_danger == judge("não quero mais viver").why_danger == LIFE

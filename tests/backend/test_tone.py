"""How messages sound: anger at the service, and care that cannot wait, in people's words."""

from __future__ import annotations

import pytest

from backend.tone import judge, tone_for

STRONG = [
    "vou no procon amanhã", "se não resolver vou abrir reclamação na ANS", "já entrei no reclame aqui contra vocês",
    "VOU PROCESSAR VOCÊS", "meu advogado vai entrar em contato", "isso vai parar na justiça", "vou procurar meus direitos na justiça",
    "ou me mandam o boleto ou vou pro procon", "to indo na delegacia fazer B.O. contra essa empresa", "quero a segunda via senao vou na ans",
    "vou meter um processo nesse plano", "isso é caso de polícia", "denuncia na ANS eu vou fazer hoje", "vou denunciar vocês",
    "é a terceira vez que peço a segunda via", "terceira vez q eu ligo e nada de marcar", "já pedi mil vezes essa guia",
    "já liguei umas dez vezes e ninguém atende", "5a vez que falo com vocês sobre essa cobrança", "pela quarta vez estou pedindo? peço pela quarta vez o boleto",
    "ninguém resolve nada", "ninguem me responde nunca", "ninguém dá uma resposta sobre minha cirurgia", "vocês não resolvem nada",
    "vcs nunca respondem", "atendimento péssimo, cadê meu boleto", "que plano de merda",
    "vocês são uns incompetentes", "bando de incompetentes, quero cancelar", "isso é uma palhaçada", "PALHAÇADA ISSO", "que falta de respeito com o idoso",
    "esse plano é um lixo", "lixo de plano", "vocês são ladrões, cobraram duas vezes", "tão de sacanagem comigo", "estão me enrolando há um mês",
    "me fazendo de trouxa", "tô cansada de ligar pra vocês", "cansei de esperar", "to de saco cheio desse plano", "não aguento mais esperar essa autorização",
    "perdi a paciência, me dá o boleto", "minha paciência acabou", "estou indignada com essa cobrança", "to muito revoltado, cobraram errado",
    "vão se ferrar", "pior plano que já tive", "só sabem cobrar", "isso é uma vergonha, quero meu reembolso", "tô sendo feita de palhaça",
    "brincadeira com a minha cara isso", "seus ladrão me roubando todo mês", "vou expor vocês na tv e nas redes sociais", "nos vemos no tribunal",
    "quero falar com o gerente, já reclamei 4 vezes", "isso vai dar processo, ou vocês mandam a guia ou é advogado", "robô inútil esse robo inutil", "que incompetência dessa empresa",
    "liguei 5 vezes e caiu a ligação todas", "vcs são uma piada", "tô pagando caro pra ser mal atendida", "isso é um desaforo", "me respeita robô", "procon neles",
    "amanhã mesmo tô no procon", "a ANS vai ficar sabendo disso", "já coloquei na justiça", "amanhã vou atrás dos meus direitos", "ninguém aqui presta",
    "vocês são uns filhos da puta", "vtnc", "vai tomar no cu", "vou quebrar tudo aí", "vão tomar no cu", "vsf", "vocês são uns idiotas",
    "bando de fdp", "vocês nunca atendem", "vocês não atendem o telefone", "vou botar vocês na televisão", "vou chamar a imprensa",
    "vou expor tudo na internet", "isso é uma merda", "plano horrível", "vocês não resolvem nada?", "cansei de tentar falar com vocês",
    "vou quebrar a cara de vocês", "não aguento mais esse plano", "não aguento mais essa demora de vocês", "vai se foder",
    "atendimento horroroso de vocês", "cansei disso, ninguém resolve", "vcs não atendem ninguém", "vou levar isso pro jornal",
    "vocês só enrolam", "vcs me tratam igual cachorro", "desligaram na minha cara três vezes", "que vergonha de atendimento", "estou farta de tanto descaso",
]  # fmt: skip
# Mild or nothing, but never a reason to hand over.
NOT_STRONG = [
    "vocês não atendem pediatria?", "vcs nao atendem em imperatriz?", "vocês não atendem sábado?", "quero saber o reajuste autorizado pela ans",
    "onde fica o procon?", "vou sair, me manda o boleto pela internet", "quero o demonstrativo, meu advogado pediu",
    "preciso do demonstrativo para levar na justiça", "ja tentei umas três vezes e o app não abre o boleto",
    "quero atualizar meu endereco para avenida da justica 100", "entrar com processo de troca de titular", "quero abrir um processo de reembolso",
    "o sistema tá horrível hoje né", "essa droga de celular", "isso é muito ridículo kkk", "perdi a paciência com meu neto",
    "cansada de tentar engravidar", "fui mal atendida pela doutora", "não aguento mais essa dor", "não aguento mais isso, minha coluna",
    "vocês não respondem e-mail?", "essa merda de celular não abre o boleto", "vcs num atendem unimed?", "cansei de esperar o bebê nascer kk",
    "meu médico não atende sábado", "moro na rua do tribunal, 50", "travessa da imprensa 12, mudei", "vou sair de casa, me liga na internet depois",
    "quero colocar o boleto na internet banking", "cansada de falar com minha sogra", "quero saber se a ANS autorizou o reajuste",
    "qual o índice da ANS esse ano", "preciso do laudo pra apresentar no tribunal", "quero entrar com processo de inclusão",
    "essa gente bonita do atendimento", "que droga de chuva", "esse celular é um lixo", "tentei duas vezes no site e não baixa",
    "já tentei 5 vezes a senha do app", "vocês não atendem mais na cohab?", "fui maltratada na clínica São José", "minha advogada pediu o recibo",
    "advogado pediu a carta de permanência", "app pede código por sms e não vem, já tentei 7 vezes",
    "Já é a terceira vez que tento trocar o dia dessa consulta e o site trava", "Como usa essa porcaria? cadê o menu??",
    "ele é ridículo nesse filme",
]  # fmt: skip
MILD = [
    "ninguém sabe explicar essa cobrança", "abri um protocolo e ninguém me respondeu", "mudei de emprego e ninguém explicou a carência",
    "cansei de robô, que saco, me passa pra uma moça",
    "que saco, o boleto não chegou", "um absurdo esse valor", "poxa, de novo sem boleto", "to chateada, ninguém me avisou da mudança",
    "é a segunda vez que peço", "até agora nada da minha guia", "pelo amor de deus me manda esse boleto", "que demora pra marcar uma consulta",
    "porra cadê meu boleto", "todo mês é isso, a fatura não vem", "difícil falar com vocês hein", "aff não consigo marcar", "estou decepcionado com o plano",
    "haja paciência viu", "que raiva, perdi a carteirinha", "vocês tão demorando demais", "já mandei duas vezes o comprovante",
    "ninguém merece essa espera", "faz um mês que tento marcar e nada", "absurda a demora", "já pedi o boleto duas vezes",
]  # fmt: skip
CALM = [
    "EU QUERO MARCAR UM ORTOPEDISTA E NÃO QUERO ENROLAÇÃO", "desculpa a demora",
    "mudei para Açailândia, quem é que olha ouvido por aqui pelo convênio?", "quero falar com atendente, sem enrolação",
    "a moça da cobrança me ofereceu três vezes sem entrada",
    "não agora, mais tarde", "tô morrendo de saudade", "quero a segunda via do boleto", "QUERO MARCAR UMA CONSULTA COM O CARDIOLOGISTA",
    "MINHA FILHA ME MANDA O BOLETO POR FAVOR", "tenho esperança de melhorar", "estou dançando de novo, graças a deus", "qual o registro do plano na ANS?",
    "meu pai é advogado e precisa de consulta", "sou advogada, quero atualizar meu cadastro", "trabalho no tribunal de justiça, mudei de endereço",
    "é a terceira vez que faço esse exame", "minha terceira consulta com a doutora", "não quero processar ninguém, só o boleto", "nao vou no procon, só quero entender",
    "tô cansada, acho que é anemia", "não aguento mais de dor nas costas, quero ortopedista", "tenho vergonha de perguntar mas cobre vasectomia?",
    "sinto cansaço e falta de ar quando subo escada", "quero o relatório da ansiedade que o médico deu", "transplante de córnea cobre?", "mudança de endereço",
    "vacina de raiva tem?", "na quarta vou ao médico às três", "tomo o remédio duas vezes por dia", "obrigada, vocês são ótimos", "boa tarde meu bem tudo bom?",
    "a fatura dos 3 meses", "bom dia, pode me ajudar?", "minha sogra é da polícia e quer dermatologista", "fui ao banco ontem pagar", "justiça de Deus não falha",
    "três vezes por semana faço fisioterapia", "preciso de um psiquiatra, ando nervosa", "não resolvi ainda se mudo de plano",
    "como faço um processo de autorização?", "passei no processo seletivo, preciso da carteirinha", "o jornal de hoje falou do plano? quero o endereço da clínica",
    "🙏🙏🙏", "", "???", "ninguém aqui em casa tem a carteirinha", "ninguém precisa pagar coparticipação?",
    "fiquei revoltada com meu vizinho", "a polícia passou aqui", "vou na tv ligar o canal", "a clínica é um lixo, quero outro dentista",
    "vou ter que entrar com pedido de autorização na segunda", "vou pra delegacia porque roubaram minha carteirinha", "ladrão levou minha bolsa com a carteirinha",
    "a terceira vez que vou remarcar, desculpe", "já remarquei duas vezes, desculpa", "são 3 vezes por semana a fisio, já falei com a clínica",
    "não tenho advogado, só quero entender o reajuste", "já paguei 3 vezes esse boleto", "sou juiz de paz, preciso de cardiologista",
    "tenho reunião no tribunal, não vou poder ir quinta", "que bosta o time do moto club ontem", "morro de vergonha mas preciso de urologista", "droga, perdi o cartão",
]  # fmt: skip
URGENT = [
    "minha cirurgia é amanhã e não autorizaram", "meu pai tá internado e o plano não libera a transferência", "a quimioterapia da minha mãe tá parada",
    "estou gestante de 38 semanas e negaram a cesárea", "bebê na uti esperando autorização", "URGENTE autorização da cirurgia", "preciso urgente da guia da ressonância",
    "minha filha internada precisa de uma autorização pra tomografia", "operação marcada pra sexta e até agora não liberaram", "suspenderam a hemodiálise do meu marido",
    "o caso é grave, preciso liberar a internação", "exame urgente, o médico suspeita de tumor", "minha vó na UTI e a guia não saiu", "quimio atrasada por causa da guia",
    "recém nascido precisa de exame urgente", "cirurgia hoje às 14h e cadê a autorização", "não pode esperar, é um cateterismo", "radioterapia interrompida sem aviso",
    "autorização do stent é urgente", "home care da minha mãe cortaram", "operar dia 12 e a guia em auditoria", "gravida de risco, exame negado",
    "urgência na liberação da biópsia por favor", "meu filho corre risco de perder a visão, preciso da cirurgia",
    "já tem 3 semanas que a cirurgia tá em análise e o médico disse que não dá pra esperar", "esposa com 40 semanas e o hospital diz que o plano não liberou",
    "meu esposo tá no hospital esperando transferência pra UTI", "pediram internação imediata e o plano negou", "mãe há 5 dias na maca esperando liberar o leito",
    "a senha do parto não saiu e tô com contração", "vou operar quinta cadê a guia", "a diálise dele tá sem autorização", "preciso pra ontem da autorização do exame",
    "meu bebê de 2 meses teve o exame recusado",
]  # fmt: skip
NO_URGENCY = [
    "URGENTE preciso do boleto", "boleto urgente por favor", "preciso de consulta urgente com dermatologista", "não é urgente, mas quero saber da minha cirurgia",
    "sem pressa, como pede exame?", "o plano cobre cirurgia de urgência?", "qual a carência pra internação de urgência", "onde tem pronto socorro de urgência",
    "minha mãe teve alta da uti, obrigada", "minha cirurgia é amanhã, qual o endereço do hospital?", "minha cirurgia já foi autorizada?", "meu bebê precisa de pediatra",
    "tô grávida, quero marcar obstetra", "incluir bebê recém nascido no plano", "minha avó tá internada, não vai poder ir na consulta quinta", "quero a carteirinha urgente",
    "o exame ficou pronto?", "como pedir autorização de exame", "faço quimioterapia e quero marcar a consulta", "quanto tempo demora a autorização da ressonância",
    "fiz cirurgia semana passada, quero a nota fiscal", "atualizar telefone com urgência", "tive câncer em 2019, preciso de clínico geral",
    "aguardo a autorização da fisioterapia desde terça",
    "exame de sangue de rotina, urgente não", "gestante tem carência de parto?", "cirurgia amanhã precisa jejum?", "a guia da quimio foi autorizada?",
    "internada no hospital são domingos, quero o telefone de vocês", "meu filho tá com febre urgente preciso de pediatra", "minha senha do app não funciona urgente",
    "quero transferir minha consulta pra outro hospital", "tem hospital com atendimento de urgência pediátrica",
]  # fmt: skip


@pytest.mark.parametrize("text", STRONG)
def test_strong_anger_is_heard_and_said_why(text: str) -> None:
    tone = judge(text)
    assert tone.anger == "strong"
    assert tone.why_angry
    assert tone.at_once


@pytest.mark.parametrize("text", NOT_STRONG)
def test_questions_addresses_papers_for_a_judge_and_anger_at_others_hand_nobody_over(text: str) -> None:
    assert judge(text).anger != "strong"


@pytest.mark.parametrize("text", MILD)
def test_annoyance_is_mild(text: str) -> None:
    assert judge(text).anger == "mild"


@pytest.mark.parametrize("text", CALM)
def test_capitals_pain_and_words_that_look_alike_are_no_anger(text: str) -> None:
    assert judge(text).anger == ""


@pytest.mark.parametrize("text", URGENT)
def test_care_that_cannot_wait_is_urgent(text: str) -> None:
    assert judge(text).why_urgent
    assert judge(text).at_once


@pytest.mark.parametrize("text", [*NO_URGENCY, *CALM])
def test_slips_consultations_questions_and_what_is_over_are_not(text: str) -> None:
    assert judge(text).why_urgent == ""


def test_capitals_change_nothing() -> None:
    assert [judge(text.upper()) for text in [*MILD, *URGENT]] == [judge(text) for text in [*MILD, *URGENT]]


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("invoice_copy", "é urgente moça, preciso da guia pra pagar hoje"),
        ("cancel_appointment", "preciso cancelar urgente o exame de amanhã"),
        ("cancel_appointment", "cancelar minha consulta, tive uma urgência, vou pro hospital"),
        ("schedule_appointment", "marcar consulta urgente com cardiologista, ele pediu pra levar os exames"),
        ("reschedule_appointment", "remarcar urgente, tenho exame no hospital no mesmo dia"),
        ("invoice_copy", "minha mãe tá na uti e o plano negou, mas agora quero o boleto"),
        ("schedule_appointment", "preciso urgente de um exame de sangue e consulta com clínico"),
        ("reschedule_appointment", "é urgente, mudem minha consulta, vou fazer uma cirurgia amanhã"),
    ],
)
def test_what_is_no_care_is_not_urgent_in_the_desks_sense(intent: str, text: str) -> None:
    assert not tone_for(intent, text).at_once


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("schedule_appointment", "quero marcar a cirurgia de amanhã que vocês não autorizaram"),
        ("cancel_appointment", "cancela a consulta, minha mãe tá internada e o plano negou a transferência"),
        ("request_procedure", "preciso urgente da guia da ressonância"),
        ("inform", "12/03/1985, meu pai tá na UTI e o plano negou"),
        ("nlu_fallback", "exame urgente, o médico suspeita de tumor"),
    ],
)
def test_care_that_the_plan_blocks_is_urgent_in_appointments_too(intent: str, text: str) -> None:
    assert tone_for(intent, text).why_urgent


def test_beside_a_slip_only_blocked_care_is_urgent() -> None:
    text = "é urgente moça, preciso da guia pra pagar hoje"
    assert not tone_for("inform", text, pending="invoice_copy").why_urgent
    assert tone_for("inform", "minha mãe tá na uti e o plano negou o leito", pending="invoice_copy").why_urgent


@pytest.mark.parametrize(
    "text", ["é urgente", "é urgente viu", "o médico disse que não pode esperar", "URGENTE!!!", "tá piorando"]
)
def test_beside_a_request_for_a_procedure_urgent_alone_is_enough(text: str) -> None:
    assert tone_for("emergency", text, pending="request_procedure").why_urgent
    assert not tone_for("emergency", text).why_urgent


@pytest.mark.parametrize(
    "text", ["não é urgente", "sem pressa", "reconstrução da mama imediata", "o plano cobre urgência?"]
)
def test_what_is_not_urgent_is_not_beside_a_procedure_either(text: str) -> None:
    assert not tone_for("inform", text, pending="request_procedure").why_urgent


def test_danger_goes_before_an_urgent_procedure() -> None:
    tone = tone_for("emergency", "é urgente, ele não está respirando", pending="request_procedure")
    assert tone.why_danger
    assert not tone.why_urgent


def test_anger_stays_whatever_is_asked_for() -> None:
    assert tone_for("invoice_copy", "vocês são um lixo, cadê o boleto").anger == "strong"

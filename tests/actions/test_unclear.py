"""What people say when one of the two did not understand the other, or when facts went wrong."""

from __future__ import annotations

import pytest

from actions.unclear import (
    asks_person,
    asks_why_facts,
    holds_back_facts,
    says_misread,
    says_only_misread,
    says_typed_wrong,
    says_unclear,
)

UNCLEAR = [
    "não entendi", "Nao entendi nada", "n entendi", "num entendi não", "não entendi a pergunta", "não entendi o que você disse", "como assim?", "como assim moça",
    "como é?", "como é que é?", "explica melhor", "explica melhor por favor", "me explica", "pode explicar de novo?", "dá pra explicar melhor?", "oi?", "hein?", "hã?",
    "??", "???", "o que é isso?", "que é isso", "não compreendi", "ainda não entendi", "desculpa, não entendi", "tá confuso isso", "fala de outro jeito", "boiei",
    "entendi nada", "entendi foi nada", "não tô entendendo nada", "não sei o que responder", "oxe, entendi não", "fala mais simples", "não sei o que é isso", "to perdida",
    "minha filha não entendi", "o que significa isso?", "não entendi direito, meu filho",
]  # fmt: skip
CLEAR = [
    "repete", "repete por favor", "pode repetir?", "oi", "entendi", "entendi, obrigada", "não", "não entendi a cobrança de 300 reais da fatura", "explica a carência do parto",
    "como assim minha cirurgia foi negada", "como faço pra marcar?", "não entendi por que meu boleto aumentou", "?", "cardiologista", "como é o nome do médico?", "",
    "não consigo ir quinta", "me explica como funciona a coparticipação",
]  # fmt: skip
MISREAD = [
    "você entendeu errado", "vc entendeu errado", "entendeu tudo errado", "não era isso que eu queria", "nao era isso", "não foi isso que eu pedi", "não é isso que eu quero",
    "eu não pedi isso", "você não me entendeu", "não é disso que tô falando", "não perguntei isso",
    "não foi isso que eu perguntei moça", "me entendeu mal", "entendeu outra coisa",
]  # fmt: skip
PERHAPS = [
    "nada a ver",
    "não quero isso",
    "eu não queria isso",
    "não, nada disso",
    "não é isso",
    "não, não é isso",
    "errado",
    "é outra coisa",
    "outro assunto",
    "isso não",
    "não é isso não",
    "tá errado",
    "num é isso",
]
NOT_MISREAD = [
    "não era isso, volta pro começo", "para, para, não era isso que eu queria, sai dessa parte",
    "não é consulta que eu quero desmarcar, a moça de ontem foi quem não me ouviu e entendeu errado",
    "sim", "é isso", "isso mesmo", "não", "não quero esse horário", "entendi", "meu nome está errado no cadastro", "não era essa data, era quinta", "cobraram errado",
    "o médico entendeu", "a médica não me entendeu errado", "eles entenderam errado o pedido do exame", "nada disso serve", "não quero esse", "não sei se é isso",
]  # fmt: skip
TYPED_WRONG = [
    "errei meu cpf", "errei o cpf, desculpa", "digitei errado", "escrevi errado", "o nome é com z", "é com dois l", "mandei o cpf errado", "coloquei a data errada", "o cpf tá errado",
    "troquei os números", "me enganei na data", "faltou um número", "vou mandar de novo", "deixa eu corrigir", "apaga tudo", "errei, o nome é com ch", "minha mãe é com y", "me confundi", "nome errado", "é com th", "confundi o dia",
]  # fmt: skip
OF_NEEDS = [
    "errei, quero voltar", "meu nome tá errado no cadastro", "desmancha isso que eu respondi, me confundi",
    "carteirinha com nome", "quantas mensalidades eu tenho? a de junho veio com valor errado", "Encontro-me em franca dispneia e com os lábios arroxeados",
    "meu plano é com ou sem coparticipação", "não quero passar pro doutor, empurra minha consulta", "perdi o número do protocolo",
    "marquei uma consulta mês passado e não lembro a data", "não gosto de falar com robô", "bom dia pra quem tá aí do outro lado",
]  # fmt: skip
FACTS = [
    "529.982.247-25",
    "nasci em 12/03/1985",
    "Lúcia Rocha",
    "minha mãe é Teresa Nunes",
    "meu cpf é 52998224725",
    "Ferreira",
    "sim",
    "com a minha mãe",
]
WHY = [
    "pra que você quer meu CPF?", "pq vc precisa do nome da minha mãe?", "por que tantos dados?", "isso é golpe?", "é golpe", "é seguro?", "isso é seguro mesmo?", "tem segurança?",
    "como sei que é do plano?", "como eu sei que não é golpe", "quem é você?", "quem tá falando?", "vocês são do plano mesmo?", "vão usar meus dados pra que?", "vai clonar meu zap?",
    "para que serve isso tudo", "qual o motivo de pedir nascimento", "e a LGPD?", "meus dados ficam protegidos?",
]  # fmt: skip
HOLDS_BACK = [
    "não vou passar meu cpf", "não quero dar meus dados", "prefiro não informar o cpf", "não sei meu cpf de cor", "não lembro o cpf", "esqueci o número", "não tenho cpf aqui comigo",
    "não passo cpf por whatsapp", "tenho medo de mandar meus dados", "não sei o nome da minha mãe", "não tô com o documento",
]  # fmt: skip


@pytest.mark.parametrize("text", UNCLEAR)
def test_who_did_not_understand_says_so(text: str) -> None:
    assert says_unclear(text)


@pytest.mark.parametrize("text", [*CLEAR, *FACTS, *TYPED_WRONG])
def test_repeating_answers_and_questions_of_their_own_are_something_else(text: str) -> None:
    assert not says_unclear(text)


@pytest.mark.parametrize("text", MISREAD)
def test_who_was_misread_says_so_at_any_time(text: str) -> None:
    assert says_misread(text, just_opened=False)


@pytest.mark.parametrize("text", PERHAPS)
def test_a_bare_not_that_counts_right_after_the_opening_alone(text: str) -> None:
    assert says_misread(text, just_opened=True)
    assert not says_misread(text, just_opened=False)


@pytest.mark.parametrize("text", [*NOT_MISREAD, *FACTS, *WHY])
def test_other_refusals_are_answers(text: str) -> None:
    assert not says_misread(text, just_opened=True)


@pytest.mark.parametrize("text", TYPED_WRONG)
def test_a_slip_of_the_finger_is_told(text: str) -> None:
    assert says_typed_wrong(text)


@pytest.mark.parametrize("text", WHY)
def test_who_asks_why_is_heard(text: str) -> None:
    assert asks_why_facts(text)


@pytest.mark.parametrize("text", HOLDS_BACK)
def test_who_does_not_want_or_cannot_say_facts_is_heard(text: str) -> None:
    assert holds_back_facts(text)


@pytest.mark.parametrize("text", [*FACTS, *OF_NEEDS])
def test_facts_and_needs_are_no_remarks(text: str) -> None:
    assert not any(says(text) for says in (says_typed_wrong, asks_why_facts, holds_back_facts))


@pytest.mark.parametrize("text", [*MISREAD, *PERHAPS, "você entendeu errado, quero a carteirinha"])
def test_who_names_us_or_says_nothing_else_was_misread(text: str) -> None:
    assert says_only_misread(text)


@pytest.mark.parametrize(
    "text",
    ["eu não pedi isso, cobraram uma ressonância que eu nunca fiz", "vocês cobraram consulta e não foi isso, foi exame", "não foi isso que o atendente me falou",
     "não foi isso que assinei no contrato"],
)  # fmt: skip
def test_an_account_of_what_happened_is_no_misreading(text: str) -> None:
    assert not says_only_misread(text)


@pytest.mark.parametrize(
    "text",
    ["não vou passar meu cpf, quero um atendente", "não sei meu cpf de cor, chama um atendente", "pra que isso tudo? quero falar com uma pessoa", "atendente",
     "errei meu cpf, me passa pra um atendente", "não era isso, quero falar com um atendente", "prefiro passar meus dados pra uma pessoa", "humano", "uma pessoa por favor",
     "quero ser atendido por um humano", "não consigo isso aqui quero um atendente"],
)  # fmt: skip
def test_a_person_is_asked_for_whatever_stands_beside(text: str) -> None:
    assert asks_person(text)


@pytest.mark.parametrize(
    "text",
    [*FACTS, *WHY, *HOLDS_BACK, "minha mãe é Maria Pessoa", "Fernando Pessoa", "não quero falar com atendente", "não vou passar meu cpf pra nenhum atendente",
     "quero mandar pra outra pessoa", "quero marcar consulta para uma pessoa", "o atendente me falou outra coisa", "quero o boleto que a atendente mandou"],
)  # fmt: skip
def test_who_tells_of_persons_asks_for_none(text: str) -> None:
    assert not asks_person(text)

"""What people type when they are asked whether they know: only what says so dates a notice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.delinquency.confirmation import Reading, read_confirmation

CONFIRMS = """
estou ciente|Estou ciente.|ESTOU CIENTE|*estou ciente*|"estou ciente"|_estou ciente_|estou ciente!!|ciente|Ciente.
ciente 👍|👍 ciente|to ciente|tô ciente|tou ciente|tô ciente sim|eu estou ciente|já estou ciente|sim, estou ciente
sim estou ciente|Sim. Estou ciente|sim ciente|s, ciente|ok, estou ciente|ok ciente|ok\nestou ciente|tá bom, estou ciente
estamos cientes|fico ciente|fiquei ciente|me dou por ciente, sim estou ciente|me declaro ciente|declaro estar ciente
declaro que estou ciente|Declaro para os devidos fins que estou ciente|tomei conhecimento|tomei ciência
Tomei conhecimento do aviso|tenho ciência|dou ciência|confirmo|Confirmo!|sim, confirmo|sim confirmo|confirmo sim
confirmado|confirmo que recebi|confirmo que estou ciente|confirmo que recebi e estou ciente|confirmo o recebimento
confirmo a ciência|confirmo ciência|confirmo que tomei conhecimento|li e estou ciente|recebi e estou ciente
recebi, estou ciente|li tudo, estou ciente|bom dia, estou ciente|boa tarde, estou ciente sim, obrigada
estou ciente, obrigado|estou ciente obrigada|ciente, grato|ciente e de acordo|estou ciente de tudo|estou ciente disso
estou ciente da dívida|estou ciente da notificação|estou ciente dos valores e do prazo|estou ciente do prazo de dez dias
estou ciente que tenho 10 dias|estou ciente que posso perder o plano|estou ciente que se não pagar pode cancelar
estou ciente que não paguei|estou ciente, vou pagar|estou ciente, vou pagar amanhã|estou ciente e vou pagar
ciente, pago sexta|estou ciente mas estou sem dinheiro|estou ciente, mas não tenho como pagar agora
infelizmente estou ciente|ah sim, estou ciente|Eu, Ana Souza, estou ciente|eu Ana Souza estou ciente
estou siente|to siente|estou cienti|estou cientee|estou cienteeee|estou cinte|estou ciemte|estol ciente|estpu ciente
estoy ciente|etou ciente|estouciente|comfirmo|confimo|confirno|tomei conhecimeto|tomei conhesimento|estou conciente
estou consciente|estou consciente disso|estou totalmente ciente|estou sabendo|tô sabendo|estou notificada
estou avisado|tenho conhecimento|tenho conhecimento da dívida|sim, tô ciente, obrigado pelo aviso|estou ciente porque já recebi a carta|estou ciente. Como faço para pagar?|estou ciente, mas quanto dá o total?|estou ciente, agradeço o contato
estou ciente e vou avisar minha esposa|estou ciente. meu marido vai pagar|estou ciente, meu pai faz os pagamentos
""".replace("\\n", "\n")

BARE = """
ok|OK|Ok.|ok?|okay|sim|Sim|sim.|s|ss|tá|ta|ta bom|tá bom|tá certo|certo|beleza|blz|joia|👍|👍🏽|👌|🙏|✅|👍👍|😀|.|...
recebi|recebi?|recebido|recebi sim|recebi o aviso|li|li tudo|lido|vi|visto|entendi|entendi tudo|compreendi|sei|eu sei
já sei|aham|uhum|obrigado|obrigada|ok obrigada|ok, obrigado|sim obrigada|valeu|combinado|de acordo|concordo|positivo
perfeito|isso|claro|com certeza|pois é|oi|bom dia|ok recebi|sim, recebi|sim, entendi|tá ok|está bem|tudo bem|confirma
minha mãe está ciente|ele está ciente|meu marido já está ciente|vou deixar ela ciente|eles estão cientes
quero ficar ciente|vou ficar ciente amanhã|se parcelarem, estou ciente|só estou ciente se parcelar|estarei ciente
ciente só depois de ver o boleto|estou ciente se parcelar|quando eu receber a carta, estou ciente|confirmo amanhã
responda estou ciente|escrever estou ciente|posso confirmar depois de tomar conhecimento|estou ciente que vocês são ladrões
confirmo depois|tá ciente|está ciente|estou|sim, estou|to sim|afirmativo|eu sei que devo|sei que tô devendo|tô devendo mesmo
recebi a notificação|já fui avisado|estou informado|estou ciente que isso é um roubo
aqui é a esposa dele, estou ciente|sou a filha, estou ciente|sou a filha do Carlos e estou ciente|estou ciente, aviso ele
estou ciente da mensalidade, mas não da de outubro|estou ciente da primeira só|estou ciente em parte
ciente parcialmente|ciente kkk mentira|recebi e li|li e entendi|eu já sabia
"""

QUESTION = """
não estou ciente|nao estou ciente|n estou ciente|não tô ciente|não, não estou ciente|não estava ciente|não fiquei ciente
eu não estou ciente de nada|não tenho ciência|não tomei conhecimento|nunca tomei conhecimento|nem estou ciente
estou ciente não|ciente não|não sabia|não sabia disso|nao tava sabendo|ciente?|estou ciente?|ciente??|ciente de quê?
ciente de que|ciente do quê|estou ciente do que?|estou ciente de quê|como assim ciente|como assim?|como assim|não entendi
nao to entendendo|o que é isso?|o que significa estar ciente?|o que quer dizer ciente|quem é?|quem é você?|por quê?|?|??
confirmo o quê?|confirmar o quê?|isso é golpe?|que dívida?|ciente, por quê?|estou ciente, né?|não|nao|n|não.
não, estou ciente|ainda não|acho que não|oi?|do que se trata?|estou ciente de nada não|não recebi nada|não recebi essa notificação|não sou o Carlos mas estou ciente|sim, não estou|isso é golpe|parece golpe|você confirma que está ciente?
"""

AUTO = """
No momento não posso responder|no momento não posso atender, deixe seu recado|Agradecemos seu contato
Agradecemos o seu contato! Em breve retornaremos.|estou ciente da sua mensagem e retornarei
Recebi sua mensagem e responderei assim que possível|Estou ciente da sua mensagem, respondo em breve
Mensagem automática: estou de férias|resposta automática|Obrigado por entrar em contato com a Padaria Sol
Olá! Recebemos sua mensagem. Nosso horário de atendimento é das 8h às 18h|estou dirigindo|estou em reunião
ciente, retorno assim que puder|Entraremos em contato o mais breve possível|Sua mensagem é muito importante para nós
Digite 1 para vendas|Olá, como posso ajudar?|agora não posso, depois eu vejo|confirmo o recebimento da sua mensagem e retornaremos
estou ausente no momento, retorno amanhã
"""

PAID = """
já paguei|ja paguei|ja paguei isso|Já paguei!|paguei ontem|eu paguei no dia 10|já foi pago|ja ta pago|está tudo pago
tá pago|já quitei|acabei de pagar|já fiz o pix|fiz o pagamento ontem|pagamento efetuado|segue o comprovante
tenho o comprovante|estou em dia|ok, já paguei|sim, mas já paguei|recebi mas ja paguei|confirmo que já paguei
estou ciente que já paguei|confirmo que paguei|paguei a de março mas a de abril não|pageui ontem|pago|quitado|não tem nada em aberto
"""

DISPUTES = """
não devo isso|nao devo nada|não devo|não concordo|discordo|não reconheço essa dívida|isso está errado|o valor está errado
cobrança indevida|essa dívida não é minha|contesto|quero contestar|ok mas não concordo|não recebi o boleto
nao chegou boleto nenhum|é descontado em folha|é débito automático|já cancelei o plano|confirmo que não devo
estou ciente que não devo nada|estou ciente que essa cobrança é indevida|não tenho dívida|desconheço|desconheço esse débito
"""

REFUSES = """
não vou pagar|não quero pagar|não pago|não vou confirmar|não confirmo|não quero confirmar nada|não vou assinar nada
não vou responder|me deixa em paz|não tenho interesse|parem de me cobrar|me recuso|não aceito
"""

HEAVY = {
    "deceased": "ele faleceu|meu pai faleceu|a titular morreu|minha mãe é falecida|estou ciente mas ele faleceu",
    "hospital": "estou internado|estou internada|tô internada|fui internada ontem|to na uti|ele está na UTI|estou no hospital|minha esposa está internada",
    "legal": "vou processar vocês|vou no procon|meu advogado vai falar|vou pra justiça|vou abrir um processo|quero meus direitos|me processe|pode processar",
}

ELSE = """
quero marcar consulta|meu boleto|quero o boleto|atendente|quero falar com atendente|posso parcelar?|quero negociar
qual o telefone da clínica?|quanto custa o plano?|cliente|sou cliente há dez anos|manda o pix|trabalho no hospital
quero a rede credenciada|preciso da segunda via|maria da silva|123|não paguei ainda, vou ver|vocês vão me processar?
o dentista confirma minha consulta|vou fazer o pix|confirmo minha consulta|confirmo meus dados|confirmo o endereço
fui internado ano passado|trabalho na justiça|não paguei|paguei não|quero cancelar o plano
"""


def listed(table: str) -> list[str]:
    return [one for line in table.strip("\n").split("\n|\n") for one in line.replace("\n", "|").split("|") if one]


@pytest.mark.parametrize("text", [one for one in CONFIRMS.split("|") if one.strip()])
def test_who_says_that_he_knows_confirms(text: str) -> None:
    for said in [text] if text.startswith("ok\n") else text.strip().split("\n"):
        assert read_confirmation(said).kind == "confirms", said


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(("bare", text) for text in listed(BARE)),
        *(("question", text) for text in listed(QUESTION)),
        *(("auto", text) for text in listed(AUTO)),
        *(("paid", text) for text in listed(PAID)),
        *(("disputes", text) for text in listed(DISPUTES)),
        *(("refuses", text) for text in listed(REFUSES)),
        *((kind, text) for kind, texts in HEAVY.items() for text in texts.split("|")),
        *(("", text) for text in listed(ELSE)),
    ],
)
def test_everything_else_is_read_as_what_it_is(kind: str, text: str) -> None:
    assert read_confirmation(text).kind == kind


@pytest.mark.parametrize(
    ("text", "also"),
    [
        ("estou ciente mas não concordo", {"disputes"}),
        ("estou ciente, porém discordo do valor", {"disputes"}),
        ("ciente, mas já paguei", {"paid"}),
        ("estou ciente e já paguei", {"paid"}),
        ("estou ciente e não vou pagar", {"refuses"}),
        ("estou ciente, vou procurar meu advogado", {"legal"}),
        ("estou ciente, mas estou internada", {"hospital"}),
        ("estou ciente. quanto dá?", {"question"}),
        ("estou ciente, vou pagar", set()),
        ("sim, estou ciente", set()),
    ],
)
def test_a_confirmation_keeps_what_was_said_beside_it(text: str, also: set[str]) -> None:
    assert read_confirmation(text) == Reading("confirms", frozenset(also))


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_typed_is_nothing(text: str) -> None:
    assert read_confirmation(text) == Reading("")


NEAR_IT = ["ok", "sim", "recebi", "li", "certo", "obrigado", "cliente", "gente", "paciente", "confirma", "está", "estão",
           "você", "quem", "consulta", "boleto", "mas", "que", "suficiente", "estou", "tomei", "eu", "?", ",", "👍"]  # fmt: skip


@given(st.lists(st.sampled_from(NEAR_IT), max_size=8))
def test_words_that_only_resemble_it_never_confirm(words: list[str]) -> None:
    assert read_confirmation(" ".join(words)).kind != "confirms"


@given(st.text(max_size=60))
def test_any_text_at_all_is_read(text: str) -> None:
    read_confirmation(text)


@given(st.sampled_from(["não ", "nunca ", "nem ", "eu não ", "não, não "]),
       st.sampled_from(["estou ciente", "tomei conhecimento", "tenho ciência", "fiquei ciente", "to ciente"]),
       st.sampled_from(["", ".", "!", " disso", " da dívida", " 👍", ", ok", ", obrigada"]))  # fmt: skip
def test_what_is_denied_never_confirms(denial: str, stem: str, end: str) -> None:
    assert read_confirmation(denial + stem + end).kind != "confirms"


@given(st.sampled_from(["estou ciente", "ciente", "confirmo", "tomei conhecimento", "sim, estou ciente"]),
       st.sampled_from(["?", "??", " ?", "?!", ", né?", ", será?", " não", " de quê?"]))  # fmt: skip
def test_what_is_asked_back_never_confirms(stem: str, end: str) -> None:
    assert read_confirmation(stem + end).kind != "confirms"

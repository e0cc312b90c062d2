"""Words of people who did not understand us, whom we did not understand, or who made a mistake. Pure functions."""

from __future__ import annotations

import re

from backend.identifiers import plain

_MARKS = " .!?,…"
_UNCLEAR = re.compile(
    r"(?:(?:oi|ah|hum|moca|moco|minha filha|meu filho|desculpa|desculpe|perdao|eu|ainda|mas|nossa|gente|ue|vixe|oxe"
    r"|eita)[ ,.!]*)*"
    r"(?:(?:nao|num|n|nn|nada) (?:to |tou |estou |consegui |consigo )?(?:te |lhe )?(?:entend\w+|compreend\w+|saquei"
    r"|peguei|captei)"
    r"(?: (?:nada|direito|bem|isso|o que (?:voce|vc) (?:disse|falou|quer|quis dizer|pediu|ta pedindo)|a pergunta"
    r"|sua pergunta|essa pergunta"
    r"|o que e (?:isso|pra (?:fazer|mandar))|nao|muito bem|oq (?:voce|vc) (?:quer|disse)|desculpa|moca|moco"
    r"|minha filha|meu filho))*"
    r"|como assim(?: (?:moca|moco|isso|minha filha|meu filho|cidade|especialidade|data))?"
    r"|como e que e|como e(?: isso| mesmo)?|que (?:que )?(?:e|eh) isso|o que (?:e|eh|seria|significa"
    r"|quer dizer) isso|o que (?:voce|vc) quer dizer"
    r"|(?:me )?expli(?:ca|que|car)(?: (?:melhor|direito|de novo|isso|pra mim|ai|por favor|de outro jeito"
    r"|com outras palavras))*"
    r"|(?:da (?:pra|para)|pode|tem como|poderia|consegue) (?:voce |vc )?(?:me )?explicar(?: (?:melhor|direito"
    r"|de novo|isso|pra mim|ai|por favor"
    r"|de outro jeito))*"
    r"|fala (?:de outro jeito|mais simples|em portugues|direito)|(?:ta|esta|ficou|to) (?:muito )?(?:confus[oa]"
    r"|complicad[oa]|dificil)(?: (?:isso|de entender|demais))*"
    r"|que (?:pergunta|dado|coisa|data|numero) (?:e essa|e esse)|entendi (?:nada|nao|foi nada|bulhufas)|boiei"
    r"|fiquei perdid[oa]|to perdid[oa]"
    r"|nao sei o que (?:e|eh) (?:isso|pra (?:fazer|mandar|escrever|responder))|nao sei o que (?:responder|escrever"
    r"|mandar|botar|colocar)|hein|oi|ha|han)"
    r"(?:[ ,]+(?:moca|moco|minha filha|meu filho|nao|por favor|pfv|pf|desculpa))*"
)
# Two or more question marks alone ask for more than a single one that slipped.
_ONLY_MARKS = re.compile(r"\?{2,}|\? \?+")
# 'oi?' and 'hã?' with the mark say that one did not hear; 'oi' greets.
_NEEDS_MARK = frozenset({"oi", "ha", "han", "hein"})

_MISREAD_PLAINLY = re.compile(
    r"\b(?:(?:me )?(?:entendeu|entenderam|entendes?te) (?:tudo )?(?:errado|mal|diferente|outra coisa)|me entendeu mal"
    r"|(?:voce|vc) (?:nao|n) (?:me )?entendeu|nao (?:era|foi) (?:bem )?(?:isso|disso|isto)\b(?! (?:tudo|ai) )"
    r"|nao (?:pedi|falei|perguntei|solicitei) (?:por )?(?:isso|isto|disso)|nao e (?:isso|isto) (?:que|o que|oq"
    r"|q) (?:eu )?\w+"
    r"|eu nao pedi nada disso|nao e disso que|nao e (?:desse|dessa|esse|essa) (?:assunto|servico|pedido))\b"
)
# Who names us leaves no doubt; the rest may tell what somebody else did or said.
_NAMES_US = re.compile(
    r"\b(?:(?:voce|vc|voces|vcs|tu|zelo) (?:me )?(?:nao |n )?(?:me )?(?:entendeu|entenderam|entendes?te)"
    r"|me entendeu|entendeu (?:tudo )?(?:errado|mal|outra coisa))\b"
)
# 'a médica não me entendeu errado', 'eles entenderam errado': not us.
_OTHERS_MISREAD = re.compile(
    r"\b(?:medic[oa]s?|doutora?|dr[a]?|atendentes?|clinica|hospital|laboratorio|secretaria|recepcao|recepcionista|rapaz"
    r"|eles?|elas?|mae|pai|marido|esposa)\b(?: (?:que|nao|la|tambem|me|mesm[oa]))* (?:entend\w+)\b"
    r"|\bnao (?:me )?entend\w+ (?:errado|mal)\b"
)
# What may stand behind 'não era isso' without telling anything.
_MISREAD_REST = re.compile(
    r"(?:(?:bem|que|to|tou|estou|tava|falando|o|oq|q|eu|queria|quero|pedi|falei|perguntei|disse|precisava|preciso|solicitei|nao|moca|moco|viu|ta"
    r"|minha filha|meu filho|por favor|desculpa|ai|nada|disso)[ ,.!]*)*"
)
# These refuse a vacancy or an invoice just as well: they mean the request alone where nothing was offered yet.
_MISREAD_PERHAPS = re.compile(
    r"(?:(?:ih|nao|nn|opa|epa|ei|moca|moco|desculpa|mas|ah)[ ,.!]+)*(?:nao (?:e|eh) (?:isso|isto|esse|essa)|num e isso"
    r"|e isso nao|isso nao|errou|errado|(?:ta|esta) (?:tudo )?errado(?: isso)?|nada disso"
    r"|(?:isso )?(?:nao tem )?nada a ver"
    r"|(?:eu )?nao (?:quero|queria) isso|(?:e |era )?outra coisa|(?:e )?outro assunto)(?:[ ,]+(?:nao|moca|moco"
    r"|minha filha"
    r"|meu filho))*"
)

_FACT = r"(?:nome|cpf|data|numero|sobrenome|dados?|nascimento|digito|letra)"
_TYPED_WRONG = re.compile(
    rf"\b(?:errei|digitei (?:o |a )?(?:{_FACT} |tudo )?(?:errad[oa]|mal|rapido)|escrevi (?:o |a )?(?:{_FACT} "
    rf"|tudo )?errad[oa]"
    rf"|(?:mandei|coloquei|botei|passei) (?:o |a |tudo )?(?:meu |minha )?(?:{_FACT} )?errad[oa]"
    rf"|{_FACT} (?:da (?:minha )?mae )?(?:ta |esta |saiu |foi |tava |era )?errad[oa]|troquei (?:o|os|um) (?:numeros?"
    rf"|digitos?)"
    rf"|me enganei n[oa] {_FACT}|me confundi|confundi (?:o|a) (?:{_FACT}|dia|mes|ano)|faltou (?:um|uma) (?:numero"
    rf"|digito|letra)"
    r"|vou mandar de novo|deixa eu (?:corrigir|mandar de novo)|desconsidera)\b"
    r"|(?:^|\b(?:nome|sobrenome|errei|ela|mae|se escreve|escreve)\W+(?:\w+\W+){0,2})(?:e |eh )?com (?:[b-df-np-zyiu]"
    r"|dois? [a-z]|th|ph|ch|ss|sh)\b"
    r"|^apaga(?: tudo)?$"
)

_ABOUT_SOMETHING_ELSE = re.compile(
    r"\b(?:cadastro|sistema|fichas?|carteirinha|cartao|contrato|boleto|cobranca|fatura|paguei|pagamento|opcao"
    r"|volt\w+|recome\w+|comec\w+|sair|parar?|desmanch\w+|esqu?ec\w*|esqc|deixa quieto)\b"
)
_WHY_FACTS = re.compile(
    r"\b(?:(?:por ?que|pra que|pra q|para que|pq|porque|qual (?:o )?motivo|que motivo"
    r"|qual a necessidade)\b.{0,40}\b(?:cpf|dados?|nome da (?:minha )?mae|nascimento"
    r"|minha mae|isso(?: tudo)?|documentos?|numero|informac\w+|pede|pedir|pedindo|precis\w+|confirmar)"
    r"|golpe|fraude|estelionato|vigarice|(?:e|eh|isso e|sera que e) (?:seguro|confiavel|verdade|oficial"
    r"|de confianca)|tem seguranca|como (?:eu )?sei (?:que|se) (?:e|eh|voce|vc|isso)"
    r"|(?:e|eh) (?:mesmo|realmente) (?:do|o|da|a) (?:plano|convenio|operadora)|quem (?:e|eh|ta|esta) (?:voce|vc"
    r"|falando|escrevendo|pedindo)"
    r"|(?:voce|vc|voces) (?:e|eh|sao) (?:de verdade|um? robo|do plano mesmo|golpista)|(?:vao|vai) (?:usar"
    r"|fazer) (?:\w+ ){0,3}(?:com )?(?:meus dados|meu cpf)|clonar|lgpd"
    r"|meus dados (?:estao|ficam) (?:seguros?|protegidos?))\b"
)
_REFUSES_FACTS = re.compile(
    r"\b(?:nao (?:quero|vou|posso|gosto de|costumo)|me recuso a|prefiro nao|tenho medo de) (?:\w+ ){0,2}?(?:passar"
    r"|dar|mandar|informar"
    r"|falar|dizer|enviar) (?:\w+ ){0,2}?(?:cpf|dados?|nome|documentos?|informac\w+|nascimento|isso|nada)\b"
    r"|\bnao (?:passo|dou|mando|informo|digo) (?:\w+ ){0,2}?(?:cpf|dados?|documentos?|nada|isso)\b"
)
_HAS_NOT_FACTS = re.compile(
    r"\b(?:nao (?:sei|lembro|tenho|recordo|me lembro|to com|estou com|possuo)|esqueci) (?:\w+ ){0,4}?(?:cpf|decor"
    r"|de cor"
    r"|nome da (?:minha )?mae|nome dela|documentos?|de cabeca|o numero)\b"
)
_PERSON = r"(?:atendentes?|humanos?|humana|pessoa(?!s? (?:fisica|juridica|idosa|com deficiencia))|ser humano)"
_ONLY_PERSON = re.compile(rf"(?:(?:um|uma|o|a|so|com|por favor|pfv|moca|moco|oi)[ ,.]+)*{_PERSON}(?:[ ,.]+por favor)?")
_TO_PERSON = (
    r"(?: (?:a|ao|o|os|um|uma|de|que|com|por|pra|para|pro|so|ser|logo|mesmo|algum|alguma|fala\w*|conversa\w*"
    r"|passar|chama\w*|atendid[oa]|atendimento|meus|dados|contato|ligacao|ai|la|aqui))*"
)
_WANTS_PERSON = re.compile(
    r"\b(?:quero|queria|prefiro|preferia|preciso|gostaria|exijo|cade|chama\w*|chame|passa|passe|transfer\w+|manda|mande"
    rf"|poe|bota|coloca|fala\w*|conversa\w*|tratar|atendid[oa]){_TO_PERSON} {_PERSON}\b"
)
_NO_PERSON = re.compile(
    rf"\b(?:nao|nem|sem|nunca) \w+ (?:(?!quero|chama|passa|prefiro)\w+ ){{0,5}}?{_PERSON}\b"
    r"|\b(?:outras?|qualquer|cada|mesma|essa|dessa|terceira) pessoa\b"
)
# 'não era isso, volta pro começo': out of it altogether.
_GOES_BACK = re.compile(r"\b(?:volta\w*|sair|sai|comeca\w*|comeco|cancel\w*|para,? para|menu)\b")
_EARLY = 45  # letters: who was misread says so at once; later in a story it is about somebody else
_MOST_WORDS = 14  # a remark on the asking is short; what is longer tells a need


def says_unclear(text: str) -> bool:
    """'não entendi', 'como assim?', 'explica melhor': the question is wanted in other words; not 'repete'."""
    said = plain(text)
    if _ONLY_MARKS.fullmatch(said):
        return True
    bare = said.strip(_MARKS)
    if bare in _NEEDS_MARK:
        return "?" in said
    return bool(_UNCLEAR.fullmatch(bare))


def says_misread(text: str, *, just_opened: bool) -> bool:
    """'você entendeu errado', 'não era isso que eu queria'; a bare 'não é isso' right after a request was opened."""
    said = plain(text).strip(_MARKS)
    plainly = _MISREAD_PLAINLY.search(said)
    if plainly and plainly.start() <= _EARLY and not _GOES_BACK.search(said) and not _OTHERS_MISREAD.search(said):
        return True
    return just_opened and bool(_MISREAD_PERHAPS.fullmatch(said))


def says_only_misread(text: str) -> bool:
    """Whether a text that says so names us or says nothing else: 'não foi isso, foi exame' is an account."""
    said = plain(text).strip(_MARKS)
    if _NAMES_US.search(said) or _MISREAD_PERHAPS.fullmatch(said):
        return True
    return bool(_MISREAD_REST.fullmatch(_MISREAD_PLAINLY.sub(" ", said).strip(f"{_MARKS}:;-")))


def asks_person(text: str) -> bool:
    """'quero um atendente', 'me passa pra uma pessoa', a bare 'humano': whatever else the message says."""
    said = plain(text).strip(_MARKS)
    return bool(_ONLY_PERSON.fullmatch(said) or _WANTS_PERSON.search(_NO_PERSON.sub(" ", said)))


def says_typed_wrong(text: str) -> bool:
    """'errei meu cpf', 'digitei errado', 'o nome é com z': what was said of oneself is to be said again."""
    said = plain(text).strip(_MARKS)
    return bool(_TYPED_WRONG.search(said)) and not _ABOUT_SOMETHING_ELSE.search(said)


def asks_why_facts(text: str) -> bool:
    """'pra que você quer meu CPF?', 'isso é golpe?', 'é seguro?'"""
    return _is_short(text) and bool(_WHY_FACTS.search(plain(text)))


def holds_back_facts(text: str) -> bool:
    """'não vou passar meu cpf', 'não sei meu cpf de cor': a person may find another way."""
    said = plain(text)
    return _is_short(text) and bool(_REFUSES_FACTS.search(said) or _HAS_NOT_FACTS.search(said))


def _is_short(text: str) -> bool:
    return len(text.split()) <= _MOST_WORDS

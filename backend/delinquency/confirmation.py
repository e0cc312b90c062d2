"""What a typed answer to 'Você confirma que está ciente?' is. Pure. [RN 593, processes.md 6: when it counts]

It dates a notice, so doubt is never a confirmation: who writes 'ok' is asked once more, which costs him a moment; one
who is taken at a word that he did not mean may lose his plan.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import OSA

from backend.delinquency import weighty
from backend.delinquency.spelling import folded, words_of

Kind = Literal[
    "confirms", "question", "bare", "auto", "paid", "disputes", "refuses", "deceased", "hospital", "legal", "",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer is; `also` what it says besides ('estou ciente, mas não concordo').

    `bare` agrees to nothing by name ('ok', a thumb); `question` asks back or denies that he knows; `auto` is a
    telephone's own answer, or somebody who says that he will answer later; '' is another need.
    """

    kind: Kind
    also: frozenset[str] = frozenset()


def read_confirmation(text: str) -> Reading:
    """What a typed answer to the question whether somebody knows is."""
    clauses = _clauses(text)
    said = " ".join(clause.words for clause in clauses)
    if weighty.AUTO.search(said) or _LATER.search(said):
        return Reading("auto")
    found = [kind for kind, pattern in _OTHERS if any(pattern.search(one.words) for one in clauses if not one.asks)]
    if "deceased" in found:
        return Reading("deceased", frozenset(found) - {"deceased"})
    if _confirms(clauses):
        asks = {"question"} if any(clause.asks for clause in clauses) else set()
        return Reading("confirms", frozenset(found) | asks)
    if found:
        return Reading(found[0], frozenset(found[1:]))
    if _asks_back(clauses, said):
        return Reading("question")
    is_bare = all(_BARE.fullmatch(clause.words) for clause in clauses)
    is_bare = is_bare or bool(_AWARE.search(said) and not _OF_SOMETHING_ELSE.search(said))
    return Reading("bare" if is_bare and text.strip() else "")


# -- what was written, in clauses of folded words with their slips mended


@dataclass(frozen=True, slots=True)
class _Clause:
    words: str
    asks: bool


_ENDS = re.compile(r"([.!?;,:\n\r()]+)|\b(?:mas|porem|contudo|entretanto|todavia|so que)\b")
# 'e' joins two statements, where it is not the unaccented 'é'.
_AND = re.compile(r" e (?!(?:indevid|errad|incorret|abusiv|minh|meu|golpe|mentira|isso|muito|voce|um|uma)\w*)")
# Written together, and slips that look like another word.
_AS_WRITTEN = {
    "estouciente": "estou ciente", "tociente": "estou ciente", "simciente": "sim ciente", "consciente": "ciente",
    "conciente": "ciente", "cientes": "ciente", "cienti": "ciente", "siemte": "ciente", "cinete": "ciente",
}  # fmt: skip
_MEANT = {"ciente": 1, "ciencia": 1, "conhecimento": 2, "confirmo": 1, "estou": 1, "tomei": 1, "recebi": 1, "paguei": 1}
# One letter away from one of these, and words of their own.
_OTHER_WORDS = frozenset(
    {"cliente", "clientes", "crente", "confirma", "confirme", "confirmou", "confirmei", "confirma-se", "estao", "estar",
     "esta", "este", "estouro", "tome", "tomem", "recebe", "recebia", "pague", "pagueis", "conhecimentos", "estoque",
     "apaguei", "reconhecimento", "receba"}
)  # fmt: skip


def _clauses(text: str) -> list[_Clause]:
    """The clauses of a text; one that a question mark ends asks. What has no letter (a thumb) is an empty one."""
    said = folded(text)
    clauses, start = [], 0
    for end in [*_ENDS.finditer(said), None]:
        piece = said[start : end.start() if end else len(said)]
        clauses.append(_Clause(_mended(piece), asks=bool(end and end[1] and "?" in end[1])))
        start = end.end() if end else start
    spoken = [clause for clause in clauses if clause.words or clause.asks]
    return spoken or [_Clause("", asks=False)]


def _pieces(clause: _Clause) -> list[_Clause]:
    """A clause's statements ('li e estou ciente' has two); only the last of them asks."""
    *first, last = _AND.split(clause.words)
    return [*(_Clause(words, asks=False) for words in first), _Clause(last, clause.asks)]


def _mended(piece: str) -> str:
    return " ".join(_as_meant(word) for word in words_of(piece))


def _as_meant(word: str) -> str:
    if word in _AS_WRITTEN:
        return _AS_WRITTEN[word]
    if len(word) < 4 or word in _OTHER_WORDS:  # noqa: PLR2004 (fewer letters are a slip of anything)
        return word
    near = ((OSA.distance(word, meant, score_cutoff=slips), meant) for meant, slips in _MEANT.items())
    return next((meant for distance, meant in near if distance <= _MEANT[meant]), word)


# -- the confirmation itself

_SELF = r"(?:estou|estamos|fico|ficamos|fiquei|me (?:dou|declaro|considero)|dou me|declaro me|declaro(?: que)? estar)"
# What may stand before it. A name as well, behind 'eu': 'eu Ana Souza estou ciente'.
_NOT_SAID = (
    r"(?:nao|nunca|nem|jamais|se|quando|caso|so|somente|apenas|quem|ele|ela|eles|elas|mae|pai|marido|esposa|esposo"
    r"|filh[oa]|ainda|depois|vou|quero|queria|gostaria|posso|preciso|teria|falta|dizer|digo|disse|diga|escrever"
    r"|responder|responda|que)"
)
_BEFORE = (
    r"(?:(?:sim|s|ok|okay|okey|oi|ola|bom dia|boa (?:tarde|noite)|ah|entao|bem|bom|certo|ta (?:bom|certo|ok)|beleza|blz"
    r"|isso|claro|com certeza|perfeito|entendi(?: tudo)?|eu|ja|pois|agora|infelizmente|tambem|sr|sra|senhor|senhora"
    r"|por favor|recebi|li|lido|recebido|obrigad[oa]|positivo|declaro|afirmo|confirmo|confirmado|para os devidos fins"
    r"|que|totalmente|plenamente|atenciosamente|grat[oa]) )*"
    rf"(?:eu (?:(?!{_NOT_SAID}\b)\w+ ){{1,6}})?"
)
_KNOWS = (
    rf"(?:{_SELF} (?:ja |bem |totalmente |plenamente |muito |mais que |sim )?(?:ciente|sabendo|notificad[oa]"
    r"|avisad[oa])"
    r"|ciente|tomei (?:o )?(?:devido )?(?:conhecimento|ciencia)|tomo (?:conhecimento|ciencia)"
    r"|(?:(?:dou|tive|registro|confirmo(?: a)?(?: minha)?) ciencia|tenho (?:ciencia|conhecimento))"
    r"|confirmo (?:que )?(?:eu )?(?:ja )?(?:recebi|tomei (?:conhecimento|ciencia)|tenho (?:ciencia|conhecimento))"
    r"|confirmo (?:o|a) (?:recebimento|leitura|ciencia|notificacao))"
)
_STATES = re.compile(rf"{_BEFORE}{_KNOWS}(?P<rest>(?: .*)?)")
_CONFIRMO = re.compile(
    rf"{_BEFORE}(?:confirmo|confirmado|confirmada)(?: (?:sim|isso|tudo|sim senhora?|isso mesmo|obrigad[oa]))*"
)
# What takes it back, or makes it depend on something: 'estou ciente não', 'ciente só depois de ver'.
_TAKEN_BACK = re.compile(
    r"^ (?:se|quando|caso|depois|so|somente|apenas|amanha|assim que|desde que|mais tarde|de que$|do que$|que$|de quem"
    r"|uma ova"
    r"|coisa nenhuma|sera|como|por que)\b"
    r"|\bnao\b(?! (?:paguei|pago|paga|pagar|paguem|pagamento|foi pag|foram pag|consegui|pude|quit))"
    r"|\b(?:nunca|nada|nenhum\w*|jamais|consulta|exame|agendamento|cirurgia|guia|autorizacao|ladr\w+|golpe|roub\w+"
    r"|palhac\w+|absurd\w+|indevid\w+|errad[oa]s?|mentira|brincadeira)\b|\b(?:so|somente|apenas)$"
)
# He knows of a part of it alone; or it is somebody else who writes, whoever was identified before.
_IN_PART = re.compile(r"^nao (?:d[aeo]s?|dess[aes]+|dest[aes]+|sobre|quanto)\b|\bem parte\b|\bparcial(?:mente)?\b")
_ANOTHER = re.compile(
    rf"\bnao sou (?:[oa]|el[ea]|eu)\b|\b(?:sou|aqui e|quem fala e|fala) (?:[oa] |um |uma )?{weighty.KIN}\b"
    rf"|\b{weighty.KIN} d(?:el[ea]|[oa])\b|\b(?:sou|e) outra pessoa\b|\b(?:aviso|avisar|passo para|digo a) el[ea]\b"
)
_CONDITION = re.compile(r"^(?:se|quando|caso|so|somente|apenas|assim que|depois que|desde que)\b")
_DENIAL = re.compile(r"(?:(?:ainda|acho que|claro que|eu) )?(?:nao|nunca|negativo|nem)(?: estou)?")
_TAG = re.compile(r"(?:ne|nao e|certo|ok|e isso|sera|ta|correto|de que|do que|como assim|por que|quem|que|como|oi)?")


def _confirms(clauses: list[_Clause]) -> bool:
    """Whether one statement says plainly that he knows, and none beside it makes something else of it."""
    clauses = [piece for clause in clauses for piece in _pieces(clause)]
    if any(_IN_PART.search(clause.words) or _ANOTHER.search(clause.words) for clause in clauses):
        return False
    for place, clause in enumerate(clauses):
        if clause.asks or not _states(clause.words):
            continue
        before = clauses[place - 1] if place else None
        after = clauses[place + 1] if place + 1 < len(clauses) else None
        if before is not None and (_CONDITION.search(before.words) or _DENIAL.fullmatch(before.words)):
            return False
        if after is not None and ((after.asks and _TAG.fullmatch(after.words)) or _DENIAL.fullmatch(after.words)):
            return False
        return not any(_denies(other.words) for other in clauses)
    return False


def _states(words: str) -> bool:
    if _CONFIRMO.fullmatch(words):
        return True
    stated = _STATES.fullmatch(words)
    if stated is None:
        return False
    rest = stated["rest"]
    return not _TAKEN_BACK.search(rest) and not any(pattern.search(rest) for _, pattern in _OTHERS)


_AWARE = re.compile(r"\b(?:ciente|ciencia|conhecimento|confirmo|confirmado|notificad[oa]|recebimento)\b")
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:consultas?|exames?|dados|endereco|presenca|horario|agendamento|cirurgia|guia|autorizacao|telefone|e ?mail)\b"
)
_NOT_AWARE = re.compile(
    r"\b(?:nao|nunca|nem|jamais)(?: \w+){0,4} (?:ciente|ciencia|conhecimento|sabia|sabendo|notificad[oa]|avisad[oa])\b"
    r"|\bciente(?: \w+){0,4} nao$|\b(?:nao|nem|nunca) (?:sei|sabia|fazia ideia|tava sabendo)\b"
    r"|\bnao recebi (?:nada|nenhum\w*|notificacao|aviso|(?:o|a|ess[ea]|est[ea]) (?:notificacao|aviso|carta"
    r"|comunicado))\b"
)


def _denies(words: str) -> bool:
    return bool(_NOT_AWARE.search(words))


# -- an answer that asks back

_ASKS_BACK = re.compile(
    r"(?:o que(?: e)?(?: isso| isto)?|que(?: isso| e isso| isto)?|como(?: assim)?|por que(?: isso)?|porque|quem(?: e"
    r"| fala| ta falando"
    r"| e voce)?|oi|ue|hein|han|como e|sera|de que|do que(?: se trata)?|que (?:divida|debito|aviso|notificacao)"
    r"|(?:isso|isto) (?:e|ai e) (?:golpe|verdade|serio)|e golpe|golpe|confirmo o que|confirmar o que|)"
)
_UNCLEAR = re.compile(
    r"\bcomo assim\b|\bnao (?:estou |to )?entend(?:i|o|endo)\b|\bo que (?:significa|quer dizer)\b|\bdo que se trata\b"
    r"|\bque (?:e|significa) (?:estar )?ciente\b|\bciente (?:de|do) (?:que|quem)$|\b(?:isso|isto) e golpe\b"
    r"|\bparece golpe\b"
)


def _asks_back(clauses: list[_Clause], said: str) -> bool:
    """Whether he asks what this is, or says that he does not know: both are no confirmation, and need a kind word."""
    if _denies(said) or _UNCLEAR.search(said):
        return True
    if any(_DENIAL.fullmatch(clause.words) for clause in clauses):
        return True
    about_it = bool(_AWARE.search(said))
    return any(
        _ASKS_BACK.fullmatch(clause.words) or _AWARE.search(clause.words) or (about_it and _TAG.fullmatch(clause.words))
        for clause in clauses
        if clause.asks
    )


# -- what agrees to nothing by name

_BARE = re.compile(
    r"(?:(?:(?:e )?(?:ok(?:ay|ey|s)?|sim|s|ss|simm|aham|uhum|hum|hm|ta|ta (?:bom|bem|certo|ok|joia)"
    r"|esta (?:bem|bom|certo)"
    r"|tudo (?:bem|certo)"
    r"|certo|certinho|beleza|blz|joia|legal|recebi(?: (?:sim|aqui|tudo|a mensagem|o aviso|o documento|o pdf))?"
    r"|recebid[oa]"
    r"|li(?: (?:tudo|sim))?|lid[oa]|vi(?: (?:sim|aqui|tudo))?|visto|entendi(?: (?:sim|tudo))?|entendid[oa]|compreendi"
    r"|sei"
    r"|eu sei|ja sei|obrigad[oa]|brigad[oa]|grat[oa]|valeu|vlw|combinado|de acordo|concordo|positivo|perfeito"
    r"|isso(?: mesmo)?"
    r"|claro|com certeza|pois e|fechado|show|top|oi|ola|bom dia|boa tarde|boa noite|tranquilo|pode ser|confirma|confere"
    r"|exato|correto|ah|a|afirmativo|estou(?: sim)?|ja (?:fui|estou) (?:avisad|informad)[oa]|(?:fui|estou) (?:avisad"
    r"|informad)[oa]"
    r"|recebi (?:a|o|essa|esse|ess[ea]s|as|os) (?:notificac(?:ao|oes)|comunicado|carta|aviso)|eu que devo"
    r"|(?:eu )?sei que (?:eu )?(?:devo|estou devendo)"
    r"|(?:eu )?(?:ja )?sabia(?: disso)?|(?:eu )?(?:estou|tou) devendo(?: mesmo| sim)?)\b ?))*"
)

# -- what else it may be; the first that fits is what it is

# Somebody who will answer later has not answered yet, as little as his telephone has.
_LATER = re.compile(
    r"\b(?:no momento|agora|neste momento|nesse momento) (?:eu )?nao (?:posso|da|consigo)\b|\bestou (?:dirigindo"
    r"|em reuniao)\b"
    r"|\bassim que (?:eu )?puder\b|\bdepois eu (?:vejo|respondo|leio)\b|\b(?:respondo|respondemos)\b(?! (?:que|sim"
    r"|nao)\b)"
    r"|\bcomo posso (?:te )?ajudar\b"
)

_PAID = re.compile(
    r"(?<!nao )(?<!nunca )(?<!nem )(?<!que eu )(?<!se )\bpaguei\b(?! nao\b)|\b(?:ja|acabei de|acabo de) (?:pagar"
    r"|paguei|pago"
    r"|quit\w+|acertei|liquidei)\b"
    r"|(?<!nao )\b(?:foi|foram|esta|estao|ta|tao|ja) (?:tudo |todas? |todos? |tudinho )?(?:pag[oa]s?|quitad[oa]s?)\b"
    r"|^(?:tudo )?(?:pag[oa]s?|quitad[oa]s?)$|\bpagamento (?:ja )?(?:foi )?(?:efetuado|realizado|feito)\b"
    r"|\b(?:ja |acabei de )?(?:fiz|fazer) o (?:pix|pagamento|deposito)\b(?<!vou fazer o pix)(?<!vou fazer o pagamento)"
    r"|(?<!nao )(?<!nem )\b(?:tenho|segue|esta|ta|vou (?:te )?(?:mandar|enviar)|mando|olha"
    r"|envio)(?: aqui)? o(?: meu)? comprovante\b"
    r"|\bestou em dia\b|\besta(?:o)? em dia\b|\bnao (?:tem|ha|existe) (?:nada|nenhum\w*) (?:em aberto|em atraso"
    r"|pendente)\b"
)
_DISPUTES = re.compile(
    r"\bnao (?:devo|concordo|reconheco|aceito (?:ess[ea]|est[ea]|a|o|isso)|contratei|tenho (?:essa "
    r"|nenhuma )?(?:divida|debito|pendencia))\b"
    r"|\bdiscordo\b|\bdesconheco\b|\bcontest(?:o|ar|ando|acao)\b|\b(?:cobranca|valor|divida|debito|fatura|mensalidade"
    r"|boleto)s?(?: \w+){0,3}"
    r" (?:indevid[oa]|errad[oa]|incorret[oa]|abusiv[oa])s?\b|\b(?:esta|ta|tudo) (?:tudo )?errad[oa]\b|\bindevid[oa]s?\b"
    r"|\bnao (?:e|sao) (?:meu|minha|essa|esse) (?:essa |esse |esta )?(?:divida|debito|conta|cobranca|valor)\b"
    r"|\b(?:ess[ea]|est[ea]) (?:divida|debito|conta|cobranca) nao e (?:meu|minha)\b"
    r"|\bja (?:cancelei|tinha cancelado|pedi (?:o )?cancelamento)\b|\bcancelei (?:o|esse|meu) plano\b"
    r"|\bnao (?:recebi|chegou|me mandaram|veio) (?:o |a |os |as |nenhum |nenhuma )?(?:boleto|fatura|cobranca)s?\b"
    r"|\b(?:descont(?:a|ado|am|ada)|debitad[oa]) (?:em folha|no contracheque|na folha|no salario)\b"
    r"|\bdebito automatico\b"
)
_REFUSES = re.compile(
    r"\bnao (?:vou|quero|pretendo|irei) (?:mais )?(?:te |lhe )?(?:pagar|confirmar|assinar|responder|falar|conversar"
    r"|saber|nada|declarar)\b"
    r"|\bnao (?:pago|confirmo|assino|respondo|autorizo|aceito)\b(?! (?:ess|est|o\b|a\b|isso))|\brecuso\b|\bme recuso\b"
    r"|\bme deix[ae]m? em paz\b|\bpar(?:a|e|em) de (?:me )?(?:cobrar|perturbar|encher|mandar|incomodar|ligar)\b"
    r"|\bnao (?:tenho|ha) interesse\b|\bnao me (?:perturb\w+|incomod\w+|encha\w*|ligu\w+|mand\w+)\b"
)
_OTHERS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("deceased", weighty.DECEASED), ("hospital", weighty.HOSPITAL), ("legal", weighty.LEGAL), ("paid", _PAID),
    ("disputes", _DISPUTES), ("refuses", _REFUSES),
)  # fmt: skip

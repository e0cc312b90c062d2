"""A message made ready for reading times: one spelling, and without what only looks like a time."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from backend.identifiers import plain
from backend.scheduling.when_spoken import plainer
from backend.vocabulary.words import word_set

# What is cut out leaves this behind, so that words on its two sides never read as one phrase.
GAP = " | "

WEEKDAY = r"(?:segundas?|tercas?|quartas?|quintas?|sextas?|sabados?|domingos?)"
_ORDINAL = r"(?:primeir[ao]|segund[ao]|terceir[ao]|quart[ao]|quint[ao]|sext[ao]|setim[ao]|oitav[ao]|ultim[ao])"
_COUNTED = (
    r"(?:opcao|opcoes|via|vias|vez|vezes|alternativa|parcelas?|tentativa|filh[ao]|dose|guia|linha|pagina|pergunta"
    r"|consulta|sessao|medic[ao]|doutor[a]?|esposa|op|da lista|colocad[ao]|mensalidades?|faturas?|boletos?|contas?"
    r"|prestac(?:ao|oes)|cobrancas?|cartas?|ligac(?:ao|oes)|mensage(?:m|ns)|dias? uteis|dia util)"
)

# What is cut out only of a text that has figures.
_NUMBERS = tuple(
    re.compile(pattern)
    for pattern in (
        # A birthday, before its years are cut out as a number.
        r"\b(?:faz|faco|fara|completa|completo)(?: \d+(?: anos?)?)?(?: de idade)? (?:agora )?(?:(?:no|em) )?"
        r"(?:dia )?\d{1,2}(?: de [a-z]+|/\d{1,2})\b"
        r"|\b(?:faz|faco|fara|completa|completo) (?:\d+ )?(?:anos? )(?:agora )?(?:no )?dia \d{1,2}"
        r"(?: de [a-z]+|/\d{1,2})?",
        # Numbers that identify: protocol, card, CPF, CNPJ, telephone, postcode, then any long run of digits.
        r"(?<!\d)\d{6}[ .-]?\d{8}[ .-]?\d{6}(?!\d)",
        r"(?<!\d)\d{4}(?:[ .-]?\d{4}){2}[ .-]?(?:\d{4}|\d{2})(?!\d)",
        r"(?<!\d)\d{3}[ .]?\d{3}[ .]?\d{3}[ -]?\d{2}(?!\d)",
        r"(?<!\d)\d{2}\.?\d{3}\.?\d{3}/\d{4}-\d{2}(?!\d)",
        r"\(\d{2,3}\) ?\d? ?\d{4}[ -]?\d{4}(?!\d)",
        r"(?<![\d/])(?:\d{2} )?9? ?\d{4}-\d{4}(?!\d)",
        r"\+\d[\d -]{7,}|(?<!\d)\d{5}-\d{3}(?!\d)|\d{5,}",
        r"r ?\$ ?[\d.,]+|\b\d+(?:[.,]\d+)? ?(?:reais|real|conto|mil|kg|km|mg|ml|anos?|aninhos?|%)(?![a-z])",
        r"\b(?:pressao|press)\b\D{0,15}\d+ ?(?:/|por|x) ?\d+",
        r"\bnasc\w+ em (?:19)?\d\d,? (?:no )?dia \d{1,2}(?: de [a-z]+)?",
        r"\bnasc\w*(?: (?:e|dia|em|no|na|de|do|:))*[ :]*\d{1,2}(?:[ /.-]*(?:de )?(?:\d{1,2}"
        r"|[a-z]{3,9})(?:[ /.-]*(?:de )?\d{2,4})?)?",
    )
)  # fmt: skip
_NOISE = tuple(
    re.compile(pattern)
    for pattern in (
        r"https?://\S+|www\.\S+|\S+@\S+",
        r"\b(?:rua|r\.|avenida|av\.?|praca|travessa|conjunto|escola|hospital)(?: [a-z]+)?? (?:\d{1,2} de [a-z]+"
        r"|dom [a-z]+)",
        r"\b(?:boleto|fatura|mensalidade|parcela|extrato|conta|recibo)s?(?: do mes)? (?:de [a-z]+(?: e [a-z]+)?"
        r"|(?:do|no|de) dia \d{1,2}(?:/\d{1,2})?)",
        # Greetings and good wishes.
        r"\b(?:bo[ao]|bom+|bm|otim[ao]|feliz|excelente|linda?|abencoad[ao])s? +(?:e [a-z]+ )?(?:fim de semana"
        r"|final de semana"
        r"|resto de (?:dia|tarde|semana|noite)|dia|dias|tarde|tardes|trde|noite|noites|manha|semana|feriado|mes"
        r"|natal|ano novo|"
        + WEEKDAY + r"(?: feira)?)\b",
        r"\b(?:b|bo[ao])(?:dia|tarde|noite)\b|\bbom d\b|\bbd\b|\bbn\b|\bbt\b",
        # The past, and ways of speaking.
        r"\b(?:semana|mes|ano|noite|tarde|" + WEEKDAY + r")(?: feira)? (?:passad[ao]s?|retrasad[ao]|anterior)\b",
        r"\bontem(?<!pra ontem)(?<!para ontem)(?<!pro ontem)(?<!po ontem)(?<!p ontem)"
        r"(?: (?:a|de|pela) (?:noite|tarde|manha))?"
        r"|\bantes de ontem|\banteontem\b",
        r"\b(?:ate|desde|de) hoje(?! (?:a|de) )(?=\s*(?:$|[,.;!?]|nada|ninguem|nao|n\b|eu|estou|to))|\bhoje em dia\b"
        r"|\bate amanha\b(?=\s*[.!]*$)",
        r"\b(?:mais|muito|meio|bem|tao|antes) tarde\b(?! da)|\bmais cedo ou mais\b|\btarde demais\b|\bja e tarde\b",
        r"\b(?:a )?cada \d+ ?(?:horas?|h|dias?|meses|semanas?)|\bde \d+ em \d+ ?(?:horas|h)?\b|\b24 ?(?:h|horas)\b",
        r"\b(?:ha|faz|fazem|tem|demora|demorou|esper\w+|durante|por)(?: (?:ja|uns|umas|mais|de|quase|cerca|uma?))* "
        r"\d+ ?(?:h|hs|horas?|minutos?|min|dias?|semanas?|mes|meses)\b",
        r"\bdesde (?:(?:o|a) )?(?:dia )?(?:\d{1,2}(?:/\d{1,2})?|[a-z]+(?: feira)?)\b",
        r"\b(?:pag(?:o|uei|ou|amos)|venc[ei]\w*|acertei|quitad[ao])(?: [a-z]+){0,2} (?:dia |em "
        r"|na )?(?:\d{1,2}(?:/\d{1,2})?|"
        + WEEKDAY
        + r")\b",
        r"\b\d{1,2} de [a-z]+ de (?:mil|dois mil|2 mil|quarenta|cinquenta|sessenta|setenta|oitenta|noventa)\b",
        r"\bo que (?:ta|esta|tenho|tava) (?:marcad[ao] )?[^,.;!?]*",
        # What was, and birthdays.
        r"\b(?:foi|fui|fiz|cheguei|tomei|tomo|tomar|liguei|esperei|atendid[ao]|aconteceu|passei)\b(?: [a-z]+){0,3}"
        r" (?:(?:no )?dia|na|no|as|em) (?:\d{1,2}(?:[:h/]\d{0,2})?(?: e a?s? ?\d{1,2})?|" + WEEKDAY + r")(?: feira)?\b",
        r"\banivers\w+(?: \w+){0,3} (?:dia |em )?\d{1,2}(?: de [a-z]+|/\d{1,2})?",
        # Choices among options, and counted things, are no weekdays.
        r"\b(?:" + _ORDINAL + r"|\d{1,2}a) " + _COUNTED + r"\b",
        r"\bpag\w+ a (?:segunda|terca|quarta|quinta|sexta)\b(?! feira)",
        r"\b(?:seu|sr|senhor|dona|d|sou [ao]|chamo|nome e|dr|dra|doutora?) " + WEEKDAY + r"\b",
        r"\bdomingos(?<!os domingos)(?<!e domingos)(?<!ou domingos)"
        r" (?!(?:de|a|pela|nao|por|pf|mesmo|so|as|ou|e)\b)[a-z]{3,}",
        r"\b(?:abrem?|abre|funciona[mr]?)(?: \w+){0,2} (?:no |aos |de |ao )?" + WEEKDAY + r"\b",
        r"\b(?:opcao|alternativa|numero|item|letra) (?:\d+|" + _ORDINAL + r")\b",
        r"(?:^|\b(?:quero|qro|escolho|fico com|vou querer|pego) )a (?:segunda|quarta|quinta|sexta)(?=\s*(?:$"
        r"|[,.;!?|]|mesmo|por|pf))",
        # What is left behind when something is moved: 'de quinta pra sexta', 'em vez de terça', 'das 9 pra tarde'.
        r"\b(?:d[aeo]s? |do dia )(?:"
        + WEEKDAY + r"(?: feira)?|(?:seg|ter|qua|qui|sex|sab)|dia \d{1,2}(?:/\d{1,2})?|\d{1,2}(?:/\d{1,2})?(?: ?h\w*"
        r"|:\d\d)?"
        r"|hoje|amanha|manha|tarde)(?: (?:as )?\d{1,2}(?: ?h\w*|:\d\d)?)? (?=(?:pra|para|pro|p|pras) (?!frente|la\b))",
        r"\b(?:a|o) que (?:marcaram|botaram|colocaram|agendaram|ficou|foi marcad[ao]) [^,.;!?]*",
        r"\bobrigad[ao],? ate [a-z]+(?: feira)?",
        r"\b(?:em vez|ao inves|inves|no lugar) d[aeo]s? (?:dia )?(?:[a-z]+(?: feira)?|\d{1,2}(?:/\d{1,2})?h?)\b",
    )
)  # fmt: skip

_SOONEST = re.compile(
    r"\b(?:o )?(?:mais|quanto) (?:cedo|rapido|breve|depressa|antes|logo|proximo) (?:possivel|posivel"
    r"|q(?:ue)? (?:tiver|der|puder"
    r"|tem|conseguir|houver|for)|q(?:ue)? vc\w* (?:tiver|puder)\w*|disponivel)\b"
    r"|\b(?:o )?qu?a?nto antes\b|\b(?:com |de |muita |tenho )*urgen(?:te|tes|cia|temente|tissimo)\b|\bp(?:a?ra|ro"
    r"|o)? ontem\b"
    r"|\bprimeir[oa]s? (?:(?:horarios?|vagas?|datas?|dias?|hora|agenda|consulta|brecha)(?! d[aeo] (?:manha|tarde"
    r"|noite))"
    r"|disponive(?:l|is)|q(?:ue)? (?:tiver|tem|aparecer|houver|surgir|der))(?: (?:livre|disponivel|q(?:ue)? \w+))?"
    r"|\bassim que (?:der|tiver|possivel|puder\w*|abrir|aparecer)\b|\b(?:horario|vaga|data|dia) mais (?:proxim[oa]"
    r"|cedo|perto)\b(?! d[oe] que| que o)"
    r"|\bmais proxim[oa] (?:vaga|data|horario|dia)?\b|\bencaixes?\b|\bsem demora\b|\blogo (?:logo|que der)\b"
)

_AMENDED = re.compile(
    r"\b(?:mas|porem|so que|ou melhor|na verdade|quer dizer|alias|melhor (?!q)|digo|corrigindo|muda pra|troca pra)\b"
)

# 'mas de manhã também serve' widens what was said before, and corrects nothing.
_ALSO = re.compile(
    r",? ?\b(?:mas|porem|so que)\b(?=[^,.;!?|]{0,30}\b(?:tambem|tb) (?:serve|pode|da|posso|rola|vale)\b"
    r"|[^,.;!?|]{0,30}\b(?:serve|pode|da|posso|rola|vale)\b[^,.;!?|]{0,20} (?:tambem|tb)\b)"
)

# Words that readings hang on; a long word one slip away from one of them is it.
_KEYWORDS = (
    "segunda", "quarta", "quinta", "sexta", "sabado", "domingo", "amanha", "semana", "proxima", "urgente", "qualquer",
    "possivel", "horario", "janeiro", "fevereiro", "setembro", "outubro", "novembro", "dezembro", "depois", "partir",
)  # fmt: skip
_REAL_WORDS = word_set(
    """
    segundo segundos segundas seguida seguidas quarto quartos quartas quadra guarda quinto quintas quanta
    quantas quanto quintal sextas sexto cesta testa sesta sabados sabao safado sarado salado domingos amanda
    aranha apanha manha manhas semanal semanas semente urgentes urgencia proximo proximas horarios partiu
    partida parti departo parto partira janeira depoi arpoador possiveis quarta-feira fevereira domingas romana
    semanas
    """
)
_SLIPS = {
    "amnha": "amanha", "amanah": "amanha", "amaha": "amanha", "amnh": "amanha", "amnhaa": "amanha", "manhan": "manha",
    "amanhan": "amanha", "amanhaa": "amanha", "amn": "amanha", "manhazinha": "manhazinha", "tardi": "tarde",
    "trde": "tarde", "tared": "tarde", "noiti": "noite", "nite": "noite", "noit": "noite", "kinta": "quinta",
    "qinta": "quinta", "qunta": "quinta", "quint": "quinta", "sesta": "sexta", "sxta": "sexta", "sext": "sexta",
    "cexta": "sexta", "sexat": "sexta", "setxa": "sexta", "sxeta": "sexta", "trca": "terca", "tecra": "terca",
    "terac": "terca", "terza": "terca", "tersa": "terca", "terssa": "terca", "treca": "terca", "teca": "terca",
    "kuarta": "quarta", "qarta": "quarta", "quart": "quarta", "segnda": "segunda", "sgunda": "segunda",
    "sabdo": "sabado", "sabo": "sabado", "dps": "depois", "dpois": "depois", "dpos": "depois", "apartir": "a partir",
    "prox": "proxima", "proximo": "proximo", "smana": "semana", "semna": "semana", "q": "que", "oje": "hoje",
    "hj": "hoje", "hje": "hoje", "hoj": "hoje", "mnh": "manha", "qlqr": "qualquer", "qq": "qualquer", "qlq": "qualquer",
    "fds": "fim de semana", "finde": "fim de semana", "findi": "fim de semana", "hrs": "h", "hs": "h", "hr": "h",
    "depos": "depois", "depoi": "depois", "cedinho": "bem cedo", "tade": "tarde", "tarda": "tarde", "qqr": "qualquer",
    "qlqer": "qualquer", "amaña": "amanha", "amana": "amanha", "feriadao": "feriado",
}  # fmt: skip
_SHORTEST_FUZZY = 6
_WORD = re.compile(r"[a-z]+")
_FIGURE = re.compile(r"\d")


def normal_text(text: str) -> str:
    """The text in one spelling: no accents, slips mended, number words as figures, look-alikes cut out."""
    words = re.sub(r"(?<=[a-z])[-_](?=[a-z])", " ", plain(text).replace("º", "o").replace("°", "o"))
    words = _WORD.sub(lambda found: _mended(found.group()), words)
    words = re.sub(r"\b(segunda|terca|quarta|quinta|sexta)s?\s+f[eai]+[rl]*[eia]+s?\b(?<! fa)", r"\1 feira", words)
    words = plainer(words)
    for noise in (*(_NUMBERS if _FIGURE.search(words) else ()), *_NOISE):
        words = noise.sub(GAP, words)
    return words


def amendments(text: str) -> list[str]:
    """The text cut where people correct or narrow what they said ('quinta, mas só de tarde')."""
    return [clause for clause in _AMENDED.split(_ALSO.sub(" ou", text)) if clause.strip()]


def has_soonest(clause: str) -> tuple[bool, str]:
    """Whether the clause asks for the first vacancy there is, and the clause without those words."""
    rest, found = _SOONEST.subn(GAP, clause)
    return found > 0, rest


@lru_cache(maxsize=8192)
def _mended(word: str) -> str:
    if word in _SLIPS:
        return _SLIPS[word]
    if len(word) < _SHORTEST_FUZZY or word in _REAL_WORDS or word in _KEYWORDS:
        return word
    near = [key for key in _KEYWORDS if key[0] == word[0] and OSA.distance(key, word, score_cutoff=1) <= 1]
    return near[0] if len(near) == 1 else word

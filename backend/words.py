"""Days, times and yes or no as Brazilians say them. Pure functions; money is in `backend.money`."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal

from babel.dates import format_date

from backend.identifiers import plain
from backend.store.clock import local

# What people say before they answer.
_LEADING = re.compile(
    r"^(?:(?:oi+|ola|ah+|aa+h|hum+|bom|bem|entao|olha|moca|moco|minha filha|meu filho|meu bem|querid[ao]|obrigad[ao]|"
    r"brigad[ao]|valeu|por favor|pfv|bom dia|boa tarde|boa noite|acho que)\b[ ,.!]*)+(?=\w)"
)
_YES = re.compile(
    r"^(?:s+i+m*|ss?|(?:(?:e|eh) )?isso(?: mesmo| ai| dai| sim)*(?=\W*$| ?[,.!]| pode| confirm| minh| moc| por favor"
    r"| obrig)"
    r"|uhum|aham?|aha|positivo|ok(?:ay|ey|s|k)?|cert(?:o|inho)|claro|confirm\w*|fechado|concordo|confere|autorizo"
    r"|perfeito|perfeitamente|beleza|blz|joia|combinado|com certeza|de acordo|exatamente isso|eu (?:quero|aceito|topo)"
    r"|(?:es)?ta(?: (?:certo|certinho|bom|boa|otimo|ok|perfeito))?"
    r"|(?:tudo|td) (?:bem|certo|ok)|(?:otim|boa|bom)[oa]?|aceito|bora|serve|gostei|mar(?:ca|car|que)|agend(?:a|ar|e)"
    r"|vou querer"
    r"|sem problemas?|por mim|quero(?: (?:sim|ess[ea]|est[ea]|isso|confirmar|marcar|mesmo|muito))*"
    r"|pode(?: (?:sim|ser|ir|confirmar|marcar|agendar|fechar|botar|colocar|deixar|mandar|reservar|fazer|chamar"
    r"|seguir|continuar|enviar))*)(?=\W|$)"
)
# 'oi, tudo bem?' asks how we are; a bare 'tudo bem' agrees.
_HOW_ARE_YOU = re.compile(
    r"(?:oi+|ola|opa|e ai|bom dia|boa tarde|boa noite)\b.*\b(?:tudo|td) (?:bem|certo|ok|bom)\b"
    r"|e ai\b|blz\?|beleza\?"
)
_NO_MATTER = re.compile(r"\bnao (?:tem|ha|vejo) (?:nenhum )?problema\b")
# What turns a word of consent into something else: 'quero outro', 'certo, mas mais tarde', 'pode cancelar'.
_BUT = re.compile(r"\b(?:mas|porem|so que|outr[oa]s?|cancel\w*|desmarc\w*|desist\w*|nao|nem|mud\w+|troc\w+)\b")
_NO = re.compile(
    r"^(?:nao|naum|n|nn|nops?|nope|negativo|nenhum|nenhuma|nem|melhor nao|de (?:jeito nenhum|forma alguma|modo algum)"
    r"|discordo|dispenso|jamais|num (?:quero|posso|da|vou|vai)|(?:acho|prefiro) que nao|deus me livre)\b"
)
# 'deixa', 'deixa quieto': whole answers alone, since 'deixa marcado' is none of them.
_LEAVES_IT = re.compile(
    r"(?:deixa(?: (?:quieto|pra la|para la|pra depois|pra proxima|isso))?|esquece(?: isso)?|nao pode|por enquanto nao"
    r"|depois eu vejo|mais tarde|outra hora|outro dia|agora nao|desnecessario)"
)
# Whole answers alone: 'é que eu queria…' and 'manda pelo correio' only begin like them.
_AGREES = re.compile(
    r"(?:e|eh|e sim|e ess[ea]|exato|exatamente|correto|logico|obvio|certeza|(?:bora|vamos)(?: la| sim)?|vamo(?: la)?"
    r"|manda(?: ver)?|demorou|show(?: de bola)?|top|firmeza|tranquilo|de boa|pode crer|maravilha|faz(?: isso)?|faca"
    r"|arra|hum ?hum|por favor"
    r"|sim senhor[a]?|uai,? (?:sim|claro|pode)|(?:oxe|oxente),? (?:sim|claro|pode)|bah,? (?:sim|claro|pode)|sigo|segue"
    r"|vamos (?:nessa|em frente)|por gentileza|agora)"
)
_ENDS_IN_NO = re.compile(r"^(?:\w+ ){1,3}nao$")
_WEAK = frozenset(
    {"quero", "pode", "ta", "esta", "marca", "marcar", "marque", "agenda", "agendar", "agende", "bom", "boa"}
)
_TRAILING = re.compile(
    r" (?:por favor|pfv?|pf|ai|la|entao|pra mim|para mim|p mim|sim|minha (?:filha|flor|querida|linda)"
    r"|meu (?:filho|bem|anjo|amor|amigo)|moca|moco|obrigad[oa])\b"
)
_LONGEST_ASKED = 2  # words: 'pode ser?' agrees, 'pode me dizer onde fica?' asks
# Emoji as answers; skin tones, variation selectors, joiners and the signs of a man or woman do not matter.
_EMOJI_YES = frozenset("👍👌✅🙏❤🧡💛💚💙💜🖤🤍🤎💖💕✔☑🆗👏🤝🙆")
_EMOJI_NO = frozenset("👎❌🚫🙅✖⛔❎")
_EMOJI_THANKS = frozenset("🙏❤🧡💛💚💙💜🖤🤍🤎💖💕👏😘🥰")
_EMOJI_TAIL = re.compile("[\ufe0e\ufe0f\u200d♀♂\U0001f3fb-\U0001f3ff]")
_THANKS = re.compile(r"(?:muito )?(?:brigad\w*|obrigad\w*|valeu|vlw|gratidao|ajudou|deus)\b")
_LAST_OF_PUNCTUATION = 0x2190  # arrows, signs and pictures begin here; dashes, quotes and dots lie before
_WORDS_OR_DIGITS = re.compile(r"[^\W_]")


def spoken_day(day: date) -> str:
    """`quinta-feira, 26/11`."""
    return format_date(day, "EEEE, dd/MM", locale="pt_BR")


def spoken_time(moment: datetime) -> str:
    """`09:00`, local."""
    return f"{local(moment):%H:%M}"


def spoken_moment(moment: datetime) -> str:
    """`quinta-feira, 26/11, às 09:00`, local."""
    here = local(moment)
    return f"{spoken_day(here.date())}, {'à' if here.hour == 1 else 'às'} {here:%H:%M}"


def numeric_date(day: date) -> str:
    """`26/11/2026`."""
    return f"{day:%d/%m/%Y}"


def means_yes(text: str) -> bool:
    """Whether a text begins as a yes does: 'sim', 'pode ser, obrigada', 'ok', '👍'; 'quero outro' does not. Pure."""
    if _shown(text, _EMOJI_YES):
        return True
    said = plain(text)
    said = _LEADING.sub("", _NO_MATTER.sub("sem problema", said).strip(" .!,"))
    without_address = _TRAILING.sub("", said).strip(" .!,")
    if _AGREES.fullmatch(said) or (_AGREES.fullmatch(without_address) and without_address not in {"e", "eh"}):
        return True
    if _HOW_ARE_YOU.match(plain(text)):
        return False
    found = _YES.match(said)
    if not found or _BUT.search(said):
        return False
    if said.endswith("?") and len(said.split()) > _LONGEST_ASKED:
        return False
    return not _goes_on(found.group(), said[found.end() :])


def _goes_on(consent: str, rest: str) -> bool:
    """'quero marcar um cardiologista', 'pode me ligar': words that only begin like consent. Pure."""
    return consent.split(maxsplit=1)[0] in _WEAK and bool(re.match(r" \w", rest)) and not _TRAILING.match(rest)


def means_no(text: str) -> bool:
    """Whether a text begins as a no does, or ends as one: 'não', 'nenhum desses', 'quero não'. Pure."""
    if _shown(text, _EMOJI_NO):
        return True
    said = _LEADING.sub("", _NO_MATTER.sub("sem problema", plain(text)).strip(" .!,"))
    return bool(_NO.match(said) or _ENDS_IN_NO.match(said) or _LEAVES_IT.fullmatch(said))


def yes_or_no(text: str) -> Literal["", "yes", "no"]:
    """What a text answers to a question of yes or no; empty where it answers neither. Pure."""
    if means_no(text):
        return "no"
    return "yes" if means_yes(text) else ""


def is_only_emoji(text: str) -> bool:
    """Whether a text has signs and not one letter or digit: '😂😂', '👍🏽'; '…' and '?' are no emoji. Pure."""
    bare = _bare_emoji(text)
    return bool(bare) and not _WORDS_OR_DIGITS.search(bare) and any(ord(sign) > _LAST_OF_PUNCTUATION for sign in bare)


def means_thanks(text: str) -> bool:
    """Whether a text is nothing but emoji of thanks: '🙏', '❤️'. Pure."""
    bare = _bare_emoji(text)
    return bool(bare) and set(bare) <= _EMOJI_THANKS


def _shown(text: str, signs: frozenset[str]) -> bool:
    """Whether a text begins with one of these emoji; what is written behind it, if anything, agrees with it."""
    bare = _bare_emoji(text)
    if not bare or bare[0] not in signs:
        return False
    rest = bare.lstrip("".join(signs)).strip(" .!,")
    if not rest or _THANKS.match(plain(rest)):
        return True
    return means_no(rest) if signs is _EMOJI_NO else means_yes(rest)


def _bare_emoji(text: str) -> str:
    return _EMOJI_TAIL.sub("", text).strip()


def spoken_list(items: list[str]) -> str:
    """`a, b e c`."""
    return " e ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""

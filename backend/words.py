"""Days, times and yes or no as Brazilians say them. Pure functions; money is in `backend.money`."""

from __future__ import annotations

import re
from datetime import date, datetime

from babel.dates import format_date

from backend.identifiers import plain
from backend.store.clock import local

# What people say before they answer.
_LEADING = re.compile(
    r"^(?:(?:oi+|ola|ah+|aa+h|hum+|bom|bem|entao|olha|moca|moco|minha filha|meu filho|meu bem|querid[ao]|obrigad[ao]|"
    r"brigad[ao]|valeu|por favor|pfv|bom dia|boa tarde|boa noite|acho que)\b[ ,.!]*)+(?=\w)"
)
_YES = re.compile(
    r"^(?:s+i+m*|ss?|isso|(?:e|eh) isso|uhum|aham|positivo|ok(?:ay|s|k)?|cert(?:o|inho)|claro|confirm\w*|fechado"
    r"|perfeito|beleza|blz|joia|combinado|com certeza|(?:es)?ta(?: (?:certo|bom|boa|otimo|ok|perfeito))?"
    r"|(?:tudo|td) (?:bem|certo|ok)|(?:otim|boa|bom)[oa]?|aceito|bora|serve|gostei|mar(?:ca|car|que)|agend(?:a|ar|e)"
    r"|vou querer"
    r"|sem problemas?|por mim|quero(?: (?:sim|ess[ea]|est[ea]|isso|confirmar|marcar|mesmo|muito))*"
    r"|pode(?: (?:sim|ser|ir|confirmar|marcar|agendar|fechar|botar|colocar|deixar|mandar|reservar|fazer))*)(?=\W|$)"
)
_NO_MATTER = re.compile(r"\bnao (?:tem|ha|vejo) (?:nenhum )?problema\b")
# What turns a word of consent into something else: 'quero outro', 'certo, mas mais tarde', 'pode cancelar'.
_BUT = re.compile(r"\b(?:mas|porem|so que|outr[oa]s?|cancel\w*|desmarc\w*|desist\w*|nao|nem|mud\w+|troc\w+)\b")
_NO = re.compile(
    r"^(?:nao|naum|n|nn|nope|negativo|nenhum|nenhuma|nem|melhor nao|de jeito nenhum|num (?:quero|posso|da|vou|vai))\b"
)
_ENDS_IN_NO = re.compile(r"^(?:\w+ ){1,3}nao$")
_WEAK = frozenset(
    {"quero", "pode", "ta", "esta", "marca", "marcar", "marque", "agenda", "agendar", "agende", "bom", "boa"}
)
_TRAILING = re.compile(
    r" (?:por favor|pfv?|pf|ai|la|entao|pra mim|para mim|p mim|sim|minha|meu|moca|moco|obrigad[oa])\b"
)
_LONGEST_ASKED = 2  # words: 'pode ser?' agrees, 'pode me dizer onde fica?' asks


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
    said = plain(text)
    if said.startswith(("👍", "👌", "✅")):
        return True
    said = _LEADING.sub("", _NO_MATTER.sub("sem problema", said).strip(" .!,"))
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
    said = _LEADING.sub("", _NO_MATTER.sub("sem problema", plain(text)).strip(" .!,"))
    return bool(_NO.match(said) or _ENDS_IN_NO.match(said))


def spoken_list(items: list[str]) -> str:
    """`a, b e c`."""
    return " e ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""

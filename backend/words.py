"""Days, times and yes or no as Brazilians say them. Pure functions; money is in `backend.money`."""

from __future__ import annotations

import re
from datetime import date, datetime

from babel.dates import format_date

from backend.identifiers import plain
from backend.store.clock import local

_YES = re.compile(
    r"^(?:sim|ss?|isso|pode|ok|okay|certo|claro|quero|confirmo|confirmado|confirma|confirmar|fechado"
    r"|perfeito|beleza|blz|combinado|com certeza|esta certo|ta certo|ta bom|ta otimo|otimo|aceito|bora|👍+)\b"
)
_NO = re.compile(r"^(?:nao|n|nn|nope|negativo|nenhum|nenhuma|nem|melhor nao|de jeito nenhum)\b")


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
    """Whether a text begins as a yes does: 'sim', 'pode ser, obrigada', 'ok', '👍'."""
    return bool(_YES.match(plain(text).strip(" .!,"))) or plain(text).startswith("👍")


def means_no(text: str) -> bool:
    """Whether a text begins as a no does: 'não', 'nenhum desses'."""
    return bool(_NO.match(plain(text).strip(" .!,")))


def spoken_list(items: list[str]) -> str:
    """`a, b e c`."""
    return " e ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""

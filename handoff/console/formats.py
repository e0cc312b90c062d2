"""How moments, telephones and numbers are written on the console's pages. Pure functions, Jinja filters."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from markupsafe import Markup, escape

from backend.money import billing_month, reais
from backend.store.clock import local
from backend.vocabulary import specialty
from backend.words import spoken_day, spoken_time

_WEEKDAYS = ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo")
_MONTHS = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho",
    "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
)  # fmt: skip
_MOBILE = 14  # +55, DDD and nine digits
_KILO = 1024
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")


def iso(moment: datetime) -> str:
    """For a `datetime` attribute: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock(moment: datetime) -> str:
    """`14:05`, local."""
    return local(moment).strftime("%H:%M")


def moment(moment: datetime) -> str:
    """`23/11/2026 14:05`, local."""
    return local(moment).strftime("%d/%m/%Y %H:%M")


def short_date(moment: datetime | date) -> str:
    """`23/11/2026`; a moment's date is the local one."""
    day = local(moment).date() if isinstance(moment, datetime) else moment
    return day.strftime("%d/%m/%Y")


def day_name(day: date, today: date) -> str:
    """`Hoje`, `Ontem`, or the whole date."""
    match (today - day).days:
        case 0:
            return "Hoje"
        case 1:
            return "Ontem"
    text = f"{_WEEKDAYS[day.weekday()]}, {day.day} de {_MONTHS[day.month - 1]}"
    return text if day.year == today.year else f"{text} de {day.year}"


def brief(moment: datetime, now: datetime) -> str:
    """`14:05` today, `23/11` before: for the lists."""
    return clock(moment) if local(moment).date() == local(now).date() else local(moment).strftime("%d/%m")


def phone(number: str) -> str:
    """`(98) 98800-0001` for a Brazilian mobile in E.164, anything else as it is."""
    if number.startswith("+55") and len(number) == _MOBILE:
        return f"({number[3:5]}) {number[5:10]}-{number[10:]}"
    return number


def local_day(moment: datetime) -> date:
    """The local day of a moment."""
    return local(moment).date()


def specialty_name(code: str) -> str:
    """`Cardiologia`, by its code."""
    return specialty(code).name


def cpf(digits: str) -> str:
    """`529.982.247-25`."""
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"


def card(digits: str | None) -> str:
    """`0064 1000 0001 01`; `sem carteirinha` for who is not covered."""
    if not digits:
        return "sem carteirinha"
    return " ".join(filter(None, (digits[:4], digits[4:8], digits[8:12], digits[12:])))


def size(count: int) -> str:
    """`2 MB`, `340 KB`."""
    if count >= _KILO * _KILO:
        return f"{count / _KILO / _KILO:.1f} MB".replace(".", ",").replace(",0", "")
    return f"{max(count // _KILO, 1)} KB"


def percent(share: float) -> str:
    """`97%`."""
    return f"{share * 100:.0f}%"


def chat(text: str) -> Markup:
    """A message as WhatsApp shows it: `*so*` in bold; everything else is text, HTML too."""
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(text))))  # noqa: S704 (escaped just before)


FILTERS = {
    "iso": iso, "clock": clock, "moment": moment, "short_date": short_date, "brief": brief, "phone": phone,
    "cpf": cpf, "card": card, "size": size, "percent": percent,
    "chat": chat, "reais": reais, "month": billing_month, "spoken_day": spoken_day, "spoken_time": spoken_time,
    "local_day": local_day, "specialty": specialty_name,
}  # fmt: skip

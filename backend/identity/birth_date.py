"""A date of birth, in any form that people write or dictate it, told from the other dates of a message. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from backend.identifiers import plain
from backend.identity.relatives import RELATIVE
from backend.number_words import figures
from backend.vocabulary.months import MONTHS

_YEAR = r"(?P<year>(?:19|20)\d{2}|\d{2})(?!\d)"
_NAMES = "|".join(rf"{month[:3]}\w*" for month in MONTHS)
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?<!\d)(?P<day>\d{{1,2}}|primeiro)[ºo°]?\s*(?:de\s+|do\s+|/|-|\.)?(?P<month>{_NAMES})"
        rf"\s*(?:de\s+|do\s+(?:ano\s+(?:de\s+)?)?|/|-|\.)?{_YEAR}",
        rf"(?<!\d)(?P<day>\d{{1,2}}) (?:do|de) (?:mes )?(?P<month>\d{{1,2}}) (?:do|de) (?:ano (?:de )?)?{_YEAR}",
        r"(?<!\d)(?P<year>(?:19|20)\d{2})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})\s*[/.\-\\ ]\s*(?P<month>\d{{1,2}})\s*[/.\-\\ ]\s*{_YEAR}",
        rf"(?<!\d)(?P<day>\d{{2}})(?P<month>\d{{2}}){_YEAR}",
    )
)
_BIRTH = re.compile(r"\b(?:nasc\w*|dn|d\.n|aniversari\w*|data de nasc\w*)\b[^|,;]{0,20}$")
# A date after one of these is of something else that has happened, or will.
_ELSE = re.compile(
    r"\b(?:venc\w*|fatura|boleto|mensalidade|parcela|competencia|recibo|consulta\w*|marc\w+|agend\w+|remarc\w+|exame"
    r"|retorno|pag\w+|ate|desde|receb\w+|carta|notific\w*|intern\w*|cirurgia|oper\w+|protocolo|cobranca|emitid\w*"
    r"|pedido|debito|valid\w*|contrato|dia)\b[^|,;]{0,20}$"
)
# Nor is one that lies longer ago, where it follows so closely: 'cliente desde', 'cirurgia em', 'cartão de'.
_ELSE_LONG_AGO = re.compile(
    r"(?:\bdesde(?: o dia)?|\bassinad\w+ (?:em|dia|no dia)|\b(?:cliente|beneficiari\w+|contrat\w*|cirurgia|oper\w+"
    r"|intern\w*|cart(?:ao|eirinha)|emiti\w+|valid\w*|consulta\w*|exame|protocolo|pag\w+|venc\w*|boleto|fatura|carta)"
    r"(?: (?:foi|feit[ao]|assinad[ao]|d[eoa]|em|no|na|dia|desde|ate))+) $"
)
_RELATIVES = re.compile(
    rf"(?:\b(?:meu|minha|d[aeo]) {RELATIVE}(?: [a-z]+){{0,3}} (?:que )?(?:nasceu|nascid[ao])"
    rf"|\bnasc\w* d[aeo] (?:meu |minha )?{RELATIVE}(?: [a-z]+){{0,3}}|\bnasc\w* del[ea])"
    r"[ :]*(?:(?:e|em|foi|dia|no dia) )*$"
)
_COUNTED = re.compile(r" ?(?:x|vezes|dias?|horas?|meses|minutos?|reais|boletos?)\b")
# So long ago no appointment was and no bill fell due that anybody writes about.
_RECENT_DAYS = 3 * 366


@dataclass(frozen=True, slots=True)
class _Said:
    born: date
    start: int
    end: int
    marked: bool
    recent: bool
    elsewhere: bool = False  # of a contract, of an operation, or somebody else's birth


def take_birth_date(text: str, today: date) -> tuple[date | None, str]:
    """The date of birth in a folded text, and the text with a mark in the place of each date.

    Who says 'nasci' means that date. Else it is the first that is nothing else: a due date or an appointment's is
    none, nor is what somebody of the family was born on; what lies more than three years back is rather one than what
    is recent. None where there is none.
    """
    said = figures(text)
    dates = sorted(_dates(said, today), key=lambda one: one.start)
    rest, end = "", 0
    for one in dates:
        rest, end = rest + said[end : one.start] + " | ", one.end
    births = [one for one in dates if not one.elsewhere]
    best = min(births, key=lambda one: (not one.marked, one.recent, one.start), default=None)
    return (best.born if best else None), (rest + said[end:] if dates else text)


def without_birth_date(text: str, today: date) -> str:
    """A text without the date of birth that it gives, folded and with figures; as it is where it gives none.

    A date of the last years is rather a due date: it stays.
    """
    said = figures(plain(text))
    dates = [one for one in _dates(said, today) if one.marked or not one.recent]
    for one in sorted(dates, key=lambda one: -one.start):
        said = f"{said[: one.start]} {said[one.end :]}"
    return said if dates else text


def _is_recent(day: date, today: date) -> bool:
    """Whether a day lies so near that it is rather a bill's or an appointment's than somebody's birth."""
    return (today - day).days < _RECENT_DAYS


def _dates(text: str, today: date) -> list[_Said]:
    dates: list[_Said] = []
    for form in _FORMS:
        for found in form.finditer(text):
            born = _date(found["day"], found["month"], found["year"], today)
            overlaps = any(one.start < found.end() and found.start() < one.end for one in dates)
            if born is None or overlaps:
                continue
            one = _classed(found, born, text, today)
            if one:
                dates.append(one)
    return dates


def _classed(found: re.Match[str], born: date, text: str, today: date) -> _Said | None:
    """What a date of a text is; None for one that is not to be touched: a recent bill's, or counted things."""
    before, after = text[: found.start()], text[found.end() :]
    marked, recent = bool(_BIRTH.search(before)), _is_recent(born, today)
    if re.fullmatch(r"[\d ]+", found.group()) and " " in found.group() and not marked:
        alone = not re.search(r"[^|,;.\d]\s*$", before) and not re.match(r"\s*[^|,;.]", after)
        if _COUNTED.match(after) or (recent and not alone):
            return None
    if not marked and recent and _ELSE.search(before):
        return None
    elsewhere = bool(_RELATIVES.search(before)) or (not marked and bool(_ELSE_LONG_AGO.search(before)))
    return _Said(born, found.start(), found.end(), marked, recent, elsewhere)


def _date(day: str, month: str, year: str, today: date) -> date | None:
    number = int(month) if month.isdigit() else next((i for i, m in enumerate(MONTHS, 1) if month[:3] == m[:3]), 0)
    full_year = int(year)
    if len(year) == 2:  # noqa: PLR2004 ('85' is 1985, '05' is 2005: nobody is born in the future)
        full_year += 2000 if full_year <= today.year % 100 else 1900
    try:
        read = date(full_year, number, 1 if day == "primeiro" else int(day))
    except ValueError:
        return None
    return read if date(1900, 1, 1) <= read <= today else None

"""Reais and billing months: how they are shown, and which ones people mean by what they write. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_currency

from backend.identifiers import plain
from backend.likeness import Speller
from backend.vocabulary.months import MONTHS
from backend.vocabulary.words import SURNAMES, ordinary_words

_COUNTS = {
    "um": 1, "uma": 1, "dois": 2, "duas": 2, "tres": 3, "quatro": 4, "cinco": 5, "seis": 6,
    "sete": 7, "oito": 8, "nove": 9, "dez": 10, "onze": 11, "doze": 12,
}  # fmt: skip
_COUNT = r"(\d{1,2}|" + "|".join(_COUNTS) + ")"
_LAST = r"(?:ultim[oa]s|mais recentes|mais nov[oa]s)"
_FIRST = r"(?:primeir[oa]s|mais antig[oa]s|mais velh[oa]s)"
# 'os dois' of the list, not 'os dois filhos'.
_OF_PAPERS = (
    r"(?=\s*(?:$|[,.;!?)]|(?:boletos?|faturas?|contas?|titulos?|mensalidades?|parcelas?|meses|recibos?|comprovantes?|que"
    r"|por|pf|pfv|junt[oa]s|mesmo|sim|em|abert[oa]s|atrasad[oa]s|vencid[oa]s|e|pra|para|de uma|ai|entao|obrigad[oa]|me"
    r"|pode)\b))"
)
_PLACES = (
    ("last", re.compile(rf"\b{_COUNT} (?:\w+ )?{_LAST}\b|\b{_LAST} {_COUNT}\b")),
    ("first", re.compile(rf"\b{_COUNT} (?:\w+ )?{_FIRST}\b|\b{_FIRST} {_COUNT}\b")),
    ("exactly", re.compile(rf"\b[oa]s {_COUNT}\b(?![:h]| ?(?:horas|da (?:manha|tarde|noite)))" + _OF_PAPERS)),
    ("exactly", re.compile(r"\bamb[oa]s()\b")),
    ("last", re.compile(r"\b(?:ultim[oa]|mais recente|mais nov[oa])()\b")),
    ("first", re.compile(r"\b(?:primeir[oa]|mais antig[oa]|mais velh[oa])()\b")),
)
_ALONE = {"exactly": 2, "last": 1, "first": 1}
_ALL = re.compile(r"\btod[oa]s\b|\btudo\b(?! (?:bem|bom|certo|joia|ok))")
_NUMERIC = re.compile(
    r"(?<!\d)(?P<iso_year>20\d{2})-(?P<iso_month>\d{2})(?:-\d{2})?(?!\d)"
    r"|(?<![\d/])(?:(?P<day>\d{1,2})[/.\-])?(?P<month>\d{1,2})\s?[/.\-]\s?(?P<year>20\d{2}|\d{2})(?![\d/])"
)
_NAMED = re.compile(
    r"(?P<name>[a-z]{3,})(?:\s*(?:/|\.|-|(?:de|do)(?: ano de)?)?\s*"
    r"(?P<year>(?:19|20)\d{2}|\d{2})(?![\d/:h]| ?(?:reais|horas)))?"
)
_NUMBERED = re.compile(
    r"\b(?:competencia|comp|referencia|referente|ref|mes)\b\.?:? ?(?:(?:a|de|do|ao) )?(?:mes )?"
    r"(?P<month>0?[1-9]|1[0-2]|dez)(?:[ /.-](?P<year>20\d{2}|\d{2}))?(?![\d/])"
)
_TOGETHER = re.compile(r"(?<!\d)(?P<month>0[1-9]|1[0-2])(?P<year>20\d{2})(?!\d)")
# What makes of a month's name something else: who is called so, who was born then, what is counted by 'dez'.
_SOMEBODY = re.compile(
    r"\b(?:seu|sr|senhor|dona|dom|sou [oa]|chamo|(?:sobre)?nome(?: e)?|filh[oa]|marido|dr|dra|com [oa])"
    r"(?: [a-z]+)? $"
)
_BIRTH = re.compile(r"\b(?:nasc\w*|anivers\w*)\b[^,;.]{0,20}$")
_SECOND_NAMES = "|".join(sorted(SURNAMES | {"antonio", "aurelio", "tulio"}))
_SURNAME = re.compile(rf"^ (?:(?:da|de|do|dos|das) )?(?:{_SECOND_NAMES})\b")
_VAGUE_MONTHS = frozenset({"marco", "abril", "maio"})
_SHORT_MONTH_ENDS = re.compile(
    r"^\s*(?:$|[,.;!?/)-]|\d|(?:e|a|ate|ou|do|de (?:\d+|ano)|deste|desse|por|pf|pfv|pra|tambem|tb|que|ta|esta|nao|ja|em"
    r"|so|com|me|passado|agora|vencid[oa]|aberto|boleto|fatura|jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez)\b)"
)
_TEN_COUNTED = re.compile(r"\b(?:[oa]s|uns|umas|mais|ha|faz|ultim[oa]s|primeir[oa]s) $")
_TEN_PLACED = re.compile(r"^ \w* ?(?:ultim|primeir|mais)")
_RELATIVE = (
    (re.compile(r"\bmes retrasado\b"), -2),
    (re.compile(r"\bmes (?:passado|anterior|que passou)\b"), -1),
    (re.compile(r"\bproximo mes\b|\bmes (?:que vem|seguinte)\b"), 1),
    (
        re.compile(
            r"\b(?:do|[dn]?est[ea]|[dn]?ess[ea]) mes\b(?! (?:de|do|\d|retr|pass|ant|que|seg|inteiro de))"
            r"|\bmes (?:atual|corrente)\b"
        ),
        0,
    ),
)
_UNTIL_NOW = re.compile(r"\b(?:ate (?:agora|hoje|aqui|o momento)|(?:pra|para) ca|em diante|pra frente)\b")
_SINCE = re.compile(r"\b(?:desde|a partir de|de)(?: [oa])?(?: mes)?(?: de)? $")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_SHORT_YEAR = re.compile(r"\bano (?:de )?(\d{2})(?!\d)")
_RELATIVE_YEAR = (
    (re.compile(r"\bano retrasado\b"), -2),
    (re.compile(r"\bano (?:passado|anterior)\b|\bultimo ano\b"), -1),
    (re.compile(r"\bano que vem\b|\bproximo ano\b"), 1),
    (re.compile(r"\b(?:do|[dn]?est[ea]|[dn]?ess[ea]) ano\b|\bano (?:todo|inteiro|atual|corrente)\b"), 0),
)
_RANGE = re.compile(r"\b(?:a|ao|ate)\b")
# How months are misspelled that are too short to be told from other words by their likeness.
_SLIPS = {
    "junio": 6,
    "julio": 7,
    "agto": 8,
    "agost": 8,
    "marso": 3,
    "abriu": 4,
    "abri": 4,
    "juho": 6,
    "jlho": 7,
    "otb": 10,
}
_SHORTEST_TYPO = 6
_FAR_YEARS = 10
_SHORT_NAME = 3


def reais(amount: Decimal) -> str:
    """An amount as Brazilians write it, 'R$ 1.234,56', rounded half up, with a plain space that survives copying."""
    cents = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return str(format_currency(cents, "BRL", locale="pt_BR")).replace("\xa0", " ")


def billing_month(month: date) -> str:
    """A billing month as papers and lists show it: '11/2026'."""
    return f"{month:%m/%Y}"


def spoken_month(month: date) -> str:
    """A billing month as one says it: 'novembro de 2026'."""
    return str(format_date(month, "MMMM 'de' y", locale="pt_BR"))


@dataclass(frozen=True, slots=True)
class MonthsAsked:
    """Which billing months a text asks for: by name, or by their place in a list that the person has before him.

    `months` are first days, in order. `last` counts from the newest, `first` from the oldest; `exactly` is
    'os dois', which means all where there are just so many; `everything` is 'todos'.
    """

    months: tuple[date, ...] = ()
    last: int = 0
    first: int = 0
    exactly: int = 0
    everything: bool = False

    def __bool__(self) -> bool:
        return bool(self.months or self.last or self.first or self.exactly or self.everything)

    def among(self, listed: Iterable[date]) -> tuple[date, ...]:
        """Those of the listed months (any day of them) that are asked for, oldest first; empty where none is meant."""
        known = sorted({day.replace(day=1) for day in listed})
        if self.months:
            return tuple(month for month in known if month in self.months)
        if self.everything or (self.exactly and self.exactly == len(known)):
            return tuple(known)
        if self.last:
            return tuple(known[-self.last :])
        return tuple(known[: self.first])


def read_billing_months(text: str, *, today: date) -> MonthsAsked:
    """The billing months that a text names: 'out', '10/26', 'mês passado', 'de março a maio', 'os três últimos'.

    A month without a year takes that of the next one ('outubro e novembro de 2025') or of the sentence ('do ano
    passado'); else it is the latest up to next month: in November, 'dezembro' is the coming one and 'janeiro'
    the past one. A whole year ('todos de 2025') is its twelve months. Where nothing is found the answer is falsy.
    """
    words = plain(text)
    mentions, rest = _mentions(words, today)
    year = read_year(rest, today=today)
    if mentions:
        return MonthsAsked(months=tuple(sorted(_resolve(mentions, words, year, today))))
    if year:
        return MonthsAsked(months=tuple(date(year, number, 1) for number in range(1, 13)))
    return _place_in_list(words)


def read_year(text: str, *, today: date) -> int | None:
    """The calendar year that a text names: '2025', 'ano passado', 'do ano' (the present one); None without one."""
    words = plain(text)
    if found := _YEAR.search(words):
        return int(found.group(1))
    if found := _SHORT_YEAR.search(words):
        return _full_year(found.group(1))
    return next((today.year + distance for pattern, distance in _RELATIVE_YEAR if pattern.search(words)), None)


@dataclass(frozen=True, slots=True, order=True)
class _Mention:
    """A month in a text: where it stands, its number, its year where one was said with it."""

    start: int
    end: int
    number: int
    year: int | None


def _mentions(words: str, today: date) -> tuple[list[_Mention], str]:
    """The months in a text in its order, and the text with blanks in their places."""
    mentions: list[_Mention] = []
    rest = words
    for form in (_NUMBERED, _TOGETHER):
        for found in form.finditer(rest):
            number = 10 if found["month"] == "dez" else int(found["month"])
            mentions += _mention(found, number, _near_year(found["year"], today))
        rest = form.sub(_blank, rest)
    for found in _NUMERIC.finditer(rest):
        mentions += _mention(found, *_read_numeric(found, today))
    rest = _NUMERIC.sub(_blank, rest)
    for pattern, distance in _RELATIVE:
        month = _shifted(today, distance)
        for found in pattern.finditer(rest):
            mentions += _mention(found, month.month, month.year)
        rest = pattern.sub(_blank, rest)
    for found in _NAMED.finditer(rest):
        named = _mention(found, _month_number(found["name"]), _near_year(found["year"], today))
        if named and _is_month(found, rest, today):
            mentions += named
            rest = rest[: found.start()] + _blank(found) + rest[found.end() :]
    return sorted(mentions), rest


def _is_month(found: re.Match[str], text: str, today: date) -> bool:
    """Whether a month's name means the month: 'março' may be a surname, 'dez' a number, 'mar' the sea."""
    before, after, name = text[: found.start()], text[found.end("name") :], found["name"]
    if found["year"] and _near_year(found["year"], today) is None:
        return False  # a year of birth
    if _BIRTH.search(before):
        return False
    if name in _VAGUE_MONTHS and (_SOMEBODY.search(before) or _SURNAME.match(after)):
        return False
    if name == "dez" and (_TEN_COUNTED.search(before) or _TEN_PLACED.match(after)):
        return False
    return len(name) > _SHORT_NAME or bool(_SHORT_MONTH_ENDS.match(after))


def _mention(found: re.Match[str], number: int, year: int | None) -> list[_Mention]:
    return [_Mention(found.start(), found.end(), number, year)] if number in range(1, 13) else []


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _read_numeric(found: re.Match[str], today: date) -> tuple[int, int | None]:
    if found["iso_year"]:
        return int(found["iso_month"]), int(found["iso_year"])
    if found["day"]:  # a whole date, a due date say: its month
        return int(found["month"]), _full_year(found["year"])
    year = _near_year(found["year"], today)
    # '10/11' is the tenth of November, not October 2011.
    return (int(found["month"]), year) if year else (int(found["year"]), None)


def _resolve(mentions: list[_Mention], words: str, year: int | None, today: date) -> set[date]:
    months: set[date] = set()
    later: date | None = None
    later_start, year_said_later = 0, False
    for mention in reversed(mentions):
        if mention.year:
            month = date(mention.year, mention.number, 1)
        elif later and year_said_later:
            month = _latest(mention.number, later)
        elif year:
            month = date(year, mention.number, 1)
        else:
            month = _latest(mention.number, _shifted(today, 1))
        if later and _RANGE.search(words, mention.end, later_start):
            month = month if month <= later else _latest(mention.number, later)
            months |= _between(month, later)
        elif later is None and _goes_on(mention, words):
            months |= _between(month, max(month, today.replace(day=1)))
        months.add(month)
        later, later_start, year_said_later = month, mention.start, year_said_later or bool(mention.year)
    return months


def _goes_on(mention: _Mention, words: str) -> bool:
    """'Desde janeiro', 'de janeiro até agora'."""
    before, after = words[: mention.start], words[mention.end :]
    return "desde" in before.split()[-3:] or bool(_SINCE.search(before) and _UNTIL_NOW.search(after))


def _between(first: date, last: date) -> set[date]:
    months = {first}
    while first < last:
        first = _shifted(first, 1)
        months.add(first)
    return months


def _place_in_list(words: str) -> MonthsAsked:
    for place, pattern in _PLACES:
        if found := pattern.search(words):
            written = next(filter(None, found.groups()), "")
            count = _COUNTS.get(written) or int(written or _ALONE[place])
            return MonthsAsked(
                last=count if place == "last" else 0,
                first=count if place == "first" else 0,
                exactly=count if place == "exactly" else 0,
            )
    return MonthsAsked(everything=bool(_ALL.search(words)))


@lru_cache(maxsize=4096)
def _month_number(word: str) -> int:
    """The month that a word names, by its name, three letters of it, or a slip; 0 for any other word."""
    for number, name in enumerate(MONTHS, 1):
        if word in {name, name[:3]}:
            return number
    if word in _SLIPS or word in ordinary_words():
        return _SLIPS.get(word, 0)
    meant = _speller().nearest(word)
    return MONTHS.index(meant) + 1 if meant else 0


@lru_cache(maxsize=1)
def _speller() -> Speller:
    # Short names are too near to other words: 'maior', 'junto'.
    return Speller([name for name in MONTHS if len(name) >= _SHORTEST_TYPO], shortest=_SHORTEST_TYPO)


def _latest(number: int, until: date) -> date:
    return date(until.year - (number > until.month), number, 1)


def _shifted(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _near_year(digits: str | None, today: date) -> int | None:
    year = _full_year(digits) if digits else today.year + _FAR_YEARS
    return year if abs(year - today.year) < _FAR_YEARS else None


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) > 2 else 2000 + int(digits)  # noqa: PLR2004

"""Amounts of money in people's words: 'R$ 1.250,00', '350 conto', 'trezentos e cinquenta reais'. Pure.

The processes of disputed charges and of debts read what people say they were charged and what they can pay with it.
"""

from __future__ import annotations

import re
from decimal import Decimal

from backend.identifiers import plain, without_long_numbers
from backend.number_words import figures

_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_UNIT = r"(?:reais|real|reau|reas|contos?|pilas?|pau|paus|mangos?|pratas?|brl)"
_CENTS = r"(?:(?: e)? (?P<cents>\d{1,2}) ?(?:centavos?|cents?)\b| e (?P<bare_cents>\d{2})(?! ?[/:\dh]))?"
_AMOUNT = re.compile(
    rf"(?:(?P<sign>(?<![a-z])r ?\$|\$|rs\b\.?) ?)?(?<![\d.,/:-])(?P<number>{_NUMBER})(?![\d/:])(?! ?%)"
    rf"(?: ?(?P<thousand>mil|k)\b)?(?: e (?P<more>\d{{2,3}})(?= {_UNIT}\b))?(?: ?(?P<unit>{_UNIT})\b{_CENTS})?"
)
_CENTS_ALONE = re.compile(r"(?<![\de] )(?<![\d,.])(\d{1,2}) centavos?\b")
_ONE = re.compile(r"\bum(?= real\b)")
# Numbers that are no amount even where one was asked for: how many, which day.
_COUNTED = re.compile(r"\b\d+ ?(?:x|vezes|parcelas?|meses|mes|dias?|anos?|boletos?|faturas?)\b|\bdia \d+")
_ANSWERED_CENTS = re.compile(r"(?<![\d.,])(\d{1,4}) e (\d{2})(?![\d,.])(?= *$)")  # '350 e 50'
_WITH_CENTS = re.compile(r",\d{2}$")
_THOUSAND, _HUNDRED = Decimal(1000), Decimal(100)
_LONGEST_TEXT = 2000


def read_amounts(text: str, *, asked: bool = False) -> tuple[Decimal, ...]:
    """The amounts that a text names, in reais and in its order; none where nothing is said to be money.

    Money is what has a sign ('R$ 350'), a unit ('350 conto', 'mil e duzentos reais') or centavos ('1.250,00'). A bare
    number counts only as the answer to the question for an amount (`asked`). Percentages, dates and hours never do.
    """
    said = _ONE.sub("1", figures(plain(without_long_numbers(text[:_LONGEST_TEXT]))))
    if asked:
        said = _ANSWERED_CENTS.sub(r"\1,\2", _COUNTED.sub(" ", said))
    cents = [(one.start(), Decimal(one[1]) / _HUNDRED) for one in _CENTS_ALONE.finditer(said)]
    said = _CENTS_ALONE.sub(lambda one: " " * len(one[0]), said)
    found = [(one.start(), _value(one)) for one in _AMOUNT.finditer(said) if asked or _is_money(one)]
    return tuple(value for _, value in sorted([*found, *cents]))


def read_amount(text: str, *, asked: bool = False) -> Decimal | None:
    """The first amount that a text names, in reais; None without one."""
    return next(iter(read_amounts(text, asked=asked)), None)


def _is_money(found: re.Match[str]) -> bool:
    return bool(found["sign"] or found["unit"] or _WITH_CENTS.search(found["number"]))


def _value(found: re.Match[str]) -> Decimal:
    value = _decimal(found["number"])
    if found["thousand"]:
        value *= _THOUSAND
    cents = found["cents"] or found["bare_cents"] or "0"
    return value + Decimal(found["more"] or 0) + Decimal(cents) / _HUNDRED


def _decimal(number: str) -> Decimal:
    """'1.250,00', '1250.00', '1.250' (a thousand and more) and '1250,5' as decimals."""
    whole, comma, cents = number.partition(",")
    if comma:
        return Decimal(f"{whole.replace('.', '')}.{cents}")
    *thousands, last = number.split(".")
    if thousands and len(last) < 3:  # noqa: PLR2004 (a point before cents)
        return Decimal(number)
    return Decimal(number.replace(".", ""))

"""Value objects that are parsed once at the edge and trusted after: CPF, telephone, protocol number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

import phonenumbers
import validate_docbr

from backend.errors import InvalidInput

_CPF_RULE, _CNPJ_RULE = validate_docbr.CPF(), validate_docbr.CNPJ()
# Groups of digits with no more than a sign or two between; short groups also with a comma, as they are dictated.
_SHORT_GROUP = r"(?=\d{1,3}(?!\d))"
_DICTATED_COMMA = rf"(?:(?<=\b\d)|(?<=\b\d\d)|(?<=\b\d\d\d)), ?{_SHORT_GROUP}"
_RUN = re.compile(rf"(?<!\d)\d+(?:(?:[ .\-/_]{{1,3}}|{_DICTATED_COMMA})\d+)*")
_GROUP = re.compile(r"\d+")
_CUE = re.compile(r"\b(?:guia|autorizacao|autorizacoes|senha|numero|num|n|no)\b[^\d]*$")
_CUE_WITHIN = 40
# The line and the code of a slip have 44 to 48 digits; these are the ways in which they are printed.
_SLIP_LENGTHS = range(44, 49)
_SLIP_SHAPES = {(5, 5, 5, 6, 5, 6, 1, 14), (10, 11, 11, 1, 14), (12,) * 4, (11, 1) * 4, (44,), (47,), (48,)}
_BANK_CARD = (4, 4, 4, 4)
_CARD_SHAPES = {(14,), (4, 4, 4, 2), (12, 2), (4, 4, 6), (8, 6), (4, 10)}
_COMPANY_SHAPES = {(2, 3, 3, 4, 2)}  # a CNPJ
_AUTHORIZATION_SHAPES = {(12,), (4, 4, 4)}
_CPF_SHAPES = {(11,), (3, 3, 3, 2), (9, 2), (3, 3, 5), (6, 3, 2), (3, 6, 2)}
_PHONE_SHAPES = {(2, 5, 4), (2, 9), (2, 1, 4, 4), (2, 1, 8)}
_PROTOCOL_DIGITS = 20
_MOST_GROUPS, _FEWEST_DIGITS, _LONGEST_TEXT, _FIRST_YEAR = 20, 11, 2000, 2000
MOST_A_DAY = 999_999
_LAND_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Cpf:
    """Eleven digits whose check digits are right."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> Cpf:
        """Reads a CPF with or without punctuation; InvalidInput where it is none."""
        digits = re.sub(r"\D", "", text)
        if not _CPF_RULE.validate(digits):
            raise InvalidInput("Esse CPF não confere. Pode conferir os números?", detail="cpf check digits")
        return cls(digits)

    def __str__(self) -> str:
        return f"{self.digits[:3]}.{self.digits[3:6]}.{self.digits[6:9]}-{self.digits[9:]}"


@dataclass(frozen=True, slots=True)
class ProtocolNumber:
    """Twenty digits: ANS registration (6), date AAAAMMDD (8), the day's sequence (6). [processes.md, rule 1]"""

    digits: str

    @classmethod
    def compose(cls, registration: str, day: date, sequence: int) -> ProtocolNumber:
        """The number of the day's `sequence`-th protocol; InvalidInput past the millionth."""
        if not re.fullmatch(r"\d{6}", registration):
            raise InvalidInput("O registro ANS da operadora precisa ter 6 dígitos.", detail="ans registration")
        if not 0 < sequence <= MOST_A_DAY:
            raise InvalidInput("Acabaram os números de protocolo de hoje.", detail="protocol sequence")
        return cls(f"{registration}{day:%Y%m%d}{sequence:06d}")

    @classmethod
    def find(cls, text: str) -> ProtocolNumber | None:
        """The first protocol number in a text, together or broken anywhere by blanks, dots or dashes; else None."""
        found = next((one for one in long_numbers(text) if one.kind == "protocol"), None)
        return cls(found.digits) if found else None

    def __str__(self) -> str:
        return self.digits


NumberKind = Literal["protocol", "card", "cpf", "bad_cpf", "authorization"]


@dataclass(frozen=True, slots=True)
class LongNumber:
    """A number that identifies something, without its blanks; `start` and `end` are its place in the text."""

    kind: NumberKind
    digits: str
    start: int
    end: int


def long_numbers(text: str) -> tuple[LongNumber, ...]:
    """The CPFs, card, protocol and authorization numbers of a text, in its order, however they are broken.

    Each digit belongs to one number at most, so a CPF inside a card number is none. `bad_cpf` is what is written as
    a CPF is and has wrong check digits; telephones, dates and amounts are nothing of this.
    """
    return _long_numbers(text[:_LONGEST_TEXT])


def without_long_numbers(text: str, mark: str = " ") -> str:
    """A text with a mark in the place of each CPF, card, protocol and authorization number."""
    for found in reversed(long_numbers(text)):
        text = f"{text[: found.start]}{mark}{text[found.end :]}"
    return text


def authorization_number(text: str) -> str | None:
    """The first authorization number (twelve digits) of a text, together or broken by blanks and dots, or None."""
    return next((found.digits for found in long_numbers(text) if found.kind == "authorization"), None)


@lru_cache(maxsize=1024)
def _long_numbers(text: str) -> tuple[LongNumber, ...]:
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return ()
    return tuple(found for run in _RUN.finditer(text) for found in _of_run(run, text))


def _of_run(run: re.Match[str], text: str) -> Iterator[LongNumber]:
    """Takes the numbers out of a run of groups of digits, from left to right."""
    groups = [(found.group(), run.start() + found.start(), run.start() + found.end()) for found in
              _GROUP.finditer(run.group())]  # fmt: skip
    cued = bool(_CUE.search(plain(text[max(0, run.start() - _CUE_WITHIN) : run.start()])))
    place = 0
    while place < len(groups):
        ahead = [digits for digits, _, _ in groups[place:]]
        if others := _of_others(ahead, whole=not place):
            place += others
            continue
        for end in range(min(len(groups), place + _MOST_GROUPS), place, -1):
            window = [digits for digits, _, _ in groups[place:end]]
            kind = _kind(window, whole=end - place == len(groups), cued=cued and "/" not in run.group(), text=text)
            if kind:
                yield LongNumber(kind, "".join(window), groups[place][1], groups[end - 1][2])
                place = end
                break
        else:
            place += 1


def _kind(groups: list[str], *, whole: bool, cued: bool, text: str) -> NumberKind | None:
    digits, shape = "".join(groups), tuple(map(len, groups))
    match len(digits):
        case 20 if _is_day(digits[6:14]):
            return "protocol"
        case 14 if not _is_company(digits, text) and (
            shape in _CARD_SHAPES or (whole and shape not in _COMPANY_SHAPES)
        ):
            return "card"
        case 12 if shape in _AUTHORIZATION_SHAPES or (whole and cued):
            return "authorization"
        case 11 if shape not in _PHONE_SHAPES and _CPF_RULE.validate(digits):
            return "cpf"
        case 11 if shape in _CPF_SHAPES and not _is_phone(digits, shape, text):
            return "bad_cpf"
    return None


def _of_others(groups: list[str], *, whole: bool) -> int:
    """How many groups at the front are a slip's line or a bank's card, of which no part is a number of ours."""
    shape = tuple(map(len, groups))
    for printed in _SLIP_SHAPES:
        if shape[: len(printed)] == printed and not any(_is_ours(digits) for digits in groups[:2]):
            return len(printed)
    if whole and sum(shape) in _SLIP_LENGTHS and not any(_is_ours(digits) for digits in groups):
        return len(shape)
    is_bank_card = shape[: len(_BANK_CARD)] == _BANK_CARD and _luhn("".join(groups[: len(_BANK_CARD)]))
    return len(_BANK_CARD) if is_bank_card and not _is_protocol("".join(groups[: len(_BANK_CARD) + 1])) else 0


def _is_ours(digits: str) -> bool:
    return _is_protocol(digits) or bool(_CPF_RULE.validate(digits))


def _is_protocol(digits: str) -> bool:
    return len(digits) == _PROTOCOL_DIGITS and _is_day(digits[6:14])


def _luhn(digits: str) -> bool:
    """Whether the last digit is right as the check digit of a bank's card."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004


def _is_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year > _FIRST_YEAR
    except ValueError:
        return False


def _is_company(digits: str, text: str) -> bool:
    """Fourteen digits with a CNPJ's check digits, where a text says 'CNPJ': a card may have them by chance."""
    return "cnpj" in text.casefold() and bool(_CNPJ_RULE.validate(digits))


def _is_phone(digits: str, shape: tuple[int, ...], text: str) -> bool:
    """Eleven digits in one, with a mobile's ninth digit: a telephone, unless the text says 'CPF'."""
    return len(shape) == 1 and digits[2] == "9" and "cpf" not in text.casefold()


@lru_cache(maxsize=8192)
def canonical_phone(address: str) -> str:
    """A telephone as E.164, with the ninth digit that WhatsApp leaves out of many Brazilian ids.

    Takes `whatsapp:+55…`, `+55…` or a national number; InvalidInput where it is no telephone.
    """
    text = address.removeprefix("whatsapp:")
    try:
        number = phonenumbers.parse(text, "BR")
    except phonenumbers.NumberParseException as error:
        raise InvalidInput("Esse telefone não parece certo.", detail="telephone") from error
    national = str(number.national_number)
    if number.country_code == 55 and len(national) == _LAND_DIGITS and national[2] in "6789":  # noqa: PLR2004
        national = f"{national[:2]}9{national[2:]}"
    return f"+{number.country_code}{national}"


def plain(text: str) -> str:
    """Lower case, no accents, single spaces: for comparing what people wrote."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())

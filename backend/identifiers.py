"""Value objects that are parsed once at the edge and trusted after: CPF, telephone, protocol number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import phonenumbers
import validate_docbr

from backend.errors import InvalidInput

_CPF_RULE = validate_docbr.CPF()
_PROTOCOL = re.compile(r"(?<!\d)(\d{6})[ .-]?(\d{8})[ .-]?(\d{6})(?!\d)")
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
        """The first protocol number in a text, written together or in its three groups; None without one."""
        found = _PROTOCOL.search(text)
        return cls("".join(found.groups())) if found else None

    def __str__(self) -> str:
        return self.digits


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

"""Payment slips: the bar code of 44 digits, its digitable line of 47, due-date factor and check digits.

The layout is FEBRABAN's and the Central Bank's (Carta-Circular 2.926): bank (3), currency 9 (1), check
digit (1), due-date factor (4), amount in cents (10), free field (25). What the free field says is each bank's
affair; `free_field` is the layout of the demo's bank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle

from backend.errors import InvalidInput

GREATEST_AMOUNT = Decimal("99999999.99")
_REAL = "9"
_FIRST_FACTOR_DAY = date(2000, 7, 3)  # 1000 days after the base of 1997-10-07
_FIRST_FACTOR = 1000
_FACTORS = 9000  # 1000 to 9999, then 1000 again: 2025-02-21 is 9999, 2025-02-22 is 1000
# A factor means the day of this window around the reference. FEBRABAN says 3,000 and 5,500; the past limit of
# its own example (2005-12-24, seen from 2014-03-13) is one day further.
_PAST_DAYS, _FUTURE_DAYS = 3001, 5500
_BAR_CODE_DIGITS, _LINE_DIGITS, _FREE_DIGITS = 44, 47, 25
_WRONG = "Esse número de boleto não confere. Pode conferir os dígitos?"


def mod10(digits: str) -> int:
    """The check digit of a field of the digitable line: weights 2 and 1 from the right, digits of products added."""
    total = 0
    for digit, weight in zip(reversed(digits), cycle((2, 1)), strict=False):
        total += sum(divmod(int(digit) * weight, 10))
    return -total % 10


def mod11(digits: str) -> int:
    """The bar code's general check digit: weights 2 to 9 from the right; where the rule gives 0, 10 or 11, it is 1."""
    check = 11 - _weighted_sum(digits) % 11
    return check if check in range(2, 10) else 1


def due_factor(due_on: date) -> str:
    """The four digits of a due date; InvalidInput before 2000-07-03, when factors began."""
    if due_on < _FIRST_FACTOR_DAY:
        raise InvalidInput("A data de vencimento é antiga demais para um boleto.", detail="due date before factors")
    return str(_FIRST_FACTOR + (due_on - _FIRST_FACTOR_DAY).days % _FACTORS)


def due_date(factor: str, *, reference: date) -> date | None:
    """The day that a factor means, seen from `reference`; None for 0000, a slip without a due date.

    Factors repeat after 9,000 days, so FEBRABAN gives them a window: 3,000 days back, 5,500 ahead.
    InvalidInput where the factor lies outside of it, or below 1000.
    """
    if factor == "0000":
        return None
    if not re.fullmatch(r"[1-9][0-9]{3}", factor):
        raise InvalidInput(_WRONG, detail="due-date factor")
    earliest = reference - timedelta(days=_PAST_DAYS)
    ahead = (int(factor) - _FIRST_FACTOR - (earliest - _FIRST_FACTOR_DAY).days) % _FACTORS
    day = earliest + timedelta(days=ahead)
    if ahead > _PAST_DAYS + _FUTURE_DAYS or day < _FIRST_FACTOR_DAY:
        raise InvalidInput("Esse boleto está fora do prazo em que pode ser pago.", detail="factor out of window")
    return day


@dataclass(frozen=True, slots=True)
class BarCode:
    """The 44 digits of a slip, with the right check digit. Made by `compose`, `parse` or `from_line`."""

    digits: str

    @classmethod
    def compose(cls, *, bank: str, due_on: date | None, amount: Decimal, free_field: str) -> BarCode:
        """The bar code of a slip in reais; InvalidInput where a part does not fit its place.

        `bank` is the clearing code of three digits; without `due_on` the factor is 0000.
        """
        if not re.fullmatch(r"[0-79]\d{2}", bank) or not re.fullmatch(rf"\d{{{_FREE_DIGITS}}}", free_field):
            raise InvalidInput("Os dados bancários do boleto estão incompletos.", detail="bank or free field")
        factor = due_factor(due_on) if due_on else "0000"
        body = f"{factor}{_cents(amount):010d}{free_field}"
        return cls(f"{bank}{_REAL}{mod11(bank + _REAL + body)}{body}")

    @classmethod
    def parse(cls, text: str) -> BarCode:
        """Reads 44 digits, with or without punctuation; InvalidInput where they are no slip in reais."""
        digits = _digits(text)
        if len(digits) != _BAR_CODE_DIGITS:
            raise InvalidInput(_WRONG, detail="bar code length")
        # A leading 8 is a utility's or a tax bill, which has rules of its own.
        if digits[0] == "8" or digits[3] != _REAL:
            raise InvalidInput("Esse número não é de um boleto bancário em reais.", detail="not a bank slip")
        if int(digits[4]) != mod11(digits[:4] + digits[5:]):
            raise InvalidInput(_WRONG, detail="bar code check digit")
        return cls(digits)

    @classmethod
    def from_line(cls, text: str) -> BarCode:
        """Reads a digitable line, with or without dots and blanks; InvalidInput where a check digit is wrong."""
        digits = _digits(text)
        if len(digits) != _LINE_DIGITS:
            raise InvalidInput("A linha digitável tem 47 números. Pode conferir?", detail="line length")
        first, second, third = digits[:10], digits[10:21], digits[21:32]
        for number, field in enumerate((first, second, third), 1):
            if mod10(field[:-1]) != int(field[-1]):
                raise InvalidInput(_WRONG, detail=f"line field {number} check digit")
        return cls.parse(first[:4] + digits[32:] + first[4:9] + second[:-1] + third[:-1])

    @property
    def bank(self) -> str:
        """The bank's clearing code, three digits."""
        return self.digits[:3]

    @property
    def check_digit(self) -> str:
        """The general check digit."""
        return self.digits[4]

    @property
    def factor(self) -> str:
        """The due-date factor, four digits; `due_date` says which day it means."""
        return self.digits[5:9]

    @property
    def amount(self) -> Decimal:
        """Reais; 0.00 where the payer is to say the amount."""
        return Decimal(self.digits[9:19]).scaleb(-2)

    @property
    def free_field(self) -> str:
        """The bank's own 25 digits."""
        return self.digits[19:]

    @property
    def line(self) -> str:
        """The digitable line as it is printed: AAAAA.AAAAA AAAAA.AAAAAA AAAAA.AAAAAA D FFFFVVVVVVVVVV."""
        free = self.free_field
        fields = (self.digits[:4] + free[:5], free[5:15], free[15:])
        checked = (f"{field}{mod10(field)}" for field in fields)
        spoken = " ".join(f"{field[:5]}.{field[5:]}" for field in checked)
        return f"{spoken} {self.check_digit} {self.digits[5:19]}"

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where the operator's slips are paid to: clearing code (3 digits), agency (4), account (10)."""

    bank: str
    agency: str
    account: str

    def issue(self, *, our_number: int, due_on: date, amount: Decimal) -> BarCode:
        """The bar code of the slip `our_number` of this account; InvalidInput for an amount of nothing or less."""
        if amount <= 0:
            raise InvalidInput("O valor do boleto precisa ser maior que zero.", detail="amount of a slip")
        return BarCode.compose(bank=self.bank, due_on=due_on, amount=amount, free_field=self.free_field(our_number))

    def free_field(self, our_number: int) -> str:
        """The demo bank's layout: agency (4), account (10), our number (10), their mod 10 (1)."""
        fits = re.fullmatch(r"\d{4}", self.agency) and re.fullmatch(r"\d{10}", self.account)
        if not fits or not 0 < our_number < 10**10:
            raise InvalidInput("Os dados bancários do boleto estão incompletos.", detail="parts of the free field")
        body = f"{self.agency}{self.account}{our_number:010d}"
        return f"{body}{mod10(body)}"

    def printed_number(self, our_number: int) -> str:
        """Our number as slips show it, its check digit after a hyphen."""
        field = self.free_field(our_number)
        return f"{field[14:24]}-{field[24]}"


def printed_bank(bank: str) -> str:
    """A bank's clearing code with its digit, as slips show it: 001-9, 341-7."""
    check = 11 - _weighted_sum(bank) % 11
    return f"{bank}-{check if check < 10 else 0}"  # noqa: PLR2004 (10 and 11 are shown as 0)


def _weighted_sum(digits: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(reversed(digits), cycle(range(2, 10)), strict=False))


def _cents(amount: Decimal) -> int:
    cents = amount.scaleb(2)
    if not 0 <= amount <= GREATEST_AMOUNT or cents != cents.to_integral_value():
        raise InvalidInput("Esse valor não cabe em um boleto.", detail="amount of a slip")
    return int(cents)


def _digits(text: str) -> str:
    if re.search(r"[^\d\s.\-]", text, re.ASCII):
        raise InvalidInput(_WRONG, detail="other characters than digits")
    return re.sub(r"\D", "", text, flags=re.ASCII)

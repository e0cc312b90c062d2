"""What an overdue invoice costs: a fine once, and interest by the day. [processes.md, 5]"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from backend.calendar import add_business_days, is_business_day
from backend.errors import InvalidInput

_CENT = Decimal("0.01")
_DAYS_OF_A_MONTH = 30


@dataclass(frozen=True, slots=True)
class Updated:
    """An invoice's amount on a day, in reais: what was charged, the fine, the interest, the days that it is late."""

    principal: Decimal
    fine: Decimal
    interest: Decimal
    days_late: int

    @property
    def total(self) -> Decimal:
        """What is to be paid on that day."""
        return self.principal + self.fine + self.interest


@lru_cache(maxsize=4096)
def payable_until(due_on: date, *, state: str) -> date:
    """The last day without a fine: the due date, or the next business day where banks are closed on it."""
    return due_on if is_business_day(due_on, state=state) else add_business_days(due_on, 1, state=state)


def updated(
    amount: Decimal,
    due_on: date,
    on: date,
    *,
    fine_percent: Decimal,
    monthly_interest_percent: Decimal,
    state: str,
) -> Updated:
    """The amount recalculated for the day `on`; without fine and interest up to the last day that is in time.

    The fine is charged once; interest is simple, a thirtieth of the monthly rate a day, both of the original
    amount and each rounded half up to cents. Days count from `payable_until`, so a due date on a Sunday that
    is paid on Monday is not late. InvalidInput for a negative amount or rate.
    """
    if min(amount, fine_percent, monthly_interest_percent) < 0:
        raise InvalidInput("O valor da fatura não pode ser negativo.", detail="negative amount or rate")
    principal = _cents(amount)
    days = max(0, (on - payable_until(due_on, state=state)).days)
    if not days:
        return Updated(principal, _cents(Decimal()), _cents(Decimal()), 0)
    fine = _cents(principal * fine_percent / 100)
    interest = _cents(principal * monthly_interest_percent * days / (100 * _DAYS_OF_A_MONTH))
    return Updated(principal, fine, interest, days)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)

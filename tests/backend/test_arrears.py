"""Overdue invoices: 2 % once, 1 % a month by the day, nothing for who pays on the first business day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InvalidInput
from backend.invoices.arrears import Updated, payable_until, updated

DUE = date(2026, 11, 10)  # a Tuesday


def of(amount: str, due_on: date, on: date, *, fine: str = "2", interest: str = "1") -> Updated:
    return updated(
        Decimal(amount), due_on, on, fine_percent=Decimal(fine), monthly_interest_percent=Decimal(interest), state="MA"
    )


@pytest.mark.parametrize(
    ("amount", "due_on", "on", "fine", "interest", "total", "days"),
    [
        ("300.00", DUE, date(2026, 11, 1), "0.00", "0.00", "300.00", 0),
        ("300.00", DUE, DUE, "0.00", "0.00", "300.00", 0),
        ("300.00", DUE, date(2026, 11, 11), "6.00", "0.10", "306.10", 1),
        ("300.00", DUE, date(2026, 12, 10), "6.00", "3.00", "309.00", 30),
        ("300.00", DUE, date(2027, 11, 10), "6.00", "36.50", "342.50", 365),  # simple interest
        ("456.78", DUE, date(2026, 11, 27), "9.14", "2.59", "468.51", 17),  # 9.1356 and 2.58842
        ("0.25", DUE, date(2026, 11, 11), "0.01", "0.00", "0.26", 1),  # 0.005, half up
        ("45.00", DUE, date(2026, 11, 11), "0.90", "0.02", "45.92", 1),  # 0.015, half up
        ("0.00", DUE, date(2026, 12, 10), "0.00", "0.00", "0.00", 30),
        # Due on Sunday the 15th: Monday is in time, Tuesday is the first day late.
        ("100.00", date(2026, 11, 15), date(2026, 11, 16), "0.00", "0.00", "100.00", 0),
        ("100.00", date(2026, 11, 15), date(2026, 11, 17), "2.00", "0.03", "102.03", 1),
        # Due on Friday the 20th, Consciência Negra: Monday the 23rd is in time.
        ("100.00", date(2026, 11, 20), date(2026, 11, 23), "0.00", "0.00", "100.00", 0),
        ("100.00", date(2026, 11, 20), date(2026, 11, 24), "2.00", "0.03", "102.03", 1),
    ],
)
def test_an_invoice_is_recalculated_for_the_day(
    *, amount: str, due_on: date, on: date, fine: str, interest: str, total: str, days: int
) -> None:
    counted = of(amount, due_on, on)
    assert (counted.principal, counted.fine, counted.interest) == (Decimal(amount), Decimal(fine), Decimal(interest))
    assert (counted.total, counted.days_late) == (Decimal(total), days)


def test_both_rates_are_the_operators() -> None:
    assert of("200.00", DUE, date(2026, 11, 20), fine="0", interest="0.5").total == Decimal("200.33")


@pytest.mark.parametrize(
    ("due_on", "state", "last_day"),
    [
        (DUE, "MA", DUE),
        (date(2026, 7, 28), "MA", date(2026, 7, 29)),  # Maranhão's own holiday
        (date(2026, 7, 28), "SP", date(2026, 7, 28)),
        (date(2026, 12, 25), "MA", date(2026, 12, 28)),
    ],
)
def test_a_due_date_without_banks_moves_to_the_next_business_day(due_on: date, state: str, last_day: date) -> None:
    assert payable_until(due_on, state=state) == last_day


@given(cents=st.integers(0, 10**7), days=st.integers(0, 2000))
def test_a_debt_never_shrinks_with_time(cents: int, days: int) -> None:
    amount = str(Decimal(cents).scaleb(-2))
    today, tomorrow = (of(amount, DUE, date.fromordinal(DUE.toordinal() + days + more)) for more in (0, 1))
    assert Decimal(amount) <= today.total <= tomorrow.total


def test_negative_amounts_and_rates_are_refused() -> None:
    for arguments in ({"amount": "-1"}, {"amount": "1", "fine": "-2"}, {"amount": "1", "interest": "-1"}):
        with pytest.raises(InvalidInput):
            of(due_on=DUE, on=DUE, **arguments)  # type: ignore[arg-type]

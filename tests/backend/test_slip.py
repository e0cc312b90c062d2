"""Slips agree with the examples that banks and the programs of others publish, digit by digit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InvalidInput
from backend.invoices.slip import (
    GREATEST_AMOUNT,
    BankAccount,
    BarCode,
    due_date,
    due_factor,
    mod10,
    mod11,
    printed_bank,
)

ACCOUNT = BankAccount(bank="999", agency="0001", account="0000012345")

# (bar code, digitable line, amount, due date or None where the source names none)
PUBLISHED = {
    "Itaú's manual of slips": (
        "34196166700000123451101234567880057123457000",
        "34191.10121 34567.880058 71234.570001 6 16670000012345",
        "123.45", date(2002, 5, 1),
    ),
    "Bradesco's manual of slips (as boleto_bancario quotes it)": (
        "99991101200000350007772130530150081897500000",
        "99997.77213 30530.150082 18975.000003 1 10120000035000",
        "350.00", None,
    ),
    "Santander, pyboleto's tests": (
        "03395540200002952959070707700000123456790102",
        "03399.07073 07700.000123 34567.901029 5 54020000295295",
        "2952.95", date(2012, 7, 22),
    ),
    "Bradesco, pyboleto's tests": (
        "23794486900008280000278060000212552500392320",
        "23790.27804 60000.212559 25003.923205 4 48690000828000",
        "8280.00", date(2011, 2, 5),
    ),
    "Banco Real, pyboleto's tests": (
        "35698486900000355000531570585390000000000123",
        "35690.53154 70585.390001 00000.001230 8 48690000035500",
        "355.00", date(2011, 2, 5),
    ),
    "Banrisul, pyboleto's tests": (
        "04198100100000550002111029000150228325634059",
        "04192.11107 29000.150226 83256.340593 8 10010000055000",
        "550.00", date(2000, 7, 4),
    ),
    "Banco do Brasil, pyboleto's tests": (
        "00196490000002952950000007777777000008765418",
        "00190.00009 07777.777009 00087.654182 6 49000000295295",
        "2952.95", date(2011, 3, 8),
    ),
    "Itaú after the restart of factors, brcobranca's tests": (
        "34194254800006757871090001015271248021246000",
        "34191.09008 01015.271248 80212.460002 4 25480000675787",
        "6757.87", date(2029, 5, 20),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("bar_code", "line", "amount", "due_on"), PUBLISHED.values(), ids=PUBLISHED)
def test_published_examples_are_read_and_written_in_both_directions(
    bar_code: str, line: str, amount: str, due_on: date | None
) -> None:
    code = BarCode.parse(bar_code)
    assert code.line == line
    assert BarCode.from_line(line) == BarCode.from_line(line.replace(".", "").replace(" ", "")) == code
    assert code.amount == Decimal(amount)
    if due_on:
        assert due_date(code.factor, reference=due_on + timedelta(days=90)) == due_on
        assert BarCode.compose(bank=code.bank, due_on=due_on, amount=code.amount, free_field=code.free_field) == code


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("341911012", 1), ("3456788005", 8), ("7123457000", 1),  # Itaú's manual, the three fields
        ("060715255", 0), ("154785547", 6), ("154710207", 7), ("081153678", 8),  # agency and account, brcobranca
    ],
)  # fmt: skip
def test_published_examples_of_mod_10(digits: str, check: int) -> None:
    assert mod10(digits) == check


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("3419166700000123451101234567880057123457000", 6),  # Itaú's manual, without its fifth digit
        ("5555555555", 8),  # MGI Tech, 'código de barras Febraban'
        ("0", 1), ("05", 1),  # 11 and 10 become 1
    ],
)  # fmt: skip
def test_published_examples_of_mod_11_and_its_exceptions(digits: str, check: int) -> None:
    assert mod11(digits) == check


@pytest.mark.parametrize(
    ("bank", "printed"), [("001", "001-9"), ("033", "033-7"), ("104", "104-0"), ("237", "237-2"), ("341", "341-7")]
)
def test_a_banks_code_is_printed_with_its_digit(bank: str, printed: str) -> None:
    assert printed_bank(bank) == printed


@pytest.mark.parametrize(
    ("due_on", "factor"),
    [
        (date(2000, 7, 3), "1000"),
        (date(2000, 7, 4), "1001"),  # boleto_bancario's documentation
        (date(2012, 12, 2), "5535"),
        (date(2014, 3, 13), "6001"),  # FEBRABAN's communiqué, as brcobranca quotes it
        (date(2025, 2, 21), "9999"),
        (date(2025, 2, 22), "1000"),
        (date(2029, 4, 3), "2501"),
    ],
)
def test_due_date_factors_restart_at_1000(due_on: date, factor: str) -> None:
    assert due_factor(due_on) == factor
    assert due_date(factor, reference=due_on) == due_on


def test_a_factor_means_the_day_near_the_reference() -> None:
    assert due_date("1000", reference=date(2001, 1, 1)) == date(2000, 7, 3)
    assert due_date("1000", reference=date(2026, 11, 22)) == date(2025, 2, 22)
    # FEBRABAN's own example of the limits, seen from 2014-03-13.
    assert due_date("3000", reference=date(2014, 3, 13)) == date(2005, 12, 24)
    assert due_date("2501", reference=date(2014, 3, 13)) == date(2029, 4, 3)
    for factor in ("2999", "2502"):
        with pytest.raises(InvalidInput):
            due_date(factor, reference=date(2014, 3, 13))


def test_a_slip_without_a_due_date_has_the_factor_0000() -> None:
    code = BarCode.compose(bank="999", due_on=None, amount=Decimal("1.00"), free_field="0" * 25)
    assert code.factor == "0000"
    assert due_date(code.factor, reference=date(2026, 1, 1)) is None


@pytest.mark.parametrize("factor", ["0001", "0999", "12a4", "99999", ""])
def test_what_is_no_factor_is_refused(factor: str) -> None:
    with pytest.raises(InvalidInput):
        due_date(factor, reference=date(2026, 1, 1))


@given(
    due_on=st.dates(date(2000, 7, 3), date(2100, 1, 1)),
    cents=st.integers(1, 9_999_999_999),
    our_number=st.integers(1, 10**10 - 1),
    seen=st.integers(-5500, 3000),
)
def test_every_slip_of_ours_comes_back_from_its_line(due_on: date, cents: int, our_number: int, seen: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    code = ACCOUNT.issue(our_number=our_number, due_on=due_on, amount=amount)
    assert len(code.digits) == 44
    again = BarCode.from_line(code.line)
    assert again == BarCode.parse(code.digits) == code
    assert (again.amount, again.bank, again.free_field[14:24]) == (amount, "999", f"{our_number:010d}")
    assert due_date(again.factor, reference=due_on + timedelta(days=seen)) == due_on


@given(place=st.integers(0, 46), wrong=st.integers(1, 9))
def test_one_wrong_digit_anywhere_in_a_line_is_noticed(place: int, wrong: int) -> None:
    line = BarCode.parse("34196166700000123451101234567880057123457000").line.replace(".", "").replace(" ", "")
    spoilt = line[:place] + str((int(line[place]) + wrong) % 10) + line[place + 1 :]
    try:
        read = BarCode.from_line(spoilt)
    except InvalidInput:
        return
    # Mod 11 turns 0, 10 and 11 into 1, so a few single errors in factor and amount pass: the standard's own gap.
    assert place >= 33
    assert read.check_digit == "1"


@pytest.mark.parametrize(
    "text",
    ["", "34191", "34191.10121 34567.880058 71234.570001 7 16670000012345", "3419110121345678800587123457000166700000123450",
     "boleto 34191.10121 34567.880058 71234.570001 6 16670000012345", "٣" * 47],
)  # fmt: skip
def test_what_is_no_line_is_refused_in_portuguese(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        BarCode.from_line(text)
    assert "conferir" in refused.value.message


def test_bills_of_utilities_and_other_currencies_are_no_bank_slips() -> None:
    for digits in ("8" + "0" * 43, "3418" + "0" * 40):
        with pytest.raises(InvalidInput):
            BarCode.parse(digits)


@pytest.mark.parametrize("amount", ["0", "-1", "100000000.00", "0.001"])
def test_an_amount_that_fits_no_slip_is_refused(amount: str) -> None:
    with pytest.raises(InvalidInput):
        ACCOUNT.issue(our_number=1, due_on=date(2026, 11, 22), amount=Decimal(amount))


def test_the_greatest_amount_fits() -> None:
    assert ACCOUNT.issue(our_number=1, due_on=date(2026, 11, 22), amount=GREATEST_AMOUNT).amount == GREATEST_AMOUNT


def test_our_number_and_its_account_must_fit_their_places() -> None:
    assert ACCOUNT.printed_number(1234) == f"0000001234-{mod10('0001' + '0000012345' + '0000001234')}"
    for account, number in ((ACCOUNT, 0), (ACCOUNT, 10**10), (BankAccount("999", "1", "0000012345"), 1)):
        with pytest.raises(InvalidInput):
            account.free_field(number)
    with pytest.raises(InvalidInput):
        due_factor(date(1999, 12, 31))

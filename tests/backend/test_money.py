"""Money and billing months: shown as Brazilians write them, read as they write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from backend.money import MonthsAsked, billing_month, read_billing_months, read_year, reais, spoken_month

TODAY = date(2026, 11, 22)


def months(*written: str) -> tuple[date, ...]:
    return tuple(date(int(text[3:]), int(text[:2]), 1) for text in written)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "R$ 0,00"),
        ("7.5", "R$ 7,50"),
        ("1234.56", "R$ 1.234,56"),
        ("1234567.895", "R$ 1.234.567,90"),
        ("0.005", "R$ 0,01"),  # half up, not to even
        ("0.125", "R$ 0,13"),
        ("-10", "-R$ 10,00"),
    ],
)
def test_reais_are_shown_with_commas_and_a_space_that_survives_copying(amount: str, shown: str) -> None:
    assert reais(Decimal(amount)) == shown


def test_a_billing_month_is_shown_short_on_paper_and_in_words_in_chat() -> None:
    assert billing_month(date(2026, 11, 1)) == "11/2026"
    assert spoken_month(date(2026, 11, 1)) == "novembro de 2026"
    assert spoken_month(date(2025, 3, 31)) == "março de 2025"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("novembro", ["11/2026"]),
        ("o de NOVEMBRO por favor", ["11/2026"]),
        ("out", ["10/2026"]),
        ("março", ["03/2026"]),
        ("marco", ["03/2026"]),
        ("dezembro", ["12/2026"]),  # may be billed already
        ("janeiro", ["01/2026"]),
        ("10/2026", ["10/2026"]),
        ("10/26", ["10/2026"]),
        ("1/2026", ["01/2026"]),
        ("10-2026", ["10/2026"]),
        ("10.2026", ["10/2026"]),
        ("2026-10", ["10/2026"]),
        ("competência 09/2026", ["09/2026"]),
        ("vence 10/11/2026", ["11/2026"]),
        ("o que vence 10/11", ["11/2026"]),
        ("boleto de 05.08.26", ["08/2026"]),
        ("novembro de 2025", ["11/2025"]),
        ("nov/25", ["11/2025"]),
        ("nov 2025", ["11/2025"]),
        ("dez/2025", ["12/2025"]),
        ("novembro do ano passado", ["11/2025"]),
        ("mês passado", ["10/2026"]),
        ("o boleto do mes passado", ["10/2026"]),
        ("mês retrasado", ["09/2026"]),
        ("deste mês", ["11/2026"]),
        ("boleto desse mes", ["11/2026"]),
        ("quero a fatura do mês", ["11/2026"]),
        ("mês que vem", ["12/2026"]),
        ("outubro e novembro", ["10/2026", "11/2026"]),
        ("outubro, novembro e dezembro de 2025", ["10/2025", "11/2025", "12/2025"]),
        ("novembro e dezembro de 2025 e janeiro de 2026", ["11/2025", "12/2025", "01/2026"]),
        ("dezembro e janeiro de 2026", ["12/2025", "01/2026"]),
        ("10/2026 e 11/2026", ["10/2026", "11/2026"]),
        ("de julho a setembro", ["07/2026", "08/2026", "09/2026"]),
        ("de dezembro a fevereiro", ["12/2025", "01/2026", "02/2026"]),
        ("de novembro de 2025 até fevereiro de 2026", ["11/2025", "12/2025", "01/2026", "02/2026"]),
        ("08/2026 até mês passado", ["08/2026", "09/2026", "10/2026"]),
        ("esse mês e o mês passado", ["10/2026", "11/2026"]),
        ("novenbro", ["11/2026"]),
        ("otubro", ["10/2026"]),
        ("desembro", ["12/2026"]),
        ("os dois meses, setembro e outubro", ["09/2026", "10/2026"]),
    ],
)
def test_months_are_read_from_what_people_write(text: str, expected: list[str]) -> None:
    assert read_billing_months(text, today=TODAY) == MonthsAsked(months=months(*expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("todos", MonthsAsked(everything=True)),
        ("quero todas as faturas", MonthsAsked(everything=True)),
        ("tudo", MonthsAsked(everything=True)),
        ("os três últimos", MonthsAsked(last=3)),
        ("as 3 ultimas", MonthsAsked(last=3)),
        ("últimos 6 meses", MonthsAsked(last=6)),
        ("os dez últimos", MonthsAsked(last=10)),
        ("os últimos dez", MonthsAsked(last=10)),
        ("a última", MonthsAsked(last=1)),
        ("o mais recente", MonthsAsked(last=1)),
        ("a mais antiga", MonthsAsked(first=1)),
        ("os dois primeiros", MonthsAsked(first=2)),
        ("as duas mais antigas", MonthsAsked(first=2)),
        ("os dois", MonthsAsked(exactly=2)),
        ("as 3", MonthsAsked(exactly=3)),
        ("ambos", MonthsAsked(exactly=2)),
    ],
)
def test_a_place_in_the_list_is_read_too(text: str, expected: MonthsAsked) -> None:
    assert read_billing_months(text, today=TODAY) == expected


@pytest.mark.parametrize(
    "text",
    ["", "oi, tudo bem?", "2", "segunda via", "13/2026", "o maior valor", "junto com o outro", "quero pagar 350,00"],
)
def test_where_no_month_is_meant_nothing_is_found(text: str) -> None:
    assert not read_billing_months(text, today=TODAY)


def test_a_whole_year_is_its_twelve_months() -> None:
    asked = read_billing_months("todos de 2025", today=TODAY)
    assert asked.months == tuple(date(2025, number, 1) for number in range(1, 13))
    assert read_billing_months("os do ano passado", today=TODAY) == asked


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("todos", ["08/2026", "09/2026", "10/2026"]),
        ("os dois últimos", ["09/2026", "10/2026"]),
        ("o primeiro", ["08/2026"]),
        ("os três", ["08/2026", "09/2026", "10/2026"]),
        ("os dois", []),  # which two of the three? ask
        ("os 9 últimos", ["08/2026", "09/2026", "10/2026"]),
        ("setembro e novembro", ["09/2026"]),
        ("bom dia", []),
    ],
)
def test_what_is_asked_is_picked_among_the_listed_months(text: str, chosen: list[str]) -> None:
    listed = [date(2026, 10, 10), date(2026, 8, 10), date(2026, 9, 10)]
    assert read_billing_months(text, today=TODAY).among(listed) == months(*chosen)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2025", 2025),
        ("o informe de 2024 por favor", 2024),
        ("ano passado", 2025),
        ("do ano anterior", 2025),
        ("ano retrasado", 2024),
        ("do ano", 2026),
        ("deste ano", 2026),
        ("o ano todo", 2026),
        ("do ano de 25", 2025),
        ("imposto de renda", None),
        ("99999920251122000001", None),
        ("", None),
    ],
)
def test_a_year_is_read_from_what_people_write(text: str, year: int | None) -> None:
    assert read_year(text, today=TODAY) == year

"""What somebody wants of his invoices, apart from the facts that say who he is."""

from __future__ import annotations

from datetime import date

import pytest

from actions.invoices.reading import read_wish, without_facts

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("10/10/2026", ["10/2026"]), ("o boleto que vence 10/10/2026", ["10/2026"]), ("a de março", ["03/2026"]),
        ("cpf 529.982.247-25, nasci em 12/03/1985, quero o boleto de outubro", ["10/2026"]),
        ("52998224725 12 de março de 1985 boleto", []), ("meu boleto, sou o Marco Silva", []),
        ("doze de março de mil novecentos e oitenta e cinco, boleto", []), ("12 do 3 de 85 quero a fatura", []),
        ("segunda via do boleto de 350 reais", []), ("protocolo 999999 2026 1122 000001", []),
        ("vence 10/11/2026, nasci 12/03/1985", ["11/2026"]),
    ],
)  # fmt: skip
def test_the_months_are_those_of_invoices_and_of_no_other_date(text: str, months: list[str]) -> None:
    assert [f"{month:%m/%Y}" for month in read_wish(text, today=TODAY).months.months] == months


def test_what_says_who_writes_is_cut_out_whatever_its_form() -> None:
    assert without_facts("cpf 5 2 9 9 8 2 2 4 7 2 5 e o boleto", TODAY) == "cpf   e o boleto"
    assert "1985" not in without_facts("nasci doze do três de 1985", TODAY)

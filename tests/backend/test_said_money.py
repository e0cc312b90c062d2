"""Billing months and amounts in people's words; today is in November 2026."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from backend.amounts import read_amount, read_amounts
from backend.money import read_billing_months

TODAY = date(2026, 11, 18)


def shown(months: tuple[date, ...]) -> str:
    said = [f"{month:%m/%y}" for month in months]
    return f"{said[0]} a {said[-1]}" if len(said) > 3 else " ".join(said)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("a de março", "03/26"),
        ("mes passado", "10/26"),
        ("mês passado", "10/26"),
        ("competencia 03/26", "03/26"),
        ("competência março", "03/26"),
        ("competencia 3 26", "03/26"),
        ("abril desse ano", "04/26"),
        ("abril deste ano", "04/26"),
        ("abril do ano passado", "04/25"),
        ("o de fev", "02/26"),
        ("fev", "02/26"),
        ("fevereiro/26", "02/26"),
        ("fevereiru", "02/26"),
        ("marco/26", "03/26"),
        ("mar 26", "03/26"),
        ("mar/2026", "03/26"),
        ("maio", "05/26"),
        ("o de maio", "05/26"),
        ("mai/26", "05/26"),
        ("jun", "06/26"),
        ("junio", "06/26"),
        ("junho e julho", "06/26 07/26"),
        ("jul a set", "07/26 08/26 09/26"),
        ("julio", "07/26"),
        ("agosto", "08/26"),
        ("agto", "08/26"),
        ("ago", "08/26"),
        ("setenbro", "09/26"),
        ("set", "09/26"),
        ("setembru", "09/26"),
        ("otubro", "10/26"),
        ("outubru", "10/26"),
        ("oitubro", "10/26"),
        ("out e nov", "10/26 11/26"),
        ("novenbro", "11/26"),
        ("dezenbro", "12/26"),
        ("dez", "12/26"),
        ("dez do ano passado", "12/25"),
        ("janero", "01/26"),
        ("jan", "01/26"),
        ("esse mes", "11/26"),
        ("desse mês", "11/26"),
        ("deste mes", "11/26"),
        ("do mes atual", "11/26"),
        ("desse mes aqui", "11/26"),
        ("mes retrasado", "09/26"),
        ("o mês retrasado", "09/26"),
        ("mês anterior", "10/26"),
        ("do mês 3", "03/26"),
        ("mes 10", "10/26"),
        ("mês dez", "10/26"),
        ("do mês de outubro", "10/26"),
        ("do mes 09", "09/26"),
        ("a do mês que passou", "10/26"),
        ("a fatura que venceu em outubro", "10/26"),
        ("a que vence dia 10/11", "11/26"),
        ("vencimento 10/11/2026", "11/26"),
        ("de 10/2025 a 12/2025", "10/25 11/25 12/25"),
        ("10/25", "10/25"),
        ("de janeiro até agora", "01/26 a 11/26"),
        ("desde janeiro", "01/26 a 11/26"),
        ("de janeiro pra cá", "01/26 a 11/26"),
        ("março, abril e maio", "03/26 04/26 05/26"),
        ("ano passado todo", "01/25 a 12/25"),
        ("de 2025", "01/25 a 12/25"),
        ("o de nov/25 e o de dez/25", "11/25 12/25"),
        ("11/26", "11/26"),
        ("11-2026", "11/26"),
        ("112026", "11/26"),
        ("nov2026", "11/26"),
        ("novembro26", "11/26"),
        ("dez 25", "12/25"),
        ("do proximo mes", "12/26"),
        ("quero o boleto de nov de 2025", "11/25"),
        ("out de 2026", "10/26"),
        ("nov de 25", "11/25"),
        ("out e nov de 2025", "10/25 11/25"),
    ],
)
def test_a_billing_month_is_read_from_what_people_write(text: str, months: str) -> None:
    assert shown(read_billing_months(text, today=TODAY).months) == months


@pytest.mark.parametrize(
    "text",
    ["Ana Março da Silva", "meu sobrenome é Março", "Marco Antônio Silva", "seu Abril", "sou o Marco", "Marcos Silva",
     "meu filho Abril", "setor de cobrança", "outro boleto", "outra", "marca pra mim", "maior valor", "junto", "agora",
     "segunda via", "dez reais", "dez dias", "as dez da manhã", "set de uniformes", "out door", "nova fatura", "novo boleto",
     "fevereiro de 85", "nasci em março de 1985", "12/03/1985", "aniversario 12 de março", "os dois filhos", "as duas crianças",
     "todo mundo", "janela", "dezena", "24/7", "agostinho", "mês do meu aniversário", "R$ 1.250,00", "tudo bem?"],
)  # fmt: skip
def test_names_births_and_counted_things_are_no_billing_month(text: str) -> None:
    assert not read_billing_months(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "count"),
    [("os dois", 2), ("quero as duas por favor", 2), ("os dois boletos", 2), ("as três que estão abertas", 3),
     ("ambas", 2), ("os 3", 3), ("manda os dois juntos", 2), ("as duas faturas vencidas", 2)],
)  # fmt: skip
def test_a_number_of_invoices_is_read_without_their_months(text: str, count: int) -> None:
    assert read_billing_months(text, today=TODAY).exactly == count


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("R$ 1.250,00", "1250"), ("1.250,00", "1250"), ("350 conto", "350"), ("350 contos", "350"), ("vinte conto", "20"),
        ("trezentos e cinquenta reais", "350"), ("mil e duzentos reais", "1200"), ("R$ 1,2 mil", "1200"), ("mil reais", "1000"),
        ("2 mil reais", "2000"), ("dois mil e quinhentos reais", "2500"), ("2 mil e 500 reais", "2500"), ("R$350", "350"),
        ("r$ 350,5", "350.50"), ("350 reais e 50 centavos", "350.50"), ("350 reais e 50", "350.50"), ("um real", "1"),
        ("trezentos e doze reais e setenta centavos", "312.70"), ("cinquenta centavos", "0.50"), ("1250.00 reais", "1250"),
        ("R$ 1250.00", "1250"), ("R$ 1.250", "1250"), ("312,70", "312.70"), ("rs 312,70", "312.70"), ("100 pila", "100"),
        ("3x de 50,00", "50"), ("10x de R$ 45,90", "45.90"), ("150,00 por mês", "150"),
        ("era R$ 1.250,00 e veio R$ 1.300,00", "1250 1300"), ("entrada de 200 reais e o resto", "200"),
        ("cobraram trezentos e quarenta e dois reais a mais", "342"),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_figures_in_words_and_in_slang(text: str, amounts: str) -> None:
    assert read_amounts(text) == tuple(Decimal(amount) for amount in amounts.split())


@pytest.mark.parametrize(
    "text",
    ["10% de desconto", "12/03/2026", "às 10:30", "3 parcelas", "52998224725", "529.982.247-25", "0064 1000 0001 01", "11/2026",
     "sala 302", "dia 10", "99999920261122000001", "98 98800-0001", "sou do plano real", "dois filhos", "mil desculpas", ""],
)  # fmt: skip
def test_what_is_not_said_to_be_money_is_none(text: str) -> None:
    assert read_amounts(text) == ()


@pytest.mark.parametrize(
    ("text", "amount"),
    [("350", "350"), ("350 e 50", "350.50"), ("trezentos e doze e setenta", "312.70"), ("dois mil e quinhentos", "2500"),
     ("1,2 mil", "1200"), ("consigo pagar 150 por mês", "150"), ("3 parcelas de 90", "90"), ("dia 10 pago 200", "200"),
     ("529.982.247-25", None), ("10%", None), ("não sei", None)],
)  # fmt: skip
def test_a_bare_number_answers_the_question_for_an_amount(text: str, amount: str | None) -> None:
    assert read_amount(text, asked=True) == (Decimal(amount) if amount else None)

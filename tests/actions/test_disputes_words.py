"""What people write of a charge that they dispute."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from actions.disputes.reading import (
    claim_in,
    discount_in,
    is_about_discount,
    is_unsure,
    meant,
    names_procedure,
    read_said,
    says_none,
    slip_number,
)
from backend.disputes.charges import Charged
from backend.invoices.slip import BankAccount
from backend.settings import settings

TODAY = date(2026, 11, 23)
OCTOBER = date(2026, 10, 1)


def line(number: int, description: str, amount: str, month: date = OCTOBER) -> Charged:
    fee = description.startswith("Mensalidade")
    return Charged(number, UUID(int=1), month, description, Decimal(amount), None, fee)


LISTED = [
    line(1, "Ressonância magnética", "312.50"),
    line(2, "Coparticipação de consulta", "40.00"),
    line(3, "Coparticipação de fisioterapia", "25.00"),
    line(4, "Procedimento de Débora", "180.00"),
    line(5, "Mensalidade de Fábio", "312.70"),
    line(6, "Mensalidade de Débora", "312.70"),
]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("na fatura do mês passado veio uma ressonância que nunca fiz", [1]),
        ("uma resonancia magnetica", [1]),
        ("TIREM ESSA COPARTICIPAÇÃO DE FISIOTERAPIA QUE NEM É MINHA", [3]),
        ("cobraram consulta q n fiz", [2]),
        ("a coparticipação", [2, 3]),
        ("aquele procedimento da débora", [4]),
        ("a mensalidade da debora", [6]),
        ("cobraram R$ 312,50", [1]),
        ("me cobraram 25 reais", [3]),
        ("312,70", [5, 6]),
        ("a mensalidade do fabio de 312,70", [5]),
        ("quero contestar uma cobrança", []),
        ("tem uma tomografia que não fiz", []),
        ("cobrança de 99 reais", []),
    ],
)
def test_the_line_is_found_by_its_name_or_its_amount(text: str, numbers: list[int]) -> None:
    said = read_said(text, today=TODAY)
    assert [one.item_id for one in meant(text, LISTED, said)] == numbers


def test_of_two_alike_the_second_is_one_too_many() -> None:
    listed = [line(1, "Hemograma", "18.00"), line(2, "Hemograma", "18.00")]
    for text, numbers in (("cobraram o hemograma duas vezes", [2]), ("o hemograma", [1, 2])):
        assert [one.item_id for one in meant(text, listed, read_said(text, today=TODAY))] == numbers


@pytest.mark.parametrize(
    "text",
    [
        "na fatura do mês passado veio uma ressonância que nunca fiz", "cobraram duas vezes", "não reconheço esse valor",
        "o combinado era 310 e veio 402, contesto a diferença a mais", "EU FALTEI NESSA CONSULTA", "cobraram 2x",
        "n fiz esse exame", "VALOR ERRADO NO BOLETO, ERA R$ 280 E VEIO R$ 356", "eu não fui nessa consulta", "paguei e cobraram em dobro",
        "estava viajando, não tive consulta nenhuma", "o valor não bate", "Desconheço o procedimento discriminado",
    ],
)  # fmt: skip
def test_what_is_wrong_is_kept_word_for_word(text: str) -> None:
    assert claim_in(text, today=TODAY) == text


@pytest.mark.parametrize(
    "text",
    [
        "quero contestar uma cobrança",
        "contestação",
        "contestar item da fatura de outubro",
        "cobrança indevida",
        "oi",
        "",
    ],
)
def test_the_wish_to_dispute_alone_says_not_what_is_wrong(text: str) -> None:
    assert claim_in(text, today=TODAY) == ""


def test_the_claim_holds_no_fact_of_who_writes() -> None:
    claim = claim_in("meu cpf 862.883.667-57, veio uma ressonância que nunca fiz", today=TODAY)
    assert "862" not in claim
    assert "ressonância que nunca fiz" in claim


def test_months_amounts_and_the_way_of_the_answer_are_read() -> None:
    said = read_said("em outubro cobraram 120 reais a mais, me responde por e-mail", today=TODAY)
    assert (said.months, said.amounts, said.answer_by) == ((OCTOBER,), (Decimal(120),), "mail")
    assert read_said("mês passado", today=TODAY).months == (OCTOBER,)


def test_the_line_of_our_own_slip_tells_which_invoice_it_is_and_anothers_does_not() -> None:
    config = settings()
    own = BankAccount(config.slip_bank, config.slip_agency, config.slip_account)
    code = own.issue(our_number=10000044, due_on=date(2026, 11, 10), amount=Decimal("312.50"))
    other = BankAccount("341", "1234", "0000099999").issue(
        our_number=10000044, due_on=date(2026, 11, 10), amount=Decimal("312.50")
    )
    assert slip_number(f"o boleto é {code.line}, veio errado") == 10000044
    digits = "".join(filter(str.isdigit, code.line))
    assert slip_number(digits) == 10000044
    assert slip_number(other.line) is None
    assert slip_number(f"{'1' if digits[0] != '1' else '2'}{digits[1:]}") is None
    assert slip_number("312,50") is None
    assert read_said(f"{code.line} veio com 15 reais a mais", today=TODAY).amounts == (Decimal(15),)


@pytest.mark.parametrize(
    ("text", "discount"),
    [
        ("na próxima fatura", "future"), ("quero descontar na proxima", "future"), ("nas futuras", "future"),
        ("no mês que vem", "future"), ("na fatura atual", "current"), ("nessa mesmo", "current"),
        ("vou na tesouraria", "current"), ("agora", "current"), ("não sei", ""), ("na atual ou na próxima?", ""),
        ("quanto é?", ""),
    ],
)  # fmt: skip
def test_the_form_of_the_discount_is_read(text: str, discount: str) -> None:
    assert discount_in(text) == discount


def test_a_discount_is_wanted_only_where_the_message_says_so() -> None:
    assert is_about_discount("quero descontar na próxima fatura")
    assert is_about_discount("abate nessa fatura")
    assert not is_about_discount("a próxima fatura veio errada")


def test_a_procedure_is_named_or_not() -> None:
    assert names_procedure("veio uma tomografia em outubro que nunca fiz")
    assert names_procedure("o hemograma")
    assert not names_procedure("veio 120 reais a mais do que o combinado")
    assert not names_procedure("quero contestar uma cobrança de outubro")


def test_none_of_them_and_not_knowing() -> None:
    assert says_none("nenhuma dessas")
    assert says_none("não está na lista")
    assert not says_none("a ressonância")
    assert is_unsure("não lembro o mês")
    assert not is_unsure("outubro")

"""A year's statement of payments (demonstrativo de pagamentos), which people need for their income tax."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.money import billing_month, reais
from backend.papers.layout import (
    ACCENT,
    BOLD,
    LEFT,
    MM,
    RIGHT,
    SOFT,
    TINT,
    WHITE,
    WIDTH,
    Operator,
    Paper,
    printed_cpf,
    printed_date,
)  # fmt: skip

_COLUMNS = (("Competência", 5 * MM), ("Vencimento", 48 * MM), ("Pago em", 91 * MM))
_ROW = 8 * MM
ROWS_A_PAGE = 18


@dataclass(frozen=True, slots=True)
class PaidMonth:
    """One payment: the month that it was for, its due date, the day it came in, and how much, in reais."""

    billing_month: date
    due_on: date
    paid_on: date
    paid_amount: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """The payments of a calendar year: those whose `paid_on` lies in it, as income tax counts them.

    CPF is eleven digits; `card_number` and `plan_name` are printed as given.
    """

    operator: Operator
    holder_name: str
    holder_cpf: str
    card_number: str
    plan_name: str
    year: int
    payments: tuple[PaidMonth, ...]
    issued_on: date

    @property
    def total(self) -> Decimal:
        """What was paid in the year, in reais."""
        return sum((payment.paid_amount for payment in self.payments), Decimal())


def statement_pdf(statement: Statement) -> bytes:
    """The statement: one A4 page up to ROWS_A_PAGE payments, further pages where there are more."""
    paper = Paper(title=f"Demonstrativo de pagamentos {statement.year}", operator=statement.operator)
    rows = sorted(statement.payments, key=lambda payment: (payment.paid_on, payment.billing_month))
    pages = [rows[start : start + ROWS_A_PAGE] for start in range(0, len(rows), ROWS_A_PAGE)] or [[]]
    for number, page in enumerate(pages, 1):
        y = _holder(paper, statement, paper.head("Demonstrativo de pagamentos"))
        y = _table(paper, page, y)
        if number == len(pages):
            _total(paper, statement, y)
        issued = f"Emitido em {printed_date(statement.issued_on)}. Página {number} de {len(pages)}."
        paper.foot(f"{issued} Dúvidas? Fale com a gente: {statement.operator.phone}.")
        if number < len(pages):
            paper.canvas.showPage()
    return paper.done()


def _holder(paper: Paper, statement: Statement, top: float) -> float:
    paper.text((LEFT, top - 10 * MM), f"Ano-calendário {statement.year}", size=15, font=BOLD)
    y = top - 23 * MM
    paper.labelled((LEFT, y), "Titular", statement.holder_name, size=10.5, font=BOLD, fit=WIDTH)
    y -= 11 * MM
    paper.labelled((LEFT, y), "CPF", printed_cpf(statement.holder_cpf), size=10.5)
    paper.labelled((LEFT + 43 * MM, y), "Carteirinha", statement.card_number, size=10.5)
    paper.labelled((LEFT + 91 * MM, y), "Plano", statement.plan_name, size=10.5, fit=WIDTH - 91 * MM)
    return y - 7 * MM


def _table(paper: Paper, rows: list[PaidMonth], top: float) -> float:
    y = top - _ROW
    paper.box((LEFT, y), (WIDTH, _ROW), fill=ACCENT, radius=1.5 * MM)
    for label, place in _COLUMNS:
        paper.text((LEFT + place, y + 2.7 * MM), label, size=9.5, font=BOLD, color=WHITE)
    paper.text((RIGHT - 5 * MM, y + 2.7 * MM), "Valor pago", size=9.5, font=BOLD, color=WHITE, align="right")
    for number, row in enumerate(rows):
        y -= _ROW
        if number % 2:
            paper.box((LEFT, y), (WIDTH, _ROW), fill=TINT, radius=0)
        values = (billing_month(row.billing_month), printed_date(row.due_on), printed_date(row.paid_on))
        for value, (_, place) in zip(values, _COLUMNS, strict=True):
            paper.text((LEFT + place, y + 2.7 * MM), value, size=10)
        paper.text((RIGHT - 5 * MM, y + 2.7 * MM), reais(row.paid_amount), size=10, align="right")
    if not rows:
        y -= _ROW
        paper.text((LEFT + 5 * MM, y + 2.7 * MM), "Não há pagamentos nesse ano.", size=10, color=SOFT)
    return y


def _total(paper: Paper, statement: Statement, top: float) -> None:
    paper.rule(top, width=1, color=ACCENT)
    y = top - 8 * MM
    paper.text((LEFT + 5 * MM, y), f"Total pago em {statement.year}", size=11.5, font=BOLD)
    paper.text((RIGHT - 5 * MM, y), reais(statement.total), size=11.5, font=BOLD, align="right")
    declared = (
        f"Declaramos que recebemos os valores acima entre 1º de janeiro e 31 de dezembro de {statement.year}, "
        "pelo plano de saúde deste contrato. Na declaração de imposto de renda, informe o CNPJ "
        f"{statement.operator.printed_cnpj}, de {statement.operator.name}."
    )
    paper.block((LEFT, y - 11 * MM), declared, width=WIDTH, size=9)

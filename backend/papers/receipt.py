"""The receipt of a paid invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.money import billing_month, reais, spoken_month
from backend.papers.layout import ACCENT, BOLD, LEFT, MM, RIGHT, TINT, WIDTH, Operator, Paper, printed_cpf, printed_date


@dataclass(frozen=True, slots=True)
class Receipt:
    """A paid invoice: `amount` was charged, `paid_amount` came in, in reais; the difference is fine and interest.

    `paid_by` is the means in words ('PIX', 'boleto'), empty where it is not known; CPF is eleven digits.
    """

    operator: Operator
    payer_name: str
    payer_cpf: str
    invoice_number: str
    billing_month: date
    due_on: date
    amount: Decimal
    paid_on: date
    paid_amount: Decimal
    issued_on: date
    paid_by: str = ""


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt on one A4 page, with the sentence that discharges the payer of that month."""
    paper = Paper(title=f"Recibo {billing_month(receipt.billing_month)}", operator=receipt.operator)
    top = paper.head("Recibo de pagamento")
    gap = 4 * MM
    width = (WIDTH - 2 * gap) / 3
    tiles = (("Competência", billing_month(receipt.billing_month)), ("Pago em", printed_date(receipt.paid_on)),
             ("Valor pago", reais(receipt.paid_amount)))  # fmt: skip
    y = top - 22 * MM
    for place, (label, value) in enumerate(tiles):
        paper.tile((LEFT + place * (width + gap), y), width, label, value, strong=place == len(tiles) - 1)
    y = paper.block((LEFT, y - 12 * MM), _sentence(receipt), width=WIDTH, size=11.5, leading=1.6)
    _details(paper, receipt, y - 6 * MM)
    issued = f"Emitido em {printed_date(receipt.issued_on)} por {receipt.operator.name}."
    paper.foot(f"{issued} Dúvidas? Fale com a gente: {receipt.operator.phone}.")
    return paper.done()


def _sentence(receipt: Receipt) -> str:
    return (
        f"Recebemos de {receipt.payer_name}, CPF {printed_cpf(receipt.payer_cpf)}, {reais(receipt.paid_amount)} "
        f"pela mensalidade do plano de saúde de {spoken_month(receipt.billing_month)}. "
        "Essa fatura está quitada."
    )


def _details(paper: Paper, receipt: Receipt, top: float) -> None:
    difference = receipt.paid_amount - receipt.amount
    rows = [
        ("Número da fatura", receipt.invoice_number),
        ("Vencimento", printed_date(receipt.due_on)),
        ("Valor da fatura", reais(receipt.amount)),
    ]
    if difference:
        rows.append(("Multa e juros" if difference > 0 else "Desconto", reais(abs(difference))))
    if receipt.paid_by:
        rows.append(("Pago por", receipt.paid_by))
    step, y = 8.5 * MM, top
    paper.box((LEFT, top - (len(rows) + 1) * step), (WIDTH, (len(rows) + 1) * step), fill=TINT)
    for label, value in (*rows, ("Valor pago", reais(receipt.paid_amount))):
        y -= step
        last = label == "Valor pago"
        font = {"font": BOLD, "color": ACCENT} if last else {}
        paper.text((LEFT + 5 * MM, y + 3 * MM), label, size=10, **font)
        paper.text((RIGHT - 5 * MM, y + 3 * MM), value, size=10, align="right", **font)
        if not last:
            paper.rule(y, left=LEFT + 5 * MM, right=RIGHT - 5 * MM)

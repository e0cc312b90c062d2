"""The payment slip: what is charged and how to pay above, the bank's form with its bar code below the cut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reportlab.graphics.barcode.common import I2of5

from backend.invoices.arrears import Updated
from backend.invoices.slip import BarCode, printed_bank
from backend.money import billing_month, reais
from backend.papers.layout import (
    ACCENT,
    BLACK,
    BOLD,
    INK,
    LEFT,
    LINE,
    MM,
    PAGE_WIDTH,
    PLAIN,
    RIGHT,
    SOFT,
    TINT,
    WIDTH,
    Operator,
    Paper,
    lines_of,
    printed_cpf,
    printed_date,
)  # fmt: skip

BAR_CODE_WIDTH, BAR_CODE_HEIGHT = 103 * MM, 13 * MM
_UNITS = 44 * 9 + 9  # narrow bars: nine a digit (two wide ones of three), four to start, five to stop
_MOST_ITEMS = 9
_CUT = 122 * MM
_ROW = 10.5 * MM
_SPLIT = 128 * MM


@dataclass(frozen=True, slots=True)
class ChargedItem:
    """A line of the invoice: a fee, a copayment, a discount (negative), in reais."""

    description: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Slip:
    """All that a slip says. `amounts` is the invoice up to date; `due_on` the day until which they hold.

    `original_due_on` is the invoice's own due date, for a slip issued again after it; `account` and
    `our_number` are printed as given (`BankAccount.printed_number`); CPF is eleven digits.
    """

    operator: Operator
    payer_name: str
    payer_cpf: str
    payer_address: str
    invoice_number: str
    billing_month: date
    issued_on: date
    due_on: date
    original_due_on: date
    items: tuple[ChargedItem, ...]
    amounts: Updated
    bar_code: BarCode
    bank_name: str
    account: str
    our_number: str
    pix: str
    instructions: tuple[str, ...] = ()


def slip_pdf(slip: Slip) -> bytes:
    """The slip on one A4 page: the payer's part with items, PIX and QR code; the bank's form with bar code."""
    paper = Paper(title=f"Boleto {billing_month(slip.billing_month)}", operator=slip.operator)
    top = paper.head("Boleto do plano de saúde")
    _summary(paper, slip, top - 6 * MM)
    _items(paper, slip, top - 48 * MM)
    _pix(paper, slip, top - 48 * MM)
    _line(paper, slip.bar_code)
    _cut(paper)
    _bank_form(paper, slip)
    _bar_code(paper, slip.bar_code)
    return paper.done()


def _summary(paper: Paper, slip: Slip, top: float) -> None:
    gap = 4 * MM
    width = (WIDTH - 2 * gap) / 3
    y = top - 15 * MM
    tiles = (("Competência", billing_month(slip.billing_month)), ("Vencimento", printed_date(slip.due_on)),
             ("Total a pagar", reais(slip.amounts.total)))  # fmt: skip
    for place, (label, value) in enumerate(tiles):
        paper.tile((LEFT + place * (width + gap), y), width, label, value, strong=place == len(tiles) - 1)
    y -= 11 * MM
    paper.labelled((LEFT, y), "Pagador", slip.payer_name, font=BOLD, size=10.5, fit=WIDTH * 0.62)
    paper.labelled((LEFT + WIDTH * 0.65, y), "CPF", printed_cpf(slip.payer_cpf), size=10.5)
    paper.labelled((RIGHT, y), "Número da fatura", slip.invoice_number, size=10.5, align="right")
    paper.text((LEFT, y - 5 * MM), slip.payer_address, size=8.5, color=SOFT, fit=WIDTH)


def _items(paper: Paper, slip: Slip, top: float) -> None:
    right = LEFT + 112 * MM
    paper.text((LEFT, top), "O que está sendo cobrado", size=10.5, font=BOLD, color=ACCENT)
    y = top - 6.5 * MM
    for item in _shown(slip.items):
        paper.text((LEFT, y), item.description, fit=82 * MM)
        paper.text((right, y), reais(item.amount), align="right")
        y -= 5 * MM
    paper.rule(y + 2 * MM, right=right)
    y -= 2.5 * MM
    for label, amount in _sums(slip):
        paper.text((LEFT, y), label, color=SOFT)
        paper.text((right, y), reais(amount), align="right")
        y -= 5 * MM
    paper.text((LEFT, y - 1 * MM), "Total a pagar", size=11, font=BOLD)
    paper.text((right, y - 1 * MM), reais(slip.amounts.total), size=11, font=BOLD, align="right")


def _shown(items: tuple[ChargedItem, ...]) -> tuple[ChargedItem, ...]:
    if len(items) <= _MOST_ITEMS:
        return items
    kept, rest = items[: _MOST_ITEMS - 1], items[_MOST_ITEMS - 1 :]
    total = sum((item.amount for item in rest), Decimal())
    return (*kept, ChargedItem(f"Outros {len(rest)} itens", total))


def _sums(slip: Slip) -> list[tuple[str, Decimal]]:
    amounts = slip.amounts
    if not amounts.days_late:
        return []
    days = "1 dia" if amounts.days_late == 1 else f"{amounts.days_late} dias"
    return [
        (f"Valor da fatura, vencida em {printed_date(slip.original_due_on)}", amounts.principal),
        ("Multa por atraso", amounts.fine),
        (f"Juros de {days}", amounts.interest),
    ]


def _pix(paper: Paper, slip: Slip, top: float) -> None:
    left, width, height = RIGHT - 60 * MM, 60 * MM, 78 * MM
    bottom = top + 4.5 * MM - height
    paper.box((left, bottom), (width, height), fill=TINT)
    paper.text((left + width / 2, top - 2 * MM), "Pague com PIX", size=11, font=BOLD, color=ACCENT, align="center")
    side = 42 * MM
    paper.qr(slip.pix, (left + (width - side) / 2, top - 5 * MM - side), side)
    paper.text((left + 4 * MM, top - 52 * MM), "Ou copie e cole no app do seu banco:", size=7, font=BOLD)
    y = top - 55.5 * MM
    for line in lines_of(slip.pix, width - 8 * MM, 6.5):
        paper.text((left + 4 * MM, y), line, size=6.5)
        y -= 3 * MM


def _line(paper: Paper, code: BarCode) -> None:
    y = _CUT + 8 * MM
    paper.text(
        (LEFT, y + 6.5 * MM), "Linha digitável, para pagar no aplicativo do banco ou no caixa", size=7.5, color=SOFT
    )
    paper.text((LEFT, y), code.line, size=16, font=BOLD, color=BLACK, fit=WIDTH)


def _cut(paper: Paper) -> None:
    paper.text((LEFT, _CUT + 1.6 * MM), "Recibo do pagador: guarde esta parte com o comprovante", size=7, color=SOFT)
    paper.text((RIGHT, _CUT + 1.6 * MM), "Autenticação mecânica", size=7, color=SOFT, align="right")
    paper.canvas.setDash(3, 3)
    paper.rule(_CUT, left=8 * MM, right=PAGE_WIDTH - 8 * MM, color=SOFT)
    paper.canvas.setDash()


def _bank_form(paper: Paper, slip: Slip) -> None:
    y = _bank_head(paper, slip)
    top = y
    beneficiary = f"{slip.operator.name}  ·  CNPJ {slip.operator.printed_cnpj}"
    rows = (
        ((0, "Local de pagamento", "Em qualquer banco, lotérica ou aplicativo, até o vencimento"),
         (_SPLIT, "Vencimento", printed_date(slip.due_on))),
        ((0, "Beneficiário", beneficiary), (_SPLIT, "Agência / código do beneficiário", slip.account)),
        ((0, "Data do documento", printed_date(slip.issued_on)), (33 * MM, "Nº do documento", slip.invoice_number),
         (70 * MM, "Espécie doc.", "DS"), (90 * MM, "Aceite", "N"), (104 * MM, "Moeda", "R$"),
         (_SPLIT, "Nosso número", slip.our_number)),
    )  # fmt: skip
    for row in rows:
        y = _row(paper, y, row)
    _instructions(paper, slip, y)
    y = _amounts(paper, slip.amounts, y)
    paper.canvas.setStrokeColor(LINE)
    paper.canvas.line(LEFT + _SPLIT, y, LEFT + _SPLIT, top)
    payer = f"{slip.payer_name}  ·  CPF {printed_cpf(slip.payer_cpf)}"
    paper.labelled((LEFT + 2 * MM, y - 7.8 * MM), "Pagador", payer, font=BOLD, fit=WIDTH - 4 * MM)
    paper.text((LEFT + 2 * MM, y - 11.8 * MM), slip.payer_address, size=8, fit=WIDTH - 4 * MM)
    paper.rule(y - 14.5 * MM, width=1.2, color=INK)


def _bank_head(paper: Paper, slip: Slip) -> float:
    y = _CUT - 10.5 * MM
    paper.text((LEFT, y), slip.bank_name, size=10, font=BOLD, fit=38 * MM)
    paper.text((LEFT + 43 * MM, y), printed_bank(slip.bar_code.bank), size=13, font=BOLD)
    paper.text((RIGHT, y), slip.bar_code.line, size=11.5, font=BOLD, color=BLACK, align="right", fit=WIDTH - 64 * MM)
    paper.canvas.setStrokeColor(INK)
    paper.canvas.setLineWidth(1)
    for x in (LEFT + 41.5 * MM, LEFT + 60 * MM):
        paper.canvas.line(x, y - 2 * MM, x, y + 5 * MM)
    paper.rule(y - 2 * MM, width=1.2, color=INK)
    return y - 2 * MM


def _amounts(paper: Paper, amounts: Updated, y: float) -> float:
    late = amounts.fine + amounts.interest
    rows = (
        ("Valor do documento", amounts.principal),
        ("(+) Multa e juros", late),
        ("(=) Valor cobrado", amounts.total),
    )
    for label, amount in rows:
        y -= _ROW
        total = label == rows[-1][0]
        paper.labelled((RIGHT - 2 * MM, y + 2.6 * MM), label, reais(amount), size=10, align="right",
                       font=BOLD if total else PLAIN)  # fmt: skip
        paper.rule(y, left=LEFT if total else LEFT + _SPLIT)
    return y


def _row(paper: Paper, y: float, fields: tuple[tuple[float, str, str], ...]) -> float:
    bottom = y - _ROW
    ends = [place for place, _, _ in fields[1:]] + [WIDTH]
    for (place, label, value), end in zip(fields, ends, strict=True):
        last = end == WIDTH
        x = LEFT + (end if last else place) + (-2 if last else 2) * MM
        paper.labelled((x, bottom + 2.6 * MM), label, value, size=9.5, font=BOLD if last else PLAIN,
                       align="right" if last else "left", fit=end - place - 4 * MM)  # fmt: skip
        if place and not last:
            paper.canvas.setStrokeColor(LINE)
            paper.canvas.line(LEFT + place, bottom, LEFT + place, y)
    paper.rule(bottom)
    return bottom


def _instructions(paper: Paper, slip: Slip, top: float) -> None:
    paper.text(
        (LEFT + 2 * MM, top - 3.5 * MM), "Instruções (texto de responsabilidade do beneficiário)", size=7, color=SOFT
    )
    y = top - 8 * MM
    month = f"Mensalidade do plano de saúde, competência {billing_month(slip.billing_month)}."
    for instruction in (month, f"Registro ANS nº {slip.operator.ans_registration}.", *slip.instructions):
        y = paper.block((LEFT + 2 * MM, y), instruction, width=124 * MM, size=8, leading=1.35)


def _bar_code(paper: Paper, code: BarCode) -> None:
    bars = I2of5(code.digits, barWidth=BAR_CODE_WIDTH / _UNITS, ratio=3, barHeight=BAR_CODE_HEIGHT,
                 checksum=0, bearers=0, quiet=0)  # fmt: skip
    paper.canvas.setFillColor(BLACK)
    bars.drawOn(paper.canvas, LEFT + 2 * MM, 14 * MM)
    paper.text((RIGHT, 14 * MM), "Ficha de compensação", size=8, font=BOLD, align="right")

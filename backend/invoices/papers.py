"""The papers of invoices, composed from rows: slip, receipt, year's statement. Each gives its bytes and its name."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import ADULT, Beneficiary, age
from backend.contracts import Contract
from backend.errors import InvalidInput
from backend.invoices.arrears import Updated, payable_until
from backend.invoices.pix import qr_png
from backend.invoices.slip import BankAccount, BarCode
from backend.invoices.tables import Invoice, InvoiceItem, IssuedSlip
from backend.invoices.verbs import Reader, check_reader, payer_of, year_statement
from backend.papers.layout import Operator
from backend.papers.receipt import Receipt, receipt_pdf
from backend.papers.slip import ChargedItem, Slip, slip_pdf
from backend.papers.statement import statement_pdf
from backend.settings import settings
from backend.store.clock import local

# A file's bytes and how people call it.
NamedFile = tuple[bytes, str]
PDF, PNG = "application/pdf", "image/png"


async def slip_file(session: AsyncSession, *, slip: IssuedSlip, reader: Reader) -> NamedFile:
    """An issued slip as PDF, the same bytes each time, and its name: 'boleto-2026-11.pdf'. NotAllowed by rule 3."""
    invoice = await session.get_one(Invoice, slip.invoice_id)
    check_reader(reader, invoice.contract_id)
    return slip_pdf(await _slip(session, invoice, slip)), f"boleto-{invoice.billing_month:%Y-%m}.pdf"


async def pix_file(session: AsyncSession, *, slip: IssuedSlip, reader: Reader) -> NamedFile:
    """A slip's PIX as QR code, a PNG, and its name: 'pix-2026-11.png'. NotAllowed by rule 3."""
    invoice = await session.get_one(Invoice, slip.invoice_id)
    check_reader(reader, invoice.contract_id)
    return qr_png(slip.pix), f"pix-{invoice.billing_month:%Y-%m}.png"


async def receipt_file(session: AsyncSession, *, invoice: Invoice, reader: Reader, now: datetime) -> NamedFile:
    """A paid invoice's receipt as PDF and its name: 'recibo-2026-11.pdf'.

    InvalidInput for an invoice that is not paid, NotAllowed by rule 3.
    """
    check_reader(reader, invoice.contract_id)
    if invoice.paid_on is None:
        raise InvalidInput("Essa fatura ainda não consta como paga.", detail="receipt of what is not paid")
    payer = await payer_of(session, invoice.contract_id)
    receipt = Receipt(
        operator=Operator.configured(settings()), payer_name=payer.shown_name, payer_cpf=payer.cpf,
        invoice_number=str(invoice.number), billing_month=invoice.billing_month, due_on=invoice.due_on,
        amount=invoice.amount, paid_on=invoice.paid_on, paid_amount=invoice.paid_amount or invoice.amount,
        issued_on=local(now).date(), paid_by=invoice.paid_by,
    )  # fmt: skip
    return receipt_pdf(receipt), f"recibo-{invoice.billing_month:%Y-%m}.pdf"


async def statement_file(
    session: AsyncSession, *, contract: Contract, year: int, reader: Reader, now: datetime
) -> NamedFile:
    """A year's payments as PDF and its name: 'demonstrativo-2025.pdf'.

    InvalidInput for a year without a payment, NotAllowed by rule 3.
    """
    statement = await year_statement(session, contract=contract, year=year, reader=reader, now=now)
    if not statement.payments:
        raise InvalidInput(f"Não há pagamentos em {year}.", detail="statement of a year without payments")
    return statement_pdf(statement), f"demonstrativo-{year}.pdf"


async def _slip(session: AsyncSession, invoice: Invoice, slip: IssuedSlip) -> Slip:
    config = settings()
    payer = await payer_of(session, invoice.contract_id)
    account = BankAccount(config.slip_bank, config.slip_agency, config.slip_account)
    return Slip(
        operator=Operator.configured(config), payer_name=payer.shown_name, payer_cpf=payer.cpf,
        payer_address=printed_address(payer), invoice_number=str(invoice.number), billing_month=invoice.billing_month,
        issued_on=local(slip.issued_at).date(), due_on=slip.due_on, original_due_on=invoice.due_on,
        items=await _items(session, invoice, payer, local(slip.issued_at).date()),
        amounts=issued_amounts(invoice, slip), bar_code=BarCode.from_line(slip.digitable_line),
        bank_name=config.slip_bank_name, account=f"{config.slip_agency} / {config.slip_account}",
        our_number=account.printed_number(invoice.number), pix=slip.pix, instructions=_instructions(),
    )  # fmt: skip


def issued_amounts(invoice: Invoice, slip: IssuedSlip) -> Updated:
    """The parts of an issued slip's total, in reais, as they were on that day. Pure."""
    late = (slip.due_on - payable_until(invoice.due_on, state=settings().holiday_state)).days
    return Updated(slip.total - slip.fine - slip.interest, slip.fine, slip.interest, max(late, 0))


def printed_address(person: Beneficiary) -> str:
    """A person's address in one line, what is missing left out. Pure."""
    return ", ".join(filter(None, [person.street, person.district, person.city, person.state, person.postal_code]))


def _instructions() -> tuple[str, ...]:
    config = settings()
    fine, interest = (str(rate).replace(".", ",") for rate in (config.fine_percent, config.monthly_interest_percent))
    return (f"Após o vencimento: multa de {fine}% e juros de {interest}% ao mês, proporcionais aos dias.",)


async def _items(session: AsyncSession, invoice: Invoice, payer: Beneficiary, today: date) -> tuple[ChargedItem, ...]:
    rows = await session.scalars(
        select(InvoiceItem).where(InvoiceItem.invoice_id == invoice.id).order_by(InvoiceItem.id)
    )
    items = []
    for row in rows:
        person = await beneficiaries.get(session, row.beneficiary_id) if row.beneficiary_id else None
        items.append(ChargedItem(printed_item(row, person, payer=payer, today=today), row.amount))
    return tuple(items) or (ChargedItem("Mensalidade", invoice.amount),)


def printed_item(item: InvoiceItem, person: Beneficiary | None, *, payer: Beneficiary, today: date) -> str:
    """What a slip says of a line: a procedure of another adult is his own affair, so its name is left out. Pure.

    [rule 10]
    """
    if not item.procedure_code or person is None or person.id == payer.id or age(person, today) < ADULT:
        return item.description
    return f"Procedimento de {person.first_name}"

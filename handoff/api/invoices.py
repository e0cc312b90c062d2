"""Invoices (títulos): issued, settled, reopened, cancelled by the ledger. [processes.md, 5; rule 11]"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from sqlalchemy import select

from backend.contracts import Contract
from backend.errors import NotFound
from backend.invoices import charges, verbs
from backend.invoices.charges import Charge
from backend.invoices.tables import Invoice, InvoiceItem
from handoff.api.calls import Call, Work, Working, changes, reads
from handoff.api.shapes import (
    Asked,
    Day,
    Id,
    InvoiceNumber,
    Month,
    OptionalText,
    ProcedureCode,
    Reais,
    Shown,
    ShownReais,
    Text,
    reais,
)  # fmt: skip

router = APIRouter(route_class=Call, tags=["invoices"])

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]


class ItemShown(Shown):
    """One line of an invoice."""

    description: str
    amount: ShownReais
    beneficiary_id: UUID | None
    procedure_code: str | None


class InvoiceShown(Shown):
    """An invoice as it stands. `amount` is what was charged, without fine and interest."""

    number: int = Field(description="nosso número", examples=[10000001])
    contract_number: str = Field(examples=["10000001"])
    billing_month: str = Field(examples=["2026-12"])
    due_on: date
    amount: ShownReais
    state: str = Field(description="open, paid or cancelled")
    paid_on: date | None
    paid_amount: ShownReais | None
    paid_by: str = Field(examples=["pix"])
    slip_withheld: str = Field(description="why no slip may be issued; empty where one may")
    excused: str = Field(description="why its arrears are the operator's own and count for no notice; else empty")
    items: list[ItemShown]


class NewItem(Asked):
    """One line: what for, how much, and where it is one person's, whose, for which procedure."""

    description: Text = Field(examples=["Mensalidade"])
    amount: Reais
    beneficiary_id: Id | None = None
    procedure_code: ProcedureCode | None = None


class NewInvoice(Asked):
    """One month's charge of a contract; its amount is the sum of the items."""

    contract_number: Text = Field(examples=["10000001"])
    billing_month: Month
    due_on: Day
    items: Annotated[list[NewItem], Field(min_length=1, max_length=200)]


class Payment(Asked):
    """A payment that came in."""

    paid_on: Day
    amount: Reais
    means: Code = Field(examples=["pix", "slip", "direct_debit"])


class Reason(Asked):
    """Why, as a code for the audit: nothing about a person."""

    reason: Code = Field(examples=["payment_returned"])


class Withholding(Asked):
    """Why no slip may be issued; empty: one may be."""

    reason: OptionalText = Field(examples=["Débito em conta não realizado"])


class Excuse(Asked):
    """Why arrears are the operator's own (no valid slip, a failed direct debit); empty: they count."""

    reason: OptionalText = Field(examples=["Boleto enviado com código inválido"])


@router.get("/invoices/{number}", dependencies=reads("invoices:read"), summary="Read an invoice")
async def read_invoice(number: InvoiceNumber, work: Working) -> InvoiceShown:
    """One invoice with its items."""
    return await _shown(work, await _find(work, number))


@router.post("/invoices", status_code=201, dependencies=changes("invoices:write"), summary="Issue an invoice")
async def issue_invoice(wanted: NewInvoice, work: Working) -> InvoiceShown:
    """Charges a contract for a billing month and tells whoever may hear of its money.

    409 where the month has an invoice already that is not cancelled.
    """
    contract = await work.session.scalar(select(Contract).where(Contract.number == wanted.contract_number))
    if contract is None:
        raise NotFound("Não há contrato com esse número.", detail="contract")
    items = [Charge(item.description, item.amount, item.beneficiary_id, item.procedure_code) for item in wanted.items]
    invoice = await charges.charge(
        work.session, contract=contract, month=wanted.billing_month, due_on=wanted.due_on, items=items,
        actor=work.actor, now=work.now,
    )  # fmt: skip
    return await _shown(work, invoice)


@router.post("/invoices/{number}/payments", dependencies=changes("invoices:write"), summary="Settle an invoice")
async def pay_invoice(number: InvoiceNumber, payment: Payment, work: Working) -> InvoiceShown:
    """Notes a payment: the invoice is paid, and whoever may hear of the contract's money is told."""
    invoice = await _find(work, number)
    await verbs.mark_paid(
        work.session, invoice=invoice, paid_on=payment.paid_on, amount=payment.amount, paid_by=payment.means,
        actor=work.actor, now=work.now,
    )  # fmt: skip
    return await _shown(work, invoice)


@router.post("/invoices/{number}/reopen", dependencies=changes("invoices:write"), summary="Reopen an invoice")
async def reopen_invoice(number: InvoiceNumber, why: Reason, work: Working) -> InvoiceShown:
    """A payment was returned: the invoice is open again, and whoever may hear of money is told."""
    invoice = await _find(work, number)
    await verbs.reopen(work.session, invoice=invoice, reason=why.reason, actor=work.actor, now=work.now)
    return await _shown(work, invoice)


@router.post("/invoices/{number}/cancel", dependencies=changes("invoices:write"), summary="Cancel an invoice")
async def cancel_invoice(number: InvoiceNumber, why: Reason, work: Working) -> InvoiceShown:
    """The charge ends without payment, and whoever may hear of money is told. Only an open invoice."""
    invoice = await _find(work, number)
    await verbs.cancel(work.session, invoice=invoice, reason=why.reason, actor=work.actor, now=work.now)
    return await _shown(work, invoice)


@router.put(
    "/invoices/{number}/slip-withheld", dependencies=changes("invoices:write"), summary="Withhold an invoice's slip"
)
async def withhold_slip(number: InvoiceNumber, withholding: Withholding, work: Working) -> InvoiceShown:
    """No slip is issued for this invoice any more, or again. Nobody is told: whoever asks for the slip hears it."""
    invoice = await _find(work, number)
    await charges.withhold_slip(
        work.session, invoice=invoice, reason=withholding.reason, actor=work.actor, now=work.now
    )
    return await _shown(work, invoice)


@router.put("/invoices/{number}/excused", dependencies=changes("invoices:write"), summary="Excuse an invoice's arrears")
async def excuse_invoice(number: InvoiceNumber, why: Excuse, work: Working) -> InvoiceShown:
    """Its arrears are the operator's own doing and count for no notice (RN 593), or count again. Nobody is told."""
    invoice = await _find(work, number)
    await charges.excuse(work.session, invoice=invoice, reason=why.reason, actor=work.actor, now=work.now)
    return await _shown(work, invoice)


async def _find(work: Work, number: int) -> Invoice:
    return await charges.by_number(work.session, number, reader=work.actor)


async def _shown(work: Work, invoice: Invoice) -> InvoiceShown:
    work.about("invoice", invoice.id)
    contract = await work.session.get_one(Contract, invoice.contract_id)
    query = select(InvoiceItem).where(InvoiceItem.invoice_id == invoice.id).order_by(InvoiceItem.id)
    items = [
        ItemShown(
            description=item.description, amount=reais(item.amount), beneficiary_id=item.beneficiary_id,
            procedure_code=item.procedure_code,
        )
        for item in await work.session.scalars(query)
    ]  # fmt: skip
    return InvoiceShown(
        number=invoice.number, contract_number=contract.number, billing_month=f"{invoice.billing_month:%Y-%m}",
        due_on=invoice.due_on, amount=reais(invoice.amount), state=invoice.state, paid_on=invoice.paid_on,
        paid_amount=reais(invoice.paid_amount) if invoice.paid_amount is not None else None, paid_by=invoice.paid_by,
        slip_withheld=invoice.slip_withheld, excused=invoice.excused, items=items,
    )  # fmt: skip

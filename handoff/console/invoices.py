"""Invoices in the panel: what is open and what it costs today, and sending slips, receipts, a year's statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend.actor import Actor
from backend.errors import InvalidInput
from backend.invoices import verbs
from backend.invoices.tables import Invoice
from handoff.console.panel import Fields, Panel, Section, hand_of, key_of, show, typed
from handoff.console.session import Signed
from handoff.desk import invoices as desk

MONTHS = 12

router = APIRouter(prefix="/conversations/{conversation_id}")


@dataclass(frozen=True, slots=True)
class Charge:
    """An invoice as the panel shows it: `total` is what it costs today, in reais, fine and interest included."""

    invoice: Invoice
    total: Decimal
    days_late: int
    overdue: bool


async def _invoices(session: AsyncSession, panel: Panel, fields: Fields) -> dict[str, Any]:  # noqa: ARG001
    """The ledger for the attendant's eyes; whether amounts may be told is another question. [rule 3]"""
    if panel.person is None:
        return {"open": [], "others": [], "years": []}
    contract_id, house = panel.person.contract_id, panel.visitor.actor
    unpaid = await verbs.open_invoices(session, contract_id, reader=house)
    since = date(panel.today.year - 1, panel.today.month, 1)
    recent = await verbs.invoices_of(session, contract_id, since=since, until=date.max, reader=house)
    others = [invoice for invoice in reversed(recent) if invoice.state != "open"][:MONTHS]
    paid_in = {invoice.paid_on.year for invoice in recent if invoice.paid_on}
    return {
        "open": [_charge(invoice, panel, house) for invoice in unpaid],
        "others": others,
        "years": sorted(paid_in, reverse=True),
    }


def _charge(invoice: Invoice, panel: Panel, house: Actor) -> Charge:
    amounts = verbs.amounts_on(invoice, panel.today, reader=house)
    return Charge(invoice, amounts.total, amounts.days_late, verbs.is_overdue(invoice, panel.today))


SECTION = Section("invoices", _invoices)


@router.post("/invoices/{invoice_id}/slip")
async def slip(request: Request, conversation_id: UUID, invoice_id: UUID, visitor: Signed) -> Response:
    """A second copy into the conversation: text, PDF, line, PIX."""
    fields = await typed(request)
    async with hand_of(request, visitor, conversation_id, key_of(fields, "slip", invoice_id)) as hand:
        await desk.send_slip(hand, invoice_id=invoice_id)
    return await show(request, visitor, conversation_id, SECTION, fields, done="Segunda via enviada na conversa.")


@router.post("/invoices/{invoice_id}/receipt")
async def receipt(request: Request, conversation_id: UUID, invoice_id: UUID, visitor: Signed) -> Response:
    """A paid invoice's receipt into the conversation."""
    fields = await typed(request)
    async with hand_of(request, visitor, conversation_id, key_of(fields, "receipt", invoice_id)) as hand:
        await desk.send_receipt(hand, invoice_id=invoice_id)
    return await show(request, visitor, conversation_id, SECTION, fields, done="Recibo enviado na conversa.")


@router.post("/statement")
async def statement(request: Request, conversation_id: UUID, visitor: Signed) -> Response:
    """A year's statement of payments into the conversation."""
    fields = await typed(request)
    year = fields.get("year", "")
    if not (year.isdecimal() and len(year) == 4):  # noqa: PLR2004 (digits of a year)
        raise InvalidInput("Escolha o ano do demonstrativo.", detail="year")
    async with hand_of(request, visitor, conversation_id, key_of(fields, "statement", year)) as hand:
        await desk.send_statement(hand, year=int(year))
    return await show(request, visitor, conversation_id, SECTION, fields, done="Demonstrativo enviado na conversa.")

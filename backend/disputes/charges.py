"""What a person may dispute: lines of his contract's invoices, in words that he may read. [processes.md 3; rule 3]"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.identifiers import plain
from backend.invoices.papers import printed_item
from backend.invoices.tables import Invoice, InvoiceItem
from backend.invoices.verbs import check_reader

MONTHS_BACK = 12  # invoices that are looked through where nobody names a month
_FEE = re.compile(r"\bmensalidades?\b")


@dataclass(frozen=True, slots=True)
class Charged:
    """One line of an invoice; `amount` in reais, `about_id` whose it is.

    `description` is what its reader may read of it: another adult's procedure is named by its person alone. [rule 10]
    """

    item_id: int
    invoice_id: UUID
    billing_month: date
    description: str
    amount: Decimal
    about_id: UUID | None
    is_fee: bool


async def charges(
    session: AsyncSession, *, person: Beneficiary, billing_month: date | None, today: date
) -> list[Charged]:
    """The lines of a month's invoice, or without one of the last twelve months': what is no plain fee first, newest.

    Cancelled invoices charge nothing. Empty for a month without an invoice; NotAllowed by rule 3.
    """
    check_reader(person, person.contract_id)
    query = (
        select(InvoiceItem, Invoice)
        .join(Invoice, Invoice.id == InvoiceItem.invoice_id)
        .where(Invoice.contract_id == person.contract_id, Invoice.state != "cancelled")
    )
    if billing_month is not None:
        query = query.where(Invoice.billing_month == billing_month.replace(day=1))
    else:
        query = query.where(Invoice.billing_month >= _earliest(today))
    rows = (await session.execute(query.order_by(Invoice.billing_month.desc(), InvoiceItem.id))).all()
    found = [await charged(session, person, item, invoice, today) for item, invoice in rows]
    return sorted(found, key=lambda one: one.is_fee)


async def charged(
    session: AsyncSession, reader: Beneficiary, item: InvoiceItem, invoice: Invoice, today: date
) -> Charged:
    """One line as a person may read it. NotAllowed by rule 3."""
    check_reader(reader, invoice.contract_id)
    about = await beneficiaries.get(session, item.beneficiary_id) if item.beneficiary_id else None
    return Charged(
        item_id=item.id, invoice_id=invoice.id, billing_month=invoice.billing_month, amount=item.amount,
        description=printed_item(item, about, payer=reader, today=today), about_id=item.beneficiary_id,
        is_fee=is_fee(item),
    )  # fmt: skip


async def with_months(session: AsyncSession, *, person: Beneficiary, today: date) -> Sequence[date]:
    """The billing months that have an invoice, newest first, of the last twelve. NotAllowed by rule 3."""
    check_reader(person, person.contract_id)
    query = select(Invoice.billing_month).where(
        Invoice.contract_id == person.contract_id,
        Invoice.state != "cancelled",
        Invoice.billing_month >= _earliest(today),
    )
    return (await session.scalars(query.order_by(Invoice.billing_month.desc()))).all()


def is_fee(item: InvoiceItem) -> bool:
    """Whether a line is the plain monthly fee, and no procedure that was performed. Pure."""
    return not item.procedure_code and bool(_FEE.search(plain(item.description)))


def _earliest(today: date) -> date:
    years, month = divmod(today.year * 12 + today.month - 1 - MONTHS_BACK, 12)
    return date(years, month + 1, 1)

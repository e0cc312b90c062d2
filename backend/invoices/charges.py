"""What the ledger tells us about invoices: new ones, and those for which no slip may be issued. [processes.md, rule 11]

Payments, their return and cancellations are in `backend.invoices.verbs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract
from backend.errors import InvalidInput, NotFound, Taken
from backend.events import tell
from backend.invoices.tables import Invoice, InvoiceItem
from backend.invoices.verbs import Reader, check_reader, who_hears
from backend.money import billing_month as shown_month
from backend.procedures.tables import Procedure

MOST = Decimal("9999999999.99")  # what the ledger's columns hold


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of an invoice, in reais: what for, and where it is one person's, whose, for which procedure."""

    description: str
    amount: Decimal
    beneficiary_id: UUID | None = None
    procedure_code: str | None = None


async def by_number(session: AsyncSession, number: int, *, reader: Reader) -> Invoice:
    """The invoice of this number (nosso número); NotFound where there is none, NotAllowed by rule 3."""
    found = await session.scalar(select(Invoice).where(Invoice.number == number))
    if found is None:
        raise NotFound("Não encontrei essa fatura.", detail="invoice")
    check_reader(reader, found.contract_id)
    return found


async def charge(
    session: AsyncSession,
    *,
    contract: Contract,
    month: date,
    due_on: date,
    items: Sequence[Charge],
    actor: Actor,
    now: datetime,
) -> Invoice:
    """A new invoice for a billing month (any day of it), of the sum of its items; whoever hears of money is told.

    InvalidInput without items, for an amount that is not positive, for a procedure that does not exist or a person of
    another contract; Taken where the month has an invoice that is not cancelled.
    """
    total = await _sum_of(session, contract, items)
    invoice = Invoice(contract_id=contract.id, billing_month=month.replace(day=1), due_on=due_on, amount=total)
    try:
        async with session.begin_nested():
            session.add(invoice)
            await session.flush()
    except IntegrityError as error:
        message = f"Esse contrato já tem fatura de {shown_month(month)}."
        raise Taken(message, detail="second invoice of a month") from error
    for item in items:
        session.add(
            InvoiceItem(
                invoice_id=invoice.id, description=item.description, amount=item.amount,
                beneficiary_id=item.beneficiary_id, procedure_code=item.procedure_code,
            )
        )  # fmt: skip
    await session.flush()
    await session.refresh(invoice)  # its number and state are the database's
    audit.record(session, "invoices.charge", ("invoice", invoice.id), actor=actor, now=now)
    for person in await who_hears(session, contract.id):
        await tell(
            session, kind="invoice_changed", beneficiary_id=person.id, subject_id=invoice.id, now=now, change="issued",
            event_key=f"invoice_changed:{invoice.id}:issued:{person.id}",
        )  # fmt: skip
    return invoice


async def withhold_slip(session: AsyncSession, *, invoice: Invoice, reason: str, actor: Actor, now: datetime) -> None:
    """No slip may be issued for this invoice any more, `reason` says why in finance's words; empty lets it be again.

    Nobody is told: whoever asks for the slip hears it then. InvalidInput for an invoice that is not open.
    """
    await session.refresh(invoice, with_for_update=True)
    if invoice.state != "open":
        raise InvalidInput("Essa fatura não está em aberto.", detail="slip of an invoice that is not open")
    invoice.slip_withheld = reason.strip()
    step = "withhold_slip" if invoice.slip_withheld else "release_slip"
    audit.record(session, f"invoices.{step}", ("invoice", invoice.id), actor=actor, now=now)


async def excuse(session: AsyncSession, *, invoice: Invoice, reason: str, actor: Actor, now: datetime) -> None:
    """The arrears of this invoice are the operator's own doing and count for no notice; empty: they count. [RN 593]

    InvalidInput for an invoice that is not open.
    """
    await session.refresh(invoice, with_for_update=True)
    if invoice.state != "open":
        raise InvalidInput("Essa fatura não está em aberto.", detail="excusing an invoice that is not open")
    invoice.excused = reason.strip()
    step = "excuse" if invoice.excused else "count_again"
    audit.record(session, f"invoices.{step}", ("invoice", invoice.id), actor=actor, now=now)


async def _sum_of(session: AsyncSession, contract: Contract, items: Sequence[Charge]) -> Decimal:
    """The items' sum, where each of them can stand on an invoice of this contract; InvalidInput otherwise."""
    total = sum((item.amount for item in items), Decimal())
    if not items or min(item.amount for item in items) <= 0 or total > MOST:
        raise InvalidInput("A fatura precisa de itens com valor positivo.", detail="items of an invoice")
    people = {item.beneficiary_id for item in items if item.beneficiary_id}
    known = Beneficiary.id.in_(people) & (Beneficiary.contract_id == contract.id)
    if await session.scalar(select(func.count()).select_from(Beneficiary).where(known)) != len(people):
        raise InvalidInput("Há item de uma pessoa que não é desse contrato.", detail="item of another contract")
    codes = {item.procedure_code for item in items if item.procedure_code}
    found = select(func.count()).select_from(Procedure).where(Procedure.code.in_(codes))
    if await session.scalar(found) != len(codes):
        raise InvalidInput("Há item com código de procedimento desconhecido.", detail="procedure of an item")
    return total

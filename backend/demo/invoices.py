"""The demo's invoices: the last twelve months of each contract, and the present month's, not yet due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary, age
from backend.contracts import Contract
from backend.demo.contracts import CONTRACTS, LAST_DUE_DAY, Signed
from backend.invoices.tables import Invoice, InvoiceItem
from backend.store.clock import local
from backend.store.ids import new_id

MONTHS = 12
# Days overdue on D of what is not paid, by contract and by how many months before the present one.
UNPAID: Mapping[str, Mapping[int, int]] = {
    "10000002": {1: 25, 2: 55},
    "10000003": {3: 62},
    "10000006": {1: 20},
    "10000007": {3: 70, 4: 100},
    "10000009": {1: 23, 2: 53},
    "10000010": {2: 45},
}
# Paid the day before D, after finance had made its list.
PAID_YESTERDAY: Mapping[str, Mapping[int, int]] = {"10000008": {2: 52}}
# Fábio's magnetic resonance, which he never had: a line of last month's invoice.
NEVER_DONE = ("10000004", 1, "Ressonância magnética", Decimal("312.50"), "41101014")
MEANS = ("PIX", "boleto")
FEES = ((18, Decimal("198.40")), (43, Decimal("312.70")), (58, Decimal("468.90")), (200, Decimal("742.30")))


@dataclass(frozen=True, slots=True)
class Month:
    """One month's charge: how many months before D's it is, when it is or was due, and when it was paid."""

    before: int
    billing_month: date
    due_on: date
    paid_on: date | None


def months(row: Signed, today: date) -> Iterator[Month]:
    """What a contract was charged, newest first; a contract that ended, until it did. Pure."""
    present_due = today + timedelta(days=row.next_due_in)
    unpaid, yesterday = UNPAID.get(row.number, {}), PAID_YESTERDAY.get(row.number, {})
    late = {**unpaid, **yesterday}
    first = 0 if row.ended_days_ago is None else min(late)
    for before in range(first, MONTHS + 1):
        billing_month = _months_before(today, before).replace(day=1)
        if billing_month < row.on.replace(day=1):
            return
        if before in late:
            due_on = today - timedelta(days=late[before])
        else:
            due_on = present_due if before == 0 else _months_before(present_due, before)
        paid_on = None if before == 0 or before in unpaid else due_on - timedelta(days=before % 3)
        if before in yesterday:
            paid_on = today - timedelta(days=1)
        yield Month(before, billing_month, due_on, paid_on)


async def load_invoices(session: AsyncSession, *, actor: Actor, now: datetime) -> int:
    """Adds the invoices of the demo's contracts that have none yet; gives how many. Needs the people."""
    today = local(now).date()
    contracts = await _contracts_without(session)
    added = 0
    for row in CONTRACTS:
        contract = contracts.get(row.number)
        if contract is None:
            continue
        covered = await session.scalars(
            select(Beneficiary)
            .where(Beneficiary.contract_id == contract.id, Beneficiary.standing != "payer")
            .order_by(Beneficiary.id)
        )
        family = covered.all()
        for month in months(row, today) if family else ():
            _add(session, contract, family, month)
            added += 1
    await session.flush()
    if added:
        audit.record(session, "demo.add_invoices", ("invoice", "demo"), actor=actor, now=now, invoices=added)
    return added


async def _contracts_without(session: AsyncSession) -> dict[str, Contract]:
    has_one = select(Invoice.id).where(Invoice.contract_id == Contract.id).exists()
    numbers = [row.number for row in CONTRACTS]
    rows = await session.scalars(select(Contract).where(Contract.number.in_(numbers), ~has_one))
    return {contract.number: contract for contract in rows}


def _add(session: AsyncSession, contract: Contract, family: Sequence[Beneficiary], month: Month) -> None:
    items = [
        InvoiceItem(
            description=f"Mensalidade de {person.first_name}", amount=_fee(person, month.billing_month),
            beneficiary_id=person.id,
        )
        for person in family
    ]  # fmt: skip
    number, before, description, amount, code = NEVER_DONE
    if (contract.number, month.before) == (number, before):
        items.append(
            InvoiceItem(description=description, amount=amount, beneficiary_id=family[0].id, procedure_code=code)
        )
    total = sum((item.amount for item in items), Decimal())
    invoice = Invoice(
        id=new_id(), contract_id=contract.id, billing_month=month.billing_month, due_on=month.due_on, amount=total,
    )  # fmt: skip
    if month.paid_on is not None:
        invoice.state, invoice.paid_on = "paid", month.paid_on
        invoice.paid_amount, invoice.paid_by = total, MEANS[month.before % 2]
    for item in items:
        item.invoice_id = invoice.id
    session.add_all([invoice, *items])


def _fee(person: Beneficiary, day: date) -> Decimal:
    years = age(person, day)
    return next(fee for until, fee in FEES if years <= until)


def _months_before(day: date, count: int) -> date:
    months_since_zero = day.year * 12 + day.month - 1 - count
    return date(months_since_zero // 12, months_since_zero % 12 + 1, min(day.day, LAST_DUE_DAY))

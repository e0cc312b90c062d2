"""Invoices as people ask for them: which are open, a slip up to date, what was paid. [processes.md, 5]

Rule 3 stands at each verb's door: `reader` is whoever will hear the amounts, and who may not hear of money gets
NotAllowed, not a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.contracts import ANSWERS_FOR_CONTRACT, Contract, hears_of_money, plan_of
from backend.errors import InvalidInput, NotAllowed, NotFound, ZeloError
from backend.events import tell
from backend.invoices.arrears import Updated, payable_until, updated
from backend.invoices.pix import PixReceiver, copy_and_paste
from backend.invoices.slip import BankAccount
from backend.invoices.tables import Invoice, IssuedSlip
from backend.money import billing_month
from backend.papers.layout import Operator
from backend.papers.statement import PaidMonth, Statement
from backend.settings import settings
from backend.store.clock import local

# Who is going to hear: a person of the contract, or an attendant or a system of the house for themselves.
Reader = Beneficiary | Actor
_HOUSE = frozenset({"attendant", "system"})
# Business days until a paid slip is seen here: banks tell on the next one, and holidays differ between cities.
SETTLED_WITHIN = 3


class SlipWithheld(ZeloError):
    """No slip may be issued for this invoice; `reason` says why, in finance's words."""

    code = "slip_withheld"
    message = "Para esta fatura o boleto precisa ser emitido pelo setor financeiro."

    def __init__(self, reason: str) -> None:
        super().__init__(detail="slip withheld")
        self.reason = reason


def check_reader(reader: Reader, contract_id: UUID) -> None:
    """NotAllowed for whoever may not hear of this contract's money. Pure. [rule 3]

    A person hears of his own contract alone, and only where he answers for it; the assistant is no reader: it
    speaks to a person, who is.
    """
    if isinstance(reader, Actor):
        allowed = reader.kind in _HOUSE
    else:
        allowed = hears_of_money(reader) and reader.contract_id == contract_id
    if not allowed:
        raise NotAllowed(detail="may not hear of this contract's money")


async def open_invoices(session: AsyncSession, contract_id: UUID, *, reader: Reader) -> Sequence[Invoice]:
    """What is still to be paid, oldest billing month first. NotAllowed by rule 3."""
    check_reader(reader, contract_id)
    query = select(Invoice).where(Invoice.contract_id == contract_id, Invoice.state == "open")
    return (await session.scalars(query.order_by(Invoice.billing_month))).all()


async def invoices_of(
    session: AsyncSession, contract_id: UUID, *, since: date, until: date, reader: Reader
) -> Sequence[Invoice]:
    """Invoices of the billing months from `since` to `until`, both included, cancelled ones too, oldest first.

    NotAllowed by rule 3.
    """
    check_reader(reader, contract_id)
    query = select(Invoice).where(
        Invoice.contract_id == contract_id,
        Invoice.billing_month.between(since.replace(day=1), until.replace(day=1)),
    )
    return (await session.scalars(query.order_by(Invoice.billing_month, Invoice.number))).all()


async def of_month(session: AsyncSession, contract_id: UUID, month: date, *, reader: Reader) -> Invoice | None:
    """The invoice of a billing month (any day of it), cancelled ones aside; None without one. NotAllowed by rule 3."""
    check_reader(reader, contract_id)
    query = select(Invoice).where(
        Invoice.contract_id == contract_id, Invoice.billing_month == month.replace(day=1), Invoice.state != "cancelled"
    )
    return (await session.scalars(query)).one_or_none()


async def get(session: AsyncSession, invoice_id: UUID, *, reader: Reader) -> Invoice:
    """The invoice of this id; NotFound where there is none, NotAllowed by rule 3."""
    found = await session.get(Invoice, invoice_id)
    if found is None:
        raise NotFound(detail="invoice")
    check_reader(reader, found.contract_id)
    return found


def is_overdue(invoice: Invoice, today: date) -> bool:
    """Whether an open invoice can no longer be paid without a fine. Pure."""
    return invoice.state == "open" and today > payable_until(invoice.due_on, state=settings().holiday_state)


def amounts_on(invoice: Invoice, day: date, *, reader: Reader) -> Updated:
    """What an invoice costs on a day, in reais, with the settings' fine and interest. Pure. NotAllowed by rule 3."""
    check_reader(reader, invoice.contract_id)
    config = settings()
    return updated(
        invoice.amount, invoice.due_on, day, fine_percent=config.fine_percent,
        monthly_interest_percent=config.monthly_interest_percent, state=config.holiday_state,
    )  # fmt: skip


def new_due_date(invoice: Invoice, today: date) -> date:
    """When a slip that is issued today is due: as the invoice, or where that is over today or the next business day.

    Pure.
    """
    if not is_overdue(invoice, today):
        return invoice.due_on
    return payable_until(today, state=settings().holiday_state)


async def issue_slip(
    session: AsyncSession,
    *,
    invoice: Invoice,
    reader: Reader,
    protocol_id: UUID | None,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> IssuedSlip:
    """A slip for an open invoice, once for a request key; an overdue one is recalculated for the slip's due date.

    InvalidInput for a paid or cancelled invoice, SlipWithheld where finance keeps it back, NotAllowed by rule 3.
    """
    check_reader(reader, invoice.contract_id)
    await session.refresh(invoice, with_for_update=True)  # it cannot be paid while its slip is made
    existing = await session.scalar(select(IssuedSlip).where(IssuedSlip.request_key == request_key))
    if existing is not None:
        return existing
    _check_payable(invoice)
    slip = _compose(invoice, reader, local(now).date())
    slip.issued_at, slip.protocol_id, slip.request_key = now, protocol_id, request_key
    session.add(slip)
    await session.flush()
    audit.record(session, "invoices.issue_slip", ("invoice", invoice.id), actor=actor, now=now, slip=str(slip.id))
    return slip


def _check_payable(invoice: Invoice) -> None:
    month = billing_month(invoice.billing_month)
    if invoice.state == "paid":
        raise InvalidInput(f"A fatura de {month} já está paga.", detail="slip of a paid invoice")
    if invoice.state != "open":
        raise InvalidInput(f"A fatura de {month} foi cancelada.", detail="slip of a cancelled invoice")
    if invoice.slip_withheld:
        raise SlipWithheld(invoice.slip_withheld)


def _compose(invoice: Invoice, reader: Reader, today: date) -> IssuedSlip:
    config = settings()
    due_on = new_due_date(invoice, today)
    amounts = amounts_on(invoice, due_on, reader=reader)
    account = BankAccount(config.slip_bank, config.slip_agency, config.slip_account)
    code = account.issue(our_number=invoice.number, due_on=due_on, amount=amounts.total)
    receiver = PixReceiver(config.pix_key, config.operator_name, config.operator_city)
    # The bank gives the txid back with the payment: which invoice it is, and which day's amount was paid.
    pix = copy_and_paste(receiver, amount=amounts.total, txid=f"ZELO{invoice.number}D{due_on:%Y%m%d}")
    return IssuedSlip(
        invoice_id=invoice.id, due_on=due_on, total=amounts.total, fine=amounts.fine, interest=amounts.interest,
        digitable_line=code.line, pix=pix,
    )  # fmt: skip


async def mark_paid(
    session: AsyncSession,
    *,
    invoice: Invoice,
    paid_on: date,
    amount: Decimal,
    paid_by: str,
    actor: Actor,
    now: datetime,
) -> None:
    """A payment came in, `amount` in reais; whoever hears of the contract's money is told.

    InvalidInput where the invoice is not open, the amount is not positive or the day is still to come.
    """
    await session.refresh(invoice, with_for_update=True)
    if invoice.state != "open":
        raise InvalidInput("Essa fatura não está em aberto.", detail="payment of an invoice that is not open")
    if amount <= 0 or paid_on > local(now).date():
        raise InvalidInput("O pagamento precisa ter valor e data que já passou.", detail="amount or day of a payment")
    invoice.state, invoice.paid_on, invoice.paid_amount, invoice.paid_by = "paid", paid_on, amount, paid_by
    await _changed(session, invoice, "paid", actor=actor, now=now)


async def reopen(session: AsyncSession, *, invoice: Invoice, reason: str, actor: Actor, now: datetime) -> None:
    """A payment was returned: the invoice is open again, and whoever hears of money is told. InvalidInput unless paid.

    `reason` is a code for the audit.
    """
    await session.refresh(invoice, with_for_update=True)
    if invoice.state != "paid":
        raise InvalidInput("Essa fatura não consta como paga.", detail="reopening what is not paid")
    invoice.state, invoice.paid_on, invoice.paid_amount, invoice.paid_by = "open", None, None, ""
    await _changed(session, invoice, "reopened", actor=actor, now=now, reason=reason)


async def cancel(session: AsyncSession, *, invoice: Invoice, reason: str, actor: Actor, now: datetime) -> None:
    """The charge ends without payment, and whoever hears of money is told. InvalidInput unless open.

    `reason` is a code for the audit.
    """
    await session.refresh(invoice, with_for_update=True)
    if invoice.state != "open":
        raise InvalidInput("Só uma fatura em aberto pode ser cancelada.", detail="cancelling what is not open")
    invoice.state = "cancelled"
    await _changed(session, invoice, "cancelled", actor=actor, now=now, reason=reason)


async def _changed(
    session: AsyncSession, invoice: Invoice, change: str, *, actor: Actor, now: datetime, **details: object
) -> None:
    await session.flush()
    audit.record(session, f"invoices.{change}", ("invoice", invoice.id), actor=actor, now=now, **details)
    for person in await who_hears(session, invoice.contract_id):
        await tell(
            session, kind="invoice_changed", beneficiary_id=person.id, subject_id=invoice.id, now=now, change=change,
            event_key=f"invoice_changed:{invoice.id}:{change}:{now.isoformat()}:{person.id}",
        )  # fmt: skip


async def who_hears(session: AsyncSession, contract_id: UUID) -> Sequence[Beneficiary]:
    """Everybody who may hear of a contract's money: who pays for others first, then who is covered. [rule 3]"""
    query = select(Beneficiary).where(
        Beneficiary.contract_id == contract_id, Beneficiary.standing.in_(ANSWERS_FOR_CONTRACT)
    )
    return (await session.scalars(query.order_by(Beneficiary.standing != "payer", Beneficiary.id))).all()


async def payer_of(session: AsyncSession, contract_id: UUID) -> Beneficiary:
    """In whose name slips and receipts are made: the financially responsible, else the holder. NotFound without one."""
    people = await who_hears(session, contract_id)
    if not people:
        raise NotFound(detail="who answers for the contract")
    return people[0]


async def year_statement(
    session: AsyncSession, *, contract: Contract, year: int, reader: Reader, now: datetime
) -> Statement:
    """The payments that came in during a calendar year, as the paper shows them. NotAllowed by rule 3."""
    check_reader(reader, contract.id)
    query = select(Invoice).where(
        Invoice.contract_id == contract.id, Invoice.state == "paid",
        Invoice.paid_on.between(date(year, 1, 1), date(year, 12, 31)),
    )  # fmt: skip
    payments = tuple(
        PaidMonth(row.billing_month, row.due_on, row.paid_on, row.paid_amount or row.amount)
        for row in await session.scalars(query.order_by(Invoice.paid_on, Invoice.billing_month))
        if row.paid_on is not None
    )
    payer = await payer_of(session, contract.id)
    return Statement(
        operator=Operator.configured(settings()), holder_name=payer.shown_name, holder_cpf=payer.cpf,
        card_number=payer.card_number or "", plan_name=(await plan_of(session, contract)).name, year=year,
        payments=payments, issued_on=local(now).date(),
    )  # fmt: skip

"""Invoices: one month's charge of a contract, what it charges for, and each slip that was issued for it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.ids import new_id
from backend.store.tables import Base

REAIS = Numeric(12, 2)


class Invoice(Base):
    """`billing_month` is the first of the month it charges for; `number` the operator's own (nosso número).

    open → paid | cancelled. `slip_withheld` says why no slip can be issued (a failed direct debit, a court's order).
    `excused` says why its arrears are not the person's: they never count for a notice (RN 593).
    """

    __tablename__ = "invoice"
    __table_args__ = (
        CheckConstraint("state in ('open', 'paid', 'cancelled')", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid"),
        CheckConstraint("extract(day from billing_month) = 1", name="billing_month"),
        Index("uq_invoice_contract_id_billing_month", "contract_id", "billing_month", unique=True,
              postgresql_where="state <> 'cancelled'"),
        Index("ix_invoice_overdue", "due_on", postgresql_where="state = 'open'"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(start=10_000_001), unique=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    billing_month: Mapped[date]
    due_on: Mapped[date]
    amount: Mapped[Decimal] = mapped_column(REAIS)
    state: Mapped[str] = mapped_column(server_default="open")
    paid_on: Mapped[date | None]
    paid_amount: Mapped[Decimal | None] = mapped_column(REAIS)
    paid_by: Mapped[str] = mapped_column(server_default="")
    slip_withheld: Mapped[str] = mapped_column(server_default="")
    excused: Mapped[str] = mapped_column(server_default="")


class InvoiceItem(Base):
    """One line of an invoice: a fee, a copayment, a procedure. `beneficiary_id` says for whom."""

    __tablename__ = "invoice_item"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    description: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(REAIS)
    beneficiary_id: Mapped[UUID | None] = mapped_column(ForeignKey("beneficiary.id"))
    procedure_code: Mapped[str | None]


class IssuedSlip(Base):
    """A slip as it was issued: the amount up to date on that day, its due date and its codes."""

    __tablename__ = "issued_slip"
    __table_args__ = (Index("ix_issued_slip_invoice_id", "invoice_id", "issued_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoice.id"))
    issued_at: Mapped[datetime]
    due_on: Mapped[date]
    total: Mapped[Decimal] = mapped_column(REAIS)
    fine: Mapped[Decimal] = mapped_column(REAIS)
    interest: Mapped[Decimal] = mapped_column(REAIS)
    digitable_line: Mapped[str]
    pix: Mapped[str]
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey("protocol.id"))
    request_key: Mapped[str] = mapped_column(unique=True)

"""Where a contract stands today by the ledger: what is unpaid, whether the rule concerns it, what a notice would say.

The list of finance and the ledger are compared with this before every attempt and at every answer. [processes.md 6]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.contracts import ANSWERS_FOR_CONTRACT, Contract
from backend.delinquency import rules
from backend.delinquency.many import among
from backend.delinquency.rules import Arrears, Fee, Questioned, Signed, Terms
from backend.invoices.arrears import Updated, payable_until, updated
from backend.invoices.tables import Invoice
from backend.protocols.machines import WITHDRAWN
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store.clock import local

# What says that a debt is wrong, or paid: it asks for an answer, and ten days anew after it. [RN 593]
QUESTIONS = ("charge_dispute", "payment_report")


@dataclass(frozen=True, slots=True)
class Owed:
    """One unpaid invoice that is late: as the ledger has it, as a fee of the rule, and its amounts up to date."""

    invoice: Invoice
    fee: Fee
    amounts: Updated


@dataclass(frozen=True, slots=True)
class Position:
    """A contract's arrears on a day. `owed` is all that is late, oldest first; `arrears` what of it counts.

    `outside` is why the rule does not concern it, a code of `rules.WHY`; `may_notice` whether a notice today would say
    what holds; `in_hospital` that the holder is. `total` is reais up to date, of all that is owed.
    """

    on: date
    contract: Contract
    signed: Signed
    fees: tuple[Fee, ...]
    owed: tuple[Owed, ...]
    arrears: Arrears
    outside: str
    may_notice: bool
    in_hospital: bool
    questioned: tuple[Questioned, ...]

    @property
    def total(self) -> Decimal:
        """All that is late, in reais up to date."""
        return sum((owed.amounts.total for owed in self.owed), Decimal())

    @property
    def days(self) -> int:
        """Days of arrears of the oldest unpaid fee, those that the operator caused as well."""
        return max((owed.fee.days_late(self.on) for owed in self.owed), default=0)

    @property
    def is_cancelled(self) -> bool:
        """Whether the contract has ended by this day."""
        return self.contract.ended_on is not None and self.contract.ended_on <= self.on


def terms() -> Terms:
    """The rule's figures as they are configured."""
    config = settings()
    return Terms(
        two_fees_from=config.notice_two_fees_from, fees=config.notice_fees,
        more_than_days=config.notice_more_than_days, window_months=config.notice_window_months,
        notice_from_day=config.campaign_from_day,
        notice_days=config.notice_days, notice_by_day=config.notice_by_day,
        regulated_from=config.notice_regulated_from, days_once=config.notice_days_once,
        whatsapp_counts=config.notice_by_whatsapp, tap_counts=config.notice_tap_counts,
        ladder=tuple(config.notice_ladder.split(",")),
    )  # fmt: skip


async def of_contract(session: AsyncSession, contract_id: UUID, *, on: date) -> Position:
    """One contract's position on a day; KeyError where there is no such contract."""
    return (await of_contracts(session, [contract_id], on=on))[contract_id]


async def of_contracts(session: AsyncSession, contract_ids: Sequence[UUID], *, on: date) -> Mapping[UUID, Position]:
    """The positions of many contracts on a day, by id, in four queries; ids that are no contract's are left out."""
    contracts = (await session.scalars(select(Contract).where(among(Contract.id, contract_ids)))).all()
    ids = [contract.id for contract in contracts]
    open_ones = select(Invoice).where(among(Invoice.contract_id, ids), Invoice.state == "open", Invoice.due_on < on)
    invoices: dict[UUID, list[Invoice]] = defaultdict(list)
    for invoice in await session.scalars(open_ones.order_by(Invoice.due_on, Invoice.billing_month)):
        invoices[invoice.contract_id].append(invoice)
    in_hospital = await _in_hospital(session, ids)
    questioned = await _questioned(session, ids)
    return {
        contract.id: _position(
            contract, invoices[contract.id], on, in_hospital=contract.id in in_hospital,
            questioned=tuple(questioned[contract.id]),
        )
        for contract in contracts
    }  # fmt: skip


def signed(contract: Contract) -> Signed:
    """What of a contract the rule looks at. Pure."""
    return Signed(
        contract.signed_on, contract.kind, pays_directly=contract.pays_directly,
        adapted=contract.adapted_on is not None, clause=contract.arrears_clause, ended_on=contract.ended_on,
    )  # fmt: skip


def fee(invoice: Invoice) -> Fee:
    """An invoice as a fee of the rule; a slip that finance keeps back excuses it. Pure."""
    return Fee(
        invoice.billing_month, invoice.due_on, invoice.amount, paid_on=invoice.paid_on,
        in_time_until=payable_until(invoice.due_on, state=settings().holiday_state),
        excused=invoice.excused or invoice.slip_withheld,
    )  # fmt: skip


def _position(
    contract: Contract, invoices: Sequence[Invoice], on: date, *, in_hospital: bool, questioned: tuple[Questioned, ...]
) -> Position:
    config, figures = settings(), terms()
    owed = tuple(
        Owed(
            invoice, late,
            updated(
                invoice.amount, invoice.due_on, on, fine_percent=config.fine_percent,
                monthly_interest_percent=config.monthly_interest_percent, state=config.holiday_state,
            ),
        )
        for invoice, late in ((invoice, fee(invoice)) for invoice in invoices)
        if late.days_late(on)
    )  # fmt: skip
    fees, concerned = tuple(one.fee for one in owed), signed(contract)
    return Position(
        on, contract, concerned, fees, owed, rules.arrears_on(fees, on, figures), rules.outside(concerned, figures),
        rules.may_notice(concerned, fees, on, figures), in_hospital, questioned,
    )  # fmt: skip


async def _in_hospital(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    query = select(Beneficiary.contract_id).where(
        among(Beneficiary.contract_id, ids), Beneficiary.in_hospital_since.is_not(None),
        Beneficiary.standing.in_(ANSWERS_FOR_CONTRACT),
    )  # fmt: skip
    return set(await session.scalars(query))


async def _questioned(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, list[Questioned]]:
    """Disputes and reported payments of each contract's people, with the local days of question and answer.

    What was taken back asks for no answer.
    """
    query = (
        select(Beneficiary.contract_id, Protocol.opened_at, Protocol.closed_at)
        .join(Protocol, Protocol.beneficiary_id == Beneficiary.id)
        .where(among(Beneficiary.contract_id, ids), Protocol.kind.in_(QUESTIONS), Protocol.stage != WITHDRAWN)
        .order_by(Protocol.opened_at)
    )
    found: dict[UUID, list[Questioned]] = defaultdict(list)
    for contract_id, opened_at, closed_at in await session.execute(query):
        found[contract_id].append(Questioned(local(opened_at).date(), local(closed_at).date() if closed_at else None))
    return found

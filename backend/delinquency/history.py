"""A contract's whole history of arrears: every contact, notice, answer, decision and payment, in order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.contracts import Contract
from backend.delinquency import calling, dossier, evidence
from backend.delinquency.evidence import Checked
from backend.delinquency.tables import (
    Campaign,
    CampaignRow,
    CaseDecision,
    ContactAttempt,
    DelinquencyCase,
    EvidenceLink,
    Notice,
)
from backend.errors import NotFound
from backend.invoices.tables import Invoice
from backend.protocols.tables import Protocol

What = Literal[
    "opened", "closed", "attempt", "notice", "answer", "verdict", "decision", "payment", "protocol", "listed",
]  # fmt: skip
Row = DelinquencyCase | ContactAttempt | Notice | CaseDecision | Invoice | Protocol | CampaignRow
# Whose course belongs to arrears; other requests of the family do not.
PROTOCOLS = ("debt", "debt_negotiation", "payment_report", "charge_dispute")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `row` is what is kept of it: a notice's for its telling, its answer and its verdict.

    `what` says which: a case 'opened' or 'closed', an 'attempt', a 'payment' (the invoice), a 'protocol' that was
    opened, a campaign that 'listed' the contract. A payment has a day and no hour: it stands at the day's beginning.
    """

    at: datetime
    what: What
    row: Row


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with its evidence and what examining it found."""

    case: DelinquencyCase
    links: Sequence[EvidenceLink]
    checked: Checked


@dataclass(frozen=True, slots=True)
class History:
    """A contract's: its people, who answers for it first; its cases, the newest first; what happened, oldest first.

    `campaigns` are those that listed it, by id.
    """

    contract: Contract
    people: Sequence[Beneficiary]
    cases: Sequence[CaseFile]
    entries: Sequence[Entry]
    campaigns: dict[UUID, Campaign]


async def of_contract(session: AsyncSession, contract_id: UUID) -> History:
    """Everything about a contract's arrears; NotFound where there is no such contract."""
    contract = await session.get(Contract, contract_id)
    if contract is None:
        raise NotFound("Não encontrei esse contrato.", detail="contract")
    query = select(DelinquencyCase).where(DelinquencyCase.contract_id == contract_id)
    cases = (await session.scalars(query.order_by(DelinquencyCase.opened_at.desc()))).all()
    rows = select(CampaignRow).where(CampaignRow.contract_id == contract_id).order_by(CampaignRow.id)
    listed = (await session.scalars(rows)).all()
    wanted = select(Campaign).where(Campaign.id.in_({row.campaign_id for row in listed}))
    campaigns = {campaign.id: campaign for campaign in await session.scalars(wanted)}
    entries = [
        *_of_cases(cases),
        *await _of_contacts(session, [case.id for case in cases]),
        *await _of_contract(session, contract_id),
        *(Entry(campaigns[row.campaign_id].created_at, "listed", row) for row in listed),
    ]
    files = [
        CaseFile(case, await evidence.links_of(session, case.id), await dossier.examined(session, case))
        for case in cases
    ]
    people = await _people(session, contract_id)
    return History(contract, people, files, sorted(entries, key=lambda entry: entry.at), campaigns)


def _of_cases(cases: Sequence[DelinquencyCase]) -> Iterator[Entry]:
    for case in cases:
        yield Entry(case.opened_at, "opened", case)
        if case.closed_at is not None:
            yield Entry(case.closed_at, "closed", case)


async def _of_contacts(session: AsyncSession, ids: Sequence[UUID]) -> list[Entry]:
    attempts = await session.scalars(select(ContactAttempt).where(ContactAttempt.case_id.in_(ids)))
    decided = await session.scalars(select(CaseDecision).where(CaseDecision.case_id.in_(ids)))
    found = [
        *(Entry(attempt.made_at, "attempt", attempt) for attempt in attempts),
        *(Entry(decision.decided_at, "decision", decision) for decision in decided),
    ]
    for notice in await session.scalars(select(Notice).where(Notice.case_id.in_(ids))):
        found.append(Entry(notice.told_at, "notice", notice))
        if notice.answered_at is not None:
            found.append(Entry(notice.answered_at, "answer", notice))
        if notice.settled_at is not None:
            found.append(Entry(notice.settled_at, "verdict", notice))
    return found


async def _of_contract(session: AsyncSession, contract_id: UUID) -> list[Entry]:
    paid = select(Invoice).where(Invoice.contract_id == contract_id, Invoice.state == "paid")
    asked = (
        select(Protocol)
        .join(Beneficiary, Beneficiary.id == Protocol.beneficiary_id)
        .where(Beneficiary.contract_id == contract_id, Protocol.kind.in_(PROTOCOLS))
    )
    payments = [
        Entry(_beginning(invoice.paid_on), "payment", invoice)
        for invoice in await session.scalars(paid)
        if invoice.paid_on is not None
    ]
    return [*payments, *(Entry(one.opened_at, "protocol", one) for one in await session.scalars(asked))]


async def _people(session: AsyncSession, contract_id: UUID) -> Sequence[Beneficiary]:
    query = select(Beneficiary).where(Beneficiary.contract_id == contract_id)
    return (await session.scalars(query.order_by(Beneficiary.standing != "holder", Beneficiary.birth_date))).all()


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time(), calling.zone())

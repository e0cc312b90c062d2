"""A dispute with all that it is about: whose charge, on which invoice, and what of it its claimant may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary, may_act_for
from backend.disputes.charges import is_fee
from backend.disputes.tables import ChargeDispute
from backend.errors import NotFound
from backend.invoices.tables import Invoice, InvoiceItem
from backend.money import billing_month, reais
from backend.protocols.tables import Protocol


@dataclass(frozen=True, slots=True)
class Case:
    """A dispute and its rows; `about` is whose procedure it is, where the line names somebody."""

    dispute: ChargeDispute
    protocol: Protocol
    claimant: Beneficiary
    about: Beneficiary | None
    invoice: Invoice | None
    item: InvoiceItem | None

    @property
    def month(self) -> str:
        """The billing month as lists show it, '10/2026'; empty where it is not known."""
        return billing_month(self.dispute.billing_month) if self.dispute.billing_month else ""

    @property
    def amount(self) -> str:
        """What was charged, 'R$ 312,50'; empty where it is not known."""
        return reais(self.item.amount) if self.item else ""

    @property
    def is_fee(self) -> bool:
        """Whether the plain monthly fee is disputed, of which there is no proof of a procedure."""
        return self.item is not None and is_fee(self.item)

    def told_privately(self, today: date) -> Beneficiary | None:
        """The adult whose health data the procedure is, where that is not the claimant. Pure. [rule 10]"""
        if self.about is None or self.is_fee or may_act_for(self.claimant, self.about, today):
            return None
        return self.about


async def case_of(session: AsyncSession, protocol_id: UUID) -> Case:
    """The dispute of a protocol with what it is about; NotFound where nothing was disputed under it yet."""
    dispute = await session.get(ChargeDispute, protocol_id)
    protocol = await session.get(Protocol, protocol_id)
    if dispute is None or protocol is None:
        raise NotFound("Ainda não há contestação neste protocolo.", detail="charge dispute")
    return Case(
        dispute=dispute, protocol=protocol, claimant=await beneficiaries.get(session, dispute.claimant_id),
        about=await beneficiaries.get(session, dispute.about_id) if dispute.about_id else None,
        invoice=await session.get(Invoice, dispute.invoice_id) if dispute.invoice_id else None,
        item=await session.get(InvoiceItem, dispute.item_id) if dispute.item_id else None,
    )  # fmt: skip

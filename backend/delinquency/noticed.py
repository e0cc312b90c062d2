"""Which notices a case, a conversation or a telephone has seen, so that nobody is told the same twice. [RN 593]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delinquency.tables import DelinquencyCase, Notice
from backend.invoices.tables import Invoice


async def in_force(session: AsyncSession, case_id: UUID, *, months: Sequence[date]) -> Notice | None:
    """The case's newest notice that counts and named all of these billing months as they are owed today; else None.

    A fee that is due on another day or for another amount by now was not named, nor one whose delay did not count then.
    """
    query = select(Notice).where(Notice.case_id == case_id, Notice.counts.is_(True)).order_by(Notice.notice_on.desc())
    owed = await _owed(session, case_id, months)
    return next((notice for notice in await session.scalars(query) if owed and owed <= _debts(notice)), None)


async def confirmed_here(
    session: AsyncSession, case_id: UUID, conversation_id: UUID, *, months: Sequence[date]
) -> bool:
    """Whether a notice of these billing months was told and confirmed in this conversation, whatever it counts for."""
    query = select(Notice.fees).where(
        Notice.case_id == case_id, Notice.conversation_id == conversation_id, Notice.confirms.is_(True)
    )
    owed = {f"{month:%Y-%m}" for month in months}
    found = await session.scalars(query)
    return any(owed <= {str(fee["billing_month"])[:7] for fee in fees} for fees in found)


async def told_before(session: AsyncSession, number: str, conversation_id: UUID, *, since: datetime) -> bool:
    """Whether a notice was told at this canonical telephone since then, in another conversation than this one."""
    query = select(Notice.id).where(
        Notice.address == number, Notice.told_at >= since, Notice.conversation_id != conversation_id
    )
    return bool(number) and await session.scalar(query.limit(1)) is not None


async def _owed(session: AsyncSession, case_id: UUID, months: Sequence[date]) -> set[tuple[date, date, Decimal]]:
    """What the ledger says of these months; one that is not open any more stands for itself, and nobody named it."""
    query = (
        select(Invoice.billing_month, Invoice.due_on, Invoice.amount)
        .join(DelinquencyCase, DelinquencyCase.contract_id == Invoice.contract_id)
        .where(DelinquencyCase.id == case_id, Invoice.state == "open", Invoice.billing_month.in_(months))
    )
    found = {(month, due_on, amount) for month, due_on, amount in await session.execute(query)}
    return found | {(month, month, Decimal()) for month in set(months) - {month for month, *_ in found}}


def _debts(notice: Notice) -> set[tuple[date, date, Decimal]]:
    return {
        (
            date.fromisoformat(str(fee["billing_month"])),
            date.fromisoformat(str(fee["due_on"])),
            Decimal(str(fee["amount"])),
        )
        for fee in notice.fees
        if not fee.get("excused")
    }

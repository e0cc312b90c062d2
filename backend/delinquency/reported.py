"""A reported payment that finance has not answered yet, so that nobody's second word of it waits beside the first."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.protocols.machines import GATHERING, PAYMENT_REPORT
from backend.protocols.tables import Protocol


async def at_the_desk(session: AsyncSession, beneficiary_id: UUID, *, but: UUID) -> Protocol | None:
    """The person's open report that was handed in already, other than the protocol `but`; None without one."""
    query = (
        select(Protocol)
        .where(
            Protocol.kind == PAYMENT_REPORT.kind, Protocol.beneficiary_id == beneficiary_id, Protocol.id != but,
            Protocol.state != "closed", Protocol.stage.not_in(("", GATHERING)),
        )
        .order_by(Protocol.opened_at)
        .limit(1)
    )  # fmt: skip
    return await session.scalar(query)

"""What ends by itself: papers that lay ready and that nobody confirmed or came for. [processes.md 7]"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import SYSTEM
from backend.coming_of_age.tables import ComingOfAge
from backend.coming_of_age.verbs import listeners
from backend.protocols import moving
from backend.protocols.tables import Protocol
from backend.store.clock import local

AT_ONCE = 100


async def expire_due(session: AsyncSession, *, now: datetime) -> int:
    """Ends the cases whose time is over, and tells it to those who were told that it was ready; gives how many."""
    query = (
        select(Protocol, ComingOfAge)
        .join(ComingOfAge, ComingOfAge.protocol_id == Protocol.id)
        .where(
            Protocol.stage == "waiting_beneficiary", Protocol.state != "closed",  # the panel may have closed it
            ComingOfAge.ready_until < local(now).date(),
        )
        .order_by(ComingOfAge.ready_until)
        .limit(AT_ONCE)
        .with_for_update(of=Protocol, skip_locked=True)
    )  # fmt: skip
    found = (await session.execute(query)).all()
    for protocol, case in found:
        await moving.move(
            session, protocol=protocol, name="expire", request_key=f"coming_of_age.expire:{protocol.id}",
            actor=SYSTEM, now=now, told=await listeners(session, protocol, case),
        )  # fmt: skip
    return len(found)

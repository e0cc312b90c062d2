"""Protocols of the demo: opened in the past, with the number of their own day."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.identifiers import ProtocolNumber
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.protocols.verbs import add_entry, due_at
from backend.settings import settings
from backend.store.clock import local

# Unlike `backend.protocols.verbs.take_number` inside the load's own transaction: nobody waits for it but another load.
_NEXT = text(
    "INSERT INTO protocol_day (day, last) VALUES (:day, 1)"
    " ON CONFLICT (day) DO UPDATE SET last = protocol_day.last + 1 RETURNING last"
)


async def open_past(
    session: AsyncSession, *, kind: str, beneficiary_id: UUID, request_key: str, actor: Actor, at: datetime
) -> Protocol:
    """The demo's protocol of this key, opened at `at` where it is not there yet."""
    found = await session.scalar(select(Protocol).where(Protocol.request_key == request_key))
    if found is not None:
        return found
    day = local(at).date()
    sequence = (await session.execute(_NEXT, {"day": day})).scalar_one()
    protocol = Protocol(
        number=str(ProtocolNumber.compose(settings().ans_registration, day, sequence)), kind=kind,
        team=KINDS[kind].team, opened_at=at, due_at=due_at(KINDS[kind], at), beneficiary_id=beneficiary_id,
        request_key=request_key,
    )  # fmt: skip
    session.add(protocol)
    await session.flush()
    audit.record(session, "demo.open_protocol", ("protocol", protocol.id), actor=actor, now=at, kind=kind)
    await add_entry(session, protocol=protocol, step="opened", actor=actor, now=at)
    return protocol

"""Answering under a protocol's number: the réplica, from the plan's side. [processes.md, rule 1]"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, events
from backend.actor import Actor
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol


async def reply(
    session: AsyncSession, *, protocol: Protocol, text: str, request_key: str, actor: Actor, now: datetime
) -> bool:
    """Writes an answer into the history, once for a request key, and tells it; gives whether there is whom to tell.

    A closed protocol takes it too and stays closed. Who may hear of it is decided when it is told. [rules 2, 3, 10]
    """
    await protocols.add_entry(
        session, protocol=protocol, step="reply", text=text, actor=actor, now=now, request_key=request_key
    )
    audit.record(session, "protocols.reply", ("protocol", protocol.id), actor=actor, now=now)
    if protocol.beneficiary_id is None:
        return False
    await events.tell(
        session, kind="protocol_answered", beneficiary_id=protocol.beneficiary_id, subject_id=protocol.id,
        protocol_id=protocol.id, event_key=f"protocol_answered:{request_key}", now=now,
    )  # fmt: skip
    return True

"""Handing papers in, sending them back, finding all of them right: the same for every process with a checklist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import Actor
from backend.documents import checklist
from backend.documents import verbs as documents
from backend.errors import InvalidInput
from backend.protocols import moving
from backend.protocols.tables import Protocol


async def hand_in(
    session: AsyncSession,
    *,
    protocol: Protocol,
    wanted: Sequence[str],
    request_key: str,
    actor: Actor,
    now: datetime,
) -> bool:
    """Hands the papers in, for the first time or corrected; InvalidInput while one of `wanted` is missing."""
    missing = await documents.still_missing(session, protocol.id, wanted)
    if missing:
        raise InvalidInput(f"Ainda falta: {checklist.spoken(missing)}.", detail=f"missing {missing}")
    return await moving.move(session, protocol=protocol, name="submit", request_key=request_key, actor=actor, now=now)


async def ask_correction(
    session: AsyncSession, *, protocol: Protocol, request_key: str, actor: Actor, now: datetime, reason: str = ""
) -> bool:
    """Sends refused papers back, each with its reason; InvalidInput where none was refused. [rule 9]"""
    if not await documents.refused(session, protocol.id):
        raise InvalidInput("Recuse antes o documento que está errado, com o motivo.", detail="nothing refused")
    return await moving.move(
        session, protocol=protocol, name="ask_correction", request_key=request_key, actor=actor, now=now, reason=reason
    )


async def require_accepted(session: AsyncSession, protocol_id: UUID, wanted: Sequence[str]) -> None:
    """InvalidInput where one of `wanted` was not accepted yet."""
    given = await documents.of_protocol(session, protocol_id)
    accepted = [document.kind for document in given if document.state == "accepted"]
    left = checklist.missing(wanted, accepted)
    if left:
        raise InvalidInput(f"Falta conferir: {checklist.spoken(left)}.", detail=f"not accepted {left}")

"""The plan's other systems: who may call, with which token, and what each may do."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.errors import InvalidInput, NotFound
from backend.store.clock import local
from handoff.api.tables import ApiCall, ApiSystem

SCOPES: Mapping[str, str] = {
    "authorizations:read": "read authorizations",
    "authorizations:write": "request authorizations and move them",
    "invoices:read": "read invoices",
    "invoices:write": "issue, settle, reopen and cancel invoices",
    "agenda:read": "read slots",
    "agenda:write": "add and withdraw slots",
    "appointments:read": "read who is booked",
    "network:read": "read providers and practices",
    "protocols:read": "read protocols and their history",
    "protocols:write": "answer protocols",
    "beneficiaries:read": "read registration data",
    "beneficiaries:write": "note hospital stays",
}
# How long an answer is kept for the key under which it was given; a key comes back within minutes or not at all.
ANSWERS_KEPT = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


async def add_system(
    session: AsyncSession, *, name: str, scopes: Collection[str], actor: Actor, now: datetime
) -> tuple[ApiSystem, str]:
    """A new system and its token, which is told this once: only its SHA-256 is kept.

    InvalidInput for a name that is taken or has more than small letters, digits and hyphens, and for unknown scopes.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInput("O nome do sistema leva letras minúsculas, números e hífens.", detail="system's name")
    if not scopes or set(scopes) - SCOPES.keys():
        raise InvalidInput(f"Escolha permissões entre: {', '.join(SCOPES)}.", detail="scopes")
    if await session.scalar(select(ApiSystem).where(ApiSystem.name == name)) is not None:
        raise InvalidInput("Já existe um sistema com esse nome.", detail="system's name is taken")
    token = f"zelo_{secrets.token_urlsafe(32)}"
    system = ApiSystem(name=name, token_sha256=_digest(token), scopes=sorted(set(scopes)), made_at=now)
    session.add(system)
    await session.flush()
    audit.record(session, "api.add_system", ("api_system", system.id), actor=actor, now=now, scopes=system.scopes)
    return system, token


async def revoke(session: AsyncSession, *, name: str, actor: Actor, now: datetime) -> None:
    """The system's token is worth nothing from the next call on; its row stays for the audit. NotFound without one."""
    system = await session.scalar(select(ApiSystem).where(ApiSystem.name == name).with_for_update())
    if system is None:
        raise NotFound("Não há sistema com esse nome.", detail="system")
    if system.revoked_at is None:
        system.revoked_at = now
        audit.record(session, "api.revoke_system", ("api_system", system.id), actor=actor, now=now)


async def every_system(session: AsyncSession) -> Sequence[ApiSystem]:
    """All systems, the revoked ones too, by name."""
    return (await session.scalars(select(ApiSystem).order_by(ApiSystem.name))).all()


async def who(session: AsyncSession, *, token: str, now: datetime) -> ApiSystem | None:
    """Whose token this is, or None; that it was used is noted once a minute.

    It is looked up by its digest: comparing takes no time that tells anything about the token. The first call of a
    day takes the system's old answers away.
    """
    query = select(ApiSystem).where(ApiSystem.token_sha256 == _digest(token), ApiSystem.revoked_at.is_(None))
    system = await session.scalar(query)
    if system is None:
        return None
    last = system.last_used_at
    if last is None or abs(now - last) >= SEEN_EVERY:
        system.last_used_at = now
        if last is None or local(last).date() != local(now).date():
            old = (ApiCall.system_id == system.id) & (ApiCall.at < now - ANSWERS_KEPT)
            await session.execute(delete(ApiCall).where(old))
    return system


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

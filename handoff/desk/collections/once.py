"""A form that arrives twice is carried out once, where its verb keeps no key of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.audit import AuditRow

FORM = "console.form"


async def made_before(session: AsyncSession, key: str) -> str | None:
    """What this form made when it was carried out, None where it was not; the same form waits for this transaction."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    query = select(AuditRow.details["made"].astext).where(
        AuditRow.subject_kind == "form", AuditRow.subject_id == key, AuditRow.action == FORM
    )
    return await session.scalar(query)


def note_made(session: AsyncSession, key: str, *, made: object, actor: Actor, now: datetime) -> None:
    """Writes that the form was carried out, and the id of what came of it."""
    audit.record(session, FORM, ("form", key), actor=actor, now=now, made=str(made))

"""The trace that every look at people in arrears leaves."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.audit import AuditRow
from handoff.console.session import Visitor

LOOK = "console.collections"
ONE_LOOK = timedelta(minutes=10)


async def note_look(
    session: AsyncSession, visitor: Visitor, subject: tuple[str, UUID | str], *, again: bool = False, **details: object
) -> None:
    """Writes that somebody looked at a list or a contract; a page that comes back with a form (`again`) is one look."""
    if again and await _looked(session, visitor, subject):
        return
    audit.record(session, LOOK, subject, actor=visitor.actor, now=visitor.now, **details)


async def _looked(session: AsyncSession, visitor: Visitor, subject: tuple[str, UUID | str]) -> bool:
    row = exists().where(
        AuditRow.subject_kind == subject[0], AuditRow.subject_id == str(subject[1]), AuditRow.action == LOOK,
        AuditRow.actor_id == visitor.actor.id, AuditRow.at > visitor.now - ONE_LOOK,
    )  # fmt: skip
    return bool(await session.scalar(select(row)))

"""Who did what, when: one row for every write, in the same transaction as the write."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend.actor import Actor
from backend.store.tables import Base, JsonObject


class AuditRow(Base):
    """One thing that somebody did. `details` holds ids and codes, never what a person wrote."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    details: Mapped[JsonObject]


def record(
    session: AsyncSession,
    action: str,
    subject: tuple[str, UUID | str | int],
    *,
    actor: Actor,
    now: datetime,
    **details: object,
) -> None:
    """Adds an audit row to the session's transaction. `action` is `<process>.<verb>`."""
    kind, identifier = subject
    session.add(
        AuditRow(
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            action=action,
            subject_kind=kind,
            subject_id=str(identifier),
            details=details,
        )
    )

"""What the plan's data have to tell people: rows that dispatch consumes (house.md, 'Arrows')."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.tables import Base, JsonObject


class Event(Base):
    """One thing to tell one person. `values` are ids and codes; what is said is composed when it is told.

    `not_after` ends its use: a reminder of an appointment that is over is told to nobody.
    """

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_waiting", "due_at", postgresql_where="told_at IS NULL"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    beneficiary_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"), index=True)
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey("protocol.id"))
    subject_id: Mapped[str]
    values: Mapped[JsonObject] = mapped_column(server_default="{}")
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    not_after: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(server_default="")
    event_key: Mapped[str] = mapped_column(unique=True)


async def tell(
    session: AsyncSession,
    *,
    kind: str,
    beneficiary_id: UUID,
    subject_id: object,
    event_key: str,
    now: datetime,
    protocol_id: UUID | None = None,
    not_after: datetime | None = None,
    **values: object,
) -> None:
    """Notes that a person is to be told something, once for an `event_key`, in the transaction of what happened."""
    statement = insert(Event).values(
        kind=kind, beneficiary_id=beneficiary_id, subject_id=str(subject_id), protocol_id=protocol_id,
        values=values, made_at=now, due_at=now, not_after=not_after, event_key=event_key,
    )  # fmt: skip
    await session.execute(statement.on_conflict_do_nothing(index_elements=["event_key"]))

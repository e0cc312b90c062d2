"""Protocols, their history, and the day's counter."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.ids import new_id
from backend.store.tables import Base, JsonObject


class ProtocolDay(Base):
    """How many numbers a day has given out."""

    __tablename__ = "protocol_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Protocol(Base):
    """One request. `request_key` makes its opening happen once for a turn, whatever is retried.

    `stage` is where it stands in its kind's machine (`machines.py`), empty for a kind that has no board.
    """

    __tablename__ = "protocol"
    __table_args__ = (
        Index("ix_protocol_open", "team", "due_at", postgresql_where="state <> 'closed'"),
        Index("ix_protocol_board", "team", "stage", "due_at", postgresql_where="stage <> '' AND state <> 'closed'"),
        Index("ix_protocol_conversation_id", "conversation_id"),
        Index("ix_protocol_beneficiary_id", "beneficiary_id", "opened_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    team: Mapped[str]
    stage: Mapped[str] = mapped_column(server_default="")
    stage_since: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    conversation_id: Mapped[UUID | None]
    beneficiary_id: Mapped[UUID | None] = mapped_column(ForeignKey("beneficiary.id"))
    request_key: Mapped[str] = mapped_column(unique=True)


class ProtocolEntry(Base):
    """One line of a protocol's history: what was said or done under its number, by whom."""

    __tablename__ = "protocol_entry"
    __table_args__ = (
        Index("ix_protocol_entry_protocol_id", "protocol_id", "id"),
        Index("ix_protocol_entry_at", "at", "id"),
        Index(
            "uq_protocol_entry_request_key",
            "request_key",
            unique=True,
            postgresql_where="request_key IS NOT NULL",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id"))
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    step: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    request_key: Mapped[str | None]


class UnfinishedRequest(Base):
    """What was gathered for a protocol when the person last wrote: he goes on from there days later. [rule 4]"""

    __tablename__ = "unfinished_request"
    __table_args__ = (Index("ix_unfinished_request_conversation_id", "conversation_id"),)

    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id"), primary_key=True)
    conversation_id: Mapped[UUID]
    intent: Mapped[str]
    request_state: Mapped[JsonObject]
    kept_at: Mapped[datetime]

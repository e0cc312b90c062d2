"""Which systems may call, and what each call with an idempotency key was answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.ids import new_id
from backend.store.tables import Base, JsonObject


class ApiSystem(Base):
    """One of the plan's systems. The token itself is shown once; its SHA-256 is kept. `scopes` name what it may do."""

    __tablename__ = "api_system"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    made_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiCall(Base):
    """A call with an idempotency key: the same key and body give the same answer; another body is refused."""

    __tablename__ = "api_call"

    system_id: Mapped[UUID] = mapped_column(ForeignKey("api_system.id"), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[str]
    status: Mapped[int]
    answer: Mapped[JsonObject]
    at: Mapped[datetime]

"""Whose coming of age a protocol is about, and what lies ready for him."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.tables import Base


class ComingOfAge(Base):
    """`ready` says in words what the beneficiary confirms or comes for, `ready_until` until when."""

    __tablename__ = "coming_of_age"

    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id"), primary_key=True)
    dependent_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"), index=True)
    ready: Mapped[str] = mapped_column(server_default="")
    ready_until: Mapped[date | None]

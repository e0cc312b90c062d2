"""One row for each change that was asked for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.tables import Base, JsonObject


class RegistrationChange(Base):
    """A field's old and new value, as the person asked. proposed → accepted (written to the register) | refused.

    `old` and `new` hold the field's parts: {"value": …}, or an address's postal_code, street, district, city, state.
    """

    __tablename__ = "registration_change"
    __table_args__ = (
        UniqueConstraint("protocol_id", "field"),
        CheckConstraint("state in ('proposed', 'accepted', 'refused')", name="state"),
        CheckConstraint("state <> 'refused' OR (reason <> '' AND decided_by <> '')", name="refusal"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id"))
    beneficiary_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"), index=True)
    field: Mapped[str]
    old: Mapped[JsonObject]
    new: Mapped[JsonObject]
    state: Mapped[str] = mapped_column(server_default="proposed")
    reason: Mapped[str] = mapped_column(server_default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(server_default="")

"""Who is to follow whom as a contract's holder, under a protocol."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.tables import Base


class HolderChange(Base):
    """`deceased`: the present holder has died, so that one signature and his death certificate suffice.

    `new_holder_id` is a beneficiary of the contract; `form_sha256` the standard form as it was made for signature.
    """

    __tablename__ = "holder_change"
    __table_args__ = (CheckConstraint("old_holder_id <> new_holder_id", name="other"),)

    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id"), primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    old_holder_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"))
    new_holder_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"))
    deceased: Mapped[bool] = mapped_column(server_default="false")
    form_sha256: Mapped[str] = mapped_column(server_default="")
    done_at: Mapped[datetime | None]

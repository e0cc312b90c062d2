"""What is disputed under a protocol, and how it was decided."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.tables import Base


class ChargeDispute(Base):
    """The charge that a person disputes. `about_id` is whose procedure it is, whose health data the proof is. [rule 10]

    `answer_by` is the way that the person chose for the proof; `ruling` medical accounts' finding, empty until then;
    `discount` how he wants it back, on the current invoice or on future ones.
    """

    __tablename__ = "charge_dispute"
    __table_args__ = (
        CheckConstraint("answer_by in ('chat', 'mail')", name="answer_by"),
        CheckConstraint("ruling in ('', 'valid', 'improper')", name="ruling"),
        CheckConstraint("discount in ('', 'current', 'future')", name="discount"),
        CheckConstraint("ruling = '' OR decided_by <> ''", name="decision"),
    )

    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id"), primary_key=True)
    claimant_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"), index=True)
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("beneficiary.id"))
    invoice_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("invoice_item.id"))
    billing_month: Mapped[date | None]
    charged_for: Mapped[str] = mapped_column(server_default="")
    claim: Mapped[str]
    answer_by: Mapped[str] = mapped_column(server_default="chat")
    ruling: Mapped[str] = mapped_column(server_default="")
    finding: Mapped[str] = mapped_column(server_default="")
    proof_sha256: Mapped[str] = mapped_column(server_default="")
    proof_name: Mapped[str] = mapped_column(server_default="")
    proof_type: Mapped[str] = mapped_column(server_default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(server_default="")
    discount: Mapped[str] = mapped_column(server_default="")
    settled_at: Mapped[datetime | None]

"""The agenda: slots, appointments (a hold is one that is not booked yet), the waiting list."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.ids import new_id
from backend.store.tables import Base, JsonObject

LIVE = "state in ('held', 'booked')"


class Slot(Base):
    """A time at which a practice sees somebody. Free unless a live appointment has it, or it was withdrawn."""

    __tablename__ = "slot"
    __table_args__ = (
        Index("uq_slot_practice_id_starts_at", "practice_id", "starts_at", unique=True),
        CheckConstraint("ends_at > starts_at", name="length"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("practice.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    withdrawn: Mapped[bool] = mapped_column(server_default="false")


class Appointment(Base):
    """Somebody's hold on a slot, or his booking. Two live ones of a provider, or of a person, never overlap.

    held → booked | released | lapsed; booked → cancelled | moved. `held_until` ends a hold; the one who wants the
    slot next lets it lapse.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        ExcludeConstraint(
            ("provider_id", "="), ("during", "&&"), name="ex_appointment_provider", using="gist", where=text(LIVE)
        ),
        ExcludeConstraint(
            ("beneficiary_id", "="), ("during", "&&"), name="ex_appointment_beneficiary", using="gist",
            where=text("state = 'booked'"),
        ),
        CheckConstraint(
            "state in ('held', 'booked', 'released', 'lapsed', 'cancelled', 'moved')", name="state"
        ),
        CheckConstraint("(state = 'held') <= (held_until IS NOT NULL)", name="hold"),
        Index("ix_appointment_slot_id", "slot_id", postgresql_where=LIVE),
        Index("ix_appointment_beneficiary_id", "beneficiary_id", "state"),
        Index("ix_appointment_reminder", text("lower(during)"),
              postgresql_where="state = 'booked' AND reminded_at IS NULL"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slot.id"))
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    beneficiary_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    state: Mapped[str]
    held_until: Mapped[datetime | None]
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey("protocol.id"), index=True)
    moved_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment.id"))
    made_at: Mapped[datetime]
    booked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    request_key: Mapped[str] = mapped_column(unique=True)


class WaitingEntry(Base):
    """Somebody who waits for a vacancy. waiting → offered → taken | waiting again; or left."""

    __tablename__ = "waiting_entry"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'offered', 'taken', 'left')", name="state"),
        Index("ix_waiting_entry_specialty", "specialty", "city", "since", postgresql_where="state = 'waiting'"),
        Index("ix_waiting_entry_beneficiary_id", "beneficiary_id"),
        Index("ix_waiting_entry_offered_id", "offered_id", postgresql_where="offered_id IS NOT NULL"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    beneficiary_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"))
    specialty: Mapped[str]
    city: Mapped[str]
    state_code: Mapped[str]
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("provider.id"))
    wish: Mapped[JsonObject]
    since: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="waiting")
    offered_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment.id"))
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey("protocol.id"))
    request_key: Mapped[str] = mapped_column(unique=True)

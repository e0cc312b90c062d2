"""Providers, places, and practices: who sees people where, in which specialty."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.ids import new_id
from backend.store.tables import Base, folded


class Provider(Base):
    """A doctor, dentist, therapist, clinic, hospital or laboratory. `council` is `CRM-MA 1234`, empty for places."""

    __tablename__ = "provider"
    __table_args__ = (
        CheckConstraint(
            "kind in ('doctor', 'dentist', 'therapist', 'clinic', 'hospital', 'laboratory')", name="kind"
        ),
        Index(
            "ix_provider_name", "folded_name", postgresql_using="gin", postgresql_ops={"folded_name": "gin_trgm_ops"}
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(default=folded("name"))
    council: Mapped[str] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(server_default="true")


class Place(Base):
    """An address where people are seen."""

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_city", "state", "city"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    street: Mapped[str]
    district: Mapped[str]
    city: Mapped[str]
    state: Mapped[str]
    postal_code: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")

    @property
    def address(self) -> str:
        """Street, district, city and state in one line."""
        return f"{self.street}, {self.district}, {self.city} {self.state}"


class Practice(Base):
    """A provider at a place in a specialty (a code of `backend.vocabulary`)."""

    __tablename__ = "practice"
    __table_args__ = (
        UniqueConstraint("provider_id", "place_id", "specialty"),
        Index("ix_practice_specialty", "specialty", "place_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"))
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"), index=True)
    specialty: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")

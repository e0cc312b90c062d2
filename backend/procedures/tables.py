"""The catalogue of procedures, authorizations and their steps."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.ids import new_id
from backend.store.tables import Base, folded


class Procedure(Base):
    """A TUSS code with the operator's own rule: audited or not, OPME, covered, its class of RN 566, and the clause."""

    __tablename__ = "procedure"
    __table_args__ = (
        Index("ix_procedure_search", "search", postgresql_using="gin"),
        Index(
            "ix_procedure_term", "folded_term", postgresql_using="gin", postgresql_ops={"folded_term": "gin_trgm_ops"}
        ),
    )  # fmt: skip

    code: Mapped[str] = mapped_column(primary_key=True)
    term: Mapped[str]
    folded_term: Mapped[str] = mapped_column(default=folded("term"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    needs_audit: Mapped[bool] = mapped_column(server_default="false")
    involves_opme: Mapped[bool] = mapped_column(server_default="false")
    covered: Mapped[bool] = mapped_column(server_default="true")
    care_class: Mapped[str]
    clause: Mapped[str] = mapped_column(server_default="")
    search: Mapped[str] = mapped_column(TSVECTOR, Computed("to_tsvector('zelo_portuguese', term)", persisted=True))


class Authorization(Base):
    """Leave to perform a procedure (guia). `number` is its own; `missing` says what the person still has to send.

    requested → in_audit → approved | denied; or waiting_document and back; approved → performed | expired;
    any → cancelled. A person signs a denial: `decided_by`, `reason` in plain words, `clause`. [rule 9]
    """

    __tablename__ = "procedure_authorization"
    __table_args__ = (
        CheckConstraint(
            "state in ('requested', 'in_audit', 'waiting_document', 'approved', 'denied', 'performed', 'cancelled')",
            name="state",
        ),
        CheckConstraint("state <> 'denied' OR (reason <> '' AND clause <> '' AND decided_by <> '')", name="denial"),
        Index("ix_procedure_authorization_beneficiary_id", "beneficiary_id", "requested_at"),
        Index("ix_procedure_authorization_state", "state", "due_at", "id"),
        Index("ix_procedure_authorization_due", "due_at",
              postgresql_where="state in ('requested', 'in_audit', 'waiting_document')"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    beneficiary_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"))
    procedure_code: Mapped[str] = mapped_column(ForeignKey("procedure.code"))
    protocol_id: Mapped[UUID | None] = mapped_column(ForeignKey("protocol.id"), index=True)
    requesting_doctor: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str]
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(server_default="")
    valid_until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(server_default="")
    clause: Mapped[str] = mapped_column(server_default="")
    missing: Mapped[str] = mapped_column(server_default="")


class AuthorizationStep(Base):
    """One line of an authorization's history, in words that the person may read; `request_key`: whose tap made it."""

    __tablename__ = "authorization_step"
    __table_args__ = (
        Index("ix_authorization_step_authorization_id", "authorization_id", "id"),
        Index(
            "uq_authorization_step_request_key", "request_key", unique=True,
            postgresql_where="request_key IS NOT NULL",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    authorization_id: Mapped[UUID] = mapped_column(ForeignKey("procedure_authorization.id"))
    at: Mapped[datetime]
    state: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    request_key: Mapped[str | None]

"""One row for each file that was given under a protocol."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.ids import new_id
from backend.store.tables import Base


class Document(Base):
    """A file under a protocol. `kind` is a code of `checklist.ITEMS`, empty until somebody says what it is.

    received → accepted | refused, by a person of the desk, with `reason` in words that its sender reads. [rule 9]
    `source` names where it came from (`media:<id>`, `console:<form>`), so that it is taken once. `previews` are the
    digests of its pages as pictures, in order.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("protocol_id", "source"),
        CheckConstraint("state in ('received', 'accepted', 'refused')", name="state"),
        CheckConstraint("state <> 'refused' OR (reason <> '' AND decided_by <> '')", name="refusal"),
        Index("ix_document_protocol_id", "protocol_id", "received_at"),
        Index("ix_document_sha256", "sha256"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id"))
    kind: Mapped[str] = mapped_column(server_default="")
    sha256: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="")
    content_type: Mapped[str]
    size: Mapped[int]
    pages: Mapped[int] = mapped_column(server_default="1")
    previews: Mapped[list[str]] = mapped_column(server_default="[]")
    thumbnail: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="received")
    reason: Mapped[str] = mapped_column(server_default="")
    received_at: Mapped[datetime]
    given_by_kind: Mapped[str]
    given_by_id: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(server_default="")

"""Contacts, conversations, messages, turns, media and the outbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.ids import new_id
from backend.store.tables import Base, JsonObject

OPEN = "closed_at IS NULL"
# Kinds of messages whose files are papers; an audio says something, but the assistant cannot hear.
DOCUMENT_KINDS = frozenset({"image", "document", "video"})


class Contact(Base):
    """One end of the channel. Several people may share it; `phone` is canonical, with the ninth digit."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_phone", "phone"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    address: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(server_default="")
    profile_name: Mapped[str] = mapped_column(server_default="")
    last_inbound_at: Mapped[datetime | None]


class Conversation(Base):
    """One episode of a contact. `lease_*` and `work_*` are dispatch's, on the real clock."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index("uq_conversation_open", "contact_id", unique=True, postgresql_where=OPEN),
        Index("ix_conversation_work_due_at", "work_due_at", postgresql_where="work_due_at IS NOT NULL"),
        Index(
            "ix_conversation_queue",
            "team",
            "priority",
            "queued_at",
            postgresql_where=f"{OPEN} AND owner <> 'assistant'",
        ),
        Index("ix_conversation_silent", "last_activity_at", postgresql_where=f"{OPEN} AND owner = 'assistant'"),
        Index("ix_conversation_last_activity_at", "last_activity_at"),
        Index("ix_conversation_contact_id", "contact_id", "opened_at"),
        CheckConstraint("owner in ('assistant', 'team', 'attendant')", name="owner"),
        CheckConstraint("(owner = 'attendant') = (attendant_id IS NOT NULL)", name="attendant"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ticket: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    our_address: Mapped[str]
    opened_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]

    owner: Mapped[str] = mapped_column(server_default="assistant")
    team: Mapped[str | None] = mapped_column(ForeignKey("team.code"))
    attendant_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    queued_at: Mapped[datetime | None]
    unread: Mapped[int] = mapped_column(server_default="0")

    lease_fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    lease_until: Mapped[datetime | None]
    work_due_at: Mapped[datetime | None]
    work_attempts: Mapped[int] = mapped_column(server_default="0")


class Ownership(Base):
    """Who owned a conversation, from when to when, and what was handed over with it."""

    __tablename__ = "ownership"
    __table_args__ = (
        Index("ix_ownership_conversation_id", "conversation_id", "id"),
        Index("uq_ownership_current", "conversation_id", unique=True, postgresql_where="until IS NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    owner: Mapped[str]
    team: Mapped[str | None]
    attendant_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default="")
    summary: Mapped[str] = mapped_column(server_default="")


class Turn(Base):
    """What the assistant was asked once: its messages' text, frozen before the call. The unit of 'exactly once'."""

    __tablename__ = "turn"
    __table_args__ = (
        Index("uq_turn_open", "conversation_id", unique=True, postgresql_where="state = 'open'"),
        Index("ix_turn_conversation_id", "conversation_id", "asked_at"),
        CheckConstraint("state in ('open', 'answered', 'given_up', 'overtaken')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    state: Mapped[str] = mapped_column(server_default="open")
    text: Mapped[str]
    payload: Mapped[JsonObject | None]
    context: Mapped[JsonObject] = mapped_column(server_default="{}")
    asked_at: Mapped[datetime]
    first_tried_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[JsonObject | None]
    understood: Mapped[JsonObject | None]


class Message(Base):
    """One message, note or notice of a conversation, in the order of `id`.

    Inbound: `state` is pending until the turn that took it is stored. Outbound: `delivery` only moves forward;
    `delivered_at` and `read_at` are when we heard of it first.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_conversation_id", "conversation_id", "id"),
        Index("ix_message_pending", "conversation_id", "id", postgresql_where="state = 'pending'"),
        Index("ix_message_search", "search", postgresql_using="gin"),
        Index("uq_message_request_key", "request_key", unique=True, postgresql_where="request_key IS NOT NULL"),
        CheckConstraint("direction in ('in', 'out', 'note', 'notice')", name="direction"),
        CheckConstraint("state in ('pending', 'taken', 'done', 'unsent')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    direction: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="text")
    body: Mapped[str] = mapped_column(server_default="")
    author_kind: Mapped[str]
    author_id: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="done")
    sid: Mapped[str | None] = mapped_column(unique=True)
    form: Mapped[JsonObject | None]
    options: Mapped[list[JsonObject] | None]
    turn_id: Mapped[UUID | None] = mapped_column(ForeignKey("turn.id"))
    understood: Mapped[JsonObject | None]
    delivery: Mapped[str | None]
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    error_code: Mapped[int | None]
    request_key: Mapped[str | None]
    # left(): a tsvector holds at most 1 MB, and a signed message of any length must be stored.
    search: Mapped[str] = mapped_column(
        TSVECTOR, Computed("to_tsvector('zelo_portuguese', left(body, 20000))", persisted=True)
    )


class Media(Base):
    """A file of a message, stored under its SHA-256 (`backend.store.files`).

    One that came has an address of Twilio's, from which the worker fetches it; one that we send is stored from the
    start, and its name is how the person calls it. What the inspection found (`backend.documents.inspection`) stands
    beside it: `problem` is its code, `previews` the digests of its pages as pictures, `guess` what its text names.
    """

    __tablename__ = "media"
    __table_args__ = (
        Index("ix_media_waiting", "next_attempt_at", postgresql_where="state = 'waiting'"),
        Index("ix_media_message_id", "message_id", "ordinal"),
        CheckConstraint("state in ('waiting', 'stored', 'failed')", name="state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    url: Mapped[str] = mapped_column(server_default="")
    declared_type: Mapped[str] = mapped_column(server_default="")
    name: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="waiting")
    content_type: Mapped[str] = mapped_column(server_default="")
    sha256: Mapped[str] = mapped_column(server_default="")
    size: Mapped[int] = mapped_column(BigInteger, server_default="0")
    error: Mapped[str] = mapped_column(server_default="")
    problem: Mapped[str] = mapped_column(server_default="")
    pages: Mapped[int] = mapped_column(server_default="0")
    previews: Mapped[list[str]] = mapped_column(server_default="[]")
    thumbnail: Mapped[str] = mapped_column(server_default="")
    guess: Mapped[list[str]] = mapped_column(server_default="[]")
    scanned: Mapped[bool] = mapped_column(server_default="false")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime | None]


class OutboxRow(Base):
    """A message on its way to WhatsApp. Its id goes into the status callback's address.

    `media_id` is the file that goes with it; the address that Twilio fetches it from is signed when it is sent.
    ready → sending → sent | failed; unsure when nobody knows whether Twilio took it; held outside the window.
    `bulk` is a campaign's: replies go before it, and after `not_after` (business time) it is not sent any more.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting", "sender", "conversation_id", "position",
            postgresql_where="state in ('ready', 'sending', 'unsure')",
        ),
        Index("ix_outbox_held", "recipient", postgresql_where="state = 'held'"),
        CheckConstraint("state in ('ready', 'sending', 'unsure', 'sent', 'failed', 'held')", name="state"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int] = mapped_column(BigInteger, Identity())
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    sender: Mapped[str]
    recipient: Mapped[str]
    body: Mapped[str]
    content_sid: Mapped[str | None]
    content_variables: Mapped[JsonObject | None]
    media_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id"))
    bulk: Mapped[bool] = mapped_column(server_default="false")
    not_after: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(server_default="ready")
    attempts: Mapped[int] = mapped_column(server_default="0")
    not_before: Mapped[datetime | None]
    sending_since: Mapped[datetime | None]
    sid: Mapped[str | None]
    refused_sid: Mapped[str | None]
    error_code: Mapped[int | None]

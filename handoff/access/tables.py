"""Accounts of the console and who is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.ids import new_id
from backend.store.tables import Base

Role = Literal["attendant", "operator", "admin"]


class Account(Base):
    """Somebody of the operator's staff. An admin may do all that the others may."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("role in ('attendant', 'operator', 'admin')", name="role"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    failed_logins: Mapped[int] = mapped_column(server_default="0")
    locked_until: Mapped[datetime | None]


class SignedIn(Base):
    """A browser that is signed in. Only the token's SHA-256 is kept."""

    __tablename__ = "signed_in"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    csrf: Mapped[str]
    since: Mapped[datetime]
    last_seen_at: Mapped[datetime]

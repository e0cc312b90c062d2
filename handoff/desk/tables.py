"""Teams and who belongs to them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.tables import Base


class Team(Base):
    """A queue with members (setor). `hours` is read by `Hours.parse`."""

    __tablename__ = "team"

    code: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    hours: Mapped[str] = mapped_column(server_default="0-4 08:00-18:00; 5 08:00-12:00")


class TeamMember(Base):
    """Who works a team's queue."""

    __tablename__ = "team_member"

    team: Mapped[str] = mapped_column(ForeignKey("team.code"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)

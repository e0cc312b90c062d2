"""The day's sheet: once a day the protocols of coming of age and change of holder go to registration. [seed 000]

Each protocol is in one sheet, once: that of the day on which it was opened, or, where that sheet had left already, the
next one.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.tables import Base


class DailySheet(Base):
    """A sheet that was made: its day (local), its file, how many protocols it has, the e-mail that took it along."""

    __tablename__ = "daily_sheet"
    __table_args__ = (CheckConstraint("protocols > 0", name="protocols"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    protocols: Mapped[int]
    made_at: Mapped[datetime]
    mail_id: Mapped[UUID | None] = mapped_column(ForeignKey("mail.id"))


class DailySheetLine(Base):
    """Which sheet a protocol is in. A protocol is in one alone, whoever makes sheets at the same time."""

    __tablename__ = "daily_sheet_line"

    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("protocol.id"), primary_key=True)
    day: Mapped[date] = mapped_column(ForeignKey("daily_sheet.day"), index=True)

"""Business time: the real time plus an offset that only the demo and tests may set.

Leases and timeouts use the real clock; everything that a person would call 'when' uses this one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend.settings import settings
from backend.store.tables import Base


class ClockOffset(Base):
    """At most one row: by how many seconds business time is ahead."""

    __tablename__ = "clock_offset"
    __table_args__ = (CheckConstraint("only_row", name="only_row"),)

    only_row: Mapped[bool] = mapped_column(primary_key=True, default=True)
    seconds: Mapped[float] = mapped_column(server_default="0")


async def business_now(session: AsyncSession) -> datetime:
    """The present moment of business, aware, in UTC (SQL's `business_now()`)."""
    moment = (await session.execute(text("SELECT business_now()"))).scalar_one()
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)


async def set_offset(session: AsyncSession, *, ahead: timedelta) -> None:
    """Moves business time. Who calls it answers for being the demo or a test."""
    await session.execute(
        text(
            "INSERT INTO clock_offset (only_row, seconds) VALUES (true, :seconds)"
            " ON CONFLICT (only_row) DO UPDATE SET seconds = excluded.seconds"
        ),
        {"seconds": ahead.total_seconds()},
    )


def local(moment: datetime) -> datetime:
    """The same moment on the wall clock of the operator (America/Sao_Paulo by default)."""
    return moment.astimezone(ZoneInfo(settings().timezone))

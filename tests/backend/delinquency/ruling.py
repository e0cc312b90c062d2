"""Contracts, fees and contacts of the rule's cases: local days counted back from one Monday."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from backend.delinquency.due import Standing
from backend.delinquency.rules import LADDER, Contact, Fee, Questioned, Signed, Terms, Try, Verdict

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ON = Terms(whatsapp_counts=True)
OLD = Signed(date(2024, 11, 30), "individual")
NEW = Signed(date(2024, 12, 1), "individual")


def fee(days: int, *, on: date = TODAY, **more: Any) -> Fee:
    """A fee that is so many days late on a day."""
    due = on - timedelta(days=days)
    return Fee(due.replace(day=1), due, Decimal("412.50"), **more)


def fees(*days: int) -> tuple[Fee, ...]:
    return tuple(map(fee, days))


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def contact(**more: Any) -> Contact:
    return Contact(**{"means": "whatsapp", "at": NOON, **more})


def noticed(days: int) -> Verdict:
    """A notice that counts, so many days ago."""
    return Verdict(True, ("confirmed",), ago(days), ago(days - 10))


def tried(*days: int, means: tuple[str, ...] = LADDER, failed: bool = True) -> tuple[Try, ...]:
    """One attempt by each means, so many days ago."""
    return tuple(Try(by, ago(day), failed) for by, day in zip(means, days, strict=True))


def standing(contract: Signed = NEW, *days: int, **more: Any) -> Standing:
    return Standing(contract, fees(*days), **more)


def disputed(days: int, answered: int | None = None) -> Questioned:
    return Questioned(ago(days), None if answered is None else ago(answered))

"""What the approval of a campaign would start: who is called, who is not and why, and when it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.delinquency import calling
from backend.delinquency.calling import Plan
from backend.delinquency.campaigns import people
from backend.delinquency.tables import Campaign

SAMPLE = 5


@dataclass(frozen=True, slots=True)
class Sampled:
    """One of the first who would be called: line of the sheet, full name, number, days of arrears by the ledger."""

    line: int
    full_name: str
    number: str
    days: int
    already_cancelled: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """How many would be called, how many are left out by reason (codes of `OUTCOMES`), most first.

    `ends_at` is when everybody was called once, if nobody answers; None where nobody is called.
    """

    to_call: int
    left_out: Mapping[str, int]
    ends_at: datetime | None
    sample: tuple[Sampled, ...]

    @property
    def people(self) -> int:
        """How many lines the list has."""
        return self.to_call + sum(self.left_out.values())


async def preview(session: AsyncSession, *, campaign: Campaign, plan: Plan, now: datetime) -> Preview:
    """What would happen if this plan were approved now; InvalidInput for a plan that cannot be kept. Writes nothing."""
    calling.check(plan)
    to_call, left_out = 0, Counter[str]()
    sample: list[Sampled] = []
    async for chunk in people.judge_all(session, campaign, plan, now):
        for line, judged in chunk:
            if judged.reason:
                left_out[judged.reason] += 1
                continue
            to_call += 1
            if len(sample) < SAMPLE:
                sample.append(Sampled(line.line, line.full_name, judged.numbers[0], judged.days, judged.cancelled))
    ends_at = calling.ends_about(plan, to_call, now) if to_call else None
    return Preview(to_call, dict(left_out.most_common()), ends_at, tuple(sample))

"""How far a campaign's people came, counted from its lines as they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delinquency.tables import CampaignRow

# The funnel's steps in their order: the code is that of the row's moment, `<code>_at`.
STEPS: Mapping[str, str] = {
    "sent": "Enviadas",
    "delivered": "Entregues",
    "read": "Lidas",
    "answered": "Responderam",
    "identified": "Identificadas",
    "notified": "Notificadas",
    "paid": "Pagaram",
    "negotiated": "Negociam",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how many people came so far, and their share of those who are to be called, 0 to 1."""

    code: str
    title: str
    people: int
    share: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """A campaign in figures: lines by state, its steps in order, why lines are over or were left out (most first).

    Who is left out after he was called (he is in hospital, say) is over, not left out: he was part of it.
    """

    states: Mapping[str, int]
    outcomes: Mapping[str, int]
    left_out: Mapping[str, int]
    steps: tuple[Step, ...]

    @property
    def lines(self) -> int:
        """All lines of the list."""
        return sum(self.states.values())

    @property
    def to_call(self) -> int:
        """Those that were not left out."""
        return self.lines - self.states.get("left_out", 0)

    @property
    def unanswered(self) -> int:
        """Who waits to be called, or for whose answer we wait."""
        return self.states.get("waiting", 0) + self.states.get("calling", 0)


async def funnel_of(session: AsyncSession, campaign_id: UUID) -> Funnel:
    """The campaign's funnel; who was called several times is one person."""
    grouped = await _grouped(session, campaign_id)
    states: Counter[str] = Counter()
    outcomes: dict[str, int] = {}
    left_out: dict[str, int] = {}
    for (written, outcome, was_called), lines in grouped.items():
        state = "done" if written == "left_out" and was_called else written
        states[state] += lines
        reasons = left_out if state == "left_out" else outcomes
        if outcome:
            reasons[outcome] = reasons.get(outcome, 0) + lines
    figures = [func.count(getattr(CampaignRow, f"{code}_at")) for code in STEPS]
    came = (await session.execute(select(*figures).where(CampaignRow.campaign_id == campaign_id))).one()
    whole = max(states.total() - states["left_out"], 1)
    steps = tuple(
        Step(code, title, people, min(people / whole, 1.0))
        for (code, title), people in zip(STEPS.items(), came, strict=True)
    )
    return Funnel(states, outcomes, left_out, steps)


async def _grouped(session: AsyncSession, campaign_id: UUID) -> Mapping[tuple[str, str, bool], int]:
    """How many lines are in each state with each outcome, called or not, most first."""
    count, was_called = func.count(), CampaignRow.sent_at.is_not(None)
    query = (
        select(CampaignRow.state, CampaignRow.outcome, was_called, count)
        .where(CampaignRow.campaign_id == campaign_id)
        .group_by(CampaignRow.state, CampaignRow.outcome, was_called)
        .order_by(count.desc(), CampaignRow.outcome)
    )
    found = await session.execute(query)
    return {(state, outcome, was_called): lines for state, outcome, was_called, lines in found}

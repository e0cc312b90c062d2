"""How far a campaign has come, counted from its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delinquency.tables import CampaignRow

# The funnel's steps in their order: code, what the page calls it, the row's moment.
STEPS = (
    ("sent", "Enviadas"), ("delivered", "Entregues"), ("read", "Lidas"), ("answered", "Responderam"),
    ("identified", "Identificadas"), ("notified", "Notificadas"), ("paid", "Pagaram"), ("negotiated", "Negociaram"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Funnel:
    """People of a campaign: all lines, by state, by outcome, by number of attempts, and who reached each step."""

    lines: int
    states: Mapping[str, int]
    outcomes: Mapping[str, int]
    attempts: Mapping[int, int]
    reached: Mapping[str, int]

    @property
    def to_call(self) -> int:
        """How many lines were not left out."""
        return self.lines - self.states.get("left_out", 0)

    @property
    def done(self) -> int:
        """How many of those are over."""
        return self.states.get("done", 0)

    @property
    def steps(self) -> tuple[tuple[str, str, int], ...]:
        """Code, title and number of people of each step, in the funnel's order."""
        return tuple((code, title, self.reached.get(code, 0)) for code, title in STEPS)


async def funnel(session: AsyncSession, campaign_id: UUID) -> Funnel:
    """The funnel of a campaign as it stands, in two queries."""
    groups = (
        select(CampaignRow.state, CampaignRow.outcome, CampaignRow.attempts, func.count())
        .where(CampaignRow.campaign_id == campaign_id)
        .group_by(CampaignRow.state, CampaignRow.outcome, CampaignRow.attempts)
    )
    states: dict[str, int] = {}
    outcomes: dict[str, int] = {}
    attempts: dict[int, int] = {}
    for state, outcome, tried, count in await session.execute(groups):
        states[state] = states.get(state, 0) + count
        if outcome:
            outcomes[outcome] = outcomes.get(outcome, 0) + count
        if state != "left_out":
            attempts[tried] = attempts.get(tried, 0) + count
    moments = [func.count(getattr(CampaignRow, f"{code}_at")).label(code) for code, _ in STEPS]
    row = (await session.execute(select(*moments).where(CampaignRow.campaign_id == campaign_id))).one()
    return Funnel(sum(states.values()), states, outcomes, attempts, dict(row._mapping))

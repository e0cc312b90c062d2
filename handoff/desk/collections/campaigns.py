"""Finance's lists as the console shows them: which there are, how far each is, its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt
from backend.identifiers import plain
from handoff.desk.collections.funnel import STEPS

A_PAGE = 50
MOST_CAMPAIGNS = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A campaign with how many lines it has, how many of them are over, and how many people were notified."""

    campaign: Campaign
    lines: int
    over: int
    notified: int


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines are looked for. `text` is part of a name, a CPF's digits, or a line's number; `bad`: with a problem.

    `step` is one of the funnel's: who came so far.
    """

    text: str = ""
    state: str = ""
    outcome: str = ""
    step: str = ""
    bad: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list with what was tried for it, the first attempt first."""

    row: CampaignRow
    tries: Sequence[ContactAttempt]


async def every(session: AsyncSession) -> Sequence[Listed]:
    """All campaigns, the newest first."""
    newest = select(Campaign).order_by(Campaign.created_at.desc()).limit(MOST_CAMPAIGNS)
    campaigns = (await session.scalars(newest)).all()
    query = (
        select(
            CampaignRow.campaign_id, func.count(), func.count().filter(CampaignRow.state == "done"),
            func.count(CampaignRow.notified_at),
        )
        .where(CampaignRow.campaign_id.in_([one.id for one in campaigns]))
        .group_by(CampaignRow.campaign_id)
    )  # fmt: skip
    counted = {campaign_id: figures for campaign_id, *figures in await session.execute(query)}
    return [Listed(one, *counted.get(one.id, (one.lines_total, 0, 0))) for one in campaigns]


async def lines(session: AsyncSession, campaign_id: UUID, filters: Filters) -> tuple[Sequence[Line], int]:
    """One page of the lines that fit, in the sheet's order, and how many fit in all."""
    fitting = _fitting(campaign_id, filters)
    total = await session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
    page = fitting.order_by(CampaignRow.line).limit(A_PAGE).offset((filters.page - 1) * A_PAGE)
    rows = (await session.scalars(page)).all()
    query = select(ContactAttempt).where(ContactAttempt.campaign_row_id.in_([row.id for row in rows]))
    tries: dict[int, list[ContactAttempt]] = {row.id: [] for row in rows}
    for attempt in await session.scalars(query.order_by(ContactAttempt.made_at)):
        tries[attempt.campaign_row_id or 0].append(attempt)
    return [Line(row, tries[row.id]) for row in rows], total


def _fitting(campaign_id: UUID, filters: Filters) -> Select[CampaignRow]:
    wanted: list[ColumnElement[bool]] = [CampaignRow.campaign_id == campaign_id]
    if filters.text:
        wanted.append(_named(filters.text))
    if filters.state:
        wanted.append(CampaignRow.state == filters.state)
    if filters.outcome:
        wanted.append(CampaignRow.outcome == filters.outcome)
    if filters.step in STEPS:
        wanted.append(getattr(CampaignRow, f"{filters.step}_at").is_not(None))
    if filters.bad:
        wanted.append(CampaignRow.problem != "")
    return select(CampaignRow).where(*wanted)


def _named(text: str) -> ColumnElement[bool]:
    digits = "".join(letter for letter in text if letter.isdecimal())
    folded = func.unaccent(func.lower(CampaignRow.full_name)).contains(plain(text), autoescape=True)
    if not digits:
        return folded
    number = [CampaignRow.line == int(digits)] if len(digits) <= 6 else []  # noqa: PLR2004 (no sheet has more lines)
    return or_(folded, CampaignRow.cpf.startswith(digits), *number)

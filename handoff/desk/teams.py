"""Teams, their hours, and a conversation's place in the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.calendar import Hours, next_opening, on_duty
from backend.errors import NotFound
from backend.settings import settings
from handoff import texts
from handoff.conversations.tables import Conversation
from handoff.desk.tables import Team, TeamMember

DEFAULT_TEAM = "call_centre"
_DAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")


@dataclass(frozen=True, slots=True)
class Queue:
    """A team's duty and a place in its queue; `opening` is local, None while on duty."""

    title: str
    hours: Hours
    on_duty: bool
    opening: datetime | None
    position: int


async def get(session: AsyncSession, code: str) -> Team:
    """The team of this code; NotFound where there is none."""
    team = await session.get(Team, code)
    if team is None:
        raise NotFound("Esse setor não existe.", detail=f"team {code}")
    return team


async def every(session: AsyncSession) -> Sequence[Team]:
    """All teams by title."""
    return (await session.execute(select(Team).order_by(Team.title))).scalars().all()


async def of_account(session: AsyncSession, account_id: object) -> set[str]:
    """The codes of the teams that somebody works for; empty means all."""
    rows = await session.execute(select(TeamMember.team).where(TeamMember.account_id == account_id))
    return set(rows.scalars())


async def queue_of(session: AsyncSession, conversation: Conversation, *, now: datetime) -> Queue:
    """Where a queued conversation stands: the urgent first, then who has waited longest."""
    team = await get(session, conversation.team or DEFAULT_TEAM)
    ahead = await session.scalar(
        select(func.count()).where(
            Conversation.team == team.code,
            Conversation.owner == "team",
            Conversation.closed_at.is_(None),
            Conversation.id != conversation.id,
            or_(
                Conversation.priority > conversation.priority,
                and_(
                    Conversation.priority == conversation.priority,
                    Conversation.queued_at <= (conversation.queued_at or now),
                ),
            ),
        )
    )
    hours = Hours.parse(team.hours)
    duty = on_duty(hours, now, state=settings().holiday_state)
    opening = None if duty else next_opening(hours, now, state=settings().holiday_state)
    return Queue(team.title, hours, duty, opening, (ahead or 0) + 1)


def announcement(queue: Queue) -> str:
    """What a person is told when the desk takes over: the place in the queue, or the hours. [rule 5] Pure."""
    if queue.on_duty and queue.position == 1:
        return texts.say("waiting_first", team=queue.title)
    if queue.on_duty:
        return texts.say("waiting", team=queue.title, position=queue.position)
    opening = (
        f"{_DAYS[queue.opening.weekday()]}, {queue.opening:%d/%m às %H:%M}" if queue.opening else "o próximo dia útil"
    )
    return texts.say("closed", team=queue.title, hours=spoken(queue.hours), opening=opening, position=queue.position)


def spoken(hours: Hours) -> str:
    """The hours as people say them: 'segunda a sexta, 08:00 às 18:00; sábado, 08:00 às 12:00'. Pure."""
    groups: list[tuple[int, int, str]] = []
    for day, (opening, closing) in sorted(hours.days.items()):
        span = f"{opening:%H:%M} às {closing:%H:%M}"
        if groups and groups[-1][1] == day - 1 and groups[-1][2] == span:
            groups[-1] = (groups[-1][0], day, span)
        else:
            groups.append((day, day, span))
    names = (f"{_DAYS[a]} a {_DAYS[b]}" if a != b else _DAYS[a] for a, b, _ in groups)
    return "; ".join(f"{name}, {span}" for name, (_, _, span) in zip(names, groups, strict=True))

"""What the coordination does with a campaign: approve, stop, resume, end, discard. Each under the campaign's lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.delinquency import calling
from backend.delinquency.calling import Plan
from backend.delinquency.campaigns import people
from backend.delinquency.campaigns.people import Judged, Line
from backend.delinquency.tables import Campaign, CampaignRow
from backend.errors import InvalidInput, NotFound, Taken

# What whoever approves declares, kept with the campaign as he read it. [regulation.md, 'Meta's policies']
STATEMENT = (
    "Declaro que a Meta aprovou o modelo de mensagem desta campanha e este uso dele, "
    "que as pessoas da lista aceitaram receber mensagens da operadora e que a lista foi conferida."
)
BEFORE_APPROVAL = frozenset({"uploaded", "columns", "reading", "read", "refused"})


async def get(session: AsyncSession, campaign_id: UUID) -> Campaign:
    """The campaign of this id; NotFound where there is none."""
    campaign = await session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound("Não encontrei essa campanha.", detail="campaign")
    return campaign


async def approve(
    session: AsyncSession, *, campaign: Campaign, plan: Plan, stated: bool, actor: Actor, now: datetime
) -> None:
    """Starts a campaign whose list was read; again for one that runs by this plan changes nothing.

    `stated`: he declares `STATEMENT`. Whether the template has its ContentSid is asked by whoever can know it, and by
    whoever sends. Rows that may not be called are left out with their reason. InvalidInput without the statement, for
    a plan that cannot be kept, and where nobody would be called; Taken where the campaign is past its approval.
    """
    await _lock(session, campaign)
    if campaign.state == "running" and Plan.from_json(campaign.plan) == plan:
        return
    if campaign.state != "read":
        raise Taken("Esta campanha não está esperando aprovação.", detail="campaign is past its approval")
    calling.check(plan)
    if not stated:
        raise InvalidInput("Confirme a declaração sobre a aprovação da Meta.", detail="no statement")
    called = await _sort_out(session, campaign, plan, now)
    if not called:
        raise InvalidInput("Com este plano ninguém seria chamado.", detail="nobody to call")
    campaign.state, campaign.plan, campaign.statement = "running", plan.as_json(), STATEMENT
    campaign.approved_by, campaign.approved_at = actor.id or str(actor), now
    campaign.problem = ""
    _record(session, campaign, "approve", actor, now, called=called)


async def stop(session: AsyncSession, *, campaign: Campaign, actor: Actor, now: datetime, problem: str = "") -> None:
    """Nothing more is sent; who answers is still heard. `problem` says why the program itself stopped it."""
    await _lock(session, campaign)
    if campaign.state == "stopped":
        return
    _expect(campaign, {"running"}, "Esta campanha não está em andamento.")
    campaign.state, campaign.stopped_at, campaign.problem = "stopped", now, problem
    _record(session, campaign, "stop", actor, now)


async def resume(session: AsyncSession, *, campaign: Campaign, actor: Actor, now: datetime) -> None:
    """Goes on where it was stopped, at the plan's next hours."""
    await _lock(session, campaign)
    if campaign.state == "running":
        return
    _expect(campaign, {"stopped"}, "Esta campanha não está parada.")
    campaign.state, campaign.stopped_at, campaign.problem = "running", None, ""
    _record(session, campaign, "resume", actor, now)


async def end(session: AsyncSession, *, campaign: Campaign, actor: Actor, now: datetime) -> None:
    """Ends it for good: who was called in vain is without answer, who was not called yet was not reached."""
    await _lock(session, campaign)
    if campaign.state == "ended":
        return
    _expect(campaign, {"running", "stopped"}, "Esta campanha não está em andamento.")
    campaign.state, campaign.ended_at = "ended", now
    unfinished = update(CampaignRow).where(
        CampaignRow.campaign_id == campaign.id, CampaignRow.state.in_(("waiting", "calling", "answered"))
    )
    for outcome, called in (("no_answer", CampaignRow.attempts > 0), ("ended", CampaignRow.attempts == 0)):
        ending = unfinished.where(called).values(state="done", outcome=outcome, next_at=None)
        await session.execute(ending.execution_options(synchronize_session=False))
    _record(session, campaign, "end", actor, now)


async def discard(session: AsyncSession, *, campaign: Campaign, actor: Actor, now: datetime) -> None:
    """Deletes a list that was never approved, with its rows; Taken after the approval."""
    await _lock(session, campaign)
    _expect(campaign, BEFORE_APPROVAL, "Esta campanha já foi aprovada e não pode ser descartada.")
    await session.execute(delete(CampaignRow).where(CampaignRow.campaign_id == campaign.id))
    _record(session, campaign, "discard", actor, now, file=campaign.file_sha256)
    await session.delete(campaign)


async def is_over(session: AsyncSession, campaign: Campaign) -> bool:
    """Whether no row waits, is being called, or is in a conversation."""
    unfinished = exists().where(
        CampaignRow.campaign_id == campaign.id, CampaignRow.state.in_(("waiting", "calling", "answered"))
    )
    return not await session.scalar(select(unfinished))


async def _sort_out(session: AsyncSession, campaign: Campaign, plan: Plan, now: datetime) -> int:
    """Leaves out who may not be called, and sets all others waiting; gives how many these are."""
    first = calling.next_opening(plan, now)
    called = 0
    async for chunk in people.judge_all(session, campaign, plan, now):
        by_reason: dict[str, list[int]] = defaultdict(list)
        for line, judged in chunk:
            by_reason[judged.reason].append(line.id)
        for reason, ids in by_reason.items():
            waits = {"state": "waiting", "outcome": "", "next_at": first}
            left_out = {"state": "left_out", "outcome": reason, "next_at": None}
            await _set(session, ids, **(left_out if reason else waits))
        await _set(session, _cancelled(chunk), already_cancelled=True)
        called += len(by_reason[""])
    return called


def _cancelled(chunk: Sequence[tuple[Line, Judged]]) -> list[int]:
    return [line.id for line, judged in chunk if judged.cancelled]


async def _set(session: AsyncSession, ids: Sequence[int], **values: object) -> None:
    if ids:
        change = update(CampaignRow).where(CampaignRow.id.in_(ids)).values(**values)
        await session.execute(change.execution_options(synchronize_session=False))


async def _lock(session: AsyncSession, campaign: Campaign) -> None:
    await session.flush()
    await session.refresh(campaign, with_for_update=True)


def _expect(campaign: Campaign, states: frozenset[str] | set[str], message: str) -> None:
    if campaign.state not in states:
        raise Taken(message, detail=f"campaign is {campaign.state}")


def _record(
    session: AsyncSession, campaign: Campaign, verb: str, actor: Actor, now: datetime, **details: object
) -> None:
    audit.record(session, f"campaign.{verb}", ("campaign", campaign.id), actor=actor, now=now, **details)

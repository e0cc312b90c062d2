"""The sheets that a campaign gives back: finance's own, filled, and the telephone list. Every one is audited."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend import audit
from backend.delinquency.campaigns import verbs
from backend.delinquency.lists.phone_list import phone_list
from handoff.console.campaigns.listing import CAMPAIGN_LOOK, attached
from handoff.console.session import Supervisor, Visitor, store_of
from handoff.desk.collections.sheets import filled_sheet

router = APIRouter(prefix="/campaigns/{campaign_id}")


@router.get("/filled.xlsx")
async def show_filled(request: Request, campaign_id: UUID, visitor: Supervisor) -> Response:
    """Finance's own sheet, filled as far as the campaign has come."""
    async with store_of(request).unit_of_work() as session:
        campaign = await verbs.get(session, campaign_id)
        content, name = await filled_sheet(session, campaign=campaign, now=visitor.now)
        _note(session, visitor, campaign_id, "filled")
    return attached(request, content, name)


@router.get("/telephones.xlsx")
async def show_telephones(request: Request, campaign_id: UUID, visitor: Supervisor) -> Response:
    """Those without an answer, with their telephones and what was tried."""
    async with store_of(request).unit_of_work() as session:
        campaign = await verbs.get(session, campaign_id)
        content, name = await phone_list(session, campaign=campaign, now=visitor.now)
        _note(session, visitor, campaign_id, "telephones")
    return attached(request, content, name)


def _note(session: AsyncSession, visitor: Visitor, campaign_id: UUID, part: str) -> None:
    subject = ("campaign", campaign_id)
    audit.record(session, CAMPAIGN_LOOK, subject, actor=visitor.actor, now=visitor.now, part=part)

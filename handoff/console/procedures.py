"""Authorizations in the panel, sending where one stands, and a small search of the catalogue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend.procedures import search, verbs
from backend.procedures.rules import term_of
from backend.procedures.status import status_of
from handoff.console.panel import Fields, Panel, Section, hand_of, key_of, show, typed
from handoff.console.session import Signed
from handoff.desk import procedures as desk

MOST = 20

router = APIRouter(prefix="/conversations/{conversation_id}")


async def _procedures(session: AsyncSession, panel: Panel, fields: Fields) -> dict[str, Any]:
    """The person's authorizations, those that wait for a decision first; and what the catalogue has for some words."""
    words = fields.get("q", "").strip()
    found = await search.find(session, words, limit=8) if words else []
    mine = await verbs.of_person(session, panel.person.id, limit=MOST) if panel.person else []
    return {
        "rows": [(one, await status_of(session, one, now=panel.now)) for one in mine],
        "q": words,
        "found": [(one.procedure, term_of(one.procedure, urgent=False)) for one in found],
    }


SECTION = Section("procedures", _procedures)


@router.post("/authorizations/{authorization_id}/send")
async def send(request: Request, conversation_id: UUID, authorization_id: UUID, visitor: Signed) -> Response:
    """Where an authorization stands, into the conversation, in the assistant's words."""
    fields = await typed(request)
    async with hand_of(request, visitor, conversation_id, key_of(fields, "status", authorization_id)) as hand:
        await desk.send_status(hand, authorization_id=authorization_id, reason=fields.get("reason", ""))
    return await show(request, visitor, conversation_id, SECTION, fields, done="Situação enviada na conversa.")

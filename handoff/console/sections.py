"""The panel's sections in their order, and the route that shows each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.errors import NotFound
from handoff.console import documents, invoices, people, person, procedures, protocols, scheduling
from handoff.console.pages import page, wants_fragment
from handoff.console.panel import Fields, Panel, Section, open_panel, section_context
from handoff.console.session import Signed, Visitor, store_of
from handoff.desk import teams
from handoff.review import queries
from handoff.whatsapp.inbound import clean

router = APIRouter(prefix="/conversations/{conversation_id}/person")


async def _conversation(session: AsyncSession, panel: Panel, fields: Fields) -> dict[str, Any]:  # noqa: ARG001
    """Why the conversation came, what was opened in it, who had it."""
    transcript = await queries.transcript(session, panel.conversation.id, before=0)
    periods = person.periods(transcript, {team.code: team.title for team in await teams.every(session)})
    return {
        "contact": transcript.contact,
        "protocols": await person.open_protocols(session, transcript, panel.identity.beneficiary),
        "periods": periods,
        "handed_over": person.handed_over(periods),
    }


CONVERSATION = Section("conversation", _conversation, personal=False)
SECTIONS = {
    section.code: section
    for section in (
        CONVERSATION, people.SECTION, scheduling.APPOINTMENTS, scheduling.AGENDA, invoices.SECTION,
        procedures.SECTION, protocols.SECTION, documents.SECTION,
    )
}  # fmt: skip


def section_of(code: str) -> Section:
    """The section of this code; NotFound where there is none."""
    if code not in SECTIONS:
        raise NotFound("Esta parte dos dados não existe.", detail="section")
    return SECTIONS[code]


async def whole_page(
    session: AsyncSession, visitor: Visitor, conversation_id: UUID, fields: Fields
) -> dict[str, object]:
    """The panel as a whole page holds it: the conversation's section unless the address names another."""
    section = section_of(fields.get("section") or CONVERSATION.code)
    panel = await open_panel(session, visitor, conversation_id, who=fields.get("who", ""))
    return await section_context(session, visitor, panel, section, fields)


@router.get("/{code}")
async def show_section(request: Request, conversation_id: UUID, code: str, visitor: Signed) -> Response:
    """One section of the panel; a browser's own address leads to the page that holds it."""
    section = section_of(code)
    fields = {name: clean(value) for name, value in request.query_params.items()}
    if not wants_fragment(request):
        return RedirectResponse(f"/conversations/{conversation_id}?section={code}", status_code=303)
    async with store_of(request).unit_of_work() as session:
        panel = await open_panel(session, visitor, conversation_id, who=fields.get("who", ""))
        context = await section_context(session, visitor, panel, section, fields)
    return page(request, "parts/panel.html", context, visitor=visitor)

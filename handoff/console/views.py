"""The attendant's console: the live list, a conversation, and the panel about the person."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.errors import NotAllowed, NotFound, ZeloError
from handoff.console import person, sections, thread, words
from handoff.console.pages import page, wants_fragment
from handoff.console.panel import Fields
from handoff.console.permissions import note_look, readable
from handoff.console.session import MessageId, Signed, Visitor, bell_of, store_of
from handoff.conversations.tables import Conversation
from handoff.desk import teams
from handoff.review import queries
from handoff.whatsapp.inbound import clean
from handoff.whatsapp.outgoing import window_open

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the visitor may do with a conversation now."""

    claim: bool
    reply: bool
    note: bool
    transfer: bool
    give_back: bool
    close: bool


def allowed(visitor: Visitor, conversation: Conversation) -> Allowed:
    """The buttons that make sense; the verbs ask again when one is pressed. Pure."""
    may = visitor.answers and conversation.closed_at is None
    mine = may and conversation.attendant_id == visitor.account.id
    return Allowed(
        claim=may and conversation.owner != "attendant",
        reply=mine,
        note=may,
        transfer=mine or (may and conversation.owner == "team"),
        give_back=mine,
        close=mine,
    )


@router.get("/")
async def console(request: Request, visitor: Signed, box: str = "") -> Response:
    """The console with no conversation open."""
    async with store_of(request).unit_of_work() as session:
        context = await _inbox(session, visitor, box)
    context |= {"opened": None, "after": await bell_of(request).last_event()}
    return page(request, "console.html", context, visitor=visitor)


@router.get("/inbox")
async def inbox(request: Request, visitor: Signed, box: str = "", open: str = "") -> Response:  # noqa: A002
    """The list alone; `open` is the conversation beside it."""
    async with store_of(request).unit_of_work() as session:
        context = await _inbox(session, visitor, box)
    return page(request, "console.html", {**context, "open_id": open}, visitor=visitor, block="inbox")


@router.get("/conversations/{conversation_id}")
async def show_conversation(
    request: Request,
    conversation_id: UUID,
    visitor: Signed,
    *,
    box: str = "",
    before: MessageId = None,
    live: bool = False,
) -> Response:
    """A conversation: a page, or the part that htmx swaps. `live` is a page that refreshes itself.

    `section` in the address, with its fields, opens that part of the panel.
    """
    fragment = wants_fragment(request)
    after = await bell_of(request).last_event()
    problem: ZeloError | None = None
    context: dict[str, object] = {"after": after, "open_id": str(conversation_id), "box": box, "opened": None}
    async with store_of(request).unit_of_work() as session:
        try:
            context |= await _conversation(session, visitor, conversation_id, before, _fields(request))
            await note_look(session, visitor, conversation_id, again=fragment and live)
        except (NotFound, NotAllowed) as error:
            problem = error
        if not fragment:
            context |= await _inbox(session, visitor, box)
    context["problem"] = problem.message if problem else ""
    status = 200 if problem is None else 404 if isinstance(problem, NotFound) else 403
    block = "conversation" if fragment else None
    return page(request, "console.html", context, visitor=visitor, block=block, status=status)


async def refreshed(request: Request, visitor: Visitor, conversation_id: UUID, *, trigger: str = "") -> Response:
    """The conversation as it is after something was done; a whole page's form goes back to the page."""
    if not wants_fragment(request):
        return RedirectResponse(f"/conversations/{conversation_id}", status_code=303)
    context: dict[str, object] = {"open_id": str(conversation_id), "opened": None, "problem": ""}
    async with store_of(request).unit_of_work() as session:
        try:
            context |= await _conversation(session, visitor, conversation_id, None, {})
        except NotAllowed as error:
            context["problem"] = error.message
    headers = {"HX-Trigger": trigger} if trigger else {}
    return page(request, "console.html", context, visitor=visitor, block="conversation", headers=headers)


async def _inbox(session: AsyncSession, visitor: Visitor, box: str) -> dict[str, object]:
    mine = set(visitor.teams)
    counts = await queries.counts(session, account=visitor.account, teams=mine)
    chosen = box if box in words.BOXES else "mine" if counts["mine"] else "queue"
    rows = await queries.inbox(session, account=visitor.account, teams=mine, box=chosen)
    return {"rows": rows, "counts": counts, "box": chosen, "titles": await _titles(session), "now": visitor.now}


async def _titles(session: AsyncSession) -> dict[str, str]:
    return {team.code: team.title for team in await teams.every(session)}


def _fields(request: Request) -> dict[str, str]:
    return {name: clean(value) for name, value in request.query_params.items()}


async def _conversation(
    session: AsyncSession, visitor: Visitor, conversation_id: UUID, before: int | None, fields: Fields
) -> dict[str, object]:
    await readable(session, visitor, conversation_id)
    transcript = await queries.transcript(session, conversation_id, before=before)
    conversation, now = transcript.conversation, visitor.now
    titles = await _titles(session)
    outbox = await person.outbox_states(session, conversation)
    attendant = transcript.names.get(str(conversation.attendant_id), "")
    return {
        "opened": transcript,
        "days": thread.days(transcript, outbox, now),
        "before": before,
        "owner": person.owner_name(conversation.owner, conversation.team, attendant, titles),
        "can": allowed(visitor, conversation),
        "mine": conversation.attendant_id == visitor.account.id,
        "window_open": window_open(transcript.contact.last_inbound_at, now),
        "request_key": str(uuid4()),
        "titles": titles,
        **await sections.whole_page(session, visitor, conversation_id, fields),
    }

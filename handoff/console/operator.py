"""The operator's pages: every conversation with filters, and a transcript with what was understood. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend.errors import InvalidInput
from backend.settings import settings
from handoff.console import person, thread
from handoff.console.pages import page
from handoff.console.panel import open_panel
from handoff.console.permissions import note_look
from handoff.console.session import MessageId, Supervisor, Visitor, store_of
from handoff.desk import teams
from handoff.review import queries
from handoff.review.queries import PAGE, Row, Search
from handoff.whatsapp.inbound import clean

LONGEST_TEXT = 200

router = APIRouter(prefix="/operator")


@dataclass(frozen=True, slots=True)
class Typed:
    """The filters as they were typed, so that a mistake loses nothing."""

    text: str = ""
    phone: str = ""
    protocol: str = ""
    since: str = ""
    until: str = ""

    @property
    def any(self) -> bool:
        """True where something is asked for."""
        return bool(self.text or self.phone or self.protocol or self.since or self.until)

    def query(self, **more: str) -> str:
        """The address of these filters, with more beside them."""
        fields = {name: getattr(self, name) for name in self.__slots__} | more
        return urlencode({name: value for name, value in fields.items() if value})


def read_filters(typed: Typed) -> Search:
    """What is searched for; InvalidInput with a sentence that says what to correct. Days are local. Pure."""
    since, until = _day(typed.since, "inicial"), _day(typed.until, "final")
    if since and until and since > until:
        raise InvalidInput("A data inicial vem depois da final.", detail="since after until")
    if len(typed.text) > LONGEST_TEXT:
        raise InvalidInput(f"O texto da busca passa de {LONGEST_TEXT} caracteres.", detail="long text")
    return Search(
        text=clean(typed.text).strip(),
        phone=clean(typed.phone).strip(),
        protocol=clean(typed.protocol).strip(),
        since=_start(since) if since else None,
        until=_start(until + timedelta(days=1)) - timedelta(microseconds=1) if until else None,
    )


def _day(typed: str, which: str) -> date | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise InvalidInput(f"A data {which} não parece certa. Use dia, mês e ano.", detail="date") from error


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(settings().timezone))


@router.get("")
async def conversations(
    request: Request, visitor: Supervisor, typed: Annotated[Typed, Depends()], before: str = ""
) -> Response:
    """Every conversation that fits the filters, newest first, a page at a time."""
    problem: str = ""
    rows: list[Row] = []
    async with store_of(request).unit_of_work() as session:
        titles = {team.code: team.title for team in await teams.every(session)}
        try:
            rows = list(await queries.search(session, read_filters(typed), before=_moment(before)))
        except InvalidInput as error:
            problem = error.message
    context: dict[str, object] = {
        "typed": typed, "rows": rows, "problem": problem, "titles": titles, "now": visitor.now,
        "older": _older(typed, rows), "paged": bool(before),
    }  # fmt: skip
    return page(request, "operator.html", context, visitor=visitor, status=422 if problem else 200)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("Essa página da lista não existe. Volte ao começo.", detail="before") from error
    if moment.tzinfo is None:
        raise InvalidInput("Essa página da lista não existe. Volte ao começo.", detail="before")
    return moment


def _older(typed: Typed, rows: list[Row]) -> str:
    if len(rows) < PAGE:
        return ""
    return "/operator?" + typed.query(before=rows[-1].conversation.last_activity_at.isoformat())


@router.get("/conversations/{conversation_id}")
async def transcript(
    request: Request, conversation_id: UUID, visitor: Supervisor, before: MessageId = None
) -> Response:
    """One conversation as it was: messages, what was understood, turns, owners, notes. Every look is audited."""
    async with store_of(request).unit_of_work() as session:
        context = await _transcript(session, visitor, conversation_id, before)
        await note_look(session, visitor, conversation_id)
    return page(request, "transcript.html", context, visitor=visitor)


async def _transcript(
    session: AsyncSession, visitor: Visitor, conversation_id: UUID, before: int | None
) -> dict[str, object]:
    found = await queries.transcript(session, conversation_id, before=before)
    titles = {team.code: team.title for team in await teams.every(session)}
    panel = await open_panel(session, visitor, conversation_id)
    attendant = found.names.get(str(found.conversation.attendant_id), "")
    outbox = await person.outbox_states(session, found.conversation)
    periods = person.periods(found, titles)
    return {
        "opened": found,
        "days": thread.days(found, outbox, visitor.now),
        "before": before,
        "owner": person.owner_name(found.conversation.owner, found.conversation.team, attendant, titles),
        "panel": panel,
        "s": {
            "contact": found.contact,
            "protocols": await person.open_protocols(session, found, panel.identity.beneficiary),
            "periods": periods,
            "handed_over": person.handed_over(periods),
        },
        "titles": titles,
        "now": visitor.now,
    }

"""A protocol's page: what is asked, its documents, what may be decided, its history; and how every form comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend import beneficiaries
from backend.contracts import hears_of_money
from backend.documents import verbs as documents
from backend.documents.checklist import ITEMS, title_of
from backend.documents.tables import Document
from backend.errors import InvalidInput, NotAllowed, Taken, ZeloError
from backend.identifiers import plain
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.machines import stage_title
from backend.protocols.tables import Protocol, ProtocolEntry
from backend.registration.fields import FIELDS
from handoff.access.tables import Account
from handoff.console.boards import access, parts
from handoff.console.errors import status_of
from handoff.console.pages import page, wants_fragment
from handoff.console.panel import key_of, typed
from handoff.console.protocols import WHO
from handoff.console.session import Visitor, bell_of, store_of
from handoff.conversations.tables import Contact
from handoff.desk import teams
from handoff.desk.boards import begin, begin_dispute, decisions
from handoff.desk.boards.table import BOARDS, due_of
from handoff.desk.boards.work import Work, newest_line, take_up
from handoff.desk.protocols import CHANNELS
from handoff.whatsapp.outgoing import window_open

Fields = Mapping[str, str]
Verb = Callable[[Work, Fields], Awaitable[str]]
STATES = {"received": "a conferir", "accepted": "aceito", "refused": "recusado"}


async def show(
    request: Request,
    visitor: Visitor,
    protocol_id: UUID,
    fields: Fields,
    *,
    done: str = "",
    problem: ZeloError | None = None,
    typed: Fields | None = None,
) -> Response:
    """The page, or the part of it that htmx swaps, after a look, a deed or a refusal."""
    fragment = wants_fragment(request)
    if done and not fragment:
        return RedirectResponse(address(protocol_id, fields, done="1"), status_code=303)
    after = await bell_of(request).last_event()
    async with store_of(request).unit_of_work() as session:
        found = await access.opened(session, visitor, protocol_id)
        context = await _context(session, visitor, found, fields)
        await access.note_look(session, visitor, protocol_id, again=fragment)
    context |= {
        "done": done or ("Feito." if fields.get("done") else ""), "problem": problem.message if problem else "",
        "typed": typed or {}, "after": after, "fragment": fragment,
    }  # fmt: skip
    return page(
        request, "boards/protocol.html", context, visitor=visitor, block="protocol" if fragment else None,
        status=status_of(problem) if problem else 200,
    )  # fmt: skip


def address(protocol_id: UUID, fields: Fields, **more: str) -> str:
    """The page's address with what is open on it."""
    kept = {name: fields.get(name, "") for name in ("board", "document", "q")} | more
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"/protocols/{protocol_id}{'?' if query else ''}{query}"


async def write(
    request: Request,
    visitor: Visitor,
    protocol_id: UUID,
    action: str,
    verb: Verb,
    *,
    subject: object = "",
    fresh: bool = False,
    adding: bool = False,
    closed: bool = False,
    fields: Fields | None = None,
) -> Response:
    """Carries a form out under the protocol's lock, once, and shows the page again.

    `fresh`: nobody may have written into the protocol since the form was made; `adding`: who has the conversation may
    do it too; `closed`: on a finished protocol as well. Where it is refused, what is new and what was typed stand
    side by side.
    """
    form = await typed(request) if fields is None else fields
    try:
        key = key_of(form, action, subject or protocol_id)
        async with store_of(request).unit_of_work() as session:
            found = await access.opened(session, visitor, protocol_id)
            work = await take_up(
                session, protocol_id=protocol_id, actor=visitor.actor, now=visitor.now, key=key,
                seen=_number(form.get("seen", "")) if fresh else None,
            )  # fmt: skip
            if not work.repeated:
                access.check_works(visitor, found, writing=adding)
                _check_open(work.protocol, closed=closed)
            done = await verb(work, form)
    except (InvalidInput, Taken, NotAllowed) as problem:
        return await show(request, visitor, protocol_id, form, problem=problem, typed=form)
    await bell_of(request).ring("events", "outbox", events=access.ringing(found))
    after = dict(form) | ({"document": ""} if form.get("onward") else {})
    return await show(request, visitor, protocol_id, after, done=done)


def _check_open(protocol: Protocol, *, closed: bool) -> None:
    if protocol.state == "closed" and not closed:
        raise Taken("Este protocolo já foi concluído.", detail="protocol is closed")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


async def _context(session: AsyncSession, visitor: Visitor, found: access.Opened, fields: Fields) -> dict[str, Any]:
    protocol = found.protocol
    papers = await documents.of_protocol(session, protocol.id)
    history = await protocols.history(session, protocol.id)
    part = await parts.of(session, protocol)
    person = await beneficiaries.get(session, protocol.beneficiary_id) if protocol.beneficiary_id else None
    possible = [one for one in decisions.possible(protocol) if part.allows(one.name)] if found.works else []
    return {
        "p": protocol, "found": found, "person": person, "kind": KINDS[protocol.kind].title,
        "stage": stage_title(protocol.kind, protocol.stage), "due": due_of(protocol.due_at, visitor.now),
        "papers": papers, "shown": _shown(papers, fields.get("document", "")), "titles": title_of, "states": STATES,
        "kinds": sorted(ITEMS.values(), key=lambda item: (item.code not in part.wanted, plain(item.title))),
        "begin": await _begin(session, visitor, found, fields), "missing": part.missing(papers),
        "part": part, "decisions": possible, "open": protocol.state != "closed", "key": str(uuid4()),
        "acts": found.works and protocol.state != "closed",
        "history": await signed(session, history), "seen": await newest_line(session, protocol.id),
        "holder": await _holder(session, found), "team": await _team(session, protocol), "channels": CHANNELS,
        "window": await _window(session, visitor, found), "board": BOARDS.get(fields.get("board", "")),
        "now": visitor.now, "fields": fields,
        "address": lambda **more: address(protocol.id, {**fields, **more}),
    }  # fmt: skip


def _shown(papers: Sequence[Document], wanted: str) -> Document | None:
    """The document beside the decisions: the one that is asked for, else the first that is open, else the first."""
    asked = next((one for one in papers if str(one.id) == wanted), None)
    undecided = next((one for one in papers if one.state == "received"), None)
    return asked or undecided or (papers[0] if papers else None)


async def _begin(
    session: AsyncSession, visitor: Visitor, found: access.Opened, fields: Fields
) -> dict[str, Any] | None:
    """What the desk may still say for who stands at the counter; None where nothing is left to say. [rule 8]

    Who has the conversation says it too: what is asked is no decision.
    """
    if not found.writes or not await begin.may_begin(session, found.protocol):
        return None
    words = fields.get("q", "")
    given = await begin.choices(session, found.protocol, now=visitor.now, words=words)
    return {
        "given": given, "people": given.people, "fields": FIELDS, "q": words, "answers": begin_dispute.ANSWERS,
        "hears_of_money": hears_of_money(given.asker),
    }  # fmt: skip


async def signed(session: AsyncSession, history: Sequence[ProtocolEntry]) -> list[tuple[ProtocolEntry, str]]:
    """The history's lines with who wrote each, the newest first."""
    ids = {UUID(line.actor_id) for line in history if line.actor_kind == "attendant" and line.actor_id}
    rows = await session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    names = {str(account_id): name for account_id, name in rows}
    return [(line, WHO.get(line.actor_kind) or names.get(line.actor_id, "Atendimento")) for line in reversed(history)]


async def _holder(session: AsyncSession, found: access.Opened) -> str:
    """Who has the conversation now, in words; empty where none is open."""
    conversation = found.conversation
    if conversation is None or not found.is_open:
        return ""
    if conversation.owner == "attendant" and conversation.attendant_id:
        return (await session.get_one(Account, conversation.attendant_id)).name
    if conversation.owner == "team" and conversation.team:
        return f"a fila {(await teams.get(session, conversation.team)).title}"
    return "a assistente"


async def _team(session: AsyncSession, protocol: Protocol) -> str:
    return (await teams.get(session, protocol.team)).title


async def _window(session: AsyncSession, visitor: Visitor, found: access.Opened) -> bool:
    """Whether the person may be written to freely now. [rule 6]"""
    if found.conversation is None:
        return False
    contact = await session.get_one(Contact, found.conversation.contact_id)
    return window_open(contact.last_inbound_at, visitor.now)

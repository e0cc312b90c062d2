"""The panel beside a conversation: one section at a time, each a plain GET with its permission and its trace."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend import audit, beneficiaries
from backend.beneficiaries import Beneficiary, may_act_for
from backend.errors import InvalidInput, NotAllowed, ZeloError
from backend.store.clock import local
from handoff.console.pages import page, wants_fragment
from handoff.console.permissions import answering, readable
from handoff.console.session import Visitor, bell_of, store_of
from handoff.conversations.tables import Conversation
from handoff.desk.hand import Hand, take
from handoff.desk.identity import Identity, identity_of
from handoff.whatsapp.inbound import clean

LOOK = "console.look"
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Panel:
    """Whom the panel is about. `person` is the verified one, or somebody whose record an attendant opened.

    `acts` says that the visitor has the conversation, so that buttons make sense.
    """

    visitor: Visitor
    conversation: Conversation
    identity: Identity
    person: Beneficiary | None
    acts: bool

    @property
    def now(self) -> datetime:
        """The moment of the request."""
        return self.visitor.now

    @property
    def element(self) -> str:
        """The panel's id on the page: another one once the visitor takes the conversation, so that buttons appear."""
        return f"panel-{self.conversation.id}-{'act' if self.acts else 'read'}"

    @property
    def today(self) -> date:
        """The local day."""
        return local(self.now).date()

    @property
    def proved(self) -> bool:
        """Whether the shown person is who is verified here now."""
        return self.person is not None and self.speaker is not None and self.person.id == self.speaker.id

    @property
    def speaker(self) -> Beneficiary | None:
        """Who is verified here now."""
        return self.identity.speaker

    @property
    def needs_reason(self) -> bool:
        """Whether the verified person may not decide for the shown one by himself. [rule 10]"""
        if self.person is None or self.speaker is None:
            return False
        return not may_act_for(self.speaker, self.person, self.today)

    @property
    def who(self) -> str:
        """The shown person's id for addresses; empty where it is the verified one, or nobody."""
        verified = self.identity.beneficiary
        return "" if self.person is None or (verified and verified.id == self.person.id) else str(self.person.id)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the panel: its code (`words.SECTIONS` has its title) and what its template shows.

    `personal` sections are about a person's record: every look at them is audited.
    """

    code: str
    build: Callable[[AsyncSession, Panel, Fields], Awaitable[dict[str, Any]]]
    personal: bool = True


async def open_panel(session: AsyncSession, visitor: Visitor, conversation_id: UUID, *, who: str = "") -> Panel:
    """The panel of a conversation that the visitor may read.

    `who` opens somebody else's record than the verified person's: for the attendant who has the conversation alone.
    """
    conversation = await readable(session, visitor, conversation_id)
    identity = await identity_of(session, conversation_id, now=visitor.now)
    acts = visitor.answers and conversation.closed_at is None and conversation.attendant_id == visitor.account.id
    person = identity.beneficiary
    if who and (person is None or str(person.id) != who):
        if not acts:
            raise NotAllowed("Assuma a conversa para abrir outro cadastro.", detail="record without the conversation")
        person = await beneficiaries.get(session, identifier(who))
    return Panel(visitor, conversation, identity, person, acts)


async def section_context(
    session: AsyncSession, visitor: Visitor, panel: Panel, section: Section, fields: Fields
) -> dict[str, object]:
    """What the panel's template needs for a section; a look at somebody's record leaves a trace."""
    if section.personal and panel.person is not None:
        audit.record(
            session, LOOK, ("beneficiary", panel.person.id), actor=visitor.actor, now=visitor.now,
            conversation=str(panel.conversation.id), section=section.code, verified=panel.proved,
        )  # fmt: skip
    return {
        "panel": panel, "part": section, "s": await section.build(session, panel, fields),
        "key": str(uuid4()), "done": "", "problem": "", "now": panel.now,
    }  # fmt: skip


async def show(
    request: Request,
    visitor: Visitor,
    conversation_id: UUID,
    section: Section,
    fields: Fields,
    *,
    done: str = "",
    problem: ZeloError | None = None,
    status: int = 200,
) -> Response:
    """The panel with a section, after something was done or refused; a whole page's form goes back to the page."""
    if not wants_fragment(request) and problem is None:
        return RedirectResponse(f"/conversations/{conversation_id}?section={section.code}", status_code=303)
    async with store_of(request).unit_of_work() as session:
        panel = await open_panel(session, visitor, conversation_id, who=fields.get("who", ""))
        context = await section_context(session, visitor, panel, section, fields)
    context |= {"done": done, "problem": problem.message if problem else ""}
    return page(request, "parts/panel.html", context, visitor=visitor, status=status)


@asynccontextmanager
async def hand_of(request: Request, visitor: Visitor, conversation_id: UUID, key: str) -> AsyncIterator[Hand]:
    """The visitor's hand in his conversation, in one transaction; the pages hear of it after the commit."""
    store = store_of(request)
    async with store.unit_of_work() as session:
        now = await answering(session, visitor, conversation_id)
        yield await take(
            session, store, request.app.state.templates, conversation_id=conversation_id, account=visitor.account,
            actor=visitor.actor, now=now, key=key,
        )  # fmt: skip
    await bell_of(request).ring("outbox", events=[str(conversation_id)])


async def typed(request: Request) -> dict[str, str]:
    """The form's fields, cleaned of what cannot be stored; of one that came several times, the last."""
    return {name: clean(value) for name, value in (await request.form()).items() if isinstance(value, str)}


def key_of(fields: Fields, action: str, subject: object = "") -> str:
    """A form's request key with what it does: the same button pressed twice acts once, two buttons act both."""
    try:
        return f"console:{action}:{subject}:{UUID(fields.get('request_key', ''))}"
    except ValueError as error:
        raise InvalidInput("Recarregue a página e tente de novo.", detail="request key") from error


def identifier(text: str) -> UUID:
    """An id that a form or an address carries; InvalidInput where it is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput(detail="identifier") from error


def optional(text: str) -> UUID | None:
    """The same, where the field may be empty."""
    return identifier(text) if text else None

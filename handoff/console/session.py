"""Who looks at a page: the signed-in account, its teams, what it may read, and the CSRF token of its browser."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from starlette.requests import Request

from backend.actor import Actor, attendant
from backend.errors import NotAllowed
from backend.store.bell import Bell
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.access import verbs as access
from handoff.access.tables import Account
from handoff.conversations.tables import Conversation
from handoff.desk import teams

COOKIE = "zelo_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SignedOut(Exception):
    """Nobody is signed in in this browser."""


class Stale(NotAllowed):
    """The form's token is not the session's."""

    code = "csrf"
    message = "Esta página ficou aberta por muito tempo. Recarregue e tente de novo."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. `teams` empty means all; `now` is the moment of the request."""

    account: Account
    csrf: str
    now: datetime
    teams: frozenset[str]

    @property
    def actor(self) -> Actor:
        """For verbs and the audit trail."""
        return attendant(self.account.id)

    @property
    def supervises(self) -> bool:
        """Reads every conversation: operators and administrators."""
        return self.account.role in {"operator", "admin"}

    @property
    def answers(self) -> bool:
        """Takes over and answers: attendants and administrators."""
        return self.account.role in {"attendant", "admin"}

    @property
    def collects(self) -> bool:
        """Tries to reach who is in arrears by telephone, e-mail and letter: collections' attendants, who supervises."""
        return self.supervises or (self.answers and (not self.teams or "collections" in self.teams))

    def may_read(self, conversation: Conversation) -> bool:
        """All for who supervises; an attendant: any queue, the assistant's, his teams', his own."""
        if self.supervises or not self.teams or conversation.owner != "attendant":
            return True
        return conversation.attendant_id == self.account.id or conversation.team in {None, *self.teams}


def store_of(request: Request) -> Store:
    """The application's database."""
    store: Store = request.app.state.store
    return store


def bell_of(request: Request) -> Bell:
    """The application's bell."""
    bell: Bell = request.app.state.bell
    return bell


async def signed_in(request: Request) -> Visitor:
    """The visitor; SignedOut without a session, Stale for a POST without its token.

    A short unit of work of its own: the session's 'last seen' is kept whatever becomes of the request.
    """
    token = request.cookies.get(COOKIE, "")
    async with store_of(request).unit_of_work() as session:
        now = await business_now(session)
        found = await access.who(session, token=token, now=now) if token else None
        if found is None:
            raise SignedOut
        account, signed = found
        visitor = Visitor(account, signed.csrf, now, frozenset(await teams.of_account(session, account.id)))
    request.state.visitor = visitor
    if request.method not in SAFE_METHODS:
        await _check_csrf(request, visitor.csrf)
    return visitor


async def _check_csrf(request: Request, expected: str) -> None:
    given = request.headers.get("x-csrf-token") or str((await request.form()).get("csrf", ""))
    if not secrets.compare_digest(given.encode(), expected.encode()):
        raise Stale(detail="csrf")


# A message's number in an address: what PostgreSQL's bigint holds.
MessageId = Annotated[int | None, Query(ge=0, lt=2**63)]
Signed = Annotated[Visitor, Depends(signed_in)]


async def supervising(visitor: Signed) -> Visitor:
    """The visitor where he supervises; NotAllowed otherwise."""
    if not visitor.supervises:
        raise NotAllowed("Esta página é para operadores.", detail="role")
    return visitor


Supervisor = Annotated[Visitor, Depends(supervising)]


async def collecting(visitor: Signed) -> Visitor:
    """The visitor where he works in collections or supervises; NotAllowed otherwise."""
    if not visitor.collects:
        raise NotAllowed("Esta página é do setor de Cobrança.", detail="team")
    return visitor


Collector = Annotated[Visitor, Depends(collecting)]

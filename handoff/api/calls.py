"""One call of another system: who calls, whether he may, once for its key, audited, committed before it is answered.

Every route of the API is a `Call`. Its endpoint finds the call in `Work` and only does what is asked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Security
from fastapi.exceptions import RequestValidationError
from fastapi.params import Depends as Dependency
from fastapi.params import Security as Secured
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive

from backend import audit
from backend.actor import Actor, system
from backend.errors import ZeloError
from backend.store.bell import Bell
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.api import systems
from handoff.api.problems import (
    FOR_THE_CALLER_ALONE,
    CallUnderWay,
    KeyMissing,
    KeyReused,
    ScopeMissing,
    Unauthenticated,
    status_of,
)
from handoff.api.tables import ApiCall

REPLAYED = "Idempotency-Replayed"
LARGEST_BODY = 256 * 1024  # a thousand slots are half of that
_KEY = re.compile(r"[A-Za-z0-9._:~-]{1,128}")
_TOKEN = HTTPBearer(
    scheme_name="token", auto_error=False,
    description="A token per system, made by `zelo api add NAME --scope …` and shown once.",
)  # fmt: skip
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def idempotency_key(
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            pattern=rf"^{_KEY.pattern}$",
            description="Yours to choose, one for each thing to be done (a UUID is good). The same key with the same"
            " request gives the first answer again, for seven days.",
            examples=["018f6a2e-8b0f-7c3e-9a41-5e0d3c2b1a00"],
        ),
    ],
) -> str:
    """The call's key, for the description; `Call` has read it before."""
    return idempotency_key


def reads(scope: str) -> list[Dependency]:
    """The dependencies of a route that changes nothing."""
    return [Security(_TOKEN, scopes=[scope])]


def changes(scope: str) -> list[Dependency]:
    """The dependencies of a route that changes something: it is carried out once for an idempotency key."""
    return [Security(_TOKEN, scopes=[scope]), Depends(idempotency_key)]


@dataclass(slots=True)
class Work:
    """What an endpoint works with: the call's transaction, its moment, on whose behalf, a key for what it makes.

    `about` names whose record it read or changed, for the audit.
    """

    session: AsyncSession
    store: Store
    actor: Actor
    now: datetime
    request_key: str = ""
    subject: tuple[str, str] = ("api", "")
    details: dict[str, object] = field(default_factory=dict)

    def about(self, kind: str, identifier: object, **details: object) -> None:
        """Notes what the call is about."""
        self.subject, self.details = (kind, str(identifier)), details

    def about_all(self, kind: str, identifiers: Sequence[object]) -> None:
        """Notes which rows a list showed."""
        self.about(kind, "list", ids=[str(one) for one in identifiers])


def work_of(request: Request) -> Work:
    """The call that is being carried out."""
    work: Work = request.state.work
    return work


Working = Annotated[Work, Depends(work_of)]


@dataclass(frozen=True, slots=True)
class _Caller:
    id: UUID
    scopes: frozenset[str]

    @property
    def actor(self) -> Actor:
        return system(self.id)


class Call(APIRoute):
    """A route that knows its caller before it reads a body, and is one transaction with its audit and its answer."""

    def get_route_handler(self) -> Handler:
        """The endpoint's own handler inside a call."""
        carry_out = super().get_route_handler()
        needed = [scope for each in self.dependencies if isinstance(each, Secured) for scope in each.scopes or ()]
        once = any(each.dependency is idempotency_key for each in self.dependencies)

        async def called(request: Request) -> Response:
            store: Store = request.app.state.store
            caller = await _caller(store, request)
            request = Request(request.scope, _limited(request.receive))
            try:
                for scope in needed:
                    if scope not in caller.scopes:
                        raise ScopeMissing(scope)
                if once:
                    response = await _once(self.name, request, caller, carry_out)
                else:
                    async with store.unit_of_work() as session:
                        response = await _within(session, self.name, request, caller, carry_out)
            except (ZeloError, HTTPException, RequestValidationError) as error:
                await _note_refusal(store, self.name, caller, error)
                raise
            response.headers.update(FOR_THE_CALLER_ALONE)
            return response

        return called


async def _caller(store: Store, request: Request) -> _Caller:
    """Whose token the call carries, in a short unit of work of its own; Unauthenticated without one."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    async with store.unit_of_work() as session:
        found = await systems.who(session, token=token.strip(), now=await business_now(session))
    if found is None:
        raise Unauthenticated
    return _Caller(found.id, frozenset(found.scopes))


def _limited(receive: Receive) -> Receive:
    """The request's body up to what the API takes; past that HTTPException 413, whatever length was announced."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            raise HTTPException(413)
        return message

    return limited


async def _once(operation: str, request: Request, caller: _Caller, carry_out: Handler) -> Response:
    """Carries the call out, or gives the answer that it had before. KeyMissing, KeyReused, CallUnderWay."""
    key = request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise KeyMissing
    digest = _digest(request, await request.body())
    store: Store = request.app.state.store
    bell: Bell = request.app.state.bell
    async with store.unit_of_work() as session:
        # The lock ends with the transaction, after its row can be seen: who gets it next sees the answer.
        alone = func.pg_try_advisory_xact_lock(func.hashtextextended(f"api:{caller.id}:{key}", 0))
        if not await session.scalar(select(alone)):
            raise CallUnderWay
        known = await session.get(ApiCall, (caller.id, key))
        if known is not None:
            return await _replay(session, known, digest, caller)
        # With the fingerprint: a key that comes back for something else, weeks later, makes something new.
        response = await _within(session, operation, request, caller, carry_out, key=f"{key}:{digest[:16]}")
        answered = {"body": json.loads(bytes(response.body))}
        now = request.state.work.now
        session.add(
            ApiCall(system_id=caller.id, idempotency_key=key, request_sha256=digest, status=response.status_code,
                    answer=answered, at=now)
        )  # fmt: skip
    await bell.ring("events")
    return response


async def _within(
    session: AsyncSession, operation: str, request: Request, caller: _Caller, carry_out: Handler, *, key: str = ""
) -> Response:
    """The endpoint inside the transaction, and the row that says what was done or looked at."""
    work = Work(
        session, request.app.state.store, caller.actor, await business_now(session),
        request_key=f"api:{caller.id}:{key}" if key else "",
    )  # fmt: skip
    request.state.work = work
    response = await carry_out(request)
    audit.record(session, f"api.{operation}", work.subject, actor=work.actor, now=work.now, **work.details)
    return response


async def _replay(session: AsyncSession, known: ApiCall, digest: str, caller: _Caller) -> Response:
    if known.request_sha256 != digest:
        raise KeyReused
    now = await business_now(session)
    audit.record(session, "api.replay", ("api", known.idempotency_key), actor=caller.actor, now=now)
    return JSONResponse(known.answer["body"], status_code=known.status, headers={REPLAYED: "true"})


async def _note_refusal(store: Store, operation: str, caller: _Caller, error: Exception) -> None:
    """What was refused left nothing behind; that it was tried is on record all the same."""
    code = error.code if isinstance(error, ZeloError) else "invalid_input"
    status = status_of(error) if isinstance(error, ZeloError) else getattr(error, "status_code", 422)
    async with store.unit_of_work() as session:
        now = await business_now(session)
        subject = ("api", operation)
        audit.record(session, "api.refused", subject, actor=caller.actor, now=now, status=status, code=code)


def _digest(request: Request, body: bytes) -> str:
    """The request's fingerprint; blanks and the order of a body's fields do not matter."""
    try:
        canonical = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")) if body else ""
    except (ValueError, RecursionError):  # no JSON: the endpoint will say so
        canonical = body.decode("utf-8", "replace")
    asked = f"{request.method} {request.url.path}?{request.url.query}\n{canonical}"
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()

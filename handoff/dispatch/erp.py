"""Telling the ERP what changed: signed webhooks to `ZELO_ERP_WEBHOOK_URL`, until it has taken each (docs/api.md).

A change leaves under one id however often it is sent, and after every earlier change of its subject. The ERP's trouble
(no answer, 408, 425, 429, 5xx) is waited out, with growing pauses, without end; an answer that refuses is final after
`MOST_REFUSALS`. Nothing of what was sent is logged.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
from sqlalchemy import Interval, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend import audit
from backend.actor import SYSTEM
from backend.erp import ErpChange
from backend.errors import InvalidInput
from backend.settings import LOOPBACK_HOSTS, Settings
from backend.store.clock import business_now
from backend.store.engine import Store

log = logging.getLogger(__name__)

MOST_REFUSALS = 8  # with doubled pauses, a little over two hours
FIRST_PAUSE = timedelta(minutes=1)  # longer than a delivery may take: then another worker tries
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_WISH = timedelta(days=1)  # of what Retry-After asks for
LONGEST_REST_SECONDS = 60.0
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
DELIVERY_SECONDS = 40.0
_MOST_READ = 64 * 1024
_DOUBLINGS = 6  # from there on the pause is the longest
_TEMPORARY = frozenset({408, 425, 429})
_ERRORS_OF_THE_SERVER = 500


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where changes are sent, and the secret that signs them."""

    url: httpx.URL
    secret: bytes

    @classmethod
    def configured(cls, settings: Settings) -> Endpoint | None:
        """The configured one, or None; InvalidInput where it would be told unsigned, unencrypted, or nowhere."""
        if not settings.erp_webhook_url:
            return None
        try:
            url = httpx.URL(settings.erp_webhook_url)
        except httpx.InvalidURL:
            url = httpx.URL()
        if not url.host or not (url.scheme == "https" or (url.scheme == "http" and url.host in LOOPBACK_HOSTS)):
            raise InvalidInput("ZELO_ERP_WEBHOOK_URL precisa começar com https://.", detail="erp webhook url")
        secret = settings.erp_webhook_secret.get_secret_value()
        if not secret:
            raise InvalidInput("Falta ZELO_ERP_WEBHOOK_SECRET.", detail="erp webhook secret")
        return cls(url, secret.encode())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: no `problem`, or one that is the ERP's `refusal` or its trouble, and its wish to wait."""

    problem: str = ""
    refusal: bool = False
    wait: timedelta | None = None


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """The header that proves where a body comes from and when it was signed. Pure."""
    return "sha256=" + hmac.digest(secret, timestamp.encode() + b"." + body, hashlib.sha256).hex()


def body_of(change: ErpChange) -> bytes:
    """What is sent of a change: the same bytes at each try. Pure."""
    told = {
        "id": change.id,
        "kind": change.kind,
        "made_at": change.made_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "subject": {"kind": change.subject_kind, "id": change.subject_id},
        "values": change.values,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def wish_of(written: str, *, now: datetime) -> timedelta | None:
    """How long a Retry-After asks to wait, in seconds or until a date; None where it cannot be read. Pure."""
    if written.isascii() and written.isdecimal():
        return min(timedelta(seconds=min(int(written), 10**6)), LONGEST_WISH)
    try:
        until = parsedate_to_datetime(written)
    except ValueError:
        return None
    return min(max(until.replace(tzinfo=until.tzinfo or UTC) - now, timedelta()), LONGEST_WISH)


class ErpMessenger:
    """Takes what is due and tells the ERP; several may run, each change is in one hand at a time."""

    def __init__(self, store: Store, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._endpoint = Endpoint.configured(settings)
        self._http = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)
        self._resting_until, self._troubles = 0.0, 0

    async def close(self) -> None:
        """Returns the connections."""
        await self._http.aclose()

    async def send_due(self) -> bool:
        """Tries one change that is due; False where none is, no ERP is configured, or it is given a rest."""
        if self._endpoint is None or self._clock() < self._resting_until:
            return False
        async with self._store.unit_of_work() as session:
            change = await _claim(session)
        if change is None:
            return False
        outcome = await self._deliver(self._endpoint, change)
        self._rest_after(outcome)
        await self._note(change, outcome)
        return True

    async def _deliver(self, endpoint: Endpoint, change: ErpChange) -> Outcome:
        body, timestamp = body_of(change), str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Zelo",
            "X-Zelo-Delivery": str(change.id),
            "X-Zelo-Timestamp": timestamp,
            "X-Zelo-Signature": signature(endpoint.secret, timestamp, body),
        }
        try:
            async with (
                asyncio.timeout(DELIVERY_SECONDS),
                self._http.stream("POST", endpoint.url, content=body, headers=headers) as answer,
            ):
                await _read_a_little(answer)
        except (httpx.HTTPError, TimeoutError) as error:
            return Outcome(type(error).__name__)
        return _outcome(answer)

    def _rest_after(self, outcome: Outcome) -> None:
        """Where the ERP is in trouble, all other changes wait a little too."""
        if not outcome.problem or outcome.refusal:
            self._troubles = 0
            return
        self._troubles += 1
        asked = outcome.wait.total_seconds() if outcome.wait else 0.0
        rest = min(2.0 ** min(self._troubles - 1, 10), LONGEST_REST_SECONDS)
        self._resting_until = self._clock() + max(asked, rest)

    async def _note(self, tried: ErpChange, outcome: Outcome) -> None:
        """Writes down what came of a try; one that somebody else made meanwhile is left alone."""
        async with self._store.unit_of_work() as session:
            change = await session.get_one(ErpChange, tried.id, with_for_update=True)
            if change.state != "ready" or (outcome.problem and change.attempts != tried.attempts):
                return
            now = await business_now(session)
            if not outcome.problem:
                change.state, change.sent_at, change.problem = "sent", now, ""
                audit.record(session, "erp.sent", ("erp_change", change.id), actor=SYSTEM, now=now)
                return
            log.warning("erp: change %s not taken (%s)", change.id, outcome.problem)
            await _note_problem(session, change, outcome)
            if change.state == "failed":
                audit.record(
                    session, "erp.failed", ("erp_change", change.id), actor=SYSTEM, now=now, problem=change.problem
                )


async def _note_problem(session: AsyncSession, change: ErpChange, outcome: Outcome) -> None:
    """Counts the tries of one kind of trouble: refusals after an ERP that was away for days begin with the first."""
    if change.problem and _is_refusal(change.problem) != outcome.refusal:
        change.attempts = 1
        change.next_try_at = await _in(session, FIRST_PAUSE)
    change.problem = outcome.problem
    if outcome.refusal and change.attempts >= MOST_REFUSALS:
        change.state = "failed"
    elif outcome.wait is not None:
        change.next_try_at = max(change.next_try_at, await _in(session, outcome.wait))


async def _in(session: AsyncSession, pause: timedelta) -> datetime:
    moment = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    assert isinstance(moment, datetime)
    return moment + pause


def _is_refusal(problem: str) -> bool:
    return problem.startswith("refused_")


def _outcome(answer: httpx.Response) -> Outcome:
    status = answer.status_code
    if answer.is_success:
        return Outcome()
    wait = wish_of(answer.headers.get("retry-after", ""), now=datetime.now(UTC))
    if status in _TEMPORARY or status >= _ERRORS_OF_THE_SERVER:
        return Outcome(f"http_{status}", wait=wait)
    return Outcome(f"refused_{status}", refusal=True, wait=wait)


async def _read_a_little(answer: httpx.Response) -> None:
    """Reads an answer to its end, so that the connection serves again; a long one is cut off."""
    read = 0
    async for piece in answer.aiter_raw():
        read += len(piece)
        if read > _MOST_READ:
            break


async def _claim(session: AsyncSession) -> ErpChange | None:
    """The change that has waited longest and whose subject has no earlier one, put off while it is under way."""
    earlier = aliased(ErpChange)
    waits = exists().where(
        earlier.subject_kind == ErpChange.subject_kind, earlier.subject_id == ErpChange.subject_id,
        earlier.state == "ready", earlier.id < ErpChange.id,
    )  # fmt: skip
    due = (
        select(ErpChange.id)
        .where(ErpChange.state == "ready", ErpChange.next_try_at <= func.clock_timestamp(), ~waits)
        .order_by(ErpChange.next_try_at, ErpChange.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=ErpChange)
        .scalar_subquery()
    )
    doubled = FIRST_PAUSE.total_seconds() * func.power(2, func.least(ErpChange.attempts, _DOUBLINGS))
    seconds = func.least(doubled, LONGEST_PAUSE.total_seconds())
    claim = (
        update(ErpChange)
        .where(ErpChange.id == due)
        .values(
            attempts=ErpChange.attempts + 1,
            next_try_at=func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval),
        )
        .returning(ErpChange)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(claim)).scalar_one_or_none()

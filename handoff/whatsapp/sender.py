"""The outbox's way to Twilio: one sender per number at a time, in order, each message exactly once.

A row is marked *sending* before the call. What happened to it after a crash or a lost answer is decided by the
status callback or by Twilio's list, never by hope (house.md, decision 4).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import TIMESTAMP, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from backend.actor import SYSTEM
from backend.errors import InvalidInput
from backend.settings import settings
from backend.store.bell import Bell
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.conversations.tables import Message, OutboxRow
from handoff.whatsapp import errors, outgoing, outgoing_files
from handoff.whatsapp.client import Listed, NotReached, Refusal, TwilioClient, Unknown
from handoff.whatsapp.status import OUTSIDE_WINDOW
from handoff.whatsapp.templates import Templates

log = logging.getLogger(__name__)

IN_FLIGHT = 48
LOOK_AGAIN = 1.0
SETTLE_SECONDS = 3.0  # so long Twilio may take to list a message whose request was cut
CLOCK_SLACK = timedelta(seconds=5)
WAITING = ("ready", "sending", "unsure")

# The first waiting row of each conversation: a later one never overtakes it, but a reply a campaign's. Replies go
# before bulk. What is ready
# is marked 'sending' here, before anything is asked of Twilio; what is unsure is looked up.
_TAKE = text("""
WITH heads AS (
    SELECT id FROM (
        SELECT DISTINCT ON (conversation_id, bulk) id, state, not_before, bulk, position
        FROM outbox WHERE sender = :sender AND state IN ('ready', 'sending', 'unsure')
        ORDER BY conversation_id, bulk, position
    ) first
    WHERE state <> 'sending' AND (not_before IS NULL OR not_before <= clock_timestamp())
    ORDER BY bulk, position LIMIT :count
)
UPDATE outbox o SET
    state = CASE o.state WHEN 'ready' THEN 'sending' ELSE o.state END,
    attempts = o.attempts + (o.state = 'ready')::int,
    sending_since = CASE o.state WHEN 'ready' THEN clock_timestamp() ELSE o.sending_since END,
    not_before = CASE o.state WHEN 'unsure' THEN clock_timestamp() + interval '60 seconds' END
FROM heads WHERE o.id = heads.id
RETURNING o.id, o.state, o.conversation_id, o.sender, o.recipient, o.body, o.content_sid, o.content_variables,
    o.media_id, o.attempts, o.sending_since, o.bulk, o.not_after, business_now() AS now,
    (SELECT c.last_inbound_at FROM contact c WHERE c.address = o.recipient) AS last_inbound_at
""").columns(sending_since=TIMESTAMP(timezone=True), not_after=TIMESTAMP(timezone=True))

_SENT = text("""
WITH row AS (
    UPDATE outbox SET sid = coalesce(sid, :sid),
        state = CASE WHEN state IN ('ready', 'sending', 'unsure') THEN 'sent' ELSE state END
    WHERE id = :id RETURNING message_id, sid
)
UPDATE message m SET sid = coalesce(m.sid, row.sid),
    delivery = CASE WHEN coalesce(m.delivery, 'accepted') = 'accepted' THEN 'queued' ELSE m.delivery END
FROM row WHERE m.id = row.message_id
""")


@dataclass(frozen=True, slots=True)
class Going:
    """A row of the outbox in this sender's hand."""

    id: UUID
    state: str
    conversation_id: UUID
    sender: str
    recipient: str
    body: str
    content_sid: str | None
    content_variables: dict[str, object] | None
    media_id: UUID | None
    attempts: int
    sending_since: datetime | None
    last_inbound_at: datetime | None
    now: datetime
    bulk: bool = False
    not_after: datetime | None = None

    @property
    def too_late(self) -> bool:
        """Whether a campaign's hours were over before it could be sent: it is not sent any more."""
        return self.not_after is not None and self.now > self.not_after


class Pace:
    """Spreads sends evenly: at most `rate` a second, with no bursts."""

    def __init__(self, rate: int) -> None:
        self._gap = 1.0 / rate
        self._next = time.monotonic() + 1.0  # whoever had the number before may just have sent

    async def wait(self) -> None:
        """Returns when the next message may go."""
        now = time.monotonic()
        self._next = max(self._next, now)
        wait, self._next = self._next - now, self._next + self._gap
        if wait > 0:
            await asyncio.sleep(wait)


class Sender:
    """Sends what waits for one sender number while this process holds the number's lock."""

    def __init__(self, store: Store, bell: Bell, client: TwilioClient, templates: Templates, number: str) -> None:
        self._store, self._bell, self._client, self._templates = store, bell, client, templates
        self._number = number
        self._flying: set[asyncio.Task[None]] = set()
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Waits for the lock, sends for as long as it is held, begins again. Ends when cancelled."""
        while True:
            try:
                async with self._store.engine.connect() as connection:
                    if await self._lock(connection):
                        log.info("sender: this process sends now")
                        await self._serve(connection)
            except OSError:
                log.warning("sender: a connection was lost")
            except Exception as error:  # noqa: BLE001 (its text may hold what a person wrote)
                log.error("sender: starts again after %s", type(error).__name__)
            finally:
                await self._land()
            await asyncio.sleep(LOOK_AGAIN)

    async def _lock(self, connection: AsyncConnection) -> bool:
        key = {"key": f"zelo.sender:{self._number}"}
        locked = await connection.scalar(text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))"), key)
        await connection.commit()
        return bool(locked)

    async def _serve(self, lock: AsyncConnection) -> None:
        pace = Pace(settings().twilio_rate)
        await self._recover()
        looked_at = 0.0
        while True:
            self.wake.clear()
            if time.monotonic() - looked_at >= LOOK_AGAIN:
                await self._reopen_refused()
                looked_at = time.monotonic()
            for row in await self._take(lock, IN_FLIGHT - len(self._flying)):
                task = asyncio.create_task(self._deliver(row, pace))
                self._flying.add(task)
                task.add_done_callback(self._landed)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), LOOK_AGAIN)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self.wake.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("sender: a delivery failed: %s", type(task.exception()).__name__)

    async def _land(self) -> None:
        if self._flying:
            await asyncio.gather(*self._flying, return_exceptions=True)

    async def _recover(self) -> None:
        # Nobody else sends for this number, so whatever is under way was left by somebody who died.
        async with self._store.unit_of_work() as session:
            await session.execute(
                update(OutboxRow)
                .where(OutboxRow.sender == self._number, OutboxRow.state.in_(("sending", "unsure")))
                .values(state="unsure", not_before=func.clock_timestamp() + timedelta(seconds=SETTLE_SECONDS))
            )

    async def _reopen_refused(self) -> None:
        """What WhatsApp refused afterwards because the window was closed: the template asks for an answer."""
        async with self._store.unit_of_work() as session:
            query = select(OutboxRow).where(
                OutboxRow.sender == self._number, OutboxRow.state == "held", OutboxRow.error_code == OUTSIDE_WINDOW
            )
            for row in (await session.execute(query.limit(IN_FLIGHT).with_for_update(skip_locked=True))).scalars():
                row.error_code = None
                await self._hold(session, row)

    async def _take(self, lock: AsyncConnection, count: int) -> list[Going]:
        """Takes rows over the very connection that holds the number's lock: without the lock nothing is taken."""
        if count <= 0:
            return []
        rows = (await lock.execute(_TAKE, {"sender": self._number, "count": count})).mappings().all()
        await lock.commit()
        return [Going(**row) for row in rows]

    async def _deliver(self, row: Going, pace: Pace) -> None:
        if row.state == "unsure":
            await self._find_out(row)
        elif row.too_late:
            await self._settle(row.id, "failed")
        elif row.content_sid is None and not outgoing.window_open(row.last_inbound_at, row.now):
            await self._hold_row(row.id)
        else:
            await pace.wait()
            await self._post(row)
        await self._bell.ring(events=[str(row.conversation_id)])

    async def _post(self, row: Going) -> None:
        try:
            sid = await self._client.send(**_fields(row))
        except NotReached:
            await self._settle(row.id, "ready", wait=errors.backoff(row.attempts))
        except Unknown:
            await self._settle(row.id, "unsure", wait=SETTLE_SECONDS)
        except Refusal as refusal:
            await self._refused(row, refusal)
        except InvalidInput as error:  # no key to sign a file's address with: texts go on, this one waits
            log.error("sender: %s", error.detail)
            await self._settle(row.id, "ready", wait=errors.OPERATOR_WAIT)
        else:
            await self._sent(row.id, sid)

    async def _refused(self, row: Going, refusal: Refusal) -> None:
        verdict = errors.verdict(refusal.status, refusal.code, attempts=row.attempts, retry_after=refusal.retry_after)
        log.info("sender: refused with %s (%s): %s", refusal.status, refusal.code, verdict.action)
        match verdict.action:
            case "template" if not row.bulk:
                await self._hold_row(row.id)
            case "never" | "template":
                await self._settle(row.id, "failed", code=refusal.code)
            case "unsure":
                await self._settle(row.id, "unsure", wait=max(verdict.seconds, SETTLE_SECONDS), code=refusal.code)
            case _:
                await self._settle(row.id, "ready", wait=verdict.seconds, code=refusal.code)

    async def _hold_row(self, row_id: UUID) -> None:
        async with self._store.unit_of_work() as session:
            await self._hold(session, await session.get_one(OutboxRow, row_id, with_for_update=True))

    async def _hold(self, session: AsyncSession, row: OutboxRow) -> None:
        now = await business_now(session)
        await outgoing.reopen_with_template(session, self._templates, row=row, actor=SYSTEM, now=now)

    async def _find_out(self, row: Going) -> None:
        """Twilio's list decides whether a message whose answer was lost is there."""
        try:
            listed = await self._client.sent_to(row.recipient, sender=row.sender)
        except (NotReached, Unknown, Refusal):
            await self._settle(row.id, "unsure", wait=errors.backoff(row.attempts))
            return
        async with self._store.sessions() as session:
            claimed = await _claimed(session, [entry.sid for entry in listed])
        found = match_unclaimed(row, [entry for entry in listed if entry.sid not in claimed])
        if found is None:  # a campaign's may have been stopped, or paid, since: there is time to take it back
            await self._settle(row.id, "ready", wait=SETTLE_SECONDS if row.bulk else 0)
        else:
            await self._sent(row.id, found.sid)

    async def _sent(self, row_id: UUID, sid: str) -> None:
        async with self._store.engine.begin() as connection:
            await connection.execute(_SENT, {"id": row_id, "sid": sid})

    async def _settle(self, row_id: UUID, state: str, *, wait: float = 0, code: int | None = None) -> None:
        async with self._store.unit_of_work() as session:
            row = await session.get_one(OutboxRow, row_id, with_for_update=True)
            if row.state not in WAITING:  # a callback came first and knows better
                return
            row.state, row.error_code = state, code
            row.not_before = None
            if wait:
                row.not_before = (await session.execute(select(func.clock_timestamp()))).scalar_one() + timedelta(
                    seconds=wait
                )
            if state == "failed":
                message = await session.get_one(Message, row.message_id, with_for_update=True)
                message.delivery, message.error_code = "failed", code


def match_unclaimed(row: Going, unclaimed: list[Listed]) -> Listed | None:
    """Which of the messages that nobody claimed is this row's: made since it was sent, oldest first. Pure."""
    if row.sending_since is None:
        return None
    since = row.sending_since - CLOCK_SLACK
    fitting = [
        entry
        for entry in unclaimed
        if entry.created_at >= since.replace(microsecond=0)
        and entry.has_file == (row.media_id is not None)  # a file without caption has no body to tell it by
        and (row.content_sid or entry.body == row.body)
    ]
    return min(fitting, key=lambda entry: entry.created_at, default=None)


async def _claimed(session: AsyncSession, sids: list[str]) -> set[str]:
    rows = await session.execute(select(OutboxRow.sid).where(OutboxRow.sid.in_(sids)))
    return {sid for sid in rows.scalars() if sid}


def _fields(row: Going) -> dict[str, object]:
    fields: dict[str, object] = {
        "to": row.recipient,
        "from_": row.sender,
        "status_callback": f"{settings().base_url}/webhooks/twilio/status?outbox={row.id}",
    }
    if row.content_sid:
        fields["content_sid"] = row.content_sid
        fields["content_variables"] = _json(row.content_variables)
    elif row.body or not row.media_id:
        fields["body"] = row.body
    if row.media_id:
        # The links' clock is the real one: demo and tests may move the business clock meanwhile.
        fields["media_url"] = [outgoing_files.address(row.media_id, now=datetime.now(UTC))]
    return fields


def _json(variables: dict[str, object] | None) -> str:
    return json.dumps(variables or {}, ensure_ascii=False)

"""The bell: wake-ups and page events over Redis. It may vanish; the truth is in PostgreSQL.

Every call swallows Redis being away: workers look by themselves once a second, pages every few seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import redis.asyncio as aredis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

WAKE_CHANNEL = "zelo:wake"
EVENTS_STREAM = "zelo:events"
EVENTS_KEPT = 10_000
AWAY = (RedisError, OSError, asyncio.TimeoutError)


class Bell:
    """Rings workers and pages. One per process."""

    def __init__(self, url: str) -> None:
        self._redis: aredis.Redis = aredis.Redis.from_url(
            url, decode_responses=True, socket_connect_timeout=1, health_check_interval=15
        )

    async def ring(self, *whats: str, events: list[str] | None = None) -> None:
        """Wakes whoever listens for `inbox`, `outbox` or `media`, and tells pages of conversations' ids."""
        with contextlib.suppress(*AWAY):
            pipe = self._redis.pipeline(transaction=False)
            for what in whats:
                pipe.publish(WAKE_CHANNEL, what)
            for conversation in events or ():
                pipe.xadd(EVENTS_STREAM, {"conversation": conversation}, maxlen=EVENTS_KEPT, approximate=True)
            await pipe.execute()

    async def listen(self) -> AsyncIterator[str]:
        """Every wake-up, for ever; reconnects by itself and never raises because Redis is away."""
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(WAKE_CHANNEL)
                    async for message in subscription.listen():
                        yield message["data"]
            except AWAY:
                log.warning("bell: redis is away, workers look by themselves")
                await asyncio.sleep(1)

    async def last_event(self) -> str:
        """The id of the newest event, `0-0` where there is none or Redis is away."""
        with contextlib.suppress(*AWAY):
            newest = await self._redis.xrevrange(EVENTS_STREAM, count=1)
            if newest:
                return str(newest[0][0])
        return "0-0"

    async def events_after(self, last: str, *, wait_seconds: float) -> list[tuple[str, str]] | None:
        """(event id, conversation id) after `last`, waiting for the first; None when Redis is away."""
        try:
            answer = await self._redis.xread({EVENTS_STREAM: last}, count=200, block=int(wait_seconds * 1000))
        except AWAY:
            return None
        return [
            (str(identifier), str(fields["conversation"]))
            for entries in _streams(answer)
            for identifier, fields in entries
        ]

    async def alive(self) -> bool:
        """True when Redis answers."""
        with contextlib.suppress(*AWAY):
            return bool(await self._redis.ping())
        return False

    async def close(self) -> None:
        """Returns the connections."""
        await self._redis.aclose()


def _streams(answer: Any) -> list[list[tuple[str, dict[str, str]]]]:
    # redis-py gives a list of pairs under RESP2 and a mapping under RESP3, there with one more level of lists.
    streams = list(answer.values()) if isinstance(answer, dict) else [entries for _, entries in answer or ()]
    return [batch[0] if batch and isinstance(batch[0], list) else batch for batch in streams]

"""Work of concurrent requests in one statement and one commit, each request told of its own outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.store.engine import Store

log = logging.getLogger(__name__)

LARGEST_BATCH = 32  # with two flushes, the database works on one batch while the process reads the next
FLUSHES = 2
QUIET_ROUNDS = 5
LONGEST_GATHERING = 0.02  # seconds

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommit(Generic[Item, Result]):
    """`write` stores items in a transaction of its own; `after` runs once it is committed."""

    def __init__(
        self,
        store: Store,
        write: Callable[[AsyncEngine, list[Item]], Awaitable[Result]],
        after: Callable[[Result], Awaitable[None]],
    ) -> None:
        self._store = store
        self._write = write
        self._after = after
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._flushing: set[asyncio.Task[None]] = set()
        self._gathering = False
        self._ringing: set[asyncio.Future[None]] = set()

    async def put(self, item: Item) -> None:
        """Returns once the item is committed; raises what the database raised for it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if sum(not flush.done() for flush in self._flushing) < FLUSHES and not self._gathering:
            flush = asyncio.create_task(self._flush())
            self._flushing.add(flush)
            flush.add_done_callback(self._flushing.discard)
        await done

    async def _flush(self) -> None:
        while self._waiting and not self._gathering:
            await self._gather()
            batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
            try:
                result = await self._commit([item for item, _ in batch])
            except SQLAlchemyError:
                await self._one_by_one(batch)
                continue
            except BaseException as error:  # nobody may be left waiting for an answer
                for _, done in batch:
                    _finish(done, error)
                raise
            for _, done in batch:
                _finish(done)
            self._ring(result)

    async def _gather(self) -> None:
        """Lets requests that are already in the event loop join: a batch of one would make all others wait for it.

        Ends when a few rounds of the loop brought nobody, so that a lone request waits microseconds.
        """
        loop = asyncio.get_running_loop()
        deadline, quiet = loop.time() + LONGEST_GATHERING, 0
        self._gathering = True
        while quiet < QUIET_ROUNDS and len(self._waiting) < LARGEST_BATCH and loop.time() < deadline:
            before = len(self._waiting)
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == before else 0
        self._gathering = False

    async def _one_by_one(self, batch: list[tuple[Item, asyncio.Future[None]]]) -> None:
        # One bad row must not take its neighbours with it.
        log.warning("a shared write of %d failed, storing row by row", len(batch))
        for item, done in batch:
            try:
                result = await self._commit([item])
            except SQLAlchemyError as error:
                # The error's own text would hold what the person wrote.
                log.error("a row could not be stored: %s", type(error).__name__)
                _finish(done, error)
            else:
                _finish(done)
                self._ring(result)

    def _ring(self, result: Result) -> None:
        # Nobody waits for the bell: the next batch goes on meanwhile.
        ringing = asyncio.ensure_future(self._after(result))
        self._ringing.add(ringing)
        ringing.add_done_callback(self._ringing.discard)

    async def _commit(self, items: list[Item]) -> Result:
        return await self._write(self._store.engine, items)


def _finish(done: asyncio.Future[None], error: BaseException | None = None) -> None:
    if done.done():  # the request was cancelled meanwhile
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)

"""One piece of work in the database of the running `zelo up`, or of the embedded servers started for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.cli import run

T = TypeVar("T")


def in_the_database(work: Callable[[AsyncSession, datetime], Awaitable[T]]) -> T:
    """Carries `work` out in one transaction with the present business time, and gives what it gives."""

    async def once(url: str) -> T:
        store = Store(url)
        try:
            async with store.unit_of_work() as session:
                return await work(session, await business_now(session))
        finally:
            await store.close()

    with run.servers() as urls:
        return asyncio.run(once(urls.database))

"""The engine and the unit of work: one commit, at the edge."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine


def driver_url(url: str) -> str:
    """The same database address with the driver that we use (psycopg 3)."""
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


class Store:
    """One database: its engine and its sessions. A process has one; a test has its own."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            hide_parameters=True,  # an error's text must not hold what a person wrote
            # Our queries are short: compiling one (JIT) takes longer than the longest of them (200 ms of a search).
            connect_args={"application_name": "zelo", "options": "-c jit=off"},
        )
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[AsyncSession]:
        """A session that is committed once when the block ends well, and rolled back otherwise."""
        async with self.sessions() as session:
            yield session
            await session.commit()

    async def close(self) -> None:
        """Returns every connection."""
        await self.engine.dispose()

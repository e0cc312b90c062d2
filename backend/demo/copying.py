"""Rows by PostgreSQL's COPY, many at a time, each table on a connection of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice

import psycopg
from psycopg import sql
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.store.tables import Base

# Called with a table's name and how many rows it was given since the last call.
Report = Callable[[str, int], None]
NULL = "\\N"
_AT_ONCE = 4000
# Only for connections that load: nobody waits for a disk.
_FOR_LOADING = "SET synchronous_commit = off"
_NOT_FOR_EVER = "SET LOCAL lock_timeout = '20s'"  # where a transaction stays open elsewhere, the load fails
_BUILDING = "SET LOCAL maintenance_work_mem = '512MB'"


async def copy(engine: AsyncEngine, table: str, columns: Sequence[str], lines: Iterable[str], report: Report) -> int:
    """Loads lines of COPY's text format (tabs between columns, one line break at the end), and commits.

    Gives how many rows.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    rows = 0
    iterator = iter(lines)
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)
        async with driver.cursor() as cursor:
            await cursor.execute(_FOR_LOADING)
            async with cursor.copy(statement) as target:
                while chunk := list(islice(iterator, _AT_ONCE)):
                    await target.write("".join(chunk))
                    rows += len(chunk)
                    report(table, len(chunk))
        await driver.commit()
        await connection.invalidate()  # what was set for loading ends with the connection
    return rows


@asynccontextmanager
async def without_index(engine: AsyncEngine, entity: type[Base], name: str) -> AsyncIterator[None]:
    """Drops an index for the time of a load and builds it at the end, whatever happened.

    For a GIN index of a million rows that takes a tenth of the time that row by row takes.
    """
    table = entity.__table__
    assert isinstance(table, Table)
    index = next(each for each in table.indexes if each.name == name)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(_NOT_FOR_EVER)
        await connection.run_sync(lambda sync: index.drop(sync, checkfirst=True))
    try:
        yield
    finally:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(_BUILDING)
            await connection.run_sync(lambda sync: index.create(sync, checkfirst=True))


async def tidy(engine: AsyncEngine, tables: Sequence[str]) -> None:
    """Vacuums and analyzes: the planner knows the tables, and no background job disturbs what is measured next."""
    async with engine.connect() as connection:
        free = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in tables:
            await free.exec_driver_sql(f'VACUUM (ANALYZE) "{table}"')


def line(*values: object) -> str:
    """One row of COPY's text format; None is NULL. Texts must hold no tab, line break or backslash."""
    return "\t".join(NULL if value is None else str(value) for value in values) + "\n"


class Ids:
    """UUIDs of version 7 that follow each other: a load's indexes grow at their end. Text, for COPY."""

    def __init__(self, moment: datetime, kind: int) -> None:
        """`kind` (less than 4096) keeps a load's tables apart."""
        milliseconds = int(moment.astimezone(UTC).timestamp() * 1000)
        self._prefix = f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}-7{kind:03x}-8000-"

    def __getitem__(self, order: int) -> str:
        """The `order`-th one."""
        return f"{self._prefix}{order:012x}"

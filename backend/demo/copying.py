"""Rows by PostgreSQL's COPY, many at a time, each table on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice

import psycopg
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncEngine

# Called with a table's name and how many rows it was given since the last call.
Report = Callable[[str, int], None]
NULL = "\\N"
_AT_ONCE = 4000
# Only for connections that load: an index takes what waits beside it in large portions, and nobody waits for a disk.
_FOR_LOADING = (
    "SET synchronous_commit = off",
    "SET maintenance_work_mem = '512MB'",
    "SET gin_pending_list_limit = '64MB'",
)


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
            for setting in _FOR_LOADING:
                await cursor.execute(setting)
            async with cursor.copy(statement) as target:
                while chunk := list(islice(iterator, _AT_ONCE)):
                    await target.write("".join(chunk))
                    rows += len(chunk)
                    report(table, len(chunk))
        await driver.commit()
        await connection.invalidate()  # what was set for loading ends with the connection
    return rows


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

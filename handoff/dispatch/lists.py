"""Finance's lists are read by the worker: with progress to be seen, and stored whole or not at all."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend import audit
from backend.actor import SYSTEM
from backend.delinquency.lists import checking, importing, reading
from backend.delinquency.lists.checking import Listed
from backend.delinquency.tables import Campaign
from backend.errors import InvalidInput, NotFound
from backend.store import files
from backend.store.clock import business_now
from backend.store.engine import Store
from backend.store.tables import JsonObject

log = logging.getLogger(__name__)

TELL_EVERY_SECONDS = 1.0
UNREADABLE = "Não foi possível ler esta planilha. Confira o arquivo e envie de novo."


@dataclass(frozen=True, slots=True)
class _Task:
    """A list to be read: what its row said when it was taken."""

    campaign_id: UUID
    sha256: str
    sheet: str
    header_line: int
    width: int
    columns: JsonObject


@dataclass(slots=True)
class _Progress:
    """What the reading thread tells, and how it is told to stop."""

    lines: int = 0
    stopped: bool = False


async def read_next(store: Store) -> bool:
    """Reads one list that is to be read; False where there is none that nobody else is reading.

    While it reads, `lines_done` moves about once a second. At the end all lines become rows in one transaction; a
    worker that dies before leaves the list in `reading`, and the next one begins again. A file that cannot be read
    makes it `refused`, with the reason in the operator's words.
    """
    async with store.engine.connect() as lock:  # holds the list until the end; a dead process's lock goes with it
        task = await _take(lock)
        if task is None:
            return False
        try:
            lines = await _read(store, task)
            await _store(store, task, lines)
        except (InvalidInput, NotFound) as error:
            await _refuse(store, task, error.message)
        except (OSError, OperationalError, InterfaceError):
            raise  # the disk or the database is away: it is read again
        except Exception as error:  # noqa: BLE001 (its text may hold what a cell holds)
            log.error("lists: %s cannot be read: %s", task.campaign_id, type(error).__name__)
            await _refuse(store, task, UNREADABLE)  # else it would stand before all others for good
        return True


async def _take(lock: AsyncConnection) -> _Task | None:
    query = select(
        Campaign.id, Campaign.file_sha256, Campaign.sheet, Campaign.header_line, Campaign.headers, Campaign.columns
    ).where(Campaign.state == "reading")
    for campaign_id, sha256, sheet, header_line, headers, columns in await lock.execute(
        query.order_by(Campaign.created_at)
    ):
        key = {"key": f"zelo.list:{campaign_id}"}
        held = await lock.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))"), key)
        still = select(Campaign.id).where(Campaign.id == campaign_id, Campaign.state == "reading")
        if held and await lock.scalar(still):  # else another one has just finished it
            return _Task(campaign_id, sha256, sheet, header_line, len(headers), columns)
    return None


async def _read(store: Store, task: _Task) -> list[Listed]:
    progress = _Progress()
    reader = asyncio.ensure_future(asyncio.to_thread(_parse, task, progress))
    try:
        while not reader.done():
            await asyncio.wait({reader}, timeout=TELL_EVERY_SECONDS)
            await _tell(store, task, progress.lines)
        return reader.result()
    finally:
        progress.stopped = True


def _parse(task: _Task, progress: _Progress) -> list[Listed]:
    """In a thread: the file's lines, each understood, duplicates marked. InvalidInput where it is no list."""
    columns = {field: column for field, column in task.columns.items() if isinstance(column, int)}
    content = files.read(task.sha256)
    lines = []
    for line in reading.lines_of(content, sheet=task.sheet, header_line=task.header_line, width=task.width):
        lines.append(checking.listed(line, columns))
        progress.lines = len(lines)
        if progress.stopped:
            break
    if not lines:
        raise InvalidInput("A planilha não tem nenhuma linha preenchida abaixo do cabeçalho.")
    return checking.once_each(lines)


async def _tell(store: Store, task: _Task, lines: int) -> None:
    async with store.unit_of_work() as session:
        of_task = update(Campaign).where(Campaign.id == task.campaign_id, Campaign.state == "reading")
        total = func.greatest(Campaign.lines_total, lines)  # a sheet may say that it has fewer than it has
        await session.execute(of_task.values(lines_done=lines, lines_total=total))


async def _store(store: Store, task: _Task, lines: list[Listed]) -> None:
    async with store.unit_of_work() as session:
        campaign = await session.get(Campaign, task.campaign_id, with_for_update=True)
        if campaign is None or campaign.state != "reading" or campaign.columns != task.columns:
            return  # thrown away, or to be read otherwise: then the next look does it
        now = await business_now(session)
        await importing.store_lines(session, campaign=campaign, lines=lines, actor=SYSTEM, now=now)


async def _refuse(store: Store, task: _Task, why: str) -> None:
    async with store.unit_of_work() as session:
        campaign = await session.get(Campaign, task.campaign_id, with_for_update=True)
        if campaign is None or campaign.state != "reading":
            return
        campaign.state, campaign.problem = "refused", why
        now = await business_now(session)
        audit.record(session, "lists.refuse", ("campaign", campaign.id), actor=SYSTEM, now=now)

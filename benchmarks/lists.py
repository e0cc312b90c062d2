"""A list of 50,000 people in arrears: how long it takes to be opened, read into rows, and given back filled."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from openpyxl import Workbook
from sqlalchemy import select, text

from backend.actor import SYSTEM
from backend.delinquency.lists import phone_list, verbs
from backend.delinquency.lists.columns import TITLES
from backend.delinquency.tables import Campaign, CampaignRow
from backend.papers.layout import printed_cpf
from backend.settings import settings
from backend.store.clock import business_now
from backend.store.embedded import EmbeddedPostgres
from backend.store.engine import Store
from backend.store.migrate import upgrade
from handoff.cli import demo_data
from handoff.desk.collections.sheets import filled_sheet
from handoff.dispatch import lists
from handoff.schema import METADATA

LINES = 50_000
PEOPLE = 130_000  # two and a half in a contract, so that there is somebody who answers for each line
BAD_EVERY = 100
AIM_SECONDS = 60.0
OWED = """
UPDATE invoice SET state = 'open', paid_on = NULL, paid_amount = NULL
WHERE due_on < business_now()::date AND state = 'paid'
"""
ANSWERING = """
SELECT full_name, cpf, number FROM beneficiary JOIN contract ON contract.id = contract_id
WHERE standing = 'holder' ORDER BY beneficiary.id LIMIT :lines
"""
UNREACHED = "UPDATE campaign_row SET state = 'done', outcome = 'no_answer', attempts = 5 WHERE state = 'waiting'"
Result = TypeVar("Result")


def _sheet(people: Sequence[tuple[str, str, str]]) -> bytes:
    """Finance's sheet with all of our columns and two of its own; one line in a hundred has no valid CPF."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Inadimplentes")
    sheet.append(["Relação de inadimplentes"])
    sheet.append([*TITLES.values(), "Cidade", "Situação interna"])
    blanks = [None] * (len(TITLES) - 5)
    for number, (name, cpf, contract) in enumerate(people, 1):
        shown = "000.111.222-33" if number % BAD_EVERY == 0 else printed_cpf(cpf)
        sheet.append(
            [name, shown, 290.9 * (1 + number % 5), 50 + number % 40, contract, *blanks, "São Luís", "Em aberto"]
        )
    written = BytesIO()
    book.save(written)
    return written.getvalue()


async def _timed(what: str, work: Awaitable[Result]) -> tuple[Result, float]:
    began = time.perf_counter()
    result = await work
    spent = time.perf_counter() - began
    print(f"{what:44} {spent:7.1f} s", flush=True)
    return result, spent


async def _upload(store: Store, content: bytes, now: datetime) -> Campaign:
    async with store.unit_of_work() as session:
        return await verbs.upload(
            session, name="Medição", content=content, file_name="lista.xlsx", actor=SYSTEM, now=now
        )


async def _progress(store: Store) -> None:
    """Prints how far the reading has come, as a page would show it."""
    while True:
        await asyncio.sleep(2)
        async with store.sessions() as session:
            campaign = (await session.scalars(select(Campaign))).one()
        print(f"    {campaign.lines_done:,} of {campaign.lines_total:,} lines", flush=True)


async def _read(store: Store, campaign: Campaign, now: datetime) -> None:
    async with store.unit_of_work() as session:
        again = await verbs.get(session, campaign.id)
        await verbs.confirm_columns(session, campaign=again, columns=again.columns, actor=SYSTEM, now=now)
    watching = asyncio.create_task(_progress(store))
    assert await lists.read_next(store)
    watching.cancel()


async def _give_back(store: Store, campaign: Campaign, now: datetime) -> None:
    async with store.sessions() as session:
        again = await verbs.get(session, campaign.id)
        (filled, _), _ = await _timed("filled sheet", filled_sheet(session, campaign=again, now=now))
    async with store.unit_of_work() as session:
        await session.execute(text(UNREACHED))
    async with store.sessions() as session:
        again = await verbs.get(session, campaign.id)
        work = phone_list.phone_list(session, campaign=again, now=now)
        (telephones, _), _ = await _timed("telephone list", work)
    print(f"    {len(filled) / 1e6:.1f} MB and {len(telephones) / 1e6:.1f} MB")


async def _measure(url: str) -> None:
    store = Store(url)
    print(await demo_data.load(url, demo_data.Wanted(people=PEOPLE, slots=0), shown=False), flush=True)
    async with store.unit_of_work() as session:
        await session.execute(text(OWED))
        now = await business_now(session)
        people = [tuple(map(str, row)) for row in await session.execute(text(ANSWERING), {"lines": LINES})]
    content = _sheet([(name, cpf, contract) for name, cpf, contract in people])
    print(
        f"\n{len(people):,} lines, {len(TITLES) + 2} columns, {len(content) / 1e6:.1f} MB   (aim: read in {AIM_SECONDS:.0f} s)"
    )
    campaign, opening = await _timed("upload: kept, header and columns guessed", _upload(store, content, now))
    _, reading = await _timed("read: checked, matched, stored as rows", _read(store, campaign, now))
    async with store.sessions() as session:
        outcomes = Counter(await session.scalars(select(CampaignRow.outcome)))
    print(f"    {dict(outcomes)}")
    assert sum(outcomes.values()) == len(people)
    within = "within" if opening + reading < AIM_SECONDS else "over"
    print(f"{'upload and reading together':44} {opening + reading:7.1f} s, {within} the aim", flush=True)
    await _give_back(store, campaign, now)
    await store.close()
    print(f"{'memory of this process at most':44} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:7.0f} MB")


def run(folder: Path) -> None:
    """Loads the people, makes the list, and prints how long each step takes."""
    os.environ.setdefault("ZELO_SIMULATOR", "1")
    os.environ.setdefault("ZELO_ANS_REGISTRATION", "999999")
    os.environ["ZELO_DATA_DIR"] = str(folder / "data")
    settings.cache_clear()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    server = EmbeddedPostgres(folder)
    url = server.start()
    try:
        upgrade(url, METADATA)
        asyncio.run(_measure(url))
    finally:
        server.stop()


if __name__ == "__main__":
    from tests.stack import ROOT

    run(ROOT / "var" / "bench" / "lists")

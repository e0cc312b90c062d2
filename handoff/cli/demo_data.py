"""`zelo demo-data`: the demo's own data, and on request people and messages by the hundred thousand."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass

from backend import demo
from backend.actor import SYSTEM
from backend.demo import bulk as bulk_people
from backend.demo.copying import Report
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.cli import bulk as bulk_messages

SLOTS_A_PERSON = 10
_SHOW_EVERY = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is to be added beyond the demo's own data. Without `again`, only where nothing was added before."""

    people: int = 0
    messages: int = 0
    slots: int | None = None
    again: bool = False

    @property
    def every_slot(self) -> int:
        """The slots asked for, or ten for each person."""
        return self.people * SLOTS_A_PERSON if self.slots is None else self.slots

    @property
    def is_bulk(self) -> bool:
        """Whether anything is wanted beyond the demo's own data."""
        return bool(self.people or self.messages or self.slots)


class Progress:
    """Counts rows by table; shows them on standard error every two seconds where that is wanted."""

    def __init__(self, *, shown: bool) -> None:
        self.rows: Counter[str] = Counter()
        self._shown = shown
        self._started = self._last = time.monotonic()

    def __call__(self, table: str, rows: int) -> None:
        """Takes note of rows that were handed to the database."""
        self.rows[table] += rows
        if self._shown and time.monotonic() - self._last >= _SHOW_EVERY:
            self._last = time.monotonic()
            counts = ", ".join(f"{name} {_thousands(count)}" for name, count in self.rows.most_common(4))
            print(f"{self.seconds:4.0f} s  {counts}", file=sys.stderr, flush=True)

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._started

    def summary(self) -> str:
        """What was loaded, in how long, and how fast."""
        total = sum(self.rows.values())
        return (
            f"{_thousands(total)} linhas em {self.seconds:.1f} s"
            f" ({_thousands(round(total / max(self.seconds, 0.001)))} por segundo)."
        )


async def load(url: str, wanted: Wanted, *, shown: bool) -> str:
    """Loads what is wanted into a database; gives what is said about it.

    NotAllowed where messages could leave the machine, or where people were added before and `again` is not set.
    """
    store = Store(url)
    progress = Progress(shown=shown)
    try:
        async with store.unit_of_work() as session:
            now = await business_now(session)
            if wanted.is_bulk and not wanted.again:
                await bulk_people.refuse_a_second_load(session, now=now)
            added = await demo.load(session, actor=SYSTEM, now=now)
        said = f"{added.people} pessoas de demonstração carregadas."
        if wanted.is_bulk:
            await _load_bulk(store, wanted, progress)
            said += f"\n{progress.summary()}"
    finally:
        await store.close()
    return said


async def _load_bulk(store: Store, wanted: Wanted, report: Report) -> None:
    async with store.unit_of_work() as session:
        now = await business_now(session)
        before = await bulk_people.known(session)
        contacts = await bulk_messages.contacts_known(session)
    loads = []
    if wanted.people or wanted.every_slot:
        loads.append(
            bulk_people.load(
                store, people=wanted.people, slots=wanted.every_slot, before=before, report=report, actor=SYSTEM,
                now=now,
            )
        )  # fmt: skip
    if wanted.messages:
        loads.append(
            bulk_messages.load(
                store, messages=wanted.messages, known=max(before.people, contacts), report=report, actor=SYSTEM,
                now=now,
            )
        )  # fmt: skip
    await asyncio.gather(*loads)


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", ".")

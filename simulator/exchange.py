"""One running simulator: its memory, clock, faults, log, listeners and outgoing connections."""

import asyncio
from collections.abc import Coroutine

from simulator.clock import Clock
from simulator.events import Events
from simulator.faults import Faults
from simulator.lanes import Lanes
from simulator.log import Log
from simulator.settings import Settings
from simulator.store import Store

INBOUND_AT_ONCE = 400
CALLBACKS_AT_ONCE = 100


class Exchange:
    """What the simulator's verbs work on."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock()
        self.store = Store()
        self.faults = Faults()
        self.log = Log(settings.log_path)
        self.events = Events()
        # A wait for a free connection must not count as the other side's slowness, so the
        # waiting is done here, before a request's own time begins.
        self.inbound_slots = asyncio.Semaphore(INBOUND_AT_ONCE)
        self.callback_slots = asyncio.Semaphore(CALLBACKS_AT_ONCE)
        self.typed_before: dict[str, asyncio.Event] = {}
        self.lanes = Lanes(settings)
        self._tasks: set[asyncio.Task[object]] = set()

    def spawn(self, work: Coroutine[object, object, object]) -> "asyncio.Task[object]":
        """Let something go on in the background until it ends or the simulator stops."""
        task: asyncio.Task[object] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Stop what goes on in the background and let go of files and connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.lanes.close()
        self.log.close()

"""News for open pages, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator

QUEUE_SIZE = 500
KEEP_ALIVE_SECONDS = 15.0


class Events:
    """Hands every piece of news to every page that listens."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str]] = set()

    def publish(self, kind: str, content: object) -> None:
        """Tell all listeners. One that is too far behind is told to load everything again."""
        if not self._listeners:
            return
        event = f"event: {kind}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"
        for listener in self._listeners:
            if listener.full():
                while not listener.empty():
                    listener.get_nowait()
                listener.put_nowait("event: reload\ndata: {}\n\n")
            listener.put_nowait(event)

    async def listen(self) -> AsyncIterator[str]:
        """The stream of one page, with a comment now and then that keeps it alive."""
        queue: asyncio.Queue[str] = asyncio.Queue(QUEUE_SIZE + 1)
        self._listeners.add(queue)
        try:
            yield "retry: 1000\n\n"
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._listeners.discard(queue)

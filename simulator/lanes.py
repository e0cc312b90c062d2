"""Outgoing connections, kept open and used again."""

import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec

import httpx

from simulator.settings import Settings

# httpcore looks for sniffio on every request; where it is not installed, that search on the disk
# cost a third of each webhook. This is the language's own way to say "known to be absent".
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class Lanes:
    """HTTP clients of one connection each, lent out one request at a time.

    One client with hundreds of connections looks through all of them for every request, which
    made a burst of webhooks ten times slower than the product it was meant to measure.
    """

    def __init__(self, settings: Settings) -> None:
        self._timeout = httpx.Timeout(settings.webhook_timeout, connect=settings.connect_timeout, pool=None)
        self._verify = ssl.create_default_context()
        self._free: list[httpx.AsyncClient] = []
        self._all: list[httpx.AsyncClient] = []

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client that nobody else uses meanwhile."""
        client = self._free.pop() if self._free else self._another()
        try:
            yield client
        finally:
            self._free.append(client)

    async def close(self) -> None:
        """Close every connection."""
        for client in self._all:
            await client.aclose()

    def _another(self) -> httpx.AsyncClient:
        client = httpx.AsyncClient(trust_env=False, verify=self._verify, timeout=self._timeout)
        self._all.append(client)
        return client

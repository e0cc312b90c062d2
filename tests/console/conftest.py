"""Signed-in browsers on an empty database, by HTTP alone or real ones."""

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend.settings import settings
from backend.store.bell import Bell
from backend.store.engine import Store
from tests.console.console_rig import Browser, Desk, OpenBrowser, application, served

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def console_urls(
    clean_database: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """The servers' addresses, with an empty database and files in a folder of the test's own."""
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    return clean_database, redis_url


@pytest.fixture
def desk(store: Store, bell: Bell) -> Desk:
    return Desk(store, bell)


@pytest.fixture
async def open_browser(console_urls: tuple[str, str]) -> AsyncIterator[OpenBrowser]:
    """Opens browsers on one application, each with cookies of its own."""
    app = application(*console_urls)
    clients: list[httpx.AsyncClient] = []

    async def opened(username: str = "") -> Browser:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://console.test", trust_env=False))
        browser = Browser(clients[-1])
        if username:
            assert (await browser.log_in(username)).status_code == 303
        return browser

    async with app.router.lifespan_context(app):
        yield opened
        for client in clients:
            await client.aclose()


class Elsewhere:
    """A desk in a loop of its own: what happens while a real browser looks on."""

    def __init__(self, urls: tuple[str, str]) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.desk = Desk(Store(urls[0]), Bell(urls[1]))

    def __call__(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=20)

    def close(self) -> None:
        self(self.desk.bell.close())
        self(self.desk.store.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=5)
        self.loop.close()


@pytest.fixture
def elsewhere(console_urls: tuple[str, str]) -> Iterator[Elsewhere]:
    there = Elsewhere(console_urls)
    yield there
    there.close()


@pytest.fixture
def console_address(console_urls: tuple[str, str], elsewhere: Elsewhere) -> Iterator[str]:
    with served(application(*console_urls)) as address:
        yield address


@pytest.fixture(scope="session")
def console_screenshots() -> Path:
    folder = Path(__file__).parents[2] / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

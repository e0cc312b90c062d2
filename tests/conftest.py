"""Fixtures: one PostgreSQL and one Valkey for each test process, made by Alembic; the whole stack once."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from backend.settings import settings
from backend.store.bell import Bell
from backend.store.embedded import EmbeddedPostgres, EmbeddedValkey
from backend.store.engine import Store
from backend.store.migrate import upgrade
from handoff.schema import METADATA
from tests.stack import FILES_KEY, ROOT, Stack, prepared, start_all

WINDOWS = ROOT / "var" / "test" / "windows.json"
KEPT = {"team", "alembic_version"}


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("ZELO_ANS_REGISTRATION", "999999")
    os.environ.setdefault("ZELO_TWILIO_AUTH_TOKEN", "a-token-for-tests")
    os.environ.setdefault("ZELO_RASA_TOKEN", "a-token-for-tests")
    os.environ.setdefault("ZELO_TWILIO_API_URL", "http://127.0.0.1:9")
    os.environ.setdefault("ZELO_FILES_KEY", FILES_KEY)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits longest comes first, so that both processes end together: killed processes, then dialogues."""

    def order(item: pytest.Item) -> int:
        if "exactly_once" in item.path.parts:
            return 0
        return 1 if "stack" in getattr(item, "fixturenames", ()) else 2

    items.sort(key=order)


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        WINDOWS.unlink(missing_ok=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if WINDOWS.exists():
        terminalreporter.section("SIGKILL: how often each window was hit")
        for window, hits in json.loads(WINDOWS.read_text()).items():
            terminalreporter.write_line(f"{hits:4d}  {window}")


@pytest.fixture(scope="session")
def test_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = ROOT / "var" / "test" / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder / "store", ignore_errors=True)


@pytest.fixture(scope="session")
def database_url(test_folder: Path) -> Iterator[str]:
    server = EmbeddedPostgres(test_folder / "store")
    url = server.start()
    upgrade(url, METADATA)
    yield url
    server.stop()


@pytest.fixture(scope="session")
def redis_url(test_folder: Path) -> Iterator[str]:
    server = EmbeddedValkey(test_folder / "store")
    yield server.start()
    server.stop()


@pytest.fixture
def clean_database(database_url: str) -> str:
    """The database without a row but those that migrations made."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        tables = [name for name in METADATA.tables if name not in KEPT]
        connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        connection.execute(
            "INSERT INTO team (code, title) VALUES ('call_centre', 'Central de atendimento') ON CONFLICT DO NOTHING"
        )
    return database_url


@pytest.fixture
async def store(clean_database: str) -> AsyncIterator[Store]:
    store = Store(clean_database)
    yield store
    await store.close()


@pytest.fixture
async def bell(redis_url: str) -> AsyncIterator[Bell]:
    bell = Bell(redis_url)
    yield bell
    await bell.close()


@pytest.fixture(scope="session")
def started_stack(test_folder: Path) -> Iterator[Stack]:
    """The whole of Zelo, started once in each test process that asks for it."""
    before = dict(os.environ)
    with prepared(test_folder / "stack") as running:
        start_all(running)
        os.environ.clear()
        os.environ.update(before)
        yield running


@pytest.fixture
def stack(started_stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """Everything that runs in production, with the simulator as Twilio; tests use phones of their own.

    The test sees the stack's settings; those that run without it in the same process see their own.
    """
    for name, value in started_stack.environment.items():
        if name.startswith("ZELO_"):
            monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield started_stack
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def phone(request: pytest.FixtureRequest) -> str:
    """A telephone that no other test uses."""
    return f"+55989{zlib.crc32(request.node.nodeid.encode()) % 10**8:08d}"

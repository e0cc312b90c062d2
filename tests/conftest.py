"""Fixtures: one PostgreSQL and one Valkey for each test process, made by Alembic; the whole stack once."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from xdist.scheduler import LoadScopeScheduling

from backend.settings import settings
from backend.store.bell import Bell
from backend.store.embedded import EmbeddedPostgres, EmbeddedValkey
from backend.store.engine import Store
from backend.store.migrate import upgrade
from handoff.schema import METADATA
from tests.stack import ROOT, Stack, prepared, start_all

WINDOWS = ROOT / "var" / "test" / "windows.json"
KEPT = {"team", "alembic_version"}


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("ZELO_ANS_REGISTRATION", "999999")
    os.environ.setdefault("ZELO_TWILIO_AUTH_TOKEN", "a-token-for-tests")
    os.environ.setdefault("ZELO_RASA_TOKEN", "a-token-for-tests")
    os.environ.setdefault("ZELO_TWILIO_API_URL", "http://127.0.0.1:9")


class OneStack(LoadScopeScheduling):
    """Files go to processes as wholes, and all files whose tests need the running stack go to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", maxsplit=1)[0]
        return "stack" if "stack: Stack" in (ROOT / path).read_text() else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneStack:
    # xdist's own groups change the node's id, which pytest 9.2 no longer lets them do.
    return OneStack(config, log)


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
def stack(test_folder: Path) -> Iterator[Stack]:
    """Everything that runs in production, with the simulator as Twilio. Started once; tests use phones of their own."""
    with prepared(test_folder / "stack") as running:
        start_all(running)
        yield running
    settings.cache_clear()


@pytest.fixture
def phone(request: pytest.FixtureRequest) -> str:
    """A telephone that no other test uses."""
    return f"+55989{zlib.crc32(request.node.nodeid.encode()) % 10**8:08d}"

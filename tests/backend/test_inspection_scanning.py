"""Virus scanning, against a server that speaks clamd's INSTREAM over real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from backend.documents.inspection import inspect
from backend.documents.scanning import Verdict, clamd_state, scan
from backend.settings import settings
from tests.backend.hostile_parts import pdf

INFECTED = b"what this clamd takes for a virus"
Configure = Callable[[str], None]


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    def set_url(url: str) -> None:
        monkeypatch.setenv("ZELO_CLAMD_URL", url)
        settings.cache_clear()

    monkeypatch.setenv("ZELO_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield set_url
    monkeypatch.undo()
    settings.cache_clear()


async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    command = await reader.readline()
    if command == b"nVERSION\n":
        writer.write(b"ClamAV 1.4.3/27700/Sun Nov 22 08:00:00 2026\n")
    elif command == b"nINSTREAM\n":
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        writer.write(b"stream: Test-Signature FOUND\n" if INFECTED in content else b"stream: OK\n")
    await writer.drain()
    writer.close()


@asynccontextmanager
async def clamd(talk: Callable[..., object] = speak) -> AsyncIterator[str]:
    server = await asyncio.start_server(talk, "127.0.0.1", 0)  # type: ignore[arg-type]
    try:
        yield f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def test_without_a_clamd_nothing_is_scanned_and_nothing_is_missing() -> None:
    assert await scan(pdf()) is Verdict.NOT_SCANNED
    assert await clamd_state() == (True, "não configurado")


async def test_what_clamd_finds_clean_is_scanned(configure: Configure) -> None:
    async with clamd() as url:
        configure(url)
        seen = await inspect(pdf())
        assert (seen.problem, seen.scanned, seen.pages) == ("", True, 1)
        good, sentence = await clamd_state()
    assert good
    assert sentence.startswith("ClamAV 1.4.3")


async def test_a_virus_is_refused_and_not_shown(configure: Configure) -> None:
    async with clamd() as url:
        configure(url)
        seen = await inspect(pdf() + b"%" + INFECTED)
    assert (seen.problem, seen.scanned, seen.previews, seen.thumbnail) == ("virus", False, (), "")


async def test_a_clamd_of_the_same_machine_is_asked_by_its_socket(configure: Configure, tmp_path: Path) -> None:
    server = await asyncio.start_unix_server(speak, tmp_path / "clamd.ctl")
    configure(f"unix://{tmp_path}/clamd.ctl")
    assert await scan(pdf()) is Verdict.CLEAN
    server.close()


async def test_a_clamd_that_is_down_loses_no_file(configure: Configure) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    configure(f"tcp://127.0.0.1:{port}")
    seen = await inspect(pdf())
    assert (seen.problem, seen.scanned, seen.pages) == ("", False, 1)
    assert await clamd_state() == (False, "configurado, mas não responde")


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\n", b"\xff\xfe\n", b"HTTP/1.1 400 Bad Request\n"]
)
async def test_a_clamd_that_answers_nonsense_loses_no_file(configure: Configure, answer: bytes) -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with clamd(nonsense) as url:
        configure(url)
        seen = await inspect(pdf())
    assert (seen.problem, seen.scanned) == ("", False)


async def test_a_clamd_that_never_answers_holds_nothing_up(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        asked.set()
        writer.close()

    async with clamd(silent) as url:
        monkeypatch.setenv("ZELO_INSPECTION_SECONDS", "0.5")
        configure(url)
        assert await scan(b"a file") is Verdict.NOT_SCANNED
        async with asyncio.timeout(5):
            await asked.wait()


async def test_an_address_that_is_none_is_seen_by_doctor(configure: Configure) -> None:
    configure("clamd.example")
    assert await clamd_state() == (False, "configurado, mas não responde")

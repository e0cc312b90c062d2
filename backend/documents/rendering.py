"""The service's side of the sandbox: a process for each file, its answer read with distrust, an end at the limit."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from threading import Timer
from typing import BinaryIO

from backend.documents.sandbox.limits import Limits
from backend.settings import Settings

PREVIEW_SIDE = 1600
THUMBNAIL_SIDE = 240
TEXT_CHARACTERS = 4000
MAX_SIDE = 20_000

_PROGRAM = "import sys; sys.path += sys.argv[3:]; from backend.documents.sandbox.main import main; main(*sys.argv[1:3])"
_MOST_OF_A_PICTURE = 8 * 1024 * 1024
_MOST_OF_AN_ANSWER = 64 * 1024 * 1024
# So many files of strangers are opened at once by one process of the service; the others wait their turn.
_AT_ONCE = 2
_openers = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="inspection")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the sandbox saw: pages, JPEGs of the first ones, the thumbnail, text; `problem` is a code or empty."""

    pages: int = 0
    previews: tuple[bytes, ...] = ()
    thumbnail: bytes = b""
    text: str = ""
    problem: str = ""


async def render(content: bytes, content_type: str, config: Settings) -> Rendered:
    """The file as pictures, made in a process of its own.

    It takes no longer than `inspection_seconds` once it has its turn ('timeout' then); a process that dies or
    answers nonsense makes the file 'unreadable'. Bytes never lie on the disk.
    """
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_openers, _rendered, content, content_type, config)


def _rendered(content: bytes, content_type: str, config: Settings) -> Rendered:
    with tempfile.TemporaryDirectory(prefix="zelo-inspection-") as nowhere:
        answer, late = _answered(content, content_type, config, nowhere)
    if late:
        return Rendered(problem="timeout")
    try:
        return _read(answer)
    except (ValueError, KeyError, TypeError):
        return Rendered(problem="unreadable")


def _answered(content: bytes, content_type: str, config: Settings, folder: str) -> tuple[bytes, bool]:
    """What the process wrote, and whether it had to be ended for being late."""
    with _in_memory(content) as given:
        command = [sys.executable, "-I", "-S", "-c", _PROGRAM, content_type, _limits(config), *_import_folders()]
        process = subprocess.Popen(
            command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd=folder,
            start_new_session=True, close_fds=True,
        )  # fmt: skip
    assert process.stdout is not None
    late: list[bool] = []

    def end() -> None:
        late.append(True)
        _kill(process)

    clock = Timer(config.inspection_seconds, end)
    clock.start()
    try:
        with process.stdout as out:
            answer = out.read(_MOST_OF_AN_ANSWER)
    finally:
        clock.cancel()
        clock.join()
        _kill(process)
        process.wait()
    return answer, bool(late) or process.returncode == -signal.SIGXCPU


def _in_memory(content: bytes) -> BinaryIO:
    """The bytes as a file that no disk holds; whoever reads it from its descriptor begins at the beginning."""
    file = os.fdopen(os.memfd_create("document"), "w+b", buffering=0)
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
    file.seek(0)
    return file


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and whatever it may have started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _limits(config: Settings) -> str:
    limits = Limits(
        max_pages=config.document_max_pages,
        max_pixels=config.document_max_pixels,
        max_side=MAX_SIDE,
        preview_pages=config.document_preview_pages,
        preview_side=PREVIEW_SIDE,
        thumbnail_side=THUMBNAIL_SIDE,
        text_characters=TEXT_CHARACTERS,
        seconds=math.ceil(config.inspection_seconds),
        memory_mb=config.inspection_memory_mb,
    )
    return json.dumps(asdict(limits))


@lru_cache(maxsize=1)
def _import_folders() -> tuple[str, ...]:
    """Where the sandbox finds Zelo's modules and the libraries that decode."""
    folders = [str(Path(__file__).parent.parent.parent)]
    for library in ("PIL", "pypdfium2", "pillow_heif"):
        found = importlib.util.find_spec(library)
        assert found is not None
        assert found.origin is not None
        folders.append(str(Path(found.origin).parent.parent))
    return tuple(dict.fromkeys(folders))


def _read(answer: bytes) -> Rendered:
    """The answer taken apart; ValueError, KeyError or TypeError where it is not what ours would write."""
    size = int.from_bytes(answer[:4], "big")
    head = json.loads(answer[4 : 4 + size])
    if problem := str(head["problem"]):
        return Rendered(problem=problem)
    pictures: list[bytes] = []
    at = 4 + size
    for length in map(int, head["sizes"]):
        picture = answer[at : at + length]
        if not 0 < len(picture) == length <= _MOST_OF_A_PICTURE or not picture.startswith(b"\xff\xd8\xff"):
            raise ValueError("no picture")
        pictures.append(picture)
        at += length
    if not pictures[1:]:
        raise ValueError("no page")
    return Rendered(int(head["pages"]), tuple(pictures[:-1]), pictures[-1], _clean(str(head["text"])))


def _clean(text: str) -> str:
    """As the database can keep it: no NUL, no half of a character."""
    return text[:TEXT_CHARACTERS].replace("\0", "").encode("utf-8", "ignore").decode("utf-8")

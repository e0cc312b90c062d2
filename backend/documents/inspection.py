"""The inspection of a file that somebody sent: what it is, whether it can be taken, what it looks like.

Three looks, each by what it needs. Type and carried files from the bytes, in this process; clamd, where one is
configured; and pages as pictures, in a process that can do nothing else (backend.documents.sandbox). What people
see afterwards are these pictures: made anew, without place or camera, without scripts.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from backend.documents.recognition import DOCUMENT_TYPES, content_type_of, problem_at_sight
from backend.documents.rendering import Rendered, render
from backend.documents.scanning import Verdict, scan
from backend.settings import settings
from backend.store import files

__all__ = ["DOCUMENT_TYPES", "PROBLEMS", "Inspected", "inspect"]

# So much tells the type of a file that is too large to be looked at.
_HEAD = 8192

# Why a file cannot be taken; the person's sentence is `utter_document_problem_<code>` (data/responses/documents.yml).
# `not_arrived` is for whoever could not fetch the file: no inspection says it.
PROBLEMS = frozenset({
    "active_content", "empty", "encrypted", "executable", "hidden_content", "not_arrived", "timeout", "too_large",
    "too_many_pages", "too_many_pixels", "unreadable", "virus", "wrong_type",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file's type from its bytes, its size in bytes, and what was seen of it; `problem` is empty or of PROBLEMS.

    `pages` counts a PDF's pages; a picture is one. `previews` and `thumbnail` are digests of backend.store.files,
    JPEGs all: the first `document_preview_pages` pages in order, at most 1600 pixels long, and page one at most 240
    pixels long. `text` is what a PDF's first pages say, up to 4000 characters. `scanned` is true only where clamd
    found nothing. With a problem there is neither picture nor text.
    """

    content_type: str
    size: int
    pages: int = 0
    previews: tuple[str, ...] = ()
    thumbnail: str = ""
    text: str = ""
    problem: str = ""
    scanned: bool = False


async def inspect(content: bytes) -> Inspected:
    """Looks at a file; whatever its bytes hold, the answer is an Inspected.

    It takes at most `inspection_seconds`, not counting the wait where others are being inspected. The file itself is
    kept by the caller. OSError where no process can be started or the pictures cannot be kept: that is no fault of the
    file, and may be tried again.
    """
    config = settings()
    if len(content) > config.media_max_bytes:
        return Inspected(content_type_of(content[:_HEAD]), len(content), problem="too_large")
    content_type, problem = await asyncio.to_thread(_at_sight, content)
    if problem:
        return Inspected(content_type, len(content), problem=problem)
    verdict, seen = await asyncio.gather(scan(content), render(content, content_type, config))
    scanned = verdict is Verdict.CLEAN
    problem = "virus" if verdict is Verdict.FOUND else seen.problem
    if problem:
        known = problem if problem in PROBLEMS else "unreadable"
        return Inspected(content_type, len(content), problem=known, scanned=scanned)
    previews, thumbnail = await asyncio.to_thread(_kept, seen)
    return Inspected(content_type, len(content), seen.pages, previews, thumbnail, seen.text, scanned=scanned)


def _at_sight(content: bytes) -> tuple[str, str]:
    content_type = content_type_of(content)
    return content_type, problem_at_sight(content, content_type)


def _kept(seen: Rendered) -> tuple[tuple[str, ...], str]:
    return tuple(files.keep(picture) for picture in seen.previews), files.keep(seen.thumbnail)

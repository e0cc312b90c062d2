"""One file by stdin, what it looks like by stdout: four bytes of length, JSON, then the JPEGs one behind the other."""

from __future__ import annotations

import json
import os
import sys
from typing import BinaryIO

from backend.documents.sandbox import pictures
from backend.documents.sandbox.limits import Limits, Refused, Rendering, confine

_PDF = "application/pdf"


def main(content_type: str, limits: str) -> None:
    """Serves one file and ends the process. `limits` is JSON of Limits."""
    within = Limits(**json.loads(limits))
    _prepare(content_type)
    confine(within, threads=content_type in pictures.HEIF)
    rendering, problem = _looked_at(sys.stdin.buffer.read(), content_type, within)
    _answer(sys.stdout.buffer, rendering, problem)
    os._exit(0)  # nothing of the file is taken apart once more


def _prepare(content_type: str) -> None:
    if content_type == _PDF:
        from backend.documents.sandbox import pdfs  # noqa: PLC0415 (pictures do without PDFium)

        pdfs.prepare()
    else:
        pictures.prepare(content_type)


def _looked_at(content: bytes, content_type: str, limits: Limits) -> tuple[Rendering, str]:
    try:
        if content_type == _PDF:
            from backend.documents.sandbox import pdfs  # noqa: PLC0415 (already there)

            return pdfs.render(content, limits), ""
        return pictures.render(content, content_type, limits), ""
    except Refused as refused:
        return Rendering(0, ()), refused.code
    except Exception:  # noqa: BLE001 (whatever a decoder says of a broken file, it is broken)
        return Rendering(0, ()), "unreadable"


def _answer(out: BinaryIO, rendering: Rendering, problem: str) -> None:
    head = {
        "problem": problem, "pages": rendering.pages, "text": rendering.text,
        "sizes": [len(picture) for picture in rendering.pictures],
    }  # fmt: skip
    encoded = json.dumps(head).encode("ascii")
    out.write(len(encoded).to_bytes(4, "big") + encoded + b"".join(rendering.pictures))
    out.flush()

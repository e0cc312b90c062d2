"""Kept files as answers: whole, or the piece that a player of audio or video asks for (RFC 9110, section 14).

The bytes are decrypted for each answer, so they come from memory: a file has at most a few megabytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.IGNORECASE)


def file_response(
    request: Request, content: bytes, *, media_type: str, name: str, inline: bool, headers: Mapping[str, str]
) -> Response:
    """The file under its name; 206 with one piece of it where one is asked for, 416 where there is no such piece.

    Several pieces at once, and pieces of a version that the asker names, are answered with the whole, as one may.
    """
    every = {**headers, "Accept-Ranges": "bytes", "Content-Disposition": disposition(name, inline=inline)}
    asked = request.headers.get("range", "")
    if request.method != "GET" or "if-range" in request.headers or not _RANGE.fullmatch(asked):
        return Response(content, media_type=media_type, headers=every)
    piece = piece_of(asked, len(content))
    if piece is None:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{len(content)}"})
    every["Content-Range"] = f"bytes {piece.start}-{piece.stop - 1}/{len(content)}"
    return Response(content[piece.start : piece.stop], status_code=206, media_type=media_type, headers=every)


def piece_of(asked: str, size: int) -> range | None:
    """The bytes that 'bytes=100-199', 'bytes=100-' or 'bytes=-50' names; None where the file has none of them. Pure."""
    matched = _RANGE.fullmatch(asked)
    first, last = matched.groups() if matched else ("", "")
    if first:
        piece = range(int(first), min(int(last or size), size - 1) + 1)
    else:
        piece = range(size - min(int(last or 0), size), size)
    return piece or None


def disposition(name: str, *, inline: bool = True) -> str:
    """The header that shows a file under its name: in plain letters for old readers, and as it is. Pure."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(letter for letter in letters if letter.isprintable() and letter not in '"\\/%')
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain or 'arquivo'}\"; filename*=UTF-8''{quote(name, safe='')}"

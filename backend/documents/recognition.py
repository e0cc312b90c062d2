"""What a file is, from its bytes alone: neither its name nor what Twilio says of it counts. Pure.

A file whose beginning is good but that carries a program, an archive or a page of a browser is refused, not cleaned:
it was made to be two things, and the picture that a person meant is one photograph away.
"""

from __future__ import annotations

import filetype

from backend.documents.signatures import (
    HEAD,
    carries_archive,
    carries_page,
    carries_program,
    starts_hypertext,
    starts_program,
)

PDF = "application/pdf"
DOCUMENT_TYPES = frozenset({PDF, "image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"})
UNKNOWN = "application/octet-stream"

_SHORTEST = 12
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_HEIF_BRANDS = frozenset({b"mif1", b"msf1", b"mif2"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


def content_type_of(content: bytes) -> str:
    """The type that the bytes show; `application/octet-stream` where they show none.

    A PDF may begin within the first kilobyte (scanners write before it), unless what stands before is something else.
    """
    if starts_program(content):
        return "application/x-executable"
    if starts_hypertext(content):
        return "text/html"
    if picture := _picture(content):
        return picture
    other = _guessed(content)
    if other in {UNKNOWN, PDF} and b"%PDF-" in content[: HEAD + 5]:
        return PDF
    # What filetype takes for one of ours is not: our own marks were looked for above.
    return UNKNOWN if other in DOCUMENT_TYPES else other


def problem_at_sight(content: bytes, content_type: str) -> str:
    """The code of what is wrong with it before anybody opens it, or an empty string."""
    if not content:
        return "empty"
    if content_type == "application/x-executable":
        return "executable"
    if content_type not in DOCUMENT_TYPES:
        return "wrong_type"
    if carries_program(content):
        return "executable"
    if carries_archive(content) or (content_type != PDF and carries_page(content)):
        return "hidden_content"
    return ""


def _picture(content: bytes) -> str:
    if len(content) < _SHORTEST:
        return ""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return _heif(content) if content[4:8] == b"ftyp" else ""


def _heif(content: bytes) -> str:
    """By the brands of ISO/IEC 23008-12: the first is what it is, the others what it is also readable as."""
    end = min(int.from_bytes(content[:4], "big"), 256)
    brands = [content[8:12], *(content[at : at + 4] for at in range(16, end, 4))]
    if brands[0] not in _HEIC_BRANDS | _HEIF_BRANDS or _AVIF_BRANDS.intersection(brands):
        return ""
    return "image/heic" if _HEIC_BRANDS.intersection(brands) else "image/heif"


def _guessed(content: bytes) -> str:
    try:
        found = filetype.guess(content)
    except (IndexError, ValueError):  # it reads past the end of some that are cut off
        return UNKNOWN
    return str(found.mime) if found else UNKNOWN

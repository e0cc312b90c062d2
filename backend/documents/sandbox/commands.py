"""What a PDF would do by itself in a viewer: scripts, programs that it starts, programs that it brings along.

PDFium, which makes the pictures, is built without a script engine: nothing runs here. What is refused is refused for
whoever would open the file itself. Jumps to a page, links and forms without scripts are ordinary.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator

from pypdfium2 import PdfDocument, PdfiumError
from pypdfium2 import raw as pdfium

from backend.documents.signatures import carries_program, names_program, starts_program

# Names of actions (ISO 32000-1, 12.6.4): what runs a script, what starts a program.
_COMMANDS = re.compile(rb"/(?:JavaScript|Launch|Rendition)(?![A-Za-z0-9_.-])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_FLATE = re.compile(rb"\s*x[\x01\x5e\x9c\xda]")
# Dictionaries may stand inside compressed streams; of each stream so much is looked at, and of all together.
_MOST_OF_ONE = 4 * 1024 * 1024
_MOST_OF_ALL = 96 * 1024 * 1024


def is_active(content: bytes, document: PdfDocument) -> bool:
    """True where the PDF holds a script, starts a program or brings one along."""
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        return True
    for written in (content, _unpacked(document)):
        if _has_command(written):
            return True
        if any(_has_command(part) or starts_program(part) or carries_program(part) for part in _streams(written)):
            return True
    return any(_brings_program(document, index) for index in range(document.count_attachments()))


def _unpacked(document: PdfDocument) -> bytes:
    """The PDF as PDFium writes it: not encrypted, each dictionary by itself, however it was packed."""
    written = io.BytesIO()
    try:
        document.save(written, flags=pdfium.FPDF_REMOVE_SECURITY)
    except PdfiumError:  # so broken that it cannot be written; it is looked at as it came
        return b""
    return written.getvalue()


def _has_command(part: bytes) -> bool:
    """A name's letters may be written as their codes ('/L#61unch')."""
    if _COMMANDS.search(part):
        return True
    return b"#" in part and bool(_COMMANDS.search(_ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), part)))


def _streams(content: bytes) -> Iterator[bytes]:
    left = _MOST_OF_ALL
    for start in _STREAM.finditer(content):
        if left <= 0:
            return
        at = start.end()
        if _FLATE.match(content, at) is None:
            continue
        try:
            part = zlib.decompressobj().decompress(memoryview(content)[at:], min(left, _MOST_OF_ONE))
        except zlib.error:
            continue
        left -= len(part)
        yield part


def _brings_program(document: PdfDocument, index: int) -> bool:
    try:
        attached = document.get_attachment(index)
        content = bytes(attached.get_data())
    except PdfiumError:  # named, but not there
        return False
    return names_program(attached.get_name()) or starts_program(content) or carries_program(content)

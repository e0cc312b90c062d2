"""Finance's workbook as it was given: opened safely, its header found, its lines as texts. Pure; no file is written.

A workbook is an archive of XML: what is larger inside than it may be, encrypted, or declares entities is refused
before a parser sees it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from backend.delinquency.lists import columns
from backend.delinquency.lists.cells import text_of
from backend.errors import InvalidInput

MEGABYTE: Final = 1024 * 1024
LARGEST: Final = 20 * MEGABYTE
MOST_LINES: Final = 100_000
MOST_COLUMNS: Final = 60
HEADER_WITHIN: Final = 20
SAMPLE: Final = 5
_LOOKED_AT = 200  # lines by whose content columns are guessed
_MOST_PARTS = 2_000
_LARGEST_INSIDE = 200 * MEGABYTE
_LARGEST_BESIDE = 120 * MEGABYTE  # all that is no worksheet: shared texts, styles, pictures
_OLE, _ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
_PLAIN_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED_PART = 0x1
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_CHUNK = MEGABYTE
_ROW, _TAG = re.compile(rb"<(?:\w+:)?row[ >]"), 20
_SAVE_AS = "Abra no Excel e salve como “Pasta de Trabalho do Excel (.xlsx)”."
_PASSWORD = "A planilha tem senha. Salve uma cópia sem senha e envie de novo."  # noqa: S105 (a sentence)
_DAMAGED = "Não consegui abrir a planilha: ela parece danificada. Salve de novo como .xlsx e envie outra vez."


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sheet: its number there, from 1, and its cells as texts."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a workbook shows at first sight. `header_line` is 0 where the lines begin without a header.

    `columns` is guessed (`columns.guess`); `lines_about` how many lines there are, with those that are empty.
    """

    sheet: str
    header_line: int
    headers: tuple[str, ...]
    sample: tuple[Line, ...]
    columns: dict[str, int | None]
    lines_about: int


@dataclass(frozen=True, slots=True)
class _Beginning:
    sheet: str
    header_line: int
    named: int
    lines: tuple[Line, ...]
    lines_about: int


def check_archive(content: bytes) -> None:
    """InvalidInput, in the operator's words, for what is no XLSX, is locked, or would unpack to too much."""
    if not content:
        raise InvalidInput("O arquivo está vazio.")
    if len(content) > LARGEST:
        raise InvalidInput(f"A planilha passa de {LARGEST // MEGABYTE} MB. Divida em partes menores.")
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise InvalidInput(_PASSWORD)
        raise InvalidInput(f"Este arquivo é de um Excel antigo (.xls). {_SAVE_AS}")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_parts(archive.infolist())
            _check_declarations(archive)
    except zipfile.BadZipFile as error:
        kind = "A planilha está danificada." if content.startswith(b"PK") else "Este arquivo não é uma planilha .xlsx."
        raise InvalidInput(f"{kind} {_SAVE_AS}", detail="no zip") from error
    except (EOFError, OSError, RuntimeError, ValueError, zlib.error) as error:
        raise InvalidInput(_DAMAGED, detail="damaged zip") from error


def opened(content: bytes) -> Opened:
    """The likeliest sheet of a workbook, its header within the first lines, and a guess at its columns.

    InvalidInput, in the operator's words, where it cannot be read or holds no line.
    """
    check_archive(content)
    with _book(content) as book:
        found = [_beginning(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    found = [one for one in found if one.lines]
    if not found:
        raise InvalidInput("A planilha não tem nenhuma linha preenchida.")
    best = max(found, key=lambda one: (one.named, one.lines_about))
    lines = [line for line in best.lines if line.number > best.header_line]
    if not lines:
        raise InvalidInput("A planilha só tem o cabeçalho: não há nenhuma linha abaixo dele.")
    header = next((line.cells for line in best.lines if line.number == best.header_line), ())
    width = max(_width(header), *(_width(line.cells) for line in lines))
    headers = tuple(_header(header, column) for column in range(width))
    cells = [line.cells for line in lines]
    return Opened(
        best.sheet, best.header_line, headers,
        tuple(Line(line.number, line.cells[:width]) for line in lines[:SAMPLE]), columns.guess(headers, cells),
        max(0, best.lines_about - best.header_line),
    )  # fmt: skip


def lines_of(content: bytes, *, sheet: str, header_line: int, width: int) -> Iterator[Line]:
    """The lines below the header that are not empty, in their order, with so many cells each.

    InvalidInput where the workbook is damaged or has more lines than `MOST_LINES`.
    """
    check_archive(content)
    with _book(content) as book:
        if sheet not in book.sheetnames:
            raise InvalidInput(_DAMAGED, detail="sheet is gone")
        below = header_line + 1
        source = book[sheet]
        source.reset_dimensions()
        rows = source.iter_rows(min_row=below, max_row=below + MOST_LINES, max_col=width, values_only=True)
        for number, row in enumerate(rows, below):
            cells = tuple(map(text_of, row))
            if not any(cells):
                continue
            if number >= below + MOST_LINES:
                raise InvalidInput(f"A planilha tem mais de {MOST_LINES:,} linhas. Divida em partes.".replace(",", "."))
            yield Line(number, cells)


@contextmanager
def _book(content: bytes) -> Iterator[Any]:
    """The workbook for reading alone, formulas as what they last showed; InvalidInput where a parser stumbles."""
    try:
        with closing(load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)) as book:
            yield book
    except InvalidInput:
        raise
    except (ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError) as error:
        raise InvalidInput(_DAMAGED, detail=f"workbook: {type(error).__name__}") from error
    except (EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InvalidInput(_DAMAGED, detail="workbook: archive") from error


def _beginning(sheet: Any) -> _Beginning:
    """The first lines of a sheet, with the one that is likeliest its header."""
    about = _count_rows(sheet)
    sheet.reset_dimensions()  # what a sheet says about its size is often wrong
    rows = sheet.iter_rows(max_row=HEADER_WITHIN + _LOOKED_AT, max_col=MOST_COLUMNS, values_only=True)
    lines = [Line(number, tuple(map(text_of, row))) for number, row in enumerate(rows, 1)]
    lines = [line for line in lines if any(line.cells)]
    heads = [(columns.recognised(line.cells), -line.number) for line in lines if line.number <= HEADER_WITHIN]
    named, number = max(heads, default=(0, 0))
    is_header = named > 1 or (named == 1 and not _has_cpf(lines, -number))
    return _Beginning(sheet.title, -number if is_header else 0, named, tuple(lines), max(about, len(lines)))


def _count_rows(sheet: Any) -> int:
    """About how many rows a sheet has, by their tags alone; what it states about its size may be wrong."""
    found, before = 0, b""
    with sheet._get_source() as source:
        while chunk := source.read(_CHUNK):
            seen = before + chunk
            found += len(_ROW.findall(seen))
            before = seen[-_TAG:] if not _ROW.search(seen[-_TAG:]) else b""
    return found


def _has_cpf(lines: Sequence[Line], number: int) -> bool:
    """Whether the line itself has a CPF: then it is somebody's, and no header."""
    return any(columns.read_cpf(cell) for line in lines if line.number == number for cell in line.cells)


def _header(header: Sequence[str], column: int) -> str:
    written = header[column] if column < len(header) else ""
    return written or f"Coluna {get_column_letter(column + 1)}"


def _width(cells: Sequence[str]) -> int:
    return max((column for column, cell in enumerate(cells, 1) if cell), default=0)


def _check_parts(parts: Sequence[zipfile.ZipInfo]) -> None:
    names = {part.filename for part in parts}
    if any(part.flag_bits & _ENCRYPTED_PART for part in parts):
        raise InvalidInput(_PASSWORD)
    if "xl/vbaProject.bin" in names:
        raise InvalidInput(f"A planilha tem macros. {_SAVE_AS}")
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise InvalidInput(f"Este arquivo não é uma planilha .xlsx. {_SAVE_AS}")
    beside = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets/"))
    inside = sum(part.file_size for part in parts)
    plainly = all(part.compress_type in _PLAIN_COMPRESSION for part in parts)
    if len(parts) > _MOST_PARTS or inside > _LARGEST_INSIDE or beside > _LARGEST_BESIDE or not plainly:
        raise InvalidInput("A planilha é grande demais por dentro. Copie só a lista para uma planilha nova e envie.")


def _check_declarations(archive: zipfile.ZipFile) -> None:
    """No part of a workbook declares a document type; one that does may unfold without end."""
    overlap = max(map(len, _DECLARATIONS))
    for part in archive.infolist():
        if not part.filename.endswith((".xml", ".rels", ".vml")):
            continue
        with archive.open(part) as source:
            before = b""
            while chunk := source.read(_CHUNK):
                seen = before + chunk.replace(b"\0", b"")  # UTF-16 has a null beside each letter
                if any(declaration in seen for declaration in _DECLARATIONS):
                    raise InvalidInput(_DAMAGED, detail="workbook declares entities")
                before = seen[-overlap:]

"""The spreadsheet of a day's protocols, as the registration team keeps it. [processes.md, 7 and 8; seed 000]"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from backend.papers.layout import printed_date
from backend.store.clock import local

# What each column is called and how wide it is, in characters; the fields of a row, in their order.
COLUMNS: Final = (
    ("Seq.", 6), ("Protocolo", 24), ("Aberto em", 17), ("Pedido", 24), ("Titular", 32), ("Pessoa", 32),
    ("CPF", 16), ("Documentos recebidos", 42), ("Situação", 24), ("Observações", 36),
)  # fmt: skip
TITLE_ROW, HEADER_ROW = 1, 3
FIRST_ROW: Final = HEADER_ROW + 1
_ACCENT, _TINT, _LINE = "FF0B6B63", "FFE9F4F1", "FFB9C4BF"
_A4 = 9
_LONGEST = 32_000  # characters that a cell holds, with room to spare
# What XML 1.0 has no place for.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIRST_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_MADE = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A protocol in the day's sequence. `opened_at` is aware and shown local; `cpf` is printed as given, as text."""

    sequence: int
    protocol_number: str
    opened_at: datetime
    kind: str
    holder_name: str
    person_name: str
    cpf: str
    documents: str
    state: str
    remarks: str = ""


def daily_sheet(day: date, rows: Sequence[SheetRow], *, operator_name: str) -> bytes:
    """The sheet as XLSX: the same bytes for the same rows, so that its digest says whether it is the same sheet.

    Everything that people wrote is text, whatever it begins with: no name becomes a formula.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = f"{day:%d-%m-%Y}"
    _head(sheet, f"{operator_name}: protocolos de {printed_date(day)}")
    for number, row in enumerate(rows, FIRST_ROW):
        _fill(sheet, number, row)
    _set_up(sheet, FIRST_ROW + len(rows) - 1)
    book.properties.creator = _text(operator_name)
    book.properties.title = f"Protocolos de {printed_date(day)}"
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (openpyxl takes times without a zone)
    book.properties.created = midnight
    written = BytesIO()
    book.save(written)
    return _settled(written.getvalue(), midnight)


def _head(sheet: Worksheet, title: str) -> None:
    _put(sheet, TITLE_ROW, 1, title).font = Font(bold=True, size=14, color=_ACCENT)
    for column, (name, width) in enumerate(COLUMNS, 1):
        cell = _put(sheet, HEADER_ROW, column, name)
        cell.font = Font(bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor=_ACCENT)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width


def _fill(sheet: Worksheet, number: int, row: SheetRow) -> None:
    sequence, protocol_number, opened_at, *texts = astuple(row)
    sheet.cell(number, 1, sequence)
    _put(sheet, number, 2, protocol_number)
    # A sheet knows no zones: it shows the wall clock.
    opened = sheet.cell(number, 3, local(opened_at).replace(tzinfo=None, microsecond=0))
    opened.number_format = "dd/mm/yyyy hh:mm"
    for column, words in enumerate(texts, 4):
        _put(sheet, number, column, words)
    for cell in sheet[number]:
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        cell.border = Border(bottom=Side(style="thin", color=_LINE))
        if number % 2:
            cell.fill = PatternFill("solid", fgColor=_TINT)


def _put(sheet: Worksheet, row: int, column: int, words: str) -> Cell:
    """Writes a text that stays one: never a number, an error or a formula, here or where it is saved anew."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # nothing is merged here
    cell.value = _text(words) or None
    if cell.value:
        cell.data_type = "s"
    cell.number_format = "@"
    # The mark that a spreadsheet sets where somebody types an apostrophe: edited again, the cell is still text.
    cell.quotePrefix = True
    return cell


def _text(words: str) -> str:
    return " ".join(_UNWRITABLE.sub("", words).split())[:_LONGEST]


def _set_up(sheet: Worksheet, last: int) -> None:
    """The header stays while one scrolls, on each printed page too; one page wide, landscape."""
    sheet.freeze_panes = f"A{FIRST_ROW}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(COLUMNS))}{max(last, HEADER_ROW)}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.oddFooter is not None:  # a new sheet has one
        sheet.oddFooter.right.text = "Página &P de &N"


def _settled(content: bytes, made: datetime) -> bytes:
    """The same workbook without the moment of its making, which openpyxl writes into it and into the archive."""
    settled = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as given, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as written:
        for name in given.namelist():
            part = given.read(name)
            if name == "docProps/core.xml":
                part = _MADE.sub(rb"\g<1>" + f"{made:%Y-%m-%dT%H:%M:%SZ}".encode(), part)
            written.writestr(zipfile.ZipInfo(name, _FIRST_OF_ZIP), part, zipfile.ZIP_DEFLATED)
    return settled.getvalue()

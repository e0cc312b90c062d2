"""A spreadsheet's cells as texts, and texts as cells that stay texts. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Final

from openpyxl.cell.cell import Cell
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

LONGEST: Final = 500  # characters of a cell that are kept
_LONGEST_WRITTEN = 32_000  # what a cell holds, with room to spare
_WHOLE_UNTIL = 10**15  # a larger float has lost digits already
# What XML 1.0 has no place for.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
GREEN: Final = PatternFill("solid", fgColor="FFC6E0B4")


def text_of(value: object) -> str:
    """What a cell shows, in one line: days as dd/mm/aaaa, numbers with a comma and two places where they are broken."""
    match value:
        case bool():
            shown = "SIM" if value else "NÃO"
        case float() | Decimal():
            shown = _number(value)
        case datetime():
            shown = f"{value:%d/%m/%Y}" if value.time() == time() else f"{value:%d/%m/%Y %H:%M}"
        case date():
            shown = f"{value:%d/%m/%Y}"
        case _:
            shown = "" if value is None else clean(str(value))[:LONGEST]
    return shown


def clean(words: str) -> str:
    """A text without what a workbook cannot hold, its blanks and line breaks one blank each."""
    return " ".join(_UNWRITABLE.sub("", words).split())


def put_text(sheet: Worksheet, row: int, column: int, words: str) -> Cell:
    """Writes a text that stays one, whatever it begins with: never a number, an error or a formula."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # what is merged was taken apart
    text = clean(words)[:_LONGEST_WRITTEN]
    cell.value = text or None
    if text:
        cell.data_type = "s"
    cell.number_format = "@"
    # The mark that a spreadsheet sets where somebody types an apostrophe: edited again, the cell is still text.
    cell.quotePrefix = True
    return cell


def put_day(sheet: Worksheet, row: int, column: int, day: date) -> Cell:
    """Writes a day as a day, shown as dd/mm/aaaa."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.value = day
    cell.number_format = "dd/mm/yyyy"
    return cell


def put_reais(sheet: Worksheet, row: int, column: int, amount: Decimal) -> Cell:
    """Writes an amount in reais as a number that can be added up."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.value = amount
    cell.number_format = "#,##0.00"
    return cell


def _number(value: float | Decimal) -> str:
    if not isfinite(value):
        return ""
    number = Decimal(value)
    if number == number.to_integral_value() and abs(number) < _WHOLE_UNTIL:
        return str(int(number))
    return f"{number:.2f}".replace(".", ",")

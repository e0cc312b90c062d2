"""Workbooks as finance might send them, made by hand; every datum is invented."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from backend.demo.invented import cpf as invented_cpf
from backend.papers.layout import printed_cpf

HEADER = ("Nome completo", "CPF", "Valor em aberto", "Dias de atraso")


def book(*lines: Sequence[object], title: str = "Lista") -> bytes:
    """A workbook of one sheet with these lines from its first row on."""
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = title
    for line in lines:
        sheet.append(list(line))
    return saved(made)


def saved(made: Workbook) -> bytes:
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def cpf(number: int) -> str:
    """An invented CPF as people write it."""
    return printed_cpf(invented_cpf(number))


def with_parts(content: bytes, parts: Mapping[str, bytes], *, without: Sequence[str] = ()) -> bytes:
    """The same archive with some of its parts exchanged, added or left out."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as given, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in given.namelist():
            if name not in parts and name not in without:
                target.writestr(name, given.read(name))
        for name, part in parts.items():
            target.writestr(name, part)
    return written.getvalue()


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as given:
        return given.read(name)


def values(content: bytes, sheet: int | str = 0) -> list[list[Any]]:
    """What a workbook's sheet shows, line by line."""
    made = load_workbook(BytesIO(content))
    shown = made[sheet] if isinstance(sheet, str) else made.worksheets[sheet]
    return [[cell.value for cell in row] for row in shown.iter_rows()]

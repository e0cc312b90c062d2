"""What finance gets back: the same workbook, filled. [processes.md 6, 'What finance gets back']"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import PurePath
from typing import Final
from uuid import UUID

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delinquency.lists import contacted
from backend.delinquency.lists.cells import GREEN, put_day, put_reais, put_text
from backend.delinquency.lists.columns import TITLES
from backend.delinquency.lists.contacted import Contacts, Desk, Entry
from backend.delinquency.lists.differences import Difference, are_alike, differences, names_of
from backend.delinquency.tables import Campaign, CampaignRow
from backend.papers.layout import printed_cpf
from backend.store import files
from backend.store.clock import local

FILLED: Final = (
    "name", "cpf", "kind_of_call", "attempt", "protocol", "ticket", "notice_date", "cancelled", "attendant", "remarks",
)  # fmt: skip
DIFFERENCES: Final = "Diferenças"
_HEADERS = ("Linha", "Nome na lista", "CPF", "Valor na lista", "Valor no sistema", "Valor atualizado", "Diferença")
_WIDTHS = (8, 36, 16, 16, 18, 18, 70)
_NEW_COLUMN_WIDTH, _REMARKS_WIDTH = 20, 60
_NOBODY: Final[Mapping[UUID, str]] = {}


@dataclass(frozen=True, slots=True)
class _Written:
    """A line of the sheet as it is to be: `line` is None for one that is appended."""

    line: int | None
    name: str
    cpf: str
    entry: Entry


async def filled(
    session: AsyncSession,
    *,
    campaign: Campaign,
    now: datetime,
    tickets: Mapping[UUID, object],
    attendants: Mapping[UUID, str] = _NOBODY,
) -> tuple[bytes, str]:
    """Finance's own workbook, filled as far as the campaign has come, and a name for the file.

    `tickets` and `attendants` (their names) are by conversation, as the caller's room knows them. Columns that the
    sheet lacks are appended; who called in by himself and was told has a row at the end; a bad line says what is wrong;
    the sheet 'Diferenças' has what list and ledger disagree about today. Pictures and charts are not carried over.
    NotFound where the file is no longer kept.
    """
    rows = await rows_of(session, campaign)
    contacts = await contacted.contacts_of(session, campaign=campaign, rows=rows, now=now)
    names = await names_of(session, [row.beneficiary_id for row in rows if row.beneficiary_id])
    desk, today = Desk(tickets, attendants), local(now).date()
    written = [_of_row(row, names, contacted.entry_of(row, contacts, desk)) for row in rows]
    written += await _beside(session, contacts, desk, today)
    found = await differences(session, campaign=campaign, rows=rows, on=today)
    content = await asyncio.to_thread(files.read, campaign.file_sha256)
    stem = PurePath(campaign.file_name).stem
    return await asyncio.to_thread(_fill, content, campaign, written, found), f"{stem}-{today}.xlsx"


async def rows_of(session: AsyncSession, campaign: Campaign) -> Sequence[CampaignRow]:
    """All rows of a campaign, in the order of the sheet."""
    query = select(CampaignRow).where(CampaignRow.campaign_id == campaign.id).order_by(CampaignRow.line)
    return (await session.scalars(query)).all()


def _of_row(row: CampaignRow, names: Mapping[UUID, str], entry: Entry) -> _Written:
    registered = names.get(row.beneficiary_id, "") if row.beneficiary_id else ""
    name = registered if registered and are_alike(row.full_name, registered) else row.full_name
    return _Written(None if row.inbound else row.line, name, printed_cpf(row.cpf) if row.cpf else "", entry)


async def _beside(session: AsyncSession, contacts: Contacts, desk: Desk, on: date) -> list[_Written]:
    """The rows of those who called in by themselves and are in no row of the campaign's."""
    people = await contacted.people_of(session, {one.person_id for one in contacts.beside}, on=on)
    rows = []
    for notice in contacts.beside:
        person, is_cancelled = people[notice.person_id]
        entry = contacted.entry_beside(notice, contacts, desk, is_cancelled=is_cancelled)
        rows.append(_Written(None, person.shown_name, printed_cpf(person.cpf), entry))
    return rows


def _fill(content: bytes, campaign: Campaign, rows: Sequence[_Written], found: Sequence[Difference]) -> bytes:
    book = load_workbook(BytesIO(content), keep_links=False)
    sheet = book[campaign.sheet]
    assert isinstance(sheet, Worksheet)
    for merged in list(sheet.merged_cells.ranges):
        if merged.max_row > campaign.header_line:
            sheet.unmerge_cells(merged.coord)
    places = _places(sheet, campaign)
    after = sheet.max_row
    for row in rows:
        if row.line is None:
            after += 1
        _write(sheet, row.line or after, row, places)
    _add_differences(book, found)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _places(sheet: Worksheet, campaign: Campaign) -> dict[str, int]:
    """The column of each field that is filled, from 1; those that the sheet lacks are appended with their title."""
    places = {field: column + 1 for field, column in campaign.columns.items() if isinstance(column, int)}
    last = len(campaign.headers)
    for field in FILLED:
        if field in places:
            continue
        last += 1
        places[field] = last
        width = _REMARKS_WIDTH if field == "remarks" else _NEW_COLUMN_WIDTH
        sheet.column_dimensions[get_column_letter(last)].width = width
        if campaign.header_line:
            _head(sheet, campaign.header_line, last, TITLES[field])
    return places


def _head(sheet: Worksheet, line: int, column: int, title: str) -> None:
    """A title that looks like the one beside it."""
    cell, beside = put_text(sheet, line, column, title), sheet.cell(line, column - 1)
    if isinstance(beside, Cell):
        for part in ("font", "fill", "alignment", "border"):
            setattr(cell, part, copy(getattr(beside, part)))


def _write(sheet: Worksheet, line: int, row: _Written, places: Mapping[str, int]) -> None:
    entry = row.entry
    texts = {
        "name": row.name, "cpf": row.cpf, "kind_of_call": entry.kind_of_call, "attempt": entry.attempt,
        "protocol": entry.protocol, "ticket": entry.ticket, "attendant": entry.attendant, "remarks": entry.remarks,
    }  # fmt: skip
    for field, words in texts.items():
        if words:
            put_text(sheet, line, places[field], words)
    if entry.notice_on:
        put_day(sheet, line, places["notice_date"], entry.notice_on)
    if entry.is_cancelled:
        put_text(sheet, line, places["cancelled"], "SIM").fill = GREEN


def _add_differences(book: Workbook, found: Sequence[Difference]) -> None:
    title = DIFFERENCES if DIFFERENCES not in book.sheetnames else f"{DIFFERENCES} (Zelo)"
    sheet = book.create_sheet(title)
    assert isinstance(sheet, Worksheet)
    for column, (name, width) in enumerate(zip(_HEADERS, _WIDTHS, strict=True), 1):
        cell = put_text(sheet, 1, column, name)
        cell.font, cell.fill = Font(bold=True, color="FFFFFFFF"), PatternFill("solid", fgColor="FF0B6B63")
        sheet.column_dimensions[get_column_letter(column)].width = width
    for line, one in enumerate(found, 2):
        sheet.cell(line, 1, one.line)
        put_text(sheet, line, 2, one.full_name)
        put_text(sheet, line, 3, printed_cpf(one.cpf))
        for column, amount in enumerate((one.listed, one.charged, one.up_to_date), 4):
            if amount is not None:
                put_reais(sheet, line, column, amount)
        put_text(sheet, line, len(_HEADERS), one.what)
    sheet.freeze_panes = "A2"

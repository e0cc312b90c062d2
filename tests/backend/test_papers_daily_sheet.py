"""The day's spreadsheet: its columns, that everything stays text, and that the same rows are the same bytes."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from backend.papers.daily_sheet import COLUMNS, FIRST_ROW, HEADER_ROW, SheetRow, daily_sheet

DAY = date(2026, 11, 22)
ROW = SheetRow(
    sequence=1, protocol_number="99999920261122000017", opened_at=datetime(2026, 11, 23, 2, 59, 59, 7, tzinfo=UTC),
    kind="Troca de titularidade", holder_name="Débora Nunes Alves", person_name="Bruno Rocha Lima",
    cpf="714.593.642-95", documents="RG (aceito), CPF", state="em conferência",
)  # fmt: skip
DANGEROUS = ["=1+1", "+55 98", "-1", "@SUM(A1)", "=HYPERLINK(\"http://exemplo.invalid\")", "#N/A", "\t=1", "1E5", "007",
             "TRUE", "=", "_x0041_"]  # fmt: skip


def on_the_wall(day: date, at: time = time()) -> datetime:
    """A moment as a sheet has it: without a zone."""
    return datetime.combine(day, at)


def sheet_of(content: bytes) -> Worksheet:
    return load_workbook(BytesIO(content)).worksheets[0]


def made(*rows: SheetRow) -> bytes:
    return daily_sheet(DAY, rows, operator_name="Zelo Saúde")


def test_a_row_has_every_column_in_its_place() -> None:
    sheet = sheet_of(made(ROW, replace(ROW, sequence=2, protocol_number="99999920261122000019")))
    assert sheet["A1"].value == "Zelo Saúde: protocolos de 22/11/2026"
    assert [cell.value for cell in sheet[HEADER_ROW]] == [name for name, _ in COLUMNS]
    assert [cell.value for cell in sheet[FIRST_ROW]] == [
        1, "99999920261122000017", on_the_wall(DAY, time(23, 59, 59)), "Troca de titularidade", "Débora Nunes Alves",
        "Bruno Rocha Lima", "714.593.642-95", "RG (aceito), CPF", "em conferência", None,
    ]  # fmt: skip
    assert sheet.cell(FIRST_ROW + 1, 2).value == "99999920261122000019"
    assert sheet.cell(FIRST_ROW, 2).data_type == "s"
    assert sheet.cell(FIRST_ROW, 3).number_format == "dd/mm/yyyy hh:mm"


def test_the_header_stays_filters_and_prints_on_each_page_one_page_wide() -> None:
    sheet = sheet_of(made(ROW))
    assert sheet.freeze_panes == f"A{FIRST_ROW}"
    assert sheet.auto_filter.ref == f"A{HEADER_ROW}:J{FIRST_ROW}"
    assert sheet.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape", 1, 0,
    )  # fmt: skip
    properties = sheet.sheet_properties.pageSetUpPr
    assert properties is not None
    assert properties.fitToPage


@settings(deadline=None)
@given(st.sampled_from(DANGEROUS) | st.builds("{}{}".format, st.sampled_from("=+-@#'\t"), st.text()) | st.text())
def test_whatever_a_name_begins_with_it_stays_text(name: str) -> None:
    content = made(replace(ROW, person_name=name, remarks=name))
    for cell in sheet_of(content)[FIRST_ROW][3:]:
        assert cell.value is None or (cell.data_type == "s" and cell.quotePrefix)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_what_can_be_written_of_a_name_is_written_as_it_is() -> None:
    for name in DANGEROUS:
        assert sheet_of(made(replace(ROW, person_name=name))).cell(FIRST_ROW, 6).value == name.strip()
    odd = replace(ROW, person_name="Caio\x00 \ud800Lima\r\n\ufffe", remarks="x" * 40_000)
    written = sheet_of(made(odd))
    assert written.cell(FIRST_ROW, 6).value == "Caio Lima"
    assert len(str(written.cell(FIRST_ROW, 10).value)) == 32_000


def test_the_same_rows_are_the_same_bytes_whenever_they_are_written() -> None:
    content = made(ROW)
    assert content == made(ROW)
    assert content != made(replace(ROW, state="concluído"))
    book = load_workbook(BytesIO(content))
    assert book.properties.created == book.properties.modified == on_the_wall(DAY)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_sheet_without_rows_opens() -> None:
    assert sheet_of(made()).auto_filter.ref == f"A{HEADER_ROW}:J{HEADER_ROW}"

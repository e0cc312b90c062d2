"""Finance's workbooks: what is refused and in which words, where the header is, what its lines say."""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from backend.delinquency.lists import checking, reading
from backend.delinquency.lists.cells import text_of
from backend.delinquency.lists.reading import Line
from backend.errors import InvalidInput
from tests.backend.delinquency.lists_rig import HEADER, book, cpf, part, saved, with_parts

GOOD = book(HEADER, ("Pessoa Inventada", cpf(1), 350.5, 62))
SHEET = "xl/worksheets/sheet1.xml"
COLUMNS = {"name": 0, "cpf": 1, "amount": 2, "days": 3}


def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")


def macro() -> bytes:
    return with_parts(GOOD, {"xl/vbaProject.bin": b"x"})


def bomb() -> bytes:
    return with_parts(GOOD, {"xl/sharedStrings.xml": b" " * (130 * reading.MEGABYTE)})


def entities() -> bytes:
    xml = part(GOOD, SHEET)
    return with_parts(GOOD, {SHEET: xml[:5] + b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml[5:]})


def hidden_entities() -> bytes:
    declared = '<?xml version="1.0"?><!-- ' + "x" * 2_000_000 + ' --><!DOCTYPE x [<!ENTITY a "aaaa">]><x/>'
    return with_parts(GOOD, {"xl/more.xml": declared.encode("utf-16-le")})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vazio"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel antigo"),
        (encrypted(), "senha"),
        (b"Nome;CPF\nPessoa;1\n", "não é uma planilha .xlsx"),
        (GOOD[: len(GOOD) // 2], "danificada"),
        (with_parts(GOOD, {}, without=["xl/workbook.xml"]), "não é uma planilha .xlsx"),
        (with_parts(GOOD, {SHEET: b"<worksheet><sheetData><row"}), "danificada"),
        (with_parts(GOOD, {"xl/workbook.xml": b"not xml"}), "danificada"),
        (macro(), "macros"),
        (bomb(), "grande demais por dentro"),
        (entities(), "danificada"),
        (hidden_entities(), "danificada"),
        (book(), "nenhuma linha"),
        (book(HEADER), "só tem o cabeçalho"),
        (b"x" * (reading.LARGEST + 1), "20 MB"),
    ],
    ids=["empty", "xls", "password", "csv", "cut off", "no workbook", "broken sheet", "broken workbook", "macros",
         "bomb", "entities", "entities late in UTF-16", "no line", "header alone", "too large"],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_the_operators_words(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        reading.opened(content)
    assert words in refused.value.message


def test_a_part_changed_after_its_making_is_damage() -> None:
    changed = bytearray(GOOD)
    changed[len(changed) // 3] ^= 0xFF
    with pytest.raises(InvalidInput):
        list(reading.lines_of(bytes(changed), sheet="Lista", header_line=1, width=4))


def test_the_header_is_found_below_titles_and_blank_lines() -> None:
    content = book(("Relação de inadimplentes",), (), ("Emitida em", date(2026, 8, 3)), HEADER, ("Ana Um", cpf(1)))
    opened = reading.opened(content)
    assert (opened.header_line, opened.headers) == (4, HEADER)
    assert [line.number for line in opened.sample] == [5]


def test_a_list_without_a_header_begins_with_its_first_line() -> None:
    opened = reading.opened(book(("Pessoa Inventada", cpf(1)), ("Outra Pessoa", cpf(2))))
    assert (opened.header_line, opened.headers) == (0, ("Coluna A", "Coluna B"))
    assert (opened.columns["name"], opened.columns["cpf"]) == (0, 1)
    assert len(opened.sample) == 2


def test_the_sheet_that_looks_like_a_list_is_taken_and_hidden_ones_are_not() -> None:
    made = Workbook()
    made.worksheets[0].append(["Resumo do mês"])
    listed, hidden = made.create_sheet("Agosto"), made.create_sheet("Antiga")
    for sheet in (listed, hidden):
        sheet.append(list(HEADER))
        sheet.append(["Pessoa Inventada", cpf(1)])
    hidden.append(["Mais uma", cpf(2)])
    hidden.sheet_state = "hidden"
    assert reading.opened(saved(made)).sheet == "Agosto"


def test_a_size_that_the_sheet_states_wrongly_hides_no_line() -> None:
    xml = part(GOOD, SHEET)
    assert b'<dimension ref="A1:D2" />' in xml
    wrong = with_parts(GOOD, {SHEET: xml.replace(b'ref="A1:D2"', b'ref="A1:A1"')})
    opened = reading.opened(wrong)
    assert opened.sample[0].cells == ("Pessoa Inventada", cpf(1), "350,50", "62")
    (line,) = reading.lines_of(wrong, sheet="Lista", header_line=1, width=4)
    assert line == Line(2, ("Pessoa Inventada", cpf(1), "350,50", "62"))


def test_empty_lines_between_are_no_lines_and_the_others_keep_their_numbers() -> None:
    content = book(HEADER, ("Ana Um", cpf(1)), (None, "  "), (), ("Ana Dois", cpf(2)))
    assert [line.number for line in reading.lines_of(content, sheet="Lista", header_line=1, width=4)] == [2, 5]


def test_a_formula_is_read_as_what_it_last_showed_and_never_computed() -> None:
    content = book(HEADER, ('=HYPERLINK("http://exemplo.invalid","Ana")', cpf(1)))
    (line,) = reading.lines_of(content, sheet="Lista", header_line=1, width=4)
    assert line.cells[0] == ""


def test_more_lines_than_may_be_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 3)
    lines = [(f"Pessoa {n}", cpf(n)) for n in range(4)]
    with pytest.raises(InvalidInput, match="invalid"):
        list(reading.lines_of(book(HEADER, *lines), sheet="Lista", header_line=1, width=4))
    assert len(list(reading.lines_of(book(HEADER, *lines[:3]), sheet="Lista", header_line=1, width=4))) == 3


def test_a_line_at_the_end_of_the_sheets_numbers_takes_no_time() -> None:
    xml = part(GOOD, SHEET).replace(b'r="2"', b'r="99999999999"')
    with pytest.raises(InvalidInput):
        reading.opened(with_parts(GOOD, {SHEET: xml}))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        ("  Ana\n  Um ", "Ana Um"),
        (True, "SIM"),
        (12345678901, "12345678901"),
        (12345678901.0, "12345678901"),
        (350.5, "350,50"),
        (0.1 + 0.2, "0,30"),
        (Decimal("1250.00"), "1250"),
        (float("nan"), ""),
        (
            datetime(2026, 8, 3),  # noqa: DTZ001
            "03/08/2026",
        ),
        (
            datetime(2026, 8, 3, 9, 5),  # noqa: DTZ001
            "03/08/2026 09:05",
        ),
        (date(2026, 8, 3), "03/08/2026"),
        ("a\x00b\ud800", "ab"),
        ("x" * 600, "x" * 500),
    ],
)
def test_a_cell_as_text(value: object, shown: str) -> None:
    assert text_of(value) == shown


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (("Ana Um", cpf(1), "350,50", "62"), ""),
        (("Ana Um", "", "350,50", "62"), "Linha 17: falta o CPF."),
        (("", cpf(1), "350,50", "62"), "Linha 17: falta o nome."),
        (("Ana Um", "123.456.789-00", "", ""), "Linha 17: o CPF 123… não é válido."),
        (("Ana Um", "a confirmar", "", ""), "Linha 17: o que está no lugar do CPF não é um CPF."),
        (("Ana Um", "000.000.000-00", "", ""), "Linha 17: o CPF 000… não é válido."),
        (("TOTAL", "", "9.999,00", ""), "Linha 17: falta o CPF."),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_number(cells: tuple[str, ...], problem: str) -> None:
    line = checking.listed(Line(17, cells), COLUMNS)
    assert (line.problem, line.outcome) == (problem, "bad_line" if problem else "")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("350,50", "350.50"), ("R$ 1.250,00", "1250.00"), ("1250", "1250"), ("", None), ("a combinar", None)],
)
def test_the_amount_of_a_line(cell: str, amount: str | None) -> None:
    assert checking.read_reais(cell) == (Decimal(amount) if amount else None)


def test_a_cpf_that_lost_its_zeros_as_a_number_is_found_again() -> None:
    line = checking.listed(Line(2, ("Ana Um", text_of(1234567890.0), "", "62 dias")), COLUMNS)
    assert (line.cpf, line.problem, line.days) == ("01234567890", "", 62)
    assert checking.listed(Line(2, ("Ana Um", "123456789", "", "")), COLUMNS).outcome == "bad_line"


def test_each_person_is_usable_once_and_bad_lines_make_nobody_a_duplicate() -> None:
    rows = [("Ana Um", cpf(1)), ("Ana Um", "123"), ("Ana Dois", cpf(2)), ("Ana Um de novo", cpf(1)), ("", cpf(2))]
    lines = [checking.listed(Line(n, (*cells, "", "")), COLUMNS) for n, cells in enumerate(rows, 2)]
    assert [(line.outcome, line.problem) for line in checking.once_each(lines)] == [
        ("", ""),
        ("bad_line", "Linha 3: o CPF 123… não é válido."),
        ("", ""),
        ("duplicate", "Linha 5: o CPF é o mesmo da linha 2."),
        ("bad_line", "Linha 6: falta o nome."),
    ]


@given(st.binary(max_size=400), st.integers(0, len(GOOD)))
def test_no_bytes_break_the_reading(noise: bytes, at: int) -> None:
    for content in (noise, GOOD[:at] + noise + GOOD[at:], b"PK\x03\x04" + noise):
        with contextlib.suppress(InvalidInput):
            reading.opened(content)


def test_columns_are_guessed_at_the_first_look() -> None:
    assert reading.opened(GOOD).columns == {
        **dict.fromkeys(reading.columns.TITLES), "name": 0, "cpf": 1, "amount": 2, "days": 3,
    }  # fmt: skip

"""What finance gets back: its own workbook, filled, and where list and ledger disagree."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from backend.delinquency.lists import reading
from backend.delinquency.lists.cells import GREEN
from backend.delinquency.lists.filled import filled
from backend.delinquency.tables import Campaign
from backend.papers.layout import printed_cpf
from backend.store.ids import new_id
from tests.backend.delinquency.lists_rig import HEADER, approved, book, called, cpf, listed, row_of, saved, values
from tests.backend.delinquency.owing import CARLOS, DEBORA, ELZA, NORMA, NOW, SOON, SURE, Books

KLEBER, LIVIA = "90010024204", "90010035320"
NAMES = {
    CARLOS: "Carlos Eduardo Nunes", DEBORA: "Débora Nunes Alves", ELZA: "Elza Ferreira Costa",
    KLEBER: "Kleber Antunes Moura", LIVIA: "Lívia Sarmento Brito", NORMA: "Norma Gusmão Reis",
}  # fmt: skip
ADDED = ["Tipo de chamada", "Tentativa", "Protocolo", "Nº do chamado", "Data da notificação", "Já cancelado",
         "Atendente", "Observações"]  # fmt: skip
ROBOT = "Zelo Saúde (assistente virtual)"
LATER = NOW + timedelta(hours=2)


def people(*cpfs: str) -> bytes:
    return book(HEADER, *((NAMES[one], printed_cpf(one), None, 62) for one in cpfs))


async def given_back(books: Books, campaign: Campaign, **more: Any) -> bytes:
    content, name = await filled(books.session, campaign=campaign, now=LATER, **({"tickets": {}} | more))
    assert name == "lista-2026-11-23.xlsx"
    return content


def cells(content: bytes, line: int) -> dict[str, Any]:
    """A line of the list by the titles of its columns, without what is empty."""
    rows = values(content)
    pairs = zip(rows[0], rows[line - 1], strict=True)
    return {title: value for title, value in pairs if value is not None and title in ADDED}


def differing(content: bytes) -> list[tuple[int, str]]:
    return [(row[0], row[-1]) for row in values(content, "Diferenças")[1:]]


async def test_before_anybody_is_called_the_sheet_is_as_it_was_given(books: Books) -> None:
    campaign = await listed(books, people(CARLOS, ELZA))
    rows = values(await given_back(books, campaign))
    assert rows[0] == [*HEADER, *ADDED]
    assert rows[1][:4] == ["Carlos Eduardo Nunes", "390.533.447-05", None, 62]
    assert rows[1][4:] == [None] * 8


async def test_an_attempt_fills_its_line_and_dates_no_notice(books: Books) -> None:
    campaign = await approved(books, await listed(books, people(CARLOS, ELZA)))
    row = await row_of(books, campaign, 2)
    conversation = new_id()
    await called(books, row, "failed", "read", conversation_id=conversation)
    content = await given_back(books, campaign, tickets={conversation: 4711})
    assert cells(content, 2) == {
        "Tipo de chamada": "Ativo", "Tentativa": "2ª", "Nº do chamado": "4711", "Atendente": ROBOT,
        "Observações": "1ª tentativa em 22/11/2026 às 10:00: não entregue. 2ª tentativa em 23/11/2026 às 10:00: lida.",
    }  # fmt: skip
    assert cells(content, 3) == {}


async def told(books: Books, cpf: str, *, row_id: int | None, conversation: UUID, answer: str = SURE) -> str:
    """A notice in a conversation, answered; gives its protocol's number."""
    protocol = await books.protocol(cpf)
    notice, _ = await books.given(cpf, row_id=row_id, conversation_id=conversation, protocol=protocol)
    await books.answered(notice, answer)
    await books.settled(notice)
    return protocol.number


async def test_a_notice_that_counts_is_dated_as_a_day(books: Books) -> None:
    campaign = await approved(books, await listed(books, people(CARLOS)))
    row = await row_of(books, campaign, 2)
    conversation = new_id()
    await called(books, row, "answered", conversation_id=conversation)
    number = await told(books, CARLOS, row_id=row.id, conversation=conversation)
    shown = cells(await given_back(books, campaign, attendants={conversation: "Rita de Teste"}), 2)
    assert shown["Data da notificação"] == datetime(2026, 11, 23)  # noqa: DTZ001 (as a workbook has it)
    assert (shown["Protocolo"], shown["Tipo de chamada"], shown["Atendente"]) == (number, "Ativo", "Rita de Teste")


async def test_a_notice_that_does_not_count_has_no_date(books: Books) -> None:
    campaign = await approved(books, await listed(books, people(CARLOS)))
    row = await row_of(books, campaign, 2)
    conversation = new_id()
    await called(books, row, "answered", conversation_id=conversation)
    number = await told(books, CARLOS, row_id=row.id, conversation=conversation, answer="quem é?")
    shown = cells(await given_back(books, campaign), 2)
    assert "Data da notificação" not in shown
    assert shown["Protocolo"] == number


async def test_who_was_told_in_a_contact_of_his_own_is_receptive(books: Books) -> None:
    campaign = await approved(books, await listed(books, people(CARLOS)))
    row = await row_of(books, campaign, 2)
    await called(books, row, "read", conversation_id=new_id())
    await told(books, CARLOS, row_id=row.id, conversation=new_id())
    shown = cells(await given_back(books, campaign), 2)
    assert (shown["Tipo de chamada"], shown.get("Tentativa")) == ("Receptivo", None)


async def test_who_called_in_and_is_not_listed_has_a_row_at_the_end(books: Books) -> None:
    campaign = await approved(books, await listed(books, people(CARLOS)))
    conversation = new_id()
    number = await told(books, ELZA, row_id=None, conversation=conversation)
    content = await given_back(books, campaign, tickets={conversation: 9})
    assert values(content)[2][:2] == ["Elza Ferreira Costa", printed_cpf(ELZA)]
    shown = cells(content, 3)
    assert (shown["Tipo de chamada"], shown["Protocolo"], shown["Nº do chamado"]) == ("Receptivo", number, "9")
    assert shown["Observações"].startswith("Contato da própria pessoa em 23/11/2026 às 10:00. ")
    assert shown["Data da notificação"].date() == date(2026, 11, 23)


async def test_a_contact_before_the_campaign_is_not_its_own(books: Books) -> None:
    await told(books, ELZA, row_id=None, conversation=new_id())
    campaign = await approved(books, await listed(books, people(CARLOS)))
    campaign.approved_at = SOON
    assert len(values(await given_back(books, campaign))) == 2


async def test_an_attempt_that_never_left_is_none(books: Books) -> None:
    campaign = await approved(books, await listed(books, people(CARLOS)))
    row = await row_of(books, campaign, 2)
    await called(books, row, "expired")
    row.attempts = 0
    assert cells(await given_back(books, campaign), 2) == {}


async def test_who_is_cancelled_already_is_marked_in_green(books: Books) -> None:
    campaign = await listed(books, people(CARLOS, KLEBER))
    content = await given_back(books, campaign)
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    column = values(content)[0].index("Já cancelado") + 1
    assert [sheet.cell(line, column).value for line in (2, 3)] == [None, "SIM"]
    assert sheet.cell(3, column).fill.fgColor.rgb == GREEN.fgColor.rgb


async def test_bad_lines_say_what_is_wrong_and_keep_what_they_had(books: Books) -> None:
    content = book(
        HEADER, ("Alguém", "123"), (NAMES[CARLOS], printed_cpf(CARLOS)), (NAMES[CARLOS], printed_cpf(CARLOS))
    )
    back = await given_back(books, await listed(books, content))
    assert [cells(back, line).get("Observações") for line in (2, 3, 4)] == [
        "Linha 2: o CPF 123… não é válido.", None, "Linha 4: o CPF é o mesmo da linha 3.",
    ]  # fmt: skip
    assert values(back)[1][:2] == ["Alguém", "123"]


async def test_why_a_line_was_left_out_is_said(books: Books) -> None:
    campaign = await listed(books, people(DEBORA))
    assert cells(await given_back(books, campaign), 2)["Observações"] == "Não responde pelo contrato."


async def test_the_ladders_other_means_stand_in_the_remarks(books: Books) -> None:
    campaign = await approved(books, await listed(books, people(CARLOS)))
    row = await row_of(books, campaign, 2)
    await called(books, row, "no_answer")
    await books.contacted(CARLOS, "call")
    row.state, row.outcome, row.remarks = "done", "no_answer", "pediu contato em outro momento"
    await books.session.flush()
    assert cells(await given_back(books, campaign), 2)["Observações"] == (
        "1ª tentativa em 23/11/2026 às 10:00: sem resposta. Contato por ligação em 23/11/2026 às 10:00: sem resposta. "
        "Pediu contato em outro momento."
    )


async def test_columns_that_the_sheet_has_are_filled_where_they_are(books: Books) -> None:
    content = book(("Obs.", "CPF", "Protocolo", "Nome", "Cancelado?"), (None, printed_cpf(KLEBER), None, NAMES[KLEBER]))
    rows = values(await given_back(books, await listed(books, content)))
    assert rows[0] == ["Obs.", "CPF", "Protocolo", "Nome", "Cancelado?", "Tipo de chamada", "Tentativa",
                       "Nº do chamado", "Data da notificação", "Atendente"]  # fmt: skip
    assert rows[1][4] == "SIM"


async def test_the_workbook_stays_finances_own(books: Books) -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "Lista"
    sheet.append(["Relação de novembro"])
    sheet.append([*HEADER, "Conferência"])
    sheet["A2"].font = Font(bold=True, color="FF112233")
    sheet.append([NAMES[CARLOS], printed_cpf(CARLOS), 10, 62, "=C3*2"])
    sheet.append(["Nota", None, None, None])
    sheet.merge_cells("A4:H4")
    sheet.column_dimensions["A"].width = 51
    made.create_sheet("Outra")["B2"] = "fica"
    content = await given_back(books, await listed(books, saved(made)))
    back = load_workbook(BytesIO(content))
    assert back.sheetnames == ["Lista", "Outra", "Diferenças"]
    assert back["Outra"]["B2"].value == "fica"
    same = back["Lista"]
    assert isinstance(same, Worksheet)
    assert (same["A2"].font.color.rgb, same.column_dimensions["A"].width) == ("FF112233", 51)
    assert (same["E3"].value, same["C3"].value) == ("=C3*2", 10)
    assert same["M4"].value == "Linha 4: falta o CPF."


async def test_no_name_becomes_a_formula(books: Books) -> None:
    evil = '=HYPERLINK("http://exemplo.invalid","clique")'
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.append(list(HEADER))
    sheet.append([None, printed_cpf(CARLOS)])
    sheet.append([None, cpf(1)])
    for line in (2, 3):
        sheet.cell(line, 1).value = evil
        sheet.cell(line, 1).data_type = "s"
    person = await books.who(CARLOS)
    person.full_name = evil
    await books.session.flush()
    content = await given_back(books, await listed(books, saved(made)))
    back = load_workbook(BytesIO(content))
    written = [*(back.worksheets[0].cell(line, 1) for line in (2, 3)), back["Diferenças"].cell(2, 2)]
    assert [(cell.value, cell.data_type) for cell in written] == [(evil, "s")] * 3
    assert not any(cell.data_type == "f" for sheet in back.worksheets for row in sheet.iter_rows() for cell in row)


async def test_list_and_ledger_are_compared_on_the_day(books: Books) -> None:
    position = await books.stands(CARLOS)
    owed = sum(one.fee.amount for one in position.owed)
    content = book(
        HEADER,
        (NAMES[CARLOS], printed_cpf(CARLOS), owed),
        (NAMES[ELZA], printed_cpf(ELZA), "1,00"),
        (NAMES[LIVIA], printed_cpf(LIVIA), 300),
        (NAMES[DEBORA], printed_cpf(DEBORA), 300),
        ("Ninguém de Teste", cpf(77), 300),
        ("Outro Nome Qualquer", printed_cpf(NORMA), "a combinar"),
        ("Linha ruim", "123", 300),
    )
    assert differing(await given_back(books, await listed(books, content))) == [
        (3, "O valor da lista é diferente do valor do sistema."),
        (4, "No sistema não há nada em atraso."),
        (5, "Não responde pelo contrato: é dependente ou agregado não desmembrado."),
        (6, "O CPF não está no cadastro."),
        (7, "No cadastro o nome deste CPF é Norma Gusmão Reis."),
        (7, "O valor da lista não pôde ser lido."),
    ]


async def test_a_list_with_a_line_for_each_month_agrees_by_its_sum(books: Books) -> None:
    position = await books.stands(CARLOS)
    lines = [(NAMES[CARLOS], printed_cpf(CARLOS), one.fee.amount) for one in position.owed]
    assert len(lines) == 2
    assert differing(await given_back(books, await listed(books, book(HEADER, *lines)))) == []


async def test_a_list_that_says_cancelled_and_is_wrong_is_a_difference(books: Books) -> None:
    content = book(
        (*HEADER, "Cancelado"), *((NAMES[one], printed_cpf(one), None, 62, "SIM") for one in (CARLOS, KLEBER))
    )
    assert differing(await given_back(books, await listed(books, content))) == [
        (2, "Na lista o plano já está cancelado; no sistema, não.")
    ]


async def test_what_was_filled_can_be_sent_again(books: Books) -> None:
    campaign = await listed(books, people(CARLOS, ELZA))
    opened = reading.opened(await given_back(books, campaign))
    assert (opened.sheet, opened.header_line) == ("Lista", 1)
    assert None not in {opened.columns[field] for field in ("name", "cpf", "notice_date", "remarks", "ticket")}

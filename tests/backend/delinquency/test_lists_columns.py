"""Which column holds what: the ways in which finance names them, contents that contradict names, what may be confirmed."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from backend.delinquency.lists import columns, reading
from backend.errors import InvalidInput
from tests.backend.delinquency.lists_rig import cpf, values

NAMES = ("Ana Um de Teste", "Bia Dois de Teste", "Caio Três de Teste")


def guessed(*headers: str, lines: list[list[str]] | None = None) -> dict[str, str]:
    """Field → header, of those that were guessed."""
    found = columns.guess(headers, lines or [])
    return {field: headers[column] for field, column in found.items() if column is not None}


@pytest.mark.parametrize(
    ("field", "header"),
    [
        ("name", "NOME"), ("name", "Nome do Beneficiário"), ("name", "Beneficiário"), ("name", "TITULAR"),
        ("name", "Nome  Completo:"), ("name", "Nome do beneficiaro"), ("name", "Responsável financeiro"),
        ("cpf", "C.P.F."), ("cpf", "CPF/CNPJ"), ("cpf", "Nº CPF"), ("cpf", "CPF do titular"), ("cpf", "cpf beneficiario"),
        ("amount", "Valor (R$)"), ("amount", "VALOR EM ABERTO"), ("amount", "Saldo devedor"), ("amount", "Vlr. Total"),
        ("amount", "Débito"), ("amount", "Total em aberto"),
        ("days", "Dias em atraso"), ("days", "Qtd. dias"), ("days", "DIAS"), ("days", "Dias de Inadimplência"),
        ("contract", "Contrato"), ("contract", "Nº do contrato"), ("contract", "Num. Contrato"),
        ("kind_of_call", "Tipo de ligação"), ("kind_of_call", "Ativo/Receptivo"),
        ("attempt", "Tentativa"), ("attempt", "Nº tentativa"), ("attempt", "Tentativas de contato"),
        ("protocol", "Protocolo"), ("protocol", "Número do Protocolo"), ("protocol", "Nº do protocolo"),
        ("ticket", "Nº do chamado"), ("ticket", "Número do Chamado"), ("ticket", "Ticket"),
        ("notice_date", "Data da Notificação"), ("notice_date", "DT NOTIFICAÇÃO"), ("notice_date", "Notificado em"),
        ("cancelled", "Já cancelado?"), ("cancelled", "CANCELADO"),
        ("attendant", "Identificação do Atendente"), ("attendant", "Atendente"),
        ("remarks", "OBS."), ("remarks", "Observação"), ("remarks", "Observaçoes"),
    ],
)  # fmt: skip
def test_a_header_is_known_however_it_is_written(field: str, header: str) -> None:
    assert guessed(header) == {field: header}


@pytest.mark.parametrize(
    "header", ["Nome da mãe", "Telefone", "Cidade", "Nascimento", "Nome do plano", "E-mail", "", "Nº"]
)
def test_other_columns_are_nothing_of_this(header: str) -> None:
    assert guessed(header) == {}


def test_the_surest_of_two_names_is_taken() -> None:
    found = guessed("Responsável financeiro", "Nome completo", "Documento", "CPF", "Total", "Valor em aberto")
    assert (found["name"], found["cpf"], found["amount"]) == ("Nome completo", "CPF", "Valor em aberto")


def test_content_decides_where_a_name_promises_what_is_not_there() -> None:
    lines = [[str(number), name, cpf(number)] for number, name in enumerate(NAMES, 1)]
    assert guessed("CPF", "Quem", "Doc. 2", lines=lines) == {"cpf": "Doc. 2", "name": "Quem"}


def test_content_decides_where_no_name_is_known_and_mothers_are_not_called() -> None:
    lines = [["Mãe de Teste", name, cpf(number)] for number, name in enumerate(NAMES, 1)]
    assert guessed("Nome da mãe", "Coluna B", "Coluna C", lines=lines) == {"name": "Coluna B", "cpf": "Coluna C"}


def test_a_named_column_stays_where_nothing_contradicts_it() -> None:
    assert guessed("Nome", "CPF", lines=[["Ana", "123"]]) == {"name": "Nome", "cpf": "CPF"}


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"name": 0}, "coluna de CPF"),
        ({"cpf": 0, "name": None}, "coluna de Nome completo"),
        ({"cpf": 0, "name": 4}, "não existe"),
        ({"cpf": -1, "name": 0}, "não existe"),
        ({"cpf": 1, "name": 1}, "mesma coluna"),
        ({"cpf": 0, "name": 1, "amount": 1}, "mesma coluna"),
        ({"cpf": 0, "name": 1, "telephone": 2}, "não conheço"),
    ],
)
def test_columns_that_cannot_be_right_are_refused(chosen: dict[str, int | None], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        columns.check(chosen, 4)
    assert words in refused.value.message


def test_every_field_is_kept_chosen_or_not() -> None:
    assert columns.check({"cpf": 1, "name": 0}, 4) == {**dict.fromkeys(columns.TITLES), "cpf": 1, "name": 0}


def test_the_empty_model_is_a_list_that_is_read_without_a_question() -> None:
    model = columns.model()
    assert values(model) == [list(columns.TITLES.values())]
    book = load_workbook(BytesIO(model))
    sheet = book.worksheets[0]
    sheet.append(["Ana Um de Teste", cpf(1), 350.5, 62])
    filled = BytesIO()
    book.save(filled)
    opened = reading.opened(filled.getvalue())
    assert list(opened.columns.values()) == list(range(len(columns.TITLES)))
    assert sheet.column_dimensions["B"].number_format == "@"

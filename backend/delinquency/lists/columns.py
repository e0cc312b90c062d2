"""Which column of finance's sheet holds what: guessed by names and by what stands beneath them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from rapidfuzz import fuzz

from backend.delinquency.lists.cells import put_text
from backend.errors import InvalidInput
from backend.identifiers import Cpf, plain

# What finance calls each field in a sheet of ours; the order is that of the empty model.
TITLES: Final[Mapping[str, str]] = {
    "name": "Nome completo", "cpf": "CPF", "amount": "Valor em aberto", "days": "Dias de atraso",
    "contract": "Contrato", "kind_of_call": "Tipo de chamada", "attempt": "Tentativa", "protocol": "Protocolo",
    "ticket": "Nº do chamado", "notice_date": "Data da notificação", "cancelled": "Já cancelado",
    "attendant": "Atendente", "remarks": "Observações",
}  # fmt: skip
NEEDED: Final = ("cpf", "name")
GIVEN: Final = ("name", "cpf", "amount", "days", "contract")  # what finance writes; the rest is filled
# Other ways in which sheets name them, as `_folded`; the first ones are the surest.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "name": (
        "nome completo", "nome do beneficiario", "nome beneficiario", "nome do titular", "nome titular", "beneficiario",
        "titular", "nome", "nome do cliente", "cliente", "nome completo do beneficiario", "associado", "razao social",
        "responsavel financeiro", "nome do responsavel", "nome do devedor", "devedor", "segurado", "usuario",
    ),
    "cpf": (
        "cpf", "cpf do beneficiario", "cpf beneficiario", "cpf do titular", "cpf titular", "n cpf", "numero do cpf",
        "num cpf", "nro cpf", "cpf do responsavel", "cpf cnpj", "documento", "cpf do cliente", "doc", "c p f",
    ),
    "amount": (
        "valor em aberto", "valor total", "valor devido", "valor do debito", "valor total em aberto", "saldo devedor",
        "total em aberto", "valor atualizado", "valor", "total", "debito", "divida", "vlr", "vl", "vlr total",
        "valor r", "saldo", "montante", "valor aberto", "vlr aberto", "vl total", "total devido",
    ),
    "days": (
        "dias de atraso", "dias em atraso", "dias atraso", "qtd dias", "dias em aberto", "dias", "atraso",
        "dias de inadimplencia", "dias inadimplencia", "qtde dias", "quantidade de dias", "dias vencido", "aging",
        "qtd dias atraso", "atraso dias",
    ),
    "contract": ("contrato", "n contrato", "numero do contrato", "num contrato", "nro contrato", "cod contrato"),
    "kind_of_call": (
        "tipo de chamada", "tipo de ligacao", "tipo de atendimento", "tipo de contato", "tipo chamada", "tipo ligacao",
        "ativo receptivo", "ativo ou receptivo", "tipo atendimento", "tipo contato", "tipo", "chamada",
    ),
    "attempt": (
        "tentativa", "tentativas", "n tentativa", "numero da tentativa", "qtd tentativas", "numero de tentativas",
        "tentativa de contato", "tentativas de contato", "n de tentativas",
    ),
    "protocol": (
        "protocolo", "n protocolo", "numero do protocolo", "num protocolo", "n do protocolo", "protocolo ans",
        "protocolo de atendimento",
    ),
    "ticket": (
        "n do chamado", "numero do chamado", "chamado", "n chamado", "num chamado", "ticket", "numero do ticket",
        "n ticket", "numero chamado",
    ),
    "notice_date": (
        "data da notificacao", "data notificacao", "data de notificacao", "dt notificacao", "notificado em",
        "data da notif", "notificacao",
    ),
    "cancelled": (
        "ja cancelado", "cancelado", "plano cancelado", "ja esta cancelado", "beneficiario cancelado",
        "beneficiario ja cancelado", "ja desligado", "desligado",
    ),
    "attendant": (
        "atendente", "identificacao do atendente", "nome do atendente", "operador", "operadora", "colaborador",
        "atendido por", "responsavel pelo atendimento",
    ),
    "remarks": (
        "observacoes", "observacao", "obs", "historico", "comentarios", "comentario", "anotacoes", "retorno",
        "resultado", "obs do atendimento",
    ),
}  # fmt: skip
_FIELDS_OF_NAME: Final = {name: (field, place) for field, names in _NAMES.items() for place, name in enumerate(names)}
_TYPO = 88  # likeness of 100 from which a header is a known name misspelt
_LONG_ENOUGH = 5  # letters; shorter ones are like too many others
_MOSTLY = 0.5
_WORD = re.compile(r"[^\W\d_]{2,}\.?|[^\W\d_]'?[^\W\d_]+")
_NUMERIC_CPF = range(9, 11)  # digits left of a CPF that was kept as a number: its zeros in front are lost
_CPF_DIGITS = 11
_MODEL_WIDTH = 22


def guess(headers: Sequence[str], lines: Sequence[Sequence[str]]) -> dict[str, int | None]:
    """The column (from 0) of each field, None where no column is likely to be it.

    Names decide; where what stands beneath contradicts them (no CPF under 'CPF', all of them under 'Documento 2'), the
    content does.
    """
    found = _by_names(headers)
    for field, share in (("cpf", cpf_share), ("name", _name_share)):
        shares = [share([line[column] for line in lines if column < len(line)]) for column in range(len(headers))]
        named = found.get(field)
        if named is not None and (shares[named] >= _MOSTLY or max(shares) < _MOSTLY):
            continue
        taken = {column for other, column in found.items() if other != field}
        likely = [column for column in range(len(headers)) if shares[column] >= _MOSTLY and column not in taken]
        likely = [column for column in likely if field == "cpf" or not _is_of_somebody_else(headers[column])]
        if likely:
            found[field] = max(likely, key=lambda column: (shares[column], -column))
    return {field: found.get(field) for field in TITLES}


def recognised(cells: Sequence[str]) -> int:
    """How many fields a line names as a header would: what tells the header from what stands above it."""
    return len(_by_names(cells))


def check(columns: Mapping[str, int | None], width: int) -> dict[str, int | None]:
    """The columns as they are kept; InvalidInput, in the operator's words, where they cannot be right."""
    unknown = set(columns) - set(TITLES)
    if unknown:
        raise InvalidInput("Há uma coluna que não conheço.", detail="unknown field of a list")
    for field in NEEDED:
        if columns.get(field) is None:
            raise InvalidInput(f"Escolha a coluna de {TITLES[field]}: sem ela não há como ler a planilha.")
    chosen = [column for column in columns.values() if column is not None]
    if not all(0 <= column < width for column in chosen):
        raise InvalidInput("Uma das colunas escolhidas não existe na planilha.", detail="column outside the list")
    for field, column in columns.items():
        other = next((name for name, at in columns.items() if name != field and at == column), None)
        if column is not None and other is not None:
            raise InvalidInput(f"{TITLES[field]} e {TITLES[other]} apontam para a mesma coluna.")
    return {field: columns.get(field) for field in TITLES}


def read_cpf(cell: str) -> Cpf | None:
    """The CPF of a cell, with the zeros in front that a spreadsheet drops from numbers; None where there is none."""
    digits = re.sub(r"\D", "", cell)
    if len(digits) in _NUMERIC_CPF and digits == cell.strip():
        digits = digits.zfill(_CPF_DIGITS)
    try:
        return Cpf.parse(digits)
    except InvalidInput:
        return None


def cpf_share(cells: Sequence[str]) -> float:
    """Which part of the cells that are not empty are CPFs, 0 to 1."""
    filled = [cell for cell in cells if cell]
    return sum(read_cpf(cell) is not None for cell in filled) / len(filled) if filled else 0.0


def model() -> bytes:
    """An empty list as XLSX, with the columns that Zelo reads and those that it fills; CPFs are texts in it."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Inadimplência"
    for column, (field, title) in enumerate(TITLES.items(), 1):
        cell = put_text(sheet, 1, column, title)
        cell.font = Font(bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor="FF0B6B63" if field in GIVEN else "FF5F6B68")
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width = _MODEL_WIDTH
        if field in ("cpf", "contract"):
            dimension.number_format = "@"
    sheet.freeze_panes = "A2"
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _by_names(headers: Sequence[str]) -> dict[str, int]:
    """The best column of each field by its name; each column is one field's."""
    scored = sorted(
        (-score, place, column, field)
        for column, header in enumerate(headers)
        for field, place, score in [_named(_folded(header))]
        if field
    )
    found: dict[str, int] = {}
    for _, _, column, field in scored:
        if field not in found:
            found[field] = column
    return found


def _named(header: str) -> tuple[str, int, float]:
    """The field that a header names, the place of that name in its list, and how like it is; '' without one."""
    if known := _FIELDS_OF_NAME.get(header):
        return *known, 100.0
    if len(header) < _LONG_ENOUGH or _is_of_somebody_else(header):
        return "", 0, 0.0
    name, likeness = max(
        ((name, fuzz.ratio(header, name)) for name in _FIELDS_OF_NAME if len(name) >= _LONG_ENOUGH),
        key=lambda pair: pair[1],
    )
    return (*_FIELDS_OF_NAME[name], likeness) if likeness >= _TYPO else ("", 0, 0.0)


def _is_of_somebody_else(header: str) -> bool:
    """Names of mothers, cities and plans are no names of who is called."""
    words = set(_folded(header).split())
    return bool(words & {"mae", "pai", "cidade", "plano", "empresa", "dependente", "conjuge", "bairro", "endereco"})


def _name_share(cells: Sequence[str]) -> float:
    filled = [cell for cell in cells if cell]
    named = sum(len(_WORD.findall(cell)) > 1 and not any(map(str.isdigit, cell)) for cell in filled)
    return named / len(filled) if filled else 0.0


def _folded(header: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain(header.replace("º", " ").replace("ª", " "))).split())

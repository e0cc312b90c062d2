"""What a line of finance's list says, and what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from backend.amounts import read_amount
from backend.delinquency.lists.columns import read_cpf
from backend.delinquency.lists.reading import Line

BAD_LINE, DUPLICATE = "bad_line", "duplicate"  # outcomes of `campaign_row`
YES: Final = frozenset({"SIM", "S", "X", "1", "CANCELADO", "CANCELADA"})
_SHOWN_DIGITS = 3
_LARGEST_AMOUNT = Decimal(10_000_000)
_MOST_DAYS = 10_000
_DAYS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Listed:
    """A line as it was understood. `cpf` are eleven digits, empty where they are wrong; `amount` is reais.

    `problem` is a sentence for who made the list and `outcome` its code (`BAD_LINE`, `DUPLICATE`), both empty for a
    line that can be used.
    """

    line: int
    cells: tuple[str, ...]
    full_name: str
    cpf: str
    amount: Decimal | None
    days: int | None
    is_cancelled: bool
    problem: str = ""
    outcome: str = ""


def listed(line: Line, columns: Mapping[str, int | None]) -> Listed:
    """What a line says, by the columns that were confirmed."""

    def cell(field: str) -> str:
        column = columns.get(field)
        return line.cells[column] if column is not None and column < len(line.cells) else ""

    cpf, name = read_cpf(cell("cpf")), cell("name")
    problem = _problem(line.number, cell("cpf"), name, is_cpf=cpf is not None)
    return Listed(
        line.number, line.cells, name, cpf.digits if cpf else "", read_reais(cell("amount")), _days(cell("days")),
        cell("cancelled").upper() in YES, problem, BAD_LINE if problem else "",
    )  # fmt: skip


def once_each(lines: Iterable[Listed]) -> list[Listed]:
    """The lines with each further one of a CPF marked: a person is called once, however often the list has him."""
    first: dict[str, int] = {}
    marked = []
    for line in lines:
        before = first.setdefault(line.cpf, line.line) if not line.problem else line.line
        if before != line.line:
            why = f"Linha {line.line}: o CPF é o mesmo da linha {before}."
            marked.append(replace(line, problem=why, outcome=DUPLICATE))
        else:
            marked.append(line)
    return marked


def read_reais(cell: str) -> Decimal | None:
    """The amount of a cell in reais; None where there is none, or none that could be."""
    amount = read_amount(cell, asked=True) if cell else None
    return amount if amount is not None and amount < _LARGEST_AMOUNT else None


def _problem(number: int, cpf: str, name: str, *, is_cpf: bool) -> str:
    if not cpf:
        return f"Linha {number}: falta o CPF."
    if not is_cpf:
        digits = re.sub(r"\D", "", cpf)
        shown = f"o CPF {digits[:_SHOWN_DIGITS]}… não é válido" if digits else "o que está no lugar do CPF não é um CPF"
        return f"Linha {number}: {shown}."
    return "" if name else f"Linha {number}: falta o nome."


def _days(cell: str) -> int | None:
    found = _DAYS.search(cell)
    days = int(found[0]) if found and len(found[0]) < len(str(_MOST_DAYS)) else None
    return days if days is not None and days < _MOST_DAYS else None

"""The telephone list: those of a campaign without an answer, for people to call. [processes.md 6]"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Final
from uuid import UUID

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import BeneficiaryPhone
from backend.contracts import Contract
from backend.delinquency.lists import contacted
from backend.delinquency.lists.cells import put_reais, put_text
from backend.delinquency.lists.differences import AT_ONCE, Owes, names_of, owed_by
from backend.delinquency.lists.filled import rows_of
from backend.delinquency.tables import Campaign, CampaignRow, NumberMark
from backend.papers.layout import printed_cpf
from backend.store.clock import local

# Who was not reached, and may be by a person's call.
WITHOUT_ANSWER: Final = frozenset({"no_answer", "unreachable", "wrong_number", "no_number", "marked", "ended"})
COLUMNS: Final = (
    ("Nome completo", 36), ("CPF", 16), ("Contrato", 14), ("Telefones do cadastro", 34), ("Tentativas", 12),
    ("Mensalidades em atraso", 14), ("Dias de atraso", 12), ("Valor atualizado", 16), ("Contatos feitos", 70),
)  # fmt: skip
_BRAZILIAN = re.compile(r"\+55(\d\d)(\d{4,5})(\d{4})")
NO_NUMBER: Final = "Sem telefone que possa ser usado"


@dataclass(frozen=True, slots=True)
class _Unreached:
    """A line of the list: who, over which telephones, what is owed, and what was tried."""

    name: str
    cpf: str
    contract: str
    numbers: tuple[str, ...]
    attempts: int
    owes: Owes
    tried: str


async def phone_list(session: AsyncSession, *, campaign: Campaign, now: datetime) -> tuple[bytes, str]:
    """A workbook of those who did not answer and still owe, with their registered telephones, and a name for the file.

    Telephones that are somebody else's, or whose holder asked for no more calls, are left out; who has none left comes
    last. Amounts are reais up to date on the day of `now`, days those of the oldest unpaid fee.
    """
    rows = [row for row in await rows_of(session, campaign) if is_without_answer(row)]
    contacts = await contacted.contacts_of(session, campaign=campaign, rows=rows, now=now)
    people = [row.beneficiary_id for row in rows if row.beneficiary_id]
    contracts = [row.contract_id for row in rows if row.contract_id]
    names, numbers = await names_of(session, people), await _numbers(session, people)
    owed = await owed_by(session, contracts, on=local(now).date())
    signed = await _contract_numbers(session, contracts)
    lines = []
    for row in rows:
        assert row.beneficiary_id is not None
        assert row.contract_id is not None
        if not owed[row.contract_id].fees:
            continue
        made = contacted.said_attempts(contacts.by_row.get(row.id, ()))
        lines.append(
            _Unreached(
                names.get(row.beneficiary_id, row.full_name), row.cpf, signed[row.contract_id],
                tuple(numbers.get(row.beneficiary_id, ())), row.attempts, owed[row.contract_id],
                contacted.sentences([*made, contacted.said_outcome(row)]),
            )
        )  # fmt: skip
    lines.sort(key=lambda line: not line.numbers)
    return await asyncio.to_thread(_write, lines), f"telefones-{local(now):%Y-%m-%d}.xlsx"


def is_without_answer(row: CampaignRow) -> bool:
    """Whether a row's calls are over without an answer of the person. Pure."""
    return row.state in {"done", "left_out"} and row.outcome in WITHOUT_ANSWER and row.contract_id is not None


def spoken_number(number: str) -> str:
    """'(98) 98800-0001' for a Brazilian number in E.164; others as they are. Pure."""
    return _BRAZILIAN.sub(r"(\1) \2-\3", number)


async def _numbers(session: AsyncSession, people: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    """The registered telephones that may be called, by person."""
    found: dict[UUID, list[str]] = defaultdict(list)
    theirs = or_(NumberMark.beneficiary_id == BeneficiaryPhone.beneficiary_id, NumberMark.mark == "stopped")
    marked = select(NumberMark.number).where(NumberMark.number == BeneficiaryPhone.number, theirs).exists()
    for start in range(0, len(people), AT_ONCE):
        chosen = BeneficiaryPhone.beneficiary_id.in_(people[start : start + AT_ONCE])
        query = select(BeneficiaryPhone).where(chosen, ~marked)
        for phone in await session.scalars(query.order_by(BeneficiaryPhone.number)):
            found[phone.beneficiary_id].append(phone.number)
    return found


async def _contract_numbers(session: AsyncSession, contracts: Sequence[UUID]) -> Mapping[UUID, str]:
    found: dict[UUID, str] = {}
    for start in range(0, len(contracts), AT_ONCE):
        query = select(Contract.id, Contract.number).where(Contract.id.in_(contracts[start : start + AT_ONCE]))
        found.update((await session.execute(query)).all())
    return found


def _write(lines: Sequence[_Unreached]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Telefones"
    for column, (name, width) in enumerate(COLUMNS, 1):
        cell = put_text(sheet, 1, column, name)
        cell.font, cell.fill = Font(bold=True, color="FFFFFFFF"), PatternFill("solid", fgColor="FF0B6B63")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, line in enumerate(lines, 2):
        spoken = "; ".join(map(spoken_number, line.numbers)) or NO_NUMBER
        for column, words in enumerate((line.name, printed_cpf(line.cpf), line.contract, spoken), 1):
            put_text(sheet, number, column, words)
        for column, count in enumerate((line.attempts, line.owes.fees, line.owes.days), 5):
            sheet.cell(number, column, count)
        put_reais(sheet, number, 8, line.owes.up_to_date)
        put_text(sheet, number, 9, line.tried)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(lines) + 1}"
    written = BytesIO()
    book.save(written)
    return written.getvalue()

"""A list as finance would send it, of the demo's own people in arrears: to try a campaign where nothing leaves.

Like a real one it is some days old (who paid since still stands on it) and has lines that cannot be used.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from openpyxl import Workbook
from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.contracts import ANSWERS_FOR_CONTRACT, Contract
from backend.errors import NotFound
from backend.invoices.tables import Invoice
from backend.papers.layout import printed_cpf
from backend.settings import settings

HEADERS = ("Nome completo", "CPF", "Contrato", "Valor em aberto", "Dias de atraso", "Já cancelado")
MOST_PEOPLE = 500
DAYS_OLD = 5
EARLIER = timedelta(days=10)  # finance's list begins before the day from which a campaign calls
# Lines that no campaign can use: a CPF that is none, and one that nobody in the register has. Invented.
UNUSABLE = (
    ("Marina Duarte Prado", "900.109.002-00", "10009001", Decimal("312.70"), 58, ""),
    ("Sérgio Vieira Maia", "900.109.001-01", "10009002", Decimal("198.40"), 64, ""),
)


@dataclass(frozen=True, slots=True)
class Owing:
    """What a contract owed when the list was made: reais as charged, and days of its oldest invoice."""

    contract: Contract
    amount: Decimal
    days: int


def is_offered() -> bool:
    """Only where nothing that we send can leave this machine."""
    return settings().sends_to_loopback


async def example_list(session: AsyncSession, *, today: date) -> bytes:
    """An XLSX of who was in arrears five days ago, and two wrong lines. NotFound where messages could leave."""
    if not is_offered():
        raise NotFound(detail="example list outside the demo")
    made_on = today - timedelta(days=DAYS_OLD)
    found = await _people(session, await _owing(session, made_on))
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Inadimplentes"
    sheet.append(HEADERS)
    for person, owed in found:
        ended = owed.contract.ended_on is not None and owed.contract.ended_on <= made_on
        cancelled = "SIM" if ended else ""
        cells = (person.full_name, printed_cpf(person.cpf), owed.contract.number, owed.amount, owed.days, cancelled)
        sheet.append(cells)
    for line in UNUSABLE:
        sheet.append(line)
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, 4).number_format = "#,##0.00"
    for letter, width in zip("ABCDEF", (36, 18, 18, 16, 16, 16), strict=True):
        sheet.column_dimensions[letter].width = width
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def _owing(session: AsyncSession, made_on: date) -> Mapping[UUID, Owing]:
    """Contracts by id that were long enough in arrears on a day, whatever was paid since."""
    unpaid = and_(or_(Invoice.state == "open", Invoice.paid_on > made_on), Invoice.due_on < made_on)
    first_due = made_on - timedelta(days=settings().campaign_from_day) + EARLIER
    query = (
        select(Contract, func.sum(Invoice.amount), func.min(Invoice.due_on))
        .join(Invoice, Invoice.contract_id == Contract.id)
        .where(unpaid)
        .group_by(Contract.id)
        .having(func.min(Invoice.due_on) <= first_due)
        .order_by(Contract.number)
        .limit(MOST_PEOPLE)
    )
    found = await session.execute(query)
    return {contract.id: Owing(contract, amount, (made_on - oldest).days) for contract, amount, oldest in found}


async def _people(session: AsyncSession, owing: Mapping[UUID, Owing]) -> Sequence[tuple[Beneficiary, Owing]]:
    query = (
        select(Beneficiary)
        .where(Beneficiary.contract_id.in_(owing), Beneficiary.standing.in_(ANSWERS_FOR_CONTRACT))
        .order_by(Beneficiary.full_name)
    )
    return [(person, owing[person.contract_id]) for person in await session.scalars(query)]

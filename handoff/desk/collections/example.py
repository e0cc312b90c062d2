"""A list as finance would send it, of the demo's own people in arrears: to try a campaign where nothing leaves."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.contracts import ANSWERS_FOR_CONTRACT
from backend.delinquency import position
from backend.delinquency.position import Position
from backend.errors import NotFound
from backend.invoices.tables import Invoice
from backend.papers.layout import printed_cpf
from backend.settings import settings

HEADERS = ("Nome completo", "CPF", "Contrato", "Valor em aberto", "Dias de atraso")
MOST_PEOPLE = 500


def is_offered() -> bool:
    """Only where nothing that we send can leave this machine."""
    return settings().sends_to_loopback


async def example_list(session: AsyncSession, *, today: date) -> bytes:
    """An XLSX of who has been in arrears for as long as a campaign asks for. NotFound where messages could leave."""
    if not is_offered():
        raise NotFound(detail="example list outside the demo")
    found = await _in_arrears(session, today)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Inadimplentes"
    sheet.append(HEADERS)
    for person, owed in found:
        sheet.append((person.full_name, printed_cpf(person.cpf), owed.contract.number, owed.total, owed.days))
        sheet.cell(sheet.max_row, 4).number_format = "#,##0.00"
    for letter, width in zip("ABCDE", (36, 18, 18, 16, 16), strict=True):
        sheet.column_dimensions[letter].width = width
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def _in_arrears(session: AsyncSession, today: date) -> Sequence[tuple[Beneficiary, Position]]:
    late = select(Invoice.contract_id).where(Invoice.state == "open", Invoice.due_on < today)
    query = (
        select(Beneficiary)
        .where(Beneficiary.contract_id.in_(late), Beneficiary.standing.in_(ANSWERS_FOR_CONTRACT))
        .order_by(Beneficiary.full_name)
        .limit(MOST_PEOPLE)
    )
    people = (await session.scalars(query)).all()
    owed = await position.of_contracts(session, list({one.contract_id for one in people}), on=today)
    least = settings().campaign_from_day
    return [(one, owed[one.contract_id]) for one in people if owed[one.contract_id].days >= least]

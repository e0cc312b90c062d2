"""Workbooks as finance might send them, made by hand; every datum is invented."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from backend.actor import SYSTEM
from backend.delinquency import cases
from backend.delinquency.calling import Plan
from backend.delinquency.lists import checking, importing, reading, verbs
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt
from backend.demo.invented import cpf as invented_cpf
from backend.papers.layout import printed_cpf
from tests.backend.delinquency.owing import NOW, SUPERVISOR, Books

HEADER = ("Nome completo", "CPF", "Valor em aberto", "Dias de atraso")


def book(*lines: Sequence[object], title: str = "Lista") -> bytes:
    """A workbook of one sheet with these lines from its first row on."""
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = title
    for line in lines:
        sheet.append(list(line))
    return saved(made)


def saved(made: Workbook) -> bytes:
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def cpf(number: int) -> str:
    """An invented CPF as people write it."""
    return printed_cpf(invented_cpf(number))


def with_parts(content: bytes, parts: Mapping[str, bytes], *, without: Sequence[str] = ()) -> bytes:
    """The same archive with some of its parts exchanged, added or left out."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as given, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in given.namelist():
            if name not in parts and name not in without:
                target.writestr(name, given.read(name))
        for name, part in parts.items():
            target.writestr(name, part)
    return written.getvalue()


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as given:
        return given.read(name)


def values(content: bytes, sheet: int | str = 0) -> list[list[Any]]:
    """What a workbook's sheet shows, line by line."""
    made = load_workbook(BytesIO(content))
    shown = made[sheet] if isinstance(sheet, str) else made.worksheets[sheet]
    return [[cell.value for cell in row] for row in shown.iter_rows()]


async def listed(books: Books, content: bytes, columns: Mapping[str, int | None] | None = None) -> Campaign:
    """A campaign of this workbook, read, with the columns that were guessed unless others are given."""
    campaign = await verbs.upload(
        books.session, name="Novembro", content=content, file_name="lista.xlsx", actor=SUPERVISOR, now=NOW
    )
    chosen = {**campaign.columns, **(columns or {})}
    await verbs.confirm_columns(books.session, campaign=campaign, columns=chosen, actor=SUPERVISOR, now=NOW)
    lines = reading.lines_of(
        content, sheet=campaign.sheet, header_line=campaign.header_line, width=len(campaign.headers)
    )
    understood = checking.once_each(checking.listed(line, campaign.columns) for line in lines)
    await importing.store_lines(books.session, campaign=campaign, lines=understood, actor=SYSTEM, now=NOW)
    return campaign


async def approved(books: Books, campaign: Campaign) -> Campaign:
    """As if it were running since an hour ago."""
    campaign.state, campaign.approved_by, campaign.approved_at = "running", "supervisor-1", NOW - timedelta(hours=1)
    campaign.plan = Plan().as_json()
    await books.session.flush()
    return campaign


async def row_of(books: Books, campaign: Campaign, line: int) -> CampaignRow:
    query = select(CampaignRow).where(CampaignRow.campaign_id == campaign.id, CampaignRow.line == line)
    return (await books.session.scalars(query)).one()


async def called(books: Books, row: CampaignRow, *outcomes: str, conversation_id: UUID | None = None) -> None:
    """Attempts at a row by WhatsApp, a day apart, as their outcomes say; the last one's day is `NOW`."""
    assert row.beneficiary_id is not None
    assert row.contract_id is not None
    case = await cases.open_case(
        books.session, contract_id=row.contract_id, beneficiary_id=row.beneficiary_id, actor=SYSTEM, now=NOW
    )
    row.case_id, row.conversation_id = case.id, conversation_id
    for number, outcome in enumerate(outcomes, 1):
        books.session.add(
            ContactAttempt(
                case_id=case.id, campaign_row_id=row.id, means="whatsapp", number=number, outcome=outcome,
                made_at=NOW - timedelta(days=len(outcomes) - number), address="+5598988000003", registered=True,
                conversation_id=conversation_id, request_key=f"row-{row.id}-{number}", settled=True,
            )
        )  # fmt: skip
        row.attempts = number
    row.state = "calling"
    await books.session.flush()

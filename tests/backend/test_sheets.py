"""The day's sheet: which protocols are in it, in which order, once, and that registration gets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import SYSTEM
from backend.audit import AuditRow
from backend.beneficiaries import Beneficiary
from backend.coming_of_age.tables import ComingOfAge
from backend.documents.tables import Document
from backend.holder_change.tables import HolderChange
from backend.mail import Mail
from backend.papers.daily_sheet import FIRST_ROW
from backend.papers.layout import printed_cpf
from backend.protocols.tables import Protocol
from backend.settings import Settings, settings
from backend.sheets import DAYS_BACK, DailySheet, DailySheetLine, days_to_make, due, make_daily_sheet
from backend.store import files
from backend.store.engine import Store
from handoff.dispatch.mail import Mailer
from tests.backend.test_invoices import Books

DAY = date(2026, 11, 18)  # a Wednesday
NOON = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
EVENING = NOON + timedelta(hours=6)  # 18:00 in São Paulo
ADDRESS = "cadastro@exemplo.invalid"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    return tmp_path


@pytest.fixture
async def session(store: Store) -> AsyncIterator[AsyncSession]:
    async with store.sessions() as session:
        yield session


async def opened(session: AsyncSession, number: int, at: datetime = NOON, *, kind: str = "holder_change",
                 whose: Beneficiary | None = None, stage: str = "in_review") -> Protocol:  # fmt: skip
    protocol = Protocol(
        number=f"999999{at:%Y%m%d}{number:06d}", kind=kind, team="registration", stage=stage, opened_at=at,
        due_at=at + timedelta(days=9), beneficiary_id=whose.id if whose else None, request_key=f"{at}:{number}",
    )  # fmt: skip
    session.add(protocol)
    await session.flush()
    return protocol


async def given(session: AsyncSession, protocol: Protocol, kind: str, state: str = "received") -> None:
    decided = {"reason": "ilegível", "decided_by": "a"} if state != "received" else {}
    session.add(
        Document(
            protocol_id=protocol.id, kind=kind, state=state, sha256="0" * 64, content_type="image/png", size=1,
            received_at=NOON, given_by_kind="person", source=f"{protocol.id}:{kind}:{state}", **decided,
        )
    )  # fmt: skip
    await session.flush()


async def made(session: AsyncSession, day: date = DAY, now: datetime = EVENING) -> DailySheet | None:
    return await make_daily_sheet(session, day=day, actor=SYSTEM, now=now)


def rows_of(sheet: DailySheet | None) -> list[list[object]]:
    assert sheet is not None
    book = load_workbook(BytesIO(files.read(sheet.sha256)))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=FIRST_ROW)]


async def numbers_of(session: AsyncSession, day: date) -> list[str]:
    listed = select(Protocol.number).join(DailySheetLine).where(DailySheetLine.day == day).order_by(Protocol.number)
    return list(await session.scalars(listed))


async def test_a_days_protocols_are_in_it_in_the_sequence_of_their_numbers(session: AsyncSession) -> None:
    for number in (20, 3, 117):
        await opened(session, number, NOON + timedelta(minutes=number % 5))
    await opened(session, 4, kind="coming_of_age")
    await opened(session, 5, kind="invoice_copy")
    rows = rows_of(await made(session))
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert [str(row[1])[-6:] for row in rows] == ["000003", "000004", "000020", "000117"]
    assert rows[1][3] == "Maioridade de dependente"


async def test_a_row_names_who_it_is_about_his_holder_and_what_was_received(session: AsyncSession) -> None:
    books = Books(session)
    contract = await books.contract()
    holder = await books.person(contract, name="Débora Nunes Alves")
    child = await books.person(contract, "dependent", name="Caio Rocha Lima")
    child.holder_id = holder.id
    age = await opened(session, 1, kind="coming_of_age", whose=holder)
    change = await opened(session, 2, whose=child)
    plain = await opened(session, 3, stage="")
    session.add(ComingOfAge(protocol_id=age.id, dependent_id=child.id))
    session.add(
        HolderChange(
            protocol_id=change.id, contract_id=contract.id, old_holder_id=holder.id, new_holder_id=child.id
        )
    )  # fmt: skip
    for kind, state in (("rg", "accepted"), ("cpf", "refused"), ("cpf", "received")):
        await given(session, age, kind, state)
    rows = rows_of(await made(session))
    assert rows[0][4:] == [
        "Débora Nunes Alves", "Caio Rocha Lima", printed_cpf(child.cpf), "RG (aceito), CPF (recusado), CPF",
        "em conferência", None,
    ]  # fmt: skip
    assert rows[1][4:6] == ["Débora Nunes Alves", "Caio Rocha Lima"]
    assert rows[2][1] == plain.number
    assert rows[2][4:] == [None, None, None, None, "em andamento", None]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 18, 2, 59, 59, tzinfo=UTC), date(2026, 11, 17)),  # 23:59:59 in São Paulo
        (datetime(2026, 11, 18, 3, 0, tzinfo=UTC), DAY),  # midnight
        (datetime(2026, 11, 19, 2, 59, 59, tzinfo=UTC), DAY),
        (datetime(2026, 11, 19, 3, 0, tzinfo=UTC), date(2026, 11, 19)),
    ],
)
async def test_a_day_ends_at_midnight_of_sao_paulo(session: AsyncSession, at: datetime, day: date) -> None:
    protocol = await opened(session, 1, at)
    later = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    assert await due(session, now=later) == 1
    assert await numbers_of(session, day) == [protocol.number]


async def test_a_day_without_such_a_protocol_has_no_sheet(session: AsyncSession) -> None:
    await opened(session, 1, kind="invoice_copy")
    assert await made(session) is None
    assert await due(session, now=EVENING) == 0
    assert await session.scalar(select(func.count()).select_from(DailySheet)) == 0


async def test_a_sheet_is_made_once_and_never_changed(session: AsyncSession) -> None:
    await opened(session, 1)
    first = await made(session)
    await opened(session, 2)
    again = await made(session, now=EVENING + timedelta(hours=1))
    assert first is again
    assert await due(session, now=EVENING + timedelta(hours=1)) == 0
    audited = select(func.count()).select_from(AuditRow).where(AuditRow.action == "sheets.make")
    assert await session.scalar(audited) == 1


async def test_what_comes_after_the_days_sheet_is_in_the_next_one_and_says_so(session: AsyncSession) -> None:
    await opened(session, 1)
    assert await due(session, now=EVENING) == 1
    late = await opened(session, 2, EVENING + timedelta(hours=2))
    own = await opened(session, 1, EVENING + timedelta(hours=20))
    assert await due(session, now=EVENING + timedelta(hours=23)) == 0
    assert await due(session, now=EVENING + timedelta(days=1)) == 1
    assert await numbers_of(session, DAY + timedelta(days=1)) == [late.number, own.number]
    rows = rows_of(await made(session, DAY + timedelta(days=1)))
    assert [row[9] for row in rows] == ["Aberto depois da planilha de 18/11/2026", None]


async def test_the_present_days_sheet_waits_for_its_hour(session: AsyncSession) -> None:
    await opened(session, 1)
    assert await due(session, now=EVENING - timedelta(seconds=1)) == 0
    assert await due(session, now=EVENING) == 1


async def test_sheets_that_were_missed_are_made_each_for_its_day_as_far_back_as_is_sensible(
    session: AsyncSession,
) -> None:
    for back in (DAYS_BACK + 2, 20, 5, 0):
        await opened(session, 1, NOON - timedelta(days=back))
    assert await due(session, now=EVENING) == 3
    days = await session.scalars(select(DailySheet.day).order_by(DailySheet.day))
    assert [(DAY - day).days for day in days] == [20, 5, 0]
    assert await due(session, now=EVENING) == 0


async def test_who_makes_sheets_at_the_same_time_makes_each_once(store: Store) -> None:
    async with store.unit_of_work() as session:
        for back in (0, 1, 2):
            await opened(session, 1, NOON - timedelta(days=back))

    async def work() -> int:
        async with store.unit_of_work() as session:
            return await due(session, now=EVENING)

    assert sorted(await asyncio.gather(*(work() for _ in range(4)))) == [0, 0, 0, 3]


D = [DAY + timedelta(days=n) for n in range(5)]


@pytest.mark.parametrize(
    ("opened_on", "already", "last", "wanted"),
    [
        ((), (), 4, ()),
        ((0, 2), (), 4, (0, 2)),
        ((0, 2), (), 1, (0,)),
        ((0,), (0,), 0, ()),  # late, and the next day's sheet is not due yet
        ((0,), (0,), 1, (1,)),
        ((0,), (0, 1), 4, (2,)),
        ((0, 1), (0,), 4, (1,)),
    ],
)
def test_the_days_to_make(
    opened_on: tuple[int, ...], already: tuple[int, ...], last: int, wanted: tuple[int, ...]
) -> None:
    made_days = {D[n] for n in already}
    assert days_to_make({D[n] for n in opened_on}, made_days, last=D[last]) == [D[n] for n in wanted]


async def test_without_an_address_the_sheet_is_kept_and_nobody_is_written_to(session: AsyncSession) -> None:
    await opened(session, 1)
    sheet = await made(session)
    assert sheet is not None
    assert sheet.mail_id is None
    assert await session.scalar(select(func.count()).select_from(Mail)) == 0


async def test_registration_gets_the_sheet_as_a_file(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "registration_email", ADDRESS)
    async with store.unit_of_work() as session:
        await opened(session, 1)
        sheet = await made(session)
        assert sheet is not None
        written = await session.get_one(Mail, sheet.mail_id)
        assert (written.recipient, written.kind, written.beneficiary_id) == (ADDRESS, "daily_sheet", None)
    assert await Mailer(store, Settings(data_dir=folder, smtp_url="")).send_due()
    (letter,) = (folder / "mail").glob("*.eml")
    text = letter.read_text(encoding="utf-8")
    assert "protocolos-2026-11-18.xlsx" in text
    assert ADDRESS in text

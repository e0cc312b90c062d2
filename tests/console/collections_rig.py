"""Finance's lists and people in arrears as the console meets them: for tests and for looking at pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import httpx
from openpyxl import Workbook

from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary
from backend.delinquency import cases, contacts, standing
from backend.delinquency.calling import Plan
from backend.delinquency.campaigns import verbs
from backend.delinquency.lists import verbs as lists
from backend.delinquency.tables import Campaign, DelinquencyCase
from backend.demo import load_invoices
from backend.papers.layout import printed_cpf
from backend.sheets import CONTENT_TYPE
from backend.store.clock import local
from handoff.console.campaigns.plan_form import as_fields
from handoff.dispatch.lists import read_next
from tests.console.console_rig import ANAS_CPF, CARLOS_CPF, Browser, Desk, key

HEADER = ("Nome completo", "CPF", "Valor em aberto", "Dias de atraso")
CARLOS = ("Carlos Eduardo Nunes", printed_cpf(CARLOS_CPF), 1290.4, 55)
ANA = ("Ana Beatriz Rocha", printed_cpf(ANAS_CPF), 400, 51)
WRONG = ("Fulano Sem Cadastro", "123.456.789-00", 10, 60)
EVERY_DAY = Plan(hours=("08:00", "20:00"), weekdays=tuple(range(7)), holidays=True)
PLAN = as_fields(EVERY_DAY)


def sheet(*lines: Sequence[object]) -> bytes:
    """A list as finance would send it."""
    book = Workbook()
    for line in (HEADER, *lines):
        book.worksheets[0].append(list(line))
    written = BytesIO()
    book.save(written)
    return written.getvalue()


async def somebody(desk: Desk, role: str = "operator", teams: tuple[str, ...] = ()) -> None:
    """The demo's people with their invoices, and Olga of the staff, who signs in as 'olga'."""
    await desk.account("olga", "Olga Prado", role, teams)
    await desk.loads(load_invoices)


async def uploaded(desk: Desk, *lines: Sequence[object], name: str = "Novembro") -> UUID:
    """A list whose columns are to be confirmed."""
    async with desk.store.unit_of_work() as session:
        campaign = await lists.upload(
            session, name=name, content=sheet(*(lines or (CARLOS, ANA, WRONG))), file_name="inadimplentes.xlsx",
            actor=SYSTEM, now=await desk.now(),
        )  # fmt: skip
    return campaign.id


async def confirmed(desk: Desk, *lines: Sequence[object], name: str = "Novembro") -> UUID:
    """A list that the worker is to read."""
    campaign_id, now = await uploaded(desk, *lines, name=name), await desk.now()
    async with desk.store.unit_of_work() as session:
        campaign = await verbs.get(session, campaign_id)
        columns = {field: column for field, column in campaign.columns.items() if column is None or column >= 0}
        await lists.confirm_columns(session, campaign=campaign, columns=columns, actor=SYSTEM, now=now)
    return campaign_id


async def was_read(desk: Desk, *lines: Sequence[object], name: str = "Novembro") -> UUID:
    """A list that waits for its plan."""
    campaign_id = await confirmed(desk, *lines, name=name)
    assert await read_next(desk.store)
    return campaign_id


async def running(desk: Desk, *lines: Sequence[object], name: str = "Novembro") -> UUID:
    """An approved campaign."""
    campaign_id, now = await was_read(desk, *lines, name=name), await desk.now()
    async with desk.store.unit_of_work() as session:
        campaign = await verbs.get(session, campaign_id)
        await verbs.approve(session, campaign=campaign, plan=EVERY_DAY, stated=True, actor=SYSTEM, now=now)
    return campaign_id


async def state_of(desk: Desk, campaign_id: UUID) -> str:
    """The campaign's state; empty where it is gone."""
    rows = await desk.rows(Campaign, Campaign.id == campaign_id)
    return rows[0].state if rows else ""


async def sends(
    browser: Browser, content: bytes, *, name: str = "", file: str = "lista.xlsx", form: str = ""
) -> httpx.Response:
    """The upload's form, as a browser without scripts sends it."""
    return await browser.client.post(
        "/campaigns", data={"csrf": browser.csrf, "request_key": form or key(), "name": name},
        files={"file": (file, content, CONTENT_TYPE)} if content else {"file": ("", b"")},
    )  # fmt: skip


def words_of(page: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&nbsp;", " ")


async def case_of(desk: Desk, cpf: str = CARLOS_CPF) -> DelinquencyCase:
    """The open case of somebody of the demo."""
    person, now = await desk.person(cpf), await desk.now()
    async with desk.store.unit_of_work() as session:
        return await cases.open_case(
            session, contract_id=person.contract_id, beneficiary_id=person.id, actor=SYSTEM, now=now
        )


async def contact(
    desk: Desk, means: str, result: str, *, cpf: str = CARLOS_CPF, ago: timedelta = timedelta(), **more: str
) -> None:
    """An attempt by another means over the register's own address, so long ago."""
    case, now = await case_of(desk, cpf), await desk.now()
    async with desk.store.unit_of_work() as session:
        person = await session.get_one(Beneficiary, case.beneficiary_id)
        [known] = await standing.of_cases(session, [case], on=local(now).date())
        await contacts.record(
            session, case=await session.get_one(DelinquencyCase, case.id), means=means, made_at=now - ago,
            address=known.addresses[means][0], result=result, proof=more.get("proof", ""), remarks="",
            by=person if result == "confirmed" else None, request_key=key(), actor=SYSTEM, now=now,
        )  # fmt: skip

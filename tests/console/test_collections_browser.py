"""Collections' pages in a real browser: a list becomes a campaign, a case is decided; at a desk and on a telephone."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt
from handoff.dispatch.lists import read_next
from tests.console.boards_rig import request_of
from tests.console.browser_rig import CHROMIUM, Opens, accessible, chromium, window
from tests.console.collections_rig import (
    ANA,
    CARLOS,
    WRONG,
    case_of,
    confirmed,
    contact,
    running,
    sheet,
    somebody,
    uploaded,
    was_read,
)
from tests.console.conftest import Elsewhere
from tests.console.console_rig import Desk, key

__all__ = ["chromium", "window"]

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium found: set CHROMIUM to its path")
KLEBER = ("Kleber Antunes Moura", "900.100.242-04", 900, 100)
ELZAS_CPF = "71459364295"
ELZA = ("Elza Ferreira Costa", "714.593.642-95", 812.3, 62)
PLAN = "plan=1&since=09:00&until=18:00&pauses=12:00-13:00&weekday-0=1&weekday-1=1&weekday-2=1&weekday-3=1&weekday-4=1&attempts=5&interval_days=2&an_hour=600&min_days=50&skip_hospital=1"


async def everything(desk: Desk) -> dict[str, str]:
    """A campaign in each state, a case that is due, one that is not, somebody to be called; the pages' addresses."""
    await somebody(desk, "admin")
    columns = await uploaded(desk, name="Outubro, segunda lista")
    reading = await confirmed(desk, name="Outubro")
    await read_next(desk.store)
    planned = await was_read(desk, KLEBER, CARLOS, ANA, WRONG, name="Novembro, segunda lista")
    going = await running(desk, CARLOS, ANA, WRONG, ELZA)
    now = await desk.now()
    for row in await desk.rows(CampaignRow, CampaignRow.campaign_id == going, CampaignRow.state == "waiting"):
        done = {"delivered_at": now, "read_at": now, "answered_at": now} if row.line == 2 else {}
        state = "calling" if done else "done"
        await desk.change(CampaignRow, row.id, state=state, attempts=1, sent_at=now, **done)
        case = await case_of(desk, row.cpf)
        await desk.add(
            ContactAttempt(case_id=case.id, campaign_row_id=row.id, means="whatsapp", number=1, settled=row.line == 5,
                           made_at=now - timedelta(days=15), address="+5598988000003", registered=True,
                           outcome="no_answer" if row.line == 5 else "delivered", request_key=key())
        )  # fmt: skip
    await contact(desk, "email", "no_answer", ago=timedelta(days=14))
    await contact(desk, "call", "confirmed", ago=timedelta(days=12), proof="gravação 4711")
    await desk.change(Campaign, reading, state="reading", lines_done=2)
    case, reported = await case_of(desk), await request_of(desk, "payment_report", ELZAS_CPF, stage="checking")
    return {
        "campaigns": "/campaigns", "columns": f"/campaigns/{columns}", "reading": f"/campaigns/{reading}",
        "plan": f"/campaigns/{planned}", "preview": f"/campaigns/{planned}?{PLAN}", "running": f"/campaigns/{going}",
        "lines": f"/campaigns/{going}/lines", "decisions": "/delinquency/decisions",
        "decisions-running": "/delinquency/decisions?group=running", "ladder": "/delinquency/ladder",
        "contract": f"/delinquency/contracts/{case.contract_id}", "reported": f"/protocols/{reported.id}",
    }  # fmt: skip


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("laptop", "light"), ("laptop", "dark")])
def test_every_page_of_collections_is_accessible(
    size: str, scheme: str, window: Opens, elsewhere: Elsewhere, console_screenshots: Path
) -> None:
    pages = elsewhere(everything(elsewhere.desk))
    page = window("olga", "/campaigns", size=size, scheme=scheme)
    for name, path in pages.items():
        page.goto(path)
        page.screenshot(path=console_screenshots / f"collections-{name}-{size}-{scheme}.png", full_page=True)
        accessible(page)
        for details in page.locator("details").all():
            details.evaluate("element => element.open = true")
        accessible(page)
        page.screenshot(path=console_screenshots / f"collections-{name}-{size}-{scheme}-open.png", full_page=True)


def test_a_list_becomes_a_campaign_step_by_step(window: Opens, elsewhere: Elsewhere, tmp_path: Path) -> None:
    elsewhere(somebody(elsewhere.desk))
    (tmp_path / "lista.xlsx").write_bytes(sheet(CARLOS, ANA, WRONG))
    page = window("olga", "/campaigns", size="laptop")
    page.get_by_label("Nome da campanha").fill("Novembro")
    page.get_by_label("Planilha").set_input_files(tmp_path / "lista.xlsx")
    page.get_by_role("button", name="Enviar lista").click()
    page.get_by_role("button", name="Confirmar colunas").click()
    expect(page.get_by_role("heading", name="Lendo a planilha")).to_be_visible()
    assert elsewhere(read_next(elsewhere.desk.store))
    expect(page.get_by_role("heading", name="Plano", exact=True)).to_be_visible()  # the page moves on by itself
    page.get_by_label("Pausas").fill("12h")
    page.get_by_role("button", name="Ver a prévia").click()
    expect(page.get_by_role("alert").filter(has_text="12h")).to_be_visible()
    expect(page.get_by_label("Pausas")).to_have_value("12h")
    page.get_by_label("Pausas").fill("12:00-13:00")
    page.get_by_role("button", name="Ver a prévia").click()
    expect(page.get_by_text("1 pessoa vai receber")).to_be_visible()
    page.get_by_label("Se a declaração é verdadeira").fill("sim")
    page.get_by_role("button", name="Aprovar").click()
    expect(page.get_by_role("alert").filter(has_text="Confirme a declaração")).to_be_visible()
    page.get_by_label("Se a declaração é verdadeira").fill("declaro")
    page.get_by_role("button", name="Aprovar").click()
    expect(page.get_by_role("status").filter(has_text="Campanha aprovada")).to_be_visible()
    page.get_by_text("Pausar", exact=True).click()
    page.get_by_role("button", name="Pausar agora").click()
    page.get_by_text("Retomar", exact=True).click()
    page.get_by_role("button", name="Retomar agora").click()
    expect(page.get_by_role("status").filter(has_text="Campanha retomada.")).to_be_visible()


def test_a_decision_is_made_where_the_case_stands(window: Opens, elsewhere: Elsewhere) -> None:
    elsewhere(everything(elsewhere.desk))
    page = window("olga", "/delinquency/decisions", size="laptop")
    case = page.get_by_role("article", name="Carlos Eduardo Nunes")
    case.get_by_text("Decidir", exact=True).click()
    case.get_by_label("Esperar").check()
    case.get_by_label("Motivo").fill("Prometeu pagar na sexta.")
    case.get_by_role("button", name="Registrar decisão").click()
    expect(page.get_by_role("status").filter(has_text="Decisão registrada.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Decididos")).click()
    expect(page.get_by_text("Prometeu pagar na sexta.")).to_be_visible()

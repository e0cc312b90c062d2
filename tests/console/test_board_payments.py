"""Reported payments on finance's board: what was said with each, and the three things that finance decides."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from backend.events import Event
from backend.protocols.tables import Protocol, ProtocolEntry
from backend.store.clock import business_now
from tests.console.boards_rig import document_of, request_of, stage_of
from tests.console.console_rig import CARLOS_CPF, Browser, Desk, OpenBrowser, key

SAID = "Meses: 09/2026. Relato: paguei pelo aplicativo no dia 3 Com comprovante."


async def reported(desk: Desk) -> Protocol:
    protocol = await request_of(desk, "payment_report", CARLOS_CPF, stage="checking")
    async with desk.store.unit_of_work() as session:
        entry = ProtocolEntry(
            protocol_id=protocol.id, at=await business_now(session), actor_kind="assistant", actor_id="", step="details",
            text=SAID,
        )  # fmt: skip
        session.add(entry)
    return protocol


async def finance(desk: Desk, open_browser: OpenBrowser) -> Browser:
    await desk.account("rosa", "Rosa Prado", "attendant", ("finance",))
    await desk.loads()
    return await open_browser("rosa")


async def decided(browser: Browser, protocol: Protocol, move: str, **fields: str) -> httpx.Response:
    page = (await browser.get(f"/protocols/{protocol.id}")).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    return await browser.post(f"/protocols/{protocol.id}/moves/{move}", request_key=key(), seen=seen, **fields)


async def told(desk: Desk) -> list[object]:
    return [event.values["text"] for event in await desk.rows(Event, Event.kind == "protocol_moved")]


async def test_a_card_says_which_months_and_how_they_were_paid(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await finance(desk, open_browser)
    await reported(desk)
    assert "Meses: 09/2026. Relato: paguei pelo aplicativo" in (await browser.get("/boards/finance")).text


@pytest.mark.parametrize(
    ("move", "fields", "ends"),
    [
        ("find_payment", {"text": "Baixada no dia 5."}, ("found", "payment_found")),
        ("miss_payment", {"reason": "O comprovante é de outro mês."}, ("not_found", "payment_not_found")),
    ],
)
async def test_finance_finds_a_payment_or_says_what_is_missing(
    desk: Desk, open_browser: OpenBrowser, move: str, fields: dict[str, str], ends: tuple[str, str]
) -> None:
    browser = await finance(desk, open_browser)
    protocol = await reported(desk)
    assert (await decided(browser, protocol, move, **fields)).status_code in {200, 303}
    assert (await stage_of(desk, protocol), *await told(desk)) == ends


async def test_another_receipt_is_asked_for_only_where_one_was_refused_with_its_reason(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await finance(desk, open_browser)
    protocol = await reported(desk)
    answer = await decided(browser, protocol, "ask_correction")
    assert "Recuse antes o documento" in answer.text
    refused: dict[str, Any] = {"state": "refused", "reason": "Não dá para ler o valor.", "decided_by": "rosa"}
    await document_of(desk, protocol, "receipt", decided_at=await desk.now(), **refused)
    await decided(browser, protocol, "ask_correction")
    assert await stage_of(desk, protocol) == "correction"
    assert await told(desk) == ["correction"]

"""Invoices in the console: the attendant sees the ledger, the conversation only what rule 3 lets through."""

import asyncio
from uuid import UUID

from backend.demo import load_invoices
from backend.invoices.tables import Invoice, IssuedSlip
from backend.protocols.tables import Protocol
from handoff.conversations.tables import Media
from tests.console.console_rig import CARLOS, CARLOS_CPF, DEBORAS_CPF, Browser, Desk, OpenBrowser, key


async def ledger(desk: Desk, contract_of: str = CARLOS_CPF) -> dict[str, Invoice]:
    person = await desk.person(contract_of)
    rows = await desk.rows(Invoice, Invoice.contract_id == person.contract_id)
    return {row.state: row for row in sorted(rows, key=lambda row: row.billing_month, reverse=True)}


async def at_work(desk: Desk, open_browser: OpenBrowser) -> Browser:
    await desk.account("marta", "Marta Lopes")
    await desk.loads(load_invoices)
    return await open_browser("marta")


async def test_a_second_copy_goes_out_as_the_assistant_sends_it_once(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await at_work(desk, open_browser)
    path = await desk.claimed_by(browser, CARLOS, CARLOS_CPF, name="Carlos")
    page = (await browser.get(f"{path}/person/invoices", fragment=True)).text
    assert "55 dias em atraso" in page
    assert "não fale de valores" not in page.lower()
    invoice = (await ledger(desk))["open"]
    form = {"request_key": key()}
    answers = await asyncio.gather(*(browser.post(f"{path}/invoices/{invoice.id}/slip", **form) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "Segunda via enviada na conversa." in answers[0].text
    (slip,) = await desk.rows(IssuedSlip)
    said = await desk.messages(UUID(path.split("/")[-1]), "out")
    assert [message.kind for message in said] == ["text", "document", "text", "text", "image"]
    assert said[0].body.startswith("Segunda via de *")
    assert (said[2].body, said[3].body) == (slip.digitable_line, slip.pix)
    assert {message.author_kind for message in said} == {"attendant"}
    assert [file.content_type for file in await desk.rows(Media)] == ["application/pdf", "image/png"]
    (protocol,) = await desk.rows(Protocol, Protocol.kind == "invoice_copy")
    assert (protocol.state, protocol.id) == ("closed", slip.protocol_id)
    assert len(await desk.audited("console.send_slip")) == 1
    (issued,) = await desk.audited("invoices.issue_slip")
    assert issued.actor_kind == "attendant"


async def test_a_dependent_never_hears_of_money_whoever_presses_the_button(
    desk: Desk, open_browser: OpenBrowser
) -> None:
    browser = await at_work(desk, open_browser)
    path = await desk.claimed_by(browser, "whatsapp:+5598988000004", DEBORAS_CPF, name="Débora")
    page = (await browser.get(f"{path}/person/invoices", fragment=True)).text
    assert "Não fale de valores com esta pessoa." in page
    assert "Enviar segunda via" not in page
    assert "Recibo" not in page
    rows = await ledger(desk)
    for address, form in (
        (f"invoices/{rows['open'].id}/slip", {}), (f"invoices/{rows['paid'].id}/receipt", {}),
        ("statement", {"year": "2026"}),
    ):  # fmt: skip
        answer = await browser.post(f"{path}/{address}", request_key=key(), **form)
        assert (answer.status_code, "Não fale de valores com Débora" in answer.text) == (403, True)
        assert "pendências administrativas" in answer.text
        assert "financeir" not in answer.text
    assert await desk.messages(UUID(path.split("/")[-1]), "out") == []
    assert await desk.rows(IssuedSlip) == []


async def test_while_nobody_is_verified_nothing_of_money_leaves(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await at_work(desk, open_browser)
    path = await desk.claimed_by(browser, CARLOS, name="Carlos")
    carlos = await desk.person(CARLOS_CPF)
    page = (await browser.get(f"{path}/person/invoices?who={carlos.id}", fragment=True)).text
    assert "não fale de valores" in page
    assert "R$" in page  # the attendant may see what he may not say
    assert "Enviar segunda via" not in page
    invoice = (await ledger(desk))["open"]
    answer = await browser.post(f"{path}/invoices/{invoice.id}/slip", request_key=key(), who=str(carlos.id))
    assert (answer.status_code, "Confirme a identidade" in answer.text) == (403, True)
    assert await desk.messages(UUID(path.split("/")[-1]), "out") == []


async def test_somebody_elses_invoice_is_not_sent_to_a_holder(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await at_work(desk, open_browser)
    path = await desk.claimed_by(browser, CARLOS, CARLOS_CPF, name="Carlos")
    foreign = (await ledger(desk, "71459364295"))["open"]
    answer = await browser.post(f"{path}/invoices/{foreign.id}/slip", request_key=key())
    assert answer.status_code == 403
    assert await desk.rows(IssuedSlip) == []


async def test_what_was_paid_or_kept_back_meanwhile_is_said(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await at_work(desk, open_browser)
    path = await desk.claimed_by(browser, CARLOS, CARLOS_CPF, name="Carlos")
    rows = await ledger(desk)
    answer = await browser.post(f"{path}/invoices/{rows['paid'].id}/slip", request_key=key())
    assert (answer.status_code, "já está paga" in answer.text) == (422, True)
    await desk.change(Invoice, rows["open"].id, slip_withheld="débito automático recusado")
    page = (await browser.get(f"{path}/person/invoices", fragment=True)).text
    assert "Boleto retido pelo financeiro" in page
    answer = await browser.post(f"{path}/invoices/{rows['open'].id}/slip", request_key=key())
    assert (answer.status_code, "débito automático recusado" in answer.text) == (422, True)
    assert await desk.audited("console.send_slip") == []


async def test_receipts_and_a_years_statement_are_sent(desk: Desk, open_browser: OpenBrowser) -> None:
    browser = await at_work(desk, open_browser)
    path = await desk.claimed_by(browser, CARLOS, CARLOS_CPF, name="Carlos")
    paid = (await ledger(desk))["paid"]
    assert paid.paid_on is not None
    answer = await browser.post(f"{path}/invoices/{paid.id}/receipt", request_key=key())
    assert "Recibo enviado na conversa." in answer.text
    answer = await browser.post(f"{path}/statement", request_key=key(), year=str(paid.paid_on.year))
    assert "Demonstrativo enviado na conversa." in answer.text
    said = [message.body for message in await desk.messages(UUID(path.split("/")[-1]), "out")]
    assert said[1] == f"recibo-{paid.billing_month:%Y-%m}.pdf"
    assert said[3] == f"demonstrativo-{paid.paid_on.year}.pdf"
    for year, status in (("1999", 422), ("", 422), ("abcd", 422)):
        assert (await browser.post(f"{path}/statement", request_key=key(), year=year)).status_code == status


async def test_only_who_has_the_conversation_sends(desk: Desk, open_browser: OpenBrowser) -> None:
    marta = await at_work(desk, open_browser)
    await desk.account("joana", "Joana Dias")
    await desk.account("otavio", "Otávio Prado", "operator")
    path = await desk.claimed_by(marta, CARLOS, CARLOS_CPF, name="Carlos")
    invoice = (await ledger(desk))["open"]
    for name, words in (("joana", "Assuma a conversa"), ("otavio", "só lê conversas")):
        browser = await open_browser(name)
        page = (await browser.get(f"{path}/person/invoices", fragment=True)).text
        assert "Enviar segunda via" not in page
        answer = await browser.post(f"{path}/invoices/{invoice.id}/slip", request_key=key())
        assert (answer.status_code, words in answer.text) == (403, True)
    await marta.post(f"{path}/close")
    answer = await marta.post(f"{path}/invoices/{invoice.id}/slip", request_key=key())
    assert (answer.status_code, "já foi encerrada" in answer.text) == (409, True)
    assert await desk.rows(IssuedSlip) == []

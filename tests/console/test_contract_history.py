"""A contract's page: everything that happened about its arrears, its papers, and whether its evidence is whole."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from pypdf import PdfReader

from backend.delinquency.tables import EvidenceLink, Notice
from tests.console.boards_rig import request_of
from tests.console.collections_rig import case_of, contact, running, somebody, words_of
from tests.console.console_rig import ANAS_CPF, CARLOS, CARLOS_CPF, Browser, Desk, OpenBrowser


async def with_a_past(desk: Desk, open_browser: OpenBrowser, *staff: object) -> tuple[Browser, str]:
    """Carlos was listed, written to in vain, and confirmed by telephone; a browser, and his contract's address."""
    await somebody(desk, *staff)  # type: ignore[arg-type]
    await running(desk)
    await contact(desk, "email", "no_answer", ago=timedelta(days=14))
    await contact(desk, "call", "confirmed", ago=timedelta(days=12), proof="gravação 4711")
    return await open_browser("olga"), f"/delinquency/contracts/{(await case_of(desk)).contract_id}"


async def test_all_that_happened_stands_in_order(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, address = await with_a_past(desk, open_browser)
    said = words_of((await browser.get(address)).text)
    happened = ["Entrou na lista Novembro , linha 2", "Notificado em", "Contato por telefone: confirmou ciência",
                "Contato por e-mail: sem resposta"]  # fmt: skip
    places = [said.find(words) for words in happened]
    assert -1 not in places
    assert places[1:] == sorted(places[1:])
    for words in ("Em atraso hoje", "Total", "Débora Nunes Alves", "confere", "cadeia íntegra"):
        assert words in said


async def test_collections_see_it_and_other_teams_do_not(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, address = await with_a_past(desk, open_browser, "attendant", ("collections",))
    page = (await browser.get(address)).text
    assert "/campaigns/" not in page
    await desk.account("rosa", "Rosa Prado", "attendant", ("registration",))
    other = await open_browser("rosa")
    case = await case_of(desk)
    for path in (address, f"/delinquency/cases/{case.id}/dossier.pdf", f"/delinquency/cases/{case.id}/notice.pdf"):
        assert (await other.get(path)).status_code == 403


@pytest.mark.parametrize(("teams", "leads"), [(("collections", "finance"), True), (("finance",), False)])
async def test_panel_and_protocols_lead_there_for_who_may_see_it(
    teams: tuple[str, ...], leads: bool, desk: Desk, open_browser: OpenBrowser
) -> None:
    await somebody(desk, "attendant", teams)
    browser, person = await open_browser("olga"), await desk.person(CARLOS_CPF)
    address = f"/delinquency/contracts/{person.contract_id}"
    panel = await desk.claimed_by(browser, CARLOS, CARLOS_CPF, name="Carlos")
    assert (address in (await browser.get(f"{panel}/person/invoices", fragment=True)).text) is leads
    reported = await request_of(desk, "payment_report", CARLOS_CPF, stage="checking")
    page = (await browser.get(f"/protocols/{reported.id}")).text
    assert (address in page) is leads
    assert "Em atraso no sistema hoje" in page  # finance compares it with the receipt
    other = await request_of(desk, "invoice_copy", CARLOS_CPF, stage="")
    assert address not in (await browser.get(f"/protocols/{other.id}")).text


async def test_its_papers_are_pdfs_and_every_look_is_audited(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, address = await with_a_past(desk, open_browser)
    case, [notice] = await case_of(desk), await desk.rows(Notice)
    await browser.get(address)
    papers = [f"/delinquency/cases/{case.id}/dossier.pdf", f"/delinquency/cases/{case.id}/notice.pdf",
              f"/delinquency/notices/{notice.id}/paper.pdf"]  # fmt: skip
    for path in papers:
        answer = await browser.get(path)
        assert answer.headers["content-type"] == "application/pdf"
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        assert "Carlos Eduardo Nunes" in text
    looks = [(look.subject_kind, look.details.get("part")) for look in await desk.audited("console.collections")]
    assert looks == [("contract", None), ("delinquency_case", "notice"), ("delinquency_case", "told")]
    assert len(await desk.audited("delinquency.print_evidence")) == 1


async def test_a_changed_link_is_named(desk: Desk, open_browser: OpenBrowser) -> None:
    browser, address = await with_a_past(desk, open_browser)
    links = await desk.rows(EvidenceLink, EvidenceLink.ordinal == 2)
    await desk.change(EvidenceLink, links[0].id, content={"forged": True})
    said = words_of((await browser.get(address)).text)
    assert "não confere a partir do registro 2" in said


@pytest.mark.parametrize(
    "path", ["contracts/{}", "cases/{}/dossier.pdf", "cases/{}/notice.pdf", "notices/{}/paper.pdf"]
)
async def test_what_is_not_there_is_said_in_words(path: str, desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    answer = await (await open_browser("olga")).get(f"/delinquency/{path.format(uuid4())}")
    assert answer.status_code == 404
    assert "<h1>" in answer.text


async def test_a_paid_case_has_no_notice_to_be_sent(desk: Desk, open_browser: OpenBrowser) -> None:
    await somebody(desk)
    case = await case_of(desk, ANAS_CPF)
    answer = await (await open_browser("olga")).get(f"/delinquency/cases/{case.id}/notice.pdf")
    assert answer.status_code == 422

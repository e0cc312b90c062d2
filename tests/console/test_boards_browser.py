"""Boards and a protocol's page in a real browser: by keyboard, live, at a desk and on a telephone."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backend.demo import load_invoices, load_procedures
from backend.documents.tables import Document
from backend.procedures import catalogue
from backend.procedures.tables import Authorization
from backend.registration.tables import RegistrationChange
from tests.console.boards_rig import (
    coming_of_age_of,
    dispute_of,
    document_of,
    holder_change_of,
    picture,
    registration_of,
    request_of,
    stage_of,
)
from tests.console.browser_rig import CHROMIUM, Opens, accessible, chromium, listening, window
from tests.console.conftest import Elsewhere
from tests.console.console_rig import ANA, ANAS_CPF, CARLOS_CPF, Desk

__all__ = ["chromium", "window"]

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium found: set CHROMIUM to its path")


async def all_boards(desk: Desk) -> dict[str, str]:
    """Something on every board; the addresses of one protocol of each kind."""
    await desk.account("celia", "Célia Ramos", "admin")
    await catalogued(desk)
    await desk.loads(load_invoices, load_procedures)
    conversation = await desk.write(ANA, "quero mudar meu endereço")
    await desk.hand_over(conversation, "registration", priority=2)
    registration = await registration_of(desk, conversation=conversation, due=timedelta(hours=5))
    await document_of(desk, registration, "address_proof", state="refused", reason="Está cortado.", decided_by="x")
    await document_of(desk, registration, "", pages=3)
    await request_of(desk, "coming_of_age", stage="gathering")
    age = await coming_of_age_of(desk, due=-timedelta(days=2))
    await coming_of_age_of(desk, stage="waiting_beneficiary")
    holder = await holder_change_of(desk, due=timedelta(days=1))
    dispute = await dispute_of(desk)
    await dispute_of(desk, stage="with_finance")
    [guia] = await desk.rows(Authorization, Authorization.state == "in_audit")
    disputed = await request_of(desk, "charge_dispute", CARLOS_CPF, stage="gathering")
    asked = await request_of(desk, "procedure_request", CARLOS_CPF)
    made = {"registration": registration.id, "age": age.id, "holder": holder.id, "dispute": dispute.id,
            "disputed": disputed.id, "asked": asked.id, "guia": guia.protocol_id}  # fmt: skip
    more = {"asked": "&q=ressonância"}
    return {name: f"/protocols/{one}?board=registration{more.get(name, '')}" for name, one in made.items()}


async def catalogued(desk: Desk) -> None:
    async with desk.store.unit_of_work() as session:
        await catalogue.load(session)


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("laptop", "light"), ("laptop", "dark")])
def test_every_board_and_every_kind_of_protocol_is_accessible(
    size: str, scheme: str, window: Opens, elsewhere: Elsewhere, console_screenshots: Path
) -> None:
    pages = elsewhere(all_boards(elsewhere.desk))
    boards = {code: f"/boards/{code}" for code in ("registration", "medical_accounts", "finance", "authorizations")}
    page = window("celia", "/boards", size=size, scheme=scheme)
    for name, path in {"boards": "/boards", **boards, **pages}.items():
        page.goto(path)
        page.screenshot(path=console_screenshots / f"board-{name}-{size}-{scheme}.png", full_page=True)
        accessible(page)
        for details in page.locator(".protocol details").all():
            details.evaluate("element => element.open = true")
        accessible(page)
        page.screenshot(path=console_screenshots / f"board-{name}-{size}-{scheme}-open.png", full_page=True)


def test_a_no_is_read_once_more_before_it_is_told(
    window: Opens, elsewhere: Elsewhere, console_screenshots: Path
) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("rosa", "Rosa Prado", teams=("registration",)))
    elsewhere(desk.loads())
    protocol = elsewhere(holder_change_of(desk))
    page = window("rosa", f"/protocols/{protocol.id}", size="laptop")
    listening(page)
    page.get_by_text("Não é possível…").click()
    page.get_by_label("Por que não é possível").fill("A certidão não confere com o cartório.")
    page.get_by_role("button", name="Conferir", exact=True).click()
    expect(page.get_by_text("Confira antes de encerrar")).to_be_visible()
    page.screenshot(path=console_screenshots / "board-refusal-again.png", full_page=True)
    accessible(page)
    assert elsewhere(stage_of(desk, protocol)) == "in_review"
    page.get_by_role("button", name="Encerrar e avisar a pessoa").click()
    expect(page.get_by_text("Encerrado: a pessoa recebe o motivo.")).to_be_visible()
    assert elsewhere(stage_of(desk, protocol)) == "refused"


def test_a_procedure_is_looked_for_and_asked_for_at_the_counter(
    window: Opens, elsewhere: Elsewhere, console_screenshots: Path
) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("rosa", "Rosa Prado", teams=("authorizations",)))
    elsewhere(desk.loads())
    elsewhere(catalogued(desk))
    protocol = elsewhere(request_of(desk, "procedure_request", CARLOS_CPF))
    page = window("rosa", f"/protocols/{protocol.id}", size="laptop")
    listening(page)
    page.get_by_label("Código TUSS ou nome").fill("ressonância do joelho")
    page.get_by_role("button", name="Procurar").click()
    page.get_by_label("RM - Articular").check()
    page.get_by_label("Quem pediu").fill("Dra. Salete Queirós, CRM-MA 4207")
    page.get_by_role("button", name="Registrar o pedido").click()
    expect(page.get_by_text("em análise. A pessoa vai saber.")).to_be_visible()
    expect(page.get_by_role("link", name="‹ Guias")).to_be_visible()
    page.screenshot(path=console_screenshots / "board-asked-done.png", full_page=True)
    accessible(page)


def test_a_request_is_decided_by_keyboard_alone(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("rosa", "Rosa Prado", teams=("registration",)))
    elsewhere(desk.loads())
    elsewhere(request_of(desk, "registration_update", CARLOS_CPF, due=timedelta(hours=1)))
    protocol = elsewhere(registration_of(desk, due=timedelta(hours=2)))
    page = window("rosa", "/boards/registration", size="laptop")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Carlos Eduardo Nunes")).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Ana Beatriz Rocha")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ana Beatriz Rocha")).to_be_visible()
    page.keyboard.press("j")  # the first change
    page.keyboard.press("r")
    reason = page.get_by_label("Motivo, em palavras para a pessoa").first
    expect(reason).to_be_focused()
    page.keyboard.type("A conta é de outra pessoa, jar.")  # letters that are keys elsewhere
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("✓ Endereço: recusado.")).to_be_visible()
    expect(page.locator(".change").nth(2)).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_text("✓ E-mail: aceito.")).to_be_visible()
    expect(page.locator(".paper").first).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_text("✓ Comprovante de endereço: aceito.")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_label(re.compile("O que a pessoa precisa corrigir"))).to_be_focused()
    page.keyboard.type("Mande uma conta sua.")
    page.get_by_role("button", name="Pedir correção").press("Enter")
    expect(page.get_by_text("✓ Correção pedida")).to_be_visible()
    assert elsewhere(stage_of(desk, protocol)) == "correction"
    states = {row.field: row.state for row in elsewhere(desk.rows(RegistrationChange))}
    assert states == {"address": "refused", "email": "accepted"}
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Atalhos do teclado")).to_be_visible()
    accessible(page)


def test_a_page_that_changes_elsewhere_keeps_what_is_half_typed(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("rosa", "Rosa Prado"))
    elsewhere(desk.account("nina", "Nina Alves"))
    elsewhere(desk.loads())
    conversation = elsewhere(desk.write(ANA, "oi"))
    protocol = elsewhere(coming_of_age_of(desk, conversation=conversation))
    first, second = (window(name, f"/protocols/{protocol.id}", size="laptop") for name in ("rosa", "nina"))
    listening(first)
    listening(second)
    first.locator("summary", has_text="Recusar").click()
    first.get_by_label("O que há de errado").fill("Está sem o ver")
    first.get_by_role("button", name="Girar").click()
    second.get_by_role("button", name="Aceitar", exact=True).click()
    expect(second.get_by_text("✓ RG: aceito.")).to_be_visible()
    # rosa's page knows at once, and her words are still there to be used elsewhere or dropped
    expect(first.locator(".paper").first).to_contain_text("aceito")
    second.locator("[data-writes] textarea").fill("Falta pouco.")
    second.get_by_role("button", name="Enviar").click()
    expect(second.get_by_text("✓ Resposta registrada")).to_be_visible()
    expect(second.locator("[data-writes] textarea")).to_have_value("")
    expect(first.get_by_text("Falta pouco.")).to_be_visible()


def test_half_typed_words_and_a_turned_picture_survive_a_refresh(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("rosa", "Rosa Prado"))
    elsewhere(desk.loads())
    conversation = elsewhere(desk.write(ANA, "oi"))
    protocol = elsewhere(coming_of_age_of(desk, conversation=conversation))
    page = window("rosa", f"/protocols/{protocol.id}", size="laptop")
    listening(page)
    page.get_by_role("button", name="Girar").click()
    page.locator("summary", has_text="Recusar").click()
    box = page.get_by_label("O que há de errado")
    box.press_sequentially("Está sem o ver")
    elsewhere(document_of(desk, protocol, "licence"))
    elsewhere(desk.write(ANA, "mandei a CNH também"))
    expect(page.locator(".paper")).to_have_count(5)
    expect(box).to_have_value("Está sem o ver")
    expect(box).to_be_focused()
    expect(page.locator(".sheets")).to_have_attribute("data-turn", "90")
    box.press_sequentially("so.")
    page.get_by_role("button", name="Recusar", exact=True).click()
    expect(page.get_by_text("✓ RG: recusado.")).to_be_visible()
    refused = elsewhere(desk.rows(Document, Document.state == "refused"))
    assert [document.reason for document in refused] == ["Está sem o verso."]


def test_a_board_fills_by_itself_and_settles_what_is_marked(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("rosa", "Rosa Prado", teams=("finance",)))
    elsewhere(desk.loads())
    conversation = elsewhere(desk.write(ANA, "oi"))
    page = window("rosa", "/boards/finance", size="laptop")
    expect(page.get_by_text("Nada esperando por aqui agora.")).to_be_visible()
    listening(page)
    made = [elsewhere(dispute_of(desk, ANAS_CPF, stage="with_finance", conversation=conversation)) for _ in range(2)]
    elsewhere(desk.write(ANA, "e agora?"))
    expect(page.locator(".board-card")).to_have_count(2, timeout=15_000)
    together = page.get_by_role("button", name=re.compile("Confirmar os descontos escolhidos"))
    expect(together).to_be_disabled()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(together).to_have_text("Confirmar os descontos escolhidos (2)")
    together.click()
    expect(page.get_by_text("✓ 2 protocolos concluídos.")).to_be_visible()
    assert {elsewhere(stage_of(desk, protocol)) for protocol in made} == {"settled"}


def test_filters_stay_in_the_address(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("rosa", "Rosa Prado"))
    elsewhere(desk.loads())
    elsewhere(coming_of_age_of(desk))
    elsewhere(holder_change_of(desk))
    page = window("rosa", "/boards/registration", size="laptop")
    page.get_by_label("Pedido").select_option("holder_change")
    expect(page.locator(".board-card")).to_have_count(1)
    page.get_by_label("Procurar").fill("carlos")
    expect(page).to_have_url(re.compile(r"q=carlos"))
    page.reload()
    expect(page.locator(".board-card")).to_have_count(1)
    expect(page.get_by_label("Pedido")).to_have_value("holder_change")
    page.get_by_role("link", name="Limpar filtros").click()
    expect(page.locator(".board-card")).to_have_count(2)


def test_a_photograph_from_the_counter_is_added_and_looked_at_large(
    window: Opens, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("rosa", "Rosa Prado"))
    elsewhere(desk.loads())
    protocol = elsewhere(request_of(desk, "coming_of_age"))
    photograph = tmp_path / "rg.jpg"
    photograph.write_bytes(picture("RG do balcão"))
    page = window("rosa", f"/protocols/{protocol.id}", size="laptop")
    page.locator("summary", has_text="Anexar documento").click()
    page.get_by_label("O que é").select_option("rg")
    page.get_by_label("Arquivo").set_input_files(photograph)
    page.get_by_role("button", name="Anexar", exact=True).click()
    expect(page.get_by_text("✓ Documento anexado.")).to_be_visible(timeout=30_000)
    expect(page.locator(".paper")).to_have_count(1)
    shown(page)
    page.keyboard.press("z")
    expect(page.locator(".sheets")).to_have_attribute("data-zoom", "2")
    page.get_by_role("button", name="Tela cheia").click()
    accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator(".viewer.wide")).to_have_count(0)


def shown(page: Page) -> None:
    """Waits until the page of the document is there as a picture."""
    sheet = page.get_by_role("img", name=re.compile("página 1"))
    expect(sheet).to_be_visible()
    assert sheet.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_a_denial_is_read_again_in_the_browser(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    pages = elsewhere(all_boards(desk))
    page = window("celia", pages["guia"], size="laptop")
    page.locator("summary", has_text="Negar").click()
    page.get_by_label("Motivo, em palavras simples").fill("O pedido não traz a indicação do material.")
    page.get_by_label("Cláusula do contrato ou lei").fill("Cláusula 12")
    page.get_by_label("Registro profissional").fill("CRM-MA 4207")
    page.get_by_role("button", name="Conferir a negativa").click()
    expect(page.get_by_role("heading", name="Confira antes de negar")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Negar e avisar a pessoa").click()
    expect(page.get_by_text("✓ Negativa registrada")).to_be_visible()
    expect(page.get_by_role("link", name="Negativa por escrito")).to_be_visible()

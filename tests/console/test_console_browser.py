"""The console in a real browser: live, by keyboard, at a desk and on a telephone."""

import re
import zlib
from pathlib import Path
from struct import pack
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from backend.store.files import keep
from handoff.conversations.tables import Media, Message
from handoff.whatsapp.inbound import InboundMedia
from tests.console.browser_rig import CHROMIUM, Opens, accessible, chromium, listening, window
from tests.console.conftest import Elsewhere
from tests.console.console_rig import ANA, BRUNO, PASSWORD, Desk, inbound

__all__ = ["chromium", "window"]

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium found: set CHROMIUM to its path")


def drawing() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))

    rows = (b"\0" + bytes([90, 160, 150]) * 240) * 160
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", pack(">IIBBBBB", 240, 160, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


async def a_full_conversation(desk: Desk) -> UUID:
    """One of everything that a conversation can hold; others wait."""
    conversation = await desk.write(ANA, "oi, quero marcar dermatologista")
    turn = await desk.turn(conversation)
    reading = {"intent": {"name": "schedule_appointment", "confidence": 0.93}, "intent_ranking": [], "entities": []}
    first = (await desk.messages(conversation, "in"))[0]
    await desk.change(Message, first.id, understood=reading, turn_id=turn.id)
    text = "Seu protocolo é *99999920261122000017*. Qual turno?"
    said = await desk.assistant_says(conversation, text, ("Manhã", "Tarde"))
    await desk.change(Message, said.id, delivery="read", turn_id=turn.id)
    await desk.write(ANA, "Manhã", kind="button")
    files = [InboundMedia("https://m.invalid/1", "image/png"), InboundMedia("https://m.invalid/2", "application/pdf"),
             InboundMedia("https://m.invalid/3", "audio/ogg")]  # fmt: skip
    await desk.receives(inbound(ANA, "segue o pedido", kind="image", media=tuple(files)))
    async with desk.store.unit_of_work() as session:
        image, document, _ = (await session.execute(select(Media).order_by(Media.ordinal))).scalars()
        image.state, image.sha256, image.content_type, image.size = "stored", keep(drawing()), "image/png", 999
        document.state = "failed"
    await desk.write(ANA, "Clínica Boa Vista", kind="location", Latitude="-2.53", Longitude="-44.30",
                     Label="Clínica Boa Vista")  # fmt: skip
    unsent = await desk.assistant_says(conversation, "Encontrei um horário.")
    await desk.change(Message, unsent.id, state="unsent", delivery=None)
    await desk.known_person(conversation)
    await desk.hand_over(conversation, summary="Quer dermatologia em São Luís, de manhã.", priority=2)
    other = await desk.write(BRUNO, "segunda via do boleto, por favor", name="Bruno Rocha Lima")
    await desk.hand_over(other, "finance", reason="request:invoice_copy")
    return conversation


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_at_the_size_of_a(
    size: str, scheme: str, window: Opens, elsewhere: Elsewhere, console_screenshots: Path
) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("celia", "Célia Ramos", "admin"))
    conversation = elsewhere(a_full_conversation(desk))

    def look(page: Page, name: str) -> None:
        page.screenshot(path=console_screenshots / f"console-{name}-{size}-{scheme}.png")
        accessible(page)

    page = window(path="/login", size=size, scheme=scheme)
    look(page, "login")
    page = window("celia", "/?box=queue", size=size, scheme=scheme)
    expect(page.get_by_role("link", name="Ana Beatriz")).to_contain_text("urgente")
    look(page, "list")
    page.get_by_role("link", name="Ana Beatriz").click()
    page.get_by_role("button", name="Assumir").click()
    page.get_by_label("Nota interna").check()
    expect(page.get_by_role("textbox", name="Mensagem")).to_have_attribute("placeholder", "Nota para a equipe")
    page.get_by_role("textbox", name="Mensagem").fill("conferir a guia")
    page.get_by_role("button", name="Salvar nota").click()
    expect(page.get_by_text("nota interna, só a equipe vê")).to_be_visible()
    look(page, "conversation")
    if size == "phone":
        page.get_by_role("link", name="Dados").click()
        look(page, "person")
    page.goto("/operator")
    look(page, "operator")
    page.goto(f"/operator/conversations/{conversation}")
    page.get_by_text("Entendido:").click()
    look(page, "transcript")


def test_dialogs_are_accessible(window: Opens, elsewhere: Elsewhere) -> None:
    elsewhere(elsewhere.desk.account("marta", "Marta Lopes"))
    conversation = elsewhere(elsewhere.desk.write(ANA, "oi"))
    elsewhere(elsewhere.desk.hand_over(conversation))
    page = window("marta", f"/conversations/{conversation}")
    page.get_by_role("button", name="Assumir").click()
    for name in ("Transferir", "Encerrar"):
        page.locator(".moves").get_by_role("button", name=name).click()
        accessible(page)
        page.get_by_role("button", name="Cancelar").click()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Atalhos do teclado")).to_be_visible()
    accessible(page)


def test_a_message_appears_without_a_reload_and_leaves_reply_and_focus_alone(
    window: Opens, elsewhere: Elsewhere
) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    conversation = elsewhere(desk.write(ANA, "oi"))
    elsewhere(desk.hand_over(conversation))
    page, second = (window("marta", f"/conversations/{conversation}?box=queue") for _ in range(2))
    listening(page)
    listening(second)
    page.get_by_role("button", name="Assumir").click()
    expect(second.get_by_role("log")).to_contain_text("Marta Lopes assumiu a conversa.")
    box = page.get_by_role("textbox", name="Mensagem")
    expect(box).to_have_attribute("placeholder", "Escreva para Ana")
    box.press_sequentially("Estou vend")
    page.evaluate("window.untouched = true")
    elsewhere(desk.write(ANA, "tem alguém aí?"))
    expect(page.get_by_role("log")).to_contain_text("tem alguém aí?")
    expect(second.get_by_role("log")).to_contain_text("tem alguém aí?")
    expect(box).to_have_value("Estou vend")
    expect(box).to_be_focused()
    box.press_sequentially("o")
    box.press("Shift+Enter")
    box.press_sequentially("só um instante")
    box.press("Enter")
    expect(second.get_by_role("log")).to_contain_text("Estou vendo\nsó um instante")
    expect(box).to_have_value("")
    assert page.evaluate("window.untouched")
    sent = elsewhere(desk.messages(conversation, "out"))
    assert [message.body for message in sent] == ["Estou vendo\nsó um instante"]


def test_two_attendants_who_claim_at_once_see_who_has_it(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    elsewhere(desk.account("joana", "Joana Dias"))
    conversation = elsewhere(desk.write(ANA, "oi"))
    elsewhere(desk.hand_over(conversation))
    pages = [window(name, f"/conversations/{conversation}") for name in ("marta", "joana")]
    for page in pages:
        # the click of the second comes before the first one's is heard
        page.evaluate("document.getElementById('stream').remove()")
    for page in pages:
        page.get_by_role("button", name="Assumir").click(no_wait_after=True)
    expect(pages[0].get_by_role("textbox", name="Mensagem")).to_have_attribute("placeholder", "Escreva para Ana")
    expect(pages[1].get_by_role("alert")).to_have_text("Marta Lopes já assumiu esta conversa.")
    expect(pages[1].get_by_text("Marta Lopes está com esta conversa.")).to_be_visible()
    expect(pages[1].get_by_role("button", name="Assumir")).to_have_count(0)


def test_a_double_click_sends_once(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    conversation = elsewhere(desk.write(ANA, "oi"))
    page = window("marta", f"/conversations/{conversation}")
    page.get_by_role("button", name="Assumir").click()
    expect(page.get_by_role("textbox", name="Mensagem")).to_have_attribute("placeholder", "Escreva para Ana")
    page.get_by_role("textbox", name="Mensagem").fill("um só")
    page.get_by_role("button", name="Enviar").dblclick()
    expect(page.get_by_role("log")).to_contain_text("um só")
    expect(page.get_by_role("textbox", name="Mensagem")).to_have_value("")
    assert len(elsewhere(desk.messages(conversation, "out"))) == 1


def test_a_draft_waits_while_other_conversations_are_read_and_survives_a_refusal(
    window: Opens, elsewhere: Elsewhere
) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    first = elsewhere(desk.write(ANA, "oi"))
    elsewhere(desk.write(BRUNO, "boa tarde", name="Bruno"))
    page = window("marta", f"/conversations/{first}?box=assistant")
    page.get_by_role("button", name="Assumir").click()
    box = page.get_by_role("textbox", name="Mensagem")
    expect(box).to_have_attribute("placeholder", "Escreva para Ana")
    box.fill("rascunho para Ana")
    page.get_by_role("link", name="Bruno").click()
    expect(page.get_by_role("heading", name="Bruno")).to_be_visible()
    expect(box).to_have_value("")
    page.go_back()
    expect(page.get_by_role("heading", name="Ana Beatriz")).to_be_visible()
    expect(box).to_have_value("rascunho para Ana")
    page.reload()
    expect(box).to_have_value("rascunho para Ana")
    page.evaluate("document.querySelector('[name=request_key]').value = 'estragado'")
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("alert")).to_contain_text("Recarregue a página e envie de novo.")
    expect(box).to_have_value("rascunho para Ana")


def test_a_conversation_is_transferred_given_back_and_closed_by_hand(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    conversation = elsewhere(desk.write(ANA, "oi"))
    page = window("marta", f"/conversations/{conversation}")
    page.get_by_role("button", name="Assumir").click()
    page.get_by_role("button", name="Transferir").click()
    page.get_by_label("Setor").select_option(label="Financeiro")
    page.get_by_label("Motivo").fill("Pergunta sobre boleto")
    page.get_by_role("dialog").get_by_role("button", name="Transferir").click()
    expect(page.get_by_role("log")).to_contain_text("transferiu para Financeiro. Motivo: Pergunta sobre boleto")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Assumir").click()
    page.get_by_role("button", name="Devolver").click()
    expect(page.get_by_role("log")).to_contain_text("devolveu a conversa para a assistente.")
    page.get_by_role("button", name="Assumir").click()
    page.get_by_role("button", name="Encerrar").click()
    page.get_by_role("dialog").get_by_role("button", name="Encerrar").click()
    expect(page.get_by_text("Conversa encerrada pelo atendimento")).to_be_visible()
    assert elsewhere(desk.conversation(conversation)).closed_by == "attendant"


def test_the_keyboard_is_enough(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    for number, name in enumerate(("Ana", "Bruno", "Carlos")):
        conversation = elsewhere(desk.write(f"whatsapp:+559898800000{number}", f"sou {name}", name=name))
        elsewhere(desk.hand_over(conversation))
    page = window("marta", "/?box=queue")
    listening(page)
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="Bruno")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("sou Bruno")
    expect(page.get_by_role("link", name="Bruno")).to_have_attribute("aria-current", "true")
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="Mensagem")).to_be_focused()
    page.keyboard.type("jk?")
    expect(page.get_by_role("textbox", name="Mensagem")).to_have_value("jk?")
    page.keyboard.press("Escape")
    elsewhere(desk.write("whatsapp:+5598988000000", "ainda espero", name="Ana"))
    expect(page.get_by_role("link", name="Ana")).to_contain_text("ainda espero")
    expect(page.get_by_role("link", name="Bruno")).to_have_attribute("aria-current", "true")


def test_what_is_unread_is_marked_until_its_owner_looks(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    mine = elsewhere(desk.write(ANA, "oi"))
    page = window("marta", f"/conversations/{mine}?box=assistant")
    listening(page)
    page.get_by_role("button", name="Assumir").click()
    expect(page.get_by_role("log")).to_contain_text("assumiu a conversa.")
    page.goto("/?box=mine")
    listening(page)
    elsewhere(desk.write(ANA, "e aí?"))
    row = page.get_by_role("link", name="Ana Beatriz")
    expect(row).to_contain_text("1 não lida")
    row.click()
    expect(page.get_by_role("link", name="Ana Beatriz")).not_to_contain_text("não lida")
    assert elsewhere(desk.conversation(mine)).unread == 0


def test_a_telephone_shows_one_thing_at_a_time(window: Opens, elsewhere: Elsewhere) -> None:
    desk = elsewhere.desk
    elsewhere(desk.account("marta", "Marta Lopes"))
    elsewhere(desk.write(ANA, "oi"))
    page = window("marta", "/?box=assistant", size="phone")
    page.get_by_role("link", name="Ana Beatriz").click()
    expect(page.get_by_role("heading", name="Ana Beatriz")).to_be_focused()
    expect(page.locator("#inbox")).to_be_hidden()
    page.get_by_role("link", name="Dados").click()
    expect(page.get_by_role("heading", name="Dados da conversa")).to_be_in_viewport()
    page.get_by_role("link", name="Fechar").click()
    page.get_by_role("link", name="Voltar para a lista").click()
    expect(page.locator("#inbox")).to_be_visible()


def test_html_in_a_message_does_nothing(window: Opens, elsewhere: Elsewhere) -> None:
    elsewhere(elsewhere.desk.account("marta", "Marta Lopes"))
    attack = '<img src=x onerror="window.caught=1"><script>window.caught=1</script>'
    conversation = elsewhere(elsewhere.desk.write(ANA, attack))
    page = window("marta", f"/conversations/{conversation}")
    listening(page)
    elsewhere(elsewhere.desk.write(ANA, attack))
    expect(page.locator(".line.in .text")).to_have_text([attack, attack])
    assert page.evaluate("window.caught") is None


def test_a_session_that_ended_leads_to_the_login_and_back(window: Opens, elsewhere: Elsewhere) -> None:
    elsewhere(elsewhere.desk.account("marta", "Marta Lopes"))
    conversation = elsewhere(elsewhere.desk.write(ANA, "oi"))
    page = window("marta", "/?box=assistant")
    # what the stream says makes the list fetch itself, which would lead to the login before the click does
    page.route("**/events?*", lambda route: route.fulfill(content_type="text/event-stream", body=""))
    page.reload()
    page.context.clear_cookies()
    with page.expect_navigation(url=re.compile("/login")):
        page.get_by_role("link", name="Ana Beatriz").click()
    page.get_by_label("Usuário").fill("marta")
    page.get_by_label("Senha").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url(re.compile(r"box=assistant|/conversations/"))
    assert str(conversation) in page.content()

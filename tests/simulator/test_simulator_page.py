"""The page that looks like a telephone, in a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from simulator_rig import ANA, Product, Simulator, until

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium found: set CHROMIUM to its path")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, simulator: Simulator) -> Iterator[Callable[[str], Page]]:
    """Opens the page at one of the sizes; fails the test on any error in the console."""
    complaints: list[str] = []
    contexts = []

    def opened(size: str = "desktop") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="pt-BR",
            timezone_id="America/Fortaleza",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(simulator.url)
        expect(page.get_by_role("tab", name="Ana Beatriz Rocha")).to_have_attribute("aria-selected", "true")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def say(simulator: Simulator, body: str = "", **fields: str) -> None:
    """Have the central write to Ana, and wait until it has arrived."""
    sid = simulator.send(**({"Body": body} if body else {}), **fields).json()["sid"]
    until(lambda: next(s for s in simulator.sends() if s["sid"] == sid)["status"] in {"delivered", "read"})


def make_content(simulator: Simulator, kind: str, **fields: object) -> str:
    wanted = {"friendly_name": kind, "language": "pt_BR", "types": {f"twilio/{kind}": fields}}
    answer = simulator.http.post("/v1/Content", json=wanted, auth=simulator.credentials)
    return str(answer.json()["sid"])


def hold_a_conversation(simulator: Simulator) -> None:
    simulator.write(body="Oi! Preciso marcar uma consulta", wait=True)
    say(simulator, "Oi, Ana. Aqui é a *Zelo*, a central do seu plano.\nSeu protocolo é 99999920261122000017.")
    simulator.write(body="é pra dermatologista", wait=True)
    buttons = make_content(
        simulator,
        "quick-reply",
        body="Qual turno fica melhor para você?",
        actions=[{"title": "Manhã", "id": "m"}, {"title": "Tarde", "id": "t"}],
    )
    say(simulator, ContentSid=buttons)
    simulator.write(button={"title": "Manhã", "id": "m"}, wait=True)
    items = [
        {"item": "Dra. Helena Prado", "id": "1", "description": "seg, 23/11 às 8h30"},
        {"item": "Dr. Otávio Sá", "id": "2", "description": "ter, 24/11 às 9h"},
    ]
    picker = make_content(
        simulator,
        "list-picker",
        body="Encontrei estes horários de manhã.",
        button="Ver horários",
        items=items,
    )
    say(simulator, ContentSid=picker)
    simulator.send(To="whatsapp:+5598988000003", Body="Sua fatura chegou.")


@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_accessible_at_the_size_of_a(
    size: str, open_page: Callable[[str], Page], simulator: Simulator, screenshots: Path
) -> None:
    simulator.open_window("+5598988000003")
    hold_a_conversation(simulator)
    page = open_page(size)
    expect(page.get_by_role("button", name="Ver horários")).to_be_visible()
    expect(page.get_by_role("tab", name="Carlos").locator(".badge")).to_have_text("1 não lida")
    page.screenshot(path=screenshots / f"simulator-{size}.png")
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_typed_is_sent_and_ticked_without_a_reload(
    open_page: Callable[[str], Page], simulator: Simulator, product: Product
) -> None:
    page = open_page("desktop")
    box = page.get_by_role("textbox", name="Mensagem")
    box.fill("primeira linha")
    box.press("Shift+Enter")
    box.press_sequentially("segunda <b>linha</b>")
    box.press("Enter")
    expect(page.locator(".row.mine .body")).to_have_text("primeira linha\nsegunda <b>linha</b>")
    expect(page.locator(".row.mine .foot")).to_contain_text("enviada")
    assert product.messages[0].form["Body"] == "primeira linha\nsegunda <b>linha</b>"


def test_a_message_that_was_given_up_can_be_tapped_to_try_again(
    open_page: Callable[[str], Page], simulator: Simulator, product: Product
) -> None:
    product.answers = [500, 500]
    page = open_page("desktop")
    page.get_by_role("textbox", name="Mensagem").fill("alguém aí?")
    page.get_by_role("button", name="Enviar").click()
    page.get_by_role("button", name="não entregue, tocar para tentar de novo").click()
    expect(page.locator(".row.mine .foot")).to_contain_text("enviada")


def test_an_open_telephone_reads_what_arrives(open_page: Callable[[str], Page], simulator: Simulator) -> None:
    simulator.open_window()
    page = open_page("desktop")
    sid = simulator.send(Body="Olá, *Ana*").json()["sid"]
    expect(page.locator(".row.theirs strong")).to_have_text("Ana")
    simulator.finished(sid, "read")


def test_buttons_and_lists_are_tapped_and_answer_with_their_payload(
    open_page: Callable[[str], Page], simulator: Simulator, product: Product
) -> None:
    hold_a_conversation(simulator)
    page = open_page("desktop")
    page.get_by_role("button", name="Tarde").click()
    until(lambda: product.messages[-1].form.get("ButtonPayload") == "t")
    page.get_by_role("button", name="Ver horários").click()
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Dr. Otávio Sá").click()
    until(lambda: product.messages[-1].form.get("ListId") == "2")
    assert product.messages[-1].form["OriginalRepliedMessageSid"]


def test_files_a_place_a_sticker_and_a_contact_can_be_sent(
    open_page: Callable[[str], Page], simulator: Simulator, product: Product, screenshots: Path
) -> None:
    page = open_page("desktop")
    picture = (Path(__file__).parents[2] / "simulator" / "static" / "sticker.webp").read_bytes()
    page.locator("#picker").set_input_files(
        [
            {"name": "foto.webp", "mimeType": "image/webp", "buffer": picture},
            {"name": "pedido médico.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"},
        ]
    )
    page.get_by_role("button", name="Enviar").click()
    until(lambda: len(product.messages) == 2)
    for sent, name in enumerate(("Localização", "Figurinha", "Contato"), start=3):
        page.locator("#more summary").click()
        page.get_by_role("button", name=name).click()
        until(lambda sent=sent: len(product.messages) == sent)
    kinds = [hit.form["MessageType"] for hit in product.messages]
    assert kinds == ["image", "document", "location", "sticker", "contacts"]
    expect(page.get_by_role("link", name="pedido médico.pdf")).to_be_visible()
    page.screenshot(path=screenshots / "simulator-media.png")
    assert Axe().run(page).violations_count == 0


def test_a_pdf_and_a_picture_of_the_central_open_from_their_bubbles(
    open_page: Callable[[str], Page], simulator: Simulator, product: Product, screenshots: Path
) -> None:
    simulator.open_window()
    say(simulator, "Sua fatura de março:")
    say(simulator, MediaUrl=f"{product.url}/media/x1")
    say(simulator, "Sua carteirinha", MediaUrl=f"{product.url}/media/x2")
    page = open_page("phone")
    document = page.get_by_role("link", name="fatura de março.pdf")
    expect(document).to_contain_text("PDF · 13 bytes")
    expect(document).to_have_attribute("target", "_blank")
    assert simulator.http.get(document.get_attribute("href") or "").content == b"%PDF-1.7 slip"
    picture = page.get_by_role("img", name="Imagem: carteirinha.png")
    expect(picture).to_have_js_property("naturalWidth", 1)
    expect(page.locator(".row.theirs", has=picture)).to_contain_text("Sua carteirinha")
    with page.expect_popup() as opened:
        picture.click()
    assert opened.value.url.startswith(f"{simulator.url}/cdn/")
    page.screenshot(path=screenshots / "simulator-received-files.png")
    assert Axe().run(page).violations_count == 0


def test_a_new_number_can_be_added_and_another_chosen_by_keyboard(
    open_page: Callable[[str], Page], simulator: Simulator
) -> None:
    page = open_page("desktop")
    page.get_by_role("button", name="Número novo").click()
    page.get_by_label("Telefone com DDD").fill("(98) 97777-1234")
    page.get_by_label("Nome (se quiser)").fill("Gilda Pires")
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Adicionar").click()
    tab = page.get_by_role("tab", name="Gilda Pires")
    expect(tab).to_have_attribute("aria-selected", "true")
    tab.press("ArrowDown")
    expect(page.get_by_role("tab", name="Ana Beatriz Rocha")).to_be_focused()
    expect(page.locator("#name")).to_have_text("Ana Beatriz Rocha")


def test_the_clock_is_moved_and_says_what_the_window_means(
    open_page: Callable[[str], Page], simulator: Simulator, screenshots: Path
) -> None:
    simulator.open_window()
    page = open_page("desktop")
    page.get_by_role("button", name="+25 h").click()
    expect(page.locator("#clock-note")).to_have_text("A central acompanhou.")
    simulator.send(Body="Ainda está por aí?")
    expect(page.get_by_text("Uma mensagem da central não chegou.")).to_be_visible()
    page.get_by_text("Falhas", exact=True).click()
    page.get_by_role("button", name="Este telefone bloqueia a central").click()
    expect(page.locator("#fault-note")).to_have_text("Falha preparada.")
    assert simulator.http.get("/control/faults").json()["blocked"] == [ANA]
    page.screenshot(path=screenshots / "simulator-clock.png")
    assert Axe().run(page).violations_count == 0

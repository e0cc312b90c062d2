"""The whole way in real browsers: a phone page and a console, on everything that runs in production."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.stack import PASSWORD, ROOT, Stack

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
SHOTS = ROOT / "var" / "screenshots"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
SOON = 20_000


@pytest.fixture
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium found: install Debian's `chromium` or set CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def type_on_phone(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator("#text").press("Enter")


def test_a_person_asks_an_attendant_answers_and_the_assistant_goes_on(stack: Stack, chromium: Browser) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    phone = chromium.new_page(viewport={"width": 1440, "height": 900}, locale="pt-BR")
    phone.goto(stack.simulator)
    chat = phone.locator("#chat")
    phone.get_by_role("tab", name="Ana Beatriz").click()

    type_on_phone(phone, "oi")
    expect(chat).to_contain_text("Como posso ajudar?", timeout=SOON)
    type_on_phone(phone, "qual o estado do meu protocolo?")
    expect(chat).to_contain_text("confirmar quem é você", timeout=SOON)
    type_on_phone(phone, "529982247-25, nasci em 12 de março de 85, mãe Lúcia Rocha")
    expect(chat).to_contain_text("Obrigada, Ana.", timeout=SOON)
    expect(chat).to_contain_text("protocolo", timeout=SOON)
    type_on_phone(phone, "quero falar com uma pessoa")
    expect(chat).to_contain_text("vou chamar uma pessoa", timeout=SOON)
    phone.screenshot(path=SHOTS / "journey-phone.png")

    desk = chromium.new_page(viewport={"width": 1440, "height": 900}, locale="pt-BR")
    desk.goto(f"{stack.web}/login")
    desk.locator("input[name=username]").fill("atendente")
    desk.locator("input[name=password]").fill(PASSWORD)
    desk.get_by_role("button", name="Entrar").click()
    desk.goto(f"{stack.web}/?box=queue")
    conversation = stack.rows(
        "SELECT c.id FROM conversation c JOIN contact p ON p.id = c.contact_id WHERE p.address = %s AND closed_at IS NULL",
        "whatsapp:+5598988000001",
    )[0][0]
    desk.locator(f"a[href*='{conversation}']").first.click()
    expect(desk.locator("#conversation")).to_contain_text("529982247-25", timeout=SOON)
    desk.get_by_role("button", name="Assumir").click()
    reply = desk.locator(f"#text-{conversation}")
    expect(reply).to_be_visible(timeout=SOON)
    reply.fill("Bom dia, Ana! Aqui é a Marina. Em que posso ajudar?")
    desk.get_by_role("button", name="Enviar").click()
    expect(chat).to_contain_text("Aqui é a Marina", timeout=SOON)

    type_on_phone(phone, "consegui resolver, obrigada!")
    expect(desk.locator("#conversation")).to_contain_text("consegui resolver", timeout=SOON)
    desk.screenshot(path=SHOTS / "journey-console.png")
    assert not Axe().run(desk).response["violations"]

    desk.get_by_role("button", name="Devolver").click()
    expect(chat).to_contain_text("aqui é a Zelo de novo", timeout=SOON)
    type_on_phone(phone, "ajuda")
    expect(chat).to_contain_text("Posso cuidar destes assuntos", timeout=SOON)
    phone.screenshot(path=SHOTS / "journey-phone-after.png")
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.screenshot(path=SHOTS / "journey-phone-small.png")

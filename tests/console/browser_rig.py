"""Real browsers on the served console: any error in a page's own console fails the test."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.console.conftest import CHROMIUM
from tests.console.console_rig import PASSWORD

SIZES = {"phone": (390, 844), "laptop": (1280, 720), "desktop": (1440, 900)}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--no-first-run"]  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


Opens = Callable[..., Page]


@pytest.fixture
def window(chromium: Browser, console_address: str) -> Iterator[Opens]:
    """Opens a window of its own, signed in; fails the test on any error in the browser's console."""
    complaints: list[str] = []
    contexts = []

    def opened(username: str = "", path: str = "/", *, size: str = "desktop", scheme: str = "light") -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=console_address, viewport={"width": width, "height": height}, locale="pt-BR",
            timezone_id="America/Sao_Paulo", reduced_motion="reduce", color_scheme=scheme,  # type: ignore[arg-type]
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text) if unexpected(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if username:
            page.goto("/login")
            page.get_by_label("Usuário").fill(username)
            page.get_by_label("Senha").fill(PASSWORD)
            page.get_by_role("button", name="Entrar").click()
            page.wait_for_url(re.compile(r"/(operator)?$"))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def unexpected(message: object) -> bool:
    # A refused request is written down by the browser whatever the page does with it.
    refused = re.search(r"status of (401|403|409|422)|response:error", getattr(message, "text", ""))
    return getattr(message, "type", "") == "error" and not refused


def accessible(page: Page) -> None:
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def listening(page: Page) -> None:
    """Waits until the page hears what changes."""
    for _ in range(100):
        # the browser's own waiting needs eval, which the pages' policy forbids
        if page.evaluate("document.getElementById('stream')._htmx?.sse?.status === 200"):
            return
        page.wait_for_timeout(50)
    pytest.fail("the page never heard the stream")

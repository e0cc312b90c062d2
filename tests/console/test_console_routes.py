"""What holds for every route of the console."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr

from backend.errors import InvalidInput
from backend.settings import settings
from handoff.console import pages, routes, views
from handoff.web import create_app
from tests.console.console_rig import FRAGMENT, Desk, OpenBrowser

PUBLIC = {("GET", "/login"), ("POST", "/login")}
# The other rooms' routes, none of which knows a session. Each guards itself: by the signature in its address, by a
# system's token, or by telling nothing about anybody.
OTHER_ROOMS = {"/api/v1", "/media/{signed}", "/healthz", "/readyz", "/metrics", "/static"}


def every_route() -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(routes.router.routes):
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield method, route.path or "/"


def filled(path: str) -> str:
    return re.sub(r"\{\w+_id\}", lambda _: str(uuid4()), path).replace("{code}", "invoices")


async def test_the_list_of_routes_is_complete() -> None:
    found = set(every_route())
    assert found >= PUBLIC
    assert {("GET", "/"), ("GET", "/events"), ("POST", "/conversations/{conversation_id}/claim"),
            ("GET", "/operator/conversations/{conversation_id}"), ("POST", "/logout")} <= found  # fmt: skip


async def test_every_other_route_of_the_web_process_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "secret_key", SecretStr("a-key-for-tests"))
    monkeypatch.setattr(settings(), "simulator", False)
    found = {route.path for route in iter_route_contexts(create_app().app.routes)}
    assert found - {path for _, path in every_route()} - {""} == OTHER_ROOMS


async def test_the_web_process_does_not_start_without_the_key_that_signs_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings(), "secret_key", SecretStr(""))
    with pytest.raises(InvalidInput):
        create_app()


@pytest.mark.parametrize(("method", "path"), sorted(set(every_route()) - PUBLIC))
async def test_needs_a_session(method: str, path: str, open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    page = await browser.client.request(method, filled(path))
    assert page.status_code == 303
    assert page.headers["location"].startswith("/login")
    headers = {**FRAGMENT, "HX-Current-URL": "http://console.test/conversations/1?box=mine"}
    fragment = await browser.client.request(method, filled(path), headers=headers)
    assert fragment.status_code == 401
    assert fragment.headers["hx-redirect"] == "/login?next=%2Fconversations%2F1%3Fbox%3Dmine"


@pytest.mark.parametrize("path", sorted({path for method, path in every_route() if method == "POST"} - {"/login"}))
async def test_a_post_without_the_sessions_token_is_refused(path: str, desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    for csrf in ("", "x" * 32):
        answer = await browser.post(filled(path), csrf=csrf)
        assert answer.status_code == 403
        assert "Recarregue e tente de novo" in answer.text
    assert (await browser.get("/")).status_code == 200


async def test_every_answer_carries_the_security_headers(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    for path in ("/", "/login", "/inbox", "/nada", f"/conversations/{uuid4()}", "/operator"):
        headers = (await browser.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


async def test_pages_carry_no_inline_scripts_or_styles(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("celia", "Célia Ramos", "admin")
    browser = await open_browser("celia")
    for path in ("/", "/login", "/operator"):
        page = (await browser.get(path)).text
        assert "<style" not in page
        assert " style=" not in page
        assert " hx-on" not in page
        assert "js:" not in page
        assert page.count("<script") == page.count(' src="/static/') - page.count("<img")


async def test_static_files_are_kept_by_their_hash(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    hashed = await browser.get(pages.asset("console.css"))
    assert hashed.headers["cache-control"] == routes.FOR_EVER
    assert (await browser.get("/static/console.css")).headers["cache-control"] == "no-cache"
    assert (await browser.get("/static/../views.py")).status_code in {303, 404}


async def test_what_does_not_exist_is_said_in_words(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    for path in ("/nada", "/conversations/nenhuma", "/conversations/1/media/2"):
        answer = await browser.get(path)
        assert answer.status_code == 404
        assert "Esta página não existe ou mudou de lugar." in answer.text
    answer = await browser.get(f"/conversations/{uuid4()}")
    assert answer.status_code == 404
    assert "Esta conversa não existe." in answer.text


async def test_a_fault_of_ours_shows_nothing_of_itself(
    desk: Desk, open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")

    async def broken(*_: object, **__: object) -> object:
        raise RuntimeError("segredo")

    monkeypatch.setattr(views, "_inbox", broken)
    answer = await browser.get("/")
    assert answer.status_code == 500
    assert "Algo falhou do nosso lado" in answer.text
    assert "segredo" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")

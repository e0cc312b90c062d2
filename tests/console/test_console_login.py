"""Signing in and out."""

from datetime import timedelta

import pytest

from backend.settings import settings
from backend.store import clock
from handoff.console.login import own_path
from tests.console.console_rig import PASSWORD, Desk, OpenBrowser


async def test_the_right_password_opens_the_console(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser()
    answer = await browser.log_in(" Marta ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("zelo_session="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Secure" not in cookie
    assert "Marta Lopes" in (await browser.get("/")).text


async def test_the_cookie_is_for_encrypted_connections_where_the_public_address_is_one(
    desk: Desk, open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "public_url", "https://zelo.example.com.br")
    answer = await (await open_browser()).get("/login")
    assert "Secure" in answer.headers["set-cookie"]


async def test_an_operator_begins_with_the_history(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("otavio", "Otávio Prado", "operator")
    answer = await (await open_browser()).log_in("otavio")
    assert answer.headers["location"] == "/operator"


async def test_a_wrong_password_and_an_unknown_user_read_the_same(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    sentences = set()
    for username in ("marta", "ninguem"):
        answer = await (await open_browser()).log_in(username, "errada-errada")
        assert answer.status_code == 401
        assert f'value="{username}"' in answer.text
        sentences.add(answer.text.split('role="alert">')[2].split("</p>")[0])
    assert sentences == {
        "Usuário ou senha não conferem. Confira e tente de novo; depois de cinco tentativas, espere cinco minutos."
    }


async def test_five_wrong_passwords_lock_the_account_for_five_minutes(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser()
    for _ in range(5):
        await browser.log_in("marta", "errada-errada")
    assert (await browser.log_in("marta")).status_code == 401
    async with desk.store.unit_of_work() as session:
        await clock.set_offset(session, ahead=timedelta(minutes=5, seconds=1))
    assert (await browser.log_in("marta")).status_code == 303


async def test_a_form_of_another_site_does_not_sign_in(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser()
    form = {"username": "marta", "password": PASSWORD, "csrf": "adivinhado"}
    assert (await browser.client.post("/login", data=form)).status_code == 403
    await browser.get("/login")
    assert (await browser.client.post("/login", data=form)).status_code == 403


@pytest.mark.parametrize(
    "address",
    ["https://mau.example", "//mau.example", "/\\mau.example", "\\\\mau.example", "javascript:alert(1)", "mau",
     "/\t/mau.example", "", "/login?next=/"],
)  # fmt: skip
async def test_a_login_never_leads_elsewhere(address: str, desk: Desk, open_browser: OpenBrowser) -> None:
    assert own_path(address) == "/"
    await desk.account("marta", "Marta Lopes")
    answer = await (await open_browser()).log_in("marta", next=address)
    assert answer.headers["location"] == "/"


async def test_whoever_was_sent_to_the_login_comes_back_to_his_page(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("otavio", "Otávio Prado", "operator")
    browser = await open_browser()
    away = await browser.get("/operator?text=exame&phone=98")
    assert away.status_code == 303
    assert away.headers["location"] == "/login?next=%2Foperator%3Ftext%3Dexame%26phone%3D98"
    form = await browser.get(away.headers["location"])
    assert 'name="next" value="/operator?text=exame&amp;phone=98"' in form.text
    answer = await browser.log_in("otavio", next="/operator?text=exame&phone=98")
    assert answer.headers["location"] == "/operator?text=exame&phone=98"


async def test_signing_out_ends_the_session(desk: Desk, open_browser: OpenBrowser) -> None:
    await desk.account("marta", "Marta Lopes")
    browser = await open_browser("marta")
    token = browser.client.cookies["zelo_session"]
    assert (await browser.post("/logout")).headers["location"] == "/login"
    browser.client.cookies.set("zelo_session", token)
    assert (await browser.get("/")).status_code == 303

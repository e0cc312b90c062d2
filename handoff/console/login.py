"""Signing in and out."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.settings import settings
from backend.store.clock import business_now
from handoff.access import verbs as access
from handoff.console.pages import page
from handoff.console.session import COOKIE, Signed, store_of
from handoff.whatsapp.inbound import clean

LOGIN_COOKIE = "zelo_login"
WRONG = "Usuário ou senha não conferem. Confira e tente de novo; depois de cinco tentativas, espere cinco minutos."
STALE = "Esta página ficou aberta por muito tempo. Tente de novo."

public = APIRouter()
private = APIRouter()


def own_path(address: str) -> str:
    """The address where it is a path of ours, `/` otherwise: a login must never lead elsewhere. Pure."""
    unsafe = "\\" in address or any(ord(character) < ord("!") for character in address)
    if unsafe or not address.startswith("/") or address.startswith("//"):
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc or parts.path.startswith("/login") else address


def login_address(path: str) -> str:
    """Where whoever is signed out goes, to come back to `path` afterwards."""
    target = own_path(path)
    return "/login" if target == "/" else f"/login?next={quote(target, safe='')}"


@public.get("/login")
async def show_login(request: Request, next: str = "/") -> Response:  # noqa: A002 (the parameter's public name)
    """The form, with a token of its own in form and cookie."""
    return _form(request, next)


@public.post("/login")
async def log_in(
    request: Request,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """A session for who is right; one sentence for everybody else, which never says what was wrong."""
    cookie = request.cookies.get(LOGIN_COOKIE, "")
    if not cookie or not secrets.compare_digest(cookie.encode(), csrf.encode()):
        return _form(request, next, username=username, problem=STALE, status=403)
    async with store_of(request).unit_of_work() as session:
        signed = await access.sign_in(
            session, username=clean(username), password=password, now=await business_now(session)
        )
    if signed is None:
        return _form(request, next, username=username, problem=WRONG, status=401)
    account, token = signed
    target = own_path(next)
    if account.role == "operator" and target == "/":
        target = "/operator"
    answer = RedirectResponse(target, status_code=303)
    _set_cookie(answer, COOKIE, token)
    answer.delete_cookie(LOGIN_COOKIE)
    return answer


@private.post("/logout")
async def log_out(request: Request, visitor: Signed) -> Response:
    """Forgets this browser."""
    async with store_of(request).unit_of_work() as session:
        await access.sign_out(
            session,
            token=request.cookies[COOKIE],
            account_id=visitor.account.id,
            now=await business_now(session),
        )
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


def _form(request: Request, target: str, *, username: str = "", problem: str = "", status: int = 200) -> Response:
    token = secrets.token_urlsafe(24)
    context: dict[str, object] = {
        "token": token, "next": own_path(target), "username": username, "problem": problem,
    }  # fmt: skip
    answer = page(request, "login.html", context, status=status)
    _set_cookie(answer, LOGIN_COOKIE, token)
    return answer


def _set_cookie(answer: Response, name: str, value: str) -> None:
    secure = settings().base_url.startswith("https:")
    answer.set_cookie(name, value, httponly=True, samesite="lax", secure=secure, path="/")

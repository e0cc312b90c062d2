"""What went wrong, on the console's pages: a fragment where htmx asked, a page otherwise, in the person's words."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from backend.errors import InvalidInput, NotAllowed, NotFound, Taken, ZeloError
from handoff.console.headers import SecurityHeaders, is_console, secure
from handoff.console.login import login_address
from handoff.console.pages import page, wants_fragment
from handoff.console.session import SignedOut

log = logging.getLogger(__name__)

_STATUSES: tuple[tuple[type[ZeloError], int], ...] = (
    (NotFound, 404), (NotAllowed, 403), (Taken, 409), (InvalidInput, 422),
)  # fmt: skip
_TITLES = {403: "Sem permissão", 404: "Página não encontrada", 409: "Não deu certo", 500: "Algo falhou do nosso lado"}
_TEXTS = {
    403: "Você não tem permissão para ver isto.",
    404: "Esta página não existe ou mudou de lugar.",
    405: "Este endereço não aceita esse pedido.",
    413: "Isto é grande demais para enviar de uma vez.",
    500: "Já registramos o problema. Tente de novo em instantes.",
}


def status_of(error: ZeloError) -> int:
    """The HTTP status of an error of the family. Pure."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)


def install(app: FastAPI) -> None:
    """Registers the handlers and the headers' middleware; other rooms' paths keep their own answers."""
    app.add_middleware(SecurityHeaders)
    app.add_exception_handler(ZeloError, _zelo_error)
    app.add_exception_handler(SignedOut, _signed_out)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _crash)


def _problem(request: Request, status: int, message: str) -> Response:
    context: dict[str, object] = {
        "title": _TITLES.get(status, "Não deu certo"), "message": message, "status": status,
    }  # fmt: skip
    visitor = getattr(request.state, "visitor", None)
    if wants_fragment(request):
        # The sentence goes to the notices' place and what the person typed stays; the open parts look again.
        headers = {"HX-Retarget": "#flash", "HX-Reswap": "innerHTML"}
        if request.method == "POST":
            headers["HX-Trigger"] = "refetch"
        return page(request, "error.html", context, block="problem", status=status, headers=headers)
    return page(request, "error.html", context, visitor=visitor, status=status)


async def _zelo_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ZeloError)
    status = status_of(error)
    if not is_console(request.url.path):
        return JSONResponse({"code": error.code, "message": error.message}, status_code=status)
    return _problem(request, status, error.message)


async def _signed_out(request: Request, error: Exception) -> Response:  # noqa: ARG001 (the handler's signature)
    if request.headers.get("hx-request") == "true":
        shown = urlsplit(request.headers.get("hx-current-url", "/"))
        back = login_address(shown.path + (f"?{shown.query}" if shown.query else ""))
        return PlainTextResponse("Entre de novo para continuar.", status_code=401, headers={"HX-Redirect": back})
    if request.method != "GET":
        return RedirectResponse("/login", status_code=303)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(login_address(request.url.path + query), status_code=303)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if not is_console(request.url.path):
        return await http_exception_handler(request, error)
    return _problem(request, error.status_code, _TEXTS.get(error.status_code, _TEXTS[404]))


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if not is_console(request.url.path):
        return await request_validation_exception_handler(request, error)
    if any(entry["loc"][0] == "path" for entry in error.errors()):
        return _problem(request, 404, _TEXTS[404])
    return _problem(request, 422, InvalidInput.message)


async def _crash(request: Request, error: Exception) -> Response:
    # The server logs the trace itself; an error's own text may hold what a person wrote.
    log.error("console: %s", type(error).__name__)
    if not is_console(request.url.path):
        return JSONResponse({"code": "error", "message": ZeloError.message}, status_code=500)
    answer = _problem(request, 500, _TEXTS[500])
    secure(answer.headers)
    return answer

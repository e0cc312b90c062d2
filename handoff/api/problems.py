"""What went wrong, as problem+json (RFC 9457): `code` for programs, `detail` in Portuguese, fields in English."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.errors import InvalidInput, NotAllowed, NotFound, Taken, ZeloError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
FOR_THE_CALLER_ALONE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
MOST_FIELDS = 20  # fields that are named at most
AWAY = (OperationalError, InterfaceError, NoConnection, OSError)
_STATUSES: tuple[tuple[type[ZeloError], int], ...] = (
    (NotFound, 404), (NotAllowed, 403), (Taken, 409), (InvalidInput, 422),
)  # fmt: skip
_SENTENCES = {
    404: "Este endereço não existe na API.",
    405: "Este endereço não aceita esse método.",
    413: "O corpo do pedido é grande demais.",
    500: "Algo falhou do nosso lado. Já registramos o problema.",
    503: "O serviço está indisponível no momento. Tente de novo com a mesma chave.",
}
_CODES = {404: "no_such_address", 405: "method_not_allowed", 413: "too_large", 500: "error", 503: "unavailable"}


class FieldProblem(BaseModel):
    """What is wrong with one field. What was sent is never repeated here."""

    field: str = Field(examples=["body.items.0.amount"])
    problem: str = Field(examples=['reais as a string, above zero, at most two decimals: "389.90"'])


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `detail` is a sentence in Portuguese that may be shown to people."""

    model_config = ConfigDict(json_schema_extra={
        "examples": [{
            "type": "about:blank", "title": "Unprocessable Entity", "status": 422, "code": "invalid_input",
            "detail": "Essa fatura não está em aberto.", "errors": [],
        }]
    })  # fmt: skip

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] = []


class Unauthenticated(NotAllowed):
    """No token, an unknown one, or a revoked one: which of them is not told."""

    code = "unauthenticated"
    message = "Falta um token válido."


class ScopeMissing(NotAllowed):
    """The token is right, but may not do this."""

    code = "scope_missing"
    message = "O token deste sistema não tem permissão para isso."

    def __init__(self, scope: str) -> None:
        super().__init__(detail="scope missing")
        self.scope = scope


class KeyMissing(InvalidInput):
    """A call that changes something came without an idempotency key, or with one that is none."""

    code = "idempotency_key_missing"
    message = "Envie o cabeçalho Idempotency-Key, com 1 a 128 letras, números ou os sinais - _ . : ~"


class KeyReused(InvalidInput):
    """The key was used before, for another request."""

    code = "idempotency_key_reused"
    message = "Esta Idempotency-Key já foi usada em outro pedido."


class CallUnderWay(Taken):
    """A call with the same key is being carried out at this very moment."""

    code = "call_under_way"
    message = "Um pedido com esta Idempotency-Key está em andamento. Tente de novo com a mesma chave."


def status_of(error: ZeloError) -> int:
    """The HTTP status of an error of the family. Pure."""
    if isinstance(error, (Unauthenticated, KeyMissing)):
        return 401 if isinstance(error, Unauthenticated) else 400
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)


def install(app: FastAPI) -> None:
    """Registers the handlers: whatever fails under /api/v1 is answered as a problem."""
    app.add_exception_handler(ZeloError, _zelo_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _unreadable)
    for kind in AWAY:
        app.add_exception_handler(kind, _away)
    app.add_exception_handler(Exception, _crash)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer itself."""
    title = HTTPStatus(status).phrase
    content = Problem(title=title, status=status, code=code, detail=detail, errors=list(errors))
    both = {**FOR_THE_CALLER_ALONE, **(headers or {})}
    return JSONResponse(content.model_dump(), status_code=status, media_type=MEDIA_TYPE, headers=both)


async def _zelo_error(request: Request, error: Exception) -> Response:  # noqa: ARG001 (the handler's signature)
    assert isinstance(error, ZeloError)
    headers: dict[str, str] = {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    elif isinstance(error, ScopeMissing):
        headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    elif isinstance(error, CallUnderWay):
        headers["Retry-After"] = "1"
    return problem(status_of(error), error.code, error.message, headers=headers)


async def _http_error(request: Request, error: Exception) -> Response:  # noqa: ARG001
    assert isinstance(error, HTTPException)
    status = error.status_code
    code = _CODES.get(status, "invalid_input")
    return problem(status, code, _SENTENCES.get(status, InvalidInput.message), headers=error.headers)


async def _unreadable(request: Request, error: Exception) -> Response:  # noqa: ARG001
    assert isinstance(error, RequestValidationError)
    found = [
        FieldProblem(field=".".join(str(part)[:80] for part in entry["loc"]), problem=str(entry["msg"]))
        for entry in error.errors()[:MOST_FIELDS]
    ]
    return problem(422, InvalidInput.code, InvalidInput.message, errors=found)


async def _away(request: Request, error: Exception) -> Response:  # noqa: ARG001
    log.warning("api: unavailable (%s)", type(error).__name__)
    return problem(503, _CODES[503], _SENTENCES[503], headers={"Retry-After": "2"})


async def _crash(request: Request, error: Exception) -> Response:  # noqa: ARG001
    # The server logs the trace itself; an error's own text may hold what a person wrote.
    log.error("api: %s", type(error).__name__)
    return problem(500, _CODES[500], _SENTENCES[500])

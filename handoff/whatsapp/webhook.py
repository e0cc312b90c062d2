"""Twilio's two webhooks: plain routes, so that a signed message costs a signature and a shared commit."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Mapping
from urllib.parse import parse_qsl

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send
from twilio.request_validator import RequestValidator

from backend.settings import settings
from handoff.whatsapp.inbound import Malformed, clean, read_form
from handoff.whatsapp.ingest import Ingest
from handoff.whatsapp.status import StatusBatch, read_status

log = logging.getLogger(__name__)

LARGEST_BODY = 4 * 1024 * 1024  # Twilio's own are a few kilobytes; more than that is nobody's message
MOST_FIELDS = 1000


class Refused(Exception):
    """The request is answered with this status and not looked at further."""

    def __init__(self, status: int, why: str) -> None:
        self.status, self.why = status, why
        super().__init__(why)


async def signed_form(request: Request) -> Mapping[str, str]:
    """The form of a request that Twilio signed on our configured public URL; Refused otherwise.

    The URL is the configured one: behind a proxy the request's own differs from what Twilio signed.
    """
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        raise Refused(413, "too large")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Refused(413, "too large")
    signature = request.headers.get("x-twilio-signature")
    if not signature:
        raise Refused(403, "unsigned")
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Refused(400, "unreadable form") from error
    form = dict(pairs)
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{settings().base_url}{request.url.path}{query}"
    if not _signed(url, form, signature):
        raise Refused(403, "wrongly signed")
    return form


def _signed(url: str, form: Mapping[str, str], signature: str) -> bool:
    """Twilio's signature, first on the address as configured; the package also tries it with and without a port."""
    validator = RequestValidator(settings().twilio_auth_token.get_secret_value())
    computed = validator.compute_signature(url, form)
    if not signature.isascii():  # no HMAC of anybody's
        return False
    return hmac.compare_digest(computed, signature) or bool(validator.validate(url, form, signature))


async def receive_message(request: Request) -> Response:
    """204 once the message is committed; 403 unsigned, 400 malformed, 503 where it could not be stored."""
    return await _answered(_take_message(request))


async def receive_status(request: Request) -> Response:
    """204 once the status is committed; statuses only move forward, whatever the order they come in."""
    return await _answered(_take_status(request))


async def _take_message(request: Request) -> None:
    ingest: Ingest = request.app.state.ingest
    form = await signed_form(request)
    if form.get("AccountSid") not in (None, settings().twilio_account_sid):
        raise Refused(403, "another account")
    await ingest.put(read_form(form))


async def _take_status(request: Request) -> None:
    batch: StatusBatch = request.app.state.statuses
    form = await signed_form(request)
    await batch.put(read_status(form, clean(request.query_params.get("outbox", ""))))


async def _answered(taking: Awaitable[None]) -> Response:
    try:
        await taking
    except Refused as refusal:
        return PlainTextResponse(refusal.why, status_code=refusal.status)
    except Malformed as error:
        return PlainTextResponse(error.detail, status_code=400)
    except SQLAlchemyError:
        return PlainTextResponse("not stored, try again", status_code=503)
    return Response(status_code=204)


ROUTES = [
    Route("/webhooks/twilio/messages", receive_message, methods=["POST"]),
    Route("/webhooks/twilio/status", receive_status, methods=["POST"]),
]


class WebhooksFirst:
    """ASGI: the two webhooks are answered before any middleware of the pages sees them; the rest goes on."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._routes = ExceptionMiddleware(Router(ROUTES))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's entry."""
        if scope["type"] == "http" and scope["path"].startswith("/webhooks/twilio/"):
            scope["app"] = self.app
            await self._routes(scope, receive, send)
        else:
            await self.app(scope, receive, send)

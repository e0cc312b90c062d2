"""Posting Twilio's signed forms: inbound messages, status callbacks, the demo's clock."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urldefrag

import httpx

from simulator.exchange import Exchange
from simulator.model import Attempt, new_sid
from simulator.signature import sign

TRIES = 2


@dataclass(slots=True)
class Webhook:
    """A form to be posted, with the headers that every try of it carries."""

    url: str
    form: dict[str, str]
    signature: str = "good"
    idempotency_token: str = field(default_factory=lambda: new_sid("")[:32])
    when_sent: Callable[[], None] | None = None


async def post_with_retry(
    exchange: Exchange, webhook: Webhook, note: Callable[[Attempt], None] | None = None
) -> list[Attempt]:
    """Post a form, once more where nothing or a server's error came back; gives every try."""
    attempts: list[Attempt] = []
    for _ in range(TRIES):
        attempt = await post_once(exchange, webhook)
        attempts.append(attempt)
        if note is not None:
            note(attempt)
        if not attempt.may_be_repeated:
            break
    return attempts


async def post_once(exchange: Exchange, webhook: Webhook) -> Attempt:
    """Post a form; whatever goes wrong is in the attempt, not raised."""
    attempt = Attempt(at=time.time(), milliseconds=0.0)
    started = time.perf_counter()
    try:
        async with asyncio.timeout(exchange.settings.webhook_timeout):
            attempt.status = await _send(exchange, webhook)
    except TimeoutError:
        attempt.error = "timeout"
    except httpx.HTTPError as error:
        attempt.error = type(error).__name__
    finally:
        attempt.milliseconds = (time.perf_counter() - started) * 1000
        if webhook.when_sent is not None:
            webhook.when_sent()
    return attempt


async def _send(exchange: Exchange, webhook: Webhook) -> int:
    url = urldefrag(webhook.url).url
    headers = _headers(exchange.settings.auth_token, url, webhook)
    extensions: dict[str, object] = {}
    if webhook.when_sent is not None:
        when_sent = webhook.when_sent

        async def trace(event: str, _: object) -> None:
            if event == "http11.send_request_body.complete":
                when_sent()

        extensions["trace"] = trace
    async with exchange.lanes.lane() as http:
        response = await http.post(url, data=webhook.form, headers=headers, extensions=extensions)
    return response.status_code


def _headers(auth_token: str, url: str, webhook: Webhook) -> dict[str, str]:
    headers = {
        "User-Agent": "TwilioProxy/1.1",
        "I-Twilio-Idempotency-Token": webhook.idempotency_token,
    }
    if webhook.signature != "none":
        token = auth_token if webhook.signature == "good" else f"not {auth_token}"
        headers["X-Twilio-Signature"] = sign(token, url, webhook.form)
    return headers

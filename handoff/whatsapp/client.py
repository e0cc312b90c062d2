"""Twilio's REST client over a transport of our own: a timeout, no retries, the base address a setting.

The package's asynchronous client ignores its timeout and its retries repeat POSTs, so that messages go
out twice; the outbox alone decides about another try.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from backend.settings import Settings

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
STATUS_TOO_MANY = 429


class Refusal(Exception):
    """Twilio answered and did not take the message."""

    def __init__(self, status: int, code: int | None, retry_after: float | None) -> None:
        self.status, self.code, self.retry_after = status, code, retry_after
        super().__init__(f"{status} {code}")


class NotReached(Exception):
    """The request never arrived: it can be tried again at once."""


class Unknown(Exception):
    """The request may or may not have been carried out."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as Twilio's list tells it. `created_at` is aware; `date_sent` is null while queued, so unused."""

    sid: str
    body: str
    created_at: datetime
    status: str
    has_file: bool = False


class _Transport(HttpClient):  # type: ignore[misc]  # the package carries no types
    """What Twilio's client calls for each request."""

    def __init__(self, base_url: str, http: httpx.AsyncClient) -> None:
        super().__init__(log, is_async=True)
        self._base_url = base_url
        self._http = http

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        parts = urlsplit(uri)
        address = f"{self._base_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        try:
            answer = await self._http.request(
                method, address, params=params or None, data=data, headers=headers, auth=auth,
                follow_redirects=allow_redirects,
            )  # fmt: skip
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotReached(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Unknown(type(error).__name__) from error
        if answer.status_code >= 400:  # noqa: PLR2004 (HTTP's errors)
            raise Refusal(answer.status_code, _code(answer), _retry_after(answer))
        return Response(answer.status_code, answer.text)


def _code(answer: httpx.Response) -> int | None:
    try:
        code = answer.json().get("code")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, int) else None


def _retry_after(answer: httpx.Response) -> float | None:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.replace(".", "", 1).isdigit() else None


class TwilioClient:
    """What we ask of Twilio: send a message, which messages it has for a recipient, what became of one."""

    def __init__(self, settings: Settings) -> None:
        self._http = httpx.AsyncClient(timeout=TIMEOUT, limits=httpx.Limits(max_connections=100))
        self._client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            http_client=_Transport(settings.twilio_url, self._http),
        )

    async def send(self, **fields: object) -> str:
        """The SID of the message that Twilio took; Refusal, NotReached or Unknown otherwise."""
        try:
            message = await self._client.messages.create_async(**fields)
        except TwilioException as error:  # an answer that the package could not read: it may have been taken
            raise Unknown(type(error).__name__) from error
        return cast("str", message.sid)

    async def sent_to(self, recipient: str, *, sender: str, limit: int = 50) -> list[Listed]:
        """The newest messages to a recipient, newest first, queued ones too."""
        found = await self._client.messages.list_async(to=recipient, from_=sender, limit=limit)
        return [
            Listed(row.sid, row.body or "", row.date_created, row.status, has_file=row.num_media not in {None, "0"})
            for row in found
            if row.date_created
        ]

    async def fetch(self, sid: str) -> tuple[str, int | None]:
        """A message's state at Twilio and its error's code; Refusal, NotReached or Unknown otherwise."""
        try:
            row = await self._client.messages(sid).fetch_async()
        except TwilioException as error:
            raise Unknown(type(error).__name__) from error
        return str(row.status), row.error_code if isinstance(row.error_code, int) else None

    async def close(self) -> None:
        """Returns the connections."""
        await self._http.aclose()

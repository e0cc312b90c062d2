"""What these tests stand on: a simulator, a stand-in for the product, Twilio's own client."""

import asyncio
import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp
from twilio.http import HttpClient
from twilio.http.response import Response as TwilioResponse

from simulator.settings import Settings

ANA = "+5598988000001"
PATIENCE_SECONDS = 10.0
Found = TypeVar("Found")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(app: ASGIApp, port: int) -> Iterator[str]:
    """Serve an application from a thread; gives its address."""
    config = uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def until(look: Callable[[], Found]) -> Found:
    """What `look` gives as soon as it is true; an assertion fails when that takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.01)
    return found


@dataclass
class Hit:
    """One request that the product got."""

    url: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class File:
    """What the product has behind one of its addresses; `name` goes into the header that shows it."""

    content: bytes
    content_type: str
    status: int = 200
    name: str = ""

    def response(self) -> Response:
        """The answer to a GET."""
        headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(self.name)}"} if self.name else {}
        return Response(self.content, self.status, headers, self.content_type)


# One dot, since a browser that shows it must find a picture.
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass
class Product:
    """The stand-in: what it got, how it answers, and its files by path."""

    url: str
    files: dict[str, File] = field(
        default_factory=lambda: {
            "/media/raio-x.png": File(b"\x89PNG bytes", "image/png"),
            "/media/x1": File(b"%PDF-1.7 slip", "application/pdf", name="fatura de março.pdf"),
            "/media/x2": File(DOT, "image/png", name="carteirinha.png"),
        }
    )
    hits: list[Hit] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    held: int = 0

    def on(self, path: str) -> list[Hit]:
        """The requests to this path, in order of arrival."""
        return [hit for hit in self.hits if httpx.URL(hit.url).path == path]

    @property
    def messages(self) -> list[Hit]:
        """The inbound webhooks."""
        return self.on("/webhooks/twilio/messages")

    @property
    def statuses(self) -> list[Hit]:
        """The status callbacks."""
        return self.on("/webhooks/twilio/status")

    def app(self) -> FastAPI:
        """The application that `served` takes."""
        app = FastAPI()

        @app.api_route("/{path:path}", methods=["GET", "POST"])
        async def anything(request: Request) -> Response:
            if request.method == "GET":
                return self.files.get(request.url.path, File(b"", "text/plain", 404)).response()
            form = {name: str(value) for name, value in (await request.form()).items()}
            self.hits.append(Hit(str(request.url), form, dict(request.headers)))
            if self.held:
                self.held -= 1
                await _until_set(self.hold)
            return Response(status_code=self.answers.pop(0) if self.answers else 204)

        return app


async def _until_set(event: threading.Event) -> None:
    while not event.is_set():
        await asyncio.sleep(0.01)


@dataclass
class Simulator:
    """A running simulator, and short words for what tests do to it."""

    url: str
    settings: Settings
    http: httpx.Client

    def write(self, phone: str = ANA, **fields: object) -> dict[str, object]:
        """Write on a telephone; gives what became of the first message."""
        answer = self.http.post("/control/inbound", json={"phone": phone, **fields})
        answer.raise_for_status()
        return dict(answer.json()["messages"][0])

    def open_window(self, phone: str = ANA) -> None:
        """Have the person write, so that free-form messages may be sent."""
        self.write(phone, body="oi", wait=True)

    def faults(self, **plan: object) -> None:
        """Put faults in force."""
        self.http.post("/control/faults", json=plan).raise_for_status()

    def move_clock(self, hours: float) -> dict[str, object]:
        """Stand this many hours from now."""
        return dict(self.http.post("/control/clock", json={"offset_seconds": hours * 3600}).json())

    def sends(self) -> list[dict[str, object]]:
        """The accepted sends, in order."""
        return list(self.http.get("/control/log").json()["sends"])

    def send(self, **fields: str) -> httpx.Response:
        """POST to the Messages API as a client without a library would."""
        form = {"To": f"whatsapp:{ANA}", "From": self.settings.sender, **fields}
        path = f"/2010-04-01/Accounts/{self.settings.account_sid}/Messages.json"
        return self.http.post(path, data=form, auth=self.credentials)

    @property
    def credentials(self) -> tuple[str, str]:
        """The account's SID and token."""
        return self.settings.account_sid, self.settings.auth_token

    def finished(self, sid: str, status: str) -> dict[str, object]:
        """The logged send, once it has this status."""
        return until(lambda: next((s for s in self.sends() if s["sid"] == sid and s["status"] == status), {}))


class LoopbackHttpClient(HttpClient):
    """Twilio's client library with its requests turned to the simulator."""

    def __init__(self, base_url: str) -> None:
        self.base_url = httpx.URL(base_url)
        self.http = httpx.Client(trust_env=False)

    def request(  # noqa: PLR0917 (the library's own signature)
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> TwilioResponse:
        """Send the request to the same path on the simulator."""
        here = httpx.URL(url).copy_with(scheme="http", host=self.base_url.host, port=self.base_url.port)
        is_json = (headers or {}).get("Content-Type") == "application/json"
        answer = self.http.request(
            method,
            here.copy_merge_params({k: v for k, v in (params or {}).items() if v is not None}),
            headers=headers,
            auth=auth,
            timeout=timeout or 5,
            follow_redirects=allow_redirects,
            **({"json": data} if is_json else {"data": data}),
        )
        return TwilioResponse(answer.status_code, answer.text, answer.headers)

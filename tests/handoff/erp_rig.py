"""An ERP of a page: a real HTTP server on the loopback that answers as told and keeps what it was sent."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "a-secret-for-tests"


@dataclass
class Received:
    """One request: its headers in lower case and its body as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass
class Erp:
    """Answers with `status` and `headers`; `between` runs before it does, in the server's thread."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    between: Callable[[], None] = lambda: None
    received: list[Received] = field(default_factory=list)
    url: str = ""

    @contextlib.contextmanager
    def running(self) -> Iterator[Erp]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}/zelo"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        erp = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                erp.received.append(Received({name.lower(): value for name, value in self.headers.items()}, body))
                erp.between()
                self.send_response(erp.status)
                for name, value in ({"Content-Length": str(len(erp.content))} | erp.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(erp.content)

            def do_GET(self) -> None:
                erp.received.append(Received({}, b"GET"))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return Handler

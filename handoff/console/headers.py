"""Security headers of the console's answers."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
# What belongs to other rooms; all other paths are the console's.
OTHER_ROOMS = ("/api/", "/webhooks/", "/media/", "/healthz", "/readyz", "/metrics")


def is_console(path: str) -> bool:
    """True for the console's own paths. Pure."""
    return not path.startswith(OTHER_ROOMS)


def secure(headers: MutableHeaders) -> None:
    """Adds what is missing; a view that set one of them knows better."""
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cache-Control", "no-store")


class SecurityHeaders:
    """Middleware: every answer on a console path carries the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on; looks at the start of the answer alone, so that streams stay streams."""
        if scope["type"] != "http" or not is_console(scope["path"]):
            await self.app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, secured)

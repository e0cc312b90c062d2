"""The action server: Rasa posts a tracker, gets events and responses. Loopback only, with a token."""

from __future__ import annotations

import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from rasa_sdk.executor import ActionExecutor
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions import conversation, edge, handover, identity, news, not_understood, offers, protocols, requests
from actions.edge import ZeloAction
from backend.errors import InvalidInput
from backend.scheduling.when import read_when
from backend.settings import settings
from backend.store.engine import Store

log = logging.getLogger(__name__)

MODULES = (conversation, handover, identity, news, not_understood, offers, protocols, requests)


def every_action() -> list[type[ZeloAction]]:
    """Each action class of each module, once."""
    found = {
        item
        for module in MODULES
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, ZeloAction) and item is not ZeloAction
    }
    return sorted(found, key=lambda item: item.called)


def create_app() -> Starlette:
    """The ASGI application."""
    if not settings().rasa_token.get_secret_value():
        raise InvalidInput("Falta ZELO_RASA_TOKEN.", detail="rasa token")  # an empty one would let anybody in
    executor = ActionExecutor()
    for action in every_action():
        executor.register_action(action())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        read_when("depois do feriado", today=date.today())  # noqa: DTZ011 (the first look at holidays takes 0.8 s)
        store = Store(settings().database_url)
        edge.use(store)
        yield
        await store.close()

    async def webhook(request: Request) -> Response:
        token = request.query_params.get("token", "")
        if not hmac.compare_digest(token.encode(), settings().rasa_token.get_secret_value().encode()):
            return JSONResponse({"error": "unauthorized"}, status_code=401)
        call = await request.json()
        try:
            result = await executor.run(call)
        except Exception as error:  # noqa: BLE001 (Rasa would log the whole tracker with what people wrote)
            log.error("action %s failed: %s", call.get("next_action"), type(error).__name__)
            return JSONResponse({"error": type(error).__name__}, status_code=500)
        return JSONResponse(result.model_dump() if result is not None else {"events": [], "responses": []})

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "actions": sorted(executor.actions)})

    return Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), Route("/health", health)], lifespan=lifespan)

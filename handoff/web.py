"""The web process: webhooks, console, API, health. Stateless; as many as one likes."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from backend.errors import InvalidInput
from backend.settings import settings
from backend.store.bell import Bell
from backend.store.engine import Store
from handoff import demo, health
from handoff.api.application import mount_api
from handoff.console import errors as console_errors
from handoff.console import routes as console
from handoff.whatsapp import outgoing_files, webhook
from handoff.whatsapp.ingest import ingest
from handoff.whatsapp.status import status_batch
from handoff.whatsapp.templates import Templates


def create_app() -> webhook.WebhooksFirst:
    """The application on the configured database and Redis; InvalidInput without Twilio's token or our key.

    An empty one would make anybody's signature right.
    """
    if not settings().twilio_auth_token.get_secret_value():
        raise InvalidInput("Falta ZELO_TWILIO_AUTH_TOKEN.", detail="twilio auth token")
    outgoing_files.require_key()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        config = settings()
        app.state.store = Store(config.database_url)
        app.state.bell = Bell(config.redis_url)
        app.state.templates = Templates.load(config)
        app.state.ingest = ingest(app.state.store, app.state.bell)
        app.state.statuses = status_batch(app.state.store, app.state.bell)
        # What was imported lives as long as the process: looking through it again at each full collection took 170 ms.
        gc.collect()
        gc.freeze()
        yield
        await app.state.bell.close()
        await app.state.store.close()

    app = FastAPI(title="Zelo", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(health.router)
    if settings().simulator and settings().sends_to_loopback:
        app.router.routes[:0] = demo.ROUTES
    app.include_router(outgoing_files.router)
    mount_api(app)
    app.include_router(console.router)
    console.mount_static(app)
    console_errors.install(app)
    return webhook.WebhooksFirst(app)

"""The simulator's web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from simulator import content_api, control, media, messages_api, page
from simulator.errors import TwilioError, answer_twilio_error
from simulator.exchange import Exchange
from simulator.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """A simulator of its own, with an empty memory."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.exchange = Exchange(settings)
        yield
        await app.state.exchange.close()

    app = FastAPI(title="Zelo: simulador", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(TwilioError, answer_twilio_error)
    for room in (messages_api, media, content_api, control, page):
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=page.HERE / "static"), name="static")
    app.get("/healthz")(healthz)
    return app


async def healthz() -> dict[str, str]:
    """Alive."""
    return {"status": "ok"}

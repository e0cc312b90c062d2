"""Alive, able to serve, and what is measured."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.settings import Settings, settings
from backend.store.bell import Bell
from backend.store.engine import Store

router = APIRouter()

ANSWER_SECONDS = 2.0

# One look at the tables, so that every process tells the same whichever is asked.
_FIGURES = text("""
SELECT (SELECT count(*) FROM message WHERE state = 'pending') AS messages_pending,
       (SELECT count(*) FROM turn WHERE state = 'open') AS turns_open,
       (SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending', 'unsure')) AS outbox_waiting,
       (SELECT count(*) FROM outbox WHERE state = 'held') AS outbox_held,
       (SELECT count(*) FROM media WHERE state = 'waiting') AS media_waiting,
       (SELECT count(*) FROM conversation WHERE closed_at IS NULL AND owner = 'team') AS conversations_queued,
       (SELECT count(*) FROM conversation WHERE closed_at IS NULL AND owner = 'attendant') AS conversations_attended,
       (SELECT count(*) FROM conversation WHERE closed_at IS NULL AND owner = 'assistant') AS conversations_assistant,
       (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(work_due_at)), 0)
        FROM conversation WHERE work_due_at <= clock_timestamp()) AS oldest_work_seconds
""")


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """This process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """200 when the database, Redis, a Rasa and the actions answer; 503 names what does not."""
    found = await check(request.app.state.store, request.app.state.bell, settings())
    return JSONResponse(found, status_code=200 if all(found.values()) else 503)


async def check(store: Store, bell: Bell, config: Settings) -> dict[str, bool]:
    """Which of the parts answer, by name."""
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as http:
        rasas = asyncio.gather(*(_answers(http, f"{url}/") for url in config.rasa_addresses))
        actions = _answers(http, f"{config.actions_url.rstrip('/')}/health")
        database, redis, rasa, action = await asyncio.gather(_database(store), bell.alive(), rasas, actions)
    return {"database": database, "redis": redis, "rasa": any(rasa), "actions": action}


async def _database(store: Store) -> bool:
    try:
        async with store.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).status_code == 200  # noqa: PLR2004 (HTTP's 'here it is')
    except httpx.HTTPError:
        return False


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus' text: what waits, and who owns how many conversations."""
    store: Store = request.app.state.store
    async with store.engine.connect() as connection:
        figures: dict[str, Any] = dict((await connection.execute(_FIGURES)).mappings().one())
    registry = CollectorRegistry()
    for name, value in figures.items():
        Gauge(f"zelo_{name}", name.replace("_", " "), registry=registry).set(float(value))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

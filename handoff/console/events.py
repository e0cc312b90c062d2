"""The stream that tells open pages which conversations changed: ids alone, so that permissions are asked each time."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from backend.store.bell import Bell
from handoff.console.session import Signed, bell_of

STREAM_SECONDS = 600.0
HEARTBEAT_SECONDS = 15.0
AWAY_SECONDS = 3.0
_EVENT_ID = re.compile(r"\d{1,20}-\d{1,20}")

router = APIRouter()


@router.get("/events")
async def events(request: Request, _visitor: Signed, after: str = "") -> Response:
    """What changed since the browser's last event, then what changes, for ten minutes; the browser comes back.

    No database session is open here: the visitor's was closed before the stream begins.
    """
    bell = bell_of(request)
    wanted = request.headers.get("last-event-id") or after
    last = wanted if _EVENT_ID.fullmatch(wanted) else await bell.last_event()
    return StreamingResponse(
        stream(bell, last),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def stream(
    bell: Bell, last: str, *, seconds: float = STREAM_SECONDS, heartbeat: float = HEARTBEAT_SECONDS
) -> AsyncIterator[str]:
    """Server-sent events: `conversation` with an id, or `refresh` while nobody can say what changed."""
    clock = asyncio.get_running_loop().time
    ends = clock() + seconds
    away = False
    yield ": ok\n\n"
    while (left := ends - clock()) > 0:
        found = await bell.events_after(last, wait_seconds=max(min(heartbeat, left), 0.01))
        if found is None:
            away = True
            yield _event("refresh", {})
            await asyncio.sleep(min(AWAY_SECONDS, left))
            continue
        if away:  # what rang meanwhile was heard by nobody
            away = False
            yield _event("refresh", {})
        for identifier, conversation in _newest(found):
            last = identifier
            yield _event("conversation", {"id": conversation}, identifier)
        if not found:
            yield ": ainda aqui\n\n"


def _newest(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    # One event for each conversation is enough, at its latest place.
    latest = {conversation: identifier for identifier, conversation in found}
    return [(identifier, conversation) for identifier, conversation in found if latest[conversation] == identifier]


def _event(name: str, content: dict[str, str], identifier: str = "") -> str:
    mark = f"id: {identifier}\n" if identifier else ""
    return f"{mark}event: {name}\ndata: {json.dumps(content)}\n\n"

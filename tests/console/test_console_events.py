"""The stream: ids alone, replayed from where the browser was, honest about what it cannot hear."""

import asyncio
import json
import re

from backend.store.bell import Bell
from handoff.console import events
from tests.console.console_rig import Desk


async def heard(bell: Bell, last: str, *, seconds: float = 0.3) -> list[tuple[str, str]]:
    """(name, id of the conversation) of each event until the stream ends by itself."""
    pieces = [piece async for piece in events.stream(bell, last, seconds=seconds, heartbeat=0.05)]
    found = []
    for piece in pieces:
        name = re.search(r"^event: (.+)$", piece, re.MULTILINE)
        data = re.search(r"^data: (.+)$", piece, re.MULTILINE)
        if name and data:
            found.append((name[1], json.loads(data[1]).get("id", "")))
    return found


async def test_what_rings_while_the_stream_is_open_is_heard(desk: Desk) -> None:
    last = await desk.bell.last_event()
    listening = asyncio.create_task(heard(desk.bell, last, seconds=0.6))
    await desk.bell.ring(events=["a"])
    await desk.bell.ring(events=["b", "a"])
    assert sorted(set(await listening)) == [("conversation", "a"), ("conversation", "b")]


async def test_a_browser_that_comes_back_hears_what_it_missed_once(desk: Desk) -> None:
    last = await desk.bell.last_event()
    await desk.bell.ring(events=["a", "b", "a"])
    assert await heard(desk.bell, last) == [("conversation", "b"), ("conversation", "a")]
    newest = await desk.bell.last_event()
    assert await heard(desk.bell, newest) == []


async def test_every_event_carries_its_place(desk: Desk) -> None:
    last = await desk.bell.last_event()
    await desk.bell.ring(events=["a"])
    newest = await desk.bell.last_event()
    pieces = [piece async for piece in events.stream(desk.bell, last, seconds=0.1, heartbeat=0.05)]
    assert f'id: {newest}\nevent: conversation\ndata: {{"id": "a"}}\n\n' in pieces


async def test_while_redis_is_away_pages_look_by_themselves() -> None:
    bell = Bell("redis://127.0.0.1:1/0")
    assert ("refresh", "") in await heard(bell, "0-0", seconds=0.2)
    await bell.close()

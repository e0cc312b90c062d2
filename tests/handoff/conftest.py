"""The number's sender at work against a simulated Twilio, and the web process that Twilio calls and fetches from."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from backend.settings import settings
from backend.store.bell import Bell
from backend.store.engine import Store
from handoff.conversations.tables import Conversation
from handoff.web import create_app
from handoff.whatsapp import sender
from handoff.whatsapp.client import TwilioClient
from simulator.app import create_app as create_simulator
from simulator.settings import Settings as SimulatorSettings
from tests.console.console_rig import TEMPLATES
from tests.handoff.sender_rig import Post
from tests.simulator.simulator_rig import Simulator, free_port, served


@pytest.fixture
def simulator(
    clean_database: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Simulator]:
    """A simulated Twilio, and the web process that it calls and fetches from."""
    web, twilio = free_port(), free_port()
    wanted = {
        "database_url": clean_database, "redis_url": redis_url, "data_dir": tmp_path, "port": web, "public_url": "",
        "secret_key": SecretStr("a-key-for-tests"), "twilio_api_url": f"http://127.0.0.1:{twilio}",
    }  # fmt: skip
    for name, value in wanted.items():
        monkeypatch.setattr(settings(), name, value)
    token = settings().twilio_auth_token.get_secret_value()
    config = SimulatorSettings(port=twilio, auth_token=token, public_url=settings().base_url, step_pause=0.02)
    with (
        served(create_app(), web),
        served(create_simulator(config), twilio) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=20) as http,
    ):
        yield Simulator(url, config, http)


@pytest.fixture
async def post(simulator: Simulator, store: Store, bell: Bell, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """Ana's conversation, and the number's sender at work."""
    monkeypatch.setattr(sender, "SETTLE_SECONDS", 0.3)
    await asyncio.to_thread(simulator.open_window)
    async with store.sessions() as session:
        conversation = (await session.execute(select(Conversation))).scalar_one()
    client = TwilioClient(settings())
    task = asyncio.create_task(sender.Sender(store, bell, client, TEMPLATES, settings().twilio_from).run())
    yield Post(store, conversation.id)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await client.close()

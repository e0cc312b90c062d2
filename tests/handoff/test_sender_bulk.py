"""A campaign's messages on their way: within their hours, after all replies, and never asked for by another template."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.settings import settings
from handoff.cli.content import register_content
from handoff.conversations.tables import Message
from handoff.whatsapp.client import TwilioClient
from handoff.whatsapp.outgoing import Draft
from handoff.whatsapp.templates import Template, Templates
from tests.handoff.sender_rig import Post
from tests.simulator.simulator_rig import ANA, Simulator


@pytest.fixture
async def greeting(simulator: Simulator) -> Template:
    """The approved template of a campaign's first words; the simulator stands as soon as this does."""
    sids = await asyncio.to_thread(register_content, settings())
    configured = settings().model_copy(update={"template_sids": json.dumps(sids)})
    return Templates.load(configured).get("campaign_greeting")


def later(minutes: float) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


async def test_a_call_whose_hours_are_over_is_not_sent_any_more(
    post: Post, simulator: Simulator, greeting: Template
) -> None:
    await post.call(greeting, until=later(-1))
    await post.until(lambda states: states == [("failed", "failed", None)])
    assert await asyncio.to_thread(simulator.sends) == []


async def test_a_call_within_its_hours_is_sent_once_and_we_hear_when_it_was_delivered(
    post: Post, simulator: Simulator, greeting: Template
) -> None:
    await post.call(greeting, until=later(60))
    await post.until(lambda states: [state[:2] for state in states] == [("sent", "delivered")])
    assert len(await asyncio.to_thread(simulator.sends)) == 1
    async with post.store.sessions() as session:
        message = (await session.scalars(select(Message).where(Message.kind == "template"))).one()
    assert message.delivered_at is not None
    assert message.read_at is None


async def test_replies_go_before_calls_that_were_there_first(
    post: Post, simulator: Simulator, greeting: Template
) -> None:
    simulator.faults(sends={"count": 1, "status": 429, "code": 20429, "retry_after": 2})
    await post.call(greeting, until=later(60))
    async with asyncio.timeout(20):
        while not await post.was_refused():
            await asyncio.sleep(0.05)
    await post.send(Draft("Sua guia está pronta."))
    await post.until(lambda states: {state[0] for state in states} == {"sent"})
    first, second = await asyncio.to_thread(simulator.sends)
    assert (first["body"], str(second["body"])[:4]) == ("Sua guia está pronta.", "Olá,")


@pytest.mark.parametrize("how", [{"sends": {"count": 1, "status": 400, "code": 63016}}, {"async_error": {ANA: 63016}}])
async def test_a_call_that_the_closed_window_refuses_fails_and_no_template_asks_for_an_answer(
    post: Post, simulator: Simulator, greeting: Template, how: dict[str, object]
) -> None:
    simulator.faults(**how)
    await post.call(greeting, until=later(60))
    await post.until(lambda states: bool(states) and states[0][1] in {"failed", "undelivered"})
    assert [state[2] for state in await post.states()] == [63016]


async def test_twilio_is_asked_what_became_of_a_message_whose_callbacks_were_lost(
    post: Post, simulator: Simulator, greeting: Template
) -> None:
    simulator.faults(callbacks={"drop": 1})
    await post.call(greeting, until=later(60))
    await post.until(lambda states: [state[0] for state in states] == ["sent"])
    [sent] = await asyncio.to_thread(simulator.sends)
    client = TwilioClient(settings())
    async with asyncio.timeout(20):
        while (await client.fetch(str(sent["sid"])))[0] != "delivered":
            await asyncio.sleep(0.05)
    await client.close()
    assert [state[1] for state in await post.states()] == ["queued"]

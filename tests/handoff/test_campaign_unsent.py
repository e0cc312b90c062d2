"""Calls that wait to be sent and must not leave, and calls that were given up and left after all."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.delinquency.calling import Plan
from backend.delinquency.calls import open_call
from backend.delinquency.tables import CampaignRow
from backend.settings import settings
from backend.store.engine import Store
from handoff.conversations.tables import Message, OutboxRow
from handoff.dispatch import campaign_unsent
from handoff.whatsapp.status import Status, apply_statuses
from tests.backend.agenda import NOW, at
from tests.handoff.campaign_rig import TODAY, Calls, started

ANA, BIA = "+5598988000001", "+5598988000002"
NAME = "Ana Rocha"
SOON = NOW + timedelta(minutes=5)


@pytest.fixture
async def calls(store: Store, monkeypatch: pytest.MonkeyPatch) -> Calls:
    monkeypatch.setattr(settings(), "twilio_from", "whatsapp:+559830000000")
    calls = Calls(store)
    await calls.clock(NOW)
    return calls


async def hears_late(calls: Calls, state: str, place: int = 0) -> None:
    """Twilio tells of an attempt's message that was given up."""
    attempt = (await calls.attempts(NAME))[place]
    async with calls.store.sessions() as session:
        query = select(OutboxRow.id).where(OutboxRow.message_id == attempt.message_id)
        outbox_id = (await session.scalars(query)).one()
    await apply_statuses(calls.store.engine, [Status(str(outbox_id), f"SM{uuid4().hex}", state, None)])
    await calls.follow()


@pytest.mark.parametrize("state", ["sent", "delivered"])
async def test_a_call_that_was_given_up_and_left_after_all_counts_and_is_not_made_again(
    calls: Calls, state: str
) -> None:
    await started(calls, (NAME, ANA))
    await calls.call()
    await calls.clock(at(TODAY, 18, 5))
    await calls.expires(NAME)
    assert await calls.stands(NAME) == ("waiting", "", 0)
    await hears_late(calls, state)
    assert await calls.stands(NAME) == ("calling", "", 1)
    assert await calls.outcomes(NAME) == [state]
    async with calls.store.sessions() as session:
        assert (await session.scalars(select(Message.delivery))).one() == state
        assert (await session.scalars(select(OutboxRow.state))).one() == "sent"
    await calls.clock(at(TODAY + timedelta(days=1), 9, 30))
    assert await calls.call() == 0


async def test_its_end_is_proved_beside_the_belief_that_it_never_left(calls: Calls) -> None:
    await started(calls, (NAME, ANA))
    await calls.call()
    await calls.expires(NAME)
    await hears_late(calls, "delivered")
    await calls.clock(NOW + timedelta(days=2))
    await calls.follow()
    assert await calls.outcomes(NAME) == ["no_answer"]
    assert await calls.links(NAME) == ["attempt", "delivery", "delivery"]


async def test_heard_of_after_it_was_made_again_both_are_attempts_with_numbers_of_their_own(calls: Calls) -> None:
    await started(calls, (NAME, ANA))
    await calls.call()
    await calls.expires(NAME)
    await calls.clock(SOON)
    assert await calls.call() == 1
    await hears_late(calls, "delivered")
    assert await calls.stands(NAME) == ("calling", "", 2)
    assert sorted(one.number for one in await calls.attempts(NAME)) == [1, 2]
    assert {one.outcome for one in await calls.attempts(NAME)} == {"delivered", "planned"}


async def test_who_asks_for_no_more_messages_is_not_sent_the_call_that_waits(calls: Calls) -> None:
    await started(calls, (NAME, ANA))
    await calls.call()
    await calls.becomes(NAME, "read")
    await calls.clock(NOW + timedelta(days=2))
    await calls.follow()
    assert await calls.call() == 1
    await calls.answers(NAME, "stop", "PARE")
    assert await campaign_unsent.withdraw(calls.store) == 1
    assert await calls.stands(NAME) == ("done", "stopped", 1)
    assert await calls.outcomes(NAME) == ["no_answer", "withdrawn"]


async def test_an_answer_belongs_to_no_call_that_never_left(calls: Calls) -> None:
    await started(calls, (NAME, ANA))
    await calls.call()
    await calls.becomes(NAME, "read")
    await calls.clock(NOW + timedelta(days=2))
    await calls.follow()
    await calls.call()
    await calls.expires(NAME)
    await calls.answers(NAME, "later", "amanhã")
    assert await calls.outcomes(NAME) == ["answered", "expired"]


async def test_who_was_not_called_when_the_campaign_ended_was_not_called_in_vain(calls: Calls) -> None:
    campaign_id = await started(calls, (NAME, ANA))
    await calls.call()
    await calls.do(campaign_id, "end")
    assert await campaign_unsent.withdraw(calls.store) == 1
    assert await calls.stands(NAME) == ("done", "ended", 0)


async def test_of_two_people_of_one_telephone_the_one_who_was_called_last_is_answered_for(calls: Calls) -> None:
    await started(calls, (NAME, ANA), ("Bia Rocha", ANA))
    await calls.call()
    await calls.answers(NAME, "not_here")
    await calls.clock(NOW + timedelta(hours=2))
    assert await calls.call() == 1  # Bia, whose line comes after Ana's
    await calls.answers("Bia Rocha", "not_here")
    await calls.clock(NOW + timedelta(days=3))
    assert await calls.call() == 1  # Ana again
    async with calls.store.sessions() as session:
        found = await open_call(session, ANA)
        assert isinstance(found, CampaignRow)
        assert found.full_name == NAME


async def test_a_clock_that_was_set_back_is_not_waited_for(calls: Calls) -> None:
    await started(calls, (NAME, ANA), ("Bia Luz", BIA), plan=Plan(an_hour=10))
    await calls.clock(NOW + timedelta(days=7))
    assert await calls.call() == 1
    assert await calls.call() == 0
    await calls.clock(NOW)
    assert await calls.call() == 1

"""Dispatch when something is away: another Rasa answers, the desk takes over with an apology, Redis is not missed."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from handoff.dispatch.assistant import Assistant, NoAnswer
from tests.stack import Stack, configured, eventually

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def the_workers_place(stack: Stack) -> Iterator[Stack]:
    """The usual worker makes room for another, and comes back."""
    stack.kill("worker")
    yield stack
    stack.kill("another")
    stack.start("worker")


async def test_a_rasa_that_is_away_is_passed_over_and_the_same_turn_has_the_same_answer(stack: Stack) -> None:
    config = configured(stack)
    config.rasa_urls = f"{NOWHERE},{config.rasa_urls}"
    assistant = Assistant(config)
    conversation, turn = uuid4(), uuid4()
    answers = [await assistant.ask(conversation, turn, "oi", None, {}) for _ in range(4)]
    await assistant.close()
    assert "Como posso ajudar?" in answers[0].replies[0].text
    assert all(answer == answers[0] for answer in answers)
    query = "SELECT count(*) FROM rasa.events WHERE sender_id = %s AND type_name = 'user'"
    assert stack.rows(query, str(conversation)) == [(1,)]


async def test_without_the_token_nobody_is_answered(stack: Stack) -> None:
    config = configured(stack)
    config.rasa_token = type(config.rasa_token)("wrong")
    assistant = Assistant(config)
    with pytest.raises(NoAnswer, match="http_401"):
        await assistant.ask(uuid4(), uuid4(), "oi", None, {})
    await assistant.close()


def test_when_no_rasa_answers_for_the_set_time_the_desk_takes_over_with_an_apology(
    the_workers_place: Stack, phone: str
) -> None:
    stack = the_workers_place
    stack.start("another", "worker", ZELO_RASA_URLS=NOWHERE, ZELO_GIVE_UP_SECONDS="2")
    stack.write(phone, "oi, preciso de ajuda")
    sorry, queue = stack.answers(phone, 2)
    assert "Desculpe" in sorry
    assert "fila" in queue
    query = (
        "SELECT c.owner, o.reason, o.summary FROM conversation c JOIN contact p ON p.id = c.contact_id"
        " JOIN ownership o ON o.conversation_id = c.id AND o.until IS NULL WHERE p.address = %s"
    )
    owner, reason, summary = stack.rows(query, f"whatsapp:{phone}")[0]
    assert (owner, reason) == ("team", "assistant_unavailable")
    assert "preciso de ajuda" in summary


def test_without_redis_a_message_is_answered_within_seconds(the_workers_place: Stack, phone: str) -> None:
    stack = the_workers_place
    stack.start("another", "worker", ZELO_REDIS_URL="redis://127.0.0.1:9/0")
    stack.write(phone, "oi")
    assert "Como posso ajudar?" in stack.answers(phone, 1, seconds=15)[0]


def test_sigterm_finishes_the_turn_in_hand(the_workers_place: Stack, phone: str) -> None:
    stack = the_workers_place
    stack.start("another", "worker")
    stack.pause("rasa")
    stack.write(phone, "oi")
    open_turn = (
        "SELECT t.state FROM turn t JOIN conversation c ON c.id = t.conversation_id JOIN contact p ON p.id ="
        " c.contact_id WHERE p.address = %s"
    )
    eventually(lambda: stack.rows(open_turn, f"whatsapp:{phone}") == [("open",)], what="the turn in hand")
    stack.processes["another"].terminate()
    stack.go_on("rasa")
    stack.processes["another"].wait(30)
    assert stack.rows(open_turn, f"whatsapp:{phone}") == [("answered",)]

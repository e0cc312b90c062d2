"""Free words after a call are its answer while it is what was said last; anything else goes its own way."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from backend.settings import settings
from backend.store.engine import Store
from handoff.conversations.tables import Conversation, Message, Turn
from handoff.dispatch import inbox
from tests.backend.agenda import NOW
from tests.handoff.campaign_rig import Calls, started

ANA = "+5598988000001"


@pytest.fixture
async def calls(store: Store, monkeypatch: pytest.MonkeyPatch) -> Calls:
    monkeypatch.setattr(settings(), "twilio_from", "whatsapp:+559830000000")
    calls = Calls(store)
    await calls.clock(NOW)
    await started(calls, ("Ana Rocha", ANA))
    await calls.call()
    return calls


async def asked(calls: Calls, body: str) -> object:
    """What stands behind the words as the assistant is asked about them."""
    await calls.writes(ANA, body)
    async with calls.store.unit_of_work() as session:
        await session.execute(update(Conversation).values(work_due_at=NOW))
        await session.execute(update(Message).where(Message.direction == "in").values(state="pending"))
    claimed = await inbox.claim(calls.store)
    assert claimed is not None
    assert claimed.text == body
    return (claimed.payload or {}).get("entities")


async def conversation(calls: Calls) -> UUID:
    async with calls.store.sessions() as session:
        return (await session.scalars(select(Conversation.id))).one()


@pytest.mark.parametrize(
    ("body", "answer"), [("sou eu", "me"), ("quem é?", "who"), ("número errado", "wrong_number"), ("pare", "stop")]
)
async def test_free_words_answer_the_call(calls: Calls, body: str, answer: str) -> None:
    assert await asked(calls, body) == {"call": str(calls.rows["Ana Rocha"]), "answer": answer}


@pytest.mark.parametrize("body", ["quero marcar uma consulta", "dor forte no peito, sim", "atendente"])
async def test_another_need_and_danger_answer_no_call(calls: Calls, body: str) -> None:
    assert await asked(calls, body) is None


async def test_a_yes_to_something_else_that_was_asked_since_answers_no_call(calls: Calls) -> None:
    await calls.say(await conversation(calls), "Posso confirmar a consulta?")
    assert await asked(calls, "sim") is None


async def test_who_wants_no_more_messages_is_heard_whatever_was_said_last(calls: Calls) -> None:
    await calls.say(await conversation(calls), "Posso confirmar a consulta?")
    assert await asked(calls, "pare") == {"call": str(calls.rows["Ana Rocha"]), "answer": "stop"}


@pytest.mark.parametrize(("attachments", "answers"), [(0, True), (1, False)])
async def test_a_yes_after_an_audio_that_nobody_could_hear_answers_the_call(
    calls: Calls, attachments: int, answers: bool
) -> None:
    called = await conversation(calls)
    await calls.say(called, "Ainda não consigo ouvir áudios. Pode escrever o que você precisa?")
    async with calls.store.unit_of_work() as session:
        unread = Turn(
            conversation_id=called, state="answered", text="", context={"attachments": attachments}, asked_at=NOW,
            first_tried_at=NOW,
        )  # fmt: skip
        session.add(unread)
        await session.flush()
        newest = select(func.max(Message.id)).where(Message.direction == "out").scalar_subquery()
        await session.execute(update(Message).where(Message.id == newest).values(turn_id=unread.id))
    assert (await asked(calls, "sim") is not None) is answers

"""Silence ends what the assistant alone was working on, and nothing that waits for the desk."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from backend.actor import ASSISTANT
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.conversations import ownership
from handoff.conversations.silence import end_silent
from handoff.conversations.tables import Conversation
from handoff.whatsapp.inbound import InboundMessage
from handoff.whatsapp.ingest import store_messages


async def conversation_with_protocol(store: Store, number: int) -> UUID:
    message = InboundMessage(
        sid=f"SM{number:032d}", sender=f"whatsapp:+559898800{number:04d}", recipient="whatsapp:+559830000000",
        phone=f"+559898800{number:04d}", profile_name="", kind="text", body="oi", media=(), form={},
    )  # fmt: skip
    touched = await store_messages(store.engine, [message])
    conversation_id = UUID(touched.conversations[0])
    async with store.unit_of_work() as session:
        await protocols.open_protocol(
            session, store, kind=KINDS["appointment"], request_key=str(number), conversation_id=conversation_id,
            beneficiary_id=None, actor=ASSISTANT, now=await business_now(session),
        )  # fmt: skip
    return conversation_id


async def test_a_day_of_silence_closes_the_unfinished_and_keeps_what_waits(store: Store) -> None:
    unfinished, waits, handed_over = [await conversation_with_protocol(store, number) for number in (1, 2, 3)]
    async with store.unit_of_work() as session:
        now = await business_now(session)
        [waiting] = await protocols.of_conversation(session, waits)
        await protocols.set_waiting(session, protocol=waiting, actor=ASSISTANT, now=now, text="Na lista de espera.")
        conversation = await ownership.lock(session, handed_over)
        await ownership.hand_over(
            session, conversation=conversation, team="call_centre", reason="asked", summary="", priority=0,
            actor=ASSISTANT, now=now,
        )  # fmt: skip
        await ownership.own(
            session, conversation=conversation, owner="assistant", reason="given back", actor=ASSISTANT, now=now
        )
        quiet = {"last_activity_at": now - timedelta(hours=25), "work_due_at": None}
        await session.execute(update(Conversation).values(**quiet))
    async with store.engine.begin() as connection:
        assert len(await end_silent(connection)) == 3
    async with store.unit_of_work() as session:
        rows = await session.execute(select(Protocol.conversation_id, Protocol.state, Protocol.closed_at))
        states = {row.conversation_id: (row.state, row.closed_at is not None) for row in rows}
        assert states == {unfinished: ("closed", True), waits: ("waiting", False), handed_over: ("open", False)}
        (last,) = await protocols.of_conversation(session, unfinished)
        assert (await protocols.history(session, last.id))[-1].step == "closed"

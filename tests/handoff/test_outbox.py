"""Out to WhatsApp: errors, the window, statuses that only move forward, the pace, order."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.stack import TOKEN, Stack, configured, eventually


@pytest.fixture(autouse=True)
def well_behaved(stack: Stack) -> Iterator[None]:
    yield
    stack.no_faults()


def sent(stack: Stack, phone: str) -> list[tuple[str, str | None, int | None]]:
    query = (
        "SELECT o.state, m.delivery, m.error_code FROM outbox o JOIN message m ON m.id = o.message_id"
        " WHERE o.recipient = %s ORDER BY o.position"
    )
    return [tuple(row) for row in stack.rows(query, f"whatsapp:{phone}")]  # type: ignore[misc]


def callback(stack: Stack, outbox_id: str, sid: str, state: str, code: str = "") -> int:
    url = f"{stack.web}/webhooks/twilio/status?outbox={outbox_id}"
    fields = {"MessageSid": sid, "MessageStatus": state, "AccountSid": "AC" + "0" * 32} | (
        {"ErrorCode": code} if code else {}
    )
    headers = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, fields)}
    return httpx.post(url, data=fields, headers=headers).status_code


def test_429_with_retry_after_waits_and_sends_once(stack: Stack, phone: str) -> None:
    stack.faults(sends={"count": 2, "status": 429, "code": 20429, "retry_after": 1})
    stack.write(phone, "oi")
    stack.answers(phone, 1)
    eventually(lambda: sent(stack, phone)[0][0] == "sent", what="the settled send")
    assert len(stack.received(phone)) == 1


def test_a_number_that_cannot_be_written_to_fails_for_good_and_visibly(stack: Stack, phone: str) -> None:
    stack.faults(sends={"count": 1, "status": 400, "code": 63024})
    stack.write(phone, "oi")
    eventually(lambda: sent(stack, phone)[:1] == [("failed", "failed", 63024)], what="the failure")


def test_a_5xx_is_looked_up_before_another_try(stack: Stack, phone: str) -> None:
    stack.faults(sends={"count": 1, "status": 503, "code": 20500})
    stack.write(phone, "oi")
    stack.answers(phone, 1, seconds=40)
    assert len(stack.received(phone)) == 1


def test_statuses_come_late_doubled_and_shuffled_and_only_move_forward(stack: Stack, phone: str) -> None:
    stack.write(phone, "oi")
    stack.answers(phone, 1)
    eventually(lambda: sent(stack, phone)[0][1] == "delivered", what="delivery")
    outbox_id, sid = stack.rows("SELECT id, sid FROM outbox WHERE recipient = %s", f"whatsapp:{phone}")[0]
    states = ["queued", "sending", "sent", "read", "delivered", "sent", "queued"] * 3
    random.Random(7).shuffle(states)
    assert {callback(stack, outbox_id, sid, state) for state in states} == {204}
    assert sent(stack, phone)[0] == ("sent", "read", None)


def test_a_status_of_nobodys_message_is_acknowledged_and_a_malformed_one_is_not(stack: Stack) -> None:
    assert callback(stack, "", "SM" + "f" * 32, "delivered") == 204
    assert callback(stack, "", "SM" + "f" * 32, "levitating") == 400
    assert callback(stack, "no-uuid", "SM" + "f" * 32, "delivered") == 400


def test_outside_the_window_a_template_asks_and_the_message_waits_for_the_answer(stack: Stack, phone: str) -> None:
    stack.write(phone, "atendente")
    before = len(stack.answers(phone, 3))
    eventually(
        lambda: {row[1] for row in sent(stack, phone)} == {"delivered"}, what="all delivered before the clock moves"
    )
    with clock_ahead(stack, 25):
        reply_as_attendant(stack, phone, "Sua guia está pronta.")
        template = stack.answers(phone, before + 1)[-1]
        assert "Responda a esta mensagem" in template
        waiting = stack.rows("SELECT body FROM outbox WHERE recipient = %s AND state = 'held'", f"whatsapp:{phone}")
        assert waiting == [("Sua guia está pronta.",)]
        asked = [text for text in stack.received(phone) if "Responda a esta mensagem" in text]
        assert len(asked) == 1, stack.rows("SELECT position, state, body FROM outbox ORDER BY position DESC LIMIT 6")
        stack.write(phone, "oi, voltei")
        eventually(lambda: "Sua guia está pronta." in stack.received(phone), what="the message that waited")
        assert stack.received(phone).count("Sua guia está pronta.") == 1


def test_a_message_after_a_day_of_silence_begins_a_new_episode_at_once(stack: Stack, phone: str) -> None:
    stack.write(phone, "oi")
    stack.answers(phone, 1)
    eventually(lambda: sent(stack, phone)[0][1] == "delivered", what="delivery before the clock moves")
    with clock_ahead(stack, 25):
        assert [attempt["status"] for attempt in stack.write(phone, "oi de novo")["attempts"]] == [204]
        episodes = (
            "SELECT c.closed_by FROM conversation c JOIN contact p ON p.id = c.contact_id"
            " WHERE p.address = %s ORDER BY c.opened_at"
        )
        assert stack.rows(episodes, f"whatsapp:{phone}") == [("silence",), (None,)]
        stack.answers(phone, 2)


def test_a_refusal_after_the_fact_is_also_answered_with_the_template(stack: Stack, phone: str) -> None:
    stack.faults(async_error={phone: 63016})
    stack.write(phone, "oi")
    eventually(lambda: [row[0] for row in sent(stack, phone)][:1] == ["held"], what="the held message")
    eventually(lambda: len(stack.received(phone)) >= 2, what="the template")
    stack.no_faults()
    stack.write(phone, "sim")
    eventually(
        lambda: stack.received(phone).count(stack.received(phone)[0]) == 2, what="the message again, now for good"
    )


def test_a_long_answer_is_several_messages_in_order(stack: Stack, phone: str) -> None:
    stack.write(phone, "atendente")
    before = len(stack.answers(phone, 3))
    text = " ".join(f"palavra{n}" for n in range(400))
    reply_as_attendant(stack, phone, text)
    pieces = stack.answers(phone, before + 3)[before:]
    assert " ".join(pieces) == text
    assert all(len(piece) <= 1600 for piece in pieces)


def test_two_workers_together_keep_to_the_pace_of_a_number(stack: Stack, phone: str) -> None:
    stack.start("worker.2", "worker")
    try:
        stack.http.delete(f"{stack.simulator}/control/log")
        phones = [f"{phone[:-3]}{n:03d}" for n in range(150)]
        for each in phones:
            stack.http.post(f"{stack.simulator}/control/inbound", json={"phone": each, "body": "oi"}).raise_for_status()
        eventually(lambda: len(stack.log()["sends"]) >= 150, seconds=60, what="150 answers")
        assert max(stack.log()["peak_rate"].values()) <= 80
        assert all(len([s for s in stack.log()["sends"] if s["to"] == f"whatsapp:{each}"]) == 1 for each in phones[:20])
    finally:
        stack.kill("worker.2")


@contextlib.contextmanager
def clock_ahead(stack: Stack, hours: float) -> Iterator[None]:
    """Business time, the simulator's and ours, is so many hours ahead."""
    set_clock(stack, hours)
    try:
        yield
    finally:
        set_clock(stack, 0)


def set_clock(stack: Stack, hours: float) -> None:
    answer = stack.http.post(f"{stack.simulator}/control/clock", json={"offset_seconds": hours * 3600}).json()
    assert answer["forwarded"]["ok"], answer


def reply_as_attendant(stack: Stack, phone: str, text: str) -> None:
    """What the console does when an attendant claims a conversation and answers."""
    import asyncio
    import json

    from backend.actor import attendant
    from backend.store.clock import business_now
    from backend.store.engine import Store
    from handoff.access.verbs import by_username
    from handoff.desk import verbs
    from handoff.whatsapp.templates import Templates

    [(conversation,)] = stack.rows(
        "SELECT c.id FROM conversation c JOIN contact p ON p.id = c.contact_id WHERE p.address = %s AND closed_at IS NULL",
        f"whatsapp:{phone}",
    )
    templates = Templates.load(configured(stack))

    async def answer() -> None:
        store = Store(stack.database_url)
        async with store.unit_of_work() as session:
            account = await by_username(session, "atendente")
            assert account is not None
            now = await business_now(session)
            await verbs.claim(
                session, conversation_id=conversation, account=account, actor=attendant(account.id), now=now
            )
            await verbs.reply(
                session, templates, conversation_id=conversation, text=text, request_key=f"test-{phone}-{json.dumps(text)[:20]}",
                account=account, actor=attendant(account.id), now=now,
            )  # fmt: skip
        await store.close()

    asyncio.run(answer())

"""Each turn has exactly one effect, whoever is killed in whichever window.

What is counted is what others saw: the simulator's log of what Twilio took, and the protocols. Each window is made
to be hit by holding a lock or a process still, never by waiting and hoping; how often each was hit is printed.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.stack import FROM, ROOT, Stack, eventually

REPORT = ROOT / "var" / "test" / "windows.json"  # printed at the end of the run, see tests/conftest.py

HITS: Counter[str] = Counter()
REQUEST = "quero agendar uma consulta com cardiologista"
OPENED = "Anotei: Agendamento de consulta."
_numbers = itertools.count(1)


@pytest.fixture
def writer(stack: Stack) -> str:
    return f"+55988777{next(_numbers):05d}"


def conversation_of(stack: Stack, phone: str) -> str:
    query = "SELECT c.id FROM conversation c JOIN contact p ON p.id = c.contact_id WHERE p.address = %s"
    return str(eventually(lambda: stack.rows(query, f"whatsapp:{phone}"), what="the conversation")[0][0])


def turn_is(stack: Stack, phone: str, state: str) -> bool:
    query = (
        "SELECT 1 FROM turn t JOIN conversation c ON c.id = t.conversation_id JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s AND t.state = %s"
    )
    return bool(stack.rows(query, f"whatsapp:{phone}", state))


def tracker_has_turn(stack: Stack, phone: str) -> bool:
    query = (
        "SELECT 1 FROM rasa.events e JOIN conversation c ON c.id::text = e.sender_id"
        " JOIN contact p ON p.id = c.contact_id WHERE p.address = %s AND e.type_name = 'user'"
    )
    return bool(stack.rows(query, f"whatsapp:{phone}"))


def outbox_states(stack: Stack, phone: str) -> list[str]:
    return [
        row[0]
        for row in stack.rows("SELECT state FROM outbox WHERE recipient = %s ORDER BY position", f"whatsapp:{phone}")
    ]


def waiting_for_lock(stack: Stack, table: str) -> bool:
    query = (
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE %s AND pid <> pg_backend_pid()"
    )
    return bool(stack.rows(query, f"%{table}%"))


def restart(stack: Stack, *names: str) -> None:
    for name in names:
        if name in stack.processes:
            stack.kill(name)
    for name in names:
        stack.start(name)


def assert_exactly_one_effect(stack: Stack, phone: str) -> None:
    """One protocol, and each message of the answer once and in order, as Twilio and the register saw it."""
    got = stack.answers(phone, 3, seconds=60)
    assert [text.split("\n")[0][:20] for text in got] == [got[0][:20], OPENED[:20], "Para sua segurança, "], got
    conversation = conversation_of(stack, phone)
    assert stack.rows("SELECT count(*) FROM protocol WHERE conversation_id = %s", conversation) == [(1,)]
    eventually(lambda: turn_is(stack, phone, "answered"), what="the stored answer")
    eventually(lambda: set(outbox_states(stack, phone)) == {"sent"}, what="every send settled", seconds=30)
    assert len(stack.received(phone)) == 3, "nothing was sent again after it had settled"


@contextlib.contextmanager
def hit(window: str) -> Iterator[None]:
    yield
    HITS[window] += 1


WINDOWS = (
    "worker: before the turn",
    "actions: inside an action",
    "rasa: inside an action",
    "worker: inside an action",
    "worker: after the tracker's save",
    "rasa and worker: after the tracker's save",
    "worker: before the send",
    "worker: during the send, not taken",
    "worker: during the send, taken",
    "worker: after the send",
)


def test_a_worker_killed_before_the_turn_is_asked_loses_and_doubles_nothing(stack: Stack, writer: str) -> None:
    stack.pause("rasa")
    stack.write(writer, REQUEST)
    eventually(lambda: turn_is(stack, writer, "open"), what="the frozen turn")
    assert not tracker_has_turn(stack, writer)
    with hit("worker: before the turn"):
        restart(stack, "worker")
    stack.go_on("rasa")
    assert_exactly_one_effect(stack, writer)


@pytest.mark.parametrize("victim", ["actions", "rasa", "worker"])
def test_whoever_is_killed_inside_an_action_the_protocol_is_opened_once(stack: Stack, writer: str, victim: str) -> None:
    stack.run(
        "INSERT INTO protocol_day (day, last) VALUES ((now() AT TIME ZONE 'America/Sao_Paulo')::date, 0) ON CONFLICT DO NOTHING"
    )
    with stack.holding("SELECT 1 FROM protocol_day FOR UPDATE"):
        stack.write(writer, REQUEST)
        eventually(lambda: waiting_for_lock(stack, "INTO protocol_day"), what="an action that takes a number")
        with hit(f"{victim}: inside an action"):
            restart(stack, victim)
    stack.wait_until_ready()
    assert_exactly_one_effect(stack, writer)


@pytest.mark.parametrize("victims", [("worker",), ("rasa", "worker")])
def test_whoever_is_killed_after_the_trackers_save_the_answer_is_the_same_one(
    stack: Stack, writer: str, victims: tuple[str, ...]
) -> None:
    stack.pause("rasa")
    stack.write(writer, REQUEST)
    eventually(lambda: turn_is(stack, writer, "open"), what="the frozen turn")
    conversation = conversation_of(stack, writer)
    with stack.holding("SELECT 1 FROM conversation WHERE id = %s FOR UPDATE", conversation):
        stack.go_on("rasa")
        eventually(lambda: tracker_has_turn(stack, writer), what="the saved tracker")
        assert turn_is(stack, writer, "open")
        with hit(f"{' and '.join(victims)}: after the tracker's save"):
            restart(stack, *victims)
    stack.wait_until_ready()
    assert_exactly_one_effect(stack, writer)


def test_a_worker_killed_before_the_send_sends_once(stack: Stack, writer: str) -> None:
    stack.kill("worker")
    with stack.holding("SELECT pg_advisory_lock(hashtextextended(%s, 0))", f"zelo.sender:{FROM}"):
        stack.start("worker")
        stack.write(writer, REQUEST)
        eventually(lambda: outbox_states(stack, writer) == ["ready"] * 3, what="three rows ready")
        with hit("worker: before the send"):
            restart(stack, "worker")
    assert_exactly_one_effect(stack, writer)


def test_a_worker_killed_during_a_send_that_twilio_never_took_sends_it_then(stack: Stack, writer: str) -> None:
    stack.faults(drop_before_accept=1, accept_delay=2)
    stack.write(writer, REQUEST)
    eventually(lambda: "sending" in outbox_states(stack, writer), what="a row that is being sent")
    assert not stack.received(writer)
    with hit("worker: during the send, not taken"):
        restart(stack, "worker")
    stack.no_faults()
    assert_exactly_one_effect(stack, writer)


def test_a_worker_killed_during_a_send_that_twilio_took_does_not_send_it_again(stack: Stack, writer: str) -> None:
    stack.faults(response_delay=5, callbacks={"drop": 1.0})
    stack.write(writer, REQUEST)
    eventually(lambda: len(stack.received(writer)) == 1, what="one message with Twilio")
    assert outbox_states(stack, writer)[0] == "sending"
    with hit("worker: during the send, taken"):
        restart(stack, "worker")
    stack.no_faults()
    assert_exactly_one_effect(stack, writer)


def test_a_worker_killed_after_the_send_and_before_it_was_noted_does_not_send_again(stack: Stack, writer: str) -> None:
    stack.faults(response_delay=1, callbacks={"drop": 1.0})
    stack.write(writer, REQUEST)
    eventually(lambda: len(stack.received(writer)) == 1, what="one message with Twilio")
    with stack.holding("SELECT 1 FROM outbox WHERE recipient = %s FOR UPDATE", f"whatsapp:{writer}"):
        eventually(
            lambda: waiting_for_lock(stack, "UPDATE outbox SET sid"), what="a worker that wants to note the send"
        )
        with hit("worker: after the send"):
            restart(stack, "worker")
    stack.no_faults()
    assert_exactly_one_effect(stack, writer)


def test_a_lost_answer_is_looked_up_and_never_guessed(stack: Stack, writer: str) -> None:
    stack.faults(accept_then_drop=2, callbacks={"drop": 1.0})
    stack.write(writer, REQUEST)
    stack.answers(writer, 3)
    stack.no_faults()
    assert_exactly_one_effect(stack, writer)


def test_every_window_was_hit(stack: Stack) -> None:
    REPORT.write_text(json.dumps(dict(HITS), ensure_ascii=False, indent=1))
    assert all(HITS[window] for window in WINDOWS), f"a window was never hit: {HITS}"

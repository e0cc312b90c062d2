"""Danger in a message: 192 first of all, the right other number, a person before everybody; wherever it is said."""

from __future__ import annotations

from typing import Any

import pytest

from actions.conversation import CancelFlow, Goodbye, Greet, NoQuestion, Thank
from actions.edge import ZeloAction
from actions.handover import EMERGENCY_TEXTS, Complain, Emergency, TalkToAttendant
from actions.requests import ContinueRequest, FinishRequest, OpenRequest
from backend.store.engine import Store
from tests.actions.test_texts import RESPONSES
from tests.actions.turns import Turn


@pytest.fixture
def turn(store: Store) -> Turn:
    return Turn(store)


def text_of(name: str) -> str:
    return str(RESPONSES[f"utter_{name}"][0]["text"])


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("quero morrer", "emergency_life"),
        ("meu marido me bateu", "emergency_home"),
        ("meu vizinho me ameaçou de morte", "emergency_threat"),
        ("meu pai não consegue respirar", "emergency"),
        ("socorro", "emergency"),
    ],
)
async def test_the_right_number_stands_beside_192(turn: Turn, text: str, response: str) -> None:
    await turn(Emergency(), text, ("emergency", 1.0))
    assert turn.texts == [response, "emergency_protocol"]
    assert (turn.command["team"], turn.command["priority"], turn.command["reason"]) == ("call_centre", 2, "emergency")
    assert await turn.kinds() == [("emergency", "open")]


async def test_the_attendant_is_told_why_and_what_was_said(turn: Turn) -> None:
    await turn(Emergency(), "vou me matar", ("emergency", 1.0))
    assert "fala em morrer" in turn.command["summary"]
    assert "vou me matar" in turn.command["summary"]


@pytest.mark.parametrize(
    ("action", "intent"),
    [
        (Complain(), "complain"),
        (TalkToAttendant(), "talk_to_attendant"),
        (OpenRequest(), "invoice_copy"),
        (OpenRequest(), "schedule_appointment"),
    ],
)
async def test_danger_goes_before_what_was_understood(turn: Turn, action: ZeloAction, intent: str) -> None:
    turn.slots["announced"] = None
    await turn(action, "não aguento mais isso, quero morrer", (intent, 0.9))
    assert turn.texts == ["emergency_life", "emergency_protocol"]
    assert [kind for kind, _ in await turn.kinds()] == ["emergency"]


@pytest.mark.parametrize(
    ("action", "slots"),
    [
        (FinishRequest(), {"request_details": "at_once"}),
        (ContinueRequest(), {"identity_result": "at_once"}),
    ],
)
async def test_danger_in_the_middle_ends_what_was_asked(turn: Turn, action: ZeloAction, slots: dict[str, Any]) -> None:
    turn.slots |= {"pending_request": "invoice_copy", "request_state": {"intent": "invoice_copy"}} | slots
    await turn(action, "nao aguento mais essa vida", ("inform", 0.6))
    assert turn.texts == ["emergency_life", "emergency_protocol"]
    assert turn.command["priority"] == 2
    assert turn.slots["pending_request"] is None


async def test_what_an_option_stands_for_is_what_was_said(turn: Turn) -> None:
    await turn(Complain(), "1", ("complain", 1.0), said="vou matar vocês")
    assert turn.texts == ["emergency_threat", "emergency_protocol"]


@pytest.mark.parametrize("name", ["emergency", *EMERGENCY_TEXTS.values()])
def test_192_is_the_first_number_of_every_emergency_text(name: str) -> None:
    assert text_of(name).startswith("Se alguém corre perigo agora, ligue *192* (SAMU).")
    assert "!" not in text_of(name)
    assert len(text_of(name)) < 200


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("emergency_life", {"188"}), ("emergency_home", {"190", "180"}), ("emergency_threat", {"190"})],
)
def test_each_danger_has_its_numbers(name: str, numbers: set[str]) -> None:
    assert all(f"*{number}*" in text_of(name) for number in numbers)


@pytest.mark.parametrize(
    ("action", "intent", "text"),
    [
        (Goodbye(), "goodbye", "tchau, vou me matar"),
        (Greet(), "greet", "oi, meu marido me bateu"),
        (Thank(), "thank", "obrigada por tudo, quero morrer"),
        (CancelFlow(), "cancel_flow", "deixa pra lá, minha mãe desmaiou agora"),
        (NoQuestion(), "deny", "não, eu quero morrer"),
    ],
)
async def test_small_talk_with_a_danger_in_it_is_a_danger(
    turn: Turn, action: ZeloAction, intent: str, text: str
) -> None:
    await turn(action, text, (intent, 0.95))
    assert turn.texts == []
    assert turn.next == "action_emergency"

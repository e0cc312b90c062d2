"""A dialogue that cleans up after itself and is like no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conversations.people import Dialogue
from tests.stack import Stack


@pytest.fixture
def chat(stack: Stack, phone: str, request: pytest.FixtureRequest) -> Iterator[Dialogue]:
    """One person at a telephone of his own; afterwards what he booked is free again.

    Fails where another dialogue was understood as the same intents in the same order.
    """
    dialogue = Dialogue(stack, phone)
    yield dialogue
    dialogue.clean_up()
    dialogue.goes_a_way_of_its_own(request.node.nodeid)


@pytest.fixture(autouse=True)
def a_way_of_its_own(request: pytest.FixtureRequest) -> Iterator[None]:
    """The same for the dialogues of the other processes, whichever way they talk."""
    process = request.path.stem.removeprefix("test_")
    if process not in {"invoices", "network", "procedures", "plans"} or "phone" not in request.fixturenames:
        yield
        return
    dialogue = Dialogue(request.getfixturevalue("stack"), request.getfixturevalue("phone"))
    yield
    if dialogue.way():
        dialogue.goes_a_way_of_its_own(request.node.nodeid, process)


@pytest.fixture
def nothing_questioned(stack: Stack) -> None:
    """The demo's people as they were loaded: what other dialogues disputed or reported for them is taken back."""
    stack.run(
        "UPDATE protocol SET stage = 'withdrawn', state = 'closed', closed_at = business_now()"
        " WHERE kind in ('charge_dispute', 'payment_report')"
    )

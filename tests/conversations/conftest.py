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

"""First words that statistics do not surely know, and what becomes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from actions.not_understood import NotUnderstood
from actions.requests import ContinueRequest
from backend import demo
from backend.actor import SYSTEM
from backend.store.engine import Store
from tests.actions.chatting import Chat
from tests.actions.turns import NOW

ANA = "52998224725"


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Chat]:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
    yield Chat(store)


@pytest.mark.parametrize(
    "said",
    [
        "mudei de endereço, rua das flores 123 apto 2 centro são luís ma cep 65010-000",
        "oi troquei de celular o novo é 98 98866-0101",
        "queria atualizar meu cep 65010-000",
    ],
)
async def test_a_new_value_makes_no_riddle_of_what_has_changed(chat: Chat, said: str) -> None:
    await chat.does(NotUnderstood(), said, "nlu_fallback")
    assert chat.turn.slots["pending_request"] == "update_registration"
    assert chat.turn.slots["request_state"]["said"] == said


async def test_facts_instead_of_a_choice_lose_nothing_of_the_first_words(chat: Chat) -> None:
    await chat.identify(ANA)
    meant = ["member_card", "plan_information"]
    chat.turn.slots |= {
        "offered": {"meanings": meant, "said": "o cartão lá"}, "identity_result": "verified",
        "beneficiary_id": await chat.person_id(ANA),
    }  # fmt: skip
    assert await chat.does(ContinueRequest(), "cpf e o resto", "inform") == ["identity_verified", "which_meaning"]
    assert chat.turn.slots["offered"] == {"meanings": meant, "said": "o cartão lá"}

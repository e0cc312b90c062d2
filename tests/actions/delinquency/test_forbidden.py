"""Rule 3 over all paths: before the identity, and to who does not answer for the contract, never a word of a debt."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator

import pytest

from actions.needs import NEEDS
from backend.protocols.kinds import KINDS
from backend.store.engine import Store
from tests.actions.delinquency.calling import Call
from tests.actions.delinquency.debtors import FORBIDDEN, load

# (what is written, what it is understood as): answers to a call, needs, and what people say in between.
ANSWERS = [
    ("sim", "affirm"), ("não", "deny"), ("número errado", "inform"), ("ela saiu, não está aqui", "inform"),
    ("quem é? sobre o que é?", "inform"), ("ele faleceu", "change_holder"), ("estou internado", "inform"),
    ("vou processar vocês", "complain"), ("não quero falar com vocês", "inform"), ("PARE", "cancel_flow"),
    ("agora não posso, mais tarde", "inform"), ("mensagem automática, retornaremos em breve", "inform"),
]  # fmt: skip
NEEDED = [
    ("quanto eu devo?", "ask_debt"), ("quero negociar minha dívida", "negotiate_debt"),
    ("já paguei o boleto ontem", "report_payment"), ("é cobrança isso?", "ask_debt"), ("oi?", "inform"),
    ("sou a esposa dele", "inform"), ("estou ciente", "inform"), ("pix", "inform"), ("1", "inform"), ("🙄", "inform"),
]  # fmt: skip
# A dependent and a member of the contract that was called, and the holder of another one.
OTHERS = [
    ("cpf 153.509.460-56, nasci em 15/08/1980, mãe Marta Alves", "inform"),
    ("cpf 900.100.107-69, nasci em 18/04/1955, mãe Alzira Nunes", "inform"),
    ("cpf 529.982.247-25, nasci em 12/03/1985, mãe Lúcia Rocha", "inform"),
    ("cpf 390.533.447-05, nasci em 01/01/1980, mãe Maria", "inform"),  # some facts, and wrong ones
]
ALL = [*ANSWERS, *NEEDED, *OTHERS]
WALKS, LONGEST = 12, 6


@pytest.fixture
async def store_with_people(store: Store) -> AsyncIterator[Store]:
    await load(store)
    yield store


async def says_nothing_forbidden(store: Store, path: list[tuple[str, str]]) -> None:
    """Lets a call be answered so; fails at the first message of ours that holds a forbidden word."""
    call = Call(store)
    await call.calls()
    for place, (text, intent) in enumerate(path):
        await call.answers(text, intent=intent)
        found = FORBIDDEN.search(call.heard)
        assert found is None, f"{found} in {call.heard!r} after {[text for text, _ in path[: place + 1]]}"
        if call.handed_over or "Lúcia Rocha" in text:  # of her own contract she may hear all
            return


def walks(seed: int) -> Iterator[list[tuple[str, str]]]:
    pick = random.Random(seed)
    for _ in range(WALKS):
        begins = [("sim", "affirm")] if pick.random() < 0.5 else []
        yield [*begins, *(pick.choice(ALL) for _ in range(pick.randint(2, LONGEST)))]


@pytest.mark.parametrize("first", ANSWERS, ids=lambda answer: answer[0])
async def test_after_every_answer_to_a_call_every_other_message_meets_no_forbidden_word(
    store_with_people: Store, first: tuple[str, str]
) -> None:
    for then in ALL:
        await says_nothing_forbidden(store_with_people, [first, then])


@pytest.mark.parametrize("other", OTHERS, ids=["a dependent", "a member", "another contract's", "wrong facts"])
async def test_whoever_else_is_identified_hears_none_whatever_he_writes_next(
    store_with_people: Store, other: tuple[str, str]
) -> None:
    for then in NEEDED:
        await says_nothing_forbidden(store_with_people, [("sim", "affirm"), other, then])


@pytest.mark.parametrize("seed", range(4))
async def test_longer_ways_meet_none_either(store_with_people: Store, seed: int) -> None:
    for path in walks(seed):
        await says_nothing_forbidden(store_with_people, path)


def test_the_names_of_requests_that_are_said_to_anybody_hold_none() -> None:
    intents = ("ask_debt", "negotiate_debt", "report_payment")
    names = [text for intent in intents for text in (NEEDS[intent].title, NEEDS[intent].what)]
    names += [kind.title for kind in KINDS.values() if kind.intent in intents]
    assert not [name for name in names if FORBIDDEN.search(name)]

"""Rule 3 over all paths: before the identity, and to who does not answer for the contract, never a word of a debt."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from copy import deepcopy
from itertools import product

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker

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
WALKS, LONGEST = 48, 6

Said = tuple[str, str]
Tree = dict[Said, "Tree"]


class _OneConnection(Store):
    """All units of work on one connection, as savepoints, so that a path can be gone back."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.sessions = async_sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )  # fmt: skip


class Paths:
    """Lets a call be answered in many ways; those that begin alike are walked once up to where they part."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection, self.call, self.walked = connection, Call(_OneConnection(connection)), 0

    async def say_nothing_forbidden(self, paths: Iterable[Sequence[Said]]) -> None:
        """Fails at the first message of ours that holds a forbidden word."""
        tree: Tree = {}
        for path in paths:
            below = tree
            for said in path:
                below = below.setdefault(said, {})
        await self.call.calls()
        await self._walk(tree, [])

    async def _walk(self, tree: Tree, before: list[str]) -> None:
        call, kept = self.call, (deepcopy(self.call.turn.slots), self.call.loop)
        for (text, intent), below in tree.items():
            call.turn.slots, call.loop = deepcopy(kept[0]), kept[1]
            async with self.connection.begin_nested() as here:
                await call.answers(text, intent=intent)
                self.walked += 1
                found = FORBIDDEN.search(call.heard)
                assert found is None, f"{found} in {call.heard!r} after {[*before, text]}"
                if not call.handed_over and "Lúcia Rocha" not in text:  # of her own contract she may hear all
                    await self._walk(below, [*before, text])
                await here.rollback()


@pytest.fixture
async def paths(store: Store) -> AsyncIterator[Paths]:
    await load(store)
    async with store.engine.connect() as connection:
        yield Paths(connection)
        await connection.rollback()


def walks() -> Iterator[list[Said]]:
    pick = random.Random(0)
    for _ in range(WALKS):
        begins = [("sim", "affirm")] if pick.random() < 0.5 else []
        yield [*begins, *(pick.choice(ALL) for _ in range(pick.randint(2, LONGEST)))]


async def test_after_every_answer_to_a_call_every_other_message_meets_no_forbidden_word(paths: Paths) -> None:
    await paths.say_nothing_forbidden(product(ANSWERS, ALL))
    assert paths.walked > len(ANSWERS) * len(ALL) / 2


async def test_whoever_else_is_identified_hears_none_whatever_he_writes_next(paths: Paths) -> None:
    await paths.say_nothing_forbidden(product([("sim", "affirm")], OTHERS, NEEDED))


async def test_longer_ways_meet_none_either(paths: Paths) -> None:
    await paths.say_nothing_forbidden(walks())


def test_the_names_of_requests_that_are_said_to_anybody_hold_none() -> None:
    intents = ("ask_debt", "negotiate_debt", "report_payment")
    names = [text for intent in intents for text in (NEEDS[intent].title, NEEDS[intent].what)]
    names += [kind.title for kind in KINDS.values() if kind.intent in intents]
    assert not [name for name in names if FORBIDDEN.search(name)]

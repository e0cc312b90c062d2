"""The edge of every action: one transaction, committed once; errors become one failed turn, never a wrong one."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.talk import Talk
from backend.store.clock import business_now
from backend.store.engine import Store

_store: list[Store] = []


def use(store: Store) -> None:
    """Which database the actions of this process write to."""
    _store[:] = [store]


class ZeloAction(Action):  # type: ignore[misc]  # the SDK carries no types
    """An action that works on a `Talk`. `understood` says that the person was: the count of failures ends."""

    called: ClassVar[str]
    understood: ClassVar[bool] = True

    def name(self) -> str:
        """The name in domain.yml."""
        return self.called

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> list[Any]:
        """Rasa's entry: opens the transaction, lets the action act, commits."""
        store = _store[0]
        async with store.unit_of_work() as session:
            now = await business_now(session)
            talk = Talk(self.called, session, store, now, tracker, dispatcher)
            await self.act(talk)
            if self.understood and talk.slot("misunderstandings"):
                talk.remember(misunderstandings=0)
            talk.keep_state()
        return talk.events

    async def act(self, talk: Talk) -> None:
        """What the action does."""
        raise NotImplementedError

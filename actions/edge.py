"""The edge of every action: one transaction, committed once; errors become one failed turn, never a wrong one."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.documents.unfinished import keep_unfinished
from actions.talk import Talk
from backend.store.clock import business_now
from backend.store.engine import Store
from backend.tone import judge

_store: list[Store] = []
_IN_FORMS = ("validate_", "action_ask_")
# Small talk, whose actions look at no word: 'tchau, vou me matar' is a goodbye to statistics.
_SMALL_TALK = frozenset(
    {
        "action_greet", "action_help", "action_repeat", "action_thank", "action_goodbye", "action_no_question",
        "action_cancel_flow",
    }
)  # fmt: skip


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
            if talk.slot("unfinished") is None and talk.context.get("unfinished"):  # the conversation's first turn
                talk.remember(unfinished=talk.context["unfinished"])
            await self.respond(talk)
            if self.understood and talk.slot("misunderstandings"):
                talk.remember(misunderstandings=0)
            talk.keep_state()
            await keep_unfinished(talk)
            if not self.called.startswith(_IN_FORMS):
                _listen(talk)
        return talk.events

    async def respond(self, talk: Talk) -> None:
        """Acts, unless small talk holds a danger: that goes before everything."""
        if self.called in _SMALL_TALK and judge(talk.text).why_danger:
            talk.follow_up("action_emergency")
        else:
            await self.act(talk)

    async def act(self, talk: Talk) -> None:
        """What the action does."""
        raise NotImplementedError


def _listen(talk: Talk) -> None:
    """Where neither a form nor an action follows it is the person's turn. Said here, since no rule knows the way on
    from an action that another one called: Rasa would fall back, and its fallback takes back the whole turn with
    what was remembered in it.
    """
    loops = [event["name"] for event in talk.events if event.get("event") == "active_loop"]
    form = loops[-1] if loops else talk.tracker.active_loop.get("name")
    if not form and not any(event.get("event") == "followup" for event in talk.events):
        talk.follow_up("action_listen")

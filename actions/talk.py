"""What an action sees of a turn and may do in it: one object, so that each action reads like the process it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import ASSISTANT, Actor
from backend.beneficiaries import Beneficiary
from backend.greeting import greeting
from backend.identity.verbs import verified_person
from backend.settings import settings
from backend.store import files
from backend.store.engine import Store

Event = dict[str, Any]
# An option's title and what it stands for.
Option = tuple[str, dict[str, Any]]
# Intents that a person may throw in at any step; everything else answers the question that was asked.
INTERRUPTIONS = frozenset(
    {
        "talk_to_attendant", "emergency", "complain", "cancel_flow", "help", "repeat", "greet", "thank",
        "late_tap", "unreadable_message", "answer_news",  # an old option or an audio is no answer to what is asked now
    }
)  # fmt: skip
SURE = 0.55
# In the middle of a question an answer is likelier than another need: that has to be all but certain.
SURE_OF_OTHER_NEED = 0.8
ATTENDANT_BUTTON = {"title": "Falar com atendente", "payload": {"intent": "talk_to_attendant", "entities": {}}}
MOST_MISUNDERSTANDINGS = 3  # [rule 5] 'a third misunderstanding in a row'


@dataclass(slots=True)
class Talk:
    """One turn in an action's hand: who, what was said, when; what to answer; what to remember."""

    action: str
    session: AsyncSession
    store: Store
    now: datetime
    tracker: Tracker
    dispatcher: CollectingDispatcher
    events: list[Event] = field(default_factory=list)
    # Set while a question is asked that was not understood before: how often it was not (actions/repeating.py).
    unclear: int = 0
    # Whether a request that ends here is only left for another day: what was gathered is kept.
    resting: bool = False
    _ordinal: int = 0
    _state: dict[str, Any] | None = None

    @property
    def conversation_id(self) -> UUID:
        """Rasa's sender is the conversation."""
        return UUID(self.tracker.sender_id)

    @property
    def text(self) -> str:
        """What the person wrote."""
        return str(self.tracker.latest_message.get("text") or "")

    @property
    def intent(self) -> str:
        """What was understood, as an intent's name."""
        return str((self.tracker.latest_message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """How sure the understanding is, 0 to 1."""
        return float((self.tracker.latest_message.get("intent") or {}).get("confidence") or 0)

    @property
    def ranking(self) -> list[dict[str, Any]]:
        """What else it may be, likeliest first; where the understanding is unsure, `nlu_fallback` stands before it."""
        return list(self.tracker.latest_message.get("intent_ranking") or ())

    @property
    def also(self) -> list[dict[str, Any]]:
        """Other needs noticed in the same message: `name`, `confidence`, `text` (the clause), in order of mention."""
        return list(self.tracker.latest_message.get("also") or ())

    @property
    def message_id(self) -> str:
        """The turn."""
        return str(self.tracker.latest_message.get("message_id") or "")

    @property
    def context(self) -> Mapping[str, Any]:
        """What dispatch said about the turn: attachments, kinds."""
        context = (self.tracker.latest_message.get("metadata") or {}).get("context")
        return context if isinstance(context, dict) else {}

    @property
    def chosen(self) -> Mapping[str, Any]:
        """What stands behind the option that was chosen; empty where the person wrote freely."""
        if self.intent != "choose":
            return {}
        return {entity["entity"]: entity["value"] for entity in self.tracker.latest_message.get("entities") or ()}

    def entity(self, name: str) -> str:
        """One value behind the option that was chosen, whatever its intent; empty without."""
        found = (e["value"] for e in self.tracker.latest_message.get("entities") or () if e["entity"] == name)
        return str(next(found, ""))

    @property
    def state(self) -> dict[str, Any]:
        """What the request that is being worked through knows so far; kept when the action ends."""
        if self._state is None:
            self._state = deepcopy(self.slot("request_state") or {})
        return self._state

    @property
    def actor(self) -> Actor:
        """Whose hand it is."""
        return ASSISTANT

    @property
    def shares_number(self) -> bool:
        """Whether several people of the register have the telephone that writes."""
        return int(self.context.get("people_on_number") or 0) > 1

    async def verified(self) -> Beneficiary | None:
        """Who is verified in this conversation by now, or None. [rule 2]"""
        return await verified_person(
            self.session, conversation_id=self.conversation_id, now=self.now, shared_number=self.shares_number
        )

    def key(self) -> str:
        """A key that is the same when this turn is carried out again: turn, action, ordinal. (house.md, decision 4)"""
        self._ordinal += 1
        return f"{self.tracker.latest_message.get('message_id')}:{self.action}:{self._ordinal}"

    def slot(self, name: str) -> Any:
        """What is remembered."""
        return self.tracker.get_slot(name)

    def recall(self, name: str) -> Any:
        """What is remembered, by this very action or before."""
        here = [event["value"] for event in self.events if event.get("event") == "slot" and event["name"] == name]
        return here[-1] if here else self.slot(name)

    def remember(self, **slots: object) -> None:
        """Sets slots."""
        self.events.extend(SlotSet(name, value) for name, value in slots.items())

    def say(
        self,
        response: str,
        *,
        options: Sequence[Option] = (),
        buttons: Sequence[Mapping[str, Any]] = (),
        **values: object,
    ) -> None:
        """One message from data/responses/, its places filled.

        `options` answer the present question; `buttons` (title, payload) may start something else. A question that
        was not understood is said in its other words, the second time with a person as an option.
        """
        if self.unclear:
            response = f"{response}_otherwise"
            buttons = buttons if self.unclear == 1 else [*buttons, *_person_beside(options)]
        self.dispatcher.utter_message(response=f"utter_{response}", buttons=[*_as_buttons(options), *buttons], **values)

    def keep_state(self) -> None:
        """Writes what `state` holds now into its slot, where it changed: a form takes a written slot for an answer."""
        if self._state is not None and self._state != (self.slot("request_state") or {}):
            self.remember(request_state=self._state or None)

    def say_again(
        self, text: str, buttons: list[dict[str, Any]], file: dict[str, Any] | None = None, *, response: str = ""
    ) -> None:
        """A message that was said before, as it was, with its file; `response` is which text of ours it was."""
        again = ({"file": file} if file else {}) | ({"again": response} if response else {})
        self.dispatcher.utter_message(text=text or None, buttons=buttons, json_message=again or None)

    def say_file(
        self, content: bytes, name: str, content_type: str, caption: str = "", *, response: str = "", **values: object
    ) -> None:
        """A file of ours as one message: a picture with its caption, a document after it. `name` is what it is called.

        The caption is `caption`, or a text of data/responses/ with its places filled. The bytes are kept at once,
        under their digest: what a lost answer leaves behind is found by nobody.
        """
        file = files.File(files.keep(content), name, content_type, len(content))
        said: dict[str, Any] = {"response": f"utter_{response}", **values} if response else {"text": caption or None}
        self.dispatcher.utter_message(json_message={"file": asdict(file)}, **said)

    def say_stored(
        self,
        file: files.File,
        response: str,
        *,
        options: Sequence[Option] = (),
        buttons: Sequence[Mapping[str, Any]] = (),
        **values: object,
    ) -> None:
        """A file that is kept already, with a text of data/responses/ and what may be answered to it."""
        answers = [*_as_buttons(options), *buttons]
        self.dispatcher.utter_message(
            response=f"utter_{response}", json_message={"file": asdict(file)}, buttons=answers, **values
        )

    def announce(self) -> None:
        """The start of a contact says who speaks and that it is recorded, once. [rule 8, seed 004]"""
        if not self.recall("announced"):
            self.say("announce", greeting=greeting(self.now), operator=settings().operator_name)
            self.remember(announced=True)

    def hand_over(self, *, team: str, reason: str, summary: str, priority: int = 0) -> None:
        """Part of the answer: the desk takes the conversation when the answer is stored."""
        self.remember(paused_requests=None, next_needs=None, offered=None)  # all of it is the desk's now
        command = {"hand_over": {"team": team, "reason": reason, "priority": priority, "summary": summary}}
        self.dispatcher.utter_message(json_message={"command": command})

    def close(self) -> None:
        """Part of the answer: the conversation ends when the answer is stored."""
        self.dispatcher.utter_message(json_message={"command": {"close": True}})

    def forget_request(self) -> None:
        """Nothing is being worked through any more: forms closed, what belonged to the request forgotten."""
        self._state = {}
        self.events.append({"event": "active_loop", "name": None})
        self.remember(
            requested_slot=None, pending_request=None, pending_protocol=None, request_details=None,
            request_state=None, identity_result=None, identity_hint=None, asked_protocol=None, unclear=None,
        )  # fmt: skip

    def follow_up(self, action: str) -> None:
        """Which action or form comes next."""
        self.events.append({"event": "followup", "name": action})


def _as_buttons(options: Sequence[Option]) -> list[dict[str, Any]]:
    return [{"title": title, "payload": {"intent": "choose", "entities": meant}} for title, meant in options]


def _person_beside(options: Sequence[Option]) -> list[dict[str, Any]]:
    """A person as one more option, where none is among them."""
    return [] if any(title == ATTENDANT_BUTTON["title"] for title, _ in options) else [ATTENDANT_BUTTON]

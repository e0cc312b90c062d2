"""One turn of the assistant, carried out once. Rasa's own `handle_message` is not used (house.md, decision 4).

It swallows action failures and tracker-store errors, answers 200, and saves the wrong turn for good. Here a turn
that was saved is answered again from its events, a turn whose action failed is not saved, and store errors rise.
"""

from __future__ import annotations

import contextvars
import json
import logging
from typing import Any, Dict, List, Optional

from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

logger = logging.getLogger(__name__)

CHANNEL = "zelo"
# A text that begins with a slash is a command to Rasa, blanks before it or not; people's slashes become this one.
DIVISION_SLASH = "\u2215"
RANKING_KEPT = 5

_failed_action: contextvars.ContextVar[Optional[List[str]]] = contextvars.ContextVar("failed_action", default=None)


class ActionFailed(Exception):
    """An action of the turn failed: nothing was saved, the turn may be asked again."""


class QuietOutput(CollectingOutputChannel):
    """Collects nothing: the answer is rebuilt from the events, the same way whether the turn is new or old."""

    @classmethod
    def name(cls) -> str:
        """The channel's name, for responses that have a variant for it."""
        return CHANNEL

    async def send_response(self, recipient_id: str, message: Dict[str, Any]) -> None:
        """Rasa calls this for each message of the turn."""


def inner_store(store: Any) -> TrackerStore:
    """The store that lets its errors rise, under Rasa's wrappers that swallow them."""
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    return store  # type: ignore[no-any-return]


def watch_actions(endpoint: Any) -> None:
    """Wraps the action endpoint's request so that a failure is noticed although Rasa goes on after it."""
    if endpoint is None or getattr(endpoint, "zelo_watched", False):
        return
    request = endpoint.request

    async def watched(*args: Any, **kwargs: Any) -> Any:
        try:
            return await request(*args, **kwargs)
        except Exception as error:
            failures = _failed_action.get()
            if failures is not None:
                failures.append(type(error).__name__)
            raise

    endpoint.request = watched
    endpoint.zelo_watched = True


def trust_our_actions() -> None:
    """Leaves out Rasa's check of an action's answer against a JSON schema, schema included, at every call.

    It took half of a turn's time (25 ms of 50, measured); our action server writes the answer with the SDK's own
    model, and `deserialise_events` still refuses what is no event.
    """
    RemoteAction._validate_action_result = staticmethod(_has_lists)


def _has_lists(result: Any) -> bool:
    if not isinstance(result, dict) or not isinstance(result.get("events", []), list):
        raise RasaException("the action server's answer is no list of events and responses")
    return True


async def run_turn(processor: MessageProcessor, store: TrackerStore, question: Dict[str, Any]) -> Dict[str, Any]:
    """The answer to a question (`conversation`, `turn`, `text`, `payload`, `context`).

    Raises ActionFailed when an action failed, and whatever the tracker store raises; nothing is saved then.
    """
    sender, turn = question["conversation"], question["turn"]
    tracker = await store.retrieve(sender)
    if tracker is not None:
        before = answer_of(tracker, turn)
        if before is not None:
            return {**before, "replayed": True}
    else:
        tracker = DialogueStateTracker(sender, store.domain.slots if store.domain else [])
    failures: List[str] = []
    token = _failed_action.set(failures)
    try:
        await _carry_out(processor, tracker, question)
    finally:
        _failed_action.reset(token)
    if failures:
        raise ActionFailed(failures[0])
    await store.save(tracker)
    answer = answer_of(tracker, turn)
    if answer is None:
        raise RuntimeError("the turn that was just saved is not in its tracker")
    return {**answer, "replayed": False}


async def _carry_out(processor: MessageProcessor, tracker: DialogueStateTracker, question: Dict[str, Any]) -> None:
    message = _message(question)
    await processor._update_tracker_session(tracker, message.output_channel, message.metadata)
    await processor._handle_message_with_tracker(message, tracker)
    tracker = await processor.run_action_extract_slots(message.output_channel, tracker)
    await processor._run_prediction_loop(message.output_channel, tracker)


def _message(question: Dict[str, Any]) -> UserMessage:
    text = as_text(question.get("text") or "")
    message = UserMessage(
        text=text,
        output_channel=QuietOutput(),
        sender_id=question["conversation"],
        input_channel=CHANNEL,
        message_id=question["turn"],
        metadata={"context": question.get("context") or {}},
    )
    payload = question.get("payload")
    if payload:
        message.parse_data = parsed_payload(text, payload)
    return message


def as_text(text: str) -> str:
    """What people type, so that it can never be a command of Rasa's."""
    bare = text.lstrip()
    return DIVISION_SLASH + bare[1:] if bare.startswith("/") else text


def parsed_payload(text: str, payload: Dict[str, Any]) -> Dict[str, Any]:
    """What Rasa would have understood, for a payload of our own: the intent is certain, the entities are given."""
    intent = {"name": payload["intent"], "confidence": 1.0}
    entities = [
        {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "payload"}
        for name, value in (payload.get("entities") or {}).items()
    ]
    return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": entities}


def answer_of(tracker: DialogueStateTracker, turn: str) -> Optional[Dict[str, Any]]:
    """A turn's answer from the events after its message; None where the tracker does not know the turn."""
    events: List[Event] = list(tracker.events)
    for index in range(len(events) - 1, -1, -1):
        event = events[index]
        if isinstance(event, UserUttered) and event.message_id == turn:
            return _answer(event, events[index + 1 :])
    return None


def _answer(asked: UserUttered, after: List[Event]) -> Dict[str, Any]:
    replies: List[Dict[str, Any]] = []
    command: Optional[Dict[str, Any]] = None
    for event in after:
        if isinstance(event, UserUttered):
            break
        if not isinstance(event, BotUttered):
            continue
        data = event.data or {}
        custom = data.get("custom") or {}
        command = command or custom.get("command")
        if event.text or custom.get("file"):
            options = _options(data.get("buttons") or [])
            replies.append({"text": event.text or "", "options": options, "file": custom.get("file")})
    parse = asked.parse_data or {}
    understood = {
        "intent": parse.get("intent"),
        "entities": parse.get("entities") or [],
        "intent_ranking": (parse.get("intent_ranking") or [])[:RANKING_KEPT],
    }
    return {"replies": replies, "command": command, "understood": understood}


def _options(buttons: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    return [{"title": button["title"], "payload": _payload(button.get("payload"))} for button in buttons]


def _payload(written: Any) -> Dict[str, Any]:
    """A button's payload as our texts write it (`/intent` or `/intent{"entity": "value"}`), read once, here."""
    if isinstance(written, dict):
        return written
    intent, brace, entities = str(written or "").lstrip("/").partition("{")
    return {"intent": intent, "entities": json.loads(brace + entities) if brace else {}}

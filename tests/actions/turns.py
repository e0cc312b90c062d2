"""One turn of the assistant without Rasa: an action lets a given understanding be answered, on the real database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.documents.unfinished import keep_unfinished
from actions.edge import ZeloAction
from actions.talk import Talk
from backend.protocols.tables import Protocol
from backend.store.engine import Store

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


class Turn:
    """One turn: what was understood, what is remembered; then what was said, remembered and ordered."""

    def __init__(self, store: Store, **slots: Any) -> None:
        self.store, self.conversation = store, uuid4()
        self.slots: dict[str, Any] = {"announced": True} | slots
        self.context: dict[str, Any] = {}  # what dispatch tells of the conversation with every turn
        self.said: list[dict[str, Any]] = []
        self.next: str | None = None

    async def __call__(
        self, action: ZeloAction, text: str, *ranking: tuple[str, float], also: tuple[tuple[str, str], ...] = (),
        loop: str | None = None, turn_id: str = "", files: int = 0, papers: tuple[dict[str, Any], ...] = (),
        events: tuple[dict[str, Any], ...] = (), **entities: str,
    ) -> Turn:  # fmt: skip
        """Lets an action answer a text that was understood as `ranking`, with so many files, after `events`.

        `papers` are files as dispatch tells them (`handoff.dispatch.turns.as_context`).
        """
        ranked = [{"name": name, "confidence": sure} for name, sure in ranking]
        message = {
            "text": text, "message_id": turn_id or str(uuid4()), "intent": ranked[0] if ranked else {}, "intent_ranking": ranked,
            "also": [{"name": name, "confidence": 0.8, "text": clause} for name, clause in also],
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "metadata": {"context": {**self.context, "attachments": files or len(papers), "files": list(papers)}},
        }  # fmt: skip
        dispatcher = CollectingDispatcher()
        async with self.store.unit_of_work() as session:
            tracker = Tracker(
                str(self.conversation),
                self.slots,
                message,
                list(events),
                False,
                None,
                {"name": loop} if loop else {},
                "action_listen",
            )
            talk = Talk(action.called, session, self.store, NOW, tracker, dispatcher)
            await action.respond(talk)
            talk.keep_state()
            await keep_unfinished(talk)
        self.slots |= {event["name"]: event.get("value") for event in talk.events if event["event"] == "slot"}
        self.next = next((event["name"] for event in talk.events if event["event"] == "followup"), None)
        self.said = dispatcher.messages
        return self

    @property
    def texts(self) -> list[str]:
        return [str(message["response"]).removeprefix("utter_") for message in self.said if message.get("response")]

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Titles and intents of the last message's options."""
        last = [message for message in self.said if message.get("response")][-1]
        return [(button["title"], button["payload"]["intent"]) for button in last["buttons"]]

    @property
    def command(self) -> dict[str, Any]:
        found = [message["custom"]["command"] for message in self.said if message.get("custom")]
        return dict(found[0].get("hand_over") or found[0]) if found else {}

    async def kinds(self) -> list[tuple[str, str]]:
        async with self.store.unit_of_work() as session:
            found = await session.scalars(
                select(Protocol).where(Protocol.conversation_id == self.conversation).order_by(Protocol.number)
            )
            return [(protocol.kind, protocol.state) for protocol in found]

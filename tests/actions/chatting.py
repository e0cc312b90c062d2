"""Several turns of one identified person without Rasa: a request from its first words to its end, with papers."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from actions.edge import ZeloAction
from actions.processes import go_on, process_of
from actions.requests import AskDetails, FinishRequest, OpenRequest, ValidateRequestForm
from actions.talk import Talk
from backend.beneficiaries import Beneficiary
from backend.identity.verbs import IdentityCheck
from backend.protocols.tables import Protocol
from backend.store import files
from backend.store.engine import Store
from tests.actions.turns import NOW, Turn

FORM = "request_form"


def paper(name: str = "", *guess: str, content_type: str = "image/jpeg", problem: str = "") -> dict[str, Any]:
    """A file as dispatch tells it: its name, and which papers its own text names."""
    identifier = str(uuid4())
    content = f"{identifier} {name}".encode()
    return {
        "id": identifier, "sha256": files.keep(content), "name": name, "content_type": content_type,
        "size": len(content), "pages": 1, "previews": [], "thumbnail": "", "guess": list(guess), "problem": problem,
    }  # fmt: skip


class _Starts(ZeloAction):
    called = "action_answer_news"

    def __init__(self, request: str, state: dict[str, Any]) -> None:
        self.request, self.state = request, state

    async def act(self, talk: Talk) -> None:
        talk.remember(pending_request=self.request, pending_protocol=self.state.get("protocol"), request_details=None)
        talk.state.clear()
        talk.state.update(self.state)
        await go_on(talk, process_of(self.request))


@dataclass
class _Message:
    """What a person sends in one turn, and what it is understood as."""

    text: str
    intent: str
    papers: tuple[dict[str, Any], ...] = ()
    chosen: dict[str, str] = field(default_factory=dict)
    turn_id: str = field(default_factory=lambda: str(uuid4()))


class Chat:
    """One person's conversation; `said` are the texts of the last turn in order, `messages` all of what was sent."""

    def __init__(self, store: Store) -> None:
        self.turn = Turn(store)
        self.messages: list[dict[str, Any]] = []

    async def identify(self, cpf: str) -> None:
        """Whoever has this CPF is verified in the conversation."""
        async with self.turn.store.unit_of_work() as session:
            person = await session.scalar(select(Beneficiary).where(Beneficiary.cpf == cpf))
            assert person is not None
            check = await session.get(IdentityCheck, self.turn.conversation)
            if check is None:
                check = IdentityCheck(conversation_id=self.turn.conversation)
                session.add(check)
            check.beneficiary_id, check.verified_at, check.last_seen_at = person.id, NOW, NOW

    async def person_id(self, cpf: str) -> str:
        """The id of whoever has this CPF, as a slot holds it."""
        async with self.turn.store.unit_of_work() as session:
            return str(await session.scalar(select(Beneficiary.id).where(Beneficiary.cpf == cpf)))

    async def opens(self, text: str, intent: str, *papers: dict[str, Any]) -> list[str]:
        """The first words of a request."""
        return await self._turn(OpenRequest(), _Message(text, intent, papers))

    async def writes(self, text: str = "", *papers: dict[str, Any], intent: str = "inform", **chosen: str) -> list[str]:
        """A message in the middle of it; `chosen` is what stands behind a tapped option."""
        self.turn.slots |= {"requested_slot": "request_details"}
        return await self._turn(ValidateRequestForm(), _Message(text, "choose" if chosen else intent, papers, chosen))

    async def writes_twice(self, text: str) -> list[str]:
        """A message whose turn is carried out again, its first answer lost; gives what was said first."""
        message, before = _Message(text, "inform"), deepcopy(self.turn.slots) | {"requested_slot": "request_details"}
        self.turn.slots = deepcopy(before)
        first = await self._turn(ValidateRequestForm(), message)
        self.turn.slots = before
        await self._turn(ValidateRequestForm(), message)
        return first

    async def does(self, action: ZeloAction, text: str, intent: str, *papers: dict[str, Any]) -> list[str]:
        """A message outside any request, which an action answers."""
        return await self._turn(action, _Message(text, intent, papers))

    async def starts(self, request: str, text: str = "", *papers: dict[str, Any], **state: Any) -> list[str]:
        """A request that something else begins: an option of news, a file for a protocol that waits."""
        return await self._turn(_Starts(request, state), _Message(text, "inform", papers))

    async def _turn(self, action: ZeloAction, message: _Message) -> list[str]:
        """The action, then the question or the request's end, as Rasa's rules and forms would have it."""
        self.messages = []
        await self._act(action, message)
        if isinstance(action, ValidateRequestForm):
            self.turn.next = "action_finish_request" if self.turn.slots.get("request_details") else FORM
        while self.turn.next == "action_finish_request":
            await self._act(FinishRequest(), message)
        if self.turn.next == FORM:
            await self._act(AskDetails(), message)
        return self.said

    async def _act(self, action: ZeloAction, message: _Message) -> None:
        await self.turn(
            action, message.text, (message.intent, 0.95), turn_id=message.turn_id, papers=message.papers,
            loop=FORM if isinstance(action, ValidateRequestForm | AskDetails | FinishRequest) else None, **message.chosen,
        )  # fmt: skip
        self.messages += self.turn.said

    @property
    def said(self) -> list[str]:
        """The texts of the last turn, without what every request begins with."""
        names = [
            str(message["response"]).removeprefix("utter_") for message in self.messages if message.get("response")
        ]
        return [name for name in names if name not in {"protocol_opened", "announce"}]

    @property
    def options(self) -> list[str]:
        """The titles of the last question's options."""
        last = [message for message in self.messages if message.get("response")][-1]
        return [button["title"] for button in last["buttons"]]

    @property
    def values(self) -> dict[str, Any]:
        """What fills the places of the last message."""
        return [message for message in self.messages if message.get("response")][-1]

    @property
    def files(self) -> list[dict[str, Any]]:
        """The files that were sent in the last turn."""
        return [message["custom"]["file"] for message in self.messages if (message.get("custom") or {}).get("file")]

    @property
    def handed_over(self) -> bool:
        """Whether the desk was given the conversation in the last turn."""
        return any("hand_over" in (message.get("custom") or {}).get("command", {}) for message in self.messages)

    async def protocol(self) -> Protocol:
        """The conversation's only protocol."""
        async with self.turn.store.unit_of_work() as session:
            query = select(Protocol).where(Protocol.conversation_id == self.turn.conversation)
            return (await session.scalars(query)).one()

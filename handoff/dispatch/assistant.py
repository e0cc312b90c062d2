"""Asking the assistant: several Rasas, any of which may answer any conversation."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from backend.settings import Settings
from backend.store.files import File


class NoAnswer(Exception):
    """No Rasa gave an answer; `why` is a code for the log."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class OfferedOption(BaseModel):
    """An option of a reply: the title that is shown, the payload that stays with us."""

    title: str
    payload: dict[str, object] = {}


class Reply(BaseModel):
    """One message of the assistant: text, options, a file; text may be empty where there is a file."""

    text: str = ""
    file: File | None = None
    options: list[OfferedOption] = []


class HandOver(BaseModel):
    """The assistant asks for a person."""

    team: str
    reason: str
    priority: int = 0
    summary: str = ""


class Command(BaseModel):
    """At most one of the two."""

    hand_over: HandOver | None = None
    close: bool = False


class Answer(BaseModel):
    """What a turn gave: replies, at most one command, and what was understood."""

    replies: list[Reply]
    command: Command | None = None
    understood: dict[str, object] | None = None


@dataclass(slots=True)
class _Rasa:
    url: str
    away_until: float = field(default=0.0)


class Assistant:
    """Every configured Rasa in turn; one that does not answer is left alone for a moment."""

    REST_AFTER_FAILURE = 2.0

    def __init__(self, settings: Settings) -> None:
        self._rasas = [_Rasa(url) for url in settings.rasa_addresses]
        self._next = itertools.cycle(self._rasas)
        self._token = settings.rasa_token.get_secret_value()
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(settings.turn_timeout_seconds, connect=2.0),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
        )

    async def ask(
        self,
        conversation_id: UUID,
        turn_id: UUID,
        text: str,
        payload: dict[str, object] | None,
        context: dict[str, object],
    ) -> Answer:
        """The answer to a turn, the same one however often it is asked; NoAnswer when there is none."""
        question = {
            "conversation": str(conversation_id), "turn": str(turn_id), "text": text, "payload": payload,
            "context": context,
        }  # fmt: skip
        why = "no_rasa"
        for rasa in self._order():
            try:
                answer = await self._http.post(
                    f"{rasa.url}/webhooks/zelo/turn", json=question, headers={"Authorization": f"Bearer {self._token}"}
                )
            except httpx.HTTPError as error:
                rasa.away_until = time.monotonic() + self.REST_AFTER_FAILURE
                why = type(error).__name__
                continue
            if answer.status_code != 200:  # noqa: PLR2004 (HTTP's 'here it is')
                # It is alive and says that this turn failed (an action, the store): asking another changes nothing.
                raise NoAnswer(f"http_{answer.status_code}")
            try:
                return Answer.model_validate_json(answer.content)
            except ValidationError as error:
                raise NoAnswer("unreadable_answer") from error
        raise NoAnswer(why)

    def _order(self) -> list[_Rasa]:
        now = time.monotonic()
        turn = [next(self._next) for _ in self._rasas]
        return sorted(turn, key=lambda rasa: rasa.away_until > now)

    async def close(self) -> None:
        """Returns the connections."""
        await self._http.aclose()

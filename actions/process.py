"""A kind of request that the assistant works through by itself, and what every one of them has to know how to do.

`actions/requests.py` is the way around it: protocol, identity, the form that asks, interruptions, a second need in
the middle, a person. A process says what is missing, reads answers, and ends.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar
from uuid import UUID

from actions.talk import SURE, Talk
from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.identifiers import plain
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KIND_OF_INTENT, OPEN_NONE
from backend.protocols.tables import Protocol
from backend.tone import Tone, tone_for
from backend.words import yes_or_no

# How a request ended: what the slot `request_details` holds then. Anything else is what the person told the desk.
DONE = "done"
TO_DESK = "to_desk"
IDENTITY_OVER = "identity_over"
SUBMITTED = "submitted"
LATER = "later"
ANOTHERS = "anothers"
MOST_PAUSED = 3
_GREETING = re.compile(r"(?:(?:oi+|ola|opa|e ai|bom dia|boa tarde|boa noite|hello|alo)[ ,.!]*)+")


class Process:
    """One process. Its state is `talk.state`, plain JSON; instances hold none."""

    needs_identity: ClassVar[bool] = True
    # Intents that, while this process asks, are answers to it and no other need.
    own: ClassVar[frozenset[str]] = frozenset()
    # Intents that are answers where `reads` finds one in the text, and another need otherwise.
    neighbours: ClassVar[frozenset[str]] = frozenset()
    # Whether what was gathered outlives the conversation, and whether files of any message belong to it.
    lasts: ClassVar[bool] = False
    gathers: ClassVar[bool] = False
    # Whether its protocol is opened with the first words; else the process opens it, or finds one that waits.
    opens_at_once: ClassVar[bool] = True

    def needs_person(self, talk: Talk) -> bool:  # noqa: ARG002 (for those whose answers are only partly about somebody)
        """Whether what is asked now may be told to a verified person alone. Pure."""
        return self.needs_identity

    async def begin(self, talk: Talk) -> None:
        """The need is known and, where needed, the person: asks nothing; may end the request at once."""
        raise NotImplementedError

    async def come_back(self, talk: Talk) -> None:
        """The request goes on after the person was away, or was identified again; the question is asked after it."""

    async def take(self, talk: Talk) -> bool:
        """A message while the process asks; False where nothing in it was understood. One that never asks has none."""
        raise NotImplementedError

    async def ask(self, talk: Talk) -> None:
        """Says the present question, again where it was asked before."""
        raise NotImplementedError

    def reads(self, talk: Talk) -> bool:
        """Whether the text holds an answer to what is asked. Pure."""
        return bool(talk.chosen)

    def hears_account(self, talk: Talk) -> bool:  # noqa: ARG002 (most ask for something else)
        """Whether what is asked now is what happened: anger, or 'não foi isso', is then a part of the answer. Pure."""
        return False

    async def abandon(self, talk: Talk) -> None:
        """The person stops, or a person takes over: lets go of what was held."""

    def describe(self, talk: Talk) -> str:
        """What was gathered so far, in words for whoever takes over. Pure."""
        return str(talk.state.get("said") or "")


def tone_of(talk: Talk) -> Tone:
    """How the message sounds, in the request that is worked through; an understanding that is unsure weighs nothing."""
    intent = talk.intent if talk.confidence >= SURE else ""
    return tone_for(intent, talk.text, pending=str(talk.slot("pending_request") or ""))


def put_aside(talk: Talk, intent: str) -> list[dict[str, Any]]:
    """What is paused once `intent` comes first, newest last; the same need again replaces itself. Pure.

    What was answered and only waits for what the person may still want to know (`answered`) is not gone back to; nor
    is what this very action has ended, or the question which of two comes first (`doubt`).
    """
    paused: list[dict[str, Any]] = list(talk.recall("paused_requests") or [])
    pending = talk.recall("pending_request")
    state = {name: value for name, value in (talk.recall("request_state") or {}).items() if name != "doubt"}
    if pending and not state.get("answered") and not state.get("then"):  # `then`: it goes over to another one
        paused.append({"intent": pending, "protocol": talk.recall("pending_protocol"), "state": state})
    return [request for request in paused if request["intent"] != intent][-MOST_PAUSED:]


def something_waits(talk: Talk) -> bool:
    """Whether another request was put aside for this one, or another need was noted, in this very action or before."""
    return bool(talk.recall("paused_requests") or talk.recall("next_needs"))


def done(talk: Talk) -> None:
    """The request ended well: the form closes, the protocol too."""
    talk.remember(request_details=DONE)


def submitted(talk: Talk) -> None:
    """The desk works it on its board: the request ends here, its protocol stays as its machine put it."""
    talk.remember(request_details=SUBMITTED)


def later(talk: Talk) -> None:
    """The person goes on another day: the protocol stays open, and what was gathered is kept."""
    talk.remember(request_details=LATER)


def go_over(talk: Talk, intent: str, said: str) -> None:
    """The request ended well and leads to another one, which begins with `said`, what is known already."""
    talk.state["then"] = {"intent": intent, "said": said}
    done(talk)


def to_desk(talk: Talk, *, reason: str = "") -> None:
    """The desk goes on, with all that was gathered; `reason` is a code for the attendant."""
    talk.state["desk_reason"] = reason
    talk.remember(request_details=TO_DESK)


def ended(talk: Talk) -> bool:
    """Whether this very action has ended the request."""
    return any(event.get("name") == "request_details" and event.get("value") for event in talk.events)


async def person_of(talk: Talk) -> Beneficiary:
    """Who is verified; the request's form makes sure that there is somebody."""
    person = await talk.verified()
    if person is None:
        person = await beneficiaries.get(talk.session, UUID(str(talk.slot("beneficiary_id"))))
    return person


def opens_protocol(intent: str) -> bool:
    """Whether this intent's need gets a number. (interfaces.md)"""
    return intent in KIND_OF_INTENT and intent not in OPEN_NONE


async def open_for(talk: Talk, intent: str) -> Protocol:
    """The protocol of this turn's need, opened once."""
    person = await talk.verified()
    return await protocols.open_protocol(
        talk.session, talk.store, kind=KIND_OF_INTENT[intent], request_key=talk.key(),
        conversation_id=talk.conversation_id, beneficiary_id=person.id if person else None,
        actor=talk.actor, now=talk.now,
    )  # fmt: skip


async def protocol_of(talk: Talk) -> Protocol | None:
    """The request's protocol, where its kind opens one."""
    number = talk.state.get("protocol") or talk.slot("pending_protocol")
    return await protocols.get(talk.session, UUID(number)) if number else None


async def protocol_number(talk: Talk) -> str:
    """The request's protocol number, or an empty text."""
    protocol = await protocol_of(talk)
    return protocol.number if protocol else ""


def said_yes(talk: Talk) -> bool:
    """A yes, tapped or typed: the words say it, and the understanding only where they say neither."""
    return _answer(talk) == "yes"


def said_no(talk: Talk) -> bool:
    """A no, tapped or typed, in the same way."""
    return _answer(talk) == "no"


def _answer(talk: Talk) -> str:
    if talk.chosen:
        return str(talk.chosen.get("answer") or "")
    return answer_of(talk.text, talk.intent)


def answer_of(text: str, intent: str) -> str:
    """'yes', 'no' or nothing, from words and what was understood; a greeting is no yes, whatever was. Pure."""
    said = yes_or_no(text)
    if said or _GREETING.fullmatch(plain(text).strip(" .!?,")):
        return said
    return {"affirm": "yes", "deny": "no"}.get(intent, "")


def only_a_file(talk: Talk) -> bool:
    """A photograph or document without a word, where none is asked for. Pure."""
    return bool(talk.context.get("attachments")) and not talk.text.strip()

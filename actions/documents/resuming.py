"""Back to a request that was left, with its protocol and what was gathered, by its own person. [rules 2, 4]"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from actions.processes import carry_on, leave_to_its_person, process_of, set_aside
from actions.processes import known as identified
from actions.talk import Talk
from backend.protocols import unfinished
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KIND_OF_INTENT
from backend.protocols.tables import Protocol

Files = list[dict[str, Any]]


async def take_up(talk: Talk, protocol: Protocol, *, files: Files | None = None, **known: Any) -> None:
    """Goes on with a protocol: where it was left, or, where the desk sent it back, with what has to be corrected.

    `files` came first; `known` is what is known of it beside what was kept.
    """
    intent = protocols.kind_of(protocol).intent
    kept = await unfinished.get(talk.session, protocol.id)
    fresh = {"said": "", "intent": intent, "protocol": str(protocol.id), "correcting": True}
    state: dict[str, Any] = dict(kept.request_state) if kept else fresh
    talk.remember(
        paused_requests=await set_aside(talk, intent, keep=str(protocol.id)), pending_request=intent,
        pending_protocol=str(protocol.id),
        request_details=None, identity_result=None, identity_hint=None, unclear=None, requested_slot=None,
        offered=None, unfinished=_without(talk, protocol.id),
    )  # fmt: skip
    talk.state.clear()
    held: Files = state.get("files") or []
    talk.state.update(state | known | {"files": [*held, *(files or [])], "resumed": True})
    process = process_of(intent)
    if not process.needs_person(talk) or await identified(talk):
        talk.say("back_to_protocol", title=KIND_OF_INTENT[intent].title, number=protocol.number)
    else:  # who is not identified hears a number, and not what it is about
        talk.say("back_to_number", number=protocol.number)
        talk.follow_up("identity_form")
        return
    if not await leave_to_its_person(talk):
        await carry_on(talk, process)


async def offer_unfinished(talk: Talk) -> bool:
    """Offers what was left unfinished on this telephone last, by its number alone: whoever reads it. False without."""
    for left in talk.recall("unfinished") or ():
        protocol = await protocols.get(talk.session, UUID(left["protocol"]))
        if protocol.state == "closed":
            continue
        talk.remember(offered={"intent": left["intent"], "said": "", "resume": left["protocol"]})
        talk.say("greet_unfinished", number=protocol.number, buttons=[
            {"title": "Sim, continuar", "payload": {"intent": "answer_offer", "entities": {"answer": "yes"}}},
            {"title": "Agora não", "payload": {"intent": "answer_offer", "entities": {"answer": "no"}}},
        ])  # fmt: skip
        return True
    return False


async def go_on_with_unfinished(talk: Talk, intent: str, files: Files | None) -> bool:
    """Where this very kind of request was left unfinished on this telephone: on with it. False where none was."""
    for protocol_id in await _left_here(talk, intent):
        protocol = await protocols.get(talk.session, protocol_id)
        talk.remember(unfinished=_without(talk, protocol.id))
        if protocol.state != "closed" and not await _of_somebody_else(talk, protocol):
            await take_up(talk, protocol, files=[*(files or []), *(talk.context.get("files") or ())])
            return True
    return False


async def something_rests(talk: Talk) -> bool:
    """Whether a request that waits for papers was left, in this conversation or an earlier one of the telephone."""
    here = await unfinished.of_conversations(talk.session, [talk.conversation_id], now=talk.now)
    return bool(talk.recall("unfinished") or here)


async def _left_here(talk: Talk, intent: str) -> list[UUID]:
    """What of a kind was left: in earlier conversations, or in this one ('mando depois')."""
    before = [UUID(left["protocol"]) for left in talk.recall("unfinished") or () if left["intent"] == intent]
    here = await unfinished.of_conversations(talk.session, [talk.conversation_id], now=talk.now)
    at_work = talk.recall("pending_protocol")
    left = [row.protocol_id for row in here if row.intent == intent and str(row.protocol_id) != at_work]
    return list(dict.fromkeys([*before, *left]))


async def _of_somebody_else(talk: Talk, protocol: Protocol) -> bool:
    person = await talk.verified()
    return person is not None and protocol.beneficiary_id not in {None, person.id}


def _without(talk: Talk, protocol_id: UUID) -> list[dict[str, str]]:
    """What else is unfinished: an empty list, and never None, says that it was looked at."""
    return [request for request in talk.recall("unfinished") or () if request["protocol"] != str(protocol_id)]

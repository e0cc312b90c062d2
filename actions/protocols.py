"""Where a protocol stands: told to whoever opened it here, or to the person whom it is about."""

from __future__ import annotations

from actions.edge import ZeloAction
from actions.handover import take_over
from actions.offers import offer_next
from actions.opening import note_others, open_request
from actions.process import put_aside, tone_of
from actions.standing import MOST_TOLD, tell, tell_person
from actions.talk import Talk
from backend.identifiers import ProtocolNumber
from backend.procedures.states import number_in
from backend.protocols import verbs as protocols

__all__ = ["ProtocolStatus", "tell_person"]


class ProtocolStatus(ZeloAction):
    """Answers at once what this conversation opened; everything else after the person is identified. [rule 2]"""

    called = "action_protocol_status"

    async def act(self, talk: Talk) -> None:
        """Tells, or asks who it is first. The number of an authorization is a question about that."""
        if await meets_person(talk):
            return
        told = (talk.text, talk.entity("said"), talk.slot("asked_protocol") or "")  # last: of a need that was noted
        number = next(filter(None, map(ProtocolNumber.find, told)), None)
        if number is None and number_in(talk.text):
            await open_request(talk, "procedure_status")
            return
        note_others(talk, "protocol_status")
        talk.announce()
        person = await talk.verified()
        here = await protocols.of_conversation(talk.session, talk.conversation_id)
        own = [protocol for protocol in here if number is None or protocol.number == str(number)]
        if own:
            await tell(talk, own[-MOST_TOLD:], person)
            await _offer_next(talk)
            return
        talk.remember(asked_protocol=str(number) if number else None)
        if person is not None:
            await tell_person(talk, person, number)
            await _offer_next(talk)
            return
        talk.remember(
            paused_requests=put_aside(talk, "protocol_status"), pending_request="protocol_status",
            pending_protocol=None, identity_result=None, identity_hint=None,
        )  # fmt: skip
        talk.state.clear()
        talk.follow_up("identity_form")


async def _offer_next(talk: Talk) -> None:
    """The need that was noted, unless something is being asked: its question follows, and the offer comes after it."""
    talk.remember(asked_protocol=None)
    if not talk.slot("pending_request"):
        await offer_next(talk)


async def meets_person(talk: Talk) -> bool:
    """Strong anger about a protocol, or care that cannot wait: a person, at once. False where it is neither."""
    tone = tone_of(talk)
    if tone.at_once:
        await take_over(talk, tone)
    return tone.at_once

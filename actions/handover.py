"""A person is one word away: asking for one, anger, danger, and the way back to the assistant."""

from __future__ import annotations

from uuid import UUID

from actions.edge import ZeloAction
from actions.processes import process_of
from actions.summary import summarize
from actions.talk import Talk
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KIND_OF_INTENT, OPEN_NONE
from backend.protocols.tables import Protocol

HIGH, URGENT = 1, 2


async def let_go(talk: Talk) -> None:
    """What the pending request held is free again: a person goes on, or something came first."""
    if talk.slot("pending_request"):
        await process_of(str(talk.slot("pending_request"))).abandon(talk)


async def open_for(talk: Talk, intent: str) -> Protocol:
    """The protocol of this turn's need, opened once."""
    person = await talk.verified()
    return await protocols.open_protocol(
        talk.session, talk.store, kind=KIND_OF_INTENT[intent], request_key=talk.key(),
        conversation_id=talk.conversation_id, beneficiary_id=person.id if person else None,
        actor=talk.actor, now=talk.now,
    )  # fmt: skip


class TalkToAttendant(ZeloAction):
    """A person, without giving data first (Decree 11.034/2022), with what was gathered."""

    called = "action_talk_to_attendant"

    async def act(self, talk: Talk) -> None:
        """Hands over to the team of what is under way, or to the call centre."""
        talk.announce()
        pending = KIND_OF_INTENT.get(str(talk.slot("pending_request")))
        if pending is None:
            protocol = await open_for(talk, "talk_to_attendant")
            talk.say("attendant", number=protocol.number)
        elif talk.slot("pending_protocol"):
            protocol = await protocols.get(talk.session, UUID(talk.slot("pending_protocol")))
            talk.say("attendant_pending", number=protocol.number)
        else:
            talk.say("attendant_plain")
        process = process_of(str(talk.slot("pending_request")))
        details = process.describe(talk) if pending else ""
        await let_go(talk)
        summary = await summarize(talk, "A pessoa pediu um atendente.", details=details)
        talk.hand_over(team=pending.team if pending else "call_centre", reason="asked", summary=summary)
        talk.forget_request()


class Complain(ZeloAction):
    """Anger about the service: registered, and a person at once."""

    called = "action_complain"

    async def act(self, talk: Talk) -> None:
        """Opens the complaint and hands over to the ombudsman, before others in the queue."""
        talk.announce()
        protocol = await open_for(talk, "complain")
        await protocols.add_entry(
            talk.session, protocol=protocol, step="details", text=talk.text, actor=talk.actor, now=talk.now,
            request_key=talk.key(),
        )  # fmt: skip
        talk.say("complain", number=protocol.number)
        await let_go(talk)
        summary = await summarize(talk, "Reclamação sobre o atendimento.")
        talk.hand_over(team="ombudsman", reason="complaint", summary=summary, priority=HIGH)
        talk.forget_request()


class Emergency(ZeloAction):
    """Somebody in danger now: SAMU first, then everything else."""

    called = "action_emergency"

    async def act(self, talk: Talk) -> None:
        """Says 192 before anything else, and hands over before everybody."""
        talk.say("emergency")
        protocol = await open_for(talk, "emergency")
        talk.say("emergency_protocol", number=protocol.number)
        await let_go(talk)
        summary = await summarize(talk, "EMERGÊNCIA: a pessoa foi orientada a ligar 192.")
        talk.hand_over(team="call_centre", reason="emergency", summary=summary, priority=URGENT)
        talk.forget_request()
        talk.remember(announced=True)


class Resume(ZeloAction):
    """The desk gave the conversation back: the assistant knows who it talks to and what is open."""

    called = "action_resume"

    async def act(self, talk: Talk) -> None:
        """Names what is open and asks what else."""
        found = await protocols.of_conversation(talk.session, talk.conversation_id, open_only=True)
        numbers = ", ".join(protocol.number for protocol in found)
        what = f" Em aberto: protocolo {numbers}." if numbers else ""
        talk.say("resume", open=what)
        talk.remember(announced=True, misunderstandings=0)


def opens_protocol(intent: str) -> bool:
    """Whether this intent's need gets a number. (interfaces.md)"""
    return intent in KIND_OF_INTENT and intent not in OPEN_NONE

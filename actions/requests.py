"""A request that the desk works: protocol first, who it is, one question, and the hand-over with all of it."""

from __future__ import annotations

from uuid import UUID

from actions.conversation import give_to_person
from actions.edge import ZeloAction
from actions.handover import HIGH, open_for, opens_protocol
from actions.identity import facts_in, note_outcome, offer
from actions.protocols import tell_person
from actions.summary import summarize
from actions.talk import INTERRUPTIONS, SURE, Talk
from backend import beneficiaries
from backend.identifiers import ProtocolNumber
from backend.identity.verbs import verified_person
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KIND_OF_INTENT, Kind

NEED_NO_IDENTITY = frozenset({"find_provider", "plan_information"})


class OpenRequest(ZeloAction):
    """As soon as a need is known its protocol is told, before anything is asked. [rule 1]"""

    called = "action_open_request"

    async def act(self, talk: Talk) -> None:
        """Opens the protocol, takes facts that came with the request, and goes on to what is missing."""
        talk.announce()
        kind = KIND_OF_INTENT[talk.intent]
        protocol_id = None
        if opens_protocol(talk.intent):
            protocol = await open_for(talk, talk.intent)
            protocol_id = str(protocol.id)
            talk.say("protocol_opened", title=kind.title, number=protocol.number)
        talk.remember(
            pending_request=talk.intent, pending_protocol=protocol_id, request_details=None,
            identity_result=None, identity_hint=None,
        )  # fmt: skip
        if talk.intent in NEED_NO_IDENTITY or await self._known(talk, protocol_id):
            talk.follow_up("request_form")
        else:
            talk.follow_up("identity_form")

    async def _known(self, talk: Talk, protocol_id: str | None) -> bool:
        """Whether the person is verified, by now or by facts in this very message."""
        facts = facts_in(talk)
        if facts.cpf or facts.card:
            note_outcome(talk, await offer(talk, facts))
        person = await verified_person(talk.session, conversation_id=talk.conversation_id, now=talk.now)
        if person is None:
            return False
        talk.remember(beneficiary_id=str(person.id))
        await _identify(talk, protocol_id, person.id)
        return True


class ContinueRequest(ZeloAction):
    """The identity form ended: on with what was asked, or a person where identity failed."""

    called = "action_continue_request"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Branches by how the form ended."""
        result = talk.slot("identity_result")
        if result == "refused":
            talk.say("identity_refused")
            summary = await summarize(talk, "ATENÇÃO: os dados de identidade não conferiram três vezes.")
            talk.hand_over(team=_pending(talk).team, reason="identity_failed", summary=summary, priority=HIGH)
            talk.forget_request()
        elif result != "verified":
            await give_to_person(talk)
        else:
            await self._verified(talk)

    async def _verified(self, talk: Talk) -> None:
        person = await beneficiaries.get(talk.session, UUID(talk.slot("beneficiary_id")))
        talk.say("identity_verified", name=person.first_name)
        talk.remember(identity_result=None, identity_hint=None)
        if talk.slot("pending_request") == "protocol_status":
            asked = talk.slot("asked_protocol")
            talk.forget_request()
            await tell_person(talk, person, ProtocolNumber.find(asked) if asked else None)
            return
        await _identify(talk, talk.slot("pending_protocol"), person.id)
        talk.follow_up("request_form")


class ValidateRequestForm(ZeloAction):
    """The answer to the one question: whatever the person writes or sends."""

    called = "validate_request_form"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Nothing on activation; interruptions are the rules'; the rest is the answer, word for word."""
        if talk.slot("requested_slot") is None:
            return
        if talk.intent in INTERRUPTIONS and talk.confidence >= SURE:
            return
        files = int(talk.context.get("attachments") or 0)
        note = f"[{files} {'arquivo enviado' if files == 1 else 'arquivos enviados'}]" if files else ""
        talk.remember(request_details=" ".join(filter(None, [talk.text, note])) or "[mensagem sem texto]")


class AskDetails(ZeloAction):
    """What the attendant will need to know, as one question."""

    called = "action_ask_request_details"
    understood = False

    async def act(self, talk: Talk) -> None:
        """The question of this kind of request."""
        talk.say(f"ask_details_{_pending(talk).code}")


class HandOverRequest(ZeloAction):
    """All is gathered: it goes to the team that works this kind of request."""

    called = "action_hand_over_request"

    async def act(self, talk: Talk) -> None:
        """Writes the details into the protocol's history and hands over."""
        kind = _pending(talk)
        details = str(talk.slot("request_details") or "")
        if talk.slot("pending_protocol"):
            protocol = await protocols.get(talk.session, UUID(talk.slot("pending_protocol")))
            await protocols.add_entry(
                talk.session, protocol=protocol, step="details", text=details, actor=talk.actor, now=talk.now,
                request_key=talk.key(),
            )  # fmt: skip
            talk.say("handing_over", number=protocol.number)
        else:
            talk.say("handing_over_plain")
        summary = await summarize(talk, f"Pedido: {kind.title}.", details=details)
        talk.hand_over(team=kind.team, reason=f"request:{kind.code}", summary=summary)
        talk.forget_request()


def _pending(talk: Talk) -> Kind:
    return KIND_OF_INTENT.get(str(talk.slot("pending_request")), KIND_OF_INTENT["talk_to_attendant"])


async def _identify(talk: Talk, protocol_id: str | None, beneficiary_id: UUID) -> None:
    if protocol_id:
        protocol = await protocols.get(talk.session, UUID(protocol_id))
        await protocols.identify(
            talk.session, protocol=protocol, beneficiary_id=beneficiary_id, actor=talk.actor, now=talk.now
        )

"""A person is one word away: asking for one, anger, danger, and the way back to the assistant."""

from __future__ import annotations

from uuid import UUID

from actions.delinquency.called import COLLECTIONS, OMBUDSMAN, answer_threat, asks_for_person, is_threat
from actions.edge import ZeloAction
from actions.opening import open_request
from actions.process import open_for, opens_protocol
from actions.processes import process_of
from actions.scope import TEAMS
from actions.summary import summarize
from actions.talk import Talk
from backend.danger import HOME, LIFE, THREAT
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KIND_OF_INTENT, Kind
from backend.protocols.tables import Protocol
from backend.tone import THREATENS, Tone, judge, tone_for

HIGH, URGENT = 1, 2
AUTHORIZATIONS = "authorizations"
# 192 comes first in all of them; where another number helps too, a short line names it.
EMERGENCY_TEXTS = {LIFE: "emergency_life", HOME: "emergency_home", THREAT: "emergency_threat"}


async def let_go(talk: Talk) -> None:
    """What the pending request held is free again: a person goes on, or something came first."""
    if talk.slot("pending_request"):
        await process_of(str(talk.slot("pending_request"))).abandon(talk)


class TalkToAttendant(ZeloAction):
    """A person, without giving data first (Decree 11.034/2022), with what was gathered."""

    called = "action_talk_to_attendant"

    async def act(self, talk: Talk) -> None:
        """Hands over to the team of what is under way, or to the call centre; what cannot wait goes its own way."""
        tone = tone_for(talk.intent, talk.text, pending=str(talk.slot("pending_request") or ""))
        if tone.why_danger or tone.why_urgent:
            await take_over(talk, tone)
            return
        call = await asks_for_person(talk)
        await to_attendant(
            talk, subject=talk.entity("subject") or call, said=talk.entity("said"), angry=tone.why_angry,
            team=COLLECTIONS if call else "",
        )  # fmt: skip


async def to_attendant(talk: Talk, *, subject: str = "", said: str = "", angry: str = "", team: str = "") -> None:
    """A person goes on, with what was gathered, or with the `subject` that only a person does and what was `said`.

    `team` is whose matter it is, where neither the request nor the subject says so.
    """
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
    details = process.describe(talk) if pending else said
    await let_go(talk)
    why = f"A pessoa pediu um atendente.{f' Assunto: {subject}.' if subject else ''}"
    why += f" Atenção: {angry}." if angry else ""
    summary = await summarize(talk, why, details=details)
    its_team = pending.team if pending else TEAMS.get(subject, "call_centre")
    talk.hand_over(team=team or its_team, reason="asked", summary=summary, priority=HIGH if angry else 0)
    talk.forget_request()


async def take_over(talk: Talk, tone: Tone, intent: str = "") -> None:
    """A message that cannot wait, or strong anger: a person of the right team at once, before others in the queue.

    Danger goes before both: the emergency's words and its place in the queue. Else what is under way goes with it, or
    the need that was understood (`intent`) gets its protocol. The summary says why and what was said.
    """
    if tone.why_danger:
        await meet_danger(talk, tone.why_danger)
        return
    talk.announce()
    if is_threat(talk, tone, intent):
        await meet_threat(talk)
        return
    kind, protocol = await _taken_over(talk, urgent=bool(tone.why_urgent), intent=intent)
    pending, said = talk.slot("pending_request"), talk.entity("said") or talk.text
    gathered = process_of(str(pending)).describe(talk) if pending else ""
    await protocols.add_entry(
        talk.session, protocol=protocol, step="details", text=said, actor=talk.actor, now=talk.now,
        request_key=talk.key(),
    )  # fmt: skip
    await let_go(talk)
    why = f"URGENTE: {tone.why_urgent}." if tone.why_urgent else f"A pessoa está muito irritada: {tone.why_angry}."
    details = "\n".join(dict.fromkeys(filter(None, [gathered, said])))
    summary = await summarize(talk, f"{why} Pedido: {kind.title}.", details=details)
    if tone.why_urgent:
        talk.say("urgent_care", number=protocol.number)
        talk.hand_over(team=AUTHORIZATIONS, reason="urgent_care", summary=summary, priority=HIGH)
    else:
        talk.say("very_sorry", number=protocol.number)
        talk.hand_over(team=kind.team, reason="angry", summary=summary, priority=HIGH)
    talk.forget_request()


async def meet_threat(talk: Talk) -> None:
    """Lawyers, courts or Procon over arrears: calm words, a complaint's protocol, and a person of the ombudsman's."""
    await answer_threat(talk)
    await give_to_ombudsman(talk)


async def give_to_ombudsman(talk: Talk) -> None:
    """After the calm words: all that was gathered goes along; what is under way has what was said in its history."""
    said, pending = talk.entity("said") or talk.text, talk.recall("pending_request")
    process = process_of(str(pending or ""))
    gathered = process.describe(talk) if pending else ""
    if number := talk.recall("pending_protocol"):
        await protocols.add_entry(
            talk.session, protocol=await protocols.get(talk.session, UUID(number)), step="details", text=said,
            actor=talk.actor, now=talk.now, request_key=f"{talk.message_id}:threat",
        )  # fmt: skip
    if pending:
        await process.abandon(talk)
    summary = await summarize(
        talk, f"Atenção: {THREATENS}. Assunto: pendências do plano.",
        details="\n".join(dict.fromkeys(filter(None, [gathered, said]))),
    )  # fmt: skip
    talk.hand_over(team=OMBUDSMAN, reason="legal", summary=summary, priority=HIGH)
    talk.forget_request()


async def _taken_over(talk: Talk, *, urgent: bool, intent: str) -> tuple[Kind, Protocol]:
    """What is handed over: what is under way, where it is that team's, else a protocol of its own.

    What is urgent has to be answered at once: its protocol is due now. [rule 7; RN 623]
    """
    kind, protocol = await _its_protocol(talk, urgent=urgent, intent=intent)
    if urgent:
        protocol.due_at = min(protocol.due_at, talk.now)
    return kind, protocol


async def _its_protocol(talk: Talk, *, urgent: bool, intent: str) -> tuple[Kind, Protocol]:
    pending = KIND_OF_INTENT.get(str(talk.slot("pending_request")))
    number = talk.slot("pending_protocol")
    if pending and number and (not urgent or pending.team == AUTHORIZATIONS):
        return pending, await protocols.get(talk.session, UUID(number))
    kind = KIND_OF_INTENT.get(intent) or pending or KIND_OF_INTENT["complain"]
    if urgent and kind.team != AUTHORIZATIONS:
        kind = KIND_OF_INTENT["request_procedure"]
    opened = kind if opens_protocol(kind.intent) else KIND_OF_INTENT["talk_to_attendant"]
    return kind, await open_for(talk, opened.intent)


class Complain(ZeloAction):
    """Anger about the service: registered, and a person at once."""

    called = "action_complain"

    async def act(self, talk: Talk) -> None:
        """Opens the complaint and hands over to the ombudsman, before others in the queue."""
        said = talk.entity("said") or talk.text
        tone = tone_for(talk.intent, said)
        other = next((need for need in talk.also if need["name"] in KIND_OF_INTENT), None)
        # Anger and a request are the request's; danger and what cannot wait go before.
        if tone.why_danger or tone.why_urgent or (other and tone.anger == "strong"):
            await take_over(talk, tone, str(other["name"]) if other else "")
            return
        talk.announce()
        protocol = await open_for(talk, "complain")
        await protocols.add_entry(
            talk.session, protocol=protocol, step="details", text=said, actor=talk.actor, now=talk.now,
            request_key=talk.key(),
        )  # fmt: skip
        talk.say("complain", number=protocol.number)
        await let_go(talk)
        why = f"Reclamação sobre o atendimento{f': {tone.why_angry}' if tone.why_angry else ''}."
        summary = await summarize(talk, why, details=said)
        talk.hand_over(team="ombudsman", reason="complaint", summary=summary, priority=HIGH)
        talk.forget_request()


class Emergency(ZeloAction):
    """Somebody in danger now: SAMU first, then everything else."""

    called = "action_emergency"

    async def act(self, talk: Talk) -> None:
        """Says 192 before anything else, and hands over before everybody; 'tá aqui' under a paper is no emergency."""
        if talk.context.get("files") and not talk.slot("pending_request") and not judge(talk.text).why_danger:
            await open_request(talk, "send_document")
            return
        pending = str(talk.slot("pending_request") or "")
        tone = tone_for(talk.intent, talk.text, pending=pending)
        if tone.why_urgent and pending in KIND_OF_INTENT and KIND_OF_INTENT[pending].team == AUTHORIZATIONS:
            await take_over(talk, tone)  # 'é urgente' in a procedure request: its team's, with all that was gathered
            return
        await meet_danger(talk, tone.why_danger)


async def meet_danger(talk: Talk, why: str = "") -> None:
    """192 first of all, then a person before everybody; `why` is why somebody is in danger, where the words say it.

    Nothing is announced before it, and what was under way ends here.
    """
    talk.say(EMERGENCY_TEXTS.get(why, "emergency"))
    protocol = await open_for(talk, "emergency")
    talk.say("emergency_protocol", number=protocol.number)
    await let_go(talk)
    reason = f"EMERGÊNCIA{f': {why}' if why else ''}. A pessoa foi orientada a ligar 192."
    summary = await summarize(talk, reason, details=talk.text if why else "")
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

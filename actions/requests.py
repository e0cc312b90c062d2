"""A request from its first word to its end: protocol first, who it is, its process, and the desk where it has to be.

A second need in the middle of a first one gets its own protocol and is worked first; then the first goes on.
"""

from __future__ import annotations

import re
from uuid import UUID

from actions import frame
from actions.delinquency.called import REPLIED
from actions.delinquency.calls import reply_instead_of_facts
from actions.documents.resuming import something_rests, take_up
from actions.edge import ZeloAction
from actions.frame import AT_ONCE, MISREAD, SWITCH
from actions.handover import HIGH, let_go, take_over, to_attendant
from actions.identity import ASKED_FOR_PERSON, facts_in
from actions.needs import of_one_matter
from actions.not_understood import give_to_person, undo
from actions.offers import offer_meanings, offer_next
from actions.opening import care_in, need_of, open_request, second_look, wants_time, written_before
from actions.process import ANOTHERS, DONE, IDENTITY_OVER, LATER, SUBMITTED, TO_DESK, Process, tone_of
from actions.processes import (
    carry_on,
    end_where_answered,
    identify,
    is_anothers,
    known,
    leave_to_its_person,
    pending_kind,
    process_of,
    resume_paused,
)
from actions.protocols import tell_person
from actions.repeating import unclear_now
from actions.summary import summarize
from actions.talk import INTERRUPTIONS, MOST_MISUNDERSTANDINGS, SURE, SURE_OF_OTHER_NEED, Talk
from backend import beneficiaries
from backend.documents.checklist import kinds_in
from backend.identifiers import ProtocolNumber, plain
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KIND_OF_INTENT
from backend.store.clock import local
from backend.tone import tone_for

SURE_OF_NEIGHBOUR = 0.9
_SAYS_WHO = re.compile(r"^(?:oi,? )?(?:agora|aqui|quem fala) (?:e|eh|quem fala e) (?:a|o)\b")
# Danger in words is heard before, whatever was understood: 'tá aqui' under a photograph is none.
_BESIDE_A_FILE = frozenset({"greet", "thank", "help", "repeat", "emergency"})


class OpenRequest(ZeloAction):
    """As soon as a need is known its protocol is told, before anything is asked. [rule 1]"""

    called = "action_open_request"

    async def act(self, talk: Talk) -> None:
        """Opens the request that was understood; a message that cannot wait, or strong anger, meets a person."""
        chosen = bool(talk.entity("said"))
        intent = talk.intent if chosen else need_of(talk.text, talk.intent)
        if intent == "find_provider" and not chosen and wants_time(talk.text, local(talk.now).date()):
            intent = "schedule_appointment"
        if not chosen and _SAYS_WHO.search(plain(talk.text)) and facts_in(talk).cpf and await second_look(talk):
            return  # 'agora é a Paula, cpf …' says who writes, and changes no register
        tone = tone_for(intent, talk.entity("said") or talk.text)
        if not tone.at_once and await self._brings_a_paper(talk, intent):
            intent = "send_document"
        if tone.at_once:
            await take_over(talk, tone, intent)
            return
        if tone.anger and not talk.slot("apologized"):
            talk.announce()
            talk.say("sorry")
            talk.remember(apologized=True)
        await open_request(talk, intent)

    @staticmethod
    async def _brings_a_paper(talk: Talk, intent: str) -> bool:
        """Whether words under a file are about what waits for it, and sound like a need only: 'olha o comprovante'."""
        lasts = process_of(intent).lasts and intent != "report_payment"  # every 'comprovante' sounds like one of these
        if not talk.context.get("files") or lasts or not await something_rests(talk):
            return False
        return not {"receipt", "slip"} & set(kinds_in(talk.text))


class ContinueRequest(ZeloAction):
    """The identity form ended: on with what was asked, or a person where identity failed."""

    called = "action_continue_request"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Branches by how the form ended."""
        result = talk.slot("identity_result")
        if result == "refused":
            talk.say("identity_refused")
            await let_go(talk)
            gathered = process_of(str(talk.slot("pending_request"))).describe(talk)
            warning = "ATENÇÃO: os dados de identidade não conferiram três vezes."
            summary = await summarize(talk, warning, details=gathered)
            team = pending_kind(talk).team
            talk.hand_over(team=team, reason="identity_failed", summary=summary, priority=HIGH)
            talk.forget_request()
        elif result == AT_ONCE:
            await take_over(talk, tone_of(talk))
        elif result == ASKED_FOR_PERSON:
            await to_attendant(talk)
        elif result == REPLIED:
            await reply_instead_of_facts(talk)
        elif result == MISREAD:
            await undo(talk)
        elif result != "verified":
            await give_to_person(talk)
        else:
            await self._verified(talk)

    async def _verified(self, talk: Talk) -> None:
        person = await beneficiaries.get(talk.session, UUID(talk.slot("beneficiary_id")))
        talk.say("identity_verified", name=person.first_name)
        talk.remember(identity_result=None, identity_hint=None)
        if not talk.slot("pending_request"):  # who it is was said before what is needed
            talk.forget_request()
            offered = talk.recall("offered") or {}
            if await care_in(talk, written_before(talk.tracker.events)):
                return
            if offered.get("meanings"):  # what was meant was asked before: it is asked again, with its own words
                offer_meanings(talk, "which_meaning", offered["meanings"], offered["said"])
            else:
                talk.say("no_question")
            return
        if talk.slot("pending_request") == "protocol_status":
            asked = talk.slot("asked_protocol")
            talk.forget_request()
            await tell_person(talk, person, ProtocolNumber.find(asked) if asked else None)
            await what_waits(talk)
            return
        if await leave_to_its_person(talk):
            return
        await identify(talk, person.id)
        await carry_on(talk, process_of(str(talk.slot("pending_request"))))  # identity may have run out in the middle


class ValidateRequestForm(ZeloAction):
    """A message while a process asks: an interruption, another need, or an answer."""

    called = "validate_request_form"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Nothing on activation; interruptions and other needs are the rules'; the rest is the process's."""
        if talk.slot("requested_slot") is None:
            return
        process = process_of(str(talk.slot("pending_request")))
        taken = frame.takes(talk, process)
        if not taken and not talk.chosen and (_interrupts(talk, process) or _other_need(talk, process)):
            return
        if not taken:
            talk.state.pop("doubt", None)  # only here: what is written down keeps the form from letting others through
        if taken:
            pass  # the frame's: the question is asked again, or the request ends
        elif process.needs_person(talk) and not await known(talk):
            talk.remember(request_details=IDENTITY_OVER)
        elif await is_anothers(talk):  # who was identified meanwhile, on the same telephone
            talk.remember(request_details=ANOTHERS)
        elif await process.take(talk):
            end_where_answered(talk)
            talk.state["taken"] = True
            talk.remember(misunderstandings=0, unclear=None)
        elif not frame.explains(talk, process):
            self._not_understood(talk)
        # A slot that is set says that the form took the message, even where nothing in it was understood.
        talk.state["turn"] = talk.tracker.latest_message.get("message_id")

    @staticmethod
    def _not_understood(talk: Talk) -> None:
        count = int(talk.slot("misunderstandings") or 0) + 1
        talk.remember(misunderstandings=count)
        if count >= MOST_MISUNDERSTANDINGS:
            talk.state["desk_reason"] = "not_understood"
            talk.remember(request_details=TO_DESK)
        else:
            talk.say("not_understood_here")


def _interrupts(talk: Talk, process: Process) -> bool:
    if talk.intent not in INTERRUPTIONS or talk.intent in process.own:
        return False
    if talk.intent == "complain" and process.hears_account(talk):
        return False  # what is wrong is what the desk asks for; strong anger has met a person before
    if process.gathers and talk.intent == "cancel_flow" and process.reads(talk):
        return False  # 'errei, essa é a cnh', 'mudei de ideia, por e-mail': an answer, and no wish to stop
    if talk.intent in _BESIDE_A_FILE and frame.brings_papers(talk, process):
        return False  # a photograph with 'obrigada' under it is the answer
    if "@" in talk.text and process.reads(talk):
        return False  # 'manda pra outra.pessoa@exemplo.com' asks for no other person
    return talk.confidence >= SURE and not (talk.intent in process.neighbours and process.reads(talk))


def _other_need(talk: Talk, process: Process) -> bool:
    """Whether the message asks for something else: then the rules open it, and this request waits."""
    if talk.intent == "leave_plan" and not re.search(r"\b(?:planos?|convenio|contrato)\b", plain(talk.text)):
        return False  # 'quero cancelar', in the middle of something, is about that
    if talk.intent not in KIND_OF_INTENT and talk.intent not in {"protocol_status", "goodbye"}:
        return False
    pending = str(talk.slot("pending_request"))
    if frame.brings_papers(talk, process) and (process.gathers or talk.intent == "complain"):
        return False  # 'desculpa a demora', or what it is, under the photograph that was asked for
    # what the desk is told freely sounds like other needs of the matter: only what surely is one is taken for it
    asks = talk.text.rstrip().endswith("?")
    told_freely = process.hears_account(talk) and of_one_matter(talk.intent, pending) and not asks
    sure = SURE_OF_NEIGHBOUR if told_freely else SURE_OF_OTHER_NEED
    if talk.intent in {pending, *process.own} or talk.confidence < sure:
        return False
    return not (talk.intent in process.neighbours and process.reads(talk))


class AskDetails(ZeloAction):
    """The process's present question."""

    called = "action_ask_request_details"
    understood = False

    async def act(self, talk: Talk) -> None:
        """One question; in other words where it was not understood; or whether another need comes first."""
        talk.unclear = unclear_now(talk)
        if not frame.asks_first(talk):
            await process_of(str(talk.slot("pending_request"))).ask(talk)


async def what_waits(talk: Talk) -> None:
    """After a request: what was put aside goes on; else the other need of the message, if any, is offered."""
    if talk.slot("paused_requests"):
        await resume_paused(talk)
    else:
        await offer_next(talk)


class FinishRequest(ZeloAction):
    """The request ended: its protocol is closed, or the desk goes on; then what was put aside."""

    called = "action_finish_request"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Branches by how it ended."""
        outcome = talk.slot("request_details")
        if outcome == IDENTITY_OVER:
            await self._identify_again(talk)
        elif outcome == DONE:
            then = talk.state.get("then")
            await self._close(talk)
            if then and then.get("protocol"):
                waiting = await protocols.get(talk.session, UUID(then["protocol"]))
                await take_up(talk, waiting, files=then["files"], **then["known"])
            elif then:
                await open_request(talk, then["intent"], said=then["said"], files=then.get("files"))
            else:
                await what_waits(talk)
        elif outcome == ANOTHERS:
            await leave_to_its_person(talk)
        elif outcome in {SUBMITTED, LATER}:
            talk.forget_request()
            await what_waits(talk)
        elif outcome == AT_ONCE:
            await take_over(talk, tone_of(talk))
        elif outcome == MISREAD:
            await undo(talk)
        elif outcome == SWITCH:
            other = talk.state["doubt"]
            talk.remember(request_details=None)
            await open_request(talk, other["intent"], said=other["said"])
        else:
            await self._to_desk(talk, "" if outcome == TO_DESK else str(outcome or ""))

    @staticmethod
    async def _identify_again(talk: Talk) -> None:
        """The identity is asked for again, unless facts of somebody else came in this very message."""
        if await known(talk):
            person = await talk.verified()
            talk.say("identity_verified", name=person.first_name if person else "")
            talk.remember(request_details=None)
            await carry_on(talk, process_of(str(talk.slot("pending_request"))))
            return
        asked_before = talk.state.get("begun") not in {None, "nobody"}
        hint = "again" if asked_before else None
        talk.remember(request_details=None, identity_result=None, identity_hint=hint)
        talk.follow_up("identity_form")

    @staticmethod
    async def _close(talk: Talk) -> None:
        protocol_id = talk.slot("pending_protocol")
        if protocol_id:
            protocol = await protocols.get(talk.session, UUID(protocol_id))
            waits = talk.state.get("waits")
            end = protocols.set_waiting if waits else protocols.close_protocol
            text = str(waits or talk.state.get("ending") or "Atendido pela assistente.")
            await end(talk.session, protocol=protocol, actor=talk.actor, now=talk.now, text=text)
        talk.forget_request()

    @staticmethod
    async def _to_desk(talk: Talk, details: str) -> None:
        kind, process = pending_kind(talk), process_of(str(talk.slot("pending_request")))
        gathered = details or process.describe(talk)
        if talk.slot("pending_protocol"):
            protocol = await protocols.get(talk.session, UUID(talk.slot("pending_protocol")))
            await protocols.add_entry(
                talk.session, protocol=protocol, step="details", text=gathered, actor=talk.actor, now=talk.now,
                request_key=talk.key(),
            )  # fmt: skip
            talk.say("handing_over", number=protocol.number)
        else:
            talk.say("handing_over_plain")
        await process.abandon(talk)
        summary = await summarize(talk, f"Pedido: {kind.title}.", details=gathered)
        reason = str(talk.state.get("desk_reason") or f"request:{kind.code}")
        talk.hand_over(team=str(talk.state.get("desk_team") or kind.team), reason=reason, summary=summary)
        talk.forget_request()

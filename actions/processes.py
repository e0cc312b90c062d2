"""Which process works which intent, and how a request goes on: identity, first step, what was put aside.

What is not in the table yet asks one question and goes to the desk.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar
from uuid import UUID

from actions.coming_of_age import ComingOfAgeRequest, ConfirmReady
from actions.delinquency.debt import AskDebt, NegotiateDebt
from actions.delinquency.payment import ReportPayment
from actions.disputes.discount import ChooseDiscount
from actions.disputes.dispute import DisputeCharge
from actions.documents.sending import SendDocument
from actions.holder_change import ChangeHolder
from actions.invoices.second_copy import SecondCopy
from actions.network import FindProvider
from actions.news_processes import CancelReminded, HearNews
from actions.plan_information import PlanInformation
from actions.plans import MemberCardRequest
from actions.procedures.request import RequestProcedure
from actions.procedures.status import ProcedureStatus
from actions.process import Process, done, ended, put_aside, something_waits
from actions.registration.update import UpdateRegistration
from actions.scheduling.book import Booking
from actions.scheduling.booked import CancelAppointment, MyAppointments, Reschedule
from actions.talk import Talk
from backend import beneficiaries
from backend.beneficiaries import may_act_for
from backend.identifiers import plain
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KIND_OF_INTENT, Kind
from backend.protocols.machines import GATHERING, MACHINES, WITHDRAW
from backend.protocols.moving import move
from backend.store.clock import local
from backend.words import is_only_emoji

_BARE_YES = re.compile(r"s|ss|sim|ok|okay|ta|ta bom|certo|isso|blz|beleza|quero(?: sim)?|pode(?: ser)?|uhum|aham|claro")


class AskOnce(Process):
    """A request that the desk works: what the attendant will need, as one question, word for word."""

    own: ClassVar[frozenset[str]] = frozenset({"send_document"})  # the question asks for papers as well

    def hears_account(self, talk: Talk) -> bool:  # noqa: ARG002 (whatever it asks)
        """What happened is what the desk asks for."""
        return True

    async def begin(self, talk: Talk) -> None:
        """Nothing to prepare."""

    async def take(self, talk: Talk) -> bool:
        """Whatever the person writes or sends is the answer; a bare yes, or a thumb, tells the desk nothing."""
        files = int(talk.context.get("attachments") or 0)
        if not files and (is_only_emoji(talk.text) or _BARE_YES.fullmatch(plain(talk.text).strip(" .!,"))):
            return False
        note = f"[{files} {'arquivo enviado' if files == 1 else 'arquivos enviados'}]" if files else ""
        talk.remember(request_details=" ".join(filter(None, [talk.text, note])) or "[mensagem sem texto]")
        return True

    async def ask(self, talk: Talk) -> None:
        """The question of this kind of request."""
        talk.say(f"ask_details_{pending_kind(talk).code}")


_DESK = AskOnce()
PROCESSES: dict[str, Process] = {
    "schedule_appointment": Booking(),
    "reschedule_appointment": Reschedule(),
    "cancel_appointment": CancelAppointment(),
    "list_appointments": MyAppointments(),
    "invoice_copy": SecondCopy(),
    "send_document": SendDocument(),
    "update_registration": UpdateRegistration(),
    "request_procedure": RequestProcedure(),
    "procedure_status": ProcedureStatus(),
    "coming_of_age": ComingOfAgeRequest(),
    "change_holder": ChangeHolder(),
    "find_provider": FindProvider(),
    "member_card": MemberCardRequest(),
    "plan_information": PlanInformation(),
    "dispute_charge": DisputeCharge(),
    "ask_debt": AskDebt(),
    "negotiate_debt": NegotiateDebt(),
    "report_payment": ReportPayment(),
    # answers to news (actions/news.py)
    "answer_news": HearNews(),
    "cancel_reminded": CancelReminded(),
    "choose_discount": ChooseDiscount(),
    "confirm_ready": ConfirmReady(),
}
# Which process takes the answer to what a move of a protocol told, by the protocol's kind.
ANSWERS_TO_MOVES: dict[str, str] = {
    "charge_dispute": "choose_discount", "coming_of_age": "confirm_ready", "registration_update": "update_registration",
    "holder_change": "change_holder", "payment_report": "report_payment",
}  # fmt: skip


def process_of(intent: str) -> Process:
    """The process that works an intent."""
    return PROCESSES.get(intent, _DESK)


def pending_kind(talk: Talk) -> Kind:
    """The kind of what is being worked through."""
    return KIND_OF_INTENT.get(str(talk.slot("pending_request")), KIND_OF_INTENT["talk_to_attendant"])


async def go_on(talk: Talk, process: Process) -> None:
    """Identity where it is missing, else the process's next step."""
    if process.needs_person(talk) and not await known(talk):
        talk.follow_up("identity_form")
        return
    if not await leave_to_its_person(talk):
        await begin(talk, process)


async def begin(talk: Talk, process: Process) -> None:
    """The process's first step: it ends at once, or its form asks."""
    await process.begin(talk)
    end_where_answered(talk)
    talk.state["begun"] = await _speaker(talk)
    talk.follow_up("action_finish_request" if ended(talk) else "request_form")


def end_where_answered(talk: Talk) -> None:
    """What was answered and only waits for more questions makes way, where another need was noted or put aside."""
    if talk.state.get("answered") and something_waits(talk) and not ended(talk):
        done(talk)


async def stop(talk: Talk, why: str) -> None:
    """What is being worked through ends unfinished: what it held is let go, its protocol closed."""
    if talk.slot("pending_request"):
        await process_of(str(talk.slot("pending_request"))).abandon(talk)
    await close_unfinished(talk, talk.slot("pending_protocol"), why)


async def carry_on(talk: Talk, process: Process) -> None:
    """The question that was asked is asked again: of whom it was begun for, and of nobody else. [rules 2, 3]

    Where somebody else of the same telephone has been identified since, what was gathered is not his: his own
    request begins from the first words.
    """
    begun = talk.state.get("begun")
    if begun and (not process.needs_person(talk) or begun == await _speaker(talk)):
        await process.come_back(talk)
        talk.follow_up("action_finish_request" if ended(talk) else "request_form")
        return
    if begun:
        await process.abandon(talk)
        kept = {name: talk.state.get(name) for name in ("said", "intent", "protocol", "files")}
        talk.state.clear()
        talk.state.update(kept)
    await begin(talk, process)


async def _speaker(talk: Talk) -> str:
    person = await talk.verified()
    return str(person.id) if person else "nobody"


async def set_aside(talk: Talk, intent: str, *, keep: str | None = None) -> list[dict[str, Any]] | None:
    """What is paused once `intent` comes first; what falls out of that list is closed, or it would be forgotten.

    `keep` is the protocol that is gone on with now: it is neither paused nor closed.
    """
    kept = [request for request in put_aside(talk, intent) if keep is None or request["protocol"] != keep]
    protocols_kept = {keep, *(request["protocol"] for request in kept)}
    before = [request["protocol"] for request in talk.recall("paused_requests") or ()]
    if talk.recall("pending_request") and not (talk.recall("request_state") or {}).get("then"):
        before.append(talk.recall("pending_protocol"))
    for protocol_id in before:
        if protocol_id not in protocols_kept:
            await close_unfinished(talk, protocol_id, "Substituído por um pedido mais novo.")
    return kept or None


async def close_unfinished(talk: Talk, protocol_id: str | None, why: str) -> None:
    """Closes a protocol, where there is one, by the person's own wish; what outlives a conversation only by its person.

    The key counts no ordinal: where this runs again the protocol is closed already, and other keys must stay the same.
    """
    if protocol_id:
        protocol = await protocols.get(talk.session, UUID(protocol_id))
        machine = MACHINES.get(protocol.kind)
        if machine and protocol.beneficiary_id not in {None, await _verified_id(talk)}:
            talk.resting = True
        elif machine and machine.can(protocol.stage, WITHDRAW, talk.actor.kind):
            key = f"{talk.message_id}:{WITHDRAW}:{protocol_id}"
            await move(
                talk.session, protocol=protocol, name=WITHDRAW, reason=why, request_key=key, actor=talk.actor,
                now=talk.now,
            )  # fmt: skip
        elif machine is None or protocol.stage in {"", GATHERING}:  # what the desk has stays the desk's
            await protocols.close_protocol(talk.session, protocol=protocol, actor=talk.actor, now=talk.now, text=why)


async def known(talk: Talk) -> bool:
    """Whether the person is verified, by now or by facts in this very message; then the protocol is about him."""
    person = await talk.verified()
    if person is None:
        return False
    talk.remember(beneficiary_id=str(person.id))
    if not await is_anothers(talk):
        await identify(talk, person.id)
    return True


async def is_anothers(talk: Talk) -> bool:
    """Whether what is worked through outlives conversations and is of another person than the verified one. [rule 2]"""
    process = process_of(str(talk.recall("pending_request") or ""))
    protocol_id = talk.state.get("protocol") or talk.recall("pending_protocol")
    if not protocol_id or not process.lasts:  # an answer to news is its process's to allow: who was told may answer
        return False
    protocol = await protocols.get(talk.session, UUID(protocol_id))
    verified = await talk.verified()
    if verified is None or protocol.beneficiary_id in {None, verified.id}:
        return False
    owner = await beneficiaries.get(talk.session, protocol.beneficiary_id)
    return not may_act_for(verified, owner, local(talk.now).date())  # a mother sends what her child's request lacks


async def leave_to_its_person(talk: Talk) -> bool:
    """Where the request is another's: it stays kept for him, and who writes is asked what he needs. False where not."""
    if not await is_anothers(talk):
        return False
    talk.resting = True
    talk.say("request_of_another")
    talk.forget_request()
    return True


async def _verified_id(talk: Talk) -> UUID | None:
    person = await talk.verified()
    return person.id if person else None


async def identify(talk: Talk, beneficiary_id: UUID) -> None:
    """Writes down whom the request's protocol is about; what outlives a conversation stays his whose it is."""
    protocol_id = talk.state.get("protocol")
    if protocol_id:
        protocol = await protocols.get(talk.session, UUID(protocol_id))
        lasts = process_of(str(talk.recall("pending_request") or "")).lasts
        if lasts and protocol.beneficiary_id is not None:
            return
        await protocols.identify(
            talk.session, protocol=protocol, beneficiary_id=beneficiary_id, actor=talk.actor, now=talk.now
        )


async def resume_paused(talk: Talk) -> None:
    """Goes back to what was put aside when a second need came up, if anything was."""
    paused: list[dict[str, Any]] = list(talk.slot("paused_requests") or [])
    if not paused:
        return
    request = paused.pop()
    process = process_of(request["intent"])
    talk.remember(
        pending_request=request["intent"], pending_protocol=request["protocol"], paused_requests=paused or None,
        request_details=None,
    )  # fmt: skip
    talk.state.update(request["state"])
    if request["intent"] in KIND_OF_INTENT:  # an answer to news is no kind of its own: it is only asked again
        talk.say("back_to_request", title=KIND_OF_INTENT[request["intent"]].title)
    if process.needs_person(talk) and not await known(talk):
        talk.follow_up("identity_form")
    elif not await leave_to_its_person(talk):
        await carry_on(talk, process)

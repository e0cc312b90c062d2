"""'Quanto devo?', 'recebi um aviso', and the plan's own calls: what is owed, its notice, how to settle. [processes.md]

Before the identity only `called` speaks; after it, and to who answers for the contract alone, `telling` and what
follows. [rules 2, 3]
"""

from __future__ import annotations

from typing import ClassVar

from actions.delinquency import called, settling, telling
from actions.delinquency.answering import take_answer
from actions.delinquency.called import BEFORE_IDENTITY, row_of
from actions.delinquency.stages import CONFIRM, DISPUTE, MONTHS, NEGOTIATE
from actions.delinquency.words import offers, way_in
from actions.invoices import sending
from actions.invoices.choosing import slip_options
from actions.process import IDENTITY_OVER, Process, done, open_for, person_of, to_desk
from actions.talk import Option, Talk
from backend.beneficiaries import Beneficiary
from backend.contracts import hears_of_money
from backend.delinquency.campaigns import answers
from backend.delinquency.confirmation import read_confirmation
from backend.delinquency.replies import read_reply
from backend.delinquency.tables import CampaignRow
from backend.identity.facts import read_facts
from backend.identity.verbs import offer_facts
from backend.settings import settings
from backend.store.clock import local
from backend.words import means_no, means_yes

WAY_OPTIONS: list[Option] = [
    ("PIX", {"answer": "pix"}), ("Boleto", {"answer": "slip"}), ("Negociar", {"answer": "negotiate"}),
    ("Já paguei", {"answer": "paid"}),
]  # fmt: skip
# Only where the operator's setting lets a tap count; else awareness is asked for in words alone. [RN 593]
AWARE_OPTIONS: list[Option] = [("Estou ciente", {"answer": "aware"})]
DISPUTE_OPTIONS: list[Option] = [
    ("Contestar a cobrança", {"answer": "dispute"}), ("Ver como acertar", {"answer": "ways"}),
    ("Falar com atendente", {"answer": "desk"}),
]  # fmt: skip


class AskDebt(Process):
    """From the first words, or from an answer to a call, to a settlement, a person, or a courteous end.

    `state` holds stage, call (the row of a campaign's call), called (whom it was for), row, owed (invoice ids),
    notice, asked, way, offer, gathered.
    """

    wish: ClassVar[str] = ""
    own: ClassVar[frozenset[str]] = frozenset(
        {"ask_debt", "negotiate_debt", "report_payment", "invoice_copy", "send_document"}
    )
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {"answer_news", "dispute_charge", "complain", "cancel_flow", "thank", "greet", "goodbye", "leave_plan", "help",
         "plan_information", "change_holder", "update_registration", "repeat", "protocol_status", "emergency"}
    )  # fmt: skip

    def needs_person(self, talk: Talk) -> bool:
        """Who answers a call is asked whether he knows the person before he is asked who he is. Pure."""
        return talk.state.get("stage") not in BEFORE_IDENTITY

    def reads(self, talk: Talk) -> bool:
        """A choice, an answer to the call, to the notice or to the ways, or a file."""
        stage = str(talk.state.get("stage") or "")
        if talk.chosen or talk.entity("call") or read_facts(talk.text, today=local(talk.now).date()).cpf:
            return True
        if talk.intent == "answer_news":  # of other news
            return False
        if stage in BEFORE_IDENTITY:
            return bool(called.reply_in(talk, stage))
        if talk.state.get("call") and read_reply(talk.text) == "stop":  # to our call, and not 'stop this request'
            return True
        wants = stage == NEGOTIATE or way_in(talk.text) or offers(talk.text)
        if wants or read_confirmation(talk.text).kind not in {"", "auto"}:
            return True
        return bool(means_yes(talk.text) or means_no(talk.text) or talk.context.get("attachments"))

    def hears_account(self, talk: Talk) -> bool:
        """What he can pay, and when, is told in free words."""
        return talk.state.get("stage") == NEGOTIATE

    # -- the first step

    async def begin(self, talk: Talk) -> None:
        """What is owed, and its notice where the rule asks for one; a call's protocol is told first. [rules 1, 3]"""
        if not self.needs_person(talk):
            return
        person, row = await person_of(talk), await row_of(talk)
        if not hears_of_money(person) or (row is not None and row.contract_id != person.contract_id):
            await self._only_who_answers(talk, row)
            return
        talk.state.setdefault("wish", self.wish)
        if row is not None:
            await self._open(talk, row)
        elif found := await answers.live_row(talk.session, person.contract_id):
            talk.state["row"] = found.id
        await settling.note(talk, "identified")
        await telling.tell(talk, person)

    @staticmethod
    async def _open(talk: Talk, row: CampaignRow) -> None:
        """Now that it is known who answers: what it is about, and the protocol. [rule 1's exception]"""
        protocol = await open_for(talk, "ask_debt")
        talk.state["protocol"] = str(protocol.id)
        talk.remember(pending_protocol=str(protocol.id))
        row.protocol_id = row.protocol_id or protocol.id
        talk.say("called_subject", number=protocol.number)

    @staticmethod
    async def _only_who_answers(talk: Talk, row: CampaignRow | None) -> None:
        """Rule 3: that the holder should get in touch, and not a word more."""
        if row is None:
            talk.say("only_holder")
            await sending.note(talk, "holder_asked_to_call")
        else:
            talk.say("called_only_holder", name=row.full_name)
            await settling.note(talk, "another")
        done(talk)

    # -- answers

    async def take(self, talk: Talk) -> bool:
        """An answer to the call, to the notice, or how to settle."""
        stage = str(talk.state.get("stage") or "")
        if stage in BEFORE_IDENTITY:
            return await self._take_reply(talk, stage)
        if await self._another_speaks(talk):
            return True
        return await take_answer(talk, await person_of(talk), stage)

    @staticmethod
    async def _another_speaks(talk: Talk) -> bool:
        """Somebody else's CPF in the middle: who writes now is identified anew, and hears only what is his. [rule 3]"""
        facts = read_facts(talk.text, today=local(talk.now).date())
        if not facts.cpf or facts.cpf == (await person_of(talk)).cpf:
            return False
        await offer_facts(
            talk.session, conversation_id=talk.conversation_id, facts=facts, request_key=f"{talk.message_id}:identity",
            actor=talk.actor, now=talk.now,
        )  # fmt: skip
        talk.state["begun"] = "nobody"
        talk.remember(request_details=IDENTITY_OVER)
        return True

    async def _take_reply(self, talk: Talk, stage: str) -> bool:
        row = await row_of(talk)
        reply = called.reply_in(talk, stage)
        if not reply and talk.intent in {"ask_debt", "negotiate_debt", "report_payment"}:
            reply = "me"
        if row is None or not reply:
            return False
        heard = await called.hear(talk, row, reply)
        if heard.then == "ask":
            talk.state["stage"] = heard.stage
        elif heard.then == "desk":
            to_desk(talk, reason="legal")
        elif heard.then == "over":
            if reply != "auto":
                done(talk)
            else:
                talk.state["silent"] = talk.message_id
        else:
            await self._identify(talk)
        return True

    async def _identify(self, talk: Talk) -> None:
        talk.state.pop("stage")
        talk.state.pop("begun", None)
        if await talk.verified():
            await self.begin(talk)
        else:
            talk.remember(request_details=IDENTITY_OVER)

    # -- questions

    async def ask(self, talk: Talk) -> None:
        """The question of the present stage; nothing to what no person wrote."""
        state, stage = talk.state, str(talk.state.get("stage") or "")
        if state.get("silent") == talk.message_id:
            return
        if stage in BEFORE_IDENTITY:
            called.ask(talk, stage, str(state.get("called") or ""))
        elif stage == CONFIRM:
            self._ask_confirmation(talk)
        elif stage == MONTHS:
            await self._ask_months(talk, await person_of(talk))
        elif stage == NEGOTIATE:
            talk.say("debt_offer")
        elif stage == DISPUTE:
            talk.say("debt_dispute", options=DISPUTE_OPTIONS)
        else:
            talk.say("debt_ways", options=WAY_OPTIONS)

    @staticmethod
    def _ask_confirmation(talk: Talk) -> None:
        options = AWARE_OPTIONS if settings().notice_tap_counts else []
        talk.say("debt_confirm_again" if talk.state.get("asked") else "debt_confirm", options=options)

    @staticmethod
    async def _ask_months(talk: Talk, person: Beneficiary) -> None:
        owed = await sending.load(talk, person, talk.state.get("owed") or ())
        talk.say("debt_which", options=slip_options(talk, person, owed))

    # -- the desk

    async def abandon(self, talk: Talk) -> None:
        """Who asks for a person, or breaks off, where we asked whether it is he, has been reached."""
        row = await row_of(talk)
        if row is not None:
            await called.reached(talk, row)

    def describe(self, talk: Talk) -> str:
        """What is owed, the notice, what was answered and offered, for whoever goes on."""
        state = talk.state
        lines = [f"Contato da campanha para {state['called']}." if state.get("called") else ""]
        lines.append(str(state.get("gathered") or ""))
        lines.append(str(state.get("noticed") or ""))
        lines += [f"Boleto retido: {month}" for month in state.get("withheld") or ()]
        lines.append(f"Proposta: {state['offer']}" if state.get("offer") else "")
        lines.append(f"Disse: {state['said']}" if state.get("said") else "")
        return "\n".join(filter(None, lines))


class NegotiateDebt(AskDebt):
    """'Quero negociar': the same, and what he can do is asked without asking how to settle."""

    wish: ClassVar[str] = "negotiate"

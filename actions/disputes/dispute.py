"""'Na fatura do mês passado veio uma ressonância que nunca fiz': a charge disputed in the chat. [processes.md, 3]

Found by us as far as it can be; asked is only what is missing. It ends at medical accounts, under its protocol.
"""

from __future__ import annotations

import re
from datetime import date
from typing import ClassVar

from actions.disputes import asking, discount, which
from actions.disputes.asking import NO_SLIP, NONE, OTHER_MONTH, UNSURE
from actions.disputes.reading import (
    Said,
    change_in,
    claim_in,
    discount_in,
    is_claim,
    is_unsure,
    own_words,
    read_said,
    says_none,
    way_in,
)
from actions.documents.gathering import Gathering
from actions.invoices.sending import note
from actions.process import done, person_of, protocol_of, said_no, said_yes, submitted, to_desk
from actions.standing import tell_protocol
from actions.talk import Talk
from backend import beneficiaries
from backend.beneficiaries import Beneficiary, may_act_for
from backend.contracts import hears_of_money
from backend.disputes import verbs
from backend.documents import verbs as documents
from backend.errors import Taken
from backend.identifiers import plain
from backend.invoices.tables import Invoice, InvoiceItem
from backend.money import billing_month
from backend.protocols import verbs as protocols
from backend.protocols.machines import stage_title
from backend.protocols.tables import Protocol
from backend.store.clock import local
from backend.words import means_no, means_yes, numeric_date, spoken_list

SLIP, CLAIM, HOW, CONFIRM, CHANGE, DISCOUNT = "slip", "claim", "how", "confirm", "change", "discount"
_STANDS = re.compile(
    r"\b(?:andamento|como (?:esta|ta|anda|ficou)|em que pe|ja (?:analisaram|responderam|viram|tem resposta)"
    r"|alguma resposta|resultado|situacao|status)\b"
)
# To what is wrong nearly any words are the answer; what was surely understood as one of these only where it says so.
_OTHER_MATTERS = frozenset(
    {"thank", "greet", "help", "leave_plan", "protocol_status", "find_provider", "member_card", "schedule_appointment"}
)


class DisputeCharge(Gathering):
    """`state` holds months, words (all that was said of which charge it is), line, claim, by, stage."""

    own: ClassVar[frozenset[str]] = frozenset({"dispute_charge", "send_document"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {
            "invoice_copy", "report_payment", "ask_debt", "negotiate_debt", "complain", "plan_information",
            "procedure_status", "request_procedure", "list_appointments", "cancel_appointment", "schedule_appointment",
            "find_provider", "protocol_status", "leave_plan", "thank", "greet", "help", "member_card",
        }
    )  # fmt: skip

    def wanted(self, talk: Talk) -> list[str]:  # noqa: ARG002 (no paper is asked of everybody)
        """Nothing that has to come: a slip helps only where we do not find the charge."""
        return []

    def hears_account(self, talk: Talk) -> bool:
        """Until it is confirmed, what went wrong is what is asked. Pure."""
        return talk.state.get("stage") not in {HOW, CONFIRM, CHANGE, DISCOUNT}

    async def prepare(self, talk: Talk) -> None:
        """Who may not hear of money hears nothing of it [rule 3]; else the first words are read."""
        person = await person_of(talk)
        if not hears_of_money(person):
            await self._only_holder(talk)
            return
        talk.state["contract"] = str(person.contract_id)
        said = str(talk.state.get("said") or "")
        if await self._about_an_open_one(talk, person, said):
            return
        await self._read(talk, person, said)

    async def take(self, talk: Talk) -> bool:
        """Files, choices, words; of somebody else than the one who was asked nothing is taken. [rule 3]"""
        person = await person_of(talk)
        if not hears_of_money(person) or talk.state.get("contract") != str(person.contract_id):
            await self._only_holder(talk)
            return True
        return await super().take(talk)

    # -- what is read

    @staticmethod
    async def _about_an_open_one(talk: Talk, person: Beneficiary, said: str) -> bool:
        """Whether it is about a dispute that is open: its discount, or where it stands."""
        if await discount.take_wish(talk, person, said):
            return True
        if claim_in(said, today=_today(talk)):
            return False
        opened = await verbs.of_person(talk.session, person.id, open_only=True)
        if not opened or not _STANDS.search(plain(said)):
            return False
        await tell_protocol(talk, opened[0])
        discount.close_own(talk, opened[0])
        return True

    @staticmethod
    async def _read(talk: Talk, person: Beneficiary, text: str) -> bool:
        """Takes month, charge, what is wrong and the way of the answer out of a message; True where it had any."""
        state, today = talk.state, _today(talk)
        said, claim = read_said(text, today=today), claim_in(text, today=today)
        if claim and not state.get("claim"):
            state["claim"] = claim
        if said.answer_by:
            state["by"] = said.answer_by
        named, before = await which.take_place(talk, person, said), state.get("offered")
        if not state.get("line"):
            state["words"] = f"{state.get('words') or ''} {own_words(text, today=today)}".strip()
            await which.find(talk, person)
        return bool(claim or named or said != Said() or state.get("line") or state.get("offered") != before)

    # -- answers

    def answered(self, talk: Talk) -> bool:
        """A choice, or words to the present question: nearly any to what is wrong, a month or a charge before."""
        stage, text = str(talk.state.get("stage") or ""), talk.text
        if talk.chosen:
            return True
        yes_or_no, claim = bool(means_yes(text) or means_no(text)), claim_in(text, today=_today(talk))
        if stage == CLAIM:
            return bool(claim) or (is_claim(text) and talk.intent not in _OTHER_MATTERS)
        if stage in {CONFIRM, CHANGE}:
            return yes_or_no or bool(change_in(text))
        if stage == HOW:
            return bool(way_in(text))
        if stage == DISCOUNT:
            return bool(discount_in(text))
        told = read_said(text, today=_today(talk)) != Said() or bool(which.meant_of_offered(talk))
        return told or bool(claim) or yes_or_no or says_none(text) or is_unsure(text)

    async def answer(self, talk: Talk) -> bool:
        """By the stage; a charge, a month and what is wrong are taken wherever they come."""
        person, stage = await person_of(talk), str(talk.state.get("stage") or "")
        if talk.chosen:
            return await self._chosen(talk, person)
        steps = {CLAIM: self._claim, HOW: self._how, CONFIRM: self._confirmed, CHANGE: self._changes}
        if stage in steps:
            return await steps[stage](talk, person, talk.text)
        if stage == DISCOUNT:
            return await discount.take_form(talk)
        return await self._which(talk, person, stage)

    async def _which(self, talk: Talk, person: Beneficiary, stage: str) -> bool:
        """Words while it is asked which charge it is."""
        if stage == which.MONTH and is_unsure(talk.text):
            await which.offer_lately(talk, person)
            return True
        meant = which.meant_of_offered(talk) if stage == which.WHICH else []
        if len(meant) == 1:
            which.take_line(talk, meant[0])
            return await self._read(talk, person, talk.text)
        if stage in {which.WHICH, SLIP} and (says_none(talk.text) or means_no(talk.text) or is_unsure(talk.text)):
            return await self._none(talk)
        return await self._read(talk, person, talk.text)

    async def _chosen(self, talk: Talk, person: Beneficiary) -> bool:
        chosen, answer = talk.chosen, str(talk.chosen.get("answer") or "")
        if "item" in chosen:
            return self._item(talk, int(chosen["item"]))
        if "month" in chosen:
            await which.take_place(talk, person, Said(months=(date.fromisoformat(str(chosen["month"])),)))
            await which.find(talk, person)
        elif "claim" in chosen:
            talk.state["claim"] = str(chosen["claim"])
        elif answer in {"chat", "mail"}:
            talk.state["by"] = answer
        elif answer == UNSURE:
            await which.offer_lately(talk, person)
        elif answer in {NONE, NO_SLIP}:
            return await self._none(talk)
        elif answer == OTHER_MONTH:
            talk.state.update(months=[], offered=[], stage=which.MONTH)
        elif answer in {"line", "claim", "how"}:
            self._reopen(talk, answer)
        elif talk.state.get("stage") == DISCOUNT:
            return await discount.take_form(talk)
        else:
            return await self._confirmed(talk, person, talk.text)
        return True

    @staticmethod
    def _item(talk: Talk, item_id: int) -> bool:
        line = next((line for line in which.offered(talk) if line.item_id == item_id), None)
        if line is not None:
            which.take_line(talk, line)
        return line is not None

    @staticmethod
    async def _none(talk: Talk) -> bool:
        """None of what was shown: the slip is asked for once; with it, or without one, a person looks."""
        protocol = await protocol_of(talk)
        sent = await documents.of_protocol(talk.session, protocol.id) if protocol else []
        if sent or talk.state.get("slip_asked"):
            to_desk(talk, reason="charge_not_found")
        talk.state.update(stage=SLIP, slip_asked=True, offered=[])
        return True

    @staticmethod
    async def _claim(talk: Talk, _person: Beneficiary, text: str) -> bool:
        if not is_claim(text):
            return False
        talk.state["claim"] = own_words(text, today=_today(talk))
        return True

    @staticmethod
    async def _how(talk: Talk, _person: Beneficiary, text: str) -> bool:
        talk.state["by"] = way_in(text) or talk.state.get("by")
        return bool(way_in(text))

    async def _confirmed(self, talk: Talk, person: Beneficiary, text: str) -> bool:
        """A yes sends it; what is to be changed is asked anew."""
        wanted = "" if talk.chosen else change_in(text)
        if wanted:
            self._reopen(talk, wanted)
        elif said_yes(talk):
            await self._submit(talk, person)
        elif said_no(talk):
            talk.state["stage"] = CHANGE
        else:
            return False
        return True

    async def _changes(self, talk: Talk, _person: Beneficiary, text: str) -> bool:
        wanted = change_in(text)
        if wanted:
            self._reopen(talk, wanted)
        return bool(wanted)

    @staticmethod
    def _reopen(talk: Talk, what: str) -> None:
        state = talk.state
        state["stage"] = ""
        if what == "line":
            state.update(line=None, months=[], words="", offered=[], stage=which.MONTH)
        elif what == "claim":
            state["claim"] = ""
        else:
            state["by"] = ""

    # -- what is next

    async def advance(self, talk: Talk) -> None:
        """The next question, in the order: which charge, what is wrong, where to hear, all of it confirmed."""
        state, person = talk.state, await person_of(talk)
        if state.get("discounting"):
            state["stage"] = DISCOUNT
        elif not state.get("line"):
            await self._look_at_slip(talk)
        elif await self._is_open_already(talk):
            pass
        elif not state.get("claim"):
            state["stage"] = CLAIM
        elif not await self._way_known(talk, person):
            state["stage"] = HOW
        elif state.get("stage") != CHANGE:
            state["stage"] = CONFIRM

    @staticmethod
    async def _look_at_slip(talk: Talk) -> None:
        """Where even the slip does not say which charge it is, a person looks, with all that was gathered."""
        protocol = await protocol_of(talk)
        sent = await documents.of_protocol(talk.session, protocol.id) if protocol else []
        if sent and talk.state.get("stage") == SLIP:
            to_desk(talk, reason="charge_not_found")

    @staticmethod
    async def _is_open_already(talk: Talk) -> bool:
        """The same line is under analysis: that is told instead of asking all of it again."""
        line = which.line_of(talk)
        other = await verbs.open_of_item(talk.session, line.item_id) if line else None
        if other is not None:
            await _tell_already(talk, other)
        return other is not None

    async def _way_known(self, talk: Talk, person: Beneficiary) -> bool:
        """Where the answer goes: asked only of whom the register has an address, about what he may read himself."""
        if await self._private(talk, person) is not None or not person.email:
            talk.state["by"] = "chat"
        return bool(talk.state.get("by"))

    @staticmethod
    async def _private(talk: Talk, person: Beneficiary) -> Beneficiary | None:
        """The adult whose health data the charge is, where that is somebody else. [rule 10]"""
        line = which.line_of(talk)
        if line is None or line.about_id is None or line.is_fee:
            return None
        about = await beneficiaries.get(talk.session, line.about_id)
        return None if may_act_for(person, about, _today(talk)) else about

    async def _submit(self, talk: Talk, person: Beneficiary) -> None:
        protocol, line = await protocol_of(talk), which.line_of(talk)
        assert protocol is not None
        assert line is not None
        invoice = await talk.session.get_one(Invoice, line.invoice_id)
        item = await talk.session.get_one(InvoiceItem, line.item_id)
        try:
            await verbs.open_dispute(
                talk.session, protocol=protocol, claimant=person, invoice=invoice, item=item,
                charged_for=line.description, claim=str(talk.state["claim"]),
                answer_by="mail" if talk.state.get("by") == "mail" else "chat",
                about_id=line.about_id, request_key=talk.key(), actor=talk.actor,
                now=talk.now,
            )  # fmt: skip
        except Taken:  # disputed meanwhile, by somebody else of the contract
            other = await verbs.open_of_item(talk.session, item.id)
            assert other is not None
            await _tell_already(talk, other)
            return
        await self._tell_opened(talk, protocol, person, invoice)
        submitted(talk)

    async def _tell_opened(self, talk: Talk, protocol: Protocol, person: Beneficiary, invoice: Invoice) -> None:
        opened = "dispute_opened_by_mail" if talk.state.get("by") == "mail" else "dispute_opened"
        deadline = numeric_date(local(protocol.due_at).date())
        talk.say(opened, number=protocol.number, deadline=deadline, days=protocols.kind_of(protocol).days)
        private = await self._private(talk, person)
        if private is not None:
            talk.say("dispute_private", name=private.first_name)
        if invoice.state == "open":
            talk.say("dispute_due_date", month=billing_month(invoice.billing_month))

    @staticmethod
    async def _only_holder(talk: Talk) -> None:
        """Rule 3: that the holder should get in touch, and not a word more."""
        talk.say("only_holder")
        await note(talk, "holder_asked_to_call")
        done(talk)

    # -- questions

    async def ask_words(self, talk: Talk) -> None:
        """The question of the present stage."""
        person, stage = await person_of(talk), talk.state.get("stage")
        if stage == DISCOUNT:
            discount.ask_form(talk, (await discount.discounting(talk)).number)
        elif stage == which.WHICH:
            asking.ask_which(talk)
        elif stage == SLIP:
            asking.ask_slip(talk)
        elif stage == CLAIM:
            asking.ask_claim(talk)
        elif stage == HOW:
            asking.ask_how(talk, person)
        elif stage == CONFIRM:
            asking.ask_confirm(talk, person)
        elif stage == CHANGE:
            asking.ask_change(talk)
        else:
            await asking.ask_month(talk, person)

    def describe(self, talk: Talk) -> str:
        """What was gathered, for the attendant who goes on."""
        state, line = talk.state, which.line_of(talk)
        rows = ["Contestação de cobrança"]
        if line:
            rows.append(f"Cobrança: {which.shown(line)}")
        elif state.get("months"):
            months = spoken_list([billing_month(date.fromisoformat(month)) for month in state["months"]])
            rows.append(f"Fatura de: {months}. A cobrança não foi encontrada.")
        if state.get("claim"):
            rows.append(f"O que está errado: {state['claim']}")
        if state.get("by"):
            rows.append("Quer a resposta por e-mail" if state["by"] == "mail" else "Quer a resposta pelo WhatsApp")
        return "\n".join([*rows, f"Disse: {state.get('words') or state.get('said') or ''}"])


async def _tell_already(talk: Talk, protocol: Protocol) -> None:
    """Where the dispute of a line stands; its term while it is analysed, and who hears, to whom that is another."""
    dispute = await verbs.of_protocol(talk.session, protocol.id)
    said = "dispute_already" if protocol.stage == "in_analysis" else "dispute_already_decided"
    if dispute is not None and dispute.claimant_id != (await person_of(talk)).id:
        said = "dispute_already_of_another"
    talk.say(
        said, number=protocol.number, stage=stage_title(protocol.kind, protocol.stage),
        deadline=numeric_date(local(protocol.due_at).date()),
    )  # fmt: skip
    discount.close_own(talk, protocol)


def _today(talk: Talk) -> date:
    return local(talk.now).date()

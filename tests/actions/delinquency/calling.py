"""A campaign's call that is out, and what is answered to it: as dispatch reads it, in the forms or outside them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from actions.conversation import NoQuestion
from actions.edge import ZeloAction
from actions.handover import Complain, Emergency, TalkToAttendant
from actions.identity import AskIdentity, ValidateIdentityForm
from actions.news import AnswerNews
from actions.offers import AnswerOffer
from actions.requests import AskDetails, ContinueRequest, FinishRequest, OpenRequest, ValidateRequestForm
from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary
from backend.delinquency import cases
from backend.delinquency.calling import Plan
from backend.delinquency.calls import open_call
from backend.delinquency.replies import read_reply
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt, NumberMark
from backend.identity.verbs import note_named
from backend.protocols.kinds import KIND_OF_INTENT
from tests.actions.chatting import FORM, _Message
from tests.actions.delinquency.debtors import CARLOS, PHONES, Debtor
from tests.actions.turns import NOW

IDENTITY = "identity_form"
OTHER_PHONE = "+5598988001234"
# What follows by the rules of data/rules/.
_NEXT: Mapping[str, type[ZeloAction]] = {
    IDENTITY: AskIdentity, FORM: AskDetails, "action_finish_request": FinishRequest,
    "action_continue_request": ContinueRequest, "action_talk_to_attendant": TalkToAttendant,
    "action_complain": Complain, "action_emergency": Emergency,
}  # fmt: skip
_RULES: Mapping[str, type[ZeloAction]] = {
    "answer_news": AnswerNews, "answer_offer": AnswerOffer, "affirm": NoQuestion, "deny": NoQuestion,
    "talk_to_attendant": TalkToAttendant, "complain": Complain, "emergency": Emergency,
}  # fmt: skip


class Call(Debtor):
    """A conversation that a call began, form by form; `loop` is the form that asks now."""

    row_id = 0
    loop: str | None = None

    async def calls(self, cpf: str = CARLOS, *, number: str = "") -> None:
        """A campaign has called this person, and nobody has answered yet."""
        number = number or PHONES[cpf]
        async with self.turn.store.unit_of_work() as session:
            person = (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()
            await note_named(session, conversation_id=self.turn.conversation, full_name=person.full_name)
            case = await cases.open_case(
                session, contract_id=person.contract_id, beneficiary_id=person.id, actor=SYSTEM, now=NOW
            )
            campaign = Campaign(
                name="Novembro", state="running", file_sha256="0" * 64, file_name="a.xlsx", created_by="x",
                approved_by="x", created_at=NOW, plan=Plan().as_json(),
            )  # fmt: skip
            session.add(campaign)
            await session.flush()
            row = CampaignRow(
                campaign_id=campaign.id, line=2, full_name=person.full_name, cpf=cpf, beneficiary_id=person.id,
                contract_id=person.contract_id, case_id=case.id, state="calling", attempts=1, number=number,
                conversation_id=self.turn.conversation,
            )  # fmt: skip
            session.add(row)
            await session.flush()
            attempt = ContactAttempt(
                case_id=case.id, campaign_row_id=row.id, means="whatsapp", number=1, made_at=NOW, address=number,
                registered=True, outcome="delivered", request_key=f"campaign:{row.id}:1",
            )  # fmt: skip
            session.add(attempt)
            self.row_id = row.id
            self.at(number, [str(person.id)] if number == PHONES[cpf] else [])
        self.turn.slots["announced"] = None

    def at(self, number: str, own: list[str]) -> None:
        """Which telephone writes, and in whose register it stands."""
        self.turn.context |= {"number": number, "own_number_of": own, "written_at": NOW.isoformat()}

    async def answers(self, text: str, *, tapped: str = "", intent: str = "inform", **chosen: str) -> list[str]:
        """One turn: an answer to the open call goes before what is understood; then what the rules and forms do."""
        async with self.turn.store.sessions() as session:
            row = await open_call(session, str(self.turn.context["number"]))
        reply = tapped or ("" if chosen else read_reply(text) if row else "")
        if reply:
            intent, chosen = "answer_news", {"call": str(self.row_id), "answer": reply}
        elif chosen and intent == "inform":
            intent = "choose"
        message = _Message(text, intent, chosen=chosen)
        self.messages, self.turn_id = [], message.turn_id
        await self._first(message)
        while (follows := _NEXT.get(self.turn.next or "")) is not None:
            if follows in {AskIdentity, AskDetails}:
                self.loop = self.turn.next
                self.turn.slots |= {"requested_slot": None}
                await self._act_in(follows(), message)
                break
            self.loop = None
            await self._act_in(follows(), message)
        else:
            self.loop = None
        return self.said

    async def _first(self, message: _Message) -> None:
        """The form that asks, where it takes the message; else the rule of what was understood."""
        slot = "request_details" if self.loop == FORM else "identity_result"
        if self.loop:
            self.turn.slots |= {"requested_slot": slot, slot: None}
            await self._act_in(ValidateRequestForm() if self.loop == FORM else ValidateIdentityForm(), message)
            took = self.loop == IDENTITY or (self.turn.slots.get("request_state") or {}).get("turn") == message.turn_id
            if took:
                ends = "action_finish_request" if self.loop == FORM else "action_continue_request"
                self.turn.next = ends if self.turn.slots.get(slot) else self.loop
                return
        rule = _RULES.get(message.intent) or (OpenRequest if message.intent in KIND_OF_INTENT else None)
        if rule is not None:
            await self._act_in(rule(), message)
        else:
            self.turn.next = self.loop

    async def _act_in(self, action: ZeloAction, message: _Message) -> None:
        await self.turn(
            action, message.text, (message.intent, 0.95), turn_id=message.turn_id, loop=self.loop, **message.chosen
        )
        self.messages += self.turn.said

    async def marks(self) -> list[tuple[str, str]]:
        """(number, mark), in the order in which they were made."""
        async with self.turn.store.sessions() as session:
            found = await session.scalars(select(NumberMark).order_by(NumberMark.marked_at))
            return [(mark.number, mark.mark) for mark in found]

"""How what was charged wrongly comes back: at the treasury, or on later invoices by finance. [processes.md, 3]"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from actions.disputes.reading import (
    Discount,
    claim_in,
    discount_in,
    is_about_discount,
    is_short,
    is_unsure,
)
from actions.process import Process, done, person_of, protocol_of, submitted, to_desk
from actions.talk import Option, Talk
from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.disputes import verbs
from backend.errors import InvalidInput, NotAllowed
from backend.invoices.verbs import check_reader
from backend.protocols import verbs as protocols
from backend.protocols.machines import stage_title
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store.clock import local

SETTLED = "settled"
ASKED, CHOSEN = "discount_asked", frozenset({"at_treasury", "with_finance"})
FORMS: tuple[Option, ...] = (
    ("Na fatura atual", {"answer": "current"}),
    ("Nas próximas faturas", {"answer": "future"}),
)


class ChooseDiscount(Process):
    """The answer to 'a cobrança foi indevida'. Its protocol is the dispute's, which goes on without the chat."""

    own: ClassVar[frozenset[str]] = frozenset({"dispute_charge", "choose_discount"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {"invoice_copy", "ask_debt", "negotiate_debt", "report_payment", "plan_information", "thank", "greet"}
    )

    async def begin(self, talk: Talk) -> None:
        """Takes what was tapped before it was known who taps; asks where nothing was."""
        protocol = await protocol_of(talk)
        if protocol is None or not await may_choose(talk, protocol):
            talk.say("news_not_yours")
            submitted(talk)
            return
        chosen = await self._choose(talk, form_of(str(talk.state.get("chosen_before") or "")))
        if not chosen and await tell_if_chosen(talk, protocol):
            submitted(talk)

    def reads(self, talk: Talk) -> bool:
        """One of the two forms, tapped or in words."""
        return bool(talk.chosen or discount_in(talk.text))

    async def take(self, talk: Talk) -> bool:
        """A form; a person decides with who does not know."""
        if talk.chosen.get("answer") == "desk" or is_unsure(talk.text):
            talk.state["desk_team"] = "medical_accounts"
            to_desk(talk, reason="asked")
            return True
        return await self._choose(talk, said_form(talk))

    @staticmethod
    async def _choose(talk: Talk, discount: Discount) -> bool:
        protocol = await protocol_of(talk)
        if not discount or protocol is None:
            return False
        await choose(talk, protocol, discount)
        submitted(talk)
        return True

    async def ask(self, talk: Talk) -> None:
        """Which of the two."""
        protocol = await protocol_of(talk)
        ask_form(talk, protocol.number if protocol else "")

    def describe(self, talk: Talk) -> str:
        """What was being decided."""
        return f"Escolhe como quer o desconto de uma cobrança indevida. Disse: {talk.text}"


async def may_choose(talk: Talk, protocol: Protocol) -> bool:
    """Whether who is verified answers for the contract whose charge was disputed. [rule 3]"""
    dispute = await verbs.of_protocol(talk.session, protocol.id)
    if dispute is None:
        return False
    claimant = await beneficiaries.get(talk.session, dispute.claimant_id)
    try:
        check_reader(await person_of(talk), claimant.contract_id)
    except NotAllowed:
        return False
    return True


async def tell_if_chosen(talk: Talk, protocol: Protocol) -> bool:
    """Says where the dispute stands, if it is past the question; False where the form is still asked."""
    if protocol.state == "closed" and protocol.stage != SETTLED:  # by the desk, beside the choice
        talk.say("dispute_discount_closed", number=protocol.number)
        return True
    if protocol.stage == ASKED:
        return False
    talk.say("dispute_discount_known", number=protocol.number, stage=stage_title(protocol.kind, protocol.stage))
    return True


async def choose(talk: Talk, protocol: Protocol, discount: Discount) -> None:
    """Carries the choice out and says what happens now; where it was made before, that."""
    if not discount:
        return
    try:
        await verbs.choose_discount(
            talk.session, protocol=protocol, discount=discount, request_key=talk.key(), actor=talk.actor, now=talk.now
        )
    except InvalidInput:
        await tell_if_chosen(talk, protocol)
        return
    config = settings()
    talk.say(
        f"dispute_discount_{discount}", number=protocol.number, address=config.treasury_address,
        hours=config.treasury_hours,
    )  # fmt: skip


async def take_wish(talk: Talk, person: Beneficiary, said: str) -> bool:
    """A wish about the discount of a dispute of the person; False where the words, or his disputes, are other ones.

    What was opened for it is closed: all of it is under the dispute's own protocol.
    """
    wish, about = discount_in(said), is_about_discount(said)
    claims = bool(claim_in(said, today=local(talk.now).date()))
    answers = (about or is_short(said)) if wish else about
    if not answers or (claims and not (wish and about)):
        return False
    opened = await verbs.of_person(talk.session, person.id, open_only=True)
    waiting = [protocol for protocol in opened if protocol.stage == ASKED]
    chosen = [protocol for protocol in opened if protocol.stage in CHOSEN]
    if len(waiting) == 1:
        talk.state["discounting"] = str(waiting[0].id)
        if wish:
            await choose(talk, waiting[0], wish)
            close_own(talk, waiting[0])
    elif chosen and not waiting and about:
        await tell_if_chosen(talk, chosen[0])
        close_own(talk, chosen[0])
    else:
        return False
    return True


async def discounting(talk: Talk) -> Protocol:
    """The dispute whose discount is being chosen."""
    return await protocols.get(talk.session, UUID(str(talk.state["discounting"])))


async def take_form(talk: Talk) -> bool:
    """The answer to the question, where it came up in a request of its own."""
    discount = said_form(talk)
    if not discount:
        return False
    protocol = await discounting(talk)
    await choose(talk, protocol, discount)
    close_own(talk, protocol)
    return True


def close_own(talk: Talk, other: Protocol) -> None:
    """Ends this request: what it was about stands under another protocol."""
    talk.state["ending"] = f"Tratado no protocolo {other.number}."
    done(talk)


def ask_form(talk: Talk, number: str) -> None:
    """The question itself."""
    talk.say("dispute_discount", number=number, options=[*FORMS, ("Falar com atendente", {"answer": "desk"})])


def said_form(talk: Talk) -> Discount:
    """The form that a message chooses, tapped or in words. Pure."""
    return form_of(str(talk.chosen.get("answer") or "")) or discount_in(talk.text)


def form_of(answer: str) -> Discount:
    """An option's answer as a form; empty for any other. Pure."""
    return "current" if answer == "current" else "future" if answer == "future" else ""

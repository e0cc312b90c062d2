"""The member card as an image, and to whom it goes. What the plan is: `actions/plan_information.py`.

A card is registration, no health and no money: who answers for the contract enrolled everybody in it and gets
the cards of all of them; a dependent gets his own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from actions.process import Process, done, only_a_file, person_of, said_no, said_yes, to_desk
from actions.talk import Option, Talk
from actions.whose import asked_about, without_facts
from backend import audit, beneficiaries
from backend.beneficiaries import Beneficiary, is_covered
from backend.contracts import ANSWERS_FOR_CONTRACT, contract_of, plan_of
from backend.identifiers import plain
from backend.papers.layout import Operator
from backend.papers.member_card import MemberCard, grouped, member_card_png
from backend.settings import settings
from backend.store.clock import local
from backend.words import means_no, means_yes, spoken_list

PNG = "image/png"
EVERYBODY, OWN, DESK = "everybody", "own", "desk"
MOST_CARDS = 10
_EVERYBODY = re.compile(r"\b(?:tod[oa]s|familia|dependentes|dos meus|das minhas|geral|ambas|as duas|os dois)\b")
_MINE = re.compile(r"\b(?:a|so|e) minha(?: mesmo| mesma)?$|^minha\b|\bpra mim\b")
_PLASTIC = re.compile(r"\b(?:fisic[oa]|plastic[oa]|impress[oa]|pelo correio|correios?|de papel)\b")
_LOST = re.compile(
    r"\b(?:perd\w+|roub\w+|furt\w+|extravi\w+|sumiu|quebr\w+|rasg\w+|apagad\w|levaram|nao chegou|num chegou|n chegou"
    r"|nao recebi|n recebi|segunda via|2 ?a? ?via|outra via|nova via)\b"
)
_WRONG = re.compile(r"\b(?:errad[oa]|invalid[oa]|nao passa|nao aceit\w+|bloquead[oa]|recusad[oa]|venc(?:eu|ida|ido))\b")


class MemberCardRequest(Process):
    """'Me manda minha carteirinha': the image with number and plan; a new plastic card is the registration team's."""

    own: ClassVar[frozenset[str]] = frozenset({"member_card"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {"update_registration", "plan_information", "send_document", "thank"}
    )

    async def begin(self, talk: Talk) -> None:
        """Whose card, and whether another one than the image is wanted."""
        person = await person_of(talk)
        said = without_facts(str(talk.state.get("said") or ""), person)
        talk.state["wants"] = wanted_besides(said)
        await self._for_whom(talk, person, said)

    def reads(self, talk: Talk) -> bool:
        """A choice, a yes or a no, everybody's."""
        if talk.chosen or only_a_file(talk):
            return True
        return bool(means_yes(talk.text) or means_no(talk.text) or _EVERYBODY.search(plain(talk.text)))

    async def take(self, talk: Talk) -> bool:
        """Whose, or whether a plastic one as well."""
        person, stage = await person_of(talk), talk.state.get("stage")
        if only_a_file(talk):
            talk.say("file_kept_here")
            return True
        if talk.chosen.get("answer") == DESK:
            to_desk(talk)
            return True
        if stage == "plastic":
            return self._plastic_or_not(talk)
        if "person" in talk.chosen:
            other = await beneficiaries.get(talk.session, UUID(str(talk.chosen["person"])))
            await self._send_if_his(talk, person, [other])
        elif talk.chosen.get("answer") == EVERYBODY:
            await self._send_if_his(talk, person, await _covered(talk, person))
        elif talk.chosen.get("answer") == OWN or (stage == "own" and (said_yes(talk) or means_yes(talk.text))):
            await self._send_if_his(talk, person, [person])
        elif stage == "own" and (said_no(talk) or means_no(talk.text)):
            talk.say("card_end")
            done(talk)
        else:
            return await self._in_words(talk, person)
        return True

    async def _in_words(self, talk: Talk, person: Beneficiary) -> bool:
        said = without_facts(talk.text, person)
        if _MINE.search(said):
            await self._send_if_his(talk, person, [person])
            return True
        known = _EVERYBODY.search(said) or await asked_about(talk, person, said)
        said = said if known else f"para {said}"
        if not known and not await asked_about(talk, person, said):
            return False
        await self._for_whom(talk, person, said)
        return True

    async def _for_whom(self, talk: Talk, person: Beneficiary, said: str) -> None:
        whom = await asked_about(talk, person, said)
        if _EVERYBODY.search(said):
            await self._send_if_his(talk, person, await _covered(talk, person))
        elif whom is not None and whom.person is not None:
            await self._send_if_his(talk, person, [whom.person])
        elif whom is not None and whom.candidates and not any(_answers_for(person, one) for one in whom.candidates):
            talk.state["stage"] = "own"
        elif whom is not None or person.standing == "payer":
            if whom is None:
                talk.say("card_payer")
            candidates = whom.candidates if whom else await _covered(talk, person)
            talk.state.update(stage="whom", whom=[[str(one.id), one.first_name] for one in candidates])
        else:
            await self._send_if_his(talk, person, [person])

    async def _send_if_his(self, talk: Talk, person: Beneficiary, wanted: Sequence[Beneficiary]) -> None:
        """The cards, where the person may have them; a dependent only his own."""
        may = [one for one in wanted if one.id == person.id or _answers_for(person, one)]
        covered = [one for one in may if is_covered(one, local(talk.now).date())]
        if not may:
            talk.state["stage"] = "own"
        elif not covered:
            talk.say("card_not_covered", name=may[0].first_name)
            to_desk(talk, reason="not_covered")
        else:
            await self._send(talk, covered[:MOST_CARDS])
            self._besides(talk, covered)

    @staticmethod
    async def _send(talk: Talk, people: Sequence[Beneficiary]) -> None:
        for person in people:
            card = await card_of(talk, person)
            audit.record(
                talk.session, "plans.send_card", ("beneficiary", person.id), actor=talk.actor, now=talk.now,
                conversation=str(talk.conversation_id),
            )  # fmt: skip
            name = f"carteirinha-{plain(person.first_name)}.png"
            talk.say_file(
                member_card_png(card), name, PNG, response="card_caption", person=card.person_name,
                number=grouped(card.card_number), plan=card.plan_name,
            )  # fmt: skip

    @staticmethod
    def _besides(talk: Talk, people: Sequence[Beneficiary]) -> None:
        """After the image: what only the registration team can do, or the end."""
        names = spoken_list([person.shown_name for person in people])
        talk.state["gathered"] = f"Carteirinha digital enviada: {names}."
        wants = talk.state.get("wants")
        if wants == "wrong":
            talk.say("card_wrong")
            to_desk(talk, reason="card_wrong")
        elif wants == "plastic":
            talk.say("card_plastic")
            to_desk(talk, reason="plastic_card")
        elif wants == "lost":
            talk.state["stage"] = "plastic"
        else:
            talk.say("card_sent")
            done(talk)

    @staticmethod
    def _plastic_or_not(talk: Talk) -> bool:
        if said_no(talk) or means_no(talk.text) or talk.intent == "thank":
            talk.say("card_end")
            done(talk)
        elif said_yes(talk) or means_yes(talk.text) or _PLASTIC.search(plain(talk.text)):
            to_desk(talk, reason="plastic_card")
        else:
            return False
        return True

    async def ask(self, talk: Talk) -> None:
        """The question of the present stage."""
        stage = talk.state.get("stage")
        yes_no: list[Option] = [("Sim, quero", {"answer": "yes"}), ("Não precisa", {"answer": "no"})]
        if stage == "plastic":
            talk.say("card_ask_plastic", options=yes_no)
        elif stage == "own":
            own: list[Option] = [("Quero a minha", {"answer": OWN}), ("Falar com atendente", {"answer": DESK})]
            talk.say("card_only_own", options=own)
        else:
            people: list[Option] = [(name, {"person": other}) for other, name in talk.state.get("whom") or ()]
            every: list[Option] = [("Todas", {"answer": EVERYBODY})] if len(people) > 1 else []
            desk: Option = ("Falar com atendente", {"answer": DESK})
            talk.say("card_whom" if people else "card_nobody", options=[*people, *every, desk])

    def describe(self, talk: Talk) -> str:
        """What was sent, what else is wanted, the first words."""
        plastic = talk.state.get("stage") == "plastic" or talk.state.get("wants") == "plastic"
        asks = "Pede o cartão físico." if plastic else ""
        return "\n".join(filter(None, [talk.state.get("gathered"), asks, f"Disse: {talk.state.get('said') or ''}"]))


async def card_of(talk: Talk, person: Beneficiary) -> MemberCard:
    """What the card of a covered person shows."""
    contract = await contract_of(talk.session, person)
    plan = await plan_of(talk.session, contract)
    return MemberCard(
        operator=Operator.configured(settings()), person_name=person.shown_name, card_number=person.card_number or "",
        birth_date=person.birth_date, plan_name=plan.name, plan_registration=plan.ans_code,
        accommodation=plan.accommodation, coverage_area=plan.area, joined_on=person.joined_on,
        valid_until=person.left_on or contract.ended_on,
    )  # fmt: skip


def wanted_besides(said: str) -> str:
    """What is wanted besides the image: 'wrong' where a card is not accepted, 'plastic', 'lost', or nothing. Pure."""
    folded = plain(said)
    if _WRONG.search(folded):
        return "wrong"
    if _PLASTIC.search(folded):
        return "plastic"
    return "lost" if _LOST.search(folded) else ""


def _answers_for(person: Beneficiary, other: Beneficiary) -> bool:
    return person.contract_id == other.contract_id and person.standing in ANSWERS_FOR_CONTRACT


async def _covered(talk: Talk, person: Beneficiary) -> list[Beneficiary]:
    family = await beneficiaries.family_of(talk.session, person)
    return [one for one in family if is_covered(one, local(talk.now).date())]

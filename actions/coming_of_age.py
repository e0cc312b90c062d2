"""A dependent comes of age, or studies on: his papers, and what is ready for him. [processes.md 7; seed 000]"""

from __future__ import annotations

import re
from typing import Any, ClassVar
from uuid import UUID

from actions.already_asked import how_it_stands, make_way
from actions.documents.gathering import PAPERS, Gathering
from actions.documents.sent_back import go_back_to, goes_on_where_sent_back
from actions.process import Process, person_of, protocol_of, said_no, said_yes, submitted, to_desk
from actions.scheduling.whom import read_whom
from actions.talk import Option, Talk
from actions.whose import without_facts
from backend import beneficiaries
from backend.beneficiaries import Beneficiary, may_act_for
from backend.coming_of_age import rules, verbs
from backend.contracts import ANSWERS_FOR_CONTRACT
from backend.errors import NotFound
from backend.identifiers import plain
from backend.protocols.machines import CORRECTION
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store.clock import local
from backend.words import means_no, means_yes, numeric_date

_LATER = re.compile(r"\b(?:depois|mais tarde|outra hora|na epoca|quando chegar)\b")
_CONFIRMS = re.compile(r"\bconfirm\w+\b")
_COMES = re.compile(r"\b(?:busc\w+|retir\w+|pegar|pego|passo ai|vou ai|pessoalmente|onde|endereco|que horas|horario)\b")
YES, LATER = ("Mandar agora", {"answer": "yes"}), ("Deixar para depois", {"answer": "no"})


class ComingOfAgeRequest(Gathering):
    """From 'meu filho faz 18' to all papers in conference; `state` holds whom, offered, stage, told."""

    own: ClassVar[frozenset[str]] = frozenset({"coming_of_age", "send_document"})
    neighbours: ClassVar[frozenset[str]] = frozenset({"update_registration", "plan_information", "thank", "greet"})

    def wanted(self, talk: Talk) -> list[str]:  # noqa: ARG002 (the same for everybody)
        """RG, CPF, proof of enrolment and of attendance."""
        return rules.required()

    async def prepare(self, talk: Talk) -> None:
        """Whose it is, where the first words or the contract say so; who may not ask meets a person."""
        protocol = await _protocol(talk)
        talk.state.pop("correcting", None)
        if protocol.stage == CORRECTION:
            case = await verbs.of_protocol(talk.session, protocol.id)
            talk.state.update(correcting=True, whom=str(case.dependent_id), told=True)
            return
        person = await person_of(talk)
        family = await beneficiaries.family_of(talk.session, person)
        concerned = rules.concerned(person, family, _today(talk))
        if len(concerned) == 1 and await goes_on_where_sent_back(talk, protocol, person):
            return
        if not concerned:
            talk.say("coming_of_age_nobody" if person.standing in ANSWERS_FOR_CONTRACT else "coming_of_age_not_yours")
            to_desk(talk)
            return
        talk.state["offered"] = [str(one.id) for one in concerned]
        meant = read_whom(without_facts(str(talk.state.get("said") or ""), person), person, family, _today(talk))
        if len(concerned) == 1:
            talk.state["whom"] = talk.state["offered"][0]
        elif meant and meant.person in concerned:
            talk.state["whom"] = str(meant.person.id)

    async def answer(self, talk: Talk) -> bool:
        """Which dependent, or whether now although it is early."""
        if talk.state.get("stage") == "whom":
            return await self._take_whom(talk)
        if talk.state.get("stage") != "early":
            return False
        if said_no(talk) or _LATER.search(plain(talk.text)):
            protocol = await _protocol(talk)
            await verbs.withdraw(
                talk.session, protocol=protocol, request_key=talk.key(), actor=talk.actor, now=talk.now
            )
            talk.say("coming_of_age_later")
            submitted(talk)
        elif said_yes(talk):
            talk.state["early"] = "wanted"
        else:
            return False
        return True

    @staticmethod
    async def _take_whom(talk: Talk) -> bool:
        offered = await _offered(talk)
        chosen = str(talk.chosen.get("person") or "")
        said = plain(talk.text)
        meant = [
            one
            for one in offered
            if str(one.id) == chosen or (not chosen and re.search(rf"\b{re.escape(plain(one.first_name))}\b", said))
        ]
        if len(meant) != 1:
            return False
        talk.state["whom"] = str(meant[0].id)
        return True

    def answered(self, talk: Talk) -> bool:
        """A choice, a name that was offered, a yes or a no."""
        if talk.chosen or means_yes(talk.text) or means_no(talk.text):
            return True
        said = plain(talk.text)
        names = talk.state.get("names") or []
        return bool(_LATER.search(said) or any(re.search(rf"\b{re.escape(name)}\b", said) for name in names))

    async def advance(self, talk: Talk) -> None:
        """Whose, whether now, the papers, and handed in."""
        state = talk.state
        if not state.get("whom"):
            state.update(stage="whom", names=[plain(one.first_name) for one in await _offered(talk)])
            return
        dependent = await beneficiaries.get(talk.session, UUID(state["whom"]))
        state["name"] = dependent.first_name
        if not state.get("told"):
            if await self._is_at_the_desk(talk, dependent):
                return
            if rules.due_age(dependent, _today(talk)) is None and state.get("early") != "wanted":
                state["stage"] = "early"
                return
            await self._tell_checklist(talk, dependent)
        state["stage"] = PAPERS
        if not await self.missing_papers(talk) and await self.all_named(talk):
            await self._submit(talk)

    @staticmethod
    async def _is_at_the_desk(talk: Talk, dependent: Beneficiary) -> bool:
        """Tells how the dependent's request stands that was handed in before, instead of gathering it again."""
        protocol = await _protocol(talk)
        first = await verbs.at_the_desk(talk.session, dependent.id, but=protocol.id)
        if first is None:
            return False
        values, case = how_it_stands(first), await verbs.of_protocol(talk.session, first.id)
        if case.ready_until:
            until, place = numeric_date(case.ready_until), settings().operator_address
            talk.say(
                "coming_of_age_already_ready", name=dependent.first_name, ready=case.ready, until=until, address=place,
                hours=settings().counter_hours, number=first.number,
            )  # fmt: skip
        else:
            talk.say(f"coming_of_age_already{values.pop('waits')}", name=dependent.first_name, **values)
        await make_way(talk, protocol, first)
        return True

    @staticmethod
    async def _tell_checklist(talk: Talk, dependent: Beneficiary) -> None:
        """Once: why, and all papers in one message."""
        await verbs.begin(
            talk.session, protocol=await _protocol(talk), dependent=dependent, actor=talk.actor, now=talk.now
        )
        values = await _birthday(talk, dependent)
        since = rules.birthday(dependent.birth_date, int(values["age"])) < _today(talk)
        talk.say("coming_of_age_checklist_since" if since else "coming_of_age_checklist", **values)
        talk.state["told"] = True

    @staticmethod
    async def _submit(talk: Talk) -> None:
        protocol = await _protocol(talk)
        await verbs.submit(talk.session, protocol=protocol, request_key=talk.key(), actor=talk.actor, now=talk.now)
        deadline = numeric_date(local(protocol.due_at).date())
        corrected = bool(talk.state.get("correcting"))
        said = "coming_of_age_corrected" if corrected else "coming_of_age_submitted"
        talk.say(said, deadline=deadline, number=protocol.number)
        submitted(talk)

    async def ask_words(self, talk: Talk) -> None:
        """Which dependent, or whether now."""
        if talk.state.get("stage") == "whom":
            options: list[Option] = [(one.first_name, {"person": str(one.id)}) for one in await _offered(talk)]
            talk.say("coming_of_age_whom", options=options)
            return
        dependent = await beneficiaries.get(talk.session, UUID(talk.state["whom"]))
        talk.say("coming_of_age_early", options=[YES, LATER], **await _birthday(talk, dependent))

    def describe(self, talk: Talk) -> str:
        """What it is about and what the person wrote first."""
        what = "Correção de documentos da maioridade" if talk.state.get("correcting") else "Maioridade de dependente"
        if talk.state.get("name"):
            what += f", {talk.state['name']}"
        return f"{what}. Disse: {talk.state.get('said') or ''}"


class ConfirmReady(Process):
    """The answer to 'está pronto': confirmed, or how to come for it; by who asked or the beneficiary. [rule 2]"""

    own: ClassVar[frozenset[str]] = frozenset({"coming_of_age"})
    neighbours: ClassVar[frozenset[str]] = frozenset({"thank", "greet", "plan_information"})

    async def begin(self, talk: Talk) -> None:
        """Takes what was chosen in the news; 'mandar agora' goes on with the papers."""
        chosen, protocol = str(talk.state.get("chosen_before") or ""), await _protocol(talk)
        if not await _may_confirm(talk, protocol):
            talk.say("news_not_yours")
            submitted(talk)
        elif chosen == "correct" and protocol.stage == CORRECTION:
            talk.remember(pending_protocol=None)  # it is gone on with, not closed
            go_back_to(talk, protocol)
        elif chosen == "correct":
            talk.say("papers_moved_on", number=protocol.number)
            submitted(talk)
        elif protocol.stage != "waiting_beneficiary":
            talk.say("coming_of_age_over")
            submitted(talk)
        elif chosen:
            await self._answer(talk, chosen)

    def reads(self, talk: Talk) -> bool:
        """A choice, a yes, 'confirmo', 'vou buscar', 'onde fica?'."""
        return bool(talk.chosen or _meant(talk))

    async def take(self, talk: Talk) -> bool:
        """The same, chosen or written in the chat."""
        protocol = await _protocol(talk)
        if protocol.stage != "waiting_beneficiary" or not await _may_confirm(talk, protocol):
            await self.begin(talk)
            return True
        return await self._answer(talk, str(talk.chosen.get("answer") or "") or _meant(talk))

    @staticmethod
    async def _answer(talk: Talk, answer: str) -> bool:
        protocol = await _protocol(talk)
        if answer == "confirm":
            await verbs.confirm(talk.session, protocol=protocol, request_key=talk.key(), actor=talk.actor, now=talk.now)
            talk.say("coming_of_age_confirmed", number=protocol.number)
        elif answer == "come":
            case = await verbs.of_protocol(talk.session, protocol.id)
            until = numeric_date(case.ready_until) if case.ready_until else ""
            place, hours = settings().operator_address, settings().counter_hours
            talk.say("coming_of_age_come", number=protocol.number, until=until, address=place, hours=hours)
        elif answer == "attendant":
            to_desk(talk)
            return True
        else:
            return False
        submitted(talk)
        return True

    async def ask(self, talk: Talk) -> None:
        """Whether he confirms, or comes."""
        case = await verbs.of_protocol(talk.session, (await _protocol(talk)).id)
        options: list[Option] = [("Confirmo", {"answer": "confirm"}), ("Vou buscar", {"answer": "come"})]
        talk.say("coming_of_age_ready_ask", ready=case.ready, options=options)

    def describe(self, talk: Talk) -> str:
        """What was being answered."""
        return f"Foi avisado do que está pronto. Disse: {talk.text}"


async def _may_confirm(talk: Talk, protocol: Protocol) -> bool:
    """Whether who is verified was told: who asked, the beneficiary himself, or who acts for him while he is a minor."""
    person, case = await person_of(talk), await verbs.of_protocol(talk.session, protocol.id)
    if person.id in {protocol.beneficiary_id, case.dependent_id}:
        return True
    return may_act_for(person, await beneficiaries.get(talk.session, case.dependent_id), _today(talk))


def _meant(talk: Talk) -> str:
    """'confirm' or 'come', as written; coming for it, or where it is, says more than a yes before it."""
    said = plain(talk.text)
    if _COMES.search(said):
        return "come"
    return "confirm" if _CONFIRMS.search(said) or means_yes(talk.text) else ""


def _today(talk: Talk) -> Any:
    return local(talk.now).date()


async def _offered(talk: Talk) -> list[Beneficiary]:
    return [await beneficiaries.get(talk.session, UUID(one)) for one in talk.state.get("offered") or ()]


async def _protocol(talk: Talk) -> Protocol:
    protocol = await protocol_of(talk)
    if protocol is None:
        raise NotFound(detail="protocol")
    return protocol


async def _birthday(talk: Talk, dependent: Beneficiary) -> dict[str, Any]:
    """Name, age and day of the limit that is near, or else of the next one; from when its papers are looked at."""
    today = _today(talk)
    ahead = rules.next_due(dependent, today)
    age = rules.due_age(dependent, today) or (ahead[0] if ahead else rules.limits()[-1])
    return {
        "name": dependent.first_name, "age": str(age),
        "birthday": numeric_date(rules.birthday(dependent.birth_date, age)),
        "from_day": numeric_date(ahead[1]) if ahead else "",
    }  # fmt: skip

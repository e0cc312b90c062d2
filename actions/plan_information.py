"""What a plan covers, waits for and is: what is about the person is told when it is known who writes. [rules 2, 3]

What the operator's table says about a procedure is nobody's secret: it is told to anybody, as general information.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from actions.process import (
    IDENTITY_OVER,
    Process,
    done,
    go_over,
    only_a_file,
    said_no,
    said_yes,
    something_waits,
    to_desk,
)
from actions.talk import Option, Talk
from actions.whose import asked_about, without_numbers
from backend import beneficiaries, plans
from backend.beneficiaries import Beneficiary, is_covered
from backend.contracts import ANSWERS_FOR_CONTRACT, Plan, contract_of, hears_of_money, plan_of
from backend.identifiers import plain
from backend.plans import Coverage, Topic, Waiting, answer_topics
from backend.procedures.words import family_of, understand
from backend.store.clock import local
from backend.words import means_no, means_yes, numeric_date

PERSONAL: frozenset[str] = frozenset(
    {"waiting_period", "accommodation", "area", "copayment", "due_date", "price", "whole"}
)
ORDER = ("whole", "coverage", "waiting_period", "accommodation", "area", "copayment", "due_date", "price", "dependents")
TITLES = {
    "coverage": "O que o plano cobre",
    "waiting_period": "Carências",
    "accommodation": "Acomodação",
    "area": "Onde vale",
    "copayment": "Coparticipação",
    "due_date": "Vencimento",
}
DESK, END, OTHER = "desk", "end", "other"
_SALE = re.compile(
    r"\b(?:contratar|aderir|fazer um plano|(?:quanto custa|preco|valor|tabela) (?:d?[oae]s? )?(?:um |o )?planos?\b"
    r"|planos? (?:que )?(?:voces|vcs|vc) (?:tem|vende\w*|oferece\w*)|faixa (?:de idade|etaria)|mais barato|plano melhor"
    r"|muda(?:r)? (?:de|pra um|para um|o) plano|diferenca entre os planos|outro plano|trocar de plano|cotacao)"
)
_RISE = re.compile(r"\b(?:reajust\w*|aument\w*)\b")
_WHOLE = re.compile(r"\b(?:qual|nome|que|dados|sobre|informac\w+) (?:\w+ ){0,3}plano\b|\bmeu contrato\b")
_CONTRACT = re.compile(r"\b(?:copia do contrato|o contrato do plano|condicoes gerais|contrato assinado)\b")
_ENDS = re.compile(r"^(?:(?:era |e )?so isso|obrigad\w*|brigad\w*|valeu|vlw|ok|ta bom|beleza|entendi|certo|nada)\b")


class PlanInformation(Process):
    """'Meu plano cobre ressonância?', 'até quando é a minha carência?'"""

    needs_identity: ClassVar[bool] = False
    own: ClassVar[frozenset[str]] = frozenset({"plan_information"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {"request_procedure", "procedure_status", "find_provider", "schedule_appointment", "send_document", "thank"}
    )

    def needs_person(self, talk: Talk) -> bool:
        """Where the first words, or what was asked since, are about the person's own plan."""
        if talk.state.get("stage"):
            return bool(talk.state.get("own"))
        return is_personal(without_numbers(str(talk.state.get("said") or "")))

    async def begin(self, talk: Talk) -> None:
        """Answers what was asked; asks about what, where nothing was."""
        if not await self._answer(talk, without_numbers(str(talk.state.get("said") or ""))):
            talk.state["stage"] = "topic"

    def reads(self, talk: Talk) -> bool:
        """A topic, a procedure where one is asked for, or what people say after an answer."""
        if talk.chosen or only_a_file(talk) or (talk.state.get("stage") == "topic" and answer_topics(talk.text)):
            return True
        if talk.state.get("stage") == "more" and answer_topics(talk.text) and talk.intent == "find_provider":
            return True  # 'e onde vale?'
        if talk.state.get("stage") in {"more", "offer"} and (means_yes(talk.text) or _ends(talk)):
            return True
        return talk.state.get("stage") == "procedure" and names_procedure(without_numbers(talk.text))

    async def take(self, talk: Talk) -> bool:
        """A topic, a procedure, or whether an attendant shall go on."""
        if talk.chosen:
            return await self._chosen(talk)
        if only_a_file(talk):
            talk.say("file_kept_here")
            return True
        stage, said = talk.state.get("stage"), without_numbers(talk.text)
        if stage in {"more", "offer", "which"} and _ends(talk):
            return self._end(talk)
        if (said_yes(talk) or means_yes(talk.text)) and not topics_of(said):
            return self._goes_on(talk)
        if stage == "procedure" or (stage == "more" and talk.state.get("last") == "coverage" and not topics_of(said)):
            return names_procedure(said) and await self._coverage(talk, said)
        return await self._answer(talk, said)

    @staticmethod
    def _goes_on(talk: Talk) -> bool:
        """A yes: to an attendant where one was offered, else to another question."""
        if talk.state.get("stage") == "offer":
            to_desk(talk)
        elif talk.state.get("stage") == "more":
            talk.state.update(stage="topic", answered=False)
        return talk.state.get("stage") in {"offer", "topic"}

    async def _chosen(self, talk: Talk) -> bool:
        answer = str(talk.chosen.get("answer") or "")
        if "item" in talk.chosen:
            return await self._coverage(talk, str(talk.chosen["item"]))
        if answer == DESK:
            to_desk(talk)
        elif answer == END:
            return self._end(talk)
        elif answer == OTHER:
            talk.say("plan_coverage_unknown")
            self._offer_desk(talk, "authorizations")
        elif answer == "coverage":
            talk.state["stage"] = "procedure"
        else:
            return await self._topics(talk, [answer], TITLES.get(answer, ""))
        return True

    @staticmethod
    def _end(talk: Talk) -> bool:
        talk.say("plan_end")
        done(talk)
        return True

    @staticmethod
    def _offer_desk(talk: Talk, team: str) -> None:
        talk.state.update(stage="offer", desk_team=team, answered=False)

    # -- answers

    async def _answer(self, talk: Talk, said: str) -> bool:
        """Everything that a text asks; False where it asks nothing of ours."""
        if _SALE.search(said):
            talk.say("plan_sale")
            self._offer_desk(talk, "commercial")
        elif _CONTRACT.search(said):
            talk.say("plan_contract")
            self._offer_desk(talk, "registration")
        elif (topics := topics_of(said)) == ["card"]:
            go_over(talk, "member_card", said)
        else:
            return await self._topics(talk, topics, said)
        return True

    async def _topics(self, talk: Talk, topics: list[str], said: str) -> bool:
        person = await talk.verified()
        if person is None and (PERSONAL & set(topics) or (topics == ["coverage"] and not names_procedure(said))):
            talk.state.update(own=True, said=said)
            talk.remember(request_details=IDENTITY_OVER)
            return True
        told = [await self._tell(talk, topic, said, person) for topic in ORDER if topic in topics]
        return any(told)

    async def _tell(self, talk: Talk, topic: str, said: str, person: Beneficiary | None) -> bool:
        talk.state["last"] = topic
        if topic == "coverage" and (names_procedure(said) or person is None):
            return await self._coverage(talk, said)
        if topic == "dependents":
            talk.say("plan_dependents")
            self._offer_desk(talk, "registration")
        elif person is not None:
            await self._of_his_plan(talk, topic, said, person)
        return True

    async def _of_his_plan(self, talk: Talk, topic: str, said: str, person: Beneficiary) -> None:
        today = local(talk.now).date()
        if person.standing != "payer" and not is_covered(person, today):
            talk.say("plan_ended")
            self._offer_desk(talk, "registration")
            return
        subject = await self._subject(talk, person, said)
        info = await plans.information(talk.session, subject, today=today)
        if topic == "waiting_period":
            self._tell_waiting(talk, info.waiting, "" if subject.id == person.id else subject.first_name)
        elif topic in {"due_date", "price"}:
            self._tell_money(talk, topic, said, info.due_day if hears_of_money(person) else None)
            return
        elif topic == "copayment":
            talk.say("plan_copayment" if info.copayment else "plan_no_copayment", plan=info.name)
        else:
            talk.say(
                f"plan_{topic}", plan=info.name, coverage=info.coverage, accommodation=info.accommodation,
                area=info.area, number=info.ans_code,
            )  # fmt: skip
        self._answered(talk)

    def _tell_money(self, talk: Talk, topic: str, said: str, due_day: int | None) -> None:
        """Due date and price to who answers for the contract; others hear that it is with the holder. [rule 3]"""
        if due_day is None:
            talk.say("plan_money_is_holders")
            self._answered(talk)
        elif topic == "price" and _RISE.search(said):
            talk.say("plan_rise")
            self._offer_desk(talk, "finance")
        else:
            talk.say("plan_due_date" if topic == "due_date" else "plan_price", day=due_day)
            self._answered(talk)

    def _tell_waiting(self, talk: Talk, waiting: tuple[Waiting, ...], name: str) -> None:
        if not waiting:
            talk.say("plan_no_waiting")
            return
        whose = f"Carências de {name}" if name else "Suas carências"
        talk.say("plan_waiting", whose=whose, periods="\n".join(spoken_waiting(one) for one in waiting))

    async def _coverage(self, talk: Talk, said: str) -> bool:
        """In general or in the person's own plan; what is not covered a person looks at. [rule 9]"""
        person = await talk.verified()
        covered = person is not None and is_covered(person, local(talk.now).date())
        plan = await plan_of(talk.session, await contract_of(talk.session, person)) if person and covered else None
        found, name = await self._found(talk, procedure_words(said), plan)
        talk.state["last"] = "coverage"
        if found is None:
            talk.say("plan_coverage_unknown")
            self._offer_desk(talk, "authorizations")
        elif not found.certain and found.others:
            known = [found.procedure, *found.others]
            talk.state.update(stage="which", procedures=[[one.code, one.term] for one in known])
        else:
            text = "plan_covers_with_audit" if found.needs_audit else "plan_covers"
            where = f"No seu plano ({plan.name})" if plan else "Em geral"
            talk.say(
                text if found.covered else "plan_needs_analysis", where=where, procedure=name or found.procedure.term
            )
            if person is not None and covered and found.covered:
                await self._tell_wait_for(talk, person, plans.care_of(found.procedure))
            self._answered(talk)
        return True

    @staticmethod
    async def _found(talk: Talk, said: str, plan: Plan | None) -> tuple[Coverage | None, str]:
        """What the table says, and the name of the family where one was asked for as a whole ('ressonância').

        Where the kinds of a family are not all answered alike, they are to choose from.
        """
        family = family_of(understand(said))
        if family is None:
            return await plans.covers(talk.session, said, plan=plan), ""
        kinds = [await plans.covers(talk.session, code, plan=plan) for code in family.codes]
        known = [kind for kind in kinds if kind is not None]
        if len({(kind.covered, kind.needs_audit) for kind in known}) == 1:
            return known[0], family.family
        others = tuple(kind.procedure for kind in known[1:])
        return (replace(known[0], certain=False, others=others) if known else None), ""

    @staticmethod
    async def _tell_wait_for(talk: Talk, person: Beneficiary, care: str) -> None:
        info = await plans.information(talk.session, person, today=local(talk.now).date())
        waiting = next((one for one in info.waiting if one.care == care and not one.fulfilled), None)
        if waiting is not None:
            talk.say("plan_still_waits", until=numeric_date(waiting.until))

    @staticmethod
    async def _subject(talk: Talk, person: Beneficiary, said: str) -> Beneficiary:
        """Whose plan: the person's; of who answers for the contract, whom he names; of a payer, the one he pays for."""
        if person.standing not in ANSWERS_FOR_CONTRACT:
            return person
        whom = await asked_about(talk, person, said)
        if whom is not None and whom.person is not None:
            return whom.person
        family = await beneficiaries.family_of(talk.session, person)
        return family[0] if person.standing == "payer" and family else person

    @staticmethod
    def _answered(talk: Talk) -> None:
        """Answered; where something else was going on, that goes on."""
        if talk.state.get("stage") == "offer":
            return
        talk.state.update(stage="more", answered=True)
        if something_waits(talk):
            done(talk)

    # -- questions

    async def ask(self, talk: Talk) -> None:
        """The question of the present stage."""
        stage = talk.state.get("stage")
        desk: Option = ("Falar com atendente", {"answer": DESK})
        no: Option = ("Não, só isso", {"answer": END})
        if stage == "procedure":
            talk.say("plan_ask_procedure")
        elif stage == "which":
            options: list[Option] = [(term, {"item": code}) for code, term in talk.state.get("procedures") or ()]
            talk.say("plan_which_procedure", options=[*options, ("Nenhum desses", {"answer": OTHER})])
        elif stage == "offer":
            talk.say("plan_offer_desk", options=[desk, no])
        elif stage == "more":
            talk.say("plan_more", options=[no])
        else:
            topics: list[Option] = [(title, {"answer": topic}) for topic, title in TITLES.items()]
            talk.say("plan_ask_topic", options=[*topics, desk])

    def describe(self, talk: Talk) -> str:
        """What was asked."""
        return f"Pergunta sobre o plano: {talk.state.get('said') or ''}"


def topics_of(said: str) -> list[str]:
    """What a text asks of the plan's information, in the order of telling; 'whole' for the plan itself. Pure."""
    found: set[Topic] = answer_topics(said)
    if len(found) > 1:
        found -= {"dependents", "card"}
    if not found and _WHOLE.search(plain(said)):
        return ["whole"]
    return [topic for topic in (*ORDER, "card") if topic in found]


def is_personal(said: str) -> bool:
    """Whether a text is about the person's own plan, and no general question. Pure."""
    folded, topics = plain(said), topics_of(said)
    if _SALE.search(folded) or _CONTRACT.search(folded):
        return False
    return bool(PERSONAL & set(topics)) or (topics == ["coverage"] and not names_procedure(said))


def names_procedure(said: str) -> bool:
    """Whether a text names something that a plan can cover. Pure."""
    wanted = understand(_ASKING.sub(" ", plain(said)))
    return bool(wanted.code or wanted.likely or wanted.content)


def procedure_words(said: str) -> str:
    """The part of a question that names the procedure: what follows 'cobre', else what stands before it. Pure."""
    asked = _COVERS.search(plain(said))
    parts = (plain(said)[asked.end() :], plain(said)[: asked.start()]) if asked else ()
    return next((part for part in parts if names_procedure(part)), said)


_COVERS = re.compile(r"\b(?:cobr(?:e|em|i|ir|ira|iria)?|cobert[oa]s?|inclu\w+|contempla\w*|direito a|abrange)\b")
# Words of the question, not of the procedure.
_ASKING = re.compile(
    r"\b(?:quero|queria|saber|meu|minha|o que|oq|tudo|coisas|cobert\w*|cobri|cobre\w*|inclu\w*|direito|tenho|contempla"
    r"|plano|convenio|beneficios|beneficio|esta|ta|isso|me diz|diga|fala|informac\w*|quais sao|sao|voces|vcs|vc|geral|e"
    r"|la|ai)\b"
)


def spoken_waiting(waiting: Waiting) -> str:
    """One waiting period as a line: fulfilled, or the first day without it; whom a CPT concerns is said. Pure."""
    if waiting.fulfilled:
        return f"• {waiting.title}: cumprida"
    only = ", só para quem declarou" if waiting.care == "pre_existing" else ""
    return f"• {waiting.title}{only}: a partir de {numeric_date(waiting.until)}"


def _ends(talk: Talk) -> bool:
    return (
        talk.intent in {"deny", "thank"} or said_no(talk) or means_no(talk.text) or bool(_ENDS.match(plain(talk.text)))
    )

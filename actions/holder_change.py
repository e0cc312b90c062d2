"""A contract gets another holder: who asks, who follows, the form to sign, the papers. [processes.md 8; seed 000]"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from actions.already_asked import how_it_stands, make_way
from actions.documents.gathering import PAPERS, Gathering
from actions.documents.sent_back import goes_on_where_sent_back
from actions.holder_words import follower_in, life_of, names_relative, says_kept, says_outside, too_young_in
from actions.process import ended, person_of, protocol_of, said_no, said_yes, submitted, to_desk
from actions.talk import Option, Talk
from actions.whose import without_facts
from backend import beneficiaries
from backend.beneficiaries import ADULT, Beneficiary, age
from backend.contracts import contract_of
from backend.documents import verbs as documents
from backend.errors import NotFound
from backend.holder_change import rules, verbs
from backend.holder_change.form import form_for
from backend.protocols.machines import CORRECTION
from backend.protocols.tables import Protocol
from backend.store import files
from backend.store.clock import local
from backend.words import means_no, means_yes, numeric_date

DIED, LIVES = ("Sim, faleceu", {"answer": "yes"}), ("Não", {"answer": "no"})
OUTSIDE, KEPT = ("Outra pessoa", {"answer": "other"}), ("Deixar como está", {"answer": "kept"})
SURE = [("Sim, pode preparar", {"answer": "yes"}), ("Não, é outra pessoa", {"answer": "no"}), KEPT]
# What is said where a person has to go on, by why (`rules.Hindrance`).
_DESK = {"no_holder": "desk", "outside": "desk", "minor": "minor"}


@dataclass(frozen=True, slots=True)
class _Case:
    """The people whom it is about: who asks, the present holder, and who may follow."""

    asker: Beneficiary
    family: tuple[Beneficiary, ...]
    holder: Beneficiary | None
    today: date

    @property
    def may_follow(self) -> list[Beneficiary]:
        return rules.may_follow(self.family, self.today)


class ChangeHolder(Gathering):
    """From 'quero trocar o titular' to form and papers in conference; `state` holds deceased, new, sure, stage."""

    own: ClassVar[frozenset[str]] = frozenset({"change_holder", "send_document"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {"update_registration", "leave_plan", "plan_information", "coming_of_age", "thank", "greet"}
    )

    def wanted(self, talk: Talk) -> list[str]:
        """The papers of the case; before it is known, a death certificate is known as well when it comes."""
        return rules.papers(deceased=talk.state.get("deceased") is not False)

    async def prepare(self, talk: Talk) -> None:
        """All that the first words say, where the one who asks may ask; else a person goes on."""
        protocol, tapped = await _protocol(talk), talk.state.pop("chosen_before", None)
        talk.state.pop("correcting", None)
        if protocol.stage == CORRECTION:
            await self._correct(talk)
            return
        if tapped:  # 'mandar agora', when it was sent already
            talk.say("papers_moved_on", number=protocol.number)
            submitted(talk)
            return
        case = await _case_of(talk)
        if await goes_on_where_sent_back(talk, protocol, case.asker):
            return
        if await self._is_at_the_desk(talk, protocol, case.asker):
            return
        if (await contract_of(talk.session, case.asker)).kind == "collective":
            talk.say("holder_change_company")
            to_desk(talk)
            return
        if case.holder is not None and case.asker.id == case.holder.id:
            talk.state["deceased"] = False
        said = without_facts(str(talk.state.get("said") or ""), case.asker)
        self._read(talk, case, said)
        self._stop_who_may_not(talk, case)

    @staticmethod
    async def _is_at_the_desk(talk: Talk, protocol: Protocol, asker: Beneficiary) -> bool:
        """Tells how the contract's change stands that was handed in before; whom it is not about meets a person."""
        first = await verbs.at_the_desk(talk.session, asker.contract_id, but=protocol.id)
        if first is None:
            return False
        change = await verbs.of_protocol(talk.session, first.id)
        if asker.id not in {first.beneficiary_id, change.new_holder_id, change.old_holder_id}:
            talk.say("holder_change_desk")
            to_desk(talk)
            return True
        values = how_it_stands(first)
        talk.say(f"holder_change_already{values.pop('waits')}", **values)
        await make_way(talk, protocol, first)
        return True

    @staticmethod
    async def _correct(talk: Talk) -> None:
        """Only what was refused is asked again; the form comes with it, where it has to be signed anew."""
        protocol = await _protocol(talk)
        change = await verbs.of_protocol(talk.session, protocol.id)
        talk.state.update(correcting=True, deceased=change.deceased, new=str(change.new_holder_id), sure=True)
        refused = await documents.refused(talk.session, protocol.id)
        if rules.SIGNED in {paper.kind for paper in refused}:
            await _send_form(talk, "holder_change_form_again")

    def _read(self, talk: Talk, case: _Case, said: str) -> None:
        """Takes from free words whether the holder died, and who follows; a death is answered with a kind word."""
        life = life_of(said)
        if life == "died" and "deceased" not in talk.state:
            talk.say("holder_change_sorry")
            talk.state["deceased"] = True
        elif life == "lives" and "deceased" not in talk.state:
            talk.state["deceased"] = False
        follower = follower_in(said, case.asker, case.may_follow)
        if follower is not None:
            talk.state["new"] = str(follower.id)
        else:
            self._read_unnamed(talk, case, said)

    @staticmethod
    def _read_unnamed(talk: Talk, case: _Case, said: str, *, asked: bool = False) -> bool:
        """Where a minor or only 'meu filho' was said: who may be holder is told, the name asked, and none guessed."""
        minors = [one for one in case.family if age(one, case.today) < ADULT]
        young = too_young_in(said, minors, asked=asked)
        if young is not None:
            talk.say("holder_change_too_young", name=young.first_name)
        elif not names_relative(said, asked=asked):
            return False
        elif asked or len(case.may_follow) == 1:
            talk.say("holder_change_by_name")
        talk.state.pop("new", None)
        talk.state["asked_who"] = True
        return True

    @staticmethod
    def _stop_who_may_not(talk: Talk, case: _Case) -> bool:
        """Hands over where neither answer to what is still open would let the person ask."""
        hindrance = rules.hinders_asking(case.asker, case.family, case.today, deceased=True)
        if hindrance:
            talk.say(f"holder_change_{_DESK[hindrance]}")
        elif not case.may_follow:
            talk.say("holder_change_nobody")
        else:
            return False
        to_desk(talk)
        return True

    # -- answers

    async def answer(self, talk: Talk) -> bool:
        """An answer to the present question."""
        case = await _case_of(talk)
        if talk.chosen.get("answer") == "kept" or (not talk.chosen and says_kept(talk.text)):
            return await self._keep(talk)
        match talk.state.get("stage"):
            case "lives":
                return self._take_life(talk, case)
            case "only_holder":
                return await self._take_help(talk)
            case "who":
                return self._take_who(talk, case)
            case "sure":
                return self._take_sure(talk, case)
        return False

    @staticmethod
    async def _keep(talk: Talk) -> bool:
        protocol = await _protocol(talk)
        await verbs.withdraw(talk.session, protocol=protocol, request_key=talk.key(), actor=talk.actor, now=talk.now)
        talk.say("holder_change_kept")
        submitted(talk)
        return True

    def _take_life(self, talk: Talk, case: _Case) -> bool:
        life = "" if talk.chosen else life_of(talk.text)
        if life != "lives" and (life == "died" or said_yes(talk)):
            talk.say("holder_change_sorry")
            talk.state["deceased"] = True
        elif life == "lives" or said_no(talk):
            talk.state["deceased"] = False
        else:
            return False
        if not talk.chosen:
            self._read(talk, case, talk.text)
        return True

    async def _take_help(self, talk: Talk) -> bool:
        if said_yes(talk):
            to_desk(talk)
        elif said_no(talk):
            return await self._keep(talk)
        else:
            return False
        return True

    def _take_who(self, talk: Talk, case: _Case) -> bool:
        chosen = talk.chosen.get("person")
        follower = next((one for one in case.may_follow if str(one.id) == chosen), None)
        if follower is None and not talk.chosen:
            follower = follower_in(talk.text, case.asker, case.may_follow)
        if follower is not None:
            talk.state["new"] = str(follower.id)
        elif talk.chosen.get("answer") == "other" or says_outside(talk.text):
            talk.say("holder_change_nobody")
            to_desk(talk)
        else:  # said once more, it is not understood: a person is near then
            told, talk.state["told_by_name"] = bool(talk.state.get("told_by_name")), True
            return not told and not talk.chosen and self._read_unnamed(talk, case, talk.text, asked=True)
        return True

    def _take_sure(self, talk: Talk, case: _Case) -> bool:
        other = None if talk.chosen else follower_in(talk.text, case.asker, case.may_follow)
        if other is not None and str(other.id) != talk.state["new"]:
            talk.state["new"] = str(other.id)
        elif said_no(talk) or says_outside(talk.text):
            talk.state.pop("new")
            talk.state["asked_who"] = True
        elif said_yes(talk):
            talk.state["sure"] = True
        else:
            return not talk.chosen and self._read_unnamed(talk, case, talk.text, asked=True)
        return True

    def answered(self, talk: Talk) -> bool:
        """A choice, a yes or a no, who lives, or who follows."""
        text, stage = talk.text, talk.state.get("stage")
        if stage in {"who", "sure"} and names_relative(text, asked=True):
            return True
        said = means_yes(text) or means_no(text) or life_of(text) or says_outside(text) or says_kept(text)
        return bool(talk.chosen or said) or (stage == "who" and len(text.split()) <= 3)  # noqa: PLR2004 (a name)

    # -- what is next

    async def advance(self, talk: Talk) -> None:
        """Whether the holder lives, who follows, what it means, form and papers; handed in."""
        state = talk.state
        if state.get("sure"):
            await self._papers(talk)
            return
        case = await _case_of(talk)
        if "deceased" not in state:
            state["stage"] = "lives"
        elif rules.hinders_asking(case.asker, case.family, case.today, deceased=state["deceased"]):
            state["stage"] = "only_holder"
        elif not state.get("new") and (len(case.may_follow) > 1 or state.get("asked_who")):
            state["stage"] = "who"
        else:
            state.setdefault("new", str(case.may_follow[0].id))
            state["stage"] = "sure"

    async def _papers(self, talk: Talk) -> None:
        """The form first, once; handed in when all papers are there and named."""
        if talk.state.get("stage") != PAPERS and not talk.state.get("correcting"):
            await self._begin(talk)
        talk.state["stage"] = PAPERS
        if not ended(talk) and not await self.missing_papers(talk) and await self.all_named(talk):
            await _submit(talk)

    @staticmethod
    async def _begin(talk: Talk) -> None:
        """Who follows whom is on record from here on, and the form is made for it."""
        case, protocol = await _case_of(talk), await _protocol(talk)
        new = await beneficiaries.get(talk.session, UUID(talk.state["new"]))
        deceased, talk.state["new_name"] = bool(talk.state["deceased"]), new.first_name
        await verbs.begin(
            talk.session, protocol=protocol, asker=case.asker, new_holder=new, deceased=deceased, actor=talk.actor,
            now=talk.now,
        )  # fmt: skip
        after = "_deceased" if deceased else ""
        await _send_form(talk, f"holder_change_form{after}")
        talk.say(f"holder_change_checklist{after}", **await _names(talk))

    # -- questions

    async def ask_words(self, talk: Talk) -> None:
        """The question of the present stage."""
        case, stage = await _case_of(talk), talk.state.get("stage")
        if stage == "who":
            options: list[Option] = [(one.first_name, {"person": str(one.id)}) for one in case.may_follow]
            talk.say("holder_change_who", options=[*options, OUTSIDE, KEPT])
        elif stage == "sure":
            said = "holder_change_sure_deceased" if talk.state["deceased"] else "holder_change_sure"
            talk.say(said, options=SURE, **await _names(talk))
        elif stage == "only_holder":
            options = [("Falar com atendente", {"answer": "yes"}), KEPT]
            talk.say("holder_change_only_holder", holder=_first_name(case.holder), options=options)
        else:
            talk.say("holder_change_lives", holder=_first_name(case.holder), options=[DIED, LIVES])

    def describe(self, talk: Talk) -> str:
        """What is known of the case and what the person wrote first."""
        what = "Correção dos documentos da troca de titular" if talk.state.get("correcting") else "Troca de titular"
        if talk.state.get("deceased"):
            what += " por falecimento do titular"
        if talk.state.get("new_name"):
            what += f", para {talk.state['new_name']}, com o formulário já enviado"
        return f"{what}. Disse: {talk.state.get('said') or ''}"


async def _case_of(talk: Talk) -> _Case:
    asker = await person_of(talk)
    family = tuple(await beneficiaries.family_of(talk.session, asker))
    return _Case(asker, family, rules.holder_of(family), local(talk.now).date())


async def _protocol(talk: Talk) -> Protocol:
    protocol = await protocol_of(talk)
    if protocol is None:
        raise NotFound(detail="protocol")
    return protocol


async def _names(talk: Talk) -> dict[str, Any]:
    """The new holder's first name and the present one's."""
    case = await _case_of(talk)
    new = await beneficiaries.get(talk.session, UUID(talk.state["new"]))
    return {"new": new.first_name, "old": _first_name(case.holder)}


def _first_name(person: Beneficiary | None) -> str:
    return person.first_name if person else ""


async def _send_form(talk: Talk, text: str) -> None:
    """The filled form as a PDF, with how to sign it."""
    form = await form_for(talk.session, protocol=await _protocol(talk), now=talk.now)
    values = await _names(talk)
    talk.say_file(files.read(form.sha256), form.name, form.content_type, response=text, **values)


async def _submit(talk: Talk) -> None:
    protocol = await _protocol(talk)
    await verbs.submit(talk.session, protocol=protocol, request_key=talk.key(), actor=talk.actor, now=talk.now)
    said = "holder_change_corrected" if talk.state.get("correcting") else "holder_change_submitted"
    talk.say(said, deadline=numeric_date(local(protocol.due_at).date()), number=protocol.number)
    submitted(talk)

"""Asking for a procedure: for whom, which one, the doctor's request as a file, who asks; then its answer.

A missing document of a request that was made before comes the same way (`missing.py`). [processes.md 4; RN 623, 566]
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from actions.documents.gathering import PAPERS, Gathering
from actions.procedures import asking, finding, missing, reading
from actions.procedures.asking import AGAIN, CHANGE, CONFIRM, DOCTOR, PROCEDURE, WHICH, WHOM
from actions.process import done, person_of, protocol_of, said_no, said_yes, submitted, to_desk
from actions.scheduling.whom import Whom, read_whom
from actions.standing import tell_authorization
from actions.talk import Talk
from actions.whose import without_facts
from backend import beneficiaries
from backend.beneficiaries import Beneficiary, is_covered, may_act_for
from backend.procedures import verbs
from backend.procedures.tables import Authorization, Procedure
from backend.protocols import verbs as protocols
from backend.store.clock import local
from backend.words import means_no, means_yes

REQUEST, REPORT = "medical_request", "medical_report"


class RequestProcedure(Gathering):
    """'Preciso autorizar uma ressonância do joelho, dr. Otacílio pediu.'"""

    own: ClassVar[frozenset[str]] = frozenset({"request_procedure", "send_document"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {
            "procedure_status", "plan_information", "schedule_appointment", "find_provider", "list_appointments",
            "cancel_appointment", "reschedule_appointment", "update_registration", "dispute_charge", "thank", "greet",
            "change_holder", "coming_of_age", "member_card", "report_payment",
        }
    )  # fmt: skip

    def wanted(self, talk: Talk) -> list[str]:
        """The doctor's request; a report is taken too, where it is named or once the request is there. Pure."""
        if missing.is_for_missing(talk):
            return missing.wanted(talk)
        report = talk.state.get("request_given") or reading.names_report(talk.text or str(talk.state.get("said") or ""))
        return [REQUEST, REPORT] if report else [REQUEST]

    async def missing_papers(self, talk: Talk) -> list[str]:
        """The doctor's request, where it is not here yet; of an older request, what the auditor asked for."""
        if missing.is_for_missing(talk):
            return await missing.still_missing(talk)
        return [kind for kind in await super().missing_papers(talk) if kind != REPORT]

    async def prepare(self, talk: Talk) -> None:
        """For whom, which procedure and which doctor, as far as the first words say it.

        They are read once: what was set right since stands, whenever and however the request is taken up again.
        """
        if missing.is_for_missing(talk):
            await missing.prepare(talk)
            return
        if talk.state.get("prepared") or talk.state.get("for"):
            return
        talk.state["prepared"] = True
        speaker = await person_of(talk)
        said = str(talk.state.get("said") or "")
        if not await self._take_whom(talk, speaker, said):
            await self._for_himself(talk, speaker)
        if talk.state.get("stage") == "adult":
            return  # what was asked for is that person's
        finding.take_doctor(talk, said)
        words = await self._words(talk, speaker, said)
        if reading.names_procedure(words) and not await finding.look(talk, words):
            talk.say("procedure_not_found")

    async def advance(self, talk: Talk) -> None:
        """What is missing now: person, procedure, the doctor's request, the doctor's name; then the summary."""
        if missing.is_for_missing(talk):
            await missing.advance(talk, named=await self.all_named(talk))
            return
        talk.state["request_given"] = not await self.missing_papers(talk)
        if talk.state.get("stage") in {WHOM, "adult", WHICH, CHANGE, AGAIN}:
            return
        if not talk.state.get("for"):  # asked about a moment ago, but something else was asked first
            talk.state["stage"] = "adult" if talk.state.get("adult") else WHOM
            return
        subject = await beneficiaries.get(talk.session, UUID(talk.state["for"]))
        if not is_covered(subject, local(talk.now).date()):
            talk.say("procedure_plan_ended", name=subject.first_name)
            to_desk(talk, reason="not_covered")
        elif not talk.state.get("procedure"):
            talk.state["stage"] = PROCEDURE
        elif not await self._asked_before(talk):
            given, doctor = talk.state["request_given"], talk.state.get("doctor") is not None
            talk.state["stage"] = PAPERS if not given else CONFIRM if doctor else DOCTOR

    def answered(self, talk: Talk) -> bool:
        """Whether the text holds an answer to the present question. Pure."""
        if missing.is_for_missing(talk):
            return False
        return asking.answered(talk)

    async def answer(self, talk: Talk) -> bool:
        """A choice, or words to the present question; a doctor with his title is taken at any time."""
        if missing.is_for_missing(talk):
            return False
        if talk.chosen:
            return await self._chosen(talk)
        if reading.gives_up(talk.text):
            self._stop(talk)
            return True
        steps = {
            WHOM: self._said_whom, "adult": self._said_whom, PROCEDURE: self._named, WHICH: self._picked,
            DOCTOR: self._said_doctor, CONFIRM: self._confirmed, CHANGE: self._said_change, PAPERS: self._beside_papers,
            AGAIN: self._said_again,
        }  # fmt: skip
        step = steps.get(str(talk.state.get("stage")))
        return await step(talk) if step else False

    async def _chosen(self, talk: Talk) -> bool:
        if "person" in talk.chosen:
            return await self._for(talk, UUID(str(talk.chosen["person"])))
        if "item" in talk.chosen:
            return await finding.choose(talk, str(talk.chosen["item"]))
        answer = str(talk.chosen.get("answer") or "")
        if answer in {PROCEDURE, DOCTOR, WHOM}:
            return await self._ask_anew(talk, answer)
        if answer == asking.NONE:
            return finding.missed(talk)
        if answer == asking.ON_PAPER:
            talk.state["doctor"] = ""
        elif answer == "yes":
            await self._submit(talk)
        elif answer == "no":
            talk.state["stage"] = CHANGE
        elif answer in {asking.SAME, asking.ANOTHER}:
            self._decide_again(talk, same=answer == asking.SAME)
        elif answer == asking.STOP:
            self._stop(talk)
        else:
            return False
        return True

    # -- for whom

    async def _take_whom(self, talk: Talk, speaker: Beneficiary, text: str) -> bool:
        family = await beneficiaries.family_of(talk.session, speaker)
        whom = read_whom(text, speaker, family, local(talk.now).date())
        if whom is None:
            return False
        if whom.person is not None:
            return await self._for(talk, whom.person.id)
        self._ask_whom(talk, whom)
        return True

    async def _for_himself(self, talk: Talk, speaker: Beneficiary) -> None:
        """Who asks; of somebody who only pays, the one whom he pays for."""
        if speaker.standing != "payer":
            await self._for(talk, speaker.id)
            return
        family = await beneficiaries.family_of(talk.session, speaker)
        covered = tuple(one for one in family if is_covered(one, local(talk.now).date()))
        if len(covered) == 1:
            await self._for(talk, covered[0].id)
        else:
            self._ask_whom(talk, Whom(None, covered))

    @staticmethod
    def _ask_whom(talk: Talk, whom: Whom) -> None:
        talk.state.update(stage=WHOM, whom=[[str(one.id), one.first_name] for one in whom.candidates])

    async def _for(self, talk: Talk, person_id: UUID) -> bool:
        """Himself or a minor of his contract; an adult asks by himself. [rule 10]"""
        speaker, other = await person_of(talk), await beneficiaries.get(talk.session, person_id)
        if not may_act_for(speaker, other, local(talk.now).date()):
            talk.state.update(stage="adult", adult=other.first_name)
            return True
        talk.state.pop("whom", None)
        talk.state.update({"for": str(other.id), "for_name": other.full_name, "stage": ""})
        return True

    async def _said_whom(self, talk: Talk) -> bool:
        """A name, 'pra mim'; with it perhaps the procedure."""
        speaker = await person_of(talk)
        if not await self._take_whom(talk, speaker, talk.text):
            return await self._take_whom(talk, speaker, f"para {talk.text}")
        return True

    # -- what and by whom

    async def _words(self, talk: Talk, speaker: Beneficiary, text: str) -> str:
        """The words that may name the procedure: without the facts of identity, the doctor, and the person."""
        family = await beneficiaries.family_of(talk.session, speaker)
        doctor = reading.doctor_in(text)
        bare = f"{text[: doctor.span[0]]} {text[doctor.span[1] :]}" if doctor else text
        return reading.procedure_words(without_facts(bare, speaker), names=[one.first_name for one in family])

    async def _named(self, talk: Talk) -> bool:
        """The procedure in words; with them perhaps doctor and person."""
        speaker = await person_of(talk)
        doctor = finding.take_doctor(talk, talk.text)
        took = await self._take_whom(talk, speaker, talk.text) or doctor
        words = await self._words(talk, speaker, talk.text)
        if reading.names_procedure(words):
            return await finding.look(talk, words, asked=True)
        if doctor:
            talk.say("procedure_doctor_noted", doctor=talk.state["doctor"])
        return took

    async def _picked(self, talk: Talk) -> bool:
        """One of what was offered in words, none of them, or other words for it."""
        code = reading.picked(talk.text, [(code, term) for code, term in talk.state.get("offered") or ()])
        if code:
            return await finding.choose(talk, code)
        offered = talk.state.get("offered") or []
        if len(offered) == 1 and (said_yes(talk) or means_yes(talk.text)):
            return await finding.choose(talk, offered[0][0])
        words = await self._words(talk, await person_of(talk), talk.text)
        if reading.names_procedure(words):
            return await finding.look(talk, words, asked=True)
        if await self._takes_beside(talk):
            return True
        return finding.missed(talk) if said_no(talk) or means_no(talk.text) or reading.says_none(talk.text) else False

    async def _takes_beside(self, talk: Talk) -> bool:
        """The doctor or the person, said where something else is asked: that question stays."""
        stage = talk.state.get("stage")
        took = finding.take_doctor(talk, talk.text) | await self._take_whom(talk, await person_of(talk), talk.text)
        if took and talk.state.get("stage") == "":
            talk.state["stage"] = stage
        return took

    async def _said_doctor(self, talk: Talk) -> bool:
        name = reading.named_doctor(talk.text)
        if not name and not reading.stands_on_paper(talk.text):
            return False
        talk.state["doctor"] = name
        return True

    async def _beside_papers(self, talk: Talk) -> bool:
        """Words while the doctor's request is asked for: the doctor, or that there is none."""
        if finding.take_doctor(talk, talk.text):
            talk.say("procedure_doctor_noted", doctor=talk.state["doctor"])
            return True
        if reading.has_no_request(talk.text):
            talk.say("procedure_needs_request")
            return True
        return False

    # -- the summary

    async def _confirmed(self, talk: Talk) -> bool:
        """A yes, or what is to be different: that goes before the yes it stands beside."""
        if await self._changes(talk):
            return True
        if said_yes(talk) or means_yes(talk.text) or reading.agrees(talk.text):
            await self._submit(talk)
        elif said_no(talk) or means_no(talk.text) or reading.what_to_change(talk.text):
            what = reading.what_to_change(talk.text)
            return await self._ask_anew(talk, what) if what else await self._ask_what(talk)
        else:
            return False
        return True

    async def _said_change(self, talk: Talk) -> bool:
        what = reading.what_to_change(talk.text)
        if await self._changes(talk):
            return True
        return await self._ask_anew(talk, what) if what else False

    async def _changes(self, talk: Talk) -> bool:
        """'é a dra. Lia', 'é pro Joaquim', 'é do ombro': taken as said; the summary comes again."""
        speaker = await person_of(talk)
        words = await self._words(talk, speaker, talk.text)
        took = finding.take_doctor(talk, talk.text) | await self._take_whom(talk, speaker, talk.text)
        if not means_yes(talk.text) and reading.names_procedure(words) and not reading.what_to_change(talk.text):
            took = await finding.look(talk, words, only_found=True) or took
        if took and talk.state.get("stage") == CHANGE:
            talk.state["stage"] = ""
        return took

    @staticmethod
    async def _ask_what(talk: Talk) -> bool:
        talk.state["stage"] = CHANGE
        return True

    async def _ask_anew(self, talk: Talk, what: str) -> bool:
        talk.state["stage"] = ""
        if what == WHOM:
            speaker, today = await person_of(talk), local(talk.now).date()
            family = await beneficiaries.family_of(talk.session, speaker)
            others = [one for one in family if one.id != speaker.id and is_covered(one, today)]
            self._ask_whom(talk, Whom(None, tuple(others)))
        else:
            talk.state.pop(what, None)
        return True

    @staticmethod
    def _stop(talk: Talk) -> None:
        talk.say("procedure_stopped")
        talk.state["ending"] = "Desistência de quem pediu."
        done(talk)

    # -- the end

    async def _asked_before(self, talk: Talk) -> bool:
        """The same open request is told and asked about, not doubled; a document that it waits for is asked for.

        What this very request has put on record, when its last turn runs again, is none from before.
        """
        known = await verbs.open_request_for(
            talk.session, beneficiary_id=UUID(talk.state["for"]), procedure_code=str(talk.state["procedure"])
        )
        own = await protocol_of(talk)
        if known is None or talk.state.get("another") or (own is not None and known.protocol_id == own.id):
            return False
        talk.say("procedure_asked_before")
        if known.state == "waiting_document" and known.protocol_id is not None:
            await missing.instead_of_new(talk, known)
            await missing.advance(talk, named=await self.all_named(talk))
            return True
        await tell_authorization(talk, known, await person_of(talk))
        talk.state.update(stage=AGAIN, known=known.number)
        return True

    async def _said_again(self, talk: Talk) -> bool:
        """'Sim, é esse'; 'não, é do outro joelho': two joints have one code."""
        same = said_yes(talk) or means_yes(talk.text)
        if not same and not (said_no(talk) or means_no(talk.text) or reading.says_other(talk.text)):
            return False
        self._decide_again(talk, same=same)
        return True

    @staticmethod
    def _decide_again(talk: Talk, *, same: bool) -> None:
        talk.state["stage"] = ""
        if not same:
            talk.state["another"] = True
            return
        talk.say("authorization_end")
        talk.state["ending"] = f"Já havia um pedido igual: guia {talk.state.get('known')}."
        done(talk)

    async def _submit(self, talk: Talk) -> None:
        """On record; answered at once where nothing speaks against it, else the auditor's. No program refuses."""
        if not await self.all_named(talk) or await self._asked_before(talk):
            return
        subject = await beneficiaries.get(talk.session, UUID(talk.state["for"]))
        procedure = await talk.session.get_one(Procedure, str(talk.state["procedure"]))
        protocol = await protocol_of(talk)
        authorization = await verbs.request_authorization(
            talk.session, person=subject, procedure=procedure, protocol=protocol, actor=talk.actor, now=talk.now,
            requesting_doctor=str(talk.state.get("doctor") or ""), text="Pedido recebido pelo WhatsApp.",
        )  # fmt: skip
        await verbs.settle_at_once(talk.session, authorization=authorization, actor=talk.actor, now=talk.now)
        if protocol is not None:
            await protocols.identify(
                talk.session, protocol=protocol, beneficiary_id=subject.id, actor=talk.actor, now=talk.now
            )
        await self._tell(talk, authorization)

    @staticmethod
    async def _tell(talk: Talk, authorization: Authorization) -> None:
        """The branch's answer; what had to be answered at once and was not, a person takes now."""
        await asking.tell(talk, authorization)
        if authorization.state != "approved" and authorization.due_at <= authorization.requested_at:
            to_desk(talk, reason="urgent_procedure")
        else:
            submitted(talk)

    def describe(self, talk: Talk) -> str:
        """For whom, the procedure, the doctor, and the first words."""
        return asking.describe(talk)

    async def ask_words(self, talk: Talk) -> None:
        """The question of the present stage."""
        await asking.ask(talk)

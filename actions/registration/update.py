"""A registration update in the chat: what changes, its new values, the proof, and the desk. [processes.md 2]"""

from __future__ import annotations

import re
from datetime import date
from typing import ClassVar
from uuid import UUID

from actions.documents.files import files_of
from actions.documents.gathering import PAPERS, Gathering
from actions.process import done, person_of, protocol_of, said_no, said_yes, submitted, to_desk
from actions.registration import ending, gathered
from actions.registration.asking import (
    ADD,
    CONFIRM,
    FIX,
    MINE,
    NOT_THEIRS,
    PHONE_LINES,
    WHOSE,
    ask_stage,
    say_refused,
)  # fmt: skip
from actions.registration.whose import CHOICE, NOT_HIS, OWN, whose
from actions.talk import Talk
from backend import beneficiaries
from backend.beneficiaries import Beneficiary, may_act_for
from backend.documents import verbs as documents
from backend.identifiers import plain
from backend.protocols.machines import CORRECTION
from backend.protocols.tables import Protocol
from backend.protocols.unfinished import waiting_for_papers
from backend.registration import verbs
from backend.registration.fields import ADDRESS, ADDRESS_PARTS, FIELDS, MARITAL, MARITAL_STATUS, PHONE, wanted_papers
from backend.registration.reading import Reading, read
from backend.registration.verbs import Change
from backend.registration.writing import present
from backend.store.clock import local
from backend.words import numeric_date, spoken_list

MOST_WRONG = 5  # values in all: then a person helps
_ANY_PROOF = tuple(dict.fromkeys(field.proof for field in FIELDS.values() if field.proof))
_STAGES_OF_PEOPLE = frozenset({WHOSE, NOT_THEIRS})
_TAKES_BACK = re.compile(
    r"\b(?:tira\w*|retir\w+|deixa\w*|esquec\w+|nao (?:quero|precisa|vou|e pra) (?:mais )?(?:mud|troc|alter)\w*)\b"
)
_SAME = re.compile(r"\b(?:o mesmo|a mesma|esta cert[oa]|ta cert[oa])\b")


class UpdateRegistration(Gathering):
    """From 'mudei de endereço' to the registration team; `state` holds whose, fields, values, problems, stage,
    replaces (the telephone that goes), confirmed, and what stands of an earlier try (`proved`, `again`)."""

    own: ClassVar[frozenset[str]] = frozenset({"update_registration", "send_document"})
    # whatever a value is understood as ('cep 65010-000', 'rua do sol 100'): it is an answer where it is read as one
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {
            "greet", "thank", "find_provider", "schedule_appointment", "plan_information", "member_card",
            "invoice_copy", "ask_debt", "report_payment", "protocol_status", "procedure_status", "coming_of_age",
            "change_holder", "dispute_charge", "list_appointments", "goodbye", "request_procedure", "negotiate_debt",
            "leave_plan", "cancel_appointment", "reschedule_appointment",
        }
    )  # fmt: skip

    def wanted(self, talk: Talk) -> list[str]:
        """The proofs of the fields; any proof, while no field is known: the paper may come first."""
        state = talk.state
        fields = [*(state.get("fields") or ()), *(state.get("proved") or ())]
        papers = wanted_papers(fields) if fields or state.get("correction") else list(_ANY_PROOF)
        return [*papers, *(kind for kind in state.get("again") or () if kind not in papers)]

    async def prepare(self, talk: Talk) -> None:
        """All that the first words say; what was refused, where the desk gave it back."""
        protocol, person = await _protocol(talk), await person_of(talk)
        tapped = talk.state.pop("chosen_before", None)
        if protocol.stage == CORRECTION:
            await self._correct(talk, protocol, person)
            return
        if tapped:  # 'Corrigir agora', after it was corrected
            talk.say("papers_moved_on", number=protocol.number)
            submitted(talk)
            return
        if await self._go_to_correction(talk, protocol, person):
            return
        if talk.state.get("whose"):  # on after days: the first words say less than what was set right since
            return
        reading = read(str(talk.state.get("said") or ""), today=_today(talk))
        gathered.take(talk.state, reading, today=_today(talk))
        talk.state["adds_phone"] = reading.adds_phone
        if reading.elsewhere and not reading.values:
            talk.say("registration_by_person")
            to_desk(talk)
            return
        how, people = await whose(talk, person)
        if how == OWN:
            talk.state["whose"] = str(people[0].id)
        elif how == CHOICE:
            talk.state.update(stage=WHOSE, offered=[str(one.id) for one in people])
        else:
            talk.state.update(stage=NOT_THEIRS, adult=how == NOT_HIS)

    async def _correct(self, talk: Talk, protocol: Protocol, person: Beneficiary) -> None:
        """Only what was refused is asked for again: its values as they were given, and the papers."""
        changes = await verbs.changes_of(talk.session, protocol.id)
        subject = await beneficiaries.get(talk.session, changes[0].beneficiary_id)
        if not may_act_for(person, subject, _today(talk)):
            talk.say("news_not_yours")
            submitted(talk)
            return
        refused = [change for change in changes if change.state == "refused"]
        papers = await documents.refused(talk.session, protocol.id)
        talk.remember(pending_protocol=str(protocol.id))
        talk.state.update(
            correction=True, whose=str(subject.id), problems={}, fields=[change.field for change in refused],
            proved=[change.field for change in changes if change.state == "proposed"],
            again=list(dict.fromkeys(paper.kind for paper in papers)), **gathered.given_before(refused),
        )  # fmt: skip
        say_refused(talk, refused, papers)
        # 'segue o comprovante de endereço de novo' changes no address
        reading = read(str(talk.state.get("said") or ""), today=_today(talk))
        gathered.take(talk.state, reading, today=_today(talk), only_values=True)

    @staticmethod
    async def _go_to_correction(talk: Talk, protocol: Protocol, person: Beneficiary) -> bool:
        """Where the desk has given another update back, this one goes on there: one protocol, one request."""
        back = [
            one for one in await waiting_for_papers(talk.session, person.id)
            if one.kind == protocol.kind and one.stage == CORRECTION
        ]  # fmt: skip
        if not back:
            return False
        await ending.withdraw(talk, protocol, f"Continua no protocolo {back[0].number}.")
        known = {"said": str(talk.state.get("said") or "")}
        talk.state["then"] = {"protocol": str(back[0].id), "files": talk.state.get("files"), "known": known}
        done(talk)
        return True

    # -- answers

    def answered(self, talk: Talk) -> bool:
        """A choice, values, fields, or a yes or no where one is asked for."""
        stage = talk.state.get("stage")
        decides = stage in {CONFIRM, *_STAGES_OF_PEOPLE} and (said_yes(talk) or said_no(talk))
        return bool(talk.chosen or decides or self._read(talk))

    async def answer(self, talk: Talk) -> bool:
        """Whose it is, which telephone goes, yes or no, or values of whatever field."""
        stage, chosen = talk.state.get("stage"), talk.chosen
        talk.state.pop("fixing", None)
        if stage in _STAGES_OF_PEOPLE:
            return await self._take_whose(talk)
        if stage == PHONE_LINES and (chosen.get("item") or chosen.get("answer") == ADD):
            talk.state["replaces"] = str(chosen.get("item") or "")
            return True
        if chosen.get("subject") in FIELDS:
            return self._take_field(talk, str(chosen["subject"]))
        if chosen.get("item") in MARITAL:
            gathered.take(talk.state, Reading({MARITAL_STATUS: str(chosen["item"])}), today=_today(talk))
            return True
        if stage == CONFIRM and self._takes_decision(talk):
            return True
        return self._take_words(talk)

    def _take_field(self, talk: Talk, field: str) -> bool:
        """A field that was tapped: asked for, or asked for again where it has to be set right."""
        state = talk.state
        if field in (state.get("fields") or ()):
            gathered.forget(state, [field], ask_again=True)
        gathered.take(state, Reading(topics=(field,)), today=_today(talk))
        return True

    def _takes_decision(self, talk: Talk) -> bool:
        """A yes or a no to the whole list; 'não, o número é 132' is read as the value that it holds."""
        if talk.chosen.get("answer") == FIX or (said_no(talk) and not self._read(talk)):
            talk.state["stage"], talk.state["fixing"] = FIX, True
            return True
        kept = bool(_SAME.search(plain(talk.text))) and not self._read(talk).values
        if (said_yes(talk) and not self._read(talk).values) or kept:
            talk.state["confirmed"] = True
            return True
        return False

    def _take_words(self, talk: Talk) -> bool:
        """Values; fields that are named to be added, set right or left as they are."""
        reading, state = self._read(talk), talk.state
        stage = str(state.get("stage") or "")
        if not reading:
            return False
        if reading.elsewhere and not reading.values:
            talk.say("registration_by_person")
            to_desk(talk)
            return True
        named = [field for field in reading.topics if field in (state.get("fields") or ())]
        said = plain(talk.text)
        if named and not reading.values and _TAKES_BACK.search(said):
            gathered.forget(state, named, ask_again=False)
            given_up = {FIELDS[field].proof for field in named}  # asked for again only where another field needs it
            state["again"] = [kind for kind in state.get("again") or () if kind not in given_up]
            return True
        if named and not reading.values and state.get("stage") in {CONFIRM, FIX}:
            gathered.forget(state, named, ask_again=True)
        gathered.take(state, reading, today=_today(talk), only_values=self._is_caption(talk))
        kept = [part for part in reading.values if part in FIELDS and part in state["values"] and part != stage]
        state["noted"] = kept if stage in {*FIELDS, *ADDRESS_PARTS} else []
        state["adds_phone"] = bool(state.get("adds_phone") or reading.adds_phone)
        if PHONE in reading.values:
            state.pop("replaces", None)
        if int(state.get("wrong") or 0) >= MOST_WRONG:
            to_desk(talk, reason="not_understood")
        return True

    async def _take_whose(self, talk: Talk) -> bool:
        """One of those who were offered, or after all his own."""
        offered = [await beneficiaries.get(talk.session, UUID(one)) for one in talk.state.get("offered") or ()]
        said, chosen = plain(talk.text), str(talk.chosen.get("person") or "")
        meant = [
            one for one in offered
            if str(one.id) == chosen or (not chosen and re.search(rf"\b{re.escape(plain(one.first_name))}\b", said))
        ]  # fmt: skip
        if len(meant) == 1:
            talk.state["whose"] = str(meant[0].id)
        elif (
            talk.chosen.get("answer") == MINE
            or re.search(r"\b(?:o meu|os meus|pra mim|minha|meu)\b", said)
            or (talk.state.get("stage") == NOT_THEIRS and said_yes(talk))
        ):
            talk.state["whose"] = str((await person_of(talk)).id)
        elif talk.state.get("stage") == NOT_THEIRS and said_no(talk):
            to_desk(talk, reason="asked")
        else:
            return False
        return True

    @staticmethod
    def _is_caption(talk: Talk) -> bool:
        """Words under a file, while it is known what changes: they say what the file is."""
        return bool(files_of(talk) and talk.state.get("fields"))

    def _read(self, talk: Talk) -> Reading:
        stage = str(talk.state.get("stage") or "")
        asked = "" if files_of(talk) or talk.chosen else stage
        reading = read("" if talk.chosen else talk.text, today=_today(talk), asked=asked)
        if not self._is_caption(talk) and stage != PAPERS:
            return reading
        silent = self._is_caption(talk) or "comprovante" in plain(talk.text)
        fresh = () if silent else tuple(set(reading.topics) - set(talk.state.get("fields") or ()))
        return Reading(reading.values, fresh, reading.adds_phone)

    # -- what is next

    async def advance(self, talk: Talk) -> None:
        """Whose, what, its values, confirmed; then the papers, and handed in."""
        state = talk.state
        if not state.get("whose"):
            return
        if not state.get("fields") and not state.get("correction"):
            await self._fields_of_papers(talk)
        person = await self._subject(talk)
        await self._leave_what_stands(talk, person)
        if await ending.leave_what_is_in_review(talk, await _protocol(talk), person) or state.get("fixing"):
            return
        if state.get("correction") and not state["fields"]:
            await self._hand_in_the_rest(talk, person)
            return
        question = gathered.next_question(state)
        if question:
            state["stage"] = question
        elif await self._which_telephone(talk, person):
            state["stage"] = PHONE_LINES
        elif not state.get("confirmed"):
            state["stage"] = CONFIRM
        else:
            await self._papers(talk, person)

    async def _hand_in_the_rest(self, talk: Talk, person: Beneficiary) -> None:
        """A correction in which no value is open: papers alone are, or all that was refused is given up."""
        if talk.state.get("proved"):
            await self._papers(talk, person)
        else:
            await ending.nothing_left(talk, await _protocol(talk))

    async def _papers(self, talk: Talk, person: Beneficiary) -> None:
        talk.state["stage"] = PAPERS
        if not await self.missing_papers(talk) and await self.all_named(talk):
            await self._submit(talk, person)

    @staticmethod
    async def _fields_of_papers(talk: Talk) -> None:
        """A proof of address that came without a word says what changes."""
        protocol = await _protocol(talk)
        given = await documents.of_protocol(talk.session, protocol.id)
        if any(paper.kind == "address_proof" for paper in given):
            talk.state["fields"] = [ADDRESS]

    @staticmethod
    async def _leave_what_stands(talk: Talk, person: Beneficiary) -> None:
        """What the register says already is no change: it is said so, and left."""
        state, phones = talk.state, await beneficiaries.phones_of(talk.session, person.id)
        same = []
        for field in state.get("fields") or ():
            new = gathered.parts_of(state, field)
            if not all(new.values()):
                continue
            if new["value"] in phones if field == PHONE else new == await present(talk.session, person, field):
                same.append(field)
        if same:
            talk.say("registration_same", fields=spoken_list([FIELDS[field].spoken for field in same]))
            gathered.forget(state, same, ask_again=False)

    @staticmethod
    async def _which_telephone(talk: Talk, person: Beneficiary) -> bool:
        """Which of several telephones a new one stands for is asked; of one it is clear."""
        state = talk.state
        if PHONE not in state["fields"] or "replaces" in state:
            return False
        phones = await beneficiaries.phones_of(talk.session, person.id)
        if len(phones) > 1 and not state.get("adds_phone"):
            state["phones"] = list(phones)
            return True
        state["replaces"] = phones[0] if len(phones) == 1 and not state.get("adds_phone") else ""
        return False

    async def _submit(self, talk: Talk, person: Beneficiary) -> None:
        state, protocol = talk.state, await _protocol(talk)
        replaces = str(state.get("replaces") or "")
        changes = [
            Change(field, gathered.parts_of(state, field), replaces=replaces if field == PHONE else "")
            for field in state["fields"]
        ]
        rows = await verbs.propose(
            talk.session, protocol=protocol, person=person, changes=changes, actor=talk.actor, now=talk.now
        )
        if not any(row.state == "proposed" for row in rows):  # all of it stands in the register meanwhile
            await ending.nothing_left(talk, protocol)
            return
        await verbs.submit(
            talk.session, protocol=protocol, request_key=talk.key(), actor=talk.actor, now=talk.now,
            from_elsewhere=await _from_elsewhere(talk),
        )  # fmt: skip
        deadline = numeric_date(local(protocol.due_at).date())
        said = "registration_corrected" if state.get("correction") else "registration_submitted"
        talk.say(said, number=protocol.number, deadline=deadline)
        submitted(talk)

    @staticmethod
    async def _subject(talk: Talk) -> Beneficiary:
        return await beneficiaries.get(talk.session, UUID(str(talk.state["whose"])))

    async def ask_words(self, talk: Talk) -> None:
        """The question of the present stage."""
        await ask_stage(talk)

    def describe(self, talk: Talk) -> str:
        """What changes, as far as it is known, and what the person wrote first."""
        what = "Correção do cadastro" if talk.state.get("correction") else "Atualização de cadastro"
        return "\n".join(filter(None, [what, gathered.listed(talk.state), f"Disse: {talk.state.get('said') or ''}"]))


async def _protocol(talk: Talk) -> Protocol:
    protocol = await protocol_of(talk)
    if protocol is None:
        raise RuntimeError("a registration update always has its protocol")
    return protocol


async def _from_elsewhere(talk: Talk) -> bool:
    """Whether the conversation's telephone is not one of the person's own in the register, whoever else's it is."""
    own_number_of = talk.context.get("own_number_of")
    return own_number_of is not None and str((await person_of(talk)).id) not in own_number_of


def _today(talk: Talk) -> date:
    return local(talk.now).date()

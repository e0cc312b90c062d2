"""Where a procedure's authorization stands: by its number, by a protocol, in people's words, or chosen.

[processes.md 4] Health data: told to the person alone, or to who answers for a minor. [rules 2, 10; RN 623/2024]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from actions.documents.files import stash
from actions.procedures.request import RequestProcedure
from actions.procedures.which import in_that_state, is_meant, meant_of
from actions.process import (
    Process,
    done,
    go_over,
    only_a_file,
    person_of,
    protocol_of,
    said_no,
    said_yes,
    something_waits,
    to_desk,
)
from actions.scheduling.whom import Whom
from actions.standing import MOST_TOLD, is_his, tell, tell_authorization, tell_protocol
from actions.talk import Option, Talk
from actions.whose import asked_about, those_he_may_hear_of, without_facts
from backend import beneficiaries
from backend.beneficiaries import Beneficiary, may_act_for
from backend.identifiers import ProtocolNumber, plain
from backend.procedures import verbs
from backend.procedures.states import number_in
from backend.procedures.status import Status, status_of
from backend.procedures.tables import Authorization, Procedure
from backend.procedures.words import understand
from backend.protocols import verbs as protocols
from backend.settings import settings
from backend.store.clock import local
from backend.words import means_no, means_yes

MOST_OFFERED = 8
DESK, SEND, REVIEW, OTHER, END, NONE = "desk", "send", "review", "other", "end", "none"
_WRONG_LENGTH = re.compile(r"\b(?:guia|autorizacao|senha|numero)\D{0,12}(\d{4,})")
_REVIEW = re.compile(
    r"\b(?:ouvidoria|ouvidor|recorr\w*|recurso|reanalis\w*|nova analise|de novo|rever|revis\w+|contest\w*|discord\w*)\b"
)
_OTHERS = re.compile(r"\b(?:outr[oa]s?|todos|todas|meus pedidos|minhas guias|lista)\b")
_ENDS = re.compile(r"^(?:(?:era |e )?so isso|obrigad\w*|brigad\w*|valeu|ok|ta bom|beleza|entendi|certo)\b")


class ProcedureStatus(Process):
    """'Minha cirurgia já foi liberada?'"""

    own: ClassVar[frozenset[str]] = frozenset({"procedure_status"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {
            "request_procedure", "protocol_status", "plan_information", "send_document", "dispute_charge", "complain",
            "schedule_appointment", "list_appointments", "reschedule_appointment", "find_provider", "thank",
        }
    )  # fmt: skip

    async def begin(self, talk: Talk) -> None:
        """Takes the number, the protocol, the person or the words of the first message."""
        await self._look(talk, str(talk.state.get("said") or ""))

    def reads(self, talk: Talk) -> bool:
        """A number, a yes or no, or one of what was offered; after an answer also thanks and the wish to object."""
        if talk.chosen or only_a_file(talk) or numbers_in(talk.text):
            return True
        if meant_of(talk.text, talk.state.get("offered") or []):
            return True
        if _OTHERS.search(plain(talk.text)) and talk.intent == "reschedule_appointment":
            return True  # 'outro' is no appointment's
        if talk.state.get("stage") != "told":
            return False
        if talk.intent == "complain":
            return _objects(talk)
        return bool(means_yes(talk.text) or means_no(talk.text) or _ends(talk) or _objects(talk) or _sends(talk))

    async def take(self, talk: Talk) -> bool:
        """A choice, a number, words; or what is to follow from what was told."""
        if talk.chosen:
            return await self._chosen(talk)
        if talk.state.get("stage") == "told":
            return await self._after_telling(talk)
        if only_a_file(talk):
            talk.say("file_kept_here")
            return True
        return await self._which(talk)

    async def _chosen(self, talk: Talk) -> bool:
        if "item" in talk.chosen:
            authorization = await verbs.get(talk.session, UUID(str(talk.chosen["item"])))
            person, owner = await person_of(talk), await beneficiaries.get(talk.session, authorization.beneficiary_id)
            if not may_act_for(person, owner, local(talk.now).date()):
                return False  # offered to somebody else of the same telephone
            await self._tell(talk, [authorization], person)
            return True
        if "person" in talk.chosen:
            subject = await beneficiaries.get(talk.session, UUID(str(talk.chosen["person"])))
            await self._about(talk, subject, str(talk.state.get("said") or ""))
            return True
        steps = {
            DESK: self._desk, SEND: self._send, REVIEW: self._review, OTHER: self._others, END: self._end,
            NONE: self._unknown,
        }  # fmt: skip
        step = steps.get(str(talk.chosen.get("answer")))
        return await step(talk) if step else False

    async def _which(self, talk: Talk) -> bool:
        if talk.state.get("stage") == "adult" and (means_no(talk.text) or said_no(talk)):
            return await self._end(talk)
        if numbers_in(talk.text):
            await self._look(talk, talk.text)
            return True
        meant = meant_of(talk.text, talk.state.get("offered") or [])
        if len(meant) == 1:
            await self._tell(talk, [await verbs.get(talk.session, UUID(meant[0]))], await person_of(talk))
            return True
        if await asked_about(talk, await person_of(talk), plain(talk.text)):
            await self._look(talk, talk.text)
            return True
        if means_no(talk.text) or said_no(talk):
            return await self._unknown(talk)
        return False

    async def _after_telling(self, talk: Talk) -> bool:
        """A document for what is missing, an objection to a denial, an attendant for what is late; or the end."""
        wish, why = _wish_after_telling(talk), talk.state.get("why")
        if wish in {"file", "yes"} and why == "document":
            return await self._send(talk)
        if wish == "file":
            talk.say("file_kept_here")
        elif wish == "yes":
            return await (self._review(talk) if why == "denied" else self._desk(talk))
        else:
            steps = {OTHER: self._others, END: self._end}
            return await steps.get(wish, self._which)(talk)
        return True

    # -- how it ends

    async def _desk(self, talk: Talk) -> bool:
        to_desk(talk, reason=f"authorization_{talk.state.get('why') or 'unknown'}")
        return True

    @staticmethod
    async def _send(talk: Talk) -> bool:
        """The missing document lies under the request's own protocol: this one is answered and makes way for it."""
        own = await protocol_of(talk)
        if own is not None:
            await protocols.close_protocol(
                talk.session, protocol=own, actor=talk.actor, now=talk.now, text="Atendido pela assistente."
            )
        said, told, begun = "" if talk.chosen else talk.text, talk.state["told"], talk.state.get("begun")
        talk.remember(pending_request="request_procedure", pending_protocol=None)
        talk.state.clear()
        talk.state.update(said=said, intent="request_procedure", authorization=told, begun=begun)
        stash(talk)
        await RequestProcedure().begin(talk)
        return True

    async def _review(self, talk: Talk) -> bool:
        """RN 623: the ombudsman looks again at what was denied, under this protocol."""
        talk.state["desk_team"] = "ombudsman"
        to_desk(talk, reason="review_of_denial")
        return True

    async def _unknown(self, talk: Talk) -> bool:
        to_desk(talk, reason="authorization_unknown")
        return True

    async def _end(self, talk: Talk) -> bool:
        talk.say("authorization_end")
        done(talk)
        return True

    async def _others(self, talk: Talk) -> bool:
        person = await person_of(talk)
        await self._offer(talk, await self._all_of(talk, await those_he_may_hear_of(talk, person)))
        return True

    # -- finding it

    async def _look(self, talk: Talk, text: str) -> None:
        person = await person_of(talk)
        said = without_facts(text, person)
        protocol = ProtocolNumber.find(said)
        if protocol is not None:
            await self._by_protocol(talk, protocol, person)
        elif number := authorization_number(said):
            await self._by_number(talk, number, person)
        elif wrong := _WRONG_LENGTH.search(said):
            if not await self._by_code(talk, wrong.group(1), person, said):
                talk.say("authorization_wrong_number", number=wrong.group(1))
                await self._others(talk)
        else:
            whom = await asked_about(talk, person, said)
            await self._by_words(talk, person, whom, said)

    async def _by_protocol(self, talk: Talk, number: ProtocolNumber, person: Beneficiary) -> None:
        found = await protocols.by_number(talk.session, number)
        if found is None or not await is_his(talk, found, person):
            talk.say("protocol_not_yours", number=str(number))
            await self._others(talk)
            return
        requested = await verbs.of_protocol(talk.session, found.id)
        if requested:
            await self._tell(talk, requested, person)
        else:
            await tell_protocol(talk, found)
            done(talk)

    async def _by_number(self, talk: Talk, number: str, person: Beneficiary) -> None:
        """Somebody else's number is answered as one that does not exist."""
        found = await verbs.by_number(talk.session, number)
        if found is not None:
            owner = await beneficiaries.get(talk.session, found.beneficiary_id)
            if may_act_for(person, owner, local(talk.now).date()):
                await self._tell(talk, [found], person)
                return
        talk.say("authorization_not_yours", number=number)
        await self._others(talk)

    async def _by_code(self, talk: Talk, code: str, person: Beneficiary, said: str) -> bool:
        """'Autorização 30715016': a procedure's code; what was asked for under it, else it is asked for now."""
        if await talk.session.get(Procedure, code) is None:
            return False
        mine = [one for one in await self._all_of(talk, [person]) if one.procedure_code == code]
        if mine:
            await self._offer(talk, mine)
        else:
            go_over(talk, "request_procedure", said)
        return True

    async def _by_words(self, talk: Talk, person: Beneficiary, whom: Whom | None, said: str) -> None:
        if whom is not None and whom.person is not None:
            await self._about(talk, whom.person, said)
        elif whom is not None:
            talk.state["stage"] = "whom"
            talk.state["whom"] = [[str(one.id), one.first_name] for one in whom.candidates]
        else:
            subjects = await those_he_may_hear_of(talk, person)
            own = await self._meant(talk, subjects[:1], said)
            await self._offer(talk, own or await self._meant(talk, subjects[1:], said))

    async def _about(self, talk: Talk, subject: Beneficiary, said: str) -> None:
        """Of somebody else: a minor's is told, an adult's is his own. [rule 10]"""
        if not may_act_for(await person_of(talk), subject, local(talk.now).date()):
            talk.state.update(stage="adult", adult=subject.first_name, offered=[])
            return
        await self._offer(talk, await self._meant(talk, [subject], said))

    async def _meant(self, talk: Talk, subjects: Sequence[Beneficiary], said: str) -> list[Authorization]:
        """What the words mean; all of it where they name nothing, and that is said where they name something else."""
        found = [one for subject in subjects for one in await verbs.find_mine(talk.session, subject.id, said)]
        terms = {one.id: await status_of(talk.session, one, now=talk.now) for one in found}
        meant = [one for one in found if is_meant(said, terms[one.id].procedure, terms[one.id].code)]
        wanted = understand(said)
        if found and not meant and (wanted.likely or wanted.code):
            talk.say("authorization_not_that")
            talk.state["not_that"] = True
        return in_that_state(said, meant or found)

    async def _all_of(self, talk: Talk, subjects: Sequence[Beneficiary]) -> list[Authorization]:
        return [
            one for subject in subjects
            for one in await verbs.of_person(talk.session, subject.id, limit=MOST_OFFERED)
        ]  # fmt: skip

    async def _offer(self, talk: Talk, found: Sequence[Authorization]) -> None:
        """One is told, several are to choose from, none ends it with what can be done."""
        person = await person_of(talk)
        if not found:
            talk.say("authorization_none")
            await self._tell_other_requests(talk, person)
            done(talk)
        elif len(found) == 1 and not talk.state.pop("not_that", None):
            await self._tell(talk, found, person)
        else:
            talk.state["offered"] = [await self._offered(talk, one, person) for one in found[:MOST_OFFERED]]
            talk.state["stage"] = "which"

    @staticmethod
    async def _tell_other_requests(talk: Talk, person: Beneficiary) -> None:
        """'Meu pedido foi aprovado?' of who asked for no procedure: where his other open requests stand."""
        mine = await protocols.of_beneficiary(talk.session, person.id)
        others = [one for one in mine if one.state != "closed" and one.kind != "procedure_status"]
        if others:
            await tell(talk, others[:MOST_TOLD], person)

    async def _offered(self, talk: Talk, authorization: Authorization, person: Beneficiary) -> dict[str, str]:
        status = await status_of(talk.session, authorization, now=talk.now)
        owner = await beneficiaries.get(talk.session, authorization.beneficiary_id)
        whose = "" if owner.id == person.id else f", de {owner.first_name}"
        title = f"{status.procedure}{whose}: {status.title}"
        return {"id": str(authorization.id), "title": title, "term": status.procedure, "code": status.code}

    # -- telling it

    async def _tell(self, talk: Talk, found: Sequence[Authorization], person: Beneficiary) -> None:
        """Told; where something is left to do, that is asked, else the request is answered."""
        told = [await tell_authorization(talk, one, person) for one in found[:MOST_TOLD]]
        why = _left_to_do(told[0]) if len(told) == 1 else ""
        talk.state["gathered"] = "\n".join(_for_the_desk(status) for status in told)
        if why:
            talk.state.update(stage="told", why=why, told=str(found[0].id))
            return
        if not something_waits(talk):
            talk.say("authorization_more")
        done(talk)

    def describe(self, talk: Talk) -> str:
        """Which authorization it is about, where that is known, and the first words."""
        return "\n".join(filter(None, [talk.state.get("gathered"), f"Disse: {talk.state.get('said') or ''}"]))

    # -- questions

    async def ask(self, talk: Talk) -> None:
        """The question of the present stage."""
        stage = talk.state.get("stage")
        if stage == "told":
            self._ask_what_next(talk)
        elif stage == "whom":
            people: list[Option] = [(name, {"person": other}) for other, name in talk.state.get("whom") or ()]
            mine: Option = ("Meus pedidos", {"answer": OTHER})
            talk.say("authorization_whom" if people else "authorization_nobody", options=[*people, mine])
        elif stage == "adult":
            options: list[Option] = [("Meus pedidos", {"answer": OTHER}), ("Falar com atendente", {"answer": DESK})]
            talk.say("authorization_adult", name=talk.state.get("adult"), options=options)
        else:
            offered: list[Option] = [(one["title"], {"item": one["id"]}) for one in talk.state.get("offered") or ()]
            talk.say("authorization_which", options=[*offered, ("Nenhum desses", {"answer": NONE})])

    @staticmethod
    def _ask_what_next(talk: Talk) -> None:
        yes = {
            "document": ("Enviar o documento", {"answer": SEND}),
            "late": ("Falar com atendente", {"answer": DESK}),
            "denied": ("Pedir nova análise", {"answer": REVIEW}),
        }[str(talk.state["why"])]
        rest: list[Option] = [("Ver outro pedido", {"answer": OTHER}), ("Não, só isso", {"answer": END})]
        days = settings().review_days
        talk.say(f"authorization_next_{talk.state['why']}", review_days=days, options=[yes, *rest])


def authorization_number(text: str) -> str:
    """An authorization's number (twelve digits), together or broken by blanks and dots; empty without. Pure."""
    return number_in(text) or ""


def numbers_in(text: str) -> bool:
    """Whether a text has a protocol's or an authorization's number. Pure."""
    return bool(ProtocolNumber.find(text) or authorization_number(text))


def _left_to_do(status: Status) -> str:
    """Why an authorization asks for more than being told: 'document', 'late', 'denied', or nothing. Pure."""
    if status.state == "waiting_document":
        return "document"
    if status.is_late:
        return "late"
    return "denied" if status.state == "denied" else ""


def _for_the_desk(status: Status) -> str:
    missing = f" Falta: {status.missing}." if status.missing else ""
    late = " O prazo já passou." if status.is_late else ""
    return f"Guia {status.number}: {status.procedure}, {status.title}.{missing}{late}"


def _wish_after_telling(talk: Talk) -> str:
    """'file', 'yes', 'other' or 'end'; empty where the message is about an authorization, or not understood. Pure."""
    if numbers_in(talk.text):
        return ""
    if talk.context.get("attachments") or (_sends(talk) and talk.state.get("why") == "document"):
        return "file"
    if said_yes(talk) or means_yes(talk.text) or _objects(talk):
        return "yes"
    if _OTHERS.search(plain(talk.text)):
        return OTHER
    return END if said_no(talk) or means_no(talk.text) or _ends(talk) else ""


def _objects(talk: Talk) -> bool:
    return talk.state.get("why") == "denied" and bool(_REVIEW.search(plain(talk.text)))


def _sends(talk: Talk) -> bool:
    """A file, or the wish to send one."""
    return bool(talk.context.get("attachments")) or bool(re.search(r"\b(?:envi|mand|anex)\w*\b", plain(talk.text)))


def _ends(talk: Talk) -> bool:
    return talk.intent == "thank" or bool(_ENDS.match(plain(talk.text)))

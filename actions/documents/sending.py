"""A file that comes without a word of what for: the request that waits for it is found, or asked about. [rule 4]"""

from __future__ import annotations

from typing import Any, ClassVar

from actions.documents.files import files_of, given, stash
from actions.needs import title_of as need_title
from actions.process import Process, done, open_for, person_of, to_desk
from actions.talk import Option, Talk
from actions.whose import those_he_may_hear_of
from backend.documents import verbs as documents
from backend.documents.checklist import kinds_in
from backend.identifiers import plain
from backend.procedures import verbs as authorizations
from backend.protocols import verbs as protocols
from backend.protocols.unfinished import waiting_for_papers
from backend.words import means_no

DESK = "desk"
# What papers are mostly sent for, and those that say by themselves what they are for.
NEEDS = ("update_registration", "request_procedure", "dispute_charge", "coming_of_age", "change_holder")
NEED_OF_PAPER = {
    "medical_request": "request_procedure", "enrolment_proof": "coming_of_age", "attendance_proof": "coming_of_age",
    "death_certificate": "change_holder", "address_proof": "update_registration",
}  # fmt: skip
MOST_OFFERED = 6


class SendDocument(Process):
    """'Segue o documento': `state` holds the files and what may wait for them. Its protocol is the waiting one's."""

    own: ClassVar[frozenset[str]] = frozenset({"send_document"})
    neighbours: ClassVar[frozenset[str]] = frozenset({"thank", "greet", "talk_to_attendant"})
    gathers: ClassVar[bool] = True
    opens_at_once: ClassVar[bool] = False

    async def begin(self, talk: Talk) -> None:
        """One request waits: on with it. Several: which? None: what for, unless the paper says it."""
        waiting = await self._waiting(talk)
        if len(waiting) == 1:
            self._go_to(talk, waiting[0])
        elif waiting:
            talk.state["waiting"] = waiting[:MOST_OFFERED]
        elif need := self._need_of_papers(talk):
            self._open(talk, need)

    def reads(self, talk: Talk) -> bool:
        """A choice, or another file."""
        return bool(talk.chosen or files_of(talk) or means_no(talk.text))

    async def take(self, talk: Talk) -> bool:
        """Which request it is for; more files are kept with the first."""
        stash(talk)
        if "item" in talk.chosen:
            chosen = [one for one in talk.state.get("waiting") or () if one["protocol"] == talk.chosen["item"]]
            if chosen:
                self._go_to(talk, chosen[0])
            return bool(chosen)
        if "subject" in talk.chosen:
            self._open(talk, str(talk.chosen["subject"]))
        elif talk.chosen.get("answer") == DESK or (talk.text.strip() and not talk.chosen):
            await self._to_desk(talk)
        else:
            return bool(files_of(talk))
        return True

    async def ask(self, talk: Talk) -> None:
        """Which of what waits, or what for."""
        other: Option = ("Outro assunto", {"answer": DESK})
        if talk.state.get("waiting"):
            options: list[Option] = [(one["title"], {"item": one["protocol"]}) for one in talk.state["waiting"]]
            talk.say("document_for_which", options=[*options, other])
            return
        options = [(need_title(need), {"subject": need}) for need in NEEDS]
        question = "document_for_what" if talk.state.get("files") else "document_for_what_yet"
        talk.say(question, options=[*options, other])

    def describe(self, talk: Talk) -> str:
        """How many files, and the first words."""
        count = len(talk.state.get("files") or ())
        return f"Enviou {count} {'arquivo' if count == 1 else 'arquivos'}. Disse: {talk.state.get('said') or ''}"

    async def _waiting(self, talk: Talk) -> list[dict[str, Any]]:
        """The person's requests that wait for papers, and the authorizations for a document that is missing."""
        person = await person_of(talk)
        found: list[dict[str, Any]] = [
            {"protocol": str(one.id), "title": f"{protocols.kind_of(one).title} · {one.number[-6:]}"}
            for one in await waiting_for_papers(talk.session, person.id)
        ]
        for subject in await those_he_may_hear_of(talk, person):
            for one in await authorizations.of_person(talk.session, subject.id):
                if one.state == "waiting_document" and one.protocol_id is not None:
                    title = f"{need_title('request_procedure')} · guia {one.number[-4:]}"
                    known = {"authorization": str(one.id)}
                    found.append({"protocol": str(one.protocol_id), "title": title, "known": known})
        return found

    @staticmethod
    def _need_of_papers(talk: Talk) -> str:
        """The need that the papers name by themselves, where it is one alone."""
        files = talk.state.get("files") or []
        said = [str(talk.state.get("said") or ""), *(file["name"] for file in files)]
        kinds = {kind for text in said for kind in kinds_in(plain(text))} | {k for file in files for k in file["guess"]}
        needs = {NEED_OF_PAPER[kind] for kind in kinds if kind in NEED_OF_PAPER}
        return needs.pop() if len(needs) == 1 and files else ""

    @staticmethod
    def _go_to(talk: Talk, one: dict[str, Any]) -> None:
        talk.state["then"] = {
            "protocol": one["protocol"], "files": talk.state.get("files"), "known": one.get("known") or {}
        }  # fmt: skip
        done(talk)

    @staticmethod
    def _open(talk: Talk, need: str) -> None:
        files, said = talk.state.get("files"), str(talk.state.get("said") or "")
        talk.state["then"] = {"intent": need, "said": said, "files": files}
        done(talk)

    @staticmethod
    async def _to_desk(talk: Talk) -> None:
        """Neither of those: the files lie under a protocol of their own, and a person sees what they are for."""
        protocol = await open_for(talk, "send_document")
        for file in talk.state.get("files") or ():
            if not file["problem"]:
                await documents.receive(
                    talk.session, protocol=protocol, given=given(file), kind="other", actor=talk.actor, now=talk.now
                )
        talk.remember(pending_protocol=str(protocol.id))
        talk.state["protocol"] = str(protocol.id)
        talk.say("document_to_desk", number=protocol.number)
        to_desk(talk, reason="document")

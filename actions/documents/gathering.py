"""A process that asks for papers: the frame of every one of them. [processes.md 2, 3, 4, 7, 8]

Files come before or after the words, several in a row, in any order; each is named and confirmed. What was gathered
outlives the conversation (`actions/documents/unfinished.py`).
"""

from __future__ import annotations

import re
from typing import ClassVar

from actions.documents.files import FileSeen, files_of, given, stash
from actions.documents.naming import OTHER, corrects_name, kind_of, name_said, title
from actions.process import Process, ended, later, protocol_of, submitted, to_desk
from actions.talk import Option, Talk
from backend.documents import checklist
from backend.documents import verbs as documents
from backend.documents.tables import Document
from backend.identifiers import plain
from backend.protocols.machines import CORRECTION, GATHERING, MACHINES
from backend.protocols.tables import Protocol

PAPERS = "papers"
LATER, DESK = "later", "desk"
MOST_PAPERS = 40  # under one protocol
_LATER = re.compile(
    r"\b(?:mando|envio|mandar|enviar|trago|trazer|faco|vejo|procurar|pego|busco) (?:\w+ ){0,3}"
    r"(?:depois|mais tarde|amanha|outra hora|outro dia|semana que vem)"
    r"|\b(?:depois|mais tarde|amanha|outro dia) (?:eu )?(?:\w+ )?(?:mando|envio|trago|vejo|faco)"
    r"|\bnao (?:tenho|to com|estou com) (?:\w+ ){0,4}(?:agora|aqui|comigo|em maos|no momento|hoje)|\bagora nao\b"
)


class Gathering(Process):
    """What every process that asks for papers shares; `wanted`, `prepare`, `answer`, `advance`, `ask_words` are its
    own. `state` holds stage, and the files that are not under the protocol yet."""

    lasts: ClassVar[bool] = True
    gathers: ClassVar[bool] = True
    own: ClassVar[frozenset[str]] = frozenset({"send_document"})

    # -- what each process says

    def wanted(self, talk: Talk) -> list[str]:
        """The checklist of this case, as codes of `checklist.ITEMS`. Pure."""
        raise NotImplementedError

    async def prepare(self, talk: Talk) -> None:
        """The first words are read, or what was refused where the desk asks for a correction; may end the request."""
        raise NotImplementedError

    async def answer(self, talk: Talk) -> bool:
        """Words to the present question; False where nothing in them was understood."""
        raise NotImplementedError

    async def advance(self, talk: Talk) -> None:
        """After anything was taken: the next stage (PAPERS where papers are asked for now), or the end."""
        raise NotImplementedError

    async def ask_words(self, talk: Talk) -> None:
        """The present question, where the stage is not PAPERS."""
        raise NotImplementedError

    def answered(self, talk: Talk) -> bool:  # noqa: ARG002 (a process may read no words)
        """Whether the text holds an answer to the present question. Pure."""
        return False

    # -- the frame

    async def begin(self, talk: Talk) -> None:
        """The first words, then the files that came with them or since; unless the desk has it by now."""
        if await self._moved_on(talk):
            return
        await self.prepare(talk)
        if not ended(talk):
            await self._take_files(talk, caption=str(talk.state.get("said") or ""))
            await self.advance(talk)

    async def come_back(self, talk: Talk) -> None:
        """Days later, or with files that were sent first: on from where it stood, unless the desk has it meanwhile."""
        if not await self._moved_on(talk) and await self._take_files(talk, caption=talk.text):
            await self.advance(talk)

    @staticmethod
    async def _moved_on(talk: Talk) -> bool:
        """Whether the request is the desk's by now, which is said: it ends here."""
        protocol = await protocol_of(talk)
        if protocol is None or protocol.kind not in MACHINES:  # an authorization has a life of its own
            return False
        if protocol.state != "closed" and protocol.stage in {"", GATHERING, CORRECTION}:
            return False
        talk.say("papers_closed" if protocol.state == "closed" else "papers_moved_on", number=protocol.number)
        submitted(talk)
        return True

    def reads(self, talk: Talk) -> bool:
        """A choice, a file, the name of one, 'mando depois', or an answer to the question."""
        if talk.chosen or files_of(talk) or self.answered(talk):
            return True
        return self._asks_papers(talk) and bool(_LATER.search(plain(talk.text)) or self._names(talk))

    async def take(self, talk: Talk) -> bool:
        """Files and their names first, then words; a turn that runs again finds that the desk has it by now."""
        if await self._moved_on(talk):
            return True
        stash(talk)
        took = await self._take_files(talk, caption=talk.text) or await self._take_about_papers(talk)
        if took and not files_of(talk):
            if not ended(talk):
                await self.advance(talk)
            return True
        understood = (not took or self.answered(talk)) and await self.answer(talk)
        if (took or understood) and not ended(talk):
            await self.advance(talk)
        return took or understood

    async def ask(self, talk: Talk) -> None:
        """What a file is, where one has no name yet; else what is missing, or the process's own question."""
        unnamed = await self._unnamed(talk)
        if unnamed:
            await self._ask_name(talk, unnamed)
        elif talk.state.get("stage") == PAPERS:
            await self._ask_papers(talk)
        else:
            await self.ask_words(talk)

    async def missing_papers(self, talk: Talk) -> list[str]:
        """What of the checklist was not given yet, or was refused and not sent again."""
        protocol = await protocol_of(talk)
        wanted = self.wanted(talk)
        return await documents.still_missing(talk.session, protocol.id, wanted) if protocol else wanted

    async def all_named(self, talk: Talk) -> bool:
        """Whether of every file it is known what it is: only then a request leaves for the desk."""
        return not await self._unnamed(talk)

    # -- files

    async def _take_files(self, talk: Talk, *, caption: str) -> bool:
        """Lays the files under the protocol and says what was received; True where there were any."""
        waiting: list[FileSeen] = talk.state.pop("files", None) or []
        protocol = await protocol_of(talk)
        if not waiting or protocol is None:
            return False
        received: list[str] = []
        for file in waiting:
            if file["problem"]:
                talk.say(f"document_problem_{file['problem']}")
            elif len(await documents.of_protocol(talk.session, protocol.id)) >= MOST_PAPERS:
                talk.say("papers_too_many", number=protocol.number)
            else:
                written = caption if len(waiting) == 1 else ""
                received.append(await self._receive(talk, protocol, file, str(file.get("caption") or written)))
        named = list(dict.fromkeys(kind for kind in received if kind))
        if named:
            talk.say("papers_received", papers=checklist.spoken(named))
            talk.state["last_paper"] = named[-1]
        return True

    async def _receive(self, talk: Talk, protocol: Protocol, file: FileSeen, caption: str) -> str:
        missing = await self.missing_papers(talk)
        kind = kind_of(file, caption, self.wanted(talk), missing)
        document = await documents.receive(
            talk.session, protocol=protocol, given=given(file), kind=kind, actor=talk.actor, now=talk.now
        )
        return document.kind  # of a turn that runs again: as it was named first

    async def _unnamed(self, talk: Talk) -> list[Document]:
        protocol = await protocol_of(talk)
        given_now = await documents.of_protocol(talk.session, protocol.id) if protocol else []
        return [paper for paper in given_now if not paper.kind and paper.state == "received"]

    # -- words about papers

    def _asks_papers(self, talk: Talk) -> bool:
        return talk.state.get("stage") == PAPERS or bool(talk.state.get("naming"))

    def _names(self, talk: Talk) -> bool:
        named = name_said(talk.text, self.wanted(talk))
        # 'não, é outro médico' is about no paper: only the name of one corrects what the last file was taken for
        corrects = bool(talk.state.get("last_paper")) and named != OTHER and corrects_name(talk.text)
        return bool(named) and (bool(talk.state.get("naming")) or corrects)

    async def _take_about_papers(self, talk: Talk) -> bool:
        """The name of a file, 'mando depois', or a person; False where the message is about something else."""
        answer = talk.chosen.get("answer")
        if answer == DESK:
            to_desk(talk, reason="asked")
        elif answer == LATER or (self._asks_papers(talk) and not talk.chosen and _LATER.search(plain(talk.text))):
            await self._rest(talk)
        elif talk.chosen.get("paper"):
            return await self._name(talk, str(talk.chosen["paper"]))
        elif not talk.chosen and not files_of(talk) and self._names(talk):
            return await self._name(talk, name_said(talk.text, self.wanted(talk)))
        else:
            return False
        return True

    async def _rest(self, talk: Talk) -> None:
        protocol = await protocol_of(talk)
        talk.say("papers_later", number=protocol.number if protocol else "")
        later(talk)

    async def _name(self, talk: Talk, kind: str) -> bool:
        """Names the file that was asked about, or the last one anew."""
        protocol, naming = await protocol_of(talk), talk.state.pop("naming", None)
        if protocol is None:
            return False
        given_now = await documents.of_protocol(talk.session, protocol.id)
        meant = [paper for paper in given_now if str(paper.id) == naming] or list(given_now[-1:])
        if not meant:
            return False
        await documents.name(talk.session, document=meant[0], kind=kind, actor=talk.actor, now=talk.now)
        talk.say("papers_received", papers=checklist.spoken([kind]))
        talk.state["last_paper"] = kind
        return True

    # -- questions

    async def _ask_name(self, talk: Talk, unnamed: list[Document]) -> None:
        paper = unnamed[0]
        talk.state["naming"] = str(paper.id)
        wanted = self.wanted(talk)
        missing = await self.missing_papers(talk)
        kinds = [*missing, *(kind for kind in wanted if kind not in missing)]
        options: list[Option] = [(title(kind), {"paper": kind}) for kind in kinds[:8]]
        which = "several" if len(unnamed) > 1 else "one"
        talk.say(
            f"papers_which_{which}", count=len(unnamed), name=_called(paper),
            options=[*options, (title(OTHER), {"paper": OTHER})],
        )  # fmt: skip

    async def _ask_papers(self, talk: Talk) -> None:
        talk.state.pop("naming", None)
        missing = await self.missing_papers(talk)
        options: list[Option] = [("Mando depois", {"answer": LATER}), ("Falar com atendente", {"answer": DESK})]
        if len(missing) == 1:
            talk.say("papers_missing_one", papers=checklist.spoken(missing), options=options)
        else:
            listed = "\n".join(f"• {title(kind)}" for kind in missing)
            talk.say("papers_missing", papers=listed, options=options)


def _called(paper: Document) -> str:
    return f" *{paper.name}*" if paper.name else ""

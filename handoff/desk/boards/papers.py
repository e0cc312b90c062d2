"""Documents under an attendant's hand: said what they are, accepted, refused, added from the counter. [rules 8, 9]"""

from __future__ import annotations

from uuid import UUID

from backend.documents import checklist
from backend.documents import verbs as documents
from backend.documents.inspection import Inspected
from backend.documents.tables import Document
from backend.errors import InvalidInput, NotFound
from backend.store.files import File
from handoff import texts
from handoff.desk.boards.work import Work, unchanged, written


async def document_of(work: Work, document_id: UUID) -> Document:
    """The document, locked; NotFound where it lies under another protocol."""
    document = await documents.get(work.session, document_id)
    if document.protocol_id != work.protocol.id:
        raise NotFound("Este documento não é deste protocolo.", detail="document of another protocol")
    await work.session.refresh(document, with_for_update=True)
    return document


async def name(work: Work, *, document_id: UUID, kind: str, known: str) -> str:
    """Says what a document is; Taken where it was decided since the form knew it (`known`, its state)."""
    document = await document_of(work, document_id)
    if not work.repeated:
        unchanged(document.state, known)
        work.note("console.name_document", document=str(document_id), kind=kind)
        await documents.name(work.session, document=document, kind=kind, actor=work.actor, now=work.now)
    return f"Documento anotado: {checklist.title_of(kind)}."


async def decide(work: Work, *, document_id: UUID, accepted: bool, reason: str, known: str) -> str:
    """Accepts or refuses a document; Taken where somebody decided since, InvalidInput without a reason to refuse."""
    document = await document_of(work, document_id)
    if not work.repeated:
        unchanged(document.state, known)
        if accepted and not document.kind:
            raise InvalidInput("Diga antes o que é este documento.", detail="accepted without a name")
        why = "" if accepted else written(reason, "Escreva o que há de errado com o documento.")
        work.note("console.decide_document", document=str(document_id), accepted=accepted)
        await documents.decide(
            work.session, document=document, accepted=accepted, reason=why, actor=work.actor, now=work.now
        )
    title = checklist.title_of(document.kind)
    return f"{title[:1].upper()}{title[1:]}: {'aceito' if accepted else 'recusado'}."


async def add(work: Work, *, file: File, inspected: Inspected, kind: str) -> str:
    """A document that came to the counter or by e-mail. InvalidInput with the inspection's sentence for a bad one."""
    check(inspected)
    if work.protocol.state == "closed":
        raise InvalidInput("Este protocolo já foi concluído.", detail="protocol is closed")
    if not work.repeated:
        work.note("console.add_document", kind=kind)
        given = documents.Given(file, work.key, inspected.pages, inspected.previews, inspected.thumbnail)
        await documents.receive(
            work.session, protocol=work.protocol, given=given, kind=kind, actor=work.actor, now=work.now
        )
    return "Documento anexado."


def check(inspected: Inspected) -> None:
    """Lets a good file pass; InvalidInput with the sentence for its problem otherwise."""
    if inspected.problem:
        sentence = texts.spoken(f"document_problem_{inspected.problem}")
        raise InvalidInput(sentence, detail=f"document problem {inspected.problem}")

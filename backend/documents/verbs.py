"""Taking a file under a protocol, saying what it is, accepting or refusing it. [processes.md 2, 7, 8; rules 4, 9]"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.documents.checklist import ITEMS, counts_as, missing, title_of
from backend.documents.tables import Document
from backend.errors import InvalidInput, NotAllowed, NotFound
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol
from backend.store.files import File
from backend.store.ids import new_id


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it was inspected: the stored bytes, its pages as pictures, and where it came from (`source`)."""

    file: File
    source: str
    pages: int = 1
    previews: tuple[str, ...] = ()
    thumbnail: str = ""


async def receive(
    session: AsyncSession, *, protocol: Protocol, given: Given, kind: str = "", actor: Actor, now: datetime
) -> Document:
    """Keeps a file under a protocol, once for its source; `kind` where it is known what it is."""
    statement = insert(Document).values(
        id=new_id(), protocol_id=protocol.id, kind=_known(kind), sha256=given.file.sha256, name=given.file.name,
        content_type=given.file.content_type, size=given.file.size, pages=given.pages, previews=list(given.previews),
        thumbnail=given.thumbnail, received_at=now, given_by_kind=actor.kind, given_by_id=actor.id, source=given.source,
    )  # fmt: skip
    created = await session.scalar(
        statement.on_conflict_do_nothing(index_elements=["protocol_id", "source"]).returning(Document.id)
    )
    query = select(Document).where(Document.protocol_id == protocol.id, Document.source == given.source)
    document = await session.scalar(query)
    if document is None:
        raise NotFound(detail="document vanished between insert and read")
    if created is not None:
        audit.record(session, "documents.receive", ("document", document.id), actor=actor, now=now, kind=kind)
        if kind:
            await _noted(session, document, actor, now)
    return document


async def name(session: AsyncSession, *, document: Document, kind: str, actor: Actor, now: datetime) -> None:
    """Says what a file is; InvalidInput for a kind that does not exist. A decided one keeps its name."""
    if document.state != "received" or document.kind == kind:
        return
    document.kind = _known(kind)
    audit.record(session, "documents.name", ("document", document.id), actor=actor, now=now, kind=kind)
    await _noted(session, document, actor, now)


async def decide(
    session: AsyncSession, *, document: Document, accepted: bool, reason: str = "", actor: Actor, now: datetime
) -> None:
    """Accepts or refuses a file. A refusal has its reason, in words for who sent it, and a person's name. [rule 9]

    NotAllowed where a program would refuse, InvalidInput without a reason.
    """
    if not accepted and actor.kind != "attendant":
        raise NotAllowed("Um documento só é recusado por uma pessoa.", detail="refused by a program")
    if not accepted and not reason.strip():
        raise InvalidInput("Escreva o que há de errado com o documento.", detail="reason is empty")
    state = "accepted" if accepted else "refused"
    if document.state == state and document.reason == reason.strip():
        return
    document.state, document.reason = state, reason.strip()
    document.decided_at, document.decided_by = now, actor.id
    audit.record(session, f"documents.{state}", ("document", document.id), actor=actor, now=now)
    await _noted(session, document, actor, now)


async def of_protocol(session: AsyncSession, protocol_id: UUID) -> Sequence[Document]:
    """All files of a protocol, in the order in which they came."""
    query = select(Document).where(Document.protocol_id == protocol_id).order_by(Document.received_at, Document.id)
    return (await session.execute(query)).scalars().all()


async def get(session: AsyncSession, document_id: UUID) -> Document:
    """The document of this id; NotFound where there is none."""
    found = await session.get(Document, document_id)
    if found is None:
        raise NotFound("Este documento não existe.", detail="document")
    return found


async def still_missing(session: AsyncSession, protocol_id: UUID, wanted: Sequence[str]) -> list[str]:
    """What of a checklist was not given yet, or was refused and not sent again, in its order."""
    given = await of_protocol(session, protocol_id)
    return missing(wanted, [document.kind for document in given if document.state != "refused"])


async def refused(session: AsyncSession, protocol_id: UUID) -> list[Document]:
    """What was refused and not sent again, by itself or by what it stands for: RG and CPF follow a refused CNH."""
    given = await of_protocol(session, protocol_id)
    good = {code for document in given if document.state != "refused" for code in counts_as(document.kind)}

    def followed(kind: str) -> bool:
        stands_for = counts_as(kind) - {kind}
        return kind in good or bool(stands_for and stands_for <= good)

    return [document for document in given if document.state == "refused" and not followed(document.kind)]


def _known(kind: str) -> str:
    if kind and kind not in ITEMS:
        raise InvalidInput("Esse tipo de documento não existe.", detail=f"kind {kind}")
    return kind


async def _noted(session: AsyncSession, document: Document, actor: Actor, now: datetime) -> None:
    """A line of the protocol's history: what came, what was decided about it and why."""
    protocol = await protocols.get(session, document.protocol_id)
    words = title_of(document.kind) + (f": {document.reason}" if document.state == "refused" else "")
    step = f"document_{document.state}"
    await protocols.add_entry(session, protocol=protocol, step=step, text=words, actor=actor, now=now)

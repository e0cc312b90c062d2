"""An attendant's hand on one protocol, its conversation open or not: locked, fresh, once. [processes.md 9]"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.audit import AuditRow
from backend.errors import InvalidInput, Taken
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol, ProtocolEntry

LONGEST = 2000
CHANGED = (
    "Este protocolo mudou enquanto a página estava aberta. Veja o que há de novo; o que você escreveu continua aqui."
)


@dataclass(slots=True)
class Work:
    """Who acts on which protocol. Its row is locked until the transaction ends; `key` is the form's, with what it does
    in it."""

    session: AsyncSession
    protocol: Protocol
    actor: Actor
    now: datetime
    key: str
    repeated: bool = False

    def note(self, action: str, **details: object) -> None:
        """Writes that this form was carried out: ids and codes alone."""
        subject = ("protocol", self.protocol.id)
        audit.record(self.session, action, subject, actor=self.actor, now=self.now, request=self.key, **details)


async def take_up(
    session: AsyncSession, *, protocol_id: UUID, actor: Actor, now: datetime, key: str, seen: int | None = None
) -> Work:
    """The hand on a protocol, locked; `repeated` where this very form was carried out before.

    `seen` is the history's last line that the form knew: Taken where somebody wrote since. Without it the caller
    compares what the form is about by itself.
    """
    protocol = await protocols.get(session, protocol_id)
    await session.refresh(protocol, with_for_update=True)
    before = exists().where(
        AuditRow.subject_kind == "protocol", AuditRow.subject_id == str(protocol_id),
        AuditRow.details["request"].astext == key,
    )  # fmt: skip
    repeated = bool(await session.scalar(select(before)))
    if not repeated and seen is not None and seen != await newest_line(session, protocol_id):
        raise Taken(CHANGED, detail="protocol changed")
    return Work(session, protocol, actor, now, key, repeated)


async def newest_line(session: AsyncSession, protocol_id: UUID) -> int:
    """The number of the history's last line, 0 without any: what a form has seen."""
    query = select(func.max(ProtocolEntry.id)).where(ProtocolEntry.protocol_id == protocol_id)
    return await session.scalar(query) or 0


def unchanged(present: str, known: str) -> None:
    """Lets a form pass that knew the present state of what it decides; Taken otherwise. Pure."""
    if present != known:
        raise Taken("Outra pessoa já decidiu isto. Veja como ficou.", detail=f"{known} became {present}")


def written(text: str, missing: str) -> str:
    """What was typed; InvalidInput with the sentence `missing` where it is empty, or where it is too long. Pure."""
    words = text.strip()
    if not words:
        raise InvalidInput(missing, detail="empty text")
    if len(words) > LONGEST:
        raise InvalidInput(f"O texto passa de {LONGEST} caracteres.", detail="long text")
    return words


def short(text: str, most: int = LONGEST) -> str:
    """What was typed where nothing has to be; InvalidInput where it is too long. Pure."""
    words = text.strip()
    if len(words) > most:
        raise InvalidInput(f"O texto passa de {most} caracteres.", detail="long text")
    return words

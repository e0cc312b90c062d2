"""A case's evidence: one chain of links, each with the SHA-256 of all that came before it. [RN 593, processes.md 6]

What was sent, with the provider's ids, what became of it, the answer as typed, its time, the number and the register
entry that matched: each is a link. A link that is changed, left out or added between others breaks the chain, and one
that is cut off at its end is missed by the case and the audit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.delinquency.tables import DelinquencyCase, EvidenceLink


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a chain is whole. `broken_at` is the ordinal of the first link that does not fit, None where all do."""

    intact: bool
    length: int
    broken_at: int | None = None


async def add(
    session: AsyncSession,
    *,
    case: DelinquencyCase,
    kind: str,
    content: Mapping[str, object],
    at: datetime,
    link_key: str,
    actor: Actor,
    now: datetime,
) -> EvidenceLink:
    """Adds a link to the case's chain, once for a `link_key`, under the case's lock; `content` is plain JSON.

    `at` is when it happened, `now` when it was written down.
    """
    await session.refresh(case, with_for_update=True)
    known = await session.scalar(select(EvidenceLink).where(EvidenceLink.link_key == link_key))
    if known is not None:
        return known
    ordinal, previous = case.evidence_length + 1, case.evidence_head
    written = json.loads(canonical(content))  # as the database gives it back
    link = EvidenceLink(
        case_id=case.id, ordinal=ordinal, kind=kind, at=at, content=written, previous=previous,
        digest=digest_of(ordinal, kind, at, written, previous), link_key=link_key,
    )  # fmt: skip
    session.add(link)
    case.evidence_head, case.evidence_length = link.digest, ordinal
    await session.flush()
    audit.record(
        session, "delinquency.evidence", ("delinquency_case", case.id), actor=actor, now=now, kind=kind,
        ordinal=ordinal, digest=link.digest,
    )  # fmt: skip
    return link


def digest_of(ordinal: int, kind: str, at: datetime, content: Mapping[str, object], previous: str) -> str:
    """A link's SHA-256 in hexadecimal: of its place, kind, time (UTC), content, and of the digest before it. Pure."""
    said = {"ordinal": ordinal, "kind": kind, "at": at.astimezone(UTC).isoformat(), "content": content,
            "previous": previous}  # fmt: skip
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def canonical(content: Mapping[str, object]) -> str:
    """The one way in which a content is written down: JSON with sorted keys and no blanks. Pure."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def check(links: Sequence[EvidenceLink], *, head: str, length: int) -> Checked:
    """Whether links, in their order, are the whole chain that the case says it has. Pure."""
    previous = ""
    for place, link in enumerate(links, 1):
        expected = digest_of(place, link.kind, link.at, link.content, previous)
        if link.ordinal != place or link.previous != previous or link.digest != expected:
            return Checked(False, len(links), place)
        previous = link.digest
    whole = len(links) == length and previous == head
    return Checked(whole, len(links), None if whole else len(links) + 1)


async def verify(session: AsyncSession, case: DelinquencyCase) -> Checked:
    """Reads a case's chain and checks it from its first link to its last."""
    return check(await links_of(session, case.id), head=case.evidence_head, length=case.evidence_length)


async def links_of(session: AsyncSession, case_id: UUID) -> Sequence[EvidenceLink]:
    """A case's links in their order."""
    query = select(EvidenceLink).where(EvidenceLink.case_id == case_id).order_by(EvidenceLink.ordinal)
    return (await session.scalars(query)).all()

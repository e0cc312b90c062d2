"""Documents in the panel: the files of this conversation and of the person's earlier ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncSession

from backend.identity.verbs import IdentityCheck
from backend.protocols.tables import Protocol
from handoff.console.panel import Fields, Panel, Section
from handoff.console.thread import File, file_of
from handoff.conversations.tables import Conversation, Media, Message

MOST = 60
NO_DOCUMENTS = ("sticker", "audio")


async def _documents(session: AsyncSession, panel: Panel, fields: Fields) -> dict[str, Any]:  # noqa: ARG001
    """Newest first; those of other conversations only where the person was verified or opened a protocol."""
    wanted = [panel.conversation.id]
    if panel.person is not None:
        wanted += await _conversations_of(session, panel.person.id)
    query = (
        select(Message, Media, Conversation)
        .join(Media, Media.message_id == Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        # An array that is known beforehand: a subquery under OR would have every message looked at.
        .where(
            Message.conversation_id == any_(literal(wanted, ARRAY(PG_UUID(as_uuid=True)))),
            Message.kind.not_in(NO_DOCUMENTS),
        )
        .order_by(Message.id.desc(), Media.ordinal)
        .limit(MOST)
    )
    rows: list[tuple[Message, File, Conversation]] = [
        (message, file_of(message, media), conversation)
        for message, media, conversation in await session.execute(query)
        if panel.visitor.may_read(conversation)
    ]
    return {
        "here": [row for row in rows if row[2].id == panel.conversation.id],
        "before": [row for row in rows if row[2].id != panel.conversation.id],
    }


async def _conversations_of(session: AsyncSession, beneficiary_id: UUID) -> list[UUID]:
    """Where the person was verified or opened a protocol."""
    verified = select(IdentityCheck.conversation_id).where(IdentityCheck.beneficiary_id == beneficiary_id)
    asked = select(Protocol.conversation_id).where(Protocol.beneficiary_id == beneficiary_id)
    found = await session.scalars(verified.union(asked.where(Protocol.conversation_id.is_not(None))))
    return [one for one in found if one is not None]


SECTION = Section("documents", _documents)

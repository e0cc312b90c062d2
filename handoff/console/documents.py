"""Documents in the panel: the files of this conversation and of the person's earlier ones."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
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
    wanted = [Message.conversation_id == panel.conversation.id]
    if panel.person is not None:
        wanted.append(Message.conversation_id.in_(_conversations_of(panel)))
    query = (
        select(Message, Media, Conversation)
        .join(Media, Media.message_id == Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(or_(*wanted), Message.kind.not_in(NO_DOCUMENTS))
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


def _conversations_of(panel: Panel) -> Any:
    assert panel.person is not None
    verified = select(IdentityCheck.conversation_id).where(IdentityCheck.beneficiary_id == panel.person.id)
    asked = select(Protocol.conversation_id).where(Protocol.beneficiary_id == panel.person.id)
    return verified.union(asked.where(Protocol.conversation_id.is_not(None)))


SECTION = Section("documents", _documents)

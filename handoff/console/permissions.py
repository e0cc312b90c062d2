"""Which conversations a visitor may read and answer, and the trace that every look leaves."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.audit import AuditRow
from backend.errors import NotAllowed, NotFound
from backend.store.clock import business_now
from handoff.access.verbs import SIGNED_IN_FOR
from handoff.console.session import Visitor
from handoff.conversations.tables import Conversation

READ = "console.read"


async def readable(session: AsyncSession, visitor: Visitor, conversation_id: UUID) -> Conversation:
    """The conversation where the visitor may read it; NotFound or NotAllowed otherwise."""
    conversation = await session.get(Conversation, conversation_id, populate_existing=True)
    if conversation is None:
        raise NotFound("Esta conversa não existe.", detail="conversation")
    if not visitor.may_read(conversation):
        raise NotAllowed("Esta conversa está com outro setor.", detail="conversation of another team")
    return conversation


async def answering(session: AsyncSession, visitor: Visitor, conversation_id: UUID) -> datetime:
    """The present moment, where the visitor may act on the conversation; NotAllowed for who only reads."""
    if not visitor.answers:
        raise NotAllowed("O seu perfil só lê conversas.", detail="role")
    await readable(session, visitor, conversation_id)
    return await business_now(session)


async def note_look(session: AsyncSession, visitor: Visitor, conversation_id: UUID, *, again: bool = False) -> None:
    """Writes that somebody looked; a page that only refreshes itself (`again`) is one look, once it is on record."""
    if again and await _looked_before(session, visitor, conversation_id):
        return
    audit.record(session, READ, ("conversation", conversation_id), actor=visitor.actor, now=visitor.now)


async def _looked_before(session: AsyncSession, visitor: Visitor, conversation_id: UUID) -> bool:
    row = exists().where(
        AuditRow.subject_kind == "conversation",
        AuditRow.subject_id == str(conversation_id),
        AuditRow.action == READ,
        AuditRow.actor_id == visitor.actor.id,
        AuditRow.at > visitor.now - SIGNED_IN_FOR,
    )
    return bool(await session.scalar(select(row)))

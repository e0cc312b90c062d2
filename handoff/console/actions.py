"""What an attendant does with a conversation: answer, note, take over, transfer, give back, close."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend.errors import InvalidInput
from handoff.console.permissions import answering
from handoff.console.session import Signed, Visitor, bell_of, store_of
from handoff.console.views import refreshed
from handoff.conversations.tables import Conversation
from handoff.desk import verbs
from handoff.whatsapp.inbound import clean
from handoff.whatsapp.templates import Templates

LONGEST_REASON = 500

router = APIRouter(prefix="/conversations/{conversation_id}")


@asynccontextmanager
async def _acting(
    request: Request, visitor: Visitor, conversation_id: UUID
) -> AsyncIterator[tuple[AsyncSession, datetime]]:
    async with store_of(request).unit_of_work() as session:
        now = await answering(session, visitor, conversation_id)
        yield session, now


@router.post("/messages")
async def write(
    request: Request,
    conversation_id: UUID,
    visitor: Signed,
    *,
    text: Annotated[str, Form()] = "",
    mode: Annotated[str, Form()] = "reply",
    request_key: Annotated[str, Form()] = "",
) -> Response:
    """A reply to the person, or a note that stays in the house; a form that arrives twice is carried out once."""
    key, text = _request_key(request_key), clean(text)
    async with _acting(request, visitor, conversation_id) as (session, now):
        if mode == "note":
            await verbs.note(session, conversation_id=conversation_id, text=text, actor=visitor.actor, now=now)
        else:
            templates: Templates = request.app.state.templates
            await verbs.reply(
                session, templates, conversation_id=conversation_id, text=text, request_key=key,
                account=visitor.account, actor=visitor.actor, now=now,
            )  # fmt: skip
    await bell_of(request).ring(*([] if mode == "note" else ["outbox"]), events=[str(conversation_id)])
    written = {"written": {"key": str(uuid4())}}
    return await refreshed(request, visitor, conversation_id, trigger=json.dumps(written))


def _request_key(given: str) -> str:
    try:
        return f"console:{UUID(given)}"
    except ValueError as error:
        raise InvalidInput("Recarregue a página e envie de novo.", detail="request key") from error


@router.post("/claim")
async def claim(request: Request, conversation_id: UUID, visitor: Signed) -> Response:
    """Takes the conversation; whoever comes second is told who has it."""
    async with _acting(request, visitor, conversation_id) as (session, now):
        await verbs.claim(
            session, conversation_id=conversation_id, account=visitor.account, actor=visitor.actor, now=now
        )
    await bell_of(request).ring(events=[str(conversation_id)])
    return await refreshed(request, visitor, conversation_id)


@router.post("/transfer")
async def transfer(
    request: Request,
    conversation_id: UUID,
    visitor: Signed,
    team: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Sends the conversation to a team's queue, with a reason."""
    team, reason = clean(team), clean(reason)
    if not reason.strip():
        raise InvalidInput("Conte ao setor por que a conversa está indo para lá.", detail="empty reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(f"O motivo passa de {LONGEST_REASON} caracteres.", detail="long reason")
    async with _acting(request, visitor, conversation_id) as (session, now):
        await verbs.transfer(
            session, conversation_id=conversation_id, team=team, reason=reason, account=visitor.account,
            actor=visitor.actor, now=now,
        )  # fmt: skip
    await bell_of(request).ring(events=[str(conversation_id)])
    return await refreshed(request, visitor, conversation_id)


@router.post("/give-back")
async def give_back(request: Request, conversation_id: UUID, visitor: Signed) -> Response:
    """Lets the assistant go on."""
    async with _acting(request, visitor, conversation_id) as (session, now):
        await verbs.give_back(
            session, conversation_id=conversation_id, account=visitor.account, actor=visitor.actor, now=now
        )
    await bell_of(request).ring("inbox", events=[str(conversation_id)])
    return await refreshed(request, visitor, conversation_id)


@router.post("/close")
async def close(request: Request, conversation_id: UUID, visitor: Signed) -> Response:
    """Ends the conversation."""
    async with _acting(request, visitor, conversation_id) as (session, now):
        await verbs.close(
            session, conversation_id=conversation_id, account=visitor.account, actor=visitor.actor, now=now
        )
    await bell_of(request).ring(events=[str(conversation_id)])
    return await refreshed(request, visitor, conversation_id)


@router.post("/seen")
async def seen(request: Request, conversation_id: UUID, visitor: Signed) -> Response:
    """Whoever has the conversation has its newest messages before his eyes: nothing is unread any more."""
    statement = (
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            Conversation.attendant_id == visitor.account.id,
            Conversation.unread > 0,
        )
        .values(unread=0)
        .returning(Conversation.id)
    )
    async with store_of(request).unit_of_work() as session:
        changed = (await session.execute(statement)).scalar_one_or_none()
    if changed is not None:
        await bell_of(request).ring(events=[str(conversation_id)])
    return Response(status_code=204)

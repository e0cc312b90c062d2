"""Files of a conversation: served to attendants with great care, and fetched again where that failed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend import audit
from backend.audit import AuditRow
from backend.errors import InvalidInput, NotFound
from backend.store import files
from backend.store.clock import business_now
from handoff.console.permissions import answering, readable
from handoff.console.session import Signed, Visitor, bell_of, store_of
from handoff.console.views import refreshed
from handoff.conversations.tables import Media, Message
from handoff.file_response import file_response

# What a browser may show by itself; everything else, a page or a drawing with scripts above all, is downloaded.
INLINE = frozenset(
    {
        "image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf",
        "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/wav", "audio/webm",
        "video/mp4", "video/3gpp", "video/webm",
    }
)  # fmt: skip
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
# Browsers' own PDF viewers do not open in a sandbox; a PDF runs nothing in our origin.
PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
ONE_LOOK = timedelta(minutes=10)

router = APIRouter()


def plain_type(content_type: str) -> str:
    """`image/png` of `image/png; charset=…`, lower case. Pure."""
    return content_type.partition(";")[0].strip().lower()


@router.get("/conversations/{conversation_id}/media/{media_id}")
async def show_file(request: Request, conversation_id: UUID, media_id: UUID, visitor: Signed) -> Response:
    """The stored file; every look is audited. NotFound where it did not arrive or cannot be opened."""
    async with store_of(request).unit_of_work() as session:
        await readable(session, visitor, conversation_id)
        media = await _media(session, conversation_id, media_id)
        if media.state != "stored":
            raise NotFound("Este arquivo ainda não está disponível.", detail="media file")
        content = await asyncio.to_thread(files.read, media.sha256)
        await _note_look(session, visitor, media, piece="range" in request.headers)
    kind = plain_type(media.content_type)
    inline = kind in INLINE
    return file_response(
        request,
        content,
        media_type=kind if inline else "application/octet-stream",
        name=media.name or f"arquivo-{media.ordinal}{_suffix(kind)}",
        inline=inline,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": PDF if kind == "application/pdf" else SANDBOX,
        },
    )


async def _note_look(session: AsyncSession, visitor: Visitor, media: Media, *, piece: bool) -> None:
    """Audits a look. A player asks in many pieces: those that follow within minutes are one look."""
    now = await business_now(session)
    if piece:
        looked = exists().where(
            AuditRow.subject_kind == "media", AuditRow.subject_id == str(media.id), AuditRow.action == "console.media",
            AuditRow.actor_id == visitor.actor.id, AuditRow.at > now - ONE_LOOK,
        )  # fmt: skip
        if await session.scalar(select(looked)):
            return
    audit.record(session, "console.media", ("media", media.id), actor=visitor.actor, now=now)


@router.post("/conversations/{conversation_id}/media/{media_id}/retry")
async def retry(request: Request, conversation_id: UUID, media_id: UUID, visitor: Signed) -> Response:
    """Has the worker fetch a failed file again."""
    async with store_of(request).unit_of_work() as session:
        now = await answering(session, visitor, conversation_id)
        media = await _media(session, conversation_id, media_id, lock=True)
        if media.state == "stored":
            raise InvalidInput("Este arquivo já chegou.", detail="media is stored")
        await _wait_again(session, media)
        audit.record(session, "console.media_retry", ("media", media.id), actor=visitor.actor, now=now)
    await bell_of(request).ring("media", events=[str(conversation_id)])
    return await refreshed(request, visitor, conversation_id)


async def _wait_again(session: AsyncSession, media: Media) -> None:
    media.state, media.attempts, media.error = "waiting", 0, ""
    media.next_attempt_at = (await session.execute(select(func.clock_timestamp()))).scalar_one()


async def _media(session: AsyncSession, conversation_id: UUID, media_id: UUID, *, lock: bool = False) -> Media:
    query = (
        select(Media)
        .join(Message, Message.id == Media.message_id)
        .where(Media.id == media_id, Message.conversation_id == conversation_id)
    )
    if lock:
        query = query.with_for_update(of=Media)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound("Este arquivo não existe.", detail="media")
    return found


def _suffix(kind: str) -> str:
    endings = {
        "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif",
        "image/heic": ".heic", "application/pdf": ".pdf", "audio/ogg": ".ogg", "audio/mpeg": ".mp3",
        "audio/mp4": ".m4a", "video/mp4": ".mp4", "text/vcard": ".vcf", "text/x-vcard": ".vcf",
    }  # fmt: skip
    return endings.get(kind, "")

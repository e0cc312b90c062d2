"""Files that leave: a signed address that lives for minutes, and the route from which Twilio fetches them.

Whoever has the address has the file, so it names nobody, ends soon, and is made when the message is sent.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from backend.errors import InvalidInput, ZeloError
from backend.settings import settings
from backend.store import files
from backend.store.engine import Store
from handoff.conversations.tables import Media, Message
from handoff.file_response import file_response

# The key signs other things too: what is signed here means an address and nothing else.
PURPOSE = b"zelo.media.1"
ID_BYTES = 16
TIME_BYTES = 8
PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
SANDBOX = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}

log = logging.getLogger(__name__)
router = APIRouter()


def require_key() -> bytes:
    """The key that signs addresses; InvalidInput without one, since an empty key is everybody's."""
    key = settings().secret_key.get_secret_value().encode()
    if not key:
        raise InvalidInput("Falta ZELO_SECRET_KEY.", detail="secret key")
    return key


def address(media_id: UUID, *, now: datetime) -> str:
    """Where Twilio fetches this file, for `media_link_minutes` from `now` (aware, the real clock's)."""
    expires = now + timedelta(minutes=settings().media_link_minutes)
    return f"{settings().base_url}/media/{_signed(media_id, int(expires.timestamp()))}"


def media_behind(signed: str, *, now: datetime) -> UUID | None:
    """The file that a signed address names; None where it was changed, is none of ours, or has expired."""
    try:
        written = base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4))
    except (binascii.Error, ValueError):
        return None
    if len(written) <= ID_BYTES + TIME_BYTES:
        return None
    media_id = UUID(bytes=written[:ID_BYTES])
    expires = int.from_bytes(written[ID_BYTES : ID_BYTES + TIME_BYTES])
    # Compared as it is written: base64 can write the same bytes in more than one way.
    if not hmac.compare_digest(_signed(media_id, expires).encode(), signed.encode()):
        return None
    return media_id if now.timestamp() < expires else None


def _signed(media_id: UUID, expires: int) -> str:
    said = media_id.bytes + expires.to_bytes(TIME_BYTES)
    signature = hmac.digest(require_key(), PURPOSE + said, hashlib.sha256)
    return base64.urlsafe_b64encode(said + signature).decode().rstrip("=")


@router.api_route("/media/{signed}", methods=["GET", "HEAD"])
async def fetch(request: Request, signed: str) -> Response:
    """The file behind a signed address; 404 for every other one, and it does not say why."""
    media_id = media_behind(signed, now=datetime.now(UTC))
    media = await _outgoing(request.app.state.store, media_id) if media_id else None
    content = await _content(media) if media else None
    if media is None or content is None:
        return PlainTextResponse("not found", status_code=404, headers=PRIVATE)
    # WhatsApp shows a document by its name, and Twilio has no field for it: it can only learn it from here.
    return file_response(
        request, content, media_type=media.content_type, name=media.name, inline=True, headers=PRIVATE | SANDBOX
    )


async def _content(media: Media) -> bytes | None:
    """The plain bytes; None where they are gone or cannot be opened, which only the log says."""
    try:
        return await asyncio.to_thread(files.read, media.sha256)
    except ZeloError as error:
        log.warning("media: %s cannot be served (%s)", media.id, error.detail)
        return None


async def _outgoing(store: Store, media_id: UUID) -> Media | None:
    query = (
        select(Media)
        .join(Message, Message.id == Media.message_id)
        .where(Media.id == media_id, Media.state == "stored", Message.direction == "out", Message.state != "unsent")
    )
    async with store.sessions() as session:
        return (await session.execute(query)).scalar_one_or_none()

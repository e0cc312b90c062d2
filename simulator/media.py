"""Files: by Twilio's address with credentials, then by a random one without."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from simulator.clock import rfc2822
from simulator.credentials import authenticated, exchange_of
from simulator.errors import not_found
from simulator.exchange import Exchange
from simulator.model import Media, Message

MESSAGE_PATH = "/2010-04-01/Accounts/{account_sid}/Messages/{message_sid}"
SHOWN_IN_PLACE = ("image/", "audio/", "video/", "application/pdf")
SANDBOX = "default-src 'none'; sandbox"
# A browser's own PDF viewer does not open in a sandbox; a PDF runs nothing in our origin.
PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

router = APIRouter()
Authenticated = Annotated[Exchange, Depends(authenticated)]


@router.get(MESSAGE_PATH + "/Media.json")
async def media_of_message(message_sid: str, request: Request, exchange: Authenticated) -> dict[str, object]:
    """The files of a message, as resources."""
    message = _message(exchange, message_sid, request)
    return {
        "media_list": [_resource(exchange, message, media) for media in message.media],
        "page": 0,
        "page_size": 50,
        "start": 0,
        "end": max(len(message.media) - 1, 0),
        "uri": request.url.path,
        "first_page_uri": request.url.path,
        "next_page_uri": None,
        "previous_page_uri": None,
    }


@router.get(MESSAGE_PATH + "/Media/{media_sid}.json")
async def media_resource(
    message_sid: str, media_sid: str, request: Request, exchange: Authenticated
) -> dict[str, object]:
    """One file, as a resource."""
    message = _message(exchange, message_sid, request)
    return _resource(exchange, message, _media(message, media_sid, request))


@router.get(MESSAGE_PATH + "/Media/{media_sid}")
async def media_bytes(message_sid: str, media_sid: str, request: Request, exchange: Authenticated) -> RedirectResponse:
    """Point to the bytes; on demand the file is not there yet, as happens right after its webhook."""
    if exchange.faults.take("media_404"):
        raise not_found(request.url.path)
    media = _media(_message(exchange, message_sid, request), media_sid, request)
    return RedirectResponse(f"{exchange.settings.base_url}{media.cdn_path}", status_code=307)


@router.get("/cdn/{cdn_key}")
async def cdn(cdn_key: str, request: Request) -> Response:
    """The bytes themselves, for whoever knows the address."""
    media = exchange_of(request).store.media_behind(cdn_key)
    if media is None:
        raise not_found(request.url.path)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"}
    # What a stranger sent must not run as a page of ours.
    way = "inline" if media.content_type.startswith(SHOWN_IN_PLACE) else "attachment"
    headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(media.name, safe='')}"
    headers["Content-Security-Policy"] = PDF if media.content_type == "application/pdf" else SANDBOX
    return Response(media.content, media_type=media.content_type, headers=headers)


def _message(exchange: Exchange, message_sid: str, request: Request) -> Message:
    message = exchange.store.messages.get(message_sid)
    if message is None:
        raise not_found(request.url.path)
    return message


def _media(message: Message, media_sid: str, request: Request) -> Media:
    for media in message.media:
        if media.sid == media_sid:
            return media
    raise not_found(request.url.path)


def _resource(exchange: Exchange, message: Message, media: Media) -> dict[str, object]:
    account_sid = exchange.settings.account_sid
    created = rfc2822(media.created_at)
    return {
        "sid": media.sid,
        "account_sid": account_sid,
        "parent_sid": message.sid,
        "content_type": media.content_type,
        "date_created": created,
        "date_updated": created,
        "uri": f"/2010-04-01/Accounts/{account_sid}/Messages/{message.sid}/Media/{media.sid}.json",
    }

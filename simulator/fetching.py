"""Fetching the file of a message, as Twilio does before it sends it."""

import asyncio
import re
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import httpx

from simulator.exchange import Exchange
from simulator.model import Media, new_sid

MEGABYTE = 1024 * 1024
MOST_BYTES = 16 * MEGABYTE
MOST_BYTES_OF_IMAGE = 5 * MEGABYTE


async def fetched(exchange: Exchange, url: str) -> Media | None:
    """The file behind an address; None where it does not come in time, is empty, or is larger than the channel takes.

    Nobody's credentials go with the request: whoever has the address has the file.
    """
    patience = exchange.settings.media_timeout
    try:
        async with asyncio.timeout(patience), exchange.lanes.lane() as http:
            response = await http.get(url, follow_redirects=True, timeout=patience)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        return None
    content_type = response.headers.get("content-type", "application/octet-stream").split(";")[0].strip().lower()
    most = MOST_BYTES_OF_IMAGE if content_type.startswith("image/") else MOST_BYTES
    if not response.is_success or not 0 < len(response.content) <= most:
        return None
    return Media(
        sid=new_sid("ME"),
        content_type=content_type,
        content=response.content,
        name=name_of(response.headers.get("content-disposition", ""), url),
        created_at=exchange.clock.now(),
    )


def name_of(disposition: str, url: str) -> str:
    """What the telephone calls the file: as its header says, else the end of its address. Pure."""
    written_out = re.search(r"filename\*=utf-8''([^;\s]+)", disposition, re.IGNORECASE)
    if written_out:  # in any letters, so it goes before the plain one wherever it stands (RFC 6266)
        return unquote(written_out[1])
    header = EmailMessage()
    header["Content-Disposition"] = disposition or "inline"
    return header.get_filename() or unquote(urlsplit(url).path.rsplit("/", 1)[-1]) or "arquivo"

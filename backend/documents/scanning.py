"""Virus scanning by ClamAV's clamd, where one is configured. A clamd that is down loses no file: it is not scanned."""

from __future__ import annotations

import asyncio
import io
import logging
import math
from enum import Enum
from urllib.parse import unquote, urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket

from backend.settings import settings

_PORT = 3310
_STATE_SECONDS = 3.0
# What a clamd that is down, slow, full or no clamd makes its client raise.
_FAILURES = (ClamdError, OSError, ValueError, TimeoutError)
_log = logging.getLogger(__name__)


class Verdict(Enum):
    """What clamd said; NOT_SCANNED where there is none, it is down, or the file is larger than it takes."""

    CLEAN = "clean"
    FOUND = "found"
    NOT_SCANNED = "not_scanned"


async def scan(content: bytes) -> Verdict:
    """Asks clamd about these bytes, for at most `inspection_seconds`; never raises."""
    config = settings()
    if not config.clamd_url:
        return Verdict.NOT_SCANNED
    seconds = config.inspection_seconds
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.to_thread(_scanned, content, config.clamd_url, seconds)
    except _FAILURES:
        _log.warning("clamd did not answer: a file was not scanned")
        return Verdict.NOT_SCANNED


async def clamd_state() -> tuple[bool, str]:
    """Whether scanning is as it is configured, and a sentence of it for `doctor` and the health page.

    True without a clamd too, since none is required; false where one is configured and does not answer.
    """
    url = settings().clamd_url
    if not url:
        return True, "não configurado"
    try:
        async with asyncio.timeout(_STATE_SECONDS):
            return True, await asyncio.to_thread(_version, url)
    except _FAILURES:
        return False, "configurado, mas não responde"


def _scanned(content: bytes, url: str, seconds: float) -> Verdict:
    answer = _clamd(url, seconds).instream(io.BytesIO(content))
    states = {state for state, _ in answer.values()}
    if "FOUND" in states:
        return Verdict.FOUND
    return Verdict.CLEAN if states == {"OK"} else Verdict.NOT_SCANNED


def _version(url: str) -> str:
    return _clamd(url, _STATE_SECONDS).version().strip()


def _clamd(url: str, seconds: float) -> ClamdNetworkSocket:
    """A connection for one question; `seconds` bounds each wait of it. ValueError where the address is none."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return ClamdUnixSocket(unquote(parts.path), timeout=math.ceil(seconds))
    if parts.scheme != "tcp" or not parts.hostname:
        raise ValueError("ZELO_CLAMD_URL is neither tcp://host:port nor unix:///path")
    return ClamdNetworkSocket(parts.hostname, parts.port or _PORT, timeout=seconds)

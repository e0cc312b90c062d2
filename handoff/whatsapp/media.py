"""Fetching the files that people send: from Twilio's host alone, their type from the bytes, kept by SHA-256."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import filetype
import httpx
from sqlalchemy import func, select, update

from backend import audit
from backend.actor import SYSTEM
from backend.documents.checklist import kinds_in
from backend.documents.inspection import Inspected, inspect
from backend.settings import LOOPBACK_HOSTS, Settings, settings
from backend.store import files
from backend.store.bell import Bell
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.conversations.tables import DOCUMENT_KINDS, Conversation, Media, Message

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
MOST_REDIRECTS = 3
CLAIM_SECONDS = 60  # longer than a download may take; another worker tries then
# Where Twilio's own redirects lead; the credentials are sent to the configured host alone.
REDIRECT_HOSTS = (".twilio.com", ".twiliocdn.com", ".amazonaws.com")
VIRUS = "virus"
TIMEOUT = httpx.Timeout(20.0, connect=5.0)


class NotFetched(Exception):
    """Why a file is not here, in the attendant's words; `final` where another try is of no use.

    `problem` is the code of what the person is told (`backend.documents.inspection`).
    """

    def __init__(self, message: str, *, final: bool, problem: str = "not_arrived") -> None:
        self.message, self.final, self.problem = message, final, problem
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file's bytes and the type that they show."""

    content: bytes
    content_type: str


def allowed(url: str, base_url: str, *, redirected: bool) -> bool:
    """Whether a file may be fetched from there: Twilio's configured host, or where its redirects lead. Pure."""
    try:
        parts, base = urlsplit(url), urlsplit(base_url)
        port = parts.port
    except ValueError:  # no address at all
        return False
    if parts.username or parts.password:
        return False
    if (parts.scheme, parts.hostname, port) == (base.scheme, base.hostname, base.port):
        return True
    if not redirected or parts.scheme != "https" or base.hostname in LOOPBACK_HOSTS:
        return False
    return port in (None, 443) and f".{parts.hostname}".endswith(REDIRECT_HOSTS)


def type_of(content: bytes) -> str:
    """The type that the bytes show; text where they are text, else `application/octet-stream`. Pure."""
    guessed = filetype.guess(content)
    if guessed is not None:
        return str(guessed.mime)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/vcard" if text.startswith("BEGIN:VCARD") else "text/plain"


async def fetch(http: httpx.AsyncClient, url: str, config: Settings) -> Fetched:
    """The file behind one of Twilio's addresses; NotFetched says why not."""
    base = config.twilio_url
    auth = (config.twilio_account_sid, config.twilio_auth_token.get_secret_value())
    for hop in range(MOST_REDIRECTS + 1):
        if not allowed(url, base, redirected=hop > 0):
            raise NotFetched("O arquivo aponta para um endereço que não é da Twilio.", final=True)
        # Only the configured host learns our credentials.
        own = urlsplit(url).netloc == urlsplit(base).netloc
        request = http.build_request("GET", url)
        answer = await http.send(request, auth=httpx.BasicAuth(*auth) if own else None, stream=True)
        try:
            if answer.is_redirect:
                url = urljoin(url, answer.headers.get("location", ""))
                continue
            return await _read(answer, config.media_max_bytes)
        finally:
            await answer.aclose()
    raise NotFetched("A Twilio redirecionou vezes demais.", final=False)


async def _read(answer: httpx.Response, most: int) -> Fetched:
    if answer.status_code != 200:  # noqa: PLR2004 (HTTP's 'here it is')
        raise NotFetched(f"A Twilio respondeu {answer.status_code}.", final=answer.status_code in {401, 403, 410})
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > most:
            raise NotFetched(f"O arquivo passa de {most // 1024 // 1024} MB.", final=True, problem="too_large")
    if not content:
        raise NotFetched("O arquivo veio vazio.", final=False, problem="empty")
    return Fetched(bytes(content), type_of(bytes(content)))


class Fetcher:
    """Fetches what waits; several workers may run one each."""

    def __init__(self, store: Store, bell: Bell) -> None:
        self._store, self._bell = store, bell
        self._http = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)

    async def fetch_due(self) -> int:
        """Fetches one file that is due; 0 where there is none."""
        claimed = await self._claim()
        if claimed is None:
            return 0
        media_id, url, conversation_id, kind = claimed
        try:
            fetched = await fetch(self._http, url, settings())
            seen = await inspect(fetched.content) if kind in DOCUMENT_KINDS else None
            if seen is not None and seen.problem == VIRUS:
                raise NotFetched("O arquivo tem vírus e não foi guardado.", final=True, problem=VIRUS)
            digest = files.keep(fetched.content)
        except NotFetched as why:
            await self._failed(media_id, why)
        except (httpx.HTTPError, httpx.InvalidURL):
            await self._failed(media_id, NotFetched("A Twilio não respondeu.", final=False))
        else:
            await self._stored(media_id, digest, fetched, seen)
        await self._hurry(conversation_id)
        await self._bell.ring("inbox", events=[str(conversation_id)])
        return 1

    async def _hurry(self, conversation_id: UUID) -> None:
        """A turn that waits for its files may be asked now."""
        waiting = (Conversation.id == conversation_id, Conversation.work_due_at.is_not(None))
        async with self._store.unit_of_work() as session:
            statement = update(Conversation).where(*waiting).values(work_due_at=func.clock_timestamp())
            await session.execute(statement)

    async def _claim(self) -> tuple[UUID, str, UUID, str] | None:
        async with self._store.unit_of_work() as session:
            due = (
                select(Media, Message.conversation_id, Message.kind)
                .join(Message, Message.id == Media.message_id)
                .where(Media.state == "waiting", Media.next_attempt_at <= func.clock_timestamp())
                .order_by(Media.next_attempt_at)
                .limit(1)
                .with_for_update(of=Media, skip_locked=True)
            )
            row = (await session.execute(due)).one_or_none()
            if row is None:
                return None
            media, conversation_id, kind = row
            media.attempts += 1
            media.next_attempt_at = func.clock_timestamp() + timedelta(seconds=CLAIM_SECONDS)
            return media.id, media.url, conversation_id, kind

    async def _stored(self, media_id: UUID, digest: str, fetched: Fetched, seen: Inspected | None) -> None:
        async with self._store.unit_of_work() as session:
            media = await session.get_one(Media, media_id)
            media.state, media.sha256, media.error = "stored", digest, ""
            media.content_type, media.size = fetched.content_type, len(fetched.content)
            media.next_attempt_at = None
            if seen is not None:
                media.content_type, media.problem, media.pages = seen.content_type, seen.problem, seen.pages
                media.previews, media.thumbnail, media.scanned = list(seen.previews), seen.thumbnail, seen.scanned
                media.guess = kinds_in(seen.text) if seen.text else []
            now = await business_now(session)
            audit.record(
                session, "whatsapp.store_media", ("media", media_id), actor=SYSTEM, now=now, size=media.size,
                problem=media.problem,
            )  # fmt: skip

    async def _failed(self, media_id: UUID, why: NotFetched) -> None:
        async with self._store.unit_of_work() as session:
            media = await session.get_one(Media, media_id)
            media.error = why.message
            if why.final or media.attempts >= MOST_ATTEMPTS:
                media.state, media.next_attempt_at, media.problem = "failed", None, why.problem
            else:  # a first 404 can be transient: 1, 3, 9 … seconds
                wait = timedelta(seconds=3 ** (media.attempts - 1))
                media.next_attempt_at = func.clock_timestamp() + wait
        log.info("media: not fetched (final=%s)", why.final)

    async def close(self) -> None:
        """Returns the connections."""
        await self._http.aclose()

"""Sending e-mails: composed when they leave, tried with growing pauses, by SMTP or as files under the data directory.

`ZELO_SMTP_URL` is `smtp://user:password@host:587` (STARTTLS where the server offers it) or `smtps://…:465`;
`?from=boletos@plano.example` says who writes. Without it each e-mail becomes an .eml file under `mail/`.
A server that took a message whose answer was lost gets it again under the same Message-ID. Logs carry ids alone.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import aiosmtplib
import yaml
from sqlalchemy import Interval, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import SYSTEM
from backend.errors import ZeloError
from backend.mail import Mail
from backend.protocols import verbs as protocols
from backend.settings import LOOPBACK_HOSTS, Settings
from backend.store import files
from backend.store.clock import business_now
from backend.store.engine import Store

log = logging.getLogger(__name__)

TEXTS = Path(__file__).parents[2] / "data" / "responses" / "mail.yml"
MOST_ATTEMPTS = 8  # with doubled pauses, a little over four hours
FIRST_PAUSE = timedelta(minutes=2)  # longer than a delivery may take: then another worker tries
TIMEOUT_SECONDS = 20.0  # for each answer of the server
DELIVERY_SECONDS = 90.0  # for all of them
_PERMANENT = 500
_PORTS = {"smtp": 587, "smtps": 465}


class NotDelivered(Exception):
    """Why an e-mail did not leave, as a code; `final` where another try is of no use."""

    def __init__(self, code: str, *, final: bool) -> None:
        self.code, self.final = code, final
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Server:
    """Where e-mails are handed in, and in whose name."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str
    sender: str

    @classmethod
    def parse(cls, url: str) -> Server:
        """Reads `ZELO_SMTP_URL`; ValueError where it is none."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("ZELO_SMTP_URL")
        user = unquote(parts.username or "")
        own = user if "@" in user else f"nao-responda@{parts.hostname}"
        sender = parse_qs(parts.query).get("from", [own])[0]
        port = parts.port or _PORTS[parts.scheme]
        return cls(parts.hostname, port, parts.scheme == "smtps", user, unquote(parts.password or ""), sender)


class Mailer:
    """Takes what is due and hands it in; several may run, each row is in one hand at a time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._server = Server.parse(settings.smtp_url) if settings.smtp_url else None

    async def send_due(self) -> bool:
        """Tries one e-mail that is due; False where none is."""
        async with self._store.unit_of_work() as session:
            mail = await _claim(session)
        if mail is None:
            return False
        try:
            message = await asyncio.to_thread(compose, mail, self._settings.operator_name, self._server)
            await self._deliver(message, mail.id)
        except NotDelivered as problem:
            await self._note(mail.id, problem.code, final=problem.final or mail.attempts >= MOST_ATTEMPTS)
        except (ZeloError, KeyError, ValueError) as problem:  # a file that is gone, a text that is missing
            await self._note(mail.id, type(problem).__name__, final=True)
        except OSError as problem:  # the disk, not the file: another try may do
            await self._note(mail.id, type(problem).__name__, final=mail.attempts >= MOST_ATTEMPTS)
        else:
            await self._note(mail.id, "", final=False)
        return True

    async def _deliver(self, message: EmailMessage, mail_id: UUID) -> None:
        if self._server is None:
            await asyncio.to_thread(_write_file, self._settings.data_dir / "mail", message, mail_id)
        else:
            await _hand_in(self._server, message)

    async def _note(self, mail_id: UUID, problem: str, *, final: bool) -> None:
        """Writes down what came of a try; a failure for good goes into the protocol's history."""
        async with self._store.unit_of_work() as session:
            mail = await session.get_one(Mail, mail_id, with_for_update=True)
            now = await business_now(session)
            mail.problem = problem
            if not problem:
                mail.state, mail.sent_at = "sent", now
                audit.record(session, "mail.sent", ("mail", mail.id), actor=SYSTEM, now=now, attempts=mail.attempts)
            elif final:
                mail.state = "failed"
                await _failed(session, mail, now)
            if problem:
                log.warning("mail: %s not delivered (%s)", mail_id, problem)


async def _claim(session: AsyncSession) -> Mail | None:
    """The e-mail that has waited longest, put off so that nobody else takes it while it is under way."""
    due = (
        select(Mail.id)
        .where(Mail.state == "ready", Mail.next_try_at <= func.clock_timestamp())
        .order_by(Mail.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    seconds = FIRST_PAUSE.total_seconds() * func.power(2, Mail.attempts)
    pause = func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval)
    claim = (
        update(Mail)
        .where(Mail.id == due)
        .values(attempts=Mail.attempts + 1, next_try_at=func.clock_timestamp() + pause)
        .returning(Mail)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(claim)).scalar_one_or_none()


async def _failed(session: AsyncSession, mail: Mail, now: datetime) -> None:
    audit.record(session, "mail.failed", ("mail", mail.id), actor=SYSTEM, now=now, problem=mail.problem)
    if mail.protocol_id is not None:
        protocol = await protocols.get(session, mail.protocol_id)
        await protocols.add_entry(
            session, protocol=protocol, step="mail_failed", actor=SYSTEM, now=now,
            request_key=f"mail_failed:{mail.id}",
        )  # fmt: skip


def compose(mail: Mail, operator: str, server: Server | None = None) -> EmailMessage:
    """The e-mail that a row stands for: text from mail.yml, files as attachments. The same each time.

    KeyError where a text or one of its values is missing, NotFound where a file is, NotDelivered for good where the
    address is none.
    """
    message = EmailMessage(policy=SMTP)
    sender = server.sender if server else "nao-responda@localhost"
    message["From"] = Address(display_name=operator, addr_spec=sender)
    message["To"] = _recipient(mail.recipient)
    message["Subject"] = subject_of(mail.kind, mail.values)
    message["Date"] = mail.made_at
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(say(mail.kind, mail.values))
    for item in mail.files:
        maintype, _, subtype = str(item["content_type"]).partition("/")
        content = files.read(str(item["sha256"]))
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=str(item["name"]))
    return message


def _recipient(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except Exception as error:  # the parser fails on what is no address with IndexError and AttributeError too
        raise NotDelivered("no_address", final=True) from error


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    responses = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))["responses"]
    return {name: variants[0]["text"].strip() for name, variants in responses.items()}


def say(name: str, values: Mapping[str, Any]) -> str:
    """A text of mail.yml with its places filled; a list fills its place with one `<name>_item` for each entry."""
    filled = {
        key: "\n\n".join(say(f"{name}_item", item) for item in value) if isinstance(value, list) else value
        for key, value in values.items()
        if not (isinstance(value, list) and name.endswith("_subject"))
    }
    return _texts()[f"utter_mail_{name}"].format(**filled)


def subject_of(kind: str, values: Mapping[str, Any]) -> str:
    """The subject line; where the e-mail is about a protocol (`number`) it always carries the protocol's number."""
    subject, number = say(f"{kind}_subject", values), str(values.get("number") or "")
    if not number or number in subject:
        return subject
    return say("of_protocol", {"subject": subject, "number": number})


def _write_file(folder: Path, message: EmailMessage, mail_id: UUID) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f"{mail_id}.part"
        unfinished.write_bytes(message.as_bytes())
        unfinished.replace(folder / f"{mail_id}.eml")
    except OSError as error:
        raise NotDelivered(type(error).__name__, final=False) from error


async def _hand_in(server: Server, message: EmailMessage) -> None:
    smtp = aiosmtplib.SMTP(
        hostname=server.host, port=server.port, timeout=TIMEOUT_SECONDS, use_tls=server.encrypted, start_tls=False,
        tls_context=ssl.create_default_context(),
    )  # fmt: skip
    try:
        async with asyncio.timeout(DELIVERY_SECONDS):
            await _greet(smtp, server)
            await smtp.send_message(message)
        with suppress(aiosmtplib.SMTPException, OSError):  # what was taken stays taken, whatever the server says now
            await smtp.quit()
    except aiosmtplib.SMTPRecipientsRefused as error:
        final = all(refused.code >= _PERMANENT for refused in error.recipients)
        raise NotDelivered("recipient_refused", final=final) from error
    except aiosmtplib.SMTPResponseException as error:
        # A wrong password is ours to mend: the e-mail waits for it.
        final = error.code >= _PERMANENT and not isinstance(error, aiosmtplib.SMTPAuthenticationError)
        raise NotDelivered(f"smtp_{error.code}", final=final) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotDelivered(type(error).__name__, final=False) from error
    finally:
        smtp.close()


async def _greet(smtp: aiosmtplib.SMTP, server: Server) -> None:
    """Connects, encrypted where the server can; a password never leaves unencrypted but to this machine."""
    await smtp.connect()
    with suppress(aiosmtplib.SMTPHeloError):  # an old server, which knows no extensions
        await smtp.ehlo()
    safe = server.encrypted
    if not safe and smtp.supports_extension("starttls"):
        await smtp.starttls()
        safe = True
    if server.user:
        if not safe and server.host not in LOOPBACK_HOSTS:
            raise NotDelivered("no_encryption", final=False)
        await smtp.login(server.user, server.password)

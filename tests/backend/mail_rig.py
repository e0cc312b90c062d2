"""E-mails of the tests: what they say, who takes them, and how they wait."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend import mail
from backend.actor import ASSISTANT
from backend.beneficiaries import Beneficiary
from backend.mail import Mail
from backend.settings import Settings, settings
from backend.store.engine import Store
from handoff.dispatch.mail import Mailer
from tests.backend.test_invoices import Books

NOW = datetime(2026, 8, 3, 13, 0, tzinfo=UTC)
ADDRESS = "pessoa.modelo@exemplo.invalid"
VALUES = {
    "name": "Pessoa", "number": "99999920260803000001", "operator": "Zelo Saúde", "phone": "(98) 3000-0000",
    "months": "06/2026",
    "slips": [{"month": "06/2026", "due_on": "03/08/2026", "total": "R$ 1.038,67", "line": "999", "pix": "000201"}],
}  # fmt: skip
SLIP = (b"%PDF-1.7 slip", "boleto-2026-06.pdf", "application/pdf")


@dataclass
class SmtpServer:
    """An SMTP server of a page: it answers RCPT and DATA as told and keeps what it takes."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    auth: str = "235 OK"
    encryption: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    user: str = ""
    taken: list[bytes] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)  # commands, with 'tls ' before what came encrypted

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ssl.SSLError, ConnectionError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        safe = False
        while line := await reader.readline():
            command = line.upper()
            self.heard.append(("tls " if safe else "") + command.split()[0].decode())
            if command.startswith(b"EHLO"):
                starttls = "250-STARTTLS\r\n" if self.encryption and not safe else ""
                writer.write(f"250-here\r\n{starttls}250 AUTH PLAIN\r\n".encode())
            elif command.startswith(b"STARTTLS") and self.encryption:
                writer.write(b"220 go on\r\n")
                await writer.drain()
                await writer.start_tls(self.encryption)
                safe = True
            elif command.startswith(b"AUTH"):
                writer.write(f"{self.auth}\r\n".encode())
            elif command.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(f"{self.data}\r\n".encode())
            elif command.startswith(b"RCPT"):
                writer.write(f"{self.rcpt}\r\n".encode())
            else:
                writer.write(b"250 OK\r\n")
            await writer.drain()
            if command.startswith(b"QUIT"):
                break

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.talk, self.host, 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            yield f"smtp://{self.user}{self.host}:{port}?from=boletos@zelo.example"

    def letters(self) -> list[EmailMessage]:
        return [read(content) for content in self.taken]


def read(content: bytes) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(content, policy=policy.default))


async def person(session: AsyncSession, address: str = ADDRESS) -> Beneficiary:
    books = Books(session)
    found = await books.person(await books.contract())
    found.email = address
    await session.flush()
    return found


async def write(session: AsyncSession, to: Beneficiary, **more: Any) -> Mail:
    given: dict[str, Any] = {"request_key": "k", "attached": [SLIP], "values": VALUES} | more
    return await mail.write(session, to=to, kind="slip", actor=ASSISTANT, now=NOW, **given)


async def written(store: Store, **more: Any) -> None:
    async with store.unit_of_work() as session:
        await write(session, await person(session), **more)


def mailer(store: Store, url: str = "") -> Mailer:
    return Mailer(store, Settings(smtp_url=url, data_dir=settings().data_dir))


async def row(store: Store) -> Mail:
    async with store.sessions() as session:
        return (await session.scalars(select(Mail))).one()


async def due_again(store: Store) -> None:
    async with store.unit_of_work() as session:
        await session.execute(text("UPDATE mail SET next_try_at = clock_timestamp()"))

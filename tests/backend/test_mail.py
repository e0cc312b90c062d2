"""E-mails: to the registered address alone, once for a request, until a server has taken them."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend import mail
from backend.actor import ASSISTANT
from backend.beneficiaries import Beneficiary
from backend.errors import InvalidInput
from backend.mail import Mail, masked
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.settings import Settings, settings
from backend.store.engine import Store
from handoff.dispatch.mail import FIRST_PAUSE, MOST_ATTEMPTS, TEXTS, Mailer, Server, subject_of
from tests.backend.test_invoices import Books

NOW = datetime(2026, 8, 3, 13, 0, tzinfo=UTC)
ADDRESS = "pessoa.modelo@exemplo.invalid"
VALUES = {
    "name": "Pessoa", "number": "99999920260803000001", "operator": "Zelo Saúde", "phone": "(98) 3000-0000",
    "months": "06/2026",
    "slips": [{"month": "06/2026", "due_on": "03/08/2026", "total": "R$ 1.038,67", "line": "999", "pix": "000201"}],
}  # fmt: skip
SLIP = (b"%PDF-1.7 slip", "boleto-2026-06.pdf", "application/pdf")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    return tmp_path


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


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ana@exemplo.com", "an***@exemplo.com"),
        ("ab@exemplo.com", "a***@exemplo.com"),
        ("a@exemplo.com", "***@exemplo.com"),
        ("maria.modelo@exemplo.com", "ma***@exemplo.com"),
    ],
)
def test_an_address_is_asked_about_so_that_only_its_owner_knows_it(address: str, shown: str) -> None:
    assert masked(address) == shown


async def test_an_email_is_written_once_for_a_request_key(store: Store) -> None:
    async with store.unit_of_work() as session:
        to = await person(session)
        assert (await write(session, to)).id == (await write(session, to)).id
        assert await session.scalar(select(func.count()).select_from(Mail)) == 1


async def test_without_a_registered_address_nothing_is_written(store: Store) -> None:
    async with store.unit_of_work() as session:
        with pytest.raises(InvalidInput):
            await write(session, await person(session, ""))


async def test_without_a_server_an_email_becomes_a_file(store: Store, folder: Path) -> None:
    await written(store)
    assert await mailer(store).send_due()
    assert not await mailer(store).send_due()
    [file] = (folder / "mail").iterdir()
    letter = read(file.read_bytes())
    assert letter["To"] == ADDRESS
    assert letter["Subject"] == "Segunda via do boleto: 06/2026 (protocolo 99999920260803000001)"
    [attached] = letter.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (SLIP[1], SLIP[0])
    body = letter.get_body(("plain",))
    assert body is not None
    assert "Total: R$ 1.038,67" in body.get_content()
    assert (await row(store)).state == "sent"


async def test_a_server_takes_it_in_the_operators_name(store: Store) -> None:
    server = SmtpServer()
    await written(store)
    async with server.running() as url:
        assert await mailer(store, url).send_due()
    [letter] = server.letters()
    assert letter["From"] == "Zelo Saúde <boletos@zelo.example>"
    assert (await row(store)).sent_at is not None


async def test_what_was_not_taken_is_tried_again_later_under_the_same_message_id(store: Store) -> None:
    server = SmtpServer(data="451 later")
    await written(store)
    async with server.running() as url:
        assert await mailer(store, url).send_due()
        waiting = await row(store)
        assert (waiting.state, waiting.attempts, waiting.problem) == ("ready", 1, "smtp_451")
        assert not await mailer(store, url).send_due(), "not at once"
        async with store.sessions() as session:
            now = await session.scalar(select(func.clock_timestamp()))
        assert now is not None
        assert FIRST_PAUSE * 0.9 < waiting.next_try_at - now <= FIRST_PAUSE
        server.data = "250 OK"
        await due_again(store)
        assert await mailer(store, url).send_due()
    first, second = server.letters()
    assert first["Message-ID"] == second["Message-ID"] == f"<{waiting.id}@zelo.example>"
    assert (await row(store)).state == "sent"


async def test_a_refused_address_ends_the_tries_and_stands_in_the_protocol(store: Store) -> None:
    async with store.unit_of_work() as session:
        to = await person(session)
        protocol = await protocols.open_protocol(
            session, store, kind=KINDS["invoice_copy"], request_key="p", conversation_id=None, beneficiary_id=to.id,
            actor=ASSISTANT, now=NOW,
        )  # fmt: skip
        await write(session, to, protocol_id=protocol.id)
    async with SmtpServer(rcpt="550 nobody").running() as url:
        assert await mailer(store, url).send_due()
    assert (await row(store)).state == "failed"
    async with store.sessions() as session:
        assert "mail_failed" in [entry.step for entry in await protocols.history(session, protocol.id)]


async def test_a_mailbox_that_is_full_is_tried_again(store: Store) -> None:
    await written(store)
    async with SmtpServer(rcpt="452 full").running() as url:
        assert await mailer(store, url).send_due()
    assert ((await row(store)).state, (await row(store)).problem) == ("ready", "recipient_refused")


@pytest.fixture
def encryption(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context for 127.0.0.1 and 127.0.0.2, and the certificate that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    hosts = [x509.IPAddress(ip_address(f"127.0.0.{n}")) for n in (1, 2)]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    written, private = tmp_path / "server.pem", tmp_path / "server.key"
    written.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(written, private)
    return context, written


async def test_where_the_server_can_encrypt_name_and_letter_leave_encrypted(
    store: Store, encryption: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = encryption
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = SmtpServer(encryption=context, host="127.0.0.2", user="u:p@")
    await written(store)
    async with server.running() as url:
        assert await mailer(store, url).send_due()
    assert server.heard[:2] == ["EHLO", "STARTTLS"]
    assert all(command.startswith("tls ") for command in server.heard[2:])
    assert {"tls AUTH", "tls DATA"} <= set(server.heard)
    assert (await row(store)).state == "sent"


async def test_to_a_server_that_nobody_vouches_for_nothing_is_handed_in(
    store: Store, encryption: tuple[ssl.SSLContext, Path]
) -> None:
    server = SmtpServer(encryption=encryption[0], user="u:p@")
    await written(store)
    async with server.running() as url:
        assert await mailer(store, url).send_due()
    assert server.heard == ["EHLO", "STARTTLS"]
    assert (await row(store)).state == "ready"


async def test_a_password_does_not_leave_this_machine_unencrypted(store: Store) -> None:
    server = SmtpServer(host="127.0.0.2", user="u:p@")  # not an address that counts as this machine
    await written(store)
    async with server.running() as url:
        assert await mailer(store, url).send_due()
    assert "AUTH" not in server.heard
    assert ((await row(store)).state, (await row(store)).problem) == ("ready", "no_encryption")


async def test_a_wrong_password_is_ours_to_mend_so_the_email_waits(store: Store) -> None:
    server = SmtpServer(user="u:p@", auth="535 no")
    await written(store)
    async with server.running() as url:
        assert await mailer(store, url).send_due()
    assert ((await row(store)).state, (await row(store)).problem) == ("ready", "smtp_535")
    assert server.taken == []


async def to_team(session: AsyncSession, address: str = "contas@plano.example", **more: Any) -> Mail:
    given: dict[str, Any] = {"request_key": "t", "attached": [SLIP], "values": VALUES} | more
    return await mail.write_to_team(session, address=address, kind="slip", actor=ASSISTANT, now=NOW, **given)


async def test_an_email_to_a_team_leaves_as_any_other_and_is_nobodys_of_the_register(
    store: Store, folder: Path
) -> None:
    async with store.unit_of_work() as session:
        assert (await to_team(session)).id == (await to_team(session)).id
    assert (await row(store)).beneficiary_id is None
    assert await mailer(store).send_due()
    [file] = (folder / "mail").iterdir()
    assert read(file.read_bytes())["To"] == "contas@plano.example"


@pytest.mark.parametrize("address", ["", " "])
async def test_to_a_team_without_an_address_nothing_is_written(store: Store, address: str) -> None:
    async with store.unit_of_work() as session:
        with pytest.raises(InvalidInput):
            await to_team(session, address)


async def test_an_email_about_a_protocol_says_its_number_though_nobody_gave_it(store: Store) -> None:
    values = {name: value for name, value in VALUES.items() if name != "number"}
    async with store.unit_of_work() as session:
        protocol = await protocols.open_protocol(
            session, store, kind=KINDS["invoice_copy"], request_key="p", conversation_id=None, beneficiary_id=None,
            actor=ASSISTANT, now=NOW,
        )  # fmt: skip
        await to_team(session, protocol_id=protocol.id, values=values)
    assert protocol.number in subject_of("slip", (await row(store)).values)


SUBJECTS = sorted(re.findall(r"utter_mail_(\w+)_subject:", TEXTS.read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_subject_carries_the_protocol_where_there_is_one(kind: str) -> None:
    places = re.findall(r"{(\w+)}", TEXTS.read_text(encoding="utf-8"))
    filled = dict.fromkeys(places, "x") | {"number": "99999920260803000001"}
    assert "99999920260803000001" in subject_of(kind, filled)


async def test_a_server_that_is_away_is_given_up_after_the_last_try(store: Store) -> None:
    await written(store)
    away = mailer(store, "smtp://127.0.0.1:9")
    for _ in range(MOST_ATTEMPTS):
        assert (await row(store)).state == "ready"
        await due_again(store)
        assert await away.send_due()
    assert ((await row(store)).state, (await row(store)).attempts) == ("failed", MOST_ATTEMPTS)


async def test_a_worker_that_dies_in_the_middle_leaves_it_to_the_next(store: Store) -> None:
    await written(store)
    dying = mailer(store)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    dying._deliver = die  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        await dying.send_due()
    assert (await row(store)).state == "ready"
    await due_again(store)
    assert await mailer(store).send_due()
    assert (await row(store)).state == "sent"


async def test_nothing_that_is_logged_names_an_address(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await written(store)
    async with SmtpServer(rcpt=f"550 {ADDRESS} unknown").running() as url:
        await mailer(store, url).send_due()
    assert "not delivered" in caplog.text
    assert "exemplo" not in caplog.text


async def test_what_cannot_be_composed_fails_at_once_and_stops_nothing_else(store: Store) -> None:
    await written(store, values={})
    assert await mailer(store).send_due()
    assert (await row(store)).problem == "KeyError"
    assert not await mailer(store).send_due()


async def test_an_address_with_a_line_break_writes_no_header_of_its_own(store: Store, folder: Path) -> None:
    async with store.unit_of_work() as session:
        await write(session, await person(session, "a@exemplo.invalid\nBcc: b@exemplo.invalid"))
    assert await mailer(store).send_due()
    assert (await row(store)).state == "failed"
    assert not (folder / "mail").exists()


@pytest.mark.parametrize(
    "address", ["", "@", "a@", "a@exemplo.invalid>", "<a@exemplo.invalid", "a b@", '"a', "a@[", "("]
)
async def test_an_address_that_is_none_fails_for_good_and_the_duty_goes_on(store: Store, address: str) -> None:
    await written(store)
    async with store.unit_of_work() as session:
        await session.execute(text("UPDATE mail SET recipient = :address"), {"address": address})
    assert await mailer(store).send_due()
    assert (await row(store)).state == "failed"
    assert not await mailer(store).send_due()


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://smtp.plano.example", Server("smtp.plano.example", 587, False, "", "", "nao-responda@smtp.plano.example")),
        ("smtps://b%40p.example:s%3A1@h.example",
         Server("h.example", 465, True, "b@p.example", "s:1", "b@p.example")),
        ("smtp://u:p@h.example:25?from=x@p.example", Server("h.example", 25, False, "u", "p", "x@p.example")),
    ],
)  # fmt: skip
def test_the_servers_address_is_read(url: str, server: Server) -> None:
    assert Server.parse(url) == server


@pytest.mark.parametrize("url", ["http://h.example", "smtp://", "mail"])
def test_what_is_no_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="ZELO_SMTP_URL"):
        Server.parse(url)

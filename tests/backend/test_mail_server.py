"""Handing e-mails in: encrypted where the server can, and what its answers mean."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from backend.settings import settings
from backend.store.engine import Store
from tests.backend.mail_rig import SmtpServer, mailer, row, written


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    return tmp_path


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

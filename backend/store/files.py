"""Files by their content, encrypted: what people sent and what we send, each content once.

A file is known by the SHA-256 of its plain content, in rows and in calls. On the disk it lies under an HMAC of that
digest, so that who has the folder alone (a backup, a lost disk) reads nothing and cannot test whether a known document
is there; he sees how many files there are, how large, and from when. Who has the database too can test for known
contents, since its rows hold the digests.

Each file is a header (mark, key's id, nonce), then AES-256-GCM's text and tag; header and name are authenticated, so
that files changed or exchanged are refused. `ZELO_FILES_KEY` holds keys separated by commas: the first one encrypts,
all decrypt; `renew` writes everything anew under the first one, after which the others may go. Files from before keys
were configured lie plain under their digest and stay readable.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.errors import InvalidInput, NotFound
from backend.settings import settings

# What WhatsApp shows as a picture, with a text beneath it; every other type goes as a document.
PICTURES = frozenset({"image/jpeg", "image/png"})
MARK = b"ZELO\x01"
KEY_BYTES = 32
_ID_BYTES = 8
_NONCE_BYTES = 12
_HEADER_BYTES = len(MARK) + _ID_BYTES + _NONCE_BYTES
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class File:
    """A stored file: what its bytes are, how people call it, its type, its size in bytes.

    ValueError where `sha256` is no digest.
    """

    sha256: str
    name: str
    content_type: str
    size: int

    def __post_init__(self) -> None:
        if not _DIGEST.fullmatch(self.sha256):
            raise ValueError("no SHA-256")

    @property
    def is_picture(self) -> bool:
        """True for what is shown in place, false for what opens as a document."""
        return self.content_type in PICTURES


@dataclass(frozen=True, slots=True)
class Renewed:
    """What `renew` did: files written anew, and files that none of the keys opens."""

    written: int
    locked: int


@dataclass(frozen=True, slots=True)
class _Key:
    """One configured key's three uses, each derived by itself: it names, encrypts and is told apart."""

    id: bytes
    naming: bytes
    cipher: AESGCM

    @classmethod
    def of(cls, secret: bytes) -> _Key:
        def derived(use: str, length: int) -> bytes:
            return HKDF(SHA256(), length, salt=None, info=f"zelo.files.{use}".encode()).derive(secret)

        return cls(derived("id", _ID_BYTES), derived("name", KEY_BYTES), AESGCM(derived("encrypt", KEY_BYTES)))

    def name_of(self, sha256: str) -> str:
        return hmac.digest(self.naming, bytes.fromhex(sha256), hashlib.sha256).hex()

    def encrypted(self, content: bytes, name: str) -> bytes:
        header = MARK + self.id + os.urandom(_NONCE_BYTES)
        return header + self.cipher.encrypt(header[-_NONCE_BYTES:], content, header + name.encode())

    def decrypted(self, stored: bytes, name: str) -> bytes:
        """InvalidTag where the file was changed, lies under another's name, or is another key's."""
        header, sealed = stored[:_HEADER_BYTES], stored[_HEADER_BYTES:]
        if len(header) < _HEADER_BYTES or not header.startswith(MARK + self.id):
            raise InvalidTag
        return self.cipher.decrypt(header[-_NONCE_BYTES:], sealed, header + name.encode())


@lru_cache(maxsize=8)
def _keys(written: str) -> tuple[_Key, ...]:
    return tuple(_Key.of(_secret(one.strip())) for one in written.split(",") if one.strip())


def _secret(written: str) -> bytes:
    standard = written.replace("-", "+").replace("_", "/").rstrip("=")
    try:  # either alphabet, padded or not
        secret = base64.b64decode(standard + "=", validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != KEY_BYTES:
        raise InvalidInput(
            f"ZELO_FILES_KEY não serve: cada chave tem {KEY_BYTES} bytes em base64.", detail="files key cannot be read"
        )
    return secret


def new_key() -> str:
    """A key as `ZELO_FILES_KEY` takes it: 32 random bytes in base64url."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def count_keys() -> int:
    """How many keys are configured; InvalidInput where one of them cannot be read."""
    return len(_configured())


def _configured() -> tuple[_Key, ...]:
    return _keys(settings().files_key.get_secret_value())


def path_of(sha256: str) -> Path:
    """Where a file of this content lies, or would lie if it were kept now."""
    places = [path for path, _ in _places(sha256)]
    return next((path for path in places if path.is_file()), places[0])


def _places(sha256: str) -> list[tuple[Path, _Key | None]]:
    """Where this content may lie, and the key that opens it there; none for the plain file of before."""
    keyed: list[tuple[Path, _Key | None]] = [(_place(key.name_of(sha256)), key) for key in _configured()]
    return [*keyed, (_place(sha256), None)]


def _root() -> Path:
    return settings().data_dir / "media"


def _place(name: str) -> Path:
    return _root() / name[:2] / name[2:4] / name


def keep(content: bytes) -> str:
    """Stores the bytes, encrypted, whole or not at all; gives their SHA-256.

    Without a key they are stored plain where nothing leaves this machine (demo, tests), else InvalidInput.
    """
    digest = hashlib.sha256(content).hexdigest()
    path, key = _places(digest)[0]
    if key is None and not settings().sends_to_loopback:
        raise InvalidInput("Falta ZELO_FILES_KEY, a chave dos arquivos.", detail="files key")
    if not path.exists():
        _write(path, content if key is None else key.encrypted(content, path.name))
    return digest


def _write(path: Path, stored: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(stored)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)


def read(sha256: str) -> bytes:
    """The plain bytes of this content; NotFound where they are not kept, or none of the keys opens them."""
    for path, key in _places(sha256) * 2:  # twice, since `renew` may move a file between two looks
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            continue
        try:
            return stored if key is None else key.decrypted(stored, path.name)
        except InvalidTag as error:
            raise NotFound("Este arquivo está danificado e não pode ser aberto.", detail="damaged file") from error
    raise NotFound(
        "Este arquivo não está mais guardado, ou falta a chave que o abre.", detail="no such file under these keys"
    )


def renew() -> Renewed:
    """Encrypts under the first key what is plain or under another; what it has written it removes from before.

    May run beside everything else, and again after it was cut off. InvalidInput without a key.
    """
    if not _configured():
        raise InvalidInput("Falta ZELO_FILES_KEY, a chave dos arquivos.", detail="files key")
    written = locked = 0
    for path in _kept():
        content = _opened(path)
        if content is None:
            locked += 1
        elif path != _places(hashlib.sha256(content).hexdigest())[0][0]:
            keep(content)
            path.unlink(missing_ok=True)
            written += 1
    return Renewed(written, locked)


def _kept() -> Iterator[Path]:
    if _root().is_dir():
        yield from sorted(path for path in _root().glob("??/??/*") if _DIGEST.fullmatch(path.name))


def _opened(path: Path) -> bytes | None:
    """The plain bytes of a file on the disk; None where no key opens it."""
    stored = path.read_bytes()
    for key in _configured():
        try:
            return key.decrypted(stored, path.name)
        except InvalidTag:
            continue
    return stored if hashlib.sha256(stored).hexdigest() == path.name else None

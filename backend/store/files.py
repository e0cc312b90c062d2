"""Files by their content: what people sent and what we send lies under its SHA-256, each content once."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from backend.errors import NotFound
from backend.settings import settings

# What WhatsApp shows as a picture, with a text beneath it; every other type goes as a document.
PICTURES = frozenset({"image/jpeg", "image/png"})
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class File:
    """A stored file: where its bytes are, how people call it, its type, its size in bytes.

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


def path_of(sha256: str) -> Path:
    """Where a file of this content lies."""
    return settings().data_dir / "media" / sha256[:2] / sha256[2:4] / sha256


def keep(content: bytes) -> str:
    """Stores the bytes under their SHA-256, whole or not at all; gives the digest."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
    return digest


def read(sha256: str) -> bytes:
    """The bytes of this content; NotFound where they are not kept."""
    try:
        return path_of(sha256).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("Este arquivo não está mais guardado.", detail="stored file") from error

"""Files at rest: encrypted, named so that nobody can test for their content, opened by every key that is configured."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from pydantic import SecretStr

from backend.errors import InvalidInput, NotFound
from backend.settings import settings
from backend.store import files
from backend.store.files import Renewed

CONTENT = b"%PDF-1.7 exame de Pessoa Modelo"
OLD, NEW = (base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    return tmp_path


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Keys:
    keys = Keys(monkeypatch)
    keys(OLD)
    return keys


class Keys:
    """Says which keys are configured."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, *written: str) -> None:
        self._monkeypatch.setattr(settings(), "files_key", SecretStr(",".join(written)))


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [b"", b"x", CONTENT, bytes(1_000_000), files.MARK + b"not encrypted at all"])
def test_what_is_kept_is_read_back_and_not_to_be_read_on_the_disk(content: bytes, folder: Path, keys: Keys) -> None:
    digest = files.keep(content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert files.read(digest) == content
    [path] = on_disk(folder)
    assert path == files.path_of(digest)
    assert len(content) < 8 or content[:64] not in path.read_bytes()  # one byte stands in any cipher by chance


def test_neither_name_nor_bytes_tell_whether_a_known_document_is_there(folder: Path, keys: Keys) -> None:
    digest = files.keep(CONTENT)
    first = files.path_of(digest).read_bytes()
    assert digest not in str(files.path_of(digest))
    files.path_of(digest).unlink()
    files.keep(CONTENT)
    assert files.path_of(digest).read_bytes() != first, "a nonce of its own each time"
    [here] = on_disk(folder)
    keys(NEW)
    files.keep(CONTENT)
    [elsewhere] = [path for path in on_disk(folder) if path != here]
    assert elsewhere.name != here.name


def test_the_same_content_is_kept_once(folder: Path, keys: Keys) -> None:
    assert files.keep(CONTENT) == files.keep(CONTENT)
    assert len(on_disk(folder)) == 1


def test_files_from_before_keys_stay_readable(folder: Path, keys: Keys) -> None:
    keys()
    digest = files.keep(CONTENT)
    assert files.path_of(digest).read_bytes() == CONTENT
    keys(NEW)
    assert files.read(digest) == CONTENT


def test_the_first_key_encrypts_and_all_decrypt(keys: Keys) -> None:
    before = files.keep(b"before")
    keys(NEW, OLD)
    after = files.keep(b"after")
    assert (files.read(before), files.read(after)) == (b"before", b"after")
    keys(NEW)
    assert files.read(after) == b"after"
    with pytest.raises(NotFound):
        files.read(before)


@pytest.mark.parametrize("configured", [(), (NEW,)])
def test_without_the_key_a_file_is_not_found_and_a_sentence_says_why(configured: tuple[str, ...], keys: Keys) -> None:
    digest = files.keep(CONTENT)
    keys(*configured)
    with pytest.raises(NotFound) as told:
        files.read(digest)
    assert "falta a chave que o abre" in told.value.message
    assert OLD not in str(told.value)


@pytest.mark.parametrize("at", [0, len(files.MARK), len(files.MARK) + 10, -40, -1])
def test_a_changed_byte_is_noticed_wherever_it_is(at: int, keys: Keys) -> None:
    digest = files.keep(CONTENT)
    path = files.path_of(digest)
    stored = bytearray(path.read_bytes())
    stored[at] ^= 1
    path.write_bytes(stored)
    with pytest.raises(NotFound, match="damaged"):
        files.read(digest)


def test_two_files_exchanged_on_the_disk_are_noticed(keys: Keys) -> None:
    first, second = files.keep(b"first"), files.keep(b"second")
    files.path_of(first).write_bytes(files.path_of(second).read_bytes())
    with pytest.raises(NotFound, match="damaged"):
        files.read(first)


def test_a_file_cut_short_is_damaged(keys: Keys) -> None:
    digest = files.keep(CONTENT)
    for length in (0, 5, 20, 40):
        files.path_of(digest).write_bytes(files.path_of(digest).read_bytes()[:length])
        with pytest.raises(NotFound, match="damaged"):
            files.read(digest)


def test_after_renewing_the_old_key_may_go(folder: Path, keys: Keys) -> None:
    keys()
    plain = files.keep(b"plain")
    keys(OLD)
    old = files.keep(b"old")
    keys(NEW, OLD)
    new = files.keep(b"new")
    assert files.renew() == Renewed(written=2, locked=0)
    assert files.renew() == Renewed(written=0, locked=0)
    keys(NEW)
    assert [files.read(digest) for digest in (plain, old, new)] == [b"plain", b"old", b"new"]
    assert len(on_disk(folder)) == 3


def test_renewing_leaves_what_it_cannot_open_and_counts_it(folder: Path, keys: Keys) -> None:
    digest = files.keep(CONTENT)
    keys(NEW)
    assert files.renew() == Renewed(written=0, locked=1)
    keys(OLD)
    assert files.read(digest) == CONTENT


def test_renewing_goes_on_where_it_was_cut_off(folder: Path, keys: Keys) -> None:
    digest = files.keep(CONTENT)
    keys(NEW, OLD)
    files.keep(CONTENT)  # written anew, the former one not yet removed
    assert len(on_disk(folder)) == 2
    files.renew()
    assert files.read(digest) == CONTENT
    assert len(on_disk(folder)) == 1


@pytest.mark.parametrize("written", ["x", "senha", OLD[:-3], OLD + "AA", f"{OLD},curta", "ç" * 43])
def test_what_is_no_key_is_refused_and_not_repeated(written: str, keys: Keys) -> None:
    keys(written)
    with pytest.raises(InvalidInput, match="files key") as told:
        files.keep(CONTENT)
    assert written not in f"{told.value} {told.value.message}"


def test_a_key_is_read_in_either_alphabet_of_base64(keys: Keys) -> None:
    secret = bytes.fromhex("fb" * 32)
    digests = []
    for written in (base64.b64encode(secret), base64.urlsafe_b64encode(secret), base64.b64encode(secret).rstrip(b"=")):
        keys(f" {written.decode()} ")
        digests.append(files.path_of(files.keep(CONTENT)))
    assert len(set(digests)) == 1


def test_where_messages_leave_the_machine_nothing_is_kept_without_a_key(
    folder: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys()
    monkeypatch.setattr(settings(), "twilio_api_url", "https://api.twilio.com")
    with pytest.raises(InvalidInput) as told:
        files.keep(CONTENT)
    assert "ZELO_FILES_KEY" in told.value.message
    assert on_disk(folder) == []

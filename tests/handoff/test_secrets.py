"""What the environment leaves open: made once, kept for the next start, given to every process."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.errors import InvalidInput
from backend.settings import Settings, settings
from backend.store import files
from backend.store.files import Renewed
from handoff.cli import run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ZELO_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("ZELO_FILES_KEY", raising=False)
    monkeypatch.setenv("ZELO_SIMULATOR", "1")
    settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    settings.cache_clear()


def started() -> Settings:
    settings.cache_clear()
    return run._with_secrets(settings())


def test_a_key_of_the_files_is_made_once_and_reaches_every_process(folder: Path) -> None:
    first, again = (started().files_key.get_secret_value() for _ in range(2))
    assert first == again
    assert files.count_keys() == 1
    environment = run._environment(settings(), run.Urls("postgresql://x/y", "redis://x"), folder / "model")
    assert environment["ZELO_FILES_KEY"] == first
    assert stat.S_IMODE((folder / run.SECRETS).stat().st_mode) == 0o600


def test_a_configured_key_is_kept_nowhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELO_FILES_KEY", files.new_key())
    started()
    assert "files_key" not in json.loads((folder / run.SECRETS).read_text())


def test_nothing_starts_with_a_key_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELO_FILES_KEY", "senha")
    with pytest.raises(InvalidInput) as told:
        started()
    assert "32 bytes em base64" in told.value.message


def test_files_are_renewed_with_the_key_that_was_made_here(folder: Path) -> None:
    digest = files.keep(b"plain, before any key")
    started()
    settings.cache_clear()
    assert run.renew_files() == Renewed(written=1, locked=0)
    assert files.read(digest) == b"plain, before any key"


def test_without_any_key_nothing_is_renewed(folder: Path) -> None:
    with pytest.raises(InvalidInput):
        run.renew_files()

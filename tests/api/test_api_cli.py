"""`zelo api`: tokens made, listed and taken back."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from backend.errors import InvalidInput, NotFound
from backend.settings import settings
from handoff.cli import app

RUN = CliRunner()


@pytest.fixture(autouse=True)
def configured(clean_database: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "database_url", clean_database)
    monkeypatch.setattr(settings(), "redis_url", redis_url)


def said(*words: str) -> str:
    done = RUN.invoke(app, ["api", *words])
    if done.exception is not None:
        raise done.exception
    return done.output


def test_a_system_is_made_listed_and_revoked_and_its_token_is_shown_once() -> None:
    assert said("list") == "Nenhum sistema cadastrado.\n"
    made = said("add", "solus", "--scope", "invoices:write", "--scope", "agenda:write")
    token = made.splitlines()[-1]
    assert token.startswith("zelo_")
    listed = said("list")
    assert "solus" in listed
    assert "nunca usado" in listed
    assert "agenda:write invoices:write" in listed
    assert token not in listed
    assert said("revoke", "solus") == "O token de solus não vale mais.\n"
    assert "revogado em" in said("list")


def test_what_cannot_be_is_said_in_portuguese() -> None:
    with pytest.raises(InvalidInput, match="scopes"):
        said("add", "solus", "--scope", "tudo")
    with pytest.raises(NotFound):
        said("revoke", "ninguem")

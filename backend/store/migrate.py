"""Bringing a database to the newest schema, and asking whether models and schema are the same."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import MetaData

from backend.store.engine import driver_url

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(url: str, metadata: MetaData) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = driver_url(url)
    # The metadata comes from the caller: backend must not know the rooms that build on it.
    config.attributes["metadata"] = metadata
    return config


def upgrade(url: str, metadata: MetaData) -> None:
    """Runs every migration that the database has not had yet."""
    command.upgrade(_config(url, metadata), "head")


def matches(url: str, metadata: MetaData) -> bool:
    """True when the models would need no further migration (`alembic check`)."""
    try:
        command.check(_config(url, metadata))
    except CommandError:
        return False
    return True


def new_revision(url: str, metadata: MetaData, message: str) -> None:
    """Writes a migration file from the difference between models and schema."""
    command.revision(_config(url, metadata), message=message, autogenerate=True)

"""Models and migrations say the same, and there is one newest migration."""

from __future__ import annotations

from alembic.config import Config
from alembic.script import ScriptDirectory

from backend.store.migrate import MIGRATIONS, matches
from handoff.schema import METADATA


def test_the_models_need_no_further_migration(clean_database: str) -> None:
    assert matches(clean_database, METADATA)


def test_there_is_one_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1

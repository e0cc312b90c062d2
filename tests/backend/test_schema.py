"""Models and migrations say the same, and there is one newest migration."""

from __future__ import annotations

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from backend.store.migrate import MIGRATIONS, _config, matches, upgrade
from handoff.schema import METADATA


def test_the_models_need_no_further_migration(clean_database: str) -> None:
    assert matches(clean_database, METADATA)


def test_there_is_one_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_people_from_before_contracts_were_known_keep_their_own(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS older")
        connection.execute("CREATE DATABASE older")
        older = (
            database_url.rsplit("/", 1)[0] + "/older" + database_url.partition("?")[1] + database_url.partition("?")[2]
        )
    command.upgrade(_config(older, METADATA), "0001")
    with psycopg.connect(older, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO beneficiary (id, full_name, cpf, birth_date, mother_name, card_number, standing, holder_id,"
            " contract_date) VALUES"
            " ('00000000-0000-0000-0000-000000000001', 'Ana Beatriz Rocha', '1', '1985-03-12', 'L', 'A1', 'holder', NULL,"
            "  '2025-02-01'),"
            " ('00000000-0000-0000-0000-000000000002', 'Bruno Rocha Lima', '2', '2008-12-12', 'A', 'A2', 'dependent',"
            "  '00000000-0000-0000-0000-000000000001', '2025-02-01')"
        )
    upgrade(older, METADATA)
    with psycopg.connect(older, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT b.folded_name, c.number, c.signed_on::text, b.joined_on::text FROM beneficiary b"
            " JOIN contract c ON c.id = b.contract_id ORDER BY b.cpf"
        ).fetchall()
    assert rows == [
        ("ana beatriz rocha", "A1", "2025-02-01", "2025-02-01"),
        ("bruno rocha lima", "A1", "2025-02-01", "2025-02-01"),
    ]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE older")

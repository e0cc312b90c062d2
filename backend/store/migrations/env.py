"""Alembic's entry: one connection, a lock timeout, one transaction for each migration."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text

LOCK_TIMEOUT = "5s"  # a migration that waits longer would stop the service behind it


def run() -> None:
    """Runs the migrations on the address that the caller put into the attributes."""
    engine = create_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text("SELECT pg_advisory_lock(hashtext('zelo.migrations'))"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=context.config.attributes["metadata"],
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=False,
            include_object=lambda _object, name, kind, _reflected, _other: not (kind == "table" and name == "events"),
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()

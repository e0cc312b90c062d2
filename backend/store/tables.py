"""The one metadata that every room's tables belong to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import DeclarativeBase

from backend.identifiers import plain

# Values as they come out of and go into a JSONB column.
JsonObject = dict[str, object]


class Base(DeclarativeBase):
    """Declarative base: texts without length, times with zone, constraints with names."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads this class attribute by its name)
        str: Text,
        datetime: TIMESTAMP(timezone=True),
        UUID: PG_UUID(as_uuid=True),
        JsonObject: JSONB,
        list[JsonObject]: JSONB,
        list[str]: JSONB,
    }


def folded(column: str) -> Callable[[DefaultExecutionContext], str]:
    """A column's default: another column's value as it is compared, lower case and without accents."""

    def fold(context: DefaultExecutionContext) -> str:
        return plain(str(context.get_current_parameters()[column]))  # type: ignore[no-untyped-call]  # SQLAlchemy's

    return fold

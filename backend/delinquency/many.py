"""Rows of many cases in one query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, literal


def among(column: Any, ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Whether a column is one of many ids: they travel as one value, thousands of parameters would be slow to write."""
    found: ColumnElement[bool] = column == any_(literal(list(set(ids)), ARRAY(Uuid())))
    return found

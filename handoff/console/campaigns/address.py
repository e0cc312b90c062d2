"""How a list's filters stand in an address."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode


def query_of(filters: Mapping[str, object], **more: object) -> str:
    """`?page=2&q=ana` of some filters, some of them changed; what is empty, or the first page, is left out. Pure."""
    query = urlencode({name: value for name, value in (dict(filters) | more).items() if value not in {"", 1}})
    return f"?{query}" if query else ""

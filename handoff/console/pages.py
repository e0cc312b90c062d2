"""Templates: whole pages and fragments from the same files, and the addresses of static files."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments.fastapi import Jinja2Blocks
from starlette.requests import Request
from starlette.responses import Response

from backend.settings import settings
from handoff.console import formats, words
from handoff.console.session import Visitor

HERE = Path(__file__).parent
STATIC = HERE / "static"


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """A static file's address with its content's hash, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def _templates() -> Jinja2Blocks:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,  # a name that no view gives is a mistake, not an empty place
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(formats.FILTERS)
    environment.globals.update(asset=asset, words=words, operator_name=lambda: settings().operator_name)
    return Jinja2Blocks(env=environment)


_TEMPLATES = _templates()


def wants_fragment(request: Request) -> bool:
    """True where htmx swaps a part of a page, not the page."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-request-type") != "full"


def page(
    request: Request,
    template: str,
    context: dict[str, object],
    *,
    visitor: Visitor | None = None,
    block: str | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """The page of this template, or one of its blocks."""
    return _TEMPLATES.TemplateResponse(
        request,
        template,
        {"visitor": visitor, **context},
        status_code=status,
        headers={"Vary": "HX-Request, HX-Request-Type", **(headers or {})},
        block_name=block,
    )

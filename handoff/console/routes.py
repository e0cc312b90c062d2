"""The console's routes: what is public, and everything else behind a session."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from handoff.console import (
    actions,
    events,
    files,
    invoices,
    login,
    operator,
    people,
    procedures,
    protocols,
    scheduling,
    sections,
    views,
)
from handoff.console.boards import board
from handoff.console.boards import papers as board_papers
from handoff.console.boards import protocol as board_protocol
from handoff.console.campaigns import contract, decisions, downloads, ladder
from handoff.console.campaigns import forms as campaign_forms
from handoff.console.campaigns import lines as campaign_lines
from handoff.console.campaigns import listing as campaign_list
from handoff.console.campaigns import page as campaign_page
from handoff.console.pages import STATIC
from handoff.console.session import signed_in

FOR_EVER = "public, max-age=31536000, immutable"
LARGEST_FORM = 256 * 1024  # the longest reply, every character of it escaped, is a third of that

private = APIRouter(dependencies=[Depends(signed_in)], max_body_size=LARGEST_FORM)
PARTS = (
    views, actions, files, events, operator, sections, people, scheduling, invoices, procedures, protocols,
    board, board_protocol, board_papers,
    campaign_list, campaign_page, campaign_forms, campaign_lines, downloads, decisions, ladder, contract,
)  # fmt: skip
for part in PARTS:
    private.include_router(part.router)
private.include_router(login.private)

router = APIRouter(include_in_schema=False, max_body_size=LARGEST_FORM)
router.include_router(login.public)
router.include_router(private)


class _Files(StaticFiles):
    """A file that is asked for by its content's hash may be kept for ever; others are asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        hashed = scope["query_string"].startswith(b"v=")
        answer.headers["Cache-Control"] = FOR_EVER if hashed else "no-cache"
        return answer


def mount_static(app: FastAPI) -> None:
    """Serves stylesheet, modules and vendored libraries under /static."""
    app.mount("/static", _Files(directory=str(STATIC)), name="static")

"""Finance's lists: which there are, a new one, the empty model, and an example where nothing leaves the machine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import uuid4

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend import audit
from backend.delinquency.lists import columns
from backend.delinquency.lists import verbs as lists
from backend.errors import InvalidInput, Taken, ZeloError
from backend.sheets import CONTENT_TYPE
from backend.store.clock import local
from handoff.console.campaigns import words
from handoff.console.errors import status_of
from handoff.console.pages import page
from handoff.console.panel import key_of, typed
from handoff.console.session import Supervisor, Visitor, bell_of, store_of
from handoff.desk.collections import campaigns, example, once
from handoff.desk.collections.names import names_of
from handoff.file_response import file_response
from handoff.whatsapp.inbound import clean

LARGEST_UPLOAD = 32 * 1024 * 1024  # the verb says in words what is larger than a list may be
LONGEST_NAME = 120
CAMPAIGN_LOOK = "console.campaign_file"

router = APIRouter(prefix="/campaigns")


@router.get("")
async def show_list(request: Request, visitor: Supervisor) -> Response:
    """All campaigns, the newest first, and the form for a new list."""
    return await _shown(request, visitor)


@router.post("", max_body_size=LARGEST_UPLOAD)
async def upload(request: Request, visitor: Supervisor) -> Response:
    """A new list of finance: kept, opened, its columns guessed. Nothing is sent by this."""
    form, fields = await request.form(), await typed(request)
    try:
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) and file.filename else b""
        file_name = clean(file.filename or "")[-LONGEST_NAME:] if isinstance(file, UploadFile) else ""
        made = await _uploaded(request, visitor, fields, content, file_name)
    except (InvalidInput, Taken) as problem:
        return await _shown(request, visitor, problem=problem, typed=fields)
    await bell_of(request).ring("inbox")
    return RedirectResponse(f"/campaigns/{made}", status_code=303)


async def _uploaded(
    request: Request, visitor: Visitor, fields: Mapping[str, str], content: bytes, file_name: str
) -> str:
    """The id of the campaign that this form made, now or when it came before."""
    key = key_of(fields, "campaign")
    async with store_of(request).unit_of_work() as session:
        known = await once.made_before(session, key)
        if known is not None:
            return known
        name = fields.get("name", "").strip()
        if not content:
            raise InvalidInput("Escolha a planilha do Financeiro.", detail="no file")
        if len(name) > LONGEST_NAME:
            raise InvalidInput(f"O nome passa de {LONGEST_NAME} caracteres.", detail="long name")
        campaign = await lists.upload(
            session, name=name or _name_of(file_name, visitor), content=content, file_name=file_name,
            actor=visitor.actor, now=visitor.now,
        )  # fmt: skip
        once.note_made(session, key, made=campaign.id, actor=visitor.actor, now=visitor.now)
        return str(campaign.id)


def _name_of(file_name: str, visitor: Visitor) -> str:
    """What a list is called whose sender gave it no name: its file's, with the day. Pure."""
    return f"{file_name.rpartition('.')[0] or 'Lista'} ({local(visitor.now):%d/%m/%Y})"


@router.get("/model.xlsx")
async def show_model(request: Request, _visitor: Supervisor) -> Response:
    """An empty list with the columns that are understood by name."""
    content = await asyncio.to_thread(columns.model)
    return attached(request, content, "modelo-de-lista.xlsx")


@router.get("/example.xlsx")
async def show_example(request: Request, visitor: Supervisor) -> Response:
    """A list of who is in arrears here, as finance would send it; NotFound where messages could leave."""
    async with store_of(request).unit_of_work() as session:
        content = await example.example_list(session, today=local(visitor.now).date())
        audit.record(session, CAMPAIGN_LOOK, ("page", "example_list"), actor=visitor.actor, now=visitor.now)
    return attached(request, content, "lista-de-exemplo.xlsx")


def attached(request: Request, content: bytes, name: str, media_type: str = CONTENT_TYPE) -> Response:
    """A file that is downloaded, never shown in place."""
    headers = {"X-Content-Type-Options": "nosniff"}
    return file_response(request, content, media_type=media_type, name=name, inline=False, headers=headers)


async def _shown(
    request: Request, visitor: Visitor, *, problem: ZeloError | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    async with store_of(request).unit_of_work() as session:
        rows = await campaigns.every(session)
        names = await names_of(session, [row.campaign.created_by for row in rows])
    context: dict[str, object] = {
        "rows": rows, "names": names, "states": words.CAMPAIGN_STATES, "key": str(uuid4()), "typed": typed or {},
        "problem": problem.message if problem else "", "example": example.is_offered(), "now": visitor.now,
        "longest_name": LONGEST_NAME,
    }  # fmt: skip
    status = status_of(problem) if problem else 200
    return page(request, "campaigns/campaigns.html", context, visitor=visitor, status=status)

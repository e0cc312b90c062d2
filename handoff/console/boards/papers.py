"""A protocol's documents: their pages as pictures, the originals, what they are, accepted or refused, added."""

from __future__ import annotations

import asyncio
import mimetypes
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from backend import audit
from backend.disputes.tables import ChargeDispute
from backend.documents import verbs as documents
from backend.documents.checklist import title_of
from backend.documents.inspection import Inspected, inspect
from backend.documents.tables import Document
from backend.errors import InvalidInput, NotFound
from backend.holder_change.tables import HolderChange
from backend.procedures import letters
from backend.procedures import verbs as procedures
from backend.store import files
from backend.store.files import File
from handoff.console.boards import access, page
from handoff.console.files import INLINE, PDF, SANDBOX, plain_type
from handoff.console.panel import typed
from handoff.console.session import Signed, Visitor, store_of
from handoff.desk.boards import decisions, papers
from handoff.desk.boards.work import Work
from handoff.file_response import file_response
from handoff.whatsapp.inbound import clean

PICTURE = "image/jpeg"
MOST_PAGES = 10_000
LARGEST_UPLOAD = 32 * 1024 * 1024  # the inspection says in words what is larger than `media_max_bytes`

router = APIRouter(prefix="/protocols/{protocol_id}")
Number = Annotated[int, Path(ge=1, le=MOST_PAGES)]


@router.get("/documents/{document_id}/pages/{number}")
async def show_page(
    request: Request, protocol_id: UUID, document_id: UUID, number: Number, visitor: Signed
) -> Response:
    """One page of a document as a picture, from 1 on; the look is audited. NotFound for a page that has none."""
    document = await _looked_at(request, visitor, protocol_id, document_id, part="pages")
    if number > len(document.previews):
        raise NotFound("Esta página não tem imagem.", detail="page without a picture")
    return await _picture(request, document.previews[number - 1], f"{title_of(document.kind)}-{number}.jpg")


@router.get("/documents/{document_id}/thumbnail")
async def show_thumbnail(request: Request, protocol_id: UUID, document_id: UUID, visitor: Signed) -> Response:
    """The small picture on the protocol's page: the look at that page stands for it."""
    async with store_of(request).unit_of_work() as session:
        await access.opened(session, visitor, protocol_id)
        document = await documents.get(session, document_id)
    if document.protocol_id != protocol_id or not document.thumbnail:
        raise NotFound("Este documento não tem imagem.", detail="no thumbnail")
    return await _picture(request, document.thumbnail, "miniatura.jpg")


@router.get("/documents/{document_id}/original")
async def show_original(request: Request, protocol_id: UUID, document_id: UUID, visitor: Signed) -> Response:
    """The file as it came: shown where a browser may, else downloaded; the look is audited."""
    document = await _looked_at(request, visitor, protocol_id, document_id, part="original")
    file = File(document.sha256, document.name or title_of(document.kind), document.content_type, document.size)
    return await _file(request, file)


@router.get("/files/proof")
async def show_proof(request: Request, protocol_id: UUID, visitor: Signed) -> Response:
    """The proof that went with a charge found valid."""
    async with store_of(request).unit_of_work() as session:
        await access.opened(session, visitor, protocol_id)
        dispute = await session.get(ChargeDispute, protocol_id)
        if dispute is None or not dispute.proof_sha256:
            raise NotFound("Não há comprovante neste protocolo.", detail="no proof")
        _note_file(session, visitor, protocol_id, "proof")
        file = File(dispute.proof_sha256, dispute.proof_name, dispute.proof_type, 0)
    return await _file(request, file)


@router.get("/files/form")
async def show_form(request: Request, protocol_id: UUID, visitor: Signed) -> Response:
    """The form of a change of holder as it was made for signature."""
    async with store_of(request).unit_of_work() as session:
        found = await access.opened(session, visitor, protocol_id)
        change = await session.get(HolderChange, protocol_id)
        if change is None or not change.form_sha256:
            raise NotFound("O formulário ainda não foi feito.", detail="no form")
        _note_file(session, visitor, protocol_id, "form")
        name = f"formulario-{found.protocol.number}.pdf"
    return await _file(request, File(change.form_sha256, name, "application/pdf", 0))


@router.get("/authorizations/{authorization_id}/letter")
async def show_letter(request: Request, protocol_id: UUID, authorization_id: UUID, visitor: Signed) -> Response:
    """A denial in writing, as the person gets it."""
    async with store_of(request).unit_of_work() as session:
        await access.opened(session, visitor, protocol_id)
        authorization = await procedures.get(session, authorization_id)
        if authorization.protocol_id != protocol_id:
            raise NotFound("Esta guia não é deste protocolo.", detail="authorization of another protocol")
        file = await letters.denial_of(session, authorization)
        _note_file(session, visitor, protocol_id, "letter")
    return await _file(request, file)


@router.post("/documents/{document_id}/kind")
async def name(request: Request, protocol_id: UUID, document_id: UUID, visitor: Signed) -> Response:
    """Says what a document is."""

    async def verb(work: Work, fields: page.Fields) -> str:
        known = fields.get("known", "")
        return await papers.name(work, document_id=document_id, kind=fields.get("kind", ""), known=known)

    return await page.write(request, visitor, protocol_id, "kind", verb, subject=document_id)


@router.post("/documents/{document_id}/accept")
async def accept(request: Request, protocol_id: UUID, document_id: UUID, visitor: Signed) -> Response:
    """Accepts a document."""
    return await _decide(request, visitor, protocol_id, document_id, accepted=True)


@router.post("/documents/{document_id}/refuse")
async def refuse(request: Request, protocol_id: UUID, document_id: UUID, visitor: Signed) -> Response:
    """Refuses a document, with its reason."""
    return await _decide(request, visitor, protocol_id, document_id, accepted=False)


@router.post("/documents", max_body_size=LARGEST_UPLOAD)
async def add(request: Request, protocol_id: UUID, visitor: Signed) -> Response:
    """A document that came to the counter or by e-mail."""
    fields, upload = await _uploaded(request, visitor, protocol_id)

    async def verb(work: Work, given: page.Fields) -> str:
        if work.repeated:
            return "Documento anexado."
        if upload is None:
            raise InvalidInput("Escolha o arquivo.", detail="no file")
        return await papers.add(work, file=_kept(*upload), inspected=upload[2], kind=given.get("kind", ""))

    return await page.write(request, visitor, protocol_id, "add", verb, adding=True, fields=fields)


@router.post("/moves/{code}", max_body_size=LARGEST_UPLOAD)
async def decide(request: Request, protocol_id: UUID, code: str, visitor: Signed) -> Response:
    """A decision about the protocol as a whole; a proof may go with it, a 'no' is read once more before it is told."""
    fields, upload = await _uploaded(request, visitor, protocol_id)
    again = await _read_again(request, visitor, protocol_id, code, fields)
    if again is not None:
        return again

    async def verb(work: Work, given: page.Fields) -> str:
        if upload is not None and not work.repeated:
            papers.check(upload[2])
        proof = _kept(*upload) if upload else None
        return await decisions.decide(work, code, given, proof=proof)

    return await page.write(request, visitor, protocol_id, f"move:{code}", verb, fresh=True, fields=fields)


async def _read_again(
    request: Request, visitor: Visitor, protocol_id: UUID, code: str, fields: page.Fields
) -> Response | None:
    """The page with what the person is going to read; None where nothing is shown a second time."""
    async with store_of(request).unit_of_work() as session:
        found = await access.opened(session, visitor, protocol_id)
    try:
        if not decisions.to_read_again(found.protocol, code, fields):
            return None
    except InvalidInput as problem:
        return await page.show(request, visitor, protocol_id, fields, problem=problem, typed=fields)
    return await page.show(request, visitor, protocol_id, fields, typed={**fields, "confirming": code})


async def _decide(
    request: Request, visitor: Visitor, protocol_id: UUID, document_id: UUID, *, accepted: bool
) -> Response:
    async def verb(work: Work, fields: page.Fields) -> str:
        reason, known = fields.get("reason", ""), fields.get("known", "")
        return await papers.decide(work, document_id=document_id, accepted=accepted, reason=reason, known=known)

    action = "accept_document" if accepted else "refuse_document"
    return await page.write(request, visitor, protocol_id, action, verb, subject=document_id)


async def _looked_at(
    request: Request, visitor: Visitor, protocol_id: UUID, document_id: UUID, *, part: str
) -> Document:
    """The document where the visitor may see its protocol; the look is on record."""
    async with store_of(request).unit_of_work() as session:
        await access.opened(session, visitor, protocol_id)
        document = await documents.get(session, document_id)
        if document.protocol_id != protocol_id:
            raise NotFound("Este documento não é deste protocolo.", detail="document of another protocol")
        await access.note_document(session, visitor, document_id, protocol=str(protocol_id), part=part)
    return document


def _note_file(session: AsyncSession, visitor: Visitor, protocol_id: UUID, part: str) -> None:
    subject = ("protocol", protocol_id)
    audit.record(session, access.DOCUMENT_LOOK, subject, actor=visitor.actor, now=visitor.now, part=part)


async def _picture(request: Request, sha256: str, name: str) -> Response:
    return await _file(request, File(sha256, name, PICTURE, 0))


async def _file(request: Request, file: File) -> Response:
    content = await asyncio.to_thread(files.read, file.sha256)
    kind = plain_type(file.content_type)
    inline = kind in INLINE
    name = file.name if "." in file.name else f"{file.name}{mimetypes.guess_extension(kind) or ''}"
    return file_response(
        request, content, media_type=kind if inline else "application/octet-stream", name=name, inline=inline,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": PDF if kind == "application/pdf" else SANDBOX,
        },
    )  # fmt: skip


async def _uploaded(
    request: Request, visitor: Visitor, protocol_id: UUID
) -> tuple[dict[str, str], tuple[bytes, str, Inspected] | None]:
    """The form's fields, and its file as it was inspected; None where none was chosen.

    Who may not add anything here has nothing inspected.
    """
    form, fields = await request.form(), await typed(request)
    upload = form.get("file")
    if not isinstance(upload, UploadFile) or not upload.filename:
        return fields, None
    async with store_of(request).unit_of_work() as session:
        access.check_works(visitor, await access.opened(session, visitor, protocol_id), writing=True)
    content = await upload.read()
    return fields, (content, clean(upload.filename)[-120:], await inspect(content))


def _kept(content: bytes, name: str, inspected: Inspected) -> File:
    return File(files.keep(content), name, inspected.content_type, inspected.size)

"""A contract's whole history of arrears: position, contacts, notices, answers, decisions, payments; and its papers."""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend import beneficiaries
from backend.delinquency import cases, decisions, dossier, history, notice_document, notices, position
from backend.delinquency.campaigns import OUTCOMES
from backend.delinquency.history import History
from backend.delinquency.rules import WHY
from backend.delinquency.tables import CaseDecision, ContactAttempt, Notice
from backend.errors import NotFound
from backend.protocols.kinds import KINDS
from backend.store import files
from backend.store.clock import local
from handoff.console.campaigns import access, words
from handoff.console.files import PDF
from handoff.console.pages import page
from handoff.console.session import Collector, Visitor, store_of
from handoff.desk.collections.names import names_of
from handoff.file_response import file_response

PDF_TYPE = "application/pdf"

router = APIRouter(prefix="/delinquency")


@router.get("/contracts/{contract_id}")
async def show_contract(request: Request, contract_id: UUID, visitor: Collector) -> Response:
    """Everything about a contract's arrears, the newest first. Every look is audited."""
    async with store_of(request).unit_of_work() as session:
        found = await history.of_contract(session, contract_id)
        context = await _context(session, visitor, found)
        await access.note_look(session, visitor, ("contract", contract_id))
    return page(request, "campaigns/contract.html", context, visitor=visitor)


@router.get("/cases/{case_id}/dossier.pdf")
async def show_dossier(request: Request, case_id: UUID, visitor: Collector) -> Response:
    """All evidence of a case as one PDF, with what examining its chain found. The printing is audited."""
    async with store_of(request).unit_of_work() as session:
        case = await cases.get(session, case_id)
        content, name = await dossier.printed(session, case=case, actor=visitor.actor, now=visitor.now)
    return _paper(request, content, name)


@router.get("/cases/{case_id}/notice.pdf")
async def show_notice(request: Request, case_id: UUID, visitor: Collector) -> Response:
    """The whole notice as of today, to be sent or read out by another means. InvalidInput where nothing is unpaid."""
    async with store_of(request).unit_of_work() as session:
        case = await cases.get(session, case_id)
        stands = await position.of_contract(session, case.contract_id, on=local(visitor.now).date())
        person = await beneficiaries.get(session, case.beneficiary_id)
        file = await notice_document.document(session, position=stands, person=person)
        await access.note_look(session, visitor, ("delinquency_case", case_id), part="notice")
    return _paper(request, await asyncio.to_thread(files.read, file.sha256), file.name)


@router.get("/notices/{notice_id}/paper.pdf")
async def show_told(request: Request, notice_id: UUID, visitor: Collector) -> Response:
    """A notice's paper as it was told."""
    async with store_of(request).unit_of_work() as session:
        notice = await session.get(Notice, notice_id)
        if notice is None or not notice.document_sha256:
            raise NotFound("Esta notificação não tem documento.", detail="notice without a paper")
        file = notices.file_of(notice)
        await access.note_look(session, visitor, ("delinquency_case", notice.case_id), part="told")
    return _paper(request, await asyncio.to_thread(files.read, file.sha256), file.name)


async def _context(session: AsyncSession, visitor: Visitor, found: History) -> dict[str, object]:
    today = local(visitor.now).date()
    current = next((one.case for one in found.cases if one.case.closed_at is None), None)
    return {
        "found": found, "position": await position.of_contract(session, found.contract.id, on=today),
        "due": await decisions.standing_of(session, current, on=today) if current else None,
        "entries": list(reversed(found.entries)), "names": await names_of(session, _hands(found)), "why": WHY,
        "means": words.MEANS, "tries": words.ATTEMPT_OUTCOMES, "choices": words.DECISIONS, "outcomes": OUTCOMES,
        "closed": words.CLOSED_AS, "kinds": KINDS, "links": dossier.TITLES, "now": visitor.now,
    }  # fmt: skip


def _hands(found: History) -> list[str]:
    """Whose names the history needs."""
    made = [entry.row.made_by for entry in found.entries if isinstance(entry.row, ContactAttempt)]
    return [*made, *(entry.row.decided_by for entry in found.entries if isinstance(entry.row, CaseDecision))]


def _paper(request: Request, content: bytes, name: str) -> Response:
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": PDF}
    return file_response(request, content, media_type=PDF_TYPE, name=name, inline=True, headers=headers)

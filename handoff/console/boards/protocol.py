"""One protocol's page and what is done there, whether its conversation is open or not. [processes.md 9; rule 8]"""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend import audit, beneficiaries
from backend.documents import verbs as documents
from backend.documents.checklist import title_of
from backend.errors import InvalidInput
from backend.papers.layout import Operator
from backend.papers.protocol_print import ProtocolPrint, protocol_print
from backend.protocols import replies
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.machines import stage_title
from backend.protocols.tables import ProtocolEntry
from backend.settings import settings
from handoff.console import words
from handoff.console.boards import access, page
from handoff.console.files import PDF
from handoff.console.panel import typed
from handoff.console.session import Signed, Visitor, store_of
from handoff.desk import teams
from handoff.desk.boards import begin, changes, rulings
from handoff.desk.boards.rulings import Ruling
from handoff.desk.boards.work import Work, written
from handoff.file_response import file_response
from handoff.whatsapp.inbound import clean

# Of these lines the words were written for the person; others may hold what the desk wrote for itself.
FOR_THE_PERSON = frozenset({"reply", "document_received", "document_accepted", "document_refused"})

router = APIRouter(prefix="/protocols/{protocol_id}")


@router.get("")
async def show_protocol(request: Request, protocol_id: UUID, visitor: Signed) -> Response:
    """The page; `document` in the address is the one that is shown, `board` where the visitor came from."""
    fields = {name: clean(value) for name, value in request.query_params.items()}
    return await page.show(request, visitor, protocol_id, fields)


@router.post("/reply")
async def reply(request: Request, protocol_id: UUID, visitor: Signed) -> Response:
    """An answer under the protocol's number: the person hears of it in the window, or by template."""

    async def verb(work: Work, fields: page.Fields) -> str:
        if work.repeated:
            return "Resposta registrada."
        text = written(fields.get("text", ""), "Escreva a mensagem antes de enviar.")
        work.note("console.reply_protocol")
        heard = await replies.reply(
            work.session, protocol=work.protocol, text=text, request_key=work.key, actor=work.actor, now=work.now
        )
        return "Resposta registrada: a pessoa será avisada." if heard else "Resposta registrada no protocolo."

    return await page.write(request, visitor, protocol_id, "reply", verb, fresh=True, adding=True, closed=True)


@router.post("/begin")
async def say_what_is_asked(request: Request, protocol_id: UUID, visitor: Signed) -> Response:
    """What who stands at the counter asks, under his protocol."""
    return await page.write(request, visitor, protocol_id, "begin", begin.begin, adding=True)


@router.post("/changes/{change_id}/accept")
async def accept_change(request: Request, protocol_id: UUID, change_id: int, visitor: Signed) -> Response:
    """Writes one change to the register."""

    async def verb(work: Work, fields: page.Fields) -> str:
        known, seen = fields.get("known", ""), fields.get("seen_old", "")
        return await changes.accept(work, change_id=change_id, known=known, seen_old=seen)

    return await page.write(request, visitor, protocol_id, "accept", verb, subject=change_id)


@router.post("/changes/{change_id}/refuse")
async def refuse_change(request: Request, protocol_id: UUID, change_id: int, visitor: Signed) -> Response:
    """Refuses one change, with its reason."""

    async def verb(work: Work, fields: page.Fields) -> str:
        known, reason = fields.get("known", ""), fields.get("reason", "")
        return await changes.refuse(work, change_id=change_id, known=known, reason=reason)

    return await page.write(request, visitor, protocol_id, "refuse", verb, subject=change_id)


@router.post("/changes/accept")
async def accept_all(request: Request, protocol_id: UUID, visitor: Signed) -> Response:
    """Writes all open changes to the register, or none."""

    async def verb(work: Work, fields: page.Fields) -> str:
        return await changes.accept_all(work, fields)

    return await page.write(request, visitor, protocol_id, "accept_all", verb, fresh=True)


@router.post("/authorizations/{authorization_id}")
async def rule(request: Request, protocol_id: UUID, authorization_id: UUID, visitor: Signed) -> Response:
    """Approves, denies, asks for a document; a denial is read once more before it is told."""
    fields = await typed(request)
    ruling = Ruling.typed(fields)

    async def verb(work: Work, given: page.Fields) -> str:
        known = given.get("known", "")
        return await rulings.rule(work, authorization_id=authorization_id, known=known, ruling=ruling)

    if ruling.state == "denied" and not ruling.confirmed:
        return await _read_again(request, visitor, protocol_id, fields, ruling)
    return await page.write(
        request, visitor, protocol_id, "rule", verb, subject=f"{authorization_id}:{ruling.state}", fields=fields,
        closed=True,  # a decision closes the protocol, and is looked at again, performed or cancelled afterwards
    )  # fmt: skip


async def _read_again(
    request: Request, visitor: Visitor, protocol_id: UUID, fields: page.Fields, ruling: Ruling
) -> Response:
    try:
        ruling.check()
    except InvalidInput as problem:
        return await page.show(request, visitor, protocol_id, fields, problem=problem, typed=fields)
    return await page.show(request, visitor, protocol_id, fields, typed={**fields, "confirming": "1"})


@router.get("/print")
async def print_protocol(request: Request, protocol_id: UUID, visitor: Signed) -> Response:
    """The protocol on paper, for who is at the counter."""
    async with store_of(request).unit_of_work() as session:
        found = await access.opened(session, visitor, protocol_id)
        sheet = await _sheet(session, visitor, found)
        subject = ("protocol", protocol_id)
        audit.record(session, "console.print_protocol", subject, actor=visitor.actor, now=visitor.now)
    content = await asyncio.to_thread(protocol_print, sheet)
    name = f"protocolo-{sheet.number}.pdf"
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": PDF}
    return file_response(request, content, media_type="application/pdf", name=name, inline=True, headers=headers)


async def _sheet(session: AsyncSession, visitor: Visitor, found: access.Opened) -> ProtocolPrint:
    protocol = found.protocol
    person = await beneficiaries.get(session, protocol.beneficiary_id) if protocol.beneficiary_id else None
    papers = await documents.of_protocol(session, protocol.id)
    history = await protocols.history(session, protocol.id)
    return ProtocolPrint(
        operator=Operator.configured(settings()), number=protocol.number, kind=KINDS[protocol.kind].title,
        opened_at=protocol.opened_at, due_at=protocol.due_at if protocol.state != "closed" else None,
        person_name=person.shown_name if person else "", team=(await teams.get(session, protocol.team)).title,
        stage=stage_title(protocol.kind, protocol.stage) or words.PROTOCOL_STATES.get(protocol.state, ""),
        printed_at=visitor.now, documents=tuple((title_of(one.kind), page.STATES[one.state]) for one in papers),
        history=tuple((line.at, _for_the_person(line)) for line in history),
    )  # fmt: skip


def _for_the_person(line: ProtocolEntry) -> str:
    title = words.step(line.step)
    return f"{title}: {line.text}" if line.text and line.step in FOR_THE_PERSON else title

"""The other means as a worklist: whom to write to, call, or send a letter; and what came of it. [processes.md 6]"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.delinquency import cases, contacts, notices
from backend.delinquency.calling import zone
from backend.delinquency.rules import WHY
from backend.delinquency.tables import ContactAttempt, DelinquencyCase
from backend.errors import InvalidInput, NotAllowed, NotFound, Taken, ZeloError
from backend.store.clock import local
from handoff.console.campaigns import access, words
from handoff.console.campaigns.address import query_of
from handoff.console.errors import status_of
from handoff.console.formats import short_date
from handoff.console.pages import page, wants_fragment
from handoff.console.panel import Fields, key_of, optional, typed
from handoff.console.session import Collector, Visitor, store_of
from handoff.desk.boards.work import short
from handoff.desk.collections import ladder
from handoff.desk.collections.ladder import A_PAGE

MOST_PAGES = 10_000
LONGEST_LINE = 300
SUBJECT = ("page", "ladder")

router = APIRouter(prefix="/delinquency")


@dataclass(frozen=True, slots=True)
class Asked:
    """By which means, as the address says; without one, the one by which most wait."""

    means: str = ""
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1

    @property
    def kind(self) -> str:
        """A means that there is, or none. Pure."""
        return self.means if self.means in words.RESULTS else ""

    def query(self, **more: object) -> str:
        """The worklist's query, some of it changed. Pure."""
        return query_of(asdict(self), **more)


@router.get("/ladder")
async def show_ladder(request: Request, visitor: Collector, asked: Annotated[Asked, Depends()]) -> Response:
    """What is to be done today by one of the means. Every look is audited."""
    return await _shown(request, visitor, asked, dict(request.query_params))


@router.post("/cases/{case_id}/contacts")
async def record(request: Request, case_id: UUID, visitor: Collector, asked: Annotated[Asked, Depends()]) -> Response:
    """Writes down what came of a contact; one that was confirmed, with its proof, is judged as a notice at once."""
    fields = await typed(request)
    try:
        key = key_of(fields, "delinquency_contact", case_id)
        async with store_of(request).unit_of_work() as session:
            case = await cases.get(session, case_id)
            done = await _came_of(session, await _record(session, visitor, case, fields, key=key))
    except (InvalidInput, Taken, NotAllowed) as problem:
        return await _shown(request, visitor, asked, {**fields, "place": str(case_id)}, problem=problem)
    if not wants_fragment(request):
        return RedirectResponse(f"/delinquency/ladder{asked.query(done='1')}", status_code=303)
    return await _shown(request, visitor, asked, {}, done=done)


async def _record(
    session: AsyncSession, visitor: Visitor, case: DelinquencyCase, fields: Fields, *, key: str
) -> ContactAttempt:
    result, proof = fields.get("result", ""), short(fields.get("proof", ""), LONGEST_LINE)
    if result not in words.RESULTS.get(fields.get("means", ""), {}):
        raise InvalidInput("Escolha o que aconteceu no contato.", detail="result of a contact")
    if result == "confirmed" and not proof:
        raise InvalidInput("Para a ciência confirmada, informe a prova.", detail="confirmed without a proof")
    return await contacts.record(
        session, case=case, means=fields["means"], made_at=_moment(fields.get("made_at", "")),
        address=short(fields.get("address", ""), LONGEST_LINE), result=result, proof=proof,
        remarks=short(fields.get("remarks", "")), by=await _confirmed_by(session, case, fields),
        request_key=key, actor=visitor.actor, now=visitor.now,
    )  # fmt: skip


async def _came_of(session: AsyncSession, attempt: ContactAttempt) -> str:
    """What is said of a recorded contact: for a confirmation, whether it is a notice, and why not."""
    if attempt.outcome != "confirmed":
        return words.RECORDED[attempt.registered]
    made = [one for one in await notices.of_case(session, attempt.case_id) if one.told_at == attempt.made_at]
    if not made:
        return f"Contato registrado. {WHY['nothing_unpaid']}"
    notice = made[-1]
    if notice.notice_on and notice.deadline:
        return f"Notificado em {short_date(notice.notice_on)}, prazo até {short_date(notice.deadline)}."
    return f"Contato registrado, mas não vale como notificação. {' '.join(WHY[code] for code in notice.why)}"


async def _confirmed_by(session: AsyncSession, case: DelinquencyCase, fields: Fields) -> Beneficiary | None:
    """Who confirmed: somebody of the contract; None for anybody else."""
    who = optional(fields.get("by", ""))
    if who is None:
        return None
    person = await beneficiaries.get(session, who)
    if person.contract_id != case.contract_id:
        raise NotFound("Essa pessoa não é deste contrato.", detail="person of another contract")
    return person


def _moment(text: str) -> datetime:
    """A form's local time as an aware one; InvalidInput where it is none."""
    try:
        written = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("Informe o dia e a hora do contato.", detail="time of a contact") from error
    return written.replace(tzinfo=zone()) if written.tzinfo is None else written


async def _shown(
    request: Request,
    visitor: Visitor,
    asked: Asked,
    fields: Mapping[str, str],
    *,
    done: str = "",
    problem: ZeloError | None = None,
) -> Response:
    fragment = wants_fragment(request)
    async with store_of(request).unit_of_work() as session:
        found = await ladder.worklist(session, on=local(visitor.now).date(), means=asked.kind, page=asked.page)
        await access.note_look(session, visitor, SUBJECT, again=fragment, means=found.means, page=asked.page)
    context: dict[str, object] = {
        "found": found, "asked": asked, "a_page": A_PAGE, "means": words.MEANS, "results": words.RESULTS,
        "proofs": words.PROOFS, "now": visitor.now, "key": str(uuid4()),
        "moment_now": local(visitor.now).strftime("%Y-%m-%dT%H:%M"), "typed": fields if problem else {},
        "done": done or ("Contato registrado." if fields.get("done") else ""),
        "problem": problem.message if problem else "",
    }  # fmt: skip
    block = "ladder" if fragment else None
    status = status_of(problem) if problem else 200
    return page(request, "campaigns/ladder.html", context, visitor=visitor, block=block, status=status)

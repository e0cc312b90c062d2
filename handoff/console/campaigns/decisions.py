"""The decision list: what is due for a person's decision, why, what is missing; and the decision itself. [RN 593]

What is decided is written down and told to the ERP. No page and no program here ends a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.delinquency import cases, decisions
from backend.delinquency.rules import WHY
from backend.errors import InvalidInput, NotAllowed, Taken, ZeloError
from backend.store.clock import local
from handoff.console import words as console_words
from handoff.console.campaigns import access, words
from handoff.console.campaigns.address import query_of
from handoff.console.errors import status_of
from handoff.console.pages import page, wants_fragment
from handoff.console.panel import key_of, typed
from handoff.console.session import Supervisor, Visitor, store_of
from handoff.desk.boards.work import written
from handoff.desk.collections.decisions import A_PAGE, GROUPS, named, sorted_out
from handoff.desk.collections.names import names_of
from handoff.whatsapp.inbound import clean

LONGEST_TEXT = 100
MOST_PAGES = 10_000
SUBJECT = ("page", "decisions")

router = APIRouter(prefix="/delinquency")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases are shown, as the address says."""

    group: str = "due"
    q: str = ""
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1

    @property
    def kind(self) -> str:
        """A group that there is. Pure."""
        return self.group if self.group in GROUPS else "due"

    @property
    def text(self) -> str:
        """What is looked for. Pure."""
        return clean(self.q).strip()[:LONGEST_TEXT]

    def query(self, **more: object) -> str:
        """The list's query with these filters, some of them changed. Pure."""
        return query_of(asdict(self), **more)


@router.get("/decisions")
async def show_decisions(request: Request, visitor: Supervisor, asked: Annotated[Asked, Depends()]) -> Response:
    """The open cases, those that are due for a decision first. Every look is audited."""
    return await _shown(request, visitor, asked, dict(request.query_params))


@router.post("/cases/{case_id}/decision")
async def decide(request: Request, case_id: UUID, visitor: Supervisor, asked: Annotated[Asked, Depends()]) -> Response:
    """Writes a decision down: on what its maker saw, once, with its reason."""
    fields = await typed(request)
    try:
        key = key_of(fields, "delinquency_decision", case_id)
        reason = written(fields.get("reason", ""), "Escreva o motivo da decisão.")
        async with store_of(request).unit_of_work() as session:
            await decisions.decide(
                session, case=await cases.get(session, case_id), decision=fields.get("decision", ""), reason=reason,
                request_key=key, actor=visitor.actor, now=visitor.now, known=fields.get("known", ""),
            )  # fmt: skip
    except (InvalidInput, Taken, NotAllowed) as problem:
        return await _shown(request, visitor, asked, {**fields, "place": str(case_id)}, problem=problem)
    if not wants_fragment(request):
        return RedirectResponse(f"/delinquency/decisions{asked.query(done='1')}", status_code=303)
    return await _shown(request, visitor, asked, {}, done="Decisão registrada.")


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
        context = await _context(session, visitor, asked)
        await access.note_look(session, visitor, SUBJECT, again=fragment, group=asked.kind, page=asked.page)
    context |= {
        "done": done or ("Decisão registrada." if fields.get("done") else ""),
        "problem": problem.message if problem else "", "typed": fields if problem else {}, "key": str(uuid4()),
    }  # fmt: skip
    block = "decisions" if fragment else None
    status = status_of(problem) if problem else 200
    return page(request, "campaigns/decisions.html", context, visitor=visitor, block=block, status=status)


async def _context(session: AsyncSession, visitor: Visitor, asked: Asked) -> dict[str, object]:
    groups = sorted_out(await decisions.standings(session, on=local(visitor.now).date()))
    fitting = named(groups[asked.kind], asked.text) if asked.text else groups[asked.kind]
    shown = await decisions.examined(session, fitting[(asked.page - 1) * A_PAGE : asked.page * A_PAGE])
    return {
        "rows": shown, "total": len(fitting), "a_page": A_PAGE, "asked": asked, "groups": GROUPS,
        "counts": {code: len(found) for code, found in groups.items()}, "why": WHY, "choices": words.DECISIONS,
        "means": words.MEANS, "kinds": console_words.CONTRACT_KINDS, "now": visitor.now,
        "names": await names_of(session, [due.decided.decided_by for due in shown if due.decided]),
    }  # fmt: skip

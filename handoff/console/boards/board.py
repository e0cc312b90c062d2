"""The boards: columns by stage, narrowed by what the address says, and several cards settled at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.errors import NotAllowed
from backend.protocols.kinds import KINDS
from handoff.console.boards import access
from handoff.console.boards.batch import BATCHES, Outcome, carry_out
from handoff.console.pages import page, wants_fragment
from handoff.console.panel import typed
from handoff.console.session import Signed, Visitor, bell_of, store_of
from handoff.desk.boards import authorizations, lists
from handoff.desk.boards.table import AUTHORIZATIONS, Board, Column, Filters, Load, boards_for
from handoff.whatsapp.inbound import clean

LONGEST_TEXT = 100
DUES = {"late": "vencidos", "today": "vencem hoje"}
WHOSE = {"mine": "comigo agora", "free": "sem atendente"}
MOST_PAGES = 10_000

router = APIRouter(prefix="/boards")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they stand in the address."""

    q: str = ""
    kind: str = ""
    due: str = ""
    whose: str = ""
    stage: str = ""
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1

    def filters(self, board: Board) -> Filters:
        """What of them this board knows; anything else is passed over. Pure."""
        kinds = authorizations.SORTS if board.code == AUTHORIZATIONS else board.kinds
        stages = authorizations.STATES if board.code == AUTHORIZATIONS else board.stages
        return Filters(
            text=clean(self.q).strip()[:LONGEST_TEXT],
            kind=self.kind if self.kind in kinds else "",
            due=self.due if self.due in DUES else "",
            whose=self.whose if self.whose in WHOSE else "",
            stage=self.stage if self.stage in stages else "",
            page=self.page if self.stage in stages else 1,
        )


def address(board: Board, filters: Filters, **more: object) -> str:
    """The board's address with these filters, some of them changed. Pure."""
    fields = asdict(filters) | more
    fields["q"] = fields.pop("text")
    if fields["page"] == 1 or not fields["stage"]:
        del fields["page"]
    query = urlencode({name: value for name, value in fields.items() if value})
    return f"/boards/{board.code}{'?' if query else ''}{query}"


@router.get("")
async def boards(request: Request, visitor: Signed) -> Response:
    """The visitor's boards with what waits on them; who has one alone goes straight there."""
    mine = boards_for(visitor.teams, everything=visitor.supervises)
    if len(mine) == 1:
        return RedirectResponse(f"/boards/{mine[0].code}", status_code=303)
    async with store_of(request).unit_of_work() as session:
        rows = [(board, await _load(session, board, visitor)) for board in mine]
    return page(request, "boards/boards.html", {"rows": rows}, visitor=visitor)


@router.get("/{code}")
async def show_board(request: Request, code: str, visitor: Signed, asked: Annotated[Asked, Depends()]) -> Response:
    """One board: a page, or the part of it that refreshes itself."""
    board = access.seen_board(visitor, code)
    after = await bell_of(request).last_event()
    async with store_of(request).unit_of_work() as session:
        context = await _context(session, visitor, board, asked.filters(board))
    return _shown(request, visitor, context | {"after": after})


@router.post("/{code}/batch")
async def settle_together(request: Request, code: str, visitor: Signed, asked: Annotated[Asked, Depends()]) -> Response:
    """One move for several cards of a stage: each in a transaction of its own, and said how it went."""
    board = access.seen_board(visitor, code)
    if not access.works_on(visitor, frozenset(board.teams)):
        raise NotAllowed("O seu perfil só lê este quadro.", detail="role")
    fields, form = await typed(request), await request.form()
    chosen = [str(one) for one in form.getlist("protocol")]
    outcome = await carry_out(request, visitor, fields, chosen)
    async with store_of(request).unit_of_work() as session:
        context = await _context(session, visitor, board, asked.filters(board), outcome)
    after = await bell_of(request).last_event()
    return _shown(request, visitor, context | {"after": after})


def _shown(request: Request, visitor: Visitor, context: dict[str, object]) -> Response:
    fragment = wants_fragment(request)
    context["fragment"] = fragment
    return page(request, "boards/board.html", context, visitor=visitor, block="board" if fragment else None)


async def _context(
    session: AsyncSession, visitor: Visitor, board: Board, filters: Filters, outcome: Outcome | None = None
) -> dict[str, object]:
    columns = await _columns(session, visitor, board, filters)
    kinds = {kind: KINDS[kind].title for kind in board.kinds} if len(board.kinds) > 1 else {}
    shown = {stage.stage for stage in columns if stage.cards}
    return {
        "board": board, "columns": columns, "filters": filters, "outcome": outcome, "key": str(uuid4()),
        "boards": boards_for(visitor.teams, everything=visitor.supervises),
        "kinds": authorizations.SORTS if board.code == AUTHORIZATIONS else kinds,
        "titles": {kind.code: kind.title for kind in KINDS.values()},
        "dues": DUES, "whose": WHOSE, "now": visitor.now, "a_page": lists.A_PAGE,
        "address": lambda **more: address(board, filters, **more),
        "works": access.works_on(visitor, frozenset(board.teams)),
        "batches": [one for one in BATCHES if one.stage in shown and one.kind in board.kinds],
    }  # fmt: skip


async def _columns(session: AsyncSession, visitor: Visitor, board: Board, filters: Filters) -> list[Column]:
    if board.code == AUTHORIZATIONS:
        return await authorizations.board(session, filters=filters, account=visitor.account.name, now=visitor.now)
    return await lists.board(session, board, filters=filters, account_id=visitor.account.id, now=visitor.now)


async def _load(session: AsyncSession, board: Board, visitor: Visitor) -> Load:
    if board.code == AUTHORIZATIONS:
        return await authorizations.load(session, now=visitor.now)
    return await lists.load(session, board, now=visitor.now)

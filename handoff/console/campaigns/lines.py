"""A campaign's lines, narrowed and by pages, each with its attempts and what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from backend.delinquency.campaigns import OUTCOMES, verbs
from handoff.console.campaigns import access, words
from handoff.console.pages import page, wants_fragment
from handoff.console.session import Supervisor, store_of
from handoff.desk.collections import campaigns
from handoff.desk.collections.campaigns import A_PAGE, Filters
from handoff.desk.collections.funnel import STEPS
from handoff.whatsapp.inbound import clean

LONGEST_TEXT = 100
MOST_PAGES = 10_000

router = APIRouter(prefix="/campaigns/{campaign_id}")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they stand in the address."""

    q: str = ""
    state: str = ""
    outcome: str = ""
    step: str = ""
    bad: str = ""
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1

    def filters(self) -> Filters:
        """What of them is known; anything else is passed over. Pure."""
        return Filters(
            text=clean(self.q).strip()[:LONGEST_TEXT],
            state=self.state if self.state in words.ROW_STATES else "",
            outcome=self.outcome if self.outcome in OUTCOMES else "",
            step=self.step if self.step in STEPS else "",
            bad=bool(self.bad),
            page=self.page,
        )


@router.get("/lines")
async def show_lines(
    request: Request, campaign_id: UUID, visitor: Supervisor, asked: Annotated[Asked, Depends()]
) -> Response:
    """The list's lines that fit, with every attempt and what came of it. Every look is audited."""
    filters = asked.filters()
    async with store_of(request).unit_of_work() as session:
        campaign = await verbs.get(session, campaign_id)
        found, total = await campaigns.lines(session, campaign_id, filters)
        await access.note_look(session, visitor, ("campaign", campaign_id), part="lines", page=filters.page)
    context: dict[str, object] = {
        "c": campaign, "rows": found, "total": total, "filters": filters, "a_page": A_PAGE, "outcomes": OUTCOMES,
        "row_states": words.ROW_STATES, "tries": words.ATTEMPT_OUTCOMES, "steps": STEPS, "now": visitor.now,
        "address": lambda **more: _address(campaign_id, filters, **more),
    }  # fmt: skip
    block = "lines" if wants_fragment(request) else None
    return page(request, "campaigns/lines.html", context, visitor=visitor, block=block)


def _address(campaign_id: UUID, filters: Filters, **more: object) -> str:
    """The lines' address with these filters, some of them changed. Pure."""
    fields = asdict(filters) | more
    fields["q"], fields["bad"] = fields.pop("text"), "1" if fields["bad"] else ""
    if fields["page"] == 1:
        del fields["page"]
    query = urlencode({name: value for name, value in fields.items() if value})
    return f"/campaigns/{campaign_id}/lines{'?' if query else ''}{query}"

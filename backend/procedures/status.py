"""Where an authorization stands, as it is told to the person. [processes.md, 4; RN 623/2024]"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.procedures.rules import business_days_until
from backend.procedures.states import OPEN, TITLES
from backend.procedures.tables import Authorization, Procedure
from backend.procedures.verbs import steps
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store.clock import local


@dataclass(frozen=True, slots=True)
class Status:
    """An authorization in a person's words.

    `state` is `expired` for an approval whose validity is over; `title` says it in Portuguese. `due_at` and
    `days_left` (business days, 0 on the last one) matter while it is undecided, and `is_late` once the term is over;
    what waits for the person's document is late only where it was before that was asked for.
    `review_days`: within how many business days the ombudsman looks again at a denial (RN 623), else None.
    """

    number: str
    protocol_number: str
    procedure: str
    code: str
    state: str
    title: str
    last_step: str
    last_step_at: datetime
    missing: str
    due_at: datetime
    days_left: int
    is_late: bool
    valid_until: date | None
    reason: str
    clause: str
    review_days: int | None

    @property
    def is_open(self) -> bool:
        """Whether it still has to be decided."""
        return self.state in OPEN


async def status_of(session: AsyncSession, authorization: Authorization, *, now: datetime) -> Status:
    """Everything that may be told about an authorization at this moment."""
    procedure = await session.get_one(Procedure, authorization.procedure_code)
    protocol = await session.get(Protocol, authorization.protocol_id) if authorization.protocol_id else None
    history = await steps(session, authorization.id)
    last = history[-1] if history else None
    today = local(now).date()
    state = _state_today(authorization, today)
    undecided = authorization.state in OPEN
    counted_to = last.at if last and authorization.state == "waiting_document" else now
    return Status(
        number=authorization.number, protocol_number=protocol.number if protocol else "",
        procedure=procedure.term, code=procedure.code, state=state, title=TITLES[state],
        last_step=(last.text if last else "") or TITLES[authorization.state],
        last_step_at=last.at if last else authorization.requested_at,
        missing=authorization.missing, due_at=authorization.due_at,
        days_left=business_days_until(local(authorization.due_at).date(), today) if undecided else 0,
        is_late=undecided and counted_to > authorization.due_at,
        valid_until=authorization.valid_until, reason=authorization.reason, clause=authorization.clause,
        review_days=settings().review_days if state == "denied" else None,
    )  # fmt: skip


def _state_today(authorization: Authorization, today: date) -> str:
    over = authorization.valid_until is not None and authorization.valid_until < today
    return "expired" if authorization.state == "approved" and over else authorization.state

"""What the ERP hears of an authorization: that it was requested, each of its states, and its decision. [rule 11]"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend import erp
from backend.procedures.tables import Authorization, AuthorizationStep
from backend.protocols.tables import Protocol


async def requested(session: AsyncSession, authorization: Authorization, *, now: datetime) -> None:
    """A new request, with the doctor who asked for it and its term."""
    values = {"requesting_doctor": authorization.requesting_doctor, "due_at": authorization.due_at.isoformat()}
    await _publish(session, authorization, "requested", key="requested", now=now, values=values)


async def moved(session: AsyncSession, authorization: Authorization, step: AuthorizationStep, *, now: datetime) -> None:
    """A new state, with the term; what is missing is named where it waits for it."""
    values = {"missing": authorization.missing, "due_at": authorization.due_at.isoformat()}
    await _publish(session, authorization, "moved", key=f"moved:{step.id}", now=now, values=values)


async def decided(
    session: AsyncSession, authorization: Authorization, step: AuthorizationStep, *, now: datetime
) -> None:
    """An approval with its validity, or a denial."""
    valid_until = authorization.valid_until if authorization.state == "approved" else None
    values = {"valid_until": valid_until.isoformat() if valid_until else None}
    await _publish(session, authorization, "decided", key=str(step.id), now=now, values=values)


async def _publish(
    session: AsyncSession, authorization: Authorization, happened: str, *, key: str, now: datetime,
    values: Mapping[str, str | None],
) -> None:  # fmt: skip
    protocol = await session.get(Protocol, authorization.protocol_id) if authorization.protocol_id else None
    known: dict[str, str | None] = {
        "number": authorization.number, "state": authorization.state, "protocol": protocol.number if protocol else "",
        "procedure": authorization.procedure_code,
    }  # fmt: skip
    await erp.publish(
        session, kind=f"authorization.{happened}", subject=("authorization", authorization.id), now=now,
        change_key=f"authorization:{authorization.id}:{key}", values=known | dict(values),
    )  # fmt: skip

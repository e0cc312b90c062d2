"""A contract's episode of arrears: opened at the first contact about it, closed when nothing is owed any more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.contracts import Contract
from backend.delinquency.tables import DelinquencyCase
from backend.errors import NotFound
from backend.invoices.tables import Invoice
from backend.store.clock import local
from backend.store.ids import new_id


async def open_case(
    session: AsyncSession, *, contract_id: UUID, beneficiary_id: UUID, actor: Actor, now: datetime
) -> DelinquencyCase:
    """The contract's open case; a new one where none is. `beneficiary_id` answers for the contract."""
    found = await current(session, contract_id)
    if found is not None:
        return found
    values = {"id": new_id(), "contract_id": contract_id, "beneficiary_id": beneficiary_id, "opened_at": now}
    opening = insert(DelinquencyCase).values(values).on_conflict_do_nothing()
    await session.execute(opening)  # somebody else may open it at this very moment: then it is his
    case = await current(session, contract_id)
    if case is None:
        raise NotFound(detail="delinquency case")
    if case.id == values["id"]:
        audit.record(session, "delinquency.open_case", ("delinquency_case", case.id), actor=actor, now=now)
    return case


async def current(session: AsyncSession, contract_id: UUID) -> DelinquencyCase | None:
    """The contract's open case, None without one."""
    query = select(DelinquencyCase).where(
        DelinquencyCase.contract_id == contract_id, DelinquencyCase.closed_at.is_(None)
    )
    return (await session.scalars(query)).one_or_none()


async def get(session: AsyncSession, case_id: UUID) -> DelinquencyCase:
    """The case of this id; NotFound where there is none."""
    case = await session.get(DelinquencyCase, case_id)
    if case is None:
        raise NotFound("Não encontrei esse caso.", detail="delinquency case")
    return case


async def close(session: AsyncSession, *, case: DelinquencyCase, closed_as: str, actor: Actor, now: datetime) -> None:
    """Nothing is owed any more (`settled`), or the contract has ended (`ended`); a new episode is a new case."""
    await session.refresh(case, with_for_update=True)  # another worker may be closing it
    if case.closed_at is None:
        case.closed_at, case.closed_as = now, closed_as
        audit.record(
            session, "delinquency.close_case", ("delinquency_case", case.id), actor=actor, now=now, closed_as=closed_as
        )


async def settle(session: AsyncSession, *, case: DelinquencyCase, actor: Actor, now: datetime) -> None:
    """Closes the case of a contract that owes nothing any more: `settled`.

    `ended` where the contract has ended and nothing was paid since the case began: its invoices were cancelled.
    """
    contract = await session.get_one(Contract, case.contract_id)
    ended = contract.ended_on is not None and contract.ended_on <= local(now).date()
    unpaid = ended and not await was_paid(session, case.contract_id, since=case.opened_at)
    await close(session, case=case, closed_as="ended" if unpaid else "settled", actor=actor, now=now)


async def was_paid(session: AsyncSession, contract_id: UUID, *, since: datetime) -> bool:
    """Whether an invoice of the contract was paid on the local day of `since` or later."""
    paid = exists().where(
        Invoice.contract_id == contract_id, Invoice.state == "paid", Invoice.paid_on >= local(since).date()
    )
    return bool(await session.scalar(select(paid)))

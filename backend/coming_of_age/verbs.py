"""A dependent's coming of age: asked, checked, ready, confirmed. [processes.md 7; seed 000; rules 4, 9]

The stages and who moves them stand in `backend/protocols/machines.py`. Every verb that moves gives whether it moved
now: the same `request_key` moves once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, beneficiaries
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.coming_of_age.rules import may_ask_for, required
from backend.coming_of_age.tables import ComingOfAge
from backend.documents.review import ask_correction, hand_in, require_accepted
from backend.errors import InvalidInput, NotAllowed, NotFound
from backend.protocols import moving
from backend.protocols import verbs as protocols
from backend.protocols.machines import GATHERING
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store.clock import local

__all__ = ["ask_correction"]  # the same for every process with a checklist


async def begin(
    session: AsyncSession, *, protocol: Protocol, dependent: Beneficiary, actor: Actor, now: datetime
) -> ComingOfAge:
    """Writes down whose coming of age a protocol is about; until the papers are handed in it may be somebody else's.

    A protocol of nobody becomes the dependent's. NotAllowed where whom the protocol is about may not ask for him:
    the dependent himself, or who answers for his contract; the desk may (rule 8).
    """
    if protocol.beneficiary_id is None:
        await protocols.identify(session, protocol=protocol, beneficiary_id=dependent.id, actor=actor, now=now)
    elif actor.kind != "attendant":
        asker = await beneficiaries.get(session, protocol.beneficiary_id)
        if not may_ask_for(asker, dependent):
            raise NotAllowed("Quem pede é o titular do contrato ou o próprio dependente.", detail="not his to ask")
    statement = insert(ComingOfAge).values(protocol_id=protocol.id, dependent_id=dependent.id)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["protocol_id"], set_={"dependent_id": dependent.id})
    )
    audit.record(session, "coming_of_age.begin", ("protocol", protocol.id), actor=actor, now=now)
    return await of_protocol(session, protocol.id)


async def of_protocol(session: AsyncSession, protocol_id: UUID) -> ComingOfAge:
    """The case of a protocol as it stands now; NotFound where it is not known whose it is."""
    query = select(ComingOfAge).where(ComingOfAge.protocol_id == protocol_id)
    found = await session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("Ainda não se sabe de qual dependente é este pedido.", detail="no coming of age")
    return found


async def at_the_desk(session: AsyncSession, dependent_id: UUID, *, but: UUID) -> Protocol | None:
    """The dependent's open case that was handed in already, other than the protocol `but`; None without one."""
    query = (
        select(Protocol)
        .join(ComingOfAge, ComingOfAge.protocol_id == Protocol.id)
        .where(
            ComingOfAge.dependent_id == dependent_id, Protocol.id != but, Protocol.state != "closed",
            Protocol.stage.not_in(("", GATHERING)),
        )
        .order_by(Protocol.opened_at)
        .limit(1)
    )  # fmt: skip
    return await session.scalar(query)


async def submit(session: AsyncSession, *, protocol: Protocol, request_key: str, actor: Actor, now: datetime) -> bool:
    """Hands the papers in, for the first time or corrected; InvalidInput while one is missing."""
    case = await of_protocol(session, protocol.id)
    return await hand_in(
        session, protocol=protocol, wanted=required(case), request_key=request_key, actor=actor, now=now
    )


async def approve(
    session: AsyncSession, *, protocol: Protocol, ready: str, request_key: str, actor: Actor, now: datetime
) -> bool:
    """All papers are right, and `ready` says what waits for the beneficiary: he and who asked are told.

    It waits `coming_of_age_ready_days`. InvalidInput without those words, or while a paper was not accepted.
    """
    ready = ready.strip().rstrip(".")
    if not ready:
        raise InvalidInput("Escreva o que está pronto para o beneficiário.", detail="ready is empty")
    case = await of_protocol(session, protocol.id)
    await require_accepted(session, protocol.id, required(case))
    moved = await moving.move(
        session, protocol=protocol, name="approve", request_key=request_key, actor=actor, now=now,
        reason=ready, told=await listeners(session, protocol, case),
    )  # fmt: skip
    if moved:
        case.ready = ready
        case.ready_until = local(now).date() + timedelta(days=settings().coming_of_age_ready_days)
    return moved


async def confirm(session: AsyncSession, *, protocol: Protocol, request_key: str, actor: Actor, now: datetime) -> bool:
    """The beneficiary confirms what is ready, or has come for it: that closes it."""
    return await moving.move(session, protocol=protocol, name="confirm", request_key=request_key, actor=actor, now=now)


async def withdraw(session: AsyncSession, *, protocol: Protocol, request_key: str, actor: Actor, now: datetime) -> bool:
    """The person does without it, before the papers are checked."""
    return await moving.move(session, protocol=protocol, name="withdraw", request_key=request_key, actor=actor, now=now)


async def listeners(session: AsyncSession, protocol: Protocol, case: ComingOfAge) -> tuple[UUID, ...]:
    """Who hears of what is ready: who asked, and the beneficiary himself where he has a telephone of his own."""
    asked = tuple(filter(None, [protocol.beneficiary_id]))
    if case.dependent_id in asked or not await beneficiaries.phones_of(session, case.dependent_id):
        return asked
    return (*asked, case.dependent_id)

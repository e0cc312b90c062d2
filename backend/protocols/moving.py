"""Moving a protocol from stage to stage: checked, written down, told, once. [processes.md 2, 3, 7, 8]"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, erp, events
from backend.actor import Actor
from backend.errors import InvalidInput
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.machines import MACHINES
from backend.protocols.stages import Machine, Stage
from backend.protocols.tables import Protocol, ProtocolEntry

MOVED = "protocol_moved"


def machine_of(protocol: Protocol) -> Machine:
    """The machine of a protocol's kind; InvalidInput for a kind that is worked on no board."""
    machine = MACHINES.get(protocol.kind)
    if machine is None:
        raise InvalidInput("Este tipo de pedido não passa por um quadro.", detail=f"no machine for {protocol.kind}")
    return machine


def stage_of(protocol: Protocol) -> Stage:
    """Where a protocol stands; one from before its kind had a machine stands at the start. Pure."""
    machine = machine_of(protocol)
    return machine.stages.get(protocol.stage, machine.stages[machine.start])


async def move(
    session: AsyncSession,
    *,
    protocol: Protocol,
    name: str,
    request_key: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
    told: tuple[UUID, ...] | None = None,
) -> bool:
    """Makes a move under the protocol's lock, once for a request key; gives whether it was made now.

    The history gets its line with the reason, the machine's text is told to `told` (beneficiaries; without it, to
    whom the protocol is about), an end closes the protocol. InvalidInput or NotAllowed as `Machine.check` says.
    """
    await session.refresh(protocol, with_for_update=True)
    machine = machine_of(protocol)
    if await session.scalar(select(exists().where(ProtocolEntry.request_key == request_key))):
        return False
    if protocol.state == "closed" and not stage_of(protocol).ended:  # closed beside its machine
        raise InvalidInput("Este protocolo já foi encerrado.", detail="protocol is closed")
    made = machine.check(protocol.stage or machine.start, name, actor.kind, reason=reason)
    stage, waited = machine.stages[made.target], stage_of(protocol).waits_for_person
    details = {"move": name, "from": protocol.stage, "to": made.target}
    audit.record(session, "protocols.move", ("protocol", protocol.id), actor=actor, now=now, **details)
    await protocols.add_entry(
        session, protocol=protocol, step=f"{machine.kind}.{made.target}", text=reason, actor=actor, now=now,
        request_key=request_key,
    )  # fmt: skip
    protocol.stage, protocol.stage_since = made.target, now
    await _follow(session, protocol, stage, actor=actor, now=now, waited=waited)
    for listener in _listeners(protocol, told) if made.tells else ():
        await events.tell(
            session, kind=MOVED, beneficiary_id=listener, subject_id=protocol.id, protocol_id=protocol.id,
            event_key=f"moved:{request_key}:{listener}", now=now, text=made.tells, entry=request_key,
            stage=made.target,
        )  # fmt: skip
    await erp.publish(
        session, kind="protocol.moved", subject=("protocol", protocol.id), now=now, change_key=f"moved:{request_key}",
        values={"number": protocol.number, "kind": protocol.kind, "stage": made.target},
    )  # fmt: skip
    return True


async def _follow(
    session: AsyncSession, protocol: Protocol, stage: Stage, *, actor: Actor, now: datetime, waited: bool
) -> None:
    """The protocol's team, term and own state after a move: closed, waiting for the person, or open for the desk.

    The term is counted from when the person has handed everything in: waiting for him is nobody's delay. [rule 7]
    """
    if not stage.ended and not stage.waits_for_person and waited:
        protocol.due_at = protocols.due_at(KINDS[protocol.kind], now)
    protocol.team = stage.team or KINDS[protocol.kind].team
    if stage.ended:
        await protocols.close_protocol(session, protocol=protocol, actor=actor, now=now)
    elif protocol.state != "closed":
        protocol.state = "waiting" if stage.waits_for_person else "open"


def _listeners(protocol: Protocol, told: tuple[UUID, ...] | None) -> tuple[UUID, ...]:
    return told if told is not None else tuple(filter(None, [protocol.beneficiary_id]))


def has_moved_on(protocol: Protocol, stage: str) -> bool:
    """Whether a protocol has left a stage that was to be told; an end is always told. Pure."""
    return protocol.stage != stage and not machine_of(protocol).stages[stage].ended


async def reason_of(session: AsyncSession, request_key: str) -> str:
    """What was written with a move; empty without."""
    query = select(ProtocolEntry.text).where(ProtocolEntry.request_key == request_key)
    return await session.scalar(query) or ""

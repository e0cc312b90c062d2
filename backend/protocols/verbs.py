"""Opening a protocol, writing into its history, closing it, telling where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.calendar import add_business_days
from backend.errors import InvalidInput, NotFound
from backend.identifiers import ProtocolNumber
from backend.protocols.kinds import KINDS, Kind
from backend.protocols.machines import GATHERING, MACHINES
from backend.protocols.tables import Protocol, ProtocolEntry
from backend.settings import settings
from backend.store.clock import local
from backend.store.engine import Store


async def take_number(store: Store, *, day: date) -> ProtocolNumber:
    """The next number of a day: unique whichever processes ask at the same time.

    In a short transaction of its own, so that nobody waits for somebody else's work; a number whose
    protocol is never stored leaves a gap, which the rule allows. InvalidInput past 999,999 a day.
    """
    statement = text(
        "INSERT INTO protocol_day (day, last) VALUES (:day, 1)"
        " ON CONFLICT (day) DO UPDATE SET last = protocol_day.last + 1 RETURNING last"
    )
    async with store.unit_of_work() as session:
        sequence = (await session.execute(statement, {"day": day})).scalar_one()
    return ProtocolNumber.compose(settings().ans_registration, day, sequence)


def due_at(kind: Kind, opened_at: datetime) -> datetime:
    """The last second, in local time, of the term's last business day; at once for what is urgent. [rule 7]"""
    if kind.days == 0:
        return opened_at
    day = add_business_days(local(opened_at).date(), kind.days, state=settings().holiday_state)
    last_second = datetime.combine(day, time(23, 59, 59), tzinfo=ZoneInfo(settings().timezone))
    return last_second.astimezone(UTC)


async def open_protocol(
    session: AsyncSession,
    store: Store,
    *,
    kind: Kind,
    request_key: str,
    conversation_id: UUID | None,
    beneficiary_id: UUID | None,
    actor: Actor,
    now: datetime,
) -> Protocol:
    """Opens a protocol, or gives the one that the same request key opened before. [processes.md, rule 1]"""
    existing = await _by_key(session, request_key)
    if existing is not None:
        return existing
    number = await take_number(store, day=local(now).date())
    statement = (
        insert(Protocol)
        .values(
            number=str(number),
            kind=kind.code,
            team=kind.team,
            stage=MACHINES[kind.code].start if kind.code in MACHINES else "",
            stage_since=now,
            opened_at=now,
            due_at=due_at(kind, now),
            conversation_id=conversation_id,
            beneficiary_id=beneficiary_id,
            request_key=request_key,
        )
        .on_conflict_do_nothing(index_elements=["request_key"])
        .returning(Protocol.id)
    )
    created = (await session.execute(statement)).scalar_one_or_none()
    protocol = await _by_key(session, request_key)
    if protocol is None:
        raise NotFound(detail="protocol vanished between insert and read")
    if created is not None:
        audit.record(session, "protocols.open", ("protocol", protocol.id), actor=actor, now=now, kind=kind.code)
        await add_entry(session, protocol=protocol, step="opened", actor=actor, now=now)
    return protocol


async def add_entry(
    session: AsyncSession,
    *,
    protocol: Protocol,
    step: str,
    actor: Actor,
    now: datetime,
    text: str = "",
    request_key: str | None = None,
) -> None:
    """Adds a line to the history; with a request key, once for that key."""
    statement = insert(ProtocolEntry).values(
        protocol_id=protocol.id,
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        step=step,
        text=text,
        request_key=request_key,
    )
    await session.execute(
        statement.on_conflict_do_nothing(
            index_elements=["request_key"], index_where=ProtocolEntry.request_key.is_not(None)
        )
    )


async def identify(
    session: AsyncSession, *, protocol: Protocol, beneficiary_id: UUID, actor: Actor, now: datetime
) -> None:
    """Writes down whom the protocol is about, once that is known; what the desk works on stays his whose it is."""
    at_work = protocol.beneficiary_id is not None and protocol.stage not in {"", GATHERING}
    if protocol.beneficiary_id == beneficiary_id or at_work:
        return
    protocol.beneficiary_id = beneficiary_id
    audit.record(session, "protocols.identify", ("protocol", protocol.id), actor=actor, now=now)


async def set_waiting(
    session: AsyncSession, *, protocol: Protocol, actor: Actor, now: datetime, text: str = ""
) -> None:
    """What was asked has to wait for something that is not the person's: it stays open after the conversation."""
    if protocol.state != "open":
        return
    protocol.state = "waiting"
    await add_entry(session, protocol=protocol, step="waiting", actor=actor, now=now, text=text)
    audit.record(session, "protocols.wait", ("protocol", protocol.id), actor=actor, now=now)


async def close_protocol(
    session: AsyncSession, *, protocol: Protocol, actor: Actor, now: datetime, text: str = ""
) -> None:
    """Ends a protocol; closing a closed one changes nothing."""
    if protocol.state == "closed":
        return
    protocol.state = "closed"
    protocol.closed_at = now
    await add_entry(session, protocol=protocol, step="closed", actor=actor, now=now, text=text)
    audit.record(session, "protocols.close", ("protocol", protocol.id), actor=actor, now=now)


async def by_number(session: AsyncSession, number: ProtocolNumber) -> Protocol | None:
    """The protocol of this number, or None."""
    return (await session.execute(select(Protocol).where(Protocol.number == str(number)))).scalar_one_or_none()


async def get(session: AsyncSession, protocol_id: UUID) -> Protocol:
    """The protocol of this id; NotFound where there is none."""
    found = await session.get(Protocol, protocol_id)
    if found is None:
        raise NotFound(detail="protocol")
    return found


async def of_conversation(
    session: AsyncSession, conversation_id: UUID, *, open_only: bool = False
) -> Sequence[Protocol]:
    """What was opened in one conversation, oldest first."""
    query = (
        select(Protocol)
        .where(Protocol.conversation_id == conversation_id)
        .order_by(Protocol.opened_at, Protocol.number)
    )
    if open_only:
        query = query.where(Protocol.state != "closed")
    return (await session.execute(query)).scalars().all()


async def of_beneficiary(session: AsyncSession, beneficiary_id: UUID, *, limit: int = 5) -> Sequence[Protocol]:
    """A person's latest protocols, newest first."""
    query = (
        select(Protocol)
        .where(Protocol.beneficiary_id == beneficiary_id)
        .order_by(Protocol.opened_at.desc(), Protocol.number.desc())
        .limit(limit)
    )
    return (await session.execute(query)).scalars().all()


async def history(session: AsyncSession, protocol_id: UUID) -> Sequence[ProtocolEntry]:
    """A protocol's lines, oldest first."""
    query = select(ProtocolEntry).where(ProtocolEntry.protocol_id == protocol_id).order_by(ProtocolEntry.id)
    return (await session.execute(query)).scalars().all()


def kind_of(protocol: Protocol) -> Kind:
    """The row of the kinds' table; InvalidInput for a kind that is no longer in it."""
    try:
        return KINDS[protocol.kind]
    except KeyError as error:
        raise InvalidInput(detail="unknown protocol kind") from error


async def _by_key(session: AsyncSession, request_key: str) -> Protocol | None:
    query = select(Protocol).where(Protocol.request_key == request_key)
    return (await session.execute(query)).scalar_one_or_none()

"""The agenda: slots that clinics add and withdraw, and who is booked. [processes.md, 1; rule 11]"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import ColumnElement, Select, literal_column, select, tuple_

from backend.beneficiaries import Beneficiary
from backend.errors import InvalidInput, NotFound
from backend.network.tables import Practice
from backend.protocols.tables import Protocol
from backend.scheduling import agenda
from backend.scheduling.agenda import Refusal, WantedSlot
from backend.scheduling.tables import Appointment, Slot
from backend.settings import settings
from handoff.api.calls import Call, Working, changes, reads
from handoff.api.people import PersonShown, shown_person
from handoff.api.shapes import (
    Asked,
    Cursor,
    Day,
    Id,
    Limit,
    Moment,
    Page,
    Shown,
    ShownMoment,
    cursor_of,
    page,
    place_of,
)

router = APIRouter(route_class=Call, tags=["agenda"])

MOST_AT_ONCE = 1000
LONGEST_LOOK = timedelta(days=92)
_LIVE: ColumnElement[bool] = literal_column("appointment.state in ('held', 'booked')")  # as the partial index has it


class NewSlot(Asked):
    """A time at which a practice sees somebody."""

    practice_id: Id
    starts_at: Moment
    minutes: int = Field(ge=agenda.SHORTEST, le=agenda.LONGEST, examples=[30])


class NewSlots(Asked):
    """At most a thousand in one call."""

    slots: Annotated[list[NewSlot], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Outcome(Shown):
    """What became of one: `new`, `known` as it was already, or `refused` and why."""

    practice_id: UUID
    starts_at: ShownMoment
    outcome: Literal["new", "known", "refused"]
    slot_id: UUID | None
    why: Refusal | None = Field(description="`other_length`: withdraw the known one first; `overlap`: he is busy then")


class SlotsAdded(Shown):
    """What became of each, in the order of the call."""

    new: int
    known: int
    refused: int
    slots: list[Outcome]


class SlotShown(Shown):
    """A time and its state."""

    id: UUID
    starts_at: ShownMoment
    ends_at: ShownMoment
    state: Literal["free", "held", "booked", "withdrawn"]


class SlotWithdrawn(Shown):
    """What followed. A booking that ended is named with the protocol under which its person gets another time."""

    slot_id: UUID
    cancelled_appointment_id: UUID | None
    protocol_number: str | None
    holds_released: int


class AppointmentShown(Shown):
    """Who comes when. `confirmed_at`: the person answered the reminder."""

    id: UUID
    slot_id: UUID
    practice_id: UUID
    starts_at: ShownMoment
    ends_at: ShownMoment
    beneficiary: PersonShown
    name: str
    protocol_number: str | None
    confirmed_at: ShownMoment | None


@router.put("/agenda/slots", dependencies=changes("agenda:write"), summary="Add slots")
async def add_slots(wanted: NewSlots, work: Working) -> SlotsAdded:
    """Adds times, each once; a withdrawn one comes back. Those that cannot be are refused one by one.

    Times that somebody waits for are offered to him at once.
    """
    slots = [WantedSlot(slot.practice_id, slot.starts_at, slot.minutes) for slot in wanted.slots]
    done = await agenda.add_slots(work.session, wanted=slots, actor=work.actor, now=work.now)
    counts = {kind: sum(each.outcome == kind for each in done) for kind in ("new", "known", "refused")}
    work.about("agenda", "slots", **counts)
    outcomes = [
        Outcome(
            practice_id=each.wanted.practice_id, starts_at=each.wanted.starts_at, outcome=each.outcome,
            slot_id=each.slot_id, why=each.why,
        )
        for each in done
    ]  # fmt: skip
    return SlotsAdded(slots=outcomes, **counts)


@router.delete("/agenda/slots/{slot_id}", dependencies=changes("agenda:write"), summary="Withdraw a slot")
async def withdraw_slot(slot_id: UUID, work: Working) -> SlotWithdrawn:
    """Takes a time out of the agenda.

    A booking in it ends: the person is told and can have other times, and the scheduling team gets a protocol whose
    term is RN 566's, since nobody may be left without care. Holds are let go. A withdrawn one stays so.
    """
    done = await agenda.withdraw_slot(work.session, work.store, slot_id=slot_id, actor=work.actor, now=work.now)
    work.about("slot", slot_id)
    return SlotWithdrawn(
        slot_id=slot_id, cancelled_appointment_id=done.cancelled.id if done.cancelled else None,
        protocol_number=done.protocol.number if done.protocol else None, holds_released=done.holds_released,
    )  # fmt: skip


@router.get("/agenda/practices/{practice_id}/slots", dependencies=reads("agenda:read"), summary="List slots")
async def list_slots(
    practice_id: UUID,
    work: Working,
    *,
    since: Annotated[Moment | None, Query(description="now, where it is left out")] = None,
    until: Annotated[Moment | None, Query(description="92 days after `since`, at most")] = None,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> Page[SlotShown]:
    """A practice's times, earliest first, with their states; nobody is named."""
    if await work.session.get(Practice, practice_id) is None:
        raise NotFound("Não há esse local de atendimento.", detail="practice")
    work.about("practice", practice_id)
    first = since or work.now
    last = until or first + LONGEST_LOOK
    if not first < last <= first + LONGEST_LOOK:
        raise InvalidInput("O intervalo precisa ter de um instante a 92 dias.", detail="range of slots")
    query = (
        select(Slot, Appointment.state, Appointment.held_until)
        .outerjoin(Appointment, (Appointment.slot_id == Slot.id) & _LIVE)
        .where(Slot.practice_id == practice_id, Slot.starts_at >= first, Slot.starts_at < last)
        .order_by(Slot.starts_at)
        .limit(limit + 1)
    )
    if cursor is not None:
        query = query.where(Slot.starts_at > place_of(cursor, datetime.fromisoformat)[0])
    rows = (await work.session.execute(query)).all()
    shown, following = page(rows, limit, lambda row: cursor_of(row[0].starts_at))
    return Page(items=[_shown_slot(*row, now=work.now) for row in shown], next_cursor=following)


@router.get("/agenda/appointments", dependencies=reads("appointments:read"), summary="List a day's appointments")
async def list_appointments(
    work: Working,
    day: Annotated[Day, Query(description="in the operator's time zone")],
    practice_id: Annotated[UUID | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[AppointmentShown]:
    """Who is booked on a day, at all practices or at one, earliest first."""
    starts = datetime.combine(day, time(0), tzinfo=ZoneInfo(settings().timezone))
    ends = datetime.combine(day + timedelta(days=1), time(0), tzinfo=ZoneInfo(settings().timezone))
    query = _booked().where(Slot.starts_at >= starts, Slot.starts_at < ends).limit(limit + 1)
    if practice_id is not None:
        query = query.where(Practice.id == practice_id)
    if cursor is not None:
        query = query.where(tuple_(Slot.starts_at, Appointment.id) > place_of(cursor, datetime.fromisoformat, UUID))
    rows = (await work.session.execute(query)).all()
    shown, following = page(rows, limit, lambda row: cursor_of(row[1].starts_at, row[0].id))
    work.about_all("appointments", [row[0].id for row in shown])
    return Page(items=[_shown_appointment(*row) for row in shown], next_cursor=following)


def _booked() -> Select[Appointment, Slot, Beneficiary, str]:
    return (
        select(Appointment, Slot, Beneficiary, Protocol.number)
        .select_from(Practice)
        .join(Slot, Slot.practice_id == Practice.id)
        .join(Appointment, (Appointment.slot_id == Slot.id) & _LIVE & (Appointment.state == "booked"))
        .join(Beneficiary, Beneficiary.id == Appointment.beneficiary_id)
        .outerjoin(Protocol, Protocol.id == Appointment.protocol_id)
        .order_by(Slot.starts_at, Appointment.id)
    )


def _shown_slot(slot: Slot, state: str | None, held_until: datetime | None, *, now: datetime) -> SlotShown:
    """A hold whose time is over leaves the slot free."""
    shown: Literal["free", "held", "booked", "withdrawn"] = "free"
    if slot.withdrawn:
        shown = "withdrawn"
    elif state == "booked":
        shown = "booked"
    elif held_until is not None and held_until > now:
        shown = "held"
    return SlotShown(id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at, state=shown)


def _shown_appointment(one: Appointment, slot: Slot, person: Beneficiary, protocol: str | None) -> AppointmentShown:
    return AppointmentShown(
        id=one.id, slot_id=slot.id, practice_id=slot.practice_id, starts_at=slot.starts_at, ends_at=slot.ends_at,
        beneficiary=shown_person(person), name=person.shown_name, protocol_number=protocol,
        confirmed_at=one.confirmed_at,
    )  # fmt: skip

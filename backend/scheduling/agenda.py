"""The agenda as the clinics' own systems change it: times added, times withdrawn and what follows. [rule 11, RN 566]"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, events
from backend.actor import Actor
from backend.errors import InvalidInput, NotFound
from backend.network.tables import Place, Practice, Provider
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.scheduling import booking, waiting
from backend.scheduling.rules import last_day
from backend.scheduling.tables import Appointment, Slot, WaitingEntry
from backend.settings import settings
from backend.store.clock import local
from backend.store.engine import Store
from backend.store.ids import new_id
from backend.vocabulary import specialty
from backend.words import spoken_moment

SHORTEST, LONGEST = 5, 480  # minutes of one slot
FURTHEST = timedelta(days=366)

Refusal = Literal["unknown_practice", "length", "past", "too_far", "other_length", "overlap"]
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class WantedSlot:
    """A time at which a practice is to see somebody: from `starts_at` (aware) for so many minutes."""

    practice_id: UUID
    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class SlotOutcome:
    """What became of a wanted slot: `new` (a withdrawn one that is back is new), `known` as it was, or `refused`."""

    wanted: WantedSlot
    outcome: Literal["new", "known", "refused"]
    slot_id: UUID | None = None
    why: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What followed: the booking that ended and the protocol under which another time is found; holds let go."""

    slot: Slot
    cancelled: Appointment | None
    protocol: Protocol | None
    holds_released: int


async def add_slots(
    session: AsyncSession, *, wanted: Sequence[WantedSlot], actor: Actor, now: datetime
) -> list[SlotOutcome]:
    """Adds times to the agenda, each once, and offers them to the waiting list; gives what became of each, in order.

    Those that cannot be are refused one by one, the rest is added. Two systems at once on one provider's agenda wait
    for each other: his times never overlap, wherever he works.
    """
    providers = await _lock_providers(session, {each.practice_id for each in wanted})
    agenda = await _agenda_of(session, providers, wanted)
    outcomes = [agenda.take(each, now) for each in wanted]
    session.add_all(agenda.fresh)
    await session.flush()
    counts = {kind: sum(each.outcome == kind for each in outcomes) for kind in ("new", "known", "refused")}
    audit.record(session, "scheduling.add_slots", ("agenda", "slots"), actor=actor, now=now, **counts)
    await _offer(session, [*agenda.fresh, *agenda.restored], now)
    return outcomes


async def withdraw_slot(
    session: AsyncSession, store: Store, *, slot_id: UUID, actor: Actor, now: datetime
) -> Withdrawn:
    """Takes a time out of the agenda; a withdrawn one stays so.

    Who had booked it is told and can have other times; the scheduling team gets a protocol, since nobody may be left
    without care (RN 566). Holds are let go; who was offered it waits again. NotFound; InvalidInput where it has begun.
    """
    query = select(Slot).where(Slot.id == slot_id).with_for_update().execution_options(populate_existing=True)
    slot = await session.scalar(query)
    if slot is None:
        raise NotFound("Não encontrei esse horário.", detail="slot")
    if slot.withdrawn:
        return Withdrawn(slot, None, None, 0)
    if slot.starts_at <= now:
        raise InvalidInput("Esse horário já passou.", detail="slot in the past")
    slot.withdrawn = True
    live = select(Appointment).where(Appointment.slot_id == slot.id, Appointment.state.in_(("held", "booked")))
    locked = live.with_for_update().execution_options(populate_existing=True)
    cancelled, protocol, holds = None, None, 0
    for appointment in (await session.scalars(locked)).all():
        if appointment.state == "booked":
            cancelled, protocol = appointment, await _cancel(session, store, appointment, slot, actor=actor, now=now)
        else:
            holds += await _let_go(session, appointment, now)
    audit.record(session, "scheduling.withdraw_slot", ("slot", slot.id), actor=actor, now=now, holds=holds)
    await session.flush()
    return Withdrawn(slot, cancelled, protocol, holds)


class _Agenda:
    """The present times of some providers, into which wanted ones are put one by one."""

    def __init__(self, providers: Mapping[UUID, UUID], slots: Iterable[tuple[Slot, UUID]] = ()) -> None:
        """`providers` by practice, where slots may be added; `slots` with their providers, wherever they are."""
        self.fresh: list[Slot] = []
        self.restored: list[Slot] = []
        self._providers = providers
        self._known: dict[tuple[UUID, datetime], Slot] = {}
        self._busy: defaultdict[UUID, list[Span]] = defaultdict(list)
        for slot, provider in slots:
            self._known[slot.practice_id, slot.starts_at] = slot
            if not slot.withdrawn:
                insort(self._busy[provider], (slot.starts_at, slot.ends_at))

    def take(self, wanted: WantedSlot, now: datetime) -> SlotOutcome:
        """What becomes of one; what is refused leaves no trace."""
        known = self._known.get((wanted.practice_id, wanted.starts_at))
        if known is not None and not known.withdrawn:
            if known.ends_at == wanted.ends_at:
                return SlotOutcome(wanted, "known", known.id)
            return SlotOutcome(wanted, "refused", known.id, "other_length")
        why = self._refusal(wanted, now)
        if why is not None:
            return SlotOutcome(wanted, "refused", None, why)
        if known is None:
            known = Slot(
                id=new_id(), practice_id=wanted.practice_id, starts_at=wanted.starts_at, ends_at=wanted.ends_at,
                withdrawn=False,
            )  # fmt: skip
            self._known[wanted.practice_id, wanted.starts_at] = known
            self.fresh.append(known)
        else:
            known.withdrawn, known.ends_at = False, wanted.ends_at
            self.restored.append(known)
        insort(self._busy[self._providers[wanted.practice_id]], (wanted.starts_at, wanted.ends_at))
        return SlotOutcome(wanted, "new", known.id)

    def _refusal(self, wanted: WantedSlot, now: datetime) -> Refusal | None:
        provider = self._providers.get(wanted.practice_id)
        if provider is None:
            return "unknown_practice"
        if not SHORTEST <= wanted.minutes <= LONGEST:
            return "length"
        if wanted.starts_at <= now:
            return "past"
        if wanted.starts_at > now + FURTHEST:
            return "too_far"
        return "overlap" if _overlaps(self._busy[provider], (wanted.starts_at, wanted.ends_at)) else None


def _overlaps(busy: Sequence[Span], span: Span) -> bool:
    """Whether a span meets one of a sorted list without overlaps. Pure."""
    place = bisect_left(busy, span)
    before = place > 0 and busy[place - 1][1] > span[0]
    return before or (place < len(busy) and busy[place][0] < span[1])


async def _lock_providers(session: AsyncSession, practice_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Providers by practice, those that are active, locked in one order for all; bookings go on meanwhile."""
    query = (
        select(Practice.id, Practice.provider_id)
        .join(Provider, Provider.id == Practice.provider_id)
        .where(Practice.id.in_(practice_ids), Practice.active, Provider.active)
        .order_by(Provider.id)
        .with_for_update(of=Provider, key_share=True)
    )
    return dict((await session.execute(query)).all())


async def _agenda_of(session: AsyncSession, providers: dict[UUID, UUID], wanted: Sequence[WantedSlot]) -> _Agenda:
    """What the providers have around the wanted times, at all their practices."""
    starts = [each.starts_at for each in wanted if each.practice_id in providers]
    if not starts:
        return _Agenda(providers)
    around = timedelta(minutes=LONGEST)
    query = (
        select(Slot, Practice.provider_id)
        .join(Practice, Practice.id == Slot.practice_id)
        .where(Practice.provider_id.in_(set(providers.values())))
        .where(Slot.starts_at.between(min(starts) - around, max(starts) + around))
        .execution_options(populate_existing=True)
    )
    return _Agenda(providers, ((slot, provider) for slot, provider in await session.execute(query)))


async def _offer(session: AsyncSession, slots: Sequence[Slot], now: datetime) -> None:
    """Times that somebody waits for go to who has waited longest."""
    waited_for = exists().where(
        WaitingEntry.state == "waiting", WaitingEntry.specialty == Practice.specialty,
        WaitingEntry.city == Place.city, WaitingEntry.state_code == Place.state,
    )  # fmt: skip
    changed = Practice.id.in_({slot.practice_id for slot in slots})
    query = select(Practice.id).join(Place, Place.id == Practice.place_id).where(changed, waited_for)
    practices = set(await session.scalars(query))
    for slot in sorted(slots, key=lambda slot: slot.starts_at):
        if slot.practice_id in practices:
            await waiting.offer_slot(session, slot_id=slot.id, now=now)


async def _cancel(
    session: AsyncSession, store: Store, appointment: Appointment, slot: Slot, *, actor: Actor, now: datetime
) -> Protocol:
    """Ends a booking that the clinic took back; the protocol's term is RN 566's from the day of the first request."""
    appointment.state, appointment.ended_at = "cancelled", now
    await session.flush()
    await booking.note_step(session, appointment, "cancelled", actor, now)
    audit.record(session, "scheduling.withdraw", ("appointment", appointment.id), actor=actor, now=now)
    protocol = await protocols.open_protocol(
        session, store, kind=KINDS["appointment_change"], request_key=f"slot_withdrawn:{appointment.id}",
        conversation_id=None, beneficiary_id=appointment.beneficiary_id, actor=actor, now=now,
    )  # fmt: skip
    protocol.due_at = min(protocol.due_at, max(now, await _in_time_until(session, appointment, slot)))
    text = f"O horário de {spoken_moment(slot.starts_at)} foi retirado da agenda pelo prestador. É preciso outro."
    await protocols.add_entry(
        session, protocol=protocol, step="no_vacancy_in_time", actor=actor, now=now, text=text,
        request_key=f"slot_withdrawn:{appointment.id}:entry",
    )  # fmt: skip
    await events.tell(
        session, kind="appointment_withdrawn", beneficiary_id=appointment.beneficiary_id, subject_id=appointment.id,
        protocol_id=protocol.id, not_after=slot.starts_at, event_key=f"appointment_withdrawn:{appointment.id}", now=now,
    )  # fmt: skip
    return protocol


async def _in_time_until(session: AsyncSession, appointment: Appointment, slot: Slot) -> datetime:
    """The last second in which care that was asked for with this booking is in time (RN 566)."""
    query = select(Practice.specialty, Place.state).join(Place, Place.id == Practice.place_id)
    code, state = (await session.execute(query.where(Practice.id == slot.practice_id))).one()
    last = last_day(specialty(code).care_class, local(appointment.made_at).date(), state=state)
    return datetime.combine(last, time(23, 59, 59), tzinfo=ZoneInfo(settings().timezone)).astimezone(UTC)


async def _let_go(session: AsyncSession, hold: Appointment, now: datetime) -> int:
    """Ends a hold; an offer to the waiting list ends with it, and its person waits on. Gives 1, for counting."""
    hold.state, hold.ended_at = "released", now
    query = select(WaitingEntry).where(WaitingEntry.offered_id == hold.id, WaitingEntry.state == "offered")
    entry = await session.scalar(query.with_for_update())
    if entry is not None:
        entry.state, entry.offered_id = "waiting", None
    return 1

"""The agenda: holds, bookings, what is offered, the waiting list, reminders."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import ASSISTANT
from backend.errors import InvalidInput, NotFound, Taken
from backend.events import Event
from backend.scheduling import booking, changes, due, search, waiting
from backend.scheduling.rules import Vacancy, last_day, longest_wait, spread
from backend.scheduling.search import Wish
from backend.scheduling.tables import Appointment, Slot
from backend.scheduling.when import When, read_when
from backend.store.engine import Store
from tests.backend.agenda import NOW, TOMORROW, Agenda, at

LATER = NOW + timedelta(minutes=11)


async def hold(session: AsyncSession, slot: Slot, person: UUID, *, key: str = "k", now: datetime = NOW) -> Appointment:
    return await booking.hold_slot(
        session, slot_id=slot.id, beneficiary_id=person, protocol_id=None, request_key=key, actor=ASSISTANT, now=now
    )


async def book(session: AsyncSession, slot: Slot, person: UUID, *, key: str = "k", now: datetime = NOW) -> Appointment:
    held = await hold(session, slot, person, key=key, now=now)
    return await booking.book(session, appointment=held, actor=ASSISTANT, now=now)


async def test_fifty_people_at_once_on_one_slot_one_gets_it_and_the_others_are_offered_the_next(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        practice = await agenda.practice("Dra. Alma Serra")
        slot, later = await agenda.slot(practice, at(TOMORROW, 9)), await agenda.slot(practice, at(TOMORROW, 10))
        people = [await agenda.person() for _ in range(50)]

    async def grab(number: int, person: UUID) -> str:
        async with store.unit_of_work() as session:
            try:
                await hold(session, slot, person, key=f"grab {number}")
            except Taken as taken:
                wish = Wish("cardiology", "São Luís", "MA")
                [offered] = (await search.find(session, wish, now=NOW)).exact
                assert offered.slot_id == later.id
                return taken.message
        return "got it"

    outcomes = await asyncio.gather(*(grab(number, person) for number, person in enumerate(people)))
    assert sorted(outcomes) == sorted(["got it"] + ["Esse horário acabou de ser reservado por outra pessoa."] * 49)
    async with store.unit_of_work() as session:
        assert await session.scalar(select(func.count()).select_from(Appointment)) == 1


async def test_the_database_itself_refuses_two_live_appointments_of_one_doctor_at_one_time(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        practice = await agenda.practice("Dra. Alma Serra")
        slot = await agenda.slot(practice, at(TOMORROW, 9))
        first, second = await agenda.person(), await agenda.person()
        held = await hold(session, slot, first)
        overlapping = {
            "slot_id": slot.id, "provider_id": held.provider_id, "beneficiary_id": second, "during": held.during,
            "state": "booked", "made_at": NOW, "request_key": "another way in",
        }  # fmt: skip
        with pytest.raises(IntegrityError, match="ex_appointment_provider"):
            async with session.begin_nested():
                session.add(Appointment(**overlapping))


async def test_a_hold_lasts_ten_minutes_and_then_gives_way(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        slot = await agenda.slot(await agenda.practice("Dra. Alma Serra"), at(TOMORROW, 9))
        first, second = await agenda.person(), await agenda.person()
        mine = await hold(session, slot, first, key="first")
        with pytest.raises(Taken):
            await hold(session, slot, second, key="too early", now=NOW + timedelta(minutes=9))
        theirs = await hold(session, slot, second, key="in time", now=LATER)
        assert theirs.state == "held"
        with pytest.raises(Taken):
            await booking.book(session, appointment=mine, actor=ASSISTANT, now=LATER)


async def test_a_hold_whose_time_is_over_is_booked_while_nobody_else_wanted_it(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        slot = await agenda.slot(await agenda.practice("Dra. Alma Serra"), at(TOMORROW, 9))
        held = await hold(session, slot, await agenda.person())
        assert (await booking.book(session, appointment=held, actor=ASSISTANT, now=LATER)).state == "booked"


async def test_a_turn_that_is_carried_out_again_holds_and_books_once(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        slot = await agenda.slot(await agenda.practice("Dra. Alma Serra"), at(TOMORROW, 9))
        person = await agenda.person()
        first = await book(session, slot, person, key="turn 1")
        again = await book(session, slot, person, key="turn 1")
        assert (again.id, again.state) == (first.id, "booked")


async def test_nobody_is_at_two_doctors_at_one_time(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        person = await agenda.person()
        one = await agenda.slot(await agenda.practice("Dra. Alma Serra"), at(TOMORROW, 9))
        other = await agenda.slot(await agenda.practice("Dr. Breno Vale"), at(TOMORROW, 9, 15))
        await book(session, one, person, key="one")
        with pytest.raises(InvalidInput, match="overlapping"):
            await book(session, other, person, key="other")
        assert await session.scalar(select(func.count()).where(Appointment.state == "booked")) == 1


async def test_what_has_begun_or_was_withdrawn_is_not_held(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        practice, person = await agenda.practice("Dra. Alma Serra"), await agenda.person()
        past = await agenda.slot(practice, NOW - timedelta(minutes=5))
        with pytest.raises(InvalidInput):
            await hold(session, past, person, key="past")
        gone = await agenda.slot(practice, at(TOMORROW, 9))
        gone.withdrawn = True
        await session.flush()
        with pytest.raises(NotFound):
            await hold(session, gone, person, key="gone")


async def test_moving_books_the_new_time_and_frees_the_old_one_or_does_neither(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        practice, person = await agenda.practice("Dra. Alma Serra"), await agenda.person()
        slots = [await agenda.slot(practice, at(TOMORROW, hour)) for hour in (9, 10)]
        old = await book(session, slots[0], person, key="old")
        held = await hold(session, slots[1], person, key="new")
        moved = await changes.move(session, appointment=old, to=held, actor=ASSISTANT, now=NOW)
        assert (old.state, moved.state, moved.moved_from_id) == ("moved", "booked", old.id)
        assert [v.slot_id for v in await search.vacancies(session, Wish("cardiology", "São Luís", "MA"), now=NOW)] == [
            slots[0].id
        ]
        again = await changes.move(session, appointment=old, to=held, actor=ASSISTANT, now=NOW)
        assert again.id == moved.id


async def test_a_new_time_that_is_gone_leaves_the_old_appointment_as_it_was(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        practice, person, other = await agenda.practice("Dra. Alma Serra"), await agenda.person(), await agenda.person()
        slots = [await agenda.slot(practice, at(TOMORROW, hour)) for hour in (9, 10)]
        old = await book(session, slots[0], person, key="old")
        late = await hold(session, slots[1], person, key="late")
        await book(session, slots[1], other, key="faster", now=LATER)
        with pytest.raises(Taken):
            await changes.move(session, appointment=old, to=late, actor=ASSISTANT, now=LATER)
        states = dict((await session.execute(select(Appointment.request_key, Appointment.state))).all())
        assert states == {"old": "booked", "late": "lapsed", "faster": "booked"}


async def test_nothing_is_offered_at_the_hour_of_a_persons_own_appointment_but_what_makes_way(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        first, second = await agenda.practice("Dra. Alma Serra"), await agenda.practice("Dr. Bento Vidal")
        person, other = await agenda.person(), await agenda.person()
        own = await book(session, await agenda.slot(first, at(TOMORROW, 9)), person)
        same_hour, later = await agenda.slot(second, at(TOMORROW, 9)), await agenda.slot(second, at(TOMORROW, 10))

        async def offered(person_id: UUID | None, moving: UUID | None = None) -> list[UUID]:
            wish = Wish("cardiology", "São Luís", "MA", person_id=person_id, moving_id=moving)
            return [vacancy.slot_id for vacancy in await search.vacancies(session, wish, now=NOW)]

        assert await offered(person) == [later.id]
        assert await offered(person, moving=own.id) == [same_hour.id, later.id]
        assert await offered(other) == await offered(None) == [same_hour.id, later.id]


async def test_a_cancelled_time_goes_to_who_waited_longest_and_on_when_he_does_not_want_it(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        practice = await agenda.practice("Dra. Alma Serra")
        slot = await agenda.slot(practice, at(TOMORROW, 15))
        owner, first, second, mornings = [await agenda.person() for _ in range(4)]
        booked = await book(session, slot, owner)
        wish = Wish("cardiology", "São Luís", "MA")
        only_mornings = Wish("cardiology", "São Luís", "MA", when=read_when("de manhã", today=TOMORROW))
        for number, (person, wanted) in enumerate([(mornings, only_mornings), (first, wish), (second, wish)]):
            await waiting.join(
                session, beneficiary_id=person, wish=wanted, protocol_id=None, request_key=f"wait {number}",
                actor=ASSISTANT, now=NOW + timedelta(seconds=number),
            )  # fmt: skip
        await changes.cancel(session, appointment=booked, actor=ASSISTANT, now=NOW)
        told = (await session.execute(select(Event).order_by(Event.id))).scalars().all()
        assert [(event.kind, event.beneficiary_id) for event in told] == [("vacancy_offered", first)]
        await waiting.answer(session, appointment_id=UUID(told[0].subject_id), accepted=False, actor=ASSISTANT, now=NOW)
        told = (await session.execute(select(Event).order_by(Event.id))).scalars().all()
        assert [event.beneficiary_id for event in told] == [first, second]
        taken = await waiting.answer(
            session, appointment_id=UUID(told[1].subject_id), accepted=True, actor=ASSISTANT, now=NOW
        )
        assert (taken.state, taken.beneficiary_id) == ("booked", second)
        assert [entry.state for entry in await waiting.of_person(session, first)] == ["waiting"]


async def offered_to_the_first_of_two(session: AsyncSession) -> tuple[UUID, UUID]:
    """Two people wait in this order for a slot that has just been cancelled."""
    agenda = Agenda(session)
    slot = await agenda.slot(await agenda.practice("Dra. Alma Serra"), at(TOMORROW, 15))
    owner, first, second = [await agenda.person() for _ in range(3)]
    booked = await book(session, slot, owner)
    for number, person in enumerate((first, second)):
        await waiting.join(
            session, beneficiary_id=person, wish=Wish("cardiology", "São Luís", "MA"), protocol_id=None,
            request_key=f"wait {number}", actor=ASSISTANT, now=NOW + timedelta(seconds=number),
        )  # fmt: skip
    await changes.cancel(session, appointment=booked, actor=ASSISTANT, now=NOW)
    return first, second


async def test_an_offer_that_nobody_answers_goes_on_after_its_hour(store: Store) -> None:
    async with store.unit_of_work() as session:
        first, second = await offered_to_the_first_of_two(session)
        assert await due.end_offers(session, now=NOW + timedelta(minutes=59)) == 0
        assert await due.end_offers(session, now=NOW + timedelta(minutes=61)) == 1
        told = (await session.execute(select(Event.beneficiary_id).order_by(Event.id))).scalars().all()
        assert told == [first, second]


async def test_a_reminder_is_noted_once_the_day_before_from_nine_o_clock_on(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        practice, person = await agenda.practice("Dra. Alma Serra"), await agenda.person()
        before = NOW - timedelta(days=3)
        await book(session, await agenda.slot(practice, at(TOMORROW, 9)), person, key="tomorrow", now=before)
        await book(session, await agenda.slot(practice, at(TOMORROW, 11)), person, key="made today")
        await book(session, await agenda.slot(practice, at(TOMORROW + timedelta(days=1), 9)), person, key="after")
        today = TOMORROW - timedelta(days=1)
        assert await due.remind(session, now=at(today, 8, 59)) == 0
        assert await due.remind(session, now=at(today, 9)) == 1
        assert await due.remind(session, now=at(today, 15)) == 0
        assert (await session.execute(select(Event.kind))).scalars().all() == ["appointment_reminder"]


async def test_where_nothing_fits_the_nearest_is_offered_the_same_day_first(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        practice = await agenda.practice("Dra. Alma Serra")
        same_day = await agenda.slot(practice, at(TOMORROW, 15))
        await agenda.slot(practice, at(TOMORROW + timedelta(days=1), 9))
        morning = When(earliest=TOMORROW, latest=TOMORROW, until_time=at(TOMORROW, 12).time())
        offer = await search.find(session, Wish("cardiology", "São Luís", "MA", when=morning), now=NOW)
        assert not offer.exact
        assert [vacancy.slot_id for vacancy in offer.nearest] == [same_day.id]
        assert not offer.too_late


async def test_where_the_agenda_cannot_keep_rn_566_it_says_so(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        practice = await agenda.practice("Dr. Caio Mota", specialty="neurology", city="Imperatriz")
        last = last_day("specialty", date(2026, 8, 3), state="MA")
        await agenda.slot(practice, at(last + timedelta(days=1), 9))
        late = await search.find(session, Wish("neurology", "Imperatriz", "MA"), now=NOW)
        assert late.too_late
        await agenda.slot(practice, at(last, 9))
        assert not (await search.find(session, Wish("neurology", "Imperatriz", "MA"), now=NOW)).too_late


async def test_other_cities_are_offered_those_of_the_same_state_first(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        here = await agenda.practice("Dra. Alma Serra")
        there = await agenda.practice("Dr. Breno Vale", city="Imperatriz")
        owner, slot = await agenda.person(), await agenda.slot(here, at(TOMORROW, 9))
        await agenda.slot(here, at(TOMORROW + timedelta(days=1), 9))
        far = await agenda.slot(there, at(TOMORROW, 9))
        await book(session, slot, owner)
        seen = [s.slot_id for s in await search.vacancies(session, Wish("cardiology", "São Luís", "MA"), now=NOW)]
        offer = await search.find(session, Wish("cardiology", "São Luís", "MA"), now=NOW, excluded=seen)
        assert [vacancy.slot_id for vacancy in offer.other_cities] == [far.id]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("helena", "Dra. Helena Prado"), ("Elena Prado", "Dra. Helena Prado"), ("anacleto", "Dr. Anacleto Barros")],
)
async def test_a_doctor_is_found_by_a_part_of_the_name_and_with_a_typo(store: Store, name: str, expected: str) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        for doctor in ("Dra. Helena Prado", "Dr. Anacleto Barros", "Dra. Celeste Azevedo"):
            await agenda.practice(doctor)
        assert (await search.doctors_like(session, name))[0].name == expected
        assert not await search.doctors_like(session, "Fulgencio Xavantes")


@pytest.mark.parametrize(
    ("care_class", "days"), [("basic_consultation", 7), ("specialty", 14), ("therapy", 10), ("dentistry", 7)]
)
def test_rn_566_gives_each_kind_of_care_its_longest_wait(care_class: str, days: int) -> None:
    assert longest_wait(care_class) == days


def test_the_last_day_counts_business_days_of_the_place() -> None:
    assert last_day("basic_consultation", date(2026, 7, 24), state="MA") == date(2026, 8, 5)  # the 28th is Maranhão's
    assert last_day("basic_consultation", date(2026, 7, 24), state="SP") == date(2026, 8, 4)


def test_the_choice_has_several_days_and_halves_before_several_half_hours() -> None:
    def vacancy(day: int, hour: int, minute: int, doctor: int) -> Vacancy:
        starts = at(TOMORROW + timedelta(days=day), hour, minute)
        return Vacancy(
            UUID(int=day * 10000 + hour * 100 + minute + doctor),
            starts,
            starts,
            UUID(int=doctor),
            "",
            "",
            "",
            "",
            "",
            "",
        )

    morning = [vacancy(0, 8, minute, 1) for minute in (0, 10, 20, 30, 40, 50)]
    found = [*morning, vacancy(0, 14, 0, 1), vacancy(1, 8, 0, 1), vacancy(1, 8, 0, 2)]
    chosen = spread(found, 5)
    assert [(item.starts_at.day - TOMORROW.day, item.starts_at.hour, item.starts_at.minute) for item in chosen] == [
        (0, 8, 0), (0, 8, 10), (0, 14, 0), (1, 8, 0), (1, 8, 0),
    ]  # fmt: skip
    assert spread([], 5) == []


async def test_who_leaves_the_list_while_a_vacancy_is_offered_makes_way_for_the_next(store: Store) -> None:
    async with store.unit_of_work() as session:
        first, second = await offered_to_the_first_of_two(session)
        [entry] = await waiting.of_person(session, first)
        assert entry.state == "offered"
        await waiting.leave(session, entry=entry, actor=ASSISTANT, now=NOW)
        assert await waiting.of_person(session, first) == []
        told = (await session.execute(select(Event.beneficiary_id).order_by(Event.id))).scalars().all()
        assert told == [first, second]


async def test_a_newer_wish_for_the_same_list_takes_the_older_ones_place(store: Store) -> None:
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        person = await agenda.person()
        for number, said in enumerate(("de manhã", "à tarde")):
            await waiting.join(
                session, beneficiary_id=person,
                wish=Wish("cardiology", "São Luís", "MA", when=read_when(said, today=TOMORROW)), protocol_id=None,
                request_key=f"wait {number}", actor=ASSISTANT, now=NOW,
            )  # fmt: skip
        [entry] = await waiting.of_person(session, person)
        assert When.from_json(entry.wish).fits(at(TOMORROW, 15))
        assert not When.from_json(entry.wish).fits(at(TOMORROW, 9))

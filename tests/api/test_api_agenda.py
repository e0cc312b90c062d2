"""The agenda as clinics' systems change it: times added, times withdrawn, and nobody left without care."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from backend.actor import ASSISTANT
from backend.errors import NotFound, Taken
from backend.news import TOLD_ALIKE
from backend.protocols.kinds import KINDS
from backend.protocols.verbs import open_protocol
from backend.scheduling import booking, waiting
from backend.scheduling.rules import last_day
from backend.scheduling.search import Wish
from backend.scheduling.tables import Appointment, Slot, WaitingEntry
from backend.store.clock import local
from backend.store.engine import Store
from tests.api.api_rig import System, audited, count, now_of, told
from tests.backend.agenda import Agenda


class Clinic:
    """A doctor with an agenda that begins in three days, on whole hours."""

    def __init__(self, store: Store, practice_id: UUID, day: datetime) -> None:
        self.store, self.practice_id, self.day = store, practice_id, day

    def at(self, hour: float, *, days: int = 0) -> datetime:
        return self.day + timedelta(days=days, hours=hour)

    def slot(self, hour: float, *, minutes: int = 30, days: int = 0) -> dict[str, Any]:
        return {
            "practice_id": str(self.practice_id), "starts_at": self.at(hour, days=days).isoformat(), "minutes": minutes
        }  # fmt: skip

    async def add(self, erp: System, *hours: float) -> list[str]:
        answer = await erp.call("PUT", "/agenda/slots", {"slots": [self.slot(hour) for hour in hours]})
        return [each["slot_id"] for each in answer.json()["slots"]]

    async def person(self) -> UUID:
        async with self.store.unit_of_work() as session:
            return await Agenda(session).person()

    async def hold(self, slot_id: str, person: UUID, *, book: bool = False) -> Appointment:
        async with self.store.unit_of_work() as session:
            now = await now_of(self.store)
            protocol = await open_protocol(
                session, self.store, kind=KINDS["appointment"], request_key=f"p:{slot_id}:{person}",
                conversation_id=None, beneficiary_id=person, actor=ASSISTANT, now=now,
            )  # fmt: skip
            held = await booking.hold_slot(
                session, slot_id=UUID(slot_id), beneficiary_id=person, protocol_id=protocol.id,
                request_key=f"h:{slot_id}:{person}", actor=ASSISTANT, now=now,
            )  # fmt: skip
            if book:
                await booking.book(session, appointment=held, actor=ASSISTANT, now=now)
        return held

    async def waits(self, person: UUID) -> None:
        async with self.store.unit_of_work() as session:
            await waiting.join(
                session, beneficiary_id=person, wish=Wish("cardiology", "São Luís", "MA"), protocol_id=None,
                request_key="w", actor=ASSISTANT, now=await now_of(self.store),
            )  # fmt: skip

    async def find(self, appointment: Appointment) -> Appointment:
        async with self.store.sessions() as session:
            return await session.get_one(Appointment, appointment.id)


@pytest.fixture
async def clinic(store: Store) -> Clinic:
    async with store.unit_of_work() as session:
        practice = await Agenda(session).practice("Dra. Alma Serra")
    now = await now_of(store)
    return Clinic(store, practice.id, datetime(now.year, now.month, now.day, 11, tzinfo=UTC) + timedelta(days=3))


async def test_times_are_added_once_and_the_answer_says_what_became_of_each(erp: System, clinic: Clinic) -> None:
    wanted = [clinic.slot(0), clinic.slot(0.5), clinic.slot(0), clinic.slot(0.25), clinic.slot(1, days=-10)]
    wanted += [clinic.slot(1, days=400), clinic.slot(0, minutes=20), {**clinic.slot(2), "practice_id": str(uuid4())}]
    answer = (await erp.call("PUT", "/agenda/slots", {"slots": wanted})).json()
    assert [(each["outcome"], each["why"]) for each in answer["slots"]] == [
        ("new", None), ("new", None), ("known", None), ("refused", "overlap"), ("refused", "past"),
        ("refused", "too_far"), ("refused", "other_length"), ("refused", "unknown_practice"),
    ]  # fmt: skip
    assert (answer["new"], answer["known"], answer["refused"]) == (2, 1, 5)
    assert answer["slots"][2]["slot_id"] == answer["slots"][0]["slot_id"]
    again = (await erp.call("PUT", "/agenda/slots", {"slots": wanted[:2]})).json()
    assert (again["new"], again["known"]) == (0, 2)
    listed = (await erp.get(f"/agenda/practices/{clinic.practice_id}/slots")).json()["items"]
    assert [each["state"] for each in listed] == ["free", "free"]
    assert listed[0]["starts_at"] == clinic.at(0).isoformat().replace("+00:00", "Z")


async def test_a_provider_is_never_at_two_places_at_once(erp: System, clinic: Clinic, store: Store) -> None:
    async with store.unit_of_work() as session:
        elsewhere = await Agenda(session).practice("Outra pessoa")
        mine = await session.get_one(type(elsewhere), clinic.practice_id)
        elsewhere.provider_id = mine.provider_id
    await clinic.add(erp, 0)
    there = {**clinic.slot(0.25), "practice_id": str(elsewhere.id)}
    answer = (await erp.call("PUT", "/agenda/slots", {"slots": [there]})).json()
    assert answer["slots"][0]["why"] == "overlap"


async def test_a_thousand_times_are_one_call_and_more_are_refused(erp: System, clinic: Clinic, store: Store) -> None:
    many = [clinic.slot(hour, minutes=5, days=day) for day in range(84) for hour in range(12)]
    answer = await erp.call("PUT", "/agenda/slots", {"slots": many[:1000]})
    assert answer.json()["new"] == 1000
    assert (await erp.call("PUT", "/agenda/slots", {"slots": many})).status_code == 422
    assert await count(store, Slot) == 1000
    first = (await erp.get(f"/agenda/practices/{clinic.practice_id}/slots", limit=100)).json()
    path = f"/agenda/practices/{clinic.practice_id}/slots"
    second = (await erp.get(path, limit=100, cursor=first["next_cursor"])).json()
    assert not {each["id"] for each in first["items"]} & {each["id"] for each in second["items"]}


async def test_two_systems_at_once_on_one_agenda_never_make_overlapping_times(
    erp: System, clinic: Clinic, store: Store
) -> None:
    batches = [[clinic.slot(hour + shift) for hour in range(20)] for shift in (0, 0.25, 0, 0.25)]
    answers = await asyncio.gather(*(erp.call("PUT", "/agenda/slots", {"slots": batch}) for batch in batches))
    assert sorted(answer.json()["new"] for answer in answers) == [0, 0, 0, 20]
    assert await count(store, Slot) == 20


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": "2026-12-10T09:00:00"}, {"starts_at": "2026-12-10"}, {"starts_at": 1796000000},
        {"starts_at": "2026-02-30T09:00:00Z"}, {"starts_at": "9999-12-31T23:59:59-14:00"}, {"minutes": -30},
        {"minutes": 0}, {"minutes": 30.5}, {"minutes": "30"}, {"minutes": True}, {"practice_id": "1"}, {"room": 3},
    ],
    ids=repr,
)  # fmt: skip
async def test_a_time_that_is_none_is_refused_with_its_field(
    change: dict[str, Any], erp: System, clinic: Clinic, store: Store
) -> None:
    answer = await erp.call("PUT", "/agenda/slots", {"slots": [clinic.slot(0), clinic.slot(1) | change]})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [f"body.slots.1.{next(iter(change))}"]
    assert await count(store, Slot) == 0


async def test_a_withdrawn_booking_is_told_with_other_times_to_have_and_scheduling_gets_a_protocol(
    erp: System, clinic: Clinic, store: Store
) -> None:
    [slot] = await clinic.add(erp, 0)
    person = await clinic.person()
    booked = await clinic.hold(slot, person, book=True)
    answer = (await erp.call("DELETE", f"/agenda/slots/{slot}")).json()
    assert answer["cancelled_appointment_id"] == str(booked.id)
    assert (await clinic.find(booked)).state == "cancelled"
    [event] = await told(store, "appointment_withdrawn")
    assert event.kind in TOLD_ALIKE
    assert (event.beneficiary_id, event.subject_id, event.not_after) == (person, str(booked.id), clinic.at(0))
    protocol = (await erp.get(f"/protocols/{answer['protocol_number']}")).json()
    assert (protocol["team"], protocol["state"], protocol["kind"]) == ("scheduling", "open", "appointment_change")
    in_time = last_day("specialty", local(booked.made_at).date(), state="MA")
    assert protocol["due_at"][:10] <= (in_time + timedelta(days=1)).isoformat()
    assert (await erp.get(f"/agenda/practices/{clinic.practice_id}/slots")).json()["items"][0]["state"] == "withdrawn"


async def test_withdrawing_twice_tells_once(erp: System, clinic: Clinic, store: Store) -> None:
    [slot] = await clinic.add(erp, 0)
    await clinic.hold(slot, await clinic.person(), book=True)
    first = await erp.call("DELETE", f"/agenda/slots/{slot}", key="w")
    again = await erp.call("DELETE", f"/agenda/slots/{slot}", key="w")
    other = await erp.call("DELETE", f"/agenda/slots/{slot}", key="w2")
    assert first.json() == again.json()
    assert other.json()["cancelled_appointment_id"] is None
    assert len(await told(store, "appointment_withdrawn")) == 1
    assert len(await audited(store, "scheduling.withdraw_slot")) == 1


async def test_a_hold_is_let_go_and_can_be_booked_no_more(erp: System, clinic: Clinic, store: Store) -> None:
    [slot] = await clinic.add(erp, 0)
    held = await clinic.hold(slot, await clinic.person())
    assert (await erp.call("DELETE", f"/agenda/slots/{slot}")).json()["holds_released"] == 1
    assert await told(store, "appointment_withdrawn") == []
    async with store.unit_of_work() as session:
        there = await session.get_one(Appointment, held.id)
        with pytest.raises(Taken):
            await booking.book(session, appointment=there, actor=ASSISTANT, now=await now_of(store))


async def test_a_time_that_is_withdrawn_while_people_book_it_ends_up_with_nobody(
    erp: System, clinic: Clinic, store: Store
) -> None:
    [slot] = await clinic.add(erp, 0)
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        people = [await agenda.person() for _ in range(8)]

    async def books(person: UUID) -> None:
        with contextlib.suppress(Taken, NotFound):
            await clinic.hold(slot, person, book=True)

    withdrawal = erp.call("DELETE", f"/agenda/slots/{slot}")
    done = await asyncio.gather(
        *(books(each) for each in people[:4]), withdrawal, *(books(each) for each in people[4:])
    )
    assert next(each for each in done if each is not None).status_code == 200
    async with store.sessions() as session:
        states = set(await session.scalars(select(Appointment.state)))
    assert states <= {"cancelled", "released"}
    assert len(await told(store, "appointment_withdrawn")) == ("cancelled" in states)


async def test_new_times_go_to_who_waits_and_a_withdrawn_offer_puts_him_back(
    erp: System, clinic: Clinic, store: Store
) -> None:
    person = await clinic.person()
    await clinic.waits(person)
    first, second = await clinic.add(erp, 0, 1)
    [offer] = await told(store, "vacancy_offered")
    assert offer.beneficiary_id == person
    states = {each["id"]: each["state"] for each in
              (await erp.get(f"/agenda/practices/{clinic.practice_id}/slots")).json()["items"]}  # fmt: skip
    assert states == {first: "held", second: "free"}
    await erp.call("DELETE", f"/agenda/slots/{first}")
    async with store.sessions() as session:
        [entry] = await session.scalars(select(WaitingEntry))
    assert (entry.state, entry.offered_id) == ("waiting", None)


async def test_a_withdrawn_time_can_come_back(erp: System, clinic: Clinic, store: Store) -> None:
    [slot] = await clinic.add(erp, 0)
    await clinic.hold(slot, await clinic.person(), book=True)
    await erp.call("DELETE", f"/agenda/slots/{slot}")
    back = (await erp.call("PUT", "/agenda/slots", {"slots": [clinic.slot(0, minutes=20)]})).json()["slots"][0]
    assert (back["outcome"], back["slot_id"]) == ("new", slot)
    [listed] = (await erp.get(f"/agenda/practices/{clinic.practice_id}/slots")).json()["items"]
    assert listed["state"] == "free"
    assert datetime.fromisoformat(listed["ends_at"]) == clinic.at(0) + timedelta(minutes=20)


async def test_what_has_begun_or_does_not_exist_cannot_be_withdrawn(erp: System, clinic: Clinic, store: Store) -> None:
    assert (await erp.call("DELETE", f"/agenda/slots/{uuid4()}")).status_code == 404
    async with store.unit_of_work() as session:
        past = Slot(practice_id=clinic.practice_id, starts_at=clinic.at(0, days=-9), ends_at=clinic.at(1, days=-9))
        session.add(past)
    answer = await erp.call("DELETE", f"/agenda/slots/{past.id}")
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Esse horário já passou."


async def test_a_days_appointments_are_listed_and_whose_they_are_is_on_record(
    erp: System, clinic: Clinic, store: Store
) -> None:
    first, second, third = await clinic.add(erp, 0, 1, 2)
    person = await clinic.person()
    booked = [await clinic.hold(slot, person, book=True) for slot in (first, second)]
    day = local(clinic.at(0)).date()
    page = (await erp.get("/agenda/appointments", day=day.isoformat(), limit=1)).json()
    assert [each["id"] for each in page["items"]] == [str(booked[0].id)]
    assert page["items"][0]["name"] == "Pessoa de Teste"
    params = {"day": day.isoformat(), "cursor": page["next_cursor"], "practice_id": clinic.practice_id}
    rest = (await erp.get("/agenda/appointments", **params)).json()
    assert [each["slot_id"] for each in rest["items"]] == [second]
    assert rest["next_cursor"] is None
    assert (await erp.get("/agenda/appointments", day=(day + timedelta(days=1)).isoformat())).json()["items"] == []
    assert third not in str(rest)
    rows = await audited(store, "api.list_appointments")
    assert rows[0].details == {"ids": [str(booked[0].id)]}


async def test_systems_learn_the_ids_of_the_network(erp: System, clinic: Clinic, store: Store) -> None:
    async with store.unit_of_work() as session:
        await Agenda(session).practice("Dr. Outro", specialty="dermatology")
    first = (await erp.get("/practices", limit=1)).json()
    rest = (await erp.get("/practices", cursor=first["next_cursor"])).json()
    names = [each["provider"]["name"] for each in [*first["items"], *rest["items"]]]
    assert sorted(names) == ["Dr. Outro", "Dra. Alma Serra"]
    heart = (await erp.get("/practices", specialty="cardiology")).json()["items"]
    assert [each["id"] for each in heart] == [str(clinic.practice_id)]
    assert len((await erp.get("/providers")).json()["items"]) == 2


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])
async def test_a_look_at_slots_has_a_sensible_range(until: str, erp: System, clinic: Clinic) -> None:
    assert (await erp.get(f"/agenda/practices/{clinic.practice_id}/slots", until=until)).status_code == 422
    assert (await erp.get(f"/agenda/practices/{uuid4()}/slots")).status_code == 404

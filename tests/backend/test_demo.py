"""The demo's data: who is there, what each of them shows, and that loading again changes nothing."""

from __future__ import annotations

from sqlalchemy import func, select

from backend import demo
from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary, by_phone
from backend.store.clock import business_now
from backend.store.engine import Store


async def test_loading_the_people_twice_adds_them_once(store: Store) -> None:
    async with store.unit_of_work() as session:
        now = await business_now(session)
        first = await demo.load_people(session, actor=SYSTEM, now=now)
        second = await demo.load_people(session, actor=SYSTEM, now=now)
        count = await session.scalar(select(func.count()).select_from(Beneficiary))
    assert first == count
    assert second == 0


async def test_mother_and_daughter_share_a_telephone(store: Store) -> None:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=await business_now(session))
        found = await by_phone(session, "+5598988000014")
    assert {person.first_name for person in found} == {"Olga", "Paula"}

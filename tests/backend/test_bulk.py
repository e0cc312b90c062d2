"""Data for benchmarks, run small: what is there, and that it keeps the rules that real data keep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary, BeneficiaryPhone, search
from backend.demo import invented
from backend.demo.people import people
from backend.errors import NotAllowed
from backend.identifiers import Cpf, plain
from backend.invoices.tables import Invoice
from backend.network.tables import Place, Practice, Provider
from backend.procedures.tables import Authorization
from backend.protocols.tables import Protocol, ProtocolDay
from backend.scheduling.tables import Appointment, Slot
from backend.settings import settings
from backend.store.clock import business_now, local
from backend.store.engine import Store
from handoff.cli.demo_data import Wanted, load
from handoff.conversations.tables import Contact, Conversation, Message, Ownership

SMALL = Wanted(people=200, messages=2000, slots=2000)
# Slots of the providers whom a bulk load makes, told by their councils' numbers.
OURS = Slot.practice_id.in_(select(Practice.id).join(Provider).where(Provider.council.regexp_match("-.. 9")))


@pytest.fixture
async def bulk(store: Store) -> AsyncIterator[AsyncSession]:
    """A session on a database with the demo and a small bulk load."""
    await load(store.url, SMALL, shown=False)
    async with store.unit_of_work() as session:
        yield session


async def count(session: AsyncSession, column: object, *where: object) -> int:
    return await session.scalar(select(func.count(column)).where(*where)) or 0  # type: ignore[arg-type]


async def test_as_much_is_there_as_was_asked_for(bulk: AsyncSession) -> None:
    demo_people = len(people((await business_now(bulk)).date()))
    assert await count(bulk, Beneficiary.id) == demo_people + SMALL.people
    assert await count(bulk, Message.id) == SMALL.messages
    assert await count(bulk, Slot.id, OURS) == SMALL.slots
    for column in (BeneficiaryPhone.number, Invoice.id, Authorization.id, Place.id, Ownership.id):
        assert await count(bulk, column) > 0


async def test_people_have_valid_cpfs_and_names_that_the_search_finds(bulk: AsyncSession) -> None:
    rows = (await bulk.scalars(select(Beneficiary))).all()
    assert all(Cpf.parse(row.cpf).digits == row.cpf for row in rows)
    assert all(row.folded_name == plain(row.full_name) for row in rows)
    assert all(row.holder_id for row in rows if row.standing == "dependent")
    found = await search(bulk, rows[-1].full_name)
    assert rows[-1].full_name in {person.full_name for person in found}


async def test_the_agenda_is_half_past_and_half_ahead_and_one_in_ten_is_booked(bulk: AsyncSession) -> None:
    now = await business_now(bulk)
    assert await count(bulk, Slot.id, OURS, Slot.starts_at > now) == SMALL.slots // 2
    assert await count(bulk, Slot.id, OURS, Slot.starts_at < now) == SMALL.slots // 2
    assert await count(bulk, Appointment.id, Appointment.request_key.startswith("bulk:")) == SMALL.slots // 10


async def test_conversations_span_two_years_are_mostly_closed_and_in_order(bulk: AsyncSession) -> None:
    total = await count(bulk, Conversation.id)
    still_open = await count(bulk, Conversation.id, Conversation.closed_at.is_(None))
    oldest = await bulk.scalar(select(func.min(Conversation.opened_at)))
    assert 0 < still_open <= max(1, total // 50)
    assert oldest is not None
    assert (await business_now(bulk)) - oldest > timedelta(days=365)
    jumps = await bulk.scalar(
        text("SELECT count(*) FROM (SELECT created_at < lag(created_at) OVER (PARTITION BY conversation_id ORDER BY id)"
             " AS back FROM message) AS m WHERE back")
    )  # fmt: skip
    assert jumps == 0
    query = func.websearch_to_tsquery("zelo_portuguese", "ressonância joelho")
    assert await count(bulk, Message.id, Message.search.bool_op("@@")(query)) > 0


async def test_contacts_write_from_telephones_that_the_register_knows(bulk: AsyncSession) -> None:
    known = await bulk.scalar(
        select(func.count(func.distinct(Contact.id))).join(BeneficiaryPhone, BeneficiaryPhone.number == Contact.phone)
    )
    assert known is not None
    assert known > (await count(bulk, Contact.id)) // 2


async def test_indexes_that_a_load_drops_are_built_again(bulk: AsyncSession, store: Store) -> None:
    names = set(await bulk.scalars(text("SELECT indexname FROM pg_indexes")))
    assert names >= {"ix_message_search", "ix_beneficiary_name"}


async def test_protocol_numbers_carry_their_day_and_the_day_counts_them(bulk: AsyncSession) -> None:
    rows = (await bulk.scalars(select(Protocol))).all()
    given = {row.day: row.last for row in await bulk.scalars(select(ProtocolDay))}
    assert all(row.number[6:14] == f"{local(row.opened_at):%Y%m%d}" for row in rows)
    assert all(int(row.number[14:]) <= given[local(row.opened_at).date()] for row in rows)


async def test_a_second_load_has_to_be_asked_for_and_goes_on_after_the_first(bulk: AsyncSession, store: Store) -> None:
    before = await count(bulk, Beneficiary.id)
    await bulk.commit()
    with pytest.raises(NotAllowed):
        await load(store.url, SMALL, shown=False)
    await load(store.url, Wanted(people=50, messages=500, slots=400, again=True), shown=False)
    assert await count(bulk, Beneficiary.id) == before + 50
    assert await count(bulk, Message.id) == SMALL.messages + 500


async def test_it_is_refused_where_messages_could_leave(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "twilio_api_url", "https://api.twilio.com")
    with pytest.raises(NotAllowed):
        await load(store.url, SMALL, shown=False)


def test_the_demo_s_own_cpfs_and_telephones_are_never_given_to_others() -> None:
    table = people(date(2026, 5, 20))
    cpfs = {Cpf.parse(person.cpf).digits for person in table}
    phones = {phone for person in table for phone in person.phones}
    given = range(200_000)
    assert cpfs.isdisjoint(invented.cpf(order) for order in given)
    assert phones.isdisjoint(invented.phone(order) for order in given)
    assert len({invented.cpf(order) for order in given}) == len(given)

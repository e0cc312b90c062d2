"""The demo's data: who is there, what each of them shows, and that loading again changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import demo
from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary, age, by_cpf, by_phone, phones_of
from backend.calendar import add_business_days, is_business_day
from backend.contracts import Contract, Plan, WaitingPeriod
from backend.demo.contracts import CONTRACTS
from backend.demo.invoices import months
from backend.demo.network import CITY_STATES, DOCTORS, doctors
from backend.demo.people import people
from backend.errors import NotAllowed
from backend.identifiers import Cpf
from backend.invoices.tables import Invoice, InvoiceItem
from backend.network.tables import Place, Practice, Provider
from backend.procedures.states import number_in
from backend.procedures.tables import Authorization, AuthorizationStep
from backend.protocols.tables import Protocol
from backend.scheduling.tables import Appointment, Slot
from backend.settings import settings
from backend.store.clock import business_now, local
from backend.store.engine import Store
from backend.vocabulary import every_specialty

ANA, BRUNO, ELZA, FABIO = "52998224725", "11144477735", "71459364295", "86288366757"


@pytest.fixture
async def loaded(store: Store) -> AsyncIterator[AsyncSession]:
    """A session in which the whole demo was just loaded."""
    async with store.unit_of_work() as session:
        await demo.load(session, actor=SYSTEM, now=await business_now(session))
        yield session


@pytest.fixture
async def ledger(store: Store) -> AsyncIterator[AsyncSession]:
    """A session in which the people and their invoices were just loaded."""
    async with store.unit_of_work() as session:
        now = await business_now(session)
        await demo.load_people(session, actor=SYSTEM, now=now)
        await demo.load_invoices(session, actor=SYSTEM, now=now)
        yield session


async def today(session: AsyncSession) -> date:
    return local(await business_now(session)).date()


async def person(session: AsyncSession, cpf: str) -> Beneficiary:
    found = await by_cpf(session, Cpf(cpf))
    assert found is not None
    return found


async def test_loading_again_adds_nothing(loaded: AsyncSession) -> None:
    again = await demo.load(loaded, actor=SYSTEM, now=await business_now(loaded))
    assert again == demo.Loaded(people=0, practices=0, slots=0, invoices=0, authorizations=0)


async def test_loading_on_a_later_day_extends_the_agenda_and_nothing_else(loaded: AsyncSession) -> None:
    now = await business_now(loaded)
    last = await loaded.scalar(select(func.max(Slot.starts_at)))
    again = await demo.load(loaded, actor=SYSTEM, now=now + timedelta(days=14))
    later = await loaded.scalar(select(func.max(Slot.starts_at)))
    assert again.slots > 0
    assert (again.people, again.practices, again.invoices, again.authorizations) == (0, 0, 0, 0)
    assert last is not None
    assert later is not None
    assert later > last


async def test_a_part_can_be_loaded_by_itself(store: Store) -> None:
    async with store.unit_of_work() as session:
        now = await business_now(session)
        assert await demo.load_network(session, actor=SYSTEM, now=now) > 0
        assert await demo.load_agenda(session, actor=SYSTEM, now=now) > 0
        assert await session.scalar(select(func.count()).select_from(Beneficiary)) == 0


async def test_it_is_refused_where_messages_could_leave(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "twilio_api_url", "https://api.twilio.com")
    async with store.unit_of_work() as session:
        now = await business_now(session)
        with pytest.raises(NotAllowed):
            await demo.load(session, actor=SYSTEM, now=now)
        with pytest.raises(NotAllowed):
            await demo.load_people(session, actor=SYSTEM, now=now)


def test_every_cpf_is_valid_and_no_two_are_the_same() -> None:
    digits = [Cpf.parse(person.cpf).digits for person in people(date(2026, 5, 20))]
    assert len(set(digits)) == len(digits)


async def test_bruno_comes_of_age_in_forty_days(ledger: AsyncSession) -> None:
    bruno = await person(ledger, BRUNO)
    day = await today(ledger)
    assert age(bruno, day + timedelta(days=39)) == 17
    assert age(bruno, day + timedelta(days=40)) == 18


async def test_mother_and_daughter_share_a_telephone_and_one_person_has_two(ledger: AsyncSession) -> None:
    shared = await by_phone(ledger, "+5598988000014")
    assert {person.first_name for person in shared} == {"Olga", "Paula"}
    quirino = await person(ledger, "90010060863")
    assert len(await phones_of(ledger, quirino.id)) == 2


async def test_every_plan_has_the_waiting_periods_of_the_law(ledger: AsyncSession) -> None:
    plans = await ledger.scalar(select(func.count()).select_from(Plan))
    periods = (await ledger.scalars(select(WaitingPeriod).order_by(WaitingPeriod.days))).all()
    assert plans is not None
    assert plans >= 3
    assert {period.care: period.days for period in periods} == {
        "urgency": 1, "other": 180, "childbirth": 300, "pre_existing": 730,
    }  # fmt: skip
    assert len(periods) == 4 * plans


@pytest.mark.parametrize(
    ("cpf", "overdue"),
    [
        (ANA, []),
        ("39053344705", [55, 25]),
        (ELZA, [62]),
        ("90010023151", [20]),
        ("90010024204", [100, 70]),
        ("90010035320", []),
        ("90010036482", [53, 23]),
        ("90010047506", [45]),
    ],
)
async def test_each_owes_what_the_table_says(ledger: AsyncSession, cpf: str, overdue: list[int]) -> None:
    day = await today(ledger)
    query = select(Invoice.due_on).where(
        Invoice.contract_id == (await person(ledger, cpf)).contract_id, Invoice.state == "open", Invoice.due_on < day
    )
    assert [(day - due_on).days for due_on in await ledger.scalars(query.order_by(Invoice.due_on))] == overdue


async def test_ana_has_paid_twelve_months_and_owes_the_present_one(ledger: AsyncSession) -> None:
    ana = await person(ledger, ANA)
    rows = await ledger.scalars(
        select(Invoice).where(Invoice.contract_id == ana.contract_id).order_by(Invoice.billing_month.desc())
    )
    present, *past = rows.all()
    assert present.state == "open"
    assert present.due_on > await today(ledger)
    assert [invoice.state for invoice in past] == ["paid"] * 12
    assert all(invoice.paid_on is not None and invoice.paid_on <= invoice.due_on for invoice in past)


async def test_one_paid_yesterday_what_was_52_days_overdue(ledger: AsyncSession) -> None:
    livia = await person(ledger, "90010035320")
    day = await today(ledger)
    paid = (
        await ledger.scalars(
            select(Invoice).where(
                Invoice.contract_id == livia.contract_id, Invoice.paid_on == day - timedelta(days=1)
            )
        )
    ).all()  # fmt: skip
    assert [(day - invoice.due_on).days for invoice in paid] == [52]


@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 3, 1), date(2028, 2, 29), date(2026, 11, 22)])
def test_no_contract_is_charged_twice_for_a_month_whatever_the_day(day: date) -> None:
    for row in CONTRACTS:
        charged = list(months(row, day))
        assert len({month.billing_month for month in charged}) == len(charged)
        assert [month.due_on for month in charged] == sorted((month.due_on for month in charged), reverse=True)
        assert all(month.paid_on is None or month.paid_on < day for month in charged)


async def test_fabio_was_charged_last_month_for_a_resonance_and_amounts_are_their_lines(ledger: AsyncSession) -> None:
    fabio = await person(ledger, FABIO)
    line = (await ledger.scalars(select(InvoiceItem).where(InvoiceItem.description == "Ressonância magnética"))).one()
    invoice = await ledger.get_one(Invoice, line.invoice_id)
    last_month = ((await today(ledger)).replace(day=1) - timedelta(days=1)).replace(day=1)
    assert (line.beneficiary_id, invoice.billing_month, line.procedure_code) == (fabio.id, last_month, "41101014")
    lines = await ledger.scalars(select(InvoiceItem.amount).where(InvoiceItem.invoice_id == invoice.id))
    assert sum(lines, Decimal()) == invoice.amount


async def test_every_state_of_an_authorization_is_there_with_its_protocol(loaded: AsyncSession) -> None:
    rows = (await loaded.scalars(select(Authorization))).all()
    assert {row.state for row in rows} == {
        "requested", "in_audit", "waiting_document", "approved", "denied", "performed",
    }  # fmt: skip
    assert all(row.protocol_id is not None for row in rows)
    assert all(number_in(f"guia {row.number}") == row.number for row in rows)
    denied = next(row for row in rows if row.state == "denied")
    assert denied.reason
    assert denied.clause
    assert "auditora" in denied.decided_by
    approved = next(row for row in rows if row.state == "approved")
    assert approved.valid_until is not None
    assert approved.valid_until > await today(loaded)
    waiting = next(row for row in rows if row.state == "waiting_document")
    assert waiting.missing


async def test_an_authorization_s_last_step_is_its_state(loaded: AsyncSession) -> None:
    last = select(func.max(AuthorizationStep.id)).group_by(AuthorizationStep.authorization_id)
    rows = await loaded.execute(
        select(Authorization.state, AuthorizationStep.state)
        .join(AuthorizationStep, AuthorizationStep.authorization_id == Authorization.id)
        .where(AuthorizationStep.id.in_(last))
    )
    assert all(now == step for now, step in rows)


async def test_a_protocol_s_number_carries_the_day_that_it_was_opened(loaded: AsyncSession) -> None:
    rows = (await loaded.scalars(select(Protocol))).all()
    assert rows
    assert all(row.number[6:14] == f"{local(row.opened_at):%Y%m%d}" for row in rows)


def test_every_specialty_has_two_doctors_in_sao_luis() -> None:
    assert len(DOCTORS["São Luís"]) >= 14
    assert all(len(names) >= 2 for names in DOCTORS["São Luís"].values())
    everybody = [doctor.name for doctor in doctors()]
    assert len(set(everybody)) == len(everybody)


async def test_the_network_knows_no_specialty_that_people_cannot_ask_for(loaded: AsyncSession) -> None:
    known = {each.code for each in every_specialty()}
    assert set(await loaded.scalars(select(Practice.specialty))) <= known


async def vacancies(session: AsyncSession, specialty: str, city: str) -> list[datetime]:
    taken = select(Appointment.id).where(Appointment.slot_id == Slot.id, Appointment.state.in_(("held", "booked")))
    query = select(Slot.starts_at).join(Practice, Slot.practice_id == Practice.id).join(Place)
    return list(
        await session.scalars(
            query.where(Practice.specialty == specialty, Place.city == city, ~Slot.withdrawn, ~taken.exists())
            .where(Slot.starts_at > await business_now(session))
            .order_by(Slot.starts_at)
        )
    )  # fmt: skip


async def test_there_are_vacancies_every_business_day_for_sixty_days(loaded: AsyncSession) -> None:
    day = await today(loaded)
    wanted = {day + timedelta(days=ahead) for ahead in range(1, 61)}
    business = {each for each in wanted if is_business_day(each, state="MA")}
    for specialty in DOCTORS["São Luís"]:
        found = await vacancies(loaded, specialty, "São Luís")
        assert {local(moment).date() for moment in found} >= business
        assert {local(moment).hour < 12 for moment in found} == {True, False}


async def test_the_agenda_of_neurology_in_imperatriz_cannot_keep_the_maximum(loaded: AsyncSession) -> None:
    found = await vacancies(loaded, "neurology", "Imperatriz")
    limit = add_business_days(await today(loaded), 25, state=CITY_STATES["Imperatriz"])
    assert found
    assert local(found[0]).date() > limit


async def test_it_still_cannot_when_the_demo_is_loaded_again_later(loaded: AsyncSession) -> None:
    later = await business_now(loaded) + timedelta(days=21)
    await demo.load_agenda(loaded, actor=SYSTEM, now=later)
    found = await vacancies(loaded, "neurology", "Imperatriz")
    assert local(found[0]).date() > add_business_days(local(later).date(), 25, state="MA")


async def test_imperatriz_has_no_endocrinology(loaded: AsyncSession) -> None:
    assert await vacancies(loaded, "endocrinology", "Imperatriz") == []


async def test_appointments_are_booked_ahead_and_one_is_over(loaded: AsyncSession) -> None:
    now = await business_now(loaded)
    rows = await loaded.execute(
        select(Beneficiary.full_name, Provider.name, Practice.specialty, Slot.starts_at)
        .select_from(Appointment)
        .join(Beneficiary, Appointment.beneficiary_id == Beneficiary.id)
        .join(Slot, Appointment.slot_id == Slot.id)
        .join(Practice, Slot.practice_id == Practice.id)
        .join(Provider, Appointment.provider_id == Provider.id)
    )
    seen = {(name.split()[0], doctor, specialty, starts_at > now) for name, doctor, specialty, starts_at in rows}
    assert seen == {
        ("Elza", "Dra. Helena Prado", "cardiology", True),
        ("Ana", "Dra. Celeste Azevedo", "dermatology", True),
        ("Ana", "Dr. Evandro Salgueiro", "general_practice", False),
    }


async def test_the_contracts_of_the_table_are_all_there(ledger: AsyncSession) -> None:
    numbers = set(await ledger.scalars(select(Contract.number)))
    assert numbers == {row.number for row in CONTRACTS}

"""What the plan tells by itself, over the simulator: reminders after the clock moved, vacancies, decisions, answers."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import events
from backend.actor import SYSTEM, attendant
from backend.beneficiaries import Beneficiary, BeneficiaryPhone
from backend.contracts import Contract
from backend.identifiers import canonical_phone
from backend.network.tables import Place, Practice, Provider
from backend.procedures import verbs as procedures
from backend.procedures.tables import Procedure
from backend.scheduling import booking, waiting
from backend.scheduling.tables import Slot, WaitingEntry
from backend.store.clock import business_now, local
from backend.store.engine import Store
from tests.conversations.people import say, tell
from tests.stack import Stack

T = TypeVar("T")
ZONE = ZoneInfo("America/Sao_Paulo")


def carry_out(stack: Stack, step: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """One transaction of the backend's, from outside the running processes."""

    async def once() -> T:
        store = Store(stack.database_url, pool_size=1)
        try:
            async with store.unit_of_work() as session:
                return await step(session)
        finally:
            await store.close()

    return asyncio.run(once())


# Of invented people, each once in a session's register: chance would give two of them the same CPF.
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Patient:
    """Somebody invented, with a telephone of his own, and facts by which he is identified."""

    id: UUID
    phone: str
    cpf: str

    @property
    def facts(self) -> str:
        return f"{self.cpf}, nasci em 5 de maio de 1980, mãe Odila Testemunha"


@pytest.fixture
def patient(stack: Stack, phone: str) -> Patient:
    cpf = valid_cpf(next(NUMBERS))

    async def register(session: AsyncSession) -> UUID:
        plan = (await session.execute(select(Contract.plan_code).limit(1))).scalar_one()
        contract = Contract(number=f"t{cpf}", kind="individual", plan_code=plan, signed_on=date(2025, 1, 1))
        session.add(contract)
        await session.flush()
        person = Beneficiary(
            full_name="Tereza Testemunha", cpf=cpf, birth_date=date(1980, 5, 5), mother_name="Odila Testemunha",
            card_number=f"999{cpf}", standing="holder", contract_id=contract.id, city="São Luís", state="MA",
            joined_on=date(2025, 1, 1),
        )  # fmt: skip
        session.add(person)
        await session.flush()
        session.add(BeneficiaryPhone(beneficiary_id=person.id, number=canonical_phone(phone)))
        return person.id

    return Patient(carry_out(stack, register), phone, cpf)


def valid_cpf(number: int) -> str:
    """A CPF whose check digits are right, in a range that the demo uses for people who do not exist."""
    digits = [int(digit) for digit in f"9002{number:05d}"]
    for _ in range(2):
        rest = sum(digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return "".join(map(str, digits))


async def _slot(session: AsyncSession, day: date, hour: int) -> Slot:
    provider = Provider(kind="doctor", name="Dra. Norma Ensaio", council="CRM-MA 99999")
    place = Place(name="Clínica Ensaio", street="Rua do Teste, 1", district="Centro", city="Raposa", state="MA")
    session.add_all([provider, place])
    await session.flush()
    practice = Practice(provider_id=provider.id, place_id=place.id, specialty="cardiology")
    session.add(practice)
    await session.flush()
    starts = datetime.combine(day, time(hour), tzinfo=ZONE)
    slot = Slot(practice_id=practice.id, starts_at=starts, ends_at=starts + timedelta(minutes=30))
    session.add(slot)
    await session.flush()
    return slot


def booked(stack: Stack, patient: Patient, *, days: int = 2) -> UUID:
    """An appointment in so many days, at nine in the morning."""

    async def book(session: AsyncSession) -> UUID:
        now = await business_now(session)
        slot = await _slot(session, local(now).date() + timedelta(days=days), 9)
        held = await booking.hold_slot(
            session, slot_id=slot.id, beneficiary_id=patient.id, protocol_id=None, request_key=str(slot.id),
            actor=SYSTEM, now=now,
        )  # fmt: skip
        await booking.book(session, appointment=held, actor=SYSTEM, now=now)
        return held.id

    return carry_out(stack, book)


def remind(stack: Stack, patient: Patient, appointment: UUID) -> None:
    """The reminder of an appointment is due now."""

    async def note(session: AsyncSession) -> None:
        now = await business_now(session)
        await events.tell(
            session, kind="appointment_reminder", beneficiary_id=patient.id, subject_id=appointment,
            event_key=f"test:{appointment}", now=now,
        )  # fmt: skip

    carry_out(stack, note)


def decide(stack: Stack, patient: Patient) -> str:
    """An auditor approves a mammography; gives the guia's number."""

    async def approve(session: AsyncSession) -> str:
        now = await business_now(session)
        person = await session.get_one(Beneficiary, patient.id)
        mammography = Procedure.term.ilike("mamografia%")
        procedure = (await session.execute(select(Procedure).where(mammography).limit(1))).scalar_one()
        guia = await procedures.request_authorization(
            session, person=person, procedure=procedure, protocol=None, actor=SYSTEM, now=now
        )
        await procedures.move(
            session, authorization=guia, state="approved", text="", actor=attendant("auditor"), now=now
        )
        return guia.number

    return carry_out(stack, approve)


def appointment_state(stack: Stack, appointment: UUID) -> tuple[str, bool]:
    """(state, confirmed)."""
    query = "SELECT state, confirmed_at IS NOT NULL FROM appointment WHERE id = %s"
    return stack.rows(query, appointment)[0]  # type: ignore[return-value]


@pytest.fixture
def clock(stack: Stack) -> Iterator[Callable[[timedelta], None]]:
    """Moves business time, the simulator's and ours, ahead; back again after the test."""

    def move(ahead: timedelta) -> None:
        asked = {"offset_seconds": ahead.total_seconds()}
        answer = stack.http.post(f"{stack.simulator}/control/clock", json=asked).json()
        assert answer["forwarded"]["ok"], answer

    yield move
    move(timedelta())


def until_the_day_before(days: int) -> timedelta:
    """From now to half past nine of the day before the one in so many days."""
    now = datetime.now(UTC)
    day = local(now).date() + timedelta(days=days - 1)
    return datetime.combine(day, time(9, 30), tzinfo=ZONE) - now


def test_a_reminder_comes_when_the_clock_says_the_day_before_and_a_tap_confirms(
    stack: Stack, patient: Patient, clock: Callable[[timedelta], None]
) -> None:
    appointment = booked(stack, patient)
    clock(until_the_day_before(2))
    [reminder] = stack.answers(patient.phone, 1)
    assert "Tereza" in reminder
    assert "amanhã" in reminder
    assert "às 09:00" in reminder
    assert "Norma" not in reminder
    told = tell(stack, patient.phone, "Confirmo", button={"title": "Confirmo", "id": "option_1"})
    assert "Presença confirmada" in told
    assert appointment_state(stack, appointment) == ("booked", True)
    again = tell(stack, patient.phone, "Confirmo", button={"title": "Confirmo", "id": "option_1"})
    assert "já estava confirmada" in again


def test_a_reminder_answered_in_other_words_is_asked_once_more_and_cancelled(stack: Stack, patient: Patient) -> None:
    appointment = booked(stack, patient)
    remind(stack, patient, appointment)
    stack.answers(patient.phone, 1)
    sure = tell(stack, patient.phone, "não vou poder ir")
    assert "Quer mesmo cancelar" in sure
    assert appointment_state(stack, appointment) == ("booked", False)
    assert "foi cancelado" in tell(stack, patient.phone, "sim")
    assert appointment_state(stack, appointment)[0] == "cancelled"


def test_a_no_to_the_question_keeps_the_appointment(stack: Stack, patient: Patient) -> None:
    appointment = booked(stack, patient)
    remind(stack, patient, appointment)
    stack.answers(patient.phone, 1)
    tell(stack, patient.phone, "2")
    assert "Quer mesmo cancelar" in tell(stack, patient.phone, "mas se eu cancelar perco a vaga?")
    assert "continua marcado" in tell(stack, patient.phone, "não, pode deixar")
    assert appointment_state(stack, appointment)[0] == "booked"


def test_remarcar_goes_on_as_a_request_about_that_very_appointment(stack: Stack, patient: Patient) -> None:
    booked(stack, patient, days=5)
    remind(stack, patient, booked(stack, patient, days=2))
    stack.answers(patient.phone, 1)
    asked = tell(stack, patient.phone, "remarcar")
    assert "Remarcação de consulta" in asked
    assert "CPF" in asked
    when = tell(stack, patient.phone, patient.facts)
    assert "Para quando você quer mudar?" in when
    assert f"{datetime.now(ZONE).date() + timedelta(days=2):%d/%m}" in when


def test_a_decision_is_told_in_full_only_after_identity_and_then_the_first_request_goes_on(
    stack: Stack, patient: Patient
) -> None:
    say(stack, patient.phone, "quero marcar uma consulta com cardiologista", replies=3)
    number = decide(stack, patient)
    neutral = stack.answers(patient.phone, 4)[-1]
    assert "Há uma novidade" in neutral
    assert "amografia" not in neutral
    asked = tell(stack, patient.phone, "ver novidade")
    assert "CPF" in asked
    told = tell(stack, patient.phone, patient.facts)
    assert "foi autorizado" in told
    assert number in told
    assert "Voltando ao seu pedido: Agendamento de consulta." in told


def test_where_the_person_is_verified_a_decision_is_told_at_once(stack: Stack, patient: Patient) -> None:
    tell(stack, patient.phone, "quais são as minhas consultas?")
    tell(stack, patient.phone, patient.facts)
    before = len(stack.received(patient.phone))
    number = decide(stack, patient)
    [told] = stack.answers(patient.phone, before + 1)[before:]
    assert number in told
    assert "foi autorizado" in told


def test_a_reminder_in_the_middle_of_identity_is_answered_and_identity_goes_on(stack: Stack, patient: Patient) -> None:
    say(stack, patient.phone, "segunda via do boleto", replies=3)
    appointment = booked(stack, patient)
    remind(stack, patient, appointment)
    stack.answers(patient.phone, 4)
    told = tell(stack, patient.phone, "vou sim")
    assert "Presença confirmada" in told
    assert "CPF" in told
    assert appointment_state(stack, appointment) == ("booked", True)


def test_an_offered_vacancy_is_taken_after_identity_with_day_doctor_address_and_protocol(
    stack: Stack, patient: Patient
) -> None:
    async def offer(session: AsyncSession) -> UUID:
        now = await business_now(session)
        slot = await _slot(session, local(now).date() + timedelta(days=3), 10)
        session.add(
            WaitingEntry(
                beneficiary_id=patient.id, specialty="cardiology", city="Raposa", state_code="MA", wish={}, since=now,
                request_key=patient.phone,
            )
        )  # fmt: skip
        await session.flush()
        entry = await waiting.offer_slot(session, slot_id=slot.id, now=now)
        assert entry is not None
        assert entry.offered_id is not None
        return entry.offered_id

    appointment = carry_out(stack, offer)
    [offered] = stack.answers(patient.phone, 1)
    assert "Abriu uma vaga para Tereza" in offered
    assert "Norma" not in offered
    assert "CPF" in tell(stack, patient.phone, "quero")
    told = tell(stack, patient.phone, patient.facts)
    assert all(part in told for part in ("às 10:00", "Dra. Norma Ensaio", "Rua do Teste"))
    assert appointment_state(stack, appointment)[0] == "booked"

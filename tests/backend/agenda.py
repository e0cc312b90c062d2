"""A small agenda for tests: doctors, a place, slots from tomorrow's working day on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.contracts import Contract, Plan
from backend.network.tables import Place, Practice, Provider
from backend.scheduling.tables import Slot

ZONE = ZoneInfo("America/Sao_Paulo")
# A Monday, so that weeks read well; no holiday is near.
NOW = datetime(2026, 8, 3, 13, 0, tzinfo=UTC)
TOMORROW = date(2026, 8, 4)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE)


@dataclass
class Agenda:
    session: AsyncSession
    practices: dict[str, Practice] = field(default_factory=dict)
    people: int = 0

    async def practice(self, doctor: str, *, specialty: str = "cardiology", city: str = "São Luís") -> Practice:
        provider = Provider(kind="doctor", name=doctor, council="CRM-MA 1")
        place = Place(name="Clínica do Teste", street="Rua Um, 1", district="Centro", city=city, state="MA")
        self.session.add_all([provider, place])
        await self.session.flush()
        practice = Practice(provider_id=provider.id, place_id=place.id, specialty=specialty)
        self.session.add(practice)
        await self.session.flush()
        self.practices[doctor] = practice
        return practice

    async def slot(self, practice: Practice, starts_at: datetime, *, minutes: int = 30) -> Slot:
        slot = Slot(practice_id=practice.id, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))
        self.session.add(slot)
        await self.session.flush()
        return slot

    async def person(self, name: str = "Pessoa de Teste", *, born: date = date(1980, 1, 1)) -> UUID:
        self.people += 1
        if self.people == 1:
            self.session.add(Plan(code="p", name="P", ans_code="1", coverage="", accommodation="", area=""))
            await self.session.flush()
        contract = Contract(number=f"c{self.people}", kind="individual", plan_code="p", signed_on=date(2025, 1, 1))
        self.session.add(contract)
        await self.session.flush()
        person = Beneficiary(
            full_name=name, cpf=f"{self.people:011d}", birth_date=born, mother_name="Mãe de Teste",
            card_number=f"{self.people:014d}", standing="holder", contract_id=contract.id, city="São Luís",
            state="MA", joined_on=date(2025, 1, 1),
        )  # fmt: skip
        self.session.add(person)
        await self.session.flush()
        return person.id

"""The demo people of interfaces.md: every datum is invented. Refused unless nothing can leave this machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary, BeneficiaryPhone, Standing
from backend.errors import NotAllowed
from backend.identifiers import Cpf, canonical_phone
from backend.settings import settings
from backend.store.clock import local


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the table of demo people."""

    full_name: str
    cpf: str
    born: date
    mother: str
    card: str
    phone: str
    standing: Standing
    city: str
    state: str
    contract: date
    holder_card: str = ""


def people(today: date) -> list[Person]:
    """The people of interfaces.md; dates that decide something are relative to the day of loading."""
    of_age = _years_before(today, 18) + timedelta(days=40)
    return [
        Person("Ana Beatriz Rocha", "529.982.247-25", date(1985, 3, 12), "Lúcia Rocha", "00641000000101",
               "+5598988000001", "holder", "São Luís", "MA", date(2025, 2, 1)),
        Person("Bruno Rocha Lima", "111.444.777-35", of_age, "Ana Beatriz Rocha", "00641000000102",
               "+5598988000002", "dependent", "São Luís", "MA", date(2025, 2, 1), "00641000000101"),
        Person("Carlos Eduardo Nunes", "390.533.447-05", date(1978, 11, 2), "Teresa Nunes", "00641000000201",
               "+5598988000003", "holder", "São Luís", "MA", date(2025, 3, 10)),
        Person("Débora Nunes Alves", "153.509.460-56", date(1980, 8, 15), "Marta Alves", "00641000000202",
               "+5598988000004", "dependent", "São Luís", "MA", date(2025, 3, 10), "00641000000201"),
        Person("Elza Ferreira Costa", "714.593.642-95", date(1949, 1, 30), "Joana Ferreira", "00641000000301",
               "+5598988000005", "holder", "São Luís", "MA", date(2019, 6, 1)),
        Person("Fábio Teixeira Melo", "862.883.667-57", date(1990, 7, 7), "Rita Teixeira", "00641000000401",
               "+5511988000006", "holder", "São Paulo", "SP", date(2025, 4, 1)),
    ]  # fmt: skip


async def load(session: AsyncSession, *, actor: Actor, now: datetime) -> int:
    """Adds the demo people who are not there yet; gives how many. NotAllowed where messages could leave the machine."""
    if not settings().sends_to_loopback:
        raise NotAllowed(
            "As pessoas de demonstração só podem ser carregadas com o simulador: os telefones parecem reais.",
            detail="demo people need a Twilio API on the loopback",
        )
    added = 0
    by_card: dict[str, Beneficiary] = {}
    for person in people(local(now).date()):
        found = await session.scalar(select(Beneficiary).where(Beneficiary.card_number == person.card))
        if found is None:
            found = _beneficiary(person, by_card.get(person.holder_card))
            session.add(found)
            await session.flush()
            session.add(BeneficiaryPhone(beneficiary_id=found.id, number=canonical_phone(person.phone)))
            audit.record(session, "demo.add_person", ("beneficiary", found.id), actor=actor, now=now)
            added += 1
        by_card[person.card] = found
    return added


def _beneficiary(person: Person, holder: Beneficiary | None) -> Beneficiary:
    return Beneficiary(
        full_name=person.full_name, cpf=Cpf.parse(person.cpf).digits, birth_date=person.born,
        mother_name=person.mother, card_number=person.card, standing=person.standing,
        holder_id=holder.id if holder else None, city=person.city, state=person.state, contract_date=person.contract,
    )  # fmt: skip


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return date(day.year - years, 3, 1)

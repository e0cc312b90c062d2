"""The demo people: those of interfaces.md, and others who show one rule each. Every datum is invented.

| who | CPF | what is special |
|---|---|---|
| Ana Beatriz Rocha to Fábio Teixeira Melo | | interfaces.md, 'Demo people' |
| Gilda Nunes Prates | 900.100.107-69 | member who is not detached, in Carlos's contract: never hears of money |
| Heitor Sampaio Lustosa | 900.100.118-11 | detached member: answers for a contract of his own |
| Irene Vasques Paiva | 900.100.129-74 | payer, no beneficiary: pays for her grandson; one invoice 20 days overdue |
| Joaquim Vasques Paiva | 900.100.231-51 | 11 years old, holder whose grandmother pays |
| Kleber Antunes Moura | 900.100.242-04 | cancelled 40 days ago, invoices 100 and 70 days overdue |
| Lívia Sarmento Brito | 900.100.353-20 | paid yesterday what was 52 days overdue: still on finance's list |
| Murilo Câmara Dutra | 900.100.364-82 | in hospital, invoices 53 and 23 days overdue |
| Norma Gusmão Reis | 900.100.475-06 | contract of 2021, one invoice 45 days overdue |
| Olga Pacheco Freire | 900.100.486-50 | shares her telephone with her daughter Paula |
| Paula Pacheco Freire | 900.100.597-76 | adult dependent of Olga, on the same telephone |
| Quirino Bastos Leal | 900.100.608-63 | two telephones; sole entrepreneur |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary, BeneficiaryPhone, Standing
from backend.contracts import Contract
from backend.demo.contracts import load_contracts
from backend.demo.guard import refuse_unless_nothing_leaves
from backend.identifiers import Cpf, canonical_phone
from backend.store.clock import local

FULL_AGE = 18
TOWNS = {
    "São Luís": ("MA", "Avenida dos Holandeses", "Calhau", "65071380"),
    "São Paulo": ("SP", "Rua Vergueiro", "Vila Mariana", "04101000"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the table. A payer has no card; `holder` is the CPF of whoever answers for a dependent."""

    full_name: str
    cpf: str
    born: date
    mother: str
    card: str | None
    phones: tuple[str, ...]
    standing: Standing
    contract: str
    holder: str = ""
    city: str = "São Luís"
    left_on: date | None = None
    in_hospital_since: date | None = None


def people(today: date) -> list[Person]:
    """The people of interfaces.md and the demo's own; dates that decide something are relative to `today`."""
    return [*_of_the_interface(today), *_own(today)]


def _of_the_interface(today: date) -> list[Person]:
    of_age = _years_before(today, FULL_AGE) + timedelta(days=40)
    return [
        Person("Ana Beatriz Rocha", "529.982.247-25", date(1985, 3, 12), "Lúcia Rocha", "00641000000101",
               ("+5598988000001",), "holder", "10000001"),
        Person("Bruno Rocha Lima", "111.444.777-35", of_age, "Ana Beatriz Rocha", "00641000000102",
               ("+5598988000002",), "dependent", "10000001", "529.982.247-25"),
        Person("Carlos Eduardo Nunes", "390.533.447-05", date(1978, 11, 2), "Teresa Nunes", "00641000000201",
               ("+5598988000003",), "holder", "10000002"),
        Person("Débora Nunes Alves", "153.509.460-56", date(1980, 8, 15), "Marta Alves", "00641000000202",
               ("+5598988000004",), "dependent", "10000002", "390.533.447-05"),
        Person("Elza Ferreira Costa", "714.593.642-95", date(1949, 1, 30), "Joana Ferreira", "00641000000301",
               ("+5598988000005",), "holder", "10000003"),
        Person("Fábio Teixeira Melo", "862.883.667-57", date(1990, 7, 7), "Rita Teixeira", "00641000000401",
               ("+5511988000006",), "holder", "10000004", city="São Paulo"),
    ]  # fmt: skip


def _own(today: date) -> list[Person]:
    return [
        Person("Gilda Nunes Prates", "900.100.107-69", date(1955, 4, 18), "Alzira Nunes", "00641000000203",
               ("+5598988000007",), "member", "10000002", "390.533.447-05"),
        Person("Heitor Sampaio Lustosa", "900.100.118-11", date(1972, 9, 5), "Celina Sampaio", "00641000000501",
               ("+5598988000008",), "detached_member", "10000005"),
        Person("Irene Vasques Paiva", "900.100.129-74", date(1958, 12, 21), "Odete Vasques", None,
               ("+5598988000009",), "payer", "10000006"),
        Person("Joaquim Vasques Paiva", "900.100.231-51", _years_before(today, 11) - timedelta(days=90),
               "Regina Vasques Paiva", "00641000000601", (), "holder", "10000006"),
        Person("Kleber Antunes Moura", "900.100.242-04", date(1983, 6, 14), "Sônia Antunes", "00641000000701",
               ("+5598988000010",), "holder", "10000007", left_on=today - timedelta(days=40)),
        Person("Lívia Sarmento Brito", "900.100.353-20", date(1991, 2, 27), "Vera Sarmento", "00641000000801",
               ("+5598988000011",), "holder", "10000008"),
        Person("Murilo Câmara Dutra", "900.100.364-82", date(1966, 10, 9), "Neusa Câmara", "00641000000901",
               ("+5598988000012",), "holder", "10000009", in_hospital_since=today - timedelta(days=6)),
        Person("Norma Gusmão Reis", "900.100.475-06", date(1970, 7, 31), "Dalva Gusmão", "00641000001001",
               ("+5598988000013",), "holder", "10000010"),
        Person("Olga Pacheco Freire", "900.100.486-50", date(1961, 5, 3), "Iracema Pacheco", "00641000001101",
               ("+5598988000014",), "holder", "10000011"),
        Person("Paula Pacheco Freire", "900.100.597-76", date(1998, 3, 24), "Olga Pacheco Freire", "00641000001102",
               ("+5598988000014",), "dependent", "10000011", "900.100.486-50"),
        Person("Quirino Bastos Leal", "900.100.608-63", date(1987, 8, 11), "Zuleide Bastos", "00641000001201",
               ("+5598988000015", "+5598988000016"), "holder", "10000012"),
    ]  # fmt: skip


async def load_people(session: AsyncSession, *, actor: Actor, now: datetime) -> int:
    """Adds the demo people who are not there yet, with contracts and telephones; gives how many were added.

    NotAllowed where messages could leave the machine.
    """
    refuse_unless_nothing_leaves()
    contracts = await load_contracts(session, actor=actor, now=now)
    table = people(local(now).date())
    by_cpf = await demo_people(session, now=now)
    added = 0
    for person in table:
        cpf = Cpf.parse(person.cpf).digits
        if cpf not in by_cpf:
            by_cpf[cpf] = await _add(session, person, contracts[person.contract], by_cpf, actor=actor, now=now)
            added += 1
    return added


async def demo_people(session: AsyncSession, *, now: datetime) -> dict[str, Beneficiary]:
    """The demo people who are in the register, by CPF (digits)."""
    digits = [Cpf.parse(person.cpf).digits for person in people(local(now).date())]
    rows = await session.scalars(select(Beneficiary).where(Beneficiary.cpf.in_(digits)))
    return {row.cpf: row for row in rows}


async def _add(
    session: AsyncSession,
    person: Person,
    contract: Contract,
    by_cpf: dict[str, Beneficiary],
    *,
    actor: Actor,
    now: datetime,
) -> Beneficiary:
    state, street, district, postal_code = TOWNS[person.city]
    holder = by_cpf[Cpf.parse(person.holder).digits] if person.holder else None
    row = Beneficiary(
        full_name=person.full_name, cpf=Cpf.parse(person.cpf).digits, birth_date=person.born,
        mother_name=person.mother, card_number=person.card, standing=person.standing, contract_id=contract.id,
        holder_id=holder.id if holder else None, email=_email(person), street=f"{street}, {contract.number[-2:]}0",
        district=district, postal_code=postal_code, city=person.city, state=state, joined_on=contract.signed_on,
        left_on=person.left_on, in_hospital_since=person.in_hospital_since,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    session.add_all(BeneficiaryPhone(beneficiary_id=row.id, number=canonical_phone(number)) for number in person.phones)
    audit.record(session, "demo.add_person", ("beneficiary", row.id), actor=actor, now=now)
    return row


def _email(person: Person) -> str:
    first = person.full_name.split()[0].lower().translate(str.maketrans("áéíóú", "aeiou"))
    return f"{first}@exemplo.invalid"


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return date(day.year - years, 3, 1)

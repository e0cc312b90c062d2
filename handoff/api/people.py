"""Beneficiaries: found by card number or CPF, which never stand in an address, since proxies log those."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StringConstraints, model_validator
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.contracts import contract_of
from backend.errors import NotFound
from backend.identifiers import Cpf
from handoff.api.calls import Call, Working, changes, reads
from handoff.api.shapes import Asked, Day, Shown

router = APIRouter(route_class=Call, tags=["beneficiaries"])


class Person(Asked):
    """Whom it is about: by card number or by CPF, one of the two; blanks and punctuation do not matter."""

    card_number: Annotated[
        str | None, StringConstraints(pattern=r"^[0-9 .-]{14,24}$"), Field(examples=["0064 1000 0001 01"])
    ] = None
    cpf: Annotated[str | None, StringConstraints(pattern=r"^[0-9 .-]{11,20}$")] = None

    @model_validator(mode="after")
    def one_of_the_two(self) -> Person:
        """Exactly one is given."""
        if (self.card_number is None) == (self.cpf is None):
            raise ValueError("either card_number or cpf")
        return self


class PersonShown(Shown):
    """Who it is, as other answers name him."""

    id: UUID
    card_number: str | None = Field(examples=["00641000000101"])


class Address(Shown):
    """Where somebody lives."""

    street: str
    district: str
    postal_code: str
    city: str
    state: str


class BeneficiaryShown(Shown):
    """Registration data. The mother's name is left out: with CPF and date of birth it proves identity."""

    id: UUID
    full_name: str
    social_name: str
    cpf: str = Field(description="eleven digits")
    birth_date: date
    card_number: str | None = Field(description="null for who pays without being covered")
    standing: str = Field(description="holder, dependent, member, detached_member or payer")
    contract_number: str
    plan_code: str
    holder_id: UUID | None
    joined_on: date
    left_on: date | None
    email: str
    phones: list[str] = Field(description="E.164, with the ninth digit")
    address: Address


async def find(session: AsyncSession, wanted: Person) -> Beneficiary:
    """The person; NotFound where there is none, InvalidInput where the CPF is none."""
    if wanted.cpf is not None:
        found = await beneficiaries.by_cpf(session, Cpf.parse(wanted.cpf))
    else:
        digits = "".join(filter(str.isdigit, wanted.card_number or ""))
        found = await session.scalar(select(Beneficiary).where(Beneficiary.card_number == digits))
    if found is None:
        raise NotFound("Não há beneficiário com esse número.", detail="beneficiary")
    return found


def shown_person(person: Beneficiary) -> PersonShown:
    """Id and card number. Pure."""
    return PersonShown(id=person.id, card_number=person.card_number)


class HospitalStay(Asked):
    """Since when somebody is in hospital; null: no more."""

    person: Person
    since: Day | None = None


@router.put("/beneficiaries/hospital-stay", dependencies=changes("beneficiaries:write"), summary="Note a hospital stay")
async def note_hospital_stay(stay: HospitalStay, work: Working) -> PersonShown:
    """While the holder is in hospital no plan may end for arrears, and no campaign calls him. Nobody is told."""
    person = await find(work.session, stay.person)
    work.about("beneficiary", person.id)
    await beneficiaries.note_hospital_stay(
        work.session, person=person, since=stay.since, actor=work.actor, now=work.now
    )
    return shown_person(person)


@router.post("/beneficiaries/lookup", dependencies=reads("beneficiaries:read"), summary="Find a beneficiary")
async def find_beneficiary(wanted: Person, work: Working) -> BeneficiaryShown:
    """Registration data of the person with this card number or CPF.

    It changes nothing and needs no idempotency key; it is a POST so that neither number stands in an address. Each
    look, and each one that found nobody, is on record.
    """
    person = await find(work.session, wanted)
    work.about("beneficiary", person.id)
    contract = await contract_of(work.session, person)
    return BeneficiaryShown(
        id=person.id, full_name=person.full_name, social_name=person.social_name, cpf=person.cpf,
        birth_date=person.birth_date, card_number=person.card_number, standing=person.standing,
        contract_number=contract.number, plan_code=contract.plan_code, holder_id=person.holder_id,
        joined_on=person.joined_on, left_on=person.left_on, email=person.email,
        phones=list(await beneficiaries.phones_of(work.session, person.id)),
        address=Address(
            street=person.street, district=person.district, postal_code=person.postal_code, city=person.city,
            state=person.state,
        ),
    )  # fmt: skip

"""The standard form of one change, filled in from the register. [processes.md 8; seed 000]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import phonenumbers
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract, plan_of
from backend.holder_change.tables import HolderChange
from backend.holder_change.verbs import of_protocol
from backend.papers.holder_form import CurrentHolder, FutureHolder, HolderForm, holder_form
from backend.papers.layout import Operator
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store import files
from backend.store.clock import local

PDF = "application/pdf"


async def form_for(session: AsyncSession, *, protocol: Protocol, now: datetime) -> files.File:
    """The filled form, kept as a file; the same one again until who follows whom is changed.

    It goes to who asks: of everybody else it says name and masked CPF, since the rest is what a person proves himself
    with [rule 2]. NotFound where it is not known yet who is to follow.
    """
    change = await of_protocol(session, protocol.id)
    name = f"formulario-de-troca-{protocol.number}.pdf"  # when it comes back, its name says what it is
    if change.form_sha256:
        return files.File(change.form_sha256, name, PDF, len(files.read(change.form_sha256)))
    content = holder_form(await _filled(session, protocol, change, now))
    change.form_sha256 = files.keep(content)
    await session.flush()
    return files.File(change.form_sha256, name, PDF, len(content))


async def _filled(session: AsyncSession, protocol: Protocol, change: HolderChange, now: datetime) -> HolderForm:
    today = local(now).date()
    contract = await session.get_one(Contract, change.contract_id)
    old = await beneficiaries.get(session, change.old_holder_id)
    new = await beneficiaries.get(session, change.new_holder_id)
    phones = await beneficiaries.phones_of(session, new.id)
    stays = [
        person
        for person in await beneficiaries.family_of(session, new)
        if person.id != new.id and beneficiaries.is_covered(person, today) and not (person is old and change.deceased)
    ]
    asker = protocol.beneficiary_id
    why: Literal["death", "other"] = "death" if change.deceased else "other"
    return HolderForm(
        operator=Operator.configured(settings()),
        protocol_number=protocol.number,
        contract_number=contract.number,
        plan_name=(await plan_of(session, contract)).name,
        current=CurrentHolder(
            old.full_name, old.cpf, old.birth_date, deceased=change.deceased, by_hand=old.id != asker
        ),
        future=FutureHolder(
            new.full_name,
            new.cpf,
            new.birth_date,
            address=_address(new),
            email=new.email,
            phone=_phone(phones),
            by_hand=new.id != asker,
        ),
        reason=why,
        made_on=today,
        dependents=tuple(person.full_name for person in stays),
    )


def _address(person: Beneficiary) -> str:
    town = " - ".join(filter(None, [person.city, person.state]))
    return ", ".join(filter(None, [person.street, person.district, town, person.postal_code]))


def _phone(numbers: Sequence[str]) -> str:
    """The first one as it is written in Brazil, or nothing."""
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    return next((phonenumbers.format_number(phonenumbers.parse(one), national) for one in numbers), "")

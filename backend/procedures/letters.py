"""The written denial of an authorization: as a file, and by e-mail. [RN 623/2024; processes.md, 4]"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import mail
from backend.actor import Actor
from backend.beneficiaries import ADULT, Beneficiary, age
from backend.errors import InvalidInput
from backend.papers.denial_letter import Denial, denial_letter
from backend.papers.layout import Operator
from backend.procedures.tables import Authorization, Procedure
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store import files
from backend.store.clock import local
from backend.store.files import File

PDF = "application/pdf"
NO_DOCTOR = "conforme o pedido médico"
# 'CRM-MA 4207', 'CRO/SP 12.345' at the end of a signature.
_REGISTRATION = re.compile(r"[\s,;(-]*\b(?P<number>[A-Z]{2,8}[\s./-]*[A-Z]{2}[\s./-]*\d[\d.]*)\W*$")

IN_THE_PDF = " A resposta por escrito está no PDF."


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a decision: the name, with the function where it was written, and the professional registration."""

    name: str
    registration: str


def signature_of(decided_by: str) -> Signature:
    """A signature's two parts: 'Dra. Ana Lima, CRM-MA 1234' is ('Dra. Ana Lima', 'CRM-MA 1234'). Pure."""
    found = _REGISTRATION.search(decided_by)
    if found is None or not found.start():
        return Signature(decided_by.strip(), "")
    return Signature(decided_by[: found.start()].strip(), found["number"])


async def denial_of(session: AsyncSession, authorization: Authorization) -> File:
    """The denial in writing, as a kept PDF; the same one however often it is asked for.

    InvalidInput for an authorization that is not denied, or where the operator's own data are still the demo's.
    """
    content = await _letter(session, authorization)
    return File(files.keep(content), _name(authorization), PDF, len(content))


async def denial_again(session: AsyncSession, authorization: Authorization) -> File | None:
    """The denial in writing for who asks about it later; None for what is not denied, or was before letters."""
    if authorization.state != "denied":
        return None
    try:
        return await denial_of(session, authorization)
    except InvalidInput:
        return None


async def mail_denial(
    session: AsyncSession, authorization: Authorization, *, request_key: str, actor: Actor, now: datetime
) -> None:
    """Writes the denial and puts it on its way to the registered address, once for a key, where there is one.

    A minor's without an address goes to the holder's; an adult's goes to none that another adult of the contract has
    too, since it is his own (rule 10): the chat gives it to him. Neither subject nor text names the procedure.
    InvalidInput where it cannot be written: what is not denied in writing is not denied.
    """
    letter = await _letter(session, authorization)
    person = await session.get_one(Beneficiary, authorization.beneficiary_id)
    to = await _reader(session, person, now)
    if to is None:
        return
    await mail.write(
        session, to=to, kind="denial", protocol_id=authorization.protocol_id, request_key=request_key,
        values={
            "name": to.first_name, "authorization": authorization.number,
            "number": await _protocol_number(session, authorization.protocol_id),
            "review_days": settings().review_days, "phone": settings().operator_phone,
        },
        attached=[(letter, _name(authorization), PDF)], actor=actor, now=now,
    )  # fmt: skip


async def _reader(session: AsyncSession, person: Beneficiary, now: datetime) -> Beneficiary | None:
    adult = age(person, local(now).date()) >= ADULT
    if person.email:
        return None if adult and await _shares_address(session, person, now) else person
    if person.holder_id is None or adult:
        return None
    holder = await session.get_one(Beneficiary, person.holder_id)
    return holder if holder.email else None


async def _shares_address(session: AsyncSession, person: Beneficiary, now: datetime) -> bool:
    """Whether another adult of the contract has the same e-mail in the register."""
    others = select(Beneficiary).where(
        Beneficiary.contract_id == person.contract_id, Beneficiary.id != person.id,
        func.lower(func.trim(Beneficiary.email)) == person.email.strip().lower(),
    )  # fmt: skip
    return any(age(other, local(now).date()) >= ADULT for other in await session.scalars(others))


async def _letter(session: AsyncSession, authorization: Authorization) -> bytes:
    if authorization.state != "denied" or authorization.decided_at is None:
        raise InvalidInput("Só uma guia negada tem negativa por escrito.", detail="letter of what is not denied")
    person = await session.get_one(Beneficiary, authorization.beneficiary_id)
    procedure = await session.get_one(Procedure, authorization.procedure_code)
    signed = signature_of(authorization.decided_by)
    return denial_letter(
        Denial(
            operator=Operator.configured(settings()),
            protocol_number=await _protocol_number(session, authorization.protocol_id),
            authorization_number=authorization.number, beneficiary_name=person.shown_name,
            card_number=person.card_number or "", procedure=procedure.term, procedure_code=procedure.code,
            requesting_doctor=authorization.requesting_doctor or NO_DOCTOR,
            requested_on=local(authorization.requested_at).date(), decided_on=local(authorization.decided_at).date(),
            reason=authorization.reason, clause=authorization.clause, auditor=signed.name,
            auditor_registration=signed.registration, review_days=settings().review_days,
        )
    )  # fmt: skip


async def _protocol_number(session: AsyncSession, protocol_id: UUID | None) -> str:
    """The protocol's number; an authorization of the time before protocols has none."""
    protocol = await session.get(Protocol, protocol_id) if protocol_id else None
    return protocol.number if protocol else ""


def _name(authorization: Authorization) -> str:
    return f"negativa-{authorization.number}.pdf"

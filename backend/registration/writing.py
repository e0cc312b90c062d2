"""What the register says of a field, writing a new value into it, and the e-mails of a changed contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries, mail
from backend.actor import Actor
from backend.beneficiaries import Beneficiary, BeneficiaryPhone
from backend.identifiers import plain
from backend.protocols.tables import Protocol
from backend.registration.fields import ADDRESS, ADDRESS_PARTS, BIRTH_DATE, FIELDS, FULL_NAME, PHONE
from backend.settings import settings


async def present(session: AsyncSession, person: Beneficiary, field: str, *, replaces: str = "") -> dict[str, str]:
    """What the register says of a field now, as `RegistrationChange.old` holds it; empty values where nothing stands.

    Of telephones it is the one that is replaced, while it still stands there.
    """
    if field == ADDRESS:
        return {part: str(getattr(person, part)) for part in ADDRESS_PARTS}
    if field == PHONE:
        return {"value": replaces if replaces in await beneficiaries.phones_of(session, person.id) else ""}
    value = getattr(person, field)
    return {"value": value.isoformat() if isinstance(value, date) else str(value)}


async def write(
    session: AsyncSession, *, person: Beneficiary, field: str, old: Mapping[str, str], new: Mapping[str, str]
) -> None:
    """Writes a checked value to the register; a telephone takes the place of the old one, or stands beside the rest."""
    if field == PHONE:
        added = insert(BeneficiaryPhone).values(beneficiary_id=person.id, number=new["value"])
        await session.execute(added.on_conflict_do_nothing())
        if old["value"] != new["value"]:
            of_person = delete(BeneficiaryPhone).where(BeneficiaryPhone.beneficiary_id == person.id)
            await session.execute(of_person.where(BeneficiaryPhone.number == old["value"]))
    elif field == ADDRESS:
        for part in ADDRESS_PARTS:
            setattr(person, part, new[part])
    elif field == BIRTH_DATE:
        person.birth_date = date.fromisoformat(new["value"])
    else:
        setattr(person, field, new["value"])
    if field == FULL_NAME:
        person.folded_name = plain(person.full_name)
    await session.flush()


async def mail_of_contact(
    session: AsyncSession,
    *,
    to: Beneficiary,
    protocol: Protocol,
    field: str,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Tells the address that stands in the register at this moment, if any, that a telephone or e-mail was changed.

    The e-mail names the field and neither value: an address, old or new, may be somebody else's.
    """
    if not to.email:
        return
    config = settings()
    values = {
        "name": to.first_name, "number": protocol.number, "contact": FIELDS[field].title,
        "operator": config.operator_name, "phone": config.operator_phone,
    }  # fmt: skip
    await mail.write(
        session, to=to, kind="contact_changed", values=values, protocol_id=protocol.id, request_key=request_key,
        actor=actor, now=now,
    )  # fmt: skip

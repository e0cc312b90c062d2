"""Reaching a person from our side: which of his telephones, and the conversation there, opened where none is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.identity.verbs import IdentityCheck
from backend.settings import settings
from handoff.conversations import ownership
from handoff.conversations.silence import end_silent
from handoff.conversations.tables import OPEN, Contact, Conversation


async def contact_of(session: AsyncSession, people: Sequence[Beneficiary]) -> Contact | None:
    """The contact of the first of these people who has a telephone in the register; None where nobody has.

    The one that wrote last, under whatever id WhatsApp gave it; a new one where none of the telephones ever wrote.
    """
    for person in people:
        phones = await beneficiaries.phones_of(session, person.id)
        if phones:
            return await _known(session, phones) or await _new(session, phones[0])
    return None


async def contact_at(session: AsyncSession, phone: str) -> Contact:
    """The contact at this canonical telephone, under whatever id WhatsApp gave it; a new one where it never wrote."""
    return await _known(session, [phone]) or await _new(session, phone)


async def where_asked(
    session: AsyncSession, conversation_id: UUID | None, people: Sequence[Beneficiary]
) -> Contact | None:
    """The contact of the conversation in which one of these people asked, while it is open: he hears of it there.

    Only where he was identified in it; whether he still is decides what is said. None otherwise.
    """
    if conversation_id is None:
        return None
    query = (
        select(Contact)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .join(IdentityCheck, IdentityCheck.conversation_id == Conversation.id)
        .where(
            Conversation.id == conversation_id,
            Conversation.closed_at.is_(None),
            IdentityCheck.beneficiary_id.in_([person.id for person in people]),
        )
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _known(session: AsyncSession, phones: Sequence[str]) -> Contact | None:
    # `phone` is canonical: an id without the ninth digit is found by it, too.
    query = select(Contact).where(Contact.phone.in_(phones))
    latest = query.order_by(Contact.last_inbound_at.desc().nulls_last(), Contact.id).limit(1)
    return (await session.execute(latest)).scalar_one_or_none()


async def _new(session: AsyncSession, phone: str) -> Contact:
    address = f"whatsapp:{phone}"
    await session.execute(insert(Contact).values(address=address, phone=phone).on_conflict_do_nothing())
    return (await session.execute(select(Contact).where(Contact.address == address))).scalar_one()


async def open_conversation(session: AsyncSession, contact: Contact, *, now: datetime) -> Conversation:
    """The contact's open conversation under its lock; a new one, from the number that he knows, where none is open."""
    await end_silent(await session.connection(), addresses=[contact.address])
    open_one = select(Conversation.id).where(Conversation.contact_id == contact.id, Conversation.closed_at.is_(None))
    found = (await session.execute(open_one)).scalar_one_or_none()
    if found is None:
        await _open(session, contact, now)
        found = (await session.execute(open_one)).scalar_one()
    return await ownership.lock(session, found)


async def _open(session: AsyncSession, contact: Contact, now: datetime) -> None:
    latest = select(Conversation.our_address).where(Conversation.contact_id == contact.id)
    ours = await session.scalar(latest.order_by(Conversation.opened_at.desc()).limit(1))
    never = now - timedelta(hours=settings().window_hours)  # he has not written in it: no window stands open
    opening = insert(Conversation).values(
        contact_id=contact.id, our_address=ours or settings().twilio_from, opened_at=now,
        last_inbound_at=contact.last_inbound_at or never, last_activity_at=now,
    )  # fmt: skip
    # He may be writing at this very moment: then the conversation is the one that his message opened.
    await session.execute(opening.on_conflict_do_nothing(index_elements=["contact_id"], index_where=text(OPEN)))

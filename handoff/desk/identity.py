"""Who is verified in a conversation, as the desk sees it, and for whom he may speak. [rules 2, 3, 10]"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary, by_phone, may_act_for
from backend.contracts import hears_of_money
from backend.errors import InvalidInput, NotAllowed
from backend.identity.verbs import IdentityCheck
from backend.settings import settings
from handoff.conversations.tables import Contact, Conversation, Message


class NobodyVerified(NotAllowed):
    """Nobody is verified in the conversation, or silence has ended it. [rule 2]"""

    code = "nobody_verified"
    message = "Confirme a identidade de quem está na conversa antes disso."


@dataclass(frozen=True, slots=True)
class Identity:
    """Who was verified in a conversation; `current` is False once silence has ended it. [rule 2]"""

    beneficiary: Beneficiary | None = None
    verified_at: datetime | None = None
    current: bool = False
    failures: int = 0

    @property
    def speaker(self) -> Beneficiary | None:
        """Who speaks here, proved; None where that is open."""
        return self.beneficiary if self.current else None

    @property
    def hears_of_money(self) -> bool:
        """Whether amounts may be told in this conversation now. [rule 3]"""
        return self.speaker is not None and hears_of_money(self.speaker)


async def identity_of(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> Identity:
    """Who is verified in the conversation. Looking keeps no identity awake; what the person writes does.

    While the desk has a conversation the assistant does not read, so the person's messages are looked at here.
    """
    check = await session.get(IdentityCheck, conversation_id)
    if check is None:
        return Identity()
    person = await session.get(Beneficiary, check.beneficiary_id) if check.beneficiary_id else None
    current = False
    if person is not None and check.last_seen_at is not None:
        query = select(Message.created_at).where(
            Message.conversation_id == conversation_id,
            Message.direction == "in",
            Message.created_at > check.last_seen_at,
        )
        written = (await session.scalars(query.order_by(Message.created_at))).all()
        current = still_awake(check.last_seen_at, written, now, silence=await _silence(session, conversation_id))
    return Identity(person, check.verified_at, current, check.failures)


def still_awake(seen: datetime, written: Iterable[datetime], now: datetime, *, silence: timedelta) -> bool:
    """Whether this silence never passed from `seen` over the person's messages until now. Pure. [rule 2]"""
    for moment in written:
        if moment - seen > silence:
            return False
        seen = moment
    return now - seen <= silence


async def _silence(session: AsyncSession, conversation_id: UUID) -> timedelta:
    """The silence that ends an identity: shorter on a number of several people, where the next one may be another."""
    query = select(Contact.phone).join(Conversation, Conversation.contact_id == Contact.id)
    phone = await session.scalar(query.where(Conversation.id == conversation_id))
    shared = len(await by_phone(session, phone)) > 1 if phone else False
    config = settings()
    return timedelta(minutes=config.identity_minutes_shared if shared else config.identity_minutes)


def check_speaks_for(speaker: Beneficiary | None, other: Beneficiary, *, reason: str, today: date) -> bool:
    """Lets pass who may arrange care for somebody or hear of it; True where only the attendant's `reason` allows it.

    NobodyVerified without a speaker, NotAllowed for somebody of another contract, InvalidInput where an adult's
    affairs are asked for and the attendant gives no reason. Pure. [rule 10: 'or an attendant decides']
    """
    if speaker is None:
        raise NobodyVerified
    if may_act_for(speaker, other, today):
        return False
    if other.contract_id != speaker.contract_id:
        raise NotAllowed(f"{other.first_name} não está no contrato de {speaker.first_name}.", detail="other contract")
    if not reason.strip():
        raise InvalidInput(
            f"{speaker.first_name} não responde por {other.first_name}. Escreva por que você decidiu atender.",
            detail="no reason for an adult",
        )
    return True

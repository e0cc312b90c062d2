"""What each request asks for, in one line: for cards, a handful of queries for a whole board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from textwrap import shorten
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend.beneficiaries import Beneficiary
from backend.coming_of_age.tables import ComingOfAge
from backend.disputes.tables import ChargeDispute
from backend.holder_change.tables import HolderChange
from backend.money import billing_month
from backend.protocols.tables import Protocol, ProtocolEntry
from backend.registration.fields import FIELDS
from backend.registration.tables import RegistrationChange
from backend.words import spoken_list

LONGEST_ASKED = 140


async def asked_in(session: AsyncSession, protocols: Sequence[Protocol]) -> dict[UUID, str]:
    """By protocol, what is asked; without an entry where nothing more than its kind is known."""
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for protocol in protocols:
        by_kind[protocol.kind].append(protocol.id)
    found: dict[UUID, str] = {}
    for kind, ids in by_kind.items():
        if kind in _ASKED:
            found |= await _ASKED[kind](session, ids)
    return found


async def _changes(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    query = select(RegistrationChange.protocol_id, RegistrationChange.field)
    fields: dict[UUID, list[str]] = defaultdict(list)
    rows = await session.execute(query.where(RegistrationChange.protocol_id.in_(ids)).order_by(RegistrationChange.id))
    for protocol_id, name in rows:
        fields[protocol_id].append(FIELDS[name].title if name in FIELDS else name)
    return {protocol_id: f"Mudar {spoken_list(names)}" for protocol_id, names in fields.items()}


async def _disputes(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    query = select(ChargeDispute).where(ChargeDispute.protocol_id.in_(ids))
    return {one.protocol_id: disputed(one) for one in await session.scalars(query)}


def disputed(dispute: ChargeDispute) -> str:
    """`Ressonância magnética, na fatura de 10/2026`. Pure."""
    month = f"na fatura de {billing_month(dispute.billing_month)}" if dispute.billing_month else ""
    return ", ".join(filter(None, [dispute.charged_for or dispute.claim, month]))


async def _coming_of_age(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    query = select(ComingOfAge.protocol_id, Beneficiary.full_name).join(
        Beneficiary, Beneficiary.id == ComingOfAge.dependent_id
    )
    rows = await session.execute(query.where(ComingOfAge.protocol_id.in_(ids)))
    return {protocol_id: f"Dependente: {name}" for protocol_id, name in rows}


async def _holder_changes(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    old, new = aliased(Beneficiary), aliased(Beneficiary)
    query = (
        select(HolderChange.protocol_id, old.full_name, new.full_name, HolderChange.deceased)
        .join(old, old.id == HolderChange.old_holder_id)
        .join(new, new.id == HolderChange.new_holder_id)
        .where(HolderChange.protocol_id.in_(ids))
    )
    return {
        protocol_id: f"De {before} para {after}{', por falecimento' if deceased else ''}"
        for protocol_id, before, after, deceased in await session.execute(query)
    }


async def _payments(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What was said with each report: which months, when and how it was paid; its newest telling."""
    query = (
        select(ProtocolEntry.protocol_id, ProtocolEntry.text)
        .where(ProtocolEntry.protocol_id.in_(ids), ProtocolEntry.step == "details")
        .order_by(ProtocolEntry.id)
    )
    return {protocol_id: shorten(text, LONGEST_ASKED) for protocol_id, text in await session.execute(query)}


_ASKED: dict[str, Callable[[AsyncSession, Sequence[UUID]], Awaitable[dict[UUID, str]]]] = {
    "registration_update": _changes,
    "charge_dispute": _disputes,
    "coming_of_age": _coming_of_age,
    "holder_change": _holder_changes,
    "payment_report": _payments,
}

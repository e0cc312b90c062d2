"""The part of a protocol's page that its kind alone has: changes side by side, the charge, the arrears, the guias."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.coming_of_age import rules as coming_of_age_rules
from backend.coming_of_age.tables import ComingOfAge
from backend.delinquency import position
from backend.disputes.case import case_of
from backend.disputes.tables import ChargeDispute
from backend.documents import checklist
from backend.documents.tables import Document
from backend.holder_change import rules as holder_change_rules
from backend.holder_change.tables import HolderChange
from backend.procedures import verbs as procedures
from backend.procedures.status import status_of
from backend.procedures.tables import Procedure
from backend.protocols.tables import Protocol
from backend.registration import verbs as registration
from backend.registration.fields import wanted_papers
from backend.store.clock import business_now, local
from handoff.desk.boards import changes, rulings

ANSWERS_BY = {"chat": "na conversa", "mail": "por e-mail"}
RULINGS = {"valid": "cobrança correta", "improper": "cobrança indevida"}
DISCOUNTS = {"current": "na fatura atual, na tesouraria", "future": "nas próximas faturas"}


@dataclass(frozen=True, slots=True)
class Part:
    """What a kind's own template shows; `wanted` is its checklist, `without` the decisions that make no sense now."""

    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    wanted: Sequence[str] = ()
    without: frozenset[str] = frozenset()

    def allows(self, decision: str) -> bool:
        """Whether a decision of the machine makes sense now."""
        return decision not in self.without

    def missing(self, papers: Sequence[Document]) -> list[str]:
        """What of the checklist is not there, or was refused."""
        given = [paper.kind for paper in papers if paper.state != "refused"]
        return [checklist.title_of(code) for code in checklist.missing(self.wanted, given)]


NOTHING = Part()


async def of(session: AsyncSession, protocol: Protocol) -> Part:
    """The part of a protocol's kind; nothing of its own for most kinds, or while nothing was gathered."""
    build = _PARTS.get(protocol.kind)
    return await build(session, protocol.id) if build else NOTHING


async def _registration(session: AsyncSession, protocol_id: UUID) -> Part:
    rows = await changes.rows(session, protocol_id)
    states = {row.change.state for row in rows}
    settled = "refused" in states and "proposed" not in states
    return Part(
        "boards/registration.html",
        {"rows": rows, "warnings": registration.warnings([row.change for row in rows])},
        wanted_papers(row.change.field for row in rows),
        frozenset() if settled else frozenset({"finish"}),
    )


async def _dispute(session: AsyncSession, protocol_id: UUID) -> Part:
    if await session.get(ChargeDispute, protocol_id) is None:
        return NOTHING
    case = await case_of(session, protocol_id)
    private = case.told_privately(local(await business_now(session)).date())
    values = {
        "case": case, "answers": ANSWERS_BY, "rulings": RULINGS, "discounts": DISCOUNTS, "private": private,
    }  # fmt: skip
    return Part("boards/dispute.html", values)


async def _coming_of_age(session: AsyncSession, protocol_id: UUID) -> Part:
    case = await session.get(ComingOfAge, protocol_id)
    if case is None:
        return NOTHING
    dependent = await beneficiaries.get(session, case.dependent_id)
    return Part("boards/coming_of_age.html", {"case": case, "dependent": dependent}, coming_of_age_rules.required(case))


async def _holder_change(session: AsyncSession, protocol_id: UUID) -> Part:
    change = await session.get(HolderChange, protocol_id)
    if change is None:
        return NOTHING
    old = await beneficiaries.get(session, change.old_holder_id)
    new = await beneficiaries.get(session, change.new_holder_id)
    values = {"change": change, "old": old, "new": new}
    return Part("boards/holder_change.html", values, holder_change_rules.required(change))


async def _procedures(session: AsyncSession, protocol_id: UUID) -> Part:
    now = await business_now(session)
    rows = [
        (one, await status_of(session, one, now=now), await session.get_one(Procedure, one.procedure_code),
         rulings.possible(one))
        for one in await procedures.of_protocol(session, protocol_id)
    ]  # fmt: skip
    return Part("boards/procedures.html", {"rows": rows}) if rows else NOTHING


async def _payment(session: AsyncSession, protocol_id: UUID) -> Part:
    protocol = await session.get_one(Protocol, protocol_id)
    if protocol.beneficiary_id is None:
        return NOTHING
    person = await beneficiaries.get(session, protocol.beneficiary_id)
    today = local(await business_now(session)).date()
    owed = await position.of_contract(session, person.contract_id, on=today)
    return Part("boards/payment_report.html", {"position": owed})


_PARTS: Mapping[str, Callable[[AsyncSession, UUID], Awaitable[Part]]] = {
    "registration_update": _registration,
    "charge_dispute": _dispute,
    "coming_of_age": _coming_of_age,
    "holder_change": _holder_change,
    "procedure_request": _procedures,
    "procedure_status": _procedures,
    "payment_report": _payment,
}

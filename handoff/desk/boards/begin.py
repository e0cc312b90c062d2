"""What a person at the counter asks, put under his protocol by the desk, as the chat would gather it. [rule 8]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.coming_of_age import rules as coming_of_age_rules
from backend.coming_of_age import verbs as coming_of_age
from backend.disputes.charges import Charged
from backend.errors import InvalidInput
from backend.holder_change import rules as holder_change_rules
from backend.holder_change import verbs as holder_change
from backend.procedures import verbs as procedures
from backend.procedures.tables import Procedure
from backend.protocols.machines import CORRECTION, GATHERING
from backend.protocols.tables import Protocol
from backend.registration import verbs as registration
from backend.registration.fields import ADDRESS, ADDRESS_PARTS, FIELDS
from backend.registration.verbs import Change
from backend.store.clock import local
from handoff.desk.boards import begin_dispute, begin_procedure
from handoff.desk.boards.work import Work, short

PROCEDURE = "procedure_request"
# In which stages a kind may still be told what it is about; a procedure's request has none.
STAGES: Mapping[str, frozenset[str]] = {
    "registration_update": frozenset({GATHERING, CORRECTION}),
    "coming_of_age": frozenset({GATHERING}),
    "holder_change": frozenset({GATHERING}),
    "charge_dispute": frozenset({GATHERING}),
    PROCEDURE: frozenset({""}),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen: people it may be about, lines of invoices, procedures that were found for some words."""

    asker: Beneficiary
    people: Sequence[Beneficiary] = ()
    charges: Sequence[Charged] = ()
    found: Sequence[Procedure] = ()


async def may_begin(session: AsyncSession, protocol: Protocol) -> bool:
    """Whether the desk may still say what a protocol is about: one of a procedure until something was requested."""
    if protocol.beneficiary_id is None or protocol.state == "closed":
        return False
    if protocol.stage not in STAGES.get(protocol.kind, frozenset()):
        return False
    return protocol.kind != PROCEDURE or not await procedures.of_protocol(session, protocol.id)


async def choices(session: AsyncSession, protocol: Protocol, *, now: datetime, words: str = "") -> Choices:
    """What may be chosen for a protocol that has its person: dependents who come of age, who may follow the holder,
    lines of the invoices that he pays, or procedures by `words`."""
    today = local(now).date()
    asker = await beneficiaries.get(session, _asker(protocol))
    if protocol.kind == "charge_dispute":
        return Choices(asker, charges=await begin_dispute.lines(session, asker, today=today))
    if protocol.kind == PROCEDURE:
        people = await begin_procedure.people(session, asker, now=now)
        return Choices(asker, people, found=await begin_procedure.found(session, words))
    family = await beneficiaries.family_of(session, asker)
    if protocol.kind == "coming_of_age":
        return Choices(asker, [person for person in family if coming_of_age_rules.depends(person, today)])
    followers = holder_change_rules.may_follow(family, today) if protocol.kind == "holder_change" else []
    return Choices(asker, followers)


async def begin(work: Work, fields: Mapping[str, str]) -> str:
    """Writes down what was asked; gives the sentence that says so. What the process's verb refuses comes through."""
    if work.repeated:
        return "Anotado."
    if not await may_begin(work.session, work.protocol):
        raise InvalidInput("Este pedido não muda mais por aqui.", detail="not gathering")
    work.note("console.begin")
    asker = await beneficiaries.get(work.session, _asker(work.protocol))
    if work.protocol.kind == "charge_dispute":
        return await begin_dispute.dispute(work, asker, fields)
    if work.protocol.kind == PROCEDURE:
        return await begin_procedure.request(work, asker, fields)
    if work.protocol.kind == "registration_update":
        await _propose(work, asker, fields)
        return "Mudança anotada."
    other = await beneficiaries.get(work.session, _chosen(fields))
    if work.protocol.kind == "coming_of_age":
        await coming_of_age.begin(work.session, protocol=work.protocol, dependent=other, actor=work.actor, now=work.now)
        return f"Anotado: {other.shown_name}."
    await holder_change.begin(
        work.session, protocol=work.protocol, asker=asker, new_holder=other, deceased=fields.get("deceased") == "1",
        reason=short(fields.get("reason", "")), actor=work.actor, now=work.now,
    )  # fmt: skip
    return f"Anotado: {other.shown_name} será o novo titular."


async def _propose(work: Work, asker: Beneficiary, fields: Mapping[str, str]) -> None:
    field = fields.get("field", "")
    if field not in FIELDS:
        raise InvalidInput("Escolha o dado que muda.", detail="field")
    names = ADDRESS_PARTS if field == ADDRESS else ("value",)
    change = Change(field, {name: fields.get(name, "").strip() for name in names})
    await registration.propose(
        work.session, protocol=work.protocol, person=asker, changes=[change], actor=work.actor, now=work.now
    )


def _asker(protocol: Protocol) -> UUID:
    if protocol.beneficiary_id is None:
        raise InvalidInput("Confirme antes de quem é o pedido.", detail="nobody is identified")
    return protocol.beneficiary_id


def _chosen(fields: Mapping[str, str]) -> UUID:
    try:
        return UUID(fields.get("person", ""))
    except ValueError as error:
        raise InvalidInput("Escolha a pessoa.", detail="person") from error

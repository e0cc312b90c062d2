"""What a person at the counter asks, put under his protocol by the desk, as the chat would gather it. [rule 8]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.coming_of_age import rules as coming_of_age_rules
from backend.coming_of_age import verbs as coming_of_age
from backend.errors import InvalidInput
from backend.holder_change import rules as holder_change_rules
from backend.holder_change import verbs as holder_change
from backend.protocols.machines import CORRECTION, GATHERING
from backend.protocols.tables import Protocol
from backend.registration import verbs as registration
from backend.registration.fields import ADDRESS, ADDRESS_PARTS, FIELDS
from backend.registration.verbs import Change
from backend.store.clock import local
from handoff.desk.boards.work import Work

# In which stages a kind may still be told what it is about.
STAGES: Mapping[str, frozenset[str]] = {
    "registration_update": frozenset({GATHERING, CORRECTION}),
    "coming_of_age": frozenset({GATHERING}),
    "holder_change": frozenset({GATHERING}),
}


def may_begin(protocol: Protocol) -> bool:
    """Whether the desk may still say what a protocol is about. Pure."""
    known = protocol.beneficiary_id is not None and protocol.state != "closed"
    return known and protocol.stage in STAGES.get(protocol.kind, frozenset())


async def choices(session: AsyncSession, protocol: Protocol, *, now: datetime) -> Sequence[Beneficiary]:
    """Whom it may be about: dependents who come of age, or who may follow the holder. Nobody for other kinds."""
    today = local(now).date()
    if protocol.beneficiary_id is None:
        return []
    asker = await beneficiaries.get(session, protocol.beneficiary_id)
    family = await beneficiaries.family_of(session, asker)
    if protocol.kind == "coming_of_age":
        return [person for person in family if coming_of_age_rules.depends(person, today)]
    return holder_change_rules.may_follow(family, today) if protocol.kind == "holder_change" else []


async def begin(work: Work, fields: Mapping[str, str]) -> str:
    """Writes down what was asked; gives the sentence that says so. What the process's verb refuses comes through."""
    if work.repeated:
        return "Anotado."
    if not may_begin(work.protocol) or work.protocol.beneficiary_id is None:
        raise InvalidInput("Este pedido não muda mais por aqui.", detail="not gathering")
    work.note("console.begin")
    asker = await beneficiaries.get(work.session, work.protocol.beneficiary_id)
    if work.protocol.kind == "registration_update":
        await _propose(work, asker, fields)
        return "Mudança anotada."
    other = await beneficiaries.get(work.session, _chosen(fields))
    if work.protocol.kind == "coming_of_age":
        await coming_of_age.begin(work.session, protocol=work.protocol, dependent=other, actor=work.actor, now=work.now)
        return f"Anotado: {other.shown_name}."
    await holder_change.begin(
        work.session, protocol=work.protocol, asker=asker, new_holder=other, deceased=fields.get("deceased") == "1",
        actor=work.actor, now=work.now,
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


def _chosen(fields: Mapping[str, str]) -> UUID:
    try:
        return UUID(fields.get("person", ""))
    except ValueError as error:
        raise InvalidInput("Escolha a pessoa.", detail="person") from error

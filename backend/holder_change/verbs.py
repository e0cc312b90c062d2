"""A contract gets another holder: asked, signed, checked, written to the register. [processes.md 8; seed 000]

The stages and who moves them stand in `backend/protocols/machines.py`. Every verb that moves gives whether it moved
now: the same `request_key` moves once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, beneficiaries, erp
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract
from backend.documents import verbs as documents
from backend.documents.review import ask_correction, hand_in, require_accepted
from backend.errors import InvalidInput, NotAllowed, NotFound
from backend.holder_change.rules import SIGNED, Hindrance, hinders_asking, holder_of, may_follow, required
from backend.holder_change.signature import is_signed_electronically
from backend.holder_change.tables import HolderChange
from backend.protocols import moving
from backend.protocols import verbs as protocols
from backend.protocols.machines import GATHERING, IN_REVIEW
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store import files
from backend.store.clock import local

_WHY_NOT: dict[Hindrance, str] = {
    "no_holder": "Este contrato não tem um titular que possa ser trocado por aqui.",
    "outside": "Quem pede precisa ser beneficiário deste contrato.",
    "minor": "Quem pede precisa ter 18 anos ou mais.",
    "holder_lives": "Quem pede a troca é o titular atual.",
}
_ANYWAY = " Para abrir assim mesmo, escreva por quê."
_CHANGED = "O titular deste contrato mudou depois deste pedido, então ele não pode mais ser concluído. Abra outro."
_NOT_HE = "O novo titular precisa ser uma pessoa maior de 18 anos que faça parte deste contrato."


__all__ = ["ask_correction"]  # the same for every process with a checklist


async def begin(
    session: AsyncSession, *, protocol: Protocol, asker: Beneficiary, new_holder: Beneficiary, deceased: bool,
    actor: Actor, now: datetime, reason: str = "",
) -> HolderChange:  # fmt: skip
    """Writes down who is to follow whom; until it is handed in it may be changed, and the form is made anew then.

    NotAllowed where the asker may not ask (`rules.hinders_asking`); an attendant who writes the `reason` may begin it
    for him all the same, an heir or a holder who cannot write: the words stand in the history. [rules 8, 9]
    InvalidInput for a new holder who is no other adult of the contract (`rules.may_follow`), whoever asks.
    """
    today = local(now).date()
    family = await beneficiaries.family_of(session, asker)
    hindrance = hinders_asking(asker, family, today, deceased=deceased)
    holder = holder_of(family)
    vouched = reason.strip() if hindrance and actor.kind == "attendant" else ""
    if holder is None or (hindrance and not vouched):
        anyway = _ANYWAY if holder is not None and actor.kind == "attendant" else ""
        raise NotAllowed(_WHY_NOT[hindrance] + anyway, detail=hindrance)
    if new_holder.id not in {person.id for person in may_follow(family, today)}:
        raise InvalidInput(_NOT_HE, detail="new holder")
    if protocol.beneficiary_id is None:
        await protocols.identify(session, protocol=protocol, beneficiary_id=asker.id, actor=actor, now=now)
    asked = {"new_holder_id": new_holder.id, "deceased": deceased, "form_sha256": ""}
    statement = insert(HolderChange).values(
        protocol_id=protocol.id, contract_id=asker.contract_id, old_holder_id=holder.id, **asked
    )
    other = (HolderChange.new_holder_id != new_holder.id) | (HolderChange.deceased != deceased)
    await session.execute(statement.on_conflict_do_update(index_elements=["protocol_id"], set_=asked, where=other))
    audit.record(
        session, "holder_change.begin", ("protocol", protocol.id), actor=actor, now=now, deceased=deceased,
        hindrance=hindrance,
    )  # fmt: skip
    if vouched:
        await protocols.add_entry(session, protocol=protocol, step="decided", text=vouched, actor=actor, now=now)
    return await of_protocol(session, protocol.id)


async def of_protocol(session: AsyncSession, protocol_id: UUID) -> HolderChange:
    """The change of a protocol as it stands now; NotFound where it is not known who is to follow whom."""
    query = select(HolderChange).where(HolderChange.protocol_id == protocol_id)
    found = await session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("Ainda não se sabe quem será o novo titular.", detail="no holder change")
    return found


async def at_the_desk(session: AsyncSession, contract_id: UUID, *, but: UUID) -> Protocol | None:
    """The contract's open change that was handed in already, other than the protocol `but`; None without one."""
    query = (
        select(Protocol)
        .join(HolderChange, HolderChange.protocol_id == Protocol.id)
        .where(
            HolderChange.contract_id == contract_id, Protocol.id != but, Protocol.state != "closed",
            Protocol.stage.not_in(("", GATHERING)),
        )
        .order_by(Protocol.opened_at)
        .limit(1)
    )  # fmt: skip
    return await session.scalar(query)


async def submit(session: AsyncSession, *, protocol: Protocol, request_key: str, actor: Actor, now: datetime) -> bool:
    """Hands the papers in, for the first time or corrected; InvalidInput while one is missing.

    A form that was signed electronically is marked so for the desk, where that is accepted (`electronic_signatures`).
    """
    change = await of_protocol(session, protocol.id)
    moved = await hand_in(
        session, protocol=protocol, wanted=required(change), request_key=request_key, actor=actor, now=now
    )
    if moved and settings().electronic_signatures:
        await _mark_signed(session, protocol, actor, now)
    return moved


async def _mark_signed(session: AsyncSession, protocol: Protocol, actor: Actor, now: datetime) -> None:
    """A line of the history for the newest form, where it carries a signature; it is still the desk that decides."""
    given = await documents.of_protocol(session, protocol.id)
    form = next((one for one in reversed(given) if one.kind == SIGNED and one.state == "received"), None)
    if form is not None and is_signed_electronically(files.read(form.sha256)):
        await protocols.add_entry(
            session, protocol=protocol, step="document_received", text="Formulário assinado eletronicamente",
            actor=actor, now=now,
        )  # fmt: skip


async def ask_original(
    session: AsyncSession, *, protocol: Protocol, request_key: str, actor: Actor, now: datetime, reason: str = ""
) -> bool:
    """The papers are right, but the form signed on paper has to be shown; InvalidInput while one was not accepted."""
    await require_accepted(session, protocol.id, required(await of_protocol(session, protocol.id)))
    return await moving.move(
        session, protocol=protocol, name="ask_original", request_key=request_key, actor=actor, now=now, reason=reason
    )


async def withdraw(session: AsyncSession, *, protocol: Protocol, request_key: str, actor: Actor, now: datetime) -> bool:
    """The person does without it, before it is finished."""
    return await moving.move(session, protocol=protocol, name="withdraw", request_key=request_key, actor=actor, now=now)


async def finish(session: AsyncSession, *, protocol: Protocol, request_key: str, actor: Actor, now: datetime) -> bool:
    """Writes the change to the register, and tells it to who asked, the new holder and the old one where he lives.

    Only a person of the desk does. InvalidInput while a paper was not accepted, where the original has to be shown
    first (setting `signature_original`), and where the register changed meanwhile.
    """
    await session.refresh(protocol, with_for_update=True)
    change = await of_protocol(session, protocol.id)
    await require_accepted(session, protocol.id, required(change))
    if settings().signature_original and protocol.stage == IN_REVIEW:
        raise InvalidInput("Peça antes o original do formulário assinado.", detail="original not asked")
    pair = None if change.done_at else await _locked(session, change, local(now).date())
    moved = await moving.move(
        session, protocol=protocol, name="finish", request_key=request_key, actor=actor, now=now,
        told=_listeners(protocol, change),
    )  # fmt: skip
    if moved and pair is not None:
        await _write_register(session, change, pair, local(now).date())
        change.done_at = now
        audit.record(session, "holder_change.finish", ("contract", change.contract_id), actor=actor, now=now)
        await _publish(session, change, now)
    return moved


def _listeners(protocol: Protocol, change: HolderChange) -> tuple[UUID, ...]:
    people = [protocol.beneficiary_id, change.new_holder_id, None if change.deceased else change.old_holder_id]
    return tuple(dict.fromkeys(filter(None, people)))


@dataclass(frozen=True, slots=True)
class _Contract:
    """All people of a contract, locked; the old holder and the new one among them."""

    people: Sequence[Beneficiary]
    old: Beneficiary
    new: Beneficiary


async def _locked(session: AsyncSession, change: HolderChange, today: date) -> _Contract:
    """The people whom the change is about, where the register still says what it said when it was asked.

    Two changes of one contract come one after the other, and the second finds another holder: InvalidInput.
    """
    query = select(Beneficiary).where(Beneficiary.contract_id == change.contract_id).order_by(Beneficiary.id)
    people = (await session.scalars(query.with_for_update().execution_options(populate_existing=True))).all()
    by_id = {person.id: person for person in people}
    old, new = by_id.get(change.old_holder_id), by_id.get(change.new_holder_id)
    if old is None or old.standing != "holder":
        raise InvalidInput(_CHANGED, detail="another holder meanwhile")
    if new is None or new not in may_follow(people, today):
        raise InvalidInput(_NOT_HE, detail="new holder left meanwhile")
    return _Contract(people, old, new)


async def _write_register(session: AsyncSession, change: HolderChange, found: _Contract, today: date) -> None:
    """The new holder answers for the contract; the old one is a dependent of his, and where he died covered no more.

    Who is no holder hears no longer of money (`contracts.hears_of_money`), nor speaks for minors.
    """
    old, new = found.old, found.new
    old.standing = "dependent"
    new.standing, new.holder_id = "holder", None
    if change.deceased and (old.left_on is None or old.left_on > today):
        old.left_on = today
    for person in found.people:
        if person.standing in {"dependent", "member"}:
            person.holder_id = new.id
    await session.flush()


async def _publish(session: AsyncSession, change: HolderChange, now: datetime) -> None:
    contract = await session.get_one(Contract, change.contract_id)
    old = await beneficiaries.get(session, change.old_holder_id)
    new = await beneficiaries.get(session, change.new_holder_id)
    values = {
        "contract": contract.number, "old_holder_card": old.card_number, "new_holder_card": new.card_number,
        "deceased": change.deceased, "from": local(now).date().isoformat(),
    }  # fmt: skip
    await erp.publish(
        session, kind="holder.changed", subject=("contract", contract.id), values=values, now=now,
        change_key=f"holder.changed:{change.protocol_id}",
    )  # fmt: skip

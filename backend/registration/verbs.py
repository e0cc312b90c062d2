"""Proposing changes of the register, deciding each, and writing what was accepted. [processes.md 2; rules 4, 9]

Who gets hold of somebody's telephone and e-mail gets hold of what is sent there, and no paper proves either. So a new
one is guarded in four ways: identity stands before the request; a person of the desk decides, never a program; a
request that comes from a telephone that is not in the person's register is told to the one that is, while that still
stands there (`submit`); and the change, once written, is told to the old and the new e-mail address (`accept`). The
desk is warned where both change together (`warnings`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, erp, events
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.documents import verbs as documents
from backend.errors import InvalidInput, NotAllowed, Taken
from backend.protocols import moving
from backend.protocols import verbs as protocols
from backend.protocols.machines import CORRECTION, GATHERING, IN_REVIEW
from backend.protocols.tables import Protocol
from backend.registration.fields import EMAIL, FIELDS, PHONE, checked, shown
from backend.registration.tables import RegistrationChange
from backend.registration.writing import mail_of_contact, present, write
from backend.store.clock import local

ASKED = "registration_contact_asked"
_CONTACT = frozenset({PHONE, EMAIL})


@dataclass(frozen=True, slots=True)
class Change:
    """A field's new value as it was said. `replaces` is the telephone that a new one stands for; empty adds one."""

    field: str
    new: Mapping[str, str]
    replaces: str = ""


async def propose(
    session: AsyncSession,
    *,
    protocol: Protocol,
    person: Beneficiary,
    changes: Sequence[Change],
    actor: Actor,
    now: datetime,
) -> Sequence[RegistrationChange]:
    """Puts changes under a protocol, each with what the register says now; a field asked for again is asked anew.

    Gives all changes of the protocol. What was accepted stays, and so does what the register says already. InvalidInput
    for a wrong value, or where the request is not the person's to change any more.
    """
    await session.refresh(protocol, with_for_update=True)
    if protocol.stage not in {GATHERING, CORRECTION}:
        raise InvalidInput("Este pedido já está em conferência.", detail=f"proposed in {protocol.stage}")
    known = {change.field: change for change in await changes_of(session, protocol.id)}
    today = local(now).date()
    for change in changes:
        new = checked(change.field, change.new, today=today)
        old = await present(session, person, change.field, replaces=change.replaces)
        before = known.get(change.field)
        if old == new or (before is not None and before.state == "accepted"):
            continue
        if before is None:
            before = RegistrationChange(
                protocol_id=protocol.id, beneficiary_id=person.id, field=change.field, state="proposed"
            )
            session.add(before)
        before.old, before.new = dict(old), dict(new)
        before.state, before.reason, before.decided_at, before.decided_by = "proposed", "", None, ""
        audit.record(
            session, "registration.propose", ("protocol", protocol.id), actor=actor, now=now, field=change.field
        )
    await session.flush()
    return await changes_of(session, protocol.id)


async def changes_of(session: AsyncSession, protocol_id: UUID) -> Sequence[RegistrationChange]:
    """What is asked for under a protocol, in the order in which it was."""
    query = select(RegistrationChange).where(RegistrationChange.protocol_id == protocol_id)
    return (await session.scalars(query.order_by(RegistrationChange.id))).all()


async def in_review(session: AsyncSession, beneficiary_id: UUID) -> list[tuple[RegistrationChange, Protocol]]:
    """The changes of a person's register that wait for the desk's decision, each with its protocol, oldest first."""
    query = select(RegistrationChange, Protocol).join(Protocol, Protocol.id == RegistrationChange.protocol_id).where(
        RegistrationChange.beneficiary_id == beneficiary_id, RegistrationChange.state == "proposed",
        Protocol.stage == IN_REVIEW, Protocol.state != "closed",
    )  # fmt: skip
    rows = await session.execute(query.order_by(RegistrationChange.id))
    return [(change, protocol) for change, protocol in rows]


def warnings(changes: Sequence[RegistrationChange]) -> list[str]:
    """What whoever decides should know before he accepts. Pure."""
    open_contacts = {change.field for change in changes if change.state == "proposed"} & _CONTACT
    if open_contacts == _CONTACT:
        return ["Telefone e e-mail mudam juntos: confirme pelo contato antigo antes de aceitar."]
    return []


async def submit(
    session: AsyncSession,
    *,
    protocol: Protocol,
    request_key: str,
    actor: Actor,
    now: datetime,
    from_elsewhere: bool = False,
) -> bool:
    """Hands the request to the registration team, once for a request key; gives whether it was now.

    `from_elsewhere`: it comes from a telephone that is not in the person's register; then a new telephone or e-mail is
    told to the one that is. InvalidInput where nothing is left to decide.
    """
    changes = await changes_of(session, protocol.id)
    waiting = [change for change in changes if change.state == "proposed"]
    if not waiting:
        raise InvalidInput("Não há nenhuma mudança para conferir.", detail="nothing proposed")
    moved = await moving.move(session, protocol=protocol, name="submit", request_key=request_key, actor=actor, now=now)
    listener = protocol.beneficiary_id or waiting[0].beneficiary_id
    if moved and from_elsewhere and any(change.field in _CONTACT for change in waiting):
        await events.tell(
            session, kind=moving.MOVED, beneficiary_id=listener, subject_id=protocol.id,
            protocol_id=protocol.id, event_key=f"contact_asked:{request_key}", now=now, text=ASKED, entry=request_key,
        )  # fmt: skip
    return moved


async def accept(
    session: AsyncSession,
    *,
    change: RegistrationChange,
    request_key: str,
    actor: Actor,
    now: datetime,
    seen_old: Mapping[str, str] | None = None,
) -> bool:
    """Writes a change to the register, once, and publishes it; gives whether it was written now.

    The last one finishes the request where none was refused. NotAllowed for a program. Taken where somebody else has
    decided it, or where the register says something else than when it was asked for: whoever has seen that gives it
    as `seen_old`.
    """
    protocol = await _locked(session, change, actor)
    if _decided(change, "accepted", actor):
        return False
    person = await session.get_one(Beneficiary, change.beneficiary_id, with_for_update=True, populate_existing=True)
    new, old = _parts(change.new), _parts(change.old)
    now_there = await present(session, person, change.field, replaces=old.get("value", ""))
    if now_there not in (old, dict(seen_old or old)):
        raise Taken(
            f"O cadastro mudou desde o pedido. Agora está: {shown(change.field, now_there)}. Confira e decida de novo.",
            detail="register changed since the proposal",
        )
    change.old = dict(now_there)
    await _write_and_tell(session, protocol, person, change, actor=actor, now=now)
    _note(session, change, "accepted", actor=actor, now=now)
    await _entry(session, protocol, change, request_key=request_key, actor=actor, now=now)
    await erp.publish(
        session, kind="registration.updated", subject=("beneficiary", person.id), now=now,
        change_key=f"registration:{change.id}:{request_key}",
        values={"protocol": protocol.number, "field": change.field, "old": dict(now_there), "new": new},
    )  # fmt: skip
    if all(one.state == "accepted" for one in await changes_of(session, protocol.id)):
        await finish(session, protocol=protocol, request_key=f"{request_key}:finish", actor=actor, now=now)
    return True


async def refuse(
    session: AsyncSession,
    *,
    change: RegistrationChange,
    reason: str,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> bool:
    """Refuses a change, once, with the reason that the person reads; gives whether it was refused now.

    The request stays: `ask_correction` gives it back, `finish` ends it without what was refused. NotAllowed for a
    program [rule 9], InvalidInput without a reason, Taken where somebody else has decided it.
    """
    protocol = await _locked(session, change, actor)
    if not reason.strip():
        raise InvalidInput("Escreva o motivo, em palavras que a pessoa entenda.", detail="reason is empty")
    if _decided(change, "refused", actor):
        return False
    change.reason = reason.strip()
    _note(session, change, "refused", actor=actor, now=now)
    await _entry(session, protocol, change, request_key=request_key, actor=actor, now=now)
    return True


async def ask_correction(
    session: AsyncSession, *, protocol: Protocol, reason: str = "", request_key: str, actor: Actor, now: datetime
) -> bool:
    """Gives the request back to the person with what was refused, once; `reason` may add a word.

    InvalidInput where neither a change nor a paper was refused.
    """
    refused = [change for change in await changes_of(session, protocol.id) if change.state == "refused"]
    if not refused and not await documents.refused(session, protocol.id):
        raise InvalidInput("Recuse antes o dado ou o documento que está errado.", detail="nothing was refused")
    return await moving.move(
        session, protocol=protocol, name="ask_correction", reason=reason, request_key=request_key, actor=actor, now=now
    )


async def finish(session: AsyncSession, *, protocol: Protocol, request_key: str, actor: Actor, now: datetime) -> bool:
    """Ends a request of which every change was accepted or refused for good, once, and tells what came of each.

    InvalidInput while one waits for a decision.
    """
    if any(change.state == "proposed" for change in await changes_of(session, protocol.id)):
        raise InvalidInput("Ainda há dados sem decisão neste pedido.", detail="changes without a decision")
    return await moving.move(session, protocol=protocol, name="finish", request_key=request_key, actor=actor, now=now)


async def _locked(session: AsyncSession, change: RegistrationChange, actor: Actor) -> Protocol:
    """The change's protocol, both as they are now and in this hand alone.

    InvalidInput where it is not in review, or was closed beside its board.
    """
    if actor.kind != "attendant":
        raise NotAllowed("Quem decide é uma pessoa do cadastro.", detail=f"decided by {actor.kind}")
    protocol = await protocols.get(session, change.protocol_id)
    await session.refresh(protocol, with_for_update=True)
    await session.refresh(change, with_for_update=True)
    if change.state != "proposed":
        return protocol
    if protocol.state == "closed":
        raise InvalidInput("Este protocolo já foi encerrado.", detail="protocol is closed")
    if protocol.stage != IN_REVIEW:
        raise InvalidInput("Este pedido não está em conferência.", detail=f"decided in {protocol.stage}")
    return protocol


async def _write_and_tell(
    session: AsyncSession, protocol: Protocol, person: Beneficiary, change: RegistrationChange, *, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Writes the change; of a changed contact the address so far is told, and the new one, where there is one."""
    if change.field in _CONTACT:
        await mail_of_contact(
            session, to=person, protocol=protocol, field=change.field, request_key=f"contact_changed:{change.id}:{now}",
            actor=actor, now=now,
        )  # fmt: skip
    await write(session, person=person, field=change.field, old=_parts(change.old), new=_parts(change.new))
    if change.field == EMAIL:
        await mail_of_contact(
            session, to=person, protocol=protocol, field=EMAIL, request_key=f"contact_new:{change.id}:{now}",
            actor=actor, now=now,
        )  # fmt: skip


def _decided(change: RegistrationChange, state: str, actor: Actor) -> bool:
    """Whether this very hand has decided so before (a second click); Taken where it was decided otherwise. Pure."""
    if change.state == "proposed":
        return False
    if change.state == state and change.decided_by == actor.id:
        return True
    raise Taken("Outra pessoa já decidiu este dado.", detail=f"already {change.state}")


def _note(session: AsyncSession, change: RegistrationChange, state: str, *, actor: Actor, now: datetime) -> None:
    change.state, change.decided_at, change.decided_by = state, now, actor.id
    details = {"field": change.field, "change": change.id}
    audit.record(session, f"registration.{state}", ("protocol", change.protocol_id), actor=actor, now=now, **details)


async def _entry(
    session: AsyncSession, protocol: Protocol, change: RegistrationChange, *, request_key: str, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """A line of the history: which field, how it was decided and why; no value, since others read it too."""
    await session.flush()
    outcome = "atualizado" if change.state == "accepted" else f"não aceito: {change.reason}"
    text = f"{FIELDS[change.field].title}: {outcome}"
    await protocols.add_entry(
        session, protocol=protocol, step="decided", text=text, actor=actor, now=now, request_key=request_key
    )


def _parts(stored: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in stored.items()}

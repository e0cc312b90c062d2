"""Requesting an authorization, moving it, and finding it again. [processes.md, 4]"""

from __future__ import annotations

import secrets
from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, events
from backend.actor import Actor
from backend.beneficiaries import Beneficiary, is_covered
from backend.contracts import Contract, Plan
from backend.errors import NotFound, Taken
from backend.plans import coverage_includes, still_waits
from backend.procedures import letters, outward, rules
from backend.procedures.states import DECISIONS, ENDS, OPEN, TITLES, Move, check
from backend.procedures.tables import Authorization, AuthorizationStep, Procedure
from backend.procedures.words import fit, said_for, understand
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store.clock import local

_TRIES = 8
_DRAWN = 10_000_000
_MINE = 50
_MEANT = 0.5


async def request_authorization(
    session: AsyncSession,
    *,
    person: Beneficiary,
    procedure: Procedure,
    protocol: Protocol | None,
    actor: Actor,
    now: datetime,
    urgent: bool = False,
    requesting_doctor: str = "",
    text: str = "",
) -> Authorization:
    """Puts a request on record; one procedure is requested once under a protocol, however often this is tried.

    It goes to the auditor (`in_audit`) where it is urgent, needs audit, or is not covered, since no program refuses
    (rule 9); else it is `requested`, and `settle_at_once` follows. Its term (`term_of`) becomes the protocol's.
    """
    if protocol is not None:
        await session.refresh(protocol, with_for_update=True)
        for known in await of_protocol(session, protocol.id):
            if known.procedure_code == procedure.code and known.beneficiary_id == person.id:
                return known
    audited = urgent or procedure.needs_audit or not procedure.covered
    authorization = await _insert(
        session,
        now,
        beneficiary_id=person.id, procedure_code=procedure.code, requesting_doctor=requesting_doctor,
        protocol_id=protocol.id if protocol else None, state="in_audit" if audited else "requested",
        due_at=_due_at(rules.term_of(procedure, urgent=urgent), now),
    )  # fmt: skip
    if protocol is not None:
        protocol.due_at = authorization.due_at
    await _write_step(session, authorization, text=text, actor=actor, now=now)
    await outward.requested(session, authorization, now=now)
    details = {"procedure": procedure.code, "state": authorization.state}
    audit.record(session, "procedures.request", ("authorization", authorization.id), actor=actor, now=now, **details)
    return authorization


async def settle_at_once(session: AsyncSession, *, authorization: Authorization, actor: Actor, now: datetime) -> bool:
    """Approves what needs no audit, where nothing speaks against it; gives whether it did.

    Else (not in the person's plan, waiting period, coverage ended) an auditor decides. Only what is `requested` moves.
    """
    if authorization.state != "requested":
        return False
    person = await session.get_one(Beneficiary, authorization.beneficiary_id)
    procedure = await session.get_one(Procedure, authorization.procedure_code)
    contract = await session.get_one(Contract, person.contract_id)
    plan = await session.get_one(Plan, contract.plan_code)
    today = local(now).date()
    granted = (
        procedure.covered
        and not procedure.needs_audit
        and is_covered(person, today)
        and coverage_includes(plan.coverage, procedure.care_class)
        and not await still_waits(session, person, procedure, today=today)
    )
    await move(session, authorization=authorization, state="approved" if granted else "in_audit",
               text="", actor=actor, now=now)  # fmt: skip
    return granted


async def move(
    session: AsyncSession,
    *,
    authorization: Authorization,
    state: str,
    text: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
    clause: str = "",
    missing: str = "",
    decided_by: str = "",
    valid_until: date | None = None,
    request_key: str | None = None,
) -> bool:
    """Moves an authorization on, once for a request key, and tells the person; gives whether it was moved now.

    Step, protocol's history, audit, event; the ERP hears of it, a denial goes to the registered e-mail too.
    `text` is for the person's eyes; `decided_by` is the name and registration of who signed, needed for a denial;
    `valid_until` is computed for an approval where it is not given. InvalidInput for a wrong move, NotAllowed for whom
    may not make it (`states.check`). What ends the last open authorization of a protocol closes that; what is looked at
    again after a denial opens it, with a new term (RN 623), and a term that stood still for a missing document is
    longer by the business days for which the plan waited.
    """
    await session.refresh(authorization, with_for_update=True)
    if request_key and await session.scalar(select(exists().where(AuthorizationStep.request_key == request_key))):
        return False
    wanted = Move(state, reason.strip(), clause.strip(), missing.strip(), decided_by.strip())
    check(authorization.state, wanted, actor)
    before = authorization.state
    await _apply(session, authorization, wanted, actor=actor, now=now)
    if state == "approved":
        authorization.valid_until = valid_until or await _validity(session, authorization, now)
    step = await _write_step(session, authorization, text=text, actor=actor, now=now, request_key=request_key)
    audit.record(
        session, "procedures.move", ("authorization", authorization.id), actor=actor, now=now, before=before, to=state
    )
    await events.tell(
        session, kind="authorization_changed", beneficiary_id=authorization.beneficiary_id,
        subject_id=authorization.id, protocol_id=authorization.protocol_id, now=now,
        event_key=f"authorization:{authorization.id}:{step.id}", state=state,
    )  # fmt: skip
    await outward.moved(session, authorization, step, now=now)
    if state in DECISIONS:
        await outward.decided(session, authorization, step, now=now)
    if state == "denied":
        await letters.mail_denial(session, authorization, request_key=f"denial:{step.id}", actor=actor, now=now)
    if before in {"denied", "waiting_document"} and state == "in_audit":
        await _take_up_protocol(session, authorization, actor=actor, now=now)
    await _close_protocol(session, authorization, text=text, actor=actor, now=now)
    return True


async def open_request_for(session: AsyncSession, *, beneficiary_id: UUID, procedure_code: str) -> Authorization | None:
    """The person's request for this procedure that is not decided yet, the newest; None where there is none."""
    query = select(Authorization).where(
        Authorization.beneficiary_id == beneficiary_id,
        Authorization.procedure_code == procedure_code,
        Authorization.state.in_(OPEN),
    )
    return await session.scalar(query.order_by(Authorization.requested_at.desc(), Authorization.id.desc()).limit(1))


async def waiting_for_document(session: AsyncSession, protocol_id: UUID) -> Authorization | None:
    """The authorization of a protocol for which a document is missing, the oldest; None where nothing is missing."""
    return next((one for one in await of_protocol(session, protocol_id) if one.state == "waiting_document"), None)


async def by_number(session: AsyncSession, number: str) -> Authorization | None:
    """The authorization of this number (twelve digits), or None."""
    return await session.scalar(select(Authorization).where(Authorization.number == number))


async def get(session: AsyncSession, authorization_id: UUID) -> Authorization:
    """The authorization of this id; NotFound where there is none."""
    found = await session.get(Authorization, authorization_id)
    if found is None:
        raise NotFound("Não encontrei essa guia.", detail="authorization")
    return found


async def of_protocol(session: AsyncSession, protocol_id: UUID) -> Sequence[Authorization]:
    """What was requested under a protocol, oldest first."""
    query = select(Authorization).where(Authorization.protocol_id == protocol_id)
    return (await session.scalars(query.order_by(Authorization.requested_at, Authorization.number))).all()


async def of_person(
    session: AsyncSession, beneficiary_id: UUID, *, limit: int = 5, open_first: bool = True
) -> Sequence[Authorization]:
    """A person's authorizations, newest first; those that are not decided yet before all others where wished."""
    query = select(Authorization).where(Authorization.beneficiary_id == beneficiary_id)
    if open_first:
        query = query.order_by(Authorization.state.not_in(OPEN))
    newest_first = query.order_by(Authorization.requested_at.desc(), Authorization.number.desc())
    return (await session.scalars(newest_first.limit(limit))).all()


async def find_mine(session: AsyncSession, beneficiary_id: UUID, words: str) -> Sequence[Authorization]:
    """Which of the person's own authorizations is meant by 'minha cirurgia' or 'exame do joelho'; all, where none is.

    By the procedure's term and what people say for it; by the kind alone ('cirurgia', 'exame') where nothing else fits.
    """
    mine = await of_person(session, beneficiary_id, limit=_MINE)
    wanted = understand(words)
    terms = await _terms_of(session, mine)
    meant = [one for one in mine if wanted.code and one.procedure_code == wanted.code]
    if not meant and wanted.content:
        meant = [one for one in mine if _is_meant(wanted.content, wanted.likely, one, terms)]
    if not meant and wanted.kinds:
        meant = [one for one in mine if one.procedure_code[0] in wanted.kinds]
    return meant or mine


async def steps(session: AsyncSession, authorization_id: UUID) -> Sequence[AuthorizationStep]:
    """An authorization's history, oldest first."""
    query = select(AuthorizationStep).where(AuthorizationStep.authorization_id == authorization_id)
    return (await session.scalars(query.order_by(AuthorizationStep.id))).all()


def _is_meant(
    content: Sequence[str], likely: Container[str], authorization: Authorization, terms: dict[str, str]
) -> bool:
    code = authorization.procedure_code
    said = f"{terms[code]} {said_for(code)}"
    return code in likely or fit(content, said) >= _MEANT


async def _terms_of(session: AsyncSession, authorizations: Sequence[Authorization]) -> dict[str, str]:
    codes = {authorization.procedure_code for authorization in authorizations}
    rows = await session.execute(select(Procedure.code, Procedure.term).where(Procedure.code.in_(codes)))
    return dict(rows.all())


async def _insert(session: AsyncSession, now: datetime, **values: object) -> Authorization:
    """A row with a number that nobody has: year (2), day of the year (3), and seven digits drawn by lot."""
    for _ in range(_TRIES):
        number = f"{local(now):%y%j}{secrets.randbelow(_DRAWN):07d}"
        statement = insert(Authorization).values(number=number, requested_at=now, **values)
        fresh = statement.on_conflict_do_nothing(index_elements=["number"]).returning(Authorization)
        created: Authorization | None = await session.scalar(fresh)
        if created is not None:
            return created
    raise Taken(detail="no free authorization number")


async def _apply(
    session: AsyncSession, authorization: Authorization, wanted: Move, *, actor: Actor, now: datetime
) -> None:
    """Writes the new state and what belongs to it; what belonged to the old one alone goes."""
    looked_at_again = authorization.state == "denied"
    if authorization.state == "waiting_document" and wanted.state == "in_audit":
        authorization.due_at = await _term_after_waiting(session, authorization, now)
    authorization.state = wanted.state
    authorization.missing = wanted.missing if wanted.state == "waiting_document" else ""
    if wanted.state in {"approved", "denied"}:
        authorization.decided_at = now
        authorization.decided_by = wanted.decided_by or str(actor)
        authorization.reason, authorization.clause = wanted.reason, wanted.clause
    if looked_at_again:
        authorization.decided_at, authorization.decided_by = None, ""
        authorization.reason, authorization.clause = "", ""
        authorization.due_at = _due_at(settings().review_days, now)
    await session.flush()


async def _term_after_waiting(session: AsyncSession, authorization: Authorization, now: datetime) -> datetime:
    """The term, longer by the business days since the document was asked for; what has to be answered at once stays."""
    asked = [step.at for step in await steps(session, authorization.id) if step.state == "waiting_document"]
    if not asked or authorization.due_at <= authorization.requested_at:
        return authorization.due_at
    waited = rules.business_days_until(local(now).date(), local(asked[-1]).date())
    return _due_at(waited, authorization.due_at)


async def _take_up_protocol(
    session: AsyncSession, authorization: Authorization, *, actor: Actor, now: datetime
) -> None:
    """The protocol of what is under audit again: open, with the authorization's term."""
    if authorization.protocol_id is None:
        return
    protocol = await protocols.get(session, authorization.protocol_id)
    protocol.due_at = authorization.due_at
    if protocol.state == "closed":
        protocol.state, protocol.closed_at = "open", None
        audit.record(session, "protocols.reopen", ("protocol", protocol.id), actor=actor, now=now)


async def _write_step(
    session: AsyncSession,
    authorization: Authorization,
    *,
    text: str,
    actor: Actor,
    now: datetime,
    request_key: str | None = None,
) -> AuthorizationStep:
    """A line in the authorization's history and one in its protocol's."""
    step = AuthorizationStep(
        authorization_id=authorization.id, at=now, state=authorization.state, text=text,
        actor_kind=actor.kind, actor_id=actor.id, request_key=request_key,
    )  # fmt: skip
    session.add(step)
    await session.flush()
    if authorization.protocol_id is not None:
        protocol = await protocols.get(session, authorization.protocol_id)
        line = f"Guia {authorization.number}: {TITLES[authorization.state]}. {text}".strip()
        await protocols.add_entry(
            session, protocol=protocol, step=f"authorization_{authorization.state}", actor=actor, now=now, text=line
        )
    return step


async def _close_protocol(
    session: AsyncSession, authorization: Authorization, *, text: str, actor: Actor, now: datetime
) -> None:
    if authorization.protocol_id is None or authorization.state not in ENDS:
        return
    still_open = select(func.count()).select_from(Authorization).where(
        Authorization.protocol_id == authorization.protocol_id, Authorization.state.in_(OPEN)
    )  # fmt: skip
    if await session.scalar(still_open):
        return
    protocol = await protocols.get(session, authorization.protocol_id)
    line = f"Guia {authorization.number}: {TITLES[authorization.state]}. {text}".strip()
    await protocols.close_protocol(session, protocol=protocol, actor=actor, now=now, text=line)


async def _validity(session: AsyncSession, authorization: Authorization, now: datetime) -> date:
    ends = select(func.least(Contract.ended_on, Beneficiary.left_on)).join_from(Beneficiary, Contract)
    ends_on = await session.scalar(ends.where(Beneficiary.id == authorization.beneficiary_id))
    return rules.valid_until(local(now).date(), coverage_ends_on=ends_on)


def _due_at(days: int, now: datetime) -> datetime:
    """The last second of the term's last business day, as a protocol's term ends; at once for none."""
    return protocols.due_at(replace(KINDS["procedure_request"], days=days), now)

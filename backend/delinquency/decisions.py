"""What of the open cases is due for a person's decision, and what he decided. Nothing is ended here. [RN 593]

A decision is written down and told to the ERP; the contract itself is the ERP's, and this module never touches it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, erp
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract
from backend.delinquency import dossier, evidence, position, rules, standing
from backend.delinquency.due import Decision
from backend.delinquency.evidence import Checked
from backend.delinquency.position import Position
from backend.delinquency.tables import CaseDecision, DelinquencyCase, Notice
from backend.errors import InvalidInput, NotAllowed, Taken
from backend.store.clock import local
from backend.store.tables import JsonObject

DECISIONS: Final = ("keep", "cancel", "wait")


@dataclass(frozen=True, slots=True)
class Due:
    """A case with what the rule says of it today. `notice` is the one that it rests on, or the newest, None without.

    `decided` is the latest decision about it, `checked` what examining its evidence found, None where nobody has.
    `mark` changes when anything does that a decision rests on.
    """

    case: DelinquencyCase
    person: Beneficiary
    position: Position
    decision: Decision
    notice: Notice | None
    checked: Checked | None
    decided: CaseDecision | None

    @property
    def contract(self) -> Contract:
        """The contract in arrears."""
        return self.position.contract

    @property
    def mark(self) -> str:
        """SHA-256 of what a decision rests on: whoever decides names it, so that he decides on what he saw."""
        return hashlib.sha256(evidence.canonical(_seen(self)).encode()).hexdigest()


async def standings(session: AsyncSession, *, on: date) -> Sequence[Due]:
    """Every open case as it stands on a day: those that are due first, the undecided before the others, by deadline.

    There may be thousands: only of those that would be due the evidence is examined, `examined` does the others'.
    """
    with standing.collected_later():
        found = await _dues(session, await standing.open_cases(session), on)
        to_examine = await examined(session, [due for due in found if due.decision.due])
    return sorted([*to_examine, *(due for due in found if not due.decision.due)], key=_order)


async def examined(session: AsyncSession, dues: Sequence[Due]) -> Sequence[Due]:
    """The same cases with their chains of evidence examined, against the audit too; one that is broken is not due."""
    unknown = [due.case for due in dues if due.checked is None]
    found = await dossier.examined_all(session, unknown)
    return [_with(due, found[due.case.id]) if due.checked is None else due for due in dues]


async def standing_of(session: AsyncSession, case: DelinquencyCase, *, on: date) -> Due:
    """One case as it stands on a day, its evidence examined."""
    return (await examined(session, await _dues(session, [case], on)))[0]


async def decide(
    session: AsyncSession,
    *,
    case: DelinquencyCase,
    decision: str,
    reason: str,
    request_key: str,
    actor: Actor,
    now: datetime,
    known: str = "",
) -> CaseDecision:
    """Writes down what a person decided about a case, once for a key; the program ends nothing, whatever it is.

    `known` is the `mark` of what he had before him; Taken where the case has moved since, or is closed. NotAllowed for
    a program, and for 'cancel' while anything stands in the way; InvalidInput without a reason.
    """
    await session.refresh(case, with_for_update=True)
    before = await session.scalar(select(CaseDecision).where(CaseDecision.request_key == request_key))
    if before is not None:
        return before
    _check(decision, reason, actor)
    due = await standing_of(session, case, on=local(now).date())
    if case.closed_at is not None or (known and known != due.mark):
        raise Taken("Esse caso mudou enquanto você decidia. Confira como ele está agora.", detail="case moved")
    if decision == "cancel" and not due.decision.due:
        words = " ".join(rules.WHY[code] for code in due.decision.missing)
        raise NotAllowed(f"Ainda não é possível decidir pelo cancelamento. {words}", detail="not due")
    made = CaseDecision(
        case_id=case.id, decision=decision, reason=reason.strip(), seen=_seen(due), decided_by=str(actor),
        decided_at=now, request_key=request_key,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    await _keep(session, due, made, actor, now)
    return made


def _check(decision: str, reason: str, actor: Actor) -> None:
    if actor.kind != "attendant":
        raise NotAllowed(detail="a case is decided by a person")
    if decision not in DECISIONS:
        raise InvalidInput("Escolha o que foi decidido.", detail="decision")
    if not reason.strip():
        raise InvalidInput("Escreva o motivo da decisão.", detail="decision without a reason")


async def _keep(session: AsyncSession, due: Due, made: CaseDecision, actor: Actor, now: datetime) -> None:
    """The decision in the evidence, in the audit, and on its way to the ERP."""
    content: JsonObject = {
        "decision": made.decision, "reason": made.reason, "by": made.decided_by, "seen": made.seen, "id": str(made.id),
    }  # fmt: skip
    await evidence.add(
        session, case=due.case, kind="decision", content=content, at=now, link_key=f"decision:{made.id}", actor=actor,
        now=now,
    )  # fmt: skip
    audit.record(
        session, "delinquency.decide", ("delinquency_case", due.case.id), actor=actor, now=now, decision=made.decision,
        due=due.decision.due, missing=list(due.decision.missing),
    )  # fmt: skip
    await erp.publish(
        session, kind="delinquency.decided", subject=("contract", due.contract.id),
        values={
            "contract": due.contract.number, "decision": made.decision, "reason": made.reason,
            "decided_on": local(now).date().isoformat(), "basis": due.decision.basis,
            "noticed_on": _iso(due.decision.noticed_on), "deadline": _iso(due.decision.deadline),
        },
        change_key=f"delinquency.decided:{made.id}", now=now,
    )  # fmt: skip


def _seen(due: Due) -> JsonObject:
    """What a decision rests on, as JSON: nothing in it changes by itself from one day to the next but what is due."""
    found = due.decision
    return {
        "due": found.due, "basis": found.basis, "noticed_on": _iso(found.noticed_on), "deadline": _iso(found.deadline),
        "why": list(found.why), "missing": list(found.missing), "notice": str(due.notice.id) if due.notice else "",
        "unpaid": [fee.billing_month.isoformat() for fee in due.position.arrears.fees],
        "in_hospital": due.position.in_hospital, "evidence": due.case.evidence_head,
        "decided": str(due.decided.id) if due.decided else "",
    }  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


async def _dues(session: AsyncSession, cases: Sequence[DelinquencyCase], on: date) -> list[Due]:
    """The cases by the rule alone, their evidence not examined yet."""
    terms = position.terms()
    found = []
    for known in await standing.of_cases(session, cases, on=on):
        decision, notice = standing.ruled(known, terms)
        found.append(Due(known.case, known.person, known.position, decision, notice, None, known.decided))
    return found


def _with(due: Due, checked: Checked) -> Due:
    if checked.intact:
        return replace(due, checked=checked)
    missing = (*due.decision.missing, "evidence_broken")
    return replace(due, checked=checked, decision=replace(due.decision, due=False, missing=missing))


def _order(due: Due) -> tuple[bool, bool, date, datetime]:
    return (not due.decision.due, due.decided is not None, due.decision.deadline or date.max, due.case.opened_at)

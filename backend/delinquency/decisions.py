"""What of the open cases is due for a person's decision, and what he decided. Nothing is ended here. [RN 593]

A decision is written down and told to the ERP; the contract itself is the ERP's, and this module never touches it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, erp
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract
from backend.delinquency import evidence, position, rules, standing
from backend.delinquency.evidence import Checked
from backend.delinquency.notices import months_of
from backend.delinquency.position import Position
from backend.delinquency.rules import Decision, Standing, Verdict
from backend.delinquency.standing import Known
from backend.delinquency.tables import CaseDecision, DelinquencyCase, EvidenceLink, Notice
from backend.errors import InvalidInput, NotAllowed, Taken
from backend.store.clock import local
from backend.store.tables import JsonObject

DECISIONS: Final = ("keep", "cancel", "wait")


@dataclass(frozen=True, slots=True)
class Due:
    """A case with what the rule says of it today. `notice` is the one that it rests on, or the newest, None without.

    `decided` is the latest decision about it. `mark` changes when anything does that a decision rests on.
    """

    case: DelinquencyCase
    person: Beneficiary
    position: Position
    decision: Decision
    notice: Notice | None
    checked: Checked
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
    """Every open case as it stands on a day: those that are due first, the undecided before the others, by deadline."""
    found = await _dues(session, await standing.open_cases(session), on)
    return sorted(found, key=_order)


async def standing_of(session: AsyncSession, case: DelinquencyCase, *, on: date) -> Due:
    """One case as it stands on a day."""
    return (await _dues(session, [case], on))[0]


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
    links = await _links(session, cases)
    return [
        _due(known, evidence.check(links[known.case.id], head=known.case.evidence_head,
                                   length=known.case.evidence_length), on)
        for known in await standing.of_cases(session, cases, on=on)
    ]  # fmt: skip


async def _links(session: AsyncSession, cases: Sequence[DelinquencyCase]) -> Mapping[UUID, Sequence[EvidenceLink]]:
    """Each case's links in their order, as plain rows: there are ten or more for each of thousands of cases."""
    row = EvidenceLink
    found: dict[UUID, list[EvidenceLink]] = defaultdict(list)
    for some in standing.chunks(cases):
        query = select(row.case_id, row.ordinal, row.kind, row.at, row.content, row.previous, row.digest)
        wanted = query.where(row.case_id.in_([case.id for case in some])).order_by(row.ordinal)
        for link in await session.execute(wanted):
            found[link.case_id].append(cast("EvidenceLink", link))  # it has all that a check reads
    return found


def _due(known: Known, checked: Checked, on: date) -> Due:
    """The case by the notice that makes it due, else by its newest one that counts, else by what was tried."""
    terms = position.terms()
    # Whom no address is known for by a means cannot be tried by it.
    terms = replace(terms, ladder=tuple(means for means in terms.ladder if known.addresses[means]))
    rests: Notice | None = known.notices[-1] if known.notices else None
    found = rules.decide(_standing(known, checked, None), on, terms)
    for notice in reversed(known.counting):
        by_notice = rules.decide(_standing(known, checked, notice), on, terms)
        if by_notice.due or notice is known.counting[-1]:
            found, rests = by_notice, notice
        if by_notice.due:
            break
    return Due(known.case, known.person, known.position, found, rests, checked, known.decided)


def _standing(known: Known, checked: Checked, notice: Notice | None) -> Standing:
    verdicts = (Verdict(True, tuple(notice.why), notice.notice_on, notice.deadline),) if notice else ()
    found = known.position
    return Standing(
        contract=found.signed, fees=found.fees, notified=months_of(notice) if notice else frozenset(),
        notices=verdicts, tries=known.tries, questioned=found.questioned, in_hospital=found.in_hospital,
        evidence_intact=checked.intact,
    )  # fmt: skip


def _order(due: Due) -> tuple[bool, bool, date, datetime]:
    return (not due.decision.due, due.decided is not None, due.decision.deadline or date.max, due.case.opened_at)

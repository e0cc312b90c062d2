"""What of a case is due for a person's decision, and what is missing before it is. Pure. [RN 593]

Nothing is ever cancelled here: what comes back is said to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from backend.delinquency.rules import (
    Fee,
    Questioned,
    Signed,
    Terms,
    Try,
    Verdict,
    arrears_on,
    counts_fees,
    deadline_of,
    has_ended,
    outside,
    threshold_met,
    tries_that_count,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a decision rests on. `fees` are the contract's; `notified` the billing months that the notice named.

    `notified` is None where no notice limits them; `changed` are those of its months whose debt is not any more what it
    said, so that it does not speak of them. `promised` is the last day to pay that any paper of ours named.
    `negotiating`: an offer of the person's waits for its answer; `negotiated`: he has made one.
    """

    contract: Signed
    fees: Sequence[Fee]
    notified: frozenset[date] | None = None
    changed: frozenset[date] = frozenset()
    notices: Sequence[Verdict] = ()
    tries: Sequence[Try] = ()
    questioned: Sequence[Questioned] = ()
    promised: date | None = None
    negotiating: bool = False
    negotiated: bool = False
    in_hospital: bool = False
    evidence_intact: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a person may decide now. `why` it is so far, `missing` what stands in the way; codes of `WHY`.

    `basis` is 'noticed', 'tried_in_vain' or empty; the days are local.
    """

    due: bool
    basis: str = ""
    noticed_on: date | None = None
    deadline: date | None = None
    why: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=())


def decide(standing: Standing, on: date, terms: Terms) -> Decision:
    """What of a case is due for a decision on a day, and what is missing. Never a cancellation. Pure.

    A notice, or all means tried in vain; the ten days over, those of a later paper and ten after the answer to what was
    disputed in time as well; no question or offer that waits; the threshold met by what the notice named and is unpaid;
    nobody in hospital; evidence that is whole.
    """
    if code := outside(standing.contract, terms):
        return Decision(False, missing=(code,))
    basis, since = _basis(standing, terms)
    if since is None:
        return Decision(False, missing=("no_notice", *_untried(_tries(standing, terms), terms)))
    answered = _deadline(since, standing.questioned, terms)
    deadline = max(answered, standing.promised or answered)
    missing = ["cancelled_already"] if has_ended(standing.contract, on) else []
    missing += _unpaid_enough(standing, since, on, terms)
    if any(question.answered_on is None for question in standing.questioned):
        missing.append("dispute_open")
    if standing.negotiating:
        missing.append("negotiation_open")
    if on <= deadline:
        missing.append("deadline_running")
    if standing.in_hospital:
        missing.append("in_hospital")
    if not standing.evidence_intact:
        missing.append("evidence_broken")
    why = [basis, *(["answered_dispute"] if answered > deadline_of(since, terms) else [])]
    why += ["promised_later"] if deadline > answered else []
    why += ["negotiated"] if standing.negotiated else []
    return Decision(not missing, basis, since, deadline, tuple(why), tuple(missing))


def _basis(standing: Standing, terms: Terms) -> tuple[str, date | None]:
    dates = [verdict.noticed_on for verdict in standing.notices if verdict.counts and verdict.noticed_on]
    if dates:
        return "noticed", min(dates)
    tries = _tries(standing, terms)
    latest = {attempt.means: attempt for attempt in sorted(tries, key=lambda one: (one.on, one.failed))}
    if tries and not _untried(tries, terms) and all(attempt.failed for attempt in latest.values()):
        return "tried_in_vain", max(attempt.on for attempt in tries)
    return "", None


def _tries(standing: Standing, terms: Terms) -> list[Try]:
    return tries_that_count(standing.contract, standing.fees, standing.tries, terms)


def carries(decision: Decision) -> bool:
    """Whether the notice of a decision still speaks of a debt that is enough, or grows to it; else a new one is due."""
    return not {"nothing_unpaid", "threshold_no_more", "debt_changed"} & set(decision.missing)


def _untried(tries: Sequence[Try], terms: Terms) -> tuple[str, ...]:
    """The means of the ladder that nobody has tried yet, as codes."""
    tried = {attempt.means for attempt in tries}
    return tuple(f"untried_{means}" for means in terms.ladder if means not in tried)


def _deadline(since: date, questioned: Sequence[Questioned], terms: Terms) -> date:
    """The last day to pay: ten days anew from each answer to what was disputed by then, before the notice or after."""
    deadline = deadline_of(since, terms)
    for question in sorted(questioned, key=lambda one: one.on):
        if question.on <= deadline and question.answered_on is not None and question.answered_on >= since:
            deadline = max(deadline, deadline_of(question.answered_on, terms))
    return deadline


def _unpaid_enough(standing: Standing, since: date, on: date, terms: Terms) -> list[str]:
    notified = standing.notified
    due = [fee for fee in standing.fees if fee.due_on < since]
    told = [fee for fee in due if notified is None or fee.billing_month in notified - standing.changed]
    unpaid = arrears_on(told, on, terms).fees
    if standing.changed and not threshold_met(standing.contract, told, on, terms):
        return ["debt_changed"]
    if not unpaid:
        return ["nothing_unpaid"]
    if threshold_met(standing.contract, told, on, terms):
        return []
    months = notified if notified is not None else {fee.billing_month for fee in told}
    grows = not counts_fees(standing.contract, terms) and {fee.billing_month for fee in unpaid} == set(months)
    return ["threshold_not_yet" if grows else "threshold_no_more"]

"""RN 593/2023 with RN 617/2024: whom the rule concerns, when its threshold is met, what dates a notice.

All of it is pure. Each figure is a field of `Terms`, which the settings fill. What follows, after the ten days, is a
person's to decide: `due` says when he may.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from backend.delinquency.why import SENTENCES
from backend.store.clock import local

Means = Literal["whatsapp", "email", "call", "letter"]
LADDER: tuple[Means, ...] = ("whatsapp", "email", "call", "letter")
# Individual and family plans, sole entrepreneurs; collective ones only where the beneficiary pays the operator.
_DIRECT = frozenset({"individual", "family", "sole_entrepreneur"})
# What the codes of verdicts and decisions say to people.
WHY = SENTENCES


@dataclass(frozen=True, slots=True)
class Terms:
    """The rule's figures. `days_once`: each day of arrears counts once, however many fees are unpaid on it.

    `notice_from_day` of arrears a notice by days may be given at the earliest: the rule names no such day, only
    `notice_by_day`, by which notice is wanted; what is decided waits for more than sixty all the same.
    """

    two_fees_from: date = date(2024, 12, 1)
    fees: int = 2
    more_than_days: int = 60
    window_months: int = 12
    notice_days: int = 10
    notice_from_day: int = 50
    notice_by_day: int = 50
    regulated_from: date = date(1999, 1, 1)
    days_once: bool = True
    whatsapp_counts: bool = False
    tap_counts: bool = False
    ladder: tuple[str, ...] = LADDER


@dataclass(frozen=True, slots=True)
class Signed:
    """What of a contract decides. `adapted`: one from before 1999 that was brought under Law 9.656/1998.

    `clause`: a collective contract says that arrears may end it.
    """

    signed_on: date
    kind: str
    pays_directly: bool = True
    adapted: bool = False
    clause: bool = False
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """A month's fee, `amount` in reais. `in_time_until` is the last day without arrears, where banks were closed.

    `excused` says why its arrears are the operator's own (no slip to be had, a failed direct debit); they never count.
    """

    billing_month: date
    due_on: date
    amount: Decimal
    paid_on: date | None = None
    in_time_until: date | None = None
    excused: str = ""

    def days_late(self, on: date) -> int:
        """Days of arrears on a day, 0 where there are none; those of a fee that was paid by then are over."""
        if self.paid_on is not None and self.paid_on <= on:
            return 0
        return max(0, (on - (self.in_time_until or self.due_on)).days)


@dataclass(frozen=True, slots=True)
class Arrears:
    """What is unpaid and counts on a day: fees of the window, oldest first, and their days of arrears together."""

    fees: tuple[Fee, ...] = ()
    days: int = 0
    oldest_days: int = 0

    @property
    def months(self) -> tuple[date, ...]:
        """The billing months of these fees."""
        return tuple(fee.billing_month for fee in self.fees)


def arrears_on(fees: Sequence[Fee], on: date, terms: Terms) -> Arrears:
    """The arrears that count on a day. Pure.

    Fees that fell due within the last twelve months and are unpaid; neither what was paid meanwhile nor what the
    operator caused. The days are their sum, a day on which several fees were unpaid counted once unless the setting
    says per fee: what is unpaid is so from its due date until today, so all days together are the oldest fee's.
    """
    start = months_before(on, terms.window_months)
    counted = [(late, fee) for fee in fees if not fee.excused and fee.due_on >= start and (late := fee.days_late(on))]
    counted.sort(key=lambda one: (one[1].due_on, one[1].billing_month))
    oldest = max((late for late, _ in counted), default=0)
    days = oldest if terms.days_once else sum(late for late, _ in counted)
    return Arrears(tuple(fee for _, fee in counted), days, oldest)


def outside(contract: Signed, terms: Terms) -> str:
    """Why the rule does not concern a contract, as a code of `WHY`; empty where it does. Pure. [RN 593, scope]"""
    if contract.signed_on < terms.regulated_from and not contract.adapted:
        return "before_1999"
    if contract.kind in _DIRECT:
        return ""
    if not contract.pays_directly:
        return "through_company"
    return "" if contract.clause else "no_clause"


def counts_fees(contract: Signed, terms: Terms) -> bool:
    """Whether the contract's date makes fees decide (two of them) and not days (more than sixty). Pure. [RN 617]"""
    return contract.signed_on >= terms.two_fees_from


def threshold_met(contract: Signed, fees: Sequence[Fee], on: date, terms: Terms) -> bool:
    """Whether the arrears of a day are enough for the rule: two fees, or more than sixty days. Pure."""
    found = arrears_on(fees, on, terms)
    if counts_fees(contract, terms):
        return len(set(found.months)) >= terms.fees
    return found.days > terms.more_than_days


def may_notice(contract: Signed, fees: Sequence[Fee], on: date, terms: Terms) -> bool:
    """Whether a notice may be given on this day: the rule concerns a contract that lives, and enough is unpaid. Pure.

    Two fees have to be unpaid on the day itself. Days may be as few as make more than sixty once the ten are over, or
    the fewer of `notice_from_day`: notice by the fiftieth day is what the rule wants.
    """
    if outside(contract, terms) or has_ended(contract, on):
        return False
    late = arrears_on(fees, on, terms)
    if counts_fees(contract, terms) or not late.fees:
        return threshold_met(contract, fees, on, terms)
    return late.days >= terms.notice_from_day or threshold_met(
        contract, late.fees, deadline_of(on, terms) + timedelta(days=1), terms
    )


def has_ended(contract: Signed, on: date) -> bool:
    """Whether the contract has ended by this day. Pure."""
    return contract.ended_on is not None and contract.ended_on <= on


def deadline_of(noticed_on: date, terms: Terms) -> date:
    """The last of the ten calendar days; the day of the notice is not one of them. Pure."""
    return noticed_on + timedelta(days=terms.notice_days)


# -- what dates a notice

Answer = Literal["typed", "tap", "none"]
By = Literal["answers", "another", "unknown"]


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact in which the whole content was told. `at` is the confirming answer's time, aware.

    `by` is who was identified: one who answers for the contract, somebody else, nobody. `confirms`: what was typed says
    that he knows. `delivered` is None while nobody knows. `proof` is what the other means ask for: a recorded call
    with the facts confirmed, a certified or read e-mail, a letter's receipt.
    """

    means: str
    at: datetime
    registered: bool = True
    by: str = "answers"
    whole: bool = True
    delivered: bool | None = True
    answer: str = "typed"
    confirms: bool = True
    proof: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a contact is a notice; `why` are codes of `WHY`, all that speak against it, or what it rests on.

    `noticed_on` and `deadline` are local days, there only where it counts. `pending`: a code may still fall away.
    """

    counts: bool
    why: tuple[str, ...]
    noticed_on: date | None = None
    deadline: date | None = None
    pending: bool = False


def judge_contact(contract: Signed, fees: Sequence[Fee], contact: Contact, terms: Terms) -> Verdict:
    """Whether a contact dates a notice, and why. Pure. [RN 593: means, content, confirmation]

    An older contract names means of its own, and we do not know which: there a confirmed awareness is asked of every
    means, which cures one that is not named.
    """
    on = local(contact.at).date()
    against = [
        *_of_the_debt(contract, fees, on, terms),
        *_of_the_address(contact),
        *_of_the_means(contract, contact, terms),
    ]
    pending = against == ["delivery_unknown"]
    if against:
        return Verdict(False, tuple(against), pending=pending)
    late = arrears_on(fees, on, terms).oldest_days > terms.notice_by_day
    why = ("confirmed", "late_but_ten_days") if late else ("confirmed",)
    return Verdict(True, why, on, deadline_of(on, terms))


def _of_the_debt(contract: Signed, fees: Sequence[Fee], on: date, terms: Terms) -> list[str]:
    if code := outside(contract, terms):
        return [code]
    if has_ended(contract, on):
        return ["cancelled_already"]
    if not arrears_on(fees, on, terms).fees:
        return ["nothing_unpaid"]
    return [] if may_notice(contract, fees, on, terms) else ["threshold_not_met"]


def _of_the_address(contact: Contact) -> list[str]:
    codes = [] if contact.registered else ["not_registered"]
    if contact.by == "another":
        codes.append("another_person")
    elif contact.by != "answers":
        codes.append("not_identified")
    if not contact.whole:
        codes.append("not_whole")
    return codes


def _of_the_means(contract: Signed, contact: Contact, terms: Terms) -> list[str]:
    if contact.means != "whatsapp":
        codes = [] if contact.proof else ["no_proof"]
        return codes if contact.confirms or counts_fees(contract, terms) else [*codes, "not_confirmed"]
    codes = [] if terms.whatsapp_counts else ["whatsapp_off"]
    if contact.delivered is None:
        codes.append("delivery_unknown")
    elif not contact.delivered:
        codes.append("not_delivered")
    if contact.answer == "none":
        codes.append("not_answered")
    elif contact.answer == "tap" and not terms.tap_counts:
        codes.append("tap_only")
    elif not contact.confirms:
        codes.append("not_confirmed")
    return codes


# -- what was tried and what was questioned


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt by a means, on a local day; `failed` where it reached nobody."""

    means: str
    on: date
    failed: bool = True


@dataclass(frozen=True, slots=True)
class Questioned:
    """A dispute of the debt, or a payment that was reported: the day it came and the day it was answered."""

    on: date
    answered_on: date | None = None


def tries_that_count(contract: Signed, fees: Sequence[Fee], tries: Sequence[Try], terms: Terms) -> list[Try]:
    """The attempts that could have been a notice: before enough was unpaid nothing was tried in vain. Pure."""
    living = replace(contract, ended_on=None)  # what was tried while it lived stays tried
    return [attempt for attempt in tries if may_notice(living, fees, attempt.on, terms)]


def months_before(day: date, months: int) -> date:
    """The same day so many months before, or the month's last. Pure."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

"""What is due for a person's decision, and what is missing before it is: one line a case. Nothing is ever cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.delinquency.due import Standing, decide
from backend.delinquency.rules import WHY, Questioned, Signed, Terms, Try, Verdict, deadline_of
from tests.backend.delinquency.ruling import (
    NEW,
    OLD,
    ON,
    TODAY,
    ago,
    disputed,
    fee,
    fees,
    noticed,
    standing,
    tried,
)

TWO, NOTICED = (90, 60), (noticed(11),)
COMPANY = Signed(date(2025, 3, 1), "collective", pays_directly=False, clause=True)

# The standing, whether a decision is due, what it rests on or what is missing.
CASES = {
    # -- a notice and its ten days
    "noticed eleven days ago": (standing(NEW, *TWO, notices=NOTICED), True, ("noticed",)),
    "noticed ten days ago: the tenth day is not over": (
        standing(NEW, *TWO, notices=(noticed(10),)), False, ("deadline_running",),
    ),
    "noticed today": (standing(NEW, *TWO, notices=(noticed(0),)), False, ("deadline_running",)),
    "noticed twice: the first one's days run": (standing(NEW, *TWO, notices=(noticed(3), noticed(20))), True, ("noticed",)),
    "a contact that was none": (
        standing(NEW, *TWO, notices=(Verdict(False, ("tap_only",)),)), False,
        ("no_notice", "untried_whatsapp", "untried_email", "untried_call", "untried_letter"),
    ),
    "nobody was reached or tried": (
        standing(NEW, *TWO), False, ("no_notice", "untried_whatsapp", "untried_email", "untried_call", "untried_letter"),
    ),
    "old contract, 61 days, noticed on the 50th": (standing(OLD, 61, notices=NOTICED), True, ("noticed",)),
    "old contract, 60 days are not more than sixty": (
        standing(OLD, 60, notices=(noticed(15),)), False, ("threshold_not_yet",),
    ),
    "old contract, noticed on the 45th, day 56": (standing(OLD, 56, notices=NOTICED), False, ("threshold_not_yet",)),
    # -- paid in the meantime
    "one of two fees paid in the ten days": (
        Standing(NEW, (fee(60, paid_on=ago(2)), fee(30)), notices=NOTICED), False, ("threshold_no_more",),
    ),
    "one of three fees paid": (
        Standing(NEW, (fee(90, paid_on=ago(2)), fee(60), fee(30)), notices=NOTICED), True, ("noticed",),
    ),
    "all paid": (Standing(NEW, tuple(fee(days, paid_on=ago(1)) for days in TWO), notices=NOTICED), False, ("nothing_unpaid",)),
    "nothing is in the ledger any more": (standing(NEW, notices=NOTICED), False, ("nothing_unpaid",)),
    "old contract, the oldest fee paid": (
        Standing(OLD, (fee(80, paid_on=ago(2)), fee(50)), notices=NOTICED), False, ("threshold_no_more",),
    ),
    "a fee that fell due after the notice does not count": (
        Standing(NEW, fees(60, 5), notices=NOTICED), False, ("threshold_no_more",),
    ),
    "a fee that the notice did not name does not count": (
        Standing(NEW, fees(60, 30), notified=frozenset({fee(60).billing_month}), notices=NOTICED), False,
        ("threshold_no_more",),
    ),
    "both fees are named": (
        Standing(NEW, fees(60, 30), notified=frozenset(one.billing_month for one in fees(60, 30)), notices=NOTICED), True,
        ("noticed",),
    ),
    "the slip of one was not to be had": (
        Standing(NEW, (fee(60, excused="no_slip"), fee(30)), notices=NOTICED), False, ("threshold_no_more",),
    ),
    "one fee's amount is not any more what the notice said": (
        Standing(NEW, fees(60, 30), notified=frozenset(one.billing_month for one in fees(60, 30)),
                 changed=frozenset({fee(30).billing_month}), notices=NOTICED), False, ("debt_changed",),
    ),
    "one of three fees changed: the two others are enough": (
        Standing(NEW, fees(90, 60, 30), notified=frozenset(one.billing_month for one in fees(90, 60, 30)),
                 changed=frozenset({fee(30).billing_month}), notices=NOTICED), True, ("noticed",),
    ),
    "a notice that named nothing that counts speaks of nothing": (
        Standing(NEW, fees(60, 30), notified=frozenset(), notices=NOTICED), False, ("nothing_unpaid",),
    ),
    # -- what we promised, what was offered to us
    "a later paper's ten days run": (
        standing(NEW, *TWO, notices=(noticed(20),), promised=ago(0)), False, ("deadline_running",),
    ),
    "a later paper's ten days are over": (
        standing(NEW, *TWO, notices=(noticed(20),), promised=ago(1)), True, ("noticed", "promised_later"),
    ),
    "tried in vain, and a paper's ten days run": (
        standing(NEW, *TWO, tries=tried(20, 17, 14, 11), promised=TODAY), False, ("deadline_running",),
    ),
    "an offer waits for its answer": (standing(NEW, *TWO, notices=NOTICED, negotiating=True), False, ("negotiation_open",)),
    "an offer was answered: whoever decides is told": (
        standing(NEW, *TWO, notices=NOTICED, negotiated=True), True, ("noticed", "negotiated"),
    ),
    # -- hospital, dispute, evidence, an end
    "the holder is in hospital": (standing(NEW, *TWO, notices=NOTICED, in_hospital=True), False, ("in_hospital",)),
    "disputed in time, not answered": (
        standing(NEW, *TWO, notices=(noticed(30),), questioned=(disputed(25),)), False, ("dispute_open",),
    ),
    "disputed in time, answered ten days ago": (
        standing(NEW, *TWO, notices=(noticed(30),), questioned=(disputed(25, 10),)), False, ("deadline_running",),
    ),
    "disputed in time, answered eleven days ago": (
        standing(NEW, *TWO, notices=(noticed(30),), questioned=(disputed(25, 11),)), True, ("noticed", "answered_dispute"),
    ),
    "disputed on the tenth day, answered since": (
        standing(NEW, *TWO, notices=(noticed(30),), questioned=(disputed(20, 11),)), True, ("noticed", "answered_dispute"),
    ),
    "disputed after the ten days, answered yesterday": (
        standing(NEW, *TWO, notices=(noticed(30),), questioned=(disputed(19, 1),)), True, ("noticed",),
    ),
    "disputed after the ten days, not answered: it waits": (
        standing(NEW, *TWO, notices=(noticed(30),), questioned=(disputed(19),)), False, ("dispute_open",),
    ),
    "disputed before the notice, not answered": (
        standing(NEW, *TWO, notices=(noticed(30),), questioned=(disputed(40),)), False, ("dispute_open",),
    ),
    "disputed before the notice, answered after it": (
        standing(NEW, *TWO, notices=(noticed(30),), questioned=(disputed(40, 9),)), False, ("deadline_running",),
    ),
    "disputed and answered before the notice": (
        standing(NEW, *TWO, notices=NOTICED, questioned=(disputed(40, 35),)), True, ("noticed",),
    ),
    "disputed again within the new ten days": (
        standing(NEW, *TWO, notices=(noticed(40),), questioned=(disputed(35, 28), disputed(20, 5))), False,
        ("deadline_running",),
    ),
    "the evidence does not fit": (standing(NEW, *TWO, notices=NOTICED, evidence_intact=False), False, ("evidence_broken",)),
    "cancelled already": (
        standing(replace(NEW, ended_on=ago(1)), *TWO, notices=NOTICED), False, ("cancelled_already",),
    ),
    "all that is missing is said": (
        standing(NEW, *TWO, notices=(noticed(5),), questioned=(disputed(2),), in_hospital=True, evidence_intact=False),
        False, ("dispute_open", "deadline_running", "in_hospital", "evidence_broken"),
    ),
    # -- whom the rule does not concern
    "through a company": (standing(COMPANY, *TWO, notices=NOTICED), False, ("through_company",)),
    "from before 1999": (standing(Signed(date(1998, 5, 4), "individual"), *TWO, notices=NOTICED), False, ("before_1999",)),
    # -- all means in vain
    "all means tried in vain, the last eleven days ago": (
        standing(NEW, *TWO, tries=tried(20, 17, 14, 11)), True, ("tried_in_vain",),
    ),
    "all means tried in vain, the last ten days ago": (
        standing(NEW, *TWO, tries=tried(20, 17, 14, 10)), False, ("deadline_running",),
    ),
    "no letter was tried": (
        standing(NEW, *TWO, tries=tried(20, 17, 14, means=("whatsapp", "email", "call"))), False,
        ("no_notice", "untried_letter"),
    ),
    "a letter is still on its way": (
        standing(NEW, *TWO, tries=(*tried(20, 17, 14, means=("whatsapp", "email", "call")), Try("letter", ago(11), False))),
        False, ("no_notice",),
    ),
    "tried before there were two fees": (
        standing(NEW, *TWO, tries=tried(65, 64, 63, 11)), False,
        ("no_notice", "untried_whatsapp", "untried_email", "untried_call"),
    ),
    "old contract, tried on its 20th day": (
        standing(OLD, 61, tries=tried(41, 10, 10, 10)), False, ("no_notice", "untried_whatsapp"),
    ),
    "a notice is worth more than attempts": (
        standing(NEW, *TWO, notices=(noticed(5),), tries=tried(28, 27, 26, 25)), False, ("deadline_running",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("known", "due", "why"), CASES.values(), ids=CASES)
def test_a_decision_is_due_or_it_is_said_what_is_missing(known: Standing, due: bool, why: tuple[str, ...]) -> None:
    found = decide(known, TODAY, ON)
    assert (found.due, found.why if due else found.missing) == (due, why)


def test_with_the_cases_of_notices_there_are_far_more_than_forty() -> None:
    assert len(CASES) >= 40


def test_every_reason_is_said_in_words() -> None:
    assert {code for case in CASES.values() for code in case[-1]} <= WHY.keys()


def test_a_ladder_without_letters_asks_for_none() -> None:
    known = standing(NEW, *TWO, tries=tried(20, 17, means=("whatsapp", "call")))
    assert decide(known, TODAY, replace(ON, ladder=("whatsapp", "call"))).due


def test_the_tenth_day_ends_at_midnight() -> None:
    known = standing(NEW, *TWO, notices=(noticed(10),))
    assert decide(known, TODAY, ON).missing == ("deadline_running",)
    assert decide(known, TODAY + timedelta(days=1), ON).due


DAYS = st.integers(0, 90)
QUESTIONS = st.lists(
    st.tuples(DAYS, st.none() | DAYS).map(lambda one: disputed(one[0], None if one[1] is None else min(one))), max_size=3
)  # fmt: skip
STANDINGS = st.builds(
    Standing, st.sampled_from([NEW, OLD, COMPANY, replace(NEW, ended_on=ago(3))]),
    st.lists(st.builds(fee, st.integers(0, 420), paid_on=st.none() | st.dates(ago(60), TODAY)), max_size=4),
    notices=st.lists(DAYS.map(noticed), max_size=2),
    tries=st.lists(st.builds(Try, st.sampled_from(ON.ladder), DAYS.map(ago), st.booleans()), max_size=6),
    questioned=QUESTIONS, in_hospital=st.booleans(), evidence_intact=st.booleans(), negotiating=st.booleans(),
    promised=st.none() | st.integers(-20, 60).map(ago), negotiated=st.booleans(),
)  # fmt: skip


@given(STANDINGS, st.integers(0, 30))
def test_nothing_is_due_while_something_is_missing_nor_before_ten_days(known: Standing, ahead: int) -> None:
    on = TODAY + timedelta(days=ahead)
    found = decide(known, on, ON)
    assert found.due is not bool(found.missing)
    assert {*found.why, *found.missing} <= WHY.keys()
    if found.deadline is not None:
        assert found.noticed_on is not None
        assert found.deadline >= found.noticed_on + timedelta(days=10)
    if found.due:
        assert found.deadline is not None
        assert on > found.deadline
        assert not known.in_hospital
        assert known.evidence_intact
        assert not known.negotiating
        assert known.promised is None or known.promised < on
        assert all(question.answered_on for question in known.questioned)
        assert any(fee.days_late(on) for fee in known.fees)


@given(STANDINGS, QUESTIONS)
def test_a_question_never_brings_a_decision_forward(known: Standing, more: list[Questioned]) -> None:
    without, asked = decide(known, TODAY, ON), decide(replace(known, questioned=[*known.questioned, *more]), TODAY, ON)
    assert without.due or not asked.due
    assert (asked.deadline or date.max) >= (without.deadline or date.max)


@given(STANDINGS, st.integers(10, 40))
def test_more_days_to_pay_only_move_the_deadline_back(known: Standing, days: int) -> None:
    terms: Terms = replace(ON, notice_days=days)
    first, longer = decide(known, TODAY, ON), decide(known, TODAY, terms)
    if first.noticed_on is not None and longer.noticed_on == first.noticed_on:
        assert longer.deadline is not None
        assert longer.deadline >= deadline_of(first.noticed_on, terms)

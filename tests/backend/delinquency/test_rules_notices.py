"""What dates a notice under RN 593, and why a contact is none: one line a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.delinquency.rules import (
    WHY,
    Contact,
    Fee,
    Signed,
    Terms,
    arrears_on,
    judge_contact,
    may_notice,
    months_before,
    outside,
)
from tests.backend.delinquency.ruling import NEW, NOON, OLD, ON, TODAY, ago, contact, fee, fees

COLLECTIVE = Signed(date(2025, 3, 1), "collective", clause=True)
COUNTS = ("confirmed",)

# The contract, its fees by days late, the contact, the terms; then whether it counts, and why.
CASES = {
    # -- what the contract's date decides
    "new contract, two fees": (NEW, fees(40, 10), contact(), ON, True, COUNTS),
    "new contract, two fees that are not consecutive": (NEW, fees(45, 1), contact(), ON, True, COUNTS),
    "new contract, three fees": (NEW, fees(50, 40, 10), contact(), ON, True, COUNTS),
    "new contract, one fee of 49 days": (NEW, fees(49), contact(), ON, False, ("threshold_not_met",)),
    "new contract, one fee of 300 days": (NEW, fees(300), contact(), ON, False, ("threshold_not_met",)),
    "new contract, two fees, the second due today": (NEW, fees(31, 0), contact(), ON, False, ("threshold_not_met",)),
    "new contract, two fees of one month": (
        NEW, (fee(10), replace(fee(10), due_on=ago(9))), contact(), ON, False, ("threshold_not_met",),
    ),
    "new contract, two fees, one older than a year": (NEW, fees(400, 10), contact(), ON, False, ("threshold_not_met",)),
    "signed on 30 November 2024, one fee of 50 days": (OLD, fees(50), contact(), ON, True, COUNTS),
    "signed on 1 December 2024, one fee of 50 days": (NEW, fees(50), contact(), ON, False, ("threshold_not_met",)),
    "old contract, one fee of 49 days": (OLD, fees(49), contact(), ON, False, ("threshold_not_met",)),
    "old contract, 49 days, the operator notices from the 45th": (
        OLD, fees(49), contact(), replace(ON, notice_from_day=45), True, COUNTS,
    ),
    "old contract, 44 days, the operator notices from the 45th": (
        OLD, fees(44), contact(), replace(ON, notice_from_day=45), False, ("threshold_not_met",),
    ),
    "old contract, one fee of 51 days": (OLD, fees(51), contact(), ON, True, ("confirmed", "late_but_ten_days")),
    "old contract, one fee of 200 days": (OLD, fees(200), contact(), ON, True, ("confirmed", "late_but_ten_days")),
    "old contract, two fees of 40 and 10 days, a day counted once": (
        OLD, fees(40, 10), contact(), ON, False, ("threshold_not_met",),
    ),
    "old contract, two fees of 40 and 10 days, each counted": (
        OLD, fees(40, 10), contact(), replace(ON, days_once=False), True, COUNTS,
    ),
    # -- what is no debt, or not any more
    "nothing unpaid": (NEW, (), contact(), ON, False, ("nothing_unpaid",)),
    "all paid in between": (
        NEW, (fee(40, paid_on=ago(1)), fee(10, paid_on=ago(1))), contact(), ON, False, ("nothing_unpaid",),
    ),
    "one of two paid in between": (NEW, (fee(40, paid_on=ago(1)), fee(10)), contact(), ON, False, ("threshold_not_met",)),
    "paid on the very day": (NEW, (fee(40, paid_on=TODAY), fee(10)), contact(), ON, False, ("threshold_not_met",)),
    "paid a day later": (NEW, (fee(40, paid_on=ago(-1)), fee(10)), contact(), ON, True, COUNTS),
    "one slip could not be had": (NEW, (fee(40, excused="no_slip"), fee(10)), contact(), ON, False, ("threshold_not_met",)),
    "a direct debit failed": (OLD, (fee(70, excused="debit"),), contact(), ON, False, ("nothing_unpaid",)),
    "due on a Sunday, and Monday is in time": (
        NEW, (fee(40), fee(1, in_time_until=TODAY)), contact(), ON, False, ("threshold_not_met",),
    ),
    "due twelve months ago to the day": (NEW, fees(365, 10), contact(), ON, True, ("confirmed", "late_but_ten_days")),
    "due a day more than twelve months ago": (NEW, fees(366, 10), contact(), ON, False, ("threshold_not_met",)),
    "older than the window of twelve months": (OLD, fees(366), contact(), ON, False, ("nothing_unpaid",)),
    # -- whom the rule concerns
    "signed before 1999": (replace(OLD, signed_on=date(1998, 12, 31)), fees(70), contact(), ON, False, ("before_1999",)),
    "signed before 1999 and adapted": (
        replace(OLD, signed_on=date(1998, 12, 31), adapted=True), fees(50), contact(), ON, True, COUNTS,
    ),
    "paid through a company": (
        replace(COLLECTIVE, pays_directly=False), fees(40, 10), contact(), ON, False, ("through_company",),
    ),
    "collective, paid directly": (COLLECTIVE, fees(40, 10), contact(), ON, True, COUNTS),
    "collective without the clause": (replace(COLLECTIVE, clause=False), fees(40, 10), contact(), ON, False, ("no_clause",)),
    "family plan": (replace(NEW, kind="family"), fees(40, 10), contact(), ON, True, COUNTS),
    "sole entrepreneur": (replace(NEW, kind="sole_entrepreneur"), fees(40, 10), contact(), ON, True, COUNTS),
    "cancelled already": (replace(NEW, ended_on=TODAY), fees(40, 10), contact(), ON, False, ("cancelled_already",)),
    "leaves tomorrow": (replace(NEW, ended_on=ago(-1)), fees(40, 10), contact(), ON, True, COUNTS),
    # -- by whom, from where, and to what
    "an unregistered number": (NEW, fees(40, 10), contact(registered=False), ON, False, ("not_registered",)),
    "answered by another person": (NEW, fees(40, 10), contact(by="another"), ON, False, ("another_person",)),
    "answered by nobody known": (NEW, fees(40, 10), contact(by="unknown"), ON, False, ("not_identified",)),
    "the content was not whole": (NEW, fees(40, 10), contact(whole=False), ON, False, ("not_whole",)),
    "delivered, not answered": (NEW, fees(40, 10), contact(answer="none"), ON, False, ("not_answered",)),
    "not delivered": (NEW, fees(40, 10), contact(delivered=False, answer="none"), ON, False, ("not_delivered", "not_answered")),
    "a tap on a button only": (NEW, fees(40, 10), contact(answer="tap"), ON, False, ("tap_only",)),
    "a tap, where the setting says that it counts": (
        NEW, fees(40, 10), contact(answer="tap"), replace(ON, tap_counts=True), True, COUNTS,
    ),
    "'quem é?'": (NEW, fees(40, 10), contact(confirms=False), ON, False, ("not_confirmed",)),
    "WhatsApp is no means, the setting is off": (NEW, fees(40, 10), contact(), Terms(), False, ("whatsapp_off",)),
    "delivery is not known yet": (NEW, fees(40, 10), contact(delivered=None), ON, False, ("delivery_unknown",)),
    "all that speaks against it is said": (
        NEW, fees(40), contact(registered=False, by="unknown", answer="none"), Terms(), False,
        ("threshold_not_met", "not_registered", "not_identified", "whatsapp_off", "not_answered"),
    ),
    # -- the other means
    "a recorded call with the facts confirmed": (NEW, fees(40, 10), contact(means="call"), Terms(), True, COUNTS),
    "a call that nobody recorded": (NEW, fees(40, 10), contact(means="call", proof=False), ON, False, ("no_proof",)),
    "an e-mail that was read": (NEW, fees(40, 10), contact(means="email", confirms=False), ON, True, COUNTS),
    "an e-mail without a confirmation of reading": (NEW, fees(40, 10), contact(means="email", proof=False), ON, False, ("no_proof",)),
    "a letter with its receipt": (NEW, fees(40, 10), contact(means="letter", confirms=False), ON, True, COUNTS),
    "an old contract: a letter's receipt, awareness not confirmed": (
        OLD, fees(50), contact(means="letter", confirms=False), ON, False, ("not_confirmed",),
    ),
    "an old contract: a call in which he confirmed": (OLD, fees(50), contact(means="call"), ON, True, COUNTS),
    "an e-mail to an address outside the register": (
        NEW, fees(40, 10), contact(means="email", registered=False), ON, False, ("not_registered",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("contract", "owed", "made", "terms", "counts", "why"), CASES.values(), ids=CASES)
def test_a_contact_is_a_notice_or_it_is_said_why_not(
    *, contract: Signed, owed: Sequence[Fee], made: Contact, terms: Terms, counts: bool, why: tuple[str, ...]
) -> None:
    verdict = judge_contact(contract, owed, made, terms)
    assert (verdict.counts, verdict.why) == (counts, why)
    assert (verdict.noticed_on is not None, verdict.deadline is not None) == (counts, counts)


def test_there_are_at_least_forty_cases() -> None:
    assert len(CASES) >= 40


def test_every_reason_is_said_in_words() -> None:
    assert {code for case in CASES.values() for code in case[-1]} <= WHY.keys()


def test_only_a_delivery_that_is_not_known_may_still_fall_away() -> None:
    assert judge_contact(NEW, fees(40, 10), contact(delivered=None), ON).pending
    assert not judge_contact(NEW, fees(40, 10), contact(delivered=None, by="another"), ON).pending
    assert not judge_contact(NEW, fees(40, 10), contact(delivered=False), ON).pending


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 24, 2, 59, tzinfo=UTC), TODAY),  # 23:59 in São Paulo
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), TODAY + timedelta(days=1)),
    ],
)
def test_the_day_of_a_notice_is_sao_paulos_and_is_not_one_of_the_ten(at: datetime, day: date) -> None:
    verdict = judge_contact(NEW, fees(40, 10), contact(at=at), ON)
    assert (verdict.noticed_on, verdict.deadline) == (day, day + timedelta(days=10))


def test_the_ten_days_go_over_weekends_holidays_and_the_year() -> None:
    at = datetime(2026, 12, 24, 15, 0, tzinfo=UTC)
    assert judge_contact(NEW, fees(60, 30), contact(at=at), ON).deadline == date(2027, 1, 3)  # a Sunday


@pytest.mark.parametrize(("year", "last"), [(2028, date(2028, 3, 1)), (2027, date(2027, 3, 2))])
def test_the_ten_days_count_a_leap_day(year: int, last: date) -> None:
    day = date(year, 2, 20)
    owed = [fee(60, on=day), fee(30, on=day)]
    assert judge_contact(NEW, owed, contact(at=datetime(year, 2, 20, 15, tzinfo=UTC)), ON).deadline == last


def test_days_on_which_two_fees_are_unpaid_count_once_unless_each_counts() -> None:
    assert arrears_on(fees(40, 10), TODAY, ON).days == 40
    assert arrears_on(fees(40, 10), TODAY, replace(ON, days_once=False)).days == 50


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (TODAY, 12, date(2025, 11, 23)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2026, 12, 31), 1, date(2026, 11, 30)),
        (date(2026, 1, 31), 2, date(2025, 11, 30)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
    ],
)
def test_the_window_begins_on_the_same_day_or_the_months_last(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


CONTRACTS = st.builds(
    Signed, st.dates(date(1990, 1, 1), TODAY), st.sampled_from(["individual", "family", "collective", "sole_entrepreneur"]),
    pays_directly=st.booleans(), adapted=st.booleans(), clause=st.booleans(),
    ended_on=st.none() | st.dates(ago(60), ago(-60)),
)  # fmt: skip
FEES = st.lists(st.builds(
    fee, st.integers(-40, 420), paid_on=st.none() | st.dates(ago(60), ago(-10)), excused=st.sampled_from(["", "no_slip"]),
), max_size=5)  # fmt: skip
CONTACTS = st.builds(
    Contact, means=st.sampled_from(["whatsapp", "email", "call", "letter"]),
    at=st.integers(-500, 500).map(lambda hours: NOON + timedelta(hours=hours)), registered=st.booleans(),
    by=st.sampled_from(["answers", "another", "unknown"]), whole=st.booleans(), delivered=st.none() | st.booleans(),
    answer=st.sampled_from(["typed", "tap", "none"]), confirms=st.booleans(), proof=st.booleans(),
)  # fmt: skip
TERMS = st.builds(
    Terms, whatsapp_counts=st.booleans(), tap_counts=st.booleans(), days_once=st.booleans(),
    notice_from_day=st.integers(45, 50), notice_days=st.integers(10, 30),
)  # fmt: skip


@given(CONTRACTS, FEES, CONTACTS, TERMS)
def test_whatever_counts_has_all_that_the_rule_asks_for(
    contract: Signed, owed: list[Fee], made: Contact, terms: Terms
) -> None:
    verdict = judge_contact(contract, owed, made, terms)
    assert verdict.why
    assert set(verdict.why) <= WHY.keys()
    if not verdict.counts:
        assert verdict.noticed_on is verdict.deadline is None
        return
    assert verdict.noticed_on is not None
    assert verdict.deadline is not None
    assert (made.registered, made.by, made.whole) == (True, "answers", True)
    assert not outside(contract, terms)
    assert may_notice(contract, owed, verdict.noticed_on, terms)
    assert verdict.deadline - verdict.noticed_on >= timedelta(days=10)
    if made.means == "whatsapp":
        assert (terms.whatsapp_counts, made.delivered, made.confirms) == (True, True, True)
        assert made.answer == "typed" or terms.tap_counts
    else:
        assert made.proof


@given(CONTRACTS, FEES, st.integers(0, 4), TERMS)
def test_paying_a_fee_never_makes_a_notice_possible(
    contract: Signed, owed: list[Fee], which: int, terms: Terms
) -> None:
    paid = [replace(one, paid_on=ago(300)) if place == which else one for place, one in enumerate(owed)]
    assert may_notice(contract, owed, TODAY, terms) or not may_notice(contract, paid, TODAY, terms)

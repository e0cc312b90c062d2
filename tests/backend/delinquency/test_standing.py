"""A case as the rule sees it when things change after a notice, or around it: to the day, and for nobody else. [RN 593]"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from backend.delinquency import contacts, decisions, noticed
from backend.delinquency.decisions import Due
from backend.delinquency.rules import WHY
from backend.invoices import verbs as invoices
from backend.invoices.tables import Invoice
from backend.protocols import verbs as protocols
from backend.settings import settings
from tests.backend.delinquency.owing import CARLOS, DEBORA, NORMA, NOW, SUPERVISOR, TODAY, Books

AFTER = TODAY + timedelta(days=11)
UNTRIED = ("untried_whatsapp", "untried_email", "untried_call", "untried_letter")


async def due(books: Books, cpf: str = CARLOS, on: date = AFTER) -> Due:
    await books.session.flush()
    found = await decisions.standings(books.session, on=on)
    return next(one for one in found if one.person.cpf == cpf)


async def missing(books: Books, cpf: str = CARLOS, on: date = AFTER) -> tuple[str, ...]:
    found = (await due(books, cpf, on)).decision.missing
    assert set(found) <= WHY.keys()
    return found


async def steps(books: Books, on: date) -> list[tuple[str, str]]:
    await books.session.flush()
    return [(step.person.cpf, step.means) for step in await contacts.worklist(books.session, on=on)]


async def late(books: Books, cpf: str = CARLOS) -> list[Invoice]:
    """The invoices that are late today, the oldest first."""
    person = await books.who(cpf)
    query = select(Invoice).where(
        Invoice.contract_id == person.contract_id, Invoice.state == "open", Invoice.due_on < TODAY
    )
    return list(await books.session.scalars(query.order_by(Invoice.due_on)))


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ladder begins with what a person does."""
    monkeypatch.setattr(settings(), "notice_ladder", "email,call,letter")


# -- the day


@pytest.mark.parametrize(
    ("answered_at", "day"),
    [
        (datetime(2026, 11, 24, 2, 59, tzinfo=UTC), TODAY),  # 23:59 in São Paulo
        (datetime(2026, 11, 24, 3, 1, tzinfo=UTC), TODAY + timedelta(days=1)),  # 00:01
    ],
)
async def test_an_answer_around_midnight_counts_by_sao_paulos_day(
    books: Books, answered_at: datetime, day: date
) -> None:
    notice, _ = await books.given(CARLOS)
    await books.answered(notice, written_at=answered_at, now=answered_at)
    await books.settled(notice, now=answered_at + timedelta(minutes=1))
    assert (notice.notice_on, notice.deadline) == (day, day + timedelta(days=10))
    assert await missing(books, on=day + timedelta(days=10)) == ("deadline_running",)
    assert (await due(books, on=day + timedelta(days=11))).decision.due


# -- what changes after the notice


async def test_who_is_given_a_later_paper_has_the_days_that_it_names(books: Books) -> None:
    await books.noticed(CARLOS)
    again = NOW + timedelta(days=9)
    notice, _ = await books.given(CARLOS, now=again)
    await books.answered(notice, written_at=again, now=again)
    await books.settled(notice, now=again)
    found = await due(books)
    assert found.decision.missing == ("deadline_running",)
    assert found.decision.deadline == TODAY + timedelta(days=19)
    assert (await due(books, on=TODAY + timedelta(days=20))).decision.due


async def test_a_fee_that_was_cancelled_after_the_notice_is_none(books: Books) -> None:
    await books.noticed(CARLOS)
    first, _ = await late(books)
    await invoices.cancel(books.session, invoice=first, reason="dispute", actor=SUPERVISOR, now=NOW)
    assert await missing(books, on=AFTER) == ("no_notice", *UNTRIED)  # a new fee is late by now: a notice may be given
    assert await missing(books, on=TODAY + timedelta(days=1)) == ("threshold_no_more", "deadline_running")


@pytest.mark.parametrize("changed", [{"amount": Decimal("700.00")}, {"due_on": TODAY - timedelta(days=50)}])
async def test_a_debt_that_is_not_what_the_notice_said_needs_a_new_one(
    books: Books, changed: dict[str, object], by_hand: None
) -> None:
    await books.noticed(CARLOS)
    first, second = await late(books)
    for invoice in (first, second):
        for name, value in changed.items():
            setattr(invoice, name, value)
    assert await missing(books) == ("no_notice", "untried_email", "untried_call", "untried_letter")
    assert await steps(books, AFTER + timedelta(days=3)) == [(CARLOS, "email")]


async def test_a_debt_that_changed_and_is_too_small_for_a_new_notice_says_so(books: Books) -> None:
    await books.noticed(CARLOS)
    first, second = await late(books)
    second.amount = Decimal("10.00")
    await invoices.mark_paid(books.session, invoice=first, paid_on=TODAY, amount=first.amount, paid_by="x", actor=SUPERVISOR, now=NOW)  # fmt: skip
    assert "debt_changed" in await missing(books, on=TODAY + timedelta(days=1))


async def test_who_paid_what_he_was_told_and_owes_anew_is_told_anew(books: Books, by_hand: None) -> None:
    await books.noticed(CARLOS)
    first, _ = await late(books)
    first.state, first.paid_on = "paid", TODAY
    on = TODAY + timedelta(days=20)  # next month's fee is late as well
    assert (await missing(books, on=on))[0] == "no_notice"
    assert await steps(books, on) == [(CARLOS, "email")]


async def test_a_payment_that_was_returned_is_owed_again_under_the_same_notice(books: Books) -> None:
    await books.noticed(CARLOS)
    first, _ = await late(books)
    first.state, first.paid_on = "paid", TODAY
    assert "threshold_no_more" in await missing(books, on=TODAY + timedelta(days=1))
    await invoices.reopen(books.session, invoice=first, reason="returned", actor=SUPERVISOR, now=NOW)
    assert (await due(books)).decision.due


async def test_a_delay_that_was_the_operators_when_it_was_told_stays_so_when_the_slip_is_released(books: Books) -> None:
    first, second = await late(books)
    month_before = select(Invoice).where(Invoice.contract_id == first.contract_id, Invoice.due_on < first.due_on)
    before = (await books.session.scalars(month_before.order_by(Invoice.due_on.desc()).limit(1))).one()
    before.state, before.paid_on, before.slip_withheld = "open", None, "debit"
    await books.session.flush()
    notice = await books.noticed(CARLOS)
    assert len(notice.fees) == 3
    before.slip_withheld, first.state, first.paid_on = "", "paid", TODAY
    assert second.state == "open"
    assert (await missing(books, on=TODAY + timedelta(days=1)))[0] == "no_notice"


# -- what waits for an answer of ours


async def test_an_offer_waits_for_its_answer(books: Books) -> None:
    contact = await books.protocol(CARLOS)
    await books.noticed(CARLOS, protocol=contact)
    assert (await due(books)).decision.due
    offer = await books.protocol(CARLOS, "debt_negotiation", NOW + timedelta(days=4))
    assert await missing(books) == ("negotiation_open",)
    await protocols.close_protocol(books.session, protocol=offer, text="Combinado.", actor=SUPERVISOR, now=NOW)
    (await books.case(CARLOS)).negotiated_at = NOW
    assert await missing(books) == ("negotiation_open",)  # in the contact about the debt, which is still open
    await protocols.close_protocol(books.session, protocol=contact, actor=SUPERVISOR, now=NOW)
    found = await due(books)
    assert (found.decision.due, found.decision.why) == (True, ("noticed", "negotiated"))


async def test_who_negotiates_is_not_called_by_hand(books: Books, by_hand: None) -> None:
    await books.case(CARLOS)
    assert await steps(books, AFTER) == [(CARLOS, "email")]
    await books.protocol(CARLOS, "debt_negotiation")
    assert await steps(books, AFTER) == []


async def test_a_question_of_another_member_of_the_family_waits_for_its_answer_too(books: Books) -> None:
    await books.noticed(CARLOS)
    await books.protocol(DEBORA, "charge_dispute", NOW + timedelta(days=2))
    assert await missing(books) == ("dispute_open",)


# -- who, and when it was tried


async def test_only_the_stay_of_who_answers_for_the_contract_stands_in_the_way(books: Books) -> None:
    await books.noticed(CARLOS)
    (await books.who(DEBORA)).in_hospital_since = TODAY
    assert (await due(books)).decision.due
    (await books.who(CARLOS)).in_hospital_since = TODAY
    assert await missing(books) == ("in_hospital",)


async def test_what_was_tried_before_a_notice_was_possible_is_tried_again(books: Books, by_hand: None) -> None:
    await books.contacted(NORMA, "email")  # on her 45th day
    on = TODAY + timedelta(days=10)
    assert await missing(books, NORMA, on) == ("no_notice", "untried_email", "untried_call", "untried_letter")
    assert (NORMA, "email") in await steps(books, on)
    await books.contacted(NORMA, "email", made_at=NOW + timedelta(days=10))
    assert (NORMA, "call") in await steps(books, on + timedelta(days=3))


# -- whether another notice is wanted


async def test_a_notice_is_in_force_for_the_debt_that_it_named(books: Books) -> None:
    notice = await books.noticed(CARLOS)
    first, second = await late(books)
    months = [first.billing_month, second.billing_month]
    assert await noticed.in_force(books.session, notice.case_id, months=months) is notice
    assert await noticed.in_force(books.session, notice.case_id, months=[*months, date(2026, 11, 1)]) is None
    second.amount = Decimal("700.00")
    await books.session.flush()
    assert await noticed.in_force(books.session, notice.case_id, months=months) is None
    assert await noticed.in_force(books.session, notice.case_id, months=months[:1]) is notice


async def test_the_newest_of_two_notices_of_the_same_debt_says_until_when(books: Books) -> None:
    await books.noticed(CARLOS)
    again = NOW + timedelta(days=9)
    notice, _ = await books.given(CARLOS, now=again)
    await books.answered(notice, written_at=again, now=again)
    await books.settled(notice, now=again)
    months = [invoice.billing_month for invoice in await late(books)]
    assert await noticed.in_force(books.session, notice.case_id, months=months) is notice

"""A contract's position by the ledger: what is unpaid, what speaks against it, what was taken back."""

from __future__ import annotations

from backend.actor import ASSISTANT
from backend.protocols.machines import WITHDRAW
from backend.protocols.moving import move
from tests.backend.delinquency.owing import CARLOS, NOW, Books


async def test_what_is_reported_as_paid_waits_for_an_answer_until_it_is_taken_back(books: Books) -> None:
    report = await books.protocol(CARLOS, "payment_report")
    assert [question.answered_on for question in (await books.stands(CARLOS)).questioned] == [None]
    await move(books.session, protocol=report, name=WITHDRAW, request_key=books.key, actor=ASSISTANT, now=NOW)
    assert (await books.stands(CARLOS)).questioned == ()

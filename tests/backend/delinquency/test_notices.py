"""A notice is told whole, answered, and judged once everything about it is known. [RN 593, processes.md 6]"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from backend.delinquency import evidence, notices
from backend.delinquency.calling import Plan
from backend.delinquency.tables import Campaign, CampaignRow
from backend.errors import InvalidInput, NotAllowed
from backend.settings import settings
from backend.store import files
from tests.backend.delinquency.owing import (
    ANA,
    CARLOS,
    DEBORA,
    ELZA,
    FABIO,
    GILDA,
    NOW,
    SOON,
    SURE,
    TODAY,
    Books,
)  # fmt: skip

TENTH = date(2026, 12, 3)


async def test_a_notice_keeps_what_it_named_and_its_paper_says_the_same(books: Books) -> None:
    notice, paper = await books.given(CARLOS)
    assert [(fee["days"], fee["excused"]) for fee in notice.fees] == [(55, False), (25, False)]
    assert notice.total == sum(Decimal(str(fee["total"])) for fee in notice.fees)
    said = " ".join(page.extract_text() for page in PdfReader(BytesIO(files.read(paper.sha256))).pages)
    for words in ("Carlos Eduardo Nunes", "390.533.447-05", "Débora Nunes Alves", "153.509.460-56", "10000002",
                  "poderá ser", "03/12/2026", "999999", "(98) 3000-0000", "99.000.888/0001-20"):  # fmt: skip
        assert words in said, words


async def test_a_notice_is_given_once_for_a_turn_that_runs_again(books: Books) -> None:
    first, paper = await books.given(ELZA, request_key="turn-1")
    again, same = await books.given(ELZA, request_key="turn-1")
    assert (again.id, same) == (first.id, paper)
    case = await books.case(ELZA)
    assert [link.kind for link in await evidence.links_of(books.session, case.id)] == ["content"]


async def test_nobody_but_who_answers_for_the_contract_is_given_a_notice(books: Books) -> None:
    case, protocol = await books.case(CARLOS), await books.protocol(CARLOS)
    for cpf in (DEBORA, GILDA, ELZA):
        with pytest.raises(NotAllowed):
            await books.given(CARLOS, case=case, protocol=protocol, person=await books.who(cpf))


async def test_a_notice_that_would_not_hold_is_not_given(books: Books) -> None:
    for cpf in (ANA, FABIO):
        with pytest.raises(InvalidInput):
            await books.given(cpf)


async def test_a_typed_confirmation_counts_once_its_messages_are_delivered(books: Books) -> None:
    notice, _ = await books.given(CARLOS)
    verdict = await books.answered(notice)
    assert (verdict.counts, verdict.why, verdict.pending) == (False, ("delivery_unknown",), True)
    assert await books.settled(notice, None) is None
    settled = await books.settled(notice, True)
    assert settled is not None
    assert settled.counts
    assert (notice.counts, notice.notice_on, notice.deadline) == (True, TODAY, TENTH)
    assert notice.why == ["confirmed", "late_but_ten_days"]
    assert await books.settled(notice, True) is None
    case = await books.case(CARLOS)
    links = await evidence.links_of(books.session, case.id)
    assert [link.kind for link in links] == ["content", "answer", "verdict"]
    assert (await evidence.verify(books.session, case)).intact


async def test_the_notice_is_of_the_local_day_on_which_it_was_confirmed(books: Books) -> None:
    notice, _ = await books.given(CARLOS, now=NOW)
    late = NOW.replace(hour=23, minute=30)  # 20:30 in São Paulo, still the same day
    await books.answered(notice, written_at=late, now=late)
    await books.settled(notice, now=late)
    assert (notice.notice_on, notice.deadline) == (TODAY, TENTH)
    other, _ = await books.given(ELZA, now=NOW)
    midnight = NOW.replace(hour=3, minute=1) + timedelta(days=1)
    await books.answered(other, written_at=midnight, now=midnight)
    await books.settled(other, now=midnight)
    assert (other.notice_on, other.deadline) == (TODAY + timedelta(days=1), TENTH + timedelta(days=1))


async def test_a_confirmation_replaces_an_ok_and_no_ok_undoes_a_confirmation(books: Books) -> None:
    notice, _ = await books.given(CARLOS)
    assert (await books.answered(notice, "ok")).why == ("delivery_unknown", "not_confirmed")
    assert await notices.open_notice(
        books.session, case_id=notice.case_id, conversation_id=notice.conversation_id or notice.id
    )
    await books.answered(notice)
    await books.answered(notice, "quem é?")
    assert (notice.answer_text, notice.confirms) == (SURE, True)
    assert (await notices.open_notice(
        books.session, case_id=notice.case_id, conversation_id=notice.conversation_id or notice.id
    )) is None  # fmt: skip
    links = await evidence.links_of(books.session, notice.case_id)
    assert [link.content.get("text") for link in links if link.kind == "answer"] == ["ok", SURE, "quem é?"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"by_tap": True}, "tap_only"),
        ({"registered": False}, "not_registered"),
        ({"person": None}, "not_identified"),
        ({"written_at": NOW - timedelta(minutes=1)}, "not_whole"),
    ],
)
async def test_an_answer_that_confirms_is_not_yet_a_notice(books: Books, answer: dict[str, object], why: str) -> None:
    notice, _ = await books.given(CARLOS)
    await books.answered(notice, **answer)
    verdict = await books.settled(notice, over=True)
    assert verdict is not None
    assert (verdict.counts, verdict.why, notice.deadline) == (False, (why,), None)


async def test_a_dependent_who_confirms_dates_nothing_and_the_holder_may_still(books: Books) -> None:
    notice, _ = await books.given(CARLOS)
    verdict = await books.answered(notice, person=await books.who(DEBORA))
    assert "another_person" in verdict.why
    await books.answered(notice)
    assert notice.answered_by == "answers"
    settled = await books.settled(notice)
    assert settled is not None
    assert settled.counts


async def test_who_paid_before_answering_is_not_noticed(books: Books) -> None:
    notice, _ = await books.given(CARLOS)
    await books.pays((await books.who(CARLOS)).contract_id)
    verdict = await books.answered(notice)
    assert verdict.why == ("nothing_unpaid", "delivery_unknown")


async def test_what_was_paid_after_the_answer_does_not_undo_the_notice(books: Books) -> None:
    notice, _ = await books.given(CARLOS)
    await books.answered(notice)
    await books.pays((await books.who(CARLOS)).contract_id, now=SOON + timedelta(days=1))
    verdict = await books.settled(notice, now=SOON + timedelta(hours=20))
    assert verdict is not None
    assert verdict.counts


async def test_an_unanswered_notice_is_settled_when_the_conversation_is_over_or_after_a_day(books: Books) -> None:
    notice, _ = await books.given(CARLOS)
    assert await books.settled(notice, True) is None
    ended = await books.settled(notice, True, over=True)
    assert ended is not None
    assert ended.why == ("not_answered",)
    other, _ = await books.given(ELZA)
    day = await books.settled(other, None, now=NOW + timedelta(hours=24))
    assert day is not None
    assert day.why == ("delivery_unknown", "not_answered")


async def test_while_whatsapp_does_not_count_a_confirmation_stays_an_attempt(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "notice_by_whatsapp", False)
    notice, _ = await books.given(CARLOS)
    assert (await books.answered(notice)).why == ("whatsapp_off", "delivery_unknown")
    await books.settled(notice)
    assert (notice.counts, notice.why, notice.notice_on) == (False, ["whatsapp_off"], None)


async def test_an_answer_before_all_of_it_was_on_its_way_is_none_to_it(books: Books) -> None:
    notice, _ = await books.given(CARLOS)
    await books.answered(notice)
    verdict = await books.settled(notice, whole=False)
    assert verdict is not None
    assert verdict.why == ("not_whole",)


@pytest.mark.parametrize(("text", "notified"), [(SURE, True), ("ok", False)])
async def test_a_campaigns_row_is_notified_only_by_a_notice_that_counts(
    books: Books, text: str, notified: bool
) -> None:
    campaign = Campaign(
        name="Novembro", state="running", file_sha256="0" * 64, file_name="lista.xlsx", created_by="x",
        created_at=NOW, approved_by="supervisor-1", plan=Plan().as_json(),
    )  # fmt: skip
    books.session.add(campaign)
    await books.session.flush()
    person = await books.who(CARLOS)
    row = CampaignRow(
        campaign_id=campaign.id, line=2, contract_id=person.contract_id, beneficiary_id=person.id, state="answered",
    )  # fmt: skip
    books.session.add(row)
    await books.session.flush()
    notice, _ = await books.given(CARLOS, row_id=row.id)
    await books.answered(notice, text)
    await books.settled(notice, over=True)
    assert (row.notified_at is not None, "prazo até 03/12/2026" in row.remarks) == (notified, notified)

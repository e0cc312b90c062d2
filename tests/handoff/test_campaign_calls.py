"""What becomes of a campaign's calls, and what each answer to them leads to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.audit import AuditRow
from backend.delinquency import cases
from backend.delinquency.campaigns import answers
from backend.delinquency.tables import CampaignRow, NumberMark
from backend.settings import settings
from backend.store.engine import Store
from handoff.conversations.tables import Message
from handoff.dispatch import campaign_calls
from tests.backend.agenda import NOW
from tests.handoff.campaign_rig import FAST, TODAY, Calls, started

ANA, BIA, CAIO = "+5598988000001", "+5598988000002", "+5598988000003"
NAME = "Ana Rocha"
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def calls(store: Store, monkeypatch: pytest.MonkeyPatch) -> Calls:
    monkeypatch.setattr(settings(), "twilio_from", "whatsapp:+559830000000")
    calls = Calls(store)
    await calls.clock(NOW)
    return calls


async def called(calls: Calls, *phones: str, attempts: int = 5) -> None:
    """Ana was called."""
    await calls.owing(NAME, *(phones or (ANA,)))
    await calls.approved(NAME, plan=replace(FAST, attempts=attempts))
    assert await calls.call() == 1


# -- what becomes of the message


async def test_an_attempt_follows_its_message_and_the_row_keeps_the_first_moments(calls: Calls) -> None:
    await called(calls)
    seen = []
    for state in ("sent", "delivered", "read"):
        await calls.becomes(NAME, state)
        row = await calls.row(NAME)
        seen.append((*await calls.outcomes(NAME), bool(row.sent_at), bool(row.delivered_at), bool(row.read_at)))
    assert seen == [("sent", True, False, False), ("delivered", True, True, False), ("read", True, True, True)]


async def test_delivered_or_read_is_no_answer_and_its_times_are_proved_when_the_interval_is_over(calls: Calls) -> None:
    await called(calls)
    await calls.becomes(NAME, "read")
    await calls.clock(NOW + timedelta(days=2))
    await calls.follow()
    assert await calls.outcomes(NAME) == ["no_answer"]
    assert await calls.links(NAME) == ["attempt", "delivery"]
    proved = (await calls.link(NAME, "delivery")).content
    assert proved["outcome"] == "no_answer"
    assert proved["delivered_at"]
    assert proved["read_at"]
    assert str(proved["sid"]).startswith("SM")


async def test_a_call_of_which_nothing_was_heard_is_not_closed_before_twilio_was_asked(calls: Calls) -> None:
    await called(calls)
    await calls.becomes(NAME, "sent")
    await calls.clock(NOW + timedelta(days=2))
    await calls.follow()
    assert await calls.outcomes(NAME) == ["sent"]
    asked = campaign_calls.Fetched(told={(await calls.attempts(NAME))[0].id})
    async with calls.store.unit_of_work() as session:
        await campaign_calls._end_silence(asked, session, calls.now + 2 * MINUTE)
    assert await calls.outcomes(NAME) == ["no_answer"]


async def test_a_call_that_never_left_is_no_attempt_although_the_interval_is_over_before_it_is_noticed(
    calls: Calls,
) -> None:
    await called(calls)
    await calls.gives_up(NAME)
    await calls.clock(NOW + timedelta(days=2))
    async with calls.store.unit_of_work() as session:
        await campaign_calls._end_silence(campaign_calls.Fetched(), session, calls.now)
    await calls.follow()
    assert await calls.outcomes(NAME) == ["expired"]
    assert (await calls.stands(NAME))[::2] == ("waiting", 0)


@pytest.mark.parametrize("code", [63003, 63024, 21211])
async def test_a_useless_number_gives_way_to_the_next_one_and_the_last_ends_the_calls(calls: Calls, code: int) -> None:
    await called(calls, ANA, BIA)
    await calls.becomes(NAME, "undelivered", code)
    assert await calls.stands(NAME) == ("waiting", "", 1)
    await calls.clock(NOW + MINUTE)
    assert await calls.call() == 1
    assert (await calls.row(NAME)).number == BIA
    await calls.becomes(NAME, "undelivered", code)
    assert await calls.stands(NAME) == ("done", "unreachable", 2)
    assert [one.error_code for one in await calls.attempts(NAME)] == [code, code]


@pytest.mark.parametrize("code", [63016, 63049, 63013])
async def test_another_failure_leads_to_the_next_attempt_after_the_interval(calls: Calls, code: int) -> None:
    await called(calls)
    await calls.becomes(NAME, "failed", code)
    assert await calls.stands(NAME) == ("waiting", "", 1)
    await calls.clock(NOW + timedelta(days=1))
    assert await calls.call() == 0
    await calls.clock(NOW + timedelta(days=2))
    assert await calls.call() == 1
    assert (await calls.outbox(NAME)).state == "ready"


async def test_several_workers_settle_each_attempt_once(calls: Calls) -> None:
    people = [(f"Pessoa {n}", f"+55989880010{n:02d}") for n in range(12)]
    await started(calls, *people)
    await calls.call()
    for name, _ in people:
        await calls.becomes(name, "delivered")
    await calls.clock(NOW + timedelta(days=2))
    await asyncio.gather(*(calls.follow() for _ in range(4)))
    for name, _ in people:
        assert await calls.outcomes(name) == ["no_answer"]
        assert await calls.links(name) == ["attempt", "delivery"]


async def test_a_call_that_cannot_be_followed_stops_none_of_the_others(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    await started(calls, (NAME, ANA), ("Bia Luz", BIA))
    await calls.call()
    as_it_is = campaign_calls._moments

    def breaks(row: CampaignRow, message: Message, now: datetime) -> None:
        if row.id == calls.rows[NAME]:
            raise ValueError("nothing to be read in a log")
        as_it_is(row, message, now)

    monkeypatch.setattr(campaign_calls, "_moments", breaks)
    await calls.becomes(NAME, "delivered")
    await calls.becomes("Bia Luz", "delivered")
    assert [await calls.outcomes(name) for name in (NAME, "Bia Luz")] == [["planned"], ["delivered"]]


# -- who writes


async def test_whoever_writes_after_the_call_has_answered_and_a_machine_has_not(calls: Calls) -> None:
    await started(calls, (NAME, ANA), ("Bia Luz", BIA))
    await calls.call()
    await calls.clock(NOW + MINUTE)
    await calls.writes(ANA, "quem é você?")
    await calls.writes(BIA, "Esta é uma mensagem automática. Retornaremos o contato em breve.")
    await calls.follow()
    assert (await calls.row(NAME)).answered_at == calls.now
    assert (await calls.row("Bia Luz")).answered_at is None
    assert (await calls.stands(NAME))[0] == (await calls.stands("Bia Luz"))[0] == "calling"


@pytest.mark.parametrize(
    ("reply", "state", "outcome", "attempt"),
    [
        ("me", "answered", "", "answered"), ("not_me", "calling", "", "planned"), ("who", "calling", "", "planned"),
        ("auto", "calling", "", "planned"), ("not_here", "waiting", "", "wrong_person"),
        ("later", "waiting", "", "answered"), ("wrong_number", "done", "wrong_number", "wrong_person"),
        ("deceased", "done", "deceased", "wrong_person"), ("hospital", "left_out", "in_hospital", "answered"),
        ("legal", "done", "legal", "refused"), ("refuse", "done", "refuse", "refused"),
        ("stop", "done", "stopped", "refused"),
    ],
)  # fmt: skip
async def test_each_answer_leads_its_way(calls: Calls, reply: str, state: str, outcome: str, attempt: str) -> None:
    await called(calls)
    await calls.answers(NAME, reply)
    assert await calls.stands(NAME) == (state, outcome, 1)
    assert await calls.outcomes(NAME) == [attempt]
    assert bool((await calls.row(NAME)).answered_at) is (reply != "auto")


async def test_an_answer_is_kept_as_typed_and_once_for_its_turn(calls: Calls) -> None:
    await called(calls)
    turn = uuid4()
    for _ in range(2):
        await calls.answers(NAME, "later", "Agora não posso, me chama mais tarde", turn=turn)
    assert await calls.links(NAME) == ["attempt", "reply"]
    content = (await calls.link(NAME, "reply")).content
    assert (content["said"], content["understood"]) == ("Agora não posso, me chama mais tarde", "later")
    assert content["number"] == ANA
    assert (await calls.row(NAME)).remarks == "pediu contato em outro momento em 03/08/2026"


async def test_somebody_elses_number_is_marked_for_good_and_the_next_one_is_called(calls: Calls) -> None:
    await called(calls, ANA, BIA)
    await calls.answers(NAME, "wrong_number", "não conheço ninguém com esse nome")
    assert await calls.stands(NAME) == ("waiting", "", 1)
    async with calls.store.sessions() as session:
        [mark] = await session.scalars(select(NumberMark))
    assert (mark.number, mark.mark, mark.said) == (ANA, "not_his", "não conheço ninguém com esse nome")
    await calls.clock(NOW + MINUTE)
    assert await calls.call() == 1
    assert (await calls.row(NAME)).number == BIA


@pytest.mark.parametrize(("reply", "mark"), [("deceased", "deceased"), ("stop", "stopped")])
async def test_after_a_death_or_a_pare_no_number_of_the_person_is_called_by_any_campaign(
    calls: Calls, reply: str, mark: str
) -> None:
    await called(calls, ANA, BIA)
    await calls.answers(NAME, reply)
    async with calls.store.sessions() as session:
        assert (await session.scalars(select(NumberMark.mark))).all() == [mark]
    first = calls.rows[NAME]
    await calls.owing("Bia Luz", CAIO)
    await calls.approved(NAME, "Bia Luz")
    assert calls.rows[NAME] != first
    assert (await calls.stands(NAME))[0] == "left_out"


async def test_the_last_attempt_answered_with_another_time_leads_to_the_telephone_list(calls: Calls) -> None:
    await called(calls, attempts=1)
    await calls.answers(NAME, "later")
    assert await calls.stands(NAME) == ("done", "no_answer", 1)


async def test_what_is_said_after_the_calls_are_over_changes_nothing_of_them(calls: Calls) -> None:
    await called(calls)
    await calls.answers(NAME, "refuse")
    await calls.answers(NAME, "me", "tá bom, sou eu")
    assert await calls.stands(NAME) == ("done", "refuse", 1)
    assert await calls.links(NAME) == ["attempt", "reply", "reply"]


# -- how far he came


async def test_who_answered_and_went_silent_is_called_again_after_the_interval(calls: Calls) -> None:
    await called(calls)
    await calls.becomes(NAME, "delivered")
    await calls.answers(NAME, "me")
    await calls.clock(NOW + timedelta(days=2))
    await calls.follow()
    assert await calls.stands(NAME) == ("waiting", "", 1)
    assert await calls.outcomes(NAME) == ["answered"]


async def test_steps_set_their_moments_once_and_the_furthest_outcome_stands(calls: Calls) -> None:
    await called(calls)
    for step in ("identified", "told", "negotiated", "notified", "told", "refused"):
        await calls.notes(NAME, step)
    row = await calls.row(NAME)
    assert (row.state, row.outcome) == ("done", "notified")
    assert None not in (row.identified_at, row.notified_at, row.negotiated_at)
    assert row.paid_at is None


async def test_who_says_that_he_has_paid_is_believed_when_the_ledger_says_so(calls: Calls) -> None:
    await called(calls)
    await calls.notes(NAME, "paid", "enviou comprovante")
    row = await calls.row(NAME)
    assert (row.outcome, row.paid_at, row.remarks) == ("says_paid", None, "enviou comprovante")
    await calls.pays(NAME)
    assert await campaign_calls.stop_paid(calls.store) == 1
    row = await calls.row(NAME)
    assert (row.state, row.outcome) == ("done", "paid")
    assert row.paid_at is not None


async def test_a_payment_closes_the_case_and_ends_the_calls_of_whoever_was_called(calls: Calls) -> None:
    await called(calls)
    await calls.becomes(NAME, "delivered")
    row = await calls.row(NAME)
    await calls.pays(NAME)
    await campaign_calls.stop_paid(calls.store)
    assert await calls.stands(NAME) == ("done", "paid", 1)
    async with calls.store.sessions() as session:
        case = await cases.get(session, row.case_id)
        assert case.closed_as == "settled"
    await calls.clock(NOW + timedelta(days=3))
    await calls.follow()
    assert await calls.call() == 0


@pytest.mark.parametrize(("ended", "closed_as"), [(True, "ended"), (False, "settled")])
async def test_cancelled_invoices_end_the_calls_and_the_case_and_nobody_has_paid(
    calls: Calls, ended: bool, closed_as: str
) -> None:
    await called(calls)
    await calls.becomes(NAME, "delivered")
    await calls.invoices(NAME, state="cancelled")
    if ended:
        await calls.ends_contract(NAME, TODAY)
    await asyncio.gather(*(campaign_calls.stop_paid(calls.store) for _ in range(3)))
    row = await calls.row(NAME)
    assert (row.state, row.outcome, row.paid_at) == ("done", "paid", None)
    async with calls.store.sessions() as session:
        assert (await cases.get(session, row.case_id)).closed_as == closed_as
        closings = select(AuditRow.id).where(AuditRow.action == "delinquency.close_case")
        assert len((await session.scalars(closings)).all()) == 1


async def test_who_wrote_by_himself_finds_the_row_that_calls_him(calls: Calls) -> None:
    await called(calls)
    contract = (await calls.row(NAME)).contract_id
    async with calls.store.sessions() as session:
        found = await answers.live_row(session, contract)
        assert found is not None
        assert found.id == calls.rows[NAME]


async def test_somebody_else_of_the_house_is_followed_by_the_next_attempt(calls: Calls) -> None:
    await called(calls)
    await calls.answers(NAME, "me")
    await calls.notes(NAME, "another")
    assert await calls.stands(NAME) == ("waiting", "", 1)
    assert (await calls.row(NAME)).remarks == "respondeu outra pessoa em 03/08/2026"
    assert TODAY.isoformat() < str((await calls.row(NAME)).next_at)

"""A campaign calls: who, when, how often, over which number, and what it never does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from backend.delinquency.calling import Plan
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt, NumberMark
from backend.identity.verbs import IdentityCheck
from backend.settings import settings
from backend.store.clock import local
from backend.store.engine import Store
from handoff.conversations.tables import Conversation, Message, OutboxRow
from handoff.dispatch import campaign_calls, campaign_unsent, campaigns
from tests.backend.agenda import NOW, at
from tests.handoff.campaign_rig import FAST, SID, TODAY, Calls, started

ANA, BIA, CAIO = "+5598988000001", "+5598988000002", "+5598988000003"
FORBIDDEN = ("financeir", "débito", "dívida", "inadimpl", "atras", "vencid", "fatura", "boleto", "cobrança", "R$",
             "cancel", "pagamento", "pagar")  # fmt: skip


@pytest.fixture
async def calls(store: Store, monkeypatch: pytest.MonkeyPatch) -> Calls:
    monkeypatch.setattr(settings(), "twilio_from", "whatsapp:+559830000000")
    calls = Calls(store)
    await calls.clock(NOW)
    return calls


async def test_the_first_words_greet_name_the_operator_ask_for_the_person_and_say_nothing_else(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA))
    assert await calls.call() == 1
    [(phone, text, options)] = await calls.sent()
    assert phone == ANA
    assert text.startswith("Olá, bom dia!")
    assert settings().operator_name in text
    assert "Ana Rocha" in text
    assert options == ["Sim, sou eu", "Não sou essa pessoa", "Falar com atendente"]
    assert not any(word in text.lower() for word in FORBIDDEN)


async def test_a_call_is_a_template_of_the_campaign_that_leaves_within_its_hours_or_not_at_all(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA))
    await calls.call()
    row = await calls.outbox("Ana Rocha")
    assert (row.content_sid, row.bulk) == (SID, True)
    assert row.not_after is not None
    assert local(row.not_after) == at(TODAY, 17, 59)
    async with calls.store.sessions() as session:
        [option, *_] = (await session.get_one(Message, row.message_id)).options or []
    assert option["payload"] == {
        "intent": "answer_news", "entities": {"call": str(calls.rows["Ana Rocha"]), "answer": "me"}
    }  # fmt: skip


async def test_the_name_that_was_said_proves_nothing_any_more(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA))
    await calls.call()
    row = await calls.row("Ana Rocha")
    async with calls.store.sessions() as session:
        assert (await session.get_one(IdentityCheck, row.conversation_id)).named == "Ana Rocha"


async def test_an_attempt_is_proved_with_its_text_the_register_and_what_list_and_ledger_said(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA))
    await calls.call()
    assert await calls.links("Ana Rocha") == ["attempt"]
    content = (await calls.link("Ana Rocha", "attempt")).content
    assert "Ana Rocha" in str(content["body"])
    assert content["register"] == {"beneficiary": str(calls.made["Ana Rocha"]), "number": ANA}
    assert content["ledger"] == {"months": ["01/2026", "02/2026"], "total": "1041.50", "days": 80}
    [attempt] = await calls.attempts("Ana Rocha")
    assert (attempt.number, attempt.address, attempt.registered, attempt.outcome) == (1, ANA, True, "planned")


async def test_workers_at_the_same_time_call_everybody_once(calls: Calls) -> None:
    people = [(f"Pessoa {n}", f"+55989880010{n:02d}") for n in range(40)]
    await started(calls, *people)
    called = await asyncio.gather(*(calls.call() for _ in range(4)))
    assert sum(called) == 40
    assert sorted(phone for phone, _, _ in await calls.sent()) == sorted(phone for _, phone in people)
    assert await calls.call() == 0


# -- when


@pytest.mark.parametrize(
    ("moment", "called"),
    [
        (at(TODAY, 8, 59), 0), (at(TODAY, 9), 1), (at(TODAY, 12, 30), 0), (at(TODAY, 13), 1), (at(TODAY, 17, 58), 1), (at(TODAY, 17, 59), 0),
        (at(TODAY, 18), 0),
        (at(date(2026, 8, 8), 10), 0), (at(date(2026, 9, 7), 10), 0), (at(date(2026, 9, 8), 10), 1),
    ],
)  # fmt: skip
async def test_nobody_is_called_outside_hours_in_pauses_on_weekends_and_holidays(
    calls: Calls, moment: object, called: int
) -> None:
    await started(calls, ("Ana Rocha", ANA), plan=replace(FAST, pauses=("12:00-13:00",)))
    await calls.clock(moment)  # type: ignore[arg-type]
    await wait_no_longer(calls)
    assert await calls.call() == called


async def wait_no_longer(calls: Calls) -> None:
    async with calls.store.unit_of_work() as session:
        await session.execute(update(CampaignRow).values(next_at=calls.now))


async def test_messages_are_spread_over_the_hour(calls: Calls) -> None:
    await started(calls, *((f"Pessoa {n}", f"+55989880010{n:02d}") for n in range(30)), plan=replace(FAST, an_hour=100))
    assert await calls.call() == 10
    assert await calls.call() == 0
    await calls.clock(NOW + timedelta(minutes=7))
    assert await calls.call() == 10


async def test_no_more_than_so_many_leave_in_any_hour(calls: Calls) -> None:
    await started(calls, *((f"Pessoa {n}", f"+55989880010{n:02d}") for n in range(12)), plan=replace(FAST, an_hour=3))
    made = 0
    for minutes in range(0, 60, 7):
        await calls.clock(NOW + timedelta(minutes=minutes))
        made += await calls.call()
    assert made == 3


# -- whom


async def test_who_has_paid_meanwhile_is_skipped_and_his_case_is_over(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA), ("Bia Luz", BIA))
    await calls.pays("Ana Rocha")
    assert await calls.call() == 1
    assert await calls.stands("Ana Rocha") == ("done", "paid", 0)
    assert (await calls.row("Ana Rocha")).paid_at is not None
    assert [phone for phone, _, _ in await calls.sent()] == [BIA]


async def test_a_number_that_is_not_in_the_register_is_never_called(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA), ("Bia Luz", BIA))
    async with calls.store.unit_of_work() as session:
        row = await session.get_one(CampaignRow, calls.rows["Ana Rocha"])
        row.number, row.cells = "+5511900000000", ["Ana Rocha", "+5511900000000"]
    await calls.call()
    assert sorted(phone for phone, _, _ in await calls.sent()) == [ANA, BIA]


async def test_a_marked_number_is_never_called_for_that_person_and_the_next_one_is(calls: Calls) -> None:
    await calls.owing("Ana Rocha", ANA, BIA)
    await calls.approved("Ana Rocha")
    await marked(calls, "Ana Rocha", ANA, "not_his")
    await calls.call()
    assert [phone for phone, _, _ in await calls.sent()] == [BIA]


async def marked(calls: Calls, name: str, number: str, mark: str) -> None:
    async with calls.store.unit_of_work() as session:
        values = {"mark": mark, "marked_at": NOW, "marked_by": "x"}
        session.add(NumberMark(beneficiary_id=calls.made[name], number=number, **values))


@pytest.mark.parametrize(("mark", "outcome"), [("not_his", "marked"), ("stopped", "stopped"), ("deceased", "deceased")])
async def test_a_person_whose_marks_leave_nothing_is_left_out_even_after_the_approval(
    calls: Calls, mark: str, outcome: str
) -> None:
    await started(calls, ("Ana Rocha", ANA))
    await marked(calls, "Ana Rocha", ANA, mark)
    assert await calls.call() == 0
    assert await calls.stands("Ana Rocha") == ("left_out", outcome, 0)


async def test_whoever_asked_for_no_more_messages_gets_none_for_others_of_his_family_either(calls: Calls) -> None:
    await calls.owing("Ana Rocha", ANA)
    await started(calls, ("Bia Rocha", ANA))
    await marked(calls, "Ana Rocha", ANA, "stopped")
    assert await calls.call() == 0
    assert await calls.stands("Bia Rocha") == ("left_out", "stopped", 0)


async def test_an_already_cancelled_contract_is_marked_and_still_called(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA))
    await calls.ends_contract("Ana Rocha", TODAY)
    assert await calls.call() == 1
    assert (await calls.row("Ana Rocha")).already_cancelled


async def test_without_an_approved_template_the_campaign_stops_and_says_why(calls: Calls) -> None:
    campaign_id = await started(calls, ("Ana Rocha", ANA))
    assert await calls.call(approved=False) == 0
    campaign = await calls.campaign(campaign_id)
    assert campaign.state == "stopped"
    assert "ContentSid" in campaign.problem
    assert await calls.sent() == []


# -- never in the middle of something


async def test_a_conversation_that_a_person_has_is_left_alone(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA))
    await calls.contact(ANA, ANA, wrote=timedelta(hours=1))
    async with calls.store.unit_of_work() as session:
        await session.execute(update(Conversation).values(owner="team", team="call_centre", queued_at=NOW))
    assert await calls.call() == 0
    state, _, attempts = await calls.stands("Ana Rocha")
    assert (state, attempts) == ("waiting", 0)
    next_at = (await calls.row("Ana Rocha")).next_at
    assert next_at is not None
    assert next_at >= NOW + timedelta(minutes=30)


async def test_a_conversation_in_which_somebody_writes_now_keeps_nobody_else_waiting(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA), ("Bia Luz", BIA))
    await calls.contact(ANA, ANA, wrote=timedelta(hours=1))
    async with calls.store.unit_of_work() as session, asyncio.timeout(20):
        await session.execute(select(Conversation.id).with_for_update())
        assert await calls.call() == 1
    assert await calls.stands("Ana Rocha") == ("waiting", "", 0)
    await calls.clock(NOW + timedelta(minutes=1))
    assert await calls.call() == 1


async def test_a_question_of_the_assistant_is_waited_for(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA))
    conversation = await calls.contact(ANA, ANA, wrote=timedelta(hours=1))
    await calls.say(conversation, "Qual especialidade você procura?")
    assert await calls.call() == 0
    await calls.clock(NOW + timedelta(minutes=settings().news_pause_minutes, seconds=5))
    assert await calls.call() == 1


async def test_two_people_of_one_telephone_are_called_one_after_the_other(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA), ("Bia Rocha", ANA))
    assert await calls.call() == 1
    assert await calls.call() == 0
    await calls.becomes("Ana Rocha", "delivered")
    await calls.answers("Ana Rocha", "me")
    await calls.clock(NOW + timedelta(hours=1))
    assert await calls.call() == 1


# -- again, and not again


async def test_five_attempts_with_their_intervals_and_then_no_answer(calls: Calls) -> None:
    campaign_id = await started(calls, ("Ana Rocha", ANA), plan=replace(FAST, weekdays=tuple(range(7)), holidays=True))
    days = []
    for day in range(14):
        await calls.clock(NOW + timedelta(days=day, minutes=5))
        await calls.follow()
        if await calls.call():
            days.append(day)
            await calls.becomes("Ana Rocha", "delivered")
    assert days == [0, 2, 4, 6, 8]
    assert await calls.stands("Ana Rocha") == ("done", "no_answer", 5)
    assert await calls.outcomes("Ana Rocha") == ["no_answer"] * 5
    assert (await calls.campaign(campaign_id)).state == "ended"


async def test_a_message_whose_hours_were_over_does_not_count_and_is_made_again(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA))
    await calls.call()
    await calls.clock(at(TODAY, 18, 5))
    await calls.expires("Ana Rocha")
    assert await calls.outcomes("Ana Rocha") == ["expired"]
    assert await calls.stands("Ana Rocha") == ("waiting", "", 0)
    next_at = (await calls.row("Ana Rocha")).next_at
    assert next_at is not None
    assert local(next_at) == at(TODAY + timedelta(days=1), 9)
    await calls.clock(next_at)
    assert await calls.call() == 1
    assert [(one.number, one.request_key) for one in await calls.attempts("Ana Rocha")] == [
        (1, f"campaign:{calls.rows['Ana Rocha']}:1"), (1, f"campaign:{calls.rows['Ana Rocha']}:1:1"),
    ]  # fmt: skip


async def test_what_waits_to_be_sent_is_taken_back_when_the_campaign_stops_and_made_again_after_it(
    calls: Calls,
) -> None:
    campaign_id = await started(calls, ("Ana Rocha", ANA))
    await calls.call()
    await calls.do(campaign_id, "stop")
    assert await withdrawn(calls) == 1
    assert (await calls.outbox("Ana Rocha")).state == "failed"
    assert await calls.outcomes("Ana Rocha") == ["withdrawn"]
    assert await calls.call() == 0
    await calls.do(campaign_id, "resume")
    await calls.clock(NOW + timedelta(minutes=5))
    assert await calls.call() == 1
    assert await calls.stands("Ana Rocha") == ("calling", "", 1)


async def withdrawn(calls: Calls) -> int:
    return await campaign_unsent.withdraw(calls.store)


async def test_what_waits_to_be_sent_is_taken_back_when_the_person_pays(calls: Calls) -> None:
    await started(calls, ("Ana Rocha", ANA))
    await calls.call()
    await calls.pays("Ana Rocha")
    assert await withdrawn(calls) == 1
    assert await campaign_calls.stop_paid(calls.store) >= 1
    assert await calls.stands("Ana Rocha") == ("done", "paid", 0)
    async with calls.store.sessions() as session:
        assert (await session.scalars(select(OutboxRow.state))).all() == ["failed"]


async def test_what_is_with_twilio_already_is_not_taken_back(calls: Calls) -> None:
    campaign_id = await started(calls, ("Ana Rocha", ANA))
    await calls.call()
    await calls.becomes("Ana Rocha", "sent")
    await calls.do(campaign_id, "stop")
    assert await withdrawn(calls) == 0


async def test_the_end_leaves_no_row_open(calls: Calls) -> None:
    plan = Plan(an_hour=10)
    campaign_id = await started(calls, ("Ana Rocha", ANA), ("Bia Luz", BIA), plan=plan)
    assert await calls.call() == 1
    await calls.do(campaign_id, "end")
    assert await calls.stands("Ana Rocha") == ("done", "no_answer", 1)
    assert await calls.stands("Bia Luz") == ("done", "ended", 0)
    await calls.clock(NOW + timedelta(days=3))
    assert await calls.call() == 0


async def test_a_row_that_cannot_be_called_stops_none_of_the_others(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    await started(calls, ("Ana Rocha", ANA), ("Bia Luz", BIA))
    as_it_is = campaigns.beneficiaries.get

    async def breaks(session: object, beneficiary_id: UUID) -> object:
        if beneficiary_id == calls.made["Ana Rocha"]:
            raise ValueError("nothing to be read in a log")
        return await as_it_is(session, beneficiary_id)  # type: ignore[arg-type]

    monkeypatch.setattr(campaigns.beneficiaries, "get", breaks)
    assert await calls.call() == 1
    assert await calls.stands("Ana Rocha") == ("waiting", "", 0)
    async with calls.store.sessions() as session:
        assert len((await session.scalars(select(ContactAttempt))).all()) == 1


async def test_a_campaign_that_cannot_call_stops_none_of_the_others(calls: Calls) -> None:
    gone = await started(calls, ("Ana Rocha", ANA))
    await started(calls, ("Bia Luz", BIA))
    async with calls.store.unit_of_work() as session:
        await session.execute(update(Campaign).where(Campaign.id == gone).values(plan=Plan(template="gone").as_json()))
    assert await calls.call() == 1
    assert await calls.stands("Bia Luz") == ("calling", "", 1)

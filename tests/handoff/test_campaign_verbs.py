"""A campaign before and beside its calls: preview, approval, stop, end, discard; who is left out and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.audit import AuditRow
from backend.delinquency.calling import Plan
from backend.delinquency.campaigns import OUTCOMES, verbs
from backend.delinquency.campaigns.preview import Preview, preview
from backend.delinquency.tables import Campaign, CampaignRow
from backend.errors import InvalidInput, Taken
from backend.settings import settings
from backend.store.clock import local
from backend.store.engine import Store
from tests.backend.agenda import NOW, at
from tests.handoff.campaign_rig import COORDINATOR, FAST, TODAY, Calls

ANA, BIA, CAIO = "+5598988000001", "+5598988000002", "+5598988000003"


@pytest.fixture
async def calls(store: Store, monkeypatch: pytest.MonkeyPatch) -> Calls:
    monkeypatch.setattr(settings(), "twilio_from", "whatsapp:+559830000000")
    calls = Calls(store)
    await calls.clock(NOW)
    return calls


async def everybody(calls: Calls) -> list[str]:
    """One person for each reason, and two who may be called."""
    await calls.owing("Ana Rocha", ANA)
    await calls.owing("Bia Luz", BIA)
    await calls.owing("Poucos Dias", CAIO, days=(30,))
    await calls.owing("Já Pagou", CAIO)
    await calls.pays("Já Pagou")
    await calls.owing("Culpa Nossa", CAIO)
    await calls.invoices("Culpa Nossa", slip_withheld="ordem judicial")
    await calls.owing("Sem Telefone")
    await calls.owing("No Hospital", CAIO, in_hospital_since=TODAY)
    await calls.owing("Dependente Dela", CAIO, standing="dependent")
    await calls.ends_contract("Bia Luz", TODAY)
    return [*calls.made, "Ninguém", "Ana Rocha"]


async def previewed(calls: Calls, *names: str, plan: Plan = FAST) -> Preview:
    campaign_id = await calls.listed(*names)
    async with calls.store.sessions() as session:
        campaign = await verbs.get(session, campaign_id)
        return await preview(session, campaign=campaign, plan=plan, now=calls.now)


async def test_a_preview_says_who_is_called_who_is_not_and_why_and_writes_nothing(calls: Calls) -> None:
    found = await previewed(calls, *await everybody(calls))
    assert found.to_call == 2
    assert dict(found.left_out) == {
        "too_few_days": 1, "paid": 1, "excused": 1, "no_number": 1, "in_hospital": 1, "not_answering": 1,
        "not_found": 1, "duplicate": 1,
    }  # fmt: skip
    assert [(one.full_name, one.number, one.days, one.already_cancelled) for one in found.sample] == [
        ("Ana Rocha", ANA, 80, False), ("Bia Luz", BIA, 80, True)
    ]  # fmt: skip
    assert found.people == 10
    assert found.left_out.keys() <= OUTCOMES.keys()
    async with calls.store.sessions() as session:
        assert set(await session.scalars(select(CampaignRow.state))) == {"waiting"}


async def test_a_preview_says_when_everybody_was_called_once(calls: Calls) -> None:
    people = [f"Pessoa {n}" for n in range(30)]
    for number, name in enumerate(people):
        await calls.owing(name, f"+55989880010{number:02d}")
    found = await previewed(calls, *people, plan=replace(FAST, an_hour=3))
    assert found.ends_at is not None
    assert local(found.ends_at) == at(TODAY + timedelta(days=1), 11)  # ten o'clock, eight hours, then two more


async def test_hospital_and_days_are_the_plans(calls: Calls) -> None:
    names = await everybody(calls)
    found = await previewed(calls, *names, plan=replace(FAST, skip_hospital=False, min_days=20))
    assert "in_hospital" not in found.left_out
    assert "too_few_days" not in found.left_out


async def test_an_approval_leaves_out_with_reasons_and_sets_the_others_waiting_for_the_hours(calls: Calls) -> None:
    names = await everybody(calls)
    await calls.clock(at(TODAY, 20))
    campaign_id = await calls.listed(*names)
    await calls.approve(campaign_id)
    campaign = await calls.campaign(campaign_id)
    assert (campaign.state, campaign.approved_by, campaign.statement) == ("running", "coordinator", verbs.STATEMENT)
    assert Plan.from_json(campaign.plan) == FAST
    async with calls.store.sessions() as session:
        waiting = (await session.scalars(select(CampaignRow).where(CampaignRow.state == "waiting"))).all()
        reasons = await session.scalars(select(CampaignRow.outcome).where(CampaignRow.state == "left_out"))
        assert {local(row.next_at) for row in waiting if row.next_at} == {at(TODAY + timedelta(days=1), 9)}
        assert len(waiting) == 2
        assert "" not in set(reasons)


async def test_approved_twice_is_approved_once(calls: Calls) -> None:
    await calls.owing("Ana Rocha", ANA)
    campaign_id = await calls.approved("Ana Rocha")
    await calls.approve(campaign_id)
    async with calls.store.sessions() as session:
        count = select(func.count()).where(AuditRow.action == "campaign.approve")
        assert await session.scalar(count) == 1


async def refused(calls: Calls, campaign: Campaign, error: type[Exception], *, stated: bool = True, plan: Plan) -> None:
    async with calls.store.sessions() as session:
        campaign = await verbs.get(session, campaign.id)
        with pytest.raises(error):
            await verbs.approve(session, campaign=campaign, plan=plan, stated=stated, actor=COORDINATOR, now=calls.now)


async def test_nothing_starts_without_the_statement_with_a_bad_plan_or_for_nobody(calls: Calls) -> None:
    await calls.owing("Ana Rocha", ANA)
    campaign = await calls.campaign(await calls.listed("Ana Rocha"))
    await refused(calls, campaign, InvalidInput, stated=False, plan=FAST)
    await refused(calls, campaign, InvalidInput, plan=replace(FAST, hours=("06:00", "18:00")))
    await refused(calls, campaign, InvalidInput, plan=replace(FAST, attempts=6))
    await refused(calls, campaign, InvalidInput, plan=replace(FAST, min_days=300))
    assert (await calls.campaign(campaign.id)).state == "read"
    assert await calls.call() == 0


async def test_another_plan_for_a_running_campaign_is_refused(calls: Calls) -> None:
    await calls.owing("Ana Rocha", ANA)
    campaign = await calls.campaign(await calls.approved("Ana Rocha"))
    await refused(calls, campaign, Taken, plan=replace(FAST, attempts=2))


async def test_who_is_being_called_by_another_campaign_is_left_out(calls: Calls) -> None:
    await calls.owing("Ana Rocha", ANA)
    await calls.owing("Bia Luz", BIA)
    await calls.approved("Ana Rocha")
    found = await previewed(calls, "Ana Rocha", "Bia Luz")
    assert (found.to_call, dict(found.left_out)) == (1, {"listed_elsewhere": 1})


async def test_stop_resume_and_end_are_done_once_and_in_their_order(calls: Calls) -> None:
    await calls.owing("Ana Rocha", ANA)
    campaign_id = await calls.approved("Ana Rocha")
    states = []
    for verb in ("stop", "stop", "resume", "resume", "end", "end"):
        await calls.do(campaign_id, verb)
        states.append((await calls.campaign(campaign_id)).state)
    assert states == ["stopped", "stopped", "running", "running", "ended", "ended"]
    for verb in ("stop", "resume", "discard"):
        with pytest.raises(Taken):
            await calls.do(campaign_id, verb)


async def test_a_list_that_was_never_approved_is_thrown_away_whole(calls: Calls) -> None:
    await calls.owing("Ana Rocha", ANA)
    await calls.do(await calls.listed("Ana Rocha"), "discard")
    async with calls.store.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(CampaignRow)) == 0
        assert await session.scalar(select(func.count()).select_from(Campaign)) == 0

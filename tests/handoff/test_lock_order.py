"""Who follows a call, and who answers its notice in the chat, never wait for each other in a circle."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import ASSISTANT, SYSTEM
from backend.delinquency import cases, evidence
from backend.delinquency.campaigns import answers
from backend.delinquency.tables import Campaign, CampaignRow, DelinquencyCase, Notice
from backend.store.engine import Store
from handoff.conversations.tables import Contact, Conversation
from handoff.dispatch import notices
from tests.backend.delinquency.owing import CARLOS, NOW, SOON, Books


@pytest.fixture
async def told(store: Store) -> UUID:
    """A notice that was told in a call of a campaign."""
    async with store.unit_of_work() as session:
        books = await Books.opened(session, store)
        case = await books.case(CARLOS)
        contact = Contact(address="whatsapp:+5598988000001", phone="+5598988000001")
        campaign = Campaign(
            name="Agosto", state="running", file_sha256="0" * 64, file_name="a.xlsx", created_by="x", created_at=NOW,
            approved_by="x", plan={},
        )  # fmt: skip
        session.add_all((contact, campaign))
        await session.flush()
        conversation = Conversation(
            contact_id=contact.id, our_address="whatsapp:+559830000000", opened_at=NOW, last_inbound_at=NOW,
            last_activity_at=NOW,
        )  # fmt: skip
        row = CampaignRow(
            campaign_id=campaign.id, line=2, beneficiary_id=case.beneficiary_id, contract_id=case.contract_id,
            case_id=case.id, state="answered", attempts=1,
        )  # fmt: skip
        session.add_all((conversation, row))
        await session.flush()
        notice, _ = await books.given(CARLOS, row_id=row.id, conversation_id=conversation.id)
        return notice.id


async def until_it_waits(store: Store) -> None:
    """Until one connection waits for a lock of another."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(20), store.engine.connect() as connection:
        while not await connection.scalar(waiting):
            await connection.rollback()
            await asyncio.sleep(0.02)


async def test_an_answer_waits_for_whoever_has_the_row_and_holds_nothing_that_he_needs(
    store: Store, told: UUID
) -> None:
    async def chat() -> None:
        async with store.unit_of_work() as session:
            notice = await session.get_one(Notice, told)
            await Books(session, store).answered(notice)
            row = await session.get_one(CampaignRow, notice.campaign_row_id)
            await answers.note(session, row=row, step="told", actor=ASSISTANT, now=SOON)

    async with store.unit_of_work() as session:
        row = (await session.scalars(select(CampaignRow).with_for_update())).one()
        answering = asyncio.create_task(chat())
        await until_it_waits(store)
        await session.execute(text("SET LOCAL lock_timeout = '2s'"))
        await evidence.add(
            session, case=await cases.get(session, row.case_id or told), kind="delivery", content={}, at=NOW,
            link_key="delivery:1", actor=SYSTEM, now=NOW,
        )  # fmt: skip
    await answering
    async with store.sessions() as session:
        case = (await session.scalars(select(DelinquencyCase))).one()
        assert (await evidence.verify(session, case)).intact
        assert [link.kind for link in await evidence.links_of(session, case.id)] == ["content", "delivery", "answer"]


async def test_a_notice_whose_row_somebody_has_is_looked_at_later(store: Store, told: UUID) -> None:
    follower = notices.Follower(store, None)  # type: ignore[arg-type]  # nothing was sent: Twilio is not asked
    async with store.unit_of_work() as session:
        await session.execute(select(CampaignRow.id).with_for_update())
        assert await follower.follow() == 0
        assert follower._seen == {}
    await follower.follow()
    assert set(follower._seen) == {told}


async def test_a_notice_that_cannot_be_followed_stops_none_of_the_others(
    store: Store, told: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with store.unit_of_work() as session:
        first = await session.get_one(Notice, told)
        second, _ = await Books(session, store, keys=10).given(CARLOS, conversation_id=first.conversation_id, now=SOON)
    as_it_is = notices._follow

    async def breaks(session: AsyncSession, case: DelinquencyCase, notice: Notice, now: datetime) -> bool:
        if notice.id == told:
            raise ValueError("nothing to be read in a log")
        return await as_it_is(session, case, notice, now)

    monkeypatch.setattr(notices, "_follow", breaks)
    follower = notices.Follower(store, None)  # type: ignore[arg-type]  # nothing was sent: Twilio is not asked
    await follower.follow()
    assert set(follower._seen) == {second.id}

"""Notices are followed: what was sent, delivered and answered becomes evidence, and then the verdict. [RN 593]"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from backend.delinquency import cases, evidence
from backend.delinquency.tables import EvidenceLink, Notice
from backend.settings import settings
from backend.store.clock import business_now, set_offset
from backend.store.files import File
from backend.store.ids import new_id
from handoff.conversations.tables import Conversation, Message, Turn
from handoff.dispatch import notices
from handoff.whatsapp import outgoing
from handoff.whatsapp.client import TwilioClient
from handoff.whatsapp.outgoing import Draft
from tests.backend.delinquency.owing import CARLOS, Books
from tests.console.console_rig import TEMPLATES
from tests.handoff.sender_rig import Post
from tests.simulator.simulator_rig import ANA, Simulator

CONTENT = "Há duas mensalidades em aberto. Este é o conteúdo inteiro."


@dataclass
class Told:
    """A notice that the assistant told in a turn, on its way over the simulated Twilio."""

    post: Post
    notice_id: UUID
    paper: File

    async def sends(self, *, paper: bool = True) -> None:
        """The turn's answer is stored: content, paper, and the question whether he knows."""
        drafts = [Draft(CONTENT), *([Draft(file=self.paper)] if paper else []), Draft("Responda *estou ciente*.")]
        async with self.post.store.unit_of_work() as session:
            notice = await session.get_one(Notice, self.notice_id)
            turn = await session.get_one(Turn, notice.turn_id)
            turn.state, turn.answered_at = "answered", await business_now(session)
            conversation = await session.get_one(Conversation, self.post.conversation_id)
            for draft in drafts:
                await outgoing.send(
                    session, TEMPLATES, conversation=conversation, draft=draft, actor=notices.SYSTEM,
                    now=turn.answered_at, turn_id=turn.id,
                )  # fmt: skip

    async def delivered(self) -> None:
        await self.post.until(lambda states: bool(states) and all(state[1] == "delivered" for state in states))

    async def answers(self, simulator: Simulator, text: str = "estou ciente") -> None:
        await asyncio.to_thread(simulator.write, ANA, body=text, wait=True)
        async with self.post.store.unit_of_work() as session:
            query = select(Message).where(Message.direction == "in").order_by(Message.id.desc()).limit(1)
            message = (await session.scalars(query)).one()
            turn = Turn(
                id=new_id(), conversation_id=self.post.conversation_id, state="answered", text=text,
                asked_at=message.created_at, first_tried_at=message.created_at,
            )  # fmt: skip
            session.add(turn)
            await session.flush()
            message.turn_id = turn.id
            notice = await session.get_one(Notice, self.notice_id)
            await Books(session, self.post.store).answered(
                notice, text, confirms=text == "estou ciente", turn_id=turn.id, written_at=message.created_at,
                now=await business_now(session),
            )  # fmt: skip

    async def follow(self) -> int:
        client = TwilioClient(settings())
        settled = await notices.follow(self.post.store, client)
        await client.close()
        return settled

    async def notice(self) -> Notice:
        async with self.post.store.sessions() as session:
            return await session.get_one(Notice, self.notice_id)

    async def links(self) -> list[EvidenceLink]:
        async with self.post.store.sessions() as session:
            return list(await evidence.links_of(session, (await self.notice()).case_id))

    async def intact(self) -> bool:
        async with self.post.store.sessions() as session:
            case = await cases.get(session, (await self.notice()).case_id)
            return (await evidence.verify(session, case)).intact


@pytest.fixture
async def told(post: Post, monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setattr(settings(), "notice_by_whatsapp", True)
    async with post.store.unit_of_work() as session:
        now = await business_now(session)
        books = await Books.opened(session, post.store, now)
        turn = Turn(
            id=new_id(), conversation_id=post.conversation_id, text="o que devo?", asked_at=now, first_tried_at=now
        )
        session.add(turn)
        await session.flush()
        notice, paper = await books.given(
            CARLOS, now=now, conversation_id=post.conversation_id, turn_id=turn.id,
            protocol=await books.protocol(CARLOS, now=now),
        )  # fmt: skip
        return Told(post, notice.id, paper)


async def test_a_confirmed_notice_counts_with_every_message_of_it_as_evidence(told: Told, simulator: Simulator) -> None:
    await told.sends()
    await told.delivered()
    await told.answers(simulator)
    assert await told.follow() == 1
    notice = await told.notice()
    assert (notice.counts, notice.delivered) == (True, True)
    assert notice.text.startswith(CONTENT)
    links = await told.links()
    assert [link.kind for link in links] == [
        "content", "answer", *["sent", "delivery"] * 3, "answer_message", "verdict",
    ]  # fmt: skip
    first = links[2].content
    sent = await asyncio.to_thread(simulator.sends)
    assert (first["body"], first["sid"]) == (CONTENT, sent[0]["sid"])
    assert links[4].content["file"] == told.paper.sha256
    assert (links[8].content["body"], links[8].content["sender"]) == ("estou ciente", f"whatsapp:{ANA}")
    assert await told.intact()
    assert await told.follow() == 0


async def test_a_notice_whose_callbacks_were_lost_is_asked_for(told: Told, simulator: Simulator) -> None:
    simulator.faults(callbacks={"drop": 1})
    await told.sends()
    await told.post.until(lambda states: [state[0] for state in states] == ["sent"] * 3)
    await told.answers(simulator)
    assert await told.follow() == 0
    for each in await asyncio.to_thread(simulator.sends):
        await asyncio.to_thread(simulator.finished, str(each["sid"]), "delivered")
    async with told.post.store.unit_of_work() as session:
        await set_offset(session, ahead=timedelta(minutes=3))
    assert await told.follow() == 1
    assert (await told.notice()).counts


async def test_a_paper_that_did_not_arrive_makes_no_notice(told: Told, simulator: Simulator) -> None:
    simulator.faults(async_error={ANA: 63019})
    await told.sends()
    await told.post.until(lambda states: all(state[1] in {"failed", "undelivered"} for state in states))
    await told.answers(simulator)
    assert await told.follow() == 1
    notice = await told.notice()
    assert (notice.counts, notice.why) == (False, ["not_delivered"])
    assert {link.content["error_code"] for link in await told.links() if link.kind == "delivery"} == {63019}


async def test_without_its_paper_a_notice_was_not_told_whole(told: Told, simulator: Simulator) -> None:
    await told.sends(paper=False)
    await told.delivered()
    await told.answers(simulator)
    assert await told.follow() == 1
    assert (await told.notice()).why == ["not_whole"]


async def test_what_was_written_while_the_notice_was_still_to_be_stored_is_no_answer_to_it(
    told: Told, simulator: Simulator
) -> None:
    await told.answers(simulator)
    assert await told.follow() == 0  # its turn is not answered yet
    await told.sends()
    await told.delivered()
    assert await told.follow() == 1
    assert (await told.notice()).why == ["not_whole"]


async def test_silence_is_settled_when_the_conversation_ends(told: Told) -> None:
    await told.sends()
    await told.delivered()
    assert await told.follow() == 0
    async with told.post.store.unit_of_work() as session:
        (await session.get_one(Conversation, told.post.conversation_id)).closed_at = datetime.now(UTC)
    assert await told.follow() == 1
    assert (await told.notice()).why == ["not_answered"]


async def test_an_answer_that_was_kept_back_for_a_person_told_nothing(told: Told) -> None:
    async with told.post.store.unit_of_work() as session:
        turn = await session.get_one(Turn, (await session.get_one(Notice, told.notice_id)).turn_id)
        turn.state = "overtaken"
        await set_offset(session, ahead=timedelta(hours=25))
    assert await told.follow() == 1
    assert "not_delivered" in (await told.notice()).why


async def test_two_workers_write_each_link_once(told: Told, simulator: Simulator) -> None:
    await told.sends()
    await told.delivered()
    await told.answers(simulator)
    assert sum(await asyncio.gather(told.follow(), told.follow())) == 1
    async with told.post.store.sessions() as session:
        keys = await session.execute(select(func.count(), func.count(EvidenceLink.link_key.distinct())))
        assert len(set(keys.one())) == 1
    assert await told.intact()


async def test_a_worker_looks_again_only_at_what_has_changed(told: Told, simulator: Simulator) -> None:
    await told.sends()
    await told.delivered()
    client = TwilioClient(settings())
    follower = notices.Follower(told.post.store, client)
    assert await follower.follow() == 0
    before = len(await told.links())
    assert await follower.follow() == 0
    assert len(await told.links()) == before
    await told.answers(simulator)
    assert await follower.follow() == 1
    await client.close()

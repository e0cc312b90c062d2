"""Files on their way to WhatsApp: fetched by Twilio from the signed address, sent once, held outside the window."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from backend.settings import settings
from backend.store import files
from backend.store.files import File
from handoff.conversations.tables import Contact, OutboxRow
from handoff.whatsapp.client import Listed
from handoff.whatsapp.outgoing import Draft
from handoff.whatsapp.sender import Going, match_unclaimed
from tests.handoff.sender_rig import Post
from tests.simulator.simulator_rig import Simulator

SLIP = b"%PDF-1.7 slip"
SEEN = datetime(2026, 11, 22, 12, tzinfo=UTC)


def file(content: bytes = SLIP, name: str = "fatura-março.pdf", content_type: str = "application/pdf") -> File:
    return File(files.keep(content), name, content_type, len(content))


async def sends(simulator: Simulator) -> list[dict[str, object]]:
    return await asyncio.to_thread(simulator.sends)


def all_delivered(states: list[tuple[str, str | None, int | None]]) -> bool:
    return {state[:2] for state in states} == {("sent", "delivered")}


async def test_twilio_fetches_a_document_under_its_name_and_its_words_arrive_before_it(
    post: Post, simulator: Simulator
) -> None:
    await post.send(Draft("Sua fatura de março.", file=file()))
    await post.until(all_delivered)
    words, document = await sends(simulator)
    assert (words["body"], words["media"]) == ("Sua fatura de março.", [])
    assert (document["body"], len(document["media"])) == ("", 1)  # type: ignore[arg-type]
    assert document["fetched"] == [
        {
            "content_type": "application/pdf",
            "size": len(SLIP),
            "sha256": sha256(SLIP).hexdigest(),
            "name": "fatura-março.pdf",
        }
    ]


async def test_a_picture_arrives_with_its_words(post: Post, simulator: Simulator) -> None:
    await post.send(Draft("Sua carteirinha.", file=file(b"\x89PNG", "carteirinha.png", "image/png")))
    await post.until(all_delivered)
    [sent] = await sends(simulator)
    assert sent["body"] == "Sua carteirinha."
    assert [each["name"] for each in sent["fetched"]] == ["carteirinha.png"]  # type: ignore[attr-defined]


async def test_a_file_whose_answer_and_callbacks_were_lost_is_found_in_the_list_and_not_sent_again(
    post: Post, simulator: Simulator
) -> None:
    simulator.faults(accept_then_drop=1, callbacks={"drop": 1})
    for _ in range(2):  # the same file twice, nothing to tell them by but their order
        await post.send(Draft(file=file()))
    await post.until(lambda states: [state[0] for state in states] == ["sent", "sent"])
    taken = await sends(simulator)
    assert len(taken) == 2
    async with post.store.sessions() as session:
        noted = (await session.execute(select(OutboxRow.sid).order_by(OutboxRow.position))).scalars().all()
    assert noted == [sent["sid"] for sent in taken]


async def test_a_file_that_twilio_never_took_is_sent_after_it_was_looked_for(post: Post, simulator: Simulator) -> None:
    simulator.faults(drop_before_accept=1)
    await post.send(Draft(file=file()))
    await post.until(all_delivered)
    assert len(await sends(simulator)) == 1


async def test_outside_the_window_a_file_waits_and_its_address_is_signed_when_it_goes(
    post: Post, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with post.store.unit_of_work() as session:
        await session.execute(update(Contact).values(last_inbound_at=Contact.last_inbound_at - timedelta(hours=25)))
    await post.send(Draft(file=file()))
    await post.until(lambda states: [state[0] for state in states] == ["held"])
    assert await sends(simulator) == []
    await asyncio.to_thread(simulator.write, body="voltei", wait=True)
    await post.until(all_delivered)
    assert len(await sends(simulator)) == 1


async def test_a_file_that_twilio_cannot_fetch_fails_visibly(post: Post, simulator: Simulator) -> None:
    lost = file()
    files.path_of(lost.sha256).unlink()
    await post.send(Draft(file=lost))
    await post.until(lambda states: states == [("sent", "failed", 63019)])


async def test_without_a_key_a_file_waits_and_nothing_else_does(
    post: Post, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "secret_key", SecretStr(""))
    await post.send(Draft("Sua fatura.", file=file()))
    await post.until(lambda states: [state[0] for state in states] == ["sent", "ready"])
    assert [sent["body"] for sent in await sends(simulator)] == ["Sua fatura."]


@pytest.mark.parametrize(
    ("body", "media_id", "listed", "found"),
    [
        ("", uuid4(), [("MM1", "", True)], "MM1"),
        ("", uuid4(), [("SM1", "", False)], None),
        ("Aqui.", uuid4(), [("SM1", "Aqui.", False), ("MM1", "Aqui.", True)], "MM1"),
        ("Aqui.", None, [("MM1", "Aqui.", True), ("SM1", "Aqui.", False)], "SM1"),
        ("Aqui.", uuid4(), [("MM1", "Outra.", True)], None),
    ],
)
def test_in_twilios_list_a_file_is_no_text_and_a_text_no_file(
    body: str, media_id: UUID | None, listed: list[tuple[str, str, bool]], found: str | None
) -> None:
    row = Going(
        id=uuid4(), state="unsure", conversation_id=uuid4(), sender="", recipient="", body=body, content_sid=None,
        content_variables=None, media_id=media_id, attempts=1, sending_since=SEEN, last_inbound_at=SEEN, now=SEEN,
    )  # fmt: skip
    entries = [Listed(sid, said, SEEN, "sent", has_file=has_file) for sid, said, has_file in listed]
    match = match_unclaimed(row, entries)
    assert (match.sid if match else None) == found

"""What is the same wherever papers are asked for: names, what was left, and whose it is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from actions.conversation import Repeat
from actions.handover import Emergency, TalkToAttendant
from actions.not_understood import undo
from actions.talk import Talk
from backend import demo
from backend.actor import SYSTEM
from backend.documents.tables import Document
from backend.protocols import unfinished
from backend.protocols.tables import Protocol
from backend.store.engine import Store
from tests.actions.chatting import Chat, paper
from tests.actions.turns import NOW

BRUNO, CARLOS = "11144477735", "39053344705"
INTENT = "coming_of_age"
FIRST = "vou fazer 18, o que eu mando?"


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Chat]:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
    yield Chat(store)


async def begun(chat: Chat) -> None:
    await chat.identify(BRUNO)
    await chat.opens(FIRST, INTENT)


async def papers(chat: Chat) -> list[str]:
    async with chat.turn.store.unit_of_work() as session:
        return list(await session.scalars(select(Document.kind).order_by(Document.received_at, Document.id)))


async def kept(chat: Chat) -> int:
    async with chat.turn.store.unit_of_work() as session:
        return len(await unfinished.of_conversations(session, [chat.turn.conversation], now=NOW))


async def protocols(chat: Chat) -> list[tuple[str, str]]:
    async with chat.turn.store.unit_of_work() as session:
        rows = await session.execute(select(Protocol.kind, Protocol.state).order_by(Protocol.number))
        return [(kind, state) for kind, state in rows]


@pytest.mark.parametrize("said", ["não tenho a matrícula", "não achei meu cpf", "sem comprovante de frequência"])
async def test_who_lacks_a_paper_renames_none(chat: Chat, said: str) -> None:
    await begun(chat)
    await chat.writes("minha cnh", paper("foto.jpg"))
    await chat.writes(said)
    assert await papers(chat) == ["licence"]


@pytest.mark.parametrize(
    ("said", "kind"), [("errei, é o rg", "rg"), ("não é a cnh, é o cpf", "cpf"), ("era o rg", "rg")]
)
async def test_the_last_paper_gets_its_right_name(chat: Chat, said: str, kind: str) -> None:
    await begun(chat)
    await chat.writes("minha cnh", paper("foto.jpg"))
    assert "papers_received" in await chat.writes(said, intent="cancel_flow")
    assert await papers(chat) == [kind]


async def test_a_bad_file_is_answered_with_its_reason_and_asked_for_again(chat: Chat) -> None:
    await begun(chat)
    said = await chat.writes("meu rg", paper("rg.pdf", problem="encrypted"))
    assert said == ["document_problem_encrypted", "papers_missing"]
    assert await papers(chat) == []


async def test_what_was_left_for_later_goes_on_in_the_same_conversation(chat: Chat) -> None:
    await begun(chat)
    assert await chat.writes("mando depois") == ["papers_later"]
    assert await kept(chat) == 1
    said = await chat.opens("segue o documento da maioridade", INTENT, paper("matricula.pdf"))
    assert said[0] == "back_to_protocol"
    assert await papers(chat) == ["enrolment_proof"]
    assert await protocols(chat) == [(INTENT, "open")]


async def test_a_file_with_words_that_sound_like_another_need_goes_to_what_waits(chat: Chat) -> None:
    await begun(chat)
    await chat.writes("mando depois")
    await chat.opens("olha aí o comprovante de matrícula", "report_payment", paper("foto.jpg"))
    assert await papers(chat) == ["enrolment_proof"]
    assert [kind for kind, _ in await protocols(chat)] == [INTENT]


async def test_a_receipt_is_the_payments_whatever_waits(chat: Chat) -> None:
    await begun(chat)
    await chat.writes("mando depois")
    await chat.opens("segue o comprovante de pagamento", "report_payment", paper("foto.jpg"))
    assert [kind for kind, _ in await protocols(chat)] == [INTENT, "payment_report"]


async def test_here_it_is_under_a_photograph_is_no_emergency(chat: Chat) -> None:
    await begun(chat)
    await chat.writes("mando depois")
    said = await chat.does(Emergency(), "ta aqui", "emergency", paper("rg.jpg"))
    assert "emergency" not in said
    assert await papers(chat) == ["rg"]


async def test_danger_is_danger_with_a_photograph_too(chat: Chat) -> None:
    said = await chat.does(Emergency(), "meu pai está infartando", "emergency", paper("foto.jpg"))
    assert said[0].startswith("emergency")
    assert chat.handed_over


async def test_another_person_on_the_telephone_neither_sees_nor_ends_it(chat: Chat) -> None:
    await begun(chat)
    await chat.writes("minha cnh", paper("foto.jpg"))
    await chat.identify(CARLOS)
    assert await chat.writes("", paper("rg.jpg")) == ["request_of_another"]
    assert await papers(chat) == ["licence"]
    assert await kept(chat) == 1
    assert await protocols(chat) == [(INTENT, "open")]


async def test_what_was_gathered_is_kept_when_a_person_takes_over(chat: Chat) -> None:
    await begun(chat)
    await chat.writes("minha cnh", paper("foto.jpg"))
    await chat.does(TalkToAttendant(), "atendente", "talk_to_attendant")
    assert chat.handed_over
    assert await kept(chat) == 1


async def test_a_resumed_request_that_was_not_meant_stays_as_it_was(chat: Chat) -> None:
    await begun(chat)
    await chat.writes("mando depois")
    await chat.opens("", "send_document", paper("foto.jpg"))
    talk_state = chat.turn.slots["request_state"]
    assert talk_state["resumed"]
    await chat.does(_Undo(), "não era isso", "nlu_fallback")
    assert await protocols(chat) == [(INTENT, "open")]


class _Undo(Emergency):
    called = "action_finish_request"

    async def act(self, talk: Talk) -> None:
        await undo(talk)


async def test_who_asks_whether_his_request_was_approved_hears_of_the_request_that_he_made(chat: Chat) -> None:
    await begun(chat)
    await chat.writes("mando depois")
    said = await chat.opens("meu pedido foi aprovado?", "procedure_status")
    assert any(name.startswith("protocol_") for name in said), said


async def test_who_takes_over_reads_which_papers_came(chat: Chat) -> None:
    await begun(chat)
    await chat.writes("minha cnh", paper("foto.jpg"))
    await chat.does(TalkToAttendant(), "atendente", "talk_to_attendant")
    commands = [(message.get("custom") or {}).get("command", {}) for message in chat.messages]
    [handed] = [command["hand_over"] for command in commands if "hand_over" in command]
    assert "Documentos recebidos: CNH." in handed["summary"]


async def test_not_understood_after_news_says_the_news_again_and_offers_a_person(chat: Chat) -> None:
    await begun(chat)
    await chat.writes("mando depois")
    chat.turn.context = {"told_last": "O RG está cortado. Mande de novo."}
    await chat.does(Repeat(), "não entendi", "repeat")
    assert chat.messages[-1]["text"] == "O RG está cortado. Mande de novo."
    assert [button["title"] for button in chat.messages[-1]["buttons"]] == ["Falar com atendente"]

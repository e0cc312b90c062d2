"""Answers to news: what needs nobody's identity, what does, and what comes late or twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.news import AnswerNews
from actions.news_processes import CancelReminded, HearNews
from actions.repeating import last_said
from actions.talk import Talk
from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary
from backend.identity.verbs import vouch
from backend.protocols.tables import Protocol
from backend.scheduling import booking, changes
from backend.scheduling.tables import Appointment
from backend.store.engine import Store
from tests.backend.agenda import NOW, TOMORROW
from tests.handoff.news_rig import Rig

CONVERSATION = uuid4()
HEALTH = ("Helena", "ardiolog", "Rua Um")


@pytest.fixture
async def rig(store: Store) -> Rig:
    rig = Rig(store)
    await rig.clock(NOW)
    return rig


class Turn:
    """One turn of a conversation in which much may be remembered already; what it said, and what follows."""

    def __init__(self, rig: Rig, slots: dict[str, Any] | None = None, text: str = "") -> None:
        self.rig, self.slots, self.text = rig, {"announced": True} | (slots or {}), text
        self.said: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    async def answers(self, answer: str = "", event: str = "1", *, verified: UUID | None = None) -> None:
        entities = [{"entity": "news", "value": event}, *([{"entity": "answer", "value": answer}] if answer else [])]
        await self._acts("answer_news", entities, lambda talk: AnswerNews().act(talk), verified)

    async def goes_on(self, process: HearNews | CancelReminded, *, verified: UUID | None = None) -> None:
        step = process.begin if isinstance(process, HearNews) else process.take
        await self._acts("affirm", [], step, verified)

    async def _acts(self, intent: str, entities: list[dict[str, Any]], act: Any, verified: UUID | None) -> None:
        message = {
            "text": self.text, "intent": {"name": intent, "confidence": 1.0}, "entities": entities,
            "message_id": str(uuid4()),
        }  # fmt: skip
        dispatcher = CollectingDispatcher()
        async with self.rig.store.unit_of_work() as session:
            if verified is not None:
                person = await session.get_one(Beneficiary, verified)
                await vouch(session, conversation_id=CONVERSATION, beneficiary=person, actor=SYSTEM, now=self.rig.now)
            tracker = Tracker(str(CONVERSATION), self.slots, message, [], False, None, {}, "action_listen")
            talk = Talk("action", session, self.rig.store, self.rig.now, tracker, dispatcher)
            await act(talk)
            talk.keep_state()
        self.said, self.events = dispatcher.messages, talk.events

    @property
    def texts(self) -> list[str]:
        return [message["response"].removeprefix("utter_") for message in self.said]

    @property
    def next(self) -> str | None:
        return next((event["name"] for event in self.events if event["event"] == "followup"), None)

    def slot(self, name: str) -> Any:
        return {event["name"]: event.get("value") for event in self.events if event["event"] == "slot"}.get(name)


async def reminded(rig: Rig) -> tuple[UUID, UUID]:
    ana = await rig.person("Ana Rocha")
    appointment = await rig.booked(ana)
    await rig.tell("appointment_reminder", ana, appointment)
    return ana, appointment


async def offered(rig: Rig) -> tuple[UUID, UUID]:
    """A slot is held for Ana, as the waiting list holds it."""
    ana = await rig.person("Ana Rocha")
    appointment = await rig.booked(ana)
    async with rig.store.unit_of_work() as session:
        held = await session.get_one(Appointment, appointment)
        held.state, held.held_until, held.booked_at = "held", NOW.replace(hour=14), None
    await rig.tell("vacancy_offered", ana, appointment)
    return ana, appointment


async def test_a_confirmation_needs_no_identity_and_says_no_health_fact(rig: Rig) -> None:
    await reminded(rig)
    turn = Turn(rig)
    await turn.answers("confirm")
    assert turn.texts == ["news_confirmed"]
    assert not any(fact in str(turn.said) for fact in HEALTH)
    assert "terça-feira, 04/08, às 09:00" in str(turn.said)
    assert turn.next is None
    await turn.answers("confirm")
    assert turn.texts == ["news_confirmed_before"]


async def test_cancelling_is_asked_once_more_and_then_done_without_identity(rig: Rig) -> None:
    _, appointment = await reminded(rig)
    turn = Turn(rig, text="não vou poder ir")
    await turn.answers("cancel")
    assert (turn.next, turn.slot("pending_request")) == ("request_form", "cancel_reminded")
    assert await rig.state_of(appointment) == "booked"
    sure = Turn(rig, {"request_state": {"item": str(appointment)}}, text="sim")
    await sure.goes_on(CancelReminded())
    assert sure.texts == ["news_cancelled"]
    assert not any(fact in str(sure.said) for fact in HEALTH)
    assert await rig.state_of(appointment) == "cancelled"
    await turn.answers("cancel")
    assert turn.texts == ["news_not_booked"]


async def test_a_no_leaves_it_booked(rig: Rig) -> None:
    _, appointment = await reminded(rig)
    turn = Turn(rig, {"request_state": {"item": str(appointment)}}, text="não, deixa")
    await turn.goes_on(CancelReminded())
    assert turn.texts == ["news_kept"]
    assert await rig.state_of(appointment) == "booked"


async def test_rescheduling_opens_a_protocol_first_and_asks_who_it_is(rig: Rig) -> None:
    _, appointment = await reminded(rig)
    turn = Turn(rig, text="remarcar")
    await turn.answers("reschedule")
    assert turn.texts == ["protocol_opened"]
    assert (turn.next, turn.slot("pending_request")) == ("identity_form", "reschedule_appointment")
    assert turn.slot("request_state")["item"] == str(appointment)
    async with rig.store.sessions() as session:
        assert (await session.execute(select(Protocol.kind))).scalars().all() == ["appointment_change"]


async def test_an_answer_after_the_appointment_changes_nothing(rig: Rig) -> None:
    _, appointment = await reminded(rig)
    await rig.clock(NOW.replace(day=TOMORROW.day, hour=14))
    for answer in ("confirm", "cancel", "reschedule"):
        turn = Turn(rig)
        await turn.answers(answer)
        assert turn.texts == ["news_over"]
    async with rig.store.sessions() as session:
        assert (await session.get_one(Appointment, appointment)).confirmed_at is None


async def test_a_vacancy_is_accepted_by_the_identified_person_and_told_with_all_that_belongs_to_it(rig: Rig) -> None:
    ana, appointment = await offered(rig)
    turn = Turn(rig)
    await turn.answers("accept")
    assert (turn.next, turn.said) == ("identity_form", [])
    assert await rig.state_of(appointment) == "held"
    await turn.answers("accept", verified=ana)
    assert turn.texts == ["news_vacancy_booked"]
    assert all(fact in str(turn.said) for fact in (*HEALTH, "às 09:00"))
    assert await rig.state_of(appointment) == "booked"
    await turn.answers("refuse")
    assert turn.texts == ["news_vacancy_accepted_before"]
    assert await rig.state_of(appointment) == "booked"


async def test_a_vacancy_that_is_gone_is_said_kindly(rig: Rig) -> None:
    ana, appointment = await offered(rig)
    turn = Turn(rig)
    await turn.answers("refuse")
    assert turn.texts == ["news_vacancy_refused"]
    assert await rig.state_of(appointment) == "released"
    await turn.answers("accept", verified=ana)
    assert turn.texts == ["news_vacancy_gone"]


async def test_news_are_told_in_full_to_the_person_and_to_nobody_else(rig: Rig) -> None:
    ana, bruno = await rig.person("Ana Rocha"), await rig.person("Bruno Lima")
    await rig.decided(
        bruno, "denied", reason="Falta o laudo.", clause="Cláusula 7", decided_by="Dra. Lia Prates, CRM-MA 77"
    )
    turn = Turn(rig)
    await turn.answers(verified=ana)
    assert turn.texts == ["news_not_yours"]
    assert "Mamografia" not in str(turn.said)
    await turn.answers(verified=bruno)
    assert turn.texts == ["news_authorization_denied"]
    assert "Falta o laudo." in str(turn.said)


async def test_what_was_under_way_is_put_aside_and_comes_back(rig: Rig) -> None:
    await rig.decided(await rig.person("Ana Rocha"))
    turn = Turn(rig, {"pending_request": "invoice_copy", "pending_protocol": None, "request_state": {"said": "boleto"}})
    await turn.answers()
    [paused] = turn.slot("paused_requests")
    assert (paused["intent"], paused["state"]) == ("invoice_copy", {"said": "boleto"})


async def test_an_event_that_nobody_knows_is_answered_kindly(rig: Rig) -> None:
    for event in ("77", "no number", ""):
        turn = Turn(rig)
        await turn.answers("confirm", event)
        assert turn.texts == ["news_gone"]


async def test_an_appointment_that_was_moved_meanwhile_is_not_confirmed(rig: Rig) -> None:
    _, appointment = await reminded(rig)
    async with rig.store.unit_of_work() as session:
        booked = await booking.get(session, appointment)
        await changes.cancel(session, appointment=booked, actor=SYSTEM, now=NOW)
    turn = Turn(rig)
    await turn.answers("confirm")
    assert turn.texts == ["news_not_booked"]


def bot(text: str | None, **data: Any) -> dict[str, Any]:
    return {"event": "bot", "text": text, "data": data}


def test_what_was_said_last_includes_a_file_with_its_caption_and_no_command() -> None:
    file = {"sha256": "0" * 64, "name": "boleto.pdf", "content_type": "application/pdf", "size": 3}
    events = [
        {"event": "user"}, bot("Antes."), {"event": "user"}, bot("Seu boleto:", custom={"file": file}),
        bot(None, custom={"file": file}), bot(None, custom={"command": {"close": True}}),
        bot("Mais?", buttons=[{"title": "Sim"}]), {"event": "user"},
    ]  # fmt: skip
    said = last_said(events)
    assert [(one.text, one.file) for one in said] == [("Seu boleto:", file), ("", file), ("Mais?", None)]
    assert said[-1].buttons == [{"title": "Sim"}]

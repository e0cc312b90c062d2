"""What other systems change reaches the person: from the call to the outbox, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.actor import ASSISTANT
from backend.scheduling import booking
from backend.settings import settings
from backend.store.clock import set_offset
from backend.store.engine import Store
from handoff.conversations.tables import Message
from handoff.dispatch import news
from handoff.whatsapp.templates import Templates
from tests.api.api_rig import ANA, MRI, System, invoice_of, load_people, load_procedures, now_of, protocol_of, who
from tests.backend.agenda import Agenda


@pytest.fixture(autouse=True)
async def plan(store: Store) -> None:
    await load_people(store)
    await load_procedures(store)


async def tell_everything(store: Store) -> list[str]:
    """What became of each event, as the worker tells them; what waits for an answer waits until its time is over."""
    codes: list[str] = []
    templates, ahead = Templates.load(settings()), timedelta()
    while (outcome := await news.tell_next(store, templates)) is not None:
        if outcome.until is None:
            codes.append(outcome.code)
            continue
        ahead += timedelta(minutes=settings().news_pause_minutes)
        async with store.unit_of_work() as session:
            await set_offset(session, ahead=ahead)
    return codes


async def written(store: Store) -> list[str]:
    async with store.sessions() as session:
        return list(await session.scalars(select(Message.body).where(Message.direction == "out").order_by(Message.id)))


async def test_an_authorization_an_invoice_and_an_answer_are_told_without_naming_health_or_money(
    erp: System, store: Store
) -> None:
    body = {"beneficiary": {"cpf": ANA}, "procedure_code": MRI, "requesting_doctor": "Dra. Helena Prado"}
    invoice, protocol = await invoice_of(store, ANA), await protocol_of(store, ANA)
    assert await tell_everything(store)  # the invoice itself
    before = await written(store)
    paid = {"paid_on": "2026-07-08", "amount": "389.90", "means": "pix"}
    for _ in range(2):
        await erp.post("/authorizations", body, key="a")
        await erp.post(f"/invoices/{invoice.number}/payments", paid, key="b")
        await erp.post(f"/protocols/{protocol.number}/replies", {"text": "O laudo chegou."}, key="c")
    outcomes = await tell_everything(store)
    assert len(outcomes) == 3
    assert set(outcomes) <= {"told", "template", "held"}
    news_told = (await written(store))[len(before) :]
    assert len(news_told) == 3
    for text in news_told:
        assert not any(word in text for word in ("RM", "389", "fatura", "laudo"))


async def test_a_withdrawn_appointment_is_told_with_its_day_and_hour(erp: System, store: Store) -> None:
    ana, now = await who(store, ANA), await now_of(store)
    async with store.unit_of_work() as session:
        agenda = Agenda(session)
        slot = await agenda.slot(await agenda.practice("Dra. Alma Serra"), now + timedelta(days=3))
        held = await booking.hold_slot(
            session, slot_id=slot.id, beneficiary_id=ana.id, protocol_id=None, request_key="h", actor=ASSISTANT, now=now
        )
        await booking.book(session, appointment=held, actor=ASSISTANT, now=now)
    assert (await erp.call("DELETE", f"/agenda/slots/{slot.id}")).status_code == 200
    [outcome] = await tell_everything(store)
    assert outcome in {"told", "template", "held"}
    [text] = await written(store)
    assert "Ana" in text
    assert "Alma" not in text

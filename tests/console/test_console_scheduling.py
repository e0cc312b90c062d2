"""Appointments in the conversation: same agenda, same rules, same message as the assistant's."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import pytest

from backend.actor import ASSISTANT
from backend.beneficiaries import Beneficiary
from backend.demo import load_agenda, load_network
from backend.protocols.tables import Protocol, ProtocolEntry
from backend.scheduling import booking, waiting
from backend.scheduling.tables import Appointment, Slot, WaitingEntry
from backend.store import clock
from tests.console.console_rig import (
    ANA,
    ANAS_CPF,
    BRUNOS_CPF,
    CARLOS,
    CARLOS_CPF,
    DEBORAS_CPF,
    Browser,
    Desk,
    OpenBrowser,
    key,
)

WISH = {"specialty": "cardiology", "city": "São Luís/MA"}


@pytest.fixture
async def browser(desk: Desk, open_browser: OpenBrowser) -> Browser:
    await desk.account("marta", "Marta Lopes")
    await desk.loads(load_network, load_agenda)
    return await open_browser("marta")


def id_of(path: str) -> UUID:
    return UUID(path.rsplit("/", maxsplit=1)[-1])


async def found(browser: Browser, path: str, **fields: str) -> list[str]:
    """The slots that the agenda shows."""
    page = (await browser.get(f"{path}/person/agenda", fragment=True, params={**WISH, **fields})).text
    return re.findall(r'name="slot" value="([^"]+)"', page)


async def held(desk: Desk) -> list[Appointment]:
    return await desk.rows(Appointment, Appointment.state == "held")


async def said(desk: Desk, path: str) -> list[str]:
    return [message.body for message in await desk.messages(id_of(path), "out")]


async def test_the_agenda_reads_days_as_people_say_them(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    form = {**WISH, "words": "quinta de manhã", "doctor": "helena"}
    page = (await browser.get(f"{path}/person/agenda", fragment=True, params=form)).text
    assert re.search(r"Entendi: na quinta-feira, \d\d/\d\d, de manhã", page)
    assert "Dra. Helena Prado" in page
    assert "Dr. Anacleto Barros" not in page.split("Horários livres")[1]
    for words, hint in ((("words", "banana"), "Não entendi “banana”"), (("doctor", "xyzzy"), "Não encontrei “xyzzy”")):
        page = (await browser.get(f"{path}/person/agenda", fragment=True, params={**WISH, words[0]: words[1]})).text
        assert hint in page
        assert 'name="slot"' in page
    assert (await browser.get(f"{path}/person/agenda?specialty=magic", fragment=True)).status_code == 422
    assert (await browser.get(f"{path}/person/agenda?specialty=cardiology&since=x", fragment=True)).status_code == 422


async def test_where_the_term_cannot_be_kept_the_attendant_is_told(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    form = {"specialty": "neurology", "city": "Imperatriz/MA"}
    page = (await browser.get(f"{path}/person/agenda", fragment=True, params=form)).text
    assert "A agenda não cumpre o prazo da ANS" in page


async def test_proposing_sends_up_to_three_and_holds_nothing(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA)  # nobody verified: vacancies are nobody's secret
    slots = await found(browser, path)
    form = {**WISH, "request_key": key(), "slot": slots[:3]}
    for _ in range(2):
        assert (await browser.post(f"{path}/agenda/propose", **form)).status_code == 200
    (text,) = await said(desk, path)
    assert re.findall(r"^\*(\d)\* - .*, com Dra?\. ", text, re.MULTILINE) == ["1", "2", "3"]
    assert "Cardiologia em São Luís" in text
    assert await held(desk) == []
    many = await browser.post(f"{path}/agenda/propose", **{**form, "request_key": key(), "slot": slots[:4]})
    assert (many.status_code, "de um a 3 horários" in many.text) == (422, True)


async def test_a_proposed_slot_that_is_taken_meanwhile_is_not_sent(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    slots = await found(browser, path)
    await take_for_carlos(desk, slots[0])
    answer = await browser.post(f"{path}/agenda/propose", **WISH, request_key=key(), slot=slots[:2])
    assert (answer.status_code, "acabou de ser ocupado" in answer.text) == (409, True)
    assert slots[0] not in answer.text
    assert slots[1] in answer.text
    assert await said(desk, path) == []


async def take_for_carlos(desk: Desk, slot: str) -> None:
    carlos, now = await desk.person(CARLOS_CPF), await desk.now()
    async with desk.store.unit_of_work() as session:
        await booking.hold_slot(
            session, slot_id=UUID(slot), beneficiary_id=carlos.id, protocol_id=None, request_key=key(),
            actor=ASSISTANT, now=now,
        )  # fmt: skip


async def test_from_hold_to_booking_with_the_assistants_last_message(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    slot = (await found(browser, path))[-1]
    ana = await desk.person(ANAS_CPF)
    form = {**WISH, "request_key": key(), "hold": slot, "whom": str(ana.id)}
    answers = await asyncio.gather(*(browser.post(f"{path}/agenda/hold", **form) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert re.search(r"Reservado, vence <time datetime=\"[^\"]+\" data-due>", answers[0].text)
    (appointment,) = await held(desk)
    (protocol,) = await desk.rows(Protocol, Protocol.conversation_id == id_of(path))
    assert (protocol.kind, protocol.beneficiary_id, protocol.state) == ("appointment", ana.id, "open")
    assert await said(desk, path) == []
    await browser.post(f"{path}/holds/{appointment.id}/ask", request_key=key())
    form = {"request_key": key()}
    answers = await asyncio.gather(*(browser.post(f"{path}/holds/{appointment.id}/book", **form) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (await browser.post(f"{path}/holds/{appointment.id}/book", request_key=key())).status_code == 200
    asked, booked = await said(desk, path)
    assert "Confirma?" in asked
    for words in ("Cardiologia", "Para: Ana Beatriz Rocha", f"Protocolo: *{protocol.number}*", "São Luís MA"):
        assert words in booked
    (row,) = await desk.rows(Appointment, Appointment.id == appointment.id)
    assert row.state == "booked"
    (protocol,) = await desk.rows(Protocol, Protocol.id == protocol.id)
    assert protocol.state == "closed"
    for action in ("console.hold", "console.ask", "scheduling.hold", "scheduling.book"):
        (row_,) = await desk.audited(action)
        assert row_.actor_kind == "attendant"
    page = (await browser.get(f"{path}/person/appointments", fragment=True)).text
    assert protocol.number in page


async def test_a_slot_that_is_taken_is_said_and_the_list_is_fresh(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    slots = await found(browser, path)
    await take_for_carlos(desk, slots[0])
    answer = await browser.post(f"{path}/agenda/hold", **WISH, request_key=key(), hold=slots[0])
    assert (answer.status_code, "reservado por outra pessoa" in answer.text) == (409, True)
    assert 'role="alert"' in answer.text
    shown = re.findall(r'name="slot" value="([^"]+)"', answer.text)
    assert slots[0] not in shown
    assert slots[1] in shown
    assert await desk.rows(Protocol, Protocol.conversation_id == id_of(path)) == []


async def test_a_hold_that_ran_out_and_was_taken_is_not_booked(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    slot = (await found(browser, path))[-1]
    await browser.post(f"{path}/agenda/hold", **WISH, request_key=key(), hold=slot)
    (mine,) = await held(desk)
    async with desk.store.unit_of_work() as session:
        await clock.set_offset(session, ahead=timedelta(minutes=11))
    assert "A reserva venceu" in (await browser.get(f"{path}/person/agenda", fragment=True)).text
    await take_for_carlos(desk, slot)
    answer = await browser.post(f"{path}/holds/{mine.id}/book", **WISH, request_key=key())
    assert (answer.status_code, "reservado por outra pessoa" in answer.text) == (409, True)
    assert await said(desk, path) == []


async def test_after_a_silence_who_writes_is_asked_again_before_anything_is_booked(
    desk: Desk, browser: Browser
) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    slot = (await found(browser, path))[-1]
    await browser.post(f"{path}/agenda/hold", **WISH, request_key=key(), hold=slot)
    (mine,) = await held(desk)
    async with desk.store.unit_of_work() as session:
        await clock.set_offset(session, ahead=timedelta(minutes=31))
    for deed in ("ask", "book"):
        answer = await browser.post(f"{path}/holds/{mine.id}/{deed}", request_key=key())
        assert (answer.status_code, "Confirme a identidade" in answer.text) == (403, True)
    assert "Remarcar" not in (await browser.get(f"{path}/person/appointments", fragment=True)).text
    assert await said(desk, path) == []


async def test_nothing_is_held_before_the_person_is_identified(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA)
    slot, ana = (await found(browser, path))[0], await desk.person(ANAS_CPF)
    for form in ({}, {"whom": str(ana.id)}):
        answer = await browser.post(f"{path}/agenda/hold", **WISH, **form, request_key=key(), hold=slot)
        assert (answer.status_code, "Confirme a identidade" in answer.text) == (403, True)
    assert await held(desk) == []


async def test_for_an_adult_of_the_family_the_attendant_decides_and_says_why(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, CARLOS, CARLOS_CPF, name="Carlos")
    slot, debora = (await found(browser, path))[0], await desk.person(DEBORAS_CPF)
    form = {**WISH, "hold": slot, "whom": str(debora.id)}
    answer = await browser.post(f"{path}/agenda/hold", **form, request_key=key())
    assert (answer.status_code, "Carlos não responde por Débora" in answer.text) == (422, True)
    done = await browser.post(f"{path}/agenda/hold", **form, request_key=key(), reason="Ela confirmou por telefone.")
    assert done.status_code == 200
    (appointment,) = await held(desk)
    assert appointment.beneficiary_id == debora.id
    (line,) = await desk.rows(ProtocolEntry, ProtocolEntry.step == "decided")
    assert (line.text, line.actor_kind) == ("Decisão do atendimento: Ela confirmou por telefone.", "attendant")
    other = await desk.person(ANAS_CPF)
    answer = await browser.post(
        f"{path}/agenda/hold", **{**form, "whom": str(other.id)}, request_key=key(), reason="porque sim"
    )
    assert (answer.status_code, "não está no contrato" in answer.text) == (403, True)


async def test_for_a_minor_of_the_contract_no_reason_is_needed(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    slot, bruno = (await found(browser, path))[0], await desk.person(BRUNOS_CPF)
    answer = await browser.post(f"{path}/agenda/hold", **WISH, request_key=key(), hold=slot, whom=str(bruno.id))
    assert answer.status_code == 200
    assert [row.beneficiary_id for row in await held(desk)] == [bruno.id]


async def test_moving_frees_the_old_time_only_when_the_new_one_is_booked(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    ana, now = await desk.person(ANAS_CPF), await desk.now()
    async with desk.store.unit_of_work() as session:
        (old, *_) = await booking.upcoming(session, [ana.id], now=now)
    page = (await browser.get(f"{path}/person/agenda?moving={old.appointment.id}", fragment=True)).text
    assert "Remarcando" in page
    assert f'<option value="{old.specialty}" selected>' in page
    slot = re.findall(r'name="slot" value="([^"]+)"', page)[-1]
    form = {"specialty": old.specialty, "city": "São Luís/MA", "moving": str(old.appointment.id)}
    done = await browser.post(f"{path}/agenda/hold", **form, request_key=key(), hold=slot)
    assert "No lugar de" in done.text
    (new,) = await held(desk)
    assert [row.state for row in await desk.rows(Appointment, Appointment.id == old.appointment.id)] == ["booked"]
    answer = await browser.post(f"{path}/holds/{new.id}/book", request_key=key(), moving=str(old.appointment.id))
    assert "Consulta remarcada e avisada." in answer.text
    assert [row.state for row in await desk.rows(Appointment, Appointment.id == old.appointment.id)] == ["moved"]
    (text,) = await said(desk, path)
    (protocol,) = await desk.rows(Protocol, Protocol.conversation_id == id_of(path))
    assert protocol.kind == "appointment_change"
    assert protocol.number in text


async def test_the_agenda_is_a_look_at_somebodys_record(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    assert (await browser.get(f"{path}/person/agenda", fragment=True)).status_code == 200
    (look,) = await desk.audited("console.look")
    ana = await desk.person(ANAS_CPF)
    assert (look.subject_id, look.details["section"]) == (str(ana.id), "agenda")


async def test_an_appointment_of_another_contract_is_not_shown_for_moving(desk: Desk, browser: Browser) -> None:
    ana, now = await desk.person(ANAS_CPF), await desk.now()
    async with desk.store.unit_of_work() as session:
        (hers, *_) = await booking.upcoming(session, [ana.id], now=now)
    query = f"person/agenda?moving={hers.appointment.id}"
    stranger = await desk.claimed_by(browser, CARLOS, CARLOS_CPF, name="Carlos")
    unknown = await desk.claimed_by(browser, ANA)
    for path, words in ((stranger, "de outra pessoa"), (unknown, "Confirme a identidade")):
        for more in ("", "&specialty=cardiology"):
            answer = await browser.get(f"{path}/{query}{more}", fragment=True)
            assert (answer.status_code, words in answer.text) == (403, True)
            assert hers.provider_name not in answer.text
    await desk.verified(id_of(unknown), BRUNOS_CPF)
    assert "Remarcando" in (await browser.get(f"{unknown}/{query}", fragment=True)).text


async def test_cancelling_tells_the_person_once_and_gives_a_protocol(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    ana, now = await desk.person(ANAS_CPF), await desk.now()
    async with desk.store.unit_of_work() as session:
        (old, *_) = await booking.upcoming(session, [ana.id], now=now)
    form = {"request_key": key()}
    for _ in range(2):
        assert (await browser.post(f"{path}/appointments/{old.appointment.id}/cancel", **form)).status_code == 200
    (text,) = await said(desk, path)
    (protocol,) = await desk.rows(Protocol, Protocol.conversation_id == id_of(path))
    assert (protocol.kind, protocol.state) == ("appointment_cancellation", "closed")
    assert protocol.number in text
    again = await browser.post(f"{path}/appointments/{old.appointment.id}/cancel", request_key=key())
    assert (again.status_code, "não está mais marcada" in again.text) == (422, True)


async def test_the_waiting_list_is_joined_and_left(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    done = await browser.post(f"{path}/agenda/wait", **WISH, words="quinta de manhã", request_key=key())
    assert "Na lista de espera" in done.text
    (entry,) = await desk.rows(WaitingEntry)
    assert entry.specialty == "cardiology"
    (protocol,) = await desk.rows(Protocol, Protocol.conversation_id == id_of(path))
    assert protocol.state == "waiting"
    (text,) = await said(desk, path)
    assert protocol.number in text
    await browser.post(f"{path}/waiting/{entry.id}/leave", request_key=key())
    (entry,) = await desk.rows(WaitingEntry)
    (protocol,) = await desk.rows(Protocol, Protocol.id == protocol.id)
    assert (entry.state, protocol.state) == ("left", "closed")


async def offered(desk: Desk, browser: Browser) -> tuple[str, UUID]:
    """Ana's conversation and what the waiting list holds for her."""
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    slot, now = (await found(browser, path))[-1], await desk.now()
    await browser.post(f"{path}/agenda/wait", **WISH, request_key=key())
    async with desk.store.unit_of_work() as session:
        assert await waiting.offer_slot(session, slot_id=UUID(slot), now=now)
    (mine,) = await held(desk)
    return path, mine.id


async def test_booking_what_the_waiting_list_offered_ends_the_wait(desk: Desk, browser: Browser) -> None:
    path, mine = await offered(desk, browser)
    assert "Reservado, vence" in (await browser.get(f"{path}/person/agenda", fragment=True)).text
    assert (await browser.post(f"{path}/holds/{mine}/book", request_key=key())).status_code == 200
    (entry,) = await desk.rows(WaitingEntry)
    (protocol,) = await desk.rows(Protocol, Protocol.id == entry.protocol_id)
    assert (entry.state, entry.offered_id, protocol.state) == ("taken", mine, "closed")
    answer = await browser.post(f"{path}/waiting/{entry.id}/leave", request_key=key())
    assert (answer.status_code, "já terminou" in answer.text) == (422, True)


async def test_letting_go_of_what_the_waiting_list_offered_goes_on_waiting(desk: Desk, browser: Browser) -> None:
    path, mine = await offered(desk, browser)
    assert (await browser.post(f"{path}/holds/{mine}/release", request_key=key())).status_code == 200
    (entry,) = await desk.rows(WaitingEntry)
    assert (entry.state, entry.offered_id, await held(desk)) == ("waiting", None, [])


async def test_who_leaves_the_list_lets_go_of_what_it_offered(desk: Desk, browser: Browser) -> None:
    path, _ = await offered(desk, browser)
    done = await browser.post(f"{path}/waiting/{(await desk.rows(WaitingEntry))[0].id}/leave", request_key=key())
    assert "Fora da lista de espera." in done.text
    (entry,) = await desk.rows(WaitingEntry)
    (protocol,) = await desk.rows(Protocol, Protocol.id == entry.protocol_id)
    assert (entry.state, protocol.state, await held(desk)) == ("left", "closed", [])


async def test_a_booking_beside_the_waiting_list_has_a_protocol_of_its_own(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    await browser.post(f"{path}/agenda/wait", **WISH, request_key=key())
    (waits,) = await desk.rows(Protocol, Protocol.conversation_id == id_of(path))
    await browser.post(f"{path}/agenda/hold", **WISH, request_key=key(), hold=(await found(browser, path))[-1])
    (mine,) = await held(desk)
    assert mine.protocol_id != waits.id
    await browser.post(f"{path}/holds/{mine.id}/book", request_key=key())
    (waits,) = await desk.rows(Protocol, Protocol.id == waits.id)
    assert waits.state == "waiting"


async def test_a_reason_counts_for_the_speaker_of_that_moment_alone(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, CARLOS, CARLOS_CPF, name="Carlos")
    slot, debora = (await found(browser, path))[-1], await desk.person(DEBORAS_CPF)
    form = {**WISH, "hold": slot, "whom": str(debora.id), "reason": "Ela confirmou por telefone."}
    await browser.post(f"{path}/agenda/hold", **form, request_key=key())
    (mine,) = await held(desk)
    assert (await browser.post(f"{path}/holds/{mine.id}/ask", request_key=key())).status_code == 200
    ana = await desk.verified(id_of(path), ANAS_CPF)
    for deed in ("ask", "book"):
        answer = await browser.post(f"{path}/holds/{mine.id}/{deed}", request_key=key())
        assert (answer.status_code, "não está no contrato" in answer.text) == (403, True)
    await desk.change(Beneficiary, ana.id, contract_id=debora.contract_id)
    for deed in ("ask", "book"):
        answer = await browser.post(f"{path}/holds/{mine.id}/{deed}", request_key=key())
        assert (answer.status_code, "Ana não responde por Débora" in answer.text) == (422, True)
    assert len(await said(desk, path)) == 1
    await desk.verified(id_of(path), CARLOS_CPF)
    assert (await browser.post(f"{path}/holds/{mine.id}/book", request_key=key())).status_code == 200


async def test_what_one_conversation_holds_no_other_one_books(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, ANA, ANAS_CPF)
    slot = (await found(browser, path))[0]
    await browser.post(f"{path}/agenda/hold", **WISH, request_key=key(), hold=slot)
    (mine,) = await held(desk)
    other = await desk.claimed_by(browser, CARLOS, CARLOS_CPF, name="Carlos")
    for deed in ("book", "ask", "release"):
        answer = await browser.post(f"{other}/holds/{mine.id}/{deed}", request_key=key())
        assert (answer.status_code, "de outra conversa" in answer.text) == (403, True)
    assert (await browser.post(f"{path}/holds/{mine.id}/release", request_key=key())).status_code == 200
    assert await held(desk) == []
    assert [row.withdrawn for row in await desk.rows(Slot, Slot.id == UUID(slot))] == [False]


async def test_a_plan_that_ended_books_nothing(desk: Desk, browser: Browser) -> None:
    path = await desk.claimed_by(browser, "whatsapp:+5598988000010", "90010024204", name="Kleber")
    slot = (await found(browser, path))[:1] or [str((await desk.rows(Slot))[0].id)]
    answer = await browser.post(f"{path}/agenda/hold", **WISH, request_key=key(), hold=slot[0])
    assert (answer.status_code, "não está ativo" in answer.text) == (403, True)

"""What the plan tells by itself: each event once, to the right telephone, in words that may be read there."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from backend import events
from backend.actor import SYSTEM
from backend.audit import AuditRow
from backend.contracts import Contract
from backend.events import Event
from backend.identity.verbs import IdentityCheck
from backend.invoices.tables import Invoice
from backend.protocols import verbs as protocols
from backend.scheduling import changes, due
from backend.scheduling.tables import Appointment, WaitingEntry
from backend.settings import settings
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.conversations.options import choose
from handoff.conversations.tables import Contact, Conversation, Message, OutboxRow
from handoff.dispatch.news_texts import spoken_from
from handoff.whatsapp import outgoing
from tests.backend.agenda import NOW, TOMORROW, at
from tests.handoff.news_rig import SIDS, Rig, templates

ANA = "+5598988000001"
HOUR = timedelta(hours=1)
HEALTH_OR_MONEY = ("Helena", "ardiolog", "Mamografia", "R$", "fatura", "boleto", "autoriz", "negad")


@pytest.fixture
async def rig(store: Store, monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setattr(settings(), "twilio_from", "whatsapp:+559830000000")
    rig = Rig(store)
    await rig.clock(NOW)
    return rig


async def reminded(rig: Rig, *, wrote: timedelta | None = HOUR) -> None:
    """Ana has an appointment tomorrow and the reminder of it is due."""
    ana = await rig.person("Ana Rocha", ANA)
    await rig.contact(ANA, ANA, wrote=wrote)
    appointment = await rig.booked(ana)
    await rig.tell("appointment_reminder", ana, appointment)


# -- what is said


async def test_a_reminder_names_first_name_operator_day_and_hour_and_nothing_of_health(rig: Rig) -> None:
    await reminded(rig)
    assert await rig.codes() == ["told"]
    [(phone, text, options)] = await rig.sent()
    assert phone == ANA
    assert "Ana" in text
    assert settings().operator_name in text
    assert "amanhã, terça-feira, 04/08, às 09:00" in text
    assert options == ["Confirmo", "Cancelar", "Remarcar"]
    assert not any(word in text for word in (*HEALTH_OR_MONEY, "Rocha"))


async def test_a_decision_names_nothing_where_the_person_is_not_verified_and_all_where_he_is(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    conversation = await rig.contact(ANA, ANA, wrote=HOUR)
    guia = await rig.decided(ana)
    assert await rig.codes() == ["told"]
    [(_, neutral, options)] = await rig.sent()
    assert neutral.startswith("Há uma novidade no seu protocolo 999999")
    assert options == ["Ver novidade"]
    assert not any(word in neutral for word in HEALTH_OR_MONEY)

    await rig.clock(NOW + HOUR)
    await rig.verify(conversation, ana)
    await rig.tell("authorization_changed", ana, guia)
    assert await rig.codes() == ["told_in_full"]
    _, full, options = (await rig.sent())[-1]
    assert "Mamografia digital" in full
    assert "foi autorizado" in full
    assert options == []


async def test_another_person_on_the_same_telephone_hears_the_neutral_text(rig: Rig) -> None:
    mother = await rig.person("Olga Freire", ANA)
    daughter = await rig.person("Paula Freire", ANA)
    conversation = await rig.contact(ANA, ANA, wrote=HOUR)
    await rig.verify(conversation, mother)
    signed = {"reason": "Falta o laudo.", "clause": "Cláusula 7", "decided_by": "Dra. Lia Prates, CRM-MA 77"}
    await rig.decided(daughter, "denied", **signed)
    assert await rig.codes() == ["told"]
    [(_, text, _)] = await rig.sent()
    assert "Paula" in text
    assert not any(word in text for word in HEALTH_OR_MONEY)


async def test_telling_does_not_keep_an_identity_awake(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    conversation = await rig.contact(ANA, ANA, wrote=HOUR)
    await rig.verify(conversation, ana)
    await rig.clock(NOW + timedelta(minutes=20))
    await rig.decided(ana)
    assert await rig.codes() == ["told_in_full"]
    async with rig.store.sessions() as session:
        assert (await session.get_one(IdentityCheck, conversation)).last_seen_at == NOW


async def test_a_minors_news_go_to_who_answers_for_his_contract(rig: Rig) -> None:
    grandmother = await rig.person("Irene Paiva", ANA, standing="payer", card_number=None)
    async with rig.store.sessions() as session:
        contract = (await session.execute(select(Contract.id))).scalar_one()
    child = await rig.person("Joaquim Paiva", born=date(2015, 1, 1), contract_id=contract)
    await rig.contact(ANA, ANA, wrote=HOUR)
    await rig.tell("appointment_reminder", child, await rig.booked(child))
    assert grandmother
    assert await rig.codes() == ["told"]
    [(phone, text, _)] = await rig.sent()
    assert phone == ANA
    assert "Joaquim" in text


async def billed(rig: Rig, person: str, **columns: object) -> None:
    """An invoice of the person's contract changed."""
    async with rig.store.unit_of_work() as session:
        contract = (await session.execute(select(Contract.id).limit(1))).scalar_one()
        values = {"billing_month": date(2026, 7, 1), "due_on": date(2026, 8, 10), "amount": 500, **columns}
        invoice = Invoice(contract_id=contract, **values)
        session.add(invoice)
        await session.flush()
    await rig.tell("invoice_changed", rig.made[person], invoice.id)


async def test_a_payment_is_thanked_for_to_the_holder_alone(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    conversation = await rig.contact(ANA, ANA, wrote=HOUR)
    await rig.verify(conversation, ana)
    await billed(rig, "Ana Rocha", state="paid", paid_on=date(2026, 8, 1), paid_amount=510)
    assert await rig.codes() == ["told_in_full"]
    assert "Recebemos o pagamento da fatura de 07/2026: R$ 510,00" in (await rig.sent())[0][1]


@pytest.mark.parametrize("standing", ["dependent", "member"])
async def test_who_does_not_answer_for_the_contract_never_gets_an_invoices_news(rig: Rig, standing: str) -> None:
    person = await rig.person("Débora Alves", ANA, standing=standing)
    conversation = await rig.contact(ANA, ANA, wrote=HOUR)
    await rig.verify(conversation, person)
    await billed(rig, "Débora Alves")
    assert await rig.codes() == ["may_not_hear"]
    assert await rig.sent() == []


async def test_an_answer_about_money_is_not_told_to_a_dependent_and_one_about_care_is(rig: Rig) -> None:
    person = await rig.person("Débora Alves", ANA, standing="dependent")
    await rig.contact(ANA, ANA, wrote=HOUR)
    for kind in ("debt", "procedure_request"):
        await rig.tell("protocol_answered", person, kind, protocol_id=await rig.protocol(person, kind))
    assert await rig.codes() == ["may_not_hear", "told"]


# -- whom it reaches


async def test_the_contact_that_wrote_last_is_written_to_also_without_the_ninth_digit(rig: Rig) -> None:
    elza = await rig.person("Elza Costa", ANA, "+5598988000077")
    await rig.contact("+5598988000077", "+5598988000077", wrote=timedelta(hours=5))
    await rig.contact("+559888000001", ANA, wrote=HOUR)
    await rig.tell("appointment_reminder", elza, await rig.booked(elza))
    await rig.tell_all()
    assert [to for to, _, _ in await rig.sent()] == ["+559888000001"]


async def test_who_never_wrote_gets_a_contact_and_a_conversation_opened_by_us(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    await rig.tell("appointment_reminder", ana, await rig.booked(ana))
    assert await rig.codes() == ["template"]
    async with rig.store.sessions() as session:
        contact = (await session.execute(select(Contact))).scalar_one()
        conversation = (await session.execute(select(Conversation))).scalar_one()
    assert (contact.address, contact.phone, contact.last_inbound_at) == (f"whatsapp:{ANA}", ANA, None)
    assert (conversation.owner, conversation.our_address) == ("assistant", settings().twilio_from)


async def test_without_a_telephone_it_stands_in_the_protocol_for_the_desk(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha")
    protocol_id = await rig.protocol(ana)
    await rig.tell("protocol_answered", ana, "x", protocol_id=protocol_id)
    assert await rig.codes() == ["no_phone"]
    async with rig.store.sessions() as session:
        last = (await protocols.history(session, protocol_id))[-1]
    assert (last.step, "telefone" in last.text) == ("not_told", True)


async def test_where_the_desk_has_the_conversation_it_is_sent_and_stands_in_the_transcript(rig: Rig) -> None:
    await reminded(rig)
    async with rig.store.unit_of_work() as session:
        await session.execute(update(Conversation).values(owner="team", team="call_centre"))
    conversation = (await rig.tell_all())[0].conversation_id
    async with rig.store.sessions() as session:
        message = (await session.execute(select(Message))).scalar_one()
        assert (message.conversation_id, message.author_kind) == (conversation, "system")
        assert (await session.get_one(Conversation, conversation)).owner == "team"


# -- the window


async def test_outside_the_window_the_approved_template_goes_with_its_buttons(rig: Rig) -> None:
    await reminded(rig, wrote=timedelta(hours=30))
    assert await rig.codes() == ["template"]
    async with rig.store.sessions() as session:
        row = (await session.execute(select(OutboxRow))).scalar_one()
        message = (await session.execute(select(Message))).scalar_one()
    assert row.content_sid == SIDS["appointment_reminder"]
    assert row.content_variables == {
        "1": "Ana", "2": settings().operator_name, "3": "amanhã, terça-feira, 04/08, às 09:00"
    }  # fmt: skip
    assert (message.kind, message.body.count("{{")) == ("template", 0)


async def test_outside_the_window_without_an_approved_template_it_is_a_text_that_the_sender_holds(rig: Rig) -> None:
    await reminded(rig, wrote=timedelta(hours=30))
    assert await rig.codes(approved=False) == ["held"]
    async with rig.store.sessions() as session:
        row = (await session.execute(select(OutboxRow))).scalar_one()
    assert row.content_sid is None
    assert "*1* - Confirmo" in row.body


# -- never in the middle of something


async def test_a_question_of_the_assistant_keeps_its_options_until_the_pause_is_over(rig: Rig) -> None:
    await reminded(rig)
    conversation = await only_conversation(rig)
    await rig.say(conversation, "Confirma?", [{"title": "Confirmar", "payload": {"intent": "choose"}}])
    [outcome] = await rig.tell_all()
    assert (outcome.code, outcome.until) == ("waits", NOW + timedelta(minutes=settings().news_pause_minutes))
    async with rig.store.sessions() as session:
        asked = await outgoing.last_options(session, conversation)
    assert choose("1", asked) == choose("confirmar", asked) == asked[0]
    assert asked[0].payload == {"intent": "choose"}
    await rig.clock(NOW + timedelta(minutes=settings().news_pause_minutes, seconds=1))
    assert await rig.codes() == ["told"]


async def test_a_question_in_words_is_waited_for_and_a_last_word_is_not(rig: Rig) -> None:
    await reminded(rig)
    conversation = await only_conversation(rig)
    await rig.say(conversation, "Qual especialidade você procura?")
    assert await rig.codes() == ["waits"]
    await rig.clock(NOW + timedelta(seconds=30))
    await rig.say(conversation, "Pronto, está marcado.")
    async with rig.store.unit_of_work() as session:
        await session.execute(update(Event).values(due_at=NOW))
    assert await rig.codes() == ["told"]


async def test_a_turn_under_way_is_waited_for(rig: Rig) -> None:
    await reminded(rig)
    async with rig.store.unit_of_work() as session:
        await session.execute(update(Conversation).values(work_due_at=func.clock_timestamp()))
    assert await rig.codes() == ["waits"]
    assert await rig.sent() == []


async def test_news_that_wait_for_an_answer_are_a_question_themselves(rig: Rig) -> None:
    await reminded(rig)
    await rig.tell(
        "protocol_answered", rig.made["Ana Rocha"], "x", protocol_id=await rig.protocol(rig.made["Ana Rocha"])
    )
    assert await rig.codes() == ["told", "waits"]


async def only_conversation(rig: Rig) -> UUID:
    async with rig.store.sessions() as session:
        return (await session.execute(select(Conversation.id))).scalar_one()


# -- what people answer


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("confirmo", "confirm"), ("Confirmo!", "confirm"), ("sim", "confirm"), ("vou sim", "confirm"), ("1", "confirm"),
        ("não", "cancel"), ("nao vou poder ir", "cancel"), ("cancelar", "cancel"), ("2", "cancel"),
        ("remarcar", "reschedule"), ("quero remarcar", "reschedule"), ("qual o endereço?", None),
    ],
)  # fmt: skip
async def test_a_reminder_is_answered_by_title_number_or_in_other_words(
    rig: Rig, typed: str, answer: str | None
) -> None:
    await reminded(rig, wrote=timedelta(hours=30))
    await rig.tell_all()
    async with rig.store.sessions() as session:
        chosen = choose(typed, await outgoing.last_options(session, await newest_conversation(rig)))
    if answer is None:
        assert chosen is None
    else:
        assert chosen is not None
        assert chosen.payload == {"intent": "answer_news", "entities": {"news": "1", "answer": answer}}


async def newest_conversation(rig: Rig) -> UUID:
    async with rig.store.sessions() as session:
        latest = select(Conversation.id).order_by(Conversation.opened_at.desc()).limit(1)
        return (await session.execute(latest)).scalar_one()


async def test_news_are_answered_in_the_next_episode_too_from_an_id_without_the_ninth_digit(rig: Rig) -> None:
    await reminded(rig, wrote=None)
    await rig.tell_all()
    later = await rig.contact("+559888000001", ANA, wrote=timedelta())
    async with rig.store.sessions() as session:
        offered = await outgoing.last_options(session, later)
    assert [option.title for option in offered] == ["Confirmo", "Cancelar", "Remarcar"]


async def test_a_menu_of_an_earlier_episode_is_not_offered_any_more(rig: Rig) -> None:
    before = await rig.contact(ANA, ANA, wrote=HOUR)
    await rig.say(before, "Como posso ajudar?", [{"title": "Agendar", "payload": {"intent": "schedule_appointment"}}])
    later = await rig.contact("+559888000001", ANA, wrote=timedelta())
    async with rig.store.sessions() as session:
        assert list(await outgoing.last_options(session, later)) == []


# -- once, and never for ever


async def test_several_workers_at_once_tell_each_event_once(rig: Rig) -> None:
    for number in range(12):
        phone = f"+55989880001{number:02d}"
        person = await rig.person(f"Pessoa {number}", phone)
        await rig.contact(phone, phone, wrote=HOUR)
        await rig.tell("appointment_reminder", person, await rig.booked(person, hour=8 + number))
    told = await asyncio.gather(*(rig.tell_all() for _ in range(4)))
    assert sum(map(len, told)) == 12
    assert len({to for to, _, _ in await rig.sent()}) == len(await rig.sent()) == 12
    assert await rig.tell_all() == []


async def test_what_comes_too_late_is_unknown_or_no_longer_so_is_closed_and_told_to_nobody(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    appointment = await rig.booked(ana)
    await rig.tell("vacancy_offered", ana, appointment, not_after=NOW - HOUR)
    await rig.tell("moon_rises", ana, "x")
    await rig.tell("appointment_reminder", ana, appointment)
    async with rig.store.unit_of_work() as session:
        booked = await session.get_one(Appointment, appointment)
        await changes.cancel(session, appointment=booked, actor=SYSTEM, now=NOW)
    assert await rig.codes() == ["too_late", "unknown_kind", "not_current"]
    assert await rig.sent() == []


async def test_an_event_that_cannot_be_told_stops_none_of_the_others(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    await rig.contact(ANA, ANA, wrote=HOUR)
    await rig.tell("appointment_reminder", ana, "no-uuid")
    await rig.tell("appointment_reminder", ana, await rig.booked(ana))
    assert await rig.codes() == ["failed", "told"]
    async with rig.store.sessions() as session:
        outcomes = select(AuditRow.details).where(AuditRow.action == "dispatch.tell").order_by(AuditRow.id)
        assert [row["outcome"] for row in (await session.execute(outcomes)).scalars()] == ["failed", "told"]


async def test_of_two_changes_of_one_guia_the_latest_is_told_and_none_that_the_assistant_told_itself(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    await rig.contact(ANA, ANA, wrote=HOUR)
    guia = await rig.decided(ana, "waiting_document", missing="o laudo")
    await rig.tell("authorization_changed", ana, guia)
    assert await rig.codes() == ["not_current", "told"]


# -- the agenda's own duties


async def test_two_workers_note_each_reminder_once_from_the_set_hour_on(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    for hour in (9, 10, 11):
        await rig.booked(ana, hour=hour, day=TOMORROW + timedelta(days=1))

    async def remind() -> int:
        async with rig.store.unit_of_work() as session:
            return await due.remind(session, now=await business_now(session))

    await rig.clock(at(TOMORROW, settings().reminder_hour) - timedelta(minutes=1))
    assert await remind() == 0
    await rig.clock(at(TOMORROW, settings().reminder_hour) + timedelta(minutes=1))
    assert sum(await asyncio.gather(*(remind() for _ in range(4)))) == 3
    assert [kind for kind, _ in await rig.kept()] == ["appointment_reminder"] * 3


async def test_an_offer_that_nobody_answered_goes_to_the_next_by_whichever_worker(rig: Rig) -> None:
    people = [
        await rig.person(name, f"+559898800{n:04d}") for n, name in enumerate(("Primeira Da Fila", "Segunda Da Fila"))
    ]
    appointment = await rig.booked(await rig.person("Ana Rocha"))
    async with rig.store.unit_of_work() as session:
        for number, person in enumerate(people):
            session.add(
                WaitingEntry(
                    beneficiary_id=person, specialty="cardiology", city="São Luís", state_code="MA", wish={},
                    since=NOW + timedelta(seconds=number), request_key=str(number),
                )
            )  # fmt: skip
        await session.flush()
        booked = await session.get_one(Appointment, appointment)
        await changes.cancel(session, appointment=booked, actor=SYSTEM, now=NOW)
    assert await rig.codes() == ["template"]

    async def end_offers() -> int:
        async with rig.store.unit_of_work() as session:
            return await due.end_offers(session, now=await business_now(session))

    await rig.clock(NOW + timedelta(minutes=settings().waiting_offer_minutes + 1))
    assert sum(await asyncio.gather(*(end_offers() for _ in range(3)))) == 1
    assert await rig.codes() == ["template"]
    told = [(to, text) for to, text, _ in await rig.sent()]
    assert [to for to, _ in told] == ["+5598988000000", "+5598988000001"]
    assert "Primeira" in told[0][1]
    assert "Segunda" in told[1][1]


def test_today_and_tomorrow_are_said() -> None:
    assert spoken_from(at(TOMORROW, 9), NOW) == "amanhã, terça-feira, 04/08, às 09:00"
    assert spoken_from(at(TOMORROW, 9), at(TOMORROW, 8)) == "hoje, terça-feira, 04/08, às 09:00"
    assert spoken_from(at(TOMORROW, 9), NOW - timedelta(days=3)) == "terça-feira, 04/08, às 09:00"


def test_every_template_keeps_to_whatsapps_limits() -> None:
    for name in SIDS:
        template = templates().get(name)
        assert 1 <= len(template.buttons) <= 3
        assert all(len(button.title) <= 20 for button in template.buttons)
        assert not template.body.startswith("{{")
        assert not template.body.endswith("}}")


async def test_a_tap_on_a_reminder_counts_hours_later_and_a_typed_word_does_not(rig: Rig) -> None:
    await reminded(rig)
    await rig.tell_all()
    conversation = await only_conversation(rig)
    await rig.say(conversation, "Como posso ajudar?", [{"title": "Agendar", "payload": {"intent": "choose"}}])
    async with rig.store.sessions() as session:
        offered = await outgoing.last_options(session, conversation)
        tap = Message(conversation_id=conversation, kind="button", body="Confirmo", form={})
        tapped = choose("Confirmo", await outgoing.with_news_tapped(session, tap, offered))
        tap.form = {"OriginalRepliedMessageSid": "SM" + "0" * 32}
        another = choose("Confirmo", await outgoing.with_news_tapped(session, tap, offered))
    assert tapped is not None
    assert tapped.payload["entities"] == {"news": "1", "answer": "confirm"}
    assert another is None
    assert choose("confirmo", offered) is None


@pytest.mark.parametrize(
    ("state", "given", "told"),
    [
        ("approved", {}, ("foi autorizado", "válida até")),
        ("denied", {"reason": "Falta o laudo.", "clause": "Cláusula 7", "decided_by": "Dra. Lia Prates, CRM-MA 77"},
         ("foi negado", "Falta o laudo.", "Cláusula 7", "ouvidoria", "7 dias úteis")),
        ("waiting_document", {"missing": "o laudo"}, ("falta: o laudo",)),
        ("cancelled", {}, ("cancelado",)),
    ],
)  # fmt: skip
async def test_each_decision_is_told_with_what_belongs_to_it(
    rig: Rig, state: str, given: dict[str, str], told: tuple[str, ...]
) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    await rig.verify(await rig.contact(ANA, ANA, wrote=HOUR), ana)
    await rig.decided(ana, state, **given)
    assert await rig.codes() == ["told_in_full"]
    sent = await rig.sent()
    assert len(sent) == (2 if state == "denied" else 1)  # a denial comes with its letter
    text = "".join(body for _, body, _ in sent)
    assert all(part in text for part in (*told, "Mamografia digital", "Protocolo: 999999"))
    assert "!" not in text


@pytest.mark.parametrize(
    ("columns", "told"), [({}, "O boleto da fatura de 07/2026"), ({"state": "cancelled"}, "foi cancelada")]
)
async def test_an_invoices_news_are_told_as_it_stands_now(rig: Rig, columns: dict[str, object], told: str) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    await rig.verify(await rig.contact(ANA, ANA, wrote=HOUR), ana)
    await billed(rig, "Ana Rocha", **columns)
    assert await rig.codes() == ["told_in_full"]
    assert told in (await rig.sent())[0][1]


async def test_each_reply_is_told_in_full_to_the_verified_person(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    await rig.verify(await rig.contact(ANA, ANA, wrote=HOUR), ana)
    protocol_id = await rig.protocol(ana)
    for minute, text in enumerate(("Já está pronto.", "Pode buscar.")):
        rig.now = NOW + timedelta(minutes=minute)
        async with rig.store.unit_of_work() as session:
            protocol = await protocols.get(session, protocol_id)
            await protocols.add_entry(session, protocol=protocol, step="reply", text=text, actor=SYSTEM, now=rig.now)
            await events.tell(
                session, kind="protocol_answered", beneficiary_id=ana, subject_id=protocol_id, event_key=text,
                protocol_id=protocol_id, now=rig.now,
            )  # fmt: skip
    await rig.clock(NOW + timedelta(minutes=5))
    assert await rig.codes() == ["told_in_full", "told_in_full"]
    first, second = [text for _, text, _ in await rig.sent()]
    assert first.endswith("Já está pronto.")
    assert second.endswith("Pode buscar.")


async def test_what_the_clinic_withdrew_is_told_with_an_apology_and_a_way_on(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    await rig.contact(ANA, ANA, wrote=HOUR)
    await rig.tell("appointment_withdrawn", ana, await rig.booked(ana))
    await rig.tell_all()
    [(_, text, options)] = await rig.sent()
    assert "Pedimos desculpas" in text
    assert options == ["Ver outros horários", "Falar com atendente"]
    assert not any(word in text for word in HEALTH_OR_MONEY)


async def test_a_verified_person_hears_doctor_and_address_of_an_offered_vacancy(rig: Rig) -> None:
    ana = await rig.person("Ana Rocha", ANA)
    await rig.verify(await rig.contact(ANA, ANA, wrote=HOUR), ana)
    appointment = await rig.booked(ana)
    async with rig.store.unit_of_work() as session:
        held = await session.get_one(Appointment, appointment)
        held.state, held.held_until, held.booked_at = "held", NOW + HOUR, None
    await rig.tell("vacancy_offered", ana, appointment)
    assert await rig.codes() == ["told_in_full"]
    [(_, text, options)] = await rig.sent()
    assert all(part in text for part in ("Dra. Helena 9", "Rua Um", "até as 11:00"))
    assert options == ["Quero", "Não quero"]

"""Asking for a procedure in the chat, turn by turn: what is asked, what is found, and each way in which it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text

from actions.handover import Emergency
from backend import demo
from backend.actor import SYSTEM, attendant
from backend.beneficiaries import Beneficiary
from backend.documents import verbs as documents
from backend.documents.tables import Document
from backend.procedures import catalogue, verbs
from backend.procedures.tables import Authorization
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.store.clock import local
from backend.store.engine import Store
from tests.actions.chatting import Chat, paper
from tests.actions.turns import NOW

AUDITOR = attendant("auditor-1")
ANA, BRUNO, CARLOS, DEBORA, HEITOR = "52998224725", "11144477735", "39053344705", "15350946056", "90010011811"
MRI, KNEE, BLOOD, BLEACH = "41101316", "30726034", "40304361", "85100022"
INTENT = "request_procedure"


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Chat]:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        await catalogue.load(session)
    chat = Chat(store)
    await chat.identify(ANA)
    yield chat


async def requested(chat: Chat) -> list[Authorization]:
    async with chat.turn.store.unit_of_work() as session:
        return list((await session.scalars(select(Authorization).order_by(Authorization.id))).all())


async def papers_of(chat: Chat, protocol_id: UUID) -> list[str]:
    async with chat.turn.store.unit_of_work() as session:
        return [one.kind for one in await documents.of_protocol(session, protocol_id)]


async def who(chat: Chat, cpf: str) -> Beneficiary:
    async with chat.turn.store.unit_of_work() as session:
        return (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()


async def asked_before(chat: Chat, cpf: str, code: str, *, missing: str = "") -> Authorization:
    """A request of another day under its own protocol; an auditor may miss a document."""
    person = await who(chat, cpf)
    async with chat.turn.store.unit_of_work() as session:
        protocol = await protocols.open_protocol(
            session, chat.turn.store, kind=KINDS["procedure_request"], request_key="before", conversation_id=None,
            beneficiary_id=person.id, actor=SYSTEM, now=NOW,
        )  # fmt: skip
        authorization = await verbs.request_authorization(
            session, person=person, procedure=await catalogue.get(session, code), protocol=protocol, actor=SYSTEM,
            now=NOW,
        )  # fmt: skip
        if missing:
            await verbs.move(
                session, authorization=authorization, state="waiting_document", text="", missing=missing,
                actor=AUDITOR, now=NOW,
            )  # fmt: skip
        return authorization


async def up_to_confirm(chat: Chat, first: str) -> Sequence[str]:
    await chat.opens(first, INTENT)
    await chat.writes("", paper("pedido.jpg"))
    return chat.said


async def test_all_of_it_in_the_first_words_and_the_photograph_asks_for_the_yes_alone(chat: Chat) -> None:
    said = await chat.opens(
        "preciso autorizar uma ressonância do joelho, dr. Otacílio pediu", INTENT, paper("IMG_1.jpg")
    )
    assert said == ["procedure_noted", "papers_received", "procedure_confirm"]
    assert chat.values["procedure"] == "RM - Articular (por articulação)"
    assert (chat.values["doctor"], chat.values["name"], chat.values["files"]) == (
        "Dr. Otacílio", "Ana Beatriz Rocha", "1 arquivo",
    )  # fmt: skip
    assert await chat.writes("sim") == ["procedure_in_audit"]
    [authorization] = await requested(chat)
    protocol = await chat.protocol()
    assert (authorization.state, authorization.procedure_code) == ("in_audit", MRI)
    assert (authorization.requesting_doctor, authorization.protocol_id) == ("Dr. Otacílio", protocol.id)
    assert chat.values["number"] == protocol.number
    assert chat.values["term"] == "Prazo: até 30/11/2026 (5 dias úteis)."
    assert protocol.state == "open"
    assert await papers_of(chat, protocol.id) == ["medical_request"]
    assert chat.turn.slots["pending_request"] is None


async def test_each_thing_is_asked_for_where_nothing_was_said(chat: Chat) -> None:
    assert await chat.opens("quero pedir uma autorização", INTENT) == ["procedure_ask"]
    assert await chat.writes("hemograma") == ["procedure_noted", "papers_missing_one"]
    assert await chat.writes("", paper("foto.png")) == ["papers_received", "procedure_doctor"]
    assert await chat.writes("foi a helena prado, crm 4321 ma") == ["procedure_confirm"]
    assert chat.values["doctor"] == "Helena Prado, CRM-MA 4321"


async def test_what_is_covered_without_audit_is_authorized_at_once(chat: Chat) -> None:
    await up_to_confirm(chat, "hemograma, doutora Helena pediu")
    assert await chat.writes("", answer="yes") == ["procedure_authorized"]
    [authorization] = await requested(chat)
    protocol = await chat.protocol()
    assert (authorization.state, authorization.valid_until) == ("approved", date(2027, 2, 23))
    assert chat.values["authorization"] == authorization.number
    assert (chat.values["valid_until"], chat.values["number"]) == ("23/02/2027", protocol.number)
    assert protocol.state == "closed"


async def test_implants_are_answered_within_ten_business_days(chat: Chat) -> None:
    await up_to_confirm(chat, "artroplastia total do joelho com implante, dr paulo")
    await chat.writes("pode registrar")
    assert chat.said == ["procedure_in_audit"]
    [authorization] = await requested(chat)
    assert authorization.procedure_code == KNEE
    assert local(authorization.due_at).date() == date(2026, 12, 7)
    assert "10 dias úteis" in chat.values["term"]


async def test_what_is_not_covered_is_told_as_under_audit_and_nothing_more(chat: Chat) -> None:
    await up_to_confirm(chat, "lipoaspiração, dr. Rui")
    await chat.writes("sim")
    assert chat.said == ["procedure_in_audit"]
    [authorization] = await requested(chat)
    assert (authorization.state, authorization.reason, authorization.clause) == ("in_audit", "", "")
    assert not [value for value in chat.values.values() if "estétic" in str(value)]


async def test_several_that_fit_are_to_choose_from(chat: Chat) -> None:
    assert await chat.opens("preciso de uma ressonância", INTENT) == ["procedure_which"]
    assert len(chat.options) == 5
    assert chat.options[-1] == "Nenhum desses"
    assert await chat.writes("a da coluna") == ["procedure_noted", "papers_missing_one"]
    assert "Coluna" in chat.messages[0]["procedure"]


async def test_one_that_is_not_sure_is_asked_by_its_name(chat: Chat) -> None:
    await chat.opens("quero pedir um exame", INTENT)
    assert await chat.writes("biopsia de pele") == ["procedure_is_it"]
    assert await chat.writes("isso") == ["procedure_noted", "papers_missing_one"]


async def test_an_unknown_procedure_is_asked_in_other_words_and_then_a_person_finds_it(chat: Chat) -> None:
    await chat.opens("quero pedir um procedimento", INTENT)
    assert await chat.writes("xpto blablabla") == ["procedure_not_found", "procedure_ask"]
    assert "handing_over" in await chat.writes("zurugudum do lambari")
    assert chat.handed_over
    assert await requested(chat) == []
    assert (await chat.protocol()).state == "open"


async def test_a_tap_on_none_of_these_asks_for_other_words(chat: Chat) -> None:
    await chat.opens("ressonancia", INTENT)
    assert await chat.writes("", answer="none") == ["procedure_not_found", "procedure_ask"]
    assert await chat.writes("ressonancia do joelho") == ["procedure_noted", "papers_missing_one"]


async def test_the_photograph_may_come_first(chat: Chat) -> None:
    assert await chat.opens("quero autorizar isso aqui", INTENT, paper("IMG_2.jpg")) == [
        "papers_received", "procedure_ask",
    ]  # fmt: skip
    assert await chat.writes("tomografia do torax, dra lia prates") == ["procedure_noted", "procedure_confirm"]


async def test_a_report_is_taken_beside_the_request_and_not_instead_of_it(chat: Chat) -> None:
    await chat.opens("ressonancia do joelho, dr paulo", INTENT)
    assert await chat.writes("segue o laudo", paper("a.jpg")) == ["papers_received", "papers_missing_one"]
    assert await chat.writes("", paper("b.jpg")) == ["papers_received", "procedure_confirm"]
    protocol = await chat.protocol()
    assert await papers_of(chat, protocol.id) == ["medical_report", "medical_request"]


async def test_who_does_not_know_the_doctor_points_at_the_paper(chat: Chat) -> None:
    await up_to_confirm(chat, "hemograma")
    assert chat.said[-1] == "procedure_doctor"
    assert await chat.writes("não lembro") == ["procedure_confirm"]
    assert chat.values["doctor"] == "o do pedido médico"
    await chat.writes("ok")
    [authorization] = await requested(chat)
    assert authorization.requesting_doctor == ""


async def test_who_has_no_request_hears_what_it_depends_on(chat: Chat) -> None:
    await chat.opens("hemograma", INTENT)
    assert await chat.writes("não tenho pedido") == ["procedure_needs_request", "papers_missing_one"]
    assert await chat.writes("mando depois") == ["papers_later"]
    assert (await chat.protocol()).state != "closed"


async def test_the_summary_is_corrected_in_words(chat: Chat) -> None:
    await up_to_confirm(chat, "hemograma, dr. Paulo")
    assert await chat.writes("não, foi a dra. Lia Prates") == ["procedure_confirm"]
    assert chat.values["doctor"] == "Dra. Lia Prates"
    assert await chat.writes("não") == ["procedure_change"]
    assert await chat.writes("o procedimento") == ["procedure_ask"]
    assert await chat.writes("ressonância do joelho") == ["procedure_noted", "procedure_confirm"]
    assert await chat.writes("", answer="no") == ["procedure_change"]
    assert await chat.writes("", answer="doctor") == ["procedure_doctor"]
    assert await chat.writes("paulo henrique") == ["procedure_confirm"]
    assert await requested(chat) == []


async def test_who_gives_up_has_asked_for_nothing(chat: Chat) -> None:
    await up_to_confirm(chat, "hemograma, dr. Paulo")
    assert await chat.writes("", answer="stop") == ["procedure_stopped"]
    assert await requested(chat) == []
    assert (await chat.protocol()).state == "closed"


async def test_the_holder_asks_for_a_minor(chat: Chat) -> None:
    await chat.opens("meu filho bruno precisa de um hemograma, dra helena", INTENT, paper("p.jpg"))
    assert chat.said[-1] == "procedure_confirm"
    assert chat.values["name"] == "Bruno Rocha Lima"
    await chat.writes("sim")
    [authorization] = await requested(chat)
    bruno = await who(chat, BRUNO)
    assert authorization.beneficiary_id == bruno.id
    assert (await chat.protocol()).beneficiary_id == bruno.id


async def test_an_adults_request_is_his_own(chat: Chat) -> None:
    await chat.identify(CARLOS)
    assert await chat.opens("autorizar hemograma da débora", INTENT) == ["procedure_adult"]
    assert chat.values["name"] == "Débora"
    assert chat.options == ["É para mim", "Falar com atendente"]
    carlos = await who(chat, CARLOS)
    assert await chat.writes("", person=str(carlos.id)) == ["procedure_ask"]
    assert (await chat.protocol()).state != "closed"


async def test_the_same_open_request_is_told_instead_of_doubled(chat: Chat) -> None:
    known = await asked_before(chat, ANA, MRI)
    said = await chat.opens("ressonância do joelho, dr. Paulo pediu", INTENT)
    assert said == ["procedure_noted", "procedure_asked_before", "authorization_open", "procedure_again"]
    assert chat.messages[-2]["number"] == known.number
    assert await chat.writes("sim") == ["authorization_end"]
    assert len(await requested(chat)) == 1
    assert (await chat.protocol()).state == "closed"


async def test_another_joint_has_the_same_code_and_is_another_request(chat: Chat) -> None:
    await asked_before(chat, ANA, MRI)
    await chat.opens("ressonância do joelho, dr. Paulo pediu", INTENT, paper("p.jpg"))
    assert await chat.writes("é do outro joelho") == ["procedure_confirm"]
    assert await chat.writes("sim") == ["procedure_in_audit"]
    assert len(await requested(chat)) == 2


async def test_what_waits_for_a_document_takes_it_instead_of_a_new_request(chat: Chat) -> None:
    known = await asked_before(chat, ANA, MRI, missing="Laudo do ortopedista")
    said = await chat.opens("ressonância do joelho, dr. Paulo pediu", INTENT)
    assert said == ["procedure_noted", "procedure_asked_before", "procedure_missing", "papers_missing_one"]
    assert await chat.writes("", paper("laudo.pdf")) == ["papers_received", "procedure_document_sent"]
    [authorization] = await requested(chat)
    assert (authorization.id, authorization.state, authorization.missing) == (known.id, "in_audit", "")
    assert known.protocol_id is not None
    assert await papers_of(chat, known.protocol_id) == ["medical_report"]
    assert (await chat.protocol()).state == "closed"


async def test_the_missing_document_lies_under_the_requests_own_protocol(chat: Chat) -> None:
    known = await asked_before(chat, ANA, MRI, missing="Laudo do ortopedista")
    assert await chat.starts(INTENT, authorization=str(known.id)) == ["procedure_missing", "papers_missing_one"]
    assert chat.messages[0]["missing"] == "Laudo do ortopedista"
    assert await chat.writes("", paper("x.jpg")) == ["papers_received", "procedure_document_sent"]
    [authorization] = await requested(chat)
    assert authorization.state == "in_audit"
    assert known.protocol_id is not None
    async with chat.turn.store.unit_of_work() as session:
        steps = await verbs.steps(session, known.id)
        state = (await protocols.get(session, known.protocol_id)).state
    assert [step.actor_kind for step in steps if step.state == "in_audit"][-1] == "assistant"
    assert state == "open"


async def test_a_document_that_the_checklist_does_not_know_is_any_file(chat: Chat) -> None:
    known = await asked_before(chat, ANA, MRI, missing="Radiografia panorâmica recente")
    await chat.starts(INTENT, "aqui", authorization=str(known.id), files=[paper("x.jpg")])
    assert chat.said == ["papers_received", "procedure_document_sent"]
    assert known.protocol_id is not None
    assert await papers_of(chat, known.protocol_id) == ["other"]


async def test_who_stops_in_the_middle_of_it_ends_nothing(chat: Chat) -> None:
    known = await asked_before(chat, ANA, MRI, missing="Laudo do ortopedista")
    await chat.starts(INTENT, authorization=str(known.id), protocol=str(known.protocol_id))
    assert chat.turn.slots["pending_protocol"] is None
    assert await chat.writes("mando depois") == ["papers_later"]
    [authorization] = await requested(chat)
    assert authorization.state == "waiting_document"


async def test_somebody_elses_request_takes_no_document(chat: Chat) -> None:
    known = await asked_before(chat, CARLOS, MRI, missing="Laudo do ortopedista")
    assert await chat.starts(INTENT, authorization=str(known.id)) == ["authorization_not_yours"]


async def test_what_waits_for_nothing_is_told_as_it_stands(chat: Chat) -> None:
    known = await asked_before(chat, ANA, MRI)
    assert await chat.starts(INTENT, authorization=str(known.id)) == ["authorization_open"]


async def test_from_its_status_the_missing_document_is_sent_at_once(chat: Chat) -> None:
    known = await asked_before(chat, ANA, MRI, missing="Laudo do ortopedista")
    said = await chat.opens("falta alguma coisa na minha ressonância?", "procedure_status")
    assert said == ["authorization_document", "authorization_next_document"]
    assert await chat.writes("", answer="send") == ["procedure_missing", "papers_missing_one"]
    assert await chat.writes("", paper("x.jpg")) == ["papers_received", "procedure_document_sent"]
    assert known.protocol_id is not None
    assert await papers_of(chat, known.protocol_id) == ["medical_report"]
    assert (await requested(chat))[0].state == "in_audit"
    assert (await chat.protocol()).state == "closed"


async def test_a_file_as_the_answer_to_a_status_is_the_missing_document(chat: Chat) -> None:
    known = await asked_before(chat, ANA, MRI, missing="Laudo do ortopedista")
    await chat.opens("falta alguma coisa na minha ressonância?", "procedure_status")
    assert await chat.writes("", paper("x.jpg")) == ["papers_received", "procedure_document_sent"]
    assert known.protocol_id is not None
    assert await papers_of(chat, known.protocol_id) == ["medical_report"]


async def test_who_is_not_covered_any_more_is_the_desks(chat: Chat) -> None:
    async with chat.turn.store.unit_of_work() as session:
        ana = (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == ANA))).one()
        ana.left_on = local(NOW).date()
    await chat.opens("hemograma, dr. Paulo", INTENT)
    assert "procedure_plan_ended" in chat.said
    assert chat.handed_over


async def test_what_has_to_be_answered_at_once_and_cannot_be_is_a_persons_now(chat: Chat) -> None:
    async with chat.turn.store.unit_of_work() as session:
        await session.execute(
            text("UPDATE procedure SET care_class = 'urgent', needs_audit = true WHERE code = :code"), {"code": MRI}
        )
    await up_to_confirm(chat, "ressonancia do joelho, dr. Paulo")
    assert "procedure_in_audit" in await chat.writes("sim")
    assert chat.handed_over
    [authorization] = await requested(chat)
    assert authorization.state == "in_audit"


async def test_a_bad_file_is_answered_with_its_reason(chat: Chat) -> None:
    await chat.opens("hemograma, dr. Paulo", INTENT)
    assert await chat.writes("", paper("x.exe", problem="executable")) == [
        "document_problem_executable", "papers_missing_one",
    ]  # fmt: skip
    async with chat.turn.store.unit_of_work() as session:
        assert await session.scalar(select(Document.id)) is None


async def test_the_turn_that_hands_in_run_again_says_the_same_and_ends_nothing(chat: Chat) -> None:
    await up_to_confirm(chat, "ressonância do joelho, dr. Otacílio pediu")
    first = await chat.writes_twice("sim")
    assert first == ["procedure_in_audit"]
    assert chat.said == first
    [authorization] = await requested(chat)
    protocol = await chat.protocol()
    assert (authorization.state, authorization.protocol_id, protocol.state) == ("in_audit", protocol.id, "open")
    assert chat.values["authorization"] == authorization.number


async def test_what_is_authorized_at_once_is_told_again_when_its_turn_runs_again(chat: Chat) -> None:
    await up_to_confirm(chat, "hemograma, doutora Helena pediu")
    assert await chat.writes_twice("sim") == chat.said == ["procedure_authorized"]
    assert len(await requested(chat)) == 1


async def test_the_first_words_are_not_read_again_over_what_was_set_right_since(chat: Chat) -> None:
    await chat.opens("quero autorizar uma ressonância do joelho pra mim, dr. Otacílio pediu", INTENT, paper("a.jpg"))
    assert await chat.writes("não, é pro Bruno, dra. Lia") == ["procedure_confirm"]
    state = chat.turn.slots["request_state"]
    await chat.starts(INTENT, **state)
    assert (chat.values["name"], chat.values["doctor"]) == ("Bruno Rocha Lima", "Dra. Lia")


async def test_who_gives_it_up_in_his_own_words_has_asked_for_nothing(chat: Chat) -> None:
    await chat.opens("quero pedir uma autorização", INTENT)
    assert await chat.writes("desisto do exame") == ["procedure_stopped"]
    assert (await chat.protocol()).state == "closed"


async def test_the_doctor_alone_is_said_back(chat: Chat) -> None:
    await chat.opens("quero pedir uma autorização", INTENT)
    assert await chat.writes("dra ana") == ["procedure_doctor_noted", "procedure_ask"]


async def test_what_the_table_does_not_have_is_said_to_the_first_words_too(chat: Chat) -> None:
    assert await chat.opens("preciso autorizar um desentupimento de xilofone", INTENT) == [
        "procedure_not_found", "procedure_ask",
    ]  # fmt: skip
    assert await chat.writes("hemograma") == ["procedure_noted", "papers_missing_one"]


@pytest.mark.parametrize("tapped_as", ["emergency", "inform"])
async def test_urgent_in_the_middle_goes_to_authorizations_with_all_that_was_gathered(
    chat: Chat, tapped_as: str
) -> None:
    await up_to_confirm(chat, "tomografia do tórax, dr. Otacílio pediu")
    protocol = await chat.protocol()
    assert protocol.due_at > NOW
    if tapped_as == "emergency":
        said = await chat.does(Emergency(), "é urgente", "emergency")
    else:
        said = await chat.writes("é urgente", intent="inform")
    assert said == ["urgent_care"]
    assert chat.handed_over
    command = next(one["custom"]["command"]["hand_over"] for one in chat.messages if one.get("custom"))
    assert (command["team"], command["reason"]) == ("authorizations", "urgent_care")
    for part in ("Tórax", "Dr. Otacílio", "Ana Beatriz Rocha", "Pedido médico recebido"):
        assert part in command["summary"]
    protocol = await chat.protocol()
    assert (protocol.kind, protocol.state, protocol.due_at) == ("procedure_request", "open", NOW)


async def test_danger_in_the_middle_is_192s_all_the_same(chat: Chat) -> None:
    await up_to_confirm(chat, "tomografia do tórax, dr. Otacílio pediu")
    assert (await chat.does(Emergency(), "é urgente, ela não está respirando", "emergency"))[0] == "emergency"


async def test_the_person_is_set_right_while_the_procedure_is_asked_about(chat: Chat) -> None:
    await chat.opens("quero autorizar um raio x, dr. Otacílio pediu", INTENT, paper("a.jpg"))
    offered = chat.options
    await chat.writes("não, é pro Bruno")
    assert chat.options == offered
    assert chat.turn.slots["request_state"]["for_name"].startswith("Bruno")


async def test_a_denial_that_is_asked_about_comes_with_its_letter_each_time(chat: Chat) -> None:
    authorization = await asked_before(chat, ANA, MRI)
    async with chat.turn.store.unit_of_work() as session:
        await verbs.move(
            session, authorization=await verbs.get(session, authorization.id), state="denied", text="",
            reason="O laudo não mostra a lesão.", clause="Cláusula 6.3", decided_by="Dra. Lia Prates, CRM-MA 77",
            actor=AUDITOR, now=NOW,
        )  # fmt: skip
    for _ in range(2):
        await chat.opens(f"e a guia {authorization.number}?", "procedure_status")
        assert chat.said[-2:] == ["authorization_denied", "authorization_next_denied"]
        assert [file["name"] for file in chat.files] == [f"negativa-{authorization.number}.pdf"]
        await chat.writes("não, só isso")


async def test_a_document_that_is_late_by_our_asking_alone_is_not_called_late(chat: Chat) -> None:
    authorization = await asked_before(chat, ANA, MRI, missing="Laudo da ressonância")
    async with chat.turn.store.unit_of_work() as session:  # asked for weeks ago, a day after the request
        await session.execute(
            text("UPDATE authorization_step SET at = at - interval '30 days' WHERE authorization_id = :id"),
            {"id": authorization.id},
        )
        await session.execute(
            text("UPDATE procedure_authorization SET requested_at = requested_at - interval '31 days',"
                 " due_at = due_at - interval '31 days' WHERE id = :id"), {"id": authorization.id},
        )  # fmt: skip
    await chat.opens(f"e a guia {authorization.number}?", "procedure_status")
    assert chat.messages[-2]["term"] == "O prazo volta a contar quando o documento chegar."
    await chat.writes("", paper("laudo.pdf", content_type="application/pdf"), answer="send")
    assert chat.said[-1] == "procedure_document_sent"
    assert "atrasado" not in chat.values["term"]


async def test_a_procedures_code_is_no_incomplete_number(chat: Chat) -> None:
    await chat.opens(f"autorização {BLOOD}", "procedure_status")
    assert chat.said[-2:] == ["procedure_noted", "papers_missing_one"]
    assert chat.turn.slots["pending_request"] == INTENT


async def test_a_procedures_code_finds_what_was_asked_for_under_it(chat: Chat) -> None:
    authorization = await asked_before(chat, ANA, MRI)
    await chat.opens(f"autorização {MRI}", "procedure_status")
    told = [message for message in chat.messages if message.get("response") == "utter_authorization_open"]
    assert [message["number"] for message in told] == [authorization.number]

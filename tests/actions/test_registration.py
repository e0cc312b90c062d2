"""A registration update in the chat, turn by turn: all at once or value by value, the proof, a correction."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from actions.registration.update import UpdateRegistration
from backend import demo
from backend.actor import SYSTEM, attendant
from backend.beneficiaries import Beneficiary
from backend.documents import verbs as documents
from backend.events import Event
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol
from backend.registration import verbs
from backend.registration.fields import shown
from backend.registration.tables import RegistrationChange
from backend.store.engine import Store
from tests.actions.chatting import Chat, paper
from tests.actions.turns import NOW

DESK = attendant("registration-1")
ANA, CARLOS, QUIRINO, IRENE = "52998224725", "39053344705", "90010060863", "90010012974"
BRUNO = "11144477735"
WHERE = "Rua das Flores, 123, apto 2, Centro, São Luís/MA, 65010-000"
ALL_OF_IT = "mudei pra rua das flores 123 apto 2 bairro centro são luís ma cep 65010-000"
INTENT = "update_registration"


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Chat]:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
    yield Chat(store)


async def asked_for(chat: Chat) -> dict[str, str]:
    """The changes under the protocol as people read them, by field."""
    protocol = await chat.protocol()
    async with chat.turn.store.unit_of_work() as session:
        rows = await verbs.changes_of(session, protocol.id)
        return {row.field: shown(row.field, {name: str(value) for name, value in row.new.items()}) for row in rows}


async def test_all_in_one_message_with_its_proof_is_confirmed_once_and_handed_in(chat: Chat) -> None:
    await chat.identify(ANA)
    said = f"{ALL_OF_IT} e meu telefone agora é 98 98888-7777"
    assert await chat.opens(said, INTENT, paper("conta.jpg", "address_proof")) == [
        "papers_received", "registration_confirm",
    ]  # fmt: skip
    assert chat.values["changes"] == f"• *Endereço*: {WHERE}\n• *Telefone*: (98) 98888-7777"
    assert await chat.writes("sim", intent="affirm") == ["registration_submitted"]
    assert await asked_for(chat) == {"address": WHERE, "phone": "(98) 98888-7777"}
    protocol = await chat.protocol()
    assert (protocol.stage, protocol.state) == ("in_review", "open")


async def test_value_by_value_with_a_wrong_cep_in_between(chat: Chat) -> None:
    await chat.identify(ANA)
    assert await chat.opens("quero atualizar meu cadastro", INTENT) == ["registration_what"]
    assert "E-mail" in chat.options
    assert await chat.writes(subject="address") == ["registration_ask_postal_code"]
    assert await chat.writes("6501-000") == ["registration_wrong"]
    assert "8 números" in chat.values["problem"]
    assert await chat.writes("cep 65010-000", intent="find_provider") == ["registration_ask_street"]
    assert await chat.writes("rua das flores") == ["registration_ask_number"]
    assert await chat.writes("123") == ["registration_ask_district"]
    assert await chat.writes("centro") == ["registration_ask_city"]
    assert await chat.writes("são luís") == ["registration_confirm"]
    assert await chat.writes("não, o número é 132", intent="deny") == ["registration_confirm"]
    assert "Rua das Flores, 132" in chat.values["changes"]
    assert await chat.writes("isso", intent="affirm") == ["papers_missing_one"]
    assert await chat.writes("tá aqui o comprovante de endereço", paper()) == [
        "papers_received",
        "registration_submitted",
    ]
    assert await asked_for(chat) == {"address": "Rua das Flores, 132, Centro, São Luís/MA, 65010-000"}


async def test_a_value_that_comes_before_it_is_asked_for_is_noted_and_a_wrong_one_said_at_once(chat: Chat) -> None:
    await chat.identify(ANA)
    assert await chat.opens("quero trocar email e celular", INTENT) == ["registration_ask_phone"]
    assert await chat.writes("ana@") == ["registration_wrong"]
    assert "nome@exemplo.com" in chat.values["problem"]
    assert await chat.writes("98 98888-7777") == ["registration_noted", "registration_wrong"]
    assert await chat.writes("ana.nova@exemplo.com") == ["registration_confirm"]


async def test_a_district_that_comes_before_the_cep_is_kept(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens("mudei de endereço", INTENT)
    assert await chat.writes("o bairro é Calhau") == ["registration_ask_postal_code"]
    assert await chat.writes("65010-000") == ["registration_ask_street"]
    assert await chat.writes("rua do sol, 10") == ["registration_ask_city"]


async def test_what_was_set_right_stays_so_when_the_request_goes_on_days_later(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens(ALL_OF_IT, INTENT)
    await chat.writes("não, o número é 132", intent="deny")
    await chat.writes("sim", intent="affirm")
    kept = dict(chat.turn.slots["request_state"])
    await chat.writes("mando depois")
    assert await chat.starts(INTENT, "", **kept) == ["papers_missing_one"]
    assert await chat.writes("", paper("conta.jpg", "address_proof")) == ["papers_received", "registration_submitted"]
    assert "132" in (await asked_for(chat))["address"]


async def test_a_cep_of_another_state_is_asked_about(chat: Chat) -> None:
    await chat.identify(ANA)
    assert await chat.opens("mudei pra rua do sol 10, centro, são luís ma, cep 01001-000", INTENT) == [
        "registration_wrong"
    ]
    assert "São Paulo" in chat.values["problem"]
    assert await chat.writes("65010-000") == ["registration_confirm"]


async def test_a_file_that_comes_first_says_what_changes(chat: Chat) -> None:
    await chat.identify(ANA)
    assert await chat.opens("", INTENT, paper("IMG_1.jpg")) == ["papers_which_one"]
    assert await chat.writes("comprovante de residência") == ["papers_received", "registration_ask_postal_code"]
    assert await chat.writes(ALL_OF_IT) == ["registration_confirm"]
    assert await chat.writes("sim", intent="affirm") == ["registration_submitted"]


async def test_a_proof_of_a_name_may_come_first_too(chat: Chat) -> None:
    await chat.identify(ANA)
    assert await chat.opens("quero atualizar meu cadastro", INTENT, paper("rg novo.jpg")) == [
        "papers_received", "registration_what",
    ]  # fmt: skip
    assert await chat.writes("meu nome agora é Ana Beatriz Rocha Prado") == ["registration_confirm"]
    assert await chat.writes("sim", intent="affirm") == ["registration_submitted"]


async def test_of_two_files_one_that_was_named_wrongly_is_named_anew(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens(f"{ALL_OF_IT}. casei, meu estado civil é casada", INTENT)
    assert await chat.writes("sim", intent="affirm") == ["papers_missing"]
    first, second = paper("IMG_1.jpg"), paper("IMG_2.jpg")
    assert await chat.writes("", first, second) == ["papers_which_several"]
    assert await chat.writes("conta de luz") == ["papers_received", "papers_which_one"]
    assert await chat.writes("comprovante de endereço") == ["papers_received", "papers_missing_one"]
    assert await chat.writes("errei, era a certidão de casamento") == ["papers_received", "registration_submitted"]


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("meu email agora é ana.nova@exemplo.com", {"email": "ana.nova@exemplo.com"}),
        ("quero colocar meu nome social Bia", {"social_name": "Bia"}),
    ],
)
async def test_what_needs_no_proof_is_handed_in_at_once(chat: Chat, said: str, changes: dict[str, str]) -> None:
    await chat.identify(ANA)
    assert await chat.opens(said, INTENT) == ["registration_confirm"]
    assert await chat.writes("sim", intent="affirm") == ["registration_submitted"]
    assert await asked_for(chat) == changes


async def test_a_name_and_a_date_ask_for_one_paper_and_a_marital_status_for_its_certificate(chat: Chat) -> None:
    await chat.identify(ANA)
    assert await chat.opens("meu nome e minha data de nascimento estão errados no cadastro", INTENT) == [
        "registration_ask_full_name"
    ]
    assert await chat.writes("Ana Beatriz Rocha Prado") == ["registration_ask_birth_date"]
    assert await chat.writes("13 de março de 1985") == ["registration_confirm"]
    assert await chat.writes("sim", intent="affirm") == ["papers_missing_one"]
    assert chat.values["papers"] == "o RG, CNH ou certidão"
    assert await chat.writes("minha cnh", paper()) == ["papers_received", "registration_submitted"]


async def test_a_marital_status_is_chosen(chat: Chat) -> None:
    await chat.identify(ANA)
    assert await chat.opens("mudar estado civil", INTENT) == ["registration_ask_marital_status"]
    assert await chat.writes(item="widowed") == ["registration_confirm"]
    assert "viúvo(a)" in chat.values["changes"]


async def test_to_correct_a_field_is_tapped_written_or_taken_back(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens(f"{ALL_OF_IT} e meu telefone agora é 98 98888-7777", INTENT)
    assert await chat.writes(answer="fix") == ["registration_fix"]
    assert chat.options == ["Endereço", "Telefone"]
    assert await chat.writes(subject="phone") == ["registration_ask_phone"]
    assert await chat.writes("98 97777-6666") == ["registration_confirm"]
    assert "(98) 97777-6666" in chat.values["changes"]
    assert await chat.writes("corrigir telefone", intent=INTENT) == ["registration_ask_phone"]
    assert await chat.writes("98 96666-5555") == ["registration_confirm"]
    assert await chat.writes("deixa o telefone como está") == ["registration_confirm"]
    assert "Telefone" not in chat.values["changes"]


async def test_of_several_telephones_it_is_asked_which_one_goes(chat: Chat) -> None:
    await chat.identify(QUIRINO)
    assert await chat.opens("troquei de telefone, agora é 98 98888-7777", INTENT) == ["registration_phone_lines"]
    assert chat.options[-1] == "Nenhum, é mais um"
    assert await chat.writes(item="+5598988000016") == ["registration_confirm"]
    await chat.writes("sim", intent="affirm")
    async with chat.turn.store.unit_of_work() as session:
        change = (await session.scalars(select(RegistrationChange))).one()
        assert change.old == {"value": "+5598988000016"}


async def test_what_the_register_says_already_is_said_and_left(chat: Chat) -> None:
    await chat.identify(ANA)
    assert await chat.opens("meu telefone é 98 98800-0001 e meu email agora é ana.nova@exemplo.com", INTENT) == [
        "registration_same", "registration_confirm",
    ]  # fmt: skip
    assert "elefone" not in chat.values["changes"]


async def test_what_only_a_person_changes_meets_one(chat: Chat) -> None:
    await chat.identify(ANA)
    said = await chat.opens("quero corrigir o nome da minha mãe no cadastro", INTENT)
    assert said[0] == "registration_by_person"
    assert chat.handed_over


async def test_an_adults_register_is_changed_by_himself_alone(chat: Chat) -> None:
    await chat.identify(CARLOS)
    assert await chat.opens("quero atualizar o telefone da Débora", INTENT) == ["registration_adult"]
    assert await chat.writes(answer="mine") == ["registration_ask_phone"]


async def test_a_holder_updates_a_minor_dependents_register(chat: Chat) -> None:
    await chat.identify(ANA)
    assert await chat.opens("quero mudar o telefone do meu filho pra 98 98888-7777", INTENT) == [
        "registration_confirm_of"
    ]
    assert chat.values["name"] == "Bruno"
    await chat.writes("sim", intent="affirm")
    async with chat.turn.store.unit_of_work() as session:
        change = (await session.scalars(select(RegistrationChange))).one()
        assert (await session.get_one(Beneficiary, change.beneficiary_id)).cpf == BRUNO


@pytest.mark.parametrize(("writes_from", "warned"), [(ANA, False), (CARLOS, True), ("", True)])
async def test_only_the_persons_own_telephone_asks_for_a_new_one_without_a_warning(
    chat: Chat, writes_from: str, warned: bool
) -> None:
    async with chat.turn.store.unit_of_work() as session:
        own = await session.scalar(select(Beneficiary.id).where(Beneficiary.cpf == writes_from))
    chat.turn.context = {"own_number_of": [str(own)] if own else [], "people_on_number": 1 if own else 0}
    await chat.identify(ANA)
    await chat.opens("meu telefone agora é 98 98888-7777", INTENT)
    await chat.writes("sim", intent="affirm")
    async with chat.turn.store.unit_of_work() as session:
        texts = [event.values["text"] for event in await session.scalars(select(Event))]
    assert texts == (["registration_contact_asked"] if warned else [])


async def test_papers_may_come_another_day(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens(ALL_OF_IT, INTENT)
    await chat.writes("sim", intent="affirm")
    assert await chat.writes("mando depois") == ["papers_later"]
    assert (await chat.protocol()).stage == "gathering"


async def test_five_wrong_values_meet_a_person(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens("mudei de endereço", INTENT)
    for _ in range(4):
        assert await chat.writes("123") == ["registration_wrong"]
    await chat.writes("123")
    assert chat.handed_over


async def refused(chat: Chat, *, field: str = "", paper_of: str = "") -> str:
    """The desk refuses a change or a paper, and gives the request back."""
    protocol = await chat.protocol()
    async with chat.turn.store.unit_of_work() as session:
        protocol = await protocols.get(session, protocol.id)
        for change in await verbs.changes_of(session, protocol.id):
            if change.field == field:
                await verbs.refuse(
                    session, change=change, reason="O número não confere.", request_key="r", actor=DESK, now=NOW
                )
            elif field:
                await verbs.accept(session, change=change, request_key="a", actor=DESK, now=NOW)
        for document in await documents.of_protocol(session, protocol.id):
            if document.kind == paper_of:
                await documents.decide(
                    session, document=document, accepted=False, reason="Está cortado.", actor=DESK, now=NOW
                )
        await verbs.ask_correction(session, protocol=protocol, request_key="c", actor=DESK, now=NOW)
        return str(protocol.id)


async def submitted(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens(f"{ALL_OF_IT} e meu telefone agora é 98 98888-7777", INTENT, paper("conta.jpg", "address_proof"))
    await chat.writes("sim", intent="affirm")


async def test_a_refused_value_is_corrected_under_the_same_protocol(chat: Chat) -> None:
    await submitted(chat)
    protocol_id = await refused(chat, field="address")
    again = {"protocol": protocol_id, "correcting": True, "said": ""}
    assert await chat.starts(INTENT, "", **again) == ["registration_back", "registration_confirm"]
    assert "Telefone" not in chat.values["changes"]
    assert await chat.writes("o número é 132") == ["registration_confirm"]
    assert await chat.writes("sim", intent="affirm") == ["registration_corrected"]
    assert (await chat.protocol()).stage == "in_review"
    assert (await asked_for(chat))["address"].startswith("Rua das Flores, 132, apto 2")


async def test_a_refused_paper_is_sent_again_and_the_rest_stands(chat: Chat) -> None:
    await submitted(chat)
    protocol_id = await refused(chat, paper_of="address_proof")
    again = {"protocol": protocol_id, "correcting": True, "said": ""}
    assert await chat.starts(INTENT, "", **again) == ["registration_back", "papers_missing_one"]
    assert await chat.writes("", paper("foto.jpg")) == ["papers_received", "registration_corrected"]
    assert (await chat.protocol()).stage == "in_review"


async def test_what_was_refused_and_is_given_up_leaves_what_was_accepted_and_the_desk_ends_it(chat: Chat) -> None:
    await submitted(chat)
    protocol_id = await refused(chat, field="address")
    await chat.starts(INTENT, "", protocol=protocol_id, correcting=True, said="")
    said = await chat.writes("deixa o endereço como está")
    assert said[0] == "registration_rest_given_up"
    told = next(one for one in chat.messages if one.get("response") == "utter_registration_rest_given_up")
    assert told["changes"] == "• *telefone*: atualizado no cadastro"
    assert chat.handed_over
    async with chat.turn.store.unit_of_work() as session:
        protocol = (await session.scalars(select(Protocol))).one()
        assert await verbs.finish(session, protocol=protocol, request_key="end", actor=DESK, now=NOW)


async def test_a_correction_of_which_nothing_is_left_ends_without_an_empty_list(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens("meu email agora é ana.nova@exemplo.com", INTENT)
    await chat.writes("sim", intent="affirm")
    protocol_id = await refused(chat, field="email")
    await chat.starts(INTENT, "", protocol=protocol_id, correcting=True, said="")
    assert await chat.writes("deixa o email como está") == ["registration_nothing_left"]
    protocol = await chat.protocol()
    assert (protocol.stage, protocol.state) == ("withdrawn", "closed")


async def test_what_the_desk_is_deciding_already_is_told_and_not_asked_again(chat: Chat) -> None:
    await submitted(chat)
    async with chat.turn.store.unit_of_work() as session:
        first = (await session.scalars(select(Protocol.number))).one()
    for said in ("quero mudar meu endereço", ALL_OF_IT):
        assert await chat.opens(said, INTENT) == ["registration_in_review"]
        assert (chat.values["fields"], chat.values["number"]) == ("o endereço", first)
        assert chat.values["deadline"] == "02/12/2026"
    assert await chat.opens("quero mudar meu endereço e meu email pra ana.nova@exemplo.com", INTENT) == [
        "registration_in_review", "registration_confirm",
    ]  # fmt: skip
    assert "Endereço" not in chat.values["changes"]
    async with chat.turn.store.unit_of_work() as session:
        found = await session.scalars(select(Protocol.stage).order_by(Protocol.number))
        assert list(found) == ["in_review", "withdrawn", "withdrawn", "gathering"]


async def test_another_value_of_what_the_desk_is_deciding_is_another_request(chat: Chat) -> None:
    await submitted(chat)
    assert await chat.opens("errei, meu telefone agora é 98 97777-6666", INTENT) == ["registration_confirm"]
    assert await chat.writes("sim", intent="affirm") == ["registration_submitted"]


async def test_a_corrected_paper_may_come_with_the_first_word(chat: Chat) -> None:
    await submitted(chat)
    protocol_id = await refused(chat, paper_of="address_proof")
    again = {"protocol": protocol_id, "correcting": True, "said": "", "files": [paper("foto.jpg")]}
    assert await chat.starts(INTENT, "", **again) == ["registration_back", "papers_received", "registration_corrected"]


async def test_words_about_a_paper_that_is_sent_again_change_no_field(chat: Chat) -> None:
    await submitted(chat)
    await refused(chat, paper_of="address_proof")
    said = await chat.opens("segue o comprovante de endereço de novo", "send_document", paper("foto.jpg"))
    assert said == ["back_to_protocol", "registration_back", "papers_received", "registration_corrected"]


async def test_an_option_of_the_news_leads_to_the_correction_once(chat: Chat) -> None:
    await submitted(chat)
    protocol_id = await refused(chat, field="address")
    tapped = {"protocol": protocol_id, "chosen_before": "correct"}
    assert await chat.starts(INTENT, "", **tapped) == ["registration_back", "registration_confirm"]
    await chat.writes("o número é 132")
    await chat.writes("sim", intent="affirm")
    assert await chat.starts(INTENT, "", **tapped) == ["papers_moved_on"]


async def test_a_new_request_while_one_was_given_back_goes_on_there(chat: Chat) -> None:
    await submitted(chat)
    await refused(chat, field="address")
    said = await chat.opens("quero corrigir meu endereço, o número é 132", INTENT)
    assert said == ["back_to_protocol", "registration_back", "registration_confirm"]
    async with chat.turn.store.unit_of_work() as session:
        found = await session.scalars(select(Protocol.stage).order_by(Protocol.number))
        assert list(found) == ["correction", "withdrawn"]


async def test_somebody_else_on_the_same_telephone_corrects_nothing(chat: Chat) -> None:
    await submitted(chat)
    protocol_id = await refused(chat, field="address")
    await chat.identify(CARLOS)
    assert await chat.starts(INTENT, "", protocol=protocol_id, chosen_before="correct") == ["request_of_another"]


async def test_who_takes_over_reads_what_was_gathered(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens(ALL_OF_IT, INTENT)
    assert await chat.writes(answer="desk") != []
    assert chat.handed_over


def test_the_process_goes_on_days_later() -> None:
    assert UpdateRegistration.lasts
    assert UpdateRegistration.gathers

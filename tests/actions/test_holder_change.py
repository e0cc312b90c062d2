"""A change of holder in the chat, turn by turn: who asks, who follows, the form, the papers, a correction."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from backend import demo
from backend.actor import SYSTEM, attendant
from backend.beneficiaries import Beneficiary
from backend.documents import verbs as documents
from backend.holder_change import verbs
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol
from backend.store import files
from backend.store.engine import Store
from tests.actions.chatting import Chat, paper
from tests.actions.test_texts import RESPONSES
from tests.actions.turns import NOW

DESK = attendant("registration-1")
ANA, BRUNO, CARLOS, DEBORA, GILDA = "52998224725", "11144477735", "39053344705", "15350946056", "90010010769"
FABIO, IRENE = "86288366757", "90010012974"
FIRST = "quero trocar o titular do plano"
DIED = "meu marido morreu e o plano era no nome dele, quero passar pro meu nome"


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Chat]:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
    yield Chat(store)


async def begun(chat: Chat, cpf: str, text: str) -> list[str]:
    await chat.identify(cpf)
    return await chat.opens(text, "change_holder")


async def change_of(chat: Chat) -> tuple[str, bool]:
    """The new holder's CPF, and whether the old one has died."""
    protocol = await chat.protocol()
    async with chat.turn.store.unit_of_work() as session:
        change = await verbs.of_protocol(session, protocol.id)
        return (await session.get_one(Beneficiary, change.new_holder_id)).cpf, change.deceased


async def test_the_holder_says_who_follows_hears_what_it_means_and_gets_the_form(chat: Chat) -> None:
    assert await begun(chat, CARLOS, FIRST) == ["holder_change_who"]
    assert chat.options == ["Gilda", "Débora", "Outra pessoa", "Deixar como está"]
    assert await chat.writes("a Débora") == ["holder_change_sure"]
    assert (chat.values["old"], chat.values["new"]) == ("Carlos", "Débora")
    said = await chat.writes("sim", intent="affirm")
    assert said == ["holder_change_form", "holder_change_checklist", "papers_missing"]
    [form] = chat.files
    words = PdfReader(io.BytesIO(files.read(form["sha256"]))).pages[0].extract_text()
    assert "Débora Nunes Alves" in words
    assert await change_of(chat) == (DEBORA, False)


async def test_who_follows_may_stand_in_the_first_words(chat: Chat) -> None:
    assert await begun(chat, CARLOS, "quero passar o plano pro nome da Débora") == ["holder_change_sure"]


async def test_a_name_instead_of_a_yes_changes_who_follows(chat: Chat) -> None:
    await begun(chat, CARLOS, "quero passar o plano pro nome da Débora")
    assert await chat.writes("não, é pra Gilda") == ["holder_change_sure"]
    assert chat.values["new"] == "Gilda"
    assert await chat.writes("não", intent="deny") == ["holder_change_who"]


async def alone_with(chat: Chat, cpf: str) -> None:
    """Of the adults of Carlos's contract only one is left, and Bruno, a minor, joins it."""
    async with chat.turn.store.unit_of_work() as session:
        people = {person.cpf: person for person in await session.scalars(select(Beneficiary))}
        people[GILDA if cpf == DEBORA else DEBORA].left_on = NOW.date() - timedelta(days=1)
        people[BRUNO].contract_id = people[CARLOS].contract_id


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("quero passar o plano pro meu filho", "holder_change_by_name"),
        ("quero passar o plano pro meu irmão José", "holder_change_by_name"),
        ("quero passar o plano pro Bruno", "holder_change_too_young"),
    ],
)
async def test_the_only_one_who_may_follow_never_takes_the_place_of_whom_was_named(
    chat: Chat, first: str, said: str
) -> None:
    await alone_with(chat, DEBORA)
    assert await begun(chat, CARLOS, first) == [said, "holder_change_who"]
    assert chat.options == ["Débora", "Outra pessoa", "Deixar como está"]
    assert await chat.writes("a Débora") == ["holder_change_sure"]


async def test_a_relative_instead_of_a_yes_is_asked_by_name_and_then_left_to_a_person(chat: Chat) -> None:
    await alone_with(chat, DEBORA)
    assert await begun(chat, CARLOS, FIRST) == ["holder_change_sure"]
    assert await chat.writes("então pro meu irmão") == ["holder_change_by_name", "holder_change_who"]
    assert await chat.writes("meu irmão José") == ["holder_change_by_name", "holder_change_who"]
    assert "holder_change_by_name" not in await chat.writes("meu irmão José")
    await chat.writes("", answer="other")
    assert chat.handed_over


async def test_who_takes_over_reads_who_is_to_follow(chat: Chat) -> None:
    await begun(chat, CARLOS, "quero passar o plano pro nome da Débora")
    await chat.writes("sim", intent="affirm")
    await chat.writes("", answer="desk")
    assert "Troca de titular, para Débora, com o formulário já enviado." in str(chat.messages)


async def test_of_several_a_relative_is_simply_asked_by_name(chat: Chat) -> None:
    assert await begun(chat, CARLOS, "quero passar o plano pra minha esposa") == ["holder_change_who"]


async def test_all_papers_and_the_signed_form_hand_it_in(chat: Chat) -> None:
    await begun(chat, CARLOS, "quero passar o plano pro nome da Débora")
    await chat.writes("sim", intent="affirm")
    assert await chat.writes("", paper("cnh.jpg")) == ["papers_received", "papers_missing"]
    await chat.writes("conta de luz", paper("IMG_2.jpg"))
    assert (chat.said[-1], chat.values["papers"]) == ("papers_missing_one", "o formulário assinado")
    assert await chat.writes("", paper("IMG_3.jpg")) == ["papers_received", "holder_change_submitted"]
    protocol = await chat.protocol()
    assert (protocol.stage, protocol.state, protocol.team) == ("in_review", "open", "registration")


@pytest.mark.parametrize(
    ("cpf", "said"),
    [(CARLOS, "holder_change_already"), (DEBORA, "holder_change_already"), (GILDA, "holder_change_desk")],
)
async def test_a_second_change_of_the_contract_is_not_gathered(chat: Chat, cpf: str, said: str) -> None:
    await begun(chat, CARLOS, "quero passar o plano pro nome da Débora")
    await chat.writes("sim", intent="affirm")
    for name in ("cnh.jpg", "conta de luz.jpg", "formulario assinado.jpg"):
        await chat.writes("", paper(name))
    first = await chat.protocol()
    assert (await begun(chat, cpf, FIRST))[0] == said
    assert chat.handed_over == (cpf == GILDA)
    if cpf != GILDA:
        assert (chat.values["number"], chat.values["stage"]) == (first.number, "em conferência")
        async with chat.turn.store.unit_of_work() as session:
            stages = list(await session.scalars(select(Protocol.stage).where(Protocol.state != "closed")))
        assert stages == ["in_review"]


async def test_the_form_that_comes_back_is_known_by_its_name_although_it_names_other_papers(chat: Chat) -> None:
    await begun(chat, CARLOS, "quero passar o plano pro nome da Débora")
    await chat.writes("sim", intent="affirm")
    name = chat.files[0]["name"]
    await chat.writes("", paper(name, "cpf", "death_certificate", "signed_form", content_type="application/pdf"))
    assert chat.messages[0]["papers"] == "o formulário assinado"


async def test_after_a_death_it_is_said_once_that_we_are_sorry_and_nothing_of_it_is_asked(chat: Chat) -> None:
    assert await begun(chat, DEBORA, DIED) == ["holder_change_sorry", "holder_change_sure_deceased"]
    said = await chat.writes("sim", intent="affirm")
    assert said == ["holder_change_form_deceased", "holder_change_checklist_deceased", "papers_missing"]
    assert "• Certidão de óbito" in chat.values["papers"]
    assert await change_of(chat) == (DEBORA, True)


async def test_a_dependent_who_says_nothing_of_it_is_asked_why(chat: Chat) -> None:
    assert await begun(chat, DEBORA, FIRST) == ["holder_change_lives"]
    assert chat.values["holder"] == "Carlos"
    assert await chat.writes("sim, ele morreu em outubro") == ["holder_change_sorry", "holder_change_who"]


@pytest.mark.parametrize("answer", ["não", "ele está vivo", "não, ele não morreu não"])
async def test_while_the_holder_lives_he_asks_himself(chat: Chat, answer: str) -> None:
    await begun(chat, DEBORA, FIRST)
    assert await chat.writes(answer, intent="deny") == ["holder_change_only_holder"]
    assert await chat.writes("deixa como está") == ["holder_change_kept"]
    protocol = await chat.protocol()
    assert (protocol.stage, protocol.state) == ("withdrawn", "closed")


async def test_who_cannot_let_the_holder_ask_meets_a_person(chat: Chat) -> None:
    await begun(chat, DEBORA, "meu marido está vivo mas não consegue, quero trocar o titular")
    assert chat.said == ["holder_change_only_holder"]
    await chat.writes("", answer="yes")
    assert chat.handed_over


@pytest.mark.parametrize(
    ("cpf", "text", "said"),
    [
        (BRUNO, "minha mãe faleceu, quero ser o titular", "holder_change_minor"),
        (BRUNO, FIRST, "holder_change_minor"),
        (ANA, FIRST, "holder_change_nobody"),
        (FABIO, FIRST, "holder_change_company"),
        (IRENE, FIRST, "holder_change_desk"),
    ],
)
async def test_who_may_not_ask_alone_meets_a_person_and_hears_why(chat: Chat, cpf: str, text: str, said: str) -> None:
    assert said in await begun(chat, cpf, text)
    assert chat.handed_over


@pytest.mark.parametrize("answer", ["outra pessoa", "ela não está no plano"])
async def test_somebody_from_outside_is_a_matter_for_a_person(chat: Chat, answer: str) -> None:
    await begun(chat, CARLOS, FIRST)
    assert (await chat.writes(answer))[0] == "holder_change_nobody"
    assert chat.handed_over


async def test_a_death_certificate_that_comes_first_is_known(chat: Chat) -> None:
    await chat.identify(DEBORA)
    said = await chat.opens(
        "meu marido faleceu, quero assumir o contrato", "change_holder", paper("certidao de obito.pdf")
    )
    assert said == ["holder_change_sorry", "papers_received", "holder_change_sure_deceased"]


async def test_a_form_that_was_refused_comes_again_and_only_it_is_asked(chat: Chat) -> None:
    await begun(chat, CARLOS, "quero passar o plano pro nome da Débora")
    await chat.writes("sim", intent="affirm")
    for name in ("cnh.jpg", "conta de luz.jpg", "formulario assinado.jpg"):
        await chat.writes("", paper(name))
    protocol = await chat.protocol()
    async with chat.turn.store.unit_of_work() as session:
        given = await documents.of_protocol(session, protocol.id)
        await documents.decide(
            session, document=given[-1], accepted=False, reason="falta uma assinatura", actor=DESK, now=NOW
        )
        fresh = await protocols.get(session, protocol.id)
        await verbs.ask_correction(session, protocol=fresh, request_key="back", actor=DESK, now=NOW)
    said = await chat.starts("change_holder", said="", protocol=str(protocol.id), correcting=True)
    assert said == ["holder_change_form_again", "papers_missing_one"]
    assert len(chat.files) == 1
    assert await chat.writes("", paper("IMG_9.jpg")) == ["papers_received", "holder_change_corrected"]
    assert (await chat.protocol()).stage == "in_review"


async def test_nothing_is_written_to_the_register_before_the_desk_has_finished_it(chat: Chat) -> None:
    await begun(chat, DEBORA, DIED)
    await chat.writes("sim", intent="affirm")
    async with chat.turn.store.unit_of_work() as session:
        debora = (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == DEBORA))).one()
    assert debora.standing == "dependent"


def test_no_text_of_a_change_of_holder_names_money() -> None:
    said = [variants[0]["text"] for name, variants in RESPONSES.items() if "holder_change" in name]
    assert len(said) > 15
    assert not [text for text in said if re.search(r"R\$|valor|mensalidade|fatura|boleto|d[ií]vida|pag(?:a|u)", text)]

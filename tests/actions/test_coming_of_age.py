"""Coming of age in the chat, turn by turn: who asks, the papers, a correction, what is ready."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from actions.conversation import Greet, Help, Thank
from actions.edge import ZeloAction
from actions.not_understood import NotUnderstood
from backend import demo
from backend.actor import SYSTEM, attendant
from backend.beneficiaries import Beneficiary
from backend.coming_of_age import verbs
from backend.documents import verbs as documents
from backend.identity.verbs import IdentityCheck
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol
from backend.store.engine import Store
from tests.actions.chatting import Chat, paper
from tests.actions.turns import NOW

DESK = attendant("registration-1")
ANA, BRUNO, CARLOS, DEBORA = "52998224725", "11144477735", "39053344705", "15350946056"
FIRST = "meu filho vai fazer 18 anos"


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Chat]:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
    yield Chat(store)


async def born(chat: Chat, cpf: str, *, years: int, days: int, standing: str = "dependent") -> None:
    """Makes somebody complete so many years in so many days."""
    async with chat.turn.store.unit_of_work() as session:
        person = (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()
        day = NOW.date() + timedelta(days=days)
        person.birth_date, person.standing = day.replace(year=day.year - years), standing


async def handed_in(chat: Chat) -> None:
    await chat.identify(BRUNO)
    await chat.opens("vou fazer 18, o que eu mando?", "coming_of_age")
    await sends_all(chat)


async def sends_all(chat: Chat) -> None:
    for name in ("cnh.jpg", "matricula.pdf", "frequencia.pdf"):
        await chat.writes("", paper(name))


async def test_a_dependent_asks_for_himself_and_hears_the_whole_checklist_once(chat: Chat) -> None:
    await chat.identify(BRUNO)
    assert await chat.opens("vou fazer 18, o que eu mando?", "coming_of_age") == [
        "coming_of_age_checklist", "papers_missing",
    ]  # fmt: skip
    assert chat.values["papers"] == "• RG\n• CPF\n• Comprovante de matrícula\n• Comprovante de frequência"
    assert await chat.writes("", paper("rg.jpg")) == ["papers_received", "papers_missing"]


async def test_who_takes_over_reads_for_whom_it_is(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens(FIRST, "coming_of_age")
    await chat.writes("", answer="desk")
    assert "Maioridade de dependente, Bruno." in str(chat.messages)


async def test_a_holder_with_one_young_dependent_is_not_asked_which(chat: Chat) -> None:
    await chat.identify(ANA)
    assert "coming_of_age_checklist" in await chat.opens(FIRST, "coming_of_age")
    protocol = await chat.protocol()
    async with chat.turn.store.unit_of_work() as session:
        case = await verbs.of_protocol(session, protocol.id)
        assert (await session.get_one(Beneficiary, case.dependent_id)).cpf == BRUNO


@pytest.mark.parametrize("answer", ["a Débora", "debora"])
async def test_of_several_dependents_the_holder_says_which(chat: Chat, answer: str) -> None:
    await born(chat, DEBORA, years=18, days=10)
    await born(chat, "90010010769", years=21, days=10)
    await chat.identify(CARLOS)
    assert await chat.opens("maioridade do dependente", "coming_of_age") == ["coming_of_age_whom"]
    assert chat.options[:2] == ["Gilda", "Débora"]
    assert await chat.writes(answer) == ["coming_of_age_checklist", "papers_missing"]


async def test_a_name_in_the_first_words_says_which(chat: Chat) -> None:
    await born(chat, DEBORA, years=18, days=10)
    await born(chat, "90010010769", years=21, days=10)
    await chat.identify(CARLOS)
    assert "coming_of_age_checklist" in await chat.opens("é a maioridade da Gilda", "coming_of_age")


async def test_after_the_birthday_it_is_said_so(chat: Chat) -> None:
    await born(chat, BRUNO, years=21, days=-5)
    await chat.identify(BRUNO)
    assert "coming_of_age_checklist_since" in await chat.opens("fiz 21", "coming_of_age")


async def test_long_before_a_birthday_it_may_be_left_for_later(chat: Chat) -> None:
    await born(chat, BRUNO, years=18, days=200)
    await chat.identify(ANA)
    assert await chat.opens(FIRST, "coming_of_age") == ["coming_of_age_early"]
    assert await chat.writes("deixa para depois") == ["coming_of_age_later"]
    assert (await chat.protocol()).stage == "withdrawn"


async def test_long_before_a_birthday_the_papers_are_taken_where_that_is_wanted(chat: Chat) -> None:
    await born(chat, BRUNO, years=18, days=200)
    await chat.identify(ANA)
    await chat.opens(FIRST, "coming_of_age")
    assert await chat.writes("quero mandar agora", intent="affirm") == ["coming_of_age_checklist", "papers_missing"]


@pytest.mark.parametrize(("cpf", "said"), [(CARLOS, "coming_of_age_nobody"), (DEBORA, "coming_of_age_not_yours")])
async def test_who_has_nobody_to_ask_for_meets_a_person(chat: Chat, cpf: str, said: str) -> None:
    await chat.identify(cpf)
    assert (await chat.opens(FIRST, "coming_of_age"))[0] == said
    assert chat.handed_over


async def test_papers_come_in_any_order_before_and_after_the_words(chat: Chat) -> None:
    await chat.identify(BRUNO)
    said = await chat.opens("segue minha declaração de matrícula, faço 18", "coming_of_age", paper("scan.pdf"))
    assert said == ["papers_received", "coming_of_age_checklist", "papers_missing"]
    await chat.writes("", paper("frequencia.pdf"), paper("IMG_1.jpg"))
    assert chat.said[-1] == "papers_which_one"
    said = await chat.writes("é a CNH")
    assert said == ["papers_received", "coming_of_age_submitted"]
    assert (await chat.protocol()).stage == "in_review"


async def test_the_term_and_the_protocol_are_told_at_the_end(chat: Chat) -> None:
    await handed_in(chat)
    protocol = await chat.protocol()
    assert (chat.said[-1], chat.values["number"]) == ("coming_of_age_submitted", protocol.number)
    assert chat.values["deadline"] == "02/12/2026"
    assert (protocol.stage, protocol.state) == ("in_review", "open")
    assert chat.turn.slots["pending_request"] is None


@pytest.mark.parametrize("cpf", [BRUNO, ANA])
async def test_who_asks_again_hears_how_the_first_request_stands(chat: Chat, cpf: str) -> None:
    await handed_in(chat)
    first = await chat.protocol()
    await chat.identify(cpf)
    assert await chat.opens(FIRST, "coming_of_age") == ["coming_of_age_already"]
    assert (chat.values["number"], chat.values["stage"]) == (first.number, "em conferência")
    assert chat.values["deadline"] == "02/12/2026"
    assert await open_stages(chat) == ["in_review"]


async def test_who_asks_again_when_all_is_ready_hears_where_it_is(chat: Chat) -> None:
    await ready(chat)
    assert await chat.opens(FIRST, "coming_of_age") == ["coming_of_age_already_ready"]
    assert (chat.values["ready"], chat.values["until"]) == ("carteirinha nova", "23/12/2026")
    assert await open_stages(chat) == ["waiting_beneficiary"]


async def open_stages(chat: Chat) -> list[str]:
    async with chat.turn.store.unit_of_work() as session:
        return list(await session.scalars(select(Protocol.stage).where(Protocol.state != "closed")))


async def test_only_what_was_refused_is_asked_again_and_it_goes_back_to_the_same_protocol(chat: Chat) -> None:
    await handed_in(chat)
    protocol = await chat.protocol()
    async with chat.turn.store.unit_of_work() as session:
        given = await documents.of_protocol(session, protocol.id)
        await documents.decide(
            session, document=given[-1], accepted=False, reason="é do ano passado", actor=DESK, now=NOW
        )
        fresh = await protocols.get(session, protocol.id)
        await verbs.ask_correction(session, protocol=fresh, request_key="back", actor=DESK, now=NOW)
    begun = await chat.starts("coming_of_age", said="", protocol=str(protocol.id), correcting=True)
    assert begun == ["papers_missing_one"]
    assert chat.values["papers"] == "o comprovante de frequência"
    assert await chat.writes("", paper("frequencia nova.pdf")) == ["papers_received", "coming_of_age_corrected"]
    assert (await chat.protocol()).stage == "in_review"


async def test_the_paper_itself_may_answer_the_news_of_a_correction(chat: Chat) -> None:
    await handed_in(chat)
    protocol = await chat.protocol()
    async with chat.turn.store.unit_of_work() as session:
        given = await documents.of_protocol(session, protocol.id)
        await documents.decide(session, document=given[-1], accepted=False, reason="ilegível", actor=DESK, now=NOW)
        fresh = await protocols.get(session, protocol.id)
        await verbs.ask_correction(session, protocol=fresh, request_key="back", actor=DESK, now=NOW)
    again = paper("IMG_7.jpg")
    said = await chat.starts("coming_of_age", "", said="", protocol=str(protocol.id), correcting=True, files=[again])
    assert said == ["papers_received", "coming_of_age_corrected"]


async def sent_back(chat: Chat) -> str:
    """Handed in, and the last paper refused; gives the protocol's id."""
    await handed_in(chat)
    protocol = await chat.protocol()
    async with chat.turn.store.unit_of_work() as session:
        given = await documents.of_protocol(session, protocol.id)
        await documents.decide(session, document=given[-1], accepted=False, reason="ilegível", actor=DESK, now=NOW)
        fresh = await protocols.get(session, protocol.id)
        await verbs.ask_correction(session, protocol=fresh, request_key="back", actor=DESK, now=NOW)
    return str(protocol.id)


async def test_the_option_of_the_news_goes_on_with_what_was_refused(chat: Chat) -> None:
    protocol = await sent_back(chat)
    assert await chat.starts("confirm_ready", protocol=protocol, chosen_before="correct") == [
        "back_to_protocol", "papers_missing_one",
    ]  # fmt: skip
    assert chat.turn.slots["pending_request"] == "coming_of_age"
    assert await chat.writes("", paper("IMG_9.jpg")) == ["papers_received", "coming_of_age_corrected"]
    assert await chat.starts("confirm_ready", protocol=protocol, chosen_before="correct") == ["papers_moved_on"]


async def test_who_asks_anew_goes_on_with_what_was_sent_back(chat: Chat) -> None:
    protocol = await sent_back(chat)
    said = await chat.opens("minha frequência, faço 18", "coming_of_age", paper("IMG_9.jpg"))
    assert said == ["back_to_protocol", "papers_received", "coming_of_age_corrected"]
    async with chat.turn.store.unit_of_work() as session:
        kept = await session.get_one(Protocol, UUID(protocol))
        query = select(Protocol.stage).where(Protocol.kind == "coming_of_age", Protocol.id != kept.id)
        assert list(await session.scalars(query)) == ["withdrawn"]
        assert kept.stage == "in_review"


@pytest.mark.parametrize(
    ("action", "words", "intent"),
    [
        (Help(), "desculpe, é esse aqui", "help"),
        (Greet(), "boa tarde", "greet"),
        (Thank(), "obrigada, segue", "thank"),
        (NotUnderstood(), "agora tá bom né", "nlu_fallback"),
    ],
)
async def test_the_paper_may_come_with_any_words(chat: Chat, action: ZeloAction, words: str, intent: str) -> None:
    await sent_back(chat)
    said = await chat.does(action, words, intent, paper("IMG_9.jpg"))
    assert said == ["back_to_protocol", "papers_received", "coming_of_age_corrected"]


async def test_what_was_written_with_a_paper_that_was_sent_later_names_it(chat: Chat) -> None:
    await chat.identify(BRUNO)
    await chat.opens("sou estudante e faço 18", "coming_of_age")
    assert await chat.writes("mando depois") == ["papers_later"]
    await chat.does(NotUnderstood(), "minha habilitação", "nlu_fallback", paper("IMG_1.jpg"))
    assert "papers_received" in chat.said
    assert chat.values["papers"] == "• Comprovante de matrícula\n• Comprovante de frequência"


async def ready(chat: Chat) -> str:
    """All accepted, and something waits for Bruno; asked by himself where nobody asked yet. Gives the protocol's id."""
    if not chat.turn.slots.get("pending_request"):
        await chat.identify(BRUNO)
        await chat.opens("vou fazer 18, o que eu mando?", "coming_of_age")
    await sends_all(chat)
    protocol = await chat.protocol()
    async with chat.turn.store.unit_of_work() as session:
        for given in await documents.of_protocol(session, protocol.id):
            await documents.decide(session, document=given, accepted=True, actor=DESK, now=NOW)
        fresh = await protocols.get(session, protocol.id)
        await verbs.approve(session, protocol=fresh, ready="carteirinha nova", request_key="ok", actor=DESK, now=NOW)
    return str(protocol.id)


async def stage(chat: Chat) -> tuple[str, str]:
    protocol = await chat.protocol()
    return protocol.stage, protocol.state


async def test_a_confirmation_closes_it_with_thanks(chat: Chat) -> None:
    protocol = await ready(chat)
    assert await chat.starts("confirm_ready", protocol=protocol, chosen_before="confirm") == ["coming_of_age_confirmed"]
    assert await stage(chat) == ("done", "closed")


@pytest.mark.parametrize("state", [{"chosen_before": "confirm"}, {}])
async def test_whoever_holds_the_telephone_neither_hears_what_is_ready_nor_closes_it(
    chat: Chat, state: dict[str, str]
) -> None:
    protocol = await ready(chat)
    async with chat.turn.store.unit_of_work() as session:
        (await session.get_one(IdentityCheck, chat.turn.conversation)).beneficiary_id = None
    chat.turn.slots["beneficiary_id"] = None
    assert await chat.starts("confirm_ready", protocol=protocol, **state) == []
    assert chat.turn.next == "identity_form"
    await chat.identify(CARLOS)
    assert await chat.starts("confirm_ready", protocol=protocol, **state) == ["news_not_yours"]
    assert await stage(chat) == ("waiting_beneficiary", "waiting")


async def test_the_dependent_who_was_told_too_confirms_what_his_mother_asked(chat: Chat) -> None:
    await chat.identify(ANA)
    await chat.opens(FIRST, "coming_of_age")
    protocol = await ready(chat)
    await chat.identify(BRUNO)
    assert await chat.starts("confirm_ready", protocol=protocol, chosen_before="confirm") == ["coming_of_age_confirmed"]
    async with chat.turn.store.unit_of_work() as session:
        ana = (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == ANA))).one()
        assert (await session.get_one(Protocol, UUID(protocol))).beneficiary_id == ana.id


async def test_his_mother_confirms_for_a_minor_who_asked_himself(chat: Chat) -> None:
    protocol = await ready(chat)
    await chat.identify(ANA)
    assert await chat.starts("confirm_ready", protocol=protocol, chosen_before="confirm") == ["coming_of_age_confirmed"]


async def test_who_comes_for_it_hears_where_and_until_when_and_it_stays_open(chat: Chat) -> None:
    protocol = await ready(chat)
    assert await chat.starts("confirm_ready", protocol=protocol, chosen_before="come") == ["coming_of_age_come"]
    assert (chat.values["until"], chat.values["hours"]) == ("23/12/2026", "de segunda a sexta, das 8h às 17h")
    assert await stage(chat) == ("waiting_beneficiary", "waiting")


@pytest.mark.parametrize(
    ("words", "answer"),
    [("sim, confirmo", "coming_of_age_confirmed"), ("confirmado", "coming_of_age_confirmed"),
     ("vou buscar amanhã", "coming_of_age_come"), ("sim, passo aí pra retirar", "coming_of_age_come"),
     ("onde fica?", "coming_of_age_come"), ("tá bom, confirmo", "coming_of_age_confirmed")],
)  # fmt: skip
async def test_the_answer_may_be_written(chat: Chat, words: str, answer: str) -> None:
    protocol = await ready(chat)
    assert await chat.starts("confirm_ready", protocol=protocol) == ["coming_of_age_ready_ask"]
    assert await chat.writes(words) == [answer]


async def test_a_confirmation_that_comes_twice_or_too_late_changes_nothing(chat: Chat) -> None:
    protocol = await ready(chat)
    await chat.starts("confirm_ready", protocol=protocol, chosen_before="confirm")
    assert await chat.starts("confirm_ready", protocol=protocol, chosen_before="confirm") == ["coming_of_age_over"]
    assert await stage(chat) == ("done", "closed")


async def test_a_person_may_be_wanted_instead(chat: Chat) -> None:
    protocol = await ready(chat)
    await chat.starts("confirm_ready", protocol=protocol, chosen_before="attendant")
    assert chat.handed_over
    assert await stage(chat) == ("waiting_beneficiary", "waiting")

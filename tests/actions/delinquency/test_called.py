"""What is answered to a call of the plan: before the identity nothing of why, each answer on its own way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from backend.delinquency import evidence
from backend.delinquency.tables import DelinquencyCase
from backend.store.engine import Store
from tests.actions.delinquency.calling import IDENTITY, OTHER_PHONE, Call
from tests.actions.delinquency.debtors import CARLOS, FORBIDDEN, load

CARLOS_IS = "cpf 390.533.447-05, nasci em 02/11/1978, mãe Teresa Nunes"
DEBORA_IS = "cpf 153.509.460-56, nasci em 15/08/1980, mãe Marta Alves"
ANA_IS = "cpf 529.982.247-25, nasci em 12/03/1985, mãe Lúcia Rocha"


@pytest.fixture
async def call(store: Store) -> AsyncIterator[Call]:
    await load(store)
    call = Call(store)
    await call.calls()
    yield call


async def stands(call: Call) -> tuple[str, str]:
    row = await call.row()
    return row.state, row.outcome


async def test_the_right_person_is_identified_hears_the_protocol_the_content_and_confirms(call: Call) -> None:
    assert await call.answers("sim, sou eu") == ["ask_identity"]
    assert call.heard.count("Esta conversa fica registrada") == 1
    assert not FORBIDDEN.search(call.heard)
    assert await call.protocols() == []  # of a call it is told after the identity
    said = await call.answers(CARLOS_IS)
    assert said == ["identity_verified", "called_subject", "debt_owed", "debt_notice_fees", "debt_confirm"]
    row = await call.row()
    assert row.identified_at
    assert row.protocol_id
    assert await call.answers("estou ciente") == ["debt_confirmed", "debt_ways"]
    [notice] = await call.notices()
    assert notice.campaign_row_id == row.id
    assert await call.protocols() == [("debt", "", "open")]


async def test_the_name_that_we_said_first_is_no_fact(call: Call) -> None:
    await call.answers("sim")
    assert await call.answers("Carlos Eduardo Nunes, cpf 390.533.447-05") == ["identity_more"]


async def test_a_tap_on_the_templates_button_is_the_same_answer(call: Call) -> None:
    assert await call.answers("Sim, sou eu", tapped="me") == ["ask_identity"]


@pytest.mark.parametrize("facts", [DEBORA_IS, ANA_IS])
async def test_somebody_else_is_asked_to_have_him_call_and_hears_no_word_of_why(call: Call, facts: str) -> None:
    await call.answers("sim")
    assert await call.answers(facts) == ["identity_verified", "called_only_holder"]
    assert "pendências administrativas" in call.heard
    assert not FORBIDDEN.search(call.heard)
    assert await stands(call) == ("waiting", "")
    assert not await call.notices()


async def test_who_is_not_he_is_asked_whether_he_knows_him_and_a_stranger_is_never_called_again(call: Call) -> None:
    assert await call.answers("não sou eu") == ["called_knows"]
    assert call.options == ["Conheço", "Não conheço"]
    assert await call.answers("Não conheço", answer="wrong_number") == ["called_wrong_number"]
    assert await call.marks() == [("+5598988000003", "not_his")]
    assert not FORBIDDEN.search(call.heard)
    assert (await call.row()).state == "done"


@pytest.mark.parametrize("text", ["sim", "conheço sim", "é meu marido"])
async def test_who_knows_him_is_asked_to_tell_him(call: Call, text: str) -> None:
    await call.answers("não")
    assert await call.answers(text) == ["called_not_here"]
    assert not FORBIDDEN.search(call.heard)
    assert await stands(call) == ("waiting", "")
    assert await call.marks() == []


async def test_a_no_to_whether_he_is_known_marks_the_number(call: Call) -> None:
    await call.answers("não")
    assert await call.answers("não") == ["called_wrong_number"]
    assert await call.marks() == [("+5598988000003", "not_his")]


async def test_who_says_after_all_that_it_is_he_is_identified(call: Call) -> None:
    await call.answers("não")
    assert await call.answers("ops, sou eu sim") == ["ask_identity"]
    assert (await call.answers(CARLOS_IS))[1] == "called_subject"


async def test_who_asks_who_we_are_hears_how_to_check_and_the_question_again(call: Call) -> None:
    assert await call.answers("quem é? é golpe?") == ["called_who", "called_again"]
    assert "número oficial" in call.heard
    assert "(98) 3000-0000" in call.heard
    assert not FORBIDDEN.search(call.heard)
    assert await call.answers("sim") == ["ask_identity"]


@pytest.mark.parametrize(
    ("text", "said", "stand", "mark"),
    [
        ("aqui não tem ninguém com esse nome, número errado", ["called_wrong_number"], "done", "not_his"),
        ("ele não está aqui agora", ["called_not_here"], "waiting", ""),
        ("ele faleceu em março", ["called_deceased"], "done", "deceased"),
        ("estou internado", ["called_hospital"], "left_out", ""),
        ("vou processar vocês", ["called_legal"], "done", ""),
        ("não quero falar com vocês", ["called_refused"], "done", ""),
        ("pare", ["called_stopped"], "done", "stopped"),
        ("agora não posso, mais tarde", ["called_later"], "waiting", ""),
    ],
)
async def test_each_other_answer_has_its_way(call: Call, text: str, said: list[str], stand: str, mark: str) -> None:
    assert await call.answers(text) == said
    assert not FORBIDDEN.search(call.heard)
    assert (await call.row()).state == stand
    assert [kind for _, kind in await call.marks()] == ([mark] if mark else [])
    assert "!" not in call.heard.split("\n", maxsplit=1)[0]


async def test_an_automatic_reply_is_answered_by_silence(call: Call) -> None:
    assert await call.answers("Mensagem automática: retornaremos em breve") == []
    assert await stands(call) == ("calling", "")
    assert await call.answers("sou eu") == ["ask_identity"]


async def test_after_a_death_a_change_of_holder_is_offered_and_begun_where_it_is_wanted(call: Call) -> None:
    await call.answers("minha mãe faleceu")
    assert call.options == ["Sim, quero ajuda", "Agora não"]
    assert await call.answers("Sim, quero ajuda", intent="answer_offer", answer="yes") == ["ask_identity"]
    assert [kind for kind, _, _ in await call.protocols()] == ["holder_change"]


async def test_a_lawsuit_goes_to_the_ombudsman_with_a_protocol(call: Call) -> None:
    await call.answers("vou processar vocês")
    [command] = [m["custom"]["command"]["hand_over"] for m in call.messages if "command" in (m.get("custom") or {})]
    assert (command["team"], command["reason"]) == ("ombudsman", "legal")
    assert [kind for kind, _, _ in await call.protocols()] == ["complaint"]


async def test_the_templates_button_for_a_person_hands_over(call: Call) -> None:
    assert await call.answers("Falar com atendente", tapped="attendant") == ["attendant"]
    assert call.handed_over
    assert "Carlos Eduardo Nunes" in str(call.messages)
    assert not FORBIDDEN.search(call.heard)


@pytest.mark.parametrize(
    ("text", "said"),
    [("número errado, não conheço", "called_wrong_number"), ("ele faleceu", "called_deceased"), ("não sou eu", "called_knows"),
     ("agora não posso, tô trabalhando", "called_later"), ("estou internado", "called_hospital")],
)  # fmt: skip
async def test_an_answer_that_comes_where_facts_are_asked_is_heard_as_one(call: Call, text: str, said: str) -> None:
    await call.answers("sim")
    assert call.loop == IDENTITY
    assert said in await call.answers(text)
    assert not FORBIDDEN.search(call.heard)


async def test_a_number_that_is_denied_only_where_facts_are_asked_is_marked_too(call: Call) -> None:
    await call.answers("sim")
    await call.answers("engano, esse número não é dele, número errado")
    assert await call.marks() == [("+5598988000003", "not_his")]
    assert (await call.row()).state == "done"


async def test_stop_ends_the_calls_after_the_identity_as_well(call: Call) -> None:
    await call.answers("sim")
    await call.answers(CARLOS_IS)
    assert await call.answers("PARE", intent="cancel_flow") == ["called_stopped"]
    assert await call.marks() == [("+5598988000003", "stopped")]


async def test_a_call_that_is_over_is_answered_kindly(call: Call) -> None:
    call.row_id = 999_999
    assert await call.answers("Sim, sou eu", tapped="me") == ["news_gone"]


async def test_every_answer_is_evidence_as_it_was_typed_and_the_chain_is_whole(call: Call) -> None:
    await call.answers("quem é?")
    await call.answers("sim")
    await call.answers(CARLOS_IS)
    await call.answers("estou ciente")
    async with call.turn.store.sessions() as session:
        case = await session.get_one(DelinquencyCase, (await call.row()).case_id)
        assert (await evidence.verify(session, case)).intact
        links = [(link.kind, link.content.get("said") or link.content.get("text")) for link in
                 await evidence.links_of(session, case.id)]  # fmt: skip
    assert [kind for kind, _ in links] == ["reply", "reply", "content", "answer"]
    assert [said for _, said in links if said] == ["quem é?", "sim", "estou ciente"]


async def test_from_a_number_of_nobodys_a_notice_is_told_and_does_not_count(store: Store) -> None:
    await load(store)
    call = Call(store)
    await call.calls(CARLOS, number=OTHER_PHONE)
    await call.answers("sou eu")
    await call.answers(CARLOS_IS)
    await call.answers("estou ciente")
    [notice] = await call.notices()
    assert (notice.registered, notice.answer_registered, notice.confirms) == (False, False, True)


async def handed_to(call: Call) -> tuple[str, str]:
    [command] = [m["custom"]["command"]["hand_over"] for m in call.messages if "command" in (m.get("custom") or {})]
    return command["team"], command["reason"]


async def test_who_taps_for_a_person_counts_as_reached_and_meets_collections(call: Call) -> None:
    await call.answers("Falar com atendente", tapped="attendant")
    assert await handed_to(call) == ("collections", "asked")
    assert await stands(call) == ("answered", "")


@pytest.mark.parametrize("first", [None, "não sou eu", "quem é?"])
async def test_who_writes_for_a_person_instead_of_an_answer_counts_as_reached_too(
    call: Call, first: str | None
) -> None:
    if first:
        await call.answers(first)
    await call.answers("quero falar com um atendente", intent="talk_to_attendant")
    assert await handed_to(call) == ("collections", "asked")
    assert "Carlos Eduardo Nunes" in str(call.messages)
    assert not FORBIDDEN.search(call.heard)
    assert await stands(call) == ("answered", "")


async def test_a_call_of_another_conversation_makes_no_other_request_for_a_person_its_own(call: Call) -> None:
    call.turn.conversation = uuid4()
    await call.answers("quero falar com um atendente", intent="talk_to_attendant")
    assert await handed_to(call) == ("call_centre", "asked")
    assert await stands(call) == ("calling", "")


@pytest.mark.parametrize("identified", [False, True])
async def test_a_threat_after_a_yes_is_met_calmly_and_ends_the_calls(call: Call, identified: bool) -> None:
    await call.answers("sim")
    if identified:
        await call.answers(CARLOS_IS)
    assert await call.answers("vou processar vocês, vou no procon", intent="complain") == ["called_legal"]
    assert await handed_to(call) == ("ombudsman", "legal")
    assert (await call.row()).state == "done"
    assert "Contato da campanha para Carlos Eduardo Nunes" in str(call.messages)
    assert ("2 mensalidades em atraso" in str(call.messages)) is identified


async def test_who_asks_what_it_is_about_where_facts_are_asked_hears_who_we_are_and_is_asked_again(call: Call) -> None:
    await call.answers("sim")
    assert await call.answers("sobre o que seria?") == ["called_who", "ask_identity"]
    assert not FORBIDDEN.search(call.heard)
    assert (await call.answers(CARLOS_IS))[1] == "called_subject"


async def test_who_can_talk_now_after_all_is_identified(call: Call) -> None:
    await call.answers("agora não posso, tô no trabalho")
    assert await call.answers("já posso falar") == ["ask_identity"]


async def test_who_answers_a_call_with_his_payment_is_called_no_more(call: Call) -> None:
    await call.answers("já paguei isso em dinheiro na lotérica", intent="report_payment")
    await call.answers(CARLOS_IS)
    await call.answers("Todas", answer="all")
    await call.answers("não tenho comprovante")
    assert call.said[-1] == "payment_submitted"
    assert await stands(call) == ("done", "says_paid")

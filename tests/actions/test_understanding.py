"""What actions make of an understanding that is unsure, double, angry or wrong: one turn each, on the real database."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import CancelFlow, Goodbye, NoQuestion
from actions.edge import ZeloAction
from actions.handover import Complain, TalkToAttendant
from actions.identity import ValidateIdentityForm
from actions.not_understood import NotUnderstood, OutOfScope, SomethingElse
from actions.offers import AnswerOffer
from actions.process import answer_of
from actions.processes import process_of
from actions.requests import AskDetails, ContinueRequest, FinishRequest, OpenRequest, ValidateRequestForm
from actions.talk import Talk
from backend.actor import ASSISTANT
from backend.identity.facts import read_facts
from backend.identity.verbs import IdentityCheck, forget_facts, offer_facts
from backend.store.engine import Store
from tests.actions.turns import NOW, Turn


@pytest.fixture
def turn(store: Store) -> Turn:
    return Turn(store)


UNSURE = (("nlu_fallback", 0.5), ("invoice_copy", 0.3), ("dispute_charge", 0.2), ("greet", 0.1))


async def test_an_unsure_message_is_asked_about_with_its_likeliest_meanings(turn: Turn) -> None:
    await turn(NotUnderstood(), "é sobre aquele papel que chega", *UNSURE)
    assert turn.texts == ["which_meaning"]
    assert turn.buttons == [
        ("Segunda via de boleto", "invoice_copy"), ("Contestar uma cobrança", "dispute_charge"), ("Outra coisa", "something_else"),
    ]  # fmt: skip
    payload = turn.said[-1]["buttons"][0]["payload"]
    assert payload["entities"] == {"said": "é sobre aquele papel que chega"}
    assert turn.slots["misunderstandings"] == 1


async def test_the_meaning_that_is_chosen_begins_with_what_was_written(turn: Turn) -> None:
    await turn(OpenRequest(), "1", ("invoice_copy", 1.0), said="é sobre o papel de outubro")
    assert turn.slots["request_state"]["said"] == "é sobre o papel de outubro"
    assert turn.slots["pending_request"] == "invoice_copy"
    assert await turn.kinds() == [("invoice_copy", "open")]


async def test_something_else_asks_again_with_a_person_beside_and_keeps_the_count(turn: Turn) -> None:
    turn.slots["misunderstandings"] = 1
    await turn(SomethingElse(), "outra coisa", ("something_else", 1.0))
    assert turn.texts == ["something_else"]
    assert turn.buttons == [("Falar com atendente", "talk_to_attendant")]
    assert turn.slots["misunderstandings"] == 1


async def test_unlikely_meanings_are_not_offered(turn: Turn) -> None:
    await turn(
        NotUnderstood(), "zzz qqq", ("nlu_fallback", 0.5), ("inform", 0.2), ("invoice_copy", 0.06), ("greet", 0.05)
    )
    assert turn.texts == ["rephrase_1"]


async def test_the_third_unsure_message_goes_to_a_person_whatever_it_may_mean(turn: Turn) -> None:
    turn.slots["misunderstandings"] = 2
    await turn(NotUnderstood(), "aquele negócio", *UNSURE)
    assert turn.texts == ["third_misunderstanding"]
    assert turn.command["reason"] == "not_understood"


TWO = (("invoice_copy", "a segunda via de outubro"),)


async def test_another_need_is_noted_in_one_line_and_its_clause_is_not_the_first_ones(turn: Turn) -> None:
    await turn(
        OpenRequest(), "quero marcar cardiologista e a segunda via de outubro", ("schedule_appointment", 0.9), also=TWO
    )
    assert turn.texts == ["protocol_opened", "noted_for_later"]
    assert turn.said[-1]["what"] == "a segunda via do boleto"
    assert turn.slots["next_needs"] == [{"intent": "invoice_copy", "said": "a segunda via de outubro"}]
    assert turn.slots["request_state"]["said"] == "quero marcar cardiologista"


async def test_when_the_first_ended_the_other_is_offered_and_yes_opens_it_with_its_own_words(turn: Turn) -> None:
    turn.slots |= {"next_needs": [{"intent": "invoice_copy", "said": "a de outubro"}], "request_details": "done"}
    await turn(FinishRequest(), "pode ser", ("affirm", 0.9))
    assert turn.texts == ["offer_next"]
    assert turn.said[-1]["what"] == "à segunda via do boleto"
    assert turn.buttons == [("Sim", "answer_offer"), ("Agora não", "answer_offer")]
    await turn(AnswerOffer(), "Sim", ("answer_offer", 1.0), answer="yes")
    assert turn.slots["pending_request"] == "invoice_copy"
    assert turn.slots["request_state"]["said"] == "a de outubro"
    assert turn.slots["offered"] is None
    assert turn.slots["next_needs"] is None
    assert await turn.kinds() == [("invoice_copy", "open")]


@pytest.mark.parametrize("text", ["pode", "bora", "claro", "👍🏽", "uhum"])
async def test_a_yes_in_words_takes_the_offer_however_it_was_understood(store: Store, text: str) -> None:
    turn = Turn(store, offered={"intent": "member_card", "said": "a carteirinha"})
    await turn(NotUnderstood(), text, ("nlu_fallback", 0.5), ("greet", 0.2))
    assert turn.slots["pending_request"] == "member_card"


@pytest.mark.parametrize("text", ["agora não", "não", "deixa", "👎", "pode não"])
async def test_a_no_forgets_it(store: Store, text: str) -> None:
    turn = Turn(store, offered={"intent": "member_card", "said": "a carteirinha"})
    await turn(NoQuestion(), text, ("deny", 0.9))
    assert turn.texts == ["offer_declined"]
    assert turn.slots["offered"] is None
    assert await turn.kinds() == []


async def test_what_was_offered_and_passed_over_comes_back_once(turn: Turn) -> None:
    turn.slots["offered"] = {"intent": "member_card", "said": "a carteirinha"}
    await turn(OpenRequest(), "quero remarcar", ("reschedule_appointment", 0.9))
    assert turn.slots["next_needs"] == [{"intent": "member_card", "said": "a carteirinha", "again": True}]
    turn.slots["offered"], turn.slots["next_needs"] = turn.slots["next_needs"][0], None
    await turn(OpenRequest(), "segunda via", ("invoice_copy", 0.9))
    assert turn.slots["next_needs"] is None


async def test_the_desk_hears_of_the_other_need(turn: Turn) -> None:
    turn.slots["next_needs"] = [{"intent": "member_card", "said": "a carteirinha do meu filho"}]
    await turn(TalkToAttendant(), "atendente", ("talk_to_attendant", 1.0))
    assert "Também quer: Carteirinha. Disse: a carteirinha do meu filho" in turn.command["summary"]
    assert turn.slots["next_needs"] is None


@pytest.mark.parametrize(("action", "text"), [(CancelFlow(), "cancela"), (Goodbye(), "tchau")])
async def test_stopping_and_a_goodbye_forget_the_other_need(store: Store, action: ZeloAction, text: str) -> None:
    turn = Turn(store, next_needs=[{"intent": "member_card", "said": "a carteirinha"}])
    await turn(action, text, ("cancel_flow", 0.9))
    assert turn.slots["next_needs"] is None


async def test_strong_anger_with_a_request_opens_it_and_meets_its_team_first(turn: Turn) -> None:
    await turn(OpenRequest(), "é a terceira vez que peço a segunda via", ("invoice_copy", 0.9))
    assert turn.texts == ["very_sorry"]
    assert (turn.command["team"], turn.command["priority"], turn.command["reason"]) == ("finance", 1, "angry")
    assert "diz que já pediu várias vezes" in turn.command["summary"]
    assert "é a terceira vez que peço" in turn.command["summary"]
    assert await turn.kinds() == [("invoice_copy", "open")]


async def test_annoyance_gets_one_apology_and_is_served(turn: Turn) -> None:
    await turn(OpenRequest(), "que saco, quero a segunda via", ("invoice_copy", 0.9))
    assert turn.texts == ["sorry", "protocol_opened"]
    await turn(OpenRequest(), "que saco, e a carteirinha", ("member_card", 0.9))
    assert turn.texts == ["protocol_opened"]


@pytest.mark.parametrize(
    ("action", "intent", "kind"),
    [(OpenRequest(), "procedure_status", "procedure_status"), (OpenRequest(), "schedule_appointment", "procedure_request"),
     (Complain(), "complain", "procedure_request"), (NotUnderstood(), "nlu_fallback", "procedure_request"),
     (TalkToAttendant(), "talk_to_attendant", "procedure_request"), (OutOfScope(), "out_of_scope", "procedure_request")],
)  # fmt: skip
async def test_care_that_cannot_wait_goes_to_authorizations_however_it_was_understood(
    store: Store, action: ZeloAction, intent: str, kind: str
) -> None:
    turn = Turn(store)
    await turn(action, "minha cirurgia é amanhã e não autorizaram", (intent, 0.9))
    assert turn.texts == ["urgent_care"]
    assert (turn.command["team"], turn.command["priority"]) == ("authorizations", 1)
    assert "URGENTE: cirurgia próxima sem autorização" in turn.command["summary"]
    assert await turn.kinds() == [(kind, "open")]


async def test_a_slip_that_is_urgent_is_served(turn: Turn) -> None:
    await turn(OpenRequest(), "URGENTE PRECISO DO BOLETO", ("invoice_copy", 0.9))
    assert turn.texts == ["protocol_opened"]
    assert turn.command == {}


async def test_a_near_topic_offers_a_person_who_is_told_it(turn: Turn) -> None:
    await turn(OutOfScope(), "e o reembolso da consulta?", ("out_of_scope", 0.9))
    assert turn.texts == ["near_topic"]
    assert turn.buttons[0] == ("Falar com atendente", "talk_to_attendant")
    await turn(NoQuestion(), "pode chamar", ("affirm", 0.8))
    assert "Assunto: reembolso." in turn.command["summary"]
    assert "e o reembolso da consulta?" in turn.command["summary"]


async def test_far_topics_are_answered_kindly_and_the_third_meets_a_person(turn: Turn) -> None:
    for _ in range(2):
        await turn(OutOfScope(), "vai chover?", ("out_of_scope", 0.9))
        assert turn.texts == ["far_topic"]
    await turn(OutOfScope(), "e o jogo?", ("out_of_scope", 0.9))
    assert turn.texts == ["third_misunderstanding"]


async def opened(turn: Turn, *ranking: tuple[str, float]) -> None:
    await turn(OpenRequest(), "quero o papel do mês", *ranking)


async def test_a_request_that_was_not_meant_is_closed_and_the_next_meanings_are_offered(turn: Turn) -> None:
    await opened(turn, ("invoice_copy", 0.9), ("ask_debt", 0.05), ("report_payment", 0.04))
    turn.slots |= {"requested_slot": "identity_result"}
    await turn(ValidateIdentityForm(), "não é isso", ("deny", 0.9), loop="identity_form")
    assert turn.slots["identity_result"] == "misread"
    await turn(ContinueRequest(), "não é isso", ("deny", 0.9))
    assert turn.texts == ["misread_which"]
    assert [intent for _, intent in turn.buttons] == ["ask_debt", "report_payment", "something_else"]
    assert turn.said[-1]["buttons"][0]["payload"]["entities"] == {"said": "quero o papel do mês"}
    assert await turn.kinds() == [("invoice_copy", "closed")]
    assert turn.slots["pending_request"] is None


async def test_what_is_wanted_instead_is_opened_at_once(turn: Turn) -> None:
    await opened(turn, ("invoice_copy", 0.9))
    turn.slots |= {"requested_slot": "request_details"}
    text = "você entendeu errado, quero a carteirinha"
    await turn(ValidateRequestForm(), text, ("member_card", 0.9), loop="request_form")
    assert turn.slots["request_details"] == "misread"
    await turn(FinishRequest(), text, ("member_card", 0.9))
    assert turn.texts == ["misread_sorry", "protocol_opened"]
    assert turn.slots["pending_request"] == "member_card"
    assert await turn.kinds() == [("invoice_copy", "closed"), ("member_card", "open")]


async def test_a_specialty_alone_is_filled_up_by_what_follows(turn: Turn) -> None:
    await turn(NotUnderstood(), "psicólogo", ("nlu_fallback", 0.4))
    assert turn.texts == ["book_or_find"]
    await turn(NotUnderstood(), "em imperatriz", ("nlu_fallback", 0.4))
    assert turn.texts == ["book_or_find"]
    await turn(NotUnderstood(), "amanhã de manhã", ("nlu_fallback", 0.4))
    assert turn.slots["pending_request"] == "schedule_appointment"
    assert turn.slots["request_state"]["said"] == "psicólogo em imperatriz amanhã de manhã"


async def test_a_yes_to_booking_or_finding_books(turn: Turn) -> None:
    await turn(NotUnderstood(), "psicólogo", ("nlu_fallback", 0.4))
    await turn(NoQuestion(), "isso", ("affirm", 0.9))
    assert turn.slots["pending_request"] == "schedule_appointment"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("psiquiatra em imperatriz sábado", "schedule_appointment"), ("cardiologista às 21h", "schedule_appointment"),
     ("quem atende de dermato sábado?", "find_provider"), ("pediatra de plantão hoje", "find_provider"), ("psiquiatra em imperatriz", "find_provider")],
)  # fmt: skip
async def test_a_specialty_with_a_day_wants_a_time(turn: Turn, text: str, intent: str) -> None:
    await turn(OpenRequest(), text, ("find_provider", 0.9))
    assert turn.slots["pending_request"] == intent


@pytest.mark.parametrize("text", ["desculpa a demora", "Desculpe, moça", "demorei um pouco", "foi mal"])
async def test_who_apologizes_is_asked_again_and_complains_of_nothing(store: Store, text: str) -> None:
    turn = Turn(store, **ASKED_WHAT)
    await turn(ValidateRequestForm(), text, ("complain", 0.9), loop="request_form")
    assert turn.slots["request_state"]["turn"]
    assert turn.slots.get("misunderstandings") is None
    assert turn.slots.get("request_details") is None


ASKED_WHAT = {
    "pending_request": "find_provider", "requested_slot": "request_details",
    "request_state": {"said": "onde tem?", "stage": "what", "intent": "find_provider", "opened_in": "1"},
}  # fmt: skip
PERHAPS_A_SLIP = (("nlu_fallback", 0.5), ("invoice_copy", 0.45), ("ask_debt", 0.2))


async def test_in_the_middle_another_need_that_is_not_sure_is_asked_about(turn: Turn) -> None:
    turn.slots |= ASKED_WHAT
    await turn(ValidateRequestForm(), "e aquele papel do banco", *PERHAPS_A_SLIP, loop="request_form")
    assert turn.texts == []
    assert turn.slots.get("misunderstandings") is None
    await turn(AskDetails(), "e aquele papel do banco", *PERHAPS_A_SLIP, loop="request_form")
    assert turn.texts == ["other_need_first"]
    assert [title for title, _ in turn.buttons] == ["Segunda via de boleto", "Continuar aqui"]


async def test_the_other_need_comes_first_where_it_is_wanted_and_the_first_waits(turn: Turn) -> None:
    turn.slots |= ASKED_WHAT
    await turn(ValidateRequestForm(), "e aquele papel do banco", *PERHAPS_A_SLIP, loop="request_form")
    await turn(ValidateRequestForm(), "quero ver agora", ("affirm", 0.9), loop="request_form")
    assert turn.slots["request_details"] == "switch"
    await turn(FinishRequest(), "quero ver agora", ("affirm", 0.9))
    assert turn.slots["pending_request"] == "invoice_copy"
    assert turn.slots["request_state"]["said"] == "e aquele papel do banco"
    [waits] = turn.slots["paused_requests"]
    assert waits["intent"] == "find_provider"
    assert "doubt" not in waits["state"]


@pytest.mark.parametrize("answer", ["não", "deixa", "cardiologista em Imperatriz"])
async def test_else_the_first_goes_on(store: Store, answer: str) -> None:
    turn = Turn(store, **ASKED_WHAT)
    await turn(ValidateRequestForm(), "e aquele papel do banco", *PERHAPS_A_SLIP, loop="request_form")
    await turn(ValidateRequestForm(), answer, ("inform", 0.5), loop="request_form")
    assert "doubt" not in turn.slots["request_state"]
    assert turn.slots["pending_request"] == "find_provider"
    assert turn.slots.get("request_details") is None


async def test_a_question_that_was_not_understood_is_asked_in_other_words_until_it_is_answered(turn: Turn) -> None:
    turn.slots |= ASKED_WHAT
    for count, options in ((1, []), (2, [("Falar com atendente", "talk_to_attendant")])):
        await turn(ValidateRequestForm(), "como assim?", ("nlu_fallback", 0.4), loop="request_form")
        turn.slots["unclear"]["turn"] = "now"
        await turn(AskDetails(), "como assim?", ("nlu_fallback", 0.4), loop="request_form", turn_id="now")
        assert turn.texts == ["network_ask_what_otherwise"]
        assert turn.buttons == options
        assert turn.slots["unclear"]["count"] == count
    await turn(ValidateRequestForm(), "cardiologista em Imperatriz", ("inform", 0.5), loop="request_form")
    assert turn.slots["unclear"] is None


@pytest.mark.parametrize(
    ("text", "told"), [("sim", False), ("👍", False), ("ok.", False), ("sim, eu e meu marido", True)]
)
async def test_a_bare_yes_tells_the_desk_nothing(store: Store, text: str, told: bool) -> None:
    state = {"said": "quero sair", "intent": "leave_plan"}
    turn = Turn(store, pending_request="leave_plan", request_state=state, requested_slot="request_details")
    async with store.unit_of_work() as session:
        talk = Talk("action", session, store, NOW, Tracker(
            str(turn.conversation), turn.slots, {"text": text}, [], False, None, {}, "action_listen"
        ), CollectingDispatcher())  # fmt: skip
        assert await process_of("leave_plan").take(talk) is told


@pytest.mark.parametrize(
    ("text", "intent", "answer"),
    [("oi", "affirm", ""), ("bom dia", "affirm", ""), ("isso", "greet", "yes"), ("pode não", "affirm", "no"), ("bora", "nlu_fallback", "yes"),
     ("nem", "inform", "no"), ("por mim fechou", "affirm", "yes"), ("nananinanão", "deny", "no"), ("cardiologista", "inform", ""), ("👍🏿", "greet", "yes"),
     ("❌", "affirm", "no"), ("", "affirm", "yes")],
)  # fmt: skip
def test_words_say_yes_or_no_and_the_understanding_where_they_say_neither(text: str, intent: str, answer: str) -> None:
    assert answer_of(text, intent) == answer


async def test_facts_that_were_wrong_are_dropped_and_no_failure_is_counted(store: Store) -> None:
    conversation: UUID = uuid4()
    async with store.unit_of_work() as session:
        facts = read_facts("529.982.247-25, Lúcia Rocha", today=NOW.date())
        await offer_facts(session, conversation_id=conversation, facts=facts, request_key="1", actor=ASSISTANT, now=NOW)
        await forget_facts(
            session, conversation_id=conversation, request_key="2", names_only=True, actor=ASSISTANT, now=NOW
        )
        check = await session.get_one(IdentityCheck, conversation)
        assert check.facts["cpf"] == "52998224725"
        assert check.facts["names"] == []
        await forget_facts(session, conversation_id=conversation, request_key="3", actor=ASSISTANT, now=NOW)
        assert check.facts["cpf"] == ""
        assert check.failures == 0


@pytest.mark.parametrize(
    ("text", "hint"),
    [("pra que você quer meu cpf?", "reason"), ("isso é golpe?", "reason"), ("não vou passar meus dados", "held_back"),
     ("digitei errado", "fresh"), ("😂", "emoji")],
)  # fmt: skip
async def test_remarks_on_the_asking_are_answered_and_are_no_failure(store: Store, text: str, hint: str) -> None:
    turn = Turn(store, requested_slot="identity_result", pending_request="invoice_copy", misunderstandings=2)
    await turn(ValidateIdentityForm(), text, ("nlu_fallback", 0.4), loop="identity_form")
    assert turn.slots["identity_hint"] == hint
    assert turn.slots["misunderstandings"] == 2
    assert turn.slots.get("identity_result") is None

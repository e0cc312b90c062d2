"""What comes in between and what is left over: danger, a person, an offer, a correction; one turn each."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from actions.conversation import CancelFlow, Greet, Help, NoQuestion, Thank
from actions.edge import ZeloAction
from actions.frame import which_first
from actions.identity import ValidateIdentityForm
from actions.not_understood import NotUnderstood, OutOfScope, messages_since_end
from actions.offers import AnswerOffer, only_answers
from actions.protocols import ProtocolStatus
from actions.requests import AskDetails, ContinueRequest, FinishRequest, OpenRequest, ValidateRequestForm
from actions.unclear import says_misread
from backend.audit import AuditRow
from backend.identity.verbs import IdentityCheck
from backend.store.engine import Store
from tests.actions.test_understanding import ASKED_WHAT, PERHAPS_A_SLIP, UNSURE
from tests.actions.turns import Turn

CARD = {"intent": "member_card", "said": "a carteirinha"}
REFUND = {"intent": "talk_to_attendant", "subject": "reembolso", "said": "e o reembolso?"}


@pytest.fixture
def turn(store: Store) -> Turn:
    return Turn(store)


async def misread(turn: Turn, text: str, *ranking: tuple[str, float]) -> None:
    """A request is opened and ends as misread by a message."""
    await turn(
        OpenRequest(), "quero o papel do mês", ("invoice_copy", 0.9), ("ask_debt", 0.05), ("report_payment", 0.04)
    )
    turn.slots["request_details"] = "misread"
    await turn(FinishRequest(), text, *ranking)


@pytest.mark.parametrize(
    ("text", "intent", "action"),
    [("não era isso, quero falar com um atendente", "talk_to_attendant", "action_talk_to_attendant"),
     ("não era isso, quero falar com um atendente", "nlu_fallback", "action_talk_to_attendant"),
     ("você entendeu errado, isso é um descaso", "complain", "action_complain"),
     ("não era isso, meu pai desmaiou", "emergency", "action_emergency")],
)  # fmt: skip
async def test_who_was_misread_and_wants_a_person_is_not_asked_who_he_is(
    turn: Turn, text: str, intent: str, action: str
) -> None:
    await misread(turn, text, (intent, 0.9))
    assert turn.next == action
    assert turn.slots["pending_request"] is None
    assert await turn.kinds() == [("invoice_copy", "closed")]


async def test_a_misread_request_does_not_come_back(turn: Turn) -> None:
    await misread(turn, "você entendeu errado, quero a carteirinha", ("member_card", 0.9))
    assert turn.slots["pending_request"] == "member_card"
    assert turn.slots["paused_requests"] is None


# -- identity


def in_identity(turn: Turn, pending: str = "invoice_copy") -> None:
    turn.slots |= {"pending_request": pending, "requested_slot": "identity_result"}


@pytest.mark.parametrize(
    "text",
    ["não vou passar meu cpf, quero um atendente", "não sei meu cpf de cor, chama um atendente", "pra que isso tudo? quero falar com uma pessoa",
     "errei meu cpf, me passa pra um atendente"],
)  # fmt: skip
@pytest.mark.parametrize("intent", ["talk_to_attendant", "nlu_fallback"])
async def test_a_wish_for_a_person_is_heard_beside_a_remark(turn: Turn, text: str, intent: str) -> None:
    in_identity(turn)
    await turn(ValidateIdentityForm(), text, (intent, 0.9), loop="identity_form")
    assert turn.slots["identity_result"] == "person"
    await turn(ContinueRequest(), text, (intent, 0.9))
    assert turn.command["team"] == "finance"
    assert turn.command["reason"] == "asked"


async def kept_cpf(turn: Turn) -> str:
    async with turn.store.unit_of_work() as session:
        check = await session.get_one(IdentityCheck, turn.conversation)
        return str(check.facts["cpf"])


async def test_danger_beside_facts_is_its_own_rules_and_the_facts_are_kept(turn: Turn) -> None:
    in_identity(turn)
    await turn(
        ValidateIdentityForm(), "529.982.247-25, minha mãe passou mal agora", ("emergency", 0.9), loop="identity_form"
    )
    assert "identity_hint" not in turn.slots  # nothing is set, so that the form lets the rule answer
    assert "identity_result" not in turn.slots
    assert await kept_cpf(turn) == "52998224725"


async def test_care_that_cannot_wait_beside_facts_meets_a_person_and_the_facts_are_kept(turn: Turn) -> None:
    in_identity(turn, "procedure_status")
    text = "529.982.247-25, meu pai tá na UTI e o plano negou"
    await turn(ValidateIdentityForm(), text, ("inform", 0.9), loop="identity_form")
    assert turn.slots["identity_result"] == "at_once"
    assert await kept_cpf(turn) == "52998224725"


@pytest.mark.parametrize("text", ["não era isso, minha data é 12/03/1985", "não foi isso, meu cpf é 529.982.247-25"])
async def test_a_fact_that_corrects_another_is_taken_and_the_request_goes_on(turn: Turn, text: str) -> None:
    in_identity(turn)
    await turn(ValidateIdentityForm(), text, ("inform", 0.9), loop="identity_form")
    assert turn.slots.get("identity_result") is None
    assert turn.slots["identity_hint"] == "incomplete"


async def test_a_bare_wrong_after_facts_is_about_them_and_before_any_about_the_request(store: Store) -> None:
    new, told = Turn(store), Turn(store)
    for one in (new, told):
        in_identity(one)
    await told(ValidateIdentityForm(), "529.982.247-25", ("inform", 0.9), loop="identity_form")
    for one in (new, told):
        await one(ValidateIdentityForm(), "tá errado", ("deny", 0.5), loop="identity_form")
    assert new.slots["identity_result"] == "misread"
    assert told.slots.get("identity_result") is None


async def test_a_slip_that_is_carried_out_again_loses_no_correction(turn: Turn) -> None:
    in_identity(turn)
    await turn(ValidateIdentityForm(), "529.982.247-25, mãe Lúcia Roxa", ("inform", 0.9), loop="identity_form")
    for _ in range(2):
        text = "errei, a mãe é Lúcia Rocha"
        await turn(ValidateIdentityForm(), text, ("inform", 0.9), loop="identity_form", turn_id="again")
    async with turn.store.unit_of_work() as session:
        check = await session.get_one(IdentityCheck, turn.conversation)
        assert check.facts["mother_name"] == "lucia rocha"
        forgotten = select(func.count()).where(
            AuditRow.action == "identity.facts_forgotten", AuditRow.subject_id == str(turn.conversation)
        )
        assert await session.scalar(forgotten) == 1


# -- in the middle of a request


@pytest.mark.parametrize(
    ("text", "intent"),
    [("atendente", "talk_to_attendant"), ("cancela", "cancel_flow"), ("minha carteirinha", "member_card")],
)
async def test_what_interrupts_is_let_through_after_which_of_two_was_asked(turn: Turn, text: str, intent: str) -> None:
    turn.slots |= ASKED_WHAT
    await turn(ValidateRequestForm(), "e aquele papel do banco", *PERHAPS_A_SLIP, loop="request_form")
    before = dict(turn.slots)
    await turn(ValidateRequestForm(), text, (intent, 0.95), loop="request_form")
    assert turn.slots == before


async def test_anger_is_heard_before_which_of_two(turn: Turn) -> None:
    turn.slots |= ASKED_WHAT
    await turn(ValidateRequestForm(), "e aquele papel do banco", *PERHAPS_A_SLIP, loop="request_form")
    await turn(ValidateRequestForm(), "não, vocês são uns incompetentes", ("deny", 0.9), loop="request_form")
    assert turn.slots["request_details"] == "at_once"


async def test_a_bare_yes_to_one_or_the_other_is_asked_about_again(turn: Turn) -> None:
    turn.slots |= ASKED_WHAT
    await turn(ValidateRequestForm(), "e aquele papel do banco", *PERHAPS_A_SLIP, loop="request_form")
    await turn(ValidateRequestForm(), "sim", ("affirm", 0.9), loop="request_form", turn_id="yes")
    assert turn.slots.get("request_details") is None
    await turn(AskDetails(), "sim", ("affirm", 0.9), loop="request_form", turn_id="yes")
    assert turn.texts == ["other_need_first_otherwise"]


@pytest.mark.parametrize(
    ("text", "first"),
    [("sim", ""), ("agora", "switch"), ("quero ver primeiro", "switch"), ("continuar", "stay"), ("não", "stay"), ("agora não", "stay"), ("cardiologista", "")],
)  # fmt: skip
def test_which_of_two_comes_first(text: str, first: str) -> None:
    assert which_first(text) == first


async def asked_once(turn: Turn, pending: str, text: str, *ranking: tuple[str, float], files: int = 0) -> None:
    """The desk's one question was asked, and this is the answer."""
    await turn(OpenRequest(), "é sobre a cobrança", (pending, 0.9))
    turn.slots |= {"requested_slot": "request_details", "beneficiary_id": None, "request_details": None}
    turn.slots["request_state"] = dict(turn.slots["request_state"])
    await turn(ValidateRequestForm(), text, *ranking, loop="request_form", files=files)


@pytest.mark.parametrize(
    ("pending", "text"),
    [("dispute_charge", "eu não pedi isso, cobraram uma ressonância que eu nunca fiz"), ("leave_plan", "não foi isso que o atendente me falou"),
     ("dispute_charge", "vocês cobraram consulta e não foi isso, foi exame")],
)  # fmt: skip
async def test_what_the_desk_is_told_is_no_misreading(turn: Turn, pending: str, text: str) -> None:
    await asked_once(turn, pending, text, (pending, 0.9))
    assert turn.slots["request_details"] != "misread"


@pytest.mark.parametrize("text", ["não era isso", "você entendeu errado, era outra coisa"])
async def test_who_refuses_the_desks_question_outright_was_misread(turn: Turn, text: str) -> None:
    await asked_once(turn, "dispute_charge", text, ("deny", 0.9))
    assert turn.slots["request_details"] == "misread"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("desculpa a demora", "complain"), ("😊", "thank"), ("não entendi", "repeat"), ("obrigada", "thank")],
)
async def test_a_photograph_is_the_answer_whatever_stands_under_it(turn: Turn, text: str, intent: str) -> None:
    await asked_once(turn, "leave_plan", text, (intent, 0.9), files=1)
    assert turn.texts == []
    assert turn.slots.get("unclear") is None
    assert turn.slots["request_details"] == "identity_over"  # it was for the process to take, which asks who it is


async def test_a_complaint_to_the_desk_that_threatens_meets_a_person(turn: Turn) -> None:
    await asked_once(turn, "dispute_charge", "vou fazer reclamação no Procon", ("complain", 0.9))
    assert turn.slots["request_details"] == "at_once"
    await turn(FinishRequest(), "vou fazer reclamação no Procon", ("complain", 0.9))
    assert turn.command["reason"] == "angry"


async def test_an_urgent_slip_in_the_middle_of_slips_is_no_care(turn: Turn) -> None:
    turn.slots |= ASKED_WHAT | {"pending_request": "invoice_copy"}
    text = "é urgente moça, preciso da guia pra pagar hoje"
    in_identity(turn)
    await turn(ValidateIdentityForm(), text, ("invoice_copy", 0.9), loop="identity_form")
    assert turn.slots.get("identity_result") is None


# -- offers


@pytest.mark.parametrize("offered", [{"intent": "schedule_appointment", "said": "cardiologista", "care": True}, REFUND])
async def test_an_offer_is_over_when_a_request_was_tapped_or_taken_up(turn: Turn, offered: dict[str, Any]) -> None:
    turn.slots["offered"] = offered
    await turn(OpenRequest(), "Marcar consulta", ("schedule_appointment", 1.0), said="cardiologista")
    assert turn.slots["offered"] is None
    turn.slots |= {"pending_request": None, "request_state": None}
    await turn(NoQuestion(), "ok", ("affirm", 0.9))
    assert turn.texts == ["fine"]
    assert turn.command == {}


async def test_the_other_need_is_noted_where_the_first_was_found_by_its_words(turn: Turn) -> None:
    text = "quero cardiologista e depois a segunda via de outubro"
    await turn(NotUnderstood(), text, ("nlu_fallback", 0.4), also=(("invoice_copy", "a segunda via de outubro"),))
    assert turn.slots["pending_request"] == "schedule_appointment"
    assert [need["intent"] for need in turn.slots["next_needs"]] == ["invoice_copy"]
    assert "outubro" not in turn.slots["request_state"]["said"]


@pytest.mark.parametrize(
    ("action", "text", "intent"), [(Greet(), "bom dia", "greet"), (Help(), "ajuda", "help"), (Thank(), "muito obrigada mesmo viu", "thank"),
     (OutOfScope(), "vai chover?", "out_of_scope"), (NotUnderstood(), "zzz qqq", "nlu_fallback")],
)  # fmt: skip
async def test_a_message_that_answers_no_offer_ends_it(turn: Turn, action: ZeloAction, text: str, intent: str) -> None:
    turn.slots["offered"] = REFUND
    await turn(action, text, (intent, 0.5))
    assert turn.slots["offered"] is None
    assert turn.command == {}


async def test_cancelling_a_consultation_is_no_refusal_of_an_offer(turn: Turn) -> None:
    turn.slots["offered"] = CARD
    await turn(CancelFlow(), "cancela minha consulta", ("cancel_flow", 0.9))
    assert turn.slots["pending_request"] == "cancel_appointment"


@pytest.mark.parametrize(
    "text", ["não chegou meu boleto", "não consigo abrir a guia", "não recebi nada ainda", "ok, quero o boleto", "beleza, manda o boleto também"]
)  # fmt: skip
async def test_what_only_begins_like_an_answer_takes_or_refuses_no_offer(turn: Turn, text: str) -> None:
    assert not only_answers(text)
    turn.slots["offered"] = CARD
    await turn(NotUnderstood(), text, ("nlu_fallback", 0.4), ("invoice_copy", 0.3))
    assert turn.slots.get("pending_request") != "member_card"
    assert "offer_declined" not in turn.texts


@pytest.mark.parametrize(
    "text",
    [
        "pode ser, obrigada",
        "👍",
        "não precisa não, obrigada",
        "agora não",
        "sim por favor",
        "ok obrigada",
        "pode chamar",
        "uhum",
    ],
)
def test_whole_answers(text: str) -> None:
    assert only_answers(text)


async def test_the_number_of_a_need_that_was_noted_is_told(turn: Turn) -> None:
    number = "40645420261120000018"
    turn.slots["offered"] = {"intent": "protocol_status", "said": f"o protocolo {number}"}
    await turn(AnswerOffer(), "Sim", ("answer_offer", 1.0), answer="yes")
    assert turn.next == "action_protocol_status"
    await turn(ProtocolStatus(), "Sim", ("answer_offer", 1.0))
    assert turn.next == "identity_form"
    assert turn.slots["asked_protocol"] == number


@pytest.mark.parametrize(("pending", "texts"), [("schedule_appointment", False), (None, True)])
async def test_the_next_need_is_not_offered_while_something_is_asked(
    turn: Turn, pending: str | None, texts: bool
) -> None:
    await turn(OpenRequest(), "quero marcar cardiologista", ("schedule_appointment", 0.9))
    turn.slots |= {"pending_request": pending, "next_needs": [CARD]}
    await turn(ProtocolStatus(), "e meu protocolo?", ("protocol_status", 0.9))
    assert ("offer_next" in turn.texts) is texts
    assert bool(turn.slots["next_needs"]) is not texts


# -- our own questions


async def test_a_no_to_the_meanings_asks_for_other_words_even_after_another_request(turn: Turn) -> None:
    turn.slots["understood_as"] = {"intent": "member_card", "said": "a carteirinha", "others": []}
    await turn(NotUnderstood(), "é sobre aquele papel que chega", *UNSURE)
    await turn(NoQuestion(), "não", ("deny", 0.9))
    assert turn.texts == ["something_else"]
    assert turn.buttons == [("Falar com atendente", "talk_to_attendant")]


async def test_a_yes_to_several_meanings_asks_which_and_to_one_begins_it(turn: Turn) -> None:
    turn.slots["understood_as"] = {"intent": "member_card", "said": "a carteirinha", "others": []}
    await turn(NotUnderstood(), "é sobre aquele papel que chega", *UNSURE)
    await turn(NoQuestion(), "sim", ("affirm", 0.9))
    assert turn.texts == ["which_meaning_otherwise"]
    assert len(turn.buttons) == 3
    turn.slots["offered"] = {"meanings": ["invoice_copy"], "said": "aquele papel"}
    await turn(NoQuestion(), "sim", ("affirm", 0.9))
    assert turn.slots["pending_request"] == "invoice_copy"
    assert turn.slots["request_state"]["said"] == "aquele papel"


ANYTHING_ELSE = ({"event": "bot", "text": "Posso ajudar em mais alguma coisa?"}, {"event": "user", "text": "…"})


@pytest.mark.parametrize(
    ("text", "intent", "said"), [("sim", "affirm", "no_question"), ("não", "deny", "nothing_more")]
)
async def test_anything_else_is_a_question(turn: Turn, text: str, intent: str, said: str) -> None:
    turn.slots["understood_as"] = {"intent": "member_card", "said": "a carteirinha", "others": []}
    await turn(NoQuestion(), text, (intent, 0.9), events=ANYTHING_ELSE)
    assert turn.texts == [said]


ENDED = {"event": "slot", "name": "pending_request", "value": None}
USER = {"event": "user", "text": "…"}


async def test_a_bare_wrong_long_afterwards_is_not_about_the_old_request(turn: Turn) -> None:
    turn.slots["understood_as"] = {"intent": "member_card", "said": "a carteirinha", "others": []}
    assert says_misread("outro assunto", just_opened=True)
    await turn(NotUnderstood(), "outro assunto", ("nlu_fallback", 0.4), events=(ENDED, USER, USER, USER))
    assert turn.texts == ["rephrase_1"]
    await turn(NotUnderstood(), "outro assunto", ("nlu_fallback", 0.4), events=(ENDED, USER))
    assert turn.texts == ["misread_ask"]


def test_messages_are_counted_from_the_end_of_the_last_request() -> None:
    assert messages_since_end([USER, ENDED, USER, USER]) == 2
    assert messages_since_end([USER]) == 0


async def test_a_new_request_has_not_been_unclear(turn: Turn) -> None:
    turn.slots["unclear"] = {"turn": "before", "count": 2}
    await turn(OpenRequest(), "segunda via", ("invoice_copy", 0.9))
    assert turn.slots["unclear"] is None

"""Which needs a message probably means, and which others of it are worth coming back to."""

from __future__ import annotations

import pytest

from actions.needs import NEEDS, likely_needs, of_one_matter, of_the_rest, to_note, to_what, without_clauses
from backend.protocols.kinds import KIND_OF_INTENT


def ranked(*pairs: tuple[str, float]) -> list[dict[str, object]]:
    return [{"name": name, "confidence": confidence} for name, confidence in pairs]


def also(*pairs: tuple[str, str]) -> list[dict[str, object]]:
    return [{"name": name, "confidence": 0.8, "text": text} for name, text in pairs]


@pytest.mark.parametrize(
    ("ranking", "likely"),
    [
        (ranked(("nlu_fallback", 0.5), ("invoice_copy", 0.3), ("dispute_charge", 0.2)), ["invoice_copy", "dispute_charge"]),
        (ranked(("invoice_copy", 0.3), ("greet", 0.25), ("ask_debt", 0.2)), ["invoice_copy", "ask_debt"]),
        (ranked(("inform", 0.4), ("invoice_copy", 0.1), ("ask_debt", 0.1)), []),
        (ranked(("invoice_copy", 0.12), ("ask_debt", 0.1), ("thank", 0.1)), []),
        (ranked(("leave_plan", 0.45), ("cancel_appointment", 0.03)), ["leave_plan"]),
        (ranked(("out_of_scope", 0.3), ("member_card", 0.2), ("find_provider", 0.16)), ["member_card", "find_provider"]),
        (ranked(("a_new_intent", 0.9)), []),
        (ranked(("find_provider", 0.3), ("emergency", 0.15), ("help", 0.1), ("complain", 0.1)), ["find_provider", "complain"]),
        (ranked(("emergency", 0.3), ("schedule_appointment", 0.2)), ["emergency", "schedule_appointment"]),
        ([{"name": None, "confidence": 0.0}], []),
        ([], []),
    ],
)  # fmt: skip
def test_the_two_likeliest_needs_are_offered_where_they_are_likely_enough_together(
    ranking: list[dict[str, object]], likely: list[str]
) -> None:
    assert likely_needs(ranking) == likely


def test_what_is_ruled_out_is_not_likely() -> None:
    ranking = ranked(("invoice_copy", 0.5), ("ask_debt", 0.3), ("negotiate_debt", 0.1))
    assert likely_needs(ranking, but={"invoice_copy"}) == ["ask_debt", "negotiate_debt"]


def test_who_was_misread_is_offered_what_is_likeliest_of_the_rest_however_sure_the_first_was() -> None:
    ranking = ranked(("invoice_copy", 0.98), ("ask_debt", 0.008), ("greet", 0.006), ("report_payment", 0.003))
    assert of_the_rest(ranking, but={"invoice_copy"}) == ["ask_debt", "report_payment"]
    assert of_the_rest(ranked(("invoice_copy", 1.0)), but={"invoice_copy"}) == []


@pytest.mark.parametrize(
    ("first", "others", "noted"),
    [
        ("schedule_appointment", also(("invoice_copy", "quero o boleto")), ["invoice_copy"]),
        ("schedule_appointment", also(("find_provider", "quem atende")), []),
        ("schedule_appointment", also(("schedule_appointment", "e ortopedista")), []),
        ("invoice_copy", also(("report_payment", "já paguei")), []),
        ("ask_debt", also(("negotiate_debt", "parcelar")), []),
        ("member_card", also(("emergency", "socorro"), ("complain", "que lixo"), ("talk_to_attendant", "atendente")), []),
        ("member_card", also(("thank", "obrigado"), ("greet", "oi"), ("out_of_scope", "chove?")), []),
        ("member_card", also(("invoice_copy", "boleto"), ("ask_debt", "quanto devo"), ("update_registration", "mudei")), ["invoice_copy", "update_registration"]),
        ("cancel_appointment", also(("member_card", "carteirinha"), ("invoice_copy", "boleto"), ("leave_plan", "sair")), ["member_card", "invoice_copy"]),
        ("protocol_status", also(("invoice_copy", "boleto")), ["invoice_copy"]),
        ("member_card", [], []),
    ],
)  # fmt: skip
def test_another_need_is_noted_once_and_not_where_the_first_serves_it(
    first: str, others: list[dict[str, object]], noted: list[str]
) -> None:
    assert [need["intent"] for need in to_note(others, first)] == noted


def test_what_a_process_serves_itself_is_not_noted() -> None:
    assert to_note(also(("send_document", "segue a foto")), "invoice_copy", served={"send_document"}) == []


@pytest.mark.parametrize(
    ("text", "clauses", "rest"),
    [
        ("quero marcar cardiologista e a segunda via de outubro", ["a segunda via de outubro"], "quero marcar cardiologista"),
        ("me manda o boleto, e também quero remarcar", ["quero remarcar"], "me manda o boleto"),
        ("boleto de outubro e marcar dermato", ["boleto de outubro"], "marcar dermato"),
        ("quero o boleto", ["quero o boleto"], "quero o boleto"),
        ("quero o boleto", ["outra coisa"], "quero o boleto"),
    ],
)  # fmt: skip
def test_the_first_need_is_read_without_the_words_of_the_others(text: str, clauses: list[str], rest: str) -> None:
    assert without_clauses(text, clauses) == rest


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("request_procedure", "procedure_status", True), ("dispute_charge", "dispute_charge", True), ("dispute_charge", "ask_debt", True),
     ("dispute_charge", "schedule_appointment", False), ("leave_plan", "invoice_copy", False)],
)  # fmt: skip
def test_needs_of_one_matter_sound_alike(one: str, other: str, alike: bool) -> None:
    assert of_one_matter(one, other) is alike


def test_every_need_has_a_title_that_an_option_holds_and_stands_in_a_sentence() -> None:
    assert set(KIND_OF_INTENT) | {"protocol_status"} == set(NEEDS)
    assert all(len(need.title) <= 24 for need in NEEDS.values())
    assert to_what("invoice_copy") == "à segunda via do boleto"
    assert to_what("negotiate_debt") == "ao acordo"
    assert to_what("list_appointments") == "às suas consultas marcadas"
    assert all(to_what(intent) for intent in NEEDS)

"""Nothing that the assistant can say or do is missing its text, its rule, its team or its action."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import yaml

from actions.server import every_action
from backend.delinquency.campaigns.answers import Step
from backend.protocols.kinds import KIND_OF_INTENT, KINDS, OPEN_NONE
from backend.protocols.steps import TITLES as STEPS
from backend.store.engine import Store
from handoff.console.words import REASONS
from handoff.desk import teams
from tests.stack import ROOT

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text())
RESPONSES = {
    name: variants
    for file in (ROOT / "data" / "responses").glob("*.yml")
    for name, variants in yaml.safe_load(file.read_text())["responses"].items()
}
# interfaces.md; others rely on these names
INTENTS = {
    "greet", "goodbye", "thank", "affirm", "deny", "help", "repeat", "cancel_flow", "talk_to_attendant",
    "complain", "emergency", "out_of_scope", "schedule_appointment", "reschedule_appointment",
    "cancel_appointment", "list_appointments", "update_registration", "send_document", "dispute_charge",
    "invoice_copy", "request_procedure", "procedure_status", "protocol_status", "ask_debt", "negotiate_debt",
    "report_payment", "coming_of_age", "change_holder", "find_provider", "member_card", "leave_plan",
    "plan_information",
}  # fmt: skip


def rules() -> list[dict[str, object]]:
    files = (ROOT / "data" / "rules").glob("*.yml")
    return [rule for file in files for rule in yaml.safe_load(file.read_text())["rules"]]


def known_intents() -> set[str]:
    return {intent if isinstance(intent, str) else next(iter(intent)) for intent in DOMAIN["intents"]}


def trained() -> set[str]:
    files = (ROOT / "data" / "nlu").glob("*.yml")
    return {entry["intent"] for file in files for entry in yaml.safe_load(file.read_text())["nlu"]}


def test_every_intent_that_others_rely_on_is_known_trained_and_has_a_rule() -> None:
    with_rule = {step["intent"] for rule in rules() for step in rule["steps"] if "intent" in step}  # type: ignore[attr-defined]
    assert known_intents() >= INTENTS
    assert trained() >= INTENTS
    assert with_rule >= INTENTS


def test_every_action_of_the_domain_is_served_and_every_served_one_is_in_the_domain() -> None:
    assert {action.called for action in every_action()} == set(DOMAIN["actions"])


def test_every_text_that_an_action_says_is_written() -> None:
    source = "\n".join(file.read_text() for file in Path("actions").rglob("*.py"))
    said = {f"utter_{name}" for name in re.findall(r'\.say\(\s*"([a-z_0-9]+)"', source)}
    assert said, "the pattern finds what actions say"
    assert said <= RESPONSES.keys()


def test_every_kind_of_request_has_its_question_and_every_other_intent_its_place() -> None:
    asked = {kind.code for kind in KINDS.values() if kind.intent not in {"talk_to_attendant", "complain", "emergency"}}
    assert {f"utter_ask_details_{code}" for code in asked} <= RESPONSES.keys()
    talk = {"repeat", "cancel_flow", "out_of_scope"}
    assert set(KIND_OF_INTENT) | OPEN_NONE | talk == INTENTS


async def test_every_kinds_team_is_there(store: Store) -> None:
    async with store.unit_of_work() as session:
        codes = {team.code for team in await teams.every(session)}
    assert {kind.team for kind in KINDS.values()} <= codes


def test_texts_are_for_whatsapp_and_for_everybody() -> None:
    for name, variants in RESPONSES.items():
        for variant in variants:
            assert len(variant["text"]) <= 1024, name
            assert not re.search(r"\bfavor de\b|\bcaro cliente\b|senhor\(a\)", variant["text"].lower()), name
            for button in variant.get("buttons", ()):
                assert len(button["title"]) <= 24, f"{name}: a list item holds 24 characters"


def test_nothing_about_money_is_said_without_identity() -> None:
    forbidden = re.compile(r"pend[eê]ncias? financeir|d[ií]vida|d[eé]bito", re.IGNORECASE)
    assert not [name for name, variants in RESPONSES.items() if any(forbidden.search(v["text"]) for v in variants)]


def codes_in_source(*patterns: str) -> set[str]:
    source = "\n".join(
        file.read_text() for room in ("actions", "backend", "handoff") for file in Path(room).rglob("*.py")
    )
    return {code for pattern in patterns for code in re.findall(pattern, source)}


def test_every_step_of_a_history_has_words() -> None:
    written = codes_in_source(
        r'step="([a-z_]+)"', r'note_step\([^)]*?"([a-z_]+)"', r'sending\.note\(talk, "([a-z_]+)"', r' note\(talk, "([a-z_]+)"',
        r'hand\.write\([a-z_]+, "([a-z_]+)"',
    )  # fmt: skip
    assert {"opened", "booked", "slip_issued", "sent_by_chat", "not_told"} <= written
    assert written - set(get_args(Step)) <= STEPS.keys()  # how far a call came stands in finance's list


def test_every_reason_for_a_hand_over_has_words() -> None:
    given = codes_in_source(r'reason="([a-z_]+)"')
    assert {"no_vacancy_in_time", "slip_withheld", "identity_failed"} <= given
    assert given <= REASONS.keys()

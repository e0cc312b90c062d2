"""Every question that the assistant asks can be asked in other words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from actions.identity import LABELS
from actions.processes import PROCESSES, process_of
from actions.repeating import OTHERWISE_ALONE
from actions.scheduling.asking import OFFER_TEXTS
from actions.scope import TOPICS
from backend.protocols.kinds import KINDS
from tests.actions.test_texts import RESPONSES

# Said by the forms' questions through names that stand in tables.
OF_TABLES = {*OFFER_TEXTS.values(), "no_more_vacancies"}
# Not questions of a process: remarks before one, and what the identity form says of an answer.
NO_QUESTION = re.compile(r"unknown_doctor|identity_(?!more)")
# A question at the end of a text that is no question to be answered: it offers help, or stands in a form's remark.
OFFERS_HELP = {
    "greet_back_to_question", "nothing_to_repeat", "nothing_to_stop", "location", "unreadable", "audio",
    "emoji_alone", "resume", "protocol_none", "protocol_more", "news_gone", "news_vacancy", "identity_bad_cpf",
    "identity_why", "card_only_own", "desk_sorry",
}  # fmt: skip


def texts_said(function: ast.AST) -> set[str]:
    """The names of texts that a function says: literals, both sides of a choice, patterns of f-strings."""
    found: set[str] = set()
    for call in ast.walk(function):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "say"
            and call.args
        ):
            found |= names_in(call.args[0])
    return found


def names_in(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        return names_in(node.body) | names_in(node.orelse)
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_]+" for part in node.values]
        return {f"/{''.join(parts)}/"}
    return set()


def questions_of_forms() -> set[str]:
    """What the functions named `ask…` of all actions say."""
    found: set[str] = set()
    for file in Path("actions").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if is_function and re.match(r"_?asks?(?:_|$)", node.name) and not node.name.startswith("asks_why"):
                found |= texts_said(node)
    return found


def test_the_questions_of_all_processes_are_found() -> None:
    found = questions_of_forms()
    assert {
        "ask_specialty",
        "vacancies",
        "ask_which_invoice",
        "network_ask_city",
        "plan_more",
        "card_whom",
        "confirm_booking",
    } <= found
    assert {"/authorization_next_[a-z_]+/", "/ask_details_[a-z_]+/", "other_need_first"} <= found


def test_every_question_has_other_words() -> None:
    names = {name.removeprefix("utter_") for name in RESPONSES}
    asked: set[str] = set(OF_TABLES) | {"ask_identity", "ask_identity_shared", "identity_more"} | OTHERWISE_ALONE
    for name in questions_of_forms():
        if name.startswith("/"):
            asked |= {one for one in names if re.fullmatch(name.strip("/"), one) and not one.endswith("_otherwise")}
        else:
            asked.add(name)
    of_processes = {f"ask_details_{kind.code}" for kind in KINDS.values() if kind.intent in PROCESSES}
    asked = {name for name in asked - of_processes if not NO_QUESTION.match(name)}
    assert asked - names == set()
    assert [name for name in sorted(asked) if f"{name}_otherwise" not in names] == []


def test_every_text_that_ends_in_a_question_has_other_words_or_offers_help() -> None:
    questions = {
        name.removeprefix("utter_")
        for name, variants in RESPONSES.items()
        if variants[0]["text"].rstrip().endswith("?") and not name.endswith("_otherwise")
    }
    of_processes = {f"ask_details_{kind.code}" for kind in KINDS.values() if kind.intent in PROCESSES}
    without = {name for name in questions - of_processes - OFFERS_HELP if f"utter_{name}_otherwise" not in RESPONSES}
    assert without == set()


def test_other_words_belong_to_a_question_and_are_others() -> None:
    for name, variants in RESPONSES.items():
        if name.endswith("_otherwise"):
            plain = RESPONSES[name.removesuffix("_otherwise")]
            assert variants[0]["text"] != plain[0]["text"], name


def test_other_words_fill_no_place_that_the_question_does_not_fill() -> None:
    def places(name: str) -> set[str]:
        return set(re.findall(r"{(\w+)}", RESPONSES[name][0]["text"]))

    for name in RESPONSES:
        if name.endswith("_otherwise"):
            question = name.removesuffix("_otherwise")
            assert places(name) <= places(question) | {"name", "moment", "specialty", "doctor"}, name
            if question.removeprefix("utter_") in OTHERWISE_ALONE:
                assert not places(name), f"{name} is said without values"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.title)
def test_every_near_topic_has_its_text_and_other_words(topic: object) -> None:
    assert f"utter_{topic.response}" in RESPONSES  # type: ignore[attr-defined]
    assert topic.response in OTHERWISE_ALONE  # type: ignore[attr-defined]


def test_the_facts_have_names_and_the_desk_asks_once() -> None:
    assert {"cpf", "birth_date", "mother_name"} <= LABELS.keys()
    assert type(process_of("leave_plan")).__name__ == "AskOnce"

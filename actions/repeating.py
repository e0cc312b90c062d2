"""Saying again, as it was or in other words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions.talk import ATTENDANT_BUTTON, Talk

# Questions outside a request that have other words; those of requests are asked again by their form.
OTHERWISE_ALONE = frozenset(
    {
        "greet", "greet_again", "help", "no_question", "rephrase_1", "rephrase_2", "book_or_find", "which_meaning",
        "something_else", "misread_which", "misread_ask", "far_topic", "near_topic", "near_results", "near_medical",
        "near_ambulance", "near_sale",
        "offer_next", "greet_unfinished", "request_of_another",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One message of ours: its text (a file's caption), its buttons, its file, and which text of ours it was."""

    text: str
    buttons: list[dict[str, Any]]
    file: dict[str, Any] | None = None
    response: str = ""


def last_said(events: list[dict[str, Any]]) -> list[Said]:
    """The assistant's messages between the last two messages of the person, buttons and files with them. Pure."""
    found: list[Said] = []
    people = 0
    for event in reversed(events):
        if event.get("event") == "user":
            people += 1
            if people == 2 or (people == 1 and found):  # noqa: PLR2004 (this message, and the one before)
                break
        said = _said(event)
        if people == 1 and said is not None:
            found.append(said)
    return found[::-1]


def _said(event: dict[str, Any]) -> Said | None:
    """What the person saw of an event; a command to dispatch is nothing he saw."""
    if event.get("event") != "bot":
        return None
    kept = event.get("data") or {}
    custom = kept.get("custom") or {}
    file = custom.get("file")
    text = event.get("text") or ""
    response = str(custom.get("again") or (event.get("metadata") or {}).get("utter_action") or "").removeprefix(
        "utter_"
    )
    return Said(text, kept.get("buttons") or [], file, response) if text or file else None


def note_unclear(talk: Talk) -> int:
    """Remembers that what was asked was not understood in this turn; gives how often it was not by now."""
    count = int((talk.slot("unclear") or {}).get("count") or 0) + 1
    talk.remember(unclear={"turn": talk.message_id, "count": count})
    return count


def unclear_now(talk: Talk) -> int:
    """How often the present question was not understood, where this very turn says so; else 0."""
    unclear = talk.slot("unclear") or {}
    return int(unclear["count"]) if unclear.get("turn") == talk.message_id else 0


def say_otherwise(talk: Talk) -> None:
    """What was said last outside a request, in other words where it has some; the second time with a person."""
    talk.announce()
    if told := str(talk.context.get("told_last") or ""):  # news came since: they are what was not understood
        talk.say_again(told, [ATTENDANT_BUTTON])
        return
    before, count = last_said(talk.tracker.events), note_unclear(talk)
    last = before[-1] if before else None
    if last is None:
        talk.say("no_question")
        return
    name = last.response.removesuffix("_otherwise")
    person = [ATTENDANT_BUTTON] if count > 1 else []
    if name in OTHERWISE_ALONE:
        titles = {button["title"] for button in last.buttons}
        talk.say(f"{name}_otherwise", buttons=[*last.buttons, *(one for one in person if one["title"] not in titles)])
        return
    talk.say("not_clear", buttons=[ATTENDANT_BUTTON])

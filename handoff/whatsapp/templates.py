"""Content templates: what may be sent outside the 24-hour window, and options as buttons or lists. [rule 6]"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from backend.errors import NotFound
from backend.settings import Settings
from handoff.conversations.options import Option

LONGEST_BUTTON = 20
LONGEST_ITEM = 24
MOST_BUTTONS = 3
MOST_ITEMS = 10
FIRST_OPTION = 2  # {{1}} is the text


@dataclass(frozen=True, slots=True)
class Button:
    """A template's button: its title, the code of what it answers, and what else people type for it."""

    title: str
    answer: str = ""
    also: tuple[str, ...] = ()

    def offers(self, **entities: object) -> Option:
        """The button as an option; `entities` say what it is an answer to."""
        answered = entities | ({"answer": self.answer} if self.answer else {})
        return Option(self.title, {"intent": "answer_news", "entities": answered}, self.also)


@dataclass(frozen=True, slots=True)
class Template:
    """`content_sid` is empty until the operator configured Twilio's; `body` has {{1}} places."""

    name: str
    body: str
    content_sid: str = ""
    buttons: tuple[Button, ...] = ()

    def fill(self, *values: str) -> str:
        """The text as the person reads it."""
        text = self.body
        for number, value in enumerate(values, 1):
            text = text.replace(f"{{{{{number}}}}}", value)
        return text


class Templates:
    """Every template by name. SIDs come from the variable ZELO_TEMPLATE_SIDS (JSON: name → HX…)."""

    def __init__(
        self, bodies: dict[str, str], sids: dict[str, str], buttons: Mapping[str, tuple[Button, ...]] | None = None
    ) -> None:
        self._bodies, self._sids, self._buttons = bodies, sids, buttons or {}

    @classmethod
    def load(cls, config: Settings) -> Templates:
        """Bodies and buttons from the file, SIDs from the settings."""
        written = yaml.safe_load(config.templates_file.read_text(encoding="utf-8")) or {}
        bodies = {name: entry["body"] for name, entry in written.items()}
        buttons = {name: tuple(map(_button, entry.get("buttons") or ())) for name, entry in written.items()}
        return cls(bodies, json.loads(config.template_sids or "{}"), buttons)

    def get(self, name: str) -> Template:
        """The template of this name; NotFound where the file has none."""
        if name not in self._bodies:
            raise NotFound(detail=f"template {name}")
        return Template(name, self._bodies[name].strip(), self._sids.get(name, ""), self._buttons.get(name, ()))

    def for_options(self, text: str, options: Sequence[Option]) -> tuple[str, dict[str, object]] | None:
        """ContentSid and variables for options as quick replies (up to 3) or a list (up to 10).

        None where no template is configured for so many, or a title is too long: numbered text then.
        """
        count = len(options)
        sid = self._sids.get(f"options_{count}", "")
        longest = LONGEST_BUTTON if count <= MOST_BUTTONS else LONGEST_ITEM
        if not sid or count > MOST_ITEMS or any(len(option.title) > longest for option in options):
            return None
        variables: dict[str, object] = {"1": text}
        variables.update({str(n): option.title for n, option in enumerate(options, FIRST_OPTION)})
        return sid, variables


def _button(entry: Mapping[str, Any]) -> Button:
    return Button(entry["title"], entry.get("answer", ""), tuple(entry.get("also") or ()))

"""Messages with their right answers: the training data, the development set, the set that thresholds are fitted to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import yaml

from bot.components.normalize import strip_accents
from bot.components.typos import misspell

ROOT = Path(__file__).parent.parent.parent
SETS = ROOT / "tests" / "nlu"
LETTERS_PER_SLIP = 10
_SEED = 20261122


@dataclass(frozen=True, slots=True)
class Message:
    """`also` is a second need in the same message; `style` how it is written; `hand` who wrote it (1 to 4)."""

    text: str
    intent: str
    style: str = ""
    hand: int = 0
    also: str | None = None


def read(name: str) -> list[Message]:
    """A set of tests/nlu/."""
    return [Message(**row) for row in yaml.safe_load((SETS / f"{name}.yml").read_text(encoding="utf-8"))]


def training() -> list[Message]:
    """Every example of data/nlu/."""
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in block:
                lines = block["examples"].strip().splitlines()
                found += [Message(line.removeprefix("- ").strip(), block["intent"]) for line in lines]
    return found


def sample(messages: list[Message], each: int) -> list[Message]:
    """So many messages of each intent, always the same ones."""
    random, kept = Random(_SEED), []
    for intent in sorted({message.intent for message in messages}):
        own = [message for message in messages if message.intent == intent]
        kept += random.sample(own, min(each, len(own)))
    return kept


def write(messages: list[Message], path: Path) -> None:
    """Training data as Rasa reads them."""
    lines = ['version: "3.1"', "nlu:"]
    for intent in sorted({message.intent for message in messages}):
        lines += [f"  - intent: {intent}", "    examples: |"]
        lines += [f"      - {message.text}" for message in messages if message.intent == intent]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def bare(messages: list[Message]) -> list[Message]:
    """The same messages without accents and capitals."""
    return [replace(message, text=strip_accents(message.text.lower())) for message in messages]


def slipped(messages: list[Message]) -> list[Message]:
    """The same messages with one typing slip for every ten letters, at random and always the same."""
    random = Random(_SEED)
    return [replace(m, text=misspell(m.text, random, letters_per_slip=LETTERS_PER_SLIP)) for m in messages]

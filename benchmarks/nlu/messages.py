"""Messages with their right answers: the training data, the development set, the set that thresholds are fitted to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import yaml

from bot.components.normalize import strip_accents

ROOT = Path(__file__).parent.parent.parent
SETS = ROOT / "tests" / "nlu"
LETTERS_PER_SLIP = 10
# Not the slips that training sees (bot/components/typos.py): keys of the rows above and below, other letters for a sound.
_AROUND = {
    "a": "qzs", "b": "vgn", "c": "xdv", "d": "sefc", "e": "wrd", "f": "drgv", "g": "fthb", "h": "gyjn", "i": "uok",
    "j": "hukm", "k": "jil", "l": "kop", "m": "njk", "n": "bhm", "o": "ipl", "p": "ol", "q": "wa", "r": "etf",
    "s": "adwx", "t": "ryg", "u": "yij", "v": "cfb", "w": "qes", "x": "zsc", "y": "tuh", "z": "asx",
}  # fmt: skip
_SOUNDS = {
    "s": "ç",
    "ç": "ss",
    "c": "k",
    "z": "s",
    "x": "ch",
    "g": "j",
    "j": "g",
    "o": "u",
    "e": "i",
    "l": "u",
    "m": "n",
}
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
    return [replace(message, text=_slip_through(message.text, random)) for message in messages]


def _slip_through(text: str, random: Random) -> str:
    characters = list(text)
    places = [place for place, character in enumerate(characters) if character.isalpha()]
    for place in sorted(random.sample(places, round(len(places) / LETTERS_PER_SLIP)), reverse=True):
        letter = characters[place].lower()
        kind = random.choice(("key", "extra", "left_out", "swapped", "sound"))
        if kind == "swapped" and place + 1 < len(characters):
            characters[place : place + 2] = characters[place : place + 2][::-1]
        elif kind == "left_out":
            characters[place] = ""
        elif kind == "sound" and letter in _SOUNDS:
            characters[place] = _SOUNDS[letter]
        else:
            key = random.choice(_AROUND.get(letter, "e"))
            characters[place] = letter + key if kind == "extra" else key
    return "".join(characters)

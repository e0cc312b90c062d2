"""Options that the assistant offers, and what a person answered: by number, in words, or by title. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.identifiers import plain
from backend.words import is_only_emoji, yes_or_no

_ORDINALS = {
    "primeiro": 1, "primeira": 1, "segundo": 2, "segunda": 2, "terceiro": 3, "terceira": 3, "quarto": 4, "quarta": 4,
    "quinto": 5, "quinta": 5, "sexto": 6, "sexta": 6, "setimo": 7, "setima": 7, "oitavo": 8, "oitava": 8,
    "nono": 9, "nona": 9, "decimo": 10, "decima": 10,
}  # fmt: skip
_NUMBERS = {
    "um": 1, "uma": 1, "dois": 2, "duas": 2, "tres": 3, "quatro": 4, "cinco": 5, "seis": 6, "sete": 7, "oito": 8,
    "nove": 9, "dez": 10,
}  # fmt: skip
_WEEKDAYS = frozenset({"segunda", "terca", "quarta", "quinta", "sexta"})
# 'segunda via' is no Monday: a weekday's name ends the title, or '-feira', a comma, or a time follows it.
_DATED = re.compile(
    r"\b\d{1,2}/\d{1,2}\b|\b(?:sabado|domingo|terca)\b"
    r"|\b(?:segunda|quarta|quinta|sexta)(?:[- ]feira|,|$| (?:as|de manha|a tarde|a noite)\b)"
)
_FILLER = re.compile(
    r"\b(?:a|o|as|os|opcao|numero|num|n|nº|item|letra|quero|queria|escolho|prefiro|vou de|pode ser|fico com"
    r"|essa|esse|e|por favor|pfv|pf|favor)\b"
)
# '1️⃣' is a digit with two signs behind it; '1º' and '1ª' fold to a digit with a letter.
_KEYCAP = re.compile(r"[\ufe0f\u20e3]")
_RANKED = re.compile(r"^(\d{1,2})[ao]$")
_SPOKEN = {"yes": "sim", "no": "nao"}  # what '👍🏽' and '👎' say where *Sim*, or what else means it, is an option
_TEN = "\U0001f51f"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. `payload` stays on our side: an intent's name and what goes with it.

    `also`: other words that mean this one while it is what was asked last ('vou sim' for *Confirmo*).
    """

    title: str
    payload: dict[str, object]
    also: tuple[str, ...] = ()


def numbered(text: str, options: Sequence[Option]) -> str:
    """The text with its options as a numbered list, for channels and templates that have no buttons."""
    if not options:
        return text
    lines = [f"*{number}* - {option.title}" for number, option in enumerate(options, 1)]
    return "\n".join([text, "", *lines]) if text else "\n".join(lines)


def choose(answer: str, options: Sequence[Option]) -> Option | None:
    """The option that an answer means, or None: '2', 'a segunda', 'opção 2', its title, or what it is called else."""
    if not options:
        return None
    said = plain(_KEYCAP.sub("", answer).replace(_TEN, "10")).strip(" .!),(-*")
    titles = [plain(option.title).strip(" .!?") for option in options]
    if said in titles and titles.count(said) == 1:
        return options[titles.index(said)]
    number = _number(said, titles)
    if number is not None and 1 <= number <= len(options):
        return options[number - 1]
    if is_only_emoji(said):
        said = _SPOKEN.get(yes_or_no(said), said)
    bare = _bare(said)
    matching = [i for i, title in enumerate(titles) if bare and _bare(title) == bare]
    if not matching:
        matching = [i for i, option in enumerate(options) if _is_said_otherwise(said, bare, option)]
    return options[matching[0]] if len(matching) == 1 else None


def _is_said_otherwise(said: str, bare: str, option: Option) -> bool:
    words = [plain(phrase) for phrase in option.also]
    return said in words or bool(bare and bare in [_bare(phrase) for phrase in words])


def _number(said: str, titles: Sequence[str]) -> int | None:
    bare = _RANKED.sub(r"\1", _bare(said))
    if bare.isdecimal() and len(bare) <= 2:  # noqa: PLR2004 (a longer number is no option's)
        return int(bare)
    if bare in _NUMBERS and said not in {"um", "uma"}:
        return _NUMBERS[bare]
    if said in {"um", "uma"}:
        return 1
    if bare in {"ultimo", "ultima"}:
        return len(titles)
    if bare in _WEEKDAYS and any(_DATED.search(title) for title in titles):
        return None  # 'a segunda' among dates is Monday, not the second
    return _ORDINALS.get(bare)


def _bare(said: str) -> str:
    return " ".join(_FILLER.sub(" ", re.sub(r"[^\w ]", " ", said)).split())

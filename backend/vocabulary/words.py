"""Words in the form in which they are compared, and the lookups of `data/lookups`."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from backend.identifiers import plain

_LOOKUPS = Path(__file__).resolve().parent.parent.parent / "data" / "lookups"
_WORD = re.compile(r"[a-z0-9]+")
_SHORTEST_INFLECTED = 4


def lookup(name: str) -> Any:
    """The content of `data/lookups/<name>.yml`."""
    return yaml.safe_load((_LOOKUPS / f"{name}.yml").read_text(encoding="utf-8"))


def word_set(words: str) -> frozenset[str]:
    """The folded words of a list that is written with blanks between them."""
    return frozenset(words.split())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded: no accents, no capitals, no punctuation."""
    return tuple(_WORD.findall(plain(text)))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A word without its number and gender: 'psicólogas' and 'psicólogo' are one."""
    if len(word) < _SHORTEST_INFLECTED:
        return word
    if word.endswith(("oes", "aes")):
        word = word[:-3] + "ao"
    word = word.removesuffix("s")
    return word[:-1] if word[-1] in "ao" and len(word) >= _SHORTEST_INFLECTED and not word.endswith("ao") else word

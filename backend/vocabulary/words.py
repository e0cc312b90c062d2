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
_ENDING = "-"


def lookup(name: str) -> Any:
    """The content of `data/lookups/<name>.yml`."""
    return yaml.safe_load((_LOOKUPS / f"{name}.yml").read_text(encoding="utf-8"))


def word_set(words: str) -> frozenset[str]:
    """The folded words of a list that is written with blanks between them."""
    return frozenset(words.split())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded: no accents, no capitals, no punctuation."""
    return tuple(_WORD.findall(plain(text)))


# The commonest ones: what stands before one was a person's name.
SURNAMES = word_set(
    """
    silva santos souza sousa oliveira pereira lima ferreira costa rodrigues almeida nascimento alves carvalho araujo
    ribeiro rocha gomes martins barbosa melo dias castro campos cardoso teixeira moreira nunes mendes freitas vieira
    monteiro moura correia correa batista barros pinto ramos reis cunha machado lopes marques soares andrade
    cavalcante filho neto junior
    """
)


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Words that people write to a health plan every day, folded: no names, and no slips of other words."""
    return frozenset((_LOOKUPS / "ordinary_words.txt").read_text(encoding="utf-8").split())


@lru_cache(maxsize=16384)
def singular(word: str) -> str:
    """A word without its plural: 'mãos' and 'mão', 'vistas' and 'vista' are one."""
    if len(word) < _SHORTEST_INFLECTED:
        return word
    if word.endswith(("oes", "aes")):
        return word[:-3] + "ao"
    return word.removesuffix("s")


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A word without its number and gender: 'psicólogas' and 'psicólogo' are one.

    The place of the ending is kept, so that a shorter word is never the stem of a longer one: 'sei' is no 'seio'.
    """
    one = singular(word)
    if one[-1:] in {"a", "o"} and len(one) >= _SHORTEST_INFLECTED and not one.endswith("ao"):
        return f"{one[:-1]}{_ENDING}"
    return one

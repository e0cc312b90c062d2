"""People's words for procedures in the catalogue's: synonyms, typos, and how well words fit a term. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process

from backend.identifiers import plain
from backend.likeness import Speller
from backend.vocabulary.words import ordinary_words

LOOKUP_FILE = Path(__file__).parent.parent.parent / "data" / "lookups" / "procedures.yml"
_CODE = re.compile(r"(?<!\d)\d(?:[ .-]?\d){7}(?!\d)")
_WORD = re.compile(r"[a-z0-9]+")
_LONG_ENOUGH = 4
_ALIKE = 84
_MOST_LONGER = 2
_SAME = 80
_LEAST_SHARE = 0.6
_ABOUT_COVER = 0.75


@dataclass(frozen=True, slots=True)
class Phrase:
    """What people say for some codes, in the catalogue's words, the likeliest code first.

    `family` is the name of what the codes are kinds of, where the words name no one of them.
    """

    words: frozenset[str]
    codes: tuple[str, ...]
    family: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """The synonym file as it is used (its head says what each part is); `known` are its words, spelled right."""

    words: Mapping[tuple[str, ...], tuple[str, ...]]
    phrases: tuple[Phrase, ...]
    kinds: Mapping[str, str]
    noise: frozenset[str]
    light: Mapping[str, float]
    fillers: frozenset[str]
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for. `likely` are codes of the synonym file, each with how well it fits (0 to 1)."""

    code: str
    words: tuple[str, ...]
    likely: Mapping[str, float]
    kinds: frozenset[str]

    @property
    def content(self) -> tuple[str, ...]:
        """The words that a term has to have: neither 'exame' nor 'cirurgia'."""
        return tuple(word for word in self.words if word not in read_lookup().light)


def understand(text: str) -> Wanted:
    """Reads a procedure out of people's words: a code, or words with synonyms replaced and what they likely mean."""
    lookup = read_lookup()
    code = _CODE.search(text)
    if code is not None:
        return Wanted("".join(filter(str.isdigit, code.group())), (), {}, frozenset())
    said = _words_of(text)
    words = tuple(dict.fromkeys(w for w in _replaced(said, lookup, forgiving=True) if w not in lookup.noise))
    kinds = frozenset(lookup.kinds[word] for word in (*said, *words) if word in lookup.kinds)
    return Wanted("", words, _likely(words, lookup), kinds)


def fit(words: Sequence[str], term: str) -> float:
    """How well a term answers the words, 0 to 1: how many of them it has, and how little else."""
    if not words:
        return 0.0
    lookup = read_lookup()
    of_term = [word for word in _words_of(term) if word not in lookup.fillers]
    has = [max((_likeness(word, other) for other in of_term), default=0.0) for word in words]
    weights = [lookup.light.get(word, 1.0) for word in words]
    covered = sum(weight * likeness for weight, likeness in zip(weights, has, strict=True)) / sum(weights)
    little_else = min(1.0, sum(1 for likeness in has if likeness) / max(1, len(of_term)))
    return _ABOUT_COVER * covered + (1 - _ABOUT_COVER) * little_else if covered else 0.0


def unmatched(words: Iterable[str], terms: Iterable[str]) -> tuple[str, ...]:
    """Which of the words no term has, in any form that `fit` takes for the same."""
    of_terms = {word for term in terms for word in _words_of(term)}
    return tuple(word for word in words if not any(_likeness(word, other) for other in of_terms))


def said_for(code: str) -> str:
    """All that people say for a code, in the catalogue's words: 'rm joelho ombro …'. Empty where nobody does."""
    words = (word for phrase in read_lookup().phrases if code in phrase.codes for word in sorted(phrase.words))
    return " ".join(dict.fromkeys(words))


@lru_cache(maxsize=1)
def read_lookup() -> Lookup:
    """The synonym file, read once."""
    given = yaml.safe_load(LOOKUP_FILE.read_text(encoding="utf-8"))
    words = {
        tuple(_words_of(said)): tuple(_words_of(ours)) for ours, all_said in given["words"].items() for said in all_said
    }
    kinds = {plain(word): first for first, all_said in given["kinds"].items() for word in all_said}
    noise = frozenset(given["noise"])
    fillers = noise | frozenset(given["fillers"])
    bare = Lookup(words, (), kinds, noise, given["light"], fillers, ())
    phrases = [
        Phrase(
            frozenset(_replaced(_words_of(said), bare, forgiving=False)) - noise,
            tuple(entry["codes"]),
            entry.get("family", ""),
        )
        for entry in given["procedures"]
        for said in entry["say"]
    ]
    known = {word for phrase in phrases for word in phrase.words} | {word for said in words for word in said}
    known = {word for word in known if len(word) >= _LONG_ENOUGH}
    longest_first = tuple(sorted(phrases, key=lambda phrase: -len(phrase.words)))
    return replace(bare, phrases=longest_first, known=tuple(sorted(known)))


def _words_of(text: str) -> list[str]:
    return _WORD.findall(plain(text))


def _replaced(said: Sequence[str], lookup: Lookup, *, forgiving: bool) -> Iterable[str]:
    """The words with people's synonyms replaced, the longest first; forgiving: typos of what is known corrected."""
    spelled = [_corrected(word) if forgiving else word for word in said]
    place = 0
    while place < len(spelled):
        for length in (3, 2, 1):
            ours = lookup.words.get(tuple(spelled[place : place + length]))
            if ours is not None and place + length <= len(spelled):
                yield from ours
                break
        else:
            length = 1
            yield spelled[place]
        place += length


@lru_cache(maxsize=8192)
def _corrected(word: str) -> str:
    """The word as the synonym file spells it; as it is where it is nothing of ours, or an everyday word."""
    lookup = read_lookup()
    if len(word) <= _LONG_ENOUGH or word in lookup.noise or word in lookup.known:
        return word
    heard = _speller().nearest(word)
    if heard is not None and word not in ordinary_words():
        return heard
    near = process.extractOne(word, lookup.known, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    if near is None or near[0][0] != word[0] or abs(len(near[0]) - len(word)) > _MOST_LONGER:
        return word
    return str(near[0])


@lru_cache(maxsize=1)
def _speller() -> Speller:
    return Speller(read_lookup().known, shortest=_LONG_ENOUGH + 1)


def family_of(wanted: Wanted) -> Phrase | None:
    """The family that was asked for by its name alone: 'ressonância' is many codes, and none of them is meant."""
    content = frozenset(wanted.content)
    return next((phrase for phrase in read_lookup().phrases if phrase.family and phrase.words == content), None)


def _likely(words: Sequence[str], lookup: Lookup) -> dict[str, float]:
    """Codes of every phrase that was said in full and is most of what was said; longer ones first."""
    likely: dict[str, float] = {}
    left = set(words)

    def weight(word: str) -> float:
        return lookup.light.get(word, 1.0)

    for phrase in lookup.phrases:
        if not phrase.words or not phrase.words <= set(words) or not phrase.words & left:
            continue
        share = sum(map(weight, phrase.words)) / sum(map(weight, words))
        if share < _LEAST_SHARE:
            continue
        left -= phrase.words
        for rank, code in enumerate(phrase.codes):
            score = _ABOUT_COVER * share + (1 - _ABOUT_COVER) - rank / 100
            likely[code] = max(score, likely.get(code, 0.0))
    return likely


def _likeness(word: str, other: str) -> float:
    """1 for the same word, a little less for another form or a typo of it, else 0."""
    if word == other:
        return 1.0
    if min(len(word), len(other)) < _LONG_ENOUGH:
        return 0.0
    ratio = fuzz.ratio(word, other)
    return ratio / 100 if ratio >= _SAME else 0.0

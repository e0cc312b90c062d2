"""Words that are written by ear or with a slip, and the known word that is meant. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

# What sounds alike in Brazilian Portuguese, in the order in which it is put into one spelling. Accents are off.
_ALIKE = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^pi?s+(?=i)", "s"),  # 'siquiatra', 'pisicólogo'
        (r"ph", "f"),
        (r"[cs]h", "x"),
        (r"(?<![ln])h", ""),
        (r"y", "i"),
        (r"w", "v"),
        (r"qu(?=[ei])|q", "k"),
        (r"s?c(?=[ei])|ss|z", "s"),
        (r"c", "k"),
        (r"gu(?=[ei])", "g"),
        (r"g(?=[ei])", "j"),
        (r"m(?![aeiou])", "n"),
        (r"l$", "u"),
        (r"([a-z])\1+", r"\1"),
    )
)
_SAME_BEGINNING = str.maketrans("iu", "eo")  # 'emperatriz', 'indocrinologista'
_VOWELS = re.compile(r"[aeiou]")
# From so many letters of the known word on, so many slips are forgiven.
_FORGIVEN = ((15, 3), (10, 2), (7, 1))
_MOST_SLIPS = 3


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """A folded word spelled by its sound: 'cardiolojista' and 'cardiologista' are one."""
    for pattern, spelling in _ALIKE:
        word = pattern.sub(spelling, word)
    return word


def _forgiven(known: str) -> int:
    return next((slips for least, slips in _FORGIVEN if len(known) >= least), 0)


class Speller:
    """Known words (folded; several words with blanks are one), among which a misspelled one is looked for."""

    def __init__(self, known: Iterable[str], *, shortest: int = 6) -> None:
        """`shortest`: fewer letters are never taken for a slip of anything."""
        self._shortest = shortest
        self._by_sound: dict[str, str] = {}
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        for word in known:
            if sound(word) not in self._by_sound:
                self._by_sound[sound(word)] = word
                self._by_beginning[_beginning(sound(word))].append(sound(word))

    def nearest(self, word: str) -> str | None:
        """The known word that sounds like this one or is a slip or two away; None where no one is near.

        It begins alike; one slip in seven letters, two in ten, three in fifteen. Between two that are equally near,
        the one with the same consonants is meant: people drop vowels.
        """
        if len(word) < self._shortest:
            return None
        heard = sound(word)
        if heard in self._by_sound:
            return self._by_sound[heard]
        among = self._by_beginning.get(_beginning(heard), ())
        found = process.extract(heard, among, scorer=OSA.distance, score_cutoff=_MOST_SLIPS, limit=None)
        near = [(known, slips) for known, slips, _ in found if slips <= _forgiven(known)]
        if not near:
            return None
        best, _ = min(near, key=lambda one: (one[1], OSA.distance(_consonants(heard), _consonants(one[0]))))
        return self._by_sound[best]


def _beginning(word: str) -> str:
    return word[:1].translate(_SAME_BEGINNING)


def _consonants(word: str) -> str:
    return _VOWELS.sub("", word)

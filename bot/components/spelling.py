"""Misspelt words made known ones, and accents put back: from the training data's own words, without a dictionary.

A word that the training data have is left alone; another becomes the nearest of them by letters, if one is near.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any, Dict, Iterable, List

from symspellpy import SymSpell, Verbosity

from bot.components.normalize import ABBREVIATIONS, bare_word, normalize, strip_accents

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 4  # below, every word is near to another
_TWO_ERRORS = 7  # from this length on, two letters may be wrong
_SEEN = 2  # what was seen once may itself be misspelt: nothing is turned into it
_ACCENTED_COUNTS = 3  # who leaves accents out writes often; the written accent is the word's


class Spelling:
    """What the training data's words look like: how often each was seen, and how it is written with its accents."""

    def __init__(self, counts: Dict[str, int], accented: Dict[str, str]) -> None:
        self._counts, self._accented = counts, accented
        self._near = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word, count in counts.items():
            if count >= _SEEN:
                self._near.create_dictionary_entry(word, count)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Spelling:
        """Counts the words of texts as people wrote them."""
        counts: Counter[str] = Counter()
        written: Dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            counts.update(word for word in normalize(text).split() if word.isalpha())
            for word in _WORD.findall(text.lower()):
                written[strip_accents(word)][word] += 1
        accented = {plain: _commonest(plain, forms) for plain, forms in written.items()}
        return cls(dict(counts), {plain: form for plain, form in accented.items() if form != plain})

    def plain(self, text: str) -> str:
        """The normalized text, its unknown words repaired where a known one is near."""
        return " ".join(self.repair(word) for word in normalize(text).split())

    def tidy(self, text: str) -> str:
        """The text as it was meant: lower case, abbreviations written out, words repaired, accents put back."""
        return _WORD.sub(lambda found: self._tidy_word(found.group()), text.lower())

    def repair(self, word: str) -> str:
        """A known word for an unknown one that differs by a letter (by two in a long one). Normalized in and out."""
        if len(word) < _SHORTEST or not word.isalpha() or word in self._counts:
            return word
        errors = 2 if len(word) >= _TWO_ERRORS else 1
        found = self._near.lookup(word, Verbosity.TOP, max_edit_distance=errors)
        return found[0].term if found else word

    def _tidy_word(self, word: str) -> str:
        plain = bare_word(word)
        if plain in ABBREVIATIONS:
            return " ".join(self._accented.get(part, part) for part in ABBREVIATIONS[plain].split())
        repaired = self.repair(plain)
        return self._accented.get(repaired, repaired)

    def as_json(self) -> Dict[str, Any]:
        """What `from_json` takes."""
        return {"counts": self._counts, "accented": self._accented}

    @classmethod
    def from_json(cls, kept: Dict[str, Any]) -> Spelling:
        """A Spelling from `as_json`."""
        return cls(kept["counts"], kept["accented"])


def _commonest(plain: str, forms: Counter[str]) -> str:
    weighed: List[str] = sorted(forms)
    return max(weighed, key=lambda form: forms[form] * (1 if form == plain else _ACCENTED_COUNTS))

"""Numbers in words, as people write and dictate them, put into figures. Pure."""

from __future__ import annotations

import re

_UNITS = {
    "um": 1, "uma": 1, "dois": 2, "duas": 2, "tres": 3, "quatro": 4, "cinco": 5, "seis": 6, "sete": 7, "oito": 8,
    "nove": 9,
}  # fmt: skip
_TEENS = {
    "dez": 10, "onze": 11, "doze": 12, "treze": 13, "quatorze": 14, "catorze": 14, "quinze": 15, "dezesseis": 16,
    "dezasseis": 16, "dezessete": 17, "desessete": 17, "dezoito": 18, "desoito": 18, "dezenove": 19, "desenove": 19,
}  # fmt: skip
_TENS = {
    "vinte": 20, "trinta": 30, "quarenta": 40, "cinquenta": 50, "cincoenta": 50, "sessenta": 60, "secenta": 60,
    "setenta": 70, "oitenta": 80, "noventa": 90,
}  # fmt: skip
_HUNDREDS = {
    "cem": 100, "cento": 100, "duzentos": 200, "duzentas": 200, "trezentos": 300, "tresentos": 300, "trezentas": 300,
    "quatrocentos": 400, "quatrocentas": 400, "quinhentos": 500, "quinhentas": 500, "seiscentos": 600,
    "seicentos": 600, "seiscentas": 600, "setecentos": 700, "setecentas": 700, "oitocentos": 800, "oitocentas": 800,
    "novecentos": 900, "novecentas": 900,
}  # fmt: skip
_VALUES = {**_UNITS, **_TEENS, **_TENS, **_HUNDREDS}
_THOUSAND, _HUNDRED, _TWENTY, _TEN = 1000, 100, 20, 10
_ARTICLES = frozenset({"um", "uma"})
_SIX = "meia"  # half a dozen: how a six is dictated

_NAMES = "|".join(sorted({*_VALUES, "mil"}, key=len, reverse=True))
# After a figure 'mil' multiplies it ('2 mil'), and 'dez' is December ('12 dez').
_FIRST = "|".join(sorted(_VALUES.keys() - {"dez"}, key=len, reverse=True))
_RUN = re.compile(rf"\b(?:{_FIRST}|(?<!\d )(?:mil|dez))\b(?:(?: e)? (?:{_NAMES})\b)*")
_DICTATED = re.compile(rf"(?:\b(?:zero|{_SIX}|{_NAMES}|\d{{1,3}})\b[ ,.;-]*(?:e |traco |ponto |tracinho )?){{5,}}")
_DIGIT_WORDS = {"zero": "0", _SIX: "6", "um": "1", "uma": "1"}
_DIGIT_WORD = re.compile(rf"(?<! e )\b(?:{'|'.join(_DIGIT_WORDS)})\b")
_SPOKEN_SIGN = re.compile(r"\b(?:traco|tracinho|ponto)\b")


def figures(text: str) -> str:
    """Folded text with its number words as figures: 'vinte e três' is '23', 'mil e duzentos' is '1200'.

    'Um' and 'uma' alone stay words, since they are articles. Numbers that make none together stay apart: 'nove e
    quinze' is '9 e 15', 'cinco dois nove' is '5 2 9'.
    """
    return _RUN.sub(_in_figures, text)


def dictated(text: str) -> str:
    """As `figures`, with the digits of what is dictated: 'cinco dois nove, meia um zero' is '5 2 9, 6 1 0'."""
    return figures(_DICTATED.sub(_digits, text))


def _digits(found: re.Match[str]) -> str:
    return _SPOKEN_SIGN.sub(" ", _DIGIT_WORD.sub(lambda word: _DIGIT_WORDS[word.group()], found.group()))


def _in_figures(found: re.Match[str]) -> str:
    """One run of number words: as many numbers as its words make, with the 'e' that joins none kept."""
    said: list[str] = []
    number: _Sum | None = None
    joined = False
    for word in found.group().split():
        if word == "e":
            joined = True
            continue
        if number is not None and number.take(word, joined=joined):
            joined = False
            continue
        if number is not None:
            said.append(number.text())
            said += ["e"] if joined else []
        number, joined = _Sum(word), False
    return " ".join([*said, number.text()] if number else said)


class _Sum:
    """A number that is being said, from its large words to its small ones."""

    def __init__(self, word: str) -> None:
        self._words = [word]
        self._thousands = _THOUSAND if word == "mil" else 0
        self._rest = 0 if word == "mil" else _VALUES[word]
        self._room = _THOUSAND if word == "mil" else _room_after(self._rest)

    def take(self, word: str, *, joined: bool) -> bool:
        """Adds a word that goes on with this number; False where it begins another."""
        if word == "mil":
            if self._thousands or not self._rest or joined:
                return False
            self._thousands, self._rest, self._room = self._rest * _THOUSAND, 0, _THOUSAND
        else:
            value = _VALUES[word]
            if value >= self._room or not (joined or self._rest == 0 or value < _TEN):
                return False
            self._rest, self._room = self._rest + value, _room_after(value)
        self._words.append(word)
        return True

    def text(self) -> str:
        """In figures; an article as it is."""
        if len(self._words) == 1 and self._words[0] in _ARTICLES:
            return self._words[0]
        return str(self._thousands + self._rest)


def _room_after(value: int) -> int:
    """What may still follow is less than this: after 'vinte' a unit, after 'duzentos' all below a hundred."""
    if value >= _HUNDRED:
        return _HUNDRED
    return _TEN if value >= _TWENTY else 0

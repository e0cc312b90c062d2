"""Slips of a thumb on a telephone's keyboard: training sees them, and the evaluation measures what they cost."""

from __future__ import annotations

from random import Random

_ROWS = ("qwertyuiop", "asdfghjklç", "zxcvbnm")
_NEIGHBOURS = {
    letter: [row[at] for at in (place - 1, place + 1) if 0 <= at < len(row)]
    for row in _ROWS
    for place, letter in enumerate(row)
}


def misspell(text: str, random: Random, *, letters_per_slip: int) -> str:
    """The text with one slip for so many letters, at random places: swapped, left out, doubled or a neighbour's key."""
    places = [place for place, character in enumerate(text) if character.isalpha()]
    characters = list(text)
    for place in sorted(random.sample(places, round(len(places) / letters_per_slip)), reverse=True):
        _slip(characters, place, random)
    return "".join(characters)


def _slip(characters: list[str], place: int, random: Random) -> None:
    kind = random.choice(("swap", "leave_out", "double", "neighbour"))
    letter = characters[place]
    if kind == "swap" and place + 1 < len(characters) and characters[place + 1].isalpha():
        characters[place : place + 2] = [characters[place + 1], letter]
    elif kind == "leave_out":
        characters.pop(place)
    elif kind == "double":
        characters.insert(place, letter)
    else:
        characters[place] = random.choice(_NEIGHBOURS.get(letter.lower(), ["e"]))

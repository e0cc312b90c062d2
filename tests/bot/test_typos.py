"""Typing slips: as many as asked for, the same for the same seed, and nothing but letters moved."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.components.typos import misspell

TEXTS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzçãé 0123456789?!", max_size=120)


@given(TEXTS, st.integers(0, 1000), st.integers(4, 20))
def test_there_is_at_most_one_slip_for_so_many_letters(text: str, seed: int, letters: int) -> None:
    slipped = misspell(text, Random(seed), letters_per_slip=letters)
    slips = round(sum(character.isalpha() for character in text) / letters)
    assert OSA.distance(text, slipped) <= 2 * slips  # two that touch may count as more
    assert sorted(c for c in slipped if not c.isalpha()) == sorted(c for c in text if not c.isalpha())


@given(TEXTS, st.integers(0, 1000))
def test_the_same_seed_slips_the_same_way(text: str, seed: int) -> None:
    assert misspell(text, Random(seed), letters_per_slip=8) == misspell(text, Random(seed), letters_per_slip=8)

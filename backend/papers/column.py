"""Running text on papers: sections, facts and paragraphs under each other, over as many pages as they need."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics

from backend.papers.layout import (
    ACCENT,
    BOLD,
    LEFT,
    MM,
    PLAIN,
    RIGHT,
    SOFT,
    TINT,
    WIDTH,
    Operator,
    Paper,
    width_of,
)  # fmt: skip

BOTTOM: Final = 20 * MM
GAP: Final = 4 * MM
_LEADING = 1.45
_ROW = 9.6 * MM
_APART = 6 * MM

Fact = tuple[str, str, float]  # label, value, share of the width


class Column:
    """The pen of a paper that goes down the page: `y` is where the next piece begins, in points from below.

    `foot` gives the line at the foot of a page from its number; what has no room opens the next page.
    """

    def __init__(self, paper: Paper, title: str, *, foot: Callable[[int], str]) -> None:
        self.paper, self._title, self._foot = paper, title, foot
        self.page = 0
        self.y = self._begin()

    def _begin(self) -> float:
        self.page += 1
        self.paper.foot(self._foot(self.page))
        return self.paper.head(self._title)

    def room(self, height: float) -> bool:
        """Goes on to the next page where fewer than `height` points are left on this one; gives whether it did."""
        if self.y - height >= BOTTOM:
            return False
        self.paper.canvas.showPage()
        self.y = self._begin() - 2 * MM
        return True

    def heading(self, words: str, *, size: float = 15) -> None:
        """The first line of a paper, in large letters, in as many lines as it needs."""
        self.y -= 10 * MM
        for line in simpleSplit(printable(words), BOLD, size, WIDTH):
            self.paper.text((LEFT, self.y), line, size=size, font=BOLD)
            self.y -= size * 1.3
        self.y += size * 1.3

    def section(self, words: str, *, followed_by: float = 14 * MM) -> None:
        """A section's title over a rule, kept together with `followed_by` points of what follows."""
        self.room(10 * MM + followed_by)
        self.y -= 8 * MM
        self.paper.text((LEFT, self.y), words, size=10.5, font=BOLD, color=ACCENT)
        self.paper.rule(self.y - 1.8 * MM)
        self.y -= 2.5 * MM

    def facts(self, *row: Fact) -> None:
        """A row of small labels over their values; an empty value is a dash."""
        self.room(10 * MM)
        self.y -= _ROW
        x = LEFT
        for label, value, share in row:
            width = WIDTH * share
            shown = printable(value) or "—"
            self.paper.labelled((x, self.y), label, shown, size=9.5, fit=min(width - GAP, RIGHT - x))
            x += width

    def paragraph(self, words: str, *, size: float = 9.5, gap: float = 5 * MM, indent: float = 0) -> None:
        """Text as wide as the page from `indent` on, its first line `gap` points under what stands over it."""
        self.y -= gap
        for line in _lines(words, PLAIN, size, WIDTH - indent):
            if self.room(0):
                self.y -= _APART
            self.paper.text((LEFT + indent, self.y), line, size=size)
            self.y -= size * _LEADING
        self.y += size * _LEADING

    def numbered(self, sentences: Sequence[str], *, size: float = 9) -> None:
        """Sentences under each other, each with its number."""
        for number, sentence in enumerate(sentences, 1):
            self.room(size * _LEADING * 2)
            self.paper.text((LEFT, self.y - _APART), f"{number}.", size=size, font=BOLD, color=ACCENT)
            self.paragraph(sentence, size=size, gap=_APART, indent=6 * MM)

    def spelled(self, label: str, value: str) -> None:
        """A label over a value that may be long: it goes over as many lines as it needs."""
        self.room(_ROW + _APART)
        self.y -= _ROW
        self.paper.text((LEFT, self.y + 9.5 * 1.35), label, size=7.5, color=SOFT)
        self.paragraph(value or "—", gap=0)

    def note(self, title: str, words: str, *, size: float = 9.5) -> None:
        """A tinted box with what matters most, whole on one page."""
        inset = 5 * MM
        lines = _lines(words, PLAIN, size, WIDTH - 2 * inset)
        height = 2 * inset + 6 * MM + len(lines) * size * _LEADING
        self.room(height + 8 * MM)
        top = self.y - 8 * MM
        self.paper.box((LEFT, top - height), (WIDTH, height), fill=TINT)
        self.paper.text((LEFT + inset, top - inset - 2.5 * MM), title, size=10.5, font=BOLD)
        y = top - inset - 9.5 * MM
        for line in lines:
            self.paper.text((LEFT + inset, y), line, size=size)
            y -= size * _LEADING
        self.y = top - height

    def line(self, left: str, right: str, *, at: float, size: float = 9.5) -> None:
        """A row with `left` in soft and `right` from `at` points on, in as many lines as it needs; a rule under it."""
        lines = _lines(right, PLAIN, size, WIDTH - at)
        self.room(len(lines) * size * _LEADING + 6 * MM)
        self.y -= 6 * MM
        self.paper.text((LEFT, self.y), printable(left), size=size, color=SOFT, fit=at - GAP)
        for number, words in enumerate(lines):
            self.paper.text((LEFT + at, self.y - number * size * _LEADING), words, size=size)
        self.y -= (len(lines) - 1) * size * _LEADING
        self.paper.rule(self.y - 2 * MM)


def pages_of(draw: Callable[[int], tuple[bytes, int]]) -> bytes:
    """A paper that says how many pages it has: drawn once to count them and once for good."""
    _, pages = draw(1)
    return draw(pages)[0]


def new_column(operator: Operator, title: str, *, foot: str, pages: int) -> Column:
    """A column on a new paper; its foot names the page where there is more than one."""

    def foot_of(page: int) -> str:
        return f"{foot} Página {page} de {pages}." if pages > 1 else foot

    return Column(Paper(title=title, operator=operator), title, foot=foot_of)


def printable(words: str) -> str:
    """Words as our font can draw them: on one line, without signs that it has not (emoji, control characters)."""
    known = _signs()
    composed = unicodedata.normalize("NFC", " ".join(words.split()))
    return " ".join("".join(sign for sign in composed if ord(sign) in known).split())


@lru_cache(maxsize=1)
def _signs() -> frozenset[int]:
    width_of("", PLAIN, 9)  # the fonts are registered by now
    return frozenset(pdfmetrics.getFont(PLAIN).face.charToGlyph)


def _lines(words: str, font: str, size: float, width: float) -> list[str]:
    """Lines no wider than `width`; what people wrote as lines stays so, and a word that is too long is broken."""
    lines: list[str] = []
    for paragraph in words.splitlines() or [""]:
        for line in simpleSplit(printable(paragraph), font, size, width):
            lines.extend(_broken(line, font, size, width))
    return lines or [""]


def _broken(line: str, font: str, size: float, width: float) -> list[str]:
    parts = [""]
    for sign in line:
        if width_of(parts[-1] + sign, font, size) > width:
            parts.append("")
        parts[-1] += sign
    return parts

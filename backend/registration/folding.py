"""A message that is read piece by piece: folded for comparing, with each letter where it was, so that values keep
their capitals and accents."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 1000
TAKEN = "|"


class Said:
    """A text and its folded twin of the same length; what was read is taken out, so that nothing is read twice.

    A new line parts words as a comma does.
    """

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)[:LONGEST].replace("\n", ",")
        self.folded = "".join(_folded(sign) for sign in self.text)

    def take(self, start: int, end: int) -> str:
        """The words between two places, as they were written; marks them as read."""
        taken = self.text[start:end]
        mark = TAKEN * (end - start)
        self.text = self.text[:start] + mark + self.text[end:]
        self.folded = self.folded[:start] + mark + self.folded[end:]
        return taken.replace(TAKEN, " ")

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first place where a pattern fits the folded text."""
        return pattern.search(self.folded)


def _folded(sign: str) -> str:
    base = unicodedata.normalize("NFKD", sign)[:1].lower()
    return base if len(base) == 1 else sign

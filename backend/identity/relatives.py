"""Whose a number or a date is: the words for the family that stand before it. Pure."""

from __future__ import annotations

import re
from typing import Literal

RELATIVE = (
    r"(?:mae|mamae|pai|papai|filh[ao]s?|menin[ao]|bebe|espos[ao]|marido|mulher|companheir[ao]|sogr[ao]|irma|irmao"
    r"|avo|vo|neta|neto|tia|tio|sobrinh[ao]|prim[ao]|cunhad[ao]|genro|nora|enteada|enteado)\b"
)
_MARKS = re.compile(
    rf"(?P<relative>\b(?:d[aeo]|meu|minha|d[aeo] meu|d[aeo] minha) {RELATIVE}|\bdel[ea]s?\b)"
    r"|(?P<own>\b(?:meu|minha|eu)\b)"
)


def whose(text: str) -> Literal["", "own", "relative"]:
    """Whose the thing is that a folded text speaks of last: 'o cpf da minha mãe é', 'e o meu é'; empty where unsaid."""
    last = next((mark.lastgroup for mark in reversed(list(_MARKS.finditer(text)))), None)
    return "" if last is None else "own" if last == "own" else "relative"

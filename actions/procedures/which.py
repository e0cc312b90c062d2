"""Which of somebody's authorizations a text means. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.identifiers import plain
from backend.procedures.tables import Authorization
from backend.procedures.words import fit, said_for, understand

MEANT = 0.5
SHORTENED = 3  # letters
_DENIED = re.compile(r"\b(?:neg(?:ad[oa]s?|aram|ou|ativa)|recus(?:ad[oa]s?|aram|ou))\b")
_MISSING = re.compile(r"\b(?:falt(?:a|am|ou|ando|ava)|pend(?:ente|encia)|documentos?|laudo)\b")


def meant_of(text: str, offered: Sequence[dict[str, str]]) -> list[str]:
    """The ids of what was offered that a text means; none where it names nothing. Pure."""
    return [one["id"] for one in offered if is_meant(text, one["term"], one["code"])]


def is_meant(text: str, term: str, code: str) -> bool:
    """Whether a text means the procedure of this term and code: by words, by a short form, by its kind alone. Pure."""
    wanted = understand(text)
    if wanted.code:
        return wanted.code == code
    if code in wanted.likely or (wanted.content and fit(wanted.content, f"{term} {said_for(code)}") >= MEANT):
        return True
    if any(name.startswith(word) for word in wanted.content if len(word) >= SHORTENED for name in plain(term).split()):
        return True  # 'o eco', 'a lipo'
    return not wanted.content and code[0] in wanted.kinds


def in_that_state(said: str, found: Sequence[Authorization]) -> list[Authorization]:
    """'A que negaram', 'o que falta?': those in the state that a text names, where any is; else all of them. Pure."""
    states = {"denied": _DENIED, "waiting_document": _MISSING}
    named = [one for one in found if one.state in states and states[one.state].search(said)]
    return named or list(found)

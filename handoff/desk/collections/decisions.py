"""The decision list by what is to be done about each case. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.delinquency.decisions import Due
from backend.identifiers import plain

A_PAGE = 25
GROUPS: Mapping[str, str] = {"due": "A decidir", "running": "Ainda não", "decided": "Decididos"}


def group_of(due: Due) -> str:
    """`due`: a person may decide now and nobody has since it became so; `decided`: one has; `running`: not yet."""
    if not due.decision.due:
        return "running"
    return "decided" if due.decided is not None and due.decided.seen.get("due") else "due"


def sorted_out(dues: Sequence[Due]) -> Mapping[str, list[Due]]:
    """The cases by group, each in the order in which they were given."""
    found: dict[str, list[Due]] = {code: [] for code in GROUPS}
    for due in dues:
        found[group_of(due)].append(due)
    return found


def named(dues: Sequence[Due], text: str) -> list[Due]:
    """Those whose person's name holds the text, whose CPF begins with it, or whose contract's number it is."""
    words, digits = plain(text), "".join(letter for letter in text if letter.isdecimal())
    return [
        due
        for due in dues
        if words in plain(due.person.full_name)
        or (digits and due.person.cpf.startswith(digits))
        or words == plain(due.contract.number)
    ]

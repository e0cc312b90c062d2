"""The states of an authorization, which may follow which, and who may move it there. Pure. [processes.md, 4]"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.actor import Actor
from backend.errors import InvalidInput, NotAllowed
from backend.identifiers import authorization_number

# What people read.
TITLES: Mapping[str, str] = {
    "requested": "pedido recebido",
    "in_audit": "em análise",
    "waiting_document": "aguardando documento",
    "approved": "autorizado",
    "denied": "negado",
    "performed": "realizado",
    "cancelled": "cancelado",
    "expired": "com a validade vencida",
}
# A denial can be looked at again (RN 623: the ombudsman), so it leads back into the audit.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "requested": frozenset({"in_audit", "waiting_document", "approved", "denied", "cancelled"}),
    "in_audit": frozenset({"waiting_document", "approved", "denied", "cancelled"}),
    "waiting_document": frozenset({"in_audit", "cancelled"}),
    "approved": frozenset({"performed", "cancelled"}),
    "denied": frozenset({"in_audit"}),
    "performed": frozenset(),
    "cancelled": frozenset(),
}
OPEN = frozenset({"requested", "in_audit", "waiting_document"})
ENDS = frozenset({"approved", "denied", "performed", "cancelled"})
DECISIONS = frozenset({"approved", "denied"})
# What a person may do about his own request: withdraw it, bring what was missing, ask that it is looked at again.
OWN_MOVES = frozenset({"cancelled", "in_audit"})
PROGRAMS = frozenset({"assistant", "system"})


@dataclass(frozen=True, slots=True)
class Move:
    """Where an authorization is to go, and what was given with it."""

    state: str
    reason: str = ""
    clause: str = ""
    missing: str = ""
    decided_by: str = ""


def check(present: str, move: Move, actor: Actor) -> None:
    """Lets a right move pass. InvalidInput for a wrong one, NotAllowed where somebody else has to make it.

    Rule 9: a program refuses nothing; a denial passes with its reason, its clause and the person who signed it.
    """
    if move.state not in TRANSITIONS.get(present, frozenset()):
        raise InvalidInput(_wrong(present, move.state), detail=f"no move from {present} to {move.state}")
    if actor.kind == "person" and move.state not in OWN_MOVES:
        raise NotAllowed(detail=f"a person may not move to {move.state}")
    if move.state == "waiting_document" and not move.missing.strip():
        raise InvalidInput("Diga qual documento está faltando.", detail="missing is empty")
    if move.state == "denied":
        _check_denial(move, actor)


def number_in(text: str) -> str | None:
    """The first authorization number (twelve digits) in a text, or None."""
    return authorization_number(text)


def _check_denial(move: Move, actor: Actor) -> None:
    if actor.kind in PROGRAMS and not move.decided_by.strip():
        raise NotAllowed("Uma negativa precisa ser assinada por uma pessoa.", detail="denied by a program")
    if not move.reason.strip():
        raise InvalidInput("Diga o motivo da negativa, em palavras simples.", detail="reason is empty")
    if not move.clause.strip():
        raise InvalidInput("Diga a cláusula do contrato ou a lei em que a negativa se apoia.", detail="clause is empty")
    if not move.decided_by.strip():
        raise InvalidInput("Diga quem assina a negativa: nome e registro profissional.", detail="decided_by is empty")


def _wrong(present: str, wanted: str) -> str:
    if wanted not in TITLES or wanted == "expired":
        return "Essa situação não existe para uma guia."
    if present == wanted:
        return f"Essa guia já está como “{TITLES[present]}”."
    return f"Uma guia na situação “{TITLES.get(present, present)}” não pode passar para “{TITLES[wanted]}”."

"""Authorizations under an auditor's hand: approved, denied with a signature, a document asked for. [processes.md 4]"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from backend.errors import InvalidInput, NotFound
from backend.procedures import verbs
from backend.procedures.letters import signature_of
from backend.procedures.states import TITLES, TRANSITIONS
from backend.procedures.tables import Authorization
from handoff.desk.boards.work import LONGEST, Work, unchanged

_DESK = ("approved", "denied", "waiting_document", "in_audit", "performed", "cancelled")
_DONE = {
    "approved": "Guia autorizada: a pessoa vai saber.",
    "denied": "Negativa registrada: a pessoa vai saber, por escrito.",
    "waiting_document": "Documento pedido: a pessoa vai saber o que falta.",
    "in_audit": "De volta à análise.",
    "performed": "Guia realizada.",
    "cancelled": "Guia cancelada: a pessoa vai saber.",
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was typed about an authorization; `name` and `registration` sign a denial."""

    state: str
    text: str = ""
    reason: str = ""
    clause: str = ""
    missing: str = ""
    name: str = ""
    registration: str = ""
    confirmed: bool = False

    @classmethod
    def typed(cls, fields: Mapping[str, str]) -> Ruling:
        """The ruling of a form; InvalidInput where a text is too long."""
        names = ("state", "text", "reason", "clause", "missing", "name", "registration")
        words = {name: fields.get(name, "").strip() for name in names}
        if any(len(text) > LONGEST for text in words.values()):
            raise InvalidInput(f"O texto passa de {LONGEST} caracteres.", detail="long text")
        return cls(**words, confirmed=fields.get("confirmed") == "1")

    @property
    def decided_by(self) -> str:
        """The signature as it is kept: 'Dra. Ana Lima, CRM-MA 1234'."""
        return ", ".join(filter(None, [self.name, self.registration]))

    def check(self) -> None:
        """Lets a whole denial pass; InvalidInput that says what is missing. [rule 9; RN 623] Pure."""
        if self.state != "denied":
            return
        for text, missing in (
            (self.reason, "Diga o motivo da negativa, em palavras simples."),
            (self.clause, "Diga a cláusula do contrato ou a lei em que a negativa se apoia."),
            (self.name, "Diga quem assina a negativa."),
        ):
            if not text:
                raise InvalidInput(missing, detail="denial is not whole")
        if not signature_of(self.decided_by).registration:
            raise InvalidInput("Escreva o registro profissional com o estado, como CRM-MA 1234.", detail="registration")


def possible(authorization: Authorization) -> list[str]:
    """The states to which the desk may move it, in the order of the buttons. Pure."""
    return [state for state in _DESK if state in TRANSITIONS.get(authorization.state, frozenset())]


async def rule(work: Work, *, authorization_id: UUID, known: str, ruling: Ruling) -> str:
    """Moves an authorization; Taken where somebody moved it since the form knew it (`known`, its state)."""
    authorization = await verbs.get(work.session, authorization_id)
    if authorization.protocol_id != work.protocol.id:
        raise NotFound("Esta guia não é deste protocolo.", detail="authorization of another protocol")
    if work.repeated:
        return _DONE.get(ruling.state, "Feito.")
    await work.session.refresh(authorization, with_for_update=True)
    unchanged(authorization.state, known)
    if ruling.state not in possible(authorization):
        title = TITLES.get(authorization.state, authorization.state)
        raise InvalidInput(f"Uma guia “{title}” não muda assim.", detail=f"no move to {ruling.state}")
    ruling.check()
    work.note("console.rule", authorization=str(authorization_id), state=ruling.state)
    await verbs.move(
        work.session, authorization=authorization, state=ruling.state, text=ruling.text, reason=ruling.reason,
        clause=ruling.clause, missing=ruling.missing, decided_by=ruling.decided_by, actor=work.actor, now=work.now,
        request_key=work.key,
    )  # fmt: skip
    return _DONE[ruling.state]

"""What the desk decides about a protocol as a whole: each kind's own verbs, and the machine's moves for the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Literal

from backend.coming_of_age import verbs as coming_of_age
from backend.disputes import verbs as disputes
from backend.disputes.proof import Performed
from backend.documents import review
from backend.errors import InvalidInput
from backend.holder_change import verbs as holder_change
from backend.protocols import moving
from backend.protocols.machines import MACHINES
from backend.protocols.stages import Move
from backend.protocols.tables import Protocol
from backend.registration import verbs as registration
from backend.store.files import File
from handoff.desk.boards.work import LONGEST, Work, short

Fields = Mapping[str, str]
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Decision:
    """A move as a form: the button's words, and what is written with it.

    `field` is the text's name in the form, empty where nothing is written; `prompt` asks for it. `uploads`: a file may
    go with it. `key` is the key of the keyboard that opens it. `main` is what the stage is for. `warning` is read
    before it is confirmed. `second_look`: a 'no' that the person reads is shown once more before it is told.
    """

    name: str
    label: str
    done: str
    field: str = ""
    prompt: str = ""
    hint: str = ""
    required: bool = False
    uploads: bool = False
    key: str = ""
    main: bool = False
    warning: str = ""
    second_look: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What was written with a decision: its text, the form's other fields, and a file."""

    text: str = ""
    fields: Fields = field(default_factory=dict)
    proof: File | None = None


Verb = Callable[[Work, Said], Awaitable[None]]


def _correction(hint: str, *, required: bool = False) -> Decision:
    return Decision(
        "ask_correction", "Pedir correção", "Correção pedida: a pessoa recebe o motivo.", "reason",
        "O que a pessoa precisa corrigir", hint, required=required, key="c",
    )  # fmt: skip


def _refusal() -> Decision:
    return Decision(
        "refuse", "Não é possível", "Encerrado: a pessoa recebe o motivo.", "reason", "Por que não é possível",
        _READ_BY_THE_PERSON, required=True, second_look=True,
        warning="O protocolo termina aqui. A pessoa recebe o motivo e o caminho da ouvidoria.",
    )  # fmt: skip


_READ_BY_THE_PERSON = "A pessoa lê este texto: escreva sem siglas e sem termos técnicos."
_PAPERS = "Recuse antes o documento errado: o motivo de cada recusa vai junto."
DECISIONS: Mapping[tuple[str, str], Decision] = {
    ("registration_update", "ask_correction"): _correction(
        "Recuse antes o que está errado: o motivo de cada recusa vai junto."
    ),
    ("registration_update", "finish"): Decision(
        "finish", "Encerrar sem o que foi recusado", "Protocolo concluído: a pessoa vai saber o que foi feito.",
        warning="O protocolo termina sem o que foi recusado, e a pessoa fica sabendo.",
    ),
    ("payment_report", "ask_correction"): _correction(_PAPERS),
    ("payment_report", "find_payment"): Decision(
        "find_payment", "Pagamento localizado", "Pagamento localizado: a pessoa foi avisada.", "text",
        "O que dizer sobre o pagamento", "Por exemplo: em que dia a fatura foi baixada.", main=True,
    ),
    ("payment_report", "miss_payment"): Decision(
        "miss_payment", "Pagamento não localizado", "Não localizado: a pessoa recebe o motivo.", "reason",
        "O que falta para localizar o pagamento", _READ_BY_THE_PERSON, required=True,
    ),
    ("coming_of_age", "ask_correction"): _correction(_PAPERS),
    ("coming_of_age", "approve"): Decision(
        "approve", "Tudo certo", "Conferido: o beneficiário foi avisado do que está pronto.", "ready",
        "O que está pronto para o beneficiário", "Por exemplo: a nova carteirinha, na recepção.", required=True,
        main=True,
    ),
    ("coming_of_age", "confirm"): Decision(
        "confirm", "Beneficiário confirmou: concluir", "Protocolo concluído.", main=True
    ),
    ("coming_of_age", "refuse"): _refusal(),
    ("holder_change", "refuse"): _refusal(),
    ("holder_change", "ask_correction"): _correction(_PAPERS),
    ("holder_change", "ask_original"): Decision(
        "ask_original", "Pedir o original", "Original pedido: a pessoa foi avisada.", "reason",
        "Onde e quando trazer o formulário original",
    ),
    ("holder_change", "finish"): Decision(
        "finish", "Concluir a troca", "Troca concluída: o cadastro já tem o novo titular.", main=True,
        warning="O cadastro passa a ter o novo titular, e as pessoas da troca são avisadas.",
    ),
    ("charge_dispute", "find_valid"): Decision(
        "find_valid", "Cobrança correta", "Cobrança confirmada: a pessoa recebe o comprovante.", "finding",
        "O que a análise encontrou", _READ_BY_THE_PERSON, required=True, uploads=True,
    ),
    ("charge_dispute", "find_improper"): Decision(
        "find_improper", "Cobrança indevida", "Cobrança indevida: a pessoa escolhe o desconto.", "finding",
        "O que a análise encontrou", _READ_BY_THE_PERSON, required=True,
    ),
    ("charge_dispute", "choose_current"): Decision(
        "choose_current", "Desconto na fatura atual", "Escolha registrada: vai para a tesouraria."
    ),
    ("charge_dispute", "choose_future"): Decision(
        "choose_future", "Desconto nas próximas faturas", "Escolha registrada: vai para o financeiro."
    ),
    ("charge_dispute", "settle"): Decision(
        "settle", "Confirmar o desconto", "Desconto confirmado: a pessoa foi avisada.", "text",
        "O que dizer sobre o desconto", "Por exemplo: em qual fatura ele aparece.", main=True,
    ),
}  # fmt: skip
_WITHDRAWAL = Decision(
    "record_withdrawal", "Registrar desistência", "Desistência registrada: a pessoa fica sabendo.",
    warning="O protocolo termina aqui, sem o que foi pedido. A pessoa é avisada, para o caso de não ter desistido.",
)  # fmt: skip
_LABELS = {"submit": "Enviar para conferência"}
# A dispute is handed in with what is disputed: `begin.py` asks for it.
_BY_ANOTHER_FORM = frozenset({("charge_dispute", "submit")})


def possible(protocol: Protocol) -> list[Decision]:
    """What the desk may decide about a protocol now, in the machine's order; nothing for a kind without one. Pure."""
    machine = MACHINES.get(protocol.kind)
    if machine is None or protocol.state == "closed":
        return []
    moves = machine.possible(protocol.stage or machine.start, "attendant")
    return [_of(protocol.kind, move) for move in moves if (protocol.kind, move.name) not in _BY_ANOTHER_FORM]


def _of(kind: str, move: Move) -> Decision:
    known = _known(kind, move.name)
    if known is not None:
        return known
    label = move.label or _LABELS.get(move.name, move.name)
    return Decision(
        move.name, label, "Feito.", "reason" if move.needs_reason else "", "Motivo, em palavras que a pessoa entenda",
        required=move.needs_reason, main=move.name == "submit",
    )  # fmt: skip


def _known(kind: str, name: str) -> Decision | None:
    return _WITHDRAWAL if name == _WITHDRAWAL.name else DECISIONS.get((kind, name))


def to_read_again(protocol: Protocol, name: str, fields: Fields) -> bool:
    """Whether a form is a 'no' that the person will read, and was not confirmed yet.

    InvalidInput where it may not be decided now or is not whole. Pure.
    """
    known = _known(protocol.kind, name)
    if known is None or not known.second_look or fields.get("confirmed") == "1":
        return False
    _checked(_possible_now(protocol, name), fields)
    return True


async def decide(work: Work, name: str, fields: Fields, *, proof: File | None = None) -> str:
    """Carries a decision out, once for its form; gives the sentence that says so.

    InvalidInput for one that is not possible now or lacks its words; what a process's verb refuses comes through.
    """
    if work.repeated:
        return _done(work.protocol.kind, name)
    found = _possible_now(work.protocol, name)
    text = _checked(found, fields)
    verb = _VERBS.get((work.protocol.kind, name)) or partial(_move, name=name)
    work.note("console.decide", move=name)
    await verb(work, Said(text, fields, proof))
    return found.done


def _possible_now(protocol: Protocol, name: str) -> Decision:
    found = {one.name: one for one in possible(protocol)}.get(name)
    if found is None:
        raise InvalidInput("Isso não pode ser feito na situação atual.", detail=f"no decision {name}")
    return found


def _checked(decision: Decision, fields: Fields) -> str:
    """What was written with a decision; InvalidInput where it is missing or too long. Pure."""
    text = fields.get(decision.field, "").strip() if decision.field else ""
    if decision.required and not text:
        raise InvalidInput(f"{decision.prompt}: escreva antes de confirmar.", detail="empty text")
    if len(text) > LONGEST:
        raise InvalidInput(f"O texto passa de {LONGEST} caracteres.", detail="long text")
    return text


def _done(kind: str, name: str) -> str:
    known = _known(kind, name)
    return known.done if known else "Feito."


def _given(work: Work) -> dict[str, Any]:
    return {"protocol": work.protocol, "request_key": work.key, "actor": work.actor, "now": work.now}


async def _move(work: Work, said: Said, *, name: str) -> None:
    await moving.move(work.session, **_given(work), name=name, reason=said.text)


async def _find_valid(work: Work, said: Said) -> None:
    performed = Performed(
        _day(said.fields.get("performed_on", "")), short(said.fields.get("provider", ""), _LONGEST_NAME),
        short(said.fields.get("authorization_number", ""), _LONGEST_NAME),
    )  # fmt: skip
    await disputes.find_valid(work.session, **_given(work), finding=said.text, proof=said.proof, performed=performed)


def _day(text: str) -> date | None:
    """A day as a browser's field gives it; InvalidInput for anything else. Pure."""
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError as error:
        raise InvalidInput("Escreva a data assim: 31/10/2026.", detail="day") from error


async def _choose(work: Work, _: Said, *, discount: Literal["current", "future"]) -> None:
    await disputes.choose_discount(work.session, **_given(work), discount=discount)


def _verb(call: Callable[..., Awaitable[object]], text_as: str = "") -> Verb:
    async def carried_out(work: Work, said: Said) -> None:
        await call(work.session, **_given(work), **({text_as: said.text} if text_as else {}))

    return carried_out


_VERBS: Mapping[tuple[str, str], Verb] = {
    ("registration_update", "submit"): _verb(registration.submit),
    ("registration_update", "ask_correction"): _verb(registration.ask_correction, "reason"),
    ("registration_update", "finish"): _verb(registration.finish),
    ("payment_report", "ask_correction"): _verb(review.ask_correction, "reason"),
    ("coming_of_age", "submit"): _verb(coming_of_age.submit),
    ("coming_of_age", "ask_correction"): _verb(coming_of_age.ask_correction, "reason"),
    ("coming_of_age", "approve"): _verb(coming_of_age.approve, "ready"),
    ("coming_of_age", "confirm"): _verb(coming_of_age.confirm),
    ("holder_change", "submit"): _verb(holder_change.submit),
    ("holder_change", "ask_correction"): _verb(holder_change.ask_correction, "reason"),
    ("holder_change", "ask_original"): _verb(holder_change.ask_original, "reason"),
    ("holder_change", "finish"): _verb(holder_change.finish),
    ("charge_dispute", "find_valid"): _find_valid,
    ("charge_dispute", "find_improper"): _verb(disputes.find_improper, "finding"),
    ("charge_dispute", "choose_current"): partial(_choose, discount="current"),
    ("charge_dispute", "choose_future"): partial(_choose, discount="future"),
    ("charge_dispute", "settle"): _verb(disputes.settle, "text"),
}

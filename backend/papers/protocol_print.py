"""A protocol on paper, for who comes to the counter. [processes.md, rules 1 and 8]"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.papers.column import Column, new_column, pages_of
from backend.papers.layout import BOLD, LEFT, MM, RIGHT, SOFT, WIDTH, Operator
from backend.store.clock import local

TITLE: Final = "Protocolo de atendimento"


@dataclass(frozen=True, slots=True)
class ProtocolPrint:
    """A protocol as the person may read it. Times are aware and printed local.

    `documents` are (name, state), `history` (time, words), oldest first; a closed protocol has no `due_at`.
    """

    operator: Operator
    number: str
    kind: str
    opened_at: datetime
    due_at: datetime | None
    person_name: str
    team: str
    stage: str
    printed_at: datetime
    documents: tuple[tuple[str, str], ...] = ()
    history: tuple[tuple[datetime, str], ...] = ()


def protocol_print(protocol: ProtocolPrint) -> bytes:
    """The protocol on A4 pages, with a QR code of its number for the desk."""
    return pages_of(lambda pages: _drawn(protocol, pages))


def _drawn(protocol: ProtocolPrint, pages: int) -> tuple[bytes, int]:
    foot = f"Impresso em {_moment(protocol.printed_at)}. Protocolo {protocol.number}."
    column = new_column(protocol.operator, TITLE, foot=foot, pages=pages)
    _number(column, protocol)
    _request(column, protocol)
    _documents(column, protocol)
    _history(column, protocol)
    words = (
        "Pelo WhatsApp, envie o número do protocolo e diga que quer saber como está.\n"
        f"Por telefone: {protocol.operator.phone}. No balcão: {protocol.operator.address}."
    )
    column.note("Para acompanhar", words)
    return column.paper.done(), column.page


def _number(column: Column, protocol: ProtocolPrint) -> None:
    side = 27 * MM
    column.paper.qr(protocol.number, (RIGHT - side, column.y - side - 2 * MM), side)
    column.paper.text((LEFT, column.y - 10 * MM), "Número do protocolo", size=8, color=SOFT)
    column.paper.text((LEFT, column.y - 17 * MM), protocol.number, size=17, font=BOLD)
    column.paper.text((LEFT, column.y - 24 * MM), protocol.kind, size=11, fit=WIDTH - side - 5 * MM)
    column.y -= 25 * MM


def _request(column: Column, protocol: ProtocolPrint) -> None:
    column.section("Seu pedido")
    column.facts(("Pessoa", protocol.person_name, 0.6), ("Setor", protocol.team, 0.4))
    column.facts(
        ("Aberto em", _moment(protocol.opened_at), 0.3),
        ("Prazo da resposta", f"{local(protocol.due_at):%d/%m/%Y}" if protocol.due_at else "", 0.3),
        ("Situação", _capital(protocol.stage), 0.4),
    )


def _documents(column: Column, protocol: ProtocolPrint) -> None:
    if not protocol.documents:
        return
    column.section("Documentos")
    for name, state in protocol.documents:
        column.line(_capital(name), _capital(state), at=95 * MM)


def _history(column: Column, protocol: ProtocolPrint) -> None:
    if not protocol.history:
        return
    column.section("Andamento")
    for at, words in protocol.history:
        column.line(_moment(at), _capital(words), at=42 * MM)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _moment(moment: datetime) -> str:
    """22/11/2026 às 14:05."""
    here = local(moment)
    return f"{here:%d/%m/%Y} {'à' if here.hour == 1 else 'às'} {here:%H:%M}"

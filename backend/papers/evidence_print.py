"""A case's evidence as one paper: every link with its digest, the head of the chain, and what checking it found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backend.papers.column import Column, new_column, pages_of, printable
from backend.papers.layout import MM, Operator, printed_cpf

TITLE: Final = "Dossiê de provas"
_LABELS: Final = 42 * MM
_SMALL: Final = 8.5


@dataclass(frozen=True, slots=True)
class PrintedLink:
    """One link: its place, what it is, when it happened (local, as printed), its facts, its digest and the one before.

    A fact is a label and what was kept, word for word; a sign that the font has not is written as its code, [U+1F44D].
    """

    ordinal: int
    title: str
    at: str
    facts: tuple[tuple[str, str], ...]
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case with its whole chain. `broken_at` is the first link that does not fit, None where all do.

    `head` is the last link's digest as the case has it, `printed_at` local and as printed.
    """

    operator: Operator
    contract_number: str
    person_name: str
    person_cpf: str
    opened_on: str
    links: tuple[PrintedLink, ...]
    head: str
    broken_at: int | None
    printed_at: str


def evidence_pdf(dossier: Dossier) -> bytes:
    """The dossier on A4 pages."""
    return pages_of(lambda pages: _drawn(dossier, pages))


def _drawn(dossier: Dossier, pages: int) -> tuple[bytes, int]:
    foot = f"Contrato {dossier.contract_number}. Impresso em {dossier.printed_at}."
    column = new_column(dossier.operator, TITLE, foot=foot, pages=pages)
    column.heading("Contatos, notificações e respostas")
    column.section("O caso")
    column.facts(
        ("Quem responde pelo contrato", dossier.person_name, 0.5), ("CPF", printed_cpf(dossier.person_cpf), 0.25),
        ("Contrato", dossier.contract_number, 0.25),
    )  # fmt: skip
    column.facts(
        ("Caso aberto em", dossier.opened_on, 0.5), ("Registros", str(len(dossier.links)), 0.25),
        ("Conferência", "íntegro" if dossier.broken_at is None else f"não confere no nº {dossier.broken_at}", 0.25),
    )  # fmt: skip
    column.note(_finding(dossier), _explained(dossier), size=_SMALL)
    for link in dossier.links:
        _link(column, link)
    return column.paper.done(), column.page


def _finding(dossier: Dossier) -> str:
    if dossier.broken_at is None:
        return "A cadeia está íntegra"
    return f"A cadeia não confere a partir do registro {dossier.broken_at}"


def _explained(dossier: Dossier) -> str:
    return (
        "Cada registro traz o SHA-256 do seu número, tipo, hora (UTC) e conteúdo, junto com o do registro anterior. "
        "Se algum for alterado, retirado ou incluído, os seguintes deixam de conferir. O SHA-256 de cada um está "
        "também na auditoria do sistema, com a qual foi comparado. As horas impressas são as de Brasília; os nomes ao "
        "lado de identificadores vêm do cadastro de hoje.\n"
        f"Último registro: {dossier.head or 'nenhum'}"
    )


def _link(column: Column, link: PrintedLink) -> None:
    column.section(f"{link.ordinal}. {link.title}")
    for label, value in (("Quando", link.at), *link.facts):
        column.line(label, _spelled(value), at=_LABELS, size=_SMALL)
    column.line("Registro anterior", link.previous or "nenhum: é o primeiro", at=_LABELS, size=_SMALL)
    column.line("SHA-256", link.digest, at=_LABELS, size=_SMALL)


def _spelled(words: str) -> str:
    """Words as they were written, what the font cannot draw by its code: evidence leaves nothing out. Pure."""
    return "".join(sign if sign.isspace() or printable(sign) else f"[U+{ord(sign):04X}]" for sign in words)

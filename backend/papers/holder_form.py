"""The standard form of a change of holder, filled in for signature. [processes.md, 8; seed 000]"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from reportlab.lib.utils import simpleSplit

from backend.papers.column import GAP, Column, new_column, printable
from backend.papers.layout import (
    ACCENT,
    BOLD,
    INK,
    LEFT,
    MM,
    PLAIN,
    RIGHT,
    SOFT,
    WIDTH,
    Operator,
    Paper,
    printed_cpf,
    printed_date,
    width_of,
)  # fmt: skip

TITLE: Final = "Troca de titularidade"
_SIGNATURES: Final = 58 * MM  # where the signatures begin, from below
_LINES_OF_DEPENDENTS, _LINES_OF_REASON = 4, 2
_NAME, _VALUE = 0.56, 9.5


@dataclass(frozen=True, slots=True)
class CurrentHolder:
    """Who answers for the contract today. CPF is eleven digits.

    `by_hand`: somebody else gets the form, so it says name and masked CPF alone; he writes the rest himself. [rule 2]
    """

    name: str
    cpf: str
    birth_date: date
    deceased: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class FutureHolder:
    """Who is to answer for the contract. CPF is eleven digits; the address in one line; what is empty is a dash.

    `by_hand` as with the current holder.
    """

    name: str
    cpf: str
    birth_date: date
    address: str = ""
    email: str = ""
    phone: str = ""
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class HolderForm:
    """What the form says. `reason_words` tell the reason where it is not a death; `dependents` are names that stay."""

    operator: Operator
    protocol_number: str
    contract_number: str
    plan_name: str
    current: CurrentHolder
    future: FutureHolder
    reason: Literal["death", "other"]
    made_on: date
    reason_words: str = ""
    dependents: tuple[str, ...] = ()


def holder_form(form: HolderForm) -> bytes:
    """The form on one A4 page: signed by the future holder, and by the current one where he lives."""
    foot = f"Feito em {printed_date(form.made_on)}. Dúvidas? Fale com a gente: {form.operator.phone}."
    column = new_column(form.operator, TITLE, foot=foot, pages=1)
    _request(column, form)
    _people(column, form)
    _reason(column, form)
    _dependents(column, form)
    _declaration(column, form)
    _signatures(column.paper, form)
    return column.paper.done()


def _request(column: Column, form: HolderForm) -> None:
    """The protocol with its QR code, which the desk scans when the signed form comes back."""
    side = 21 * MM
    column.paper.qr(form.protocol_number, (RIGHT - side, column.y - side - 2 * MM), side)
    column.y -= 1 * MM
    column.facts(("Protocolo", form.protocol_number, 0.85))
    column.facts(("Contrato", form.contract_number, 0.3), ("Plano", form.plan_name, 0.55))
    column.y -= 1 * MM


def _people(column: Column, form: HolderForm) -> None:
    current, future = form.current, form.future
    column.section("Titular atual")
    _person(column, current)
    column.section("Novo titular")
    _person(column, future)
    hand = future.by_hand
    column.facts(("Endereço", "_" * 92 if hand else future.address, 1))
    column.facts(
        ("E-mail", "_" * 50 if hand else future.email, 0.56), ("Telefone", "_" * 30 if hand else future.phone, 0.44)
    )


def _person(column: Column, person: CurrentHolder | FutureHolder) -> None:
    """Who it is; a long name takes the row alone, since a signed form cuts none."""
    name = person.name
    born = "____/____/________" if person.by_hand else printed_date(person.birth_date)
    rest = (("CPF", _cpf_of(person), 0.22), ("Nascimento", born, 0.22))
    if width_of(printable(name), PLAIN, _VALUE) < WIDTH * _NAME - GAP:
        column.facts(("Nome", name, _NAME), *rest)
    else:
        column.facts(("Nome", name, 1))
        column.facts(*rest)


def _cpf_of(person: CurrentHolder | FutureHolder) -> str:
    """As it is printed: masked where the form goes to somebody else, still enough to tell two people apart."""
    printed = printed_cpf(person.cpf)
    return f"***{printed[3:11]}-**" if person.by_hand else printed


def _reason(column: Column, form: HolderForm) -> None:
    column.section("Motivo")
    column.y -= 6 * MM
    died = form.reason == "death"
    _choice(column.paper, (LEFT, column.y), "Falecimento do titular", chosen=died)
    other = "Outro:" if form.reason_words and not died else "Outro"
    x = LEFT + 55 * MM
    _choice(column.paper, (x, column.y), other, chosen=not died)
    if died or not form.reason_words:
        return
    x += 20 * MM
    for number, line in enumerate(_few_lines(form.reason_words, RIGHT - x, _LINES_OF_REASON)):
        column.y -= 4.4 * MM if number else 0
        column.paper.text((x, column.y), line, size=9)


def _choice(paper: Paper, at: tuple[float, float], words: str, *, chosen: bool) -> None:
    x, y = at
    side = 3.4 * MM
    paper.box((x, y - 0.5 * MM), (side, side), line=ACCENT, radius=0.4 * MM)
    if chosen:
        paper.text((x + side / 2, y), "X", size=8.5, font=BOLD, color=ACCENT, align="center")
    paper.text((x + side + 2 * MM, y), words, size=9.5, font=BOLD if chosen else PLAIN)


def _dependents(column: Column, form: HolderForm) -> None:
    column.section("Dependentes que continuam no contrato")
    for line in _listed(form.dependents):
        column.y -= 4.6 * MM
        column.paper.text((LEFT, column.y), line, size=9)


def _listed(names: tuple[str, ...]) -> list[str]:
    """The names in as many lines as the form has for them; those that find no room are counted, none is cut."""
    for shown in range(len(names), 0, -1):
        left = len(names) - shown
        more = f"; e mais {left} {'pessoa' if left == 1 else 'pessoas'} do contrato" if left else ""
        lines = list(simpleSplit(printable("; ".join(names[:shown]) + more + "."), PLAIN, 9, WIDTH))
        if len(lines) <= _LINES_OF_DEPENDENTS:
            return lines
    return ["Nenhum."]


def _few_lines(words: str, width: float, most: int) -> list[str]:
    """So many lines of a text, the last one cut where there is more: the form is one page."""
    lines = list(simpleSplit(printable(words), PLAIN, 9, width))
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][:-3].rstrip()}…"]
    return lines


def _declaration(column: Column, form: HolderForm) -> None:
    column.section("Declaração")
    column.numbered(declared(form), size=8.6)


def declared(form: HolderForm) -> tuple[str, ...]:
    """What is declared with the signature: who answers from when on, and what stays as it is. Pure."""
    consent = (
        ()
        if form.current.deceased
        else ("O titular atual está de acordo com a troca e sabe que deixa de ser titular quando ela for confirmada.",)
    )
    return (
        f"Peço que {form.operator.name} registre a troca do titular deste contrato. "
        "As informações deste formulário são verdadeiras.",
        "O que muda: quando a troca for confirmada, o novo titular passa a responder pelo contrato, pelos pagamentos "
        "e pelas informações do cadastro, e é com ele que a operadora fala sobre esses assuntos.",
        "O que não muda: o plano, a cobertura e os prazos de carência já cumpridos por quem está no contrato. "
        "Os dependentes que continuam mantêm o número da carteirinha.",
        *consent,
        "A troca vale depois que a operadora conferir os documentos e confirmar. Até lá, o contrato segue como está.",
    )


def _signatures(paper: Paper, form: HolderForm) -> None:
    people: list[tuple[str, CurrentHolder | FutureHolder]] = [("Novo titular", form.future)]
    if not form.current.deceased:
        people.append(("Titular atual", form.current))
    gap = 10 * MM
    width = (WIDTH - gap) / 2
    for place, (who, person) in enumerate(people):
        _signature(paper, LEFT + place * (width + gap), width, (who, printable(person.name), _cpf_of(person)))


def _signature(paper: Paper, left: float, width: float, signer: tuple[str, str, str]) -> None:
    """Place and date, the line to sign on, and who signs."""
    who, name, cpf = signer
    top = _SIGNATURES
    paper.text((left, top), who, size=9.5, font=BOLD, color=ACCENT)
    split = left + width - 34 * MM
    paper.rule(top - 12 * MM, left=left, right=split - 4 * MM, color=INK)
    paper.text((left, top - 15.5 * MM), "Cidade", size=7.5, color=SOFT)
    paper.rule(top - 12 * MM, left=split, right=left + width, color=INK)
    paper.text((split, top - 15.5 * MM), "Data", size=7.5, color=SOFT)
    for slash in (split + 10 * MM, split + 20 * MM):
        paper.text((slash, top - 11.3 * MM), "/", size=10, color=SOFT)
    paper.rule(top - 31 * MM, left=left, right=left + width, color=INK)
    paper.text((left, top - 35 * MM), f"Assinatura de {name}", size=8.5, fit=width)
    paper.text((left, top - 39 * MM), f"CPF {cpf}", size=8.5, color=SOFT)

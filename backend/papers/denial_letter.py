"""A denial of coverage in writing, with its ground and the way to the ombudsman. [RN 623/2024; processes.md, 4]"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.errors import InvalidInput
from backend.papers.column import Column, new_column, pages_of
from backend.papers.layout import MM, Operator, printed_date
from backend.papers.member_card import grouped

TITLE: Final = "Negativa de autorização"


@dataclass(frozen=True, slots=True)
class Denial:
    """A denied authorization. `clause` is the contract's clause or the law that the denial rests on.

    `card_number` is 14 digits; `auditor` and `auditor_registration` say who decided ('CRM-MA 1234'); `review_days` are
    the ombudsman's business days; `ombudsman_word` is what brings a person there in the chat. An authorization from
    before protocols has none: then `protocol_number` is empty.
    """

    operator: Operator
    protocol_number: str
    authorization_number: str
    beneficiary_name: str
    card_number: str
    procedure: str
    procedure_code: str
    requesting_doctor: str
    requested_on: date
    decided_on: date
    reason: str
    clause: str
    auditor: str
    auditor_registration: str
    review_days: int
    ombudsman_word: str = "ouvidoria"


def denial_letter(denial: Denial) -> bytes:
    """The letter, on A4 pages; InvalidInput where it has no reason, no ground, or nobody who decided.

    RN 623: always in writing, unasked, in plain language, with the clause or the law, printable. A program denies
    nothing by itself, so somebody's name is under it. [processes.md, rule 9]
    """
    if not (denial.reason.strip() and denial.clause.strip() and denial.auditor.strip()):
        raise InvalidInput(
            "A negativa precisa do motivo, da cláusula ou lei e de quem decidiu.", detail="denial without its ground"
        )
    return pages_of(lambda pages: _drawn(denial, pages))


def _drawn(denial: Denial, pages: int) -> tuple[bytes, int]:
    foot = f"Negativa de {printed_date(denial.decided_on)}, {_reference(denial)}."
    column = new_column(denial.operator, TITLE, foot=foot, pages=pages)
    column.heading("Seu pedido de procedimento não foi autorizado")
    column.paragraph(
        f"{denial.beneficiary_name}, analisamos o pedido abaixo e ele não foi autorizado. Aqui estão o motivo, a base "
        "da decisão e o que você pode fazer se não concordar.",
        gap=8 * MM,
    )
    _request(column, denial)
    column.section("Por que não foi autorizado")
    column.paragraph(denial.reason, size=10)
    column.section("Em que a decisão se apoia")
    column.paragraph(denial.clause, size=10)
    column.section("Quem decidiu")
    registered = f", {denial.auditor_registration}" if denial.auditor_registration else ""
    column.paragraph(f"{denial.auditor}{registered}, em {printed_date(denial.decided_on)}.", size=10)
    _review(column, denial)
    return column.paper.done(), column.page


def _request(column: Column, denial: Denial) -> None:
    column.section("O pedido")
    column.facts(("Beneficiário", denial.beneficiary_name, 0.7), ("Carteirinha", grouped(denial.card_number), 0.3))
    column.spelled("Procedimento", denial.procedure)
    column.facts(
        ("Código TUSS", denial.procedure_code, 0.25), ("Médico que pediu", denial.requesting_doctor, 0.45),
        ("Pedido em", printed_date(denial.requested_on), 0.3),
    )  # fmt: skip
    column.facts(
        ("Guia", denial.authorization_number, 0.25), ("Protocolo", denial.protocol_number, 0.45),
        ("Decidido em", printed_date(denial.decided_on), 0.3),
    )  # fmt: skip


def _reference(denial: Denial) -> str:
    """The number that finds the request again."""
    return f"protocolo {denial.protocol_number}" if denial.protocol_number else f"guia {denial.authorization_number}"


def _review(column: Column, denial: Denial) -> None:
    days = "1 dia útil" if denial.review_days == 1 else f"{denial.review_days} dias úteis"
    words = (
        f"Você pode pedir que a ouvidoria analise de novo, sem custo. Ela responde em até {days} a partir do seu "
        f"pedido.\nPelo WhatsApp, escreva a palavra {denial.ombudsman_word}. Por telefone, ligue para "
        f"{denial.operator.phone}. Informe: {_reference(denial)}."
    )
    column.note("Se você não concorda", words)

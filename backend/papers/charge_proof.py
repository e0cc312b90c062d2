"""The proof of a procedure that was charged, for a dispute in which the charge was found valid. [processes.md, 3]"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from backend.money import billing_month, reais, spoken_month
from backend.papers.column import Column, new_column, pages_of
from backend.papers.layout import LEFT, MM, WIDTH, Operator, printed_date

TITLE: Final = "Comprovante de procedimento"
_GAP: Final = 4 * MM


@dataclass(frozen=True, slots=True)
class ChargeProof:
    """A charge that medical accounts found valid. `amount` is what was charged, in reais.

    Without `amount` it speaks of the procedure alone: for the adult whose it is and who may not hear of money. [rule 3]
    `billing_month` is any day of the month; what is not known (`performed_on`, `provider`, `authorization_number`,
    `procedure_code`) is None or empty. `finding` is medical accounts' own words, `decided_by` who decided.
    """

    operator: Operator
    protocol_number: str
    beneficiary_name: str
    billing_month: date
    description: str
    procedure_code: str
    amount: Decimal | None
    finding: str
    decided_by: str
    decided_on: date
    performed_on: date | None = None
    provider: str = ""
    authorization_number: str = ""


def charge_proof(proof: ChargeProof) -> bytes:
    """The proof on A4 pages: what was charged, when and where it was performed, and the finding.

    It names a procedure, so it goes to the beneficiary himself where he is an adult. [processes.md, 3 and rule 10]
    """
    return pages_of(lambda pages: _drawn(proof, pages))


def _drawn(proof: ChargeProof, pages: int) -> tuple[bytes, int]:
    operator = proof.operator
    foot = f"Emitido em {printed_date(proof.decided_on)}. Dúvidas? Fale com a gente: {operator.phone}."
    column = new_column(operator, TITLE, foot=foot, pages=pages)
    _tiles(column, proof)
    column.paragraph(_opening(proof), gap=10 * MM)
    _charge(column, proof)
    column.section("O que a análise encontrou")
    column.paragraph(proof.finding, size=10)
    column.section("Quem analisou")
    column.paragraph(f"{proof.decided_by}, em {printed_date(proof.decided_on)}.", size=10)
    words = (
        f"Fale com a gente pelo WhatsApp ou pelo telefone {operator.phone} e informe o protocolo "
        f"{proof.protocol_number}. Se preferir, escreva ouvidoria no WhatsApp e peça uma nova análise."
    )
    column.note("Ficou com dúvida?", words)
    return column.paper.done(), column.page


def _opening(proof: ChargeProof) -> str:
    if proof.amount is None:
        return "Conferimos este procedimento, que está registrado em seu nome. Estes são os dados dele."
    month = spoken_month(proof.billing_month)
    return (
        f"Conferimos a cobrança contestada na fatura de {month}, e ela foi confirmada. "
        "Estes são os dados do procedimento."
    )


def _tiles(column: Column, proof: ChargeProof) -> None:
    width = (WIDTH - 2 * _GAP) / 3
    performed = printed_date(proof.performed_on) if proof.performed_on else "não informado"
    tiles = [("Realizado em", performed)]
    if proof.amount is not None:  # a billing month is of an invoice too
        month = ("Competência", billing_month(proof.billing_month))
        tiles = [month, *tiles, ("Valor cobrado", reais(proof.amount))]
    column.y -= 22 * MM
    for place, (label, value) in enumerate(tiles):
        at = (LEFT + place * (width + _GAP), column.y)
        column.paper.tile(at, width, label, value, strong=place == len(tiles) - 1)


def _charge(column: Column, proof: ChargeProof) -> None:
    column.section("O procedimento")
    column.facts(("Beneficiário", proof.beneficiary_name, 0.65), ("Protocolo", proof.protocol_number, 0.35))
    column.spelled("Descrição", proof.description)
    column.facts(
        ("Prestador", proof.provider, 0.45), ("Código TUSS", proof.procedure_code, 0.2),
        ("Guia", proof.authorization_number, 0.35),
    )  # fmt: skip

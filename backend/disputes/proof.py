"""The proof that goes with a charge found valid: what medical accounts uploaded, or the paper that is made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from backend.disputes.case import Case
from backend.errors import InvalidInput
from backend.identifiers import plain
from backend.papers.charge_proof import ChargeProof, charge_proof
from backend.papers.layout import Operator
from backend.settings import settings
from backend.store import files
from backend.store.clock import local
from backend.store.files import File

PDF = "application/pdf"
_MONEY = re.compile(
    r"r\$|\b(?:reais|valor\w*|fatura\w*|boleto\w*|mensalidade\w*|cobra\w*|pagament\w*|vencimento\w*|coparticipac\w*"
    r"|desconto\w*|debito\w*)\b"
)
ANALYSED_BY = "Equipe de contas médicas"


@dataclass(frozen=True, slots=True)
class Performed:
    """What medical accounts know of the procedure beyond the invoice; what is not known stays empty."""

    on: date | None = None
    provider: str = ""
    authorization_number: str = ""


def made_proof(case: Case, finding: str, performed: Performed, now: datetime) -> File:
    """The proof as a stored PDF. InvalidInput where it is not known which line of which invoice it is about.

    Where it goes to the adult whose procedure it is, and he does not answer for the contract, it names no amount.
    [rules 3, 10]
    """
    if case.item is None or case.invoice is None:
        raise InvalidInput("Envie o comprovante: não se sabe qual é o item da fatura.", detail="proof without an item")
    today = local(now).date()
    private = case.told_privately(today)
    paper = ChargeProof(
        operator=Operator.configured(settings()), protocol_number=case.protocol.number,
        beneficiary_name=(case.about or case.claimant).shown_name, billing_month=case.invoice.billing_month,
        description=case.item.description, procedure_code=case.item.procedure_code or "",
        amount=None if private else case.item.amount, finding=finding.strip(), decided_by=ANALYSED_BY,
        decided_on=today, performed_on=performed.on, provider=performed.provider,
        authorization_number=performed.authorization_number,
    )  # fmt: skip
    content = charge_proof(paper)
    return File(files.keep(content), f"comprovante-{case.protocol.number}.pdf", PDF, len(content))


def check_private(case: Case, finding: str, proof: File | None, now: datetime) -> None:
    """Holds back what would tell an adult of money that is not his to hear of, where he alone reads the answer.

    InvalidInput for a finding with a word of money, and for an uploaded file, in which nobody can see to it that there
    is none: the proof is made of what is known. Pure. [rule 3]
    """
    reader = case.told_privately(local(now).date())
    if reader is None:
        return
    if found := _MONEY.search(plain(finding)):
        message = (
            f"Quem lê esta resposta é {reader.first_name}, que não responde pelo contrato: fale só do procedimento, "
            f"sem valores nem cobrança. Tire “{found.group()}” do texto."
        )
        raise InvalidInput(message, detail="finding names money to a dependent")
    if proof is not None and case.item is not None:
        message = f"O comprovante vai só para {reader.first_name} e é feito sem valores: confirme sem enviar arquivo."
        raise InvalidInput(message, detail="upload for a dependent")


def kept_proof(case: Case) -> File | None:
    """The proof that was kept with the finding; None without. NotFound where its bytes are gone."""
    dispute = case.dispute
    if not dispute.proof_sha256:
        return None
    size = len(files.read(dispute.proof_sha256))
    return File(dispute.proof_sha256, dispute.proof_name, dispute.proof_type, size)

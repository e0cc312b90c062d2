"""What each step of a dispute says to one person. [processes.md 3; rules 3, 10]

The claimant reads the line as his invoice names it. Where it is another adult's, he hears that the charge was
confirmed or not, and nothing of the finding, which is health data; the proof is told to that adult, without money.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from backend import mail
from backend.beneficiaries import Beneficiary
from backend.disputes.case import Case, case_of
from backend.disputes.mails import FORMS
from backend.disputes.proof import kept_proof
from backend.news_told import Told
from backend.protocols.tables import Protocol
from backend.store.clock import local

WITH_PROOF = frozenset({"dispute_valid", "dispute_proof"})
DISCOUNTS = (("Na fatura atual", "current"), ("Nas próximas faturas", "future"))


async def told(session: AsyncSession, protocol: Protocol, text: str, reason: str, listener: Beneficiary) -> Told:
    """What fills the text's places, the choice of a discount, and the proof. NotFound where its bytes are gone."""
    case = await case_of(session, protocol.id)
    if text == "dispute_proof":
        return Told({"name": listener.first_name, "finding": case.dispute.finding}, (), kept_proof(case))
    values = {
        "charge": case.dispute.charged_for, "month": case.month, "amount": case.amount,
        "finding": _finding(case), "note": f"\n{reason}" if reason else "",
        "address": mail.masked(listener.email) if listener.email else "",
        "form": FORMS.get(case.dispute.discount, ""),
    }  # fmt: skip
    options = DISCOUNTS if text == "dispute_improper" else ()
    return Told(values, options, kept_proof(case) if text in WITH_PROOF else None)


def _finding(case: Case) -> str:
    """Medical accounts' words on a line of their own; nothing of another adult's care. Pure."""
    decided_at = case.dispute.decided_at
    if decided_at is None or case.told_privately(local(decided_at).date()) is not None:
        return ""
    return f"\n{case.dispute.finding}"

"""The whole notice as a paper, composed from a contract's position. [RN 593: content]"""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary, is_covered
from backend.contracts import plan_of
from backend.delinquency import rules
from backend.delinquency.position import Position, terms
from backend.errors import InvalidInput
from backend.papers.layout import Operator
from backend.papers.notice import Concerned, NoticedFee, NoticePaper, notice_pdf
from backend.settings import settings
from backend.store.files import File, keep

PDF: Final = "application/pdf"
# How a notice names each person's part in the contract.
PARTS: Final = {
    "holder": "titular", "dependent": "dependente", "member": "beneficiário", "detached_member": "beneficiário",
    "payer": "responsável financeiro",
}  # fmt: skip


async def document(
    session: AsyncSession, *, position: Position, person: Beneficiary, protocol_number: str = ""
) -> File:
    """The notice of a position to one person as PDF, kept: the same for the same day, amounts and people.

    For other means too: printed, or attached to a certified e-mail. InvalidInput where a notice would say what does not
    hold; who is cancelled already gets the same paper without a word of what may follow for his plan.
    """
    if not position.may_notice and not (position.is_cancelled and position.owed):
        raise InvalidInput("Hoje não há o que notificar neste contrato.", detail="notice without its ground")
    content = notice_pdf(await _paper(session, position, person, protocol_number))
    return File(keep(content), f"notificacao-{position.contract.number}-{position.on:%Y-%m-%d}.pdf", PDF, len(content))


async def _paper(session: AsyncSession, found: Position, person: Beneficiary, protocol_number: str) -> NoticePaper:
    plan, figures = await plan_of(session, found.contract), terms()
    family = await beneficiaries.family_of(session, person)
    others = [one for one in family if one.id != person.id and is_covered(one, found.on)]
    return NoticePaper(
        operator=Operator.configured(settings()), people=tuple(_concerned(one) for one in (person, *others)),
        plan_name=plan.name, plan_ans_code=plan.ans_code, contract_number=found.contract.number,
        fees=tuple(
            NoticedFee(owed.fee.billing_month, owed.fee.due_on, owed.amounts.principal, owed.amounts.total,
                       owed.fee.days_late(found.on), bool(owed.fee.excused))
            for owed in found.owed
        ),
        days=found.arrears.days, noticed_on=found.on, deadline=rules.deadline_of(found.on, figures),
        notice_days=figures.notice_days,
        least_fees=figures.fees if rules.counts_fees(found.signed, figures) else 0,
        more_than_days=figures.more_than_days, window_months=figures.window_months, protocol_number=protocol_number,
        in_hospital=found.in_hospital, already_cancelled=found.is_cancelled,
    )  # fmt: skip


def _concerned(person: Beneficiary) -> Concerned:
    return Concerned(person.shown_name, person.cpf, PARTS[person.standing])

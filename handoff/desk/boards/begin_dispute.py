"""What a person at the counter disputes: a line of his invoices, or a charge in his words. [processes.md 3; rule 8]"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.contracts import hears_of_money
from backend.disputes import charges
from backend.disputes import verbs as disputes
from backend.disputes.charges import Charged
from backend.errors import InvalidInput
from backend.invoices.tables import Invoice, InvoiceItem
from backend.store.clock import local
from handoff.desk.boards.work import Work, short, written

ANSWERS = {"chat": "na conversa do WhatsApp", "mail": "por e-mail"}
_MONTH = re.compile(r"(?P<year>20\d{2})-(?P<month>\d{1,2})|(?P<month_first>\d{1,2})/(?P<year_last>20\d{2})")
_LONGEST_NAME = 200


async def lines(session: AsyncSession, person: Beneficiary, *, today: date) -> Sequence[Charged]:
    """What he may dispute, no plain fee first; nothing for whom rule 3 tells no money."""
    if not hears_of_money(person):
        return []
    return await charges.charges(session, person=person, billing_month=None, today=today)


async def dispute(work: Work, claimant: Beneficiary, fields: Mapping[str, str]) -> str:
    """Puts the charge before medical accounts; gives the sentence that says so.

    InvalidInput for a form that is not whole; what `open_dispute` refuses comes through (rule 3, a second dispute).
    """
    claim = written(fields.get("claim", ""), "Escreva o que há de errado com a cobrança.")
    line = await _line(work, claimant, fields.get("item", "")) if "item" in fields else None
    invoice = await work.session.get_one(Invoice, line.invoice_id) if line else None
    item = await work.session.get_one(InvoiceItem, line.item_id) if line else None
    await disputes.open_dispute(
        work.session, protocol=work.protocol, claimant=claimant, invoice=invoice, item=item,
        charged_for=line.description if line else _named(fields),
        billing_month=line.billing_month if line else _month(fields.get("month", "")), claim=claim,
        answer_by="mail" if fields.get("answer_by") == "mail" else "chat", about_id=line.about_id if line else None,
        request_key=work.key, actor=work.actor, now=work.now,
    )  # fmt: skip
    return "Contestação enviada para contas médicas."


async def _line(work: Work, claimant: Beneficiary, chosen: str) -> Charged:
    for line in await lines(work.session, claimant, today=local(work.now).date()):
        if str(line.item_id) == chosen:
            return line
    raise InvalidInput("Escolha a cobrança na lista.", detail="no such line")


def _named(fields: Mapping[str, str]) -> str:
    """The charge as the person names it, with its amount where he knows it."""
    name, amount = (short(fields.get(place, ""), _LONGEST_NAME) for place in ("charge", "amount"))
    if not name:
        raise InvalidInput("Diga qual é a cobrança.", detail="no charge")
    return f"{name} ({amount})" if amount else name


def _month(text: str) -> date | None:
    """A billing month as a browser gives it, '2026-10', or as it is written, '10/2026'; None where nothing is."""
    if not text.strip():
        return None
    found = _MONTH.fullmatch(text.strip())
    year, month = (found["year"] or found["year_last"], found["month"] or found["month_first"]) if found else ("", "")
    if not year or not 1 <= int(month) <= 12:  # noqa: PLR2004
        raise InvalidInput("Escreva o mês da fatura assim: 10/2026.", detail="month")
    return date(int(year), int(month), 1)

"""Sending what was asked for: slips, receipts, a year's statement; in the conversation or to the registered e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from actions.invoices.choosing import months_list
from actions.process import protocol_number, protocol_of
from actions.talk import Talk
from backend import mail
from backend.beneficiaries import Beneficiary
from backend.contracts import contract_of
from backend.errors import InvalidInput
from backend.invoices import papers, verbs
from backend.invoices.papers import PDF, PNG, issued_amounts
from backend.invoices.tables import Invoice, IssuedSlip
from backend.invoices.verbs import SlipWithheld, is_overdue
from backend.money import billing_month, reais
from backend.protocols import verbs as protocols
from backend.settings import settings
from backend.store.clock import local
from backend.words import numeric_date

Attached = list[tuple[bytes, str, str]]


@dataclass(slots=True)
class Issued:
    """What came of issuing: slips, and why there are none for the rest (billing months, reasons)."""

    slips: list[tuple[Invoice, IssuedSlip]] = field(default_factory=list)
    withheld: list[tuple[str, str]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


async def issue(talk: Talk, person: Beneficiary, invoices: Sequence[Invoice]) -> Issued:
    """A slip for each invoice that may have one; each is a line of the protocol's history."""
    issued, protocol = Issued(), await protocol_of(talk)
    for invoice in invoices:
        month = billing_month(invoice.billing_month)
        try:
            slip = await verbs.issue_slip(
                talk.session, invoice=invoice, reader=person, protocol_id=protocol.id if protocol else None,
                request_key=talk.key(), actor=talk.actor, now=talk.now,
            )  # fmt: skip
        except SlipWithheld as withheld:
            issued.withheld.append((month, withheld.reason))
        except InvalidInput as problem:  # paid or cancelled since it was offered
            issued.gone.append(problem.message)
        else:
            issued.slips.append((invoice, slip))
            await note(talk, "slip_issued", month)
    return issued


async def send_slips(talk: Talk, person: Beneficiary, issued: Issued, *, only: str) -> None:
    """Each slip as text, PDF, digitable line, PIX and QR code, so that each can be copied by itself; or `only` one."""
    for invoice, slip in issued.slips:
        _say_slip(talk, invoice, slip, only)
        if not only:
            talk.say_file(*await papers.slip_file(talk.session, slip=slip, reader=person), PDF)
        if only != "pix":
            talk.say("slip_line", line=slip.digitable_line)
        if only != "line":
            talk.say("slip_pix", code=slip.pix)
            talk.say_file(*await papers.pix_file(talk.session, slip=slip, reader=person), PNG)
        await note(talk, "sent_by_chat", billing_month(invoice.billing_month))


def _say_slip(talk: Talk, invoice: Invoice, slip: IssuedSlip, only: str) -> None:
    amounts = issued_amounts(invoice, slip)
    values: dict[str, Any] = {
        "month": billing_month(invoice.billing_month), "due_on": numeric_date(slip.due_on), "total": reais(slip.total),
    }  # fmt: skip
    if is_overdue(invoice, local(talk.now).date()):
        values |= {"amount": reais(amounts.principal), "fine": reais(amounts.fine), "interest": reais(amounts.interest)}
        talk.say("slip_updated_one_code" if only else "slip_updated", **values)
    else:
        talk.say("slip_one_code" if only else "slip", **values)


async def send_receipts(talk: Talk, person: Beneficiary, invoices: Sequence[Invoice]) -> None:
    """The receipt of each paid invoice."""
    talk.say("receipt", months=months_of(invoices))
    for content, name, kind in await receipts(talk, person, invoices):
        talk.say_file(content, name, kind)
    await note(talk, "receipt_sent", months_of(invoices))


async def send_statement(talk: Talk, person: Beneficiary, year: int) -> None:
    """A year's statement of payments."""
    talk.say("statement", year=year)
    for content, name, kind in await statement(talk, person, year):
        talk.say_file(content, name, kind)
    await note(talk, "statement_sent", str(year))


async def receipts(talk: Talk, person: Beneficiary, invoices: Sequence[Invoice]) -> Attached:
    """The receipts as files."""
    return [
        (*await papers.receipt_file(talk.session, invoice=invoice, reader=person, now=talk.now), PDF)
        for invoice in invoices
    ]


async def statement(talk: Talk, person: Beneficiary, year: int) -> Attached:
    """The year's statement as a file; InvalidInput where nothing was paid in it."""
    contract = await contract_of(talk.session, person)
    file = await papers.statement_file(talk.session, contract=contract, year=year, reader=person, now=talk.now)
    return [(*file, PDF)]


async def mail_slips(talk: Talk, person: Beneficiary, issued: Issued) -> None:
    """The slips in one e-mail, their lines and PIX codes in its text."""
    if not issued.slips:
        return
    values = [
        {
            "month": billing_month(invoice.billing_month), "due_on": numeric_date(slip.due_on),
            "total": reais(slip.total), "line": slip.digitable_line, "pix": slip.pix,
        }
        for invoice, slip in issued.slips
    ]  # fmt: skip
    attached = [(*await papers.slip_file(talk.session, slip=slip, reader=person), PDF) for _, slip in issued.slips]
    months = months_of([invoice for invoice, _ in issued.slips])
    await _mail(talk, person, "slip", attached, months=months, slips=values)


async def mail_receipts(talk: Talk, person: Beneficiary, invoices: Sequence[Invoice]) -> None:
    """The receipts in one e-mail."""
    await _mail(talk, person, "receipt", await receipts(talk, person, invoices), months=months_of(invoices))


async def mail_statement(talk: Talk, person: Beneficiary, year: int) -> None:
    """The year's statement by e-mail."""
    await _mail(talk, person, "statement", await statement(talk, person, year), year=year)


async def _mail(talk: Talk, person: Beneficiary, kind: str, attached: Attached, **values: Any) -> None:
    protocol, config = await protocol_of(talk), settings()
    values |= {
        "name": person.first_name, "number": await protocol_number(talk), "operator": config.operator_name,
        "phone": config.operator_phone,
    }  # fmt: skip
    await mail.write(
        talk.session, to=person, kind=kind, values=values, attached=attached,
        protocol_id=protocol.id if protocol else None, request_key=talk.key(), actor=talk.actor, now=talk.now,
    )  # fmt: skip
    await note(talk, "sent_by_mail", str(values.get("months") or values.get("year")))
    talk.say("mailed", address=mail.masked(person.email))


async def note(talk: Talk, step: str, text: str = "") -> None:
    """A line of the request's history, once."""
    protocol = await protocol_of(talk)
    if protocol is not None:
        await protocols.add_entry(
            talk.session, protocol=protocol, step=step, text=text, actor=talk.actor, now=talk.now,
            request_key=talk.key(),
        )  # fmt: skip


async def load(talk: Talk, person: Beneficiary, ids: Sequence[str]) -> list[Invoice]:
    """The invoices of these ids. NotAllowed where one is of another contract."""
    return [await verbs.get(talk.session, UUID(invoice_id), reader=person) for invoice_id in ids]


def months_of(invoices: Sequence[Invoice]) -> str:
    """'10/2026 e 11/2026'. Pure."""
    return months_list([invoice.billing_month for invoice in invoices])

"""Slips, receipts and statements sent by an attendant: the assistant's verbs, files and words. [processes.md, 5]

Rule 3 is asked of the person who is verified in the conversation, never of the attendant: it is she who will read.
"""

from __future__ import annotations

from uuid import UUID

from backend.beneficiaries import Beneficiary
from backend.contracts import contract_of, hears_of_money
from backend.errors import InvalidInput, NotAllowed
from backend.invoices import papers, verbs
from backend.invoices.papers import PDF, PNG, issued_amounts
from backend.invoices.tables import Invoice, IssuedSlip
from backend.invoices.verbs import SlipWithheld
from backend.money import billing_month, reais
from backend.words import numeric_date
from handoff import texts
from handoff.desk.hand import Hand, document
from handoff.whatsapp.outgoing import Draft

KIND = "invoice_copy"


class NotForThesePeople(NotAllowed):
    """Who is verified here never hears of money. [rule 3]"""

    code = "may_not_hear_of_money"


def reader_of(hand: Hand) -> Beneficiary:
    """Who is going to read amounts; NobodyVerified, or NotForThesePeople in a sentence that says what to do."""
    speaker = hand.speaker
    if not hears_of_money(speaker):
        raise NotForThesePeople(
            f"Não fale de valores com {speaker.first_name}: só quem responde pelo contrato pode saber."
            " Peça que o titular entre em contato sobre pendências administrativas.",
            detail="rule 3",
        )
    return speaker


async def send_slip(hand: Hand, *, invoice_id: UUID) -> None:
    """A second copy as the assistant sends it: text, PDF, digitable line, PIX and its QR code, under a protocol.

    InvalidInput for what is paid or cancelled or kept back by finance; NobodyVerified, NotForThesePeople.
    """
    reader = reader_of(hand)
    invoice = await verbs.get(hand.session, invoice_id, reader=reader)
    if not await hand.first_time("console.send_slip", invoice=str(invoice_id)):
        return
    protocol = await hand.protocol(KIND, about=reader.id)
    try:
        slip = await verbs.issue_slip(
            hand.session, invoice=invoice, reader=reader, protocol_id=protocol.id, request_key=hand.key,
            actor=hand.actor, now=hand.now,
        )  # fmt: skip
    except SlipWithheld as withheld:
        raise InvalidInput(
            f"O financeiro reteve este boleto ({withheld.reason}). Transfira a conversa para o setor.",
            detail="slip withheld",
        ) from withheld
    await hand.say(
        Draft(_slip_text(hand, invoice, slip)),
        document(*await papers.slip_file(hand.session, slip=slip, reader=reader), PDF),
        Draft(texts.spoken("slip_line", line=slip.digitable_line)),
        Draft(texts.spoken("slip_pix", code=slip.pix)),
        document(*await papers.pix_file(hand.session, slip=slip, reader=reader), PNG),
    )
    await hand.write(protocol, "slip_issued", billing_month(invoice.billing_month))
    await hand.close(protocol)


async def send_receipt(hand: Hand, *, invoice_id: UUID) -> None:
    """The receipt of a paid invoice; InvalidInput where it is not paid."""
    reader = reader_of(hand)
    invoice = await verbs.get(hand.session, invoice_id, reader=reader)
    if not await hand.first_time("console.send_receipt", invoice=str(invoice_id)):
        return
    file = await papers.receipt_file(hand.session, invoice=invoice, reader=reader, now=hand.now)
    month = billing_month(invoice.billing_month)
    await _send_paper(hand, reader, texts.spoken("receipt", months=month), file, step="receipt_sent", said=month)


async def send_statement(hand: Hand, *, year: int) -> None:
    """A year's payments; InvalidInput where nothing was paid in it."""
    reader = reader_of(hand)
    if not await hand.first_time("console.send_statement", year=year):
        return
    contract = await contract_of(hand.session, reader)
    file = await papers.statement_file(hand.session, contract=contract, year=year, reader=reader, now=hand.now)
    await _send_paper(hand, reader, texts.spoken("statement", year=year), file, step="statement_sent", said=str(year))


async def _send_paper(
    hand: Hand, reader: Beneficiary, text: str, file: papers.NamedFile, *, step: str, said: str
) -> None:
    protocol = await hand.protocol(KIND, about=reader.id)
    await hand.say(Draft(text), document(*file, PDF))
    await hand.write(protocol, step, said)
    await hand.close(protocol)


def _slip_text(hand: Hand, invoice: Invoice, slip: IssuedSlip) -> str:
    amounts = issued_amounts(invoice, slip)
    values = {
        "month": billing_month(invoice.billing_month), "due_on": numeric_date(slip.due_on), "total": reais(slip.total),
        "amount": reais(amounts.principal), "fine": reais(amounts.fine), "interest": reais(amounts.interest),
    }  # fmt: skip
    return texts.spoken("slip_updated" if verbs.is_overdue(invoice, hand.today) else "slip", **values)

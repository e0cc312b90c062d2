"""Disputing a charge, and how it is decided: valid with its proof, or improper with its discount. [processes.md 3]

Each step moves the protocol (`backend/protocols/machines.py`) once for a request key and tells whoever it concerns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, erp, events
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.disputes.case import Case, case_of
from backend.disputes.mails import mail_answer, mail_finance, mail_medical_accounts
from backend.disputes.proof import Performed, check_private, kept_proof, made_proof
from backend.disputes.tables import ChargeDispute
from backend.errors import InvalidInput, Taken
from backend.invoices.tables import Invoice, InvoiceItem
from backend.invoices.verbs import check_reader
from backend.protocols import moving
from backend.protocols.tables import Protocol
from backend.store.clock import local
from backend.store.files import File

AnswerBy = Literal["chat", "mail"]
Discount = Literal["current", "future"]
_NOTHING_MORE = Performed()


async def open_dispute(
    session: AsyncSession,
    *,
    protocol: Protocol,
    claimant: Beneficiary,
    invoice: Invoice | None,
    item: InvoiceItem | None,
    charged_for: str,
    claim: str,
    answer_by: AnswerBy,
    about_id: UUID | None,
    billing_month: date | None = None,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> ChargeDispute:
    """Puts a charge before medical accounts, on their board and by e-mail; once for a protocol.

    `charged_for` is the line as the claimant reads it, `claim` what he says is wrong, word for word. What nobody found
    on an invoice has no `item`, and `billing_month` where the person knows it. NotAllowed by rule 3; Taken where the
    same line is under analysis already; InvalidInput without a claim or without words for the charge, for a line of
    another invoice, or for an answer by e-mail where the register has no address.
    """
    check_reader(claimant, invoice.contract_id if invoice else claimant.contract_id)
    _check(claimant, invoice, item, claim, answer_by)
    if not charged_for.strip():
        raise InvalidInput("Diga qual é a cobrança.", detail="no charge")
    if item is not None:
        await session.refresh(item, with_for_update=True)  # of two who dispute one line, the second waits for the first
    existing = await session.get(ChargeDispute, protocol.id)
    if existing is not None:
        return existing
    if item is not None and await open_of_item(session, item.id) is not None:
        raise Taken("Essa cobrança já está em análise.", detail="second dispute of an item")
    dispute = ChargeDispute(
        protocol_id=protocol.id, claimant_id=claimant.id, about_id=about_id,
        invoice_id=invoice.id if invoice else None, item_id=item.id if item else None,
        billing_month=invoice.billing_month if invoice else billing_month, charged_for=charged_for.strip(),
        claim=claim.strip(), answer_by=answer_by,
    )  # fmt: skip
    session.add(dispute)
    await session.flush()
    await session.refresh(dispute)
    await moving.move(session, protocol=protocol, name="submit", request_key=request_key, actor=actor, now=now)
    case = await case_of(session, protocol.id)
    await mail_medical_accounts(session, case=case, request_key=request_key, actor=actor, now=now)
    line = str(item.id) if item else ""
    audit.record(session, "disputes.open", ("protocol", protocol.id), actor=actor, now=now, item=line)
    return dispute


async def find_valid(
    session: AsyncSession,
    *,
    protocol: Protocol,
    finding: str,
    proof: File | None = None,
    performed: Performed = _NOTHING_MORE,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> bool:
    """Medical accounts find the charge right; gives whether this was done now.

    The proof is the file that they uploaded, else the paper that is made of what is known (`performed`); a plain fee
    has none. It goes to the claimant by the way that he chose; an adult dependent's goes to himself in the chat, and
    the claimant hears only that the charge was confirmed. [rule 10] InvalidInput without a finding or from another
    stage, or where `check_private` holds it back; NotAllowed for whoever is not of the desk.
    """
    if not await _decide(
        session, protocol=protocol, name="find_valid", finding=finding, request_key=request_key, actor=actor, now=now
    ):
        return False
    case = await case_of(session, protocol.id)
    check_private(case, finding, proof, now)
    if proof is None and not case.is_fee:
        proof = made_proof(case, finding, performed, now)
    if proof is not None:
        dispute = case.dispute
        dispute.proof_sha256, dispute.proof_name, dispute.proof_type = proof.sha256, proof.name, proof.content_type
        await session.flush()
    await _tell_valid(session, case, request_key, actor, now)
    return True


async def find_improper(
    session: AsyncSession, *, protocol: Protocol, finding: str, request_key: str, actor: Actor, now: datetime
) -> bool:
    """Medical accounts find the charge wrong: the claimant is asked how he wants the discount. Whether done now.

    InvalidInput without a finding or from another stage, NotAllowed for whoever is not of the desk.
    """
    if not await _decide(
        session, protocol=protocol, name="find_improper", finding=finding, request_key=request_key, actor=actor, now=now
    ):
        return False
    case = await case_of(session, protocol.id)
    await _tell(session, case, case.claimant, "dispute_improper", key=request_key, now=now)
    return True


async def choose_discount(
    session: AsyncSession, *, protocol: Protocol, discount: Discount, request_key: str, actor: Actor, now: datetime
) -> bool:
    """The form of discount: on the current invoice at the treasury, on future ones by finance, to whom medical

    accounts' answer is forwarded. Gives whether it was chosen now; InvalidInput where it is not asked (any more).
    """
    name = f"choose_{discount}"
    if not await moving.move(session, protocol=protocol, name=name, request_key=request_key, actor=actor, now=now):
        return False
    case = await case_of(session, protocol.id)
    case.dispute.discount = discount
    await session.flush()
    if discount == "future":
        await mail_finance(session, case=case, request_key=request_key, actor=actor, now=now)
    audit.record(session, "disputes.choose", ("protocol", protocol.id), actor=actor, now=now, discount=discount)
    return True


async def settle(
    session: AsyncSession, *, protocol: Protocol, text: str, request_key: str, actor: Actor, now: datetime
) -> bool:
    """Finance, or the treasury, has given the discount: told to the claimant with `text`, and to the ERP.

    Gives whether this was done now; InvalidInput from another stage, NotAllowed for whoever is not of the desk.
    """
    case = await case_of(session, protocol.id)
    if not await moving.move(
        session, protocol=protocol, name="settle", request_key=request_key, actor=actor, now=now, reason=text.strip(),
        told=(case.claimant.id,),
    ):  # fmt: skip
        return False
    case.dispute.settled_at = now
    values = {
        "protocol": protocol.number, "form": case.dispute.discount,
        "invoice": str(case.invoice.number) if case.invoice else "",
        "item": str(case.item.id) if case.item else "", "amount": str(case.item.amount) if case.item else "",
        "billing_month": f"{case.dispute.billing_month:%Y-%m}" if case.dispute.billing_month else "",
    }  # fmt: skip
    about = ("invoice", case.dispute.invoice_id) if case.dispute.invoice_id else ("protocol", protocol.id)
    await erp.publish(
        session, kind="discount.granted", subject=about, values=values,
        change_key=f"discount:{protocol.id}", now=now,
    )  # fmt: skip
    audit.record(session, "disputes.settle", ("protocol", protocol.id), actor=actor, now=now)
    return True


async def of_protocol(session: AsyncSession, protocol_id: UUID) -> ChargeDispute | None:
    """What is disputed under a protocol; None where nothing is yet."""
    return await session.get(ChargeDispute, protocol_id)


async def of_person(session: AsyncSession, beneficiary_id: UUID, *, open_only: bool = False) -> Sequence[Protocol]:
    """The protocols under which a person has disputed charges, newest first; those that wait for an end alone."""
    query = select(Protocol).join(ChargeDispute).where(ChargeDispute.claimant_id == beneficiary_id)
    if open_only:
        query = query.where(Protocol.state != "closed")
    return (await session.scalars(query.order_by(Protocol.opened_at.desc(), Protocol.number.desc()))).all()


async def open_of_item(session: AsyncSession, item_id: int) -> Protocol | None:
    """The protocol under which a line is disputed now; None where it is not."""
    query = select(Protocol).join(ChargeDispute).where(ChargeDispute.item_id == item_id, Protocol.state != "closed")
    return (await session.scalars(query.order_by(Protocol.opened_at).limit(1))).first()


def _check(
    claimant: Beneficiary, invoice: Invoice | None, item: InvoiceItem | None, claim: str, answer_by: AnswerBy
) -> None:
    if item is not None and (invoice is None or item.invoice_id != invoice.id):
        raise InvalidInput("Esse item não é dessa fatura.", detail="item of another invoice")
    if not claim.strip():
        raise InvalidInput("Conte o que há de errado com a cobrança.", detail="claim is empty")
    if answer_by == "mail" and not claimant.email:
        raise InvalidInput("Não há e-mail no cadastro.", detail="no registered e-mail")


async def _decide(
    session: AsyncSession, *, protocol: Protocol, name: str, finding: str, request_key: str, actor: Actor, now: datetime
) -> bool:
    """Makes the move, telling nobody yet, and writes the finding down."""
    moved = await moving.move(
        session, protocol=protocol, name=name, request_key=request_key, actor=actor, now=now, reason=finding.strip(),
        told=(),
    )  # fmt: skip
    if not moved:
        return False
    dispute = (await case_of(session, protocol.id)).dispute
    dispute.ruling, dispute.finding = name.removeprefix("find_"), finding.strip()
    dispute.decided_at, dispute.decided_by = now, actor.id
    await session.flush()
    audit.record(session, f"disputes.{name}", ("protocol", protocol.id), actor=actor, now=now)
    return True


async def _tell_valid(session: AsyncSession, case: Case, key: str, actor: Actor, now: datetime) -> None:
    owner = case.told_privately(local(now).date())
    proof = kept_proof(case)
    if owner is not None:
        await _tell(session, case, owner, "dispute_proof", key=key, now=now)
        await _tell(session, case, case.claimant, "dispute_confirmed", key=key, now=now)
    elif case.dispute.answer_by == "mail" and case.claimant.email:
        await mail_answer(session, case=case, proof=proof, request_key=key, actor=actor, now=now)
        await _tell(session, case, case.claimant, "dispute_mailed", key=key, now=now)
    else:
        await _tell(session, case, case.claimant, "dispute_valid" if proof else "dispute_explained", key=key, now=now)


async def _tell(
    session: AsyncSession, case: Case, listener: Beneficiary, text: str, *, key: str, now: datetime
) -> None:
    """What `moving.move` would tell, in a text of this listener's own; `about_money` lets a dependent hear of care."""
    await events.tell(
        session, kind=moving.MOVED, beneficiary_id=listener.id, subject_id=case.protocol.id,
        protocol_id=case.protocol.id, event_key=f"moved:{key}:{listener.id}", now=now, text=text, entry=key,
        stage=case.protocol.stage, about_money=text != "dispute_proof",
    )  # fmt: skip

"""Notices: the whole content as it was told, the answer to it, and whether it counts. [RN 593, processes.md 6]

A notice is given, answered and settled; each step is a link of its case's evidence. What counts is `rules`' to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, beneficiaries
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract, hears_of_money
from backend.delinquency import evidence, rules
from backend.delinquency import position as positions
from backend.delinquency.campaigns import answers
from backend.delinquency.notice_document import PDF, document
from backend.delinquency.position import Owed, Position
from backend.delinquency.rules import Contact, Fee, Verdict
from backend.delinquency.tables import CampaignRow, DelinquencyCase, Notice
from backend.errors import InvalidInput, NotAllowed
from backend.invoices.tables import Invoice
from backend.protocols.tables import Protocol
from backend.store.clock import local
from backend.store.files import File, read
from backend.store.tables import JsonObject
from backend.words import numeric_date

# So long an answer, or the news of a delivery, is waited for; what is not known by then speaks against the notice.
WAITS: Final = timedelta(hours=24)


async def give(
    session: AsyncSession,
    *,
    case: DelinquencyCase,
    person: Beneficiary,
    position: Position,
    protocol: Protocol,
    conversation_id: UUID,
    turn_id: UUID,
    number: str,
    registered: bool,
    row_id: int | None,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> tuple[Notice, File]:
    """A notice by WhatsApp, and the whole of it as PDF, which goes with the message; once for a `request_key`.

    `number` is the telephone that writes, `registered` whether it stands in this person's register. NotAllowed for
    whoever does not answer for the contract, InvalidInput where a notice would say what does not hold.
    """
    await _lock(session, case, row_id)
    known = await session.scalar(select(Notice).where(Notice.request_key == request_key))
    if known is not None:
        return known, file_of(known)
    if not answers_for(person, case.contract_id):
        raise NotAllowed(detail="notice to who does not answer for the contract")
    if not position.may_notice:
        raise InvalidInput("Hoje não há o que notificar neste contrato.", detail="notice without its ground")
    paper = await document(session, position=position, person=person, protocol_number=protocol.number)
    notice = Notice(
        case_id=case.id, campaign_row_id=row_id, protocol_id=protocol.id, beneficiary_id=person.id, means="whatsapp",
        conversation_id=conversation_id, address=number, registered=registered, fees=fees_of(position),
        total=position.total, document_sha256=paper.sha256, document_name=paper.name, turn_id=turn_id, told_at=now,
        request_key=request_key,
    )  # fmt: skip
    await write(session, case=case, notice=notice, position=position, actor=actor, now=now)
    return notice, paper


async def write(
    session: AsyncSession, *, case: DelinquencyCase, notice: Notice, position: Position, actor: Actor, now: datetime
) -> None:
    """Adds a notice that was told, by whatever means, with its content as a link of the case's evidence."""
    session.add(notice)
    await session.flush()
    people = await beneficiaries.by_phone(session, notice.address) if notice.means == "whatsapp" else []
    content = {
        "notice": str(notice.id), "means": notice.means, "person": str(notice.beneficiary_id),
        "contract": position.contract.number, "fees": notice.fees, "total": str(notice.total),
        "days": position.arrears.days, "document": notice.document_sha256, "document_name": notice.document_name,
        "address": notice.address, "registered": notice.registered,
        "register": [str(one.id) for one in people if one.contract_id == case.contract_id],
        "conversation": str(notice.conversation_id or ""), "turn": str(notice.turn_id or ""),
        "campaign_row": notice.campaign_row_id, "protocol": str(notice.protocol_id or ""),
    }  # fmt: skip
    await evidence.add(
        session, case=case, kind="content", content=content, at=notice.told_at, link_key=f"notice:{notice.id}:content",
        actor=actor, now=now,
    )  # fmt: skip
    audit.record(
        session, "delinquency.give_notice", ("delinquency_notice", notice.id), actor=actor, now=now, means=notice.means
    )


async def answer(
    session: AsyncSession,
    *,
    notice: Notice,
    text: str,
    by_tap: bool,
    confirms: bool,
    turn_id: UUID,
    written_at: datetime,
    person: Beneficiary | None,
    number: str,
    registered: bool,
    actor: Actor,
    now: datetime,
) -> Verdict:
    """Keeps an answer to a notice and gives the verdict so far, by the ledger of now; once for a turn.

    The better answer stays: one that confirms is not undone by a later 'ok'. `person` is who is identified, `number`
    the telephone that wrote, `written_at` when (it dates the notice). Pending where only the delivery is not known.
    """
    case = await session.get_one(DelinquencyCase, notice.case_id)
    await _lock(session, case, notice.campaign_row_id)
    await session.refresh(notice)
    by = _by(person, case)
    content = {
        "notice": str(notice.id), "turn": str(turn_id), "text": text, "by_tap": by_tap, "confirms": confirms,
        "person": str(person.id) if person else "", "by": by, "number": number, "registered": registered,
    }  # fmt: skip
    await evidence.add(
        session, case=case, kind="answer", content=content, at=written_at,
        link_key=f"notice:{notice.id}:answer:{turn_id}", actor=actor, now=now,
    )  # fmt: skip
    better = _strength(confirms, by_tap, by, registered) >= _kept_strength(notice)
    if notice.settled_at is None and better and not _confirmed(notice):
        notice.answer, notice.answer_text, notice.confirms = ("tap" if by_tap else "typed"), text, confirms
        notice.answer_turn_id, notice.answered_at = turn_id, written_at
        notice.answered_by, notice.answer_registered = by, registered
        subject = ("delinquency_notice", notice.id)
        audit.record(session, "delinquency.answer_notice", subject, actor=actor, now=now, confirms=confirms, by=by)
        await session.flush()
    return await judged(session, notice)


async def open_notice(session: AsyncSession, *, case_id: UUID, conversation_id: UUID) -> Notice | None:
    """The newest notice that was told in this conversation and is not confirmed yet; None without one."""
    query = (
        select(Notice)
        .where(
            Notice.case_id == case_id, Notice.conversation_id == conversation_id, Notice.confirms.is_(False),
            Notice.settled_at.is_(None),
        )
        .order_by(Notice.told_at.desc(), Notice.id.desc())
        .limit(1)
    )  # fmt: skip
    return (await session.scalars(query)).one_or_none()


async def settle(
    session: AsyncSession,
    *,
    notice: Notice,
    delivered: bool | None,
    actor: Actor,
    now: datetime,
    whole: bool = True,
    over: bool = False,
) -> Verdict | None:
    """Judges a notice for good once all is known, or has been waited for long enough; None while it is still open.

    `delivered` is whether its messages arrived, None while nobody knows; `whole` that all of them were on their way
    before the answer; `over` that its conversation has ended, so that no answer comes any more. [RN 593]
    """
    case = await session.get_one(DelinquencyCase, notice.case_id)
    await _lock(session, case, notice.campaign_row_id)
    await session.refresh(notice)
    if notice.settled_at is not None:
        return None
    if delivered is not None:
        notice.delivered = delivered
    if not _is_ripe(notice, over=over, now=now):
        return None
    verdict = await judged(session, notice, whole=whole)
    await decide(session, case=case, notice=notice, verdict=verdict, actor=actor, now=now)
    return verdict


async def decide(
    session: AsyncSession, *, case: DelinquencyCase, notice: Notice, verdict: Verdict, actor: Actor, now: datetime
) -> None:
    """Writes a final verdict into its notice and the evidence, and into the campaign's row where it counts."""
    notice.counts, notice.why, notice.settled_at = verdict.counts, list(verdict.why), now
    notice.notice_on, notice.deadline = verdict.noticed_on, verdict.deadline
    content = {
        "notice": str(notice.id), "counts": verdict.counts, "why": list(verdict.why),
        "noticed_on": verdict.noticed_on, "deadline": verdict.deadline, "delivered": notice.delivered,
    }  # fmt: skip
    await evidence.add(
        session, case=case, kind="verdict", content=content, at=now, link_key=f"notice:{notice.id}:verdict",
        actor=actor, now=now,
    )  # fmt: skip
    audit.record(
        session, "delinquency.settle_notice", ("delinquency_notice", notice.id), actor=actor, now=now,
        counts=verdict.counts, why=list(verdict.why),
    )  # fmt: skip
    await session.flush()
    if verdict.counts:
        await _note_in_campaign(session, notice, actor, now)


async def judged(session: AsyncSession, notice: Notice, *, whole: bool = True) -> Verdict:
    """What a notice counts for as it stands, by what was unpaid on the day of its answer. Writes nothing.

    `whole` is what the messages themselves say; an answer that was written before the notice was told is none to it.
    """
    case = await session.get_one(DelinquencyCase, notice.case_id)
    contract = await session.get_one(Contract, case.contract_id)
    at = notice.answered_at or notice.told_at
    answered = notice.answer != "none"
    contact = Contact(
        means=notice.means, at=at, registered=notice.registered and (not answered or notice.answer_registered),
        by=notice.answered_by if answered else "answers",
        whole=whole and (not answered or at >= notice.told_at), delivered=notice.delivered,
        answer=notice.answer, confirms=notice.confirms, proof=bool(notice.proof),
    )  # fmt: skip
    fees = await _unpaid_on(session, notice, case.contract_id, local(at).date())
    return rules.judge_contact(positions.signed(contract), fees, contact, positions.terms())


async def of_case(session: AsyncSession, case_id: UUID) -> Sequence[Notice]:
    """A case's notices, the oldest first."""
    query = select(Notice).where(Notice.case_id == case_id).order_by(Notice.told_at, Notice.id)
    return (await session.scalars(query)).all()


def answers_for(person: Beneficiary, contract_id: UUID) -> bool:
    """Whether a person answers for the contract: holder, detached member, financially responsible. Pure. [rule 3]"""
    return person.contract_id == contract_id and hears_of_money(person)


def fees_of(found: Position) -> list[JsonObject]:
    """What a notice of this position names, as it is kept: amounts in reais as texts, days as ISO. Pure."""
    return [_fee(owed, found.on) for owed in found.owed]


def months_of(notice: Notice) -> frozenset[date]:
    """The billing months that a notice named. Pure."""
    return frozenset(date.fromisoformat(str(fee["billing_month"])) for fee in notice.fees)


def file_of(notice: Notice) -> File:
    """The whole notice as it is stored; NotFound where it is not kept any more."""
    size = len(read(notice.document_sha256))
    return File(notice.document_sha256, notice.document_name, PDF, size)


async def _lock(session: AsyncSession, case: DelinquencyCase, row_id: int | None) -> None:
    """A campaign's row before the case, as whoever calls and follows does: nobody waits for the other in a circle."""
    if row_id is not None:
        await session.execute(select(CampaignRow.id).where(CampaignRow.id == row_id).with_for_update())
    await session.refresh(case, with_for_update=True)


def _fee(owed: Owed, on: date) -> JsonObject:
    return {
        "billing_month": owed.fee.billing_month.isoformat(), "due_on": owed.fee.due_on.isoformat(),
        "amount": str(owed.fee.amount), "total": str(owed.amounts.total), "days": owed.fee.days_late(on),
        "excused": bool(owed.fee.excused),
    }  # fmt: skip


def _by(person: Beneficiary | None, case: DelinquencyCase) -> rules.By:
    if person is None:
        return "unknown"
    return "answers" if answers_for(person, case.contract_id) else "another"


def _strength(confirms: bool, by_tap: bool, by: str, registered: bool) -> int:
    """How much an answer is worth beside another: one that may count, one that confirms, any, none."""
    if not confirms:
        return 1
    return 3 if by == "answers" and registered and not by_tap else 2


def _kept_strength(notice: Notice) -> int:
    if notice.answer == "none":
        return 0
    return _strength(notice.confirms, notice.answer == "tap", notice.answered_by, notice.answer_registered)


def _confirmed(notice: Notice) -> bool:
    return _kept_strength(notice) == _strength(True, False, "answers", True)


def _is_ripe(notice: Notice, *, over: bool, now: datetime) -> bool:
    """Whether nothing more is to be waited for: an answer while there may be one, the delivery for a day."""
    since = notice.answered_at or notice.told_at
    if now - since >= WAITS:
        return True
    return notice.delivered is not None and (over or _confirmed(notice))


async def _unpaid_on(session: AsyncSession, notice: Notice, contract_id: UUID, on: date) -> list[Fee]:
    """The fees that the notice named and that were unpaid on a day, although they may have been paid since."""
    unpaid = or_(Invoice.state == "open", and_(Invoice.state == "paid", Invoice.paid_on > on))
    query = select(Invoice).where(
        Invoice.contract_id == contract_id, unpaid, Invoice.billing_month.in_(months_of(notice))
    )
    return [positions.fee(invoice) for invoice in await session.scalars(query)]


async def _note_in_campaign(session: AsyncSession, notice: Notice, actor: Actor, now: datetime) -> None:
    if notice.campaign_row_id is None:
        return
    row = await session.get_one(CampaignRow, notice.campaign_row_id)
    assert notice.notice_on is not None  # it counts
    assert notice.deadline is not None
    remarks = f"ciente em {numeric_date(notice.notice_on)}, prazo até {numeric_date(notice.deadline)}"
    await answers.note(
        session, row=row, step="notified", protocol_id=notice.protocol_id, remarks=remarks, actor=actor, now=now
    )

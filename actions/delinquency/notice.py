"""The notice in the chat: its content with the whole of it as PDF, and the typed confirmation. [RN 593]"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions.delinquency.called import number_of, written_at
from actions.delinquency.settling import campaign_row
from actions.delinquency.words import fees_counted
from actions.process import protocol_of
from actions.talk import Talk
from backend.beneficiaries import Beneficiary
from backend.contracts import plan_of
from backend.delinquency import cases, noticed, notices, rules
from backend.delinquency import position as positions
from backend.delinquency.position import Position
from backend.delinquency.rules import Verdict
from backend.delinquency.tables import Notice
from backend.errors import NotFound
from backend.money import reais
from backend.settings import settings
from backend.store.clock import local
from backend.words import numeric_date


def holds(position: Position) -> bool:
    """Whether a notice today would say nothing but what holds for this contract. Pure.

    Not while the holder is in hospital, nor while a dispute or a reported payment waits for its answer, nor for a plan
    that has ended.
    """
    return position.may_notice and not (position.in_hospital or position.is_cancelled or is_questioned(position))


def is_questioned(position: Position) -> bool:
    """Whether something that was said against the debt waits for an answer. Pure."""
    return any(question.answered_on is None for question in position.questioned)


async def give(talk: Talk, person: Beneficiary, position: Position) -> bool:
    """Tells the notice, once a turn; True where its confirmation is to be asked for.

    One that counts already and named all that is unpaid now is only remembered, with its date and its deadline; one
    of this conversation is not told twice: where it was not confirmed, it is asked about again.
    """
    case = await cases.open_case(
        talk.session, contract_id=position.contract.id, beneficiary_id=person.id, actor=talk.actor, now=talk.now
    )
    before = await noticed.in_force(talk.session, case.id, months=position.arrears.months)
    if before is not None and before.notice_on and before.deadline:
        on, until = numeric_date(before.notice_on), numeric_date(before.deadline)
        talk.say("debt_noticed_before", on=on, deadline=until)
        return False
    if await noticed.confirmed_here(talk.session, case.id, talk.conversation_id, months=position.arrears.months):
        talk.say("debt_confirmed_before")
        return False
    told = await notices.open_notice(talk.session, case_id=case.id, conversation_id=talk.conversation_id)
    if told is None or str(told.turn_id) == talk.message_id:
        told = await _tell(talk, person, position)
    talk.state["notice"] = str(told.id)
    return True


async def _tell(talk: Talk, person: Beneficiary, position: Position) -> Notice:
    protocol, row = await protocol_of(talk), await campaign_row(talk)
    case = await cases.current(talk.session, position.contract.id)
    if protocol is None or case is None:
        raise NotFound(detail="notice without a protocol or a case")
    told, paper = await notices.give(
        talk.session, case=case, person=person, position=position, protocol=protocol,
        conversation_id=talk.conversation_id, turn_id=UUID(talk.message_id), number=number_of(talk),
        registered=is_registered(talk, person), row_id=row.id if row else None,
        request_key=f"{talk.message_id}:notice", actor=talk.actor, now=talk.now,
    )  # fmt: skip
    terms = positions.terms()
    by_fees = rules.counts_fees(position.signed, terms)
    plan = await plan_of(talk.session, position.contract)
    talk.say_stored(
        paper, "debt_notice_fees" if by_fees else "debt_notice_days", name=person.full_name, plan=plan.name,
        contract=position.contract.number, count=fees_counted(len(position.owed)), total=reais(position.total),
        on=numeric_date(position.on), days=terms.notice_days, fees=terms.fees, more_than=terms.more_than_days,
        operator=settings().operator_name, phone=settings().operator_phone,
    )  # fmt: skip
    return told


def is_registered(talk: Talk, person: Beneficiary) -> bool:
    """Whether the telephone that writes stands in this very person's register. Pure."""
    return str(person.id) in (talk.context.get("own_number_of") or ())


async def answer(talk: Talk, person: Beneficiary, *, confirms: bool) -> Verdict | None:
    """Keeps what was typed after the notice; the verdict so far, None where no notice waits for an answer."""
    told = await pending(talk.session, talk.state.get("notice"))
    if told is None:
        return None
    return await notices.answer(
        talk.session, notice=told, text=talk.text, by_tap=bool(talk.chosen), confirms=confirms,
        turn_id=UUID(talk.message_id), written_at=written_at(talk), person=person, number=number_of(talk),
        registered=is_registered(talk, person), actor=talk.actor, now=talk.now,
    )  # fmt: skip


async def pending(session: AsyncSession, notice_id: object) -> Notice | None:
    """The notice that the request told, None where it told none."""
    return await session.get(Notice, UUID(str(notice_id))) if notice_id else None


def thank(talk: Talk, verdict: Verdict) -> None:
    """Thanks for the confirmation; until when, only where it may count as a notice."""
    if verdict.counts or verdict.pending:
        on = local(written_at(talk)).date()
        until = verdict.deadline or rules.deadline_of(on, positions.terms())
        talk.say("debt_confirmed_until", deadline=numeric_date(until))
    else:
        talk.say("debt_confirmed")

"""What is answered to a campaign's call, and how far the person came: the chat writes it down here. [processes.md 6]

Each answer is a link of the case's evidence, as it was typed. What follows is decided by what it was, never by who it
seemed to be: an identity is not needed for 'não conheço'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.delinquency import cases, evidence, position
from backend.delinquency.calling import Plan
from backend.delinquency.calls import LIVE
from backend.delinquency.campaigns.outcomes import OUTCOMES, UNSENT, further
from backend.delinquency.campaigns.people import numbers_of
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt, EvidenceLink, NumberMark
from backend.store.clock import local
from backend.words import numeric_date

Step = Literal["identified", "another", "told", "notified", "paid", "negotiated", "refused", "silent"]

# What each answer makes of the attempt; those that are not here leave it as it is.
_ATTEMPT: Mapping[str, str] = {
    "me": "answered", "later": "answered", "not_here": "wrong_person", "wrong_number": "wrong_person",
    "deceased": "wrong_person", "hospital": "answered", "legal": "refused", "refuse": "refused", "stop": "refused",
    "reached": "answered",
}  # fmt: skip
_ENDS = frozenset({"legal", "refuse"})
_MARKS: Mapping[str, str] = {"wrong_number": "not_his", "deceased": "deceased", "stop": "stopped"}
_SAID: Mapping[str, str] = {
    "not_here": "quem atendeu conhece a pessoa, que não estava", "later": "pediu contato em outro momento",
    "wrong_number": "o telefone é de outra pessoa", "hospital": "está em internação",
    "another": "respondeu outra pessoa", "silent": "identificou-se e não respondeu mais",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reply:
    """One answer: its code, as it was typed, over which telephone, in which turn, when."""

    code: str
    said: str
    number: str
    turn_id: UUID
    written_at: datetime


async def take(
    session: AsyncSession,
    *,
    row: CampaignRow,
    reply: str,
    said: str,
    number: str,
    turn_id: UUID,
    written_at: datetime,
    actor: Actor,
    now: datetime,
) -> None:
    """Takes an answer to 'falo com …?' (a code of `replies`), once for a turn; `said` is as typed, `number` who wrote.

    The person himself: identity follows; a person of the team who was asked for instead (`reached`) counts alike.
    Somebody else's number is marked for good and the next registered one is tried; a death, 'PARE', anger, a refusal
    and a stay in hospital end the calls; who asks for another time, or answers for somebody who is out, is followed by
    the next attempt. 'Não sou eu', 'quem é?' and automatic replies change nothing yet.
    """
    await session.refresh(row, with_for_update=True)
    if await _taken_before(session, row, turn_id):
        return
    answer = _Reply(reply, said, number or row.number, turn_id, written_at)
    await _keep(session, row, answer, actor, now)
    if reply and reply != "auto":
        row.answered_at = row.answered_at or written_at
    attempt = await _last_attempt(session, row)
    if attempt is not None and reply in _ATTEMPT:
        attempt.outcome, attempt.outcome_at = _ATTEMPT[reply], written_at
    if row.state in {"waiting", "calling", "answered"}:  # 'sim', and then 'não sou eu' where facts are asked
        await _follow(session, row, answer, actor, now)
    elif answer.code in _MARKS:  # 'PARE' holds although the row is done
        await _mark(session, row, answer, actor, now)
    audit.record(session, "campaign.answer", ("campaign_row", row.id), actor=actor, now=now, reply=reply)


async def note(
    session: AsyncSession,
    *,
    row: CampaignRow,
    step: Step,
    protocol_id: UUID | None = None,
    remarks: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Notes how far the person came: the funnel's moment (the first time), the protocol, remarks, what follows.

    `told`: the whole content; `notified`: a notice that counts; `another`: somebody else was identified; `silent`: no
    more answer after the identity. `paid` is what he says, unless the ledger says so too: then the calls are over.
    """
    await session.refresh(row, with_for_update=True)
    row.protocol_id = protocol_id or row.protocol_id
    add_remark(row, remarks)
    plan = await plan_of(session, row)
    match step:
        case "identified":
            row.identified_at = row.identified_at or now
            if row.state in {"waiting", "calling"}:
                row.state, row.next_at = "answered", days_on(now, plan.interval_days)
        case "another" | "silent":
            if row.state in {"waiting", "calling", "answered"}:
                again(row, plan, now, remark=_SAID[step])
        case _:
            await _reached(session, row, step, now)
    audit.record(session, "campaign.note", ("campaign_row", row.id), actor=actor, now=now, step=step)


async def live_row(session: AsyncSession, contract_id: UUID) -> CampaignRow | None:
    """The newest row of a running or stopped campaign for a contract, unless it was left out; None without one."""
    query = (
        select(CampaignRow)
        .join(Campaign, Campaign.id == CampaignRow.campaign_id)
        .where(CampaignRow.contract_id == contract_id, CampaignRow.state != "left_out", Campaign.state.in_(LIVE))
        .order_by(CampaignRow.id.desc())
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def plan_of(session: AsyncSession, row: CampaignRow) -> Plan:
    """The plan of a row's campaign."""
    return Plan.from_json((await session.get_one(Campaign, row.campaign_id)).plan)


def again(row: CampaignRow, plan: Plan, now: datetime, *, remark: str = "", days: int | None = None) -> None:
    """The row waits for its next attempt, `days` or the plan's interval from now; after the last it is done."""
    add_remark(row, f"{remark} em {numeric_date(local(now).date())}" if remark else "")
    if row.attempts >= plan.attempts:
        finish(row, "no_answer")
    else:
        row.state, row.next_at = "waiting", days_on(now, plan.interval_days if days is None else days)


def days_on(now: datetime, days: int) -> datetime:
    """The beginning of the local day so many days on; now, where there are none. Pure.

    An interval is of days: who was called at six in the evening is called again from the morning on, not a day late.
    """
    if not days:
        return now
    return (local(now) + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)


def finish(row: CampaignRow, outcome: str, *, state: str = "done") -> None:
    """No more calls to this row; `outcome` is a code of `OUTCOMES`."""
    assert outcome in OUTCOMES
    row.state, row.outcome, row.next_at = state, further(row.outcome, outcome), None


def add_remark(row: CampaignRow, remark: str) -> None:
    """Adds a remark to those that finance gets back, once."""
    if remark and remark not in row.remarks:
        row.remarks = f"{row.remarks}; {remark}" if row.remarks else remark


async def _taken_before(session: AsyncSession, row: CampaignRow, turn_id: UUID) -> bool:
    key = _key(row, turn_id)
    return await session.scalar(select(EvidenceLink.id).where(EvidenceLink.link_key == key)) is not None


def _key(row: CampaignRow, turn_id: UUID) -> str:
    return f"reply:{row.id}:{turn_id}"


async def _keep(session: AsyncSession, row: CampaignRow, answer: _Reply, actor: Actor, now: datetime) -> None:
    if row.case_id is None:  # nobody was called: there is nothing to prove
        return
    content = {
        "said": answer.said, "understood": answer.code, "number": answer.number, "turn": str(answer.turn_id),
        "row": row.id,
    }  # fmt: skip
    await evidence.add(
        session, case=await cases.get(session, row.case_id), kind="reply", at=answer.written_at, content=content,
        link_key=_key(row, answer.turn_id), actor=actor, now=now,
    )  # fmt: skip


async def _follow(session: AsyncSession, row: CampaignRow, answer: _Reply, actor: Actor, now: datetime) -> None:
    if answer.code in _MARKS:
        await _mark(session, row, answer, actor, now)
    plan = await plan_of(session, row)
    match answer.code:
        case "me" | "reached":
            row.state, row.next_at = "answered", days_on(now, plan.interval_days)
        case "wrong_number":
            await _next_number(session, row, plan, now)
        case "not_here" | "later":
            again(row, plan, now, remark=_SAID[answer.code])
        case "deceased":
            finish(row, "deceased")
        case "stop":
            finish(row, "stopped")
        case "hospital":
            add_remark(row, f"{_SAID['hospital']} em {numeric_date(local(now).date())}")
            finish(row, "in_hospital", state="left_out")
        case code if code in _ENDS:
            finish(row, code)


async def _next_number(session: AsyncSession, row: CampaignRow, plan: Plan, now: datetime) -> None:
    """Another number of the register is called at once; without one the row is done. `number` is no longer asked."""
    row.number = ""
    add_remark(row, f"{_SAID['wrong_number']}, em {numeric_date(local(now).date())}")
    left = await numbers_of(session, row.beneficiary_id) if row.beneficiary_id else ()
    if left and row.attempts < plan.attempts:
        row.state, row.next_at = "waiting", now
    else:
        finish(row, "wrong_number")


async def _mark(session: AsyncSession, row: CampaignRow, answer: _Reply, actor: Actor, now: datetime) -> None:
    if row.beneficiary_id is None or not answer.number:
        return
    values = {"mark": _MARKS[answer.code], "marked_at": now, "marked_by": str(actor), "said": answer.said}
    marking = insert(NumberMark).values(beneficiary_id=row.beneficiary_id, number=answer.number, **values)
    await session.execute(marking.on_conflict_do_update(index_elements=["beneficiary_id", "number"], set_=values))


async def _reached(session: AsyncSession, row: CampaignRow, step: str, now: datetime) -> None:
    """The content was told, or the person settled: no more calls, whatever the outcome still becomes."""
    outcome = step
    if step == "notified":
        row.notified_at = row.notified_at or now
    elif step == "negotiated":
        row.negotiated_at = row.negotiated_at or now
        await _case_negotiated(session, row, now)
    elif step == "paid" and await _owes(session, row, now):
        outcome = "says_paid"
    elif step == "paid":
        row.paid_at = row.paid_at or now
    finish(row, outcome)


async def _owes(session: AsyncSession, row: CampaignRow, now: datetime) -> bool:
    if row.contract_id is None:
        return False
    return bool((await position.of_contract(session, row.contract_id, on=local(now).date())).owed)


async def _case_negotiated(session: AsyncSession, row: CampaignRow, now: datetime) -> None:
    case = await cases.current(session, row.contract_id) if row.contract_id else None
    if case is not None:
        case.negotiated_at = case.negotiated_at or now


async def _last_attempt(session: AsyncSession, row: CampaignRow) -> ContactAttempt | None:
    """The newest that arrived, or may have."""
    query = select(ContactAttempt).where(
        ContactAttempt.campaign_row_id == row.id, ContactAttempt.outcome.not_in((*UNSENT, "failed"))
    )
    return (await session.scalars(query.order_by(ContactAttempt.made_at.desc()).limit(1))).one_or_none()

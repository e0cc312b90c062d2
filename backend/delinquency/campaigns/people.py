"""Who of a list may be called, over which numbers, and why not: by register and ledger as they stand now.

The same questions are asked for the preview, at the approval, and again before every attempt. [processes.md 6]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, and_, any_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from backend.beneficiaries import Beneficiary, BeneficiaryPhone
from backend.contracts import ANSWERS_FOR_CONTRACT, Contract
from backend.delinquency.calling import Plan
from backend.delinquency.tables import Campaign, CampaignRow, NumberMark
from backend.invoices.arrears import payable_until
from backend.invoices.tables import Invoice
from backend.settings import settings
from backend.store.clock import local

AT_ONCE = 2000  # rows of a list that are judged with one set of queries


@dataclass(frozen=True, slots=True)
class Line:
    """What of a campaign's row decides whether it is called."""

    id: int
    line: int
    full_name: str
    beneficiary_id: UUID | None
    contract_id: UUID | None
    problem: str
    state: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Judged:
    """`reason` is empty where the row may be called, else a code of `LEFT_OUT`. `numbers` may be called, in order.

    `days` of arrears are those of the oldest fee that the operator did not cause; `cancelled`: the contract has ended.
    """

    reason: str
    numbers: tuple[str, ...] = ()
    days: int = 0
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What register, ledger and other campaigns say of the people of some rows."""

    late: Mapping[UUID, tuple[date, date | None]]
    ended: frozenset[UUID] = frozenset()
    in_hospital: frozenset[UUID] = frozenset()
    answering: frozenset[UUID] = frozenset()
    phones: Mapping[UUID, Sequence[str]] = field(default_factory=dict)
    marks: Mapping[UUID, Mapping[str, str]] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()
    first_line: Mapping[UUID, int] = field(default_factory=dict)
    elsewhere: frozenset[UUID] = frozenset()


async def judge_all(
    session: AsyncSession, campaign: Campaign, plan: Plan, now: datetime
) -> AsyncIterator[list[tuple[Line, Judged]]]:
    """Every row of a campaign that was not called yet, judged, in chunks in the order of the sheet."""
    after = 0
    while lines := await _chunk(session, campaign, after):
        judged = await judge(session, lines, campaign=campaign, plan=plan, now=now)
        yield [(line, judged[line.id]) for line in lines]
        after = lines[-1].line


async def judge(
    session: AsyncSession, lines: Sequence[Line], *, campaign: Campaign, plan: Plan, now: datetime
) -> Mapping[int, Judged]:
    """Whether each of some rows of one campaign may be called now, by id; eight queries, however many they are."""
    today = local(now).date()
    known = await _known(session, lines, campaign, today)
    return {line.id: _judge(line, known, plan, today) for line in lines}


def line_of(row: CampaignRow) -> Line:
    """A row as its judgement sees it. Pure."""
    return Line(
        row.id, row.line, row.full_name, row.beneficiary_id, row.contract_id, row.problem, row.state, row.outcome
    )


async def numbers_of(session: AsyncSession, beneficiary_id: UUID) -> tuple[str, ...]:
    """A person's registered numbers that may be called: not marked, and nobody there asked for no more calls."""
    phones = await _phones(session, [beneficiary_id])
    marks = await _marks(session, [beneficiary_id])
    stopped = await _stopped(session, phones.get(beneficiary_id, ()))
    return _callable(phones.get(beneficiary_id, ()), marks.get(beneficiary_id, {}), stopped)


def _judge(line: Line, known: _Known, plan: Plan, today: date) -> Judged:
    if reason := _of_the_line(line, known):
        return Judged(reason)
    assert line.contract_id is not None
    assert line.beneficiary_id is not None
    cancelled = line.contract_id in known.ended
    reason, days = _of_the_ledger(line.contract_id, known, plan, today)
    if not reason and plan.skip_hospital and line.contract_id in known.in_hospital:
        reason = "in_hospital"
    phones = known.phones.get(line.beneficiary_id, ())
    marks = known.marks.get(line.beneficiary_id, {})
    numbers = _callable(phones, marks, known.stopped)
    return Judged(reason or _of_the_numbers(phones, marks, numbers), numbers, days, cancelled)


def _of_the_line(line: Line, known: _Known) -> str:
    if line.state == "left_out" and line.outcome:  # the reading of the sheet left it out already
        return line.outcome
    if line.problem:
        return "bad_line"
    if line.beneficiary_id is None:
        return "not_found"
    if line.contract_id is None or line.beneficiary_id not in known.answering:
        return "not_answering"
    if known.first_line.get(line.contract_id, line.line) < line.line:
        return "duplicate"
    return "listed_elsewhere" if line.contract_id in known.elsewhere else ""


def _of_the_ledger(contract_id: UUID, known: _Known, plan: Plan, today: date) -> tuple[str, int]:
    oldest, own = known.late.get(contract_id, (None, None))
    if oldest is None or not _days(oldest, today):
        return "paid", 0
    if own is None:
        return "excused", 0
    days = _days(own, today)
    return ("" if days >= plan.min_days else "too_few_days"), days


def _of_the_numbers(phones: Sequence[str], marks: Mapping[str, str], numbers: Sequence[str]) -> str:
    """A death, or 'PARE', concerns the person; somebody else's number only that number."""
    if "deceased" in marks.values():
        return "deceased"
    if "stopped" in marks.values():
        return "stopped"
    if numbers:
        return ""
    if not phones:
        return "no_number"
    return "marked" if all(number in marks for number in phones) else "stopped"


def _callable(phones: Sequence[str], marks: Mapping[str, str], stopped: Iterable[str]) -> tuple[str, ...]:
    asked_for_none = set(stopped)
    return tuple(number for number in phones if number not in marks and number not in asked_for_none)


@lru_cache(maxsize=4096)
def _in_time_until(due_on: date, state: str) -> date:
    return payable_until(due_on, state=state)


def _days(due_on: date, today: date) -> int:
    return max(0, (today - _in_time_until(due_on, settings().holiday_state)).days)


async def _chunk(session: AsyncSession, campaign: Campaign, after: int) -> list[Line]:
    row = CampaignRow
    query = (
        select(
            row.id, row.line, row.full_name, row.beneficiary_id, row.contract_id, row.problem, row.state, row.outcome
        )
        .where(row.campaign_id == campaign.id, row.line > after, row.attempts == 0, row.state != "done")
        .order_by(row.line)
        .limit(AT_ONCE)
    )
    return [Line(*found) for found in await session.execute(query)]


async def _known(session: AsyncSession, lines: Sequence[Line], campaign: Campaign, today: date) -> _Known:
    people = [line.beneficiary_id for line in lines if line.beneficiary_id]
    contracts = [line.contract_id for line in lines if line.contract_id]
    phones = await _phones(session, people)
    ended = select(Contract.id).where(_among(Contract.id, contracts), Contract.ended_on <= today)
    in_hospital = select(Beneficiary.contract_id).where(
        _among(Beneficiary.contract_id, contracts), Beneficiary.in_hospital_since.is_not(None),
        Beneficiary.standing.in_(ANSWERS_FOR_CONTRACT),
    )  # fmt: skip
    answering = select(Beneficiary.id).where(
        _among(Beneficiary.id, people), Beneficiary.standing.in_(ANSWERS_FOR_CONTRACT)
    )
    return _Known(
        late=await _late(session, contracts, today),
        ended=frozenset(await session.scalars(ended)),
        in_hospital=frozenset(await session.scalars(in_hospital)),
        answering=frozenset(await session.scalars(answering)),
        phones=phones,
        marks=await _marks(session, people),
        stopped=await _stopped(session, [number for numbers in phones.values() for number in numbers]),
        first_line=await _first_lines(session, campaign, contracts),
        elsewhere=await _elsewhere(session, campaign, contracts),
    )


async def _late(
    session: AsyncSession, contracts: Sequence[UUID], today: date
) -> Mapping[UUID, tuple[date, date | None]]:
    """Each contract's oldest unpaid due date, and the oldest of those whose arrears are the person's own."""
    own = case((and_(Invoice.excused == "", Invoice.slip_withheld == ""), Invoice.due_on))
    query = (
        select(Invoice.contract_id, func.min(Invoice.due_on), func.min(own))
        .where(_among(Invoice.contract_id, contracts), Invoice.state == "open", Invoice.due_on < today)
        .group_by(Invoice.contract_id)
    )
    return {contract: (oldest, own_oldest) for contract, oldest, own_oldest in await session.execute(query)}


async def _phones(session: AsyncSession, people: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    query = select(BeneficiaryPhone).where(_among(BeneficiaryPhone.beneficiary_id, people))
    found: dict[UUID, list[str]] = defaultdict(list)
    for phone in await session.scalars(query.order_by(BeneficiaryPhone.number)):
        found[phone.beneficiary_id].append(phone.number)
    return found


async def _marks(session: AsyncSession, people: Sequence[UUID]) -> Mapping[UUID, dict[str, str]]:
    query = select(NumberMark.beneficiary_id, NumberMark.number, NumberMark.mark)
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    for person, number, mark in await session.execute(query.where(_among(NumberMark.beneficiary_id, people))):
        found[person][number] = mark
    return found


async def _stopped(session: AsyncSession, numbers: Sequence[str]) -> frozenset[str]:
    """Of some numbers those whose holder asked for no more messages, whoever was called there."""
    query = select(NumberMark.number).where(NumberMark.mark == "stopped", NumberMark.number == any_(_texts(numbers)))
    return frozenset(await session.scalars(query))


async def _first_lines(session: AsyncSession, campaign: Campaign, contracts: Sequence[UUID]) -> Mapping[UUID, int]:
    query = (
        select(CampaignRow.contract_id, func.min(CampaignRow.line))
        .where(
            CampaignRow.campaign_id == campaign.id, _among(CampaignRow.contract_id, contracts),
            CampaignRow.problem == "",
        )
        .group_by(CampaignRow.contract_id)
    )  # fmt: skip
    return {contract: line for contract, line in await session.execute(query) if contract is not None}


async def _elsewhere(session: AsyncSession, campaign: Campaign, contracts: Sequence[UUID]) -> frozenset[UUID]:
    """Contracts that another campaign calls already; of two that were approved at once, the one of before."""
    query = (
        select(CampaignRow.contract_id)
        .join(Campaign, Campaign.id == CampaignRow.campaign_id)
        .where(
            CampaignRow.campaign_id != campaign.id, _among(CampaignRow.contract_id, contracts),
            CampaignRow.state.in_(("waiting", "calling", "answered")), Campaign.state.in_(("running", "stopped")),
        )
    )  # fmt: skip
    if campaign.approved_at is not None:
        same_time = and_(Campaign.approved_at == campaign.approved_at, Campaign.id < campaign.id)
        query = query.where(or_(Campaign.approved_at < campaign.approved_at, same_time))
    return frozenset(found for found in await session.scalars(query) if found is not None)


def _among(column: InstrumentedAttribute[Any], ids: Sequence[UUID]) -> ColumnElement[bool]:
    """`column = ANY(array)`: one parameter, however many ids."""
    return column == any_(literal(list(set(ids)), ARRAY(Uuid())))


def _texts(values: Sequence[str]) -> ColumnElement[Any]:
    return literal(list(set(values)), ARRAY(Text()))

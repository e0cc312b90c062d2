"""All that is known of open cases: position, notices, attempts, decisions, and by which means each can be reached.

Read for thousands of cases with one set of queries, what there is most of as plain rows; and how the rule sees each.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, cast
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary, BeneficiaryPhone
from backend.contracts import ANSWERS_FOR_CONTRACT
from backend.delinquency import due, position
from backend.delinquency.due import Decision, Standing
from backend.delinquency.many import among
from backend.delinquency.position import Position
from backend.delinquency.rules import Terms, Try, Verdict, deadline_of
from backend.delinquency.tables import CaseDecision, ContactAttempt, DelinquencyCase, Notice, NumberMark
from backend.protocols.tables import Protocol
from backend.store.clock import local

# What an attempt ends as without a notice. One that was withdrawn, or whose hours were over, was none.
IN_VAIN: Final = frozenset(
    {"no_answer", "failed", "delivered", "read", "answered", "wrong_person", "refused", "returned", "confirmed"}
)
# A notice that did not count for these reasons failed by the debt, not by the means.
_OF_THE_DEBT: Final = frozenset({"nothing_unpaid", "threshold_not_met"})
AT_ONCE: Final = 5000
Addresses = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """One case with all that belongs to it. `addresses`: the register's, by means, of who answers for the contract.

    `negotiating`: what the person offered waits for collections' answer.
    """

    case: DelinquencyCase
    person: Beneficiary
    position: Position
    notices: tuple[Notice, ...]
    attempts: tuple[ContactAttempt, ...]
    decided: CaseDecision | None
    addresses: Addresses
    negotiating: bool = False

    @property
    def counting(self) -> tuple[Notice, ...]:
        """The notices that count, the oldest first."""
        return tuple(notice for notice in self.notices if notice.counts)

    @property
    def tries(self) -> list[Try]:
        """The attempts over the register's addresses, by local day; one that may still lead to a notice is not failed.

        An attempt of a notice is the notice's: it failed where the notice does not count.
        """
        told = [
            Try(notice.means, local(notice.answered_at or notice.told_at).date(), notice.counts is False)
            for notice in self.notices
            if notice.registered and not _OF_THE_DEBT & set(notice.why)
        ]
        made = [
            Try(attempt.means, local(attempt.made_at).date(), attempt.settled)
            for attempt in self.attempts
            if attempt.registered and attempt.outcome in (IN_VAIN if attempt.settled else IN_VAIN | {"sent"})
        ]
        means = {(one.means, one.on) for one in told}
        return [*told, *(one for one in made if (one.means, one.on) not in means)]


def ruled(known: Known, terms: Terms) -> tuple[Decision, Notice | None]:
    """How the rule sees a case on its position's day, and the notice that this rests on, or the newest. Pure.

    By the notice that makes it due, else by the newest that still speaks of a debt that is enough; where none does, by
    what was tried since.
    """
    # Whom no address is known for by a means cannot be tried by it.
    terms = replace(terms, ladder=tuple(means for means in terms.ladder if known.addresses[means]))
    by_notice = [(_decided(known, notice, terms), notice) for notice in reversed(known.counting)]
    holds = [found for found in by_notice if due.carries(found[0])]
    best = next((found for found in by_notice if found[0].due), holds[0] if holds else None)
    if best is not None:
        return best
    if by_notice and not known.position.may_notice:
        return by_notice[0]
    return _decided(known, None, terms), known.notices[-1] if known.notices else None


def noticed(known: Known, terms: Terms) -> bool:
    """Whether a notice that counts still speaks of the debt of today, so that no other is wanted. Pure."""
    return any(due.carries(_decided(known, notice, terms)) for notice in known.counting)


def tries_of_today(known: Known) -> list[Try]:
    """The attempts since the last notice that counted: what that one reached is no vain attempt of what came later."""
    after = max((notice.notice_on for notice in known.counting if notice.notice_on), default=date.min)
    return [one for one in known.tries if one.on > after]


def _decided(known: Known, notice: Notice | None, terms: Terms) -> Decision:
    found = known.position
    verdicts = (Verdict(True, tuple(notice.why), notice.notice_on, notice.deadline),) if notice else ()
    standing = Standing(
        contract=found.signed, fees=found.fees, notified=_months(notice) if notice else None,
        changed=_changed(notice, found) if notice else frozenset(), notices=verdicts, tries=tries_of_today(known),
        questioned=found.questioned, promised=_promised(known, terms), negotiating=known.negotiating,
        negotiated=known.case.negotiated_at is not None, in_hospital=found.in_hospital,
    )  # fmt: skip
    return due.decide(standing, found.on, terms)


def _months(notice: Notice) -> frozenset[date]:
    """The billing months that a notice named as arrears that count."""
    return frozenset(date.fromisoformat(str(fee["billing_month"])) for fee in notice.fees if not fee.get("excused"))


def _changed(notice: Notice, found: Position) -> frozenset[date]:
    """Those of its months whose invoice is due on another day, or for another amount, than the notice said."""
    told = {str(fee["billing_month"]): (str(fee["due_on"]), Decimal(str(fee["amount"]))) for fee in notice.fees}
    owed = {fee.billing_month: (fee.due_on.isoformat(), fee.amount) for fee in found.fees}
    return frozenset(month for month, now in owed.items() if told.get(month.isoformat(), now) != now)


def _promised(known: Known, terms: Terms) -> date | None:
    """The last day to pay of any notice that who answers for the contract confirmed, whether it counts or not."""
    days = [
        deadline_of(local(notice.answered_at).date(), terms)
        for notice in known.notices
        if notice.confirms and notice.answered_by == "answers" and notice.answered_at is not None
    ]
    return max((*days, *(notice.deadline for notice in known.counting if notice.deadline)), default=None)


async def of_cases(session: AsyncSession, cases: Sequence[DelinquencyCase], *, on: date) -> list[Known]:
    """What is known of these cases on a day, in their order."""
    with collected_later():
        return [one for some in chunks(cases) for one in await _of_some(session, some, on=on)]


@contextmanager
def collected_later() -> Iterator[None]:
    """Python's collector waits while thousands of rows become objects.

    All of them stay, and looking through them again and again took half of the time, measured with 5,000 cases.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def chunks(cases: Sequence[DelinquencyCase]) -> Iterator[Sequence[DelinquencyCase]]:
    """The cases in as many parts as queries can name. Pure."""
    return (cases[start : start + AT_ONCE] for start in range(0, len(cases), AT_ONCE))


async def open_cases(session: AsyncSession) -> Sequence[DelinquencyCase]:
    """Every case that is open, the oldest first."""
    query = select(DelinquencyCase).where(DelinquencyCase.closed_at.is_(None))
    return (await session.scalars(query.order_by(DelinquencyCase.opened_at, DelinquencyCase.id))).all()


def postal_address(person: Beneficiary) -> str:
    """A person's address in the register on one line; empty where the register has no street. Pure."""
    if not person.street:
        return ""
    town = " ".join(filter(None, [person.city, person.state]))
    return ", ".join(filter(None, [person.street, person.district, town, person.postal_code]))


async def _of_some(session: AsyncSession, cases: Sequence[DelinquencyCase], *, on: date) -> list[Known]:
    ids, contracts = [case.id for case in cases], [case.contract_id for case in cases]
    positions = await position.of_contracts(session, contracts, on=on)
    notices: dict[UUID, list[Notice]] = defaultdict(list)
    for notice in await session.scalars(select(Notice).where(among(Notice.case_id, ids)).order_by(Notice.told_at)):
        notices[notice.case_id].append(notice)
    attempts = await _attempts(session, ids)
    negotiating = await _negotiating(session, contracts)
    latest = select(CaseDecision).where(among(CaseDecision.case_id, ids)).order_by(CaseDecision.decided_at)
    decided = {one.case_id: one for one in await session.scalars(latest)}
    answering = await _answering(session, contracts)
    phones = await _phones(session, [person.id for people in answering.values() for person in people])
    people = {person.id: person for family in answering.values() for person in family}
    missing = [case.beneficiary_id for case in cases if case.beneficiary_id not in people]
    people |= {one.id: one for one in await session.scalars(select(Beneficiary).where(among(Beneficiary.id, missing)))}
    return [
        Known(
            case, people[case.beneficiary_id], positions[case.contract_id], tuple(notices[case.id]),
            tuple(attempts[case.id]), decided.get(case.id), _addresses(answering[case.contract_id], phones),
            case.contract_id in negotiating,
        )
        for case in cases
    ]  # fmt: skip


async def _attempts(session: AsyncSession, cases: Sequence[UUID]) -> Mapping[UUID, list[ContactAttempt]]:
    """Each case's attempts in their order, as plain rows that have what `Known.tries` reads."""
    one = ContactAttempt
    query = select(one.case_id, one.means, one.made_at, one.registered, one.outcome, one.settled)
    found: dict[UUID, list[ContactAttempt]] = defaultdict(list)
    for row in await session.execute(query.where(among(one.case_id, cases)).order_by(one.made_at)):
        found[row.case_id].append(cast("ContactAttempt", row))
    return found


async def _negotiating(session: AsyncSession, contracts: Sequence[UUID]) -> frozenset[UUID]:
    """The contracts with an open negotiation: asked for as such, or in the course of a contact about the debt."""
    case = DelinquencyCase
    in_a_contact = select(case.id).where(
        case.contract_id == Beneficiary.contract_id, case.closed_at.is_(None), case.negotiated_at.is_not(None)
    )
    asked = or_(Protocol.kind == "debt_negotiation", and_(Protocol.kind == "debt", in_a_contact.exists()))
    query = (
        select(Beneficiary.contract_id)
        .join(Protocol, Protocol.beneficiary_id == Beneficiary.id)
        .where(among(Beneficiary.contract_id, contracts), Protocol.closed_at.is_(None), asked)
    )
    return frozenset(await session.scalars(query))


async def _answering(session: AsyncSession, contracts: Sequence[UUID]) -> Mapping[UUID, list[Beneficiary]]:
    """Who answers for each contract, the holder first."""
    query = select(Beneficiary).where(
        among(Beneficiary.contract_id, contracts), Beneficiary.standing.in_(ANSWERS_FOR_CONTRACT)
    )
    found: dict[UUID, list[Beneficiary]] = defaultdict(list)
    for person in await session.scalars(query.order_by(Beneficiary.standing != "holder", Beneficiary.id)):
        found[person.contract_id].append(person)
    return found


async def _phones(session: AsyncSession, people: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    """Each person's telephones without those that are marked: somebody else's, or of who asked for no more calls."""
    marked = select(NumberMark.beneficiary_id).where(
        NumberMark.beneficiary_id == BeneficiaryPhone.beneficiary_id, NumberMark.number == BeneficiaryPhone.number
    )
    query = select(BeneficiaryPhone.beneficiary_id, BeneficiaryPhone.number).where(
        among(BeneficiaryPhone.beneficiary_id, people), ~marked.exists()
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for beneficiary_id, number in await session.execute(query.order_by(BeneficiaryPhone.number)):
        found[beneficiary_id].append(number)
    return found


def _addresses(people: Sequence[Beneficiary], phones: Mapping[UUID, list[str]]) -> Addresses:
    numbers = tuple(number for person in people for number in phones.get(person.id, ()))
    return {
        "whatsapp": numbers,
        "call": numbers,
        "email": tuple(person.email for person in people if person.email),
        "letter": tuple(filter(None, map(postal_address, people))),
    }

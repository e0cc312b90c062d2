"""All that is known of open cases: position, notices, attempts, decisions, and by which means each can be reached.

Read for thousands of cases with one set of queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary, BeneficiaryPhone
from backend.contracts import ANSWERS_FOR_CONTRACT
from backend.delinquency import position
from backend.delinquency.position import Position
from backend.delinquency.rules import Try
from backend.delinquency.tables import CaseDecision, ContactAttempt, DelinquencyCase, Notice, NumberMark
from backend.store.clock import local

# What an attempt ends as without a notice. One that was withdrawn, or whose hours were over, was none.
IN_VAIN: Final = frozenset(
    {"no_answer", "failed", "delivered", "read", "answered", "wrong_person", "refused", "returned", "confirmed"}
)
# A notice that did not count for these reasons failed by the debt, not by the means.
_OF_THE_DEBT: Final = frozenset({"nothing_unpaid", "threshold_not_met"})
AT_ONCE: Final = 2000
Addresses = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """One case with all that belongs to it. `addresses`: the register's, by means, of who answers for the contract."""

    case: DelinquencyCase
    person: Beneficiary
    position: Position
    notices: tuple[Notice, ...]
    attempts: tuple[ContactAttempt, ...]
    decided: CaseDecision | None
    addresses: Addresses

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


async def of_cases(session: AsyncSession, cases: Sequence[DelinquencyCase], *, on: date) -> list[Known]:
    """What is known of these cases on a day, in their order."""
    return [one for some in chunks(cases) for one in await _of_some(session, some, on=on)]


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
    for notice in await session.scalars(select(Notice).where(Notice.case_id.in_(ids)).order_by(Notice.told_at)):
        notices[notice.case_id].append(notice)
    attempts: dict[UUID, list[ContactAttempt]] = defaultdict(list)
    made = select(ContactAttempt).where(ContactAttempt.case_id.in_(ids)).order_by(ContactAttempt.made_at)
    for attempt in await session.scalars(made):
        attempts[attempt.case_id].append(attempt)
    latest = select(CaseDecision).where(CaseDecision.case_id.in_(ids)).order_by(CaseDecision.decided_at)
    decided = {one.case_id: one for one in await session.scalars(latest)}
    answering = await _answering(session, contracts)
    phones = await _phones(session, [person.id for people in answering.values() for person in people])
    people = {person.id: person for family in answering.values() for person in family}
    missing = [case.beneficiary_id for case in cases if case.beneficiary_id not in people]
    people |= {one.id: one for one in await session.scalars(select(Beneficiary).where(Beneficiary.id.in_(missing)))}
    return [
        Known(
            case, people[case.beneficiary_id], positions[case.contract_id], tuple(notices[case.id]),
            tuple(attempts[case.id]), decided.get(case.id), _addresses(answering[case.contract_id], phones),
        )
        for case in cases
    ]  # fmt: skip


async def _answering(session: AsyncSession, contracts: Sequence[UUID]) -> Mapping[UUID, list[Beneficiary]]:
    """Who answers for each contract, the holder first."""
    query = select(Beneficiary).where(
        Beneficiary.contract_id.in_(contracts), Beneficiary.standing.in_(ANSWERS_FOR_CONTRACT)
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
    query = select(BeneficiaryPhone).where(BeneficiaryPhone.beneficiary_id.in_(people), ~marked.exists())
    found: dict[UUID, list[str]] = defaultdict(list)
    for phone in await session.scalars(query.order_by(BeneficiaryPhone.number)):
        found[phone.beneficiary_id].append(phone.number)
    return found


def _addresses(people: Sequence[Beneficiary], phones: Mapping[UUID, list[str]]) -> Addresses:
    numbers = tuple(number for person in people for number in phones.get(person.id, ()))
    return {
        "whatsapp": numbers,
        "call": numbers,
        "email": tuple(person.email for person in people if person.email),
        "letter": tuple(filter(None, map(postal_address, people))),
    }

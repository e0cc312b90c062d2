"""The worklist of the means that are not ours: whom a person calls, writes to or sends a letter. [processes.md 6]"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.contracts import ANSWERS_FOR_CONTRACT
from backend.delinquency import contacts, standing
from backend.delinquency.contacts import NextStep

A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Rung:
    """A step with what its form offers: the register's addresses for its means, and who may confirm."""

    step: NextStep
    addresses: Sequence[str]
    answering: Sequence[Beneficiary]


@dataclass(frozen=True, slots=True)
class Worklist:
    """One page of what is to be done by `means`. `counts` has how many wait by each; `total` by this one."""

    means: str
    rungs: Sequence[Rung]
    counts: Mapping[str, int]
    total: int


async def worklist(session: AsyncSession, *, on: date, means: str, page: int) -> Worklist:
    """What is to be done on a day, the longest waiting first; by the means that most wait for where none is named."""
    every = await contacts.worklist(session, on=on)
    counts = Counter(step.means for step in every)
    means = means or next((most for most, _ in counts.most_common(1)), contacts.MEANS[0])
    wanted = [step for step in every if step.means == means]
    shown = wanted[(page - 1) * A_PAGE : page * A_PAGE]
    known = await standing.of_cases(session, [step.case for step in shown], on=on)
    answering = await _answering(session, [step.case.contract_id for step in shown])
    rungs = [
        Rung(step, one.addresses[step.means], answering[step.case.contract_id])
        for step, one in zip(shown, known, strict=True)
    ]  # fmt: skip
    return Worklist(means, rungs, counts, len(wanted))


async def _answering(session: AsyncSession, contracts: Sequence[UUID]) -> Mapping[UUID, Sequence[Beneficiary]]:
    query = select(Beneficiary).where(
        Beneficiary.contract_id.in_(contracts), Beneficiary.standing.in_(ANSWERS_FOR_CONTRACT)
    )
    found: dict[UUID, list[Beneficiary]] = defaultdict(list)
    for person in await session.scalars(query.order_by(Beneficiary.standing != "holder", Beneficiary.full_name)):
        found[person.contract_id].append(person)
    return found

"""The lines of a list become the rows of its campaign, all of them or none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import psycopg
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.contracts import ANSWERS_FOR_CONTRACT, Contract
from backend.delinquency.lists.checking import DUPLICATE, Listed
from backend.delinquency.tables import Campaign, CampaignRow
from backend.store.clock import local

NOT_FOUND, NOT_ANSWERING = "not_found", "not_answering"  # outcomes of `campaign_row`
_AT_ONCE = 5_000
_COLUMNS = (
    "campaign_id", "line", "cells", "full_name", "cpf", "listed_amount", "listed_days", "beneficiary_id",
    "contract_id", "problem", "state", "outcome", "already_cancelled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """Whoever has a CPF of the list: which contract, whether he answers for it, whether it or his part has ended."""

    beneficiary_id: UUID
    contract_id: UUID
    answers: bool
    has_ended: bool


async def store_lines(
    session: AsyncSession, *, campaign: Campaign, lines: Sequence[Listed], actor: Actor, now: datetime
) -> None:
    """All lines as rows, with whom the register has under their CPF, and the campaign in state `read`.

    What was read before goes. `contract_id` is there only where the person answers for the contract (rule 3); a second
    line for one contract is a duplicate too. Rows that cannot be called are `left_out` with their outcome.
    """
    await session.execute(delete(CampaignRow).where(CampaignRow.campaign_id == campaign.id))
    people = await _known(session, {line.cpf for line in lines if line.cpf}, local(now).date())
    marked = _once_a_contract(lines, people)
    await _copy(session, campaign.id, marked, people)
    campaign.state, campaign.lines_total, campaign.lines_done = "read", len(marked), len(marked)
    outcomes = Counter(_outcome(line, people.get(line.cpf)) or "usable" for line in marked)
    audit.record(session, "lists.read", ("campaign", campaign.id), actor=actor, now=now, **outcomes)
    await session.flush()


async def _known(session: AsyncSession, cpfs: set[str], today: date) -> Mapping[str, _Known]:
    wanted, found = sorted(cpfs), {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = (
            select(
                Beneficiary.cpf, Beneficiary.id, Beneficiary.contract_id, Beneficiary.standing, Beneficiary.left_on,
                Contract.ended_on,
            )
            .join(Contract, Contract.id == Beneficiary.contract_id)
            .where(Beneficiary.cpf.in_(wanted[start : start + _AT_ONCE]))
        )  # fmt: skip
        for cpf, person, contract, standing, left_on, ended_on in await session.execute(query):
            has_ended = any(day is not None and day <= today for day in (left_on, ended_on))
            found[cpf] = _Known(person, contract, standing in ANSWERS_FOR_CONTRACT, has_ended)
    return found


def _once_a_contract(lines: Sequence[Listed], people: Mapping[str, _Known]) -> list[Listed]:
    """Who pays for a contract and its holder may both be listed: the first of them is called."""
    first: dict[UUID, int] = {}
    marked = []
    for line in lines:
        person = people.get(line.cpf)
        if person is not None and person.answers and not line.outcome:
            before = first.setdefault(person.contract_id, line.line)
            if before != line.line:
                why = f"Linha {line.line}: o contrato é o mesmo da linha {before}."
                marked.append(replace(line, problem=why, outcome=DUPLICATE))
                continue
        marked.append(line)
    return marked


def _outcome(line: Listed, person: _Known | None) -> str:
    if line.outcome:
        return line.outcome
    if person is None:
        return NOT_FOUND
    return "" if person.answers else NOT_ANSWERING


async def _copy(
    session: AsyncSession, campaign_id: UUID, lines: Sequence[Listed], people: Mapping[str, _Known]
) -> None:
    """By COPY, in the session's own transaction: fifty thousand rows take a second or two."""
    connection = await (await session.connection()).get_raw_connection()
    driver = connection.driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    statement = f"COPY campaign_row ({', '.join(_COLUMNS)}) FROM STDIN"  # names of ours
    async with driver.cursor() as cursor, cursor.copy(statement.encode()) as target:
        for line in lines:
            await target.write_row(_values(campaign_id, line, people.get(line.cpf)))


def _values(campaign_id: UUID, line: Listed, person: _Known | None) -> tuple[object, ...]:
    outcome = _outcome(line, person)
    return (
        campaign_id, line.line, json.dumps(line.cells, ensure_ascii=False), line.full_name, line.cpf, line.amount,
        line.days, person.beneficiary_id if person else None,
        person.contract_id if person and person.answers else None, line.problem,
        "left_out" if outcome else "waiting", outcome, person.has_ended if person else line.is_cancelled,
    )  # fmt: skip

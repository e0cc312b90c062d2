"""Where finance's list and the ledger disagree: who has paid, another amount, nobody of this CPF. [processes.md 6]"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.delinquency import position
from backend.delinquency.lists.checking import BAD_LINE, YES, read_reais
from backend.delinquency.position import Position
from backend.delinquency.tables import Campaign, CampaignRow
from backend.identifiers import plain

AT_ONCE: Final = 2_000
_JUDGED_AT_ONCE = 250
_ALIKE = 75  # likeness of 100 from which two names are one person's, shortened or misspelt
_CENTS = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement about a line. Amounts are reais: what the list says, and what the ledger does, as it was charged
    and up to date; None where one of them says nothing."""

    line: int
    full_name: str
    cpf: str
    listed: Decimal | None
    charged: Decimal | None
    up_to_date: Decimal | None
    what: str


@dataclass(frozen=True, slots=True)
class Owes:
    """What the ledger says of a contract, in short: its late fees, their days, and reais as charged and up to date."""

    fees: int
    days: int
    charged: Decimal
    up_to_date: Decimal
    is_cancelled: bool

    @classmethod
    def of(cls, stands: Position) -> Owes:
        """In short, where a contract stands."""
        charged = sum((owed.fee.amount for owed in stands.owed), Decimal())
        return cls(len(stands.owed), stands.days, charged, stands.total, stands.is_cancelled)


@dataclass(frozen=True, slots=True)
class Compared:
    """What is known about a line beside the list itself. `listed` is all that the list has under the CPF, in reais."""

    register_name: str
    listed: Decimal | None
    owes: Owes | None


async def differences(
    session: AsyncSession, *, campaign: Campaign, rows: Sequence[CampaignRow], on: date
) -> list[Difference]:
    """Every disagreement on a day, in the order of the sheet; lines that cannot be read are no differences."""
    names = await names_of(session, [row.beneficiary_id for row in rows if row.beneficiary_id])
    owed = await owed_by(session, [row.contract_id for row in rows if row.contract_id and not row.problem], on=on)
    sums = _sums(rows)
    found = []
    for row in rows:
        if row.outcome == BAD_LINE or row.inbound or row.problem:
            continue
        known = Compared(
            names.get(row.beneficiary_id, "") if row.beneficiary_id else "", sums.get(row.cpf),
            owed.get(row.contract_id) if row.contract_id else None,
        )  # fmt: skip
        owes = known.owes
        found += [
            Difference(
                row.line, row.full_name, row.cpf, known.listed,
                owes.charged if owes else None, owes.up_to_date if owes else None, what,
            )
            for what in disagreements(row, known, _cell(campaign, row, "amount"), _cell(campaign, row, "cancelled"))
        ]  # fmt: skip
    return found


def disagreements(row: CampaignRow, known: Compared, amount: str, cancelled: str) -> list[str]:
    """What is to be said about one line, each in a sentence; `amount` and `cancelled` are its cells. Pure."""
    if row.beneficiary_id is None:
        return ["O CPF não está no cadastro."]
    said = []
    if known.register_name and not are_alike(row.full_name, known.register_name):
        said.append(f"No cadastro o nome deste CPF é {known.register_name}.")
    owes = known.owes
    if owes is None:
        return [*said, "Não responde pelo contrato: é dependente ou agregado não desmembrado."]
    if not owes.fees:
        said.append("No sistema não há nada em atraso.")
    elif amount and read_reais(amount) is None:
        said.append("O valor da lista não pôde ser lido.")
    elif known.listed is not None and not agrees(known.listed, owes):
        said.append("O valor da lista é diferente do valor do sistema.")
    if cancelled.upper() in YES and not owes.is_cancelled:
        said.append("Na lista o plano já está cancelado; no sistema, não.")
    return said


def agrees(listed: Decimal, owes: Owes) -> bool:
    """Whether an amount is what is owed: as it was charged, up to date, or between, as of the day of the list. Pure."""
    return owes.charged - _CENTS <= listed <= owes.up_to_date + _CENTS


def are_alike(listed: str, registered: str) -> bool:
    """Whether two names may be one person's: shortened, without particles, misspelt. Pure."""
    return fuzz.token_set_ratio(plain(listed), plain(registered)) >= _ALIKE


async def names_of(session: AsyncSession, people: Sequence[UUID]) -> Mapping[UUID, str]:
    """The names that the sheet shows, by the people's ids."""
    found: dict[UUID, str] = {}
    for start in range(0, len(people), AT_ONCE):
        query = select(Beneficiary.id, Beneficiary.full_name, Beneficiary.social_name)
        chosen = query.where(Beneficiary.id.in_(people[start : start + AT_ONCE]))
        found |= {who: social or full for who, full, social in await session.execute(chosen)}
    return found


async def owed_by(session: AsyncSession, contracts: Sequence[UUID], *, on: date) -> Mapping[UUID, Owes]:
    """What each of many contracts owes on a day, by id; a few at a time, so that whoever else works here goes on."""
    found: dict[UUID, Owes] = {}
    for start in range(0, len(contracts), _JUDGED_AT_ONCE):
        chunk = await position.of_contracts(session, contracts[start : start + _JUDGED_AT_ONCE], on=on)
        found |= {contract: Owes.of(stands) for contract, stands in chunk.items()}
    return found


def _sums(rows: Sequence[CampaignRow]) -> Mapping[str, Decimal]:
    """All that the list has under each CPF: some lists have a line for each month."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.cpf and row.listed_amount is not None:
            sums[row.cpf] += row.listed_amount
    return sums


def _cell(campaign: Campaign, row: CampaignRow, field: str) -> str:
    column = campaign.columns.get(field)
    return row.cells[column] if isinstance(column, int) and column < len(row.cells) else ""

"""Plans, contracts, the companies behind collective ones, and who answers for each. [processes.md, glossary]"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend.errors import NotFound
from backend.store.ids import new_id
from backend.store.tables import Base

if TYPE_CHECKING:
    from backend.beneficiaries import Beneficiary

ContractKind = Literal["individual", "family", "collective", "sole_entrepreneur"]
# Rule 3 [004]: only these answer for the contract and may hear about money.
ANSWERS_FOR_CONTRACT: frozenset[str] = frozenset({"holder", "detached_member", "payer"})


class Plan(Base):
    """A product of the operator: what it covers, where, and how. `ans_code` is its registration with the ANS."""

    __tablename__ = "plan"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    ans_code: Mapped[str]
    coverage: Mapped[str]
    accommodation: Mapped[str]
    area: Mapped[str]
    copayment: Mapped[bool] = mapped_column(server_default="false")


class WaitingPeriod(Base):
    """How many days after joining a kind of care is covered (Law 9.656/1998, art. 12, V: 24 h, 180 and 300 days)."""

    __tablename__ = "waiting_period"
    __table_args__ = (CheckConstraint("days >= 0", name="days"),)

    plan_code: Mapped[str] = mapped_column(ForeignKey("plan.code"), primary_key=True)
    care: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]


class Company(Base):
    """A contractor of a collective plan."""

    __tablename__ = "company"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    cnpj: Mapped[str] = mapped_column(unique=True)


class Contract(Base):
    """What a holder, a detached member or a company signed. Its date decides which rule of notice applies (RN 593).

    `pays_directly`: the beneficiary pays the operator himself, not through his company. `adapted_on`: when one from
    before 1999 was brought under Law 9.656. `arrears_clause`: a collective contract says that arrears may end it.
    """

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("kind in ('individual', 'family', 'collective', 'sole_entrepreneur')", name="kind"),
        CheckConstraint("due_day between 1 and 28", name="due_day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    plan_code: Mapped[str] = mapped_column(ForeignKey("plan.code"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    signed_on: Mapped[date]
    due_day: Mapped[int] = mapped_column(SmallInteger, server_default="10")
    pays_directly: Mapped[bool] = mapped_column(server_default="true")
    ended_on: Mapped[date | None]
    adapted_on: Mapped[date | None]
    arrears_clause: Mapped[bool] = mapped_column(server_default="false")


async def contract_of(session: AsyncSession, person: Beneficiary) -> Contract:
    """The contract that a person is covered by, or answers for."""
    return await session.get_one(Contract, person.contract_id)


async def plan_of(session: AsyncSession, contract: Contract) -> Plan:
    """The contract's plan; NotFound where the product is gone."""
    plan = await session.get(Plan, contract.plan_code)
    if plan is None:
        raise NotFound(detail="plan")
    return plan


def hears_of_money(person: Beneficiary) -> bool:
    """Whether this person may hear about money owed: the holder, a detached member, the financially responsible. Pure.

    A dependent, or a member who is not detached, never does. [rule 3, seed 004]
    """
    return person.standing in ANSWERS_FOR_CONTRACT

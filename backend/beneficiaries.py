"""The people whom the plan covers, and the telephones in their register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend.errors import NotFound
from backend.identifiers import Cpf
from backend.store.ids import new_id
from backend.store.tables import Base

Standing = Literal["holder", "dependent", "member", "detached_member"]
# Rule 3 [004]: only these answer for the contract and may hear about money.
ANSWERS_FOR_CONTRACT: frozenset[str] = frozenset({"holder", "detached_member"})


class Beneficiary(Base):
    """A person covered by the plan, as registered."""

    __tablename__ = "beneficiary"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    full_name: Mapped[str]
    cpf: Mapped[str] = mapped_column(unique=True)
    birth_date: Mapped[date]
    mother_name: Mapped[str]
    card_number: Mapped[str] = mapped_column(unique=True)
    standing: Mapped[str]
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("beneficiary.id"), index=True)
    city: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="")
    contract_date: Mapped[date]

    @property
    def first_name(self) -> str:
        """How the person is addressed."""
        return self.full_name.split()[0]


class BeneficiaryPhone(Base):
    """A telephone in somebody's register, as E.164 with the ninth digit; families share one."""

    __tablename__ = "beneficiary_phone"
    __table_args__ = (Index("ix_beneficiary_phone_number", "number"),)

    beneficiary_id: Mapped[UUID] = mapped_column(ForeignKey("beneficiary.id"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)


async def by_cpf(session: AsyncSession, cpf: Cpf) -> Beneficiary | None:
    """Whoever has this CPF, or None."""
    return (await session.execute(select(Beneficiary).where(Beneficiary.cpf == cpf.digits))).scalar_one_or_none()


async def get(session: AsyncSession, beneficiary_id: UUID) -> Beneficiary:
    """The person of this id; NotFound where there is none."""
    found = await session.get(Beneficiary, beneficiary_id)
    if found is None:
        raise NotFound(detail="beneficiary")
    return found


async def by_phone(session: AsyncSession, number: str) -> Sequence[Beneficiary]:
    """Everybody with this canonical telephone in the register. Knowing it proves nothing about who writes."""
    rows = await session.execute(
        select(Beneficiary).join(BeneficiaryPhone).where(BeneficiaryPhone.number == number).order_by(Beneficiary.id)
    )
    return rows.scalars().all()

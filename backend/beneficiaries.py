"""The people in the plan's register: whom it covers, who pays for them, and their telephones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend import audit
from backend.actor import Actor
from backend.contracts import ANSWERS_FOR_CONTRACT
from backend.errors import InvalidInput, NotFound
from backend.identifiers import Cpf, plain
from backend.store.clock import local
from backend.store.ids import new_id
from backend.store.tables import Base, folded

Standing = Literal["holder", "dependent", "member", "detached_member", "payer"]
ADULT = 18  # Civil Code, art. 5
SHORTEST_PART = 3  # letters of a name that a trigram index can look for


class Beneficiary(Base):
    """A person in the register, covered by the plan or (`payer`) financially responsible without being covered.

    `card_number` is None for who is not covered. `joined_on` starts the waiting periods, `left_on` ends coverage.
    `marital_status` is a code of `registration.fields.MARITAL`, empty where it was never asked.
    """

    __tablename__ = "beneficiary"
    __table_args__ = (
        CheckConstraint("standing in ('holder', 'dependent', 'member', 'detached_member', 'payer')", name="standing"),
        CheckConstraint("(standing = 'payer') = (card_number IS NULL)", name="card"),
        Index(
            "ix_beneficiary_name", "folded_name", postgresql_using="gin",
            postgresql_ops={"folded_name": "gin_trgm_ops"},
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    full_name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(default=folded("full_name"))
    social_name: Mapped[str] = mapped_column(server_default="")
    cpf: Mapped[str] = mapped_column(unique=True)
    birth_date: Mapped[date]
    mother_name: Mapped[str]
    card_number: Mapped[str | None] = mapped_column(unique=True)
    standing: Mapped[str]
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("beneficiary.id"), index=True)
    email: Mapped[str] = mapped_column(server_default="")
    street: Mapped[str] = mapped_column(server_default="")
    district: Mapped[str] = mapped_column(server_default="")
    postal_code: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="")
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    in_hospital_since: Mapped[date | None]
    marital_status: Mapped[str] = mapped_column(server_default="")

    @property
    def first_name(self) -> str:
        """How the person is addressed: by the social name where there is one."""
        return (self.social_name or self.full_name).split()[0]

    @property
    def shown_name(self) -> str:
        """The name that papers and pages show."""
        return self.social_name or self.full_name


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


async def phones_of(session: AsyncSession, beneficiary_id: UUID) -> Sequence[str]:
    """A person's telephones, E.164."""
    query = select(BeneficiaryPhone.number).where(BeneficiaryPhone.beneficiary_id == beneficiary_id)
    return (await session.execute(query.order_by(BeneficiaryPhone.number))).scalars().all()


async def family_of(session: AsyncSession, person: Beneficiary) -> Sequence[Beneficiary]:
    """Everybody covered by the same contract, the holder first."""
    query = select(Beneficiary).where(Beneficiary.contract_id == person.contract_id, Beneficiary.standing != "payer")
    rows = await session.execute(query.order_by(Beneficiary.standing != "holder", Beneficiary.birth_date))
    return rows.scalars().all()


async def note_hospital_stay(
    session: AsyncSession, *, person: Beneficiary, since: date | None, actor: Actor, now: datetime
) -> None:
    """The person is in hospital since a day, or (None) no more: meanwhile no plan ends for arrears. [RN 593]

    InvalidInput for a day that is still to come.
    """
    if since is not None and since > local(now).date():
        raise InvalidInput("A internação não pode começar no futuro.", detail="hospital stay in the future")
    person.in_hospital_since = since
    audit.record(
        session, "beneficiaries.note_hospital_stay", ("beneficiary", person.id), actor=actor, now=now,
        stays=since is not None,
    )  # fmt: skip


def age(person: Beneficiary, today: date) -> int:
    """Full years. Pure."""
    born = person.birth_date
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_covered(person: Beneficiary, today: date) -> bool:
    """Whether the plan covers the person today. Pure."""
    return person.standing != "payer" and (person.left_on is None or person.left_on > today)


def may_act_for(speaker: Beneficiary, other: Beneficiary, today: date) -> bool:
    """Whether who was identified may arrange care for somebody else, or hear of it. Pure. [rule 10]

    Himself; or a minor of his own contract, where he answers for it. An adult dependent's health facts are his own.
    """
    if speaker.id == other.id:
        return True
    same = speaker.contract_id == other.contract_id and speaker.standing in ANSWERS_FOR_CONTRACT
    return same and age(other, today) < ADULT


async def search(session: AsyncSession, words: str, *, limit: int = 20) -> Sequence[Beneficiary]:
    """People by CPF, card number or parts of the name, best first: for attendants.

    Names as they are spelled first; typos are forgiven where nobody is called so.
    """
    digits = "".join(filter(str.isdigit, words))
    if digits and len(digits) >= 11:  # noqa: PLR2004 (a CPF has eleven digits, a card fourteen)
        exact = select(Beneficiary).where((Beneficiary.cpf == digits) | (Beneficiary.card_number == digits))
        return (await session.execute(exact.limit(limit))).scalars().all()
    folded = plain(words)
    parts = [part for part in folded.split() if len(part) >= SHORTEST_PART]
    if not parts:
        return []
    spelled = select(Beneficiary).where(*(Beneficiary.folded_name.contains(part, autoescape=True) for part in parts))
    found = (await session.execute(spelled.order_by(Beneficiary.folded_name).limit(limit))).scalars().all()
    if found:
        return found
    near = func.word_similarity(folded, Beneficiary.folded_name)
    likely = select(Beneficiary).where(literal(folded).op("<%")(Beneficiary.folded_name)).order_by(near.desc())
    return (await session.execute(likely.limit(limit))).scalars().all()

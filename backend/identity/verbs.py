"""Taking facts, verifying a person in a conversation, and knowing who was verified."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend import audit, beneficiaries
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.identifiers import Cpf
from backend.identity.facts import Facts
from backend.identity.rules import Registered, judge, missing, without_name
from backend.settings import settings
from backend.store.tables import Base, JsonObject


class IdentityCheck(Base):
    """A conversation's identity: what was said so far, how often it was wrong, who was verified and when.

    `named` is the full name that we said first in it: repeated by whoever writes, it proves nothing. [rule 2]
    """

    __tablename__ = "identity_check"

    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    facts: Mapped[JsonObject] = mapped_column(server_default="{}")
    failures: Mapped[int] = mapped_column(server_default="0")
    beneficiary_id: Mapped[UUID | None] = mapped_column(ForeignKey("beneficiary.id"), index=True)
    verified_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    named: Mapped[str] = mapped_column(server_default="")
    last_request_key: Mapped[str | None]
    last_outcome: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the facts: verified, more needed (`missing` says what), wrong once more, or wrong too often."""

    state: Literal["verified", "incomplete", "bad_cpf", "wrong", "exhausted"]
    missing: tuple[str, ...] = ()
    beneficiary: Beneficiary | None = None


async def offer_facts(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    facts: Facts,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Takes facts into account, once for a request key, and says what follows. [rule 2]"""
    check = await _check(session, conversation_id)
    if check.last_request_key == request_key:
        return await _same_again(session, check)
    known = without_name(Facts.from_json(check.facts).merged(facts), check.named)
    person = await beneficiaries.by_cpf(session, Cpf(known.cpf)) if known.cpf else None
    verdict = judge(known, _registered(person))
    outcome = Outcome("bad_cpf" if facts.bad_cpf else "incomplete", missing(known))
    check.facts = known.to_json()
    if verdict == "mismatch" or await _somebody_else(session, check, facts):
        check.last_seen_at = None  # whoever was verified before is not who writes now
    if verdict == "mismatch":
        check.failures += 1
        check.facts = {}
        exhausted = check.failures >= settings().identity_attempts
        outcome = Outcome("exhausted" if exhausted else "wrong", missing(Facts()))
        audit.record(
            session,
            "identity.failed",
            ("conversation", conversation_id),
            actor=actor,
            now=now,
            failures=check.failures,
        )
    elif verdict == "match" and person is not None:
        _verify(check, person.id, now)
        audit.record(
            session,
            "identity.verified",
            ("conversation", conversation_id),
            actor=actor,
            now=now,
            beneficiary=str(person.id),
        )
        outcome = Outcome("verified", beneficiary=person)
    check.last_request_key, check.last_outcome = request_key, outcome.state
    return outcome


async def verified_person(
    session: AsyncSession, *, conversation_id: UUID, now: datetime, shared_number: bool = False
) -> Beneficiary | None:
    """Who is verified in this conversation, or None; thirty minutes of silence end it. [rule 2]

    On a number that several people of the register share, a few minutes do: the next one who writes may be another.
    Asking keeps the identity awake: it is asked when the person writes.
    """
    check = await session.get(IdentityCheck, conversation_id)
    if check is None or check.beneficiary_id is None or check.last_seen_at is None:
        return None
    minutes = settings().identity_minutes_shared if shared_number else settings().identity_minutes
    if now - check.last_seen_at > timedelta(minutes=minutes):
        return None
    check.last_seen_at = max(now, check.last_seen_at)
    return await session.get(Beneficiary, check.beneficiary_id)


async def still_missing(session: AsyncSession, *, conversation_id: UUID) -> tuple[str, ...]:
    """What the person has not said yet, in the order of asking."""
    check = await session.get(IdentityCheck, conversation_id)
    return missing(Facts.from_json(check.facts) if check else Facts())


async def forget_facts(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    request_key: str,
    names_only: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """The person made a mistake in what he said: his facts so far are dropped, and that is no failed attempt.

    Once for a request key, which may be that of the facts in the same message: `offer_facts` takes them afterwards.
    `names_only`: he said something new in the same message; numbers and dates replace what they correct, names would
    stand beside each other.
    """
    check = await _check(session, conversation_id)
    forgotten = f"{request_key}:forgotten"
    if check.last_request_key in {request_key, forgotten}:
        return
    check.last_request_key = forgotten
    known = Facts.from_json(check.facts)
    kept = replace(known, names=(), full_name="", mother_name="") if names_only else Facts()
    check.facts = kept.to_json()
    audit.record(session, "identity.facts_forgotten", ("conversation", conversation_id), actor=actor, now=now)


async def note_named(session: AsyncSession, *, conversation_id: UUID, full_name: str) -> None:
    """We say this person's full name in the conversation before anybody is identified: it is no fact there any more."""
    (await _check(session, conversation_id)).named = full_name


async def anything_said(session: AsyncSession, *, conversation_id: UUID) -> bool:
    """Whether facts were told, right or wrong, since somebody was verified last."""
    check = await session.get(IdentityCheck, conversation_id)
    return check is not None and (check.failures > 0 or Facts.from_json(check.facts) != Facts())


async def failures(session: AsyncSession, *, conversation_id: UUID) -> int:
    """How often the facts were wrong in this conversation."""
    check = await session.get(IdentityCheck, conversation_id)
    return check.failures if check else 0


async def vouch(
    session: AsyncSession, *, conversation_id: UUID, beneficiary: Beneficiary, actor: Actor, now: datetime
) -> None:
    """An attendant who checked the facts himself says who it is."""
    _verify(await _check(session, conversation_id), beneficiary.id, now)
    audit.record(
        session,
        "identity.vouched",
        ("conversation", conversation_id),
        actor=actor,
        now=now,
        beneficiary=str(beneficiary.id),
    )


async def _somebody_else(session: AsyncSession, check: IdentityCheck, facts: Facts) -> bool:
    """Whether a message holds another CPF or card than those of the verified person."""
    if check.beneficiary_id is None:
        return False
    before = await session.get_one(Beneficiary, check.beneficiary_id)
    return (facts.cpf not in {"", before.cpf}) or (facts.card not in {"", before.card_number})


def _verify(check: IdentityCheck, beneficiary_id: UUID, now: datetime) -> None:
    check.beneficiary_id, check.verified_at, check.last_seen_at = beneficiary_id, now, now
    check.failures, check.facts = 0, {}


def _registered(person: Beneficiary | None) -> Registered | None:
    if person is None:
        return None
    return Registered(person.full_name, person.birth_date, person.mother_name, person.card_number or "")


async def _check(session: AsyncSession, conversation_id: UUID) -> IdentityCheck:
    statement = insert(IdentityCheck).values(conversation_id=conversation_id).on_conflict_do_nothing()
    await session.execute(statement)
    return await session.get_one(IdentityCheck, conversation_id, with_for_update=True)


async def _same_again(session: AsyncSession, check: IdentityCheck) -> Outcome:
    # A retried action: say what was said, count nothing twice.
    person = await session.get(Beneficiary, check.beneficiary_id) if check.beneficiary_id else None
    if check.last_outcome == "verified" and person is not None:
        return Outcome("verified", beneficiary=person)
    needed = missing(Facts.from_json(check.facts))
    match check.last_outcome:
        case "wrong" | "exhausted" | "bad_cpf" as state:
            return Outcome(state, needed)
        case _:
            return Outcome("incomplete", needed)

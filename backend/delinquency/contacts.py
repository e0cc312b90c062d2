"""The other means, and the ladder from one to the next: e-mail, telephone, letter, where a person makes the contact.

Each attempt is evidence, whatever came of it; one that was confirmed with its proof is judged as a notice at once.
[RN 593, processes.md 6]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.delinquency import evidence, notices, position, rules, standing
from backend.delinquency.calls import LIVE
from backend.delinquency.notice_document import document
from backend.delinquency.standing import Known
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt, DelinquencyCase, Notice
from backend.errors import InvalidInput
from backend.identifiers import canonical_phone, plain
from backend.settings import settings
from backend.store.clock import local

# What a person records; WhatsApp is a campaign's, or the person's own contact.
MEANS: Final = ("email", "call", "letter")
RESULTS: Final = ("no_answer", "wrong_person", "refused", "returned", "confirmed")


@dataclass(frozen=True, slots=True)
class NextStep:
    """By which means a person is to be tried next: `since` is the day of the last attempt that failed, by whatever
    means, `due_on` the day from which the next one is wanted. `tries` are those that were made so far."""

    case: DelinquencyCase
    person: Beneficiary
    means: str
    since: date
    due_on: date
    address: str
    tries: int


async def worklist(session: AsyncSession, *, on: date, means: str | None = None) -> Sequence[NextStep]:
    """What is to be done by hand on a day, the longest waiting first; only by one of the means where one is given.

    Left out is who was noticed, negotiates, disputes, is in hospital, owes nothing that may be noticed, or is still
    called by a campaign. A means for which the register has no address is passed over.
    """
    cases = [case for case in await standing.open_cases(session) if case.negotiated_at is None]
    called = await _still_called(session)
    known = [one for one in await standing.of_cases(session, cases, on=on) if one.case.contract_id not in called]
    steps = [step for one in known if (step := next_step(one)) is not None]
    wanted = [step for step in steps if step.due_on <= on and step.means == (means or step.means)]
    return sorted(wanted, key=lambda step: (step.due_on, step.case.opened_at))


def next_step(known: Known) -> NextStep | None:
    """The ladder's next rung for a case; None where there is nothing to do by hand. Pure but for the settings.

    What was tried when no notice could be given yet has to be tried again: the rule does not count it either.
    """
    found, config, terms = known.position, settings(), position.terms()
    open_question = any(question.answered_on is None for question in found.questioned)
    if not found.may_notice or found.is_cancelled or found.in_hospital or open_question or known.negotiating:
        return None
    if standing.noticed(known, terms):
        return None
    tries = standing.tries_of_today(known)
    if any(not attempt.failed for attempt in tries):
        return None  # an attempt is still out
    tried = {attempt.means for attempt in rules.tries_that_count(found.signed, found.fees, tries, terms)}
    left = [means for means in config.notice_ladder.split(",") if means not in tried and known.addresses[means]]
    if not left or left[0] not in MEANS:
        return None
    opened = local(known.case.opened_at).date()
    since = max((attempt.on for attempt in tries), default=opened)
    due_on = since + timedelta(days=config.notice_ladder_days) if tries else opened
    return NextStep(known.case, known.person, left[0], since, due_on, known.addresses[left[0]][0], len(tries))


async def record(
    session: AsyncSession,
    *,
    case: DelinquencyCase,
    means: str,
    made_at: datetime,
    address: str,
    result: str,
    proof: str,
    remarks: str,
    by: Beneficiary | None,
    request_key: str,
    actor: Actor,
    now: datetime,
) -> ContactAttempt:
    """Writes down a contact that a person made, once for a key; where it was confirmed it is judged as a notice.

    `made_at` is when, for 'confirmed' when it was confirmed; `proof` names the recording, the read confirmation or the
    receipt; `by` is who confirmed. An address that is not in the register is kept, and makes neither notice nor try.
    InvalidInput for a means, result or time that cannot be.
    """
    await session.refresh(case, with_for_update=True)
    before = await session.scalar(select(ContactAttempt).where(ContactAttempt.request_key == request_key))
    if before is not None:
        return before
    _check(means, result, made_at, now)
    on = local(made_at).date()
    known = (await standing.of_cases(session, [case], on=on))[0]
    attempt = ContactAttempt(
        case_id=case.id, means=means, made_at=made_at, address=address.strip(),
        registered=_is_registered(means, address, known), outcome=result, outcome_at=made_at, settled=True,
        remarks=remarks.strip(), made_by=str(actor), request_key=request_key,
    )  # fmt: skip
    session.add(attempt)
    await session.flush()
    await _keep(session, case, attempt, proof=proof, by=by, actor=actor, now=now)
    if result == "confirmed":
        await _notice(session, known, attempt, proof=proof, by=by, actor=actor, now=now)
    return attempt


def _check(means: str, result: str, made_at: datetime, now: datetime) -> None:
    if means not in MEANS:
        raise InvalidInput("Escolha o meio: e-mail, telefone ou carta.", detail="means")
    if result not in RESULTS:
        raise InvalidInput("Escolha o que aconteceu no contato.", detail="result of a contact")
    if made_at > now:
        raise InvalidInput("O contato não pode ter sido feito no futuro.", detail="contact in the future")


def _is_registered(means: str, address: str, known: Known) -> bool:
    written = _comparable(means, address)
    return bool(written) and written in {_comparable(means, one) for one in known.addresses[means]}


def _comparable(means: str, address: str) -> str:
    """An address without what does not tell two apart: signs and spaces, the forms of a telephone. Pure."""
    if means == "call":
        return canonical_phone(address)
    if means == "email":
        return address.strip().casefold()
    return "".join(sign for sign in plain(address) if sign.isalnum())


async def _keep(
    session: AsyncSession,
    case: DelinquencyCase,
    attempt: ContactAttempt,
    *,
    proof: str,
    by: Beneficiary | None,
    actor: Actor,
    now: datetime,
) -> None:
    content = {
        "attempt": str(attempt.id), "means": attempt.means, "address": attempt.address,
        "registered": attempt.registered, "result": attempt.outcome, "proof": proof.strip(),
        "remarks": attempt.remarks, "by": str(by.id) if by else "", "made_by": attempt.made_by,
    }  # fmt: skip
    await evidence.add(
        session, case=case, kind="contact", content=content, at=attempt.made_at, link_key=f"contact:{attempt.id}",
        actor=actor, now=now,
    )  # fmt: skip
    audit.record(
        session, "delinquency.record_contact", ("contact_attempt", attempt.id), actor=actor, now=now,
        means=attempt.means, result=attempt.outcome,
    )  # fmt: skip


async def _notice(
    session: AsyncSession,
    known: Known,
    attempt: ContactAttempt,
    *,
    proof: str,
    by: Beneficiary | None,
    actor: Actor,
    now: datetime,
) -> None:
    """The contact as a notice, with its verdict; its paper is what was to be told on that day."""
    found = known.position
    if not found.owed:
        return  # the attempt says what there was: nothing to be told
    # Where there was no ground for a notice no paper says that there was one; the verdict says why it is none.
    paper = await document(session, position=found, person=known.person) if found.may_notice else None
    answers = by is not None and notices.answers_for(by, known.case.contract_id)
    notice = Notice(
        case_id=known.case.id, beneficiary_id=(by or known.person).id, means=attempt.means, address=attempt.address,
        registered=attempt.registered, fees=notices.fees_of(found), total=found.total,
        document_sha256=paper.sha256 if paper else "", document_name=paper.name if paper else "",
        told_at=attempt.made_at, delivered=True,
        answer="typed", answer_text=attempt.remarks, answered_at=attempt.made_at,
        answered_by="answers" if answers else "another" if by else "unknown", answer_registered=attempt.registered,
        confirms=True, proof=proof.strip(), request_key=f"contact:{attempt.request_key}",
    )  # fmt: skip
    await notices.write(session, case=known.case, notice=notice, position=found, actor=actor, now=now)
    verdict = await notices.judged(session, notice)
    await notices.decide(session, case=known.case, notice=notice, verdict=verdict, actor=actor, now=now)


async def _still_called(session: AsyncSession) -> set[UUID]:
    """The contracts that a campaign still calls."""
    query = (
        select(CampaignRow.contract_id)
        .join(Campaign, Campaign.id == CampaignRow.campaign_id)
        .where(Campaign.state.in_(LIVE), CampaignRow.state.in_(("waiting", "calling", "answered")))
    )
    return {contract_id for contract_id in await session.scalars(query) if contract_id is not None}

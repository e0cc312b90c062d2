"""What became of each line: the contacts that were made, and what the sheet says about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.contracts import Contract
from backend.delinquency.campaigns import OUTCOMES
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt, Notice
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store.clock import local

AT_ONCE: Final = 5_000
# Attempts that nobody was reached by, and that do not count as one.
_NOT_MADE: Final = frozenset({"planned", "expired", "withdrawn"})
_ATTEMPTS: Final[Mapping[str, str]] = {
    "sent": "enviada", "delivered": "entregue", "read": "lida", "answered": "respondida", "failed": "não entregue",
    "no_answer": "sem resposta", "wrong_person": "atendeu outra pessoa", "refused": "não quis tratar do assunto",
    "confirmed": "ciência confirmada", "returned": "devolvida",
}  # fmt: skip
_MEANS: Final[Mapping[str, str]] = {"whatsapp": "WhatsApp", "email": "e-mail", "call": "ligação", "letter": "carta"}
CALLED, CALLING_IN = "Ativo", "Receptivo"


@dataclass(frozen=True, slots=True)
class Made:
    """An attempt as the sheet says it. `number` is the campaign's, 0 for a contact beside it; `made_at` is aware."""

    number: int
    means: str
    made_at: datetime
    outcome: str
    conversation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as the sheet says it: `notice_on` only where it counted."""

    person_id: UUID
    conversation_id: UUID | None
    protocol_id: UUID | None
    told_at: datetime
    notice_on: date | None


@dataclass(frozen=True, slots=True)
class Desk:
    """What the desk knows of conversations, by their ids: ticket numbers, and the names of who attended them."""

    tickets: Mapping[UUID, object] = field(default_factory=dict)
    attendants: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(slots=True)
class Contacts:
    """All contacts of a campaign, by row, and by case those of other means in its time.

    `beside` are notices of people who called in by themselves and are in no row.
    """

    by_row: dict[int, list[Made]] = field(default_factory=lambda: defaultdict(list))
    by_case: dict[UUID, list[Made]] = field(default_factory=lambda: defaultdict(list))
    told: dict[int, list[Told]] = field(default_factory=lambda: defaultdict(list))
    told_by_case: dict[UUID, list[Told]] = field(default_factory=lambda: defaultdict(list))
    beside: list[Told] = field(default_factory=list)
    protocols: Mapping[UUID, str] = field(default_factory=dict)

    def number_of(self, protocol_id: UUID | None) -> str:
        """The protocol's number, empty without one."""
        return self.protocols.get(protocol_id, "") if protocol_id else ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the sheet gets about a line; texts, but for the day of the notice. Empty where there is nothing to say."""

    kind_of_call: str = ""
    attempt: str = ""
    protocol: str = ""
    ticket: str = ""
    notice_on: date | None = None
    is_cancelled: bool = False
    attendant: str = ""
    remarks: str = ""


async def contacts_of(
    session: AsyncSession, *, campaign: Campaign, rows: Sequence[CampaignRow], now: datetime
) -> Contacts:
    """The attempts, notices and protocols of a campaign's time."""
    since, until = campaign.approved_at or campaign.created_at, campaign.ended_at or now
    contacts = Contacts()
    for attempt in await session.scalars(_attempts(campaign)):
        assert attempt.campaign_row_id is not None
        contacts.by_row[attempt.campaign_row_id].append(_made(attempt))
    for chunk in _chunks([row.case_id for row in rows if row.case_id]):
        for attempt in await session.scalars(_attempts_beside(chunk, since, until)):
            contacts.by_case[attempt.case_id].append(_made(attempt))
    await _add_notices(session, contacts, campaign, since, until)
    told = [*(one for found in contacts.told.values() for one in found), *contacts.beside]
    wanted = [row.protocol_id for row in rows] + [one.protocol_id for one in told]
    contacts.protocols = await _numbers(session, wanted)
    return contacts


async def conversations_of(session: AsyncSession, *, campaign: Campaign, now: datetime) -> list[UUID]:
    """The conversations that a filled sheet may name: those of rows, and those in which somebody was told."""
    since, until = campaign.approved_at or campaign.created_at, campaign.ended_at or now
    of_rows = select(CampaignRow.conversation_id).where(CampaignRow.campaign_id == campaign.id)
    told = select(Notice.conversation_id).where(Notice.told_at.between(since, until))
    found = {*await session.scalars(of_rows), *await session.scalars(told)}
    return [conversation for conversation in found if conversation is not None]


def entry_of(row: CampaignRow, contacts: Contacts, desk: Desk) -> Entry:
    """What the sheet gets about one line. Pure but for the settings."""
    made = [one for one in contacts.by_row.get(row.id, ()) if one.outcome not in _NOT_MADE]
    beside = contacts.by_case.get(row.case_id, []) if row.case_id else []
    told = [*contacts.told.get(row.id, ()), *(contacts.told_by_case.get(row.case_id, ()) if row.case_id else ())]
    notice = best(told)
    remarks = _remarks(row, [*made, *beside])
    if not (made or told or row.attempts or row.inbound):
        return Entry(is_cancelled=row.already_cancelled, remarks=remarks)
    conversation_id = (notice.conversation_id if notice else None) or row.conversation_id
    came = _came_by_himself(row, made, notice)
    return Entry(
        kind_of_call=CALLING_IN if came else CALLED,
        attempt=f"{row.attempts}ª" if row.attempts and not came else "",
        protocol=contacts.number_of(row.protocol_id or (notice.protocol_id if notice else None)),
        ticket=_ticket(conversation_id, desk),
        notice_on=notice.notice_on if notice else None,
        is_cancelled=row.already_cancelled,
        attendant=_attendant(row.attendant, conversation_id, desk),
        remarks=remarks,
    )


def entry_beside(notice: Told, contacts: Contacts, desk: Desk, *, is_cancelled: bool) -> Entry:
    """The row of who called in by himself and was told. Pure but for the settings."""
    counted = OUTCOMES["notified" if notice.notice_on else "told"]
    return Entry(
        kind_of_call=CALLING_IN,
        protocol=contacts.number_of(notice.protocol_id),
        ticket=_ticket(notice.conversation_id, desk),
        notice_on=notice.notice_on,
        is_cancelled=is_cancelled,
        attendant=_attendant("", notice.conversation_id, desk),
        remarks=f"Contato da própria pessoa em {_moment(notice.told_at)}. {counted}.",
    )


def best(told: Iterable[Told]) -> Told | None:
    """Of several notices the first that counted, else the last; None without one. Pure."""
    in_order = sorted(told, key=lambda one: one.told_at)
    return next((one for one in in_order if one.notice_on), in_order[-1] if in_order else None)


def said_attempts(made: Iterable[Made]) -> list[str]:
    """'1ª tentativa em 03/08/2026 às 10:15: entregue', for each. Pure but for the settings."""
    return [
        f"{f'{one.number}ª tentativa' if one.number else f'Contato por {_MEANS[one.means]}'}"
        f" em {_moment(one.made_at)}: {_ATTEMPTS.get(one.outcome, one.outcome)}"
        for one in made
        if one.outcome not in _NOT_MADE
    ]


def said_outcome(row: CampaignRow) -> str:
    """Why no more calls are made, in words; empty while they are, and where the line itself is wrong. Pure."""
    return OUTCOMES.get(row.outcome, "") if row.state in {"done", "left_out"} and not row.problem else ""


def sentences(parts: Sequence[str]) -> str:
    """Parts as sentences; of two that say the same, one after the other, the one that says more. Pure."""
    told: list[str] = []
    for part in filter(None, parts):
        before, here = told[-1].casefold() if told else "", part.casefold()
        if before and here.startswith(before):
            told[-1] = part
        elif not before.startswith(here) and not before.endswith(here):
            told.append(part)
    return " ".join(f"{part}." for part in told)


async def people_of(session: AsyncSession, ids: Iterable[UUID], *, on: date) -> Mapping[UUID, tuple[Beneficiary, bool]]:
    """Some people of the register by id, and whether their plan has ended by a day."""
    found: dict[UUID, tuple[Beneficiary, bool]] = {}
    for chunk in _chunks(list(ids)):
        query = select(Beneficiary, Contract.ended_on).join(Contract, Contract.id == Beneficiary.contract_id)
        for person, ended_on in await session.execute(query.where(Beneficiary.id.in_(chunk))):
            days = (person.left_on, ended_on)
            found[person.id] = person, any(day is not None and day <= on for day in days)
    return found


def _came_by_himself(row: CampaignRow, made: Sequence[Made], notice: Told | None) -> bool:
    """Whether the contact was the person's own: he was told in a conversation that no attempt of ours began."""
    if row.inbound or not row.attempts:
        return row.inbound or notice is not None
    ours = {one.conversation_id for one in made} | {row.conversation_id}
    return notice is not None and notice.conversation_id is not None and notice.conversation_id not in ours


def _remarks(row: CampaignRow, made: Iterable[Made]) -> str:
    noted = row.remarks[:1].upper() + row.remarks[1:].rstrip(".")
    return sentences([row.problem.rstrip("."), *said_attempts(made), said_outcome(row), noted])


def _attendant(noted: str, conversation_id: UUID | None, desk: Desk) -> str:
    known = desk.attendants.get(conversation_id, "") if conversation_id else ""
    return noted or known or f"{settings().operator_name} (assistente virtual)"


def _ticket(conversation_id: UUID | None, desk: Desk) -> str:
    return str(desk.tickets.get(conversation_id, "")) if conversation_id else ""


def _moment(moment: datetime) -> str:
    return f"{local(moment):%d/%m/%Y às %H:%M}"


def _made(attempt: ContactAttempt) -> Made:
    return Made(attempt.number, attempt.means, attempt.made_at, attempt.outcome, attempt.conversation_id)


def _told(notice: Notice) -> Told:
    return Told(
        notice.beneficiary_id, notice.conversation_id, notice.protocol_id, notice.told_at,
        notice.notice_on if notice.counts else None,
    )  # fmt: skip


def _attempts(campaign: Campaign) -> Select[ContactAttempt]:
    mine = select(CampaignRow.id).where(CampaignRow.campaign_id == campaign.id)
    query = select(ContactAttempt).where(ContactAttempt.campaign_row_id.in_(mine))
    return query.order_by(ContactAttempt.made_at)


def _attempts_beside(cases: Sequence[UUID], since: datetime, until: datetime) -> Select[ContactAttempt]:
    query = select(ContactAttempt).where(
        ContactAttempt.case_id.in_(cases),
        ContactAttempt.campaign_row_id.is_(None),
        ContactAttempt.made_at.between(since, until),
    )
    return query.order_by(ContactAttempt.made_at)


async def _add_notices(
    session: AsyncSession, contacts: Contacts, campaign: Campaign, since: datetime, until: datetime
) -> None:
    """Those of the campaign's rows, and those of no campaign in its time."""
    mine = and_(CampaignRow.id == Notice.campaign_row_id, CampaignRow.campaign_id == campaign.id)
    beside = and_(Notice.campaign_row_id.is_(None), Notice.told_at.between(since, until))
    query = select(Notice).outerjoin(CampaignRow, mine).where(or_(CampaignRow.id.is_not(None), beside))
    for notice in await session.scalars(query.order_by(Notice.told_at)):
        if notice.campaign_row_id is not None:
            contacts.told[notice.campaign_row_id].append(_told(notice))
        elif notice.means == "whatsapp":
            contacts.beside.append(_told(notice))
        else:
            contacts.told_by_case[notice.case_id].append(_told(notice))


async def _numbers(session: AsyncSession, ids: Iterable[UUID | None]) -> Mapping[UUID, str]:
    found: dict[UUID, str] = {}
    for chunk in _chunks([one for one in set(ids) if one is not None]):
        rows = await session.execute(select(Protocol.id, Protocol.number).where(Protocol.id.in_(chunk)))
        found.update(rows.all())
    return found


def _chunks(ids: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))

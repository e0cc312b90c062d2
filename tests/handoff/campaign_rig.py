"""People in arrears, a list of them, and what a worker does about it, at a moment of business time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from backend.actor import ASSISTANT, attendant
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract
from backend.delinquency import evidence
from backend.delinquency.calling import Plan
from backend.delinquency.campaigns import answers, verbs
from backend.delinquency.tables import Campaign, CampaignRow, ContactAttempt, DelinquencyCase, EvidenceLink
from backend.invoices.tables import Invoice
from backend.settings import settings
from handoff.conversations.tables import Contact, Conversation, Message, OutboxRow
from handoff.dispatch import campaign_calls, campaign_unsent, campaigns
from handoff.whatsapp.status import Status, apply_statuses
from handoff.whatsapp.templates import Templates
from tests.handoff.news_rig import Rig

COORDINATOR = attendant("coordinator")
SID = "HX" + "c" * 32
TODAY = date(2026, 8, 3)
FAST = Plan(an_hour=100_000)


def templates(*, approved: bool = True) -> Templates:
    sids = json.dumps({"campaign_greeting": SID} if approved else {})
    return Templates.load(settings().model_copy(update={"template_sids": sids}))


@dataclass
class Calls(Rig):
    """`made` are people by name; each answers for a contract of his own, two of whose fees are unpaid."""

    rows: dict[str, int] = field(default_factory=dict)

    async def owing(self, name: str, *phones: str, days: Sequence[int] = (80, 50), **changed: Any) -> UUID:
        """A person with an invoice that is so many days late for each of `days`."""
        person_id = await self.person(name, *phones, **changed)
        async with self.store.unit_of_work() as session:
            contract = (await session.get_one(Beneficiary, person_id)).contract_id
            for place, late in enumerate(days, 1):
                session.add(
                    Invoice(
                        contract_id=contract, billing_month=date(2026, place, 1), due_on=TODAY - timedelta(days=late),
                        amount=500,
                    )
                )  # fmt: skip
        return person_id

    async def invoices(self, name: str, **values: Any) -> None:
        """Changes all invoices of a person's contract."""
        async with self.store.unit_of_work() as session:
            contract = (await session.get_one(Beneficiary, self.made[name])).contract_id
            await session.execute(update(Invoice).where(Invoice.contract_id == contract).values(**values))

    async def pays(self, name: str) -> None:
        await self.invoices(name, state="paid", paid_on=TODAY, paid_amount=500)

    async def listed(self, *names: str, name: str = "Agosto") -> UUID:
        """A list of these people that was read."""
        async with self.store.unit_of_work() as session:
            campaign = Campaign(name=name, state="read", file_sha256="0" * 64, file_name="a.xlsx", created_by="x",
                                created_at=self.now)  # fmt: skip
            session.add(campaign)
            await session.flush()
            for line, who in enumerate(names, 2):
                person = await session.get_one(Beneficiary, self.made[who]) if who in self.made else None
                row = CampaignRow(
                    campaign_id=campaign.id, line=line, full_name=who, cpf=person.cpf if person else "",
                    beneficiary_id=person.id if person else None, contract_id=person.contract_id if person else None,
                )  # fmt: skip
                session.add(row)
                await session.flush()
                self.rows[who] = row.id
            return campaign.id

    async def approved(self, *names: str, plan: Plan = FAST) -> UUID:
        campaign_id = await self.listed(*names)
        await self.approve(campaign_id, plan)
        return campaign_id

    async def approve(self, campaign_id: UUID, plan: Plan = FAST) -> None:
        async with self.store.unit_of_work() as session:
            campaign = await verbs.get(session, campaign_id)
            await verbs.approve(session, campaign=campaign, plan=plan, stated=True, actor=COORDINATOR, now=self.now)

    async def do(self, campaign_id: UUID, verb: str) -> None:
        """`stop`, `resume`, `end` or `discard`."""
        async with self.store.unit_of_work() as session:
            campaign = await verbs.get(session, campaign_id)
            await getattr(verbs, verb)(session, campaign=campaign, actor=COORDINATOR, now=self.now)

    async def call(self, *, approved: bool = True) -> int:
        return await campaigns.call_next(self.store, templates(approved=approved))

    async def follow(self) -> None:
        """Everything that follows calls but asking Twilio."""
        async with self.store.unit_of_work() as session:
            await campaign_unsent.count_late(session, self.now)
            await campaign_calls._move_on(session, self.now)
            await campaign_calls._hear(session)
        async with self.store.unit_of_work() as session:
            await campaign_calls._end_silence(campaign_calls.Fetched(), session, self.now)

    async def row(self, name: str) -> CampaignRow:
        async with self.store.sessions() as session:
            return await session.get_one(CampaignRow, self.rows[name])

    async def stands(self, name: str) -> tuple[str, str, int]:
        row = await self.row(name)
        return row.state, row.outcome, row.attempts

    async def campaign(self, campaign_id: UUID) -> Campaign:
        async with self.store.sessions() as session:
            return await session.get_one(Campaign, campaign_id)

    async def attempts(self, name: str) -> list[ContactAttempt]:
        query = select(ContactAttempt).where(ContactAttempt.campaign_row_id == self.rows[name])
        async with self.store.sessions() as session:
            return list(await session.scalars(query.order_by(ContactAttempt.made_at)))

    async def outcomes(self, name: str) -> list[str]:
        return [attempt.outcome for attempt in await self.attempts(name)]

    async def links(self, name: str) -> list[str]:
        """The kinds of a case's evidence, whose chain has to be whole."""
        row = await self.row(name)
        async with self.store.sessions() as session:
            case = await session.get_one(DelinquencyCase, row.case_id)
            assert (await evidence.verify(session, case)).intact
            return [link.kind for link in await evidence.links_of(session, case.id)]

    async def link(self, name: str, kind: str) -> EvidenceLink:
        row = await self.row(name)
        async with self.store.sessions() as session:
            return next(link for link in await evidence.links_of(session, row.case_id) if link.kind == kind)

    async def outbox(self, name: str) -> OutboxRow:
        """The newest message to a person on its way."""
        attempt = (await self.attempts(name))[-1]
        async with self.store.sessions() as session:
            query = select(OutboxRow).where(OutboxRow.message_id == attempt.message_id)
            return (await session.scalars(query)).one()

    async def becomes(self, name: str, state: str, code: int | None = None) -> None:
        """Twilio tells what became of the newest message to a person."""
        row = await self.outbox(name)
        await apply_statuses(self.store.engine, [Status(str(row.id), row.sid or f"SM{uuid4().hex}", state, code)])
        await self.follow()

    async def expires(self, name: str) -> None:
        """The sender finds that the hours are over, and it is noticed."""
        await self.gives_up(name)
        await self.follow()

    async def gives_up(self, name: str) -> None:
        """The sender finds that the hours are over."""
        row = await self.outbox(name)
        async with self.store.unit_of_work() as session:
            await session.execute(update(OutboxRow).where(OutboxRow.id == row.id).values(state="failed"))
            await session.execute(update(Message).where(Message.id == row.message_id).values(delivery="failed"))

    async def writes(self, phone: str, body: str) -> None:
        """Somebody writes from this telephone."""
        async with self.store.unit_of_work() as session:
            contact = (await session.scalars(select(Contact).where(Contact.phone == phone))).one()
            contact.last_inbound_at = self.now
            conversation = (
                await session.scalars(select(Conversation).where(Conversation.contact_id == contact.id))
            ).one()
            session.add(
                Message(conversation_id=conversation.id, direction="in", author_kind="person", body=body,
                        created_at=self.now)
            )  # fmt: skip

    async def answers(self, name: str, reply: str, said: str = "…", *, turn: UUID | None = None) -> None:
        async with self.store.unit_of_work() as session:
            row = await session.get_one(CampaignRow, self.rows[name])
            await answers.take(
                session, row=row, reply=reply, said=said, number=row.number, turn_id=turn or uuid4(),
                written_at=self.now, actor=ASSISTANT, now=self.now,
            )  # fmt: skip

    async def notes(self, name: str, step: Any, remarks: str = "") -> None:
        async with self.store.unit_of_work() as session:
            row = await session.get_one(CampaignRow, self.rows[name])
            await answers.note(session, row=row, step=step, remarks=remarks, actor=ASSISTANT, now=self.now)

    async def ends_contract(self, name: str, on: date) -> None:
        async with self.store.unit_of_work() as session:
            person = await session.get_one(Beneficiary, self.made[name])
            (await session.get_one(Contract, person.contract_id)).ended_on = on


async def started(calls: Calls, *people: tuple[str, str], plan: Plan = FAST) -> UUID:
    """A running campaign of these people, each with one telephone."""
    for name, phone in people:
        await calls.owing(name, phone)
    return await calls.approved(*(name for name, _ in people), plan=plan)

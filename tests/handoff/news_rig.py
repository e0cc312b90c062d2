"""People with telephones, appointments and guias, at a moment of business time; what they were told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend import events
from backend.actor import SYSTEM, attendant
from backend.beneficiaries import Beneficiary, BeneficiaryPhone
from backend.events import Event
from backend.identity.verbs import vouch
from backend.procedures import verbs as procedures
from backend.procedures.tables import Procedure
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.scheduling import booking
from backend.scheduling.tables import Appointment
from backend.settings import settings
from backend.store.clock import set_offset
from backend.store.engine import Store
from handoff.conversations.tables import Contact, Conversation, Message, OutboxRow
from handoff.dispatch import news
from handoff.dispatch.news import Outcome
from handoff.whatsapp.templates import Templates
from tests.backend.agenda import NOW, TOMORROW, Agenda, at

SIDS = {name: f"HX{number:032x}" for number, name in enumerate(
    ("appointment_reminder", "vacancy_offered", "appointment_withdrawn", "news_waiting"), 1)}  # fmt: skip
ATTENDANT = attendant("auditor")


def templates(*, approved: bool = True) -> Templates:
    return Templates.load(settings().model_copy(update={"template_sids": json.dumps(SIDS if approved else {})}))


@dataclass
class Rig:
    store: Store
    now: datetime = NOW
    agenda: Agenda | None = None
    made: dict[str, UUID] = field(default_factory=dict)

    async def clock(self, moment: datetime) -> None:
        self.now = moment
        async with self.store.unit_of_work() as session:
            await set_offset(session, ahead=moment - datetime.now(UTC))

    async def person(self, name: str, *phones: str, born: date = date(1980, 1, 1), **changed: Any) -> UUID:
        async with self.store.unit_of_work() as session:
            agenda = Agenda(session, people=len(self.made))
            person_id = await agenda.person(name, born=born)
            person = await session.get_one(Beneficiary, person_id)
            for column, value in changed.items():
                setattr(person, column, value)
            session.add_all(BeneficiaryPhone(beneficiary_id=person_id, number=phone) for phone in phones)
        self.made[name] = person_id
        return person_id

    async def contact(self, address: str, phone: str, *, wrote: timedelta | None = None) -> UUID:
        """A contact, and where it wrote, its open conversation; gives the conversation's id or the contact's."""
        seen = self.now - wrote if wrote is not None else None
        async with self.store.unit_of_work() as session:
            contact = Contact(address=f"whatsapp:{address}", phone=phone, last_inbound_at=seen)
            session.add(contact)
            await session.flush()
            if seen is None:
                return contact.id
            conversation = Conversation(
                contact_id=contact.id, our_address="whatsapp:+559830000000", opened_at=seen, last_inbound_at=seen,
                last_activity_at=seen,
            )  # fmt: skip
            session.add(conversation)
            await session.flush()
            return conversation.id

    async def booked(self, person: UUID, *, hour: int = 9, day: date = TOMORROW) -> UUID:
        async with self.store.unit_of_work() as session:
            practice = await Agenda(session).practice(f"Dra. Helena {hour}")
            slot = await Agenda(session).slot(practice, at(day, hour))
            held = await booking.hold_slot(
                session, slot_id=slot.id, beneficiary_id=person, protocol_id=None, request_key=str(slot.id),
                actor=SYSTEM, now=self.now,
            )  # fmt: skip
            await booking.book(session, appointment=held, actor=SYSTEM, now=self.now)
            return held.id

    async def state_of(self, appointment: UUID) -> str:
        async with self.store.sessions() as session:
            return (await session.get_one(Appointment, appointment)).state

    async def protocol(self, person: UUID, kind: str = "procedure_request") -> UUID:
        async with self.store.unit_of_work() as session:
            opened = await protocols.open_protocol(
                session, self.store, kind=KINDS[kind], request_key=f"{person}:{kind}", conversation_id=None,
                beneficiary_id=person, actor=SYSTEM, now=self.now,
            )  # fmt: skip
            return opened.id

    async def decided(self, person: UUID, state: str = "approved", **given: str) -> UUID:
        """A guia that an auditor decided; the event comes from the verb itself."""
        protocol_id = await self.protocol(person)
        async with self.store.unit_of_work() as session:
            procedure = await session.get(Procedure, "40808041") or Procedure(
                code="40808041", term="Mamografia digital", valid_from=date(2020, 1, 1), care_class="other_diagnostics",
                needs_audit=True,
            )  # fmt: skip
            session.add(procedure)
            await session.flush()
            authorization = await procedures.request_authorization(
                session, person=await session.get_one(Beneficiary, person), procedure=procedure,
                protocol=await protocols.get(session, protocol_id), actor=SYSTEM, now=self.now,
            )  # fmt: skip
            await procedures.move(
                session, authorization=authorization, state=state, text="", actor=ATTENDANT, now=self.now, **given
            )  # type: ignore[arg-type]
            return authorization.id

    async def tell(self, kind: str, person: UUID, subject: object, **more: Any) -> None:
        async with self.store.unit_of_work() as session:
            await events.tell(
                session, kind=kind, beneficiary_id=person, subject_id=subject, event_key=f"{kind}:{subject}",
                now=self.now, **more,
            )  # fmt: skip

    async def verify(self, conversation: UUID, person: UUID) -> None:
        async with self.store.unit_of_work() as session:
            beneficiary = await session.get_one(Beneficiary, person)
            await vouch(session, conversation_id=conversation, beneficiary=beneficiary, actor=SYSTEM, now=self.now)

    async def say(self, conversation: UUID, body: str, options: list[dict[str, object]] | None = None) -> None:
        """The assistant says something at this moment."""
        async with self.store.unit_of_work() as session:
            message = Message(
                conversation_id=conversation, direction="out", author_kind="assistant", created_at=self.now, body=body,
                options=options,
            )  # fmt: skip
            session.add(message)
            (await session.get_one(Conversation, conversation)).last_activity_at = self.now

    async def tell_all(self, *, approved: bool = True) -> list[Outcome]:
        """What a worker does until nothing is due."""
        outcomes: list[Outcome] = []
        while (outcome := await news.tell_next(self.store, templates(approved=approved))) is not None:
            outcomes.append(outcome)
        return outcomes

    async def codes(self, *, approved: bool = True) -> list[str]:
        return [outcome.code for outcome in await self.tell_all(approved=approved)]

    async def sent(self) -> list[tuple[str, str, list[str]]]:
        """Telephone, text and options of every message of ours that is on its way, in order."""
        query = select(OutboxRow.recipient, Message.body, Message.options).join(
            Message, Message.id == OutboxRow.message_id
        )
        async with self.store.sessions() as session:
            rows = (await session.execute(query.order_by(OutboxRow.position))).all()
        return [
            (to.removeprefix("whatsapp:"), body, [str(option["title"]) for option in options or ()])
            for to, body, options in rows
        ]

    async def kept(self) -> list[tuple[str, str]]:
        """Kind and outcome of every event."""
        async with self.store.sessions() as session:
            rows = await session.execute(select(Event.kind, Event.outcome).order_by(Event.id))
            return [tuple(row) for row in rows]  # type: ignore[misc]

"""Demo people in arrears on the day of loading, the protocol that their contact opened, and a notice to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries, demo
from backend.actor import ASSISTANT, SYSTEM, attendant
from backend.beneficiaries import Beneficiary
from backend.delinquency import cases, contacts, notices, position, standing
from backend.delinquency.position import Position
from backend.delinquency.rules import Verdict
from backend.delinquency.tables import ContactAttempt, DelinquencyCase, Notice
from backend.invoices.tables import Invoice
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.store.clock import local
from backend.store.engine import Store
from backend.store.files import File
from backend.store.ids import new_id

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SOON = NOW + timedelta(minutes=5)
CARLOS, DEBORA, ELZA, FABIO = "39053344705", "15350946056", "71459364295", "86288366757"
GILDA, MURILO, NORMA, ANA = "90010010769", "90010036482", "90010047506", "52998224725"
COLLECTOR, SUPERVISOR = attendant("collector-1"), attendant("supervisor-1")
SURE = "estou ciente"


@dataclass
class Books:
    """The plan's books with the demo's people and invoices."""

    session: AsyncSession
    store: Store
    keys: int = 0

    @classmethod
    async def opened(cls, session: AsyncSession, store: Store, now: datetime = NOW) -> Books:
        await demo.load_people(session, actor=SYSTEM, now=now)
        await demo.load_invoices(session, actor=SYSTEM, now=now)
        return cls(session, store)

    @property
    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    async def who(self, cpf: str) -> Beneficiary:
        return (await self.session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()

    async def phone(self, cpf: str) -> str:
        return (await beneficiaries.phones_of(self.session, (await self.who(cpf)).id))[0]

    async def case(self, cpf: str) -> DelinquencyCase:
        person = await self.who(cpf)
        return await cases.open_case(
            self.session, contract_id=person.contract_id, beneficiary_id=person.id, actor=ASSISTANT, now=NOW
        )

    async def stands(self, cpf: str, now: datetime = NOW) -> Position:
        return await position.of_contract(self.session, (await self.who(cpf)).contract_id, on=local(now).date())

    async def protocol(self, cpf: str, kind: str = "debt", now: datetime = NOW) -> Protocol:
        return await protocols.open_protocol(
            self.session, self.store, kind=KINDS[kind], request_key=self.key, conversation_id=None,
            beneficiary_id=(await self.who(cpf)).id, actor=ASSISTANT, now=now,
        )  # fmt: skip

    async def given(self, cpf: str, now: datetime = NOW, **more: Any) -> tuple[Notice, File]:
        known = {
            "case": await self.case(cpf), "person": await self.who(cpf), "position": await self.stands(cpf, now),
            "protocol": more.pop("protocol", None) or await self.protocol(cpf), "conversation_id": new_id(),
            "turn_id": new_id(), "number": await self.phone(cpf), "registered": True, "row_id": None,
            "request_key": self.key, "actor": ASSISTANT, "now": now,
        }  # fmt: skip
        return await notices.give(self.session, **(known | more))

    async def answered(self, notice: Notice, text: str = SURE, **more: Any) -> Verdict:
        known: dict[str, Any] = {
            "by_tap": False, "confirms": text == SURE, "turn_id": new_id(), "written_at": SOON, "now": SOON,
            "person": await self.session.get_one(Beneficiary, notice.beneficiary_id), "number": notice.address,
            "registered": True, "actor": ASSISTANT,
        }  # fmt: skip
        return await notices.answer(self.session, notice=notice, text=text, **(known | more))

    async def settled(self, notice: Notice, delivered: bool | None = True, **more: Any) -> Verdict | None:
        known: dict[str, Any] = {"now": SOON, "actor": SYSTEM}
        return await notices.settle(self.session, notice=notice, delivered=delivered, **(known | more))

    async def noticed(self, cpf: str, **more: Any) -> Notice:
        """A notice that was given, confirmed and delivered."""
        notice, _ = await self.given(cpf, **more)
        await self.answered(notice)
        await self.settled(notice)
        return notice

    async def contacted(self, cpf: str, means: str, result: str = "no_answer", **more: Any) -> ContactAttempt:
        """A contact that a person made and wrote down, over the register's address unless another is given."""
        known = (await standing.of_cases(self.session, [await self.case(cpf)], on=TODAY))[0]
        given: dict[str, Any] = {
            "made_at": NOW, "address": known.addresses[means][0] if known.addresses.get(means) else "", "proof": "",
            "remarks": "", "by": None, "request_key": self.key, "actor": COLLECTOR,
        }  # fmt: skip
        given |= more
        given.setdefault("now", given["made_at"])
        return await contacts.record(self.session, case=known.case, means=means, result=result, **given)

    async def pays(self, contract_id: UUID, now: datetime = SOON) -> None:
        """Everything that is late is paid on this day."""
        query = select(Invoice).where(Invoice.contract_id == contract_id, Invoice.state == "open")
        for invoice in await self.session.scalars(query.where(Invoice.due_on < local(now).date())):
            invoice.state, invoice.paid_on, invoice.paid_amount = "paid", local(now).date(), invoice.amount
        await self.session.flush()

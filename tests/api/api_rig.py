"""A calling system and what it finds in the plan: people, catalogue, invoices, an agenda."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import func, select

from backend import demo
from backend.actor import ASSISTANT, SYSTEM
from backend.audit import AuditRow
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract
from backend.events import Event
from backend.invoices.charges import Charge, charge
from backend.invoices.tables import Invoice
from backend.procedures.tables import Procedure
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.store.clock import business_now
from backend.store.engine import Store
from backend.store.tables import Base
from handoff.api import systems

ANA, BRUNO, CARLOS = "52998224725", "11144477735", "39053344705"
ANAS_CARD = "00641000000101"
MRI, BLOOD = "41101316", "40304361"
OpenSystem = Callable[..., Awaitable["System"]]


@dataclass
class System:
    """One of the plan's systems, with its token."""

    client: httpx.AsyncClient
    store: Store
    id: UUID
    token: str

    async def call(
        self, method: str, path: str, body: object = None, *, key: str | None = None, **more: Any
    ) -> httpx.Response:
        """Each changing call has a key of its own, where none is given."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        if method != "GET":
            headers.setdefault("Idempotency-Key", key or str(uuid4()))
        if body is not None:
            more["content"] = json.dumps(body)  # ASCII: half of a pair of surrogates can be written
            headers["Content-Type"] = "application/json"
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    async def get(self, path: str, **params: object) -> httpx.Response:
        return await self.call("GET", path, params=params)

    async def post(self, path: str, body: object, *, key: str | None = None) -> httpx.Response:
        return await self.call("POST", path, body, key=key)


async def new_system(client: httpx.AsyncClient, store: Store, name: str, *scopes: str) -> System:
    async with store.unit_of_work() as session:
        made, token = await systems.add_system(
            session, name=name, scopes=scopes or list(systems.SCOPES), actor=SYSTEM, now=await business_now(session)
        )
    return System(client, store, made.id, token)


async def load_people(store: Store) -> None:
    async with store.unit_of_work() as session:
        await demo.load_people(session, actor=SYSTEM, now=await business_now(session))


async def load_procedures(store: Store) -> None:
    """Two lines of the catalogue: one that needs audit, one that does not."""
    async with store.unit_of_work() as session:
        session.add_all([
            Procedure(code=MRI, term="RM de crânio", valid_from=date(2020, 1, 1), needs_audit=True,
                      care_class="high_complexity"),
            Procedure(code=BLOOD, term="Hemograma", valid_from=date(2020, 1, 1), care_class="laboratory"),
            Procedure(code="10101999", term="Consulta antiga", valid_from=date(2000, 1, 1),
                      valid_until=date(2010, 1, 1), care_class="specialty"),
        ])  # fmt: skip


async def who(store: Store, cpf: str) -> Beneficiary:
    async with store.sessions() as session:
        return (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()


async def invoice_of(store: Store, cpf: str, *, month: date = date(2026, 7, 1)) -> Invoice:
    """An open invoice of that person's contract, told to nobody yet."""
    person = await who(store, cpf)
    async with store.unit_of_work() as session:
        contract = await session.get_one(Contract, person.contract_id)
        return await charge(
            session, contract=contract, month=month, due_on=month.replace(day=10),
            items=[Charge("Mensalidade", Decimal("389.90"))], actor=SYSTEM, now=await business_now(session),
        )  # fmt: skip


async def protocol_of(store: Store, cpf: str | None, *, kind: str = "procedure_request", key: str = "p") -> Protocol:
    person = await who(store, cpf) if cpf else None
    async with store.unit_of_work() as session:
        return await protocols.open_protocol(
            session, store, kind=KINDS[kind], request_key=key, conversation_id=None,
            beneficiary_id=person.id if person else None, actor=ASSISTANT, now=await business_now(session),
        )  # fmt: skip


async def count(store: Store, table: type[Base]) -> int:
    async with store.sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def told(store: Store, kind: str) -> list[Event]:
    async with store.sessions() as session:
        return list(await session.scalars(select(Event).where(Event.kind == kind).order_by(Event.id)))


async def audited(store: Store, action: str) -> list[AuditRow]:
    async with store.sessions() as session:
        return list(await session.scalars(select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id)))


async def now_of(store: Store) -> datetime:
    async with store.sessions() as session:
        return await business_now(session)

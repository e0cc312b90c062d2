"""Data by the hundred thousand for benchmarks: people, invoices, authorizations, the agenda. All of it invented."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.beneficiaries import Beneficiary
from backend.demo.bulk_care import APPOINTMENT, Agenda, Protocols, load_authorizations, numbers_given
from backend.demo.bulk_people import Families
from backend.demo.copying import Ids, Report, copy, tidy
from backend.demo.guard import refuse_unless_nothing_leaves
from backend.demo.people import demo_people
from backend.errors import NotAllowed
from backend.procedures.tables import Authorization
from backend.store.clock import local
from backend.store.engine import Store

TABLES = (
    "contract", "beneficiary", "beneficiary_phone", "invoice", "invoice_item", "provider", "place", "practice", "slot",
    "protocol", "protocol_entry", "procedure_authorization", "authorization_step",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """How many people and authorizations there were before a load."""

    people: int
    authorizations: int


async def refuse_a_second_load(session: AsyncSession, *, now: datetime) -> None:
    """NotAllowed where messages could leave the machine, or where there are people beyond the demo's."""
    refuse_unless_nothing_leaves()
    people = await session.scalar(select(func.count()).select_from(Beneficiary)) or 0
    if people > len(await demo_people(session, now=now)):
        raise NotAllowed(
            "Já há pessoas além das de demonstração. Para somar outras, use --again.",
            detail="people beyond the demo's",
        )


async def known(session: AsyncSession) -> Known:
    """What is there already: the numbers of a further load go on after it."""
    people = await session.scalar(select(func.count()).select_from(Beneficiary)) or 0
    authorizations = await session.scalar(select(func.count()).select_from(Authorization)) or 0
    return Known(people, authorizations)


async def load(
    store: Store, *, people: int, slots: int, before: Known, report: Report, actor: Actor, now: datetime
) -> None:
    """Adds so many people with what belongs to them, and so many slots, each table committed by itself.

    Needs the demo (its plans and the catalogue of procedures). Slots start half before `now`, half after. NotAllowed
    where messages could leave the machine.
    """
    refuse_unless_nothing_leaves()
    ids = [Ids(now, kind) for kind in range(1, 12)]
    today = local(now).date()
    families = Families(people, known=before.people, today=today, contracts=ids[0], people=ids[1])
    agenda = Agenda(slots, now=now, ids=ids[2:7])
    engine = store.engine

    booked: list[str] = []

    async def care() -> None:
        protocols = Protocols(ids[8], await numbers_given(engine))
        # In a thread: what else is being loaded goes on meanwhile.
        booked.extend(await asyncio.to_thread(agenda.appointments, families.people, people, protocols))
        await load_authorizations(
            engine, report, people=families.people, count=people, known=before.authorizations, ids=ids[9],
            protocols=protocols, now=now,
        )  # fmt: skip

    async def register() -> None:
        await families.load(engine, report)
        await asyncio.gather(families.load_invoices(engine, report, ids[7]), care())

    await asyncio.gather(register(), agenda.load(engine, report))
    await asyncio.gather(copy(engine, "appointment", APPOINTMENT, booked, report), tidy(engine, TABLES))
    await tidy(engine, ("appointment",))
    async with store.unit_of_work() as session:
        audit.record(session, "demo.bulk", ("bulk", "people"), actor=actor, now=now, people=people, slots=slots)

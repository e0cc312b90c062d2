"""The plan's searches at 1 million messages, 100,000 people and 1 million slots, beside the same at a tenth."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.identifiers import Cpf, ProtocolNumber
from backend.network import verbs as network
from backend.network.tables import Place, Practice
from backend.procedures import search as procedures
from backend.procedures import verbs as authorizations
from backend.protocols import verbs as protocols
from backend.scheduling import booking, search
from backend.scheduling.search import Wish
from backend.scheduling.when import read_when
from backend.settings import settings
from backend.store.clock import business_now, local
from backend.store.embedded import EmbeddedPostgres
from backend.store.engine import Store
from backend.store.migrate import upgrade
from handoff.cli import demo_data
from handoff.review import queries
from handoff.schema import METADATA

ROUNDS = 400
AIM_MS = 20.0
DAYS = ("", "quinta de manhã", "semana que vem", "depois do dia 15", "à tarde", "o mais cedo possível")
PROCEDURES = (
    "ressonancia magnetica joelho", "hemograma", "raio x torax", "cirurgia de catarata", "retirar a vesicula",
    "mamografia", "endoscopia", "ultrasom transvaginal", "40101010", "tirar o siso", "fisioterapia", "parto",
)  # fmt: skip
WORDS = ("boleto", "consulta cardiologista", "carteirinha", "cancelar plano", "reembolso", "ressonância", "obrigado")


@dataclass(frozen=True, slots=True)
class Sample:
    """What there is to look for in a database: drawn once, before anything is measured."""

    now: datetime
    people: Sequence[UUID]
    cpfs: Sequence[str]
    names: Sequence[str]
    phones: Sequence[str]
    doctors: Sequence[str]
    practices: Sequence[tuple[str, str, str]]
    numbers: Sequence[str]
    conversations: Sequence[UUID]


Ask = Callable[[AsyncSession, Sample], Awaitable[object]]


def _pick(items: Sequence[object]) -> str:
    return str(random.choice(items))


def _wish(sample: Sample) -> Wish:
    specialty, city, state = random.choice(sample.practices)
    return Wish(specialty, city, state, when=read_when(random.choice(DAYS), today=local(sample.now).date()))


async def _mine(session: AsyncSession, sample: Sample) -> object:
    return await booking.upcoming(session, [UUID(_pick(sample.people))], now=sample.now)


async def _place(session: AsyncSession, sample: Sample) -> object:
    specialty, city, state = random.choice(sample.practices)
    return await network.search(session, specialty=specialty, city=(city, state))


async def _since(session: AsyncSession, sample: Sample) -> object:
    since = sample.now - timedelta(days=90)
    return await queries.search(session, queries.Search(text=_pick(WORDS), since=since))


SEARCHES: dict[str, Ask] = {
    "person by CPF": lambda s, x: beneficiaries.by_cpf(s, Cpf(_pick(x.cpfs))),
    "people of a telephone": lambda s, x: beneficiaries.by_phone(s, _pick(x.phones)),
    "people by a part of the name": lambda s, x: beneficiaries.search(s, _pick(x.names)),
    "vacancies (specialty, city, days)": lambda s, x: search.find(s, _wish(x), now=x.now),
    "doctor by name": lambda s, x: search.doctors_like(s, _pick(x.doctors)),
    "a person's appointments": _mine,
    "network (specialty, city)": _place,
    "network (name)": lambda s, x: network.search(s, name=_pick(x.doctors)),
    "procedure in people's words": lambda s, _: procedures.find(s, random.choice(PROCEDURES)),
    "a person's authorizations": lambda s, x: authorizations.of_person(s, UUID(_pick(x.people))),
    "protocol by number": lambda s, x: protocols.by_number(s, ProtocolNumber(_pick(x.numbers))),
    "a person's protocols": lambda s, x: protocols.of_beneficiary(s, UUID(_pick(x.people))),
    "messages by words": lambda s, _: queries.search(s, queries.Search(text=random.choice(WORDS))),
    "messages by words, last 90 days": _since,
    "conversations of a telephone": lambda s, x: queries.search(s, queries.Search(phone=_pick(x.phones))),
    "one transcript": lambda s, x: queries.transcript(s, UUID(_pick(x.conversations))),
}


async def _column(session: AsyncSession, table: str, column: str, condition: str = "true") -> list[str]:
    query = f"SELECT {column} FROM {table} WHERE {condition} ORDER BY random() LIMIT 500"  # noqa: S608 (names of ours)
    return [str(value) for value in (await session.execute(text(query))).scalars()]


async def _sample(store: Store) -> Sample:
    async with store.sessions() as session:
        names = await _column(session, "beneficiary", "full_name")
        practices = await session.execute(
            select(Practice.specialty, Place.city, Place.state)
            .join(Place, Place.id == Practice.place_id)
            .order_by(func.random())
            .limit(500)
        )
        return Sample(
            now=await business_now(session),
            people=[UUID(value) for value in await _column(session, "beneficiary", "id")],
            cpfs=await _column(session, "beneficiary", "cpf"),
            # a first name and one of the others, the second as people type it
            names=[f"{name.split()[0]} {random.choice(name.split()[1:])[:-1]}" for name in names],
            phones=await _column(session, "beneficiary_phone", "number"),
            doctors=await _column(session, "provider", "name", "kind = 'doctor'"),
            practices=[tuple(row) for row in practices],
            numbers=await _column(session, "protocol", "number"),
            conversations=[UUID(value) for value in await _column(session, "conversation", "id")],
        )


async def _times(store: Store, sample: Sample, ask: Ask) -> list[float]:
    times = []
    for number in range(ROUNDS + 20):
        async with store.sessions() as session:
            await session.connection()
            began = time.perf_counter()
            await ask(session, sample)
            if number >= 20:  # the first ones warm the cache and the compiled statements
                times.append((time.perf_counter() - began) * 1000)
    return times


async def _measure(url: str) -> dict[str, list[float]]:
    store = Store(url)
    try:
        sample = await _sample(store)
        gc.collect()
        gc.freeze()  # as the web process does
        return {name: await _times(store, sample, ask) for name, ask in SEARCHES.items()}
    finally:
        await store.close()


def _at(folder: Path, people: int, messages: int, slots: int) -> dict[str, list[float]]:
    folder.mkdir(parents=True, exist_ok=True)
    server = EmbeddedPostgres(folder)
    url = server.start()
    try:
        upgrade(url, METADATA)
        print(f"\n{people:,} people, {messages:,} messages, {slots:,} slots", flush=True)
        print(asyncio.run(demo_data.load(url, demo_data.Wanted(people, messages, slots), shown=False)), flush=True)
        random.seed(20261122)
        return asyncio.run(_measure(url))
    finally:
        server.stop()


def run(folder: Path) -> None:
    """Loads both sizes and prints each search's p50 and p95 in milliseconds."""
    os.environ.setdefault("ZELO_SIMULATOR", "1")
    os.environ.setdefault("ZELO_ANS_REGISTRATION", "999999")
    settings.cache_clear()
    small = _at(folder / "tenth", 10_000, 100_000, 100_000)
    full = _at(folder / "full", 100_000, 1_000_000, 1_000_000)
    print(f"\n{'milliseconds':36}  a tenth p50    p95   full p50    p95   (aim: p95 < {AIM_MS:.0f})")
    for name in SEARCHES:
        cells = []
        for times in (small[name], full[name]):
            cuts = statistics.quantiles(times, n=100)
            cells.append(f"{cuts[49]:10.1f} {cuts[94]:7.1f}")
        missed = "" if statistics.quantiles(full[name], n=100)[94] < AIM_MS else "  over the aim"
        print(f"{name:36}  {cells[0]}  {cells[1]}{missed}")


if __name__ == "__main__":
    from tests.stack import ROOT

    run(ROOT / "var" / "bench" / "searches")

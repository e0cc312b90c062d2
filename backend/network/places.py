"""Searching the network by what people name besides a specialty: a kind of place, a district, a place's own name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.identifiers import plain
from backend.network import verbs
from backend.network.tables import Place, Practice, Provider
from backend.network.verbs import CityCount, Entry

Kind = Literal["hospital", "laboratory", "clinic"]
# Who sees people at a clinic: the place has the clinic's name, the provider is a person.
PERSONS = ("doctor", "dentist", "therapist")
_SAME_DISTRICT = 88
_LONG_ENOUGH = 5
_WORD = re.compile(r"[a-z0-9]+")
# 'centro médico' names a place, not the city's centre.
_NO_DISTRICT_BEFORE = frozenset({"medico", "clinico", "cirurgico", "cardiologico", "odontologico"})


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for. `specialty` is a code of `backend.vocabulary`; empty texts leave it open."""

    specialty: str = ""
    kind: str = ""
    city: str = ""
    state: str = ""
    district: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry as it is told. `kind` is the provider's; `specialties` are codes; a clinic is its own provider."""

    name: str
    kind: str
    specialties: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class District:
    """A district where somebody of the network sees people."""

    name: str
    city: str
    state: str


async def find(session: AsyncSession, sought: Sought, *, limit: int = 5, after: int = 0) -> Sequence[Listing]:
    """Active entries that fit all that is sought, a page of `limit` after so many that were shown."""
    if sought.kind == "clinic" and not sought.specialty:
        return await _clinics(session, sought, limit, after)
    if sought.name:
        return await _named(session, sought, limit, after)
    entries = await _entries(session, sought, limit, after)
    return [_listing(entry) for entry in entries]


async def cities_of(session: AsyncSession, sought: Sought, *, near: str = "") -> Sequence[CityCount]:
    """Where what is sought is to be had: the cities of the state `near` first, then those with most of it."""
    if sought.specialty:
        return await verbs.cities_with(session, sought.specialty, near=near)
    count = func.count((Place.id if sought.kind == "clinic" else Provider.id).distinct())
    query = (
        select(Place.city, Place.state, count)
        .join_from(Practice, Place)
        .join(Provider, Provider.id == Practice.provider_id)
        .where(Practice.active, Provider.active)
        .group_by(Place.state, Place.city)
        .order_by(Place.state != near, count.desc(), Place.city)
    )
    if sought.kind:
        query = query.where(Provider.kind.in_(_kinds(sought.kind)))
    return [CityCount(city, state, number) for city, state, number in await session.execute(query)]


async def district_in(session: AsyncSession, text: str, *, city: str = "") -> District | None:
    """The district of the network that a text names, small typos forgiven; None without one, or with two of a name."""
    query = select(Place.district, Place.city, Place.state).distinct()
    if city:
        query = query.where(Place.city == city)
    words = _WORD.findall(plain(text))
    found = [District(*row) for row in await session.execute(query) if _says(words, row[0])]
    longest = max((len(one.name) for one in found), default=0)
    likely = [one for one in found if len(one.name) == longest]
    return likely[0] if len(likely) == 1 else None


async def _named(session: AsyncSession, sought: Sought, limit: int, after: int) -> Sequence[Listing]:
    """Providers of this name, the likeliest first; else clinics that are called so."""
    city = (sought.city, sought.state) if sought.city else None
    entries = await verbs.search(
        session, specialty=sought.specialty or None, city=city, name=sought.name, limit=limit, after=after
    )
    return [_listing(entry) for entry in entries] or await _clinics(session, sought, limit, after)


async def _entries(session: AsyncSession, sought: Sought, limit: int, after: int) -> Sequence[Entry]:
    if not sought.kind and not sought.district:
        return await verbs.search(
            session, specialty=sought.specialty, city=(sought.city, sought.state), limit=limit, after=after
        )
    query = select(Provider, Place).join_from(Practice, Provider).join(Place, Place.id == Practice.place_id)
    query = query.where(Practice.active, Provider.active, *_here(sought)).group_by(Provider.id, Place.id)
    if sought.kind:
        query = query.where(Provider.kind.in_(_kinds(sought.kind)))
    if sought.specialty:
        query = query.where(Practice.specialty == sought.specialty)
    by_name = query.order_by(Place.district, Provider.folded_name, Provider.id, Place.id).limit(limit).offset(after)
    rows = (await session.execute(by_name)).all()
    known = await _specialties(session, [place.id for _, place in rows])
    return [Entry(provider, place, known.get((provider.id, place.id), ())) for provider, place in rows]


async def _clinics(session: AsyncSession, sought: Sought, limit: int, after: int) -> Sequence[Listing]:
    """Places where doctors, dentists or therapists see people, by name; hospitals' own entries are not among them."""
    query = select(Place).join(Practice).join(Provider, Provider.id == Practice.provider_id).where(*_here(sought))
    for word in _WORD.findall(plain(sought.name)):
        query = query.where(func.lower(func.unaccent(Place.name)).contains(word, autoescape=True))
    query = query.where(Practice.active, Provider.active, Provider.kind.in_(PERSONS)).group_by(Place.id)
    places = (await session.scalars(query.order_by(Place.district, Place.name).limit(limit).offset(after))).all()
    known = await _specialties(session, [place.id for place in places])
    by_place = {
        place.id: tuple(sorted({code for (_, at), codes in known.items() if at == place.id for code in codes}))
        for place in places
    }
    return [Listing(place.name, "clinic", by_place[place.id], place) for place in places]


async def _specialties(session: AsyncSession, places: Sequence[UUID]) -> dict[tuple[UUID, UUID], tuple[str, ...]]:
    """The specialties of each provider at each of the places."""
    query = select(Practice.provider_id, Practice.place_id, func.array_agg(Practice.specialty.distinct())).where(
        Practice.place_id.in_(places), Practice.active
    )
    rows = await session.execute(query.group_by(Practice.provider_id, Practice.place_id))
    return {(provider_id, place_id): tuple(codes) for provider_id, place_id, codes in rows}


def without(sought: Sought, *parts: str) -> Sought:
    """The same with some parts left open. Pure."""
    return replace(sought, **dict.fromkeys(parts, ""))


def _here(sought: Sought) -> list[ColumnElement[bool]]:
    here = [Place.city == sought.city, Place.state == sought.state] if sought.city else []
    return [*here, Place.district == sought.district] if sought.district else here


def _kinds(kind: str) -> tuple[str, ...]:
    return PERSONS if kind == "clinic" else (kind,)


def _listing(entry: Entry) -> Listing:
    return Listing(entry.provider.name, entry.provider.kind, entry.specialties, entry.place)


def _says(words: Sequence[str], district: str) -> bool:
    """Whether a text's words hold a district's name; short names letter by letter. Pure."""
    name = _WORD.findall(plain(district))
    for start in range(len(words) - len(name) + 1):
        after = words[start + len(name)] if start + len(name) < len(words) else ""
        said, meant = " ".join(words[start : start + len(name)]), " ".join(name)
        near = len(meant) >= _LONG_ENOUGH and fuzz.ratio(said, meant) >= _SAME_DISTRICT
        if (said == meant or near) and after not in _NO_DISTRICT_BEFORE:
            return True
    return False

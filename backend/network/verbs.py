"""Searching the network by specialty, city and name, and where a specialty is to be had at all. [interfaces.md]"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, exists, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backend.identifiers import plain
from backend.network.tables import Place, Practice, Provider

_TITLES = frozenset({"dr", "dra", "doutor", "doutora", "prof", "professor", "professora"})
# Below the database's own 0.6: 'Comceicao' has to find 'Conceição'.
_THRESHOLD, _LIKE_ENOUGH = "pg_trgm.word_similarity_threshold", "0.45"
_SAME_CITY = 85
_PARTICLE = 2  # letters of 'da', 'de', 'e'


@dataclass(frozen=True, slots=True)
class Entry:
    """A provider at a place, with the codes of all specialties that he has there (`backend.vocabulary`)."""

    provider: Provider
    place: Place
    specialties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CityCount:
    """A city and how many providers of the specialty see people there."""

    city: str
    state: str
    count: int


async def search(
    session: AsyncSession,
    *,
    specialty: str | None = None,
    city: tuple[str, str] | None = None,
    name: str | None = None,
    limit: int = 5,
    after: int = 0,
) -> Sequence[Entry]:
    """Active providers and places that fit all that is given; a page of `limit`, `after` so many that were shown.

    `specialty` is a code; `city` its name and state, accents and typos forgiven; `name` a part of the provider's.
    With a name, the likeliest first; else by district and name.
    """
    found = await _page(session, specialty=specialty, city=city, name=name, limit=limit, after=after)
    if not found and city is not None and (meant := await _city_meant(session, city)) != city:
        found = await _page(session, specialty=specialty, city=meant, name=name, limit=limit, after=after)
    specialties = await _specialties_of(session, [(provider.id, place.id) for provider, place in found])
    return [Entry(provider, place, specialties[provider.id, place.id]) for provider, place in found]


async def cities_with(session: AsyncSession, specialty: str, *, near: str = "") -> Sequence[CityCount]:
    """The cities where a specialty is to be had: those of the state `near` first, then those with most providers."""
    count = func.count(Practice.provider_id.distinct())
    query = (
        select(Place.city, Place.state, count)
        .join_from(Practice, Place)
        .join(Provider, Provider.id == Practice.provider_id)
        .where(Practice.specialty == specialty, Practice.active, Provider.active)
        .group_by(Place.state, Place.city)
        .order_by(Place.state != near, count.desc(), Place.city)
    )
    return [CityCount(city, state, number) for city, state, number in await session.execute(query)]


async def _page(
    session: AsyncSession,
    *,
    specialty: str | None,
    city: tuple[str, str] | None,
    name: str | None,
    limit: int,
    after: int,
) -> list[tuple[Provider, Place]]:
    query = (
        select(Provider, Place)
        .join_from(Practice, Provider)
        .join(Place, Place.id == Practice.place_id)
        .where(Practice.active, Provider.active)
        .group_by(Provider.id, Place.id)
        .limit(limit)
        .offset(after)
    )
    if specialty is not None:
        query = query.where(Practice.specialty == specialty)
    if city is not None:
        query = query.where(Place.city == city[0], Place.state == city[1])
    words = _words_of(name)
    if not words:
        rows = await session.execute(query.order_by(Place.district, Provider.folded_name, Provider.id, Place.id))
        return [(provider, place) for provider, place in rows]
    spelled = await _spelled_right(session, words)
    near = func.similarity(" ".join(words), Provider.folded_name)
    query = query.order_by(near.desc(), Provider.folded_name, Place.district, Provider.id, Place.id)
    query = query.where(*(_has_word(word, exactly=word in spelled) for word in words))
    async with nullcontext() if len(spelled) == len(set(words)) else _forgiving(session):
        rows = await session.execute(query)
    return [(provider, place) for provider, place in rows]


def _words_of(name: str | None) -> list[str]:
    """The words of a name that tell anybody apart, as `folded_name` has them."""
    words = plain(name or "").replace(".", " ").split()
    return [word for word in words if word not in _TITLES and len(word) > _PARTICLE]


def _has_word(word: str, *, exactly: bool) -> ColumnElement[bool]:
    if exactly:
        return Provider.folded_name.contains(word, autoescape=True)
    return literal(word).op("<%")(Provider.folded_name)


async def _spelled_right(session: AsyncSession, words: Sequence[str]) -> set[str]:
    """Those words that stand in some provider's name; likeness is asked of the others alone, since it is slower."""
    stands = [exists().where(_has_word(word, exactly=True)).label(f"word_{n}") for n, word in enumerate(words)]
    row = (await session.execute(select(*stands))).one()
    return {word for word, found in zip(words, row, strict=True) if found}


@asynccontextmanager
async def _forgiving(session: AsyncSession) -> AsyncIterator[None]:
    """More typos are forgiven inside the block than elsewhere in the transaction."""
    before = await session.scalar(select(func.current_setting(_THRESHOLD)))
    await session.execute(select(func.set_config(_THRESHOLD, _LIKE_ENOUGH, True)))
    yield
    await session.execute(select(func.set_config(_THRESHOLD, before, True)))


async def _city_meant(session: AsyncSession, city: tuple[str, str]) -> tuple[str, str]:
    """The city of that state which is called so, or nearly so; the one given where none is."""
    name, state = city
    query = select(Place.city).where(Place.state == state.upper()).group_by(Place.city)
    by_plain = {plain(known): known for known in await session.scalars(query)}
    near = process.extractOne(plain(name), list(by_plain), scorer=fuzz.ratio, score_cutoff=_SAME_CITY)
    return (by_plain[near[0]], state.upper()) if near else city


async def _specialties_of(
    session: AsyncSession, pairs: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], tuple[str, ...]]:
    query = select(Practice.provider_id, Practice.place_id, Practice.specialty).where(
        tuple_(Practice.provider_id, Practice.place_id).in_(pairs), Practice.active
    )
    grouped: defaultdict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    for provider_id, place_id, specialty in await session.execute(query.order_by(Practice.specialty)):
        grouped[provider_id, place_id].append(specialty)
    return {pair: tuple(codes) for pair, codes in grouped.items()}

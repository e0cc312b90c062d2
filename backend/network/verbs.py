"""Searching the network by specialty, city and name, and where a specialty is to be had at all. [interfaces.md]"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backend.identifiers import plain
from backend.network.tables import Place, Practice, Provider

_TITLES = frozenset({"dr", "dra", "doutor", "doutora", "prof", "professor", "professora"})
_SAME_WORD = 75
_LONGER = 2
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
    words = await _as_spelled(session, _words_of(name))
    near = func.similarity(" ".join(words), Provider.folded_name)
    by_name = [near.desc(), Provider.folded_name, Place.district] if words else [Place.district, Provider.folded_name]
    query = query.where(*(_has_word(word) for word in words)).order_by(*by_name, Provider.id, Place.id)
    return [(provider, place) for provider, place in await session.execute(query)]


def _words_of(name: str | None) -> list[str]:
    """The words of a name that tell anybody apart, as `folded_name` has them."""
    words = plain(name or "").replace(".", " ").split()
    return [word for word in words if word not in _TITLES and len(word) > _PARTICLE]


def _has_word(word: str) -> ColumnElement[bool]:
    return Provider.folded_name.contains(word, autoescape=True)


async def _as_spelled(session: AsyncSession, words: Sequence[str]) -> list[str]:
    """The words as providers' names have them: what stands in none is taken for the likeliest that does."""
    if not words:
        return []
    stands = [exists().where(_has_word(word)).label(f"word_{n}") for n, word in enumerate(words)]
    row = (await session.execute(select(*stands))).one()
    return [word if found else await _likeliest(session, word) for word, found in zip(words, row, strict=True)]


async def _likeliest(session: AsyncSession, word: str) -> str:
    """The word of some provider's name that is most like this one; the word itself where none is.

    By the names' words, few thousand in any network: word similarity of whole names costs several times as much.
    """
    of_names = select(func.unnest(func.string_to_array(Provider.folded_name, " ")).label("word")).where(Provider.active)
    words = of_names.subquery().c.word
    query = select(words).where(func.length(words).between(len(word) - _LONGER, len(word) + _LONGER)).distinct()
    known = sorted(await session.scalars(query))
    near = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_SAME_WORD)
    return near[0] if near else word


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

"""The network is also found by kind of place, by district and by a clinic's own name."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.network.places import District, Sought, cities_of, district_in, find, without
from backend.network.tables import Place, Practice, Provider
from backend.network.verbs import CityCount
from backend.store.engine import Store

ROWS = [  # provider, kind, place, district, city, specialty
    ("Dra. Alzira Motta", "doctor", "Clínica Mangue Seco", "Renascença", "São Luís", "cardiology"),
    ("Dr. Belmiro Paz", "doctor", "Clínica Mangue Seco", "Renascença", "São Luís", "dermatology"),
    ("Dr. Cândido Reis", "doctor", "Centro Médico Juçara", "Turu", "São Luís", "cardiology"),
    ("Hospital Farol da Barra", "hospital", "Hospital Farol da Barra", "Centro", "São Luís", "general_surgery"),
    ("Laboratório Gota Clara", "laboratory", "Laboratório Gota Clara", "Turu", "São Luís", "hematology"),
    ("Dra. Dalila Couto", "doctor", "Clínica Rio Manso", "Centro", "Imperatriz", "cardiology"),
    ("Hospital Porto Sereno", "hospital", "Hospital Porto Sereno", "Centro", "Imperatriz", "general_surgery"),
]
HERE = {"city": "São Luís", "state": "MA"}


@pytest.fixture
async def session(store: Store) -> AsyncIterator[AsyncSession]:
    async with store.unit_of_work() as session:
        for name, kind, at, district, city, specialty in ROWS:
            place = await _place(session, at, district, city)
            provider = Provider(kind=kind, name=name)
            session.add(provider)
            await session.flush()
            session.add(Practice(provider_id=provider.id, place_id=place.id, specialty=specialty))
        await session.flush()
        yield session


async def _place(session: AsyncSession, name: str, district: str, city: str) -> Place:
    known = {place.name: place for place in session.identity_map.values() if isinstance(place, Place)}
    if name not in known:
        known[name] = Place(name=name, street="Rua A, 1", district=district, city=city, state="MA")
        session.add(known[name])
        await session.flush()
    return known[name]


@pytest.mark.parametrize(
    ("sought", "names"),
    [
        (Sought(kind="hospital", **HERE), ["Hospital Farol da Barra"]),
        (Sought(kind="laboratory", **HERE), ["Laboratório Gota Clara"]),
        (Sought(kind="clinic", **HERE), ["Clínica Mangue Seco", "Centro Médico Juçara"]),
        (Sought(kind="clinic", district="Turu", **HERE), ["Centro Médico Juçara"]),
        (Sought(specialty="cardiology", district="Turu", **HERE), ["Dr. Cândido Reis"]),
        (Sought(specialty="cardiology", **HERE), ["Dra. Alzira Motta", "Dr. Cândido Reis"]),
        (Sought(name="alzira"), ["Dra. Alzira Motta"]),
        (Sought(name="mangue seco"), ["Clínica Mangue Seco"]),
        (Sought(name="farol", kind="hospital"), ["Hospital Farol da Barra"]),
        (Sought(name="ninguem assim"), []),
        (Sought(kind="hospital", district="Turu", **HERE), []),
    ],
)
async def test_a_kind_a_district_and_a_clinics_name_are_found(
    session: AsyncSession, sought: Sought, names: list[str]
) -> None:
    assert [listing.name for listing in await find(session, sought)] == names


async def test_a_clinic_is_told_with_the_specialties_of_who_sees_people_there(session: AsyncSession) -> None:
    [clinic] = await find(session, Sought(name="mangue seco"))
    assert (clinic.kind, clinic.specialties) == ("clinic", ("cardiology", "dermatology"))


async def test_a_page_goes_on_after_what_was_shown(session: AsyncSession) -> None:
    sought = Sought(kind="clinic", **HERE)
    pages = [[one.name for one in await find(session, sought, limit=1, after=after)] for after in range(3)]
    assert pages == [["Clínica Mangue Seco"], ["Centro Médico Juçara"], []]


async def test_where_a_kind_is_to_be_had_starts_with_ones_own_state(session: AsyncSession) -> None:
    hospitals = await cities_of(session, Sought(kind="hospital"), near="MA")
    assert hospitals == [CityCount("Imperatriz", "MA", 1), CityCount("São Luís", "MA", 1)]
    assert (await cities_of(session, Sought(kind="clinic")))[0] == CityCount("São Luís", "MA", 2)
    assert len(await cities_of(session, Sought(specialty="dermatology"))) == 1


@pytest.mark.parametrize(
    ("said", "city", "district"),
    [
        ("clinica no turu", "", District("Turu", "São Luís", "MA")),
        ("perto do renacença", "", District("Renascença", "São Luís", "MA")),
        ("no centro", "", None),  # two cities have one
        ("no centro", "Imperatriz", District("Centro", "Imperatriz", "MA")),
        ("centro medico", "Imperatriz", None),
        ("na lua", "", None),
    ],
)
async def test_a_district_is_read_from_what_the_network_has(
    session: AsyncSession, said: str, city: str, district: District | None
) -> None:
    assert await district_in(session, said, city=city) == district


def test_parts_of_what_is_sought_can_be_left_open() -> None:
    assert without(Sought(name="a", district="b", **HERE), "name", "district") == Sought(**HERE)

"""The demo's network: invented doctors, clinics, hospitals and laboratories in three cities.

Streets are the cities' own, numbers and names are not. On purpose: endocrinology has nobody in Imperatriz, and
neurology there has nobody free for 25 business days (`backend.demo.agenda`), so that RN 566's maximum cannot be kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.network.tables import Place, Practice, Provider

CITY_STATES = {"São Luís": "MA", "Imperatriz": "MA", "São Paulo": "SP"}

# Name, kind, street with number, district, city, postal code.
PLACES = (
    ("Clínica Maré Mansa", "clinic", "Avenida Colares Moreira, 455", "Renascença", "São Luís", "65075441"),
    ("Centro Médico Babaçu", "clinic", "Avenida Professor Carlos Cunha, 1180", "Jaracaty", "São Luís", "65076820"),
    ("Policlínica Ponta Verde", "clinic", "Avenida Daniel de La Touche, 890", "Cohama", "São Luís", "65074115"),
    ("Hospital Boa Aurora", "hospital", "Rua dos Afogados, 320", "Centro", "São Luís", "65010020"),
    ("Hospital Infantil Pipa Azul", "hospital", "Avenida São Luís Rei de França, 76", "Turu", "São Luís", "65065470"),
    ("Laboratório Clarear", "laboratory", "Avenida dos Holandeses, 1504", "Calhau", "São Luís", "65071380"),
    ("Laboratório Gota a Gota", "laboratory", "Avenida Castelo Branco, 233", "São Francisco", "São Luís", "65076090"),
    ("Clínica Beira do Tocantins", "clinic", "Avenida Beira-Rio, 214", "Beira-Rio", "Imperatriz", "65900130"),
    ("Centro Clínico Buriti", "clinic", "Avenida Getúlio Vargas, 1437", "Centro", "Imperatriz", "65903280"),
    ("Hospital Rio Claro do Sul", "hospital", "Rua Coronel Manoel Bandeira, 981", "Centro", "Imperatriz", "65900010"),
    ("Laboratório Nova Lâmina", "laboratory", "Rua Ceará, 640", "Nova Imperatriz", "Imperatriz", "65907050"),
    ("Clínica Ipê do Planalto", "clinic", "Avenida Paulista, 3950", "Bela Vista", "São Paulo", "01310100"),
    ("Centro Médico Garoa", "clinic", "Rua Vergueiro, 4126", "Vila Mariana", "São Paulo", "04101300"),
    ("Hospital Serra Clara", "hospital", "Rua Domingos de Morais, 3731", "Vila Mariana", "São Paulo", "04035000"),
    ("Laboratório Lente Fina", "laboratory", "Rua Teodoro Sampaio, 3045", "Pinheiros", "São Paulo", "05406150"),
)  # fmt: skip

# Who sees people, by city and specialty. Women and men as their titles say; therapists have none.
DOCTORS: dict[str, dict[str, tuple[str, ...]]] = {
    "São Luís": {
        "general_practice": ("Dr. Evandro Salgueiro", "Dra. Marilda Fontoura"),
        "cardiology": ("Dra. Helena Prado", "Dr. Anacleto Barros"),
        "dermatology": ("Dra. Celeste Azevedo", "Dr. Rui Castelhano"),
        "orthopedics": ("Dr. Otacílio Menezes", "Dra. Ivone Tavares"),
        "gynaecology": ("Dra. Rosângela Viveiros", "Dra. Clarice Muniz"),
        "pediatrics": ("Dra. Benedita Loureiro", "Dr. Tomás Valadares"),
        "ophthalmology": ("Dr. Lindolfo Serra", "Dra. Amélia Cantuária"),
        "otorhinolaryngology": ("Dr. Firmino Quadros", "Dra. Judite Sabóia"),
        "endocrinology": ("Dra. Noêmia Bandeira", "Dr. Átila Rebouças"),
        "neurology": ("Dr. Gaspar Nogueira", "Dra. Eunice Pontual"),
        "psychiatry": ("Dr. Leandro Maranhense", "Dra. Silvana Cordeiro"),
        "psychology": ("Sandra Coutinho", "Rogério Paixão"),
        "urology": ("Dr. Abelardo Fialho", "Dr. Ciro Montenegro"),
        "gastroenterology": ("Dra. Zilda Carneiro", "Dr. Péricles Amorim"),
        "rheumatology": ("Dra. Ondina Falcão", "Dr. Tarcísio Belo"),
        "geriatrics": ("Dr. Inácio Varela", "Dra. Lourdes Peçanha"),
        "physiotherapy": ("Diego Almada", "Cíntia Ferraz"),
        "nutrition": ("Larissa Guterres", "Milton Aguiar"),
        "speech_therapy": ("Patrícia Lobato", "Elisa Damasceno"),
        "dentistry": ("Dr. Renato Jardim", "Dra. Fabíola Aragão"),
    },
    "Imperatriz": {
        "general_practice": ("Dr. Valdir Seabra", "Dra. Graça Milhomem"),
        "cardiology": ("Dr. Heráclito Bringel", "Dra. Sueli Marinho"),
        "dermatology": ("Dra. Alda Queiroga",),
        "orthopedics": ("Dr. Nilo Bacelar",),
        "gynaecology": ("Dra. Ester Capistrano",),
        "pediatrics": ("Dra. Miriam Torquato", "Dr. Hugo Lacerda"),
        "ophthalmology": ("Dr. Olavo Pimentel",),
        "otorhinolaryngology": ("Dra. Yolanda Ribas",),
        "neurology": ("Dr. Saulo Trindade",),
        "psychiatry": ("Dra. Adélia Rondon",),
        "psychology": ("Jussara Mourão",),
        "urology": ("Dr. Durval Caldas",),
        "gastroenterology": ("Dr. Ubirajara Leitão",),
        "physiotherapy": ("Wagner Sobral",),
        "nutrition": ("Denise Vilar",),
        "dentistry": ("Dra. Ligia Bittencourt",),
    },
    "São Paulo": {
        "general_practice": ("Dra. Isaura Toledo", "Dr. Caetano Rizzi"),
        "cardiology": ("Dr. Armando Pestana", "Dra. Berenice Dorta"),
        "dermatology": ("Dra. Flora Antonelli",),
        "orthopedics": ("Dr. Danilo Baptistella", "Dra. Tânia Sakamoto"),
        "gynaecology": ("Dra. Mirela Zanetti",),
        "pediatrics": ("Dr. Fausto Guarnieri",),
        "ophthalmology": ("Dra. Diva Bellini",),
        "otorhinolaryngology": ("Dr. Gilberto Paes Lemos",),
        "endocrinology": ("Dra. Naomi Uehara",),
        "neurology": ("Dr. Ricardo Stefanini",),
        "psychiatry": ("Dra. Leonor Camargo",),
        "psychology": ("Bianca Rossini",),
        "urology": ("Dr. Wilson Takeda",),
        "gastroenterology": ("Dra. Carmela Vicentini",),
        "rheumatology": ("Dr. Jair Bonfante",),
        "geriatrics": ("Dra. Olímpia Arruda",),
        "physiotherapy": ("Caio Piovani",),
        "nutrition": ("Renata Escobar",),
        "speech_therapy": ("Vívian Colombo",),
        "dentistry": ("Dr. Mauro Salvatori",),
    },
}

# What an institution is found under. Nobody has an agenda there: these are asked for, not booked.
SOUGHT_FOR = {"hospital": ("general_surgery", "vascular_surgery"), "laboratory": ("hematology",)}
SOUGHT_FOR_BY_NAME = {"Hospital Infantil Pipa Azul": ("pediatric_surgery", "neuropediatrics")}
THERAPISTS = {"psychology": "CRP", "physiotherapy": "CREFITO", "nutrition": "CRN", "speech_therapy": "CREFONO"}
FIRST_REGISTRATION = 4300


@dataclass(frozen=True, slots=True)
class Doctor:
    """One person of the network, and the names of the clinics where he or she sees people."""

    name: str
    kind: str
    council: str
    specialty: str
    city: str
    clinics: tuple[str, ...]


def doctors() -> Iterator[Doctor]:
    """Everybody of `DOCTORS` with a council registration; the first of each specialty works at two clinics."""
    number = FIRST_REGISTRATION
    for city, specialties in DOCTORS.items():
        clinics = [name for name, kind, _, _, place_city, _ in PLACES if place_city == city and kind == "clinic"]
        for specialty, names in specialties.items():
            for order, name in enumerate(names):
                number += 7
                kind, council = _profession(specialty)
                first = clinics[number % len(clinics)]
                second = clinics[(number + 1) % len(clinics)]
                yield Doctor(
                    name, kind, f"{council}-{CITY_STATES[city]} {number}", specialty, city,
                    (first, second) if order == 0 else (first,),
                )  # fmt: skip


async def load_network(session: AsyncSession, *, actor: Actor, now: datetime) -> int:
    """Adds the providers, places and practices that are not there yet; gives how many practices were added."""
    places = await _load_places(session)
    providers = await _load_providers(session)
    wanted = [
        (providers[doctor.name], places[clinic], doctor.specialty) for doctor in doctors() for clinic in doctor.clinics
    ]
    wanted += [(providers[name], places[name], code) for name, kind, *_ in PLACES for code in SOUGHT_FOR.get(kind, ())]
    key = tuple_(Practice.provider_id, Practice.place_id, Practice.specialty)
    found = {
        (practice.provider_id, practice.place_id, practice.specialty)
        for practice in await session.scalars(select(Practice).where(key.in_(_keys(wanted))))
    }
    missing = [triple for triple in _keys(wanted) if triple not in found]
    session.add_all(
        Practice(provider_id=provider, place_id=place, specialty=specialty) for provider, place, specialty in missing
    )
    await session.flush()
    if missing:
        audit.record(session, "demo.add_network", ("network", "demo"), actor=actor, now=now, practices=len(missing))
    return len(missing)


def _sought_for(name: str, kind: str) -> tuple[str, ...]:
    return SOUGHT_FOR_BY_NAME.get(name) or SOUGHT_FOR.get(kind, ())


def _keys(wanted: list[tuple[Provider, Place, str]]) -> list[tuple[object, object, str]]:
    return [(provider.id, place.id, specialty) for provider, place, specialty in wanted]


async def _load_places(session: AsyncSession) -> dict[str, Place]:
    names = [name for name, *_ in PLACES]
    found = {place.name: place for place in await session.scalars(select(Place).where(Place.name.in_(names)))}
    for order, (name, _, street, district, city, postal_code) in enumerate(PLACES):
        if name not in found:
            area = "11" if city == "São Paulo" else "98"
            found[name] = Place(
                name=name, street=street, district=district, city=city, state=CITY_STATES[city],
                postal_code=postal_code, phone=f"+55{area}3200{order + 101:04d}",
            )  # fmt: skip
            session.add(found[name])
    await session.flush()
    return found


async def _load_providers(session: AsyncSession) -> dict[str, Provider]:
    rows = [(doctor.name, doctor.kind, doctor.council) for doctor in doctors()]
    rows += [(name, kind, "") for name, kind, *_ in PLACES if kind != "clinic"]
    found = {
        provider.name: provider
        for provider in await session.scalars(select(Provider).where(Provider.name.in_([name for name, _, _ in rows])))
    }
    for name, kind, council in rows:
        if name not in found:
            found[name] = Provider(name=name, kind=kind, council=council)
            session.add(found[name])
    await session.flush()
    return found


def _profession(specialty: str) -> tuple[str, str]:
    if specialty == "dentistry":
        return "dentist", "CRO"
    if specialty in THERAPISTS:
        return "therapist", THERAPISTS[specialty]
    return "doctor", "CRM"

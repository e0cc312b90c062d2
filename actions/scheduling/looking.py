"""What somebody looks for in the agenda: read from his words, kept in the request's state, offered as options."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from actions.talk import Option, Talk
from backend.identifiers import plain
from backend.scheduling import search
from backend.scheduling.rules import Vacancy
from backend.scheduling.search import Wish
from backend.scheduling.when import When, read_when
from backend.store.clock import local
from backend.vocabulary import City, Specialty, cities_in, provider_name_in, specialties_in, specialty
from backend.words import spoken_moment

MORE = "more"
WAITING = "waiting"
DESK = "desk"
_PARTICLES = frozenset({"dr", "dra", "de", "da", "do", "dos", "das"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says about an appointment."""

    specialty: Specialty | None = None
    city: City | None = None
    doctor: str = ""
    when: When | None = None

    def __bool__(self) -> bool:
        return bool(self.specialty or self.city or self.doctor or self.when)


def read(talk: Talk, text: str = "") -> Reading:
    """Specialty, city, doctor and days in a text (this turn's by default). Pure."""
    said = text or talk.text
    stage = talk.state.get("stage")
    found = specialties_in(said, asked=stage == "specialty")
    cities = cities_in(said, asked=stage == "city")
    doctor = provider_name_in(said) or ""
    return Reading(
        found[0] if found else None,
        cities[0] if cities else None,
        doctor,
        read_when(said, today=local(talk.now).date()),
    )


def wish_of(state: dict[str, Any]) -> Wish | None:
    """The wish in a request's state; None while the specialty or the city is open. Pure."""
    wish = state.get("wish") or {}
    if not wish.get("specialty") or not wish.get("city"):
        return None
    when = When.from_json(wish["when"]) if wish.get("when") else None
    provider = UUID(wish["provider"]) if wish.get("provider") else None
    return Wish(wish["specialty"], wish["city"], wish["state"], provider, when)


async def absorb(talk: Talk, reading: Reading) -> None:
    """Takes what was read into the wish: what is newer replaces what it contradicts and nothing else."""
    wish = dict(talk.state.get("wish") or {})
    if reading.specialty is not None and reading.specialty.code != wish.get("specialty"):
        wish["specialty"] = reading.specialty.code
        wish.pop("provider", None)
        wish.pop("doctor", None)
    if reading.city is not None:
        if wish.get("city") not in {None, reading.city.name} and not reading.doctor:
            wish.pop("provider", None)
        wish["city"], wish["state"] = reading.city.name, reading.city.state
    if reading.when is not None:
        older = When.from_json(wish["when"]) if wish.get("when") else When()
        wish["when"] = older.merged(reading.when).to_json()
    if reading.doctor:
        await _absorb_doctor(talk, reading.doctor, wish)
    talk.state["wish"] = wish


async def _absorb_doctor(talk: Talk, name: str, wish: dict[str, Any]) -> None:
    """The doctor who is meant; his specialty and city where none was named."""
    rows = await search.doctors_like(talk.session, name, specialty=wish.get("specialty"))
    if not rows:
        rows = await search.doctors_like(talk.session, name)
    if not rows:
        talk.state["unknown_doctor"] = name
        return
    here = [row for row in rows if row.city == wish.get("city")]
    provider_id, provider_name, code, city, state = (here or rows)[0]
    wish.update(provider=str(provider_id), doctor=provider_name, specialty=code)
    if not here:
        wish.update(city=city, state=state)


def pick(talk: Talk, offered: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The offered vacancy that a message means by its day, hour or doctor; None where not just one. Pure."""
    when = read_when(talk.text, today=local(talk.now).date())
    said = set(plain(talk.text).replace(",", " ").replace(".", " ").split())
    fitting = [item for item in offered if when is None or when.fits(local(starts_of(item)))]
    named = [item for item in fitting if _is_named(item["doctor"], said)]
    if named:
        fitting = named
    elif when is None:
        return None
    return fitting[0] if len(fitting) == 1 else None


def _is_named(doctor: str, said: set[str]) -> bool:
    return bool(({word.strip(".") for word in plain(doctor).split()} - _PARTICLES) & said)


def starts_of(item: dict[str, Any]) -> datetime:
    """When an offered vacancy starts, aware. Pure."""
    return datetime.fromisoformat(item["starts_at"])


def remember_offered(talk: Talk, vacancies: list[Vacancy]) -> None:
    """Keeps what is offered, so that it can be said again and chosen in words."""
    talk.state["offered"] = [
        {
            "slot": str(item.slot_id), "starts_at": item.starts_at.isoformat(), "doctor": item.provider_name,
            "place": item.place_name, "address": item.address, "city": item.city,
        }
        for item in vacancies
    ]  # fmt: skip
    seen: list[str] = talk.state.setdefault("seen", [])
    seen.extend(str(item.slot_id) for item in vacancies if str(item.slot_id) not in seen)


def options_of(talk: Talk) -> list[Option]:
    """What was offered, as options: day, hour, doctor, and the city where it is another one than was asked. Pure."""
    wish = talk.state.get("wish") or {}
    options: list[Option] = []
    for item in talk.state.get("offered") or ():
        where = item["place"] if item["city"] == wish.get("city") else f"{item['place']}, em {item['city']}"
        options.append((f"{spoken_moment(starts_of(item))}, com {item['doctor']}, {where}", {"slot": item["slot"]}))
    return options


def spoken_wish(state: dict[str, Any]) -> str:
    """`Cardiologia em São Luís, com Dra. Helena Prado, quinta de manhã`: for texts and attendants. Pure."""
    wish = state.get("wish") or {}
    parts = [specialty(wish["specialty"]).name if wish.get("specialty") else "Consulta"]
    if wish.get("city"):
        parts[0] += f" em {wish['city']}"
    if wish.get("doctor"):
        parts.append(f"com {wish['doctor']}")
    if wish.get("when"):
        parts.append(When.from_json(wish["when"]).describe())
    return ", ".join(filter(None, parts))


def wants_to_wait(text: str) -> bool:
    """'me põe na lista de espera', 'quero ficar na fila'. Pure."""
    return bool(re.search(r"\b(?:lista de espera|na lista|na espera|fila de espera)\b", plain(text)))


def mentions_other(text: str) -> bool:
    """'outros horários', 'tem mais?', 'nenhum desses'. Pure."""
    return bool(re.search(r"\b(?:outr[oa]s?|mais (?:opcoes|horarios|datas)|tem mais|nenhum[a]?)\b", plain(text)))

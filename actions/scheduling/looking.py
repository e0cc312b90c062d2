"""What somebody looks for in the agenda: read from his words, kept in the request's state, offered as options."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from actions.scheduling.words import (
    later_or_earlier,
    leaves_open,
    wants_other_city,
    wants_other_day,
    wants_other_doctor,
    wants_same_day,
)
from actions.talk import Option, Talk
from backend.identifiers import plain
from backend.scheduling import search
from backend.scheduling.rules import Vacancy
from backend.scheduling.search import Wish
from backend.scheduling.when import When, read_when
from backend.store.clock import local
from backend.vocabulary import City, Specialty, cities_in, provider_name_in, specialties_in, specialty
from backend.vocabulary.words import words_of
from backend.words import spoken_moment

MORE = "more"
WAITING = "waiting"
DESK = "desk"
_PARTICLES = frozenset({"dr", "dra", "de", "da", "do", "dos", "das"})
_ORDINALS = ("primeir", "segund", "terceir", "quart", "quint", "sext")
_DAY_OF_ORDINAL = {"segund": 0, "quart": 2, "quint": 3, "sext": 4}
_ORDER = re.compile(
    r"(?:(?:eu )?(?:quero|fico com|prefiro|pode ser|vou de|escolho|marca|pega) )?[ao] "
    rf"({'|'.join(_ORDINALS)})[oa](?: (?:opcao|horario|data|mesmo|por favor|pfv|sim))*$"
)


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


def read_answer(talk: Talk) -> Reading:
    """The same, where a doctor's name alone may mean one of the offered. Pure."""
    reading = read(talk)
    doctor = "" if reading.doctor else named_doctor(talk.text, talk.state.get("offered") or [])
    return replace(reading, doctor=doctor) if doctor else reading


def today_of(talk: Talk) -> date:
    """The operator's local day. Pure."""
    return local(talk.now).date()


def wish_of(state: dict[str, Any]) -> Wish | None:
    """The wish in a request's state; None while the specialty or the city is open. Pure.

    With it goes for whom it is, so that nothing is offered at the hour of his own appointment.
    """
    wish = state.get("wish") or {}
    if not wish.get("specialty") or not wish.get("city"):
        return None
    when = When.from_json(wish["when"]) if wish.get("when") else None
    provider = UUID(wish["provider"]) if wish.get("provider") else None
    without = UUID(wish["not_provider"]) if wish.get("not_provider") else None
    person = UUID(state["for"]) if state.get("for") else None
    moving = UUID(state["moving"]) if state.get("moving") else None
    return Wish(wish["specialty"], wish["city"], wish["state"], provider, when, without, person, moving)


async def absorb(talk: Talk, reading: Reading) -> None:
    """Takes what was read into the wish: what is newer replaces what it contradicts and nothing else."""
    wish = dict(talk.state.get("wish") or {})
    if reading.specialty is not None and reading.specialty.code != wish.get("specialty"):
        wish["specialty"] = reading.specialty.code
        for name in ("provider", "doctor", "not_provider"):
            wish.pop(name, None)
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
    wish.pop("not_provider", None)
    wish.update(provider=str(provider_id), doctor=provider_name, specialty=code)
    if not here:
        wish.update(city=city, state=state)


def amend(talk: Talk, reading: Reading) -> bool:
    """Takes what a message says about the offered ones: another day, doctor or city, later or earlier.

    Whether it said any of it; the wish then no longer holds what was turned down.
    """
    wish = dict(talk.state.get("wish") or {})
    before = dict(wish)
    asks_city = wants_other_city(talk.text) and reading.city is None
    if asks_city:
        wish.pop("city", None)
        talk.state["ask_city"] = True
    if wants_other_doctor(talk.text) and not reading.doctor:
        turned_down = _turned_down(talk) or wish.get("provider")
        wish.pop("provider", None)
        wish.pop("doctor", None)
        wish["not_provider"] = turned_down
    if reading.when is None:
        older = When.from_json(wish["when"]) if wish.get("when") else When()
        newer = _otherwise(talk, older)
        if newer is not None:
            wish["when"] = newer.to_json()
    talk.state["wish"] = wish
    return asks_city or wish != before


def _turned_down(talk: Talk) -> str | None:
    """Whom 'outro médico' is other than: the one of the held slot, or the only one who was offered. Pure."""
    offered = talk.state.get("offered") or []
    if talk.state.get("stage") == "confirm":
        offered = [item for item in offered if item["slot"] == talk.state.get("slot")]
    doctors = {item["provider"] for item in offered}
    return str(next(iter(doctors))) if len(doctors) == 1 else None


def wants_change(talk: Talk) -> bool:
    """Whether a message asks for another day, doctor or city than is offered or held, or later or earlier. Pure."""
    other = wants_other_day(talk.text) or wants_other_doctor(talk.text) or wants_other_city(talk.text)
    return other or _otherwise(talk, When()) is not None


def _otherwise(talk: Talk, older: When) -> When | None:
    moments = [local(starts_of(item)) for item in talk.state.get("offered") or ()]
    if talk.state.get("stage") in {"confirm", "when"}:
        moments = [local(datetime.fromisoformat(talk.state["held_at"]))]
    if moments and wants_other_day(talk.text):
        later = max(moment.date() for moment in moments) + timedelta(days=1)
        return When(earliest=later, from_time=older.from_time, until_time=older.until_time)
    hours = later_or_earlier(talk.text, moments)
    if moments and wants_same_day(talk.text):
        older = replace(older, earliest=moments[0].date(), latest=moments[0].date(), weekdays=frozenset())
        return older.merged(hours) if hours else older
    return older.merged(hours) if hours else None


def pick(text: str, offered: list[dict[str, Any]], *, today: date) -> dict[str, Any] | None:
    """The offered vacancy that a text means by its day, hour, doctor or order; None where not just one. Pure.

    Who leaves it open ('qualquer um', 'o mais cedo possível') gets the earliest that fits the rest of what he says.
    """
    when = read_when(text, today=today)
    if when is not None and when.excluded_weekdays:
        return None  # 'quinta não' rules out, it does not choose
    fitting = [item for item in offered if when is None or when.fits(local(starts_of(item)))]
    named = [item for item in fitting if _is_named(item["doctor"], text)]
    if leaves_open(text):
        return next(iter(named or fitting), None)
    if named:
        fitting = named
    elif when is None:
        return _by_order(text, offered)
    exact = [item for item in fitting if when is not None and local(starts_of(item)).time() == when.from_time]
    return fitting[0] if len(fitting) == 1 else exact[0] if len(exact) == 1 else None


def _by_order(text: str, offered: list[dict[str, Any]]) -> dict[str, Any] | None:
    """'a segunda' is the second, unless that is no Monday and another one is. Pure."""
    found = _ORDER.match(plain(text).strip(" .!,"))
    if not found or (number := _ORDINALS.index(found[1])) >= len(offered):
        return None
    named_so = [item for item in offered if local(starts_of(item)).weekday() == _DAY_OF_ORDINAL.get(found[1])]
    if not named_so or offered[number] in named_so:
        return offered[number]
    return named_so[0] if len(named_so) == 1 else None


def named_doctor(text: str, offered: list[dict[str, Any]]) -> str:
    """The one doctor among the offered whom a text names, title or not; empty where none or several. Pure."""
    named = {item["doctor"] for item in offered if _is_named(item["doctor"], text)}
    return str(next(iter(named))) if len(named) == 1 else ""


def _is_named(doctor: str, text: str) -> bool:
    return bool((set(words_of(doctor)) - _PARTICLES) & set(words_of(text)))


def starts_of(item: dict[str, Any]) -> datetime:
    """When an offered vacancy starts, aware. Pure."""
    return datetime.fromisoformat(item["starts_at"])


def remember_offered(talk: Talk, vacancies: list[Vacancy]) -> None:
    """Keeps what is offered, so that it can be said again and chosen in words."""
    talk.state["offered"] = [
        {
            "slot": str(item.slot_id), "starts_at": item.starts_at.isoformat(), "doctor": item.provider_name,
            "provider": str(item.provider_id), "place": item.place_name, "address": item.address, "city": item.city,
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
    if wish.get("not_provider"):
        parts.append("com outro profissional")
    if wish.get("when"):
        parts.append(When.from_json(wish["when"]).describe())
    return ", ".join(filter(None, parts))

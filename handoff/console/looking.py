"""What an attendant looks for in the agenda: the form's fields, read into a wish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.errors import InvalidInput, NotAllowed
from backend.scheduling import booking, search
from backend.scheduling.booking import Visit
from backend.scheduling.search import Wish
from backend.scheduling.when import When, read_when
from backend.vocabulary import every_specialty
from handoff.console.panel import Fields, Panel, optional
from handoff.desk.identity import NobodyVerified

ANYWHERE = ("São Luís", "MA")


class Form(TypedDict):
    """The fields as they were typed or chosen."""

    specialty: str
    city: str
    doctor: str
    words: str
    since: str
    until: str
    whom: str
    moving: str
    reason: str


@dataclass(frozen=True, slots=True)
class Looking:
    """The form as it is filled. `wish` is None while nothing was chosen; `hint` says what could not be read.

    `read` is how the words about days were understood.
    """

    form: Form
    wish: Wish | None = None
    hint: str = ""
    read: str = ""


async def read_looking(session: AsyncSession, panel: Panel, fields: Fields) -> Looking:
    """The form's fields with what they mean; those of an appointment that is to be moved stand in for empty ones.

    NotAllowed where that appointment is not of the panel's person or his contract.
    """
    form = _form(panel, fields)
    moving = optional(form["moving"])
    if moving is not None:
        visit = await _visit_of(session, panel, moving)
        if not form["specialty"]:
            _begin_from(form, visit)
    if not form["specialty"]:
        return Looking(form)
    if form["specialty"] not in {one.code for one in every_specialty()}:
        raise InvalidInput("Escolha a especialidade.", detail="specialty")
    when, read, hint = _when(form, panel.today)
    name, _, state = form["city"].partition("/")
    doctor = await _doctor(session, form["doctor"], form["specialty"], (name, state))
    if form["doctor"] and doctor is None:
        hint = f"Não encontrei “{form['doctor']}” nessa especialidade e cidade. Estes são os outros médicos."
    return Looking(form, Wish(form["specialty"], name, state, doctor, when), hint, read)


def _form(panel: Panel, fields: Fields) -> Form:
    def given(name: str) -> str:
        return fields.get(name, "").strip()

    return Form(
        specialty=given("specialty"), city=given("city") or _home(panel.person), doctor=given("doctor"),
        words=given("words"), since=given("since"), until=given("until"),
        whom=given("whom") or (str(panel.person.id) if panel.person else ""), moving=given("moving"),
        reason=given("reason"),
    )  # fmt: skip


async def cities(session: AsyncSession) -> Sequence[tuple[str, str]]:
    """Where the network sees people."""
    return sorted(await search.cities_served(session))


async def _visit_of(session: AsyncSession, panel: Panel, appointment_id: UUID) -> Visit:
    """An appointment that the panel may show: its person's, or one of his contract's."""
    if panel.person is None:
        raise NobodyVerified
    visit = await booking.visit(session, appointment_id)
    owner = await beneficiaries.get(session, visit.appointment.beneficiary_id)
    if owner.contract_id != panel.person.contract_id:
        raise NotAllowed("Essa consulta é de outra pessoa.", detail="appointment of another contract")
    return visit


def _begin_from(form: Form, visit: Visit) -> None:
    """The search for another time begins with the same specialty, doctor and city, for the same person."""
    form["specialty"], form["city"] = visit.specialty, f"{visit.city}/{visit.state}"
    form["doctor"], form["whom"] = visit.provider_name, str(visit.appointment.beneficiary_id)


def _home(person: Beneficiary | None) -> str:
    name, state = (person.city, person.state) if person is not None and person.city else ANYWHERE
    return f"{name}/{state}"


async def _doctor(session: AsyncSession, name: str, specialty: str, city: tuple[str, str]) -> UUID | None:
    if not name:
        return None
    rows = await search.doctors_like(session, name, specialty=specialty, city=city)
    return rows[0].id if rows else None


def _when(form: Form, today: date) -> tuple[When | None, str, str]:
    """The days: from the two dates where one is given, else from the words. What was read, and what was not."""
    since, until = _day(form["since"]), _day(form["until"])
    said = read_when(form["words"], today=today) if form["words"] else None
    hint = f"Não entendi “{form['words']}”. Mostro qualquer dia." if form["words"] and said is None else ""
    if since or until:
        said = (said or When()).merged(When(earliest=since, latest=until))
    return said, said.describe() if said else "", hint


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput("Confira as datas.", detail="date") from error

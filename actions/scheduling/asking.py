"""The questions of a booking, each with its options."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from actions.process import person_of
from actions.scheduling import looking
from actions.scheduling.looking import spoken_wish
from actions.talk import Option, Talk
from backend import beneficiaries
from backend.scheduling import booking
from backend.scheduling.booking import Visit
from backend.settings import settings
from backend.vocabulary import specialty
from backend.words import spoken_moment

OFFER_TEXTS = {
    "more": "vacancies_more",
    "other_days": "vacancies_other_days",
    "other_doctors": "vacancies_other_doctors",
    "other_cities": "vacancies_other_cities",
}
CONFIRM: tuple[Option, ...] = (
    ("Confirmar", {"answer": "yes"}),
    ("Outro horário", {"answer": "other"}),
    ("Desistir", {"answer": "stop"}),
)
ATTENDANT: Option = ("Falar com atendente", {"answer": looking.DESK})


async def ask(talk: Talk) -> None:
    """The question of the present stage."""
    unknown = talk.state.pop("unknown_doctor", None)
    if unknown:
        talk.say("unknown_doctor", doctor=str(unknown))
    stage = talk.state.get("stage")
    if stage == "whom":
        await _ask_whom(talk)
    elif stage == "adult":
        talk.say("adult_must_agree", name=talk.state.get("adult"), options=[*await _myself(talk), ATTENDANT])
    elif stage == "city":
        talk.say("ask_city")
    elif stage == "offer":
        _ask_offer(talk)
    elif stage == "confirm":
        await _ask_confirm(talk)
    else:
        talk.say("ask_specialty")


async def _ask_whom(talk: Talk) -> None:
    people: list[Option] = [(name, {"person": person_id}) for person_id, name in talk.state.get("whom") or ()]
    options = [*people, *await _myself(talk)]
    talk.say("ask_whom" if people else "nobody_like_that", options=[*options, *([] if people else [ATTENDANT])])


async def _myself(talk: Talk) -> list[Option]:
    """'É para mim', unless who speaks is not covered himself."""
    person = await person_of(talk)
    return [] if person.standing == "payer" else [("É para mim", {"person": str(person.id)})]


def _ask_offer(talk: Talk) -> None:
    options = looking.options_of(talk)
    wish = spoken_wish(talk.state)
    kind = talk.state.get("offer")
    more: list[Option] = (
        [("Outros horários", {"answer": looking.MORE})] if kind in {"exact", "more", "other_days"} else []
    )
    if kind == "exact":
        talk.say("vacancies", wish=wish, options=[*options, *more])
        return
    if kind not in {"more", "other_days"}:
        more.clear()
    text = OFFER_TEXTS.get(str(kind), "no_more_vacancies")
    waiting: Option = ("Entrar na lista de espera", {"answer": looking.WAITING})
    talk.say(text, wish=wish, options=[*options, *more, waiting, ATTENDANT])


async def _ask_confirm(talk: Talk) -> None:
    held = await booking.visit(talk.session, UUID(talk.state["hold"]))
    person = await beneficiaries.get(talk.session, held.appointment.beneficiary_id)
    talk.say(
        "confirm_booking", **visit_values(held), name=person.full_name,
        minutes=f"{settings().hold_minutes:.0f}", options=CONFIRM,
    )  # fmt: skip


def visit_values(visit: Visit) -> dict[str, Any]:
    """What texts say of an appointment. Pure."""
    return {
        "specialty": specialty(visit.specialty).name,
        "doctor": visit.provider_name,
        "moment": spoken_moment(visit.starts_at),
        "place": visit.place_name,
        "address": visit.address,
    }

"""The questions of a registration update, one a message."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from actions.process import person_of
from actions.registration import gathered
from actions.talk import Option, Talk
from backend import beneficiaries
from backend.documents import checklist
from backend.documents.tables import Document
from backend.registration.fields import FIELDS, MARITAL, shown_phone
from backend.registration.tables import RegistrationChange
from backend.words import spoken_list

WHOSE, NOT_THEIRS, PHONE_LINES, CONFIRM, FIX = "whose", "not_theirs", "phone_lines", "confirm", "fix"
ADD, MINE = "add", "mine"
DESK: Option = ("Falar com atendente", {"answer": "desk"})
_SHORT = {"full_name": "Nome", "birth_date": "Data de nascimento"}


def _say_noted(talk: Talk, noted: list[str] | None, stage: str) -> None:
    """What was read beside the answer: it would not be seen otherwise, since the list comes when all is known."""
    if noted and stage != CONFIRM:
        talk.say("registration_noted", fields=spoken_list([FIELDS[field].spoken for field in noted]))


async def ask_stage(talk: Talk) -> None:
    """The question of the present stage; what was wrong with the last value is the question where there was one."""
    stage, state = str(talk.state.get("stage")), talk.state
    problem = (state.get("problems") or {}).get(stage)
    _say_noted(talk, state.pop("noted", None), stage)
    if stage == gathered.WHAT:
        talk.say("registration_what", options=_fields(list(FIELDS)))
    elif problem:
        talk.say("registration_wrong", problem=problem)
    elif stage == CONFIRM:
        options: list[Option] = [("Sim, confere", {"answer": "yes"}), ("Corrigir", {"answer": FIX})]
        subject = UUID(str(state["whose"]))
        if subject == (await person_of(talk)).id:
            talk.say("registration_confirm", changes=gathered.listed(state), options=options)
        else:
            name = (await beneficiaries.get(talk.session, subject)).first_name
            talk.say("registration_confirm_of", name=name, changes=gathered.listed(state), options=options)
    elif stage == FIX:
        talk.say("registration_fix", options=_fields(state["fields"]))
    elif stage == "marital_status":
        statuses: list[Option] = [(words[:1].upper() + words[1:], {"item": code}) for code, words in MARITAL.items()]
        talk.say("registration_ask_marital_status", options=statuses)
    elif stage in {WHOSE, NOT_THEIRS, PHONE_LINES}:
        await _ask_choice(talk, stage)
    else:
        talk.say(f"registration_ask_{stage}")


async def _ask_choice(talk: Talk, stage: str) -> None:
    if stage == PHONE_LINES:
        lines: list[Option] = [(shown_phone(number), {"item": number}) for number in talk.state["phones"]]
        talk.say("registration_phone_lines", options=[*lines, ("Nenhum, é mais um", {"answer": ADD})])
    elif stage == WHOSE:
        offered = [await beneficiaries.get(talk.session, UUID(one)) for one in talk.state["offered"]]
        people: list[Option] = [(one.first_name, {"person": str(one.id)}) for one in offered]
        talk.say("registration_whose", options=people)
    else:
        mine: Option = ("Atualizar o meu", {"answer": MINE})
        talk.say("registration_adult" if talk.state.get("adult") else "registration_nobody", options=[mine, DESK])


def say_refused(talk: Talk, changes: Sequence[RegistrationChange], papers: Sequence[Document]) -> None:
    """What the desk gave back, each with its reason."""
    lines = [f"• *{FIELDS[change.field].title}*: {change.reason}" for change in changes]
    lines += [f"• *{checklist.title_of(paper.kind)}*: {paper.reason}" for paper in papers]
    talk.say("registration_back", points="\n".join(lines))


def _fields(codes: Sequence[str]) -> list[Option]:
    titles = {code: _SHORT.get(code) or FIELDS[code].title[:1].upper() + FIELDS[code].title[1:] for code in codes}
    return [(title, {"subject": code}) for code, title in titles.items()]

"""The questions of a request for a procedure, what answers them, and how its answer is told."""

from __future__ import annotations

from uuid import UUID

from actions.documents.gathering import PAPERS
from actions.procedures import reading
from actions.process import person_of, protocol_number
from actions.standing import term
from actions.talk import Option, Talk
from backend import audit, beneficiaries
from backend.documents import verbs as documents
from backend.identifiers import plain
from backend.procedures.status import status_of
from backend.procedures.tables import Authorization
from backend.words import means_no, numeric_date, yes_or_no

WHOM, PROCEDURE, WHICH, DOCTOR, CONFIRM, CHANGE = "whom", "procedure", "which", "doctor", "confirm", "change"
AGAIN, SAME, ANOTHER = "again", "same", "another"
NONE, ON_PAPER, STOP, DESK = "none", "on_paper", "stop", "desk"
ATTENDANT: Option = ("Falar com atendente", {"answer": DESK})
_CONFIRM: tuple[Option, ...] = (
    ("Confirmar", {"answer": "yes"}),
    ("Corrigir", {"answer": "no"}),
    ("Desistir", {"answer": STOP}),
)
_CHANGE: tuple[Option, ...] = (
    ("O procedimento", {"answer": PROCEDURE}),
    ("O médico", {"answer": DOCTOR}),
    ("Para quem é", {"answer": WHOM}),
)
_AGAIN: tuple[Option, ...] = (("Sim, é esse", {"answer": SAME}), ("Não, é outro", {"answer": ANOTHER}))
NO_NAME = "o do pedido médico"


def answered(talk: Talk) -> bool:
    """Whether the text answers the present question. Pure."""
    stage, text = str(talk.state.get("stage") or ""), talk.text
    if text.rstrip().endswith("?") or reading.books(text):
        return False
    if reading.gives_up(text):
        return True
    answers = {
        AGAIN: _answers_again,
        PAPERS: _answers_papers,
        DOCTOR: _answers_doctor,
        WHOM: _answers_whom,
        "adult": _names_person,
    }
    return answers.get(stage, _answers_what)(talk)


def _answers_again(talk: Talk) -> bool:
    return bool(yes_or_no(talk.text)) or reading.says_other(talk.text)


def _answers_papers(talk: Talk) -> bool:
    return reading.doctor_in(talk.text) is not None or reading.has_no_request(talk.text)


def _answers_doctor(talk: Talk) -> bool:
    return bool(reading.named_doctor(talk.text)) or reading.stands_on_paper(talk.text)


def _answers_whom(talk: Talk) -> bool:
    return _names_person(talk) or len(talk.text.split()) == 1


def _answers_what(talk: Talk) -> bool:
    """The procedure, one of those offered, the summary's yes or no, or what is to be different."""
    stage, text = talk.state.get("stage"), talk.text
    names = reading.names_procedure(reading.procedure_words(text))
    if stage == PROCEDURE:
        return names or reading.doctor_in(text) is not None
    if stage == WHICH:
        return names or bool(yes_or_no(text)) or reading.says_none(text)
    change = bool(reading.what_to_change(text)) or reading.doctor_in(text) is not None or _names_person(talk)
    agreed = stage == CONFIRM and bool(yes_or_no(text) or reading.agrees(text))
    return change or agreed or (names and means_no(text))


def _names_person(talk: Talk) -> bool:
    said = plain(talk.text).split()
    return any(plain(name) in said for _, name in talk.state.get("whom") or ()) or "mim" in said


async def ask(talk: Talk) -> None:
    """The question of the present stage."""
    stage = talk.state.get("stage")
    if stage == WHOM:
        people: list[Option] = [(name, {"person": other}) for other, name in talk.state.get("whom") or ()]
        options = [*people, *await _myself(talk)]
        if people:
            talk.say("procedure_whom", options=options)
        else:
            talk.say("procedure_nobody", options=[*options, ATTENDANT])
    elif stage == "adult":
        talk.say("procedure_adult", name=talk.state.get("adult"), options=[*await _myself(talk), ATTENDANT])
    elif stage == WHICH:
        offered: list[Option] = [(term_of, {"item": code}) for code, term_of in talk.state.get("offered") or ()]
        text = "procedure_which" if len(offered) > 1 else "procedure_is_it"
        talk.say(text, options=[*offered, ("Nenhum desses" if len(offered) > 1 else "Não é esse", {"answer": NONE})])
    elif stage == DOCTOR:
        talk.say("procedure_doctor", options=[("Está no pedido", {"answer": ON_PAPER})])
    elif stage == CONFIRM:
        await _ask_confirm(talk)
    elif stage == CHANGE:
        talk.say("procedure_change", options=_CHANGE)
    elif stage == AGAIN:
        talk.say("procedure_again", options=_AGAIN)
    else:
        talk.say("procedure_ask")


async def _myself(talk: Talk) -> list[Option]:
    """'É para mim', unless who speaks is not covered himself."""
    person = await person_of(talk)
    return [] if person.standing == "payer" else [("É para mim", {"person": str(person.id)})]


async def _ask_confirm(talk: Talk) -> None:
    given = await documents.of_protocol(talk.session, UUID(str(talk.state["protocol"])))
    talk.say(
        "procedure_confirm", procedure=talk.state["term"], name=talk.state["for_name"],
        doctor=talk.state.get("doctor") or NO_NAME, options=_CONFIRM,
        files="1 arquivo" if len(given) == 1 else f"{len(given)} arquivos",
    )  # fmt: skip


async def tell(talk: Talk, authorization: Authorization) -> None:
    """What became of the request: authorized with number and validity, or under audit with its term. [rule 7]

    Nothing is said of coverage where it is not covered: a person signs that first. [rule 9]
    """
    status = await status_of(talk.session, authorization, now=talk.now)
    owner = await beneficiaries.get(talk.session, authorization.beneficiary_id)
    audit.record(
        talk.session, "procedures.tell", ("authorization", authorization.id), actor=talk.actor, now=talk.now,
        to=str((await person_of(talk)).id),
    )  # fmt: skip
    talk.say(
        "procedure_authorized" if status.state == "approved" else "procedure_in_audit",
        procedure=status.procedure, name=owner.full_name, authorization=status.number,
        number=status.protocol_number or await protocol_number(talk), term=term(status),
        valid_until=numeric_date(status.valid_until) if status.valid_until else "",
    )  # fmt: skip


def describe(talk: Talk) -> str:
    """What was gathered, in words for whoever takes over. Pure."""
    state = talk.state
    number = state.get("authorization_number")
    lines = [
        f"Guia {number}: falta {state.get('missing')}" if number else "",
        f"Procedimento: {state['term']} ({state['procedure']})" if state.get("procedure") else "",
        f"Para: {state['for_name']}" if state.get("for_name") else "",
        f"Médico: {state['doctor'] or NO_NAME}" if state.get("doctor") is not None else "",
        "Pedido médico recebido." if state.get("request_given") else "",
        f"Disse: {state.get('said') or ''}",
    ]
    return "\n".join(filter(None, lines))

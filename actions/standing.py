"""Telling where a protocol or an authorization stands, to whom may hear it. [processes.md 4; RN 623/2024]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from actions.scheduling.asking import visit_values
from actions.talk import Talk
from actions.whose import those_he_may_hear_of
from backend import audit, beneficiaries
from backend.beneficiaries import Beneficiary, may_act_for
from backend.identifiers import ProtocolNumber
from backend.procedures import letters
from backend.procedures import verbs as procedures
from backend.procedures.status import Status, status_of
from backend.procedures.tables import Authorization
from backend.protocols import verbs as protocols
from backend.protocols.steps import title_of
from backend.protocols.tables import Protocol
from backend.scheduling import booking
from backend.store.clock import local
from backend.words import numeric_date

STATES = {"open": "em andamento", "waiting": "em espera", "closed": "concluído"}
MOST_TOLD = 3


async def tell_person(talk: Talk, person: Beneficiary, number: ProtocolNumber | None) -> None:
    """A verified person's protocols: the one that was asked about, or the latest."""
    if number is not None:
        found = await protocols.by_number(talk.session, number)
        if found is None or not await is_his(talk, found, person):
            talk.say("protocol_not_yours", number=str(number))
            return
        await tell(talk, [found], person)
        return
    latest = await protocols.of_beneficiary(talk.session, person.id, limit=MOST_TOLD)
    if latest:
        await tell(talk, list(latest)[::-1], person)
    else:
        talk.say("protocol_none")


async def is_his(talk: Talk, protocol: Protocol, person: Beneficiary) -> bool:
    """Whether a protocol is about the person, or about a minor whom he answers for."""
    if protocol.beneficiary_id is None:
        return False
    about = await beneficiaries.get(talk.session, protocol.beneficiary_id)
    return may_act_for(person, about, local(talk.now).date())


async def tell(talk: Talk, found: Sequence[Protocol], person: Beneficiary | None) -> None:
    """One message for each protocol, then what can be done next.

    What it brought about (an authorization, an appointment) is told to the identified person alone. [rule 2]
    """
    for protocol in found:
        await tell_protocol(talk, protocol)
        if person is not None and await is_his(talk, protocol, person):
            await _tell_what_came_of_it(talk, protocol, person)
    talk.say("protocol_more")


async def tell_protocol(talk: Talk, protocol: Protocol) -> None:
    """Its state, its last step and its term, and nothing of what it is about."""
    last = (await protocols.history(talk.session, protocol.id))[-1]
    talk.say(
        "protocol_state", number=protocol.number, title=protocols.kind_of(protocol).title,
        state=STATES.get(protocol.state, protocol.state), step=title_of(last.step),
        when=f"{local(last.at):%d/%m/%Y às %H:%M}", deadline=deadline(protocol, talk.now),
    )  # fmt: skip


async def tell_authorization(talk: Talk, authorization: Authorization, person: Beneficiary) -> Status:
    """One message: procedure, state, last step, what is missing, the term or the validity. The look is on record.

    Who asks for a minor reads whose it is. A denial comes with its letter, as often as it is asked about. [RN 623]
    """
    status = await status_of(talk.session, authorization, now=talk.now)
    owner = await beneficiaries.get(talk.session, authorization.beneficiary_id)
    audit.record(
        talk.session, "procedures.tell", ("authorization", authorization.id), actor=talk.actor, now=talk.now,
        to=str(person.id),
    )  # fmt: skip
    letter = await letters.denial_again(talk.session, authorization)
    say = partial(talk.say_stored, letter) if letter else talk.say
    say(
        f"authorization_{text_for(status)}", procedure=status.procedure, number=status.number, title=status.title,
        whose="" if owner.id == person.id else f"\nPara: {owner.full_name}",
        step=status.last_step.rstrip("."), when=f"{local(status.last_step_at):%d/%m/%Y}", term=term(status),
        missing=status.missing.rstrip("."), reason=status.reason, clause=status.clause,
        valid_until=numeric_date(status.valid_until) if status.valid_until else "", review_days=status.review_days,
        letter=letters.IN_THE_PDF if letter else "",
    )  # fmt: skip
    return status


def text_for(status: Status) -> str:
    """Which text tells a status: 'document' where something is missing, 'open' until it is decided, else its state."""
    if status.state == "waiting_document":
        return "document"
    return "open" if status.is_open else status.state


def term(status: Status) -> str:
    """An undecided request's term as a sentence, in business days; a late one is called late. Pure. [rule 7]

    While the plan waits for the person's document it stands still.
    """
    if not status.is_open:
        return ""
    last = f"{local(status.due_at):%d/%m/%Y}"
    if status.is_late:
        return f"O prazo era {last}: está atrasado."
    if status.state == "waiting_document":
        return "O prazo volta a contar quando o documento chegar."
    if status.days_left == 0:
        return f"O prazo termina em {last}."
    return f"Prazo: até {last} ({status.days_left} {'dia útil' if status.days_left == 1 else 'dias úteis'})."


def deadline(protocol: Protocol, now: datetime) -> str:
    """The deadline as a sentence. Pure."""
    if protocol.state == "closed":
        return f"Encerrado em {local(protocol.closed_at or now):%d/%m/%Y}."
    kind = protocols.kind_of(protocol)
    if kind.days == 0:
        return "Prazo: atendimento imediato."
    shown = f"{local(protocol.due_at):%d/%m/%Y}"
    return f"O prazo era {shown}: está atrasado." if now > protocol.due_at else f"Prazo: até {shown}."


async def _tell_what_came_of_it(talk: Talk, protocol: Protocol, person: Beneficiary) -> None:
    for authorization in await procedures.of_protocol(talk.session, protocol.id):
        await tell_authorization(talk, authorization, person)
    if protocol.beneficiary_id is None:
        return
    heard_of = [other.id for other in await those_he_may_hear_of(talk, person)]
    for visit in await booking.upcoming(talk.session, heard_of, now=talk.now):
        if visit.appointment.protocol_id == protocol.id:
            other = await beneficiaries.get(talk.session, visit.appointment.beneficiary_id)
            whose = "" if other.id == person.id else f"\nPara: {other.full_name}"
            talk.say("appointment", **visit_values(visit), whose=whose, number=protocol.number)

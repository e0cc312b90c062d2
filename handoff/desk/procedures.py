"""An authorization's state, put into the conversation in the assistant's words. [processes.md, 4; rule 10]"""

from __future__ import annotations

from uuid import UUID

from backend import audit, beneficiaries
from backend.procedures import letters, verbs
from backend.procedures.status import Status, status_of
from backend.store.clock import local
from backend.words import numeric_date
from handoff import texts
from handoff.desk.hand import Hand
from handoff.desk.identity import check_speaks_for
from handoff.whatsapp.outgoing import Draft

KIND = "procedure_status"


async def send_status(hand: Hand, *, authorization_id: UUID, reason: str) -> None:
    """Says where an authorization stands, under a protocol.

    NobodyVerified; InvalidInput where it is another adult's and the attendant gives no reason. [rule 10]
    """
    authorization = await verbs.get(hand.session, authorization_id)
    person = await beneficiaries.get(hand.session, authorization.beneficiary_id)
    decided = check_speaks_for(hand.identity.speaker, person, reason=reason, today=hand.today)
    if not await hand.first_time("console.send_status", authorization=str(authorization_id)):
        return
    told = await status_of(hand.session, authorization, now=hand.now)
    audit.record(
        hand.session, "procedures.tell", ("authorization", authorization.id), actor=hand.actor, now=hand.now,
        to=str(hand.speaker.id),
    )  # fmt: skip
    protocol = await hand.protocol(KIND, about=person.id)
    letter = await letters.denial_again(hand.session, authorization)
    whose = "" if person.id == hand.speaker.id else f"\nPara: {person.full_name}"
    await hand.say(Draft(_text(told, whose=whose, letter=letter is not None), file=letter))
    if decided:
        await hand.write(protocol, "decided", f"Decisão do atendimento: {reason.strip()}")
    await hand.write(protocol, "status_sent", f"Guia {authorization.number}")
    await hand.close(protocol)


def _text(told: Status, *, whose: str, letter: bool) -> str:
    """The text of the state, with its places filled. Pure."""
    name = "document" if told.state == "waiting_document" else "open" if told.is_open else told.state
    return texts.spoken(
        f"authorization_{name}", procedure=told.procedure, number=told.number, title=told.title, whose=whose,
        step=told.last_step.rstrip("."), when=numeric_date(local(told.last_step_at).date()), term=_term(told),
        missing=told.missing.rstrip("."), reason=told.reason, clause=told.clause,
        letter=letters.IN_THE_PDF if letter else "",
        valid_until=numeric_date(told.valid_until) if told.valid_until else "",
    )  # fmt: skip


def _term(told: Status) -> str:
    """An undecided request's term as a sentence, in business days; a late one is called late. Pure. [rule 7]"""
    if not told.is_open:
        return ""
    last = numeric_date(local(told.due_at).date())
    if told.is_late:
        return f"O prazo era {last}: está atrasado."
    if told.days_left == 0:
        return f"O prazo termina em {last}."
    return f"Prazo: até {last} ({told.days_left} {'dia útil' if told.days_left == 1 else 'dias úteis'})."

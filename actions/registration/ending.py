"""A registration update that ends without going to the desk anew: it is there already, or nothing is left of it."""

from __future__ import annotations

from uuid import UUID

from actions.process import submitted, to_desk
from actions.registration import gathered
from actions.talk import Talk
from backend.beneficiaries import Beneficiary
from backend.documents import verbs as documents
from backend.protocols import moving
from backend.protocols.machines import WITHDRAW
from backend.protocols.tables import Protocol
from backend.registration import verbs
from backend.registration.fields import FIELDS
from backend.registration.told import outcomes
from backend.store.clock import local
from backend.words import numeric_date, spoken_list


async def withdraw(talk: Talk, protocol: Protocol, why: str) -> None:
    """The person's own request ends without having changed anything; `why` stands in its history."""
    await moving.move(
        talk.session, protocol=protocol, name=WITHDRAW, request_key=f"{talk.message_id}:{WITHDRAW}:{protocol.id}",
        actor=talk.actor, now=talk.now, reason=why,
    )  # fmt: skip


async def nothing_left(talk: Talk, protocol: Protocol) -> None:
    """All that was open has been taken back: without anything accepted it ends here, else the desk ends it.

    What was accepted stands, and is told.
    """
    accepted = [one for one in await verbs.changes_of(talk.session, protocol.id) if one.state == "accepted"]
    if accepted:
        talk.say("registration_rest_given_up", number=protocol.number, changes=outcomes(accepted))
        to_desk(talk)
        return
    await withdraw(talk, protocol, "Não sobrou nada para mudar.")
    talk.say("registration_nothing_left", number=protocol.number)
    submitted(talk)


async def leave_what_is_in_review(talk: Talk, protocol: Protocol, person: Beneficiary) -> bool:
    """What the desk is deciding about already is told with its term, and not asked for again; True where that was all.

    Another value of the same field is another wish, and so is what came with a paper.
    """
    state = talk.state
    if state.get("correction") or not state.get("fields") or await documents.of_protocol(talk.session, protocol.id):
        return False
    told: dict[UUID, tuple[Protocol, list[str]]] = {}
    for change, other in await verbs.in_review(talk.session, person.id):
        new = gathered.parts_of(state, change.field)
        said_nothing_else = not gathered.any_value(state, change.field) or new == dict(change.new)
        if change.field in state["fields"] and said_nothing_else:
            told.setdefault(other.id, (other, []))[1].append(change.field)
    for other, fields in told.values():
        talk.say(
            "registration_in_review", fields=spoken_list([FIELDS[field].spoken for field in fields]),
            number=other.number, deadline=numeric_date(local(other.due_at).date()),
        )  # fmt: skip
        gathered.forget(state, fields, ask_again=False)
    if not told or state["fields"]:
        return False
    numbers = spoken_list([other.number for other, _ in told.values()])
    await withdraw(talk, protocol, f"Já está em conferência: protocolo {numbers}.")
    submitted(talk)
    return True

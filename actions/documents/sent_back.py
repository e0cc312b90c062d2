"""A request that the desk sent back is gone on with, instead of beside a new one of the same kind. [rule 1]"""

from __future__ import annotations

from actions.process import done
from actions.talk import Talk
from backend.beneficiaries import Beneficiary
from backend.protocols import moving
from backend.protocols.machines import CORRECTION, WITHDRAW
from backend.protocols.tables import Protocol
from backend.protocols.unfinished import waiting_for_papers


def go_back_to(talk: Talk, protocol: Protocol) -> None:
    """Ends what is worked through now and goes on with a protocol that waits for papers; files and words go along."""
    known = {"said": str(talk.state.get("said") or "")}
    talk.state["then"] = {"protocol": str(protocol.id), "files": talk.state.get("files"), "known": known}
    done(talk)


async def goes_on_where_sent_back(talk: Talk, protocol: Protocol, person: Beneficiary) -> bool:
    """Whether the person has the same kind of request to correct: then the new protocol makes way for that one."""
    waiting = await waiting_for_papers(talk.session, person.id)
    back = [one for one in waiting if one.kind == protocol.kind and one.stage == CORRECTION and one.id != protocol.id]
    if not back:
        return False
    await moving.move(
        talk.session, protocol=protocol, name=WITHDRAW, request_key=talk.key(), actor=talk.actor, now=talk.now,
        reason=f"Continua no protocolo {back[0].number}.",
    )  # fmt: skip
    go_back_to(talk, back[0])
    return True

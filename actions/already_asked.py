"""The same request a second time, while the first one is with the desk: it is told how that one stands. [rule 1]"""

from __future__ import annotations

from typing import Any

from actions.process import submitted
from actions.talk import Talk
from backend.protocols import moving
from backend.protocols.machines import WITHDRAW
from backend.protocols.tables import Protocol
from backend.store.clock import local
from backend.words import numeric_date


async def make_way(talk: Talk, protocol: Protocol, first: Protocol) -> None:
    """Ends the second protocol, in which nothing was asked yet; its history names the one that goes on."""
    await moving.move(
        talk.session, protocol=protocol, name=WITHDRAW, request_key=talk.key(), actor=talk.actor, now=talk.now,
        reason=f"Continua no protocolo {first.number}.",
    )  # fmt: skip
    submitted(talk)


def how_it_stands(first: Protocol) -> dict[str, Any]:
    """Number, stage and term of the one that the desk has; `waits` is empty unless the next step is the person's."""
    stage = moving.stage_of(first)
    return {
        "number": first.number, "stage": stage.title, "deadline": numeric_date(local(first.due_at).date()),
        "waits": "_waits" if stage.waits_for_person else "",
    }  # fmt: skip

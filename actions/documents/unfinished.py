"""Going on days later: what a request had gathered is kept while its person is away. [rule 4]"""

from __future__ import annotations

from uuid import UUID

from actions.process import LATER, ended
from actions.processes import process_of
from actions.talk import Talk
from backend.protocols import unfinished
from backend.protocols import verbs as protocols
from backend.protocols.machines import CORRECTION, GATHERING, MACHINES
from backend.protocols.tables import Protocol


async def keep_unfinished(talk: Talk) -> None:
    """After an action: what is gathered now is kept; what has ended, or is on a board, is not any more.

    What somebody else of the same telephone sends before he is identified is not kept with it.
    """
    before, after = talk.slot("pending_protocol"), talk.recall("pending_protocol")
    if before and before != after:
        protocol = await protocols.get(talk.session, UUID(before))
        rests = talk.resting or talk.slot("request_details") == LATER
        if not _goes_on(protocol, rests=rests):
            await unfinished.drop(talk.session, protocol.id)
    intent = str(talk.recall("pending_request") or "")
    if after and process_of(intent).lasts and not ended(talk) and await _is_its_person(talk, UUID(after)):
        await unfinished.keep(
            talk.session, protocol_id=UUID(after), conversation_id=talk.conversation_id, intent=intent,
            state=talk.state, now=talk.now,
        )  # fmt: skip


def _goes_on(protocol: Protocol, *, rests: bool) -> bool:
    """Whether a person may still go on with it: what no board has yet, whatever became of the conversation.

    A kind without stages does not tell that from what was handed in: it goes on where it was left for later.
    """
    if protocol.kind not in MACHINES:
        return rests and protocol.state != "closed"
    return protocol.state != "closed" and protocol.stage in {"", GATHERING, CORRECTION}


async def _is_its_person(talk: Talk, protocol_id: UUID) -> bool:
    protocol = await protocols.get(talk.session, protocol_id)
    person = await talk.verified()
    return protocol.beneficiary_id is None or (person is not None and person.id == protocol.beneficiary_id)

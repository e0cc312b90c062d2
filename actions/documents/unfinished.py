"""Going on days later: what a request had gathered is kept while its person is away. [rule 4]"""

from __future__ import annotations

from uuid import UUID

from actions.process import LATER, ended
from actions.processes import process_of
from actions.talk import Talk
from backend.protocols import unfinished


async def keep_unfinished(talk: Talk) -> None:
    """After an action: what is gathered now is kept; what has ended, or is the desk's, is not any more."""
    before, after = talk.slot("pending_protocol"), talk.recall("pending_protocol")
    paused = {request["protocol"] for request in talk.recall("paused_requests") or ()}
    if (
        before
        and before != after
        and before not in paused
        and not (talk.resting or talk.slot("request_details") == LATER)
    ):
        await unfinished.drop(talk.session, UUID(before))
    intent = str(talk.recall("pending_request") or "")
    if after and process_of(intent).lasts and not ended(talk):
        await unfinished.keep(
            talk.session, protocol_id=UUID(after), conversation_id=talk.conversation_id, intent=intent,
            state=talk.state, now=talk.now,
        )  # fmt: skip

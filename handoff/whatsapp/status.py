"""What Twilio says became of a message. State only moves forward, whatever the order of the callbacks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.store.bell import Bell
from backend.store.engine import Store
from handoff.whatsapp.group_commit import GroupCommit
from handoff.whatsapp.inbound import Malformed, clean

# 'accepted' and 'scheduled' come before 'queued'; a failure is final unless a delivery proves it wrong.
RANKS = {
    "accepted": 1, "scheduled": 1, "queued": 1, "sending": 2, "sent": 3,
    "failed": 4, "undelivered": 4, "delivered": 5, "read": 6,
}  # fmt: skip
OUTSIDE_WINDOW = 63016


@dataclass(frozen=True, slots=True)
class Status:
    """One callback: which of our outbox rows (from the address that we gave), Twilio's id, and the state."""

    outbox_id: str
    sid: str
    state: str
    error_code: int | None


def read_status(form: Mapping[str, str], outbox_id: str) -> Status:
    """The status in a form; Malformed where it names no message or no state that is known."""
    sid = clean(form.get("MessageSid") or form.get("SmsSid", ""))
    state = form.get("MessageStatus") or form.get("SmsStatus", "")
    if not sid or state not in RANKS:
        raise Malformed(detail="MessageSid or MessageStatus")
    try:
        row = str(UUID(outbox_id)) if outbox_id else ""
    except ValueError as error:
        raise Malformed(detail="outbox") from error
    code = form.get("ErrorCode", "")
    return Status(row, sid, state, int(code) if code.isdecimal() else None)


# The rows are locked in the order of their ids; the furthest state of each wins.
_APPLY = text("""
WITH news AS (
    SELECT DISTINCT ON (o.id) o.id AS outbox_id, o.message_id, o.conversation_id, o.recipient, r.sid, r.state,
           r.rank, r.error_code, coalesce(r.error_code = :outside AND NOT o.bulk, false) AS waits
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
         AS r(outbox_id uuid, sid text, state text, rank int, error_code int)
    JOIN outbox o ON o.id = r.outbox_id OR (r.outbox_id IS NULL AND o.sid = r.sid)
    WHERE (o.sid IS NULL OR o.sid = r.sid) AND r.sid IS DISTINCT FROM o.refused_sid
    ORDER BY o.id, r.rank DESC
), rows AS (
    -- Hearing of a row proves that Twilio took it, even if the answer to our request was lost and it was given up.
    -- A row that the closed window refused waits, and its next try has another SID: a doubled callback cannot hold it
    -- again. One of a campaign fails instead: it is a template already, and nobody asked for it.
    UPDATE outbox o SET
        sid = CASE WHEN n.waits THEN NULL ELSE n.sid END,
        refused_sid = CASE WHEN n.waits THEN n.sid ELSE o.refused_sid END,
        error_code = n.error_code,
        state = CASE WHEN n.waits THEN 'held'
                     WHEN o.state IN ('ready', 'sending', 'unsure') OR o.state = 'failed' AND o.sid IS NULL THEN 'sent'
                     ELSE o.state END
    FROM news n WHERE o.id = n.outbox_id
), held AS (
    UPDATE message m SET sid = NULL, delivery = 'accepted', error_code = NULL
    FROM news n WHERE m.id = n.message_id AND n.waits
), ticks AS (
    UPDATE message m SET sid = coalesce(m.sid, n.sid), delivery = n.state, error_code = n.error_code,
        delivered_at = CASE WHEN n.state IN ('delivered', 'read') THEN coalesce(m.delivered_at, business_now())
                            ELSE m.delivered_at END,
        read_at = CASE WHEN n.state = 'read' THEN coalesce(m.read_at, business_now()) ELSE m.read_at END
    FROM news n
    WHERE m.id = n.message_id AND NOT n.waits
      AND (m.sid IS NULL OR n.rank > coalesce((CAST(:ranks AS jsonb) ->> m.delivery)::int, 0))
)
SELECT DISTINCT conversation_id::text, bool_or(waits) FROM news GROUP BY 1
""")


async def apply_statuses(engine: AsyncEngine, statuses: list[Status]) -> list[tuple[str, bool]]:
    """Moves rows forward; gives each conversation touched and whether its window turned out to be closed."""
    rows = [
        {
            "outbox_id": status.outbox_id or None,
            "sid": status.sid,
            "state": status.state,
            "rank": RANKS[status.state],
            "error_code": status.error_code,
        }
        for status in statuses
    ]
    parameters = {"rows": json.dumps(rows), "ranks": json.dumps(RANKS), "outside": OUTSIDE_WINDOW}
    async with engine.begin() as connection:
        rows_touched = (await connection.execute(_APPLY, parameters)).all()
    return [(row[0], bool(row[1])) for row in rows_touched]


StatusBatch = GroupCommit[Status, list[tuple[str, bool]]]


def status_batch(store: Store, bell: Bell) -> StatusBatch:
    """The process's intake of status callbacks."""

    async def ring(touched: list[tuple[str, bool]]) -> None:
        if touched:
            held = any(outside for _, outside in touched)
            await bell.ring(*(["outbox"] if held else []), events=[conversation for conversation, _ in touched])

    return StatusBatch(store, apply_statuses, ring)

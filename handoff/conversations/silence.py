"""Episodes end when they were silent for too long: the assistant's only, a person's never by themselves.

What the assistant had begun and nobody else knows of is closed with them; what waits for the desk is not.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.settings import settings

MOST_AT_ONCE = 500

# Ends episodes, their owner's span, their unfinished protocols and the audit of it, in one statement.
# Without addresses: whichever are due.
_END = text("""
WITH due AS (
    SELECT c.id FROM conversation c
    WHERE c.closed_at IS NULL AND c.owner = 'assistant' AND c.work_due_at IS NULL
      AND c.last_activity_at < business_now() - make_interval(secs => :seconds)
      AND (CAST(:addresses AS text[]) IS NULL OR c.contact_id IN (
          SELECT p.id FROM contact p WHERE p.address = ANY(CAST(:addresses AS text[]))))
    ORDER BY c.last_activity_at LIMIT :most FOR UPDATE SKIP LOCKED
), ended AS (
    UPDATE conversation SET closed_at = business_now(), closed_by = 'silence'
    FROM due WHERE conversation.id = due.id RETURNING conversation.id
), spans AS (
    UPDATE ownership SET until = business_now()
    FROM ended WHERE ownership.conversation_id = ended.id AND ownership.until IS NULL
), left_behind AS (
    -- What the assistant alone was working on: nobody would ever come back to it. What waits for the desk stays.
    UPDATE protocol SET state = 'closed', closed_at = business_now()
    FROM ended WHERE protocol.conversation_id = ended.id AND protocol.state = 'open'
      -- what is on a board, or gathered and kept until its person comes back, goes on without the conversation
      AND protocol.stage IN ('', 'gathering')
      AND NOT EXISTS (SELECT 1 FROM unfinished_request u WHERE u.protocol_id = protocol.id)
      AND NOT EXISTS (SELECT 1 FROM procedure_authorization a WHERE a.protocol_id = protocol.id)
      AND NOT EXISTS (SELECT 1 FROM ownership o WHERE o.conversation_id = ended.id AND o.owner <> 'assistant')
    RETURNING protocol.id
), noted AS (
    INSERT INTO protocol_entry (protocol_id, at, actor_kind, actor_id, step, text)
    SELECT id, business_now(), 'system', '', 'closed', 'A conversa ficou em silêncio antes de o pedido terminar.'
    FROM left_behind
), told AS (
    INSERT INTO audit (at, actor_kind, actor_id, action, subject_kind, subject_id, details)
    SELECT business_now(), 'system', '', action, kind, id, CAST('{"by": "silence"}' AS jsonb) FROM (
        SELECT 'conversations.close' AS action, 'conversation' AS kind, id::text FROM ended
        UNION ALL
        SELECT 'protocols.close', 'protocol', id::text FROM left_behind
    ) AS closed
)
SELECT id::text FROM ended
""")


async def end_silent(connection: AsyncConnection, *, addresses: Sequence[str] | None = None) -> list[str]:
    """Ends the episodes that were silent for the set hours, of these addresses or of any; gives their ids."""
    parameters = {
        "seconds": settings().episode_hours * 3600,
        "addresses": list(addresses) if addresses is not None else None,
        "most": MOST_AT_ONCE,
    }
    return list((await connection.execute(_END, parameters)).scalars())

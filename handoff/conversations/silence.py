"""Episodes end when they were silent for too long: the assistant's only, a person's never by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.settings import settings

MOST_AT_ONCE = 500

# Ends episodes, their owner's span and the audit of it, in one statement. Without addresses: whichever are due.
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
), told AS (
    INSERT INTO audit (at, actor_kind, actor_id, action, subject_kind, subject_id, details)
    SELECT business_now(), 'system', '', 'conversations.close', 'conversation', id::text, '{"by": "silence"}' FROM ended
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

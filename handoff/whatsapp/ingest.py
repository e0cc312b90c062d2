"""Storing inbound messages: requests that arrive together share one statement and one commit.

A message is a committed row before Twilio is told that it arrived (house.md, decision 1).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backend.settings import settings
from backend.store.bell import Bell
from backend.store.engine import Store
from handoff.conversations.silence import end_silent
from handoff.whatsapp.group_commit import GroupCommit
from handoff.whatsapp.inbound import InboundMessage

# One statement: contacts, their open conversations, messages and media. What is known already (same SID)
# changes nothing. Rows are taken in the order of the address, so that two processes cannot deadlock.
_STORE = text("""
WITH incoming AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
        n int, sid text, sender text, recipient text, phone text, profile_name text, kind text, body text,
        form jsonb, media jsonb)
), fresh AS (
    SELECT DISTINCT ON (sid) * FROM incoming i
    WHERE (SELECT m.id FROM message m WHERE m.sid = i.sid) IS NULL  -- a subplan: always by the index
    ORDER BY sid, n
), people AS (
    INSERT INTO contact (id, address, phone, profile_name, last_inbound_at)
    SELECT DISTINCT ON (sender) uuidv7(), sender, phone, profile_name, business_now()
    FROM fresh ORDER BY sender, n DESC
    ON CONFLICT (address) DO UPDATE SET
        last_inbound_at = excluded.last_inbound_at,
        profile_name = coalesce(nullif(excluded.profile_name, ''), contact.profile_name)
    RETURNING id, address
), talks AS (
    INSERT INTO conversation (id, contact_id, our_address, opened_at, last_inbound_at, last_activity_at,
                              work_due_at, unread)
    SELECT uuidv7(), p.id, (SELECT f.recipient FROM fresh f WHERE f.sender = p.address ORDER BY n LIMIT 1),
           business_now(), business_now(), business_now(), clock_timestamp(),
           (SELECT count(*) FROM fresh f WHERE f.sender = p.address)
    FROM people p ORDER BY p.address
    ON CONFLICT (contact_id) WHERE closed_at IS NULL DO UPDATE SET
        last_inbound_at = excluded.last_inbound_at,
        last_activity_at = excluded.last_activity_at,
        work_due_at = coalesce(conversation.work_due_at, excluded.work_due_at),
        unread = conversation.unread + excluded.unread
    RETURNING id, contact_id, coalesce(
        old.owner = 'assistant' AND old.work_due_at IS NULL
        AND old.last_activity_at < business_now() - make_interval(secs => :episode_seconds), false) AS silent
), stored AS (
    INSERT INTO message (conversation_id, direction, kind, body, author_kind, created_at, state, sid, form)
    SELECT t.id, 'in', f.kind, f.body, 'person', business_now(), 'pending', f.sid, f.form
    FROM fresh f JOIN people p ON p.address = f.sender JOIN talks t ON t.contact_id = p.id
    ORDER BY f.n
    ON CONFLICT (sid) DO NOTHING
    RETURNING id, sid, conversation_id
), files AS (
    INSERT INTO media (id, message_id, ordinal, url, declared_type, next_attempt_at)
    SELECT uuidv7(), s.id, file.ordinal, file.value ->> 0, file.value ->> 1, clock_timestamp()
    FROM stored s JOIN fresh f USING (sid),
         jsonb_array_elements(f.media) WITH ORDINALITY AS file(value, ordinal)
    RETURNING 1
), released AS (
    -- The window is open again: what waited for the person's answer may go (rule 6).
    UPDATE outbox SET state = 'ready', not_before = NULL
    WHERE state = 'held' AND recipient IN (SELECT sender FROM fresh)
)
SELECT DISTINCT conversation_id::text, (SELECT count(*) FROM files) AS files,
       (SELECT bool_or(silent) FROM talks) AS silent
FROM stored
""")


@dataclass(frozen=True, slots=True)
class Stored:
    """What a commit touched: the conversations' ids, and how many files wait to be fetched."""

    conversations: list[str]
    files: int


Ingest = GroupCommit[InboundMessage, Stored]


def ingest(store: Store, bell: Bell) -> Ingest:
    """The process's intake of inbound messages; rings the workers and the pages after each commit."""

    async def ring(stored: Stored) -> None:
        if stored.conversations:
            await bell.ring("inbox", *(["media"] if stored.files else []), events=stored.conversations)

    return Ingest(store, store_messages, ring)


class _EpisodeOver(Exception):
    """A message was put into an episode that had been silent for too long."""


async def store_messages(engine: AsyncEngine, messages: list[InboundMessage]) -> Stored:
    """Stores messages in one transaction; a SID that is known changes nothing.

    An episode that was silent for too long ends before the message that begins the next one. That is rare, so
    it is noticed by the storing statement, which is rolled back, and looked for only then.
    """
    rows = json.dumps([_row(number, message) for number, message in enumerate(messages)])
    try:
        async with engine.begin() as connection:
            return await _store(connection, rows)
    except _EpisodeOver:
        async with engine.begin() as connection:
            await end_silent(connection, addresses=sorted({message.sender for message in messages}))
            return await _store(connection, rows, look=False)


async def _store(connection: AsyncConnection, rows: str, *, look: bool = True) -> Stored:
    parameters = {"rows": rows, "episode_seconds": settings().episode_hours * 3600}
    stored = (await connection.execute(_STORE, parameters)).all()
    if look and stored and stored[0].silent:
        raise _EpisodeOver
    return Stored([row[0] for row in stored], stored[0].files if stored else 0)


def _row(number: int, message: InboundMessage) -> dict[str, Any]:
    return {
        "n": number,
        "sid": message.sid,
        "sender": message.sender,
        "recipient": message.recipient,
        "phone": message.phone,
        "profile_name": message.profile_name,
        "kind": message.kind,
        "body": message.body,
        "form": dict(message.form),
        "media": [[file.url, file.declared_type] for file in message.media],
    }

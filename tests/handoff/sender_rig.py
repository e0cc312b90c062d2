"""What a test puts on its way to Twilio, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backend.actor import ASSISTANT, SYSTEM
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.conversations.tables import Conversation, Message, OutboxRow
from handoff.whatsapp import outgoing
from handoff.whatsapp.outgoing import Draft
from handoff.whatsapp.templates import Template
from tests.console.console_rig import TEMPLATES

State = tuple[str, str | None, int | None]


@dataclass
class Post:
    """What a test puts on its way to Ana, and what became of it."""

    store: Store
    conversation_id: UUID

    async def send(self, draft: Draft) -> None:
        async with self.store.unit_of_work() as session:
            conversation = await session.get_one(Conversation, self.conversation_id)
            now = await business_now(session)
            await outgoing.send(session, TEMPLATES, conversation=conversation, draft=draft, actor=ASSISTANT, now=now)

    async def states(self) -> list[tuple[str, str | None, int | None]]:
        query = select(OutboxRow.state, Message.delivery, Message.error_code).join(
            Message, Message.id == OutboxRow.message_id
        )
        async with self.store.sessions() as session:
            return [tuple(row) for row in await session.execute(query.order_by(OutboxRow.position))]  # type: ignore[misc]

    async def until(self, happened: Callable[[list[tuple[str, str | None, int | None]]], bool]) -> None:
        async with asyncio.timeout(20):
            while not happened(await self.states()):
                await asyncio.sleep(0.05)

    async def call(self, template: Template, *, until: datetime, key: str = "campaign:1:1") -> None:
        """A campaign's message: an approved template, after all replies, and not after its hours."""
        async with self.store.unit_of_work() as session:
            conversation = await session.get_one(Conversation, self.conversation_id)
            await outgoing.send_template(
                session, conversation=conversation, template=template, values=("bom dia", "Zelo Saúde", "Ana Rocha"),
                actor=SYSTEM, now=await business_now(session), request_key=key, bulk_until=until,
            )  # fmt: skip

    async def was_refused(self) -> bool:
        """Whether Twilio has asked for patience with what waits."""
        query = select(OutboxRow.id).where(OutboxRow.state == "ready", OutboxRow.attempts > 0)
        async with self.store.sessions() as session:
            return (await session.execute(query)).first() is not None

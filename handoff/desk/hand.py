"""An attendant's hand in a conversation that is his: what is done once, what is said, under which protocol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.audit import AuditRow
from backend.beneficiaries import Beneficiary
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.store import files
from backend.store.clock import local
from backend.store.engine import Store
from handoff.access.tables import Account
from handoff.conversations import ownership
from handoff.conversations.ownership import AlreadyClosed, NotYours
from handoff.conversations.tables import Conversation
from handoff.desk.identity import Identity, NobodyVerified, identity_of
from handoff.whatsapp import outgoing
from handoff.whatsapp.outgoing import Draft
from handoff.whatsapp.templates import Templates

ATTENDED = "Atendido no atendimento."


@dataclass(slots=True)
class Hand:
    """Who acts, where, when. The conversation's row is locked until the transaction ends; `key` is the form's,
    with what it does in it."""

    session: AsyncSession
    store: Store
    templates: Templates
    conversation: Conversation
    identity: Identity
    actor: Actor
    now: datetime
    key: str

    @property
    def speaker(self) -> Beneficiary:
        """Who is verified in the conversation; NobodyVerified without one. [rule 2]"""
        if self.identity.speaker is None:
            raise NobodyVerified
        return self.identity.speaker

    @property
    def today(self) -> date:
        """The local day."""
        return local(self.now).date()

    async def first_time(self, action: str, **details: object) -> bool:
        """Writes that this was done, ids and codes alone; False where the same form was carried out before.

        The conversation's lock makes a double click wait for the first one's row.
        """
        if await self.carried_out():
            return False
        subject = ("conversation", self.conversation.id)
        audit.record(self.session, action, subject, actor=self.actor, now=self.now, request=self.key, **details)
        return True

    async def carried_out(self) -> bool:
        """Whether this very form was carried out before."""
        before = exists().where(
            AuditRow.subject_kind == "conversation", AuditRow.subject_id == str(self.conversation.id),
            AuditRow.details["request"].astext == self.key,
        )  # fmt: skip
        return bool(await self.session.scalar(select(before)))

    async def say(self, *drafts: Draft) -> None:
        """Sends messages in the conversation, in this order."""
        for number, draft in enumerate(drafts):
            await outgoing.send(
                self.session, self.templates, conversation=self.conversation, draft=draft, actor=self.actor,
                now=self.now, request_key=f"{self.key}:{number}",
            )  # fmt: skip
        self.conversation.unread = 0

    async def protocol(self, kind: str, *, about: UUID | None) -> Protocol:
        """The conversation's open protocol of a kind, or a new one under the attendant's hand. [rule 1]

        One that waits (the waiting list's) stands for another request: it is not reused.
        """
        here = await protocols.of_conversation(self.session, self.conversation.id, open_only=True)
        ours = (one for one in here if one.state == "open" and one.kind == kind)
        found = next((one for one in ours if one.beneficiary_id in {None, about}), None)
        if found is None:
            return await protocols.open_protocol(
                self.session, self.store, kind=KINDS[kind], request_key=f"{self.key}:{kind}",
                conversation_id=self.conversation.id, beneficiary_id=about, actor=self.actor, now=self.now,
            )  # fmt: skip
        if about is not None:
            await protocols.identify(self.session, protocol=found, beneficiary_id=about, actor=self.actor, now=self.now)
        return found

    async def write(self, protocol: Protocol, step: str, text: str = "") -> None:
        """A line of the protocol's history, once."""
        await protocols.add_entry(
            self.session, protocol=protocol, step=step, text=text, actor=self.actor, now=self.now,
            request_key=f"{self.key}:{step}",
        )  # fmt: skip

    async def close(self, protocol: Protocol) -> None:
        """The request was met."""
        await protocols.close_protocol(self.session, protocol=protocol, actor=self.actor, now=self.now, text=ATTENDED)


async def take(
    session: AsyncSession,
    store: Store,
    templates: Templates,
    *,
    conversation_id: UUID,
    account: Account,
    actor: Actor,
    now: datetime,
    key: str,
) -> Hand:
    """The attendant's hand in his conversation, locked; AlreadyClosed, or NotYours where somebody else has it."""
    conversation = await ownership.lock(session, conversation_id)
    if conversation.closed_at is not None:
        raise AlreadyClosed
    if conversation.attendant_id != account.id:
        raise NotYours("Assuma a conversa antes de fazer isso.")
    identity = await identity_of(session, conversation_id, now=now)
    return Hand(session, store, templates, conversation, identity, actor, now, key)


def document(content: bytes, name: str, content_type: str) -> Draft:
    """A file of ours as a message; its bytes are kept at once, under their digest."""
    return Draft(file=files.File(files.keep(content), name, content_type, len(content)))

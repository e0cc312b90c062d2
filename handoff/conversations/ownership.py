"""Who owns a conversation: the assistant, a team's queue, or one attendant. Rules first, then verbs.

While a person or a team owns it, nothing that is written reaches the assistant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.errors import NotAllowed, NotFound, Taken
from handoff.access.tables import Account
from handoff.conversations.tables import Conversation, Ownership

Owner = Literal["assistant", "team", "attendant"]
Move = Literal["hand_over", "claim", "transfer", "give_back", "close"]


@dataclass(frozen=True, slots=True)
class State:
    """What the rules look at."""

    owner: str
    attendant_id: UUID | None
    closed: bool


class AlreadyClosed(Taken):
    """The conversation ended meanwhile."""

    code = "closed"
    message = "Esta conversa já foi encerrada."


class AlreadyClaimed(Taken):
    """Another attendant has it; `message` names him."""

    code = "claimed"


class NotYours(NotAllowed):
    """Only who has claimed the conversation may do that."""

    code = "not_yours"
    message = "Assuma a conversa antes de responder."


def check(state: State, move: Move, *, attendant_id: UUID | None) -> None:
    """Raises where the move is not allowed: AlreadyClosed, AlreadyClaimed, NotYours. Pure."""
    if state.closed:
        raise AlreadyClosed
    mine = state.attendant_id is not None and state.attendant_id == attendant_id
    if move == "claim" and state.owner == "attendant" and not mine:
        raise AlreadyClaimed
    if move in {"transfer", "give_back"} and state.owner == "attendant" and not mine and attendant_id is not None:
        raise NotYours("A conversa está com outra pessoa.")
    if move == "give_back" and state.owner != "attendant":
        raise NotYours
    if move == "close" and attendant_id is not None and not mine:
        raise NotYours("Assuma a conversa antes de encerrar.")


async def lock(session: AsyncSession, conversation_id: UUID) -> Conversation:
    """The conversation under its row lock; NotFound where there is none. Every move begins here."""
    query = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    found = (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None:
        raise NotFound("Esta conversa não existe.", detail="conversation")
    return found


def state_of(conversation: Conversation) -> State:
    """The rule's view of a row."""
    return State(conversation.owner, conversation.attendant_id, conversation.closed_at is not None)


async def own(
    session: AsyncSession,
    *,
    conversation: Conversation,
    owner: Owner,
    actor: Actor,
    now: datetime,
    team: str | None = None,
    attendant_id: UUID | None = None,
    reason: str = "",
    summary: str = "",
) -> None:
    """Writes a new owner and the history. The caller holds the lock and has asked the rule."""
    await session.execute(
        update(Ownership)
        .where(Ownership.conversation_id == conversation.id, Ownership.until.is_(None))
        .values(until=now)
    )
    session.add(
        Ownership(
            conversation_id=conversation.id, owner=owner, team=team, attendant_id=attendant_id,
            since=now, reason=reason, summary=summary,
        )
    )  # fmt: skip
    conversation.owner = owner
    conversation.attendant_id = attendant_id
    conversation.team = team if owner != "assistant" else None
    conversation.queued_at = (conversation.queued_at or now) if owner == "team" else None
    if owner == "assistant":
        conversation.priority = 0
    audit.record(
        session, "conversations.own", ("conversation", conversation.id), actor=actor, now=now,
        owner=owner, team=team, attendant=str(attendant_id) if attendant_id else None, reason=reason,
    )  # fmt: skip


async def hand_over(
    session: AsyncSession,
    *,
    conversation: Conversation,
    team: str,
    reason: str,
    summary: str,
    priority: int,
    actor: Actor,
    now: datetime,
) -> None:
    """The assistant gives the conversation to a team's queue, with what was gathered."""
    check(state_of(conversation), "hand_over", attendant_id=None)
    conversation.priority = max(conversation.priority, priority)
    await own(
        session, conversation=conversation, owner="team", team=team, reason=reason, summary=summary,
        actor=actor, now=now,
    )  # fmt: skip


async def claim(
    session: AsyncSession, *, conversation_id: UUID, account: Account, actor: Actor, now: datetime
) -> Conversation:
    """The attendant takes the conversation; of two at once one gets it, the other AlreadyClaimed with a name."""
    conversation = await lock(session, conversation_id)
    try:
        check(state_of(conversation), "claim", attendant_id=account.id)
    except AlreadyClaimed:
        other = await session.get_one(Account, conversation.attendant_id)
        raise AlreadyClaimed(f"{other.name} já assumiu esta conversa.", detail="claimed") from None
    if conversation.attendant_id == account.id:
        return conversation
    await own(
        session, conversation=conversation, owner="attendant", team=conversation.team, attendant_id=account.id,
        reason="claimed", actor=actor, now=now,
    )  # fmt: skip
    conversation.unread = 0
    return conversation


async def transfer(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    team: str,
    account: Account,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Conversation:
    """The attendant who has it sends the conversation to another team's queue."""
    conversation = await lock(session, conversation_id)
    check(state_of(conversation), "transfer", attendant_id=account.id)
    conversation.queued_at = now
    await own(session, conversation=conversation, owner="team", team=team, reason=reason, actor=actor, now=now)
    return conversation


async def close(
    session: AsyncSession,
    *,
    conversation: Conversation,
    by: str,
    actor: Actor,
    now: datetime,
    attendant_id: UUID | None = None,
) -> None:
    """Ends the episode; the next message of this contact begins another."""
    check(state_of(conversation), "close", attendant_id=attendant_id)
    await session.execute(
        update(Ownership)
        .where(Ownership.conversation_id == conversation.id, Ownership.until.is_(None))
        .values(until=now)
    )
    conversation.closed_at = now
    conversation.closed_by = by
    conversation.work_due_at = None
    conversation.unread = 0
    audit.record(session, "conversations.close", ("conversation", conversation.id), actor=actor, now=now, by=by)

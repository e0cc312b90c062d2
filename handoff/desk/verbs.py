"""What attendants do with a conversation: answer, note, claim, transfer, give back, close."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.errors import InvalidInput
from handoff.access.tables import Account
from handoff.conversations import ownership
from handoff.conversations.ownership import AlreadyClosed, NotYours, own
from handoff.conversations.tables import Conversation, Message, Turn
from handoff.desk import teams
from handoff.whatsapp import outgoing
from handoff.whatsapp.outgoing import Draft
from handoff.whatsapp.templates import Templates

LONGEST_REPLY = 6000


async def reply(
    session: AsyncSession,
    templates: Templates,
    *,
    conversation_id: UUID,
    text: str,
    request_key: str,
    account: Account,
    actor: Actor,
    now: datetime,
) -> list[Message]:
    """Sends an attendant's answer, once for a request key (a form that was sent twice answers once).

    Raises InvalidInput for an empty or over-long text, NotYours where somebody else has the conversation.
    """
    text = text.strip()
    if not text:
        raise InvalidInput("Escreva a mensagem antes de enviar.", detail="empty reply")
    if len(text) > LONGEST_REPLY:
        raise InvalidInput(f"A mensagem passa de {LONGEST_REPLY} caracteres. Envie em partes.", detail="long reply")
    conversation = await ownership.lock(session, conversation_id)
    if conversation.closed_at is not None:
        raise AlreadyClosed
    if conversation.attendant_id != account.id:
        raise NotYours
    known = await session.scalar(select(Message).where(Message.request_key == f"{request_key}:0"))
    if known is not None:
        return [known]
    messages = await outgoing.send(
        session, templates, conversation=conversation, draft=Draft(text), actor=actor, now=now, request_key=request_key
    )
    conversation.unread = 0
    audit.record(session, "desk.reply", ("conversation", conversation_id), actor=actor, now=now, messages=len(messages))
    return messages


async def note(session: AsyncSession, *, conversation_id: UUID, text: str, actor: Actor, now: datetime) -> Message:
    """Writes a private note into the transcript, whoever owns the conversation."""
    if not text.strip():
        raise InvalidInput("Escreva a nota antes de salvar.", detail="empty note")
    conversation = await ownership.lock(session, conversation_id)
    message = await outgoing.note(session, conversation=conversation, text=text.strip(), actor=actor, now=now)
    audit.record(session, "desk.note", ("conversation", conversation_id), actor=actor, now=now)
    return message


async def claim(
    session: AsyncSession, *, conversation_id: UUID, account: Account, actor: Actor, now: datetime
) -> Conversation:
    """Takes the conversation; AlreadyClaimed names who was faster."""
    conversation = await ownership.claim(
        session, conversation_id=conversation_id, account=account, actor=actor, now=now
    )
    await _say(session, conversation, f"{account.name} assumiu a conversa.", actor, now)
    return conversation


async def transfer(
    session: AsyncSession,
    *,
    conversation_id: UUID,
    team: str,
    reason: str,
    account: Account,
    actor: Actor,
    now: datetime,
) -> Conversation:
    """Sends the conversation to a team's queue, with a reason that the team reads."""
    target = await teams.get(session, team)
    conversation = await ownership.transfer(
        session, conversation_id=conversation_id, team=target.code, account=account, reason=reason.strip(),
        actor=actor, now=now,
    )  # fmt: skip
    why = f" Motivo: {reason.strip()}" if reason.strip() else ""
    await _say(session, conversation, f"{account.name} transferiu para {target.title}.{why}", actor, now)
    return conversation


async def give_back(
    session: AsyncSession, *, conversation_id: UUID, account: Account, actor: Actor, now: datetime
) -> Conversation:
    """The assistant goes on: a turn of its own tells it who it talks to and that the desk gave back."""
    conversation = await ownership.lock(session, conversation_id)
    ownership.check(ownership.state_of(conversation), "give_back", attendant_id=account.id)
    await own(session, conversation=conversation, owner="assistant", reason="given back", actor=actor, now=now)
    real_now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    # A turn that was still being asked when the conversation was claimed is the desk's past by now.
    still_open = update(Turn).where(Turn.conversation_id == conversation_id, Turn.state == "open")
    await session.execute(still_open.values(state="overtaken"))
    session.add(
        Turn(
            conversation_id=conversation_id, text="", payload={"intent": "resume_from_attendant"},
            context={"given_back": True}, asked_at=now, first_tried_at=real_now,
        )
    )  # fmt: skip
    conversation.work_due_at = real_now
    await _say(session, conversation, f"{account.name} devolveu a conversa para a assistente.", actor, now)
    return conversation


async def close(
    session: AsyncSession, *, conversation_id: UUID, account: Account, actor: Actor, now: datetime
) -> Conversation:
    """Ends the conversation; its protocols stay as they are."""
    conversation = await ownership.lock(session, conversation_id)
    await _say(session, conversation, f"{account.name} encerrou a conversa.", actor, now)
    await ownership.close(
        session, conversation=conversation, by="attendant", attendant_id=account.id, actor=actor, now=now
    )
    return conversation


async def _say(session: AsyncSession, conversation: Conversation, text: str, actor: Actor, now: datetime) -> None:
    await outgoing.note(session, conversation=conversation, text=text, actor=actor, now=now, notice=True)

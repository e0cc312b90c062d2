"""From pending messages to a stored answer: claim, freeze, ask, store. Each turn has exactly one effect.

A conversation is claimed with a lease and a fencing number; whoever lost the lease stores nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Interval, bindparam, exists, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit, beneficiaries
from backend.actor import ASSISTANT, SYSTEM
from backend.delinquency import calls
from backend.delinquency.replies import read_reply
from backend.protocols import unfinished
from backend.settings import settings
from backend.store.clock import business_now
from backend.store.engine import Store
from backend.tone import judge
from handoff import texts
from handoff.conversations import ownership
from handoff.conversations.options import Option
from handoff.conversations.tables import DOCUMENT_KINDS, Contact, Conversation, Media, Message, Turn
from handoff.desk import teams
from handoff.dispatch.assistant import Answer, Command, Reply
from handoff.dispatch.turns import TAPS, Question, arriving, as_context, next_question
from handoff.whatsapp import outgoing
from handoff.whatsapp.outgoing import Draft, Piece
from handoff.whatsapp.templates import Templates

log = logging.getLogger(__name__)

LONGEST_BACKOFF = 8.0
FEWEST_TRIES = 4
FILES_PAUSE = 1.0  # seconds; who fetches a file says at once that it is here

# The conversation that has waited longest and that nobody has in hand.
_DUE = (
    select(Conversation.id)
    .where(
        Conversation.work_due_at <= func.clock_timestamp(),
        or_(Conversation.lease_until.is_(None), Conversation.lease_until < func.clock_timestamp()),
    )
    .order_by(Conversation.work_due_at)
    .limit(1)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_CLAIM = (
    update(Conversation)
    .where(Conversation.id == _DUE)
    .values(
        lease_fence=Conversation.lease_fence + 1,
        lease_until=func.clock_timestamp() + bindparam("lease", type_=Interval),
    )
    .returning(Conversation)
    .execution_options(synchronize_session=False)
)
_MOMENTS = text("SELECT business_now(), clock_timestamp()")


@dataclass(frozen=True, slots=True)
class Claim:
    """A conversation in this worker's hand, and the turn to ask; none where a person owns it."""

    conversation_id: UUID
    fence: int
    turn_id: UUID | None = None
    text: str = ""
    payload: dict[str, object] | None = None
    context: dict[str, object] | None = None


async def claim(store: Store) -> Claim | None:
    """Takes the conversation that has waited longest and freezes its turn; None where nothing is due."""
    async with store.unit_of_work() as session:
        lease = {"lease": timedelta(seconds=settings().lease_seconds)}
        conversation = (await session.execute(_CLAIM, lease)).scalar_one_or_none()
        if conversation is None:
            return None
        turn = await _turn(session, conversation)
        if turn is None:
            arriving = conversation.owner == "assistant" and await _files_arrive(session, conversation.id)
            await _release(session, conversation, wait=FILES_PAUSE if arriving else 0)
            return Claim(conversation.id, conversation.lease_fence)
        return Claim(conversation.id, conversation.lease_fence, turn.id, turn.text, turn.payload, turn.context)


async def _turn(session: AsyncSession, conversation: Conversation) -> Turn | None:
    """The turn to ask: the one that was frozen before, or a new one of what is pending; none for the desk."""
    query = select(Turn).where(Turn.conversation_id == conversation.id, Turn.state == "open")
    turn = (await session.execute(query)).scalar_one_or_none()
    if conversation.owner != "assistant" or conversation.closed_at is not None:
        await _leave_to_desk(session, conversation.id, turn)
        return None
    if turn is not None:
        return turn
    pending = await _pending(session, conversation.id)
    in_danger = any(judge(message.body).why_danger for message in pending)  # 192 waits for no photograph
    if not pending or (not in_danger and await _files_arrive(session, conversation.id)):
        return None
    offered = await outgoing.last_options(session, conversation.id)
    if pending[0].kind in TAPS:
        offered = await outgoing.with_news_tapped(session, pending[0], offered)
    return await _freeze(session, conversation, next_question(pending, offered))


async def _files_arrive(session: AsyncSession, conversation_id: UUID) -> bool:
    """Whether a file of what is pending is still on its way from Twilio."""
    pending = await _files(session, Message.conversation_id == conversation_id, Message.state == "pending")
    return arriving([file for file, _ in pending])


async def _files(session: AsyncSession, *which: ColumnElement[bool]) -> list[tuple[Media, Message]]:
    """The papers of some messages, in the order in which they came."""
    query = select(Media, Message).join(Message, Message.id == Media.message_id)
    query = query.where(*which, Message.kind.in_(DOCUMENT_KINDS)).order_by(Message.id, Media.ordinal)
    return [(file, message) for file, message in await session.execute(query)]


async def _pending(session: AsyncSession, conversation_id: UUID) -> Sequence[Message]:
    query = select(Message).where(Message.conversation_id == conversation_id, Message.state == "pending")
    return (await session.execute(query.order_by(Message.id))).scalars().all()


async def _freeze(session: AsyncSession, conversation: Conversation, question: Question) -> Turn:
    now, real_now = (await session.execute(_MOMENTS)).one()
    contact = await session.get_one(Contact, conversation.contact_id)
    people = await beneficiaries.by_phone(session, contact.phone)
    files = await _files(session, Message.id.in_(question.message_ids))
    context: dict[str, object] = {
        "people_on_number": len(people),
        "own_number_of": [str(person.id) for person in people],
        "number": contact.phone,
        "written_at": await _written_at(session, question.message_ids),
        "files": [as_context(file, message) for file, message in files],
    }
    told = await _told_last(session, conversation.id)
    payload = question.payload or await _answer_to_call(session, contact, question.text)
    turn = Turn(
        conversation_id=conversation.id, text=question.text, payload=payload, asked_at=now,
        context={**question.context, **context, **told, **await _left_unfinished(session, conversation, now)},
        first_tried_at=real_now,
    )  # fmt: skip
    session.add(turn)
    await session.flush()
    await session.execute(
        update(Message).where(Message.id.in_(question.message_ids)).values(state="taken", turn_id=turn.id)
    )
    return turn


async def _written_at(session: AsyncSession, message_ids: Sequence[int]) -> str:
    """When the last of a turn's messages came: what it confirms is dated by it, not by when it was read."""
    latest = await session.scalar(select(func.max(Message.created_at)).where(Message.id.in_(message_ids)))
    return latest.isoformat() if latest else ""


async def _answer_to_call(session: AsyncSession, contact: Contact, text: str) -> dict[str, object] | None:
    """What free words answer to a campaign's 'falo com …?'; None where nobody was asked, or for another need.

    Read before the assistant's statistics: 'não' must not end something else, and danger is nobody's answer. Only while
    the call, or what came of it, is what was said last: a 'sim' in the middle of a booking is the booking's.
    """
    if not text or judge(text).why_danger:
        return None
    reply = read_reply(text)
    call = await calls.open_call(session, contact.phone) if reply else None
    if call is None or (reply != "stop" and not await _called_last(session, contact)):
        return None
    return {"intent": "answer_news", "entities": {"call": str(call.id), "answer": reply}}


async def _called_last(session: AsyncSession, contact: Contact) -> bool:
    """Whether the last thing that we said to this contact was a call, or the answer to what was replied to one.

    What was said to an audio or a sticker, which nobody could read, is passed over: 'sim' after it answers the call.
    """
    theirs = select(Conversation.id).where(Conversation.contact_id == contact.id)
    was_read = or_(Turn.text != "", Turn.context["attachments"].as_integer() > 0)
    query = (
        select(Message.request_key, Turn.payload)
        .outerjoin(Turn, Turn.id == Message.turn_id)
        .where(Message.conversation_id.in_(theirs), Message.direction == "out", or_(Turn.id.is_(None), was_read))
        .order_by(Message.id.desc())
        .limit(1)
    )
    last = (await session.execute(query)).one_or_none()
    if last is None:
        return False
    entities = (last.payload or {}).get("entities")
    return (last.request_key or "").startswith("campaign:") or (isinstance(entities, dict) and "call" in entities)


async def _told_last(session: AsyncSession, conversation_id: UUID) -> dict[str, object]:
    """Where news were the last that was said: their words, of which the assistant knows nothing by itself."""
    query = select(Message).where(Message.conversation_id == conversation_id, Message.direction == "out")
    last = (await session.execute(query.order_by(Message.id.desc()).limit(1))).scalar_one_or_none()
    news = last is not None and (last.request_key or "").startswith("news:")
    return {"told_last": last.body} if last is not None and news else {}


async def _left_unfinished(session: AsyncSession, conversation: Conversation, now: datetime) -> dict[str, object]:
    """In a conversation's first turn: what was left unfinished in the contact's earlier ones, newest first. [rule 4]"""
    asked_before = await session.scalar(select(exists().where(Turn.conversation_id == conversation.id)))
    if asked_before:
        return {}
    earlier = select(Conversation.id).where(
        Conversation.contact_id == conversation.contact_id, Conversation.id != conversation.id,
        Conversation.last_activity_at > now - unfinished.KEPT_FOR,
    )  # fmt: skip
    ids = (await session.execute(earlier)).scalars().all()
    found = await unfinished.of_conversations(session, ids, now=now) if ids else []
    left = [{"protocol": str(request.protocol_id), "intent": request.intent} for request in found]
    return {"unfinished": left} if left else {}


async def _leave_to_desk(session: AsyncSession, conversation_id: UUID, turn: Turn | None) -> None:
    if turn is not None:
        turn.state = "overtaken"
    await session.execute(
        update(Message)
        .where(Message.conversation_id == conversation_id, Message.state.in_(("pending", "taken")))
        .values(state="done")
    )


async def _release(session: AsyncSession, conversation: Conversation, *, wait: float = 0) -> None:
    """Lets go of the lease; due again at once where something is still pending, after `wait` seconds where asked."""
    await session.flush()
    query = select(
        func.clock_timestamp(),
        exists().where(Message.conversation_id == conversation.id, Message.state == "pending"),
    )
    real_now, waiting = (await session.execute(query)).one()
    conversation.lease_until = None
    if wait:
        conversation.work_due_at = real_now + timedelta(seconds=wait)
    else:
        conversation.work_due_at = real_now if waiting else None


async def _held(session: AsyncSession, claimed: Claim) -> tuple[Conversation, Turn] | None:
    """The conversation under its lock, when the lease is still ours and the turn still open."""
    conversation = await ownership.lock(session, claimed.conversation_id)
    turn = await session.get_one(Turn, claimed.turn_id)
    if conversation.lease_fence != claimed.fence or turn.state != "open":
        log.info("dispatch: an answer came after its lease, nothing stored")
        return None
    return conversation, turn


async def store_answer(store: Store, templates: Templates, claimed: Claim, answer: Answer) -> bool:
    """Stores a turn's replies, understanding and command in one transaction; False where the lease is lost."""
    async with store.unit_of_work() as session:
        held = await _held(session, claimed)
        if held is None:
            return False
        conversation, turn = held
        now = await business_now(session)
        overtaken = conversation.owner != "assistant" or conversation.closed_at is not None
        turn.state, turn.answered_at = ("overtaken" if overtaken else "answered"), now
        turn.answer, turn.understood = answer.model_dump(mode="json"), answer.understood
        await session.execute(
            update(Message)
            .where(Message.turn_id == turn.id, Message.direction == "in")
            .values(state="done", understood=answer.understood)
        )
        if overtaken:
            await _keep_unsent(session, conversation, turn, answer, now)
        else:
            await _send_replies(session, templates, conversation, turn, answer, now)
            await _obey(session, templates, conversation, answer.command, now)
        conversation.work_attempts = 0
        await _release(session, conversation)
        audit.record(session, "dispatch.answer", ("turn", turn.id), actor=ASSISTANT, now=now, overtaken=overtaken)
        return True


async def _keep_unsent(
    session: AsyncSession, conversation: Conversation, turn: Turn, answer: Answer, now: datetime
) -> None:
    # A person claimed the conversation while the assistant thought: he sees what it would have said.
    for reply in answer.replies:
        message = Message(
            conversation_id=conversation.id, direction="out", author_kind="assistant", created_at=now, state="unsent",
            turn_id=turn.id,
        )  # fmt: skip
        await outgoing.write(session, message, Piece(reply.text, file=reply.file))


async def _send_replies(
    session: AsyncSession, templates: Templates, conversation: Conversation, turn: Turn, answer: Answer, now: datetime
) -> None:
    for reply in answer.replies:
        await outgoing.send(
            session, templates, conversation=conversation, draft=_draft(reply), actor=ASSISTANT, now=now,
            turn_id=turn.id,
        )  # fmt: skip


def _draft(reply: Reply) -> Draft:
    return Draft(reply.text, tuple(Option(option.title, option.payload) for option in reply.options), reply.file)


async def _obey(
    session: AsyncSession, templates: Templates, conversation: Conversation, command: Command | None, now: datetime
) -> None:
    if command is None:
        return
    if command.hand_over is not None:
        asked = command.hand_over
        await _hand_over(session, templates, conversation, asked.team, asked.reason, asked.summary, asked.priority, now)
    elif command.close and not await _pending(session, conversation.id):
        # what was written while the assistant said goodbye is still to be answered, so the episode goes on
        await ownership.close(session, conversation=conversation, by="assistant", actor=ASSISTANT, now=now)


async def _hand_over(
    session: AsyncSession,
    templates: Templates,
    conversation: Conversation,
    team: str,
    reason: str,
    summary: str,
    priority: int,
    now: datetime,
) -> None:
    await ownership.hand_over(
        session, conversation=conversation, team=team, reason=reason, summary=summary, priority=priority,
        actor=ASSISTANT, now=now,
    )  # fmt: skip
    await session.flush()
    queue = await teams.queue_of(session, conversation, now=now)
    await outgoing.send(
        session, templates, conversation=conversation, draft=Draft(teams.announcement(queue)), actor=SYSTEM, now=now
    )


async def retry_or_give_up(store: Store, templates: Templates, claimed: Claim, why: str) -> bool:
    """After a failed try: asked again with backoff, and after the set time given to the desk with an apology.

    True when the desk has it now.
    """
    async with store.unit_of_work() as session:
        held = await _held(session, claimed)
        if held is None:
            return False
        conversation, turn = held
        real_now = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        now = await business_now(session)
        conversation.work_attempts += 1
        tried_for = (real_now - turn.first_tried_at).total_seconds()
        # A service that has just started is given a few tries, however long ago the turn was frozen.
        if tried_for < settings().give_up_seconds or conversation.work_attempts < FEWEST_TRIES:
            wait = min(2.0 ** (conversation.work_attempts - 1) / 2, LONGEST_BACKOFF)
            await _release(session, conversation, wait=wait)
            return False
        log.warning("dispatch: no answer for %.0f s (%s), handed to the desk", tried_for, why)
        await _apologize(session, templates, conversation, turn, why, now)
        return True


async def _apologize(
    session: AsyncSession, templates: Templates, conversation: Conversation, turn: Turn, why: str, now: datetime
) -> None:
    turn.state, turn.answered_at = "given_up", now
    if conversation.owner == "assistant":
        await outgoing.send(
            session, templates, conversation=conversation, draft=Draft(texts.say("sorry")), actor=SYSTEM, now=now
        )
        summary = f"A assistente não conseguiu responder. Última mensagem: {turn.text[:500]}"
        await _hand_over(session, templates, conversation, teams.DEFAULT_TEAM, "assistant_unavailable", summary, 1, now)
    await _leave_to_desk(session, conversation.id, None)
    conversation.work_attempts = 0
    await _release(session, conversation)
    audit.record(session, "dispatch.give_up", ("turn", turn.id), actor=SYSTEM, now=now, why=why)

"""What became of a notice's messages: evidence of each, lost callbacks asked for, and the verdict once it is known.

The backend knows turns by their ids alone; here their messages are read, as they were sent and as Twilio tells of
them. Several workers may follow the same notice: a case is in one hand at a time, and each link is written once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import String, and_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import SYSTEM
from backend.delinquency import evidence, notices
from backend.delinquency.tables import CampaignRow, DelinquencyCase, Notice
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.conversations.tables import Contact, Conversation, Media, Message, OutboxRow, Turn
from handoff.whatsapp.client import NotReached, Refusal, TwilioClient, Unknown
from handoff.whatsapp.status import RANKS, Status, apply_statuses

log = logging.getLogger(__name__)

LOST_AFTER: Final = timedelta(minutes=2)  # so long a callback may take; then Twilio is asked
ASKED_AT_ONCE: Final = 20
_ARRIVED: Final = frozenset({"delivered", "read"})
_FAILED: Final = frozenset({"failed", "undelivered"})
_NEVER_LEFT: Final = frozenset({"overtaken", "given_up"})  # the turn's answer was not sent


class Follower:
    """One worker's eye on the notices that are not settled; it remembers what it has seen, so as not to look twice."""

    def __init__(self, store: Store, client: TwilioClient) -> None:
        self._store, self._client = store, client
        self._seen: dict[UUID, str] = {}
        self._asked: dict[str, tuple[datetime, int]] = {}

    async def follow(self) -> int:
        """Looks at every notice about which something has changed; gives how many were settled."""
        await self._ask_for_lost()
        async with self._store.sessions() as session:
            now = await business_now(session)
            states = await _states(session)
        settled = 0
        for state in states:
            if self._seen.get(state.notice_id) == state.signature and not state.is_old(now):
                continue
            done = await self._carefully(state)
            settled += bool(done)
            if done is not None:
                self._seen[state.notice_id] = state.signature
        unsettled = {state.notice_id for state in states}
        self._seen = {key: kept for key, kept in self._seen.items() if key in unsettled}
        return settled

    async def _carefully(self, state: _State) -> bool | None:
        """A notice that cannot be followed must not stop all others; a database that is away is another matter."""
        try:
            return await self._look_at(state)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 (its text may hold what a person wrote)
            log.error("notices: %s could not be followed: %s", state.notice_id, type(error).__name__)
            return None

    async def _look_at(self, state: _State) -> bool | None:
        """Writes down what is new of one notice; True where it is settled now, None where another worker has it."""
        async with self._store.unit_of_work() as session:
            # The campaign's row, then the case, as every verb does, so that nobody waits for the other in a circle.
            if state.row_id is not None and not await _is_free(session, state.row_id):
                return None
            locked = select(DelinquencyCase).where(DelinquencyCase.id == state.case_id)
            case = (await session.scalars(locked.with_for_update(skip_locked=True))).one_or_none()
            if case is None:
                return None
            notice = await session.get_one(Notice, state.notice_id)
            if notice.settled_at is not None:
                return False
            return await _follow(session, case, notice, await business_now(session))

    async def _ask_for_lost(self) -> None:
        """Asks Twilio about messages of which nothing was heard for too long, with doubled pauses."""
        async with self._store.sessions() as session:
            now = await business_now(session)
            lost = await _lost(session, now)
        due = [one for one in lost if self._is_due(one[1], now)][:ASKED_AT_ONCE]
        heard = []
        for outbox_id, sid in due:
            times = self._asked.get(sid, (now, 0))[1]
            self._asked[sid] = (now + LOST_AFTER * 2**times, times + 1)
            try:
                status = await self._fetched(outbox_id, sid)
            except (NotReached, Unknown) as error:
                log.warning("notices: a delivery cannot be asked for (%s)", type(error).__name__)
                break  # Twilio is away: nobody waits for one time limit after the other
            if status is not None:
                heard.append(status)
        if heard:
            await apply_statuses(self._store.engine, heard)
        waiting = {sid for _, sid in lost}
        self._asked = {sid: kept for sid, kept in self._asked.items() if sid in waiting}

    def _is_due(self, sid: str, now: datetime) -> bool:
        return sid not in self._asked or self._asked[sid][0] <= now

    async def _fetched(self, outbox_id: UUID, sid: str) -> Status | None:
        try:
            state, code = await self._client.fetch(sid)
        except Refusal as error:
            log.warning("notices: Twilio tells nothing of a delivery (%s)", error)
            return None
        return Status(str(outbox_id), sid, state, code) if state in RANKS else None


async def follow(store: Store, client: TwilioClient) -> int:
    """One look at everything that is not settled; gives how many notices were settled."""
    return await Follower(store, client).follow()


@dataclass(frozen=True, slots=True)
class _State:
    """An unsettled notice, and in `signature` all that can change about it: its messages, its answer, its end."""

    notice_id: UUID
    case_id: UUID
    row_id: int | None
    since: datetime
    signature: str

    def is_old(self, now: datetime) -> bool:
        """Whether it is to be settled by its age."""
        return now - self.since >= notices.WAITS


async def _is_free(session: AsyncSession, row_id: int) -> bool:
    """Locks a campaign's row; False where somebody has it."""
    row = select(CampaignRow.id).where(CampaignRow.id == row_id)
    return await session.scalar(row.with_for_update(skip_locked=True)) is not None


async def _states(session: AsyncSession) -> list[_State]:
    one = func.concat_ws(":", Message.id, Message.sid, Message.delivery, Message.state)
    messages = func.string_agg(one, aggregate_order_by(literal(","), Message.id))
    of_turn = and_(Message.conversation_id == Notice.conversation_id, Message.turn_id == Notice.turn_id)
    query = (
        select(
            Notice.id, Notice.case_id, Notice.campaign_row_id, func.coalesce(Notice.answered_at, Notice.told_at),
            func.concat_ws("|", messages, Turn.state, cast(Notice.answer_turn_id, String),
                           cast(Conversation.closed_at, String)),
        )
        .join(Conversation, Conversation.id == Notice.conversation_id)
        .outerjoin(Turn, Turn.id == Notice.turn_id)
        .outerjoin(Message, and_(of_turn, Message.direction == "out"))
        .where(Notice.settled_at.is_(None), Notice.means == "whatsapp")
        .group_by(Notice.id, Turn.state, Conversation.closed_at)
        .order_by(Notice.told_at)
    )  # fmt: skip
    return [_State(*row) for row in await session.execute(query)]


async def _lost(session: AsyncSession, now: datetime) -> list[tuple[UUID, str]]:
    """Outbox row and SID of each message of an open notice that Twilio took, and of which nothing final was heard."""
    query = (
        select(OutboxRow.id, Message.sid)
        .join(Message, Message.id == OutboxRow.message_id)
        .join(
            Notice,
            and_(Message.conversation_id == Notice.conversation_id, Message.turn_id == Notice.turn_id),
        )
        .where(
            Notice.settled_at.is_(None), Notice.means == "whatsapp", Message.sid.is_not(None),
            Message.delivery.not_in(_ARRIVED | _FAILED), Message.created_at <= now - LOST_AFTER,
        )
        .order_by(Message.id)
    )  # fmt: skip
    return [(outbox_id, sid) for outbox_id, sid in await session.execute(query) if sid]


async def _follow(session: AsyncSession, case: DelinquencyCase, notice: Notice, now: datetime) -> bool:
    """Evidence of what the notice's turn sent and of its answers, then the verdict where it is ripe."""
    turn = await session.get(Turn, notice.turn_id)
    if turn is not None and turn.state == "open":
        return False  # its messages are not written yet
    sent = await _sent(session, notice)
    writer = _Writer(session, case, notice, now)
    files = await _files(session, sent)
    for message in sent:
        await writer.message(message, files.get(message.id, ""))
    await _keep_answers(session, writer)
    if not notice.text:
        notice.text = "\n\n".join(message.body for message in sent if message.id not in files)
    conversation = await session.get_one(Conversation, notice.conversation_id)
    never = turn is not None and turn.state in _NEVER_LEFT
    verdict = await notices.settle(
        session, notice=notice, delivered=False if never else _delivered(sent), whole=_is_whole(notice, sent, files),
        over=conversation.closed_at is not None, actor=SYSTEM, now=now,
    )  # fmt: skip
    return verdict is not None


async def _sent(session: AsyncSession, notice: Notice) -> Sequence[Message]:
    """What was said in the turn that told the notice, in order."""
    query = select(Message).where(
        Message.conversation_id == notice.conversation_id, Message.turn_id == notice.turn_id,
        Message.direction == "out",
    )  # fmt: skip
    return (await session.scalars(query.order_by(Message.id))).all()


async def _files(session: AsyncSession, messages: Sequence[Message]) -> Mapping[int, str]:
    """The digests of the files that went with messages, by the message's id."""
    query = select(Media.message_id, Media.sha256).where(Media.message_id.in_([message.id for message in messages]))
    return dict((await session.execute(query)).all())


def _delivered(sent: Sequence[Message]) -> bool | None:
    """Whether all of it arrived; None while that is not known of some of it. Pure."""
    if any(message.delivery in _FAILED or message.state == "unsent" for message in sent):
        return False
    if sent and all(message.delivery in _ARRIVED for message in sent):
        return True
    return None


def _is_whole(notice: Notice, sent: Sequence[Message], files: Mapping[int, str]) -> bool:
    """Whether everything, the paper too, was on its way before the answer was written. Pure."""
    with_paper = notice.document_sha256 in files.values()
    before = notice.answered_at is None or all(message.created_at <= notice.answered_at for message in sent)
    return with_paper and before


async def _keep_answers(session: AsyncSession, writer: _Writer) -> None:
    """Each message of each turn that answered the notice, as it came."""
    links = await evidence.links_of(session, writer.case.id)
    turns = [
        UUID(str(link.content["turn"]))
        for link in links
        if link.kind == "answer" and link.content.get("notice") == str(writer.notice.id)
    ]
    query = (
        select(Message, Contact.address)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(
            Message.conversation_id == writer.notice.conversation_id, Message.direction == "in",
            Message.turn_id.in_(turns),
        )
        .order_by(Message.id)
    )  # fmt: skip
    for message, address in (await session.execute(query)).all() if turns else ():
        await writer.answer(message, address)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes links about one notice's messages."""

    session: AsyncSession
    case: DelinquencyCase
    notice: Notice
    now: datetime

    async def message(self, message: Message, sha256: str) -> None:
        """A message of ours as it was taken by Twilio, and each thing that was heard of it."""
        if message.sid is None:
            return
        await self._add(
            "sent", message, f"sent:{message.id}:{message.sid}", message.created_at,
            type=message.kind, body=message.body, file=sha256, options=message.options or [],
        )  # fmt: skip
        if message.delivered_at is not None:
            await self._add(
                "delivery", message, f"delivered:{message.id}", message.delivered_at, state="delivered",
            )  # fmt: skip
        if message.read_at is not None:
            await self._add("delivery", message, f"read:{message.id}", message.read_at, state="read")
        if message.delivery in _FAILED:
            await self._add(
                "delivery", message, f"failed:{message.id}:{message.sid}", self.now, state=message.delivery,
                error_code=message.error_code,
            )  # fmt: skip

    async def answer(self, message: Message, address: str) -> None:
        """A message of the person's, as it was typed."""
        await self._add(
            "answer_message", message, f"answer:{message.id}", message.created_at, type=message.kind,
            body=message.body, sender=address,
        )  # fmt: skip

    async def _add(self, kind: str, message: Message, key: str, at: datetime, **more: object) -> None:
        content = {"notice": str(self.notice.id), "message": message.id, "sid": message.sid or "", **more}
        await evidence.add(
            self.session, case=self.case, kind=kind, content=content, at=at,
            link_key=f"notice:{self.notice.id}:{key}", actor=SYSTEM, now=self.now,
        )  # fmt: skip

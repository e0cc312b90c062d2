"""Conversations by the million for benchmarks: contacts, episodes over two years, messages that can be searched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend import audit
from backend.actor import Actor
from backend.demo import invented
from backend.demo.copying import NULL, Ids, Report, copy, line, tidy, without_index
from backend.demo.guard import refuse_unless_nothing_leaves
from backend.settings import settings
from backend.store.engine import Store
from handoff.cli import sentences
from handoff.conversations.tables import Contact, Message
from handoff.desk.tables import Team

OF_ONE = 16  # messages of a conversation, a little less or more
OF_A_CONTACT = 2  # conversations
OPEN_OF = 100  # one of so many conversations waits in a team's queue
TWO_YEARS = timedelta(days=730)
POOL = 40_000
STREAMS = 2  # as many connections share the messages
KIND = 2000  # keeps these ids apart from those of backend.demo.bulk
CONTACT = ("id", "address", "phone", "profile_name", "last_inbound_at")
CONVERSATION = ("id", "contact_id", "our_address", "opened_at", "last_inbound_at", "last_activity_at", "closed_at",
                "closed_by", "owner", "team", "queued_at", "unread")  # fmt: skip
OWNERSHIP = ("conversation_id", "owner", "team", "since", "until", "reason")
MESSAGE = ("id", "conversation_id", "direction", "body", "author_kind", "created_at", "sid", "delivery")
TABLES = ("contact", "conversation", "ownership", "message")


@dataclass(frozen=True, slots=True)
class Episode:
    """One conversation of the load: which, since when, its messages by number, its queue if open."""

    order: int
    opened_at: datetime
    first: int
    size: int
    team: str | None

    @property
    def last_at(self) -> datetime:
        """When its last message came: one a minute."""
        return self.opened_at + timedelta(minutes=self.size - 1)


class Conversations:
    """The conversations of one load, oldest first. `known` people or contacts were there before, whichever are more."""

    def __init__(self, messages: int, *, known: int, teams: Sequence[str], now: datetime) -> None:
        self._known = known
        self._now = now
        self._contact_ids, self._ids = Ids(now, KIND), Ids(now, KIND + 1)
        self._episodes = list(_episodes(messages, teams, now, Random(known)))
        self._contacts = -(-len(self._episodes) // OF_A_CONTACT)

    async def load(self, store: Store, report: Report) -> None:
        """Contacts, conversations, who had them, and the messages on several connections at once."""
        engine = store.engine
        await copy(engine, "contact", CONTACT, self._contact_lines(), report)
        await copy(engine, "conversation", CONVERSATION, self._conversation_lines(), report)
        await copy(engine, "ownership", OWNERSHIP, self._ownership_lines(), report)
        first = await _reserve(store, sum(episode.size for episode in self._episodes))
        share = -(-len(self._episodes) // STREAMS)
        parts = [self._episodes[start : start + share] for start in range(0, len(self._episodes), share)]
        async with without_index(engine, Message, "ix_message_search"):
            await asyncio.gather(
                *(copy(engine, "message", MESSAGE, self._message_lines(part, first), report) for part in parts)
            )

    def _contact_lines(self) -> Iterator[str]:
        random = Random(self._known + 1)
        for order in range(self._contacts):
            phone = invented.phone(self._known + order)
            shown = invented.name(random, invented.family_name(random), woman=order % 2 == 0).full
            yield line(self._contact_ids[order], f"whatsapp:{phone}", phone, shown, self._now - timedelta(days=1))

    def _conversation_lines(self) -> Iterator[str]:
        for episode in self._episodes:
            is_open = episode.team is not None
            yield line(
                self._ids[episode.order], self._contact_ids[episode.order % self._contacts], settings().twilio_from,
                episode.opened_at, episode.last_at, episode.last_at, None if is_open else episode.last_at,
                None if is_open else "assistant", "team" if is_open else "assistant", episode.team,
                episode.last_at if is_open else None, 1 if is_open else 0,
            )  # fmt: skip

    def _ownership_lines(self) -> Iterator[str]:
        for episode in self._episodes:
            identifier = self._ids[episode.order]
            yield line(identifier, "assistant", None, episode.opened_at, episode.last_at, "")
            if episode.team is not None:
                yield line(identifier, "team", episode.team, episode.last_at, None, "asked")

    def _message_lines(self, part: Sequence[Episode], first: int) -> Iterator[str]:
        random = Random(first)
        size = min(POOL, OF_ONE * len(part))
        asked, answered = sentences.asked(random, size), sentences.answered(random, size)
        pick = random.random
        for episode in part:
            identifier = self._ids[episode.order]
            for place in range(episode.size):
                number, moment = first + episode.first + place, episode.opened_at + timedelta(minutes=place)
                if place % 2 == 0:
                    body, direction = asked[int(pick() * size)], "in"
                    rest = f"person\t{moment}\tSM{number:032x}\t{NULL}"
                else:
                    body, direction = answered[int(pick() * size)], "out"
                    rest = f"assistant\t{moment}\t{NULL}\tread"
                yield f"{number}\t{identifier}\t{direction}\t{body}\t{rest}\n"


async def load(store: Store, *, messages: int, known: int, report: Report, actor: Actor, now: datetime) -> None:
    """Adds so many messages in conversations of the last two years; one in a hundred of these is open, in a queue.

    Each table is committed by itself. NotAllowed where messages could leave the machine.
    """
    refuse_unless_nothing_leaves()
    async with store.unit_of_work() as session:
        teams = list(await session.scalars(select(Team.code).order_by(Team.code)))
    await Conversations(messages, known=known, teams=teams, now=now).load(store, report)
    await tidy(store.engine, TABLES)
    async with store.unit_of_work() as session:
        audit.record(session, "demo.bulk", ("bulk", "messages"), actor=actor, now=now, messages=messages)


async def contacts_known(session: AsyncSession) -> int:
    """How many contacts there are already: a further load's telephones go on after them."""
    return await session.scalar(select(func.count()).select_from(Contact)) or 0


def _episodes(messages: int, teams: Sequence[str], now: datetime, random: Random) -> Iterator[Episode]:
    sizes: list[int] = []
    left = messages
    while left > 0:
        sizes.append(min(random.randint(OF_ONE - 8, OF_ONE + 8), left))
        left -= sizes[-1]
    first = 0
    opened = sorted(now - timedelta(hours=1) - TWO_YEARS * random.random() for _ in sizes)
    newest = len(sizes) - max(1, len(sizes) // OPEN_OF)  # these are open, each of a contact of its own
    for order, (size, opened_at) in enumerate(zip(sizes, opened, strict=True)):
        yield Episode(order, opened_at, first, size, teams[order % len(teams)] if order >= newest else None)
        first += size


async def _reserve(store: Store, count: int) -> int:
    """Takes so many message ids at once, so that they follow the order of time; gives the first."""
    async with store.unit_of_work() as session:
        last = await session.scalar(
            text("SELECT setval(s, nextval(s::regclass) + :count) FROM pg_get_serial_sequence('message', 'id') AS s"),
            {"count": count},
        )
    assert isinstance(last, int)
    return last - count

"""The worker process: turns, files, sends, and what is due. Many may run; SIGTERM finishes the turn in hand."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from backend import sheets
from backend.coming_of_age import due as coming_of_age
from backend.errors import ZeloError
from backend.protocols import unfinished
from backend.scheduling import due
from backend.settings import Settings
from backend.store.bell import Bell
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.conversations.silence import end_silent
from handoff.conversations.tables import OutboxRow
from handoff.dispatch import campaign_calls, campaign_unsent, campaigns, inbox, lists, news, notices
from handoff.dispatch.assistant import Answer, Assistant, NoAnswer
from handoff.dispatch.erp import ErpMessenger
from handoff.dispatch.mail import Mailer
from handoff.whatsapp.client import TwilioClient
from handoff.whatsapp.media import Fetcher
from handoff.whatsapp.sender import WAITING, Sender
from handoff.whatsapp.templates import Templates

log = logging.getLogger(__name__)

LOOK_BY_ITSELF = 1.0
FILES_AT_ONCE = 3  # an album's photographs are fetched and inspected side by side
HOUSEKEEPING_SECONDS = 5.0
BOOKS_EVERY_SECONDS = 60.0
FOLLOW_SECONDS = 2.0
REST = 9  # times as long as it took: tens of thousands of calls are followed in a tenth of the worker's time
LONGEST_REST = 20.0


class AgendaDuty(Protocol):
    """What the agenda does by itself: at most `AT_ONCE` rows in a transaction; gives how many."""

    async def __call__(self, session: AsyncSession, *, now: datetime) -> int:
        """Carries it out."""


class Worker:
    """One process's share of the work."""

    def __init__(self, settings: Settings, store: Store, bell: Bell) -> None:
        self._settings, self._store, self._bell = settings, store, bell
        self._templates = Templates.load(settings)
        self._assistant = Assistant(settings)
        self._client = TwilioClient(settings)
        self._fetcher = Fetcher(store, bell)
        self._mailer = Mailer(store, settings)
        self._erp = ErpMessenger(store, settings)
        self._inbox_wake = asyncio.Event()
        self._media_wake = asyncio.Event()
        self._news_wake = asyncio.Event()
        self._senders: dict[str, tuple[Sender, asyncio.Task[None]]] = {}
        self._turns: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._books_after = 0.0

    async def run(self) -> None:
        """Works until SIGTERM or SIGINT; then finishes the turns in hand and leaves the rest pending."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stopping.set)
        duties = [
            self._listen,
            self._take_turns,
            self._fetch_files,
            self._send_mail,
            self._tell_erp,
            self._watch_senders,
            self._tell_news,
            self._read_lists,
            self._call_people,
            self._follow_calls,
            self._follow_notices,
            self._keep_house,
        ]
        tasks = [asyncio.create_task(self._keep_doing(duty)) for duty in duties]
        log.info("worker: ready")
        await self._stopping.wait()
        log.info("worker: finishing the turns in hand")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*self._turns, return_exceptions=True)
        for _, task in self._senders.values():
            task.cancel()
        await asyncio.gather(*(task for _, task in self._senders.values()), return_exceptions=True)
        for closing in (self._assistant.close(), self._client.close(), self._fetcher.close(), self._erp.close()):
            await closing

    async def _keep_doing(self, duty: Callable[[], Awaitable[None]]) -> None:
        """A duty that ends by an error begins again: one bad row must not stop the work on all others."""
        while True:
            try:
                await duty()
            except Exception as error:  # noqa: BLE001 (its text may hold what a person wrote)
                log.error("worker: %s begins again after %s", duty.__name__, type(error).__name__)
            await asyncio.sleep(LOOK_BY_ITSELF)

    async def _listen(self) -> None:
        async for what in self._bell.listen():
            if what == "inbox":
                self._inbox_wake.set()
            elif what == "media":
                self._media_wake.set()
            elif what == "events":
                self._news_wake.set()
            elif what == "outbox":
                self._wake_senders()

    def _wake_senders(self) -> None:
        for sender, _ in self._senders.values():
            sender.wake.set()

    async def _take_turns(self) -> None:
        """Keeps up to `worker_turns` conversations in hand."""
        while True:
            self._inbox_wake.clear()
            try:
                while len(self._turns) < self._settings.worker_turns:
                    claimed = await self._claim()
                    if claimed is None:
                        break
                    self._begin(claimed)
            except (SQLAlchemyError, OSError) as error:
                log.warning("worker: the database does not answer (%s)", type(error).__name__)
                await asyncio.sleep(LOOK_BY_ITSELF)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._inbox_wake.wait(), LOOK_BY_ITSELF)

    async def _claim(self) -> inbox.Claim | None:
        """The next conversation; one that is claimed while the worker is being stopped is a turn in hand as well."""
        claiming = asyncio.create_task(inbox.claim(self._store))
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            claimed = await claiming
            if claimed is not None:
                self._begin(claimed)
            raise

    def _begin(self, claimed: inbox.Claim) -> None:
        task = asyncio.create_task(self._serve(claimed))
        self._turns.add(task)
        task.add_done_callback(self._turn_ended)

    def _turn_ended(self, task: asyncio.Task[None]) -> None:
        self._turns.discard(task)
        self._inbox_wake.set()
        if not task.cancelled() and task.exception() is not None:
            # Its lease runs out and the turn is asked again; the text of the error may hold personal data.
            log.error("worker: a turn failed: %s", type(task.exception()).__name__)

    async def _serve(self, claimed: inbox.Claim) -> None:
        if claimed.turn_id is None:
            await self._bell.ring(events=[str(claimed.conversation_id)])
            return
        try:
            answer = await self._assistant.ask(
                claimed.conversation_id, claimed.turn_id, claimed.text, claimed.payload, claimed.context or {}
            )
        except NoAnswer as nothing:
            await inbox.retry_or_give_up(self._store, self._templates, claimed, nothing.why)
        else:
            await self._store_answer(claimed, answer)
        self._wake_senders()
        self._news_wake.set()  # what the turn changed may have to be told, and what waited for its end may be due
        await self._bell.ring("outbox", events=[str(claimed.conversation_id)])

    async def _store_answer(self, claimed: inbox.Claim, answer: Answer) -> None:
        try:
            await inbox.store_answer(self._store, self._templates, claimed, answer)
        except (SQLAlchemyError, ZeloError) as error:  # an answer that cannot be stored ends at the desk, too
            log.error("worker: an answer could not be stored: %s", type(error).__name__)
            await inbox.retry_or_give_up(self._store, self._templates, claimed, "not_stored")

    async def _fetch_files(self) -> None:
        while True:
            self._media_wake.clear()
            try:
                while any(await asyncio.gather(*(self._fetcher.fetch_due() for _ in range(FILES_AT_ONCE)))):
                    pass
            except (SQLAlchemyError, OSError) as error:
                log.warning("worker: files wait (%s)", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._media_wake.wait(), LOOK_BY_ITSELF)

    async def _send_mail(self) -> None:
        while True:
            with contextlib.suppress(SQLAlchemyError, OSError):
                while await self._mailer.send_due():
                    pass
            await asyncio.sleep(LOOK_BY_ITSELF)

    async def _tell_erp(self) -> None:
        while True:
            with contextlib.suppress(SQLAlchemyError, OSError):
                while await self._erp.send_due():
                    pass
            await asyncio.sleep(LOOK_BY_ITSELF)

    async def _watch_senders(self) -> None:
        """One sender task for each number that has something to send; the lock decides which process sends."""
        while True:
            with contextlib.suppress(SQLAlchemyError, OSError):
                async with self._store.sessions() as session:
                    query = select(OutboxRow.sender).where(OutboxRow.state.in_(WAITING)).distinct()
                    numbers = set((await session.execute(query)).scalars()) | {self._settings.twilio_from}
                for number in numbers - self._senders.keys():
                    sender = Sender(self._store, self._bell, self._client, self._templates, number)
                    self._senders[number] = (sender, asyncio.create_task(sender.run()))
            await asyncio.sleep(LOOK_BY_ITSELF)

    async def _tell_news(self) -> None:
        """What the plan's data have to tell people (`backend.events`), as soon as it is due."""
        while True:
            self._news_wake.clear()
            try:
                while (told := await news.tell_next(self._store, self._templates)) is not None:
                    if told.conversation_id is not None:
                        self._wake_senders()
                        await self._bell.ring("outbox", events=[str(told.conversation_id)])
            except (SQLAlchemyError, OSError) as error:
                log.warning("worker: news wait (%s)", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news_wake.wait(), LOOK_BY_ITSELF)

    async def _read_lists(self) -> None:
        """Finance's lists whose columns were confirmed; one takes seconds, so it waits for nothing else."""
        while True:
            with contextlib.suppress(SQLAlchemyError, OSError):
                while await lists.read_next(self._store):
                    pass
            await asyncio.sleep(LOOK_BY_ITSELF)

    async def _call_people(self) -> None:
        """Campaigns: what must not leave any more is taken back first, then who is due is called."""
        while True:
            try:
                await campaign_unsent.withdraw(self._store)
                if await campaigns.call_next(self._store, self._templates):
                    self._wake_senders()
                    await self._bell.ring("outbox")
            except (SQLAlchemyError, OSError) as error:
                log.warning("worker: campaigns wait (%s)", type(error).__name__)
            await asyncio.sleep(LOOK_BY_ITSELF)

    async def _follow_calls(self) -> None:
        """What became of campaigns' calls; once a minute, who has paid meanwhile."""
        loop, paid_after, fetched = asyncio.get_running_loop(), 0.0, campaign_calls.Fetched()
        while True:
            begun = loop.time()
            try:
                await campaign_calls.follow(self._store, self._client, fetched)
                if loop.time() >= paid_after:
                    paid_after = loop.time() + BOOKS_EVERY_SECONDS
                    await campaign_calls.stop_paid(self._store)
            except (SQLAlchemyError, OSError) as error:
                log.warning("worker: calls wait (%s)", type(error).__name__)
            rest = REST * (loop.time() - begun)
            await asyncio.sleep(min(max(FOLLOW_SECONDS, rest), LONGEST_REST))

    async def _follow_notices(self) -> None:
        """What became of the notices that were told, until each is judged."""
        follower = notices.Follower(self._store, self._client)
        while True:
            with contextlib.suppress(SQLAlchemyError, OSError):
                await follower.follow()
            await asyncio.sleep(FOLLOW_SECONDS)

    async def _keep_house(self) -> None:
        while True:
            for duty in (self.end_silent, self.remind, self.end_offers, self.look_at_books, self.end_waiting):
                try:
                    await duty()
                except (SQLAlchemyError, OSError, ZeloError) as error:  # one that fails stops none of the others
                    log.warning("worker: %s waits (%s)", duty.__name__, type(error).__name__)
            await asyncio.sleep(HOUSEKEEPING_SECONDS)

    async def remind(self) -> int:
        """Notes the reminders that are due; gives how many. Several workers share them: rows are locked."""
        return await self._until_done(due.remind)

    async def end_offers(self) -> int:
        """Ends offers of the waiting list that nobody answered and offers the slots on; gives how many."""
        return await self._until_done(due.end_offers)

    async def look_at_books(self) -> int:
        """Once a minute: the day's sheets that are due, and what nobody came back to; gives how many sheets."""
        moment = asyncio.get_running_loop().time()
        if moment < self._books_after:
            return 0
        self._books_after = moment + BOOKS_EVERY_SECONDS
        async with self._store.unit_of_work() as session:
            now = await business_now(session)
            await unfinished.forget_old(session, now=now)
            return await sheets.due(session, now=now)

    async def end_waiting(self) -> int:
        """Ends what lay ready for a beneficiary until its day; gives how many."""
        return await self._until_done(coming_of_age.expire_due)

    async def _until_done(self, duty: AgendaDuty) -> int:
        total = 0
        while True:
            async with self._store.unit_of_work() as session:
                done = await duty(session, now=await business_now(session))
            total += done
            if done < due.AT_ONCE:
                break
        if total:
            self._news_wake.set()
        return total

    async def end_silent(self) -> int:
        """Ends the episodes that were silent for the set hours; gives how many."""
        async with self._store.engine.begin() as connection:
            ended = await end_silent(connection)
        if ended:
            await self._bell.ring(events=ended)
        return len(ended)

"""Rasa's door for the dispatch: one route, a bearer token, a lock for each conversation."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import time
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, Optional, Text

from psycopg2.pool import PoolError, ThreadedConnectionPool
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.turn import ActionFailed, inner_store, run_turn, trust_our_actions, watch_actions

logger = logging.getLogger(__name__)

LOCK_WAIT_SECONDS = 15.0
LOCK_LOOK_SECONDS = 0.02
MOST_CONNECTIONS = 40


class Busy(Exception):
    """The conversation's lock was not to be had in time."""


class ConversationLocks:
    """PostgreSQL's advisory locks, so that one conversation is in one Rasa's hand, however many there are."""

    def __init__(self, url: str) -> None:
        self._pool = ThreadedConnectionPool(1, MOST_CONNECTIONS, url)

    @asynccontextmanager
    async def hold(self, conversation: str) -> AsyncIterator[None]:
        """Waits for the lock of a conversation; Busy after a while. A lost connection lets go of its lock."""
        deadline = time.monotonic() + LOCK_WAIT_SECONDS
        connection = await self._connection(deadline)
        good = False
        try:
            connection.autocommit = True
            while not self._try(connection, conversation):
                if time.monotonic() > deadline:
                    raise Busy
                await asyncio.sleep(LOCK_LOOK_SECONDS)
            try:
                yield
            finally:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (f"zelo.turn:{conversation}",))
            good = True
        except (Busy, ActionFailed):
            good = True
            raise
        finally:
            self._pool.putconn(connection, close=not good or bool(connection.closed))

    async def _connection(self, deadline: float) -> Any:
        while True:
            try:
                return self._pool.getconn()
            except PoolError:
                if time.monotonic() > deadline:
                    raise Busy from None
                await asyncio.sleep(LOCK_LOOK_SECONDS)

    @staticmethod
    def _try(connection: Any, conversation: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (f"zelo.turn:{conversation}",))
            return bool(cursor.fetchone()[0])


class ZeloInput(InputChannel):
    """`POST /webhooks/zelo/turn`: a turn in, its answer out, the same one however often it is asked."""

    @classmethod
    def name(cls) -> Text:
        """The part of the route's address."""
        return "zelo"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> InputChannel:
        """Rasa's constructor. The token is in the environment: files are committed, tokens are not."""
        return cls()

    def __init__(self) -> None:
        self._token = os.environ.get("ZELO_RASA_TOKEN", "")
        self._locks: Optional[ConversationLocks] = None
        trust_our_actions()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The channel's routes. Rasa's own way into a conversation (`on_new_message`) is not used."""
        routes = Blueprint("zelo_webhook")

        @routes.route("/", methods=["GET"])
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            if not self._authorized(request):
                return response.json({"error": "unauthorized"}, status=401)
            return await self._answer(request)

        return routes

    def _authorized(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return bool(self._token) and hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())

    async def _answer(self, request: Request) -> HTTPResponse:
        question = request.json
        if not isinstance(question, dict) or not question.get("conversation") or not question.get("turn"):
            return response.json({"error": "conversation and turn are needed"}, status=400)
        agent = request.app.ctx.agent
        if agent is None or not agent.is_ready():
            return response.json({"error": "no model"}, status=503)
        watch_actions(agent.processor.action_endpoint)
        try:
            async with self._lock().hold(question["conversation"]):
                answer = await run_turn(agent.processor, inner_store(agent.tracker_store), question)
        except Busy:
            return response.json({"error": "busy"}, status=503)
        except ActionFailed as failed:
            logger.warning("turn not saved: an action failed (%s)", failed)
            return response.json({"error": "action"}, status=503)
        except Exception as error:  # noqa: BLE001 (its text may hold what a person wrote)
            logger.error("turn not saved: %s", type(error).__name__)
            return response.json({"error": "store"}, status=503)
        return response.json(answer)

    def _lock(self) -> ConversationLocks:
        if self._locks is None:
            self._locks = ConversationLocks(os.environ["ZELO_RASA_DATABASE_URL"])
        return self._locks

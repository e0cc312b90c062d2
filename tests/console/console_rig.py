"""The console on a database of the test's own: people, conversations, a browser's cookies."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from backend.actor import ASSISTANT, SYSTEM
from backend.audit import AuditRow
from backend.beneficiaries import Beneficiary
from backend.demo import load_people
from backend.identity import verbs as identity
from backend.protocols.tables import Protocol
from backend.store.bell import Bell
from backend.store.clock import business_now
from backend.store.engine import Store
from handoff.access import verbs as access
from handoff.access.tables import Account
from handoff.console import errors, routes
from handoff.conversations import ownership
from handoff.conversations.options import Option
from handoff.conversations.tables import Conversation, Message, Turn
from handoff.desk.tables import TeamMember
from handoff.whatsapp import outgoing
from handoff.whatsapp.inbound import InboundMedia, InboundMessage
from handoff.whatsapp.ingest import store_messages
from handoff.whatsapp.outgoing import Draft
from handoff.whatsapp.templates import Templates

PASSWORD = "senha-de-teste"
OUR_ADDRESS = "whatsapp:+559830000000"
ANA = "whatsapp:+5598988000001"
BRUNO = "whatsapp:+5598988000002"
CARLOS = "whatsapp:+5598988000003"
ANAS_CPF = "52998224725"
BRUNOS_CPF = "11144477735"
CARLOS_CPF = "39053344705"
DEBORAS_CPF = "15350946056"
T = TypeVar("T")
TEMPLATES = Templates(
    {
        "conversation_waiting": "Aqui é da {{1}}. Responda para continuar.",
        "campaign_greeting": "Olá, {{1}}! Aqui é da {{2}}. Falo com {{3}}?",
    },
    {"campaign_greeting": f"HX{'0' * 32}"},
)


def application(database_url: str, redis_url: str) -> FastAPI:
    """The console alone, as the web process carries it; its connections belong to the loop that serves it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store, bell = Store(database_url), Bell(redis_url)
        app.state.store, app.state.bell, app.state.templates = store, bell, TEMPLATES
        yield
        await bell.close()
        await store.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(routes.router)
    routes.mount_static(app)
    errors.install(app)
    return app


def inbound(
    sender: str,
    body: str,
    *,
    name: str = "Ana Beatriz",
    kind: str = "text",
    media: tuple[InboundMedia, ...] = (),
    **form: str,
) -> InboundMessage:
    return InboundMessage(
        sid=f"SM{uuid4().hex}", sender=sender, recipient=OUR_ADDRESS, phone=sender.removeprefix("whatsapp:"),
        profile_name=name, kind=kind, body=body, media=media, form=form,
    )  # fmt: skip


@dataclass
class Desk:
    """What tests do to the database, in the words of the desk."""

    store: Store
    bell: Bell

    async def account(self, username: str, name: str, role: str = "attendant", teams: tuple[str, ...] = ()) -> Account:
        async with self.store.unit_of_work() as session:
            account = await access.add_account(
                session, username=username, name=name, role=role, password=PASSWORD, actor=SYSTEM,
                now=await business_now(session),
            )  # fmt: skip
            session.add_all(TeamMember(team=team, account_id=account.id) for team in teams)
        return account

    async def receives(self, *messages: InboundMessage) -> UUID:
        """The conversation of the last message."""
        touched = await store_messages(self.store.engine, list(messages))
        await self.bell.ring(events=touched.conversations)
        return UUID(touched.conversations[-1])

    async def write(self, sender: str, body: str, **fields: object) -> UUID:
        return await self.receives(inbound(sender, body, **fields))  # type: ignore[arg-type]

    async def assistant_says(self, conversation_id: UUID, text: str, options: tuple[str, ...] = ()) -> Message:
        draft = Draft(text, tuple(Option(title, {"intent": "greet"}) for title in options))
        return (await self.assistant_sends(conversation_id, draft))[-1]

    async def assistant_sends(self, conversation_id: UUID, draft: Draft, **keys: str) -> list[Message]:
        async with self.store.unit_of_work() as session:
            conversation = await session.get_one(Conversation, conversation_id)
            return await outgoing.send(
                session, TEMPLATES, conversation=conversation, draft=draft, actor=ASSISTANT,
                now=await business_now(session), **keys,
            )  # fmt: skip

    async def hand_over(
        self,
        conversation_id: UUID,
        team: str = "scheduling",
        *,
        reason: str = "asked",
        summary: str = "",
        priority: int = 0,
    ) -> None:
        async with self.store.unit_of_work() as session:
            conversation = await ownership.lock(session, conversation_id)
            await ownership.hand_over(
                session, conversation=conversation, team=team, reason=reason, summary=summary, priority=priority,
                actor=ASSISTANT, now=await business_now(session),
            )  # fmt: skip
        await self.bell.ring(events=[str(conversation_id)])

    async def change(self, entity: type[object], key: object, **values: object) -> None:
        async with self.store.unit_of_work() as session:
            row = await session.get_one(entity, key)
            for name, value in values.items():
                setattr(row, name, value)

    async def add(self, *rows: object) -> None:
        async with self.store.unit_of_work() as session:
            session.add_all(rows)

    async def now(self) -> datetime:
        async with self.store.unit_of_work() as session:
            return await business_now(session)

    async def known_person(self, conversation_id: UUID) -> Beneficiary:
        """Ana of the demo, verified in the conversation, with a protocol open."""
        now = await self.now()
        async with self.store.unit_of_work() as session:
            await load_people(session, actor=SYSTEM, now=now)
            person = await session.scalar(select(Beneficiary).where(Beneficiary.cpf == ANAS_CPF))
            assert person is not None
            await identity.vouch(session, conversation_id=conversation_id, beneficiary=person, actor=ASSISTANT, now=now)
        await self.add(
            Protocol(
                number="99999920261122000017", kind="appointment", team="scheduling", opened_at=now,
                due_at=datetime(2031, 1, 2, 3, tzinfo=UTC), conversation_id=conversation_id,
                beneficiary_id=person.id, request_key=str(uuid4()),
            )
        )  # fmt: skip
        return person

    async def loads(self, *parts: Callable[..., Awaitable[int]]) -> None:
        """Demo people, and the parts of the demo that the test needs."""
        now = await self.now()
        async with self.store.unit_of_work() as session:
            for part in (load_people, *parts):
                await part(session, actor=SYSTEM, now=now)

    async def person(self, cpf: str) -> Beneficiary:
        async with self.store.unit_of_work() as session:
            found = await session.scalar(select(Beneficiary).where(Beneficiary.cpf == cpf))
        assert found is not None
        return found

    async def verified(self, conversation_id: UUID, cpf: str) -> Beneficiary:
        """Somebody of the demo, verified in the conversation."""
        now, person = await self.now(), await self.person(cpf)
        async with self.store.unit_of_work() as session:
            await identity.vouch(session, conversation_id=conversation_id, beneficiary=person, actor=ASSISTANT, now=now)
        return person

    async def audited(self, action: str) -> list[AuditRow]:
        async with self.store.unit_of_work() as session:
            query = select(AuditRow).where(AuditRow.action == action)
            return list(await session.scalars(query.order_by(AuditRow.id)))

    async def rows(self, entity: type[T], *conditions: Any) -> list[T]:
        async with self.store.unit_of_work() as session:
            return list(await session.scalars(select(entity).where(*conditions)))

    async def turn(self, conversation_id: UUID, state: str = "answered") -> Turn:
        now = await self.now()
        turn = Turn(conversation_id=conversation_id, state=state, text="", asked_at=now, first_tried_at=now)
        await self.add(turn)
        return turn

    async def messages(self, conversation_id: UUID, direction: str) -> list[Message]:
        async with self.store.unit_of_work() as session:
            query = select(Message).where(Message.conversation_id == conversation_id, Message.direction == direction)
            return list((await session.execute(query.order_by(Message.id))).scalars())

    async def conversation(self, conversation_id: UUID) -> Conversation:
        async with self.store.unit_of_work() as session:
            return await session.get_one(Conversation, conversation_id)

    async def claimed_by(self, browser: Browser, sender: str = ANA, cpf: str = "", **fields: str) -> str:
        """The path of a conversation that this browser's attendant has, its person verified where a CPF is given."""
        conversation = await self.write(sender, "preciso de ajuda", **fields)
        if cpf:
            await self.verified(conversation, cpf)
        await self.hand_over(conversation)
        assert (await browser.post(f"/conversations/{conversation}/claim")).status_code == 200
        return f"/conversations/{conversation}"


def key() -> str:
    return str(uuid4())


OpenBrowser = Callable[..., Awaitable["Browser"]]
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Browser:
    """An httpx client that is signed in, with the token that its pages carry."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.csrf = ""

    async def log_in(self, username: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        page = await self.client.get("/login")
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert token is not None
        form = {"username": username, "password": password, "csrf": token[1], **fields}
        answer = await self.client.post("/login", data=form)
        if answer.status_code == 303:
            start = await self.client.get("/")
            found = re.search(r'"X-CSRF-Token": "([^"]+)"', start.text)
            assert found is not None
            self.csrf = found[1]
        return answer

    async def get(self, path: str, *, fragment: bool = False, **options: object) -> httpx.Response:
        return await self.client.get(path, headers=FRAGMENT if fragment else {}, **options)  # type: ignore[arg-type]

    async def post(self, path: str, *, csrf: str | None = None, **form: str | list[str]) -> httpx.Response:
        headers = {**FRAGMENT, "X-CSRF-Token": self.csrf if csrf is None else csrf}
        return await self.client.post(path, data=form, headers=headers)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application on a free port of the loopback, in a thread of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)

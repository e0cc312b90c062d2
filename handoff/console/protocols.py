"""Protocols in the panel: the person's and the conversation's, their history, and what is done under their number."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from backend.errors import InvalidInput, NotAllowed, Taken
from backend.protocols import verbs
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol, ProtocolEntry
from handoff.access.tables import Account
from handoff.console.errors import status_of
from handoff.console.panel import Fields, Panel, Section, hand_of, identifier, key_of, show, typed
from handoff.console.session import Signed
from handoff.desk import protocols as desk

MOST = 30
WHO = {"person": "Pessoa", "assistant": "Assistente", "system": "Zelo"}

router = APIRouter(prefix="/conversations/{conversation_id}/protocols")


async def _protocols(session: AsyncSession, panel: Panel, fields: Fields) -> dict[str, Any]:
    """The list, open ones first; or one protocol with its history, where `protocol` says which."""
    rows = {one.id: one for one in await verbs.of_conversation(session, panel.conversation.id)}
    if panel.person is not None:
        rows |= {one.id: one for one in await verbs.of_beneficiary(session, panel.person.id, limit=MOST)}
    newest_first = sorted(rows.values(), key=lambda one: one.opened_at, reverse=True)
    found: dict[str, Any] = {
        "rows": sorted(newest_first, key=lambda one: one.state == "closed"),
        "kinds": sorted(KINDS.values(), key=lambda kind: kind.title),
        "channels": desk.CHANNELS, "one": None, "text": fields.get("text", ""), "titles": KINDS,
    }  # fmt: skip
    if fields.get("protocol"):
        found |= await _one(session, rows.get(identifier(fields["protocol"])))
    return found


async def _one(session: AsyncSession, protocol: Protocol | None) -> dict[str, Any]:
    if protocol is None:
        raise NotAllowed("Esse protocolo é de outra pessoa.", detail="protocol of somebody else")
    history = await verbs.history(session, protocol.id)
    return {
        "one": protocol, "history": await _signed(session, history), "seen": desk.newest(history),
        "on_board": desk.is_decided_on_a_board(protocol),
    }  # fmt: skip


async def _signed(session: AsyncSession, history: Any) -> list[tuple[ProtocolEntry, str]]:
    ids = {UUID(line.actor_id) for line in history if line.actor_kind == "attendant" and line.actor_id}
    rows = await session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    names = {str(account_id): name for account_id, name in rows}
    return [(line, WHO.get(line.actor_kind) or names.get(line.actor_id, "Atendimento")) for line in history]


SECTION = Section("protocols", _protocols)


@router.post("")
async def open_new(request: Request, conversation_id: UUID, visitor: Signed) -> Response:
    """A new protocol for what the person asks, whatever the channel."""
    fields = await typed(request)
    async with hand_of(request, visitor, conversation_id, key_of(fields, "open")) as hand:
        await desk.open_new(
            hand, kind=fields.get("kind", ""), channel=fields.get("channel", ""), text=fields.get("text", ""),
            tell=fields.get("tell") == "1",
        )  # fmt: skip
    who = {"who": fields.get("who", "")}
    return await show(request, visitor, conversation_id, SECTION, who, done="Protocolo aberto.")


@router.post("/{protocol_id}/reply")
async def reply(request: Request, conversation_id: UUID, protocol_id: UUID, visitor: Signed) -> Response:
    """An answer under the protocol's number; the person is told."""
    return await _write(request, conversation_id, protocol_id, visitor, verb=desk.reply, done="Resposta registrada.")


@router.post("/{protocol_id}/wait")
async def wait(request: Request, conversation_id: UUID, protocol_id: UUID, visitor: Signed) -> Response:
    """The protocol waits for something."""
    return await _write(request, conversation_id, protocol_id, visitor, verb=desk.wait, done="Protocolo em espera.")


@router.post("/{protocol_id}/close")
async def close(request: Request, conversation_id: UUID, protocol_id: UUID, visitor: Signed) -> Response:
    """The protocol ends."""
    return await _write(request, conversation_id, protocol_id, visitor, verb=desk.close, done="Protocolo concluído.")


async def _write(
    request: Request,
    conversation_id: UUID,
    protocol_id: UUID,
    visitor: Signed,
    *,
    verb: Callable[..., Awaitable[None]],
    done: str,
) -> Response:
    """One of the three; where the protocol changed meanwhile, its news and what was typed stand side by side."""
    fields = await typed(request)
    seen = fields.get("seen", "")
    back = {"who": fields.get("who", ""), "protocol": str(protocol_id)}
    try:
        async with hand_of(request, visitor, conversation_id, key_of(fields, verb.__name__, protocol_id)) as hand:
            await verb(
                hand, protocol_id=protocol_id, seen=int(seen) if seen.isdecimal() else 0, text=fields.get("text", "")
            )
    except (Taken, InvalidInput) as problem:
        again, status = back | {"text": fields.get("text", "")}, status_of(problem)
        return await show(request, visitor, conversation_id, SECTION, again, problem=problem, status=status)
    return await show(request, visitor, conversation_id, SECTION, back, done=done)

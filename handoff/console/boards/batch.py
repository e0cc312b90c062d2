"""Several protocols settled with one form: each by itself, so that one that cannot be does not hold up the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from starlette.requests import Request

from backend.errors import InvalidInput, NotFound, ZeloError
from backend.protocols import verbs as protocols
from handoff.console.boards import access
from handoff.console.panel import Fields, identifier, key_of
from handoff.console.session import Visitor, bell_of, store_of
from handoff.desk.boards import decisions
from handoff.desk.boards.work import take_up

MOST = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """A move that needs no words, so that it may be made for many at once: of one kind, from one stage."""

    kind: str
    stage: str
    move: str
    label: str

    @property
    def code(self) -> str:
        """Its name in forms."""
        return f"{self.kind}.{self.stage}.{self.move}"


BATCHES = (
    Batch("coming_of_age", "waiting_beneficiary", "confirm", "Concluir os escolhidos"),
    Batch("holder_change", "original", "finish", "Concluir as trocas escolhidas"),
    Batch("charge_dispute", "with_finance", "settle", "Confirmar os descontos escolhidos"),
    Batch("charge_dispute", "at_treasury", "settle", "Confirmar os descontos escolhidos"),
)


@dataclass(slots=True)
class Outcome:
    """How it went: the numbers that were settled, and with each that was not, why."""

    settled: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


async def carry_out(request: Request, visitor: Visitor, fields: Fields, chosen: Sequence[str]) -> Outcome:
    """The move for each chosen protocol, in a transaction of its own.

    InvalidInput for a move that is no batch's, without any, or for too many.
    """
    batch = next((one for one in BATCHES if one.code == fields.get("batch")), None)
    if batch is None:
        raise InvalidInput("Escolha o que fazer com os protocolos.", detail="batch")
    if not chosen:
        raise InvalidInput("Marque pelo menos um protocolo.", detail="nothing chosen")
    if len(chosen) > MOST:
        raise InvalidInput(f"Marque no máximo {MOST} protocolos de cada vez.", detail="too many")
    outcome, rings = Outcome(), []
    for protocol_id in dict.fromkeys(map(identifier, chosen)):
        key = key_of(fields, batch.move, protocol_id)
        number = ""
        try:
            number, rang = await _one(request, visitor, protocol_id, batch, key)
        except ZeloError as error:
            outcome.failed.append((await _number(request, protocol_id), error.message))
        else:
            outcome.settled.append(number)
            rings += rang
    if rings:
        await bell_of(request).ring("events", "outbox", events=rings)
    return outcome


async def _one(request: Request, visitor: Visitor, protocol_id: UUID, batch: Batch, key: str) -> tuple[str, list[str]]:
    """One of them; gives its number and whom to ring."""
    async with store_of(request).unit_of_work() as session:
        found = await access.opened(session, visitor, protocol_id)
        work = await take_up(session, protocol_id=protocol_id, actor=visitor.actor, now=visitor.now, key=key)
        if work.repeated:
            return work.protocol.number, []
        access.check_works(visitor, found)
        here = (work.protocol.kind, work.protocol.stage) == (batch.kind, batch.stage)
        if not here:
            raise InvalidInput("Este protocolo já saiu desta coluna.", detail="another stage meanwhile")
        await decisions.decide(work, batch.move, {})
        return work.protocol.number, access.ringing(found)


async def _number(request: Request, protocol_id: UUID) -> str:
    async with store_of(request).unit_of_work() as session:
        try:
            return (await protocols.get(session, protocol_id)).number
        except NotFound:
            return str(protocol_id)

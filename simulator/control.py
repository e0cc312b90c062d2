"""What tests, benchmarks and the page may do to the simulator. This machine only, no credentials."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from simulator.bubbles import bubble, phone_card
from simulator.credentials import from_this_machine
from simulator.delivery import mark_all_read
from simulator.drafts import BadAttachment, InboundRequest, PhoneNumber
from simulator.exchange import Exchange
from simulator.faults import FaultPlan
from simulator.inbound import send_inbound, write_inbound
from simulator.log import attempt_entry
from simulator.model import Inbound
from simulator.webhook import Webhook, post_once

router = APIRouter(prefix="/control")
Local = Annotated[Exchange, Depends(from_this_machine)]


class NewPhone(BaseModel):
    """A telephone to be added to the list."""

    model_config = ConfigDict(extra="forbid")

    phone: PhoneNumber
    name: str = Field(default="", max_length=80)


class ClockOffset(BaseModel):
    """Where the clock should stand."""

    model_config = ConfigDict(extra="forbid")

    offset_seconds: float


@router.post("/inbound")
async def write(wanted: InboundRequest, exchange: Local) -> dict[str, object]:
    """Write on a telephone; with `wait`, answer only when the webhook has been answered."""
    try:
        drafts = wanted.drafts(exchange.clock.now())
    except BadAttachment as error:
        raise HTTPException(422, f"O arquivo não pôde ser lido: {error}") from error
    written = [write_inbound(exchange, draft) for draft in drafts]
    posts = [post for inbound in written for post in send_inbound(exchange, inbound, wanted.copies)]
    if wanted.wait:
        await asyncio.gather(*posts)
    return {"messages": [_outcome(inbound) for inbound in written]}


@router.post("/retry/{sid}")
async def retry(sid: str, exchange: Local) -> dict[str, object]:
    """Post a message again that was given up: the same form, SID and idempotency token."""
    inbound = exchange.store.inbound.get(sid)
    if inbound is None:
        raise HTTPException(404, "Mensagem desconhecida.")
    await asyncio.gather(*send_inbound(exchange, inbound))
    return _outcome(inbound)


@router.post("/faults")
async def set_faults(plan: FaultPlan, exchange: Local) -> FaultPlan:
    """Put the named faults in force; the others stay as they are."""
    exchange.faults.change(plan)
    return exchange.faults.plan


@router.get("/faults")
async def faults(exchange: Local) -> FaultPlan:
    """The faults in force."""
    return exchange.faults.plan


@router.delete("/faults")
async def clear_faults(exchange: Local) -> FaultPlan:
    """Nothing goes wrong any more."""
    exchange.faults.clear()
    return exchange.faults.plan


@router.get("/log")
async def log(exchange: Local) -> dict[str, object]:
    """Everything that was sent and written, in order, and the busiest second of each sender."""
    return exchange.log.as_json()


@router.delete("/log", status_code=204)
async def clear_log(exchange: Local) -> None:
    """Begin a new log; messages stay on the telephones."""
    exchange.log.clear()


@router.get("/phones")
async def phones(exchange: Local) -> list[dict[str, object]]:
    """The telephones, in the order in which they became known."""
    return [phone_card(exchange, phone) for phone in exchange.store.phones.values()]


@router.post("/phones", status_code=201)
async def add_phone(wanted: NewPhone, exchange: Local) -> dict[str, object]:
    """Add a telephone."""
    return phone_card(exchange, exchange.store.phone(wanted.phone, wanted.name.strip()))


@router.get("/phones/{phone}/messages")
async def messages(phone: PhoneNumber, exchange: Local) -> list[dict[str, object]]:
    """A telephone's messages in both directions, those that failed too, oldest first."""
    number = exchange.store.whatsapp_number(phone)
    return [bubble(exchange, message) for message in exchange.store.messages_of(number)]


@router.post("/phones/{phone}/read", status_code=204)
async def read(phone: PhoneNumber, exchange: Local) -> None:
    """The owner has opened the conversation: what was delivered becomes read."""
    mark_all_read(exchange, exchange.store.whatsapp_number(phone))


@router.get("/events")
async def events(exchange: Local, phone: PhoneNumber | None = None) -> StreamingResponse:
    """News of all telephones; while it is open, `phone` counts as being looked at."""

    async def stream() -> AsyncIterator[str]:
        viewed = exchange.store.phone(phone) if phone else None
        if viewed:
            viewed.viewers += 1
        try:
            async for event in exchange.events.listen():
                yield event
        finally:
            if viewed:
                viewed.viewers -= 1

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.get("/clock")
async def clock(exchange: Local) -> dict[str, object]:
    """The simulated time and its distance from the real one."""
    return _clock(exchange)


@router.post("/clock")
async def move_clock(wanted: ClockOffset, exchange: Local) -> dict[str, object]:
    """Move the clock, and the product's with it; if the product does not follow, say so."""
    exchange.clock.move_to(wanted.offset_seconds)
    form = {"offset_seconds": f"{wanted.offset_seconds:.0f}"}
    attempt = await post_once(exchange, Webhook(exchange.settings.clock_url, form))
    exchange.events.publish("clock", _clock(exchange))
    return {**_clock(exchange), "forwarded": {**attempt_entry(attempt), "ok": attempt.succeeded}}


def _clock(exchange: Exchange) -> dict[str, object]:
    return {
        "offset_seconds": exchange.clock.offset.total_seconds(),
        "now": exchange.clock.now().isoformat(),
    }


def _outcome(inbound: Inbound) -> dict[str, object]:
    return {
        "sid": inbound.message.sid,
        "status_codes": [attempt.status for attempt in inbound.attempts],
        "attempts": [attempt_entry(attempt) for attempt in inbound.attempts],
        "given_up": inbound.given_up,
    }

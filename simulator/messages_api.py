"""Twilio's Messages API: accept, list, fetch."""

import asyncio
import time
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from simulator.connection import CutConnection
from simulator.content import needs_open_window, parse_variables, render
from simulator.credentials import authenticated
from simulator.delivery import deliver
from simulator.errors import TwilioError, invalid, not_found
from simulator.exchange import Exchange
from simulator.listing import list_messages
from simulator.model import WHATSAPP_ADDRESS, Content, Message, new_sid

MAX_BODY = 1600
MAX_MEDIA = 10

router = APIRouter(prefix="/2010-04-01/Accounts/{account_sid}")
Authenticated = Annotated[Exchange, Depends(authenticated)]
Form = Mapping[str, list[str]]


@router.post("/Messages.json")
async def create_message(request: Request, exchange: Authenticated) -> Response:
    """Accept a message; every POST makes a new one, as there is no key to recognise a repeat by."""
    faults = exchange.faults
    if faults.plan.accept_delay:
        await asyncio.sleep(faults.plan.accept_delay)
    if faults.take("drop_before_accept"):
        return CutConnection()
    form = parse_qs((await request.body()).decode(), keep_blank_values=True)
    try:
        _refuse_on_demand(exchange)
        message = _accept(exchange, form)
    except TwilioError as error:
        exchange.log.refusal(error.status, error.code)
        raise
    exchange.store.add_message(message)
    exchange.log.accepted(message)
    answer = message.resource(exchange.settings.account_sid)
    exchange.spawn(deliver(exchange, message))
    if faults.plan.response_delay:
        await asyncio.sleep(faults.plan.response_delay)
    if faults.take("accept_then_drop"):
        return CutConnection()
    return JSONResponse(answer, status_code=201)


@router.get("/Messages.json")
async def messages(request: Request, exchange: Authenticated) -> dict[str, object]:
    """A page of the account's messages, newest first."""
    return list_messages(exchange, request.query_params)


@router.get("/Messages/{message_sid}.json")
async def message(message_sid: str, request: Request, exchange: Authenticated) -> dict[str, object]:
    """One message."""
    known = exchange.store.messages.get(message_sid)
    if known is None:
        raise not_found(request.url.path)
    return known.resource(exchange.settings.account_sid)


def _refuse_on_demand(exchange: Exchange) -> None:
    refusal = exchange.faults.take_refusal()
    if refusal is not None:
        headers = {} if refusal.retry_after is None else {"Retry-After": f"{refusal.retry_after:g}"}
        raise TwilioError(refusal.status, refusal.code, "Refused on demand", headers)


def _accept(exchange: Exchange, form: Form) -> Message:
    recipient, sender = _addresses(exchange, form)
    body, media_urls = _one(form, "Body") or "", [url for url in form.get("MediaUrl", []) if url]
    content, rendered, free_form = _content(exchange, form), None, True
    if content is not None:
        rendered = render(content, parse_variables(_one(form, "ContentVariables")))
        body, free_form = rendered.body, needs_open_window(content)
    _check_substance(body, media_urls)
    number = recipient.removeprefix("whatsapp:")
    return Message(
        sid=new_sid("MM" if media_urls else "SM"),
        phone=exchange.store.whatsapp_number(number),
        sender=sender,
        recipient=recipient,
        body=body,
        created_at=exchange.clock.now(),
        accepted_at=time.time(),
        media_urls=media_urls,
        content_sid=content.sid if content else None,
        rendered=rendered,
        free_form=free_form,
        status_callback=_one(form, "StatusCallback"),
    )


def _addresses(exchange: Exchange, form: Form) -> tuple[str, str]:
    recipient, sender = _one(form, "To"), _one(form, "From")
    if not recipient:
        raise invalid(21604, "A 'To' address is required")
    if not sender:
        raise invalid(21603, "A 'From' address is required")
    if not WHATSAPP_ADDRESS.fullmatch(recipient):
        raise invalid(21211, f"The 'To' address {recipient} is not valid")
    if sender != exchange.settings.sender:
        raise invalid(63007, "No channel was found for the 'From' address")
    return recipient, sender


def _content(exchange: Exchange, form: Form) -> Content | None:
    content_sid = _one(form, "ContentSid")
    if not content_sid:
        return None
    content = exchange.store.contents.get(content_sid)
    if content is None:
        raise invalid(21655, "The ContentSid parameter is invalid")
    return content


def _check_substance(body: str, media_urls: list[str]) -> None:
    if not body.strip() and not media_urls:
        raise invalid(21619, "A body, media or content is required")
    if len(body) > MAX_BODY:
        raise invalid(21617, f"The message is longer than {MAX_BODY} characters")
    if len(media_urls) > MAX_MEDIA:
        raise invalid(21623, f"At most {MAX_MEDIA} media are allowed")


def _one(form: Form, name: str) -> str | None:
    values = form.get(name)
    return values[0] if values else None

"""Messages that people write: Twilio's form for each, posted to the product's webhook."""

import asyncio
import time
from dataclasses import dataclass, field

from simulator.bubbles import announce, announce_phone
from simulator.exchange import Exchange
from simulator.model import Attempt, Choice, Inbound, Media, Message, new_sid
from simulator.webhook import Webhook, post_with_retry


@dataclass(slots=True)
class Draft:
    """What a person is about to send; at most one file, as the channel has it."""

    phone: str
    body: str = ""
    profile_name: str = ""
    message_type: str = "text"
    media: Media | None = None
    button: Choice | None = None
    list_item: Choice | None = None
    location: dict[str, str] | None = None
    reply_to: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
    signature: str = "good"


def write_inbound(exchange: Exchange, draft: Draft) -> Inbound:
    """Put a message on the telephone; `post_inbound` then takes it to the webhook."""
    owner = exchange.store.phone(draft.phone, draft.profile_name)
    now = exchange.clock.now()
    message = Message(
        sid=new_sid("MM" if draft.media else "SM"),
        phone=draft.phone,
        sender=f"whatsapp:{draft.phone}",
        recipient=exchange.settings.sender,
        body=draft.body,
        created_at=now,
        accepted_at=time.time(),
        inbound=True,
        status="received",
        sent_at=now,
        media=[draft.media] if draft.media else [],
    )
    form = inbound_form(exchange, draft, message)
    inbound = Inbound(message, form, draft.signature, location=draft.location)
    owner.last_inbound = now
    exchange.store.add_message(message)
    exchange.store.inbound[message.sid] = inbound
    exchange.log.inbound.append(inbound)
    announce(exchange, message)
    announce_phone(exchange, owner)
    return inbound


def send_inbound(exchange: Exchange, inbound: Inbound, copies: int = 1) -> "list[asyncio.Task[object]]":
    """Start posting a written message, `copies` times at once, behind what was typed before it."""
    typed_before = exchange.typed_before.get(inbound.message.phone)
    on_its_way = exchange.typed_before[inbound.message.phone] = asyncio.Event()
    return [exchange.spawn(_post_in_turn(exchange, inbound, typed_before, on_its_way)) for _ in range(copies)]


async def _post_in_turn(
    exchange: Exchange, inbound: Inbound, typed_before: asyncio.Event | None, on_its_way: asyncio.Event
) -> None:
    # The order of typing is kept by sending, not by answering: the next form leaves as soon as
    # this one is on the wire.
    if typed_before is not None:
        await typed_before.wait()
    webhook = Webhook(
        exchange.settings.webhook_url,
        inbound.form,
        inbound.signature,
        inbound.idempotency_token,
        when_sent=on_its_way.set,
    )

    def note(attempt: Attempt) -> None:
        inbound.attempts.append(attempt)
        exchange.log.attempted(inbound, attempt)

    inbound.given_up = False
    try:
        async with exchange.inbound_slots:
            attempts = await post_with_retry(exchange, webhook, note)
    finally:
        on_its_way.set()
    inbound.given_up = not any(attempt.succeeded for attempt in attempts)
    announce(exchange, inbound.message)


def inbound_form(exchange: Exchange, draft: Draft, message: Message) -> dict[str, str]:
    """Twilio's form for a message; a draft's extra fields come last and win."""
    owner = exchange.store.phone(draft.phone)
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": exchange.settings.account_sid,
        "ApiVersion": "2010-04-01",
        "From": message.sender,
        "To": message.recipient,
        "WaId": draft.phone.removeprefix("+"),
        "ProfileName": draft.profile_name or owner.name,
        "Body": draft.body,
        "MessageType": draft.message_type,
        "NumMedia": str(len(message.media)),
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "SmsStatus": "received",
    }
    form.update(_media_fields(exchange, message))
    form.update(_choice_fields(draft))
    if draft.location:
        form.update(draft.location)
    if draft.reply_to:
        form["OriginalRepliedMessageSid"] = draft.reply_to
        form["OriginalRepliedMessageSender"] = message.recipient
    return form | draft.extra


def _media_fields(exchange: Exchange, message: Message) -> dict[str, str]:
    fields = {}
    settings = exchange.settings
    prefix = f"{settings.base_url}/2010-04-01/Accounts/{settings.account_sid}/Messages/{message.sid}"
    for position, media in enumerate(message.media):
        fields[f"MediaUrl{position}"] = f"{prefix}/Media/{media.sid}"
        fields[f"MediaContentType{position}"] = media.content_type
    return fields


def _choice_fields(draft: Draft) -> dict[str, str]:
    if draft.button:
        return {"ButtonText": draft.button.title, "ButtonPayload": draft.button.id}
    if draft.list_item:
        return {"ListTitle": draft.list_item.title, "ListId": draft.list_item.id}
    return {}

"""What becomes of an accepted message: its statuses, and the callbacks that tell of them."""

import asyncio
import time
from datetime import timedelta

from simulator.bubbles import announce, announce_phone
from simulator.errors import MESSAGE_ERRORS, final_status
from simulator.exchange import Exchange
from simulator.fetching import fetched
from simulator.model import Message, StatusChange
from simulator.webhook import Webhook, post_with_retry

SERVICE_WINDOW = timedelta(hours=24)
OUT_OF_WINDOW = 63016
MEDIA_FAILED = 63019
SHUFFLE_SECONDS = 0.5


async def deliver(exchange: Exchange, message: Message) -> None:
    """Take a queued message to the telephone, or to the error it meets."""
    pause = exchange.settings.step_pause
    change_status(exchange, message, "queued")
    await asyncio.sleep(pause)
    change_status(exchange, message, "sending")
    error = await _obstacle(exchange, message)
    if error is not None:
        fail(exchange, message, error)
        return
    await asyncio.sleep(pause)
    message.sent_at = exchange.clock.now()
    change_status(exchange, message, "sent")
    await asyncio.sleep(pause)
    change_status(exchange, message, "delivered")
    _arrive(exchange, message)
    await asyncio.sleep(pause)
    if exchange.faults.plan.read or exchange.store.phone(message.phone).viewers:
        mark_read(exchange, message)


def mark_read(exchange: Exchange, message: Message) -> None:
    """The telephone's owner has seen a delivered message."""
    if not message.inbound and message.status == "delivered":
        change_status(exchange, message, "read")


def mark_all_read(exchange: Exchange, phone: str) -> None:
    """The telephone's owner has opened the conversation."""
    owner = exchange.store.phone(phone)
    owner.unread = 0
    for message in exchange.store.messages_of(phone):
        mark_read(exchange, message)
    announce_phone(exchange, owner)


def fail(exchange: Exchange, message: Message, code: int) -> None:
    """The message ends with an error."""
    message.error_code = code
    message.error_message = MESSAGE_ERRORS.get(code, "The message was not delivered")
    change_status(exchange, message, final_status(code))


def change_status(exchange: Exchange, message: Message, status: str) -> None:
    """Note the status and tell the page and, where an address was given, the callback."""
    message.status = status
    message.updated_at = exchange.clock.now()
    message.statuses.append(StatusChange(status, time.time()))
    announce(exchange, message)
    if message.status_callback:
        form = callback_form(exchange.settings.account_sid, message)
        exchange.spawn(_call_back(exchange, message.status_callback, form))


def callback_form(account_sid: str, message: Message) -> dict[str, str]:
    """Twilio's form for a status change."""
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "AccountSid": account_sid,
        "ApiVersion": "2010-04-01",
        "From": message.sender,
        "To": message.recipient,
        "MessageStatus": message.status,
        "SmsStatus": message.status,
        "ChannelInstallSid": "XE" + account_sid[2:],
        "ChannelPrefix": "whatsapp",
        "ChannelToAddress": message.recipient.removeprefix("whatsapp:"),
    }
    if message.status in {"delivered", "read"}:
        form["EventType"] = message.status.upper()
    if message.error_code is not None:
        form["EventType"] = "UNDELIVERED" if message.status == "undelivered" else "FAILED"
        form["ErrorCode"] = str(message.error_code)
        form["ErrorMessage"] = message.error_message or ""
        form["ChannelStatusMessage"] = message.error_message or ""
    return form


async def _obstacle(exchange: Exchange, message: Message) -> int | None:
    error = exchange.faults.error_for(message.phone)
    if error is not None:
        return error
    if message.free_form and not _window_is_open(exchange, message.phone):
        return OUT_OF_WINDOW
    if message.media_urls:  # one file a message: the channel leaves out the others
        media = await fetched(exchange, message.media_urls[0])
        if media is None:
            return MEDIA_FAILED
        exchange.store.add_media(media)
        message.media.append(media)
    return None


def _window_is_open(exchange: Exchange, phone: str) -> bool:
    last = exchange.store.phone(phone).last_inbound
    return last is not None and exchange.clock.now() - last < SERVICE_WINDOW


def _arrive(exchange: Exchange, message: Message) -> None:
    owner = exchange.store.phone(message.phone)
    if not owner.viewers:
        owner.unread += 1
    announce_phone(exchange, owner)


async def _call_back(exchange: Exchange, url: str, form: dict[str, str]) -> None:
    faults = exchange.faults
    plan = faults.plan.callbacks
    if faults.happens(plan.drop):
        return
    wait = plan.delay + (faults.random.uniform(0, SHUFFLE_SECONDS) if plan.shuffle else 0)
    posts = 2 if faults.happens(plan.double) else 1
    await asyncio.sleep(wait)
    webhook = Webhook(url, form)
    async with exchange.callback_slots:
        for _ in range(posts):
            await post_with_retry(exchange, webhook)

"""A message as a telephone shows it."""

from dataclasses import asdict

from simulator.errors import phone_note
from simulator.exchange import Exchange
from simulator.model import Inbound, Message, Phone


def bubble(exchange: Exchange, message: Message) -> dict[str, object]:
    """What the page needs to draw one message; `mine` is the telephone's owner."""
    inbound = exchange.store.inbound.get(message.sid)
    rendered = message.rendered
    return {
        "sid": message.sid,
        "phone": message.phone,
        "mine": message.inbound,
        "body": shown_text(message),
        "at": message.created_at.isoformat(),
        "status": _inbound_status(inbound) if inbound else message.status,
        "error_code": message.error_code,
        "note": phone_note(message.error_code) if message.error_code else None,
        "media": [
            {
                "url": media.cdn_path,
                "content_type": media.content_type,
                "name": media.name,
                "size": len(media.content),
            }
            for media in message.media
        ],
        "buttons": [asdict(choice) for choice in rendered.buttons] if rendered else [],
        "list_label": rendered.list_label if rendered else "",
        "items": [asdict(choice) for choice in rendered.items] if rendered else [],
        "message_type": inbound.form["MessageType"] if inbound else "text",
        "location": inbound.location if inbound else None,
        "reply_to": inbound.form.get("OriginalRepliedMessageSid") if inbound else None,
    }


def phone_card(exchange: Exchange, phone: Phone) -> dict[str, object]:
    """A telephone as the list at the side shows it."""
    seen = [message for message in exchange.store.messages_of(phone.number) if is_on_screen(message)]
    last = seen[-1] if seen else None
    return {
        "phone": phone.number,
        "name": phone.name,
        "unread": phone.unread,
        "preview": _preview(last) if last else "",
        "at": last.created_at.isoformat() if last else None,
    }


def shown_text(message: Message) -> str:
    """The text that the telephone shows: none beside a document of the central's."""
    kept = message.inbound or all(media.carries_caption for media in message.media)
    return message.body if kept else ""


def _preview(message: Message) -> str:
    return shown_text(message) or next((media.name for media in message.media), "arquivo")


def is_on_screen(message: Message) -> bool:
    """Whether the telephone's owner sees the message."""
    return message.inbound or message.status in {"delivered", "read"}


def announce(exchange: Exchange, message: Message) -> None:
    """Show a message, or its new state, on every open page."""
    exchange.events.publish("message", bubble(exchange, message))


def announce_phone(exchange: Exchange, phone: Phone) -> None:
    """Show a telephone's new card on every open page."""
    exchange.events.publish("phone", phone_card(exchange, phone))


def _inbound_status(inbound: Inbound) -> str:
    if any(attempt.succeeded for attempt in inbound.attempts):
        return "delivered"
    return "failed" if inbound.given_up else "sending"

"""Twilio's list of messages: filters and pages."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from simulator.errors import invalid
from simulator.exchange import Exchange
from simulator.model import Message

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 1000
DATE_LENGTH = len("2026-01-31")


def list_messages(exchange: Exchange, query: Mapping[str, str]) -> dict[str, object]:
    """One page in Twilio's shape, newest first."""
    page, size = _number(query, "Page", 0), _number(query, "PageSize", DEFAULT_PAGE_SIZE)
    size = min(max(size, 1), MAX_PAGE_SIZE)
    start = page * size
    found = [message for message in reversed(exchange.store.messages.values()) if _matches(message, query)]
    shown = found[start : start + size]
    account_sid = exchange.settings.account_sid

    def address(number: int) -> str:
        filters = {name: value for name, value in query.items() if name not in {"Page", "PageSize"}}
        words = urlencode(filters | {"PageSize": str(size), "Page": str(number)})
        return f"/2010-04-01/Accounts/{account_sid}/Messages.json?{words}"

    return {
        "messages": [message.resource(account_sid) for message in shown],
        "page": page,
        "page_size": size,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "uri": address(page),
        "first_page_uri": address(0),
        "previous_page_uri": address(page - 1) if page else None,
        "next_page_uri": address(page + 1) if len(found) > start + size else None,
    }


def _matches(message: Message, query: Mapping[str, str]) -> bool:
    if query.get("To") not in {None, "", message.recipient}:
        return False
    if query.get("From") not in {None, "", message.sender}:
        return False
    # What is still queued has no date yet: no filter on the date hides it.
    return message.sent_at is None or all(_in_range(message.sent_at, query))


def _in_range(sent_at: datetime, query: Mapping[str, str]) -> Iterator[bool]:
    sent_at = sent_at.replace(microsecond=0)
    if exactly := query.get("DateSent"):
        instant = _instant(exactly)
        length = timedelta(days=1) if len(exactly) == DATE_LENGTH else timedelta(seconds=1)
        yield instant <= sent_at < instant + length
    if after := query.get("DateSent>"):
        yield sent_at >= _instant(after)
    if before := query.get("DateSent<"):
        yield sent_at <= _instant(before)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(20001, f"{text} is not a date") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(query.get(name) or default)
    except ValueError:
        raise invalid(20001, f"{name} is not a number") from None

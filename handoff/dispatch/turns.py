"""What is asked at once: how pending messages become one turn. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from handoff.conversations.options import Option, choose
from handoff.conversations.tables import DOCUMENT_KINDS, Media, Message

PATIENCE = 3  # tries; counted when they begin, so the third one's end is waited for
NOT_ARRIVED = "not_arrived"
_FILE_NAME = re.compile(r"[^\n\\/:*?\"<>|]{1,120}\.(?:pdf|jpe?g|png|webp|hei[cf]|docx?|xlsx?|txt|zip)", re.IGNORECASE)
TAPS = frozenset({"button", "list"})
LONGEST_TEXT = 4000  # what the assistant reads of a turn; the message itself is kept whole


@dataclass(frozen=True, slots=True)
class Question:
    """A turn to be: which messages it takes, the text, the payload behind a chosen option, and what came with it."""

    message_ids: tuple[int, ...]
    text: str
    payload: dict[str, object] | None
    context: dict[str, object]


def next_question(pending: Sequence[Message], offered: Sequence[Option]) -> Question:
    """The next turn of pending messages: all of them together, but a tap on an option is a turn by itself.

    An album, or three messages typed while the last turn ran, are one turn. A tap stands alone because its
    payload says all: joined with other words one of the two would be lost.
    """
    first = pending[0]
    if first.kind in TAPS:
        return _tap(first, offered)
    taken = [first]
    for message in pending[1:]:
        if message.kind in TAPS:
            break
        taken.append(message)
    text = "\n".join(message.body for message in taken if message.body and not _says_nothing(message))
    chosen = choose(text, offered) if text and not _kinds(taken) else None
    context: dict[str, object] = {"kinds": _kinds(taken), "attachments": sum(m.kind in DOCUMENT_KINDS for m in taken)}
    payload = dict(chosen.payload) if chosen else None
    if payload is None and not text:
        payload = {"intent": "send_document"} if context["attachments"] else {"intent": "unreadable_message"}
    return Question(tuple(m.id for m in taken), text[:LONGEST_TEXT], payload, context)


def arriving(files: Sequence[Media]) -> bool:
    """Whether a turn waits for its files: they come first, or the assistant would speak of what it has not seen. Pure.

    Not for ever: what Twilio could not give in so many tries is told as not arrived, and kept where it comes later.
    """
    return any(file.state == "waiting" and file.attempts <= PATIENCE for file in files)


def as_context(file: Media, message: Message) -> dict[str, object]:
    """What the assistant hears of a file: where its bytes are, what was seen in them, why it cannot be taken. Pure."""
    problem = file.problem if file.state == "stored" else file.problem or NOT_ARRIVED
    return {
        "id": str(file.id), "sha256": file.sha256, "name": file.name or file_name(message), "size": file.size,
        "content_type": file.content_type, "pages": file.pages, "previews": file.previews, "guess": file.guess,
        "thumbnail": file.thumbnail, "problem": problem,
    }  # fmt: skip


def file_name(message: Message) -> str:
    """What a document is called: WhatsApp gives its name where a caption stands; empty where words do. Pure."""
    name = message.body.strip()
    return name if message.kind in DOCUMENT_KINDS and _FILE_NAME.fullmatch(name) else ""


def _says_nothing(message: Message) -> bool:
    return message.kind == "location" or bool(file_name(message))


def _tap(message: Message, offered: Sequence[Option]) -> Question:
    chosen = choose(message.body, offered)
    context: dict[str, object] = {"kinds": [], "attachments": 0}
    if (
        chosen is None
    ):  # an option of an earlier message: a 'sim' to what was asked then is no 'sim' to what is asked now
        return Question((message.id,), message.body, {"intent": "late_tap"}, context)
    return Question((message.id,), message.body, dict(chosen.payload), context)


def _kinds(messages: Sequence[Message]) -> list[str]:
    return sorted({message.kind for message in messages if message.kind not in {"text", *TAPS}})

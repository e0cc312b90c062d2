"""A transcript as a page shows it: days, bubbles, ticks, files. Pure functions over rows that were read before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.store.clock import local
from handoff.console import formats, words
from handoff.conversations.tables import Media, Message
from handoff.review.queries import Line, Transcript

LABELLED = frozenset({"button", "list", "template", "unsupported"})
MOST_GUESSES = 4


@dataclass(frozen=True, slots=True)
class Tick:
    """How far an outbound message came. `reason` only where it did not arrive."""

    symbol: str
    words: str
    tone: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message; `shape` is how it is shown: image, audio, video, sticker, or document.

    `alt` is the label with who sent it, for who hears the page.
    """

    id: UUID
    state: str
    shape: str
    label: str
    alt: str
    size: str
    error: str


@dataclass(frozen=True, slots=True)
class Guess:
    """One reading of a message: the intent in words, its code, and how sure the assistant was (0 to 1)."""

    title: str
    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Understood:
    """What the assistant took a message for: its guesses, best first, and the values that it found."""

    guesses: Sequence[Guess]
    entities: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A position that somebody sent."""

    label: str
    coordinates: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message, note or notice. `side` is in, out, note or notice; `turn` counts from 1, 0 for none."""

    id: int
    side: str
    author: str
    by: str
    at: datetime
    text: str
    label: str = ""
    options: Sequence[str] = ()
    tick: Tick | None = None
    files: Sequence[File] = ()
    place: Place | None = None
    unsent: bool = False
    turn: int = 0
    first_of_turn: bool = False
    turn_state: str = ""
    understood: Understood | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What was written on one local day."""

    date: date
    name: str
    bubbles: list[Bubble] = field(default_factory=list)


def days(transcript: Transcript, outbox: Mapping[int, str], now: datetime) -> list[Day]:
    """The transcript by local days, oldest first. `outbox` says which messages are held or unsure, by message id."""
    found: list[Day] = []
    numbers = {turn.id: (number, turn.state) for number, turn in enumerate(transcript.turns, 1)}
    before: UUID | None = None
    for line in transcript.lines:
        day = local(line.message.created_at).date()
        if not found or found[-1].date != day:
            found.append(Day(day, formats.day_name(day, local(now).date())))
        turn, state = numbers.get(line.message.turn_id, (0, "")) if line.message.turn_id else (0, "")
        first = bool(turn) and line.message.turn_id != before
        found[-1].bubbles.append(_bubble(transcript, line, outbox, turn=turn, first=first, turn_state=state))
        before = line.message.turn_id
    return found


def _bubble(
    transcript: Transcript, line: Line, outbox: Mapping[int, str], *, turn: int, first: bool, turn_state: str
) -> Bubble:
    message = line.message
    return Bubble(
        id=message.id,
        side=message.direction,
        author=author(transcript, message),
        by=message.author_kind,
        at=message.created_at,
        text=_text(line),
        label=words.KINDS[message.kind] if message.kind in LABELLED else "",
        options=_offered(message),
        tick=tick(message, outbox.get(message.id, "")),
        files=[file_of(message, media) for media in line.media],
        place=_place(message),
        unsent=message.direction == "out" and message.state == "unsent",
        turn=turn,
        first_of_turn=first,
        turn_state=words.TURN_STATES.get(turn_state, turn_state) if first else "",
        understood=understood(message.understood) if message.direction == "in" else None,
    )


def author(transcript: Transcript, message: Message) -> str:
    """Who wrote it, as people say it."""
    match message.author_kind:
        case "person":
            return transcript.contact.profile_name or "Pessoa"
        case "assistant":
            return "Assistente"
        case "attendant":
            return transcript.names.get(message.author_id, "Atendimento")
        case _:
            return "Zelo"


def tick(message: Message, outbox_state: str) -> Tick | None:
    """The tick of an outbound message; None for what has none."""
    if message.direction != "out" or message.state == "unsent" or message.delivery is None:
        return None
    if outbox_state == "held":
        return Tick(*words.HELD)
    if outbox_state == "unsure" and message.delivery in {"accepted", "sending"}:
        return Tick(*words.UNSURE)
    symbol, text, tone = words.DELIVERIES.get(message.delivery, ("◷", message.delivery, "waiting"))
    return Tick(symbol, text, tone, words.failure(message.error_code) if tone == "failed" else "")


def understood(reading: Mapping[str, Any] | None) -> Understood | None:
    """What was understood, from the assistant's own JSON; None where nothing was kept."""
    if not reading:
        return None
    ranked = reading.get("intent_ranking") or [reading.get("intent") or {}]
    guesses = [
        Guess(words.intent(str(entry["name"])), str(entry["name"]), float(entry.get("confidence") or 0))
        for entry in ranked[:MOST_GUESSES]
        if isinstance(entry, dict) and entry.get("name")
    ]
    entities = [
        (str(entry.get("entity", "")), str(entry.get("value", "")))
        for entry in reading.get("entities") or ()
        if isinstance(entry, dict)
    ]
    return Understood(guesses, entities) if guesses or entities else None


def _offered(message: Message) -> list[str]:
    # Options that were sent as numbered text stand in the text already.
    titles = [str(option.get("title", "")) for option in message.options or ()]
    return [] if all(title in message.body for title in titles) else titles


def _text(line: Line) -> str:
    message = line.message
    repeated = {media.name for media in line.media}  # a file of ours without words has its name as body
    if message.kind == "location":
        repeated |= {_coordinates(message), " ".join(_place_names(message))}
    return "" if message.body in repeated else message.body


def _place(message: Message) -> Place | None:
    if message.kind != "location":
        return None
    return Place(", ".join(_place_names(message)), _coordinates(message))


def _place_names(message: Message) -> list[str]:
    form = message.form or {}
    return [str(form[name]) for name in ("Label", "Address") if form.get(name)]


def _coordinates(message: Message) -> str:
    form = message.form or {}
    return f"{form.get('Latitude', '')}, {form.get('Longitude', '')}"


def file_of(message: Message, media: Media) -> File:
    """A file as pages show it. Pure."""
    kind = (media.content_type or media.declared_type).partition(";")[0].lower()
    shape = _shape(message.kind, kind)
    label = "Cartão de contato" if "vcard" in kind else words.KINDS.get(shape, "Arquivo")
    return File(
        id=media.id,
        state=media.state,
        shape=shape,
        label=media.name or label,
        alt=f"{label} enviada pela pessoa" if message.direction == "in" else f"{label}: {media.name}",
        size=formats.size(media.size) if media.size else "",
        error=media.error,
    )


def _shape(message_kind: str, content_type: str) -> str:
    group = content_type.partition("/")[0]
    if message_kind == "sticker" and group == "image":
        return "sticker"
    if content_type in {"image/jpeg", "image/png", "image/webp", "image/gif"}:
        return "image"
    return group if group in {"audio", "video"} else "document"

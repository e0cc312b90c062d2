"""Putting messages on their way: rows of our own, and outbox rows beside them in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend.actor import Actor
from backend.settings import settings
from backend.store.files import File
from backend.store.tables import JsonObject
from handoff.conversations.options import Option, numbered
from handoff.conversations.tables import Contact, Conversation, Media, Message, OutboxRow
from handoff.whatsapp.templates import Template, Templates

LONGEST_BODY = 1600  # Twilio's limit for a WhatsApp text
LONGEST_CAPTION = 1024  # WhatsApp's, beneath a picture
REOPEN_TEMPLATE = "conversation_waiting"
MOST_TAPPED = 20  # so many messages with options are looked back at for the one that was tapped
NEWS = "answer_news"  # the intent behind the options of what the plan tells by itself


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be sent: text, options where something is to be chosen, a file; at least a text or a file."""

    text: str = ""
    options: tuple[Option, ...] = ()
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What goes as one WhatsApp message. `content` is the ContentSid and the variables of options as buttons."""

    text: str
    options: tuple[Option, ...] = ()
    content: tuple[str, dict[str, object]] | None = None
    file: File | None = None


def split(text: str, limit: int = LONGEST_BODY) -> list[str]:
    """The text in pieces of at most `limit` characters, cut at paragraphs, lines or words where there are any."""
    pieces: list[str] = []
    rest = text
    while len(rest) > limit:
        cut = next((at for mark in ("\n\n", "\n", " ") if (at := rest.rfind(mark, 1, limit + 1)) > limit // 2), limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest]


def window_open(last_inbound_at: datetime | None, now: datetime) -> bool:
    """True when a free message may be sent: within 24 hours of the person's last one. Pure. [rule 6]"""
    return last_inbound_at is not None and now - last_inbound_at < timedelta(hours=settings().window_hours)


def pieces(templates: Templates, draft: Draft) -> list[Piece]:
    """The messages that a draft becomes, in order. Pure.

    WhatsApp takes one file a message. A picture carries its text as caption; for a document Twilio passes on neither
    caption nor name, so the text goes before it by itself, and its name only with the file (Content-Disposition).
    What is to be chosen comes last.
    """
    if draft.file is None:
        return _words(templates, draft)
    alone = Piece("", file=draft.file)
    if draft.options:
        return [alone, *_words(templates, draft)]
    if not draft.text:
        return [alone]
    if draft.file.is_picture and len(draft.text) <= LONGEST_CAPTION:
        return [Piece(draft.text, file=draft.file)]
    return [*_words(templates, draft), alone]


def _words(templates: Templates, draft: Draft) -> list[Piece]:
    fits = bool(draft.options) and len(draft.text) <= LONGEST_BODY
    content = templates.for_options(draft.text, draft.options) if fits else None
    if content:
        return [Piece(draft.text, draft.options, content)]
    *before, last = split(numbered(draft.text, draft.options))
    return [*(Piece(text) for text in before), Piece(last, draft.options)]


async def send(
    session: AsyncSession,
    templates: Templates,
    *,
    conversation: Conversation,
    draft: Draft,
    actor: Actor,
    now: datetime,
    turn_id: UUID | None = None,
    request_key: str | None = None,
) -> list[Message]:
    """Puts a message on its way; one becomes several where it must, in order. The caller rings after commit."""
    contact = await session.get_one(Contact, conversation.contact_id)
    messages = []
    for number, piece in enumerate(pieces(templates, draft)):
        message = Message(
            conversation_id=conversation.id, direction="out", author_kind=actor.kind, author_id=actor.id,
            created_at=now, turn_id=turn_id, delivery="accepted",
            request_key=f"{request_key}:{number}" if request_key else None,
        )  # fmt: skip
        media = await write(session, message, piece)
        sid, variables = piece.content or (None, None)
        session.add(
            OutboxRow(
                message_id=message.id, conversation_id=conversation.id, sender=conversation.our_address,
                recipient=contact.address, body=piece.text, content_sid=sid, content_variables=variables,
                media_id=media.id if media else None,
            )
        )  # fmt: skip
        messages.append(message)
    conversation.last_activity_at = now
    await session.flush()
    return messages


async def write(session: AsyncSession, message: Message, piece: Piece) -> Media | None:
    """Fills a message with a piece and adds it, its file beside it; gives the file's row where there is one."""
    message.body = piece.text or (piece.file.name if piece.file else "")
    message.options = [_kept(option) for option in piece.options] or None
    if piece.file:
        message.kind = "image" if piece.file.is_picture else "document"
    session.add(message)
    await session.flush()
    if piece.file is None:
        return None
    media = Media(
        message_id=message.id, ordinal=0, name=piece.file.name, declared_type=piece.file.content_type, state="stored",
        content_type=piece.file.content_type, sha256=piece.file.sha256, size=piece.file.size,
    )  # fmt: skip
    session.add(media)
    await session.flush()
    return media


async def send_template(
    session: AsyncSession,
    *,
    conversation: Conversation,
    template: Template,
    values: Sequence[str],
    options: Sequence[Option] = (),
    actor: Actor,
    now: datetime,
    request_key: str | None = None,
    bulk_until: datetime | None = None,
) -> Message:
    """Puts an approved template on its way, which the window does not matter to. [rule 6]

    Its buttons are `options` here: a tap or a typed title is then understood. Without a ContentSid it is a text, which
    the sender holds until the person writes. `bulk_until` makes it a campaign's: after all replies, and not any more
    after that moment. The caller rings after commit.
    """
    contact = await session.get_one(Contact, conversation.contact_id)
    body = template.fill(*values)
    message = Message(
        conversation_id=conversation.id, direction="out", kind="template", body=body, author_kind=actor.kind,
        author_id=actor.id, created_at=now, delivery="accepted", request_key=request_key,
        options=[_kept(option) for option in options] or None,
    )  # fmt: skip
    session.add(message)
    await session.flush()
    sid = template.content_sid or None
    variables: dict[str, object] = {str(number): value for number, value in enumerate(values, 1)}
    session.add(
        OutboxRow(
            message_id=message.id, conversation_id=conversation.id, sender=conversation.our_address,
            recipient=contact.address, body=body if sid else numbered(body, options), content_sid=sid,
            content_variables=variables if sid else None, bulk=bulk_until is not None, not_after=bulk_until,
        )
    )  # fmt: skip
    conversation.last_activity_at = now
    await session.flush()
    return message


async def reopen_with_template(
    session: AsyncSession, templates: Templates, *, row: OutboxRow, actor: Actor, now: datetime
) -> bool:
    """Outside the window: what was to be sent freely waits, and one approved template asks for an answer. [rule 6]

    False where that template has no ContentSid: the message waits for the person to write by himself.
    """
    row.state = "held"
    template = templates.get(REOPEN_TEMPLATE)
    asked_before = await session.scalar(
        select(
            exists().where(
                OutboxRow.recipient == row.recipient,
                OutboxRow.content_sid == template.content_sid,
                OutboxRow.position > row.position - 1000,
                Message.id == OutboxRow.message_id,
                Message.created_at > now - timedelta(hours=settings().window_hours),
            )
        )
    )
    if not template.content_sid or asked_before:
        return bool(template.content_sid)
    body = template.fill(settings().operator_name)
    message = Message(
        conversation_id=row.conversation_id, direction="out", kind="template", body=body, author_kind=actor.kind,
        author_id=actor.id, created_at=now, delivery="accepted",
    )  # fmt: skip
    session.add(message)
    await session.flush()
    session.add(
        OutboxRow(
            message_id=message.id, conversation_id=row.conversation_id, sender=row.sender, recipient=row.recipient,
            body=body, content_sid=template.content_sid, content_variables={"1": settings().operator_name},
        )
    )  # fmt: skip
    return True


async def note(
    session: AsyncSession, *, conversation: Conversation, text: str, actor: Actor, now: datetime, notice: bool = False
) -> Message:
    """Writes a private note (or a notice of the program) into the transcript; nobody outside ever sees it."""
    message = Message(
        conversation_id=conversation.id, direction="notice" if notice else "note", body=text,
        author_kind=actor.kind, author_id=actor.id, created_at=now,
    )  # fmt: skip
    session.add(message)
    await session.flush()
    return message


async def last_options(session: AsyncSession, conversation_id: UUID) -> Sequence[Option]:
    """What was offered last in the conversation: the options of our newest message.

    Where we have said nothing in it yet, it may be the answer to news that ended the episode before: their options
    then, whether WhatsApp writes the telephone with the ninth digit or without.
    """
    query = (
        select(Message.options)
        .where(Message.conversation_id == conversation_id, Message.direction == "out")
        .order_by(Message.id.desc())
        .limit(1)
    )
    said = (await session.execute(query)).one_or_none()
    found = said.options if said else await _news_before(session, conversation_id)
    return [_option(entry) for entry in found or ()]


async def _news_before(session: AsyncSession, conversation_id: UUID) -> list[JsonObject]:
    """The options of the newest message to this telephone in an earlier episode, where it was news."""
    here = aliased(Conversation)
    mine = (
        select(Contact.phone)
        .join(here, here.contact_id == Contact.id)
        .where(here.id == conversation_id, Contact.phone != "")
    )
    earlier = (
        select(Conversation.id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Contact.phone == mine.scalar_subquery(), Conversation.id != conversation_id)
        .order_by(Conversation.last_activity_at.desc())
        .limit(1)
    )
    query = (
        select(Message.options)
        .where(Message.conversation_id == earlier.scalar_subquery(), Message.direction == "out")
        .order_by(Message.id.desc())
        .limit(1)
    )
    found = (await session.execute(query)).scalar_one_or_none() or []
    return [entry for entry in found if _option(entry).payload.get("intent") == NEWS]


async def with_news_tapped(session: AsyncSession, tap: Message, offered: Sequence[Option]) -> Sequence[Option]:
    """What was offered last, and beside it the options of news that stand further up in the conversation.

    A reminder's button is tapped hours later, after other things were said. Each names the news that it answers, so it
    never means anything else. WhatsApp mostly says which message was tapped; else the newest with that title counts.
    """
    query = select(Message.sid, Message.options).where(
        Message.conversation_id == tap.conversation_id, Message.direction == "out", Message.options.is_not(None)
    )
    rows = (await session.execute(query.order_by(Message.id.desc()).limit(MOST_TAPPED))).all()
    replied = (tap.form or {}).get("OriginalRepliedMessageSid")
    found = list(offered)
    for sid, options in rows:
        for option in map(_option, (options or ()) if replied in {None, "", sid} else ()):
            if option.payload.get("intent") == NEWS and option.title not in {one.title for one in found}:
                found.append(option)
    return found


def _kept(option: Option) -> JsonObject:
    """An option as its message keeps it."""
    also = {"also": list(option.also)} if option.also else {}
    return {"title": option.title, "payload": option.payload, **also}


def _option(entry: JsonObject) -> Option:
    payload, also = entry.get("payload"), entry.get("also")
    return Option(
        str(entry.get("title", "")),
        payload if isinstance(payload, dict) else {},
        tuple(map(str, also)) if isinstance(also, list) else (),
    )

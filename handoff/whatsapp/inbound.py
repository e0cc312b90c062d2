"""Twilio's inbound form, read once at the edge. Pure functions; nothing signed is ever dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backend.errors import InvalidInput, ZeloError
from backend.identifiers import canonical_phone

# What PostgreSQL's text and JSON cannot hold: a null byte, and half a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SID = re.compile(r"[A-Za-z]{2}[0-9a-fA-F]{32}")
_ADDRESS = re.compile(r"whatsapp:\S{3,64}")
MOST_MEDIA = 100

_KINDS_BY_TYPE = {"image": "image", "audio": "audio", "video": "video", "text": "document", "application": "document"}


class Malformed(ZeloError):
    """The form is not one of Twilio's messages."""

    code = "malformed"
    message = "Requisição inválida."


@dataclass(frozen=True, slots=True)
class InboundMedia:
    """A file that Twilio holds for us."""

    url: str
    declared_type: str


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message from WhatsApp. `form` is all that came, cleaned; `kind` is what a person would call it."""

    sid: str
    sender: str
    recipient: str
    phone: str
    profile_name: str
    kind: str
    body: str
    media: tuple[InboundMedia, ...]
    form: Mapping[str, str]


def clean(text: str) -> str:
    """The text without what cannot be stored."""
    return _UNSTORABLE.sub("", text)


def read_form(form: Mapping[str, str]) -> InboundMessage:
    """The message in a form; Malformed where MessageSid, From or To are missing or are none."""
    kept = dict(form)
    if any(map(_UNSTORABLE.search, (*kept, *kept.values()))):
        kept = {clean(name): clean(value) for name, value in form.items()}
    sid = kept.get("MessageSid") or kept.get("SmsMessageSid", "")
    sender, recipient = kept.get("From", ""), kept.get("To", "")
    if not _SID.fullmatch(sid):
        raise Malformed(detail="MessageSid")
    if not (_ADDRESS.fullmatch(sender) and _ADDRESS.fullmatch(recipient)):
        raise Malformed(detail="From or To")
    media = _media(kept)
    kind = _kind(kept, media)
    return InboundMessage(
        sid=sid,
        sender=sender,
        recipient=recipient,
        phone=_phone(sender),
        profile_name=kept.get("ProfileName", "")[:200],
        kind=kind,
        body=_body(kept, kind),
        media=media,
        form=kept,
    )


def _phone(sender: str) -> str:
    try:
        return canonical_phone(sender)
    except InvalidInput:
        return ""  # a user name instead of a telephone: the conversation's key is the channel's own id


def _media(form: Mapping[str, str]) -> tuple[InboundMedia, ...]:
    count = form.get("NumMedia", "0") or "0"
    if not count.isdecimal() or int(count) > MOST_MEDIA:
        raise Malformed(detail="NumMedia")
    found = ((form.get(f"MediaUrl{i}", ""), form.get(f"MediaContentType{i}", "")) for i in range(int(count)))
    return tuple(InboundMedia(url, declared) for url, declared in found if url)


def _kind(form: Mapping[str, str], media: tuple[InboundMedia, ...]) -> str:
    declared = form.get("MessageType", "").lower()
    if form.get("ButtonPayload") or form.get("ButtonText"):
        return "button"
    if form.get("ListId") or form.get("ListTitle"):
        return "list"
    if form.get("Latitude") or declared == "location":
        return "location"
    if declared in {"sticker", "contacts"}:
        return declared
    if media:
        first = media[0].declared_type
        if "vcard" in first:
            return "contacts"
        return _KINDS_BY_TYPE.get(first.partition("/")[0], "document")
    return "text" if declared in {"", "text"} or form.get("Body") else "unsupported"


def _body(form: Mapping[str, str], kind: str) -> str:
    body = form.get("Body", "")
    if kind == "button":
        return form.get("ButtonText") or body or form.get("ButtonPayload", "")
    if kind == "list":
        return form.get("ListTitle") or body or form.get("ListId", "")
    if kind == "location" and not body:
        named = " ".join(filter(None, (form.get("Label"), form.get("Address"))))
        return named or f"{form.get('Latitude', '')}, {form.get('Longitude', '')}"
    return body

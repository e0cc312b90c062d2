"""What the control API and the page ask to be written, and the messages it becomes."""

import base64
import binascii
import mimetypes
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.inbound import Draft
from simulator.model import Choice, Media, new_sid

MessageType = Literal[
    "text", "image", "document", "audio", "video", "sticker", "location", "contacts", "button", "interactive"
]
PhoneNumber = Annotated[str, Field(pattern=r"^\+[1-9]\d{7,14}$")]


class BadAttachment(ValueError):
    """A file that cannot be read."""


class Attachment(BaseModel):
    """A file: its bytes in base64, or a path on this machine."""

    model_config = ConfigDict(extra="forbid")

    content_type: str = ""
    base64: str | None = None
    path: Path | None = None
    name: str = ""

    @model_validator(mode="after")
    def _has_one_source(self) -> "Attachment":
        if (self.base64 is None) == (self.path is None):
            raise ValueError("give either base64 or path")
        return self

    def read(self, now: datetime) -> Media:
        """The file's bytes; raises BadAttachment."""
        try:
            content = base64.b64decode(self.base64) if self.base64 is not None else self._from_path()
        except (OSError, binascii.Error) as error:
            raise BadAttachment(str(error)) from error
        name = self.name or (self.path.name if self.path else "arquivo")
        content_type = self.content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Media(new_sid("ME"), content_type, content, name, now)

    def _from_path(self) -> bytes:
        assert self.path is not None
        return self.path.read_bytes()


class Option(BaseModel):
    """A tapped button (`title`) or row (`title`), with its payload."""

    model_config = ConfigDict(extra="forbid")

    title: str
    id: str
    reply_to: str | None = None


class Location(BaseModel):
    """A place on the map."""

    model_config = ConfigDict(extra="forbid")

    latitude: float
    longitude: float
    address: str = ""
    label: str = ""

    def fields(self) -> dict[str, str]:
        """Twilio's names for it."""
        fields = {"Latitude": str(self.latitude), "Longitude": str(self.longitude)}
        if self.address:
            fields["Address"] = self.address
        if self.label:
            fields["Label"] = self.label
        return fields


class InboundRequest(BaseModel):
    """What a person does on the telephone, and how its webhook is posted."""

    model_config = ConfigDict(extra="forbid")

    phone: PhoneNumber
    body: str = ""
    profile_name: str = ""
    message_type: MessageType | None = None
    media: list[Attachment] = Field(default_factory=list)
    button: Option | None = None
    list_row: Option | None = Field(default=None, alias="list")
    location: Location | None = None
    reply_to: str | None = None
    extra: dict[str, str] = Field(default_factory=dict)
    copies: int = Field(default=1, ge=1, le=100)
    signature: Literal["good", "wrong", "none"] = "good"
    wait: bool = False

    def drafts(self, now: datetime) -> list[Draft]:
        """One message, or one per file: the channel carries no albums. The text goes with the first."""
        files: list[Media | None] = [attachment.read(now) for attachment in self.media]
        return [self._draft(file, self._body() if i == 0 else "") for i, file in enumerate(files or [None])]

    def _draft(self, media: Media | None, body: str) -> Draft:
        tapped = self.button or self.list_row
        return Draft(
            phone=self.phone,
            body=body,
            profile_name=self.profile_name,
            message_type=self.message_type or self._natural_type(media),
            media=media,
            button=_choice(self.button),
            list_item=_choice(self.list_row),
            location=self.location.fields() if self.location else None,
            reply_to=self.reply_to or (tapped.reply_to if tapped else None),
            extra=self.extra,
            signature=self.signature,
        )

    def _body(self) -> str:
        tapped = self.button or self.list_row
        return self.body or (tapped.title if tapped else "")

    def _natural_type(self, media: Media | None) -> str:
        if media is not None:
            kind = media.content_type.split("/")[0]
            return kind if kind in {"image", "audio", "video"} else "document"
        if self.button:
            return "button"
        if self.list_row:
            return "interactive"
        return "location" if self.location else "text"


def _choice(option: Option | None) -> Choice | None:
    return Choice(option.title, option.id) if option else None

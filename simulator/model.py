"""The things a simulated Twilio knows: messages, media, templates, telephones."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from simulator.clock import rfc2822

WHATSAPP_ADDRESS = re.compile(r"whatsapp:(\+[1-9]\d{7,14})")


def new_sid(prefix: str) -> str:
    """A Twilio identifier: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


@dataclass(slots=True)
class Media:
    """One file, with the random address from which its bytes are served."""

    sid: str
    content_type: str
    content: bytes
    name: str
    created_at: datetime
    cdn_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def cdn_path(self) -> str:
        """Where the bytes are served without credentials."""
        return f"/cdn/{self.cdn_key}"

    @property
    def carries_caption(self) -> bool:
        """Whether the text beside it is shown; Twilio passes none on with a document."""
        return self.content_type.startswith(("image/", "video/"))


@dataclass(frozen=True, slots=True)
class Choice:
    """A button or a row of a list, with the payload that a tap sends back."""

    title: str
    id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template filled in: what the telephone shows."""

    body: str
    buttons: tuple[Choice, ...] = ()
    list_label: str = ""
    items: tuple[Choice, ...] = ()


@dataclass(slots=True)
class StatusChange:
    """A status, and the real time at which the message took it."""

    status: str
    at: float


@dataclass(slots=True)
class Message:
    """A message in either direction. `phone` is the person's number, whoever wrote."""

    sid: str
    phone: str
    sender: str
    recipient: str
    body: str
    created_at: datetime
    accepted_at: float
    inbound: bool = False
    status: str = "queued"
    sent_at: datetime | None = None
    updated_at: datetime | None = None
    error_code: int | None = None
    error_message: str | None = None
    media_urls: list[str] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    content_sid: str | None = None
    rendered: Rendered | None = None
    free_form: bool = True
    status_callback: str | None = None
    statuses: list[StatusChange] = field(default_factory=list)

    def resource(self, account_sid: str) -> dict[str, object]:
        """The message as Twilio's API shows it."""
        uri = f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}"
        return {
            "account_sid": account_sid,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": rfc2822(self.created_at),
            "date_sent": rfc2822(self.sent_at),
            "date_updated": rfc2822(self.updated_at or self.created_at),
            "direction": "inbound" if self.inbound else "outbound-api",
            "error_code": self.error_code,
            "error_message": self.error_message,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": str(len(self.media) if self.inbound else len(self.media_urls)),
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.recipient,
            "uri": f"{uri}.json",
        }


@dataclass(slots=True)
class Attempt:
    """One POST of a webhook: what was answered, or why nothing was."""

    at: float
    milliseconds: float
    status: int | None = None
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the other side took it."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004

    @property
    def may_be_repeated(self) -> bool:
        """Whether Twilio would try once more: nothing answered, or a server's error."""
        return self.status is None or self.status >= 500  # noqa: PLR2004


@dataclass(slots=True)
class Inbound:
    """A message written on a telephone: the form posted for it and what came of each try."""

    message: Message
    form: dict[str, str]
    signature: str = "good"
    idempotency_token: str = field(default_factory=lambda: new_sid("")[:32])
    attempts: list[Attempt] = field(default_factory=list)
    given_up: bool = False
    location: dict[str, str] | None = None
    reply_label: str = ""


@dataclass(slots=True)
class Phone:
    """A person's telephone: WhatsApp's number for it, and who is looking at it."""

    number: str
    name: str
    unread: int = 0
    viewers: int = 0
    last_inbound: datetime | None = None


@dataclass(slots=True)
class Content:
    """A template as the Content API keeps it."""

    sid: str
    friendly_name: str
    language: str
    variables: dict[str, str]
    types: dict[str, dict[str, object]]
    created_at: datetime

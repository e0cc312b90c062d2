"""What the simulator is told from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEMO_ACCOUNT_SID = "AC" + "0" * 32
DEMO_AUTH_TOKEN = "0" * 32
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8010
DEFAULT_PUBLIC_URL = "http://127.0.0.1:8000"
DEMO_SENDER = "whatsapp:+559830000000"


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses, credentials and patience. Times are seconds; the defaults are Twilio's."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    account_sid: str = DEMO_ACCOUNT_SID
    auth_token: str = DEMO_AUTH_TOKEN
    sender: str = DEMO_SENDER
    public_url: str = DEFAULT_PUBLIC_URL
    log_path: Path | None = None
    connect_timeout: float = 5.0
    webhook_timeout: float = 15.0
    media_timeout: float = 10.0
    step_pause: float = 0.15

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the ZELO_ variables; an absent or empty one keeps its default."""
        log_path = environment.get("ZELO_SIMULATOR_LOG")
        return cls(
            host=environment.get("ZELO_SIMULATOR_HOST") or DEFAULT_HOST,
            port=int(environment.get("ZELO_SIMULATOR_PORT") or DEFAULT_PORT),
            account_sid=environment.get("ZELO_TWILIO_ACCOUNT_SID") or DEMO_ACCOUNT_SID,
            auth_token=environment.get("ZELO_TWILIO_AUTH_TOKEN") or DEMO_AUTH_TOKEN,
            sender=environment.get("ZELO_TWILIO_FROM") or DEMO_SENDER,
            public_url=(environment.get("ZELO_PUBLIC_URL") or DEFAULT_PUBLIC_URL).rstrip("/"),
            log_path=Path(log_path) if log_path else None,
        )

    @property
    def base_url(self) -> str:
        """The simulator's own address, as media links name it."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host
        return f"http://{host}:{self.port}"

    @property
    def webhook_url(self) -> str:
        """Where inbound messages are posted, and what they are signed on."""
        return f"{self.public_url}/webhooks/twilio/messages"

    @property
    def clock_url(self) -> str:
        """Where a change of the clock is passed on."""
        return f"{self.public_url}/demo/clock"

"""The simulator's own clock: the real one plus an offset that tests and the page may set."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime


class Clock:
    """Tells the simulated time, in UTC."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        """The simulated instant."""
        return datetime.now(UTC) + self.offset

    def move_to(self, offset_seconds: float) -> None:
        """Stand `offset_seconds` from the real time; zero is now."""
        self.offset = timedelta(seconds=offset_seconds)


def rfc2822(instant: datetime | None) -> str | None:
    """Twilio's way of writing a date in its resources."""
    return None if instant is None else format_datetime(instant.replace(microsecond=0))

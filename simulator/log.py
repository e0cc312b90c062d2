"""What was accepted and posted, for tests and benchmarks, and as lines of JSON on request."""

import hashlib
import json
import time
from collections import deque
from pathlib import Path
from typing import TextIO

from simulator.model import Attempt, Inbound, Media, Message


class Log:
    """Sends and inbound messages in order, refusals, and the busiest second of sending."""

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")
        self.clear()

    def clear(self) -> None:
        """Forget what was logged so far; the file keeps it."""
        self.sends: list[Message] = []
        self.inbound: list[Inbound] = []
        self.refused: list[dict[str, object]] = []
        self.peak_rate: dict[str, int] = {}
        self._last_second: dict[str, deque[float]] = {}

    def accepted(self, message: Message) -> None:
        """A send was accepted."""
        self.sends.append(message)
        self._count(message.sender)
        self._write("send", send_entry(message))

    def refusal(self, status: int, code: int) -> None:
        """A send was refused."""
        self.refused.append({"at": time.time(), "status": status, "code": code})

    def attempted(self, inbound: Inbound, attempt: Attempt) -> None:
        """A webhook was posted, or could not be."""
        entry = {"sid": inbound.message.sid, "from": inbound.message.sender, **attempt_entry(attempt)}
        self._write("inbound", entry)

    def as_json(self) -> dict[str, object]:
        """The whole log as the control API shows it."""
        return {
            "sends": [send_entry(message) for message in self.sends],
            "inbound": [inbound_entry(inbound) for inbound in self.inbound],
            "refused": self.refused,
            "peak_rate": self.peak_rate,
        }

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _count(self, sender: str) -> None:
        now = time.monotonic()
        second = self._last_second.setdefault(sender, deque())
        second.append(now)
        while second[0] <= now - 1:
            second.popleft()
        self.peak_rate[sender] = max(self.peak_rate.get(sender, 0), len(second))

    def _write(self, kind: str, entry: dict[str, object]) -> None:
        if self._file is not None:
            self._file.write(json.dumps({"kind": kind, **entry}, ensure_ascii=False) + "\n")
            self._file.flush()


def send_entry(message: Message) -> dict[str, object]:
    """A send as the log shows it; times are seconds of the real clock."""
    return {
        "sid": message.sid,
        "to": message.recipient,
        "from": message.sender,
        "body": message.body,
        "content_sid": message.content_sid,
        "media": message.media_urls,
        "fetched": [media_entry(media) for media in message.media],
        "status_callback": message.status_callback,
        "accepted_at": message.accepted_at,
        "status": message.status,
        "error_code": message.error_code,
        "statuses": [{"status": change.status, "at": change.at} for change in message.statuses],
    }


def media_entry(media: Media) -> dict[str, object]:
    """A file that was fetched for a send."""
    return {
        "content_type": media.content_type,
        "size": len(media.content),
        "sha256": hashlib.sha256(media.content).hexdigest(),
        "name": media.name,
    }


def attempt_entry(attempt: Attempt) -> dict[str, object]:
    """One try at a webhook as the log shows it."""
    return {
        "at": attempt.at,
        "ms": round(attempt.milliseconds, 1),
        "status": attempt.status,
        "error": attempt.error,
    }


def inbound_entry(inbound: Inbound) -> dict[str, object]:
    """An inbound message as the log shows it."""
    return {
        "sid": inbound.message.sid,
        "from": inbound.message.sender,
        "body": inbound.message.body,
        "message_type": inbound.form["MessageType"],
        "accepted_at": inbound.message.accepted_at,
        "attempts": [attempt_entry(attempt) for attempt in inbound.attempts],
        "given_up": inbound.given_up,
    }

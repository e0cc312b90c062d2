"""What to do about each of Twilio's errors. One table. (regulation.md, 'Errors')"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["never", "template", "back_off", "later", "operator", "unsure"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`seconds` is how long to wait before another try, where there is one."""

    action: Action
    seconds: float = 0


# Twilio's code → what it means for the message.
_NEVER = {
    63003: "no such WhatsApp account",
    63024: "the recipient cannot be written to",
    21211: "not a telephone",
    21614: "not a mobile telephone",
    21610: "the recipient opted out",
    21617: "longer than 1,600 characters",
    21656: "content variables that do not fit",
    63005: "content that WhatsApp refuses",
    63013: "against WhatsApp's policy",
}
_OPERATOR = {
    63007: "unknown sender",
    63021: "channel misconfigured",
    20003: "wrong credentials",
    63027: "no such template",
}
_OUTSIDE_WINDOW = {63016}
_BACK_OFF = {63018, 20429, 63001, 63002}
_MUCH_LATER = {63049: 6 * 3600.0}  # Meta limits how often this person is written to

OPERATOR_WAIT = 600.0
LONGEST_BACK_OFF = 300.0
_TOO_MANY = 429
_SERVER = 500


def verdict(status: int, code: int | None, *, attempts: int, retry_after: float | None = None) -> Verdict:
    """What follows from an answer that was no success. Pure.

    A 5xx may have been carried out, so it is first looked up; everything that nobody knows is never tried again.
    """
    if code in _OUTSIDE_WINDOW:
        return Verdict("template")
    if code in _NEVER:
        return Verdict("never")
    if code in _OPERATOR:
        return Verdict("operator", OPERATOR_WAIT)
    if code in _MUCH_LATER:
        return Verdict("later", _MUCH_LATER[code])
    if code in _BACK_OFF or status == _TOO_MANY:
        return Verdict("back_off", retry_after or backoff(attempts))
    if status >= _SERVER:
        return Verdict("unsure", retry_after or backoff(attempts))
    return Verdict("never")


def backoff(attempts: int) -> float:
    """Seconds before the next try: 1, 2, 4 … up to five minutes."""
    return min(2.0 ** max(attempts - 1, 0), LONGEST_BACK_OFF)

"""What follows from each of Twilio's errors; what may be sent when; how long texts are cut. Tables of cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.whatsapp import errors
from handoff.whatsapp.media import allowed, type_of
from handoff.whatsapp.outgoing import split, window_open

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "code", "action"),
    [
        (400, 63016, "template"), (400, 63003, "never"), (400, 63024, "never"), (400, 21211, "never"),
        (429, 20429, "back_off"), (429, None, "back_off"), (400, 63018, "back_off"), (503, None, "unsure"),
        (500, 20500, "unsure"), (400, 63049, "later"), (400, 63021, "operator"), (400, 63007, "operator"),
        (401, 20003, "operator"), (400, 99999, "never"),
    ],
)  # fmt: skip
def test_each_error_has_its_consequence(status: int, code: int | None, action: str) -> None:
    assert errors.verdict(status, code, attempts=1).action == action


def test_retry_after_is_honoured_and_waits_grow_up_to_a_limit() -> None:
    assert errors.verdict(429, 20429, attempts=1, retry_after=7).seconds == 7
    assert [errors.backoff(n) for n in (1, 2, 3)] == [1, 2, 4]
    assert errors.backoff(50) == errors.LONGEST_BACK_OFF


@pytest.mark.parametrize(
    ("ago", "is_open"),
    [(timedelta(0), True), (timedelta(hours=23, minutes=59), True), (timedelta(hours=24), False), (None, False)],
)
def test_the_window_is_open_for_24_hours_after_the_persons_last_message(ago: timedelta | None, is_open: bool) -> None:
    assert window_open(None if ago is None else NOW - ago, NOW) is is_open


@given(st.text(alphabet="ab \n", max_size=5000))
def test_cutting_a_long_text_loses_no_word_and_no_piece_is_too_long(text: str) -> None:
    pieces = split(text, 100)
    assert all(len(piece) <= 100 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


TWILIO = "https://api.twilio.com"


@pytest.mark.parametrize(
    ("url", "redirected", "fetched"),
    [
        ("https://api.twilio.com/2010-04-01/Accounts/AC/Messages/MM/Media/ME", False, True),
        ("https://media.twiliocdn.com/x", True, True),
        ("https://media.twiliocdn.com/x", False, False),
        ("https://s3.amazonaws.com/x", True, True),
        ("http://api.twilio.com/x", False, False),
        ("http://127.0.0.1:8000/admin", False, False),
        ("http://127.0.0.1:8000/admin", True, False),
        ("https://evil.example/x", True, False),
        ("https://eviltwilio.com/x", True, False),
        ("https://api.twilio.com@evil.example/x", True, False),
        ("https://user:pw@api.twilio.com/x", False, False),
        ("https://media.twiliocdn.com:8443/x", True, False),
        ("file:///etc/passwd", True, False),
        ("https://[bad", False, False),
        ("https://api.twilio.com:99999/x", False, False),
    ],
)
def test_files_are_fetched_from_twilio_alone(url: str, redirected: bool, fetched: bool) -> None:
    assert allowed(url, TWILIO, redirected=redirected) is fetched


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0" + b"0" * 20, "image/jpeg"),
        (b"MZ\x90\x00" + b"0" * 80, "application/x-msdownload"),
        (b"BEGIN:VCARD\n", "text/vcard"),
        ("olá".encode(), "text/plain"),
        (b"\x00\xfe\xff\x00\x01", "application/octet-stream"),
    ],
)
def test_a_files_type_is_what_its_bytes_show(content: bytes, kind: str) -> None:
    assert type_of(content) == kind

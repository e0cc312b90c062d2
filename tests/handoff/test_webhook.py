"""The webhook: what is signed is stored before it is acknowledged, once; everything else gets a clear status."""

from __future__ import annotations

import concurrent.futures
import uuid
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.stack import FROM, TOKEN, Stack, eventually


def form(phone: str, **more: str) -> dict[str, str]:
    base = {
        "MessageSid": f"SM{uuid.uuid4().hex}", "AccountSid": "AC" + "0" * 32, "From": f"whatsapp:{phone}", "To": FROM,
        "Body": "oi", "NumMedia": "0", "MessageType": "text", "ProfileName": "Alguém",
    }  # fmt: skip
    return base | more


def post(stack: Stack, fields: dict[str, str], *, token: str = TOKEN, signature: str | None = None) -> httpx.Response:
    url = f"{stack.web}/webhooks/twilio/messages"
    signed = RequestValidator(token).compute_signature(url, fields) if signature is None else signature
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if signed:
        headers["X-Twilio-Signature"] = signed.encode("latin-1")  # type: ignore[assignment]
    return httpx.post(url, content=urlencode(fields, errors="surrogatepass").encode(), headers=headers, timeout=30)


def stored(stack: Stack, sid: str) -> list[tuple[Any, ...]]:
    return stack.rows("SELECT body, form, kind FROM message WHERE sid = %s", sid)


@pytest.mark.parametrize(
    ("signature", "token"), [("", TOKEN), ("AAAA", TOKEN), ("ção", TOKEN), (None, "another-token")]
)
def test_unsigned_and_wrongly_signed_requests_are_refused_and_nothing_is_stored(
    stack: Stack, phone: str, signature: str | None, token: str
) -> None:
    fields = form(phone)
    assert post(stack, fields, token=token, signature=signature).status_code == 403
    assert stored(stack, fields["MessageSid"]) == []


def test_a_changed_field_breaks_the_signature(stack: Stack, phone: str) -> None:
    fields = form(phone)
    signature = RequestValidator(TOKEN).compute_signature(f"{stack.web}/webhooks/twilio/messages", fields)
    assert post(stack, fields | {"Body": "outra coisa"}, signature=signature).status_code == 403


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
def test_missing_fields_are_malformed(stack: Stack, phone: str, missing: str) -> None:
    fields = {name: value for name, value in form(phone).items() if name != missing}
    assert post(stack, fields).status_code == 400


def test_another_accounts_message_is_not_ours(stack: Stack, phone: str) -> None:
    assert post(stack, form(phone, AccountSid="AC" + "9" * 32)).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "a" * 10_000,
        "😀👩‍👩‍👧‍👦" * 200,
        "antes\x00depois",
        "x" * 1_000_000,
        "",
        "  \n ",
        "<script>alert(1)</script>",
        "🖤\u202e\u200b",
    ],
    ids=["10,000 characters", "emoji", "null byte", "a megabyte", "empty", "blanks", "html", "odd unicode"],
)
def test_whatever_is_signed_is_stored(stack: Stack, phone: str, body: str) -> None:
    fields = form(phone, Body=body)
    assert post(stack, fields).status_code == 204
    assert stored(stack, fields["MessageSid"])[0][0] == body.replace("\x00", "")


def test_a_bad_neighbour_in_the_same_moment_takes_nobody_with_it(stack: Stack, phone: str) -> None:
    good = [form(f"{phone[:-2]}{n:02d}", Body=f"vizinho {n}") for n in range(30)]
    bad = [form(phone, Body="nulo\x00", ProfileName="\x00"), {"From": "nonsense"}, form(phone, NumMedia="x")]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda fields: post(stack, fields).status_code, good + bad))
    assert statuses == [204] * 31 + [400, 400]
    assert all(stored(stack, fields["MessageSid"]) for fields in good)


def test_unknown_fields_are_kept_with_the_whole_form(stack: Stack, phone: str) -> None:
    fields = form(phone, ExternalUserId="abc", CampoNovo="valor")
    assert post(stack, fields).status_code == 204
    assert stored(stack, fields["MessageSid"])[0][1] == fields


def test_the_same_message_posted_twenty_times_at_once_is_one_message(stack: Stack, phone: str) -> None:
    fields = form(phone, Body="uma vez só")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: post(stack, fields).status_code, range(20)))
    assert statuses == [204] * 20
    assert len(stored(stack, fields["MessageSid"])) == 1
    conversations = "SELECT count(*) FROM conversation c JOIN contact p ON p.id = c.contact_id WHERE p.address = %s"
    assert stack.rows(conversations, f"whatsapp:{phone}") == [(1,)]


def test_twenty_files_are_twenty_visible_files_even_where_none_can_be_fetched(stack: Stack, phone: str) -> None:
    media = {f"MediaUrl{n}": f"{stack.simulator}/nada/{n}" for n in range(20)}
    types = {f"MediaContentType{n}": "image/jpeg" for n in range(20)}
    fields = form(phone, NumMedia="20", **media, **types)
    assert post(stack, fields).status_code == 204
    query = "SELECT count(*) FROM media f JOIN message m ON m.id = f.message_id WHERE m.sid = %s"
    assert stack.rows(query, fields["MessageSid"]) == [(20,)]


def test_a_file_that_points_elsewhere_is_never_fetched(stack: Stack, phone: str) -> None:
    fields = form(phone, NumMedia="1", MediaUrl0=f"{stack.web}/healthz", MediaContentType0="image/png")
    assert post(stack, fields).status_code == 204
    query = "SELECT f.state, f.error FROM media f JOIN message m ON m.id = f.message_id WHERE m.sid = %s"
    state, error = eventually(
        lambda: (rows := stack.rows(query, fields["MessageSid"])) and rows[0][0] == "failed" and rows,
        what="the refusal",
    )[0]
    assert "não é da Twilio" in error, state


def test_a_transient_404_is_tried_again(stack: Stack, phone: str) -> None:
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    stack.faults(media_404=1)
    sent = stack.write(phone, "", media=[{"content_type": "image/png", "base64": png}])
    query = "SELECT f.state, f.attempts FROM media f JOIN message m ON m.id = f.message_id WHERE m.sid = %s"
    eventually(lambda: stack.rows(query, sent["sid"]) == [("stored", 2)], what="the second try")


def test_a_wrong_method_and_an_unknown_path_change_nothing(stack: Stack) -> None:
    assert httpx.get(f"{stack.web}/webhooks/twilio/messages").status_code == 405
    assert httpx.post(f"{stack.web}/webhooks/twilio/outro").status_code in {404, 401, 403, 303}


def test_a_body_that_is_no_form_is_refused(stack: Stack) -> None:
    url = f"{stack.web}/webhooks/twilio/messages"
    answer = httpx.post(url, content=b"\xff\xfe{json}" * 100, headers={"X-Twilio-Signature": "x"})
    assert answer.status_code == 403

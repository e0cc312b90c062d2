"""What people write, as the product's webhook gets it."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from simulator_rig import ANA, Product, Simulator, until
from twilio.request_validator import RequestValidator

from simulator.settings import Settings

PNG = base64.b64encode(b"\x89PNG bytes").decode()


def test_a_message_arrives_as_twilios_signed_form(simulator: Simulator, product: Product) -> None:
    outcome = simulator.write(body="Oi, é a Ana", wait=True, extra={"NewField": "ção"})
    [hit] = product.messages
    settings = simulator.settings
    assert outcome["status_codes"] == [204]
    assert hit.form["MessageSid"] == hit.form["SmsSid"] == outcome["sid"]
    assert (hit.form["From"], hit.form["To"]) == (f"whatsapp:{ANA}", settings.sender)
    assert (hit.form["WaId"], hit.form["ProfileName"]) == (ANA[1:], "Ana Beatriz Rocha")
    assert (hit.form["Body"], hit.form["MessageType"], hit.form["NumMedia"]) == ("Oi, é a Ana", "text", "0")
    assert hit.form["NewField"] == "ção"
    validator = RequestValidator(settings.auth_token)
    assert validator.validate(settings.webhook_url, hit.form, hit.headers["x-twilio-signature"])


def test_a_wrong_or_missing_signature_can_be_sent(simulator: Simulator, product: Product) -> None:
    simulator.write(body="oi", signature="wrong", wait=True)
    simulator.write(body="oi", signature="none", wait=True)
    wrong, none = product.messages
    validator = RequestValidator(simulator.settings.auth_token)
    assert not validator.validate(wrong.url, wrong.form, wrong.headers["x-twilio-signature"])
    assert "x-twilio-signature" not in none.headers


def test_a_servers_error_is_tried_once_more_with_the_same_message(simulator: Simulator, product: Product) -> None:
    product.answers = [503, 204]
    outcome = simulator.write(body="oi", wait=True)
    assert (outcome["status_codes"], outcome["given_up"]) == ([503, 204], False)
    first, second = product.messages
    assert first.form == second.form
    assert first.headers["i-twilio-idempotency-token"] == second.headers["i-twilio-idempotency-token"]


def test_after_two_failures_the_message_is_given_up_and_can_be_posted_again(
    simulator: Simulator, product: Product
) -> None:
    product.answers = [500, 500]
    outcome = simulator.write(body="oi", wait=True)
    assert outcome["given_up"] is True
    [shown] = simulator.http.get(f"/control/phones/{ANA}/messages").json()
    assert shown["status"] == "failed"
    again = simulator.http.post(f"/control/retry/{outcome['sid']}").json()
    assert again["given_up"] is False
    assert len({hit.form["MessageSid"] for hit in product.messages}) == 1


def test_a_refusal_is_not_tried_again(simulator: Simulator, product: Product) -> None:
    product.answers = [403]
    outcome = simulator.write(body="oi", wait=True)
    assert (outcome["status_codes"], outcome["given_up"]) == ([403], True)


def test_an_answer_that_takes_too_long_counts_as_none(start: Callable[..., Simulator], product: Product) -> None:
    product.held = 2
    simulator = start(webhook_timeout=0.2)
    outcome = simulator.write(body="oi", wait=True)
    assert [attempt["error"] for attempt in outcome["attempts"]] == ["timeout", "timeout"]
    assert len(product.messages) == 2


def test_patience_is_twilios_unless_a_test_says_otherwise() -> None:
    settings = Settings()
    assert (settings.connect_timeout, settings.webhook_timeout, settings.media_timeout) == (5, 15, 10)


def test_nobody_listening_is_recorded_and_not_fatal(start: Callable[..., Simulator]) -> None:
    simulator = start(public_url="http://127.0.0.1:9")
    outcome = simulator.write(body="oi", wait=True)
    assert [attempt["error"] for attempt in outcome["attempts"]] == ["ConnectError", "ConnectError"]


def test_what_is_typed_next_does_not_wait_for_an_answer_but_comes_after(simulator: Simulator, product: Product) -> None:
    product.held = 1
    for n in range(10):
        simulator.write(body=str(n))
    until(lambda: len(product.messages) == 10)
    assert [hit.form["Body"] for hit in product.messages] == [str(n) for n in range(10)]


def test_the_same_form_can_arrive_several_times_at_once(simulator: Simulator, product: Product) -> None:
    outcome = simulator.write(body="oi", copies=4, wait=True)
    assert outcome["status_codes"] == [204] * 4
    assert [hit.form["MessageSid"] for hit in product.messages] == [outcome["sid"]] * 4


def test_an_album_is_one_message_for_each_file(simulator: Simulator, product: Product) -> None:
    files = [{"content_type": "image/png", "base64": PNG}, {"content_type": "application/pdf", "base64": PNG}]
    simulator.write(body="segue", media=files, wait=True)
    until(lambda: len(product.messages) == 2)
    image, document = product.messages
    assert (image.form["MessageType"], image.form["Body"]) == ("image", "segue")
    assert (document.form["MessageType"], document.form["Body"]) == ("document", "")
    assert (document.form["NumMedia"], document.form["MediaContentType0"]) == ("1", "application/pdf")


def test_media_needs_credentials_and_is_then_served_elsewhere_without(simulator: Simulator, product: Product) -> None:
    simulator.write(media=[{"content_type": "image/png", "base64": PNG}], wait=True)
    url = product.messages[0].form["MediaUrl0"]
    assert simulator.http.get(url).status_code == 401
    answer = simulator.http.get(url, auth=simulator.credentials)
    assert answer.status_code == 307
    served = simulator.http.get(answer.headers["location"])
    assert (served.content, served.headers["content-type"]) == (b"\x89PNG bytes", "image/png")


def test_media_can_be_missing_at_first(simulator: Simulator, product: Product) -> None:
    simulator.write(media=[{"content_type": "image/png", "base64": PNG}], wait=True)
    simulator.faults(media_404=1)
    url = product.messages[0].form["MediaUrl0"]
    missing = simulator.http.get(url, auth=simulator.credentials)
    assert (missing.status_code, missing.json()["code"]) == (404, 20404)
    assert simulator.http.get(url, auth=simulator.credentials).status_code == 307


def test_a_file_of_this_machine_can_be_attached(simulator: Simulator, product: Product, tmp_path: Path) -> None:
    (tmp_path / "boleto.pdf").write_bytes(b"%PDF")
    simulator.write(media=[{"path": str(tmp_path / "boleto.pdf")}], wait=True)
    assert product.messages[0].form["MediaContentType0"] == "application/pdf"


def test_an_attachment_that_cannot_be_read_is_said_so(simulator: Simulator) -> None:
    wanted = {"phone": ANA, "media": [{"path": "/no/such/file.pdf"}]}
    assert simulator.http.post("/control/inbound", json=wanted).status_code == 422


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            {"button": {"title": "Manhã", "id": "m", "reply_to": "SM1"}},
            {
                "MessageType": "button",
                "Body": "Manhã",
                "ButtonText": "Manhã",
                "ButtonPayload": "m",
                "OriginalRepliedMessageSid": "SM1",
            },
        ),
        (
            {"list": {"title": "Dra. Helena", "id": "1"}},
            {"MessageType": "interactive", "Body": "Dra. Helena", "ListTitle": "Dra. Helena", "ListId": "1"},
        ),
        (
            {"location": {"latitude": -2.53, "longitude": -44.3, "label": "Centro"}},
            {"MessageType": "location", "Latitude": "-2.53", "Longitude": "-44.3", "Label": "Centro"},
        ),
        (
            {"message_type": "sticker", "media": [{"content_type": "image/webp", "base64": PNG}]},
            {"MessageType": "sticker", "NumMedia": "1"},
        ),
        (
            {"message_type": "contacts", "media": [{"content_type": "text/vcard", "base64": PNG}]},
            {"MessageType": "contacts", "MediaContentType0": "text/vcard"},
        ),
        ({"media": [{"content_type": "audio/ogg", "base64": PNG}]}, {"MessageType": "audio"}),
    ],
)
def test_each_kind_of_message_has_its_own_fields(
    written: dict[str, object], expected: dict[str, str], simulator: Simulator, product: Product
) -> None:
    simulator.write(**written, wait=True)
    assert expected.items() <= product.messages[0].form.items()


def test_an_unknown_telephone_is_known_from_its_first_message(simulator: Simulator, product: Product) -> None:
    simulator.write("+5598955556666", body="oi", profile_name="Gil", wait=True)
    assert product.messages[0].form["ProfileName"] == "Gil"
    assert simulator.http.get("/control/phones").json()[-1]["name"] == "Gil"


def test_a_new_log_leaves_the_telephones_as_they_are(simulator: Simulator) -> None:
    simulator.open_window()
    simulator.http.delete("/control/log")
    assert simulator.http.get("/control/log").json()["inbound"] == []
    assert len(simulator.http.get(f"/control/phones/{ANA}/messages").json()) == 1

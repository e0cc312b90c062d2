"""What becomes of an accepted message, and how the product is told."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from simulator_rig import ANA, File, Product, Simulator, until
from twilio.request_validator import RequestValidator

from simulator.fetching import name_of

ELZA_AS_DIALLED = "whatsapp:+5598988000005"
ELZA = "+559888000005"


def with_callback(product: Product, outbox: str = "7") -> dict[str, str]:
    return {"StatusCallback": f"{product.url}/webhooks/twilio/status?outbox={outbox}&x=a%20b"}


def heard(product: Product) -> list[str]:
    return [hit.form["MessageStatus"] for hit in product.statuses]


def test_every_status_is_told_with_a_signature_over_the_whole_address(simulator: Simulator, product: Product) -> None:
    simulator.open_window()
    simulator.faults(read=True)
    sid = simulator.send(Body="Olá", **with_callback(product)).json()["sid"]
    until(lambda: len(product.statuses) == 5)
    assert sorted(heard(product)) == sorted(["queued", "sending", "sent", "delivered", "read"])
    validator = RequestValidator(simulator.settings.auth_token)
    for hit in product.statuses:
        assert hit.form["MessageSid"] == sid
        assert validator.validate(hit.url, hit.form, hit.headers["x-twilio-signature"])
        assert hit.headers["i-twilio-idempotency-token"]


def test_without_a_callback_address_nobody_is_told(simulator: Simulator, product: Product) -> None:
    simulator.open_window()
    simulator.finished(simulator.send(Body="Olá").json()["sid"], "delivered")
    assert product.statuses == []


def test_a_message_is_read_when_its_owner_opens_the_conversation(simulator: Simulator, product: Product) -> None:
    simulator.open_window()
    sid = simulator.send(Body="Olá", **with_callback(product)).json()["sid"]
    simulator.finished(sid, "delivered")
    [ana, *_] = simulator.http.get("/control/phones").json()
    assert ana["unread"] == 1
    simulator.http.post(f"/control/phones/{ANA}/read")
    simulator.finished(sid, "read")
    until(lambda: "READ" in [hit.form.get("EventType") for hit in product.statuses])


def test_a_free_message_outside_the_window_is_accepted_and_fails_later(simulator: Simulator, product: Product) -> None:
    simulator.open_window()
    simulator.move_clock(hours=25)
    answer = simulator.send(Body="Olá", **with_callback(product))
    assert answer.status_code == 201
    send = simulator.finished(answer.json()["sid"], "failed")
    assert send["error_code"] == 63016
    until(lambda: any(hit.form.get("ErrorCode") == "63016" for hit in product.statuses))


def test_a_template_reaches_who_has_not_written_for_a_day(simulator: Simulator) -> None:
    wanted = {"friendly_name": "aviso", "types": {"twilio/text": {"body": "Temos novidades."}}}
    made = simulator.http.post("/v1/Content", json=wanted, auth=simulator.credentials).json()
    answer = simulator.send(ContentSid=made["sid"])
    simulator.finished(answer.json()["sid"], "delivered")


def test_the_products_clock_is_moved_with_a_signed_form(simulator: Simulator, product: Product) -> None:
    answer = simulator.move_clock(hours=3)
    assert answer["offset_seconds"] == 3 * 3600
    assert answer["forwarded"]["ok"] is True
    [hit] = product.on("/demo/clock")
    validator = RequestValidator(simulator.settings.auth_token)
    assert hit.form == {"offset_seconds": "10800"}
    assert validator.validate(hit.url, hit.form, hit.headers["x-twilio-signature"])


def test_a_clock_that_the_product_does_not_follow_is_moved_all_the_same(simulator: Simulator, product: Product) -> None:
    product.answers = [404]
    answer = simulator.move_clock(hours=3)
    assert (answer["offset_seconds"], answer["forwarded"]["ok"]) == (10800, False)


def test_media_is_fetched_before_the_message_is_sent(simulator: Simulator, product: Product) -> None:
    simulator.open_window()
    sid = simulator.send(MediaUrl=f"{product.url}/media/raio-x.png").json()["sid"]
    assert sid.startswith("MM")
    simulator.finished(sid, "delivered")
    shown = simulator.http.get(f"/control/phones/{ANA}/messages").json()[-1]["media"]
    assert shown[0]["content_type"] == "image/png"
    assert simulator.http.get(shown[0]["url"]).content == b"\x89PNG bytes"


def test_media_that_cannot_be_fetched_or_is_too_large_fails_the_message(simulator: Simulator, product: Product) -> None:
    simulator.open_window()
    product.files |= {
        "/media/vazio": File(b"", "application/pdf"),
        "/media/grande": File(b"x" * (16 * 1024 * 1024 + 1), "application/pdf"),
        "/media/foto-grande": File(b"x" * (5 * 1024 * 1024 + 1), "image/jpeg"),
    }
    for path in ("vencido.png", "vazio", "grande", "foto-grande"):
        sid = simulator.send(MediaUrl=f"{product.url}/media/{path}").json()["sid"]
        assert simulator.finished(sid, "failed")["error_code"] == 63019


def test_the_log_tells_what_was_fetched_and_the_telephone_shows_its_name(
    simulator: Simulator, product: Product
) -> None:
    simulator.open_window()
    sid = simulator.send(MediaUrl=f"{product.url}/media/x1", Body="Sua fatura").json()["sid"]
    digest = hashlib.sha256(b"%PDF-1.7 slip").hexdigest()
    assert simulator.finished(sid, "delivered")["fetched"] == [
        {"content_type": "application/pdf", "size": 13, "sha256": digest, "name": "fatura de março.pdf"}
    ]
    [shown] = simulator.http.get(f"/control/phones/{ANA}/messages").json()[-1]["media"]
    assert (shown["name"], shown["size"]) == ("fatura de março.pdf", 13)
    opened = simulator.http.get(shown["url"])
    assert opened.headers["content-disposition"].startswith("inline")
    assert "sandbox" not in opened.headers["content-security-policy"]
    [ana, *_] = simulator.http.get("/control/phones").json()
    assert ana["preview"] == "fatura de março.pdf"


def test_a_pictures_words_are_shown_and_a_documents_are_not(simulator: Simulator, product: Product) -> None:
    simulator.open_window()
    for path, shown in (("x1", ""), ("x2", "Aqui está")):
        sid = simulator.send(MediaUrl=f"{product.url}/media/{path}", Body="Aqui está").json()["sid"]
        simulator.finished(sid, "delivered")
        assert simulator.http.get(f"/control/phones/{ANA}/messages").json()[-1]["body"] == shown


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("inline; filename=\"marco.pdf\"; filename*=UTF-8''mar%C3%A7o.pdf", "março.pdf"),
        ('attachment; filename="a b.pdf"', "a b.pdf"),
        ("inline", "raio x.png"),
        ("", "raio x.png"),
    ],
)
def test_a_file_is_called_as_its_header_says(disposition: str, name: str) -> None:
    assert name_of(disposition, "https://zelo.invalid/media/raio%20x.png?y=1") == name


def test_who_blocked_the_central_or_has_no_whatsapp_gets_nothing(simulator: Simulator) -> None:
    simulator.faults(blocked=[ANA], not_on_whatsapp=["+5598911112222"], async_error={"+5598933334444": 63018})
    for number, status, code in (
        (ANA, "undelivered", 63024),
        ("+5598911112222", "undelivered", 63003),
        ("+5598933334444", "failed", 63018),
    ):
        sid = simulator.send(To=f"whatsapp:{number}", Body="Olá").json()["sid"]
        assert simulator.finished(sid, status)["error_code"] == code


def test_an_account_without_the_ninth_digit_is_reached_by_the_number_as_dialled(
    simulator: Simulator,
) -> None:
    simulator.open_window(ELZA)
    made = simulator.send(To=ELZA_AS_DIALLED, Body="Olá").json()
    assert made["to"] == ELZA_AS_DIALLED
    simulator.finished(made["sid"], "delivered")
    assert simulator.http.get(f"/control/phones/{ELZA}/messages").json()[-1]["sid"] == made["sid"]


def test_callbacks_can_come_twice_and_late(simulator: Simulator, product: Product) -> None:
    simulator.open_window()
    simulator.faults(callbacks={"double": 1, "shuffle": True, "delay": 0.05}, seed=1)
    simulator.send(Body="Olá", **with_callback(product))
    until(lambda: len(product.statuses) == 8)
    assert {status: heard(product).count(status) for status in heard(product)} == {
        "queued": 2,
        "sending": 2,
        "sent": 2,
        "delivered": 2,
    }
    assert heard(product) != sorted(heard(product), key=["queued", "sending", "sent", "delivered"].index)


def test_callbacks_can_be_lost(simulator: Simulator, product: Product) -> None:
    simulator.open_window()
    simulator.faults(callbacks={"drop": 1})
    simulator.finished(simulator.send(Body="Olá", **with_callback(product)).json()["sid"], "delivered")
    assert product.statuses == []


def test_accepted_sends_and_webhook_attempts_are_written_down_as_they_happen(
    start: Callable[..., Simulator], tmp_path: Path
) -> None:
    path = tmp_path / "log.jsonl"
    simulator = start(log_path=path)
    simulator.open_window()
    simulator.send(Body="Olá")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ["inbound", "send"]
    assert (lines[0]["status"], lines[1]["body"]) == (204, "Olá")

"""Twilio's API, called as the product calls it: with the official client."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from simulator_rig import ANA, Product, Simulator, until
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList

TO_ANA = f"whatsapp:{ANA}"


def test_the_official_client_creates_lists_and_fetches_messages(simulator: Simulator, twilio: Client) -> None:
    simulator.open_window()
    made = twilio.messages.create(to=TO_ANA, from_=simulator.settings.sender, body="Olá")
    assert re.fullmatch(r"SM[0-9a-f]{32}", str(made.sid))
    assert (made.status, made.body, made.direction) == ("queued", "Olá", "outbound-api")
    assert twilio.messages(str(made.sid)).fetch().body == "Olá"
    assert [m.sid for m in twilio.messages.list(to=TO_ANA)] == [made.sid]


def test_the_date_of_sending_is_null_until_the_message_was_sent(
    start: Callable[..., Simulator],
) -> None:
    simulator = start(step_pause=0.3)
    simulator.open_window()
    queued = simulator.send(Body="Olá").json()
    assert queued["date_sent"] is None
    assert queued["date_created"].endswith("+0000")
    simulator.finished(queued["sid"], "delivered")
    sent = simulator.http.get(queued["uri"], auth=simulator.credentials).json()
    assert sent["date_sent"].endswith("+0000")


def test_a_filter_on_the_date_does_not_hide_what_is_still_queued(start: Callable[..., Simulator]) -> None:
    simulator = start(step_pause=60)
    sid = simulator.send(Body="Olá").json()["sid"]
    path = f"/2010-04-01/Accounts/{simulator.settings.account_sid}/Messages.json"
    answer = simulator.http.get(path, params={"DateSent>": "2099-01-01"}, auth=simulator.credentials)
    assert [message["sid"] for message in answer.json()["messages"]] == [sid]


def test_a_filter_on_the_date_leaves_out_what_was_sent_before(simulator: Simulator, twilio: Client) -> None:
    simulator.open_window()
    made = twilio.messages.create(to=TO_ANA, from_=simulator.settings.sender, body="Olá")
    simulator.finished(str(made.sid), "delivered")
    sent_at = twilio.messages(str(made.sid)).fetch().date_sent
    assert sent_at is not None
    hour = timedelta(hours=1)
    assert twilio.messages.list(to=TO_ANA, date_sent_after=sent_at + hour) == []
    assert len(twilio.messages.list(to=TO_ANA, date_sent_after=sent_at - hour)) == 1


def test_the_list_is_paged_newest_first(simulator: Simulator, twilio: Client) -> None:
    sids = [simulator.send(Body=f"mensagem {n}").json()["sid"] for n in range(5)]
    assert [m.sid for m in twilio.messages.list(to=TO_ANA, page_size=2)] == sids[::-1]


def test_the_same_post_twice_makes_two_messages(simulator: Simulator) -> None:
    first, second = simulator.send(Body="Olá"), simulator.send(Body="Olá")
    assert first.json()["sid"] != second.json()["sid"]
    assert len(simulator.sends()) == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": "", "Body": "Olá"}, 21604),
        ({"From": "", "Body": "Olá"}, 21603),
        ({"To": "whatsapp:98988000001", "Body": "Olá"}, 21211),
        ({"From": "whatsapp:+5511900000000", "Body": "Olá"}, 63007),
        ({}, 21619),
        ({"Body": "a" * 1601}, 21617),
        ({"ContentSid": "HX" + "0" * 32}, 21655),
    ],
)
def test_a_request_that_twilio_would_refuse_is_refused(fields: dict[str, str], code: int, simulator: Simulator) -> None:
    answer = simulator.send(**fields)
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (400, code, 400)
    assert simulator.sends() == []


def test_wrong_credentials_raise_the_clients_exception_with_its_code(simulator: Simulator, twilio: Client) -> None:
    stranger = Client(simulator.settings.account_sid, "wrong", http_client=twilio.http_client)
    with pytest.raises(TwilioRestException) as raised:
        stranger.messages.create(to=TO_ANA, from_=simulator.settings.sender, body="Olá")
    assert (raised.value.status, raised.value.code) == (401, 20003)


def test_an_unknown_message_raises_the_clients_exception_with_its_code(twilio: Client) -> None:
    with pytest.raises(TwilioRestException) as raised:
        twilio.messages("SM" + "0" * 32).fetch()
    assert (raised.value.status, raised.value.code) == (404, 20404)


def quick_reply() -> ContentList.ContentCreateRequest:
    return ContentList.ContentCreateRequest(
        {
            "friendly_name": "turno",
            "language": "pt_BR",
            "variables": {"1": "você"},
            "types": ContentList.Types(
                {
                    "twilio/quick-reply": ContentList.TwilioQuickReply(
                        {
                            "body": "Oi, {{1}}. Qual turno?",
                            "actions": [
                                ContentList.QuickReplyAction(
                                    {"type": "QUICK_REPLY", "title": "Manhã", "id": "m-{{2}}"}
                                ),
                            ],
                        }
                    ),
                }
            ),
        }
    )


def test_a_template_is_filled_in_and_reaches_the_phone_with_its_buttons(simulator: Simulator, twilio: Client) -> None:
    made = twilio.content.v1.contents.create(quick_reply())
    assert re.fullmatch(r"HX[0-9a-f]{32}", str(made.sid))
    assert twilio.content.v1.contents(str(made.sid)).fetch().friendly_name == "turno"
    assert [content.sid for content in twilio.content.v1.contents.list()] == [made.sid]
    sent = twilio.messages.create(
        to=TO_ANA,
        from_=simulator.settings.sender,
        content_sid=str(made.sid),
        content_variables='{"1": "Ana", "2": "7"}',
    )
    assert sent.body == "Oi, Ana. Qual turno?"
    [shown] = simulator.http.get(f"/control/phones/{ANA}/messages").json()
    assert shown["buttons"] == [{"title": "Manhã", "id": "m-7", "description": ""}]


def test_a_variable_that_is_not_given_keeps_its_sample(simulator: Simulator, twilio: Client) -> None:
    made = twilio.content.v1.contents.create(quick_reply())
    assert simulator.send(ContentSid=str(made.sid)).json()["body"] == "Oi, você. Qual turno?"


def test_variables_that_are_no_json_object_of_strings_are_refused(simulator: Simulator, twilio: Client) -> None:
    made = twilio.content.v1.contents.create(quick_reply())
    for variables in ("{", "[]", '{"1": 2}'):
        answer = simulator.send(ContentSid=str(made.sid), ContentVariables=variables)
        assert answer.json()["code"] == 21656


@pytest.mark.parametrize(
    "types",
    [
        {"twilio/quick-reply": {"body": "?", "actions": [{"title": str(n), "id": "x"} for n in range(4)]}},
        {"twilio/quick-reply": {"body": "?", "actions": [{"title": "a" * 21, "id": "x"}]}},
        {"twilio/list-picker": {"body": "?", "button": "Ver", "items": [{"item": "a" * 25, "id": "x"}]}},
        {"twilio/list-picker": {"body": "?", "button": "Ver", "items": [{"item": "a", "id": "x"}] * 11}},
        {"twilio/text": {}},
        {},
    ],
)
def test_a_template_beyond_the_channels_limits_is_refused(types: dict[str, object], simulator: Simulator) -> None:
    answer = simulator.http.post("/v1/Content", json={"types": types}, auth=simulator.credentials)
    assert answer.status_code == 400


def test_a_refusal_on_demand_says_when_to_come_back(simulator: Simulator) -> None:
    simulator.faults(sends={"count": 1, "status": 429, "code": 20429, "retry_after": 2})
    refused = simulator.send(Body="Olá")
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (429, 20429, "2")
    assert simulator.send(Body="Olá").status_code == 201


def test_a_connection_can_be_cut_after_the_message_was_accepted(simulator: Simulator) -> None:
    simulator.faults(accept_then_drop=1)
    with pytest.raises(httpx.RemoteProtocolError):
        simulator.send(Body="Olá")
    assert [send["body"] for send in simulator.sends()] == ["Olá"]


def test_a_connection_can_be_cut_before_the_message_was_accepted(simulator: Simulator) -> None:
    simulator.faults(drop_before_accept=1)
    with pytest.raises(httpx.RemoteProtocolError):
        simulator.send(Body="Olá")
    assert simulator.sends() == []


def test_the_busiest_second_of_a_sender_is_counted(simulator: Simulator) -> None:
    for _ in range(3):
        simulator.send(Body="Olá")
    peak = simulator.http.get("/control/log").json()["peak_rate"]
    assert 1 <= peak[simulator.settings.sender] <= 3


def test_the_control_answers_this_machine_by_its_own_name_alone(simulator: Simulator) -> None:
    answer = simulator.http.get("/control/log", headers={"Host": "attacker.example"})
    assert answer.status_code == 403


def test_faults_are_checked_and_can_be_taken_back(simulator: Simulator) -> None:
    assert simulator.http.post("/control/faults", json={"no_such_fault": 1}).status_code == 422
    simulator.faults(media_404=3)
    assert simulator.http.get("/control/faults").json()["media_404"] == 3
    assert simulator.http.delete("/control/faults").json()["media_404"] == 0


def test_it_says_that_it_is_alive(simulator: Simulator, product: Product) -> None:
    assert until(lambda: simulator.http.get("/healthz").json()) == {"status": "ok"}
    assert product.hits == []

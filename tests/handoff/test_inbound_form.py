"""Twilio's forms, one of each kind: good, odd and malformed. (Recorded shapes, invented contents.)"""

from __future__ import annotations

import pytest

from handoff.whatsapp.inbound import Malformed, read_form

SID = "SM" + "0123456789abcdef" * 2
BASE = {"MessageSid": SID, "From": "whatsapp:+5598988000001", "To": "whatsapp:+559830000000", "NumMedia": "0"}


@pytest.mark.parametrize(
    ("more", "kind", "body"),
    [
        ({"Body": "oi", "MessageType": "text"}, "text", "oi"),
        ({"Body": "", "MessageType": "text"}, "text", ""),
        ({"Latitude": "-2.53", "Longitude": "-44.30", "MessageType": "location"}, "location", "-2.53, -44.30"),
        ({"Latitude": "-2.5", "Longitude": "-44.3", "Label": "Casa", "Address": "Rua A"}, "location", "Casa Rua A"),
        (
            {"MessageType": "contacts", "NumMedia": "1", "MediaUrl0": "https://x/1", "MediaContentType0": "text/vcard"},
            "contacts",
            "",
        ),
        (
            {"MessageType": "sticker", "NumMedia": "1", "MediaUrl0": "https://x/1", "MediaContentType0": "image/webp"},
            "sticker",
            "",
        ),
        ({"NumMedia": "1", "MediaUrl0": "https://x/1", "MediaContentType0": "audio/ogg"}, "audio", ""),
        (
            {"NumMedia": "1", "MediaUrl0": "https://x/1", "MediaContentType0": "application/pdf", "Body": "RG"},
            "document",
            "RG",
        ),
        ({"ButtonText": "Sim", "ButtonPayload": "yes", "MessageType": "button", "Body": "Sim"}, "button", "Sim"),
        ({"ListId": "a", "ListTitle": "Agendar", "MessageType": "interactive"}, "list", "Agendar"),
        ({"MessageType": "reaction"}, "unsupported", ""),
    ],
)
def test_each_kind_becomes_a_visible_message(more: dict[str, str], kind: str, body: str) -> None:
    message = read_form(BASE | more)
    assert (message.kind, message.body) == (kind, body)
    assert dict(message.form) == BASE | more, "the whole form is kept"


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
def test_a_form_without_what_makes_it_a_message_is_malformed(missing: str) -> None:
    with pytest.raises(Malformed):
        read_form({name: value for name, value in BASE.items() if name != missing})


@pytest.mark.parametrize("more", [{"MessageSid": "x"}, {"From": "+5598"}, {"NumMedia": "many"}, {"NumMedia": "1000"}])
def test_nonsense_is_malformed(more: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        read_form(BASE | more)


def test_what_cannot_be_stored_is_cleaned_and_the_rest_kept() -> None:
    message = read_form(BASE | {"Body": "a\x00b\ud800c 😀", "Novo\x00Campo": "1"})
    assert message.body == "abc 😀"
    assert message.form["NovoCampo"] == "1"


def test_the_same_person_has_one_telephone_with_and_without_the_ninth_digit() -> None:
    assert read_form(BASE | {"From": "whatsapp:+559888000005"}).phone == "+5598988000005"
    assert read_form(BASE | {"From": "whatsapp:+5598988000005"}).phone == "+5598988000005"
    assert read_form(BASE | {"From": "whatsapp:maria.silva"}).phone == ""


def test_twenty_files_are_twenty_files() -> None:
    urls = {f"MediaUrl{n}": f"https://x/{n}" for n in range(20)}
    types = {f"MediaContentType{n}": "image/jpeg" for n in range(20)}
    assert len(read_form(BASE | {"NumMedia": "20"} | urls | types).media) == 20

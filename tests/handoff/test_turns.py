"""What is pending together is one turn; a tap stands alone; a file without words is still a message."""

from __future__ import annotations

from handoff.conversations.options import Option
from handoff.conversations.tables import Message
from handoff.dispatch.turns import next_question

YES = Option("Sim", {"intent": "affirm"})


def message(number: int, body: str = "", kind: str = "text") -> Message:
    return Message(id=number, body=body, kind=kind)


def test_three_messages_typed_meanwhile_are_one_turn_in_their_order() -> None:
    question = next_question([message(1, "oi"), message(2, "queria"), message(3, "agendar")], [])
    assert question.message_ids == (1, 2, 3)
    assert question.text == "oi\nqueria\nagendar"
    assert question.payload is None


def test_a_tap_is_a_turn_by_itself_and_so_is_what_came_before_it() -> None:
    pending = [message(1, "oi"), message(2, "Sim", "button"), message(3, "obrigada")]
    assert next_question(pending, [YES]).message_ids == (1,)
    tapped = next_question(pending[1:], [YES])
    assert (tapped.message_ids, tapped.payload) == ((2,), {"intent": "affirm"})


def test_a_tap_on_an_option_that_is_no_longer_offered_is_answered_kindly_and_means_nothing() -> None:
    assert next_question([message(1, "Sim", "button")], []).payload == {"intent": "late_tap"}


def test_an_album_is_one_turn_with_its_files_counted() -> None:
    question = next_question([message(1, "", "image"), message(2, "", "document"), message(3, "meu RG", "image")], [])
    assert question.context["attachments"] == 3
    assert question.text == "meu RG"
    assert question.payload is None


def test_files_without_words_are_a_document_and_an_audio_alone_is_not() -> None:
    assert next_question([message(1, "", "image")], []).payload == {"intent": "send_document"}
    assert next_question([message(1, "", "audio")], []).payload == {"intent": "unreadable_message"}
    assert next_question([message(1, "-2.5, -44.3", "location")], []).payload == {"intent": "unreadable_message"}

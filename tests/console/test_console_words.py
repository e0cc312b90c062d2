"""How things are written on screen."""

from datetime import UTC, date, datetime

import pytest

from handoff.console import formats, thread, words
from handoff.conversations.tables import Message


def test_moments_are_local() -> None:
    late = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    assert formats.clock(late) == "22:30"
    assert formats.moment(late) == "22/11/2026 22:30"
    assert formats.short_date(late) == "22/11/2026"
    assert formats.iso(late) == "2026-11-23T01:30:00Z"
    assert formats.brief(late, datetime(2026, 11, 22, 15, tzinfo=UTC)) == "22:30"
    assert formats.brief(late, datetime(2026, 11, 23, 15, tzinfo=UTC)) == "22/11"


def test_days_have_names() -> None:
    today = date(2026, 11, 23)
    assert formats.day_name(today, today) == "Hoje"
    assert formats.day_name(date(2026, 11, 22), today) == "Ontem"
    assert formats.day_name(date(2026, 11, 17), today) == "terça-feira, 17 de novembro"
    assert formats.day_name(date(2025, 3, 1), today) == "sábado, 1 de março de 2025"


def test_numbers_are_written_as_people_write_them() -> None:
    assert formats.phone("+5598988000001") == "(98) 98800-0001"
    assert formats.phone("+351912345678") == "+351912345678"
    assert formats.cpf("52998224725") == "529.982.247-25"
    assert formats.card("00641000000101") == "0064 1000 0001 01"
    assert [formats.size(n) for n in (10, 350_000, 2 * 1024 * 1024, 2_621_440)] == ["1 KB", "341 KB", "2 MB", "2,5 MB"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*oi* tudo", "<strong>oi</strong> tudo"),
        ("2*3*4 e * nada *", "2*3*4 e * nada *"),
        ("<i>*a*</i>", "&lt;i&gt;<strong>a</strong>&lt;/i&gt;"),
    ],
)
def test_bold_is_all_that_a_message_may_be(text: str, html: str) -> None:
    assert str(formats.chat(text)) == html


def test_a_known_reason_is_said_in_words_and_a_persons_stands() -> None:
    assert words.reason("asked") == "pediu para falar com uma pessoa"
    assert words.reason("request:invoice_copy") == "Segunda via de boleto"
    assert words.reason("Pergunta sobre boleto") == "Pergunta sobre boleto"


def test_an_unknown_failure_keeps_its_code() -> None:
    assert words.failure(12345) == "motivo não informado (código 12345)"
    assert words.failure(None) == "motivo não informado"


def test_a_reading_without_anything_is_none() -> None:
    assert thread.understood(None) is None
    assert thread.understood({"intent": {"name": None}, "intent_ranking": [], "entities": []}) is None
    found = thread.understood({"intent": {"name": "affirm", "confidence": 1.0}})
    assert found is not None
    assert [(guess.code, guess.confidence) for guess in found.guesses] == [("affirm", 1.0)]


def test_only_what_is_on_its_way_out_has_a_tick() -> None:
    assert thread.tick(Message(direction="in", state="done", delivery=None), "") is None
    assert thread.tick(Message(direction="out", state="unsent", delivery=None), "") is None
    unknown = thread.tick(Message(direction="out", state="done", delivery="novo"), "")
    assert unknown is not None
    assert unknown.words == "novo"

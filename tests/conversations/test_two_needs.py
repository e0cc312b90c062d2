"""Two requests in one message: one is worked, the other is noted and offered when the first has ended."""

from __future__ import annotations

from tests.conversations.people import ANA, FABIO, Dialogue


def test_the_second_need_is_noted_offered_and_worked_with_its_own_protocol(chat: Dialogue) -> None:
    chat("quero marcar uma consulta com cardiologista e também preciso da segunda via do boleto")
    assert "Anotei: Agendamento" in chat.last
    assert "Depois disso a gente vê a segunda via do boleto" in chat.last
    chat(FABIO, "1", "sim")
    assert "está marcada" in chat.last
    assert "Agora vamos à segunda via do boleto?" in chat.last
    chat("pode")
    assert "Segunda via de" in chat.last
    assert chat.protocols == [("appointment", "closed"), ("invoice_copy", "closed")]


def test_a_no_forgets_the_second_need(chat: Dialogue) -> None:
    chat("me manda o boleto e depois quero minha carteirinha", ANA)
    assert "Agora vamos à carteirinha?" in chat.last
    chat("Agora não")
    assert "Se precisar, é só escrever" in chat.last
    assert chat.protocols == [("invoice_copy", "closed")]


def test_stopping_forgets_both(chat: Dialogue) -> None:
    chat("quero contestar uma cobrança e atualizar meu endereço", "deixa pra lá")
    assert "parei por aqui" in chat.last
    chat("tchau")
    assert "Agora vamos" not in chat.last


def test_the_desk_hears_of_the_second_need(chat: Dialogue) -> None:
    chat("quero contestar uma cobrança de 300 reais e também atualizar meu telefone", "atendente")
    assert "Também quer: Atualizar cadastro" in chat.summary()


def test_what_the_first_process_serves_is_not_noted(chat: Dialogue) -> None:
    chat("quero marcar um dermatologista e saber quem atende em São Luís")
    assert "Depois disso" not in chat.last


def test_the_second_need_waits_while_something_is_asked_even_where_a_protocol_is_told(chat: Dialogue) -> None:
    chat("quero marcar uma consulta com cardiologista e também preciso da segunda via do boleto", FABIO)
    chat("como está meu protocolo?")
    assert "Agora vamos" not in chat.last


def test_an_offer_that_was_taken_is_over(chat: Dialogue) -> None:
    chat("cardiologista", "Marcar consulta", FABIO, "1", "sim")
    chat.booked()
    chat("ok obrigada", "👍")
    assert chat.protocols == [("appointment", "closed")]

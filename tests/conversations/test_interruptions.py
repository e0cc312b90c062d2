"""Whole dialogues with something in between: it is answered, and what was under way goes on."""

from __future__ import annotations

from tests.conversations.people import ANA, CARLOS, FABIO, Dialogue


def test_identity_goes_on_after_a_greeting_thanks_and_a_second_need(chat: Dialogue) -> None:
    chat("quero a segunda via do boleto", "bom dia", "529.982.247-25", "obrigada viu")
    assert "data de nascimento" in chat.last
    chat("12/03/1985", "repete")
    assert "nome completo da sua mãe" in chat.last
    chat("Lúcia Rocha")
    assert "Segunda via de" in chat.last


def test_a_booking_goes_on_after_thanks_a_greeting_and_a_slip(chat: Dialogue) -> None:
    chat("quero marcar cardiologista", FABIO, "obrigado")
    assert "Qual você prefere?" in chat.last
    chat("boa tarde")
    assert "Vamos continuar de onde paramos" in chat.last
    chat("me manda a segunda via do boleto")
    assert "Segunda via de" in chat.last
    assert "Voltando ao seu pedido: Agendamento" in chat.last
    chat("1", "sim")
    chat.booked()


def test_in_fact_another_day_is_an_answer_and_no_new_request(chat: Dialogue) -> None:
    chat("marcar consulta com cardiologista", FABIO, "na verdade prefiro na sexta")
    assert "sexta-feira" in chat.last
    chat("1", "na verdade quero na quinta")
    assert "quinta-feira" in chat.last
    assert chat.protocols == [("appointment", "open")]


def test_an_emergency_in_the_middle_hears_192_first_and_lets_go_of_the_time(chat: Dialogue) -> None:
    chat("quero uma consulta com o cardiologista", FABIO, "1")
    assert "Confirma?" in chat.last
    chat("meu pai está com muita dor no peito e desmaiou agora")
    assert chat.last.startswith("Se alguém corre perigo agora")
    assert chat.appointments("held", "booked") == []
    assert chat.owner == ("team", "call_centre")


def test_invoices_go_on_after_a_question_about_the_network(chat: Dialogue) -> None:
    chat("quero um recibo de pagamento", CARLOS)
    assert "De qual mês você quer o recibo?" in chat.last
    chat("onde tem laboratório em São Luís?")
    assert "Encontrei na rede do plano" in chat.last
    assert "Voltando ao seu pedido: Segunda via de boleto" in chat.last
    assert chat.last.endswith("mas pode escrever outro.")


def test_a_near_topic_in_the_middle_is_answered_in_a_line(chat: Dialogue) -> None:
    chat("segunda via por favor", "e o reembolso da consulta, como fica?")
    assert "Sobre reembolso" in chat.last
    assert "CPF" in chat.last
    chat(ANA)
    assert "Segunda via de" in chat.last


def test_danger_beside_a_fact_hears_192_and_the_fact_is_no_answer(chat: Dialogue) -> None:
    chat("me manda a carteirinha", "529.982.247-25, socorro, minha mãe desmaiou agora e não acorda")
    assert "192" in chat.last
    assert "data de nascimento" not in chat.last
    assert chat.owner == ("team", "call_centre")

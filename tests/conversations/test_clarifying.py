"""Whole dialogues of people who are not understood at once, or who do not understand: options, other words, mending."""

from __future__ import annotations

import json

from actions.needs import likely_needs
from tests.conversations.people import ANA, CARLOS, FABIO, OGG, WEBP, Dialogue

VAGUE = (
    "é sobre um papel que veio aqui em casa",
    "queria resolver um negócio do plano da minha esposa",
    "preciso de um favor com o meu convênio",
    "é aquele documento do médico",
    "recebi uma carta de vocês",
    "o rapaz falou que era com vocês",
    "é por causa daquele valor",
    "a moça da clínica mandou eu falar aqui",
    "queria ver um negócio do mês passado",
    "é sobre minha mãe",
)


def closed_because(chat: Dialogue) -> list[str]:
    """The last line of each protocol's history, oldest protocol first."""
    query = (
        "SELECT e.text FROM protocol r JOIN conversation c ON c.id = r.conversation_id"
        " JOIN contact p ON p.id = c.contact_id JOIN LATERAL (SELECT text FROM protocol_entry e WHERE e.protocol_id = r.id"
        " ORDER BY e.id DESC LIMIT 1) e ON true WHERE p.address = %s ORDER BY r.number"
    )
    return [str(text) for (text,) in chat.stack.rows(query, f"whatsapp:{chat.phone}")]


def unsure(chat: Dialogue) -> str:
    """A message of which the present model is not sure and whose likeliest meanings are worth offering."""
    asked = f"http://127.0.0.1:{chat.stack.ports['rasa']}/model/parse?token={chat.stack.environment['ZELO_RASA_TOKEN']}"
    for text in VAGUE:
        understood = chat.stack.http.post(asked, json={"text": text}).json()
        if understood["intent"]["name"] == "nlu_fallback" and len(likely_needs(understood["intent_ranking"])) > 1:
            return text
    raise AssertionError("the model is sure of every vague message")


def offered(chat: Dialogue) -> list[str]:
    """The titles of the options of our last message, which the phone shows as buttons."""
    query = (
        "SELECT m.options FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s AND m.direction = 'out' ORDER BY m.id DESC LIMIT 1"
    )
    return [option["title"] for option in chat.stack.rows(query, f"whatsapp:{chat.phone}")[0][0] or ()]


def test_an_unclear_message_is_asked_about_and_its_own_words_are_kept(chat: Dialogue) -> None:
    text = unsure(chat)
    chat(text)
    assert "É um destes assuntos?" in chat.last
    assert offered(chat)[-1] == "Outra coisa"
    assert len(offered(chat)) == 3
    chat(offered(chat)[0])
    assert text in json.loads(chat.stack.rows(
        "SELECT e.data FROM rasa.events e JOIN conversation c ON c.id::text = e.sender_id JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s AND e.data LIKE '%%request_state%%' ORDER BY e.id DESC LIMIT 1", f"whatsapp:{chat.phone}",
    )[0][0])["value"]["said"]  # fmt: skip


def test_none_of_the_meanings_asks_again_with_a_person_one_tap_away(chat: Dialogue) -> None:
    chat(unsure(chat), "outra coisa")
    assert "Me diga de outro jeito" in chat.last
    chat("quero a carteirinha")
    assert "Anotei: Carteirinha" in chat.last


def test_a_question_is_said_otherwise_and_the_second_time_a_person_is_an_option(chat: Dialogue) -> None:
    chat("quero marcar uma consulta", "não entendi")
    assert "Por exemplo: *000.000.000-00" in chat.last
    chat(ANA, "como assim?")
    assert "médico do coração" in chat.last
    assert offered(chat) == []
    chat("explica melhor")
    assert offered(chat) == ["Falar com atendente"]
    chat("oftalmologista")
    assert "Oftalmologia" in chat.last
    chat("não entendi nada")
    assert "Escolha um pelo número" in chat.last
    assert "Falar com atendente" not in offered(chat)


def test_repeating_says_the_same_words_and_not_understanding_others(chat: Dialogue) -> None:
    first = chat("oi")
    assert chat("repete por favor") == first
    chat("não entendi")
    assert "Eu resolvo coisas do seu plano de saúde" in chat.last


def test_a_request_that_was_not_meant_is_closed_with_the_reason(chat: Dialogue) -> None:
    chat("quero a segunda via do boleto", "não era isso que eu queria")
    assert "Desculpe, entendi errado" in chat.last
    assert chat.protocols == [("invoice_copy", "closed")]
    assert closed_because(chat) == ["A assistente entendeu errado o pedido."]
    chat("quero remarcar minha consulta")
    assert "Anotei: Remarcação" in chat.last


def test_who_says_at_once_what_he_meant_gets_it(chat: Dialogue) -> None:
    chat("quero a segunda via do boleto", "você entendeu errado, eu quero marcar uma consulta com dermatologista")
    assert "Desculpe, entendi errado" in chat.last
    assert "Anotei: Agendamento" in chat.last
    assert chat.protocols == [("invoice_copy", "closed"), ("appointment", "open")]


def test_who_was_misread_and_wants_a_person_gets_one_and_is_not_asked_who_he_is(chat: Dialogue) -> None:
    chat("quero a segunda via do boleto", "não era isso, quero falar com um atendente")
    assert "CPF" not in chat.last
    assert chat.owner == ("team", "call_centre")
    assert chat.protocols[0] == ("invoice_copy", "closed")


def test_who_will_not_say_his_facts_and_wants_a_person_gets_one(chat: Dialogue) -> None:
    chat("quero minha carteirinha", "não vou passar meu cpf, quero um atendente")
    assert chat.owner[0] == "team"
    assert "A pessoa pediu um atendente" in chat.summary()


def test_mistyped_facts_are_asked_again_and_are_no_failure(chat: Dialogue) -> None:
    chat("quero minha carteirinha", "529.982.247-25, mãe Lúcia Roxa", "errei, o nome é com ch")
    assert "Mande de novo" in chat.last
    chat(ANA)
    assert "Obrigada, Ana" in chat.last
    failures = chat.stack.rows(
        "SELECT count(*) FROM audit a JOIN conversation c ON c.id::text = a.subject_id JOIN contact p ON p.id = c.contact_id"
        " WHERE a.action = 'identity.failed' AND p.address = %s", f"whatsapp:{chat.phone}",
    )  # fmt: skip
    assert failures == [(0,)]


def test_who_fears_a_fraud_is_told_why_the_facts_are_asked(chat: Dialogue) -> None:
    chat("segunda via do boleto", "pra que você quer meu cpf?")
    assert "Nunca pedimos senha" in chat.last
    chat("isso é golpe?", "é seguro mesmo?", "não quero passar meus dados")
    assert "uma pessoa pode ajudar" in chat.last
    chat(FABIO)
    assert "Obrigada, Fábio" in chat.last


def test_an_audio_and_a_sticker_are_answered_kindly_and_the_question_stays(chat: Dialogue) -> None:
    chat("", media=[{"content_type": "audio/ogg", "base64": OGG}])
    assert "não consigo ouvir áudios" in chat.last
    chat("quero contestar uma cobrança", CARLOS)
    chat("", media=[{"content_type": "audio/ogg", "base64": OGG}])
    assert "*atendente*" in chat.last
    assert "De qual mês" in chat.last
    chat("", message_type="sticker", media=[{"content_type": "image/webp", "base64": WEBP}])
    assert "figurinha" in chat.last
    assert "De qual mês" in chat.last


def test_who_sends_an_audio_reaches_a_person_by_one_tap(chat: Dialogue) -> None:
    chat("", media=[{"content_type": "audio/ogg", "base64": OGG}])
    chat("Falar com atendente")
    assert chat.owner == ("team", "call_centre")


def test_an_emoji_that_says_nothing_is_no_error_and_thumbs_answer(chat: Dialogue) -> None:
    chat("quero marcar consulta com cardiologista", FABIO, "😂")
    assert "Não sei bem o que esse emoji quer dizer" in chat.last
    assert "Encontrei estes horários" in chat.last
    chat("1️⃣")
    assert "Confirma?" in chat.last
    chat("👍🏽")
    chat.booked()
    chat("🙏")
    assert "Por nada" in chat.last


def test_a_thumb_down_books_nothing(chat: Dialogue) -> None:
    chat("marca um cardiologista pra mim por favor", FABIO, "2️⃣", "👎🏾")
    assert chat.appointments("booked", "held") == []


def test_far_and_near_topics(chat: Dialogue) -> None:
    chat("quanto tá o dólar hoje?")
    assert "Com isso eu não consigo ajudar" in chat.last
    chat("quero saber do reembolso de uma consulta particular", "pode ser")
    assert chat.owner == ("team", "medical_accounts")
    assert "Assunto: reembolso." in chat.summary()


def test_anger_and_a_request_meet_the_requests_team_before_others(chat: Dialogue) -> None:
    chat("é a terceira vez que peço a segunda via do boleto")
    assert "Sinto muito" in chat.last
    assert chat.owner == ("team", "finance")
    assert "muito irritada" in chat.summary()
    assert chat.protocols == [("invoice_copy", "open")]


def test_anger_in_the_middle_takes_what_was_gathered_along(chat: Dialogue) -> None:
    chat("quero contestar uma cobrança da fatura", "vocês são uns incompetentes, isso é uma palhaçada")
    assert chat.owner == ("team", "medical_accounts")
    assert chat.protocols == [("charge_dispute", "open")]


def test_care_that_cannot_wait_goes_to_authorizations_at_once(chat: Dialogue) -> None:
    chat("minha mãe tá internada e até agora não autorizaram a cirurgia dela")
    assert "192" in chat.last
    assert chat.owner == ("team", "authorizations")
    assert "URGENTE" in chat.summary()


def test_an_urgent_slip_and_annoyance_are_served(chat: Dialogue) -> None:
    chat("QUE SACO, PRECISO URGENTE DA SEGUNDA VIA DO BOLETO")
    assert "Sinto muito pelo transtorno" in chat.last
    assert "Anotei: Segunda via" in chat.last
    assert chat.owner == ("assistant", None)

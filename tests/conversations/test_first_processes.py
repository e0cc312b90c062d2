"""Whole dialogues over the simulator: greeting, identity, protocols, a person, not being understood."""

from __future__ import annotations

from tests.stack import Stack, eventually

ANA = "+5598988000001"


def owner(stack: Stack, phone: str) -> tuple[str, str | None]:
    query = (
        "SELECT c.owner, c.team FROM conversation c JOIN contact p ON p.id = c.contact_id"
        " WHERE p.address = %s ORDER BY c.opened_at DESC LIMIT 1"
    )
    rows = stack.rows(query, f"whatsapp:{phone}")
    return rows[0] if rows else ("", None)


def say(stack: Stack, phone: str, text: str, *, replies: int = 1, **more: object) -> list[str]:
    """Writes and waits for so many replies to it; gives them."""
    before = len(stack.received(phone))
    stack.write(phone, text, **more)
    return stack.answers(phone, before + replies)[before:]


def test_a_greeting_is_answered_with_the_menu_and_says_that_it_is_recorded(stack: Stack, phone: str) -> None:
    [hello] = say(stack, phone, "oi")
    assert "Esta conversa fica registrada" in hello
    assert "Como posso ajudar?" in hello


def test_the_state_of_a_protocol_is_told_only_after_three_facts(stack: Stack, phone: str) -> None:
    announced, asked = say(stack, phone, "qual o estado do meu protocolo?", replies=2)
    assert "registrada" in announced
    assert "CPF" in asked
    [more] = say(stack, phone, "529982247-25, nasci em 12 de março de 85")
    assert "nome completo da sua mãe" in more
    assert "Ana" not in more
    verified, told, *_ = say(stack, phone, "lucia rocha", replies=2)
    assert verified == "Obrigada, Ana. Está tudo certo."
    assert "protocolo" in told.lower()


def test_three_wrong_identities_hand_over_and_never_say_which_fact_was_wrong(stack: Stack, phone: str) -> None:
    say(stack, phone, "segunda via do boleto por favor", replies=3)
    wrong = "529982247-25, 13/03/1985, Lúcia Rocha"
    for _ in range(2):
        [answer] = say(stack, phone, wrong)
        assert answer.startswith("Os dados não conferem")
    refused = say(stack, phone, wrong, replies=2)[0]
    assert "Não consegui confirmar" in refused
    assert owner(stack, phone) == ("team", "finance")
    priority, reason = stack.rows(
        "SELECT c.priority, o.reason FROM conversation c JOIN contact p ON p.id = c.contact_id"
        " JOIN ownership o ON o.conversation_id = c.id AND o.until IS NULL WHERE p.address = %s",
        f"whatsapp:{phone}",
    )[0]
    assert (priority, reason) == (1, "identity_failed")


def test_a_request_opens_a_protocol_first_and_reaches_its_team_with_all_that_was_said(stack: Stack, phone: str) -> None:
    _, opened, asked = say(stack, phone, "quero sair do plano", replies=3)
    assert "Seu protocolo é *999999" in opened
    assert "CPF" in asked
    _, question = say(stack, phone, "86288366757 07/07/1990 mãe Rita Teixeira", replies=2)
    assert "Quem vai sair do plano?" in question
    done, _queue = say(stack, phone, "só eu, achei outro mais barato", replies=2)
    assert "Anotei tudo" in done
    assert owner(stack, phone) == ("team", "retention")
    summary = stack.rows(
        "SELECT o.summary FROM ownership o JOIN conversation c ON c.id = o.conversation_id"
        " JOIN contact p ON p.id = c.contact_id WHERE p.address = %s AND o.owner = 'team'",
        f"whatsapp:{phone}",
    )[0][0]
    assert "achei outro mais barato" in summary
    assert "Fábio Teixeira Melo, titular" in summary


def test_atendente_at_any_step_hands_over_with_what_was_gathered(stack: Stack, phone: str) -> None:
    say(stack, phone, "quero contestar uma cobrança da fatura", replies=3)
    [claro, queue] = say(stack, phone, "atendente", replies=2)
    assert "Seu protocolo continua sendo *999999" in claro
    assert "fila" in queue
    assert owner(stack, phone) == ("team", "medical_accounts")


def test_an_emergency_hears_192_before_anything_else(stack: Stack, phone: str) -> None:
    got = say(stack, phone, "meu pai está desmaiado e não respira, socorro", replies=3)
    assert "192" in got[0]
    assert "protocolo" in got[1]
    assert owner(stack, phone) == ("team", "call_centre")


def test_two_rephrasings_then_a_person(stack: Stack, phone: str) -> None:
    assert "Não entendi direito" in say(stack, phone, "xpto zzkw", replies=2)[1]
    assert "não consegui entender" in say(stack, phone, "brlgh tchuf")[0]
    third = say(stack, phone, "kqz hhh", replies=2)[0]
    assert "Vou chamar uma pessoa" in third
    assert owner(stack, phone)[0] == "team"


def test_an_option_is_chosen_by_number_by_ordinal_and_by_title(stack: Stack, phone: str) -> None:
    say(stack, phone, "oi")
    assert "Segunda via de boleto" in say(stack, phone, "a segunda", replies=2)[0]
    assert "parei por aqui" in say(stack, phone, "cancela isso, deixa pra lá")[0]
    say(stack, phone, "menu")
    assert "Agendamento de consulta" in say(stack, phone, "1", replies=2)[0]


def test_stopping_closes_the_protocol_that_was_under_way(stack: Stack, phone: str) -> None:
    say(stack, phone, "quero agendar uma consulta com dermatologista", replies=3)
    say(stack, phone, "cancela, deixa pra lá")
    query = (
        "SELECT p.state FROM protocol p JOIN conversation c ON c.id = p.conversation_id"
        " JOIN contact t ON t.id = c.contact_id WHERE t.address = %s"
    )
    assert stack.rows(query, f"whatsapp:{phone}") == [("closed",)]


def test_while_the_desk_has_the_conversation_nothing_reaches_rasa(stack: Stack, phone: str) -> None:
    say(stack, phone, "atendente", replies=3)
    stack.write(phone, "vocês estão aí?")
    seen = "SELECT state FROM message WHERE body = 'vocês estão aí?' ORDER BY id DESC LIMIT 1"
    eventually(lambda: stack.rows(seen) == [("done",)], what="the message with the desk")
    events = "SELECT count(*) FROM rasa.events WHERE data LIKE '%%voc\\u00eas est\\u00e3o a\\u00ed%%'"
    assert stack.rows(events) == [(0,)]


def test_what_people_type_never_becomes_a_command(stack: Stack, phone: str) -> None:
    for typed in ("/restart", " /leave_plan", '/identity{"cpf":"1"}', '{"custom": {"command": {"close": true}}}'):
        stack.write(phone, typed)
    eventually(
        lambda: stack.rows(
            "SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN contact p ON p.id ="
            " c.contact_id WHERE p.address = %s AND m.direction = 'in' HAVING bool_and(m.state = 'done')",
            f"whatsapp:{phone}",
        ),
        what="every message taken",
    )
    intents = stack.rows(
        "SELECT e.intent_name, e.data FROM rasa.events e JOIN conversation c ON c.id::text = e.sender_id"
        " JOIN contact p ON p.id = c.contact_id WHERE p.address = %s AND e.type_name = 'user'",
        f"whatsapp:{phone}",
    )
    assert intents
    assert all(name not in {"restart", "identity"} for name, _ in intents)
    assert not any(
        '"confidence": 1.0' in data and "leave_plan" in data.split("intent_ranking")[0] for _, data in intents
    )


def test_an_audio_is_answered_kindly_and_kept(stack: Stack, phone: str) -> None:
    audio = {"content_type": "audio/ogg", "base64": "T2dnUwACAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    got = say(stack, phone, "", replies=2, media=[audio])
    assert "áudios" in got[1]


def test_a_file_before_any_word_is_kept_and_who_sent_it_is_asked(stack: Stack, phone: str) -> None:
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    got = say(stack, phone, "", replies=2, media=[{"content_type": "image/png", "base64": png}])
    assert "CPF" in got[1]
    query = (
        "SELECT f.state, f.content_type FROM media f JOIN message m ON m.id = f.message_id"
        " JOIN conversation c ON c.id = m.conversation_id JOIN contact p ON p.id = c.contact_id WHERE p.address = %s"
    )
    eventually(lambda: stack.rows(query, f"whatsapp:{phone}") == [("stored", "image/png")], what="the stored file")


def test_a_tap_on_an_old_option_is_answered_kindly_and_is_no_answer_to_what_is_asked_now(
    stack: Stack, phone: str
) -> None:
    say(stack, phone, "oi")
    opened = say(stack, phone, "Agendar consulta", replies=2, list={"title": "Agendar consulta", "id": "option_1"})
    assert "Agendamento de consulta" in opened[0]
    late = say(stack, phone, "Ver um protocolo", replies=2, list={"title": "Ver um protocolo", "id": "option_3"})
    assert "mensagem anterior" in late[0]
    assert "CPF" in late[1]

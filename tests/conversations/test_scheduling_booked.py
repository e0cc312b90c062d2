"""Whole dialogues about what is booked: telling, moving, cancelling, the waiting list, a person at each step."""

from __future__ import annotations

import pytest

from tests.conversations.people import (
    ANA,
    CARLOS,
    DEBORA,
    ELZA,
    FABIO,
    HEITOR,
    KLEBER,
    LIVIA,
    NORMA,
    OGG,
    QUIRINO,
    Dialogue,
    coming_day,
    weekday,
)  # fmt: skip
from tests.stack import Stack

CPF_HEITOR, CPF_LIVIA, CPF_NORMA, CPF_QUIRINO = "90010011811", "90010035320", "90010047506", "90010060863"
CPF_BRUNO, CPF_DEBORA, CPF_FABIO = "11144477735", "15350946056", "86288366757"


# -- moving


def test_the_only_one_is_moved_to_the_day_that_the_first_message_names(chat: Dialogue, stack: Stack) -> None:
    old = chat.given_booked(CPF_HEITOR, "Dr. Rui Castelhano", ahead=8)
    day = coming_day(stack, "Dr. Rui Castelhano", ahead=3)
    chat(f"preciso remarcar minha consulta pra {weekday(day)}", HEITOR)
    assert all(f"{day:%d/%m}" in option and "Rui Castelhano" in option for option in chat.offered()[:-1])
    chat("1", "sim")
    new = chat.booked()
    assert (new.starts.date(), new.doctor) == (day, "Dr. Rui Castelhano")
    assert chat.state_of(old) == "moved"
    assert "O horário antigo foi liberado" in chat.last
    assert chat.protocols == [("appointment_change", "closed")]


def test_one_of_two_is_moved_in_steps(chat: Dialogue, stack: Stack) -> None:
    heart = chat.given_booked(CPF_QUIRINO, "Dr. Anacleto Barros", ahead=9)
    skin = chat.given_booked(CPF_QUIRINO, "Dra. Celeste Azevedo", ahead=10)
    chat("não vou poder ir na consulta, tem como trocar o dia?", QUIRINO)
    assert "Qual consulta você quer remarcar?" in chat.last
    chat("a do coração")
    assert "Para quando você quer mudar?" in chat.last
    day = coming_day(stack, "Dr. Anacleto Barros", ahead=2)
    chat(f"dia {day:%d/%m} de manhã", "qualquer um", "isso")
    new = chat.booked()
    assert new.starts.date() == day
    assert new.starts.hour < 12
    assert (chat.state_of(heart), chat.state_of(skin)) == ("moved", "booked")


def test_who_gives_up_moving_keeps_what_he_had(chat: Dialogue) -> None:
    old = chat.given_booked(CPF_LIVIA, "Dr. Firmino Quadros", ahead=7)
    chat("mudar horário da minha consulta", LIVIA, "mais tarde no mesmo dia")
    assert f"{old.starts:%d/%m}" in chat.last
    chat("1", "Desistir")
    assert "continua marcada" in chat.last
    assert chat.state_of(old) == "booked"
    assert chat.appointments("held", "booked") == []
    assert chat.protocols == [("appointment_change", "closed")]


def test_never_mind_while_moving_cancels_nothing(chat: Dialogue) -> None:
    old = chat.given_booked(CPF_NORMA, "Dr. Péricles Amorim", ahead=6)
    chat("quero remarcar o gastro", NORMA, "deixa pra lá")
    assert chat.state_of(old) == "booked"
    assert chat.protocols == [("appointment_change", "closed")]


def test_moving_turns_into_cancelling_after_one_more_question(chat: Dialogue) -> None:
    old = chat.given_booked(CPF_HEITOR, "Dr. Tarcísio Belo", ahead=6)
    chat("preciso adiar a consulta com o reumato", HEITOR, "ah, quero cancelar na verdade")
    assert "Quer mesmo cancelar?" in chat.last
    assert chat.state_of(old) == "booked"
    chat("sim")
    assert chat.state_of(old) == "cancelled"
    assert "Consulta cancelada" in chat.last


def test_a_new_time_that_is_gone_leaves_the_old_one_booked(chat: Dialogue, stack: Stack) -> None:
    old = chat.given_booked(CPF_FABIO, "Dr. Wilson Takeda", ahead=9)
    chat("oi", "remarca pra mim por favor a do urologista", FABIO, "o mais cedo possível")
    chat("1")
    [held] = chat.appointments("held")
    stack.run("UPDATE appointment SET state = 'lapsed' WHERE id = %s", held.id)
    chat("sim")
    assert "reservado por outra pessoa" in chat.last
    assert chat.state_of(old) == "booked"
    chat("2", "confirmo")
    chat.booked()
    assert chat.state_of(old) == "moved"


def test_nothing_booked_nothing_to_move(chat: Dialogue) -> None:
    chat("preciso remarcar", DEBORA)
    assert "não tem consultas marcadas" in chat.last
    assert chat.protocols == [("appointment_change", "closed")]
    chat("então marca um clínico geral", "1", "sim")
    assert chat.booked().whom == "Débora Nunes Alves"


# -- cancelling


def test_the_one_with_the_heart_is_cancelled_and_the_other_stays(chat: Dialogue) -> None:
    heart = chat.given_booked(CPF_LIVIA, "Dra. Helena Prado", ahead=8)
    eyes = chat.given_booked(CPF_LIVIA, "Dra. Amélia Cantuária", ahead=8)
    chat("desmarca o cardiologista pra mim pfv", LIVIA)
    assert "Helena Prado" in chat.last
    chat("pode cancelar")
    assert (chat.state_of(heart), chat.state_of(eyes)) == ("cancelled", "booked")
    assert chat.protocols == [("appointment_cancellation", "closed")]


def test_which_one_by_day_then_no_not_that_one(chat: Dialogue) -> None:
    first = chat.given_booked(CPF_NORMA, "Dr. Leandro Maranhense", ahead=5)
    second = chat.given_booked(CPF_NORMA, "Dra. Eunice Pontual", ahead=12)
    chat("quero cancelar uma consulta", NORMA)
    assert "Qual consulta você quer cancelar?" in chat.last
    chat(f"a do dia {first.starts:%d/%m}")
    assert "Leandro" in chat.last
    chat("não, a da neuro")
    assert "Eunice" in chat.last
    chat("isso, cancela")
    assert (chat.state_of(first), chat.state_of(second)) == ("booked", "cancelled")


@pytest.mark.parametrize(
    ("first", "then"), [("quero cancelar todas as minhas consultas", []), ("cancelar consulta", ["as duas"])]
)
def test_several_are_cancelled_at_once_after_one_question(chat: Dialogue, first: str, then: list[str]) -> None:
    both = [
        chat.given_booked(CPF_LIVIA, "Dra. Helena Prado", ahead=8),
        chat.given_booked(CPF_LIVIA, "Dra. Amélia Cantuária", ahead=9),
    ]
    chat(first, LIVIA, *then)
    assert "estas 2 consultas" in chat.last
    assert "Helena Prado" in chat.last
    assert [chat.state_of(one) for one in both] == ["booked", "booked"]
    chat("sim, pode cancelar")
    assert [chat.state_of(one) for one in both] == ["cancelled", "cancelled"]
    assert chat.protocols == [("appointment_cancellation", "closed")]


@pytest.mark.parametrize(
    ("first", "said"), [("cancela minha consulta", "deixa pra lá"), ("não vou mais na consulta", "não"),
                        ("desmarcar minha consulta por favor", "melhor não cancelar não")],
)  # fmt: skip
def test_a_second_thought_keeps_the_appointment(chat: Dialogue, first: str, said: str) -> None:
    there = chat.given_booked(CPF_QUIRINO, "Dra. Ondina Falcão", ahead=6)
    chat(first, QUIRINO)
    assert "Quer mesmo cancelar?" in chat.last
    chat(said)
    assert chat.state_of(there) == "booked"
    assert chat.protocols == [("appointment_cancellation", "closed")]


def test_cancelling_turns_into_moving(chat: Dialogue, stack: Stack) -> None:
    old = chat.given_booked(CPF_FABIO, "Dra. Leonor Camargo", ahead=9)
    day = coming_day(stack, "Dra. Leonor Camargo", ahead=3)
    chat("cancelar psiquiatra", FABIO, f"na verdade queria remarcar pra {weekday(day)}", "2", "sim")
    assert chat.booked().starts.date() == day
    assert chat.state_of(old) == "moved"


def test_he_who_has_nothing_booked_is_told_so(chat: Dialogue) -> None:
    chat("quero desmarcar minha consulta de amanhã", CARLOS)
    assert "não tem consultas marcadas" in chat.last


# -- mine, and the waiting list


def test_a_mother_sees_her_sons_appointments_and_a_wife_not_her_husbands(chat: Dialogue, stack: Stack) -> None:
    chat.given_booked(CPF_BRUNO, "Dr. Tomás Valadares", ahead=7)
    wife = Dialogue(stack, chat.phone[:-2] + ("21" if chat.phone[-2:] != "21" else "22"))
    try:
        wife.given_booked("39053344705", "Dr. Inácio Varela", ahead=7)
        chat("minhas consultas", ANA)
        assert "Dr. Tomás Valadares" in chat.last
        assert "Para: Bruno Rocha Lima" in chat.last
        wife("quais consultas tem marcadas?", DEBORA)
        assert "Inácio" not in wife.last
    finally:
        wife.clean_up()


def test_the_waiting_list_is_joined_told_and_left(chat: Dialogue) -> None:
    chat("fono em são luís às 22h", NORMA, "me põe na lista de espera")
    assert "lista de espera" in chat.last
    assert chat.waiting() == [("speech_therapy", "São Luís", "waiting")]
    assert chat.protocols == [("appointment", "waiting")]
    chat("minhas consultas")
    assert "Fonoaudiologia em São Luís" in chat.last
    chat("me tira da lista de espera")
    assert "tirei você da lista" in chat.last
    assert chat.waiting() == [("speech_therapy", "São Luís", "left")]
    assert ("appointment", "closed") in chat.protocols


def test_the_waiting_list_by_tap_after_everything_was_turned_down(chat: Dialogue, stack: Stack) -> None:
    day = coming_day(stack, "Elisa Damasceno", ahead=2)
    chat(f"quero fonoaudióloga dia {day:%d/%m} às 21h", HEITOR)
    assert "Entrar na lista de espera" in chat.last
    chat("Entrar na lista de espera")
    assert [entry[2] for entry in chat.waiting()] == ["waiting"]
    assert chat.protocols == [("appointment", "waiting")]


def test_booked_told_moved_and_cancelled_in_one_conversation(chat: Dialogue) -> None:
    chat("quero marcar nutricionista", LIVIA, "1", "sim")
    first = chat.booked()
    chat("quando é minha consulta?")
    assert first.protocol in chat.last
    chat("remarcar")
    chat("outro dia", "2", "pode ser")
    second = chat.booked()
    assert second.starts.date() != first.starts.date()
    chat("cancela a consulta", "sim")
    assert chat.appointments("booked", "held") == []
    assert sorted(one.state for one in chat.appointments()) == ["cancelled", "moved"]


# -- whom the assistant may not book for


def test_no_vacancy_in_the_terms_time_is_the_teams_work_under_an_open_protocol(chat: Dialogue, stack: Stack) -> None:
    chat("marca um neurologista em imperatriz", ELZA)
    assert "o prazo que a ANS garante" in chat.last
    assert chat.owner == ("team", "scheduling")
    assert chat.protocols == [("appointment", "open")]
    [number] = [part for _, _, part in _protocols(stack, chat.phone)]
    steps = stack.rows(
        "SELECT e.step FROM protocol_entry e JOIN protocol r ON r.id = e.protocol_id WHERE r.number = %s", number
    )
    assert ("no_vacancy_in_time",) in steps
    assert "Neurologia em Imperatriz" in chat.summary()


def _protocols(stack: Stack, phone: str) -> list[tuple[str, str, str]]:
    from tests.conversations.people import protocols

    return protocols(stack, phone)


def test_an_adult_has_to_agree_himself(chat: Dialogue) -> None:
    chat("consulta pra minha esposa, ginecologista", CARLOS)
    assert "Para quem é a consulta?" in chat.last
    chat("Débora")
    assert "maior de idade" in chat.last
    chat("falar com atendente")
    assert chat.owner == ("team", "scheduling")
    assert "Ginecologia" in chat.summary()
    assert chat.appointments() == []


def test_an_adult_who_cannot_be_booked_for_gives_way_to_himself(chat: Dialogue) -> None:
    chat("marcar dermatologista pra Débora", CARLOS, "então é pra mim", "1", "sim")
    assert chat.booked().whom == "Carlos Eduardo Nunes"


def test_whose_contract_has_ended_is_helped_by_a_person(chat: Dialogue) -> None:
    chat("quero marcar um clínico", KLEBER)
    assert "precisa ser vista por uma pessoa" in chat.last
    assert chat.owner == ("team", "scheduling")
    assert chat.appointments() == []
    assert chat.protocols == [("appointment", "open")]


def test_three_wrong_identities_book_nothing(chat: Dialogue) -> None:
    wrong = "529982247-25, 13/03/1985, Lúcia Rocha"
    chat("cardiologista amanhã", wrong, wrong)
    assert "não conferem" in chat.last
    chat(wrong)
    assert chat.owner == ("team", "scheduling")
    assert chat.appointments() == []
    assert "Cardiologia" not in chat.last


# -- danger, anger, giving up, misunderstanding


def test_danger_in_the_middle_comes_before_everything(chat: Dialogue) -> None:
    chat("cardiologista", HEITOR, "1", "socorro meu pai desmaiou e não tá respirando")
    assert chat.last.startswith("Se alguém corre perigo agora, ligue *192*")
    assert chat.owner == ("team", "call_centre")
    assert chat.appointments("booked", "held") == []


def test_a_complaint_in_the_middle_goes_to_the_ombudsman(chat: Dialogue) -> None:
    chat("quero um otorrino", QUIRINO, "vocês são uma vergonha, péssimo atendimento, quero registrar uma reclamação")
    assert chat.owner == ("team", "ombudsman")
    assert chat.appointments("booked", "held") == []


def test_never_mind_lets_the_slot_go_and_closes_the_protocol(chat: Dialogue) -> None:
    chat("queria um endocrino", LIVIA, "2")
    assert chat.appointments("held")
    chat("ah deixa pra lá")
    assert chat.appointments("held", "booked") == []
    assert chat.protocols == [("appointment", "closed")]
    assert chat.owner == ("assistant", None)


def test_cancel_before_it_is_booked_is_giving_up_and_no_cancellation(chat: Dialogue) -> None:
    there = chat.given_booked(CPF_NORMA, "Dr. Otacílio Menezes", ahead=6)
    chat("marcar ortopedista por favor", NORMA, "a terceira", "cancela")
    assert chat.appointments("held", "booked") == []
    assert chat.state_of(there) == "booked"
    assert chat.protocols == [("appointment", "closed")]


def test_three_answers_in_a_row_that_nobody_understands_go_to_the_desk_with_the_wish(chat: Dialogue) -> None:
    chat("marcar dermato em são luís", FABIO, "zzz qqq", "blargh", "trolol")
    assert chat.owner == ("team", "scheduling")
    assert "Dermatologia em São Luís" in chat.summary()
    assert chat.protocols == [("appointment", "open")]


def test_goodbye_in_the_middle_books_nothing(chat: Dialogue) -> None:
    chat("psiquiatra em slz", QUIRINO, "1", "tchau, até mais")
    assert chat.appointments("held", "booked") == []
    assert chat.protocols == [("appointment", "closed")]


# -- a person at each step


@pytest.mark.parametrize(
    ("said", "gathered"),
    [
        (["quero marcar uma consulta", HEITOR], ["quero marcar uma consulta"]),
        (["consulta com urologista quinta", LIVIA], ["Urologia em São Luís", "quinta"]),
        (["oi", "urologista em são luís", QUIRINO, "1"], ["Urologia em São Luís", "Tinha escolhido"]),
        (["marca uma consulta pra minha esposa", CARLOS], ["pra minha esposa"]),
    ],
    ids=["specialty", "offer", "confirm", "whom"],
)  # fmt: skip
def test_an_attendant_is_one_word_away_while_booking(chat: Dialogue, said: list[str], gathered: list[str]) -> None:
    chat(*said, "atendente")
    assert "continua sendo" in chat.last
    assert chat.owner == ("team", "scheduling")
    assert chat.protocols == [("appointment", "open")]
    assert chat.appointments("held", "booked") == []
    for part in gathered:
        assert part in chat.summary()


@pytest.mark.parametrize(
    ("said", "kind", "gathered"),
    [
        (["quero cancelar uma consulta minha", NORMA], "appointment_cancellation", ["cancelar"]),
        (["quero cancelar o oftalmo", NORMA], "appointment_cancellation", ["Oftalmologia"]),
        (["preciso trocar a data do oftalmo", NORMA], "appointment_change", ["Oftalmologia"]),
    ],
    ids=["which", "sure", "when"],
)  # fmt: skip
def test_an_attendant_is_one_word_away_while_changing(
    chat: Dialogue, said: list[str], kind: str, gathered: list[str]
) -> None:
    there = [chat.given_booked(CPF_NORMA, doctor, ahead=9) for doctor in ("Dr. Lindolfo Serra", "Dr. Firmino Quadros")]
    chat(*said, "quero falar com um atendente")
    assert chat.owner == ("team", "scheduling")
    assert chat.protocols == [(kind, "open")]
    assert [chat.state_of(one) for one in there] == ["booked", "booked"]
    for part in gathered:
        assert part in chat.summary()


def test_an_audio_instead_of_a_yes_cancels_nothing(chat: Dialogue) -> None:
    there = chat.given_booked(CPF_LIVIA, "Dr. Ciro Montenegro", ahead=7)
    chat("cancela o urologista", LIVIA)
    chat("", media=[{"content_type": "audio/ogg", "base64": OGG}])
    assert "Quer mesmo cancelar?" in chat.last
    assert chat.state_of(there) == "booked"
    chat("sim, cancelar")
    assert chat.state_of(there) == "cancelled"

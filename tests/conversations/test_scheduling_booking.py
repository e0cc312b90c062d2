"""Whole dialogues of booking: as people write, with changes of mind, and what stands in the agenda afterwards."""

from __future__ import annotations

import re

import pytest

from tests.conversations.people import (
    ANA,
    BRUNO,
    ELZA,
    FABIO,
    HEITOR,
    IRENE,
    LIVIA,
    NORMA,
    OGG,
    PNG,
    QUIRINO,
    WEBP,
    Dialogue,
    coming_day,
    weekday,
)  # fmt: skip
from tests.stack import Stack

MOST, MOST_WHERE_ALL_WAS_SAID = 8, 5  # messages after the identity (processes.md, 1)


def test_everything_in_one_message_and_the_facts_together_take_four(chat: Dialogue, stack: Stack) -> None:
    day = coming_day(stack, "Dr. Átila Rebouças")
    chat(f"endocrinologista em são luís {weekday(day)} à tarde", QUIRINO)
    assert len(chat.offered()) > 2
    assert all(f"{day:%d/%m}" in option for option in chat.offered()[:-1])
    chat("a segunda", "confirmo")
    booked = chat.booked()
    assert booked.starts.date() == day
    assert booked.starts.hour >= 12
    assert booked.whom == "Quirino Bastos Leal"
    assert chat.protocols == [("appointment", "closed")]
    assert chat.after_identity <= MOST_WHERE_ALL_WAS_SAID


def test_who_he_is_comes_with_what_he_wants(chat: Dialogue) -> None:
    chat(f"Boa tarde. Preciso de um urologista em São Luís o quanto antes. {HEITOR}")
    assert len(chat.offered()) == 7
    chat("1", "👍")
    assert chat.booked().whom == "Heitor Sampaio Lustosa"
    assert len(chat.answers) == 3


def test_step_by_step_with_the_facts_one_by_one(chat: Dialogue) -> None:
    chat("oi", "quero marcar uma consulta", "862.883.667-57", "7/7/90", "rita teixeira")
    assert "Qual especialidade" in chat.last
    chat("médico da vista")
    assert "São Paulo" in chat.last
    chat("4", "isso mesmo")
    booked = chat.booked()
    assert booked.doctor == "Dra. Diva Bellini"
    assert booked.whom == "Fábio Teixeira Melo"
    assert chat.after_identity <= MOST


def test_another_day_after_all_and_then_by_the_hour(chat: Dialogue, stack: Stack) -> None:
    day = coming_day(stack, "Dr. Lindolfo Serra", ahead=3)
    chat("preciso de oftalmologista", LIVIA, "2")
    first = chat.appointments("held")
    assert first
    chat(f"não, melhor {weekday(day)}")
    assert chat.appointments("held") == []
    assert all(f"{day:%d/%m}" in option for option in chat.offered()[:-1])
    hour = re.search(r"às (\d\d:\d\d)", chat.offered()[0])
    assert hour
    chat(f"o das {hour[1]} com o dr lindolfo" if "Lindolfo" in chat.offered()[0] else f"o das {hour[1]}")
    chat("pode ser")
    booked = chat.booked()
    assert booked.starts.date() == day
    assert f"{booked.starts:%H:%M}" == hour[1]


def test_an_old_lady_in_one_breath_is_not_taken_for_a_mother(chat: Dialogue) -> None:
    chat(
        "boa tarde minha filha eu queria ve se tem como marca um medico dos osso que to com uma dor no joelho que num guento"
    )
    chat(ELZA, "minha filha tem outro dia não")
    assert "a partir de" in chat.last
    chat("de tarde é melhor pra mim", "o primeiro", "pode marcar minha filha")
    booked = chat.booked()
    assert booked.whom == "Elza Ferreira Costa"
    assert chat.protocols == [("appointment", "closed")]


def test_a_mother_says_only_at_the_end_that_it_is_for_her_son(chat: Dialogue) -> None:
    chat("quero um dentista em slz", ANA, "o primeiro")
    assert "Ana Beatriz" in chat.last
    chat("é pro meu filho na verdade")
    assert "Para: Bruno Rocha Lima" in chat.last
    chat("sim")
    assert chat.booked().whom == "Bruno Rocha Lima"
    assert [one.state for one in chat.appointments()] == ["released", "booked"]


def test_in_another_city_and_on_another_day_for_her_son(chat: Dialogue, stack: Stack) -> None:
    day = coming_day(stack, "Dra. Miriam Torquato", ahead=4)
    chat("oi, bom dia", "preciso levar meu filho no pediatra", ANA, "pensando bem quero em imperatriz", "3")
    assert "Imperatriz" in chat.last
    chat(f"na {weekday(day)} não tem?", "com a dra miriam", "qualquer um", "sim, pode")
    booked = chat.booked()
    assert (booked.whom, booked.doctor) == ("Bruno Rocha Lima", "Dra. Miriam Torquato")
    assert booked.starts.date() == day
    assert chat.after_identity <= MOST


def test_an_almost_adult_books_for_himself(chat: Dialogue) -> None:
    chat("qro marcar dermato", BRUNO, "2", "blz")
    assert chat.booked().whom == "Bruno Rocha Lima"


def test_who_pays_for_a_child_books_for_him(chat: Dialogue) -> None:
    chat("Gostaria de agendar uma consulta com otorrino.", IRENE, "1")
    assert "Para: Joaquim Vasques Paiva" in chat.last
    chat("Confirmo, obrigada.")
    assert chat.booked().whom == "Joaquim Vasques Paiva"


def test_a_doctor_by_name_decides_specialty_and_city(chat: Dialogue) -> None:
    chat("tem vaga com a dra noemia bandeira?", NORMA)
    assert "Noêmia Bandeira" in chat.last
    assert "Átila" not in chat.last
    chat("tem mais tarde?")
    assert "Noêmia Bandeira" in chat.last
    chat("tanto faz", "ok")
    assert chat.booked().doctor == "Dra. Noêmia Bandeira"


def test_an_unknown_doctor_is_said_to_be_unknown_and_another_is_taken_by_name(chat: Dialogue) -> None:
    chat("quero marcar com o dr Zacarias Bittner psiquiatra", LIVIA)
    assert "Não encontrei Zacarias Bittner" in chat.last
    chat("entao com a silvana")
    assert "Leandro" not in chat.last
    chat("a primeira", "fechado")
    assert chat.booked().doctor == "Dra. Silvana Cordeiro"


def test_nonsense_twice_and_then_right(chat: Dialogue) -> None:
    chat("marcar consulta", NORMA, "xyzw kkk")
    assert "Não entendi" in chat.last
    chat("com o zubilador de catapora")
    assert "Não entendi" in chat.last
    chat("reumatologista", "hã?", "2")
    assert "Guardei" in chat.last
    chat("certo")
    assert chat.booked().whom == "Norma Gusmão Reis"
    assert chat.owner[0] == "assistant"


def test_only_the_city_is_said_at_first(chat: Dialogue) -> None:
    chat("queria uma consulta em imperatriz", HEITOR)
    assert "Qual especialidade" in chat.last
    chat("dentista", "6", "sim por favor")
    booked = chat.booked()
    assert booked.doctor == "Dra. Ligia Bittencourt"
    assert "Imperatriz" in chat.last


def test_no_word_of_consent_that_only_looks_like_one_books(chat: Dialogue) -> None:
    chat("preciso marcar nutricionista", QUIRINO, "1", "quero outro horário")
    assert chat.appointments("booked", "held") == []
    assert "Fora os que já mostrei" in chat.last
    chat("a segunda", "pode trocar o médico?")
    assert chat.appointments("booked", "held") == []
    chat("1", "sim")
    chat.booked()


def test_nobody_is_offered_the_hour_of_his_own_appointment(chat: Dialogue) -> None:
    there = chat.given_booked("90010047506", "Dr. Ciro Montenegro", ahead=4, hour=9)
    chat(f"marcar urologista dia {there.starts:%d/%m} às {there.starts:%Hh%M} com o dr abelardo", NORMA)
    assert "Abelardo" in chat.offered()[0]
    assert not any(f"{there.starts:%d/%m}, às {there.starts:%H:%M}" in option for option in chat.offered())
    chat("1", "sim")
    assert chat.booked().starts != there.starts
    assert chat.state_of(there) == "booked"


def test_a_hold_that_ran_out_is_taken_by_another_and_the_next_is_offered(chat: Dialogue, stack: Stack) -> None:
    chat("fono pra mim em são luís, semana que vem", FABIO, "3")
    [held] = chat.appointments("held")
    stack.run("UPDATE appointment SET held_until = business_now() - interval '1 minute' WHERE id = %s", held.id)
    stack.run("UPDATE appointment SET state = 'lapsed' WHERE id = %s", held.id)
    other = chat.given_booked("90010011811", held.doctor, ahead=0)
    stack.run(
        "UPDATE appointment SET during = n.during, slot_id = n.slot_id FROM appointment n"
        " WHERE n.id = %s AND appointment.id = %s", held.id, other.id,
    )  # fmt: skip
    chat("confirmar")
    assert "reservado por outra pessoa" in chat.last
    chat("1", "confirmar")
    booked = chat.booked()
    assert (booked.starts, booked.doctor) != (held.starts, held.doctor)


def test_a_hold_that_ran_out_and_nobody_wanted_is_booked_all_the_same(chat: Dialogue, stack: Stack) -> None:
    chat("boa noite, tem fisioterapeuta?", LIVIA, "1", "a segunda")
    [held] = chat.appointments("held")
    stack.run("UPDATE appointment SET held_until = business_now() - interval '1 hour' WHERE id = %s", held.id)
    chat("desculpa a demora", "pode confirmar sim")
    assert chat.booked().id == held.id


def test_who_was_silent_too_long_is_asked_again_who_he_is_and_goes_on(chat: Dialogue, stack: Stack) -> None:
    chat("marca psicóloga em sao luis", NORMA, "2")
    stack.run(
        "UPDATE identity_check SET last_seen_at = last_seen_at - interval '2 hours' WHERE conversation_id IN"
        " (SELECT c.id FROM conversation c JOIN contact p ON p.id = c.contact_id WHERE p.address = %s)",
        f"whatsapp:{chat.phone}",
    )
    chat("confirmo")
    assert "me diga de novo seu *CPF*" in chat.last
    assert chat.appointments("booked") == []
    chat(NORMA)
    assert "Confirma?" in chat.last
    chat("confirmo")
    assert chat.booked().whom == "Norma Gusmão Reis"


def test_files_stickers_and_audios_where_none_is_asked(chat: Dialogue) -> None:
    chat("agendar gastro em slz", HEITOR)
    chat("", media=[{"content_type": "audio/ogg", "base64": OGG}])
    assert "áudios" in chat.last
    assert "Qual você prefere?" in chat.last
    chat("", media=[{"content_type": "image/webp", "base64": WEBP}])
    chat("", media=[{"content_type": "image/png", "base64": PNG}])
    assert "Gastroenterologia" in chat.last
    chat("3", "ok")
    assert chat.booked().whom == "Heitor Sampaio Lustosa"
    assert chat.protocols == [("appointment", "closed")]


def test_thanks_and_greetings_in_the_middle_change_nothing(chat: Dialogue) -> None:
    chat("quero uma geriatra", ELZA, "obrigada", "bom dia")
    assert "Geriatria" in chat.last
    chat("2", "obrigada meu bem, pode confirmar")
    assert chat.booked().whom == "Elza Ferreira Costa"
    chat("deus te abençoe, obrigada")
    assert "Por nada" in chat.last
    assert len(chat.appointments("booked")) == 1


def test_the_state_of_the_protocol_in_the_middle_and_back(chat: Dialogue) -> None:
    chat("marcar neurologista em são luís", QUIRINO, "qual o estado do meu protocolo?")
    assert "Agendamento de consulta" in chat.last
    assert "Neurologia" in chat.last
    chat("2", "qual o número do meu protocolo?", "sim")
    chat.booked()


def test_my_appointments_in_the_middle_and_back(chat: Dialogue) -> None:
    there = chat.given_booked("86288366757", "Dr. Armando Pestana", ahead=6)
    chat("me marca dermatologista", FABIO, "quais são as minhas consultas?")
    assert "Dr. Armando Pestana" in chat.last
    assert "Voltando ao seu pedido: Agendamento" in chat.last
    assert "Dermatologia" in chat.last
    chat("2", "certinho")
    assert chat.booked().doctor == "Dra. Flora Antonelli"
    assert chat.state_of(there) == "booked"
    assert chat.protocols == [("appointment", "closed"), ("appointment_list", "closed")]


def test_the_network_in_the_middle_and_back(chat: Dialogue) -> None:
    chat("agendar pediatra", LIVIA, "quais hospitais atendem pelo plano em imperatriz?")
    assert "Hospital Rio Claro do Sul" in chat.last
    assert "Voltando ao seu pedido: Agendamento" in chat.last
    assert "Pediatria em São Luís" in chat.last
    chat("1", "sim")
    assert chat.booked().whom == "Lívia Sarmento Brito"


def test_a_second_specialty_instead_of_the_first(chat: Dialogue) -> None:
    chat("quero consultar com cardiologista", QUIRINO, "na verdade é ginecologista pra minha esposa")
    assert "Não encontrei essa pessoa" in chat.last
    chat("é pra mim mesmo, cardiologista")
    assert "Cardiologia" in chat.last
    chat("1", "isso")
    assert chat.booked().whom == "Quirino Bastos Leal"


def test_none_of_them_other_doctor_and_another_city(chat: Dialogue) -> None:
    chat("ginecologista com a dra Clarice Muniz", NORMA, "nenhum desses", "tem com outra médica?")
    assert "Rosângela" in chat.last
    chat("tem em outra cidade?")
    assert "Em qual cidade" in chat.last
    chat("são paulo", "a segunda", "aceito")
    booked = chat.booked()
    assert booked.doctor == "Dra. Mirela Zanetti"


def test_a_story_on_the_way_holds_the_specialty(chat: Dialogue) -> None:
    chat(
        "é o seguinte eu tava no trabalho semana passada e comecei a sentir uma queimação no estômago aí minha colega"
        " disse que era bom ver um gastro então eu queria marcar se possível de manhã cedo"
    )
    chat(LIVIA)
    assert "Gastroenterologia" in chat.last
    chat("2", "tá ótimo")
    assert chat.booked().starts.hour < 12


def test_an_angry_man_gets_what_he_came_for(chat: Dialogue) -> None:
    chat("EU QUERO MARCAR UM ORTOPEDISTA E NÃO QUERO ENROLAÇÃO", FABIO, "1", "CONFIRMO")
    assert chat.booked().whom == "Fábio Teixeira Melo"


def test_two_people_want_the_same_slot_and_the_second_is_offered_the_next(chat: Dialogue, stack: Stack) -> None:
    second = Dialogue(stack, chat.phone[:-2] + ("11" if chat.phone[-2:] != "11" else "12"))
    try:
        chat("marca reumatologista em sp", FABIO)
        second("marca reumato em são paulo, por favor", HEITOR)
        assert chat.offered()[0] == second.offered()[0]
        chat("1")
        second("1")
        assert "reservado por outra pessoa" in second.last
        assert "Confirma?" in chat.last
        second("1", "pode marcar")
        chat("confirma")
        assert second.booked().starts != chat.booked().starts
    finally:
        second.clean_up()


@pytest.mark.parametrize("said", ["sábado", "domingo de manhã", "às 21h"])
def test_where_nothing_fits_the_nearest_is_offered(chat: Dialogue, said: str) -> None:
    chat(f"psiquiatra em imperatriz {said}", HEITOR)
    assert "Os mais próximos são estes" in chat.last
    chat({"sábado": "2", "domingo de manhã": "o primeiro", "às 21h": "qualquer um"}[said])
    chat({"sábado": "sim", "domingo de manhã": "não", "às 21h": "ss"}[said])
    if said == "domingo de manhã":
        assert chat.appointments("booked", "held") == []
        chat("1", "vou querer")
    assert chat.booked().doctor == "Dra. Adélia Rondon"


@pytest.mark.parametrize(
    ("said", "identity", "most"),
    [
        (["Dra. Berenice Dorta, qualquer dia de manhã", FABIO, "1", "confirmo"], 1, MOST_WHERE_ALL_WAS_SAID),
        (["fisio em sao luis semana que vem de tarde pfv", LIVIA, "tanto faz", "pode marcar"], 1, MOST_WHERE_ALL_WAS_SAID),
        (["oi", "1", "900.100.118-11", "5/9/1972", "celina sampaio", "clínico geral", "outro dia", "2", "sim"], 3, MOST),
        (["consulta", QUIRINO, "psicologo", "em sp", "de manhã", "nenhum desses", "1", "isso"], 1, MOST),
    ],
    ids=["doctor and hours", "specialty, city, week and hours", "by the menu, fact by fact", "changing his mind"],
)  # fmt: skip
def test_a_booking_takes_few_messages(chat: Dialogue, said: list[str], identity: int, most: int) -> None:
    chat(*said)
    chat.booked()
    assert len(chat.answers) - identity <= most

"""Looking for who attends by the plan: whole dialogues; nobody is identified, no protocol is opened, nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.conversations.people import ANA, CARLOS, FABIO, PNG, Dialogue
from tests.stack import Stack

PICTURE = [{"content_type": "image/png", "base64": PNG}]
PAGE = 5


def network(stack: Stack) -> list[tuple[Any, ...]]:
    """What the network and the books count: looking changes none of it."""
    return stack.rows(
        "SELECT (SELECT count(*) FROM practice WHERE active), (SELECT count(*) FROM provider WHERE active),"
        " (SELECT count(*) FROM appointment WHERE state IN ('held', 'booked'))"
    )


def entries(told: str) -> list[str]:
    """The names of the entries in an answer."""
    return [block.split("\n")[0].strip("*") for block in told.split("\n\n") if "Telefone: " in block]


def of_specialty(stack: Stack, specialty: str, city: str) -> list[tuple[str, str, str]]:
    """The plan's own data: name, street and telephone of who is found, as rows."""
    return stack.rows(
        "SELECT v.name, l.street, l.phone FROM practice t JOIN provider v ON v.id = t.provider_id"
        " JOIN place l ON l.id = t.place_id WHERE t.specialty = %s AND l.city = %s AND t.active AND v.active",
        specialty, city,
    )  # fmt: skip


@contextmanager
def many(stack: Stack, specialty: str, count: int) -> Iterator[list[str]]:
    """So many invented providers of a specialty at one clinic of São Luís for as long as the block runs."""
    names = [f"Dr. Página {chr(ord('A') + number)}" for number in range(count)]
    for name in names:
        stack.run(
            "WITH one AS (INSERT INTO provider (id, kind, name, folded_name) VALUES (gen_random_uuid(), 'doctor', %s,"
            " lower(unaccent(%s))) RETURNING id) INSERT INTO practice (id, provider_id, place_id, specialty)"
            " SELECT gen_random_uuid(), one.id, l.id, %s FROM one, place l WHERE l.name = 'Clínica Maré Mansa'",
            name, name, specialty,
        )  # fmt: skip
    try:
        yield names
    finally:
        stack.run("DELETE FROM practice WHERE provider_id IN (SELECT id FROM provider WHERE name LIKE 'Dr. Página%%')")
        stack.run("DELETE FROM provider WHERE name LIKE 'Dr. Página%%'")


@pytest.fixture(autouse=True)
def nothing_changes(stack: Stack) -> Iterator[None]:
    """To look changes nothing."""
    before = network(stack)
    yield
    assert network(stack) == before


def nobody_was_asked(chat: Dialogue) -> bool:
    """Whether no identity was asked for, no protocol opened, and the assistant still has the conversation."""
    asked = any("CPF" in answer for answer in chat.answers)
    return not asked and chat.protocols == [] and chat.owner[0] == "assistant"


def test_specialty_and_city_in_one_message(chat: Dialogue) -> None:
    told = chat("quem é cardiologista credenciado em são luis?")
    rows = of_specialty(chat.stack, "cardiology", "São Luís")
    assert sorted(entries(told)) == sorted(name for name, _, _ in rows)
    for name, street, _ in rows:
        assert name in told
        assert street in told
    assert "(98) 3200-01" in told
    assert "Até logo" in chat("era so isso obrigada")
    assert nobody_was_asked(chat)


def test_asked_step_by_step_for_a_kind_and_a_city(chat: Dialogue) -> None:
    assert "O que você procura?" in chat("queria ver a rede credenciada")
    assert "em qual cidade?" in chat("hosptal")
    assert entries(chat("slz")) == ["Hospital Boa Aurora", "Hospital Infantil Pipa Azul"]
    chat("não")
    assert nobody_was_asked(chat)


def test_five_a_page_and_the_next_ones_on_mais(chat: Dialogue) -> None:
    with many(chat.stack, "acupuncture", 12) as names:
        first = entries(chat("me passa a lista de quem faz acupuntura pelo plano em são luís"))
        second = entries(chat("mais"))
        third = entries(chat("tem mais?"))
    assert [len(first), len(second), len(third)] == [PAGE, PAGE, 2]
    assert first + second + third == names
    assert nobody_was_asked(chat)


def test_a_doctor_by_name_and_over_to_a_booking_with_her(chat: Dialogue) -> None:
    told = chat("a dra helena prado é credenciada ainda?")
    assert set(entries(told)) == {"Dra. Helena Prado"}
    assert nobody_was_asked(chat)
    opened = chat("quero marcar com ela")
    assert "Anotei: Agendamento de consulta" in opened
    offered = chat(ANA)
    assert "Cardiologia em São Luís" in offered
    assert "Helena Prado" in offered
    chat("atendente")
    assert chat.protocols == [("appointment", "open")]
    assert chat.owner == ("team", "scheduling")
    assert "Helena Prado" in chat.summary()


def test_the_button_leads_to_the_agenda_with_specialty_and_city(chat: Dialogue) -> None:
    chat("ortopedista da rede em imperatriz, quais são?")
    assert entries(chat.last) == ["Dr. Nilo Bacelar"] * len(of_specialty(chat.stack, "orthopedics", "Imperatriz"))
    chat("marcar consulta", CARLOS)
    assert "Ortopedia em Imperatriz" in chat.last
    chat("desisto")
    assert chat.protocols == [("appointment", "closed")]


def test_nothing_here_names_the_nearest_cities_that_have_it(chat: Dialogue) -> None:
    told = chat("qual endocrino atende o convenio em imperatriz")
    assert "Não encontrei na rede: Endocrinologia em Imperatriz" in told
    assert entries(told) == []
    assert set(entries(chat("são luís"))) == {
        name for name, _, _ in of_specialty(chat.stack, "endocrinology", "São Luís")
    }
    assert "cidade ou bairro" in chat.last
    assert nobody_was_asked(chat)


def test_a_verified_persons_own_city_goes_without_saying(chat: Dialogue) -> None:
    chat("a artrodese ja foi autorizada?", FABIO)
    told = chat("aproveitando, que laboratórios são do plano?")
    assert entries(told) == ["Laboratório Lente Fina"]
    assert "Pinheiros, São Paulo SP" in told
    assert [kind for kind, _ in chat.protocols] == ["procedure_status"]


def test_a_district_is_enough(chat: Dialogue) -> None:
    assert entries(chat("clínicas do bairro renascença")) == ["Clínica Maré Mansa"]
    told = chat("e no turu tem clinica?")
    assert "No bairro Turu não encontrei" in told
    assert "Policlínica Ponta Verde" in told
    assert nobody_was_asked(chat)


def test_for_the_emergency_room_192_comes_first(chat: Dialogue) -> None:
    told = chat("qual pronto socorro da rede em imperatriz atende 24h?")
    assert told.index("192") < told.index("Hospital Rio Claro do Sul")
    assert "Ligue antes" in told
    chat("tchau")
    assert chat.protocols == []


def test_what_the_network_does_not_tell_an_attendant_finds_out(chat: Dialogue) -> None:
    chat("onde é que faz densitometria pelo plano")
    assert "Quer que eu chame?" in chat.last
    assert nobody_was_asked(chat)
    chat("quero sim")
    assert chat.owner == ("team", "call_centre")
    assert "densitometria" in chat.summary()
    assert chat.protocols == []


def test_a_change_of_mind_keeps_what_it_does_not_contradict(chat: Dialogue) -> None:
    assert "Pediatria em Imperatriz" in chat("pediatras credenciados em imperatriz")
    assert "Pediatria em São Luís" in chat("não, melhor em são luís")
    assert "Fonoaudiologia em São Luís" in chat("na verdade preciso de fono")
    assert "Fonoaudiologia em São Paulo" in chat("e em sampa?")
    assert nobody_was_asked(chat)


def test_a_person_takes_over_with_what_is_sought(chat: Dialogue) -> None:
    chat("que maternidade o plano tem?")
    assert "em qual cidade?" in chat.last
    chat("prefiro falar com atendente")
    assert chat.owner == ("team", "call_centre")
    assert "Procura: Hospitais" in chat.summary()
    assert chat.protocols == []


def test_a_picture_and_words_that_say_nothing_do_no_harm(chat: Dialogue) -> None:
    chat("preciso da lista de credenciados")
    assert "ficou guardado" in chat("", media=PICTURE)
    assert "Não entendi essa resposta" in chat("xpto")
    assert "em qual cidade?" in chat("dentista")
    assert "Não entendi essa resposta" in chat("aquela la")
    assert len(entries(chat("imperatriz"))) == len(of_specialty(chat.stack, "dentistry", "Imperatriz"))
    assert nobody_was_asked(chat)


def test_three_times_not_understood_goes_to_a_person(chat: Dialogue) -> None:
    chat("me mostra os credenciados", "ahn", "aquele negocio", "tipo assim")
    assert chat.owner == ("team", "call_centre")
    assert chat.protocols == []


def test_a_search_in_the_middle_of_a_card_and_back(chat: Dialogue) -> None:
    chat("carteirinha da familia, pode ser?")
    told = chat("antes, qual o telefone do hospital boa aurora?")
    assert "(98) 3200-0104" in told
    assert "Voltando ao seu pedido: Carteirinha" in told
    chat(CARLOS)
    assert chat.protocols == [("member_card", "closed")]


def test_a_name_that_nobody_has_is_said_so_and_the_kind_is_asked_on(chat: Dialogue) -> None:
    told = chat("o hospital pedra lascada é do plano?")
    assert "Não encontrei Pedra Lascada na rede do plano" in told
    assert entries(chat("imperatriz")) == ["Hospital Rio Claro do Sul"]
    assert nobody_was_asked(chat)


def test_another_need_afterwards_is_not_followed_by_the_search_again(chat: Dialogue) -> None:
    chat("nutricionistas da rede em slz")
    chat("ok. agora me manda a carteirinha", ANA)
    assert "Apresente com um documento com foto" in chat.last
    assert "Voltando" not in "\n".join(chat.answers)
    assert chat.protocols == [("member_card", "closed")]

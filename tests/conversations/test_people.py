"""Who is writing: several people on one number, one person on several, facts in any form, and who may hear what."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.conversations.people import ANA, BRUNO, DEBORA, QUIRINO, Dialogue
from tests.stack import Stack

SHARED = "+5598988000014"  # Olga's and her daughter Paula's
OLGA = "cpf 900.100.486-50, nasci em 3 de maio de 61, mãe Iracema Pacheco"
PAULA = "900.100.597-76 24/03/1998 mãe Olga Pacheco Freire"
GILDA_FACTS = "cpf 90010010769"
MONEY = re.compile(r"r\$|\d+,\d{2}\b|financeir|vencimento|atras|d[eé]bito|d[ií]vida|competência", re.IGNORECASE)


@pytest.fixture
def shared(stack: Stack) -> Iterator[Dialogue]:
    """The telephone of two people, its conversation ended after the test."""
    yield Dialogue(stack, SHARED)
    stack.run("UPDATE conversation SET closed_at = business_now(), closed_by = 'silence', owner = 'assistant',"
              " attendant_id = NULL WHERE closed_at IS NULL AND contact_id IN"
              " (SELECT id FROM contact WHERE address = %s)", f"whatsapp:{SHARED}")  # fmt: skip


@pytest.fixture
def talk(stack: Stack, phone: str) -> Dialogue:
    return Dialogue(stack, phone)


def quiet_for(talk: Dialogue, minutes: int) -> None:
    """The person writes nothing for a while."""
    talk.stack.run(
        "UPDATE identity_check SET last_seen_at = last_seen_at - make_interval(mins => %s) WHERE conversation_id IN"
        " (SELECT c.id FROM conversation c JOIN contact p ON p.id = c.contact_id WHERE p.address = %s)",
        minutes, f"whatsapp:{talk.phone}",
    )  # fmt: skip


def verified(talk: Dialogue) -> tuple[str | None, int]:
    """Who is verified at the telephone, and the wrong tries so far."""
    query = (
        "SELECT b.full_name, i.failures FROM identity_check i JOIN conversation c ON c.id = i.conversation_id"
        " JOIN contact p ON p.id = c.contact_id LEFT JOIN beneficiary b ON b.id = i.beneficiary_id"
        " WHERE p.address = %s ORDER BY c.opened_at DESC LIMIT 1"
    )
    [row] = talk.stack.rows(query, f"whatsapp:{talk.phone}")
    return row


def test_on_a_number_of_several_people_the_assistant_asks_who_is_writing_and_names_nobody(shared: Dialogue) -> None:
    shared("quais são as minhas consultas?")
    assert "Quem está escrevendo?" in shared.last
    assert not re.search("olga|paula", shared.last, re.IGNORECASE)
    shared(OLGA)
    assert "Obrigada, Olga" in shared.last
    assert verified(shared) == ("Olga Pacheco Freire", 0)


def test_after_a_few_quiet_minutes_on_a_shared_number_it_is_asked_again_and_the_next_one_sees_her_own(
    shared: Dialogue,
) -> None:
    shared("minhas consultas por favor", OLGA)
    quiet_for(shared, 6)
    shared("quero ver minhas consultas")
    assert "Quem está escrevendo?" in shared.last
    shared(PAULA)
    assert "Obrigada, Paula" in shared.last
    assert verified(shared)[0] == "Paula Pacheco Freire"


def test_who_takes_over_the_telephone_says_so_with_facts_of_her_own(shared: Dialogue) -> None:
    shared("minhas consultas", OLGA)
    shared(f"agora é a Paula, {PAULA}")
    assert "Obrigada, Paula" in shared.last
    assert verified(shared)[0] == "Paula Pacheco Freire"


def test_one_fact_of_somebody_else_ends_the_identity_of_the_one_before(talk: Dialogue) -> None:
    talk("minhas consultas", ANA, "agora é o Carlos, cpf 390.533.447-05, quero meu boleto")
    assert "R$" not in talk.last
    assert "data de nascimento" in talk.last
    talk("02/11/1978 mãe Teresa Nunes")
    assert "Obrigada, Carlos" in talk.last


def test_on_a_number_of_ones_own_six_quiet_minutes_change_nothing_and_thirty_one_do(talk: Dialogue) -> None:
    talk("minhas consultas", ANA)
    quiet_for(talk, 6)
    talk("minhas consultas de novo")
    assert "CPF" not in talk.last
    quiet_for(talk, 31)
    talk("minhas consultas outra vez")
    assert "CPF" in talk.last


@pytest.mark.parametrize("number", ["+5598988000015", "+5598988000016"])
def test_one_person_writes_from_either_of_his_telephones(stack: Stack, number: str) -> None:
    talk = Dialogue(stack, number)
    talk("minhas consultas", QUIRINO)
    assert verified(talk)[0] == "Quirino Bastos Leal"
    contact = stack.rows("SELECT phone FROM contact WHERE address = %s", f"whatsapp:{number}")
    assert contact == [(number,)]


def test_an_id_without_the_ninth_digit_is_the_registered_telephone(stack: Stack) -> None:
    talk = Dialogue(stack, "+559888000005")
    talk("oi")
    assert "Como posso ajudar" in talk.last
    assert stack.rows("SELECT phone FROM contact WHERE address = 'whatsapp:+559888000005'") == [("+5598988000005",)]


FORMS = {
    "one message, spoken date": ["529982247-25, nasci em 12 de março de 85, minha mãe é Lúcia Rocha"],
    "names before numbers": ["sou a Ana Beatriz Rocha, filha de Lúcia Rocha, 529.982.247-25"],
    "one fact a message": ["12/03/1985", "mãe: lucia rocha", "52998224725"],
    "card instead of a name": ["carteirinha 0064 1000 0001 01", "529.982.247-25 12-03-85"],
    "shouted, without accents": ["CPF 529 982 247 25 NASC 12 03 1985 MAE LUCIA ROCHA"],
    "lines": ["529.982.247-25\n12/03/1985\nLúcia Rocha"],
    "a wrong digit first": ["529.982.247-26", "529.982.247-25", "12/3/85 lucia rocha"],
}


@pytest.mark.parametrize("form", FORMS)
def test_facts_come_in_any_order_and_form(talk: Dialogue, form: str) -> None:
    talk("qual o estado do meu protocolo?", *FORMS[form])
    assert "Obrigada, Ana. Está tudo certo." in talk.last
    assert verified(talk) == ("Ana Beatriz Rocha", 0)


def test_three_wrong_tries_are_counted_and_a_right_one_in_between_forgives_them(talk: Dialogue) -> None:
    wrong = "529.982.247-25, 13/03/1985, Lúcia Rocha"
    talk("minhas consultas", wrong, wrong)
    assert verified(talk) == (None, 2)
    talk(ANA)
    assert verified(talk) == ("Ana Beatriz Rocha", 0)


def test_nothing_about_a_person_is_said_to_her_own_telephone_before_she_is_identified(stack: Stack) -> None:
    talk = Dialogue(stack, "+5598988000004")  # Débora's
    talk("oi", "minhas consultas", "quem sou eu?", "você sabe meu nome?")
    assert not re.search("débora|debora|nunes|alves|carlos", "\n".join(talk.answers), re.IGNORECASE)


@pytest.mark.parametrize("who", [BRUNO, DEBORA], ids=["Bruno", "Débora"])
@pytest.mark.parametrize(
    "asked", ["segunda via do boleto", "quanto meu plano deve?", "qual o vencimento do plano?", "já paguei a fatura"]
)
def test_a_dependent_never_hears_of_money(talk: Dialogue, who: str, asked: str) -> None:
    talk(asked, who, "mas quanto é?", "me diz só o valor")
    heard = "\n".join(talk.answers)
    assert not MONEY.search(heard), MONEY.search(heard)


def test_a_member_who_is_not_detached_never_hears_of_money_either(talk: Dialogue) -> None:
    [(born, mother)] = talk.stack.rows("SELECT birth_date, mother_name FROM beneficiary WHERE cpf = '90010010769'")
    talk("quero o boleto", f"{GILDA_FACTS}, {born:%d/%m/%Y}, mãe {mother}", "e o pix?")
    assert "Gilda" in "\n".join(talk.answers)
    assert not MONEY.search("\n".join(talk.answers))

"""Member cards and what a plan is: whole dialogues, what arrived on the telephone, to whom, and what was never said."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from backend.papers.member_card import SIZE
from backend.store import files
from tests.conversations.people import ANA, CARLOS, DEBORA, ELZA, IRENE, KLEBER, LIVIA, PNG, QUIRINO, Dialogue
from tests.stack import Stack, eventually

PICTURE = [{"content_type": "image/png", "base64": PNG}]
GILDA = "900.100.107-69, 18/04/1955, alzira nunes"
CARDS = {"ana": "0064 1000 0001 01", "carlos": "0064 1000 0002 01", "debora": "0064 1000 0002 02",
         "gilda": "0064 1000 0002 03", "joaquim": "0064 1000 0006 01"}  # fmt: skip
MONEY = re.compile(r"R\$|\d,\d\d\b|todo dia|vence|boleto|fatura|segunda via|d[ií]vid|d[eé]bit", re.IGNORECASE)


def cards(chat: Dialogue) -> list[dict[str, Any]]:
    """The files that the phone was sent and really fetched."""

    def sends() -> list[dict[str, Any]]:
        return [send for send in chat.stack.log()["sends"] if send["to"] == f"whatsapp:{chat.phone}"]

    with_file = "SELECT count(*) FROM outbox WHERE recipient = %s AND media_id IS NOT NULL"
    [(expected,)] = chat.stack.rows(with_file, f"whatsapp:{chat.phone}")
    eventually(lambda: sum(len(send["fetched"]) for send in sends()) == expected, what=f"{expected} fetched files")
    return [item | {"caption": send["body"]} for send in sends() for item in send["fetched"]]


def sent(chat: Dialogue) -> list[str]:
    """Whose cards were sent in this conversation, as the audit has it, oldest first."""
    query = (
        "SELECT b.full_name FROM audit u JOIN beneficiary b ON b.id::text = u.subject_id"
        " JOIN conversation c ON c.id::text = u.details->>'conversation' JOIN contact p ON p.id = c.contact_id"
        " WHERE u.action = 'plans.send_card' AND p.address = %s ORDER BY u.id"
    )
    return [name for (name,) in chat.stack.rows(query, f"whatsapp:{chat.phone}")]


def heard(chat: Dialogue) -> str:
    """All that the telephone was ever sent."""
    return "\n".join(chat.stack.received(chat.phone))


def contract_of(stack: Stack, number: str) -> tuple[date, int]:
    """A contract's date and due day."""
    return stack.rows("SELECT signed_on, due_day FROM contract WHERE number = %s", number)[0]  # type: ignore[return-value]


# -- the card


def test_ones_own_card_arrives_as_an_image_with_number_and_plan(chat: Dialogue) -> None:
    chat("oi bom dia, tem como mandar minha carteirinha?", ANA)
    [card] = cards(chat)
    assert card["content_type"] == "image/png"
    assert card["name"] == "carteirinha-ana.png"
    assert card["size"] > 10_000
    assert card["caption"].splitlines() == [
        "Carteirinha digital de *Ana Beatriz Rocha*", f"Número: {CARDS['ana']}", "Plano: Zelo Completo",
    ]  # fmt: skip
    assert sent(chat) == ["Ana Beatriz Rocha"]
    assert chat.protocols == [("member_card", "closed")]


def test_the_file_is_a_card_of_the_right_proportions(chat: Dialogue) -> None:
    chat(f"manda o cartão do plano? {CARLOS}")
    [card] = cards(chat)
    content = files.read(card["sha256"])
    assert Image.open(BytesIO(content)).size == SIZE
    assert chat("brigado").startswith("Por nada")
    assert chat.protocols == [("member_card", "closed")]


def test_who_lost_it_gets_the_image_first_and_then_a_new_plastic_one_from_a_person(chat: Dialogue) -> None:
    chat("perdi meu cartão do plano no onibus", CARLOS)
    assert len(cards(chat)) == 1
    assert "novo cartão físico" in chat.last
    chat("quero sim")
    assert chat.owner == ("team", "registration")
    assert "cartão físico" in chat.summary()
    assert chat.protocols == [("member_card", "open")]


def test_who_lost_it_and_needs_no_plastic_is_done(chat: Dialogue) -> None:
    chat("segunda via da carteira do plano", LIVIA)
    assert "novo cartão físico" in chat.last
    assert "Não entendi" in chat("hmm zum zum")
    chat("nao precisa nao")
    assert len(cards(chat)) == 1
    assert chat.protocols == [("member_card", "closed")]


def test_the_holder_gets_the_cards_of_everybody_in_the_contract(chat: Dialogue) -> None:
    chat("manda as carteirinhas da familia inteira", CARLOS)
    assert {card["caption"].splitlines()[1] for card in cards(chat)} == {
        f"Número: {CARDS[who]}" for who in ("carlos", "debora", "gilda")
    }
    assert set(sent(chat)) == {"Carlos Eduardo Nunes", "Débora Nunes Alves", "Gilda Nunes Prates"}
    assert chat.protocols == [("member_card", "closed")]


def test_a_dependent_gets_only_his_own(chat: Dialogue) -> None:
    chat("me passa o numero da carteirinha do meu marido", DEBORA)
    assert "só envio para ela mesma ou para o titular" in chat.last
    assert cards(chat) == []
    chat("então a minha")
    assert sent(chat) == ["Débora Nunes Alves"]
    assert CARDS["carlos"] not in heard(chat)
    assert chat.protocols == [("member_card", "closed")]


def test_who_pays_and_has_none_is_asked_whose(chat: Dialogue) -> None:
    chat("cadê a carteirinha q n chegou ainda", IRENE)
    assert "De quem é a carteirinha" in chat.last
    chat("do joaquim")
    assert sent(chat) == ["Joaquim Vasques Paiva"]
    chat("não quero o de plástico não")
    assert chat.protocols == [("member_card", "closed")]


def test_who_is_cancelled_gets_no_card_but_a_person(chat: Dialogue) -> None:
    chat("minha carteirinha digital", KLEBER)
    assert "Não há carteirinha válida" in chat.last
    assert cards(chat) == []
    assert sent(chat) == []
    assert chat.owner == ("team", "registration")
    assert chat.protocols == [("member_card", "open")]


def test_a_card_that_is_not_accepted_goes_to_registration(chat: Dialogue) -> None:
    chat("a clinica falou que minha carteirinha ta bloqueada", "atendente não, pode ser vc mesmo")
    if chat.owner[0] == "assistant":
        chat(ANA)
    assert chat.owner == ("team", "registration")
    assert "carteirinha" in chat.summary().lower()


def test_a_person_while_the_identity_is_asked(chat: Dialogue) -> None:
    chat("quero a carteirinha da minha filha")
    assert "CPF" in chat.last
    chat("quero atendente")
    assert chat.owner == ("team", "registration")
    assert "carteirinha da minha filha" in chat.summary()
    assert "ainda não confirmada" in chat.summary()
    assert cards(chat) == []


def test_wrong_facts_then_right_ones_and_a_question_about_the_plan_in_between(chat: Dialogue) -> None:
    chat("carteirinha", "529.982.247-25, 12/03/1986, lucia rocha")
    assert "não conferem" in chat.last
    told = chat("antes me fala, o plano cobre fisioterapia?")
    assert "está na cobertura" in told
    assert "Voltando ao seu pedido: Carteirinha" in told
    chat(ANA)
    assert sent(chat) == ["Ana Beatriz Rocha"]
    assert chat.protocols == [("member_card", "closed")]


def test_a_picture_where_none_is_asked_and_the_plastic_one_at_once(chat: Dialogue) -> None:
    chat("", media=PICTURE)
    chat("preciso do cartão físico, o de plastico mesmo", QUIRINO)
    assert len(cards(chat)) == 1
    assert chat.owner == ("team", "registration")
    assert "Quirino Bastos Leal" in chat.summary()


# -- the plan


def test_what_is_covered_in_general_is_told_to_anybody(chat: Dialogue) -> None:
    told = chat("vcs cobrem endoscopia?")
    assert "Em geral" in told
    assert "está na cobertura" in told
    assert "informação geral" in told
    assert "está na cobertura" in chat("e fisio?")
    chat("não era só isso")
    assert chat.protocols == []
    assert "CPF" not in heard(chat)


def test_a_family_of_procedures_is_answered_as_one(chat: Dialogue) -> None:
    told = chat("o plano cobre ressonância?")
    assert "*ressonância magnética* está na cobertura, com autorização antes" in told
    assert "crânio" not in told.casefold()


def test_what_the_table_excludes_is_looked_at_by_a_person_and_never_refused(chat: Dialogue) -> None:
    told = chat("clareamento nos dentes ta coberto?")
    assert "precisa de análise" in told
    assert not re.search(r"não (?:é |está )?cob|negad|recusad", told)
    assert "pedir procedimento" in told
    chat("ok, valeu")
    assert chat.protocols == []


def test_waiting_periods_need_the_person_and_say_which_are_over(chat: Dialogue) -> None:
    chat("ja acabou minha carencia?", LIVIA)
    signed, _ = contract_of(chat.stack, "10000008")
    assert "urgência e emergência: cumprida" in chat.last
    assert f"a partir de {signed + timedelta(days=730):%d/%m/%Y}" in chat.last
    assert "só para quem declarou" in chat.last
    assert chat.protocols == []


def test_a_running_waiting_period_says_from_when_on(chat: Dialogue) -> None:
    chat.stack.run("UPDATE beneficiary SET joined_on = current_date - 30 WHERE cpf = '90010047506'")
    try:
        chat("900.100.475-06, 31/07/1970, Dalva Gusmão. quero saber de carência")
        assert re.search(r"parto: a partir de \d\d/\d\d/\d{4}", chat.last)
        assert "urgência e emergência: cumprida" in chat.last
        told = chat("meu plano cobre tomografia do torax?")
        assert "No seu plano (Zelo Família)" in told
        assert "ainda há carência" in told
    finally:
        chat.stack.run(
            "UPDATE beneficiary b SET joined_on = c.signed_on FROM contract c WHERE c.id = b.contract_id"
            " AND b.cpf = '90010047506'"
        )
    assert chat.protocols == []


def test_a_dependent_never_hears_of_due_dates_or_fees(chat: Dialogue) -> None:
    chat("qual dia vence a mensalidade do plano?", DEBORA)
    assert "titular" in chat.last
    chat("e quanto é a mensalidade?")
    assert "titular" in chat.last
    chat("e é enfermaria ou quarto?")
    assert "Enfermaria" in chat.last
    assert not MONEY.search(heard(chat).replace("mensalidade", ""))
    assert chat.protocols == []


def test_a_member_who_is_not_detached_hears_none_of_it_either(chat: Dialogue) -> None:
    chat(f"que dia é o vencimento do meu plano? {GILDA}")
    assert "titular" in chat.last
    assert not MONEY.search(heard(chat))
    assert "Tudo bem" in chat("obrigada querida")


def test_the_holder_hears_the_due_day_and_no_amount(chat: Dialogue) -> None:
    chat("em que dia vence minha mensalidade mesmo?", ELZA)
    _, due_day = contract_of(chat.stack, "10000003")
    assert f"todo dia *{due_day}*" in chat.last
    assert "R$" not in heard(chat)
    chat("e o valor?")
    assert "segunda via" in chat.last
    assert "R$" not in heard(chat)
    assert chat.protocols == []


def test_prices_of_plans_are_the_commercial_teams(chat: Dialogue) -> None:
    chat("quanto custa um plano de vcs pra minha sogra?")
    assert "equipe comercial" in chat.last
    assert "CPF" not in heard(chat)
    chat("pode chamar")
    assert chat.owner == ("team", "commercial")
    assert "sogra" in chat.summary()
    assert chat.protocols == [("attendant", "open")]


def test_no_topic_is_asked_about_and_a_picked_one_needs_the_person(chat: Dialogue) -> None:
    chat("queria informações do meu convenio")
    if "O que você quer saber" not in chat.last:
        chat("dúvidas sobre o plano mesmo")
    chat("coparticipação")
    assert "CPF" in chat.last
    chat("900.100.608-63, Quirino Bastos Leal, mãe Zuleide Bastos")
    assert "tem coparticipação" in chat.last
    chat("e onde vale?")
    assert "Todo o Brasil" in chat.last
    assert chat.protocols == []


def test_a_question_in_the_middle_of_a_status_and_back(chat: Dialogue) -> None:
    chat("autorizações minhas, quais tem?", CARLOS)
    told = chat("meu plano é nacional?")
    assert "Maranhão" in told
    assert "Voltando ao seu pedido: Andamento de procedimento" in told
    chat("nenhum desses")
    assert chat.protocols == [("procedure_status", "open")]
    assert chat.owner == ("team", "authorizations")


def test_a_dependent_to_be_added_is_registrations(chat: Dialogue) -> None:
    chat("o plano cobre parto cesarea?", "e como incluo o bebê de dependente depois?")
    assert "equipe de cadastro" in chat.last
    chat("agora não")
    assert chat.owner == ("assistant", None)
    assert chat.protocols == []


def test_who_is_cancelled_is_told_that_a_person_explains(chat: Dialogue) -> None:
    chat("qual a abrangencia do meu plano?", KLEBER)
    assert "não está ativo" in chat.last
    chat("quero falar com alguem entao")
    assert chat.owner[0] == "team"


def test_who_asks_for_the_card_among_the_questions_gets_it(chat: Dialogue) -> None:
    chat("minha acomodação é apartamento?", ANA)
    assert "Apartamento" in chat.last
    chat("e a carteirinha, me manda?")
    assert sent(chat) == ["Ana Beatriz Rocha"]
    assert chat.protocols == [("member_card", "closed")]

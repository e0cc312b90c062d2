"""Where an authorization stands, as people ask for it: whole dialogues, what was told to whom, what stands in the books."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from backend.procedures.rules import business_days_until
from backend.store.clock import local
from tests.conversations.people import ANA, BRUNO, CARLOS, ELZA, FABIO, IRENE, PNG, QUIRINO, Dialogue
from tests.stack import Stack

CPF = {"ana": "52998224725", "bruno": "11144477735", "carlos": "39053344705", "debora": "15350946056",
       "elza": "71459364295", "fabio": "86288366757", "joaquim": "90010023151"}  # fmt: skip
PICTURE = [{"content_type": "image/png", "base64": PNG}]
KNEE = "41101316"  # RM - Articular


def guia(stack: Stack, who: str, state: str) -> str:
    """The number of somebody's authorization in a state."""
    query = (
        "SELECT a.number FROM procedure_authorization a JOIN beneficiary b ON b.id = a.beneficiary_id"
        " WHERE b.cpf = %s AND a.state = %s"
    )
    return str(stack.rows(query, CPF[who], state)[0][0])


def protocol_of(stack: Stack, number: str) -> str:
    """The protocol under which an authorization was requested."""
    query = "SELECT r.number FROM protocol r JOIN procedure_authorization a ON a.protocol_id = r.id WHERE a.number = %s"
    return str(stack.rows(query, number)[0][0])


def everything(stack: Stack) -> list[tuple[Any, ...]]:
    """All authorizations with what may change of them."""
    return stack.rows(
        "SELECT number, state, missing, reason, due_at, decided_at FROM procedure_authorization ORDER BY 1"
    )


def looks(chat: Dialogue) -> list[str]:
    """The authorizations that were told to whoever writes, as the audit has it, oldest first."""
    query = (
        "SELECT n.number FROM audit u JOIN procedure_authorization n ON n.id::text = u.subject_id"
        " JOIN identity_check i ON i.beneficiary_id::text = u.details->>'to'"
        " JOIN conversation c ON c.id = i.conversation_id JOIN contact p ON p.id = c.contact_id"
        " WHERE u.action = 'procedures.tell' AND p.address = %s AND u.at >= c.opened_at ORDER BY u.id"
    )
    return [str(number) for (number,) in chat.stack.rows(query, f"whatsapp:{chat.phone}")]


def terms(stack: Stack) -> list[str]:
    """The name of every requested procedure: none is for a stranger's eyes."""
    rows = stack.rows(
        "SELECT DISTINCT p.term FROM procedure_authorization a JOIN procedure p ON p.code = a.procedure_code"
    )
    return [term for (term,) in rows]


def heard(chat: Dialogue) -> str:
    """All that the telephone was ever sent."""
    return "\n".join(chat.stack.received(chat.phone))


def heard_of(chat: Dialogue) -> list[str]:
    """Which requested procedures' names the telephone was ever sent."""
    return [term for term in terms(chat.stack) if term in heard(chat)]


@contextmanager
def requested(stack: Stack, who: str, code: str = KNEE, state: str = "in_audit") -> Iterator[str]:
    """One more authorization of somebody's for as long as the block runs; gives its number."""
    number = f"99{zlib.crc32(f'{who}{code}{state}'.encode()):010d}"
    stack.run(
        "INSERT INTO procedure_authorization (id, number, beneficiary_id, procedure_code, state, requested_at, due_at)"
        " SELECT gen_random_uuid(), %s, id, %s, %s, business_now() - interval '1 day', business_now() + interval '6 days'"
        " FROM beneficiary WHERE cpf = %s",
        number, code, state, CPF[who],
    )  # fmt: skip
    try:
        yield number
    finally:
        stack.run("DELETE FROM procedure_authorization WHERE number = %s", number)


@contextmanager
def late(stack: Stack, number: str) -> Iterator[None]:
    """An authorization whose term ended two days ago."""
    [(before,)] = stack.rows("SELECT due_at FROM procedure_authorization WHERE number = %s", number)
    stack.run(
        "UPDATE procedure_authorization SET due_at = business_now() - interval '2 days' WHERE number = %s", number
    )
    try:
        yield
    finally:
        stack.run("UPDATE procedure_authorization SET due_at = %s WHERE number = %s", before, number)


@contextmanager
def sharing(chat: Dialogue, *who: str) -> Iterator[None]:
    """The telephone is in the register of several people."""
    for cpf in who:
        chat.stack.run(
            "INSERT INTO beneficiary_phone (beneficiary_id, number) SELECT id, %s FROM beneficiary WHERE cpf = %s",
            chat.phone, cpf,
        )  # fmt: skip
    try:
        yield
    finally:
        chat.stack.run("DELETE FROM beneficiary_phone WHERE number = %s", chat.phone)


@pytest.fixture(autouse=True)
def nothing_moves(stack: Stack) -> Iterator[None]:
    """To ask where something stands moves nothing."""
    before = everything(stack)
    yield
    assert everything(stack) == before


def test_by_its_number_with_the_facts_in_two_messages(chat: Dialogue) -> None:
    number = guia(chat.stack, "ana", "approved")
    opened = chat(f"boa tarde, a guia {number} ja ta valendo?")
    assert "Seu protocolo é" in opened
    assert heard_of(chat) == []
    chat("529982247-25 e nasci 12/3/85")
    told = chat("lucia rocha")
    [(until,)] = chat.stack.rows("SELECT valid_until FROM procedure_authorization WHERE number = %s", number)
    for part in (
        "RM - Coluna cervical",
        f"Guia {number}: autorizado",
        "Exame autorizado",
        f"Válida até {until:%d/%m/%Y}",
    ):
        assert part in told
    assert chat.protocols == [("procedure_status", "closed")]
    assert looks(chat) == [number]
    assert chat.owner == ("assistant", None)


def test_all_in_one_message_with_the_term_in_business_days(chat: Dialogue) -> None:
    number = guia(chat.stack, "fabio", "in_audit")
    told = chat(f"a guia da artrodese saiu? {FABIO}")
    [(due, now)] = chat.stack.rows(
        "SELECT due_at, business_now() FROM procedure_authorization WHERE number = %s", number
    )
    days = business_days_until(local(due).date(), local(now).date())
    assert f"Guia {number}: em análise" in told
    assert f"Prazo: até {local(due):%d/%m/%Y} ({days} dias úteis)" in told
    assert "Em análise na auditoria" in told
    assert chat("valeu viu").startswith("Por nada")
    assert chat.protocols == [("procedure_status", "closed")]


def test_a_wrong_answer_then_one_of_the_list_and_a_person_takes_the_document(chat: Dialogue) -> None:
    number = guia(chat.stack, "carlos", "waiting_document")
    chat("quais os pedidos q tenho ai", CARLOS)
    assert len(chat.offered()) == 3
    assert "Não entendi essa resposta" in chat("abacaxi com hortelã")
    told = chat("1")
    assert "Falta: Laudo da ultrassonografia do abdome" in told
    assert "Quer enviar esse documento agora?" in told
    chat("atendente")
    assert chat.owner == ("team", "authorizations")
    assert f"Guia {number}" in chat.summary()
    assert "Falta: Laudo da ultrassonografia do abdome" in chat.summary()
    assert "Carlos Eduardo Nunes" in chat.summary()
    assert chat.protocols == [("procedure_status", "open")]


def test_a_denial_is_told_with_reason_and_clause_and_the_ombudsman_looks_again(chat: Dialogue) -> None:
    number = guia(chat.stack, "carlos", "denied")
    chat("pq negaram a lipo", CARLOS)
    for part in ("negado", "finalidade estética", "Cláusula 8.2", "ouvidoria em até 7 dias úteis"):
        assert part in chat.last
    chat("discordo, quero que analisem de novo")
    assert chat.owner == ("team", "ombudsman")
    assert f"Guia {number}" in chat.summary()
    assert chat.protocols == [("procedure_status", "open")]


def test_a_denial_that_is_taken_as_it_is_ends_there(chat: Dialogue) -> None:
    chat(f"a guia {guia(chat.stack, 'carlos', 'denied')} foi negada mesmo?", CARLOS)
    assert "Motivo:" in chat.last
    assert "Tudo bem" in chat("não, deixa")
    assert chat.protocols == [("procedure_status", "closed")]
    assert chat.owner == ("assistant", None)


def test_a_late_answer_is_called_late_and_a_person_is_offered(chat: Dialogue) -> None:
    number = guia(chat.stack, "fabio", "in_audit")
    with late(chat.stack, number):
        chat("ate agora nada da minha cirurgia da coluna, saiu o parecer?", FABIO)
        assert "está atrasado" in chat.last
        assert "Sinto muito pelo atraso" in chat.last
        assert "!" not in chat.last.split("Guia")[1]
        chat("sim pf")
    assert chat.owner == ("team", "authorizations")
    assert "O prazo já passou" in chat.summary()


def test_somebody_elses_number_is_answered_as_one_that_does_not_exist(chat: Dialogue) -> None:
    number = guia(chat.stack, "carlos", "waiting_document")
    chat(ANA, f"e a autorização {number}?")
    assert f"Não encontrei a guia {number} no seu cadastro" in chat.last
    assert len(chat.offered()) == 3
    chat("nenhum desses")
    assert chat.owner == ("team", "authorizations")
    assert not [term for term in heard_of(chat) if "Colecistectomia" in term or "lipodistrofia" in term]
    assert looks(chat) == []


def test_a_number_that_nobody_has_is_answered_in_the_same_words(chat: Dialogue) -> None:
    chat(f"guia 269990000009 pf {ELZA}")
    assert "Não encontrei a guia 269990000009 no seu cadastro" in chat.last
    assert len(chat.offered()) == 3
    chat("quero o eco")
    assert "Ecodopplercardiograma" in chat.last
    assert chat.protocols == [("procedure_status", "closed")]


def test_who_answers_for_a_minor_hears_of_him(chat: Dialogue) -> None:
    with requested(chat.stack, "joaquim") as number:
        chat("liberaram o exame do joaquim?", IRENE)
        assert "RM - Articular" in chat.last
        assert "Para: Joaquim Vasques Paiva" in chat.last
        assert looks(chat) == [number]
    assert chat.protocols == [("procedure_status", "closed")]


def test_an_adults_request_is_his_own_and_no_fact_of_it_is_told(chat: Dialogue) -> None:
    with requested(chat.stack, "debora") as number:
        chat("a autorização da minha esposa ja saiu?", CARLOS)
        assert "De quem é o pedido?" in chat.last
        chat("da débora")
        assert "Débora é maior de idade" in chat.last
        chat(f"é a guia {number}")
        assert f"Não encontrei a guia {number} no seu cadastro" in chat.last
        chat("quero falar com uma pessoa")
        assert "RM - Articular" not in heard(chat)
        assert looks(chat) == []
    assert chat.owner == ("team", "authorizations")


def test_a_dependent_who_is_a_minor_asks_for_himself(chat: Dialogue) -> None:
    with requested(chat.stack, "bruno", state="approved"):
        chat("meu exame do joelho foi aprovado?", BRUNO)
        assert "RM - Articular" in chat.last
        assert "Coluna" not in heard(chat)  # his mother's are hers
    assert chat.protocols == [("procedure_status", "closed")]


def test_who_has_none_hears_what_can_be_done(chat: Dialogue) -> None:
    chat("e as minhas autorizações, como tão?", QUIRINO)
    assert "Não encontrei pedidos de procedimento" in chat.last
    assert "pedir procedimento" in chat.last
    chat("ah ta, obrigado")
    assert chat.protocols == [("procedure_status", "closed")]
    assert heard_of(chat) == []


def test_a_wrong_identity_three_times_learns_nothing(chat: Dialogue) -> None:
    chat("minha cirurgia de vesicula foi liberada?", "39053344705 03/11/1978 teresa nunes")
    assert "não conferem" in chat.last
    chat("390.533.447-05, 2/11/78, maria nunes", "390.533.447-05, 2/11/87, teresa nunes")
    assert chat.owner == ("team", "authorizations")
    assert "ATENÇÃO" in chat.summary()
    assert heard_of(chat) == []
    assert looks(chat) == []


def test_a_second_need_in_the_middle_and_back_to_the_list(chat: Dialogue) -> None:
    chat("ver minhas guias", ELZA)
    assert len(chat.offered()) == 3
    chat("antes me diz onde tem laboratório credenciado")
    assert "Laboratório Clarear" in chat.last
    assert "Voltando ao seu pedido: Andamento de procedimento" in chat.last
    chat("a da catarata")
    assert "realizado" in chat.last
    assert looks(chat) == [guia(chat.stack, "elza", "performed")]
    assert chat.protocols == [("procedure_status", "closed")]


def test_a_protocol_tells_its_authorization_to_the_person_alone(chat: Dialogue) -> None:
    number = guia(chat.stack, "elza", "requested")
    protocol = protocol_of(chat.stack, number)
    chat(f"protocolo {protocol} como está")
    assert heard_of(chat) == []
    chat(ELZA)
    assert f"Protocolo *{protocol}*" in chat.last
    assert f"Guia {number}: pedido recebido" in chat.last
    other = protocol_of(chat.stack, guia(chat.stack, "carlos", "denied"))
    chat(f"e o {other}?")
    assert f"Não encontrei o protocolo {other}" in chat.last
    assert chat.protocols == []
    assert looks(chat) == [number]


def test_without_identity_a_protocol_of_this_conversation_says_state_and_term_alone(chat: Dialogue) -> None:
    opened = chat("quero saber se a minha endoscopia foi liberada")
    [(number,)] = [re.findall(r"\d{20}", opened)]
    told = chat(f"o q consta no protocolo {number}")
    assert "Andamento de procedimento: em andamento" in told
    assert "Prazo: até" in told
    assert heard_of(chat) == []
    chat("deixa pra lá, não quero mais")
    assert chat.protocols == [("procedure_status", "closed")]


def test_a_picture_where_none_is_asked_and_a_change_of_mind(chat: Dialogue) -> None:
    chat("me mostra meus pedidos de exame")
    assert "ficou guardado" in chat("", media=PICTURE)
    chat(ANA)
    assert len(chat.offered()) == 3
    assert "ficou guardado" in chat("", media=PICTURE)
    chat("a densitometria")
    assert "Densitometria óssea" in chat.last
    assert "realizado" in chat.last
    chat("na vdd queria a da coluna, ja foi autorizada né?", "1")
    assert "RM - Coluna" in chat.last
    assert [state for _, state in chat.protocols] == ["closed", "closed"]


def test_on_a_shared_number_who_writes_is_asked_and_hears_only_his_own(chat: Dialogue) -> None:
    with sharing(chat, CPF["carlos"], CPF["debora"]), requested(chat.stack, "debora", state="approved") as number:
        assert "cadastro de mais de uma pessoa" in chat("o meu exame foi autorizado?")
        chat("153.509.460-56, 15/08/1980, marta alves")
        assert f"Guia {number}: autorizado" in chat.last
        assert "Colecistectomia" not in heard(chat)
        assert looks(chat) == [number]
    assert chat.protocols == [("procedure_status", "closed")]


def test_a_person_is_one_word_away_before_the_identity(chat: Dialogue) -> None:
    chat("minha cirurgia não saiu ainda")
    chat("atendente por favor")
    assert chat.owner == ("team", "authorizations")
    assert "Identidade ainda não confirmada" in chat.summary()
    assert "minha cirurgia não saiu ainda" in chat.summary()
    assert heard_of(chat) == []


def test_the_word_of_the_denial_alone_reaches_the_ombudsman(chat: Dialogue) -> None:
    chat("ouvidoria")
    assert chat.owner == ("team", "ombudsman")
    assert chat.protocols == [("complaint", "open")]


def test_nothing_said_twice_goes_to_a_person_with_the_list_still_open(chat: Dialogue) -> None:
    chat("oi", f"quero ver as minhas autorizações, cpf {ELZA}")
    chat("aquilo la", "sei la uai", "blablabla")
    assert chat.owner == ("team", "authorizations")
    assert chat.protocols == [("procedure_status", "open")]

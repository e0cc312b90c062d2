"""A dependent comes of age: whole dialogues with real files, the desk's decisions, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.conversations.families import Desk, Family, pdf, photo, settle
from tests.conversations.people import Dialogue
from tests.stack import Stack, eventually

READY = "carteirinha nova e termo de permanência"


@pytest.fixture
def desk(stack: Stack, phone: str) -> Desk:
    return Desk(stack, phone)


@pytest.fixture
def clock(stack: Stack) -> Iterator[Callable[[timedelta], None]]:
    """Moves business time ahead; back again after the test."""

    def move(ahead: timedelta) -> None:
        answer = stack.http.post(
            f"{stack.simulator}/control/clock", json={"offset_seconds": ahead.total_seconds()}
        ).json()
        assert answer["forwarded"]["ok"], answer

    yield move
    move(timedelta())


def handed_in(chat: Dialogue, desk: Desk, family: Family) -> None:
    """The dependent sends all papers for himself."""
    chat("vou fazer 18 mês que vem, o que eu preciso mandar?", family.child.facts)
    chat("minha cnh", media=[photo("CARTEIRA NACIONAL DE HABILITACAO")])
    chat("", media=[pdf("Declaração de matrícula do aluno")])
    chat("", media=[photo("FREQUENCIA")])
    assert "em conferência" in chat.last
    assert desk.stage == ("in_review", "open")


def test_a_student_sends_his_papers_hears_that_all_is_ready_and_confirms(
    stack: Stack, chat: Dialogue, desk: Desk, phone: str
) -> None:
    family = settle(stack, phone, "child")
    chat("vou completar 18 anos e estudo, quais documentos vocês querem?")
    assert chat.protocols == [("coming_of_age", "open")]
    chat(family.child.facts)
    for asked in ("18 anos", "RG", "Comprovante de matrícula", "Comprovante de frequência"):
        assert asked in chat.last
    assert "Recebi o RG" in chat("esse é o rg", media=[photo("REGISTRO GERAL", kind="PNG")])
    assert "Recebi o comprovante de matrícula" in chat("", media=[pdf("Comprovante de matrícula 2026")])
    assert "CPF" in chat.last
    chat("cpf", media=[photo("CPF")])
    assert "Agora falta só o comprovante de frequência" in chat.last
    chat("", media=[photo("ATESTADO", kind="WEBP")])
    assert "em conferência" in chat.last
    assert "até" in chat.last
    assert desk.papers == [(kind, "received") for kind in ("rg", "enrolment_proof", "cpf", "attendance_proof")]
    desk.accepts()
    before = len(stack.received(phone))
    desk.decides("approve", ready=READY)
    told = stack.answers(phone, before + 1)[-1]
    assert READY in told
    assert "Confirm" in told
    assert "concluído" in chat("Confirmo", button={"title": "Confirmo", "id": "option_1"})
    assert desk.stage == ("done", "closed")


def test_a_mother_asks_for_her_son_and_a_wrong_paper_comes_again(
    stack: Stack, chat: Dialogue, desk: Desk, phone: str
) -> None:
    family = settle(stack, phone, "holder")
    chat("meu filho faz 18 agora, como fica o plano dele?", family.holder.facts)
    assert "Nilo completa 18 anos" in chat.last
    chat("a CIN dele", media=[photo("CARTEIRA DE IDENTIDADE NACIONAL")])
    chat("", media=[pdf("Declaração de matrícula"), pdf("Histórico escolar e frequência")])
    assert desk.stage == ("in_review", "open")
    before = len(stack.received(phone))
    desk.refuses("attendance_proof", "está em nome de outra pessoa")
    told = stack.answers(phone, before + 1)[-1]
    assert "comprovante de frequência" in told
    assert "está em nome de outra pessoa" in told
    assert desk.stage == ("correction", "waiting")
    chat("desculpe, é esse aqui", media=[pdf("Atestado de frequência de Nilo")])
    assert "voltou para a conferência" in chat.last
    assert desk.stage == ("in_review", "open")
    assert [state for kind, state in desk.papers if kind == "attendance_proof"] == ["refused", "received"]
    assert [kind for kind, _ in chat.protocols] == ["coming_of_age"]


def test_who_would_rather_come_for_it_hears_where_and_it_stays_open(
    stack: Stack, chat: Dialogue, desk: Desk, phone: str
) -> None:
    family = settle(stack, phone, "child")
    handed_in(chat, desk, family)
    desk.accepts()
    before = len(stack.received(phone))
    desk.decides("approve", ready=READY)
    stack.answers(phone, before + 1)
    told = chat("Vou buscar", button={"title": "Vou buscar", "id": "option_2"})
    assert "das 8h às 17h" in told
    assert desk.stage == ("waiting_beneficiary", "waiting")
    desk.decides("confirm")
    assert desk.stage == ("done", "closed")


def test_what_nobody_comes_for_ends_when_its_time_is_over(
    stack: Stack, chat: Dialogue, desk: Desk, phone: str, clock: Callable[[timedelta], None]
) -> None:
    family = settle(stack, phone, "child")
    chat("maioridade", family.child.facts)
    chat("CNH", media=[photo("HABILITACAO")])
    chat("matrícula", media=[photo("ESCOLA")])
    chat("frequência", media=[photo("ESCOLA")])
    desk.accepts()
    desk.decides("approve", ready=READY)
    clock(timedelta(days=32))
    eventually(lambda: desk.stage == ("expired", "closed"), seconds=60, what="the end of its time")


def test_papers_that_are_not_at_hand_may_come_later(stack: Stack, chat: Dialogue, desk: Desk, phone: str) -> None:
    family = settle(stack, phone, "child")
    chat("sou estudante e faço 18, continuo dependente?", family.child.facts, "mando depois")
    assert "fica guardado" in chat.last
    assert desk.stage[0] == "gathering"
    chat("minha habilitação", media=[photo("HABILITACAO")])
    assert "matrícula" in chat.last
    assert desk.papers == [("licence", "received")]


def test_who_has_no_young_dependent_meets_a_person(stack: Stack, chat: Dialogue, phone: str) -> None:
    family = settle(stack, phone, "husband")
    chat("qual a idade limite do dependente? meu menino faz 18", family.husband.facts)
    assert "titular do contrato ou pelo próprio dependente" in chat.last
    assert chat.owner == ("team", "registration")


def test_a_question_in_between_is_answered_and_the_papers_go_on(
    stack: Stack, chat: Dialogue, desk: Desk, phone: str
) -> None:
    family = settle(stack, phone, "child")
    chat("fiz 18 e to na facul", family.child.facts)
    chat("não entendi")
    assert "foto" in chat.last
    chat("a cnh", media=[photo("HABILITACAO")])
    assert desk.papers == [("licence", "received")]

"""A contract gets another holder: whole dialogues with the form as a PDF, the desk's decisions, and the register."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from tests.conversations.families import Desk, pdf, photo, settle, standings
from tests.conversations.people import Dialogue
from tests.stack import Stack


@pytest.fixture
def desk(stack: Stack, phone: str) -> Desk:
    return Desk(stack, phone)


@pytest.fixture
def other_phone(phone: str) -> str:
    return f"{phone[:5]}7{phone[6:]}"


def form_on_phone(stack: Stack, phone: str) -> str:
    """The words of the last PDF that the telephone was sent."""
    urls = [url for send in stack.log()["sends"] if send["to"] == f"whatsapp:{phone}" for url in send.get("media", ())]
    answer = stack.http.get(urls[-1])
    assert answer.headers["content-type"] == "application/pdf"
    return " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())


def papers_sent(chat: Dialogue, *, deceased: bool = False) -> None:
    """All papers of the new holder, and the signed form at last."""
    chat("cnh", media=[photo("HABILITACAO")])
    chat("comprovante de residência", media=[photo("CONTA DE LUZ")])
    if deceased:
        chat("", media=[pdf("Certidão de óbito")])
    chat("", media=[photo("FORMULARIO ASSINADO")])
    assert "em conferência" in chat.last


def test_a_living_holder_hands_over_to_her_husband_and_the_register_says_so(
    stack: Stack, chat: Dialogue, desk: Desk, phone: str, other_phone: str
) -> None:
    family = settle(stack, phone, "holder", other_phone)
    chat("quero passar o plano pro nome do meu marido", family.holder.facts)
    assert "Quem vai ser o novo titular" in chat.last  # who is whose husband stands nowhere
    chat("Otávio")
    assert "Otávio passa a responder pelo contrato" in chat.last
    assert "R$" not in chat.last
    chat("pode preparar sim")
    assert "formulário" in chat.last
    words = form_on_phone(stack, phone)
    assert "Otávio Ensaio Prado" in words
    assert "Tereza Ensaio Prado" in words
    papers_sent(chat)
    desk.accepts()
    before, for_him = len(stack.received(phone)), len(stack.received(other_phone))
    desk.decides("finish")
    assert "*Otávio* é titular" in stack.answers(phone, before + 1)[-1]
    assert stack.answers(other_phone, for_him + 1)
    assert desk.stage == ("done", "closed")
    assert standings(stack, family) == {
        "Tereza": ("dependent", True, False), "Otávio": ("holder", False, False), "Nilo": ("dependent", True, False)
    }  # fmt: skip


def test_after_a_death_the_widower_is_told_kindly_and_follows(
    stack: Stack, chat: Dialogue, desk: Desk, phone: str
) -> None:
    family = settle(stack, phone, "husband")
    chat("minha esposa faleceu e o plano era no nome dela, quero assumir", family.husband.facts)
    assert "Sinto muito pela sua perda" in chat.last
    assert chat.last.count("Sinto muito") == 1
    assert "!" not in chat.last
    chat("isso, pode fazer")
    assert "Certidão de óbito" in chat.last
    assert "está de acordo com a troca" not in form_on_phone(stack, phone)
    papers_sent(chat, deceased=True)
    desk.accepts()
    desk.decides("finish")
    assert standings(stack, family) == {
        "Tereza": ("dependent", True, True), "Otávio": ("holder", False, False), "Nilo": ("dependent", True, False)
    }  # fmt: skip


def test_a_minor_who_asks_meets_a_person(stack: Stack, chat: Dialogue, phone: str) -> None:
    family = settle(stack, phone, "child")
    chat("minha mãe era a titular e morreu, como fica o plano?", family.child.facts)
    assert "18 anos ou mais" in chat.last
    assert chat.owner == ("team", "registration")


def test_a_dependent_whose_holder_lives_is_told_who_has_to_ask(
    stack: Stack, chat: Dialogue, desk: Desk, phone: str
) -> None:
    family = settle(stack, phone, "husband")
    chat("como faço pra trocar o titular", family.husband.facts)
    assert "falecimento de Tereza" in chat.last
    assert "quem pede a troca é Tereza" in chat("não, ela está viva")
    chat("2")
    assert desk.stage == ("withdrawn", "closed")


def test_a_form_without_a_signature_goes_back_and_the_original_is_asked(
    stack: Stack, chat: Dialogue, desk: Desk, phone: str
) -> None:
    family = settle(stack, phone, "holder")
    chat("troca de titularidade", family.holder.facts)
    chat("1")
    papers_sent(chat)
    before = len(stack.received(phone))
    desk.refuses("signed_form", "falta a assinatura de Otávio")
    assert "falta a assinatura de Otávio" in stack.answers(phone, before + 1)[-1]
    chat("agora com as duas assinaturas", media=[pdf("Formulário assinado")])
    assert "voltou para a conferência" in chat.last
    assert [state for kind, state in desk.papers if kind == "signed_form"] == ["refused", "received"]
    desk.accepts()
    before = len(stack.received(phone))
    desk.decides("ask_original")
    assert "original do formulário" in stack.answers(phone, before + 1)[-1]
    desk.decides("finish")
    assert standings(stack, family)["Otávio"] == ("holder", False, False)


def test_who_changes_her_mind_leaves_the_holder_as_it_is(stack: Stack, chat: Dialogue, desk: Desk, phone: str) -> None:
    family = settle(stack, phone, "holder")
    chat("queria botar outra pessoa como dona do contrato", family.holder.facts, "não", "3")
    assert "continua o mesmo" in chat.last
    assert desk.stage == ("withdrawn", "closed")
    assert standings(stack, family)["Tereza"][0] == "holder"

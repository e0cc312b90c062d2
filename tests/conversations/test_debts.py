"""Arrears as people ask about them: whole dialogues, what was told, what stands in the books."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from tests.conversations.families import pdf
from tests.conversations.people import CARLOS, DEBORA, ELZA, IRENE, NORMA, Dialogue, of_protocols
from tests.stack import Stack

pytestmark = pytest.mark.usefixtures("nothing_questioned")
MURILO = "900.100.364-82, 09/10/1966, mãe Neusa Câmara"


@pytest.fixture
def notices(stack: Stack, phone: str) -> Notices:
    return Notices(stack, phone)


class Notices:
    """The notices of the telephone's protocols."""

    def __init__(self, stack: Stack, phone: str) -> None:
        self.stack, self.phone = stack, phone

    def __call__(self) -> list[tuple[object, ...]]:
        """(answer, confirms, registered) of each, oldest first."""
        return of_protocols(self.stack, self.phone, "delinquency_notice", "x.answer, x.confirms, x.registered")


def paper_on_phone(stack: Stack, phone: str) -> str:
    """The words of the first PDF that the telephone was sent."""
    urls = [url for send in stack.log()["sends"] if send["to"] == f"whatsapp:{phone}" for url in send.get("media", ())]
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(stack.http.get(urls[0]).content)).pages)


def test_two_fees_are_told_noticed_confirmed_in_writing_and_paid_by_pix(
    stack: Stack, chat: Dialogue, notices: Notices, phone: str
) -> None:
    chat("recebi um aviso, quanto eu to devendo?", CARLOS)
    assert "2 mensalidades" in chat.last
    assert "*poderá* ser cancelado" in chat.last
    assert "Você confirma que está ciente?" in chat.last
    assert "Carlos Eduardo Nunes" in paper_on_phone(stack, phone)
    chat("to ciente sim")
    assert "Obrigada por confirmar" in chat.last
    assert "até *" not in chat.last  # WhatsApp is no means while the setting is off
    assert notices() == [("typed", True, False)]
    chat("pix")
    assert "De qual mês?" in chat.last
    chat("todas")
    assert "Imprevistos acontecem" in chat.last
    assert chat.protocols == [("debt", "closed")]


def test_an_ok_confirms_nothing_and_is_asked_about_once_more(chat: Dialogue, notices: Notices) -> None:
    chat("queria saber da minha dívida com o plano", ELZA)
    assert "passar de 60 dias" in chat.last
    chat("ok")
    assert "responda *estou ciente*" in chat.last
    chat("tá bom")
    assert "Como você prefere acertar?" in chat.last
    assert notices() == [("typed", False, False)]
    chat("me manda o boleto então")
    assert "Segunda via" in chat.last


def test_a_dependent_hears_of_pending_matters_alone(chat: Dialogue, notices: Notices) -> None:
    chat("o plano da família tá com alguma dívida?", DEBORA)
    assert "pendências administrativas" in chat.last
    assert "R$" not in chat.last
    assert notices() == []
    assert chat.protocols == [("debt", "closed")]


def test_who_wants_to_negotiate_meets_collections_with_all_that_was_gathered(chat: Dialogue) -> None:
    chat("quero negociar o que eu devo", IRENE)
    assert "O que fica possível para você?" in chat.last
    chat("consigo pagar metade agora e metade no dia 5")
    assert chat.owner == ("team", "collections")
    assert "metade agora e metade no dia 5" in chat.summary()
    assert "1 mensalidade em atraso" in chat.summary()


def test_who_paid_already_sends_the_receipt_and_finance_has_it(chat: Dialogue) -> None:
    chat("já paguei a mensalidade que vocês tão cobrando", NORMA)
    assert "comprovante" in chat.last
    chat("", media=[pdf("Comprovante de pagamento")])
    assert "foi para o financeiro conferir" in chat.last
    assert chat.protocols == [("payment_report", "open")]


def test_in_hospital_nothing_ends_and_no_notice_is_told(chat: Dialogue, notices: Notices) -> None:
    chat("oi", "quanto devo pro plano?", MURILO)
    assert "Enquanto ela durar, o plano não é cancelado" in chat.last
    assert "poderá" not in chat.last
    assert notices() == []
    chat("depois eu vejo isso")
    assert "Imprevistos acontecem" in chat.last


def test_a_threat_is_met_calmly_and_reaches_the_ombudsman(chat: Dialogue) -> None:
    chat("quanto devo", ELZA, "vou processar voces, vou no procon")
    assert "quero que isso seja tratado com cuidado" in chat.last
    assert chat.owner == ("team", "ombudsman")
    assert sorted(chat.protocols) == [("complaint", "open"), ("debt", "open")]


def test_somebody_else_in_the_middle_is_identified_and_hears_nothing_of_it(chat: Dialogue) -> None:
    chat("quanto devo", ELZA, f"agora é a Débora, cpf {DEBORA}, quanto a gente deve?")
    assert "Obrigada, Débora" in chat.last
    assert "pendências administrativas" in chat.last
    assert "R$" not in chat.last

"""'Já paguei': which months, the receipt or how it was paid, and finance's answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from backend import news_told
from backend.actor import attendant
from backend.documents import verbs as documents
from backend.documents.tables import Document
from backend.events import Event
from backend.protocols.moving import move
from backend.store.engine import Store
from tests.actions.chatting import paper
from tests.actions.delinquency.debtors import ANA, CARLOS, DEBORA, ELZA, FORBIDDEN, NORMA, Debtor, load
from tests.actions.test_texts import RESPONSES
from tests.actions.turns import NOW

FINANCE = attendant("finance-1")
RECEIPT = "comprovante de pagamento.pdf"


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Debtor]:
    await load(store)
    yield Debtor(store)


async def reports(chat: Debtor, text: str, cpf: str = CARLOS, *papers: dict[str, object]) -> list[str]:
    await chat.comes(cpf)
    return await chat.opens(text, "report_payment", *papers)


async def test_which_month_is_asked_where_several_are_late_and_the_receipt_goes_to_finance(chat: Debtor) -> None:
    assert await reports(chat, "eu já paguei") == ["payment_which"]
    assert await chat.writes("setembro") == ["payment_receipt"]
    assert await chat.writes("", paper(RECEIPT)) == ["papers_received", "payment_submitted"]
    assert await chat.protocols() == [("payment_report", "checking", "open")]
    assert "Meses: 09/2026." in await chat.history()
    assert "Com comprovante." in await chat.history()


async def test_all_that_the_first_words_say_is_not_asked_again(chat: Debtor) -> None:
    said = await reports(chat, "já paguei setembro ontem pelo pix", CARLOS, paper(RECEIPT))
    assert said == ["papers_received", "payment_submitted"]
    assert "Relato: já paguei setembro ontem pelo pix" in await chat.history()


@pytest.mark.parametrize("text", ["todas", "as duas", "1 e 2"])
async def test_all_of_them_may_be_meant(chat: Debtor, text: str) -> None:
    await reports(chat, "já paguei")
    assert await chat.writes(text) == ["payment_receipt"]
    assert len(chat.turn.slots["request_state"]["picked"]) == 2


async def test_one_late_month_is_the_one_that_is_meant(chat: Debtor) -> None:
    assert await reports(chat, "já paguei faz tempo", ELZA) == ["payment_receipt"]


@pytest.mark.parametrize(
    "text", ["não tenho o comprovante", "perdi o recibo", "joguei fora o papel", "não achei o comprovante não"]
)
async def test_without_a_receipt_it_is_told_how_it_was_paid(chat: Debtor, text: str) -> None:
    await reports(chat, "já paguei", ELZA)
    assert await chat.writes(text) == ["payment_how"]
    assert (await chat.writes("sim"))[-1] == "payment_how"
    assert await chat.writes("dia 10 na lotérica do centro") == ["payment_submitted"]
    assert "Sem comprovante." in await chat.history()
    assert "Relato: dia 10 na lotérica do centro" in await chat.history()


async def test_the_receipt_may_come_another_day(chat: Debtor) -> None:
    await reports(chat, "já paguei", ELZA)
    assert await chat.writes("mando depois") == ["papers_later"]
    assert await chat.protocols() == [("payment_report", "gathering", "open")]


async def test_what_is_paid_by_the_ledger_needs_no_receipt(chat: Debtor) -> None:
    assert await reports(chat, "já paguei", ANA) in (["payment_receipt"], ["payment_nothing_open"])


async def test_a_second_word_of_it_hears_how_the_first_one_stands(chat: Debtor) -> None:
    await reports(chat, "já paguei setembro ontem", CARLOS, paper(RECEIPT))
    chat.turn.slots |= {"pending_request": None, "pending_protocol": None, "request_state": None}
    assert await reports(chat, "eu já paguei") == ["payment_already"]
    assert "em conferência do pagamento" in chat.heard
    assert [stage for _, stage, _ in await chat.protocols()] == ["checking", "withdrawn"]
    assert await reports(chat, "já paguei outubro também") == ["payment_receipt"]


async def test_a_dependent_is_told_that_the_holder_should_write(chat: Debtor) -> None:
    assert await reports(chat, "já paguei", DEBORA) == ["only_holder"]
    assert not FORBIDDEN.search(chat.heard)
    assert await chat.protocols() == [("payment_report", "withdrawn", "closed")]


async def test_a_turn_that_runs_again_hands_it_in_once(chat: Debtor) -> None:
    await reports(chat, "já paguei", ELZA)
    await chat.writes("não tenho comprovante")
    assert await chat.writes_twice("paguei ontem no banco") == ["payment_submitted"]
    assert (await chat.history()).count("Sem comprovante.") == 1


# -- finance's answer


async def decided(chat: Debtor, name: str, reason: str = "") -> tuple[str, news_told.Told]:
    await reports(chat, "já paguei setembro ontem", CARLOS, paper(RECEIPT))
    async with chat.turn.store.unit_of_work() as session:
        protocol = await chat.protocol()
        protocol = await session.merge(protocol, load=True)
        if name == "ask_correction":
            paper_given = (await session.scalars(select(Document))).one()
            await documents.decide(
                session, document=paper_given, accepted=False, reason="Está cortado.", actor=FINANCE, now=NOW
            )
        await move(session, protocol=protocol, name=name, reason=reason, request_key="f", actor=FINANCE, now=NOW)
        await session.flush()
        event = (await session.scalars(select(Event))).one()
        return await news_told.words_of(session, event)


@pytest.mark.parametrize(
    ("name", "reason", "text"),
    [("find_payment", "", "payment_found"), ("miss_payment", "Não há crédito nesse dia.", "payment_not_found")],
)
async def test_what_finance_found_is_told_with_its_words(chat: Debtor, name: str, reason: str, text: str) -> None:
    found, said = await decided(chat, name, reason)
    assert found == text
    places = {"number": "1", **said.values}
    words = RESPONSES[f"utter_news_{text}"][0]["text"].format(**places)
    assert ("Observação: Não há crédito nesse dia." in words) is bool(reason)


async def test_a_receipt_that_nobody_can_read_is_asked_for_again_and_comes_to_the_same_protocol(chat: Debtor) -> None:
    found, said = await decided(chat, "ask_correction")
    assert (found, said.options) == ("correction", (("Mandar agora", "correct"),))
    protocol = await chat.protocol()
    asked = await chat.starts("report_payment", protocol=str(protocol.id), chosen_before="correct", said="")
    assert asked == ["payment_receipt_again"]
    assert await chat.writes("", paper(RECEIPT)) == ["papers_received", "payment_submitted"]
    assert await chat.protocols() == [("payment_report", "checking", "open")]


@pytest.mark.parametrize("text", ["não, me enganei, não paguei ainda", "ops, me enganei", "na verdade vou pagar agora"])
async def test_who_has_not_paid_after_all_hears_how_to(chat: Debtor, text: str) -> None:
    await reports(chat, "eu já paguei", NORMA)
    assert await chat.writes(text) == ["debt_owed", "debt_ways"]
    assert [(kind, state) for kind, _, state in await chat.protocols()] == [
        ("payment_report", "closed"),
        ("debt", "open"),
    ]
    assert "ainda não pagou" in await chat.history()


@pytest.mark.parametrize("text", ["o banco ainda não mandou o comprovante", "me enganei, foi outubro"])
async def test_what_is_said_of_the_receipt_or_the_month_takes_nothing_back(chat: Debtor, text: str) -> None:
    await reports(chat, "eu já paguei")
    await chat.writes(text)
    assert [(kind, state) for kind, _, state in await chat.protocols()] == [("payment_report", "open")]

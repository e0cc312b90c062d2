"""What is owed, in the chat: to whom it is told, how it is counted, and how it is settled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.invoices.tables import Invoice
from backend.protocols.tables import Protocol
from backend.store.engine import Store
from tests.actions.chatting import paper
from tests.actions.delinquency.calling import Call
from tests.actions.delinquency.debtors import (
    ANA,
    CARLOS,
    DEBORA,
    ELZA,
    FORBIDDEN,
    GILDA,
    IRENE,
    KLEBER,
    LIVIA,
    MURILO,
    NORMA,
    PHONES,
    Debtor,
    load,
)
from tests.actions.turns import NOW

HOW_MUCH = "quanto eu tô devendo?"


@pytest.fixture
async def chat(store: Store) -> AsyncIterator[Debtor]:
    await load(store)
    yield Debtor(store)


async def asks(chat: Debtor, cpf: str, text: str = HOW_MUCH, intent: str = "ask_debt") -> list[str]:
    await chat.comes(cpf)
    return await chat.opens(text, intent)


async def test_each_unpaid_fee_is_listed_with_its_month_due_date_and_both_amounts_and_days_only_of_a_young_one(
    chat: Debtor,
) -> None:
    assert (await asks(chat, CARLOS))[0] == "debt_owed"
    assert "2 mensalidades" in chat.heard
    [listed] = [message["listed"] for message in chat.messages if "listed" in message]
    older, younger = listed.splitlines()
    assert "venceu em 29/09/2026" in older
    assert "dias" not in older
    assert "venceu em 29/10/2026, há 25 dias" in younger
    assert "Valor de hoje: R$" in older


@pytest.mark.parametrize("cpf", [DEBORA, GILDA])
async def test_a_dependent_and_a_member_hear_of_pending_matters_and_nothing_else(chat: Debtor, cpf: str) -> None:
    for intent in ("ask_debt", "negotiate_debt", "report_payment"):
        assert await asks(chat, cpf, intent=intent) == ["only_holder"]
        assert "pendências administrativas" in chat.heard
        assert not FORBIDDEN.search(chat.heard)
    assert {state for _, _, state in await chat.protocols()} == {"closed"}


async def test_who_owes_nothing_hears_so_and_the_request_ends(chat: Debtor) -> None:
    assert await asks(chat, ANA) == ["debt_none"]
    assert await chat.protocols() == [("debt", "", "closed")]


async def test_who_paid_yesterday_owes_nothing_whatever_a_list_says(chat: Debtor) -> None:
    assert await asks(chat, LIVIA) == ["debt_none"]


async def test_under_the_threshold_there_is_no_notice_and_no_word_of_consequences(chat: Debtor) -> None:
    assert await asks(chat, IRENE) == ["debt_owed", "debt_ways"]  # a contract of 2025, one fee
    assert "poderá" not in chat.heard
    assert not await chat.notices()


async def test_who_is_in_hospital_hears_that_nothing_ends_meanwhile_and_gets_no_notice(chat: Debtor) -> None:
    assert await asks(chat, MURILO) == ["debt_owed", "debt_in_hospital", "debt_ways"]
    assert not await chat.notices()


async def test_an_ended_plan_may_be_told_of_and_paid_without_a_notice(chat: Debtor) -> None:
    assert await asks(chat, KLEBER) == ["debt_owed", "debt_plan_ended", "debt_ways"]
    assert not await chat.notices()


async def test_our_own_fault_is_said_and_counts_for_no_notice(chat: Debtor) -> None:
    async with chat.turn.store.unit_of_work() as session:
        late = select(Invoice).where(Invoice.state == "open", Invoice.due_on == NOW.date() - timedelta(days=55))
        (await session.scalars(late)).one().slip_withheld = "em revisão"
    assert await asks(chat, CARLOS) == ["debt_owed", "debt_excused", "debt_ways"]


async def test_while_a_reported_payment_waits_there_is_no_notice(chat: Debtor) -> None:
    await chat.comes(CARLOS)
    await chat.opens("já paguei as duas", "report_payment")
    assert await asks(chat, CARLOS) == ["debt_owed", "debt_questioned", "debt_ways"]


# -- ways to settle


async def test_pix_for_all_months_is_issued_and_written_down_with_cpf_name_months_and_total(chat: Debtor) -> None:
    await asks(chat, MURILO)
    assert chat.options == ["PIX", "Boleto", "Negociar", "Já paguei"]
    assert await chat.writes("PIX", answer="pix") == ["debt_which"]
    said = await chat.writes("todas")
    assert said == ["slip_updated_one_code", "slip_pix", "slip_updated_one_code", "slip_pix", "debt_end"]
    assert (
        "PIX: CPF 900.100.364-82, Murilo Câmara Dutra, meses 10/2026 e 09/2026" in (history := await chat.history())
        or "meses 09/2026 e 10/2026" in history
    )
    assert await chat.protocols() == [("debt", "", "closed")]


async def test_one_month_asks_for_no_choice_and_the_slip_comes_whole(chat: Debtor) -> None:
    await asks(chat, IRENE)
    said = await chat.writes("me manda o boleto")
    assert said == ["slip_updated", "slip_line", "slip_pix", "debt_end"]
    assert len(chat.files) == 2


async def test_a_month_may_be_named_with_the_way(chat: Debtor) -> None:
    await asks(chat, MURILO)
    assert await chat.writes("quero pagar só setembro no pix") == ["slip_updated_one_code", "slip_pix", "debt_end"]


async def test_a_slip_that_finance_keeps_goes_to_finance(chat: Debtor) -> None:
    async with chat.turn.store.unit_of_work() as session:
        late = select(Invoice).where(Invoice.state == "open", Invoice.due_on == NOW.date() - timedelta(days=20))
        (await session.scalars(late)).one().slip_withheld = "em revisão"
    await asks(chat, IRENE)
    await chat.writes("boleto")
    assert chat.handed_over
    [command] = [m["custom"]["command"]["hand_over"] for m in chat.messages if "command" in (m.get("custom") or {})]
    assert (command["team"], command["reason"]) == ("finance", "slip_withheld")


async def test_negotiation_asks_one_question_and_leaves_with_all_that_was_gathered(chat: Debtor) -> None:
    await asks(chat, IRENE)
    assert await chat.writes("queria negociar") == ["debt_offer"]
    assert await chat.writes("sim") == ["not_understood_here", "debt_offer"]
    await chat.writes("consigo 100 por mês a partir do dia 5")
    [command] = [m["custom"]["command"]["hand_over"] for m in chat.messages if "command" in (m.get("custom") or {})]
    assert command["team"] == "collections"
    assert "1 mensalidade em atraso" in command["summary"]
    assert "Proposta: consigo 100 por mês a partir do dia 5" in command["summary"]


async def test_who_wants_to_negotiate_is_asked_at_once_for_what_is_possible(chat: Debtor) -> None:
    assert await asks(chat, IRENE, "quero fazer um acordo", "negotiate_debt") == ["debt_owed", "debt_offer"]


async def test_nothing_now_ends_with_a_kind_word_and_no_threat(chat: Debtor) -> None:
    await asks(chat, IRENE)
    assert await chat.writes("depois eu vejo, obrigado") == ["debt_end"]
    assert "Imprevistos acontecem" in chat.heard
    assert "cancel" not in chat.heard


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("não concordo com essa cobrança", ["debt_dispute"]), ("não quero pagar nada", ["debt_refused"]),
        ("ele faleceu mês passado", ["called_deceased"]), ("estou internado", ["called_hospital"]),
        ("já paguei isso ontem", ["payment_receipt"]), ("vou no procon", ["called_legal"]),
        ("não sou eu", ["debt_not_him", "handing_over"]),
    ],
)  # fmt: skip
async def test_what_goes_before_has_its_way(chat: Debtor, text: str, said: list[str]) -> None:
    await asks(chat, IRENE)
    assert await chat.writes(text) == said


async def test_a_photograph_while_the_ways_are_asked_is_a_receipt(chat: Debtor) -> None:
    await asks(chat, IRENE)
    await chat.writes("", paper("comprovante de pagamento.jpg"), intent="send_document")
    assert chat.said == ["papers_received", "payment_submitted"]
    assert await chat.protocols() == [("debt", "", "closed"), ("payment_report", "checking", "open")]


async def test_who_says_at_first_that_he_paid_is_not_noticed_but_asked_for_the_receipt(chat: Debtor) -> None:
    said = await asks(chat, NORMA, "recebi um aviso mas eu já paguei")
    assert said == ["debt_owed", "payment_receipt"]
    assert not await chat.notices()


async def test_a_dispute_is_opened_under_its_own_protocol(chat: Debtor) -> None:
    await asks(chat, IRENE)
    await chat.writes("essa cobrança está errada")
    assert chat.options == ["Contestar a cobrança", "Ver como acertar", "Falar com atendente"]
    await chat.writes("Contestar a cobrança", answer="dispute")
    assert [kind for kind, _, _ in await chat.protocols()] == ["debt", "charge_dispute"]


async def test_the_protocol_is_of_who_asked(chat: Debtor) -> None:
    await asks(chat, ELZA)
    async with chat.turn.store.unit_of_work() as session:
        found = (await session.scalars(select(Protocol))).one()
    assert str(found.beneficiary_id) == await chat.person_id(ELZA)


@pytest.mark.parametrize("where", ["first", "identity", "inside"])
async def test_a_threat_over_arrears_reaches_the_ombudsman_with_all_that_was_gathered(store: Store, where: str) -> None:
    await load(store)
    chat, threat = Call(store), "vou processar vocês, vou no procon"
    chat.at(PHONES[CARLOS], [])
    if where != "first":
        await chat.answers("quanto eu devo?", intent="ask_debt")
    if where == "inside":
        await chat.answers("cpf 390.533.447-05, nasci em 02/11/1978, mãe Teresa Nunes")
    said = await chat.answers(threat, intent="ask_debt" if where == "first" else "complain")
    assert said == ["called_legal"]
    [command] = [m["custom"]["command"]["hand_over"] for m in chat.messages if "command" in (m.get("custom") or {})]
    assert (command["team"], command["reason"]) == ("ombudsman", "legal")
    assert threat in command["summary"]
    assert ("2 mensalidades em atraso" in command["summary"]) is (where == "inside")
    kinds = [kind for kind, _, _ in await chat.protocols()]
    assert kinds == (["complaint"] if where == "first" else ["debt", "complaint"])


@pytest.mark.parametrize("text", ["posso pagar 200 por mês", "não consigo tudo, só em 3x"])
async def test_an_offer_in_the_first_words_is_taken_as_one(chat: Debtor, text: str) -> None:
    await asks(chat, IRENE)
    assert await chat.writes(text) == ["handing_over"]
    assert f"Proposta: {text}" in str(chat.messages)


async def test_an_offer_instead_of_a_confirmation_confirms_nothing_and_goes_to_collections(chat: Debtor) -> None:
    await asks(chat, ELZA)
    assert await chat.writes("posso pagar 200 por mês") == ["handing_over"]
    assert [notice.confirms for notice in await chat.notices()] == [False]


@pytest.mark.parametrize(
    ("text", "said"), [("estou ciente", ["debt_aware", "debt_ways"]), ("🙏", ["debt_end"]), ("👍", ["debt_end"])]
)
async def test_where_nothing_was_noticed_awareness_and_thanks_are_met_kindly(
    chat: Debtor, text: str, said: list[str]
) -> None:
    await asks(chat, IRENE)
    assert await chat.writes(text) == said


DEBORA_NOW = "agora é a Débora, cpf 153.509.460-56"


async def asked_by_carlos(store: Store) -> Call:
    await load(store)
    call = Call(store)
    call.at(PHONES[CARLOS], [])
    await call.answers("quanto eu devo?", intent="ask_debt")
    await call.answers("cpf 390.533.447-05, nasci em 02/11/1978, mãe Teresa Nunes")
    assert call.said[-1] == "debt_confirm"
    return call


async def test_somebody_else_on_the_same_telephone_is_identified_and_hears_no_word_of_it(store: Store) -> None:
    call = await asked_by_carlos(store)
    said = await call.answers(
        f"{DEBORA_NOW}, nasci 15/08/1980, mãe Marta Alves, quanto a gente deve?", intent="ask_debt"
    )
    assert said == ["identity_verified", "only_holder"]
    assert not FORBIDDEN.search(call.heard)


async def test_who_gives_but_another_cpf_is_asked_for_the_rest(store: Store) -> None:
    call = await asked_by_carlos(store)
    assert await call.answers(DEBORA_NOW) == ["identity_more"]
    assert await call.answers("nasci em 15/08/1980, mãe Marta Alves") == ["identity_verified", "only_holder"]
    assert not FORBIDDEN.search(call.heard)

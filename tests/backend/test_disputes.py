"""Disputed charges in the books: who may dispute what, how it is decided, who hears of it and how. [processes.md 3]"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import ASSISTANT
from backend.audit import AuditRow
from backend.disputes import verbs
from backend.disputes.charges import charges, with_months
from backend.disputes.proof import Performed
from backend.documents import verbs as documents
from backend.documents.verbs import Given
from backend.erp import ErpChange
from backend.errors import InvalidInput, NotAllowed, NotFound, Taken
from backend.events import Event
from backend.news import is_about_money
from backend.protocols import verbs as protocols
from backend.protocols.machines import stage_title
from backend.settings import settings
from backend.store import files
from backend.store.engine import Store
from handoff.dispatch.mail import compose
from handoff.dispatch.news_texts import say
from tests.backend.disputing import ACCOUNTS, ANA, CARLOS, CLAIM, DEBORA, FABIO, LAST_MONTH, NOW, TODAY, Desk, printed

MONEY_WORDS = ("R$", "fatura", "cobran", "valor", "pendência", "financeir", "312")


@pytest.fixture(autouse=True)
def addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    monkeypatch.setattr(settings(), "medical_accounts_email", "contas@zelo.example")
    monkeypatch.setattr(settings(), "finance_email", "financeiro@zelo.example")


@pytest.fixture
async def session(store: Store) -> AsyncIterator[AsyncSession]:
    async with store.unit_of_work() as session:
        yield session


@pytest.fixture
async def desk(session: AsyncSession, store: Store) -> Desk:
    return await Desk.opened(session, store)


async def test_procedures_are_listed_before_monthly_fees_and_the_newest_first(desk: Desk) -> None:
    fabio = await desk.who(FABIO)
    await desk.adds(fabio, "Coparticipação de consulta", "40.00", code=None, month=date(2026, 8, 1))
    listed = await charges(desk.session, person=fabio, billing_month=None, today=TODAY)
    assert [one.description for one in listed][:3] == [
        "Ressonância magnética", "Coparticipação de consulta", "Mensalidade de Fábio",
    ]  # fmt: skip
    assert {one.is_fee for one in listed[2:]} == {True}
    month = await charges(desk.session, person=fabio, billing_month=date(2026, 10, 17), today=TODAY)
    assert [(one.description, str(one.amount), one.billing_month) for one in month] == [
        ("Ressonância magnética", "312.50", LAST_MONTH), ("Mensalidade de Fábio", "312.70", LAST_MONTH),
    ]  # fmt: skip


async def test_a_month_without_an_invoice_and_a_cancelled_one_charge_nothing(desk: Desk) -> None:
    fabio = await desk.who(FABIO)
    assert await charges(desk.session, person=fabio, billing_month=date(2019, 1, 1), today=TODAY) == []
    invoice = await desk.invoice(fabio)
    invoice.state, invoice.paid_on = "cancelled", None
    await desk.session.flush()
    assert await charges(desk.session, person=fabio, billing_month=LAST_MONTH, today=TODAY) == []
    assert LAST_MONTH not in await with_months(desk.session, person=fabio, today=TODAY)


async def test_a_dependent_sees_no_charge_and_disputes_none(desk: Desk) -> None:
    debora = await desk.who(DEBORA)
    with pytest.raises(NotAllowed):
        await charges(desk.session, person=debora, billing_month=None, today=TODAY)
    with pytest.raises(NotAllowed):
        await with_months(desk.session, person=debora, today=TODAY)
    invoice = await desk.invoice(debora)
    item = await desk.adds(await desk.who(CARLOS), "Hemograma", "18.00")
    with pytest.raises(NotAllowed):
        await verbs.open_dispute(
            desk.session, protocol=await desk.protocol(debora), claimant=debora, invoice=invoice, item=item,
            charged_for="Hemograma", claim=CLAIM, answer_by="chat", about_id=None, request_key="k", actor=ASSISTANT,
            now=NOW,
        )  # fmt: skip


async def test_another_adults_procedure_is_listed_without_its_name(desk: Desk) -> None:
    carlos, debora = await desk.who(CARLOS), await desk.who(DEBORA)
    await desk.adds(carlos, "Biópsia de mama", "220.00", about=debora)
    listed = await charges(desk.session, person=carlos, billing_month=LAST_MONTH, today=TODAY)
    assert listed[0].description == "Procedimento de Débora"
    assert "Biópsia" not in str(listed)


async def test_a_dispute_reaches_medical_accounts_on_the_board_and_by_mail_with_its_papers(desk: Desk) -> None:
    fabio = await desk.who(FABIO)
    protocol = await desk.protocol(fabio)
    for number, kind in enumerate(("slip", "other")):
        sha256 = files.keep(b"%PDF-1.7 page " + str(number).encode())
        file = files.File(sha256, f"arquivo-{number}.pdf", "application/pdf", 15)
        await documents.receive(
            desk.session, protocol=protocol, given=Given(file, f"media:{number}"), kind=kind, actor=ASSISTANT, now=NOW
        )
    await desk.disputed(FABIO, protocol=protocol, answer_by="mail")
    assert (protocol.stage, protocol.team, protocol.state) == ("in_analysis", "medical_accounts", "open")
    [sent] = await desk.mails()
    message = compose(sent, "Zelo Saúde")
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert message["To"].addresses[0].addr_spec == "contas@zelo.example"
    assert protocol.number in message["Subject"]
    for part in (
        "10/2026",
        "Fábio Teixeira Melo",
        "Ressonância magnética",
        "41101014",
        "R$ 312,50",
        CLAIM,
        "por e-mail",
    ):
        assert part in text
    assert [part.get_filename() for part in message.iter_attachments()] == ["arquivo-0.pdf", "arquivo-1.pdf"]
    assert fabio.cpf not in text


async def test_without_an_address_the_board_alone_has_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "medical_accounts_email", "")
    protocol = await desk.disputed(FABIO)
    assert (protocol.stage, await desk.mails()) == ("in_analysis", [])


async def test_a_paper_too_large_for_an_email_is_named_and_stays_on_the_board(desk: Desk) -> None:
    fabio = await desk.who(FABIO)
    protocol = await desk.protocol(fabio)
    file = files.File(files.keep(b"%PDF-1.7"), "grande.pdf", "application/pdf", 16 * 1024 * 1024)
    await documents.receive(
        desk.session, protocol=protocol, given=Given(file, "media:1"), kind="slip", actor=ASSISTANT, now=NOW
    )
    await desk.disputed(FABIO, protocol=protocol)
    [sent] = await desk.mails()
    assert sent.files == []
    assert "está no painel" in str(sent.values["documents"])


async def test_the_same_line_is_disputed_once_and_an_answered_one_may_be_disputed_again(desk: Desk) -> None:
    first = await desk.disputed(FABIO)
    with pytest.raises(Taken):
        await desk.disputed(FABIO)
    dispute = await desk.dispute(first)
    assert dispute.item_id is not None
    assert (await verbs.open_of_item(desk.session, dispute.item_id)) == first
    await desk.valid(first)
    again = await desk.disputed(FABIO)
    assert again.id != first.id
    fabio = await desk.who(FABIO)
    assert list(await verbs.of_person(desk.session, fabio.id, open_only=True)) == [again]
    assert len(await verbs.of_person(desk.session, fabio.id)) == 2


async def test_opening_a_dispute_again_for_its_protocol_changes_nothing(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO)
    await desk.disputed(FABIO, protocol=protocol, claim="outra coisa")
    assert (await desk.dispute(protocol)).claim == CLAIM
    assert len(await desk.mails()) == 1


@pytest.mark.parametrize("wrong", [{"claim": "  "}, {"answer_by": "mail"}])
async def test_nothing_is_disputed_without_a_claim_or_for_an_address_that_is_not_registered(
    desk: Desk, wrong: dict[str, Any]
) -> None:
    (await desk.who(FABIO)).email = ""
    with pytest.raises(InvalidInput):
        await desk.disputed(FABIO, **wrong)


async def test_a_line_of_another_invoice_is_no_line_of_this_one(desk: Desk) -> None:
    other = await desk.adds(await desk.who(ANA), "Hemograma", "18.00")
    with pytest.raises(InvalidInput):
        await desk.disputed(FABIO, item=other)


# -- found valid


async def test_a_valid_charge_is_told_in_the_chat_with_the_proof(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO)
    performed = Performed(date(2026, 10, 12), "Clínica Farol", "202610120017")
    assert await desk.valid(protocol, performed=performed)
    assert (protocol.stage, protocol.state) == ("valid", "closed")
    [(name, told)] = await desk.told(await desk.who(FABIO))
    assert name == "dispute_valid"
    assert "Clínica Farol" in told.values["finding"]
    assert told.file is not None
    paper = printed(told.file.sha256)
    for part in (
        "Fábio Teixeira Melo",
        "Ressonância magnética",
        "312,50",
        "12/10/2026",
        "Clínica Farol",
        protocol.number,
    ):
        assert part in paper
    assert told.file.name == f"comprovante-{protocol.number}.pdf"


async def test_the_proof_that_medical_accounts_uploaded_is_the_one_that_is_sent(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO)
    file = files.File(files.keep(b"\x89PNG laudo"), "laudo.png", "image/png", 10)
    await desk.valid(protocol, proof=file)
    [(_, told)] = await desk.told(await desk.who(FABIO))
    assert told.file is not None
    assert (told.file.sha256, told.file.name, told.file.content_type) == (file.sha256, "laudo.png", "image/png")


async def test_who_chose_mail_gets_the_proof_there_and_hears_in_the_chat_that_it_was_sent(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO, answer_by="mail")
    await desk.valid(protocol)
    fabio = await desk.who(FABIO)
    [(name, told)] = await desk.told(fabio)
    assert (name, told.file) == ("dispute_mailed", None)
    assert fabio.email not in str(told.values)
    [answer] = [one for one in await desk.mails() if one.kind == "dispute_valid"]
    assert (answer.recipient, answer.beneficiary_id) == (fabio.email, fabio.id)
    message = compose(answer, "Zelo Saúde")
    assert [part.get_content_type() for part in message.iter_attachments()] == ["application/pdf"]
    assert protocol.number in message["Subject"]


async def test_a_plain_fee_is_explained_without_a_proof_of_any_procedure(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO, "mensalidade")
    await desk.valid(protocol, finding="O reajuste anual foi de 6,9%.")
    [(name, told)] = await desk.told(await desk.who(FABIO))
    assert (name, told.file) == ("dispute_explained", None)
    assert "6,9%" in told.values["finding"]


async def test_an_adult_dependents_proof_goes_to_him_alone_and_names_no_money(desk: Desk) -> None:
    carlos, debora = await desk.who(CARLOS), await desk.who(DEBORA)
    await desk.adds(carlos, "Biópsia de mama", "312.00", about=debora)
    protocol = await desk.disputed(CARLOS, "procedimento de débora", answer_by="mail")
    await desk.valid(protocol, finding="Realizada em 12/10, com laudo.")
    [(to_holder, heard)] = await desk.told(carlos)
    assert (to_holder, heard.file, heard.values["finding"]) == ("dispute_confirmed", None, "")
    assert "Biópsia" not in str(heard.values)
    assert heard.values["charge"] == "Procedimento de Débora"
    assert [one.kind for one in await desk.mails()] == ["dispute"]
    [(to_her, proof)] = await desk.told(debora)
    assert to_her == "dispute_proof"
    assert proof.file is not None
    paper = printed(proof.file.sha256)
    assert "Biópsia de mama" in paper
    said = say("dispute_proof", **proof.values)
    assert "Realizada em 12/10" in said
    assert [word for word in MONEY_WORDS if word in paper + said] == []


@pytest.mark.parametrize(
    "finding", ["O valor de R$ 312,50 está correto.", "Está na fatura certa.", "A cobrança é da biópsia de 12/10."]
)
async def test_what_an_adult_dependent_reads_names_no_money_in_any_word(desk: Desk, finding: str) -> None:
    await desk.adds(await desk.who(CARLOS), "Biópsia de mama", "312.00", about=await desk.who(DEBORA))
    protocol = await desk.disputed(CARLOS, "procedimento de débora")
    with pytest.raises(InvalidInput, match="money") as problem:
        await desk.valid(protocol, finding=finding)
    assert "Débora" in problem.value.message


async def test_no_uploaded_file_goes_to_an_adult_dependent(desk: Desk) -> None:
    await desk.adds(await desk.who(CARLOS), "Biópsia de mama", "312.00", about=await desk.who(DEBORA))
    protocol = await desk.disputed(CARLOS, "procedimento de débora")
    bill = files.File(files.keep(b"\x89PNG conta"), "conta.png", "image/png", 10)
    with pytest.raises(InvalidInput, match="upload"):
        await desk.valid(protocol, proof=bill)


async def test_the_proof_is_no_news_about_money_and_the_holders_is(desk: Desk) -> None:
    carlos, debora = await desk.who(CARLOS), await desk.who(DEBORA)
    await desk.adds(carlos, "Biópsia de mama", "312.00", about=debora)
    await desk.valid(await desk.disputed(CARLOS, "procedimento de débora"))
    money = {event.beneficiary_id: await is_about_money(desk.session, event) for event in await desk.events()}
    assert money == {debora.id: False, carlos.id: True}


async def test_an_improper_charge_of_an_adult_dependent_tells_the_holder_no_finding(desk: Desk) -> None:
    carlos, debora = await desk.who(CARLOS), await desk.who(DEBORA)
    await desk.adds(carlos, "Biópsia de mama", "312.00", about=debora)
    await desk.improper(await desk.disputed(CARLOS, "procedimento de débora"), finding="A biópsia não foi feita.")
    [(name, told)] = await desk.told(carlos)
    assert (name, told.values["finding"]) == ("dispute_improper", "")
    assert await desk.told(debora) == []


# -- found improper


async def test_an_improper_charge_asks_how_the_discount_should_come(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO)
    await desk.improper(protocol)
    assert (protocol.stage, protocol.state) == ("discount_asked", "waiting")
    [(name, told)] = await desk.told(await desk.who(FABIO))
    assert name == "dispute_improper"
    assert [answer for _, answer in told.options] == ["current", "future"]
    assert told.values["amount"] == "R$ 312,50"
    assert told.values["finding"] == "\nLançamos na conta errada."


async def test_a_discount_on_the_present_invoice_is_the_treasurys(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO)
    await desk.improper(protocol)
    assert await desk.chosen(protocol, "current")
    assert (protocol.stage, protocol.team, protocol.state) == ("at_treasury", "treasury", "waiting")
    assert [one.kind for one in await desk.mails()] == ["dispute"]
    assert (await desk.dispute(protocol)).discount == "current"


async def test_a_discount_on_later_invoices_is_forwarded_to_finance_with_all_that_was_said(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO)
    await desk.improper(protocol)
    assert await desk.chosen(protocol, "future")
    assert (protocol.stage, protocol.team) == ("with_finance", "finance")
    [forwarded] = [one for one in await desk.mails() if one.kind == "dispute_discount"]
    message = compose(forwarded, "Zelo Saúde")
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert message["To"].addresses[0].addr_spec == "financeiro@zelo.example"
    assert protocol.number in message["Subject"]
    for part in ("nas próximas faturas", "Lançamos na conta errada.", CLAIM, "Ressonância magnética", "R$ 312,50"):
        assert part in text


@pytest.mark.parametrize(("discount", "form"), [("current", "na fatura atual"), ("future", "nas próximas faturas")])
async def test_what_finance_or_the_treasury_confirms_is_told_and_reaches_the_erp(
    desk: Desk, discount: str, form: str
) -> None:
    protocol = await desk.disputed(FABIO)
    await desk.improper(protocol)
    await desk.chosen(protocol, discount)
    assert await desk.settled(protocol, "Entra em 12/2026.", request_key="settled")
    assert not await desk.settled(protocol, "Entra em 12/2026.", request_key="settled")
    assert (protocol.stage, protocol.state) == ("settled", "closed")
    name, told = (await desk.told(await desk.who(FABIO)))[-1]
    assert (name, told.values["note"]) == ("dispute_settled", "\nEntra em 12/2026.")
    assert told.values["form"].startswith(form)
    [change] = (await desk.session.scalars(select(ErpChange).where(ErpChange.kind == "discount.granted"))).all()
    assert (change.values["protocol"], change.values["amount"], change.values["form"]) == (
        protocol.number, "312.50", discount,
    )  # fmt: skip
    assert (await desk.dispute(protocol)).settled_at == NOW


# -- the way of a dispute


async def test_each_step_done_twice_is_done_once(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO)
    assert [await desk.improper(protocol, request_key="twice") for _ in range(2)] == [True, False]
    assert [await desk.chosen(protocol, "future", request_key="again") for _ in range(2)] == [True, False]
    assert len(await desk.events()) == 1
    assert len(await desk.mails()) == 2
    with pytest.raises(InvalidInput):
        await desk.chosen(protocol, "current")


async def test_only_a_person_of_the_desk_decides_and_says_why(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO)
    with pytest.raises(NotAllowed):
        await desk.improper(protocol, actor=ASSISTANT)
    with pytest.raises(InvalidInput):
        await desk.improper(protocol, finding="  ")
    with pytest.raises(InvalidInput):
        await desk.chosen(protocol, "future")
    with pytest.raises(InvalidInput):
        await desk.settled(protocol)
    assert await desk.events() == []
    assert (await desk.dispute(protocol)).ruling == ""


async def test_a_protocol_without_a_dispute_is_not_decided(desk: Desk) -> None:
    protocol = await desk.protocol(await desk.who(FABIO))
    with pytest.raises(InvalidInput):
        await desk.valid(protocol)
    with pytest.raises(NotFound):
        await desk.settled(protocol)
    assert await verbs.of_protocol(desk.session, protocol.id) is None


async def test_the_history_names_each_stage_and_the_audit_each_hand(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO)
    await desk.improper(protocol)
    await desk.chosen(protocol, "future")
    await desk.settled(protocol)
    steps = [line.step for line in await protocols.history(desk.session, protocol.id)]
    assert [stage_title(*step.split(".")) for step in steps if "." in step] == [
        "em análise", "aguardando escolha do desconto", "desconto com o financeiro", "desconto confirmado",
    ]  # fmt: skip
    rows = (await desk.session.scalars(select(AuditRow).where(AuditRow.action.startswith("disputes.")))).all()
    assert [row.action for row in rows] == [
        "disputes.open", "disputes.find_improper", "disputes.choose", "disputes.settle",
    ]  # fmt: skip
    assert ACCOUNTS.id in {row.actor_id for row in rows}


async def test_the_term_is_seven_business_days(desk: Desk) -> None:
    protocol = await desk.disputed(FABIO)
    assert f"{protocol.due_at:%Y-%m-%d}" == "2026-12-03"  # 23:59:59 of 2 December, in São Paulo


async def test_news_hold_ids_and_codes_and_no_finding(desk: Desk) -> None:
    await desk.valid(await desk.disputed(FABIO), finding="Segredo da análise")
    [event] = (await desk.session.scalars(select(Event))).all()
    assert "Segredo" not in str(event.values)

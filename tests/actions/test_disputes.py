"""A disputed charge in the chat, turn by turn on the real database, without Rasa. [processes.md 3; rules 1, 3, 10]"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from actions.news import AnswerNews
from actions.requests import AskDetails, FinishRequest, OpenRequest, ValidateRequestForm
from backend.actor import SYSTEM
from backend.beneficiaries import Beneficiary
from backend.disputes.tables import ChargeDispute
from backend.documents.tables import Document
from backend.identity.verbs import vouch
from backend.invoices.tables import Invoice, InvoiceItem
from backend.mail import Mail
from backend.protocols import verbs as protocols
from backend.protocols.tables import Protocol, ProtocolEntry
from backend.settings import settings
from backend.store import files
from backend.store.engine import Store
from tests.actions.test_texts import RESPONSES
from tests.actions.turns import NOW, Turn
from tests.backend.disputing import ACCOUNTS, CARLOS, DEBORA, FABIO, LAST_MONTH, Desk

FIRST = "na fatura do mês passado veio uma ressonância que nunca fiz"
DISPUTE = ("dispute_charge", 0.98)
FORBIDDEN = ("R$", "vencimento", "fatura", "financeir", "débito", "valor")


class Chat:
    """One verified person who writes; what was asked last, and all that was said in this turn."""

    def __init__(self, store: Store) -> None:
        self.turn = Turn(store)
        self.said: list[str] = []
        self.values: list[dict[str, Any]] = []

    async def verified(self, cpf: str) -> Chat:
        async with self.turn.store.unit_of_work() as session:
            person = (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()
            await vouch(
                session, conversation_id=self.turn.conversation, beneficiary=person, actor=SYSTEM, now=NOW
            )  # fmt: skip
        self.turn.slots["beneficiary_id"] = str(person.id)
        return self

    async def opens(self, text: str, *, papers: tuple[dict[str, Any], ...] = ()) -> list[str]:
        self._begin()
        await self._run(OpenRequest(), text, DISPUTE, papers=papers)
        return await self._until_asked()

    async def writes(self, text: str = "", *ranking: tuple[str, float], papers: tuple[dict[str, Any], ...] = (),
                     **chosen: str) -> list[str]:  # fmt: skip
        self._begin()
        self.turn.slots["requested_slot"] = "request_details"
        ranked = (("choose", 1.0),) if chosen else ranking or (("nlu_fallback", 0.4),)
        await self._run(ValidateRequestForm(), text, *ranked, loop="request_form", papers=papers, **chosen)
        self.turn.next = "action_finish_request" if self.turn.slots.get("request_details") else "request_form"
        return await self._until_asked()

    async def taps_news(self, answer: str) -> list[str]:
        self._begin()
        await self._run(AnswerNews(), "", ("answer_news", 1.0), news=await self._event(), answer=answer)
        return await self._until_asked()

    async def _event(self) -> str:
        from backend.events import Event

        async with self.turn.store.unit_of_work() as session:
            return str((await session.scalars(select(Event.id).order_by(Event.id.desc()).limit(1))).one())

    def _begin(self) -> None:
        self.said, self.values = [], []

    async def _until_asked(self) -> list[str]:
        if self.turn.next == "action_finish_request":
            await self._run(FinishRequest(), "")
        elif self.turn.next == "request_form":
            await self._run(AskDetails(), "", loop="request_form")
        return self.said

    async def _run(self, action: Any, text: str, *ranking: tuple[str, float], **more: Any) -> None:
        await self.turn(action, text, *ranking, **more)
        self.said += self.turn.texts
        self.values += self.turn.said

    def spoken(self) -> str:
        """All of this turn as it is read."""
        said = [RESPONSES[one["response"]][0]["text"].format(**one) for one in self.values if one.get("response")]
        return "\n".join(said)

    def options(self) -> list[str]:
        return [title for title, _ in self.turn.buttons]

    async def rows(self, table: Any) -> list[Any]:
        async with self.turn.store.unit_of_work() as session:
            return list((await session.scalars(select(table))).all())

    async def protocols(self) -> list[tuple[str, str, str]]:
        rows = await self.rows(Protocol)
        return [(row.kind, row.stage, row.state) for row in sorted(rows, key=lambda row: row.number)]


@pytest.fixture
async def store(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    monkeypatch.setattr(settings(), "medical_accounts_email", "contas@zelo.example")
    monkeypatch.setattr(settings(), "finance_email", "financeiro@zelo.example")
    async with store.unit_of_work() as session:
        await Desk.opened(session, store)
    yield store


@pytest.fixture
async def fabio(store: Store) -> Chat:
    return await Chat(store).verified(FABIO)


async def changed(store: Store, cpf: str, **columns: Any) -> None:
    async with store.unit_of_work() as session:
        person = (await session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()
        for column, value in columns.items():
            setattr(person, column, value)


async def added(store: Store, cpf: str, description: str, amount: str, **more: Any) -> None:
    async with store.unit_of_work() as session:
        desk = Desk(session, store)
        about = await desk.who(more.pop("about")) if "about" in more else None
        await desk.adds(await desk.who(cpf), description, amount, about=about, **more)


def paper(number: int = 1, *, problem: str = "", guess: tuple[str, ...] = ()) -> dict[str, Any]:
    """A file as dispatch tells of it."""
    sha256 = files.keep(b"%PDF-1.7 " + str(number).encode())
    return {
        "id": str(number), "name": f"arquivo{number}.pdf", "sha256": sha256, "content_type": "application/pdf",
        "size": 10, "pages": 1, "previews": [], "thumbnail": "", "problem": problem, "guess": list(guess),
    }  # fmt: skip


# -- what is said at once


async def test_the_first_words_hold_month_charge_and_claim_and_two_answers_are_all_that_is_missing(fabio: Chat) -> None:
    assert await fabio.opens(FIRST) == ["protocol_opened", "dispute_how"]
    assert "fa***@exemplo.invalid" in fabio.spoken()
    assert await fabio.writes(answer="chat") == ["dispute_confirm"]
    for part in ("10/2026", "Ressonância magnética", "R$ 312,50", FIRST):
        assert part in fabio.spoken()
    assert await fabio.writes("sim") == ["dispute_opened"]
    [dispute] = await fabio.rows(ChargeDispute)
    assert (dispute.claim, dispute.answer_by, dispute.billing_month) == (FIRST, "chat", LAST_MONTH)
    [protocol] = await fabio.rows(Protocol)
    assert (protocol.stage, protocol.state, protocol.team) == ("in_analysis", "open", "medical_accounts")
    assert "02/12/2026 (7 dias úteis)" in fabio.spoken()
    assert protocol.number in fabio.spoken()
    assert fabio.turn.slots["pending_request"] is None
    [mail] = await fabio.rows(Mail)
    assert mail.recipient == "contas@zelo.example"


async def test_who_has_no_registered_address_is_not_asked_where_to_answer(fabio: Chat, store: Store) -> None:
    await changed(store, FABIO, email="")
    assert await fabio.opens(FIRST) == ["protocol_opened", "dispute_confirm"]


async def test_who_says_by_mail_at_once_is_not_asked_again(fabio: Chat) -> None:
    assert await fabio.opens(f"{FIRST}, me respondam por e-mail") == ["protocol_opened", "dispute_confirm_by_mail"]
    assert await fabio.writes("pode enviar") == ["dispute_opened_by_mail"]
    [dispute] = await fabio.rows(ChargeDispute)
    assert dispute.answer_by == "mail"


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("aqui", "chat"),
        ("aqui no zap", "chat"),
        ("whats", "chat"),
        ("wpp", "chat"),
        ("no meu e-mail", "mail"),
        ("tanto faz", "chat"),
    ],
)
async def test_where_to_hear_is_read_whatever_it_sounds_like(fabio: Chat, text: str, way: str) -> None:
    await fabio.opens(FIRST)
    assert await fabio.writes(text, ("help", 0.9)) == [
        "dispute_confirm_by_mail" if way == "mail" else "dispute_confirm"
    ]


async def test_an_amount_alone_finds_the_charge(fabio: Chat) -> None:
    await fabio.opens("cobraram 312,50 que eu não reconheço na fatura de outubro")
    assert fabio.said[-1] == "dispute_how"
    await fabio.writes("por aqui mesmo")
    assert "Ressonância magnética" in fabio.spoken()


async def test_the_amount_of_a_whole_invoice_tells_which_it_is(fabio: Chat) -> None:
    assert await fabio.opens("meu boleto veio 625,20") == ["protocol_opened", "dispute_which"]
    assert fabio.options()[0] == "10/2026: Ressonância magnética, R$ 312,50"


async def test_an_open_invoice_keeps_its_due_date_and_a_paid_one_is_not_spoken_of(fabio: Chat, store: Store) -> None:
    await added(store, FABIO, "Hemograma", "18.00", month=date(2026, 11, 1))
    await fabio.opens("na fatura de novembro cobraram um hemograma que não fiz")
    await fabio.writes("aqui")
    assert await fabio.writes("sim") == ["dispute_opened", "dispute_due_date"]


# -- asked one by one


async def test_who_says_nothing_but_that_he_disputes_is_asked_month_charge_reason_and_way(fabio: Chat) -> None:
    assert await fabio.opens("quero contestar uma cobrança") == ["protocol_opened", "dispute_month"]
    assert fabio.options() == ["11/2026", "10/2026", "09/2026", "Não sei o mês"]
    assert await fabio.writes("mês passado") == ["dispute_which"]
    assert fabio.options()[:2] == [
        "10/2026: Ressonância magnética, R$ 312,50", "10/2026: Mensalidade de Fábio, R$ 312,70",
    ]  # fmt: skip
    assert await fabio.writes("a ressonância", ("request_procedure", 0.95)) == ["dispute_claim"]
    assert await fabio.writes("cobraram e ninguém me avisou de nada, moça") == ["dispute_how"]
    assert await fabio.writes("no email") == ["dispute_confirm_by_mail"]
    await fabio.writes(answer="yes")
    [dispute] = await fabio.rows(ChargeDispute)
    assert dispute.claim == "cobraram e ninguém me avisou de nada, moça"


async def test_a_reason_may_be_tapped(fabio: Chat) -> None:
    await fabio.opens("quero contestar a ressonância do mês passado")
    assert fabio.said[-1] == "dispute_claim"
    assert await fabio.writes(claim="Não fiz esse procedimento") == ["dispute_how"]


async def test_a_month_without_an_invoice_is_said_and_asked_again(fabio: Chat) -> None:
    assert await fabio.opens("contestar cobrança de março de 2019") == [
        "protocol_opened", "no_such_invoice", "dispute_month",
    ]  # fmt: skip
    assert await fabio.writes("2019 mesmo, de maio") == ["no_such_invoice", "dispute_month"]
    assert await fabio.writes(month="2026-10-01") == ["dispute_which"]


async def test_who_does_not_know_the_month_sees_procedures_of_the_last_twelve(fabio: Chat) -> None:
    await fabio.opens("quero contestar uma cobrança")
    assert await fabio.writes("não lembro o mês") == ["dispute_which"]
    assert fabio.options() == ["10/2026: Ressonância magnética, R$ 312,50", "É de outro mês", "Nenhuma dessas"]
    assert await fabio.writes("sim") == ["dispute_claim"]


async def test_a_slips_line_tells_the_invoice(fabio: Chat, store: Store) -> None:
    from backend.invoices.slip import BankAccount

    async with store.unit_of_work() as session:
        invoice = await Desk(session, store).invoice(await Desk(session, store).who(FABIO))
        config = settings()
        own = BankAccount(config.slip_bank, config.slip_agency, config.slip_account)
        code = own.issue(our_number=invoice.number, due_on=invoice.due_on, amount=invoice.amount)
    assert await fabio.opens(f"tem coisa errada nesse boleto {code.line}") == ["protocol_opened", "dispute_which"]
    assert fabio.options()[0].startswith("10/2026: Ressonância")
    other = await Chat(store).verified(CARLOS)
    assert await other.opens(f"tem coisa errada nesse boleto {code.line}") == [
        "protocol_opened", "dispute_slip_unknown", "dispute_month",
    ]  # fmt: skip


async def test_a_charge_that_is_not_there_leads_to_the_slip_and_then_to_a_person_with_everything(fabio: Chat) -> None:
    assert await fabio.opens("veio uma tomografia em outubro que nunca fiz") == [
        "protocol_opened", "dispute_not_there", "dispute_which",
    ]  # fmt: skip
    assert await fabio.writes("nenhuma dessas") == ["dispute_slip"]
    assert await fabio.writes(papers=(paper(),)) == ["papers_received", "handing_over"]
    assert fabio.turn.command["team"] == "medical_accounts"
    summary = str(fabio.turn.command["summary"])
    assert "tomografia em outubro que nunca fiz" in summary
    [document] = await fabio.rows(Document)
    assert document.state == "received"
    assert await fabio.protocols() == [("charge_dispute", "gathering", "open")]


async def test_who_has_no_slip_meets_a_person_too(fabio: Chat) -> None:
    await fabio.opens("veio uma tomografia em outubro que nunca fiz")
    await fabio.writes(answer="none")
    assert await fabio.writes("não tenho") == ["handing_over"]
    assert fabio.turn.command["reason"] == "charge_not_found"


async def test_a_slip_that_came_first_is_not_asked_for_again(fabio: Chat) -> None:
    assert await fabio.opens("esse boleto tá errado", papers=(paper(),)) == [
        "protocol_opened", "papers_received", "dispute_month",
    ]  # fmt: skip
    await fabio.writes("outubro")
    assert await fabio.writes("não está aí") == ["handing_over"]


async def test_a_file_in_the_middle_is_kept_and_the_question_stays(fabio: Chat) -> None:
    await fabio.opens(FIRST)
    assert await fabio.writes(papers=(paper(),)) == ["papers_received", "dispute_how"]
    await fabio.writes("aqui")
    await fabio.writes("sim")
    [mail] = await fabio.rows(Mail)
    assert [file["name"] for file in mail.files] == ["arquivo1.pdf"]


async def test_all_can_be_changed_before_it_is_sent(fabio: Chat) -> None:
    await fabio.opens(FIRST)
    await fabio.writes("aqui")
    assert await fabio.writes("não") == ["dispute_change"]
    assert await fabio.writes("o motivo") == ["dispute_claim"]
    assert await fabio.writes("fiz, mas já tinha pago no dia") == ["dispute_confirm"]
    assert await fabio.writes(answer="line") == ["dispute_month"]
    assert await fabio.writes("outubro") == ["dispute_which"]
    assert await fabio.writes("a mensalidade") == ["dispute_confirm"]
    assert "já tinha pago no dia" in fabio.spoken()
    assert await fabio.rows(ChargeDispute) == []
    assert await fabio.writes("sim") == ["dispute_opened"]


async def test_a_long_reason_is_kept_whole_and_shown_short(fabio: Chat) -> None:
    claim = "nunca fiz essa ressonância " + "e ainda por cima estava viajando " * 40
    await fabio.opens(f"{claim} em outubro")
    await fabio.writes("aqui")
    assert len(fabio.spoken()) < 1600
    await fabio.writes("sim")
    [dispute] = await fabio.rows(ChargeDispute)
    assert len(dispute.claim) > 1300


async def test_thanks_and_questions_are_no_reason(fabio: Chat) -> None:
    await fabio.opens("contestar a ressonância de outubro")
    assert await fabio.writes("quanto tempo demora?") == ["not_understood_here", "dispute_claim"]
    assert "dispute_how" not in await fabio.writes("ok")


# -- who may hear what


async def test_a_dependent_hears_that_the_holder_should_get_in_touch_and_not_a_word_of_money(store: Store) -> None:
    debora = await Chat(store).verified(DEBORA)
    assert await debora.opens(FIRST) == ["protocol_opened", "only_holder"]
    assert "pendências administrativas" in debora.spoken()
    assert [word for word in FORBIDDEN if word in debora.spoken()] == []
    assert await debora.protocols() == [("charge_dispute", "gathering", "closed")]
    assert [one for one in await debora.rows(ProtocolEntry) if one.step == "holder_asked_to_call"]


async def test_who_takes_the_telephone_over_is_told_nothing_of_the_others_charges(store: Store) -> None:
    carlos = await Chat(store).verified(CARLOS)
    await carlos.opens("quero contestar uma cobrança do mês passado")
    assert carlos.said[-1] == "dispute_which"
    debora = await carlos.verified(DEBORA)
    assert await debora.writes("1") == ["request_of_another"]
    fabio = await Chat(store).verified(FABIO)
    await fabio.opens("quero contestar uma cobrança do mês passado")
    assert await (await fabio.verified(CARLOS)).writes("a ressonância") == ["request_of_another"]
    assert [one.stage for one in await fabio.rows(Protocol)] == ["gathering", "gathering"]


async def test_another_adults_procedure_is_disputed_without_naming_it_and_never_answered_by_mail(store: Store) -> None:
    await added(store, CARLOS, "Biópsia de mama", "220.00", about=DEBORA)
    carlos = await Chat(store).verified(CARLOS)
    assert await carlos.opens("o procedimento da Débora na fatura do mês passado não foi feito") == [
        "protocol_opened", "dispute_confirm",
    ]  # fmt: skip
    assert "Procedimento de Débora" in carlos.spoken()
    assert "Biópsia" not in carlos.spoken()
    assert await carlos.writes("sim") == ["dispute_opened", "dispute_private", "dispute_due_date"]
    [dispute] = await carlos.rows(ChargeDispute)
    assert dispute.answer_by == "chat"
    [mail] = await carlos.rows(Mail)
    assert "Biópsia de mama" in str(mail.values)


async def test_the_same_charge_again_tells_the_open_dispute(fabio: Chat) -> None:
    await fabio.opens(FIRST)
    await fabio.writes("aqui")
    await fabio.writes("sim")
    first = (await fabio.rows(Protocol))[0].number
    assert await fabio.opens(FIRST) == ["protocol_opened", "dispute_already"]
    assert first in fabio.spoken()
    assert "em análise" in fabio.spoken()
    assert await fabio.protocols() == [
        ("charge_dispute", "in_analysis", "open"), ("charge_dispute", "gathering", "closed"),
    ]  # fmt: skip


async def test_a_dispute_past_the_analysis_promises_no_answer_any_more(fabio: Chat, store: Store) -> None:
    await improper(store)
    assert await fabio.opens(FIRST) == ["protocol_opened", "dispute_already_decided"]
    assert "aguardando escolha do desconto" in fabio.spoken()
    assert "A resposta vem" not in fabio.spoken()


async def test_a_dispute_of_somebody_else_of_the_contract_promises_nobody_else_an_answer(store: Store) -> None:
    async with store.unit_of_work() as session:
        desk = Desk(session, store)
        carlos, debora = await desk.who(CARLOS), await desk.who(DEBORA)
        await desk.adds(carlos, "Hemograma", "18.00")
        protocol = await desk.disputed(CARLOS, "hemograma")
        dispute = await desk.dispute(protocol)
        dispute.claimant_id = debora.id
    carlos_writes = await Chat(store).verified(CARLOS)
    said = await carlos_writes.opens("na fatura do mês passado veio um hemograma que nunca fiz")
    assert said == ["protocol_opened", "dispute_already_of_another"]
    assert "aviso" not in carlos_writes.spoken()


async def test_where_it_stands_is_told_with_its_stage(fabio: Chat) -> None:
    await fabio.opens(FIRST)
    await fabio.writes("aqui")
    await fabio.writes("sim")
    assert await fabio.opens("como está a minha contestação?") == ["protocol_opened", "protocol_state"]
    assert "em análise" in fabio.spoken()


# -- the discount


async def improper(store: Store) -> None:
    async with store.unit_of_work() as session:
        desk = Desk(session, store)
        await desk.improper(await desk.disputed(FABIO))


@pytest.mark.parametrize(("answer", "stage"), [("current", "at_treasury"), ("future", "with_finance")])
async def test_a_tapped_form_of_discount_is_carried_out(fabio: Chat, store: Store, answer: str, stage: str) -> None:
    await improper(store)
    assert await fabio.taps_news(answer) == [f"dispute_discount_{answer}"]
    assert await fabio.protocols() == [("charge_dispute", stage, "waiting" if stage == "at_treasury" else "open")]
    if answer == "current":
        assert settings().treasury_address in fabio.spoken()
        assert settings().treasury_hours in fabio.spoken()
    else:
        assert {mail.kind for mail in await fabio.rows(Mail)} == {"dispute", "dispute_discount"}
    assert await fabio.taps_news("future") == ["dispute_discount_known"]


@pytest.mark.parametrize(
    "text", ["quero descontar na próxima fatura", "na próxima fatura", "desconta na fatura que vem"]
)
async def test_a_written_form_of_discount_is_carried_out_under_the_disputes_protocol(
    fabio: Chat, store: Store, text: str
) -> None:
    await improper(store)
    assert await fabio.opens(text) == ["protocol_opened", "dispute_discount_future"]
    assert await fabio.protocols() == [
        ("charge_dispute", "with_finance", "open"), ("charge_dispute", "gathering", "closed"),
    ]  # fmt: skip


async def test_who_wants_his_discount_without_saying_which_is_asked(fabio: Chat, store: Store) -> None:
    await improper(store)
    assert await fabio.opens("quero o meu desconto") == ["protocol_opened", "dispute_discount"]
    assert await fabio.writes("vou na tesouraria") == ["dispute_discount_current"]


async def test_a_discount_chosen_before_is_told(fabio: Chat, store: Store) -> None:
    await improper(store)
    await fabio.taps_news("future")
    assert await fabio.opens("cadê meu desconto") == ["protocol_opened", "dispute_discount_known"]
    assert "desconto com o financeiro" in fabio.spoken()


@pytest.mark.parametrize("answer", ["current", "future"])
async def test_a_dispute_that_the_desk_closed_takes_no_choice_and_says_so(
    fabio: Chat, store: Store, answer: str
) -> None:
    await improper(store)
    async with store.unit_of_work() as session:
        protocol = (await session.scalars(select(Protocol))).one()
        await protocols.close_protocol(session, protocol=protocol, actor=ACCOUNTS, now=NOW)
    assert await fabio.taps_news(answer) == ["dispute_discount_closed"]
    assert await fabio.protocols() == [("charge_dispute", "discount_asked", "closed")]
    assert [mail.kind for mail in await fabio.rows(Mail)] == ["dispute"]


async def test_who_takes_over_reads_the_month_as_people_write_it(fabio: Chat) -> None:
    await fabio.opens("veio uma tomografia em outubro que nunca fiz")
    await fabio.writes(answer="none")
    await fabio.writes("não tenho")
    assert "Fatura de: 10/2026." in str(fabio.turn.command["summary"])


async def test_nobody_of_another_contract_chooses(store: Store) -> None:
    await improper(store)
    carlos = await Chat(store).verified(CARLOS)
    assert await carlos.taps_news("future") == ["news_not_yours"]
    assert await carlos.protocols() == [("charge_dispute", "discount_asked", "waiting")]


async def test_a_new_dispute_is_no_answer_to_the_discount_of_another(fabio: Chat, store: Store) -> None:
    await improper(store)
    await added(store, FABIO, "Hemograma", "18.00", month=LAST_MONTH)
    assert await fabio.opens("e o hemograma de outubro também não fiz") == ["protocol_opened", "dispute_how"]


async def test_the_demo_charge_is_there(store: Store) -> None:
    async with store.unit_of_work() as session:
        invoice = await Desk(session, store).invoice(await Desk(session, store).who(FABIO))
        query = select(InvoiceItem.description).join(Invoice).where(Invoice.id == invoice.id)
        assert "Ressonância magnética" in (await session.scalars(query)).all()

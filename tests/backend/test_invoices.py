"""Invoices: who may hear of them, slips up to date, payments, papers."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import ASSISTANT, SYSTEM, attendant
from backend.audit import AuditRow
from backend.beneficiaries import Beneficiary
from backend.contracts import Contract, Plan
from backend.errors import InvalidInput, NotAllowed, NotFound
from backend.events import Event
from backend.invoices import papers, verbs
from backend.invoices.papers import printed_item
from backend.invoices.slip import BarCode, due_date
from backend.invoices.tables import Invoice, InvoiceItem, IssuedSlip
from backend.invoices.verbs import SlipWithheld, check_reader, is_overdue, new_due_date
from backend.store.engine import Store

NOW = datetime(2026, 8, 3, 13, 0, tzinfo=UTC)  # a Monday
TODAY = date(2026, 8, 3)
SATURDAY = datetime(2026, 8, 8, 13, 0, tzinfo=UTC)
LATE_DUE = date(2026, 6, 8)  # a Monday, 56 days before
HOUSE = attendant("a")
Questions = list[Callable[[], Awaitable[object]]]
STANDINGS_THAT_HEAR = {"holder", "detached_member", "payer"}


@dataclass
class Books:
    """A contract with its people and invoices, made by hand."""

    session: AsyncSession
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def contract(self) -> Contract:
        if await self.session.get(Plan, "zelo-teste") is None:
            self.session.add(
                Plan(code="zelo-teste", name="Zelo Teste", ans_code="1", coverage="", accommodation="", area="")
            )
            await self.session.flush()
        contract = Contract(number=f"T{next(self.numbers)}", kind="family", plan_code="zelo-teste", signed_on=LATE_DUE)
        self.session.add(contract)
        await self.session.flush()
        return contract

    async def person(self, contract: Contract, standing: str = "holder", *, name: str = "Pessoa de Teste",
                     born: date = date(1980, 1, 1)) -> Beneficiary:  # fmt: skip
        number = next(self.numbers)
        person = Beneficiary(
            full_name=name, cpf=f"{number:011d}", birth_date=born, mother_name="Mãe de Teste", standing=standing,
            card_number=None if standing == "payer" else f"{number:014d}", contract_id=contract.id,
            joined_on=LATE_DUE, street="Rua Um, 1", city="São Luís", state="MA",
        )  # fmt: skip
        self.session.add(person)
        await self.session.flush()
        return person

    async def invoice(self, contract: Contract, month: date, due_on: date, **more: Any) -> Invoice:
        amount = more.pop("amount", Decimal("1000.00"))
        invoice = Invoice(contract_id=contract.id, billing_month=month, due_on=due_on, amount=amount, **more)
        self.session.add(invoice)
        await self.session.flush()
        await self.session.refresh(invoice)
        self.session.add(InvoiceItem(invoice_id=invoice.id, description="Mensalidade", amount=amount))
        return invoice

    async def late(self) -> tuple[Beneficiary, Invoice]:
        contract = await self.contract()
        holder = await self.person(contract)
        return holder, await self.invoice(contract, date(2026, 6, 1), LATE_DUE)

    async def slip(self, invoice: Invoice, reader: verbs.Reader, *, key: str = "k", now: datetime = NOW) -> IssuedSlip:
        return await verbs.issue_slip(
            self.session, invoice=invoice, reader=reader, protocol_id=None, request_key=key, actor=ASSISTANT, now=now
        )

    async def pay(self, invoice: Invoice, **more: Any) -> None:
        given: dict[str, Any] = {"paid_on": TODAY, "amount": Decimal("1038.67"), "paid_by": "PIX"} | more
        await verbs.mark_paid(self.session, invoice=invoice, actor=SYSTEM, now=NOW, **given)


def person_like(standing: str, contract_id: UUID) -> Beneficiary:
    return Beneficiary(id=uuid4(), standing=standing, contract_id=contract_id)


@pytest.mark.parametrize("standing", ["holder", "dependent", "member", "detached_member", "payer"])
def test_only_who_answers_for_the_contract_hears_of_its_money(standing: str) -> None:
    contract = uuid4()
    if standing in STANDINGS_THAT_HEAR:
        check_reader(person_like(standing, contract), contract)
    else:
        with pytest.raises(NotAllowed):
            check_reader(person_like(standing, contract), contract)


def test_nobody_hears_of_somebody_elses_contract_and_the_assistant_hears_for_nobody() -> None:
    with pytest.raises(NotAllowed):
        check_reader(person_like("holder", uuid4()), uuid4())
    with pytest.raises(NotAllowed):
        check_reader(ASSISTANT, uuid4())
    check_reader(HOUSE, uuid4())
    check_reader(SYSTEM, uuid4())


# What the house does for itself and what tells no amount: everything else has to ask who is going to hear.
TELLS_NOBODY = {"mark_paid", "reopen", "cancel", "who_hears", "payer_of", "is_overdue", "new_due_date"}
PURE_OF_ROWS = {"issued_amounts", "printed_address", "printed_item"}


def test_every_verb_that_tells_an_amount_asks_who_is_going_to_hear_it() -> None:
    for module in (verbs, papers):
        public = {
            name: function for name, function in vars(module).items()
            if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
        }  # fmt: skip
        without = {name for name, function in public.items() if "reader" not in inspect.signature(function).parameters}
        assert without <= TELLS_NOBODY | PURE_OF_ROWS
        assert all(
            inspect.signature(function).parameters["reader"].default is inspect.Parameter.empty
            for name, function in public.items() if name not in without
        )  # fmt: skip


def every_question(books: Books, contract: Contract, slip: IssuedSlip, invoice: Invoice, who: Beneficiary) -> Questions:
    """Each verb that tells an amount, asked by this person."""
    session = books.session
    return [
        lambda: verbs.open_invoices(session, contract.id, reader=who),
        lambda: verbs.invoices_of(session, contract.id, since=LATE_DUE, until=TODAY, reader=who),
        lambda: verbs.of_month(session, contract.id, LATE_DUE, reader=who),
        lambda: verbs.get(session, invoice.id, reader=who),
        lambda: books.slip(invoice, who, key="other"),
        lambda: books.slip(invoice, who),  # the key of a slip that is there opens no door
        lambda: verbs.year_statement(session, contract=contract, year=2026, reader=who, now=NOW),
        lambda: papers.slip_file(session, slip=slip, reader=who),
        lambda: papers.pix_file(session, slip=slip, reader=who),
        lambda: papers.receipt_file(session, invoice=invoice, reader=who, now=NOW),
        lambda: papers.statement_file(session, contract=contract, year=2026, reader=who, now=NOW),
    ]


async def test_a_dependent_is_refused_by_every_verb_that_tells_an_amount(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        holder, invoice = await books.late()
        contract = await session.get_one(Contract, invoice.contract_id)
        slip = await books.slip(invoice, holder)
        for standing in ("dependent", "member"):
            reader = await books.person(contract, standing)
            for ask in every_question(books, contract, slip, invoice, reader):
                with pytest.raises(NotAllowed):
                    await ask()
            with pytest.raises(NotAllowed):
                verbs.amounts_on(invoice, TODAY, reader=reader)


async def test_open_invoices_come_oldest_first_and_nothing_paid_or_cancelled_is_among_them(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        holder, june = await books.late()
        contract = await session.get_one(Contract, june.contract_id)
        may = await books.invoice(contract, date(2026, 5, 1), date(2026, 5, 8))
        await books.invoice(contract, date(2026, 4, 1), date(2026, 4, 8), state="paid", paid_on=LATE_DUE)
        gone = await books.invoice(contract, date(2026, 3, 1), date(2026, 3, 9))
        await verbs.cancel(session, invoice=gone, reason="wrong", actor=SYSTEM, now=NOW)
        found = await verbs.open_invoices(session, contract.id, reader=holder)
        assert [row.id for row in found] == [may.id, june.id]
        assert await verbs.of_month(session, contract.id, date(2026, 3, 15), reader=holder) is None
        spring = await verbs.invoices_of(
            session, contract.id, since=date(2026, 4, 20), until=date(2026, 5, 3), reader=holder
        )
        assert [row.billing_month.month for row in spring] == [4, 5]


async def test_an_overdue_slip_has_the_fine_once_and_interest_by_the_day(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        holder, invoice = await books.late()
        slip = await books.slip(invoice, holder)
        # 1,000.00 + 2 % + 1 % a month for 56 days: 20.00 + 18.67
        assert (slip.fine, slip.interest, slip.total) == (Decimal("20.00"), Decimal("18.67"), Decimal("1038.67"))
        assert slip.due_on == TODAY
        code = BarCode.from_line(slip.digitable_line)
        assert code.amount == slip.total
        assert due_date(code.factor, reference=TODAY) == TODAY
        assert "54071038.675802BR" in slip.pix
        assert f"ZELO{invoice.number}D20260803" in slip.pix


async def test_a_slip_that_is_issued_on_a_saturday_is_due_on_monday_with_mondays_amount(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        holder, invoice = await books.late()
        slip = await books.slip(invoice, holder, now=SATURDAY)
        assert slip.due_on == date(2026, 8, 10)
        assert slip.interest == Decimal("21.00")  # 63 days


@pytest.mark.parametrize(
    ("due_on", "today", "overdue", "new"),
    [
        (date(2026, 8, 10), TODAY, False, date(2026, 8, 10)),
        (TODAY, TODAY, False, TODAY),
        (date(2026, 8, 1), TODAY, False, date(2026, 8, 1)),  # due on Saturday, paid on Monday: in time
        (date(2026, 8, 1), date(2026, 8, 4), True, date(2026, 8, 4)),
        (date(2026, 9, 4), date(2026, 9, 7), True, date(2026, 9, 8)),  # Independence Day
    ],
)
def test_when_a_slip_is_due(due_on: date, today: date, overdue: bool, new: date) -> None:
    invoice = Invoice(due_on=due_on, state="open")
    assert is_overdue(invoice, today) is overdue
    assert new_due_date(invoice, today) == new


async def test_a_turn_that_is_carried_out_again_issues_one_slip(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        holder, invoice = await books.late()
        first = await books.slip(invoice, holder)
        again = await books.slip(invoice, holder, now=SATURDAY)
        assert again.id == first.id
        assert await session.scalar(select(func.count()).select_from(IssuedSlip)) == 1
        issued = select(func.count()).select_from(AuditRow).where(AuditRow.action == "invoices.issue_slip")
        assert await session.scalar(issued) == 1


async def test_what_is_paid_or_cancelled_has_no_slip_and_what_finance_keeps_back_says_why(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        holder, paid = await books.late()
        await books.pay(paid)
        with pytest.raises(InvalidInput, match="paid"):
            await books.slip(paid, holder, key="paid")
        contract = await session.get_one(Contract, paid.contract_id)
        gone = await books.invoice(contract, date(2026, 7, 1), date(2026, 7, 8))
        await verbs.cancel(session, invoice=gone, reason="wrong", actor=SYSTEM, now=NOW)
        with pytest.raises(InvalidInput, match="cancelled"):
            await books.slip(gone, holder, key="gone")
        kept = await books.invoice(contract, date(2026, 8, 1), date(2026, 8, 10), slip_withheld="débito em conta")
        with pytest.raises(SlipWithheld) as withheld:
            await books.slip(kept, holder, key="kept")
        assert withheld.value.reason == "débito em conta"


async def test_a_payment_is_told_to_everybody_who_hears_of_money_and_to_nobody_else(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        holder, invoice = await books.late()
        contract = await session.get_one(Contract, invoice.contract_id)
        payer = await books.person(contract, "payer")
        await books.person(contract, "dependent")
        await books.pay(invoice)
        assert (invoice.state, invoice.paid_amount, invoice.paid_by) == ("paid", Decimal("1038.67"), "PIX")
        told = (await session.scalars(select(Event).where(Event.kind == "invoice_changed"))).all()
        assert {event.beneficiary_id for event in told} == {holder.id, payer.id}
        assert {(event.subject_id, event.values["change"]) for event in told} == {(str(invoice.id), "paid")}


async def test_a_payment_counts_once_and_a_returned_one_opens_the_invoice_again(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        holder, invoice = await books.late()
        await books.pay(invoice)
        with pytest.raises(InvalidInput):
            await books.pay(invoice)
        await verbs.reopen(session, invoice=invoice, reason="returned", actor=SYSTEM, now=NOW)
        assert (invoice.state, invoice.paid_on, invoice.paid_amount) == ("open", None, None)
        with pytest.raises(InvalidInput):
            await verbs.reopen(session, invoice=invoice, reason="returned", actor=SYSTEM, now=NOW)
        assert len(await verbs.open_invoices(session, invoice.contract_id, reader=holder)) == 1


@pytest.mark.parametrize("wrong", [{"amount": Decimal(0)}, {"amount": Decimal("-1.00")}, {"paid_on": date(2026, 8, 4)}])
async def test_a_payment_of_nothing_or_of_tomorrow_is_refused(store: Store, wrong: dict[str, Any]) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        _, invoice = await books.late()
        with pytest.raises(InvalidInput):
            await books.pay(invoice, **wrong)


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


async def test_the_slips_paper_says_what_was_issued_in_the_payers_name(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        holder, invoice = await books.late()
        contract = await session.get_one(Contract, invoice.contract_id)
        await books.person(contract, "payer", name="Quem Paga Modelo")
        slip = await books.slip(invoice, holder)
        content, name = await papers.slip_file(session, slip=slip, reader=holder)
        assert name == "boleto-2026-06.pdf"
        said = text_of(content)
        for part in ("Quem Paga Modelo", "06/2026", "R$ 1.038,67", "03/08/2026", "R$ 20,00", "R$ 18,67", "56 dias",
                     slip.digitable_line):  # fmt: skip
            assert part in said
        assert (await papers.slip_file(session, slip=slip, reader=holder))[0] == content
        picture, called = await papers.pix_file(session, slip=slip, reader=holder)
        assert (picture[:4], called) == (b"\x89PNG", "pix-2026-06.png")


async def test_a_receipt_is_made_of_what_was_paid_and_of_nothing_else(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        holder, invoice = await books.late()
        with pytest.raises(InvalidInput):
            await papers.receipt_file(session, invoice=invoice, reader=holder, now=NOW)
        await books.pay(invoice)
        content, name = await papers.receipt_file(session, invoice=invoice, reader=holder, now=NOW)
        assert name == "recibo-2026-06.pdf"
        assert "R$ 1.038,67" in text_of(content)
        assert "Multa e juros" in text_of(content)


async def test_a_years_statement_counts_by_the_day_of_payment(store: Store) -> None:
    async with store.unit_of_work() as session:
        books = Books(session)
        contract = await books.contract()
        holder = await books.person(contract)
        for month, paid_on in ((date(2025, 12, 1), date(2026, 1, 5)), (date(2026, 1, 1), date(2026, 1, 9)),
                               (date(2025, 11, 1), date(2025, 11, 9))):  # fmt: skip
            await books.invoice(contract, month, paid_on, state="paid", paid_on=paid_on, paid_amount=Decimal("10.00"))
        statement = await verbs.year_statement(session, contract=contract, year=2026, reader=holder, now=NOW)
        assert statement.total == Decimal("20.00")
        assert [row.billing_month.year for row in statement.payments] == [2025, 2026]
        content, name = await papers.statement_file(session, contract=contract, year=2026, reader=holder, now=NOW)
        assert name == "demonstrativo-2026.pdf"
        assert "R$ 20,00" in text_of(content)
        with pytest.raises(InvalidInput):
            await papers.statement_file(session, contract=contract, year=2020, reader=holder, now=NOW)


@pytest.mark.parametrize(
    ("born", "code", "same", "printed"),
    [
        (date(1980, 1, 1), "41101014", False, "Procedimento de Outra"),
        (date(1980, 1, 1), None, False, "Ressonância magnética"),
        (date(2015, 1, 1), "41101014", False, "Ressonância magnética"),
        (date(1980, 1, 1), "41101014", True, "Ressonância magnética"),
    ],
)
def test_another_adults_procedure_is_not_named_on_the_slip(
    born: date, code: str | None, same: bool, printed: str
) -> None:
    payer = person_like("holder", uuid4())
    other = Beneficiary(id=payer.id if same else uuid4(), full_name="Outra Pessoa", social_name="", birth_date=born)
    item = InvoiceItem(description="Ressonância magnética", amount=Decimal(1), procedure_code=code)
    assert printed_item(item, other, payer=payer, today=TODAY) == printed


async def test_an_invoice_that_is_not_there_is_not_found(store: Store) -> None:
    async with store.unit_of_work() as session:
        with pytest.raises(NotFound):
            await verbs.get(session, uuid4(), reader=HOUSE)

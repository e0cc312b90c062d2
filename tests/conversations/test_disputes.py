"""Disputed charges: whole dialogues over the simulator, what medical accounts decide, what comes back. [processes.md 3]"""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import attendant
from backend.beneficiaries import Beneficiary
from backend.disputes import verbs
from backend.invoices.tables import Invoice, InvoiceItem
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.store.clock import business_now
from tests.conversations.families import Family, photo, settle
from tests.conversations.people import FABIO, Dialogue, of_protocols, owner, summary
from tests.conversations.test_invoices import MONEY, files, forget_identity
from tests.conversations.test_news import carry_out
from tests.stack import Stack, eventually

ACCOUNTS, FINANCE = attendant("medical-accounts"), attendant("finance")
MAIL = "tereza@exemplo.invalid"


@dataclass
class Accounts:
    """The teams that decide on a telephone's dispute, and the invoice of last month that it is about."""

    stack: Stack
    chat: Dialogue
    other_phone: str
    family: Family
    month: date

    def charges(self, description: str, amount: str = "180.00", *, husband: bool = False, state: str = "paid") -> None:
        """Last month's invoice has a line of a procedure, the holder's or her husband's, beside the fee."""

        async def step(session: AsyncSession) -> None:
            holder = await session.get_one(Beneficiary, self.family.holder.id)
            about = self.family.husband.id if husband else holder.id
            fee, value = Decimal("300.00"), Decimal(amount)
            invoice = Invoice(
                contract_id=holder.contract_id, billing_month=self.month, due_on=self.month + timedelta(days=40),
                amount=fee + value, state=state, paid_on=self.month if state == "paid" else None,
            )  # fmt: skip
            session.add(invoice)
            await session.flush()
            rows = ((description, value, about, "41001010"), ("Mensalidade de Tereza", fee, holder.id, None))
            for what, price, whose, code in rows:
                session.add(
                    InvoiceItem(
                        invoice_id=invoice.id, description=what, amount=price, beneficiary_id=whose, procedure_code=code
                    )
                )

        carry_out(self.stack, step)

    def decides(self, verb: Callable[..., Awaitable[bool]], **given: Any) -> str:
        """Carries one of the desk's verbs out on the telephone's dispute; gives the next answer that comes."""
        before = len(self.stack.received(self.chat.phone))

        async def step(session: AsyncSession) -> None:
            query = select(Protocol).where(
                Protocol.beneficiary_id == self.family.holder.id, Protocol.stage != "gathering"
            )
            protocol = (await session.scalars(query)).one()
            key = f"{protocol.id}:{verb.__name__}"
            team = FINANCE if verb is verbs.settle else ACCOUNTS
            now = await business_now(session)
            assert await verb(session, protocol=protocol, request_key=key, actor=team, now=now, **given)

        carry_out(self.stack, step)
        return "\n".join(self.stack.answers(self.chat.phone, before + 1)[before:])

    @property
    def stages(self) -> list[str]:
        """The stages of the telephone's protocols, oldest first."""
        query = "SELECT stage FROM protocol WHERE beneficiary_id = %s ORDER BY number"
        return [stage for (stage,) in self.stack.rows(query, self.family.holder.id)]

    def letter(self, kind: str) -> Any:
        """An e-mail of a kind under the telephone's protocols, as it left."""
        eventually(lambda: self._mail(kind)[1] == "sent", what=f"the e-mail {kind}")
        content = (self.stack.folder / "mail" / f"{self._mail(kind)[0]}.eml").read_bytes()
        return message_from_bytes(content, policy=policy.default)

    def _mail(self, kind: str) -> tuple[Any, str]:
        rows = of_protocols(self.stack, self.chat.phone, "mail", "x.id, x.kind, x.state")
        return next(((mail, state) for mail, of, state in rows if of == kind), (None, ""))


@pytest.fixture
def accounts(stack: Stack, phone: str, chat: Dialogue) -> Accounts:
    """Tereza has the telephone, her husband another one; her e-mail is registered."""
    other = f"{phone[:-1]}{(int(phone[-1]) + 5) % 10}"
    family = settle(stack, phone, "holder", other)
    stack.run("UPDATE beneficiary SET email = %s WHERE id = %s", MAIL, family.holder.id)
    [(today,)] = stack.rows("SELECT (business_now() AT TIME ZONE 'America/Sao_Paulo')::date")
    return Accounts(stack, chat, other, family, (today.replace(day=1) - timedelta(days=1)).replace(day=1))


def text_of(letter: Any) -> str:
    return str(letter.get_body(("plain",)).get_content())


def printed(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_fabios_charge_needs_four_messages_and_its_stage_is_told_when_he_asks(stack: Stack, chat: Dialogue) -> None:
    chat("na fatura do mês passado veio uma ressonância que nunca fiz")
    assert "Contestação de cobrança" in chat.last
    chat(FABIO)
    assert "fa***@exemplo.invalid" in chat.last
    chat("por aqui mesmo")
    for part in ("Ressonância magnética", "R$ 312,50", "veio uma ressonância que nunca fiz"):
        assert part in chat.last
    chat("sim")
    assert "7 dias úteis" in chat.last
    assert "vencimento" not in chat.last
    assert chat.protocols == [("charge_dispute", "open")]
    chat("como está meu protocolo?")
    assert "em análise" in chat.last


def test_a_valid_charge_comes_back_in_the_chat_with_its_proof(stack: Stack, accounts: Accounts, chat: Dialogue) -> None:
    accounts.charges("Tomografia de tórax", state="open")
    chat("me cobraram uma tomografia que eu não fiz", accounts.family.holder.facts, "aqui no zap")
    chat("isso, pode mandar")
    assert "não muda o vencimento" in chat.last
    letter = accounts.letter("dispute")
    for part in ("Tomografia de tórax", "Tereza Ensaio Prado", "R$ 180,00", "que eu não fiz"):
        assert part in text_of(letter)
    told = accounts.decides(verbs.find_valid, finding="O exame foi feito dia 3 na Clínica Farol.")
    assert "está correta" in told
    assert "Clínica Farol" in told
    eventually(lambda: len(files(stack, chat.phone)) == 1, what="the proof")
    [(kind, name)] = files(stack, chat.phone)
    assert kind == "application/pdf"
    assert name.startswith("comprovante-")
    assert accounts.stages == ["valid"]


def test_a_valid_charge_comes_back_by_mail_where_that_was_chosen(
    stack: Stack, accounts: Accounts, chat: Dialogue
) -> None:
    accounts.charges("Tomografia de tórax")
    chat("quero contestar uma cobrança da fatura", accounts.family.holder.facts, "mês passado", "a tomografia")
    chat("cobraram duas vezes", "manda por e-mail", "sim")
    assert "e-mail" in chat.last
    told = accounts.decides(verbs.find_valid, finding="São dois exames, um de cada lado.")
    assert "te***@exemplo.invalid" in told
    assert "dois exames" not in told
    letter = accounts.letter("dispute_valid")
    assert letter["To"] == MAIL
    [proof] = letter.iter_attachments()
    assert "Tomografia de tórax" in printed(proof.get_content())
    assert files(stack, chat.phone) == []


def test_an_adult_dependents_proof_is_his_and_the_holder_hears_only_that_it_was_confirmed(
    stack: Stack, accounts: Accounts, chat: Dialogue
) -> None:
    accounts.charges("Biópsia de próstata", husband=True)
    chat("o procedimento do meu marido Otávio no boleto passado tá errado, ele não fez", accounts.family.holder.facts)
    assert "Procedimento de Otávio" in chat.last
    chat("sim")
    assert "vai só para Otávio" in chat.last
    told = accounts.decides(verbs.find_valid, finding="Realizada no dia 12.")
    assert "foi confirmada" in told
    assert "dia 12" not in told
    assert "Biópsia" not in "\n".join(stack.received(chat.phone))
    assert files(stack, chat.phone) == []
    [neutral] = stack.answers(accounts.other_phone, 1)
    assert "Biópsia" not in neutral
    husband = Dialogue(stack, accounts.other_phone)
    husband("ver novidade")
    husband(accounts.family.husband.facts)
    assert "Realizada no dia 12." in husband.last
    eventually(lambda: len(files(stack, husband.phone)) == 1, what="the proof")
    assert MONEY.findall("\n".join(stack.received(husband.phone))) == []


def test_an_improper_charge_is_discounted_at_the_treasury(stack: Stack, accounts: Accounts, chat: Dialogue) -> None:
    accounts.charges("Endoscopia")
    chat("boa tarde", "cobraram endoscopia e eu faltei, não fiz", accounts.family.holder.facts, "pelo whatsapp", "ok")
    asked = accounts.decides(verbs.find_improper, finding="O exame não foi realizado.")
    assert "Como você prefere o desconto?" in asked
    chat("1")
    assert settings().treasury_address in chat.last
    assert settings().treasury_hours in chat.last
    assert accounts.stages == ["at_treasury"]
    told = accounts.decides(verbs.settle, text="Feito no balcão.")
    assert "está confirmado" in told
    assert "R$ 180,00" in told
    assert accounts.stages == ["settled"]


def test_an_improper_charge_is_discounted_later_and_finance_confirms(
    stack: Stack, accounts: Accounts, chat: Dialogue
) -> None:
    accounts.charges("Endoscopia")
    chat("oi", "veio endoscopia na conta, nunca fiz isso", accounts.family.holder.facts, "e-mail", "sim, pode enviar")
    accounts.decides(verbs.find_improper, finding="Lançada por engano.")
    chat("quero descontar na próxima fatura")
    assert "nas próximas faturas" in chat.last
    letter = accounts.letter("dispute_discount")
    for part in ("Lançada por engano.", "nunca fiz isso", "Endoscopia", "nas próximas faturas"):
        assert part in text_of(letter)
    assert "with_finance" in accounts.stages
    told = accounts.decides(verbs.settle, text="")
    assert "está confirmado" in told


def test_who_is_not_identified_any_more_hears_of_it_and_chooses_after_three_facts(
    stack: Stack, accounts: Accounts, chat: Dialogue
) -> None:
    accounts.charges("Endoscopia")
    chat(
        "estão me cobrando uma endoscopia, e eu não fiz nenhuma",
        accounts.family.holder.facts,
        "no zap mesmo",
        "confirmo",
    )
    forget_identity(stack, chat.phone)
    neutral = accounts.decides(verbs.find_improper, finding="Lançada por engano.")
    assert "Há uma novidade" in neutral
    assert MONEY.findall(neutral) == []
    chat("ver novidade")
    assert "CPF" in chat.last
    chat(accounts.family.holder.facts)
    assert "Como você prefere o desconto?" in chat.last
    chat("2")
    assert "nas próximas faturas" in chat.last
    assert accounts.stages == ["with_finance"]


def test_a_dependent_who_disputes_hears_of_the_holder_and_no_word_of_money(stack: Stack, accounts: Accounts) -> None:
    accounts.charges("Endoscopia")
    husband = Dialogue(stack, accounts.other_phone)
    husband("não reconheço uma cobrança na fatura, me cobraram 180 reais a mais", accounts.family.husband.facts)
    assert "pendências administrativas" in husband.last
    said = "\n".join(stack.received(husband.phone)).replace("Contestação de cobrança", "")
    assert MONEY.findall(said) == []
    assert husband.protocols == [("charge_dispute", "closed")]


def test_a_photograph_of_the_slip_may_come_first(stack: Stack, accounts: Accounts, chat: Dialogue) -> None:
    accounts.charges("Hemograma", "22.00")
    chat("esse boleto veio com cobrança errada", media=[photo("BOLETO")])
    chat(accounts.family.holder.facts)
    assert "Recebi" in chat.last
    chat("do mês passado", "o hemograma", "isso é caro demais, o combinado não era esse preço", "aqui", "sim")
    letter = accounts.letter("dispute")
    [attached] = letter.iter_attachments()
    assert attached.get_content_type() == "image/jpeg"
    assert accounts.stages == ["in_analysis"]


def test_a_charge_that_nobody_finds_goes_to_the_desk_with_month_words_and_slip(
    stack: Stack, accounts: Accounts, chat: Dialogue
) -> None:
    accounts.charges("Hemograma", "22.00")
    chat("veio uma cirurgia na fatura de março de 2019 que não existiu", accounts.family.holder.facts)
    assert "Não encontrei fatura de 03/2019" in chat.last
    chat("não lembro o mês", "nenhuma dessas")
    assert "foto ou o PDF do boleto" in chat.last
    chat("", media=[photo("BOLETO 2019")])
    assert owner(stack, chat.phone) == ("team", "medical_accounts")
    handed = summary(stack, chat.phone)
    assert "veio uma cirurgia na fatura de março de 2019 que não existiu" in handed
    assert of_protocols(stack, chat.phone, "document", "x.state") == [("received",)]


def test_days_later_a_dispute_goes_on_where_it_was(stack: Stack, accounts: Accounts, chat: Dialogue) -> None:
    accounts.charges("Hemograma", "22.00")
    chat("quero contestar a cobrança do hemograma do mês passado", accounts.family.holder.facts)
    assert "O que está errado?" in chat.last
    offset = {"offset_seconds": timedelta(days=3).total_seconds()}
    try:
        stack.http.post(f"{stack.simulator}/control/clock", json=offset).raise_for_status()
        chat("olá", "sim")
        chat(accounts.family.holder.facts)
        assert "O que está errado?" in chat.last
        chat("não fiz esse exame", "aqui", "sim")
        assert accounts.stages == ["in_analysis"]
    finally:
        stack.http.post(f"{stack.simulator}/control/clock", json={"offset_seconds": 0}).raise_for_status()

"""Disputes in the books: demo people, a charge of theirs, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend import demo, mail
from backend.actor import ASSISTANT, SYSTEM, attendant
from backend.beneficiaries import Beneficiary
from backend.disputes import verbs
from backend.disputes.charges import charges
from backend.disputes.tables import ChargeDispute
from backend.events import Event
from backend.invoices.tables import Invoice, InvoiceItem
from backend.news_told import Told, words_of
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KINDS
from backend.protocols.tables import Protocol
from backend.store import files
from backend.store.engine import Store

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LAST_MONTH = date(2026, 10, 1)
ACCOUNTS, FINANCE = attendant("accounts-1"), attendant("finance-1")
ANA, CARLOS, DEBORA, FABIO = "52998224725", "39053344705", "15350946056", "86288366757"
CLAIM = "essa ressonância aí eu nunca fiz"


@dataclass
class Desk:
    """The plan's books with the demo's people and invoices."""

    session: AsyncSession
    store: Store
    keys: int = 0

    @classmethod
    async def opened(cls, session: AsyncSession, store: Store) -> Desk:
        await demo.load_people(session, actor=SYSTEM, now=NOW)
        await demo.load_invoices(session, actor=SYSTEM, now=NOW)
        return cls(session, store)

    @property
    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    async def who(self, cpf: str) -> Beneficiary:
        return (await self.session.scalars(select(Beneficiary).where(Beneficiary.cpf == cpf))).one()

    async def invoice(self, person: Beneficiary, month: date = LAST_MONTH) -> Invoice:
        query = select(Invoice).where(Invoice.contract_id == person.contract_id, Invoice.billing_month == month)
        return (await self.session.scalars(query)).one()

    async def adds(self, holder: Beneficiary, description: str, amount: str, *, about: Beneficiary | None = None,
                   code: str | None = "40301630", month: date = LAST_MONTH) -> InvoiceItem:  # fmt: skip
        item = InvoiceItem(
            invoice_id=(await self.invoice(holder, month)).id, description=description, amount=Decimal(amount),
            beneficiary_id=(about or holder).id, procedure_code=code,
        )  # fmt: skip
        self.session.add(item)
        await self.session.flush()
        return item

    async def protocol(self, person: Beneficiary) -> Protocol:
        return await protocols.open_protocol(
            self.session, self.store, kind=KINDS["charge_dispute"], request_key=self.key, conversation_id=None,
            beneficiary_id=person.id, actor=ASSISTANT, now=NOW,
        )  # fmt: skip

    async def disputed(self, cpf: str, words: str = "ressonância", **more: Any) -> Protocol:
        """A line of the last month's invoice, the one whose description has the words, is disputed."""
        person = await self.who(cpf)
        protocol = more.pop("protocol", None) or await self.protocol(person)
        [line] = [
            one for one in await charges(self.session, person=person, billing_month=LAST_MONTH, today=TODAY)
            if words.lower() in one.description.lower()
        ]  # fmt: skip
        given = {
            "invoice": await self.session.get_one(Invoice, line.invoice_id),
            "item": await self.session.get_one(InvoiceItem, line.item_id),
            "charged_for": line.description, "claim": CLAIM, "answer_by": "chat", "about_id": line.about_id,
            "request_key": self.key, "actor": ASSISTANT, "now": NOW,
        }  # fmt: skip
        await verbs.open_dispute(self.session, protocol=protocol, claimant=person, **(given | more))
        return protocol

    async def valid(self, protocol: Protocol, **more: Any) -> bool:
        given = {"finding": "O exame foi feito em 12/10 na Clínica Farol.", "request_key": self.key} | more
        return await verbs.find_valid(self.session, protocol=protocol, actor=ACCOUNTS, now=NOW, **given)

    async def improper(self, protocol: Protocol, **more: Any) -> bool:
        given = {"finding": "Lançamos na conta errada.", "request_key": self.key, "actor": ACCOUNTS} | more
        return await verbs.find_improper(self.session, protocol=protocol, now=NOW, **given)

    async def chosen(self, protocol: Protocol, discount: Any, **more: Any) -> bool:
        given = {"request_key": self.key, "actor": ASSISTANT} | more
        return await verbs.choose_discount(self.session, protocol=protocol, discount=discount, now=NOW, **given)

    async def settled(self, protocol: Protocol, text: str = "", **more: Any) -> bool:
        given = {"text": text, "request_key": self.key, "actor": FINANCE} | more
        return await verbs.settle(self.session, protocol=protocol, now=NOW, **given)

    async def dispute(self, protocol: Protocol) -> ChargeDispute:
        found = await verbs.of_protocol(self.session, protocol.id)
        assert found is not None
        return found

    async def events(self) -> list[Event]:
        return list((await self.session.scalars(select(Event).order_by(Event.id))).all())

    async def told(self, person: Beneficiary) -> list[tuple[str, Told]]:
        """The texts that a person is to be told, and what fills them."""
        return [await words_of(self.session, one) for one in await self.events() if one.beneficiary_id == person.id]

    async def mails(self) -> list[mail.Mail]:
        return list((await self.session.scalars(select(mail.Mail).order_by(mail.Mail.made_at, mail.Mail.kind))).all())


def printed(sha256: str) -> str:
    """What a stored PDF says, in one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(files.read(sha256))).pages).split())

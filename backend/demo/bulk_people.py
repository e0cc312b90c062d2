"""Families with contracts, telephones and invoices, by the hundred thousand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy.ext.asyncio import AsyncEngine

from backend.beneficiaries import Beneficiary
from backend.demo import invented
from backend.demo.contracts import PLANS
from backend.demo.copying import Ids, Report, copy, line, without_index

FAMILY_SIZES = (1, 2, 2, 3, 3, 4)  # 2.5 on average
INVOICES = 4
CONTRACT = ("id", "number", "kind", "plan_code", "signed_on", "due_day")
PERSON = (
    "id", "full_name", "folded_name", "cpf", "birth_date", "mother_name", "card_number", "standing", "contract_id",
    "holder_id", "street", "district", "postal_code", "city", "state", "joined_on", "left_on",
)  # fmt: skip
INVOICE = ("id", "contract_id", "billing_month", "due_on", "amount", "state", "paid_on", "paid_amount")
ITEM = ("invoice_id", "description", "amount")


@dataclass(frozen=True, slots=True)
class Family:
    """One contract: where its people start in the load's order, and how many they are."""

    order: int
    first: int
    size: int
    signed_on: date


class Families:
    """The people of one load. `known` counts who was there before, so that numbers go on after theirs."""

    def __init__(self, count: int, *, known: int, today: date, contracts: Ids, people: Ids) -> None:
        self.count = count
        self.people = people
        self._known = known
        self._today = today
        self._contracts = contracts
        self._families = list(self._divide(Random(known)))

    async def load(self, engine: AsyncEngine, report: Report) -> None:
        """Contracts, people and telephones."""
        await copy(engine, "contract", CONTRACT, self._contract_lines(), report)
        async with without_index(engine, Beneficiary, "ix_beneficiary_name"):
            await copy(engine, "beneficiary", PERSON, self._person_lines(), report)
        await copy(engine, "beneficiary_phone", ("beneficiary_id", "number"), self._phone_lines(), report)

    async def load_invoices(self, engine: AsyncEngine, report: Report, ids: Ids) -> None:
        """The last months of each contract; the present one open, one in twelve of the others overdue."""
        await copy(engine, "invoice", INVOICE, self._invoice_lines(ids), report)
        await copy(engine, "invoice_item", ITEM, self._item_lines(ids), report)

    def _divide(self, random: Random) -> Iterator[Family]:
        first, order = 0, 0
        while first < self.count:
            size = min(FAMILY_SIZES[order % len(FAMILY_SIZES)], self.count - first)
            yield Family(order, first, size, self._today - timedelta(days=random.randint(200, 3000)))
            first, order = first + size, order + 1

    def _number(self, family: Family) -> int:
        return 20_000_000 + self._known + family.order

    def _contract_lines(self) -> Iterator[str]:
        for family in self._families:
            kind = "individual" if family.size == 1 else "family"
            plan = PLANS[family.order % len(PLANS)].code
            yield line(
                self._contracts[family.order], self._number(family), kind, plan, family.signed_on,
                family.order % 28 + 1,
            )  # fmt: skip

    def _person_lines(self) -> Iterator[str]:
        random = Random(self._known + 1)
        for family in self._families:
            surnames = invented.family_name(random)
            city, state = invented.city(random)
            street, district = invented.address(random)
            for place in range(family.size):
                order = family.first + place
                named = invented.name(random, surnames, woman=random.random() < 0.52)  # noqa: PLR2004 (as in Brazil)
                mother = invented.name(random, surnames, woman=True)
                youngest, oldest = (20, 90) if place < 2 else (0, 25)  # noqa: PLR2004 (two adults, then children)
                born = self._today - timedelta(days=random.randint(youngest * 366, oldest * 365))
                left = self._today - timedelta(days=30) if order % 50 == 49 else None  # noqa: PLR2004 (one in fifty)
                yield line(
                    self.people[order], named.full, named.folded, invented.cpf(self._known + order), born,
                    mother.full, f"0064{self._number(family)}{place + 1:02d}",
                    "holder" if place == 0 else "dependent", self._contracts[family.order],
                    self.people[family.first] if place else None, street, district, "65000000", city, state,
                    family.signed_on, left,
                )  # fmt: skip

    def _phone_lines(self) -> Iterator[str]:
        for family in self._families:
            for place in range(family.size):
                order = family.first + place
                # Every second child has the holder's telephone.
                owner = family.first if place > 1 and order % 2 else order
                yield line(self.people[order], invented.phone(self._known + owner))

    def _months(self) -> Iterator[tuple[Family, int, date]]:
        for family in self._families:
            month = self._today.replace(day=1)
            for before in range(INVOICES):
                yield family, before, month
                month = (month - timedelta(days=1)).replace(day=1)

    def _invoice_lines(self, ids: Ids) -> Iterator[str]:
        for order, (family, before, month) in enumerate(self._months()):
            due_on = month.replace(day=family.order % 28 + 1)
            if before == 0:
                due_on = self._today + timedelta(days=family.order % 10 + 1)
            amount = _amount(family)
            is_open = before == 0 or order % 12 == 1
            yield line(
                ids[order], self._contracts[family.order], month, due_on, amount, "open" if is_open else "paid",
                None if is_open else due_on, None if is_open else amount,
            )  # fmt: skip

    def _item_lines(self, ids: Ids) -> Iterator[str]:
        for order, (family, _, _) in enumerate(self._months()):
            yield line(ids[order], "Mensalidade", _amount(family))


def _amount(family: Family) -> str:
    return f"{family.size * 290 + family.order % 97}.90"

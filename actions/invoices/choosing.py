"""Which invoices are meant: those that are open, or for receipts those that are paid, against the person's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from actions.invoices.reading import Wish
from actions.talk import Option, Talk
from backend.beneficiaries import Beneficiary
from backend.invoices import verbs
from backend.invoices.tables import Invoice
from backend.invoices.verbs import amounts_on, is_overdue, new_due_date
from backend.money import billing_month, reais
from backend.store.clock import local
from backend.words import numeric_date, spoken_list

_LOOKED_BACK = timedelta(days=730)
_LOOKED_AHEAD = timedelta(days=62)
_MOST_LISTED, _MONTHS_OF_YEAR = 3, 12
RECEIPTS_SHOWN = 3


@dataclass(slots=True)
class Chosen:
    """`picked` is what was meant; `settled` are months that were meant and whose invoice is in the other state

    (paid where a slip is wanted, open where a receipt is); `unknown` months that have no invoice.
    """

    picked: list[Invoice] = field(default_factory=list)
    settled: list[Invoice] = field(default_factory=list)
    unknown: list[date] = field(default_factory=list)


async def candidates(talk: Talk, person: Beneficiary, paper: str) -> list[Invoice]:
    """What a slip, or a receipt, may be made of, oldest first."""
    if paper == "receipt":
        return [invoice for invoice in await _lately(talk, person) if invoice.state == "paid"]
    return list(await verbs.open_invoices(talk.session, person.contract_id, reader=person))


async def choose(talk: Talk, person: Beneficiary, paper: str, wish: Wish) -> Chosen:
    """What a wish means among them; where there is just one and no other month was named, that one.

    'Os dois' of three is nobody's guess: it is said how many there are, and nothing is chosen.
    """
    listed = await candidates(talk, person, paper)
    if wish.months.months:
        return await _by_month(talk, person, listed, wish)
    if wish.overdue:
        late = [invoice for invoice in listed if is_overdue(invoice, local(talk.now).date())]
        if late and (wish.overdue == "all" or len(late) == 1):
            return Chosen(late)
    if wish.months.exactly and len(listed) > 1 and wish.months.exactly != len(listed):
        talk.say("not_so_many_invoices", count=len(listed), what="pagas" if paper == "receipt" else "em aberto")
    if wish.months:
        meant = wish.months.among([invoice.billing_month for invoice in listed])
        return Chosen([invoice for invoice in listed if invoice.billing_month in meant])
    return Chosen(listed if len(listed) == 1 else [])


async def _by_month(talk: Talk, person: Beneficiary, listed: Sequence[Invoice], wish: Wish) -> Chosen:
    asked = set(wish.months.months)
    picked = [invoice for invoice in listed if invoice.billing_month in asked]
    others = [
        invoice for invoice in await _lately(talk, person)
        if invoice.billing_month in asked and invoice.state != "cancelled" and invoice not in picked
    ]  # fmt: skip
    whole_year = len(asked) == _MONTHS_OF_YEAR  # nobody misses the months of a year that have no invoice
    known = asked if whole_year and picked else {invoice.billing_month for invoice in (*picked, *others)}
    return Chosen(picked, others, sorted(asked - known))


async def _lately(talk: Talk, person: Beneficiary) -> Sequence[Invoice]:
    today = local(talk.now).date()
    return await verbs.invoices_of(
        talk.session, person.contract_id, since=today - _LOOKED_BACK, until=today + _LOOKED_AHEAD, reader=person
    )


def slip_options(talk: Talk, person: Beneficiary, invoices: Sequence[Invoice]) -> list[Option]:
    """Open invoices as options: month, what a slip of today would cost, and when it is or was due. Pure."""
    options = [(described(talk, person, invoice), {"item": str(invoice.id)}) for invoice in invoices]
    return [*options, ("Todas", {"answer": "all"})] if len(options) > 1 else options


def described(talk: Talk, person: Beneficiary, invoice: Invoice) -> str:
    """'11/2026: R$ 312,70, vence em 30/11/2026'. Pure."""
    today = local(talk.now).date()
    amounts = amounts_on(invoice, new_due_date(invoice, today), reader=person)
    verb = "venceu" if is_overdue(invoice, today) else "vence"
    month = billing_month(invoice.billing_month)
    return f"{month}: {reais(amounts.total)}, {verb} em {numeric_date(invoice.due_on)}"


def receipt_options(invoices: Sequence[Invoice]) -> list[Option]:
    """The latest paid months as options, newest first. Pure."""
    latest = list(invoices)[-RECEIPTS_SHOWN:][::-1]
    return [(f"Recibo de {billing_month(invoice.billing_month)}", {"item": str(invoice.id)}) for invoice in latest]


def months_list(months: Sequence[date]) -> str:
    """'10/2026 e 11/2026', many as '01/2026 a 12/2026'. Pure."""
    if len(months) > _MOST_LISTED:
        return f"{billing_month(min(months))} a {billing_month(max(months))}"
    return spoken_list([billing_month(month) for month in months])

"""Which charge is disputed: the line of an invoice, found by month, amount, words or the slip's number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from actions.disputes.reading import Said, meant, names_procedure, read_said
from actions.talk import Talk
from backend.beneficiaries import Beneficiary
from backend.disputes.charges import Charged, charges, with_months
from backend.errors import NotAllowed, NotFound
from backend.invoices.charges import by_number
from backend.money import billing_month, reais
from backend.store.clock import local
from backend.words import means_yes, spoken_list

MONTH, WHICH = "month", "which"
MOST_OFFERED = 7  # with the two ways out a list of WhatsApp's ten, and room to read
MONTHS_OFFERED = 3


async def take_place(talk: Talk, person: Beneficiary, said: Said) -> bool:
    """The month, or the slip's number, that a message names; True where it named one, whether it can be or not."""
    if said.invoice_number is not None:
        await _by_slip(talk, person, said.invoice_number)
        return True
    if not said.months:
        return False
    known = [month for month in said.months if await _lines_of(talk, person, [month])]
    if not known:
        talk.say("no_such_invoice", months=spoken_list([billing_month(month) for month in said.months]))
    talk.state["months"] = [month.isoformat() for month in known]
    talk.state.pop("line", None)
    return True


async def _by_slip(talk: Talk, person: Beneficiary, number: int) -> None:
    try:
        invoice = await by_number(talk.session, number, reader=person)
    except (NotFound, NotAllowed):  # another contract's slip is answered as one that does not exist
        talk.say("dispute_slip_unknown")
        return
    talk.state["months"] = [invoice.billing_month.isoformat()]
    talk.state.pop("line", None)


async def find(talk: Talk, person: Beneficiary) -> None:
    """Takes the one line that is meant; else what is to be asked: which of several, or which month."""
    state, words = talk.state, str(talk.state.get("words") or "")
    lines = await _lines_of(talk, person, _months(state))
    said = read_said(words, today=local(talk.now).date())
    found = meant(words, lines, said)
    if not found and (months := _months_of_totals(lines, said)):
        state["months"] = [month.isoformat() for month in months]
        _offer(talk, [line for line in lines if line.billing_month in months])
        return
    if len(found) == 1:
        take_line(talk, found[0])
        return
    if not state.get("months") and (not found or len(found) > MOST_OFFERED):
        state.update(stage=MONTH, offered=[])
        return
    if not found and lines and (said.amounts or names_procedure(words)):
        talk.say("dispute_not_there", months=spoken_list([billing_month(month) for month in _months(state)]))
    _offer(talk, found or lines)


async def offer_lately(talk: Talk, person: Beneficiary) -> None:
    """Who does not know the month chooses among what is no plain fee; without any, among the newest invoice's lines."""
    lines = await _lines_of(talk, person, [])
    procedures = [one for one in lines if not one.is_fee]
    newest = max((one.billing_month for one in lines), default=None)
    _offer(talk, procedures or [one for one in lines if one.billing_month == newest])


def offered(talk: Talk) -> list[Charged]:
    """The lines that may be chosen now, in the order in which they are shown. Pure."""
    return [from_state(line) for line in talk.state.get("offered") or ()]


def meant_of_offered(talk: Talk) -> list[Charged]:
    """Those of them that the message means by words or amount; a yes means the only one. Pure."""
    lines = offered(talk)
    if len(lines) == 1 and means_yes(talk.text):
        return lines
    return meant(talk.text, lines, read_said(talk.text, today=local(talk.now).date()))


async def months_to_choose(talk: Talk, person: Beneficiary) -> list[date]:
    """The newest billing months that have an invoice."""
    known = await with_months(talk.session, person=person, today=local(talk.now).date())
    return list(known)[:MONTHS_OFFERED]


def take_line(talk: Talk, line: Charged) -> None:
    """The line that is disputed; what was asked to find it is over."""
    talk.state.update(line=to_state(line), offered=[], stage="")


def to_state(line: Charged) -> dict[str, Any]:
    """A line as the request's state keeps it. Pure."""
    return {
        "item": line.item_id, "invoice": str(line.invoice_id), "month": line.billing_month.isoformat(),
        "charge": line.description, "amount": str(line.amount), "fee": line.is_fee,
        "about": str(line.about_id) if line.about_id else "",
    }  # fmt: skip


def from_state(kept: Mapping[str, Any]) -> Charged:
    """The line that a request's state keeps. Pure."""
    return Charged(
        item_id=int(kept["item"]), invoice_id=UUID(kept["invoice"]), billing_month=date.fromisoformat(kept["month"]),
        description=kept["charge"], amount=Decimal(kept["amount"]), is_fee=bool(kept["fee"]),
        about_id=UUID(kept["about"]) if kept["about"] else None,
    )  # fmt: skip


def line_of(talk: Talk) -> Charged | None:
    """The line that is disputed, once it is known. Pure."""
    kept = talk.state.get("line")
    return from_state(kept) if kept else None


def _offer(talk: Talk, lines: Sequence[Charged]) -> None:
    talk.state.update(stage=WHICH, offered=[to_state(line) for line in lines[:MOST_OFFERED]])


def shown(line: Charged) -> str:
    """'10/2026: Ressonância magnética, R$ 312,50'. Pure."""
    return f"{billing_month(line.billing_month)}: {line.description}, {reais(line.amount)}"


def _months_of_totals(lines: Sequence[Charged], said: Said) -> list[date]:
    """The months whose whole invoice is an amount that was said: it is no line, but tells which invoice. Pure."""
    totals: dict[date, Decimal] = {}
    for line in lines:
        totals[line.billing_month] = totals.get(line.billing_month, Decimal()) + line.amount
    return [month for month, total in totals.items() if total in said.amounts]


def _months(state: dict[str, Any]) -> list[date]:
    return [date.fromisoformat(month) for month in state.get("months") or ()]


async def _lines_of(talk: Talk, person: Beneficiary, months: list[date]) -> list[Charged]:
    """The lines of these months, or of the last twelve."""
    today = local(talk.now).date()
    if not months:
        return await charges(talk.session, person=person, billing_month=None, today=today)
    found = [await charges(talk.session, person=person, billing_month=month, today=today) for month in months]
    return sorted((one for lines in found for one in lines), key=lambda one: one.is_fee)

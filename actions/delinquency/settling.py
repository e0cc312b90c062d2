"""Ways to settle: PIX, slip, or what the person proposes; each is written down under the protocol. [processes.md 6]"""

from __future__ import annotations

from decimal import Decimal

from actions.delinquency.called import row_of
from actions.invoices import sending
from actions.invoices.reading import options_meant, read_wish
from actions.invoices.sending import Issued
from actions.process import done, protocol_of, to_desk
from actions.talk import Talk
from backend.beneficiaries import Beneficiary
from backend.delinquency.campaigns import answers
from backend.delinquency.campaigns.answers import Step
from backend.delinquency.tables import CampaignRow
from backend.identifiers import Cpf
from backend.money import reais
from backend.protocols import verbs as protocols
from backend.store.clock import local

_TITLES = {"pix": "PIX", "slip": "Boleto"}


async def months_meant(talk: Talk, person: Beneficiary) -> list[str]:
    """The ids of the late invoices that a message names: tapped, by number, by month, or all; empty for none."""
    owed = [str(number) for number in talk.state.get("owed") or ()]
    if talk.chosen.get("answer") == "all":
        return owed
    if talk.chosen:
        return [str(talk.chosen["item"])] if "item" in talk.chosen else []
    if numbers := options_meant(talk.text, len(owed)):
        return [owed[number] for number in numbers]
    wish = read_wish(talk.text, today=local(talk.now).date())
    if wish.overdue == "all":
        return owed
    invoices = await sending.load(talk, person, owed)
    meant = wish.months.among([invoice.billing_month for invoice in invoices]) if wish.months else ()
    return [str(invoice.id) for invoice in invoices if invoice.billing_month in meant]


async def send(talk: Talk, person: Beneficiary, way: str, picked: list[str]) -> None:
    """The codes or slips of the picked invoices, up to date; what has none goes to finance. The request ends."""
    issued = await sending.issue(talk, person, await sending.load(talk, person, picked))
    await sending.send_slips(talk, person, issued, only="pix" if way == "pix" else "")
    for problem in issued.gone:
        talk.say("invoice_gone", problem=problem)
    await _write_down(talk, person, way, issued)
    if issued.withheld:
        months = [month for month, _ in issued.withheld]
        talk.state["withheld"] = months
        talk.say("slip_withheld", months=" e ".join(months))
        talk.state["desk_team"] = "finance"
        to_desk(talk, reason="slip_withheld")
        return
    end(talk, person)


async def _write_down(talk: Talk, person: Beneficiary, way: str, issued: Issued) -> None:
    """CPF, full name, months and total in the protocol's history. [seed 004]"""
    protocol = await protocol_of(talk)
    if protocol is None or not issued.slips:
        return
    total = sum((slip.total for _, slip in issued.slips), Decimal())
    months = sending.months_of([invoice for invoice, _ in issued.slips])
    cpf = Cpf(person.cpf) if person.cpf else "não informado"
    text = f"{_TITLES[way]}: CPF {cpf}, {person.full_name}, meses {months}, total {reais(total)}."
    await protocols.add_entry(
        talk.session, protocol=protocol, step="details", text=text, actor=talk.actor, now=talk.now,
        request_key=f"{talk.message_id}:way",
    )  # fmt: skip


async def propose(talk: Talk) -> None:
    """What the person can do goes to an attendant of collections, with all that was gathered."""
    talk.state["offer"] = talk.text
    await note(talk, "negotiated", remarks="pediu negociação")
    to_desk(talk)


def end(talk: Talk, person: Beneficiary) -> None:
    """A courteous end, whatever came before it."""
    talk.say("debt_end", name=person.first_name)
    done(talk)


async def campaign_row(talk: Talk) -> CampaignRow | None:
    """The row of finance's list that this contact belongs to: the call's, or a running campaign's for the contract."""
    row = await row_of(talk)
    number = talk.state.get("row")
    return row or (await talk.session.get(CampaignRow, int(number)) if number else None)


async def note(talk: Talk, step: Step, *, remarks: str = "") -> None:
    """Notes in finance's list how far the person came, where the contact belongs to a row of it."""
    row = await campaign_row(talk)
    if row is None:
        return
    protocol = await protocol_of(talk)
    await answers.note(
        talk.session, row=row, step=step, protocol_id=protocol.id if protocol else None, remarks=remarks,
        actor=talk.actor, now=talk.now,
    )  # fmt: skip

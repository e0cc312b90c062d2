"""What is owed, told to who answers for the contract, and only what holds for it. [processes.md 6, RN 593]"""

from __future__ import annotations

from actions.delinquency import notice, settling
from actions.delinquency.stages import CONFIRM, MONTHS, NEGOTIATE, WAYS
from actions.delinquency.words import fees_counted, listed, summary, way_in
from actions.process import done, go_over, protocol_of
from actions.talk import Talk
from backend.beneficiaries import Beneficiary
from backend.delinquency import cases
from backend.delinquency import position as positions
from backend.delinquency.confirmation import read_confirmation
from backend.delinquency.position import Position
from backend.money import billing_month, reais
from backend.protocols import verbs as protocols
from backend.store.clock import local
from backend.words import spoken_list


async def tell(talk: Talk, person: Beneficiary) -> None:
    """The open invoices by the ledger of now, what does not count, and the notice; then what is asked."""
    position = await positions.of_contract(talk.session, person.contract_id, on=local(talk.now).date())
    if not position.owed:
        talk.say("debt_none")
        await settling.note(talk, "paid")
        done(talk)
        return
    await cases.open_case(
        talk.session, contract_id=position.contract.id, beneficiary_id=person.id, actor=talk.actor, now=talk.now
    )
    said = read_confirmation(str(talk.state.get("said") or "")).kind
    if said == "confirms":  # to a notice of another conversation, which was closed without an answer
        talk.say("debt_told_anew")
    await _tell_owed(talk, position)
    await settling.note(talk, "told")
    if said == "paid":
        go_over(talk, "report_payment", str(talk.state["said"]))
        return
    asks = notice.holds(position) and await notice.give(talk, person, position)
    if asks:
        talk.state.update(stage=CONFIRM, noticed="Notificação informada na conversa, sem ciência confirmada.")
    else:
        go_to_ways(talk)


async def _tell_owed(talk: Talk, position: Position) -> None:
    talk.state["owed"] = [str(owed.invoice.id) for owed in position.owed]
    talk.state["gathered"] = summary(position)
    protocol = await protocol_of(talk)
    if protocol is not None:
        await protocols.add_entry(
            talk.session, protocol=protocol, step="details", text=summary(position), actor=talk.actor, now=talk.now,
            request_key=f"{talk.message_id}:owed",
        )  # fmt: skip
    talk.say(
        "debt_owed", count=fees_counted(len(position.owed)), listed=listed(position.owed, position.on),
        total=reais(position.total),
    )  # fmt: skip
    _tell_what_does_not_count(talk, position)


def _tell_what_does_not_count(talk: Talk, position: Position) -> None:
    """Our own fault, a stay in hospital, a question that waits: each is said where it holds."""
    ours = [billing_month(owed.invoice.billing_month) for owed in position.owed if owed.fee.excused]
    if ours:
        talk.say("debt_excused", months=spoken_list(ours))
    if position.is_cancelled:
        talk.say("debt_plan_ended")
    elif position.in_hospital:
        talk.say("debt_in_hospital")
    if notice.is_questioned(position):
        talk.say("debt_questioned")


def go_to_ways(talk: Talk, text: str = "") -> None:
    """How to settle is asked, unless the first words, or these ones, say it."""
    first = str(talk.state.pop("wish", "") or "")
    said = way_in(text) or first or way_in(str(talk.state.get("said") or ""))
    take_way(talk, said if said in {"pix", "negotiate"} or (said == "slip" and text) else "")


def take_way(talk: Talk, way: str) -> None:
    """The question that follows a way: which months, or what he proposes; without one, the ways themselves."""
    if way == "negotiate":
        talk.state["stage"] = NEGOTIATE
    elif way in {"pix", "slip"}:
        talk.state.update(stage=MONTHS, way=way)
    else:
        talk.state["stage"] = WAYS

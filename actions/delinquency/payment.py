"""'Já paguei': which months, the receipt, and on to finance. [processes.md 6]"""

from __future__ import annotations

import re
from typing import ClassVar

from actions.already_asked import how_it_stands, make_way
from actions.documents.gathering import DESK, LATER, PAPERS, Gathering
from actions.documents.sent_back import goes_on_where_sent_back
from actions.invoices import sending
from actions.invoices.choosing import Chosen, choose, months_list, slip_options
from actions.invoices.reading import options_meant, read_wish
from actions.process import go_over, person_of, protocol_of, submitted
from actions.talk import Option, Talk
from backend.beneficiaries import Beneficiary
from backend.contracts import hears_of_money
from backend.delinquency import reported
from backend.delinquency.campaigns import answers
from backend.errors import NotFound
from backend.identifiers import plain
from backend.invoices.tables import Invoice
from backend.invoices.verbs import SETTLED_WITHIN, is_overdue, open_invoices
from backend.protocols import verbs as protocols
from backend.protocols.machines import CORRECTION, WITHDRAW
from backend.protocols.moving import move
from backend.protocols.tables import Protocol
from backend.store.clock import local
from backend.words import numeric_date

WITHOUT: Option = ("Não tenho comprovante", {"answer": "without"})
_WITHOUT = re.compile(
    r"\b(?:nao (?:tenho|achei|encontrei|guardei|peguei|sei onde)|perdi|sem|joguei fora)\b(?: \w+){0,4}"
    r" ?\b(?:comprovante|recibo|mais|nada|papel)\b|\bpaguei (?:em|no) (?:dinheiro|especie|loterica|balcao)\b"
)
_BARE = re.compile(r"(?:sim|s|ok|okay|ta|ta bom|certo|isso|claro|paguei|ja paguei|ja foi pago|esta pago)[ .!]*")
_SAYS_HOW = re.compile(
    r"\b(?:pix|boleto|loterica|banco|caixa|app|aplicativo|cartao|dinheiro|debito|transfer\w+|ted|doc)\b"
    r"|\b(?:hoje|ontem|anteontem|semana|segunda|terca|quarta|quinta|sexta|sabado|domingo)\b|\bdia \d+|\d{1,2}/\d{1,2}"
)


_NOT_PAID = re.compile(
    r"\bnao (?:\w+ )?paguei\b(?! (?:em|no|pelo|com) )|\bainda nao (?:\w+ )?pag\w+|\bainda vou pagar\b"
    r"|\bpensei que (?:eu )?(?:tinha|ja)\b|\b(?:vou|quero|preciso) pagar\b"
    r"|^(?:(?:nao|ops|opa|ah|desculp\w+|perdao)[ ,.]*)*(?:eu )?me enganei[ .!]*$"
)


class ReportPayment(Gathering):
    """From 'já paguei' to the receipt at finance; `state` holds picked (invoice ids), account, without, stage."""

    own: ClassVar[frozenset[str]] = frozenset({"report_payment", "send_document", "ask_debt", "invoice_copy"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {"plan_information", "dispute_charge", "thank", "greet", "complain", "goodbye"}
    )

    def wanted(self, talk: Talk) -> list[str]:
        """The receipt, unless there is none to be had."""
        return [] if talk.state.get("without") else ["receipt"]

    async def prepare(self, talk: Talk) -> None:
        """What the first words say; who may not hear of money hears nothing of it. [rule 3]"""
        person, protocol = await person_of(talk), await _protocol(talk)
        talk.state.pop("chosen_before", None)
        if not hears_of_money(person):
            talk.say("only_holder")
            await self._withdraw(talk, protocol, "Orientação dada: quem responde pelo contrato fala com a gente.")
            return
        if protocol.stage == CORRECTION:
            talk.state.update(correcting=True, stage=PAPERS)
            return
        if await goes_on_where_sent_back(talk, protocol, person):
            return
        said = str(talk.state.get("said") or "")
        if await self._is_at_the_desk(talk, protocol, said):
            return
        unpaid = await open_invoices(talk.session, person.contract_id, reader=person)
        if not unpaid:
            talk.say("payment_nothing_open")
            await self._withdraw(talk, protocol, "Não há mensalidade em aberto.")
            return
        late = [invoice for invoice in unpaid if is_overdue(invoice, local(talk.now).date())]
        talk.state["offered"] = [str(invoice.id) for invoice in late or unpaid]
        if _SAYS_HOW.search(plain(said)):
            talk.state["account"] = said
        if not await self._pick(talk, person, said) and len(talk.state["offered"]) == 1:
            talk.state["picked"] = list(talk.state["offered"])

    @staticmethod
    async def _is_at_the_desk(talk: Talk, protocol: Protocol, said: str) -> bool:
        """Tells how the report stands that finance has; a file or a month's name makes it another one."""
        person = await person_of(talk)
        first = await reported.at_the_desk(talk.session, person.id, but=protocol.id)
        if first is None or talk.state.get("files") or read_wish(said, today=local(talk.now).date()).months:
            return False
        talk.say("payment_already", **{name: text for name, text in how_it_stands(first).items() if name != "waits"})
        await make_way(talk, protocol, first)
        return True

    @staticmethod
    async def _withdraw(talk: Talk, protocol: Protocol, why: str) -> None:
        await move(
            talk.session, protocol=protocol, name=WITHDRAW, reason=why, request_key=f"{talk.message_id}:{WITHDRAW}",
            actor=talk.actor, now=talk.now,
        )  # fmt: skip
        submitted(talk)

    @staticmethod
    async def _pick(talk: Talk, person: Beneficiary, text: str) -> bool:
        """The months that a text names; those that are paid by the ledger are said. False where it names none."""
        wish = read_wish(text, today=local(talk.now).date())
        offered = await sending.load(talk, person, talk.state["offered"])
        chosen = Chosen(offered if wish.overdue == "all" else [])
        if wish.months.months:
            chosen = await choose(talk, person, "slip", wish)
        elif wish.months:
            meant = wish.months.among([invoice.billing_month for invoice in offered])
            chosen = Chosen([invoice for invoice in offered if invoice.billing_month in meant])
        if chosen.settled:
            talk.say("already_paid", months=sending.months_of(chosen.settled))
        if chosen.unknown:
            talk.say("no_such_invoice", months=months_list(chosen.unknown))
        if chosen.picked:
            talk.state["picked"] = [str(invoice.id) for invoice in chosen.picked]
        return bool(chosen.picked or chosen.settled or chosen.unknown)

    # -- answers

    def answered(self, talk: Talk) -> bool:
        """A choice, months, that there is no receipt, or how it was paid."""
        stage, said = talk.state.get("stage"), plain(talk.text)
        if talk.chosen or _WITHOUT.search(said) or _NOT_PAID.search(said):
            return True
        if stage == "months":
            offered = talk.state.get("offered") or []
            wish = read_wish(talk.text, today=local(talk.now).date())
            return bool(wish.months or wish.overdue or options_meant(talk.text, len(offered)))
        return stage == "how" and bool(said) and not _BARE.fullmatch(said)

    def hears_account(self, talk: Talk) -> bool:
        """How it was paid is told in free words."""
        return talk.state.get("stage") == "how"

    async def answer(self, talk: Talk) -> bool:
        """Which months, that there is no receipt, or how it was paid."""
        stage = talk.state.get("stage")
        if not talk.chosen and _NOT_PAID.search(plain(talk.text)):
            await self._withdraw(talk, await _protocol(talk), "Quem avisou disse que ainda não pagou.")
            go_over(talk, "ask_debt", "")
            return True
        if talk.chosen.get("answer") == "without" or (not talk.chosen and _WITHOUT.search(plain(talk.text))):
            talk.state["without"] = True
            if _SAYS_HOW.search(plain(talk.text)) and not talk.chosen:
                talk.state["account"] = talk.text
            return True
        if stage == "months":
            return await self._take_months(talk)
        if stage == "how" and not talk.chosen and self.answered(talk):
            talk.state["account"] = talk.text
            return True
        return False

    async def _take_months(self, talk: Talk) -> bool:
        offered = list(talk.state.get("offered") or ())
        if talk.chosen.get("answer") == "all":
            talk.state["picked"] = offered
        elif talk.chosen.get("item"):
            talk.state["picked"] = [str(talk.chosen["item"])]
        elif numbers := options_meant(talk.text, len(offered)):
            talk.state["picked"] = [offered[number] for number in numbers]
        else:
            return not talk.chosen and await self._pick(talk, await person_of(talk), talk.text)
        return True

    # -- on

    async def advance(self, talk: Talk) -> None:
        """The months, the receipt or how it was paid, and handed in."""
        state = talk.state
        if not state.get("picked") and not state.get("correcting"):
            state["stage"] = "months"
        elif state.get("without") and not state.get("account"):
            state["stage"] = "how"
        else:
            state["stage"] = PAPERS
            if not await self.missing_papers(talk) and await self.all_named(talk):
                await self._submit(talk)

    async def _submit(self, talk: Talk) -> None:
        protocol = await _protocol(talk)
        months = sending.months_of(await self._invoices(talk))
        lines = [f"Meses: {months}." if months else "", f"Relato: {talk.state.get('account') or ''}"]
        lines.append("Sem comprovante." if talk.state.get("without") else "Com comprovante.")
        await protocols.add_entry(
            talk.session, protocol=protocol, step="details", text=" ".join(filter(None, lines)), actor=talk.actor,
            now=talk.now, request_key=f"{talk.message_id}:account",
        )  # fmt: skip
        await move(
            talk.session, protocol=protocol, name="submit", request_key=f"{talk.message_id}:submit", actor=talk.actor,
            now=talk.now,
        )  # fmt: skip
        await self._note_in_list(talk, protocol)
        deadline = numeric_date(local(protocol.due_at).date())
        talk.say("payment_submitted", number=protocol.number, deadline=deadline, days=SETTLED_WITHIN)
        submitted(talk)

    @staticmethod
    async def _note_in_list(talk: Talk, protocol: Protocol) -> None:
        """Who says that he paid is called no more, whether a call began it or not."""
        row = await answers.live_row(talk.session, (await person_of(talk)).contract_id)
        if row is not None:
            await answers.note(
                talk.session, row=row, step="paid", protocol_id=row.protocol_id or protocol.id,
                remarks="diz que já pagou", actor=talk.actor, now=talk.now,
            )  # fmt: skip

    @staticmethod
    async def _invoices(talk: Talk) -> list[Invoice]:
        return await sending.load(talk, await person_of(talk), talk.state.get("picked") or ())

    # -- questions

    async def ask_words(self, talk: Talk) -> None:
        """Which months, or how it was paid."""
        if talk.state.get("stage") == "how":
            talk.say("payment_how")
            return
        person = await person_of(talk)
        offered = await sending.load(talk, person, talk.state["offered"])
        talk.say("payment_which", options=slip_options(talk, person, offered))

    async def _ask_papers(self, talk: Talk) -> None:
        """The receipt, for which months, and what to do without one."""
        talk.state.pop("naming", None)
        months = sending.months_of(await self._invoices(talk))
        options: list[Option] = [
            WITHOUT,
            ("Mando depois", {"answer": LATER}),
            ("Falar com atendente", {"answer": DESK}),
        ]
        if months:
            talk.say("payment_receipt", months=months, options=options)
        else:
            talk.say("payment_receipt_again", options=options)

    def describe(self, talk: Talk) -> str:
        """What was said of it; no amounts."""
        state = talk.state
        lines = ["Diz que já pagou.", str(state.get("account") or "")]
        lines.append("Não tem comprovante." if state.get("without") else "")
        return "\n".join(filter(None, [*lines, f"Disse: {state.get('said') or ''}"]))


async def _protocol(talk: Talk) -> Protocol:
    protocol = await protocol_of(talk)
    if protocol is None:
        raise NotFound(detail="report of a payment without a protocol")
    return protocol

"""The second copy of an invoice, its receipt, or a year's statement. [processes.md, 5; rule 3]"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from actions.invoices import sending
from actions.invoices.choosing import (
    Chosen,
    candidates,
    choose,
    described,
    months_list,
    receipt_options,
    slip_options,
)
from actions.invoices.reading import Wish, income_tax, options_meant, read_wish
from actions.process import Process, done, person_of, said_no, said_yes, to_desk
from actions.talk import Option, Talk
from backend import mail
from backend.beneficiaries import Beneficiary
from backend.contracts import contract_of, hears_of_money
from backend.errors import NotAllowed
from backend.invoices.tables import Invoice
from backend.invoices.verbs import SETTLED_WITHIN, year_statement
from backend.store.clock import local
from backend.words import means_no, means_yes

MOST_RECEIPTS = 6
LAST_MONTH_OF_TAXES = 5  # the declaration is due at the end of May
HERE: Option = ("Mandar por aqui", {"answer": "here"})
DESK: Option = ("Falar com atendente", {"answer": "desk"})
NO: Option = ("Não precisa", {"answer": "no"})


class SecondCopy(Process):
    """From 'meu boleto' to the slip, its line and its PIX; `state` holds paper, picked, only, mail, year, stage."""

    own: ClassVar[frozenset[str]] = frozenset({"invoice_copy", "send_document"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {"report_payment", "ask_debt", "negotiate_debt", "plan_information", "thank", "greet", "complain", "repeat"}
    )

    async def begin(self, talk: Talk) -> None:
        """Takes all that the first message says; who may not hear of money hears nothing of it."""
        person = await person_of(talk)
        if not hears_of_money(person):
            await self._only_holder(talk)
            return
        talk.state["paper"] = "slip"
        said = str(talk.state.get("said") or "")
        await self._wish(talk, person, read_wish(said, today=_today(talk)), said)

    def reads(self, talk: Talk) -> bool:
        """A choice, a yes or no, or words about invoices; 'já paguei' only with its proof, else it is another need."""
        if talk.intent == "report_payment":
            return bool(talk.context.get("attachments"))
        wish = read_wish(talk.text, today=_today(talk), asked=str(talk.state.get("stage")))
        return bool(talk.chosen or wish or means_yes(talk.text) or means_no(talk.text))

    async def take(self, talk: Talk) -> bool:
        """A choice, an answer, or a change of mind, at any step."""
        person = await person_of(talk)
        try:
            return await self._taken(talk, person)
        except NotAllowed:  # somebody else than the one who was asked
            await self._only_holder(talk)
            return True

    async def _taken(self, talk: Talk, person: Beneficiary) -> bool:
        stage = str(talk.state.get("stage"))
        wish = read_wish(talk.text, today=_today(talk), asked=stage)
        if talk.chosen and not wish.months.exactly and not wish.months.last and not wish.months.first:
            return await self._chosen(talk, person)
        if talk.context.get("attachments") and (talk.intent in {"send_document", "report_payment"} or not wish):
            talk.state["stage"] = "reported"
            return True
        offered = talk.state.get("offered") or [] if talk.state["paper"] == "slip" else []
        if numbers := options_meant(talk.text, len(offered)):
            talk.state["picked"] = [offered[number] for number in numbers]
            return await self._advance(talk, person)
        if await self._answered(talk, person, stage, wish):
            return True
        return bool(wish) and await self._wish(talk, person, wish, talk.text)

    async def _chosen(self, talk: Talk, person: Beneficiary) -> bool:
        chosen = talk.chosen
        if "item" in chosen:
            talk.state["picked"] = [str(chosen["item"])]
        elif "subject" in chosen:
            talk.state["year"] = int(chosen["subject"])
        elif chosen.get("answer") == "all":
            talk.state["picked"] = list(talk.state.get("offered") or ())
        elif chosen.get("answer") in {"receipt", "statement"}:
            return await self._wish(talk, person, Wish(paper=chosen["answer"]), "")
        elif chosen.get("answer") == "here":
            talk.state["mail"] = ""
        elif chosen.get("answer") == "register":
            talk.state["mail"] = "asked"
        elif chosen.get("answer") == "other":
            talk.state["mail"] = "other"
        elif chosen.get("answer") == "desk":
            to_desk(talk, reason="asked")
            return True
        else:
            return await self._answered(talk, person, str(talk.state.get("stage")), Wish())
        return await self._advance(talk, person)

    async def _answered(self, talk: Talk, person: Beneficiary, stage: str, wish: Wish) -> bool:
        """A yes or a no to the present question; False where the message is something else."""
        yes = said_yes(talk) or (not talk.chosen and means_yes(talk.text))
        no = said_no(talk) or (not talk.chosen and means_no(talk.text))
        state, offered = talk.state, talk.state.get("offered") or []
        if stage == "reported" and (yes or no):
            return await self._reported(talk, person, yes=yes)
        if stage == "paid" and (yes or wish.paper == "receipt") and not wish.months:
            state.update(paper="receipt", picked=state.get("settled") or [])
        elif stage == "mail" and not no and (yes or (wish.mail and not wish.address)):
            state["mail"] = "confirmed"
        elif stage == "mail" and no and not wish:
            state["mail"] = "other"
        elif stage == "which" and yes and not wish and len(offered) == 1:
            state["picked"] = list(offered)
        elif no and not wish:
            talk.say("nothing_sent")
            done(talk)
            return True
        else:
            return False
        return await self._advance(talk, person)

    async def _reported(self, talk: Talk, person: Beneficiary, *, yes: bool) -> bool:
        if yes:
            to_desk(talk, reason="payment_reported")
            return True
        return await self._advance(talk, person)

    # -- what is wanted

    async def _wish(self, talk: Talk, person: Beneficiary, wish: Wish, text: str) -> bool:
        """Takes what was read: what is newer replaces what it contradicts. Always True."""
        state = talk.state
        if wish.paper and wish.paper != state["paper"]:
            state.update(paper=wish.paper, picked=[])
        if wish.paper == "slip":
            state["only"] = wish.only
        if wish.year:
            state["year"] = wish.year
        elif wish.paper == "statement" and income_tax(text) and _today(talk).month <= LAST_MONTH_OF_TAXES:
            state["year"] = _today(talk).year - 1
        if wish.here:
            state["mail"] = ""
        if wish.mail:
            same = wish.address == person.email.lower()
            state["mail"] = "confirmed" if wish.address and same else "other" if wish.address else "asked"
        if state["paper"] != "statement":
            await self._pick(talk, person, wish)
        return await self._advance(talk, person)

    async def _pick(self, talk: Talk, person: Beneficiary, wish: Wish) -> None:
        state = talk.state
        if state["paper"] == "receipt" and wish.months.everything:
            self._rather_statement(talk)
            return
        if state.get("picked") and not (wish.months or wish.overdue):
            return
        chosen = await choose(talk, person, state["paper"], wish)
        state["picked"] = [str(invoice.id) for invoice in chosen.picked]
        if len(chosen.picked) > MOST_RECEIPTS and state["paper"] == "receipt":
            self._rather_statement(talk)
            return
        self._say_what_is_not(talk, chosen)

    @staticmethod
    def _rather_statement(talk: Talk) -> None:
        talk.say("many_receipts")
        talk.state.update(paper="statement", picked=[])

    @staticmethod
    def _say_what_is_not(talk: Talk, chosen: Chosen) -> None:
        """Months that were asked for and cannot be had: paid ones are offered as receipts where nothing else is."""
        settled, slip = [invoice.billing_month for invoice in chosen.settled], talk.state["paper"] == "slip"
        talk.state["settled"] = [str(invoice.id) for invoice in chosen.settled] if slip and not chosen.picked else []
        if settled and slip and chosen.picked:
            talk.say("already_paid", months=months_list(settled))
        elif settled and not slip:
            talk.say("not_paid_yet", months=months_list(settled), days=SETTLED_WITHIN)
        if chosen.unknown:
            talk.say("no_such_invoice", months=months_list(chosen.unknown))

    # -- what is next

    async def _advance(self, talk: Talk, person: Beneficiary) -> bool:
        """The next question, or what was asked for. Always True."""
        state = talk.state
        if state["paper"] == "statement":
            if not await self._year_is_good(talk, person):
                state["stage"] = "year"
                return True
        elif not state.get("picked"):
            await self._offer(talk, person)
            return True
        if state.get("mail") and state["mail"] != "confirmed":
            state["stage"] = "mail" if person.email and state["mail"] == "asked" else "no_mail"
            return True
        await self._send(talk, person)
        return True

    @staticmethod
    async def _year_is_good(talk: Talk, person: Beneficiary) -> bool:
        year = talk.state.get("year")
        if not year:
            return False
        contract = await contract_of(talk.session, person)
        statement = await year_statement(talk.session, contract=contract, year=year, reader=person, now=talk.now)
        if not statement.payments:
            talk.say("no_payments_in_year", year=year)
            talk.state["year"] = None
        return bool(statement.payments)

    @staticmethod
    async def _offer(talk: Talk, person: Beneficiary) -> None:
        """What may be chosen; where there is nothing, what else there is."""
        state = talk.state
        if state["paper"] == "slip" and state.get("settled"):
            state.update(stage="paid", offered=[])
            return
        listed = await candidates(talk, person, state["paper"])
        state["offered"] = [str(invoice.id) for invoice in listed]
        if listed:
            state["stage"] = "which"
        elif state["paper"] == "slip":
            state["stage"] = "none"
        else:
            talk.say("no_receipts")
            done(talk)

    async def _send(self, talk: Talk, person: Beneficiary) -> None:
        by_mail = talk.state.get("mail") == "confirmed"
        if talk.state["paper"] == "statement":
            send_statement = sending.mail_statement if by_mail else sending.send_statement
            await send_statement(talk, person, talk.state["year"])
            done(talk)
            return
        invoices = await sending.load(talk, person, talk.state["picked"])
        if talk.state["paper"] == "receipt":
            await (sending.mail_receipts if by_mail else sending.send_receipts)(talk, person, invoices)
            done(talk)
            return
        await self._send_slips(talk, person, invoices, by_mail=by_mail)

    async def _send_slips(self, talk: Talk, person: Beneficiary, invoices: list[Invoice], *, by_mail: bool) -> None:
        issued = await sending.issue(talk, person, invoices)
        if by_mail:
            await sending.mail_slips(talk, person, issued)
        else:
            await sending.send_slips(talk, person, issued, only=str(talk.state.get("only") or ""))
        for problem in issued.gone:
            talk.say("invoice_gone", problem=problem)
        if issued.withheld:
            talk.state["withheld"] = [f"{month}: {reason}" for month, reason in issued.withheld]
            talk.say("slip_withheld", months=" e ".join(month for month, _ in issued.withheld))
            to_desk(talk, reason="slip_withheld")
        elif issued.slips:
            done(talk)
        else:  # all of it was paid meanwhile
            talk.state["picked"] = []
            await self._offer(talk, person)

    @staticmethod
    async def _only_holder(talk: Talk) -> None:
        """Rule 3: that the holder should get in touch, and not a word more."""
        talk.say("only_holder")
        await sending.note(talk, "holder_asked_to_call")
        done(talk)

    def describe(self, talk: Talk) -> str:
        """What was wanted and what the person wrote first; no amounts."""
        state = talk.state
        papers = {"slip": "Segunda via", "receipt": "Recibo", "statement": "Demonstrativo de pagamentos"}
        lines = [papers.get(str(state.get("paper")), "Segunda via")]
        if state.get("year"):
            lines[0] += f" de {state['year']}"
        if state.get("mail"):
            lines[0] += ", por e-mail"
        if state.get("stage") == "reported":
            lines.append("Mandou um arquivo como comprovante de pagamento.")
        lines += [f"Boleto retido: {withheld}" for withheld in state.get("withheld") or ()]
        return "\n".join([*lines, f"Disse: {state.get('said') or ''}"])

    # -- questions

    async def ask(self, talk: Talk) -> None:
        """The question of the present stage."""
        person, stage = await person_of(talk), talk.state.get("stage")
        if stage == "which":
            await self._ask_which(talk, person)
        elif stage == "paid":
            invoices = await sending.load(talk, person, talk.state["settled"])
            yes = ("Sim, quero o recibo", {"answer": "yes"})
            talk.say("ask_receipt_instead", months=sending.months_of(invoices), options=[yes, NO])
        elif stage == "year":
            this = _today(talk).year
            years: list[Option] = [(str(year), {"subject": str(year)}) for year in (this, this - 1)]
            talk.say("ask_statement_year", options=years)
        elif stage == "mail":
            yes, other = ("Sim, pode mandar", {"answer": "yes"}), ("É outro e-mail", {"answer": "other"})
            talk.say("ask_mail", address=mail.masked(person.email), options=[yes, other, HERE])
        elif stage == "no_mail":
            self._ask_without_mail(talk, person)
        elif stage == "reported":
            yes = ("Sim, quero", {"answer": "yes"})
            talk.say("payment_reported", days=SETTLED_WITHIN, options=[yes, NO])
        else:
            options: list[Option] = [("Recibo", {"answer": "receipt"}), ("Demonstrativo", {"answer": "statement"}), NO]
            talk.say("nothing_open", options=options)

    @staticmethod
    async def _ask_which(talk: Talk, person: Beneficiary) -> None:
        invoices = await sending.load(talk, person, talk.state["offered"])
        if talk.state["paper"] == "receipt":
            talk.say("ask_which_receipt", options=receipt_options(invoices))
        elif len(invoices) == 1:
            yes = ("Sim, é essa", {"answer": "yes"})
            talk.say("ask_this_invoice", invoice=described(talk, person, invoices[0]), options=[yes, NO])
        else:
            talk.say("ask_which_invoice", options=slip_options(talk, person, invoices))

    @staticmethod
    def _ask_without_mail(talk: Talk, person: Beneficiary) -> None:
        if person.email:
            registered = (f"Usar {mail.masked(person.email)}", {"answer": "register"})
            talk.say("only_registered_mail", options=[registered, HERE, DESK])
        else:
            talk.say("no_registered_mail", options=[HERE, DESK])


def _today(talk: Talk) -> date:
    return local(talk.now).date()

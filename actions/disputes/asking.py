"""The questions of a dispute, one a message."""

from __future__ import annotations

from textwrap import shorten

from actions.disputes.which import line_of, months_to_choose, offered, shown
from actions.talk import Option, Talk
from backend import mail
from backend.beneficiaries import Beneficiary
from backend.money import billing_month, reais

NONE, OTHER_MONTH, UNSURE, NO_SLIP = "none", "other_month", "unsure", "no_slip"
DESK: Option = ("Falar com atendente", {"answer": "desk"})
MOST_OF_CLAIM = 500  # letters that are shown back: all of it is kept
_CLAIMS = ("Não fiz esse procedimento", "Cobraram mais de uma vez", "O valor está errado")
_CLAIMS_OF_FEE = ("O valor está errado", "Cobraram mais de uma vez")


async def ask_month(talk: Talk, person: Beneficiary) -> None:
    """Of which month the charge is: the newest, or another in words."""
    months = await months_to_choose(talk, person)
    options: list[Option] = [(billing_month(month), {"month": month.isoformat()}) for month in months]
    talk.say("dispute_month", options=[*options, ("Não sei o mês", {"answer": UNSURE})])


def ask_which(talk: Talk) -> None:
    """Which line: what is no plain fee first."""
    options: list[Option] = [(shown(line), {"item": str(line.item_id)}) for line in offered(talk)]
    ways_out: list[Option] = [("É de outro mês", {"answer": OTHER_MONTH}), ("Nenhuma dessas", {"answer": NONE})]
    talk.say("dispute_which", options=[*options, *ways_out])


def ask_slip(talk: Talk) -> None:
    """The slip's photograph or number, where we do not find the charge by ourselves."""
    talk.say("dispute_slip", options=[("Não tenho o boleto", {"answer": NO_SLIP}), DESK])


def ask_claim(talk: Talk) -> None:
    """What is wrong with it, in the person's words."""
    line = line_of(talk)
    assert line is not None
    claims = _CLAIMS_OF_FEE if line.is_fee else _CLAIMS
    options: list[Option] = [(claim, {"claim": claim}) for claim in claims]
    talk.say("dispute_claim", charge=line.description, month=billing_month(line.billing_month), options=options)


def ask_how(talk: Talk, person: Beneficiary) -> None:
    """Where the answer should come: here, or to the registered address."""
    here, there = ("Por aqui", {"answer": "chat"}), ("Por e-mail", {"answer": "mail"})
    talk.say("dispute_how", address=mail.masked(person.email), options=[here, there])


def ask_confirm(talk: Talk, person: Beneficiary) -> None:
    """All of it once more, before it leaves."""
    line, by_mail = line_of(talk), talk.state.get("by") == "mail"
    assert line is not None
    claim = shorten(str(talk.state["claim"]), MOST_OF_CLAIM, placeholder="…")
    options: list[Option] = [
        ("Sim, pode enviar", {"answer": "yes"}), ("Mudar a cobrança", {"answer": "line"}),
        ("Mudar o motivo", {"answer": "claim"}),
    ]  # fmt: skip
    talk.say(
        "dispute_confirm_by_mail" if by_mail else "dispute_confirm", month=billing_month(line.billing_month),
        charge=line.description, amount=reais(line.amount), claim=claim,
        address=mail.masked(person.email) if by_mail else "", options=options,
    )  # fmt: skip


def ask_change(talk: Talk) -> None:
    """What of it is not right."""
    options: list[Option] = [
        ("A cobrança", {"answer": "line"}), ("O motivo", {"answer": "claim"}), ("Onde recebo", {"answer": "how"}),
    ]  # fmt: skip
    talk.say("dispute_change", options=options)

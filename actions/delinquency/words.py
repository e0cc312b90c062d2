"""How arrears are told, and what people answer to 'how would you like to settle?'. Pure. [processes.md 6]"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from backend.delinquency.position import Owed, Position
from backend.identifiers import plain
from backend.money import billing_month, reais
from backend.words import numeric_date

Way = Literal["pix", "slip", "negotiate", "paid", "dispute", "done", ""]

# Days are told only of a fee that is less than a month late; the others are counted as fees. [seed 004]
DAYS_TOLD_BELOW = 30
_WAYS: tuple[tuple[Way, re.Pattern[str]], ...] = (
    ("negotiate", re.compile(
        r"\b(?:re)?negoci\w+|\bacord[ao]\b|\bparcel\w+|\bdividir\b|\bdivid[eo]\b|\bdescont(?:o|inho|ar)\b"
        r"|\bem \d+ ?(?:x|vezes)\b|\b\d+ ?x\b|\bentrada\b|\b(?:sem|nao tenho) condic\w+|\bmelhorar? (?:o )?valor\b"
        r"|\bnao (?:consigo|posso|tenho como|tenho dinheiro|da)(?: \w+){0,2} pagar\b|\bprazo maior\b"
    )),
    ("pix", re.compile(r"\bpix\b|\bpics\b|\bqr ?code\b|\bcopia e cola\b|\bchave\b")),
    ("slip", re.compile(
        r"\bboletos?\b|\bboleta\b|\b(?:2a?|segunda) via\b|\bcodigos? de barras?\b|\blinha digitavel\b|\bcarne\b"
        r"|\bfaturas?\b"
    )),
    ("dispute", re.compile(r"\bcontest\w+\b|\bnao (?:reconheco|concordo|devo)\b|\bcobranca (?:errada|indevida)\b")),
)  # fmt: skip
_NOTHING_NOW = re.compile(
    r"(?:nao|nada|nenhum[ao]?|agora nao|depois|depois (?:eu )?(?:vejo|pago|resolvo|falo)|mais tarde|outra hora|amanha"
    r"|so isso|era so isso|por enquanto nao|nao precisa|deixa(?: pra la| quieto)?|vou ver|vou pensar"
    r"|(?:eu )?(?:ja |vou )?(?:pago|pagar|resolvo|resolver|vejo) (?:depois|amanha|na sexta|dia \d+|semana que vem|aqui)"
    r"|so queria saber|so pra saber|entendi|ok|ta bom|ta|certo|obrigad[oa]|valeu|tudo bem)"
    r"(?:[ ,.!]+(?:obrigad[oa]|valeu|por enquanto|agora|moca|moco|depois eu vejo|isso|com calma))*"
)


# How much, in how many parts, or from when: an amount or a number beside what he can do.
_OFFER = re.compile(
    r"\b(?:posso|consigo|da (?:pra|para)|dou|pago|pagaria|tenho|aceita\w*|divid\w+|parcel\w+)\b[^?]{0,25}?"
    r"(?:\bem )?\b\d[\d.,]* ?(?:x|vezes|parcelas|reais|conto|pila|por mes|ao mes|mensais|todo mes|agora|de entrada)\b"
    r"|\b\d{1,2} ?x de \d|\b\d[\d.,]* (?:reais )?(?:por|ao|todo) mes\b|\bmetade (?:agora|hoje|dia \d+)\b"
)


def way_in(text: str) -> Way:
    """Which way to settle a text names; 'done' where nothing is wanted now. Pure."""
    said = plain(text).strip(" .!,")
    found = next((way for way, pattern in _WAYS if pattern.search(said)), "")
    if not found and _NOTHING_NOW.fullmatch(said):
        return "done"
    return found  # type: ignore[return-value]  # of a table of ways


def offers(text: str) -> bool:
    """Whether a text says already what somebody can pay: 'posso dar 200 por mês', 'em 3x', 'só dia 5'. Pure."""
    return bool(_OFFER.search(plain(text)))


def fees_counted(count: int) -> str:
    """'1 mensalidade', '3 mensalidades'. Pure."""
    return f"{count} mensalidade" if count == 1 else f"{count} mensalidades"


def listed(owed: Sequence[Owed], on: date) -> str:
    """A line for each unpaid fee: billing month, due date, amount, what it costs today, and days where they are told.

    Amounts in reais. Pure.
    """
    return "\n".join(_line(one, on) for one in owed)


def _line(owed: Owed, on: date) -> str:
    invoice, late = owed.invoice, owed.fee.days_late(on)
    line = f"• *{billing_month(invoice.billing_month)}*: {reais(invoice.amount)}, venceu em "
    line += numeric_date(invoice.due_on)
    if late < DAYS_TOLD_BELOW:
        line += f", há {late} dia" if late == 1 else f", há {late} dias"
    return f"{line}. Valor de hoje: {reais(owed.amounts.total)}"


def summary(position: Position) -> str:
    """The position in a line, for whoever takes over; amounts in reais. Pure."""
    months = ", ".join(billing_month(owed.invoice.billing_month) for owed in position.owed)
    counted = fees_counted(len(position.owed))
    return f"{counted} em atraso ({months}), total {reais(position.total)} em {numeric_date(position.on)}."

"""What somebody wants of his invoices, read from his words. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from backend.identifiers import plain, without_long_numbers
from backend.identity.birth_date import without_birth_date
from backend.money import MonthsAsked, read_billing_months, read_year

Paper = Literal["", "slip", "receipt", "statement"]
Only = Literal["", "pix", "line"]

_NO_MONTHS = MonthsAsked()
_STATEMENT = re.compile(
    r"\b(?:demonstrativo|informe|imposto|irpf?|declaracao|extrato|quitacao anual"
    r"|(?:tudo|quanto) (?:o )?que (?:eu )?paguei)\b"
)
_INCOME_TAX = re.compile(r"\b(?:imposto|irpf?|declaracao)\b")
_RECEIPT = re.compile(r"\b(?:recibos?|comprovantes?|quitacao)\b")
# 'segue o comprovante': it is brought, not asked for.
_BROUGHT = re.compile(r"\b(?:segue|anexo|anexei|enviei|mandei|(?:to|estou) (?:mandando|enviando)|ai esta|ta ai|toma)\b")
_SLIP = re.compile(r"\b(?:boletos?|2a? via|segunda via|faturas?|carne|titulos?)\b")
_PIX = re.compile(r"\b(?:pix|qr ?code|qr|copia e cola|copiar e colar)\b")
_LINE = re.compile(
    r"\b(?:cod(?:igo)?s? de barras?|linha digitavel|numeros? do boleto"
    r"|(?:so|somente|apenas) os? (?:codigo|numeros?))\b"
)
_WHOLE_PAPER = re.compile(r"\b(?:pdf|boletos?|faturas?|carne|papel|completo|tudo)\b")
_ONLY = re.compile(r"\b(?:so|somente|apenas)\b")
_MAIL = re.compile(
    r"\b(?:por|no|pro|p|para|pra|via|pelo|ao|em)\s+(?:(?:o|meu|seu)\s+){0,2}"
    r"(?:e ?-? ?mail|endereco eletronico)\b"
)
_BARE_MAIL = re.compile(r"\be ?-? ?mail\b")
# An e-mail that is talked about, not asked for: 'não chegou no e-mail', 'sempre vem pelo e-mail'.
_TOLD_OF_MAIL = re.compile(
    r"\b(?:chegou|chega(?:va)?|veio|vem|vinha|recebi|apaguei|perdi|troquei|trocou|antigo|sempre)\b"
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_HERE = re.compile(r"\b(?:aqui|whats ?app|whats|zap|chat)\b")
_OVERDUE = re.compile(r"\b(?:vencid[oa]s?|atrasad[oa]s?|venceu|venceram|em atraso)\b")
_SEVERAL_OVERDUE = re.compile(r"\b(?:vencid[oa]s|atrasad[oa]s|venceram)\b")
_NUMBERS_OF_OPTIONS = re.compile(r"(?:(?:opc(?:ao|oes)|o|a|os|as) )?\d(?:(?: ?, ?| ?e ?| )\d)+")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a message says about invoices. `overdue` is 'one' or 'all' where only what is late is meant.

    `address` is an e-mail address that the person wrote; `here` that it should come in the conversation.
    """

    paper: Paper = ""
    months: MonthsAsked = _NO_MONTHS
    overdue: Literal["", "one", "all"] = ""
    only: Only = ""
    mail: bool = False
    address: str = ""
    here: bool = False
    year: int | None = None

    def __bool__(self) -> bool:
        return self != Wish()


def read_wish(text: str, *, today: date, asked: str = "") -> Wish:
    """What a text wants; `asked` is the stage of the question that it answers ('mail', 'year').

    Facts about the person are no months: a date of birth in the same message is left out.
    """
    said = without_facts(text, today)
    words = plain(said)
    paper = _paper(words)
    address = _ADDRESS.search(said)
    mail = bool(address) or _wants_mail(words, asked)
    wish = Wish(
        paper=paper, months=read_billing_months(_ADDRESS.sub(" ", said), today=today), overdue=_overdue(words),
        only=_only(words), mail=mail, address=address.group().lower() if address else "",
        here=bool(_HERE.search(words)) and not mail,
    )  # fmt: skip
    return replace(wish, year=_year(words, today, asked=asked, paper=paper))


def without_facts(text: str, today: date) -> str:
    """A text without the numbers and the date of birth that say who writes, whatever their form."""
    return without_birth_date(without_long_numbers(text), today)


def income_tax(text: str) -> bool:
    """Whether a statement is for the income tax, which is always that of the year before."""
    return bool(_INCOME_TAX.search(plain(text)))


def options_meant(text: str, count: int) -> tuple[int, ...]:
    """Several options by their numbers: '1 e 3', '1, 2'; places from 0, empty where the text is anything else."""
    words = plain(text).strip(" .!")
    if not _NUMBERS_OF_OPTIONS.fullmatch(words):
        return ()
    numbers = sorted({int(digit) for digit in re.findall(r"\d", words)})
    return tuple(number - 1 for number in numbers) if numbers[0] >= 1 and numbers[-1] <= count else ()


def _paper(words: str) -> Paper:
    if _STATEMENT.search(words):
        return "statement"
    if _RECEIPT.search(words) and not _BROUGHT.search(words):
        return "receipt"
    return "slip" if _SLIP.search(words) or _PIX.search(words) or _LINE.search(words) else ""


def _only(words: str) -> Only:
    if _ONLY.search(words):
        return "pix" if _PIX.search(words) else "line" if _LINE.search(words) else ""
    if _WHOLE_PAPER.search(words) and not _LINE.search(words):
        return ""
    return "pix" if _PIX.search(words) else "line" if _LINE.search(words) else ""


def _wants_mail(words: str, asked: str) -> bool:
    if asked == "mail":
        return bool(_BARE_MAIL.search(words))
    return bool(_MAIL.search(words)) and not _TOLD_OF_MAIL.search(words)


def _overdue(words: str) -> Literal["", "one", "all"]:
    if _SEVERAL_OVERDUE.search(words):
        return "all"
    return "one" if _OVERDUE.search(words) else ""


def _year(words: str, today: date, *, asked: str, paper: Paper) -> int | None:
    if asked != "year" and paper != "statement":
        return None
    short = re.fullmatch(r"(?:o |de |do )?(\d{2})", words.strip(" .!"))
    return 2000 + int(short.group(1)) if short else read_year(words, today=today)

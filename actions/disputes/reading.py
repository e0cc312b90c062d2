"""What a message says of a charge that somebody disputes: which, what is wrong, how he wants to hear. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from actions.invoices.reading import without_facts
from backend.amounts import read_amounts
from backend.disputes.charges import Charged
from backend.errors import InvalidInput
from backend.identifiers import plain
from backend.invoices.slip import BankAccount, BarCode
from backend.money import read_billing_months
from backend.procedures.words import understand, unmatched
from backend.settings import settings
from backend.words import is_only_emoji, means_no, means_yes

Discount = Literal["", "current", "future"]
AnswerBy = Literal["", "chat", "mail"]

SHORTEST_CLAIM = 4  # letters
MOST_WORDS_OF_AN_ANSWER = 7
# What is wrong, in any of the ways in which people say it; 'contestar cobrança' alone says nothing of it.
_WRONG = re.compile(
    r"\b(?:nunca|jamais|desconhec\w*|duplic\w*|dobr(?:o|ad[oa])|maior|(?:a|pra|para) mais|mais alt[oa]"
    r"|acima|divergen?\w*|aument(?:ou|aram|o)|subiu|falt(?:ei|ou)|cancel(?:ei|ad[oa])|desmarquei"
    r"|repetid[oa]s?|mesm[oa] (?:exame|consulta|valor|coisa)|ja (?:paguei|tinha pag\w+)|roub\w*|absurd\w*"
    r"|(?:nao|n|num|ñ) (?:\w+ )?(?:fiz|fez|fizeram|fui|usei|tive|reconhec\w*|autorizei|concord\w*|e (?:meu|minha)|era"
    r"|pedi|realizei|bate\w*|existe|existiu|foi|fizemos|houve|confere|devia\w*|deveria\w*|combin\w+|faz|faco|compareci|entendi"
    r"|solicitei|recebi|passei|peguei|tomei)"
    r"|(?:[2-9]|duas|tres|varias|mais de uma) ?(?:x|vez(?:es)?|cobrancas)"
    r"|que (?:eu )?(?:nao|n) |sem (?:eu|meu|a minha|ter|me)|outra pessoa|nem (?:fui|fiz|sei|moro))\b"
)
# Says something only beside what should have been: 'cobrança errada' alone is the wish to dispute.
_VAGUE = re.compile(r"\b(?:errad[oa]s?|estranh\w*|incorret\w*|indevid[oa]s?)\b")
_WORDS_OF_A_STORY = 10
_CURRENT = re.compile(
    r"\b(?:(?:n|d)?(?:est[ea]|ess[ea]) (?:fatura|mes|boleto)|atual|tesouraria|agora|(?:ja )?(?:n|d)esta|(?:n|d)essa"
    r"|pessoalmente|presencial\w*|ir (?:ai|la)|primeir[oa])\b"
)
_FUTURE = re.compile(
    r"\b(?:proxim[oa]s?|futur[oa]s?|seguintes?|que vem|depois|outr[oa]s? (?:fatura|boleto)s?|segund[oa])\b"
)
_DISCOUNT = re.compile(r"\b(?:descont\w+|abat\w+|credit\w+|estorn\w+|devol\w+|reembols\w+)\b")
_NONE = re.compile(
    r"\b(?:nenhum[a]?|nao (?:e|esta|ta|tem) (?:ness[ae]|aqui|ai|na lista)|outr[ao]s?(?: cobrancas?| itens?| item)?"
    r"|nao (?:achei|encontrei|aparece)|nada disso|nao (?:e|eh) (?:ess[ea]|est[ea]|nada))\b"
)
_UNSURE = re.compile(r"\b(?:nao (?:sei|lembro|me lembro|recordo)|sei nao|n sei|nem sei|esqueci|tanto faz|qualquer)\b")
_SLIP_LINE = re.compile(r"(?<!\d)\d(?:[ .\-]{0,2}\d){46}(?!\d)")
_TWICE = re.compile(r"\b(?:duas vezes|2 ?x|2 vezes|duplic\w*|dobr(?:o|ad[oa])|repetid[oa]s?)\b")
_BY_MAIL = re.compile(r"\be ?-? ?mails?\b")
_HERE = re.compile(r"\b(?:aqui|w(?:h?ats|pp)\w*|zap\w*|chat|conversa)\b")
_OF_LINE = re.compile(r"\b(?:cobranca|item|fatura|mes|procedimento|exame|valor)\b")
_OF_CLAIM = re.compile(r"\b(?:motivo|texto|explicacao|o que (?:eu )?(?:escrevi|disse))\b")
_ANSWER_BY_MAIL = re.compile(
    r"\b(?:respond\w*|respost\w*|mand\w+|envi\w+|retorn\w*|avis\w+|receb\w+) (?:\w+ ){0,4}e ?-? ?mails?\b"
)
_LONG_WORD = re.compile(r"[a-z]{4,}")
_NO_NAME = frozenset({"procedimento", "procedimentos", "para", "pela", "pelo", "com"})
_SHORTEST = 3  # letters of a word of a description that says which one it is


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says: billing months, amounts in reais, our own number on a slip; how to answer."""

    months: tuple[date, ...] = ()
    amounts: tuple[Decimal, ...] = ()
    invoice_number: int | None = None
    answer_by: AnswerBy = ""


def read_said(text: str, *, today: date) -> Said:
    """Months, amounts, the slip's number and the way of the answer, without the facts that say who writes."""
    number = slip_number(text)
    said = without_facts(_SLIP_LINE.sub(" ", text), today)
    by: AnswerBy = "mail" if _ANSWER_BY_MAIL.search(plain(said)) else ""
    return Said(read_billing_months(said, today=today).months, read_amounts(said), number, by)


def claim_in(text: str, *, today: date) -> str:
    """The person's words where they say what is wrong with a charge, without facts that say who writes; or empty."""
    said = own_words(text, today=today)
    words = plain(said)
    told = bool(read_amounts(said)) or len(words.split()) >= _WORDS_OF_A_STORY
    return said if _WRONG.search(words) or (told and _VAGUE.search(words)) else ""


def own_words(text: str, *, today: date) -> str:
    """A text word for word, but for the numbers and dates that say who writes, and a slip's line."""
    return " ".join(without_facts(_SLIP_LINE.sub(" ", text), today).split()).strip(" ,;")


def slip_number(text: str) -> int | None:
    """Our own number on a slip of ours whose digitable line was typed; None for any other slip, or a wrong digit."""
    found = _SLIP_LINE.search(text)
    if found is None:
        return None
    try:
        free = BarCode.from_line(found.group()).free_field
    except InvalidInput:
        return None
    config = settings()
    own = BankAccount(config.slip_bank, config.slip_agency, config.slip_account)
    number = int(free[14:24])
    return number if number and own.free_field(number) == free else None


def meant(text: str, listed: Sequence[Charged], said: Said) -> list[Charged]:
    """The lines that a message means, by the amount or by words of their descriptions; empty where it names none.

    Of two alike, where one is said to be too many, the second.
    """
    by_amount = [one for one in listed if one.amount in said.amounts]
    by_words = _by_words(text, listed)
    both = [one for one in by_words if one in by_amount]
    found = both or by_amount or by_words
    alike = {(one.description, one.amount, one.billing_month) for one in found}
    if len(found) > 1 and len(alike) == 1 and _TWICE.search(plain(text)):
        return found[-1:]
    return found


def _by_words(text: str, listed: Sequence[Charged]) -> list[Charged]:
    """The lines of whose description most words were said, in any form; forgiving typos and synonyms."""
    wanted = understand(text).words
    spoken = " ".join((*wanted, plain(text)))
    scores = {one.item_id: _said_of(one.description, spoken) for one in listed}
    best = max(scores.values(), default=(0, 0))
    return [one for one in listed if best[0] and scores[one.item_id] == best]


def _said_of(description: str, spoken: str) -> tuple[int, int]:
    """How many of a description's own words were said, and of all of them."""
    words = set(_own_words(description))
    said = words - set(unmatched(words, [spoken]))
    return len(said - _NO_NAME), len(said)


def _own_words(description: str) -> Iterable[str]:
    return (word for word in re.findall(r"[a-z0-9]+", plain(description)) if len(word) > _SHORTEST)


def names_procedure(text: str) -> bool:
    """Whether a text names a procedure that people know: 'tomografia', 'hemograma'."""
    return any(understand(word).likely for word in _LONG_WORD.findall(plain(text)))


def discount_in(text: str) -> Discount:
    """How what was charged wrongly should come back: on the present invoice, on later ones; empty without an answer."""
    words = plain(text)
    future, current = _FUTURE.search(words), _CURRENT.search(words)
    if bool(future) == bool(current):
        return ""
    return "future" if future else "current"


def is_about_discount(text: str) -> bool:
    """Whether a message says itself that it is about a discount: 'quero descontar na próxima fatura'."""
    return bool(_DISCOUNT.search(plain(text)))


def says_none(text: str) -> bool:
    """Whether what was offered is not it: 'nenhuma dessas', 'não achei'."""
    return bool(_NONE.search(plain(text)))


def is_unsure(text: str) -> bool:
    """'Não sei', 'não lembro'."""
    return bool(_UNSURE.search(plain(text)))


def is_claim(text: str) -> bool:
    """Whether a text can be what is wrong with a charge: any words but a bare yes, no, or 'não sei'. Pure."""
    words = plain(text)
    if is_only_emoji(text) or len(words) < SHORTEST_CLAIM:
        return False
    bare = len(words.split()) == 1 and bool(means_yes(text) or means_no(text))
    return not bare and not words.endswith("?") and not (is_short(text) and is_unsure(text))


def way_in(text: str) -> str:
    """'mail' or 'chat' where a text chooses one. Pure."""
    words = plain(text)
    if _BY_MAIL.search(words) and not _HERE.search(words):
        return "mail"
    here = _HERE.search(words) or is_unsure(text)
    return "chat" if here and not _BY_MAIL.search(words) else ""


def change_in(text: str) -> str:
    """What a text wants changed: the charge ('line'), what is wrong ('claim'), where to hear ('how'). Pure."""
    words = plain(text)
    if means_yes(text):
        return ""
    if _OF_CLAIM.search(words):
        return "claim"
    if way_in(text):
        return "how"
    return "line" if _OF_LINE.search(words) else ""


def is_short(text: str) -> bool:
    """Whether a message is no longer than an answer to a question. Pure."""
    return len(plain(text).split()) <= MOST_WORDS_OF_AN_ANSWER

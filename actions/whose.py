"""Of whom something is asked, once it is known who asks: himself, a minor whom he answers for, somebody else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.scheduling.whom import Whom, read_whom
from actions.talk import Talk
from backend import beneficiaries
from backend.beneficiaries import Beneficiary, may_act_for
from backend.identifiers import plain
from backend.store.clock import local

_CPF = re.compile(r"(?<!\d)\d{3}[. ]?\d{3}[. ]?\d{3}[- ]?\d{2}(?!\d)")
_DATE = re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?!\d)")
_ABOUT_FACTS = re.compile(
    r"\b(?:cpf|nasci(?:d[ao])?(?: em)?|(?:data de )?nascimento|meu nome(?: e| eh)?"
    r"|(?:nome (?:completo )?d[ae] )?(?:minha )?mae(?: e| eh| se chama)?)\W*$"
)


def without_facts(text: str, person: Beneficiary) -> str:
    """A message without what proved who writes, folded: 'minha cirurgia, cpf …, mãe Teresa' leaves 'minha cirurgia'.

    So that neither a CPF is taken for a code nor the mother for the one whom it is about. Pure.
    """
    said = without_numbers(text)
    card = " ?".join(person.card_number or "") or "(?!)"
    for known in (plain(person.mother_name), plain(person.full_name)):
        said = _cut(said, re.compile(rf"\b{re.escape(known)}\b"))
    return " ".join(re.sub(card, " ", said).split())


def without_numbers(text: str) -> str:
    """A message without CPF and dates, folded: what may be said before it is known who writes. Pure."""
    said = plain(text)
    for fact in (_CPF, _DATE):
        said = _cut(said, fact)
    return " ".join(said.split())


def _cut(said: str, fact: re.Pattern[str]) -> str:
    """Takes each fact away together with the words that announce it."""
    pieces = fact.split(said)
    return " ".join([*(_ABOUT_FACTS.sub(" ", piece) for piece in pieces[:-1]), pieces[-1]])


async def asked_about(talk: Talk, person: Beneficiary, text: str) -> Whom | None:
    """Whom a text is about, `text` without facts; None where it names nobody."""
    family = await beneficiaries.family_of(talk.session, person)
    return read_whom(text, person, family, local(talk.now).date())


async def those_he_may_hear_of(talk: Talk, person: Beneficiary) -> Sequence[Beneficiary]:
    """The person himself and the minors of his contract whom he answers for. [rule 10]"""
    today = local(talk.now).date()
    family = await beneficiaries.family_of(talk.session, person)
    return [person, *(other for other in family if other.id != person.id and may_act_for(person, other, today))]

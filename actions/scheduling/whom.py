"""For whom care is arranged: oneself, a minor of one's contract, and who has to agree first. [rule 10]"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.beneficiaries import ADULT, Beneficiary, age, is_covered, may_act_for
from backend.identifiers import plain

YOUNG = 24  # a child of the contract in people's speech
# What stands before somebody for whom care is wanted: 'pra minha', 'do meu', 'levar a'.
_FOR = r"(?:para|pra|pro|p|do|da|de|com|ver|levar|leva|examinar|consultar|e|eh)"
_OWN = r"(?:o |a |os |as |um |uma )?(?:meu |minha |meus |minhas |nosso |nossa |outro |outra )?"
_CHILDREN = r"(?:filh[oa]s?|filhinh[oa]|bebe|nenem|crianca|menin[oa]|garot[oa]|cacula|mais nov[oa]|menor de idade)"
_ADULTS = (
    r"(?:mae|mainha|pai|painho|espos[oa]|marido|mulher|avo|vo|vovo|sogr[oa]|irma|irmao|companheir[oa]|namorad[oa]|tia|tio"
    r"|nora|genro|prim[oa])"
)
# What is wrong with somebody, or what he needs: 'meu filho está com febre', 'minha mãe precisa'.
_IS_ILL = (
    r"(?:esta|ta|tao|tem|teve|tava|precis\w+|quer|queria|sente|sentiu|sentindo|anda|caiu|quebrou|machucou|necessita|nao"
    r"|vai|faz|de \d+|que|se)"
)
_CHILD = re.compile(rf"\b{_FOR} {_OWN}{_CHILDREN}\b|\b(?:meu|minha|o|a) {_CHILDREN} {_IS_ILL}\b")
_ADULT = re.compile(
    rf"\b(?:para|pra|pro|p|do|da|levar|ver|e|eh) {_OWN}{_ADULTS}\b|\b(?:meu|minha) {_ADULTS} {_IS_ILL}\b"
    rf"|\b(?:de|com) (?:meu|minha) {_ADULTS}\b"
)
_DEPENDENT = re.compile(r"\bdependentes?\b")
_SELF = re.compile(r"\b(?:para mim|pra mim|p mim|pra eu|para eu|eu mesm[oa]|pra mi)\b")
_FAMILY_WORD = rf"(?:{_CHILDREN}|{_ADULTS})"
# 'não é pro meu filho, é pra mim': who is ruled out is not meant.
_RULED_OUT = re.compile(
    rf"\bnao (?:e|eh|era|seria) (?:mais )?(?:para|pra|pro|p|do|da|o|a) (?:mim\b|{_OWN}{_FAMILY_WORD}\b|\w+)"
)
# The assistant is called so by the elderly: 'minha filha, marca um médico', 'pode marcar, meu filho'.
_SPOKEN_TO = re.compile(
    rf"(?:^|[,.!?;] ?)(?:oi |ola |o |bom dia |boa tarde |boa noite )?(?:minha|meu) {_CHILDREN}(?: linda?)?"
    r"(?:[,.!?;]|$| (?=eu\b|quero|queria|preciso|me\b|ve\b|veja|marca|bom dia|boa|voce|vc|to\b|tou\b|estou"
    r"|tem (?:como|outr|vaga|mais|horario|algum)))"
)
# The mother as a fact of one's identity: 'mãe Lúcia Rocha', 'nome da mãe: …', 'minha mãe é …', 'filho de …'.
_IDENTITY = re.compile(
    r"\bnome (?:completo )?(?:d[ae] )?(?:minha )?mae\b|\b(?:minha |a )?mae (?:e|eh|se chama|chama|chamava)\b"
    r"|\bfilh[oa] de \w|\b(?:minha )?mae:"
)


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom: `person` where it is known; else who it may be; `elsewhere` where nobody of the contract fits."""

    person: Beneficiary | None
    candidates: tuple[Beneficiary, ...] = ()
    elsewhere: bool = False


def read_whom(text: str, speaker: Beneficiary, family: Sequence[Beneficiary], today: date) -> Whom | None:
    """For whom a text asks; None where it names nobody. 'Marca pra mim uma consulta pro meu filho' is the son's. Pure.

    How the assistant is spoken to ('minha filha, …') and the mother's name as a fact of identity name nobody.
    """
    said = " ".join(plain(text).split())
    for aside in (_RULED_OUT, _IDENTITY, _SPOKEN_TO):
        said = aside.sub(" ; ", said)
    others = [person for person in family if is_covered(person, today) and person.id != speaker.id]
    named = [person for person in others if _names(person, said)]
    if len(named) == 1:
        return Whom(named[0])
    if _DEPENDENT.search(said):
        return _one_of(others)
    if _CHILD.search(said):
        return _one_of([person for person in others if age(person, today) < YOUNG])
    if _ADULT.search(said):
        return _one_of([person for person in others if age(person, today) >= ADULT])
    return Whom(speaker) if _SELF.search(said) or _names(speaker, said) else None


def _names(person: Beneficiary, said: str) -> bool:
    first = re.escape(plain(person.first_name))
    return bool(re.search(rf"\b(?:{_FOR}|{_FAMILY_WORD}) (?:o |a |{_OWN}{_FAMILY_WORD} )?{first}\b", said))


def _one_of(people: list[Beneficiary]) -> Whom:
    if len(people) == 1:
        return Whom(people[0])
    return Whom(None, tuple(people), elsewhere=not people)


def agrees_for(speaker: Beneficiary, other: Beneficiary, today: date) -> bool:
    """Whether the speaker alone may arrange it; an adult decides for himself. Pure."""
    return may_act_for(speaker, other, today)

"""When facts prove who somebody is. Pure functions. [rule 2, seed 004: three facts, CPF always among them]"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from backend.identifiers import plain
from backend.identity.facts import Facts

FACTS_NEEDED = 3  # [004] 'confirmação de 3 dados cadastrais (CPF obrigatório)'
_PARTICLES = frozenset({"de", "da", "do", "das", "dos", "e"})

Verdict = Literal["incomplete", "match", "mismatch"]


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register says of the CPF's owner."""

    full_name: str
    birth_date: date
    mother_name: str
    card: str


def judge(facts: Facts, registered: Registered | None) -> Verdict:
    """Whether the facts, taken together, prove the registered person; which one was wrong is never told.

    `registered` is None where no such CPF is known: the verdict then is what it would be for wrong facts,
    so that nobody can learn who is a beneficiary.
    """
    others = _other_facts(facts)
    if not facts.cpf or others < FACTS_NEEDED - 1:
        return "incomplete"
    if registered is None:
        return "mismatch"
    return "match" if _agrees(facts, registered) else "mismatch"


def _other_facts(facts: Facts) -> int:
    labelled = sum(bool(fact) for fact in (facts.card, facts.birth_date, facts.full_name, facts.mother_name))
    unclaimed = (not facts.full_name) + (not facts.mother_name)
    return labelled + min(len(facts.names), unclaimed)


def _agrees(facts: Facts, registered: Registered) -> bool:
    own, mother = _key(registered.full_name), _key(registered.mother_name)
    checks = [
        facts.card == registered.card if facts.card else None,
        facts.birth_date == registered.birth_date if facts.birth_date else None,
        _key(facts.full_name) == own if facts.full_name else None,
        _key(facts.mother_name) == mother if facts.mother_name else None,
    ]
    if False not in checks and checks.count(True) >= FACTS_NEEDED - 1:
        return True  # enough was said with its mark; words around it that look like a name claim nothing
    loose = {_key(name) for name in facts.names}
    checks.extend(key in (own, mother) for key in loose)
    right = {index for index, check in enumerate(checks) if check}
    return all(check is not False for check in checks) and len(right) >= FACTS_NEEDED - 1


def without_name(facts: Facts, named: str) -> Facts:
    """The facts without a name that we said first. Pure. [rule 2: a fact that we said first does not count]"""
    if not named:
        return facts
    said = _key(named)
    return replace(
        facts,
        full_name="" if _key(facts.full_name) == said else facts.full_name,
        names=tuple(name for name in facts.names if _key(name) != said),
    )


def _key(name: str) -> str:
    return " ".join(word for word in plain(name).split() if word not in _PARTICLES)


def missing(facts: Facts) -> tuple[str, ...]:
    """What is still asked for, in the order in which it is asked: the CPF first, then the easiest facts."""
    wanted = [] if facts.cpf else ["cpf"]
    needed = FACTS_NEEDED - 1 - _other_facts(facts)
    easiest = [
        name
        for name, present in (
            ("birth_date", facts.birth_date is not None),
            ("mother_name", bool(facts.mother_name) or bool(facts.names)),
            ("full_name", bool(facts.full_name)),
        )
        if not present
    ]
    return (*wanted, *easiest[: max(needed, 0)])

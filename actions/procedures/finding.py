"""Finding the procedure that is meant, and keeping what was said of the doctor."""

from __future__ import annotations

from collections.abc import Sequence

from actions.procedures import reading
from actions.procedures.asking import PROCEDURE, WHICH, WHOM
from actions.process import to_desk
from actions.talk import Talk
from backend.errors import NotFound
from backend.procedures import catalogue
from backend.procedures.search import Found, find
from backend.procedures.words import family_of, understand

MOST_OFFERED = 5
MOST_MISSES = 2
WELL = 0.8


def take_doctor(talk: Talk, text: str) -> bool:
    """Keeps a doctor whom a text names with a title; True where it names one."""
    doctor = reading.doctor_in(text)
    if doctor is None:
        return False
    talk.state["doctor"] = doctor.shown
    return True


async def look(talk: Talk, words: str, *, asked: bool = False, only_found: bool = False) -> bool:
    """Takes the one that is surely meant, offers several, or asks for other words; the desk after two misses.

    `asked`: an answer to the question, so that a miss counts; `only_found`: where nothing fits well, nothing changes.
    False where nothing was found and nothing is counted.
    """
    found = await _found(talk, words)
    scores = [one.score for one in found]
    if reading.is_sure(scores):
        return await choose(talk, found[0].procedure.code)
    if found and (not only_found or scores[0] >= WELL):
        offered = found[: min(MOST_OFFERED, reading.near_best(scores))]
        talk.state.update(stage=WHICH, offered=[[one.procedure.code, one.procedure.term] for one in offered])
        return True
    return missed(talk) if asked and not only_found else False


async def choose(talk: Talk, code: str) -> bool:
    """The procedure is known: its name is said back. False for a code that is none."""
    try:
        procedure = await catalogue.get(talk.session, code)
    except NotFound:
        return False
    talk.state.pop("offered", None)
    talk.state.update(procedure=procedure.code, term=procedure.term)
    if talk.state.get("stage") not in {WHOM, "adult"}:
        talk.state["stage"] = ""
    talk.say("procedure_noted", procedure=procedure.term)
    return True


def missed(talk: Talk) -> bool:
    """Nothing fits: other words are asked for, once; then a person finds it."""
    misses = int(talk.state.get("missed") or 0) + 1
    talk.state.pop("offered", None)
    talk.state.update(missed=misses, stage=PROCEDURE)
    if misses >= MOST_MISSES:
        to_desk(talk, reason="procedure_unknown")
    else:
        talk.say("procedure_not_found")
    return True


async def _found(talk: Talk, words: str) -> Sequence[Found]:
    """By the name of a family ('ressonância') all its kinds; else what fits, best first."""
    family = family_of(understand(words))
    if family is None:
        return await find(talk.session, words, limit=2 * MOST_OFFERED)
    return [Found(await catalogue.get(talk.session, code), 1.0) for code in family.codes]

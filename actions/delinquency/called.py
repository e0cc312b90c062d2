"""What is said to whoever answers a call of the plan, before anybody knows who it is: never why. [processes.md 6]"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from actions.process import open_for
from actions.talk import Option, Talk
from backend.delinquency.calls import open_call
from backend.delinquency.campaigns import answers
from backend.delinquency.replies import read_reply
from backend.delinquency.tables import CampaignRow
from backend.identifiers import plain
from backend.protocols import verbs as protocols
from backend.settings import settings
from backend.store.clock import local
from backend.tone import THREATENS, Tone, judge
from backend.words import means_no, means_yes, spoken_day

# The questions that are asked before the identity: whether the person is known here, and once more who it is.
KNOWS, WHO = "knows", "who"
BEFORE_IDENTITY = frozenset({KNOWS, WHO})
# What `identity_result` holds where an answer to the call came instead of facts.
REPLIED = "call_replied"
OMBUDSMAN, COLLECTIONS = "ombudsman", "collections"
# Requests about arrears, whose anger is met calmly.
ABOUT_ARREARS = frozenset({"ask_debt", "negotiate_debt", "report_payment"})
_RELATIVE = re.compile(
    r"\b(?:meu|minha|sou [oa]?) ?(?:pai|mae|filh[oa]|espos[oa]|marido|mulher|irmao?|irma|avo|net[oa]|ti[oa]|sogr[oa]"
    r"|amig[oa]|vizinh[oa]|patrao|patroa|chefe|colega|namorad[oa])\b|(?<!nao )\bconheco\b|\bele (?:saiu|trabalha)\b"
)
_SAYS_ME = re.compile(r"(?<!nao )\bsou (?:eu|ele|ela|o proprio|a propria)\b|\beu mesm[oa]\b|\b(?:e|eh) (?:ele|ela)\b")


# Answers that end, or change, what a call began although the identity is being asked by now.
_INSTEAD_OF_FACTS = frozenset(
    {"not_me", "wrong_number", "not_here", "deceased", "hospital", "legal", "refuse", "stop", "later"}
)


_ASKS_SUBJECT = re.compile(
    r"\b(?:assunto|motivo|(?:sobre|d[eo]) (?:o )?que|o que (?:seria|e|foi|houve|aconteceu|voces? quer\w*|deseja\w*)"
    r"|por que (?:voces?|esta|estao) (?:me )?\w+|(?:e|eh) (?:uma )?cobranca)\b"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What comes after an answer: who it is (`identity`), a question (`ask`, its `stage`), a person, or nothing."""

    then: Literal["identity", "ask", "desk", "over"]
    stage: str = ""


def reply_in(talk: Talk, stage: str) -> str:
    """What a message answers to the call, at a stage of its questions: a code of `replies`, or empty. Pure."""
    given = talk.entity("answer") if talk.entity("call") or talk.chosen else ""
    tapped = bool(talk.chosen)
    if tapped:
        return given
    said = plain(talk.text)
    reply = given or read_reply(talk.text)
    if stage == KNOWS:
        return _about_whom(talk.text, said, reply)
    if not reply and stage == WHO and (means_yes(talk.text) or means_no(talk.text)):
        return "me" if means_yes(talk.text) else "not_me"
    return reply


def _about_whom(text: str, said: str, reply: str) -> str:
    """'Sim' and 'não' to 'você conhece …?' are about the other one; 'sim, sou eu' is not. Pure."""
    if reply not in {"", "me", "not_me", "not_here"}:
        return reply
    if reply != "not_me" and _SAYS_ME.search(said):
        return "me"
    if _RELATIVE.search(said):
        return "not_here"
    if reply == "not_me" or (not reply and means_no(text)):
        return "wrong_number"
    return "not_here" if reply or means_yes(text) else ""


def overheard(talk: Talk) -> bool:
    """Whether an answer to the call came where facts were asked: 'não sou eu'; danger goes before. Pure."""
    if not (talk.slot("request_state") or {}).get("call") or talk.slot("pending_request") != "ask_debt":
        return False
    reply = "" if judge(talk.text).why_danger else read_reply(talk.text)
    return reply in _INSTEAD_OF_FACTS or (reply == "who" and bool(_ASKS_SUBJECT.search(plain(talk.text))))


def of_whom(row: CampaignRow) -> dict[str, object]:
    """What a request that a call began knows of it: the row, and whom it was meant for. Pure."""
    return {"call": row.id, "called": row.full_name, "intent": "ask_debt", "said": ""}


async def row_of(talk: Talk) -> CampaignRow | None:
    """The call that the request began with; None where the person wrote by himself."""
    number = talk.state.get("call")
    return await talk.session.get(CampaignRow, int(number)) if number else None


async def hear(talk: Talk, row: CampaignRow, reply: str) -> Heard:
    """Takes an answer, says what is to be said to it, and gives what comes next. Names no reason for the call."""
    if not reply:
        return Heard("over")
    await _take(talk, row, reply)
    return await _STEPS[reply](talk, row)


async def reached(talk: Talk, row: CampaignRow) -> None:
    """Who answers a call by asking for a person, or breaks off, was reached: it waits for no answer any more."""
    if row.state == "calling":
        await _take(talk, row, "reached")


async def asks_for_person(talk: Talk) -> str:
    """The subject for the attendant who is asked for instead of an answer to this conversation's call; empty without.

    The row counts as answered from here on.
    """
    row = None if talk.slot("pending_request") else await open_call(talk.session, number_of(talk))
    if row is None or row.state != "calling" or row.conversation_id != talk.conversation_id:
        return ""
    await reached(talk, row)
    return subject_of(row)


def subject_of(row: CampaignRow) -> str:
    """What an attendant reads of a call. Pure."""
    return f"contato do plano (campanha) para {row.full_name}"


async def _take(talk: Talk, row: CampaignRow, reply: str) -> None:
    await answers.take(
        talk.session, row=row, reply=reply, said=talk.text, number=number_of(talk), turn_id=UUID(talk.message_id),
        written_at=written_at(talk), actor=talk.actor, now=talk.now,
    )  # fmt: skip


def number_of(talk: Talk) -> str:
    """The canonical telephone that writes; empty where WhatsApp told none."""
    return str(talk.context.get("number") or "")


def written_at(talk: Talk) -> datetime:
    """When the turn's last message came, aware: what it confirms is dated by it."""
    told = str(talk.context.get("written_at") or "")
    return datetime.fromisoformat(told) if told else talk.now


def ask(talk: Talk, stage: str, name: str) -> None:
    """The question of a stage before the identity."""
    if stage == KNOWS:
        options: list[Option] = [("Conheço", {"answer": "not_here"}), ("Não conheço", {"answer": "wrong_number"})]
        talk.say("called_knows", name=name, options=options)
    else:
        options = [("Sim, sou eu", {"answer": "me"}), ("Não sou essa pessoa", {"answer": "not_me"})]
        talk.say("called_again", name=name, options=options)


# -- each answer


async def _me(talk: Talk, _row: CampaignRow) -> Heard:
    talk.announce()
    return Heard("identity")


async def _not_me(_talk: Talk, _row: CampaignRow) -> Heard:
    return Heard("ask", KNOWS)


async def _wrong_number(talk: Talk, _row: CampaignRow) -> Heard:
    talk.say("called_wrong_number")
    return Heard("over")


async def _not_here(talk: Talk, row: CampaignRow) -> Heard:
    talk.say("called_not_here", name=row.full_name, phone=settings().operator_phone)
    return Heard("over")


async def _who(talk: Talk, _row: CampaignRow) -> Heard:
    talk.say("called_who", operator=settings().operator_name, phone=settings().operator_phone)
    return Heard("ask", WHO)


async def _deceased(talk: Talk, _row: CampaignRow) -> Heard:
    """Condolences; that somebody else may take the plan over is offered, and nothing else."""
    say_condolences(talk)
    return Heard("over")


def say_condolences(talk: Talk) -> None:
    """A few words, and a change of holder as what can be done, where it is wanted."""
    said = {"intent": "change_holder", "said": talk.text}
    talk.remember(offered=said)
    talk.say("called_deceased", buttons=[
        {"title": "Sim, quero ajuda", "payload": {"intent": "answer_offer", "entities": {"answer": "yes"}}},
        {"title": "Agora não", "payload": {"intent": "answer_offer", "entities": {"answer": "no"}}},
    ])  # fmt: skip


async def _hospital(talk: Talk, _row: CampaignRow) -> Heard:
    talk.say("called_hospital")
    return Heard("over")


async def _legal(talk: Talk, _row: CampaignRow) -> Heard:
    await say_ombudsman(talk)
    return Heard("desk")


def is_threat(talk: Talk, tone: Tone, intent: str = "") -> bool:
    """Whether a message speaks of lawyers, courts or Procon over arrears, in a request or as its first words. Pure."""
    about = talk.slot("pending_request") or intent
    return tone.why_angry == THREATENS and not tone.why_urgent and about in ABOUT_ARREARS


async def answer_threat(talk: Talk) -> None:
    """The calm words to a threat; where a call of ours began it no other call follows."""
    row = await row_of(talk)
    if row is None:
        await say_ombudsman(talk)
    else:
        await hear(talk, row, "legal")


async def say_ombudsman(talk: Talk) -> None:
    """Calm, a protocol for what he complains of, and that a person of the ombudsman's goes on."""
    protocol = await open_for(talk, "complain")
    await protocols.add_entry(
        talk.session, protocol=protocol, step="details", text=talk.text, actor=talk.actor, now=talk.now,
        request_key=f"{talk.message_id}:complaint",
    )  # fmt: skip
    talk.say("called_legal", number=protocol.number)
    talk.state["desk_team"] = OMBUDSMAN


async def _refuse(talk: Talk, _row: CampaignRow) -> Heard:
    talk.say("called_refused")
    return Heard("over")


async def _stop(talk: Talk, _row: CampaignRow) -> Heard:
    talk.say("called_stopped")
    return Heard("over")


async def _later(talk: Talk, row: CampaignRow) -> Heard:
    if row.next_at is not None:
        talk.say("called_later", day=spoken_day(local(row.next_at).date()))
    else:
        talk.say("called_later_by_yourself")
    return Heard("over")


async def _auto(_talk: Talk, _row: CampaignRow) -> Heard:
    """Nobody reads it: nothing is said."""
    return Heard("over")


_STEPS: Mapping[str, Callable[[Talk, CampaignRow], Awaitable[Heard]]] = {
    "me": _me, "not_me": _not_me, "wrong_number": _wrong_number, "not_here": _not_here, "who": _who,
    "deceased": _deceased, "hospital": _hospital, "legal": _legal, "refuse": _refuse, "stop": _stop, "later": _later,
    "auto": _auto,
}  # fmt: skip

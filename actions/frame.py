"""What any message in the middle of a request may be before its process reads it: the same for all processes.

Anger and what cannot wait, a question that was not understood, a request that was not what was meant, an emoji that
answers nothing, a near topic, another need that is not sure.
"""

from __future__ import annotations

import re

from actions.needs import NEEDS, WORTH_ASKING, likelihood, likely_needs, of_one_matter, title_of, what_of
from actions.process import Process, tone_of
from actions.processes import AskOnce
from actions.repeating import note_unclear
from actions.scope import near_topic
from actions.talk import INTERRUPTIONS, SURE, Option, Talk
from actions.unclear import says_misread, says_only_misread, says_unclear
from backend.identifiers import plain
from backend.words import is_only_emoji, yes_or_no

# How a request may end by the frame's hand (beside `actions/process.py`): the values of `request_details` and of
# `identity_result`.
AT_ONCE = "at_once"
MISREAD = "misread"
SWITCH = "switch"
STAY = "stay"
MOST_WORDS_OF_A_CHOICE = 4
_SWITCHES = re.compile(r"\b(?:agora|primeir[oa]|antes|ver)\b")
_STAYS = re.compile(r"\b(?:continu\w+|seguir|segue|terminar?|depois|essa aqui|esse aqui)\b")
_COMPLAINT = re.compile(r"\b(?:reclamac\w+|ouvidoria|queixa|denuncia)\b")
_APOLOGY = re.compile(
    r"(?:oi+,? )?(?:me )?(?:desculp\w+|perdao|foi mal|mal ai)(?: a| pela| minha)?"
    r"(?: (?:demora|espera|confusao|bagunca))?"
    r"(?:,? (?:moca|moco|querida|minha filha|meu filho|viu|ai))*|(?:desculpa,? )?(?:eu )?demorei(?: um pouco)?"
)


def takes(talk: Talk, process: Process) -> bool:
    """Whether the message is the frame's and no answer; what follows is set then."""
    if talk.intent == "emergency" and talk.confidence >= SURE:
        return False
    if not talk.chosen and tone_of(talk).at_once:
        if _has_own_rule(talk, process):
            return False  # 'quero registrar uma reclamação': the ombudsman's
        talk.remember(request_details=AT_ONCE)
    elif talk.state.get("doubt") and _decides(talk):
        pass  # which of the two comes first
    elif talk.chosen or brings_papers(talk, process):
        return False
    elif _APOLOGY.fullmatch(plain(talk.text).strip(" .!,")):
        pass  # 'desculpa a demora': the question again
    elif _misread(talk, process):
        talk.remember(request_details=MISREAD)
    elif says_unclear(talk.text) and not talk.context.get("attachments"):
        note_unclear(talk)
    else:
        return is_only_emoji(talk.text) and not yes_or_no(talk.text) and _says_emoji(talk, process)
    return True


def brings_papers(talk: Talk, process: Process) -> bool:
    """Whether the message has files where they are the answer, whatever is written under them. Pure."""
    return (isinstance(process, AskOnce) or process.gathers) and bool(talk.context.get("attachments"))


def _has_own_rule(talk: Talk, process: Process) -> bool:
    """A complaint that is named and goes its own way; to who tells the desk what is wrong it does not. Pure."""
    surely = talk.intent == "complain" and talk.confidence >= SURE and not process.hears_account(talk)
    return surely and bool(_COMPLAINT.search(plain(talk.text)))


def _misread(talk: Talk, process: Process) -> bool:
    """Whether the request is refused, and not only what was offered in it: that is for the process to read."""
    if process.hears_account(talk):  # it asks what happened: 'eu não pedi isso, cobraram duas vezes' tells it
        return says_misread(talk.text, just_opened=is_new(talk)) and (says_only_misread(talk.text) or _wants_else(talk))
    answers = process.reads(talk)
    return says_misread(talk.text, just_opened=is_new(talk) and not answers) and (is_new(talk) or not answers)


def _wants_else(talk: Talk) -> bool:
    """Whether a need of another matter was surely understood: 'não era isso, quero a carteirinha'. Pure."""
    pending = str(talk.slot("pending_request"))
    other = talk.intent in NEEDS and talk.intent not in INTERRUPTIONS and talk.confidence >= SURE
    return other and not of_one_matter(talk.intent, pending)


def is_new(talk: Talk) -> bool:
    """Whether nothing was answered since the request was opened. Pure."""
    return bool(talk.state.get("opened_in")) and not talk.state.get("taken")


def _says_emoji(talk: Talk, process: Process) -> bool:
    """'😂' answers nothing: the question comes again, without counting a failure."""
    if process.reads(talk):
        return False
    talk.say("emoji_here")
    return True


def _decides(talk: Talk) -> bool:
    """The answer to 'which of the two first?'; anything else is taken as if it had not been asked."""
    answer = talk.chosen.get("answer") or which_first(talk.text)
    if answer == SWITCH:
        talk.remember(request_details=SWITCH)
    elif answer == STAY:
        talk.state.pop("doubt")
    elif not talk.chosen and yes_or_no(talk.text) == "yes":
        note_unclear(talk)  # 'sim', to one or the other: which?
    else:
        return False
    return True


def which_first(text: str) -> str:
    """SWITCH for 'agora', 'quero ver primeiro', STAY for 'não', 'continuar'; else nothing. Pure."""
    said = plain(text).strip(" .!,")
    if yes_or_no(text) == "no" or (len(said.split()) <= MOST_WORDS_OF_A_CHOICE and _STAYS.search(said)):
        return STAY
    return SWITCH if len(said.split()) <= MOST_WORDS_OF_A_CHOICE and _SWITCHES.search(said) else ""


def explains(talk: Talk, process: Process) -> bool:
    """A message that the process could not read and that is no failure: a near topic, or perhaps another need."""
    topic = near_topic(talk.text)
    if topic is not None:
        talk.say("near_topic_here", topic=topic.title)
        return True
    if isinstance(process, AskOnce):
        return False
    own = {str(talk.slot("pending_request")), *process.own}
    others = likely_needs(talk.ranking, together=0, but={*own, "complain", "talk_to_attendant", "emergency"})[:1]
    if not others or likelihood(talk.ranking, others[0]) < WORTH_ASKING:
        return False
    talk.state["doubt"] = {"intent": others[0], "said": talk.text}
    return True


def asks_first(talk: Talk) -> bool:
    """Asks whether the other need comes first, where that is in doubt. False where nothing is."""
    doubt = talk.state.get("doubt")
    if not doubt:
        return False
    options: list[Option] = [(title_of(doubt["intent"]), {"answer": SWITCH}), ("Continuar aqui", {"answer": STAY})]
    talk.say("other_need_first", what=what_of(doubt["intent"]), options=options)
    return True

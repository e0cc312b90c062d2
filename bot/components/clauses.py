"""Two needs in one message: its clauses, and which of them ask for what. Pure functions."""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, List, NamedTuple, Sequence

from bot.components.normalize import strip_accents

# What people want done; a greeting, a yes or anger beside them is no second need.
NEEDS = frozenset(
    {
        "schedule_appointment", "reschedule_appointment", "cancel_appointment", "list_appointments",
        "update_registration", "send_document", "dispute_charge", "invoice_copy", "request_procedure",
        "procedure_status", "protocol_status", "ask_debt", "negotiate_debt", "report_payment", "coming_of_age",
        "change_holder", "find_provider", "member_card", "leave_plan", "plan_information",
    }
)  # fmt: skip
# Words that open another matter, the ends of sentences, and 'e' before what asks for something.
_JOINTS = re.compile(
    r"(?<!\.)\.(?!\.)|[;!?\n]+|\s[-–—]\s|\+|\b\d\)"
    r"|,?\s+(?:(?:e|ah|mas|ai|so que) )?(?:tambem|tbm?|aproveit\w+|alem disso|alem do mais|outra coisa|mais uma coisa"
    r"|de quebra|por fim|depois disso|em seguida)\b[ ,:]*"
    r"|(?:,|\.\.\.)\s+(?:e|ah,? e|ah)\s+"
    r"|\s+e\s+(?=(?:ja |depois |por favor )?(?:quer|precis|gostari|me\b|mand|ve\b|vej|diz|sab|marc|remarc|desmarc"
    r"|cancel|atualiz|mud|troc|arrum|qual|quando|quant|onde|como|da pra|tem como|a segunda via|o boleto|a guia))"
)
# Who wants something says so; without such a word a clause is what happened, and has to be all but certain.
_ASKS = re.compile(
    r"\b(?:quer\w*|precis\w+|gostari\w+|pod\w+|tem como|da (?:pra|para)|me |manda\w*|mande\w*|envi\w+|marca\w*"
    r"|marque\w*|remar\w+|desmar\w+|cancel\w+|atualiz\w+|muda|mudar|mudem|troc\w+|agend\w+|arrum\w+|ver|veja|vejam|ve|sab\w+"
    r"|diz\w*|qual|quais|quando|quant[oa]s?|onde|como|que dia|solicit\w+|autoriz\w+|segunda via|2a via|segue|cobr\w+"
    r"|falt\w+)\b"
)
_BLANKS = re.compile(r"[^\S\n]+")
_LONGEST = 2000  # characters; who writes more is read as one matter behind that
_FEWEST_WORDS = 2
_SURE_OF_FIRST, _SURE, _SURE_OF_TOLD = 0.5, 0.6, 0.93
# Pairs that one message about one matter touches: the second is told only where it is all but certain.
_NEIGHBOURS: Sequence[FrozenSet[str]] = tuple(
    map(
        frozenset,
        (
            ("ask_debt", "invoice_copy"), ("ask_debt", "negotiate_debt"), ("ask_debt", "report_payment"),
            ("invoice_copy", "report_payment"), ("invoice_copy", "dispute_charge"), ("dispute_charge", "ask_debt"),
            ("dispute_charge", "report_payment"), ("schedule_appointment", "find_provider"),
            ("schedule_appointment", "request_procedure"), ("reschedule_appointment", "cancel_appointment"),
            ("reschedule_appointment", "schedule_appointment"), ("reschedule_appointment", "list_appointments"),
            ("cancel_appointment", "list_appointments"), ("schedule_appointment", "list_appointments"),
            ("procedure_status", "protocol_status"), ("procedure_status", "request_procedure"),
            ("request_procedure", "plan_information"), ("plan_information", "find_provider"),
            ("send_document", "update_registration"), ("send_document", "coming_of_age"),
            ("send_document", "change_holder"), ("send_document", "procedure_status"),
            ("send_document", "request_procedure"), ("change_holder", "leave_plan"), ("coming_of_age", "leave_plan"),
            ("leave_plan", "negotiate_debt"), ("leave_plan", "plan_information"), ("protocol_status", "send_document"),
        ),
    )
)  # fmt: skip
_SURE_OF_NEIGHBOUR = 0.93


class Clause(NamedTuple):
    """A part of a message, and the need that it was taken for."""

    text: str
    intent: str
    confidence: float


def clauses(text: str) -> List[str]:
    """A message's parts that could each ask for something, as they were written."""
    text = _BLANKS.sub(" ", text[:_LONGEST])  # runs of blanks would cost the joints their square
    plain = strip_accents(text.lower())
    if len(plain) != len(text):  # letters that became two: the places would not fit
        text = plain
    parts, start = [], 0
    for joint in _JOINTS.finditer(plain):
        parts.append(text[start : joint.start()])
        start = joint.end()
    parts.append(text[start:])
    return [part.strip(" ,") for part in parts if len(part.split()) >= _FEWEST_WORDS]


def asked_in_order(first: str, ranked: Sequence[Clause]) -> List[Clause]:
    """Two needs or more of one message, in the order of mention; empty where it has one. `first` is the whole's need.

    What the whole was taken for has to be asked for by a clause: else they are the parts of a long story.
    """
    if first not in NEEDS or not any(c.intent == first and c.confidence >= _SURE_OF_FIRST for c in ranked):
        return []
    found: Dict[str, Clause] = {}
    for clause in ranked:
        if clause.intent == first or (clause.intent in NEEDS and clause.confidence >= _needed(first, clause)):
            known = found.get(clause.intent)
            if known is None or (clause.intent == first and clause.confidence > known.confidence):
                found[clause.intent] = clause  # a place keeps its order
    return list(found.values()) if len(found) > 1 else []


def _needed(first: str, clause: Clause) -> float:
    if frozenset((first, clause.intent)) in _NEIGHBOURS:
        return _SURE_OF_NEIGHBOUR
    return _SURE if _ASKS.search(strip_accents(clause.text.lower())) else _SURE_OF_TOLD

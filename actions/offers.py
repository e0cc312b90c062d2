"""What is offered outside a request and answered by yes or no: another need of the same message, or a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from actions.documents.resuming import take_up
from actions.edge import ZeloAction
from actions.handover import to_attendant
from actions.needs import likely_needs, title_of, to_what
from actions.opening import open_request
from actions.talk import ATTENDANT_BUTTON, SURE, Talk
from backend.identifiers import ProtocolNumber, plain
from backend.protocols import verbs as protocols
from backend.words import yes_or_no

MOST_WORDS = 6
POSSIBLE_NEED = 0.2  # from here on a message that was understood as a yes or a no may be a need as well
# All that a yes or a no to an offer is made of: 'não chegou meu boleto' only begins like one.
_ANSWERS = re.compile(
    r"(?:sim|s+|ok|okay|cert(?:o|inho|eza)|claro|isso|mesmo|beleza|blz|joia|ta|tah|bo[am]|bem|tudo|otim[oa]|perfeito"
    r"|fechado|combinado|bora|vamos?|la|uhum|aham|aha|hum|pode|ser|manda(?:r|da)?|abrir|ver|seguir|chama|chamar|chame"
    r"|faz(?:er)?|quero|queria|aceito|gostaria|serve|positivo|e|eh|sera|por|favor|pfv?|mim|gentileza|com|agora|ja|entao"
    r"|nao|n+|num|naum|nem|nops|negativo|precisa|preciso|obrigad[oa]|brigad[oa]|valeu|vlw|agradeco|dispenso|deixa"
    r"|quieto|pra|para|depois|proxima|mais|tarde|outr[oa]|hora|dia|hoje|enquanto|so|muito|jeito|nenhum|melhor|prefiro"
    r"|acho|que|eu|moc[ao]|minha|meu|filh[oa]|querid[oa]|amig[oa]|amor|viu|ai)"
)
SOMETHING_ELSE: dict[str, Any] = {"title": "Outra coisa", "payload": {"intent": "something_else", "entities": {}}}
NO_OFFER: dict[str, Any] = {"intent": "answer_offer", "entities": {"answer": "no"}}


async def offer_next(talk: Talk) -> bool:
    """Offers the need that was noted first, where one was: what came before it has ended. False without one."""
    needs = list(talk.recall("next_needs") or ())
    if not needs:
        return False
    need = needs.pop(0)
    talk.remember(next_needs=needs or None, offered=need)
    talk.say("offer_next", what=to_what(need["intent"]), buttons=[
        {"title": "Sim", "payload": {"intent": "answer_offer", "entities": {"answer": "yes"}}},
        {"title": "Agora não", "payload": NO_OFFER},
    ])  # fmt: skip
    return True


def offer_person(talk: Talk, response: str, *, subject: str, said: str) -> None:
    """Says that a person does this and offers one; who takes over reads `subject` and what was said."""
    person = {"intent": "talk_to_attendant", "entities": {"subject": subject, "said": said}}
    talk.remember(offered={"intent": "talk_to_attendant", "subject": subject, "said": said})
    talk.say(response, topic=subject, buttons=[
        {"title": ATTENDANT_BUTTON["title"], "payload": person}, {"title": "Não precisa", "payload": NO_OFFER},
    ])  # fmt: skip


def offer_meanings(talk: Talk, response: str, intents: Sequence[str], said: str) -> None:
    """Needs as options; the one that is chosen begins with what was `said`, so that nothing is asked again."""
    meanings = [
        {"title": title_of(intent), "payload": {"intent": intent, "entities": {"said": said}}} for intent in intents
    ]
    talk.remember(offered={"meanings": list(intents), "said": said})
    talk.say(response, buttons=[*meanings, SOMETHING_ELSE])


def only_answers(text: str) -> bool:
    """Whether a text is a yes or a no with nothing beside it: 'pode ser, obrigada'; not 'ok, quero o boleto'. Pure."""
    words = re.findall(r"[a-z0-9]+", plain(text))
    return len(words) <= 1 or all(map(_ANSWERS.fullmatch, words))


def _answer(talk: Talk) -> str:
    """Yes, no or nothing: tapped, in words that say nothing else, or surely understood as such."""
    if talk.entity("answer") or only_answers(talk.text):
        return talk.entity("answer") or yes_or_no(talk.text)
    understood = talk.intent in {"affirm", "deny"} and talk.confidence >= SURE and not talk.also
    short = len(talk.text.split()) <= MOST_WORDS
    return (
        yes_or_no(talk.text) if understood and short and not likely_needs(talk.ranking, together=POSSIBLE_NEED) else ""
    )


async def answer_offered(talk: Talk) -> bool:
    """A yes or a no to what was offered last, tapped or in words; False where nothing was, or it is neither."""
    offered, answer = talk.recall("offered"), _answer(talk)
    if not offered or answer not in {"yes", "no"} or (offered.get("care") and answer == "no"):
        return False
    talk.remember(offered=None)
    if offered.get("meanings"):
        await _answer_meanings(talk, offered, answer)
    elif answer == "no":
        if not await offer_next(talk):
            talk.say("offer_declined")
    else:
        await _begin(talk, offered)
    return True


async def _answer_meanings(talk: Talk, offered: dict[str, Any], answer: str) -> None:
    """'Não' to 'é um destes?' is none of them; 'sim' is the only one, or asks which."""
    meanings = offered["meanings"]
    if answer == "no":
        talk.say("something_else", buttons=[ATTENDANT_BUTTON])
    elif len(meanings) > 1:
        offer_meanings(talk, "which_meaning_otherwise", meanings, offered["said"])
    else:
        await _begin(talk, {"intent": meanings[0], "said": offered["said"]})


async def _begin(talk: Talk, offered: dict[str, Any]) -> None:
    """What was offered and is wanted, with its own words."""
    intent, said = offered["intent"], str(offered.get("said") or "")
    if offered.get("resume"):
        await take_up(talk, await protocols.get(talk.session, UUID(offered["resume"])))
    elif intent == "talk_to_attendant":
        await to_attendant(talk, subject=offered.get("subject", ""), said=said)
    elif intent in {"complain", "emergency"}:
        talk.follow_up(f"action_{intent}")
    elif intent == "protocol_status":
        number = ProtocolNumber.find(said)
        talk.remember(asked_protocol=str(number) if number else None)
        talk.follow_up("action_protocol_status")
    else:
        await open_request(talk, intent, said=said)


class AnswerOffer(ZeloAction):
    """The option that was tapped."""

    called = "action_answer_offer"

    async def act(self, talk: Talk) -> None:
        """Does it, or leaves it; late, it means nothing any more."""
        if not await answer_offered(talk):
            talk.say("late_tap")

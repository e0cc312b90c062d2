"""What is not sure, not ours, or not what was meant: asked about with the likeliest meanings, then a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from actions.edge import ZeloAction
from actions.handover import let_go, take_over
from actions.needs import likely_needs
from actions.offers import answer_offered, offer_meanings, offer_person
from actions.opening import need_of, open_request, second_look
from actions.process import open_for, tone_of
from actions.processes import process_of, resume_paused, stop
from actions.repeating import say_otherwise
from actions.scope import near_topic
from actions.summary import summarize
from actions.talk import ATTENDANT_BUTTON, MOST_MISUNDERSTANDINGS, SURE, Talk
from actions.unclear import asks_person, says_misread, says_unclear
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KIND_OF_INTENT
from backend.words import is_only_emoji, means_thanks

SURE_OF_RIGHT_NEED = 0.6
# How many messages after a request ended 'você entendeu errado', and a bare 'não é isso', are still about it.
STILL_ABOUT_IT, RIGHT_AFTER = 3, 1
# These are no request to open: they have their own actions, and nobody is asked who he is for them. [rule 5]
_OWN_ACTIONS = {
    "emergency": "action_emergency", "talk_to_attendant": "action_talk_to_attendant", "complain": "action_complain",
}  # fmt: skip


class NotUnderstood(ZeloAction):
    """Two questions, then a person. [rule 5]"""

    called = "action_not_understood"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Counts, and asks otherwise each time."""
        await misunderstood(talk)


class Inform(ZeloAction):
    """Facts that nobody asked for: a protocol number is a question about it, the rest needs words."""

    called = "action_inform"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Goes where the fact leads."""
        await misunderstood(talk)


class OutOfScope(ZeloAction):
    """What is not done here: a person does what is near it; the rest is answered kindly."""

    called = "action_out_of_scope"
    understood = False

    async def act(self, talk: Talk) -> None:
        """A near topic offers a person; a far one says what can be done here, the third time a person comes."""
        if await heard_otherwise(talk) or await second_look(talk):
            return
        if await counted(talk):
            talk.say("far_topic")


class SomethingElse(ZeloAction):
    """None of the meanings that were offered."""

    called = "action_something_else"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Asks for other words, a person beside it."""
        talk.remember(offered=None)
        talk.say("something_else", buttons=[ATTENDANT_BUTTON])


async def misunderstood(talk: Talk) -> None:
    """One more message that was not understood: what it may be after all, its likeliest meanings, then a person."""
    if await heard_otherwise(talk) or await second_look(talk):
        return
    if talk.context.get("files"):  # 'agora com as duas assinaturas' under a photograph: the request that waits for it
        await open_request(talk, "send_document")
        return
    likely = likely_needs(talk.ranking)
    if not await counted(talk):
        return
    if likely:
        offer_meanings(talk, "which_meaning", likely, talk.text)
    else:
        talk.say(f"rephrase_{talk.recall('misunderstandings')}")


async def heard_otherwise(talk: Talk) -> bool:
    """What the words say by themselves, whatever was understood: an answer, a complaint, emoji, a near topic."""
    tone, topic = tone_of(talk), near_topic(talk.text)
    if await answer_offered(talk) or await misread_before(talk):
        return True
    if says_unclear(talk.text):
        say_otherwise(talk)
    elif is_only_emoji(talk.text):
        talk.announce()
        talk.say("thank" if means_thanks(talk.text) else "emoji_alone")
    elif tone.why_danger or tone.why_urgent:
        await take_over(talk, tone)
    elif tone.anger == "strong" and talk.intent != "out_of_scope":  # anger at a bus line is no complaint about us
        talk.follow_up("action_complain")
    elif topic is not None:
        talk.announce()
        offer_person(talk, topic.response, subject=topic.title, said=talk.text)
    else:
        return False
    return True


async def counted(talk: Talk) -> bool:
    """Counts one more; False where it was the last one and a person has taken over. Announces."""
    count = int(talk.slot("misunderstandings") or 0) + 1
    if count >= MOST_MISUNDERSTANDINGS:
        await give_to_person(talk)
        return False
    talk.announce()
    talk.remember(misunderstandings=count, offered=None)  # what was offered has not been answered
    return True


async def give_to_person(talk: Talk) -> None:
    """The third misunderstanding in a row: a person takes over with all that was gathered, under a protocol."""
    pending = talk.slot("pending_protocol")
    if pending:
        protocol = await protocols.get(talk.session, UUID(pending))
    else:
        protocol = await open_for(talk, "talk_to_attendant")
    talk.say("third_misunderstanding", number=protocol.number)
    await let_go(talk)
    gathered = process_of(str(talk.slot("pending_request"))).describe(talk) if talk.slot("pending_request") else ""
    summary = await summarize(talk, "A assistente não entendeu três mensagens seguidas.", details=gathered)
    talk.hand_over(team=protocol.team, reason="not_understood", summary=summary)
    talk.forget_request()
    talk.remember(misunderstandings=0)


# -- misread


async def misread_before(talk: Talk) -> bool:
    """'Você entendeu errado' while nothing is under way: about the request that ended last. False otherwise."""
    since = messages_since_end(talk.tracker.events)
    if talk.slot("pending_request") or not talk.recall("understood_as") or since > STILL_ABOUT_IT:
        return False
    if not says_misread(talk.text, just_opened=since <= RIGHT_AFTER):
        return False
    await undo(talk)
    return True


def messages_since_end(events: list[dict[str, Any]]) -> int:
    """How many messages the person wrote, this one among them, since the last request ended; 0 without one. Pure."""
    count = 0
    for event in reversed(events):
        if event.get("event") == "slot" and event.get("name") == "pending_request":
            return count
        count += event.get("event") == "user"
    return 0


async def undo(talk: Talk) -> None:
    """The request was not what was meant: it ends, an apology, and what else the first message may mean.

    Where the very message says what is wanted instead, that is opened; what had been put aside goes on.
    """
    read = talk.slot("understood_as") or {}
    noted = list(talk.recall("next_needs") or ())
    if talk.state.get("resumed"):  # the older request was not meant: it stays as it was, for another day
        talk.resting = True
    else:
        await stop(talk, "A assistente entendeu errado o pedido.")
    talk.forget_request()
    talk.remember(understood_as=None, misunderstandings=0)
    own_action = _own_action(talk)
    if own_action:
        if own_action != "action_emergency":  # 192 comes before an apology
            talk.say("misread_sorry")
        talk.follow_up(own_action)
    elif talk.intent in KIND_OF_INTENT and talk.intent != read.get("intent") and talk.confidence >= SURE_OF_RIGHT_NEED:
        talk.say("misread_sorry")
        await open_request(talk, need_of(talk.text, talk.intent), said=talk.text)
    elif talk.slot("paused_requests"):
        talk.say("misread_sorry")
        await resume_paused(talk)
    else:
        meant = list(dict.fromkeys([*(need["intent"] for need in noted), *(read.get("others") or ())]))[:2]
        talk.remember(next_needs=None)
        if meant and read.get("said"):
            offer_meanings(talk, "misread_which", meant, str(read["said"]))
        else:
            talk.say("misread_ask", buttons=[ATTENDANT_BUTTON])


def _own_action(talk: Talk) -> str:
    """What follows where a person, a complaint or danger stands in the very message; empty without. Pure."""
    sure = talk.confidence >= SURE
    if talk.intent in _OWN_ACTIONS and sure:
        return _OWN_ACTIONS[talk.intent]
    return _OWN_ACTIONS["talk_to_attendant"] if asks_person(talk.text) else ""

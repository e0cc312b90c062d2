"""What holds everywhere: greeting, help, repeating, thanks, stopping, what came without words."""

from __future__ import annotations

import re

from actions.documents.resuming import offer_unfinished
from actions.edge import ZeloAction
from actions.not_understood import misread_before
from actions.offers import answer_offered
from actions.opening import care_in, confirms_late, need_of, open_request
from actions.process import answer_of
from actions.processes import close_unfinished, process_of, resume_paused, stop
from actions.repeating import Said, last_said, say_otherwise
from actions.talk import ATTENDANT_BUTTON, Talk
from actions.unclear import says_unclear
from backend.greeting import greeting
from backend.settings import settings

_OFFERS_HELP = re.compile(r"(?:mais alguma|outra) coisa\?$")


async def takes_files(talk: Talk) -> bool:
    """Whether files came with kind words, outside a request: 'desculpe, é esse aqui' is about what it lies under."""
    if talk.tracker.active_loop.get("name") or not talk.context.get("files"):
        return False
    await open_request(talk, "send_document")
    return True


class Greet(ZeloAction):
    """The first greeting says who speaks and what can be done; a later one is short."""

    called = "action_greet"

    async def act(self, talk: Talk) -> None:
        """Greets by the hour."""
        if await takes_files(talk):
            return
        hello = greeting(talk.now)
        in_form = bool(talk.tracker.active_loop.get("name"))
        if not in_form and await care_in(talk, talk.text):
            return  # 'boa noite, tem fisioterapeuta?' is more than a greeting
        talk.remember(offered=None)
        if not in_form and not talk.slot("announced") and talk.recall("unfinished"):
            talk.announce()
            if await offer_unfinished(talk):
                return
        if in_form:
            talk.say("greet_back_to_question", greeting=hello)
        elif talk.slot("announced"):
            talk.say("greet_again", greeting=hello)
        else:
            talk.say("greet", greeting=hello, operator=settings().operator_name)
            talk.remember(announced=True)


class Help(ZeloAction):
    """What the assistant can do, and how to reach a person."""

    called = "action_help"

    async def act(self, talk: Talk) -> None:
        """Shows the menu."""
        if await takes_files(talk):
            return
        talk.announce()
        talk.remember(offered=None)
        talk.say("help")


class Repeat(ZeloAction):
    """Says again what was said last, options included."""

    called = "action_repeat"

    async def act(self, talk: Talk) -> None:
        """Finds the messages of the turn before and repeats them."""
        if await takes_files(talk):
            return
        told = str(talk.context.get("told_last") or "")
        before = [Said(told, [])] if told else last_said(talk.tracker.events)
        if not before:
            talk.say("nothing_to_repeat")
        elif says_unclear(talk.text):
            say_otherwise(talk)
        elif not talk.tracker.active_loop.get("name"):  # a form asks its question again by itself
            for said in before:
                talk.say_again(said.text, said.buttons, said.file, response=said.response)


class Thank(ZeloAction):
    """A kind word back."""

    called = "action_thank"

    async def act(self, talk: Talk) -> None:
        """Answers thanks; where something is being asked, the form asks again; where it was offered, '🙏' takes it."""
        if await takes_files(talk) or await answer_offered(talk):
            return
        in_form = bool(talk.tracker.active_loop.get("name"))
        if not in_form and await confirms_late(talk):  # 'ciente, obrigada'
            return
        talk.remember(offered=None)
        if not in_form:
            talk.say("thank")


class Goodbye(ZeloAction):
    """Says goodbye and ends the episode."""

    called = "action_goodbye"

    async def act(self, talk: Talk) -> None:
        """Closes the conversation and what was unfinished in it."""
        talk.say("goodbye")
        talk.resting = process_of(str(talk.slot("pending_request") or "")).lasts
        if not talk.resting:  # who says goodbye in the middle of his papers goes on another day
            await stop(talk, "Quem pediu se despediu antes do fim.")
        for paused in talk.slot("paused_requests") or ():
            if not process_of(paused["intent"]).lasts:
                await close_unfinished(talk, paused["protocol"], "Quem pediu se despediu antes do fim.")
        talk.forget_request()
        talk.remember(paused_requests=None, next_needs=None, offered=None)
        talk.close()


class NoQuestion(ZeloAction):
    """A yes or a no outside a request: to what was offered, to what was understood, or to nothing that was asked."""

    called = "action_no_question"

    async def act(self, talk: Talk) -> None:
        """Takes it for the answer that it is; else says that nothing is open, or asks what is needed."""
        if await takes_files(talk) or await answer_offered(talk) or await misread_before(talk):
            return
        if await confirms_late(talk):
            return
        answer, asked = answer_of(talk.text, talk.intent), _asked_last(talk)
        if answer == "no" and (talk.slot("understood_as") or _OFFERS_HELP.search(asked)):  # 'não' to 'mais algo?'
            talk.say("nothing_more")
            return
        if answer == "yes" and talk.slot("understood_as") and not asked:  # 'ok' and '👍' after something was done
            talk.say("fine")
            return
        talk.announce()
        talk.remember(offered=None)
        talk.say("no_question")


def _asked_last(talk: Talk) -> str:
    """The last message before this one, where it ended in a question; else an empty text."""
    said = last_said(talk.tracker.events)
    text = said[-1].text.strip() if said else ""
    return text if text.endswith("?") else ""


class CancelFlow(ZeloAction):
    """Stops what is under way, as the person asks; its protocol is closed by his own wish."""

    called = "action_cancel_flow"

    async def act(self, talk: Talk) -> None:
        """Closes forms and the protocol that was being worked through; what was to come after it is forgotten."""
        if await misread_before(talk):
            return
        if not talk.slot("pending_request") and need_of(talk.text, talk.intent) != talk.intent:
            await care_in(talk, talk.text)
            return
        if not talk.slot("pending_request") and (talk.slot("next_needs") or talk.slot("offered")):
            talk.remember(next_needs=None, offered=None)
            talk.say("offer_declined")
            return
        if not talk.slot("pending_request"):
            talk.say("nothing_to_stop")
            return
        await stop(talk, "Desistência de quem pediu.")
        talk.forget_request()
        talk.remember(next_needs=None, offered=None)
        talk.say("stopped")
        await resume_paused(talk)


class UnreadableMessage(ZeloAction):
    """An audio, a sticker, a place, or something that came without words."""

    called = "action_unreadable_message"

    async def act(self, talk: Talk) -> None:
        """Says kindly what to do instead; the message itself is kept for the attendant.

        While something is asked its question follows with its own options, so the person beside is in the words.
        """
        talk.announce()
        talk.remember(offered=None)
        kinds = talk.context.get("kinds") or []
        kind = next((kind for kind in kinds if kind in {"audio", "sticker", "location"}), "unreadable")
        if talk.tracker.active_loop.get("name"):
            talk.say(f"{kind}_here")
        else:
            talk.say(kind, buttons=[ATTENDANT_BUTTON] if kind in {"audio", "unreadable"} else [])


class LateTap(ZeloAction):
    """A tap on an option of an older message."""

    called = "action_late_tap"

    async def act(self, talk: Talk) -> None:
        """Answers kindly and takes nothing from it."""
        talk.say("late_tap")

"""What holds everywhere: greeting, help, repeating, stopping, not understanding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from actions.edge import ZeloAction
from actions.handover import let_go, open_for
from actions.opening import care_in, need_of, second_look
from actions.processes import close_unfinished, process_of, resume_paused
from actions.summary import summarize
from actions.talk import MOST_MISUNDERSTANDINGS, Talk
from backend.greeting import greeting
from backend.protocols import verbs as protocols
from backend.settings import settings


class Greet(ZeloAction):
    """The first greeting says who speaks and what can be done; a later one is short."""

    called = "action_greet"

    async def act(self, talk: Talk) -> None:
        """Greets by the hour."""
        hello = greeting(talk.now)
        if not talk.tracker.active_loop.get("name") and await care_in(talk, talk.text):
            return  # 'boa noite, tem fisioterapeuta?' is more than a greeting
        if talk.tracker.active_loop.get("name"):
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
        talk.announce()
        talk.say("help")


class Repeat(ZeloAction):
    """Says again what was said last, options included."""

    called = "action_repeat"

    async def act(self, talk: Talk) -> None:
        """Finds the messages of the turn before and repeats them."""
        before = last_said(talk.tracker.events)
        if not before:
            talk.say("nothing_to_repeat")
        elif not talk.tracker.active_loop.get("name"):  # a form asks its question again by itself
            for said in before:
                talk.say_again(said.text, said.buttons, said.file)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of ours: its text (a file's caption), its buttons, its file."""

    text: str
    buttons: list[dict[str, Any]]
    file: dict[str, Any] | None = None


def last_said(events: list[dict[str, Any]]) -> list[Said]:
    """The assistant's messages between the last two messages of the person, buttons and files with them. Pure."""
    found: list[Said] = []
    people = 0
    for event in reversed(events):
        if event.get("event") == "user":
            people += 1
            if people == 2 or (people == 1 and found):  # noqa: PLR2004 (this message, and the one before)
                break
        said = _said(event)
        if people == 1 and said is not None:
            found.append(said)
    return found[::-1]


def _said(event: dict[str, Any]) -> Said | None:
    """What the person saw of an event; a command to dispatch is nothing he saw."""
    if event.get("event") != "bot":
        return None
    kept = event.get("data") or {}
    file = (kept.get("custom") or {}).get("file")
    text = event.get("text") or ""
    return Said(text, kept.get("buttons") or [], file) if text or file else None


class Thank(ZeloAction):
    """A kind word back."""

    called = "action_thank"

    async def act(self, talk: Talk) -> None:
        """Answers thanks; where something is being asked, the form asks again."""
        if not talk.tracker.active_loop.get("name"):
            talk.say("thank")


class Goodbye(ZeloAction):
    """Says goodbye and ends the episode."""

    called = "action_goodbye"

    async def act(self, talk: Talk) -> None:
        """Closes the conversation and what was unfinished in it."""
        talk.say("goodbye")
        await stop(talk, "Quem pediu se despediu antes do fim.")
        for paused in talk.slot("paused_requests") or ():
            await close_unfinished(talk, paused["protocol"], "Quem pediu se despediu antes do fim.")
        talk.forget_request()
        talk.remember(paused_requests=None)
        talk.close()


async def stop(talk: Talk, why: str) -> None:
    """What is being worked through ends unfinished: what it held is let go, its protocol closed."""
    if talk.slot("pending_request"):
        await process_of(str(talk.slot("pending_request"))).abandon(talk)
    await close_unfinished(talk, talk.slot("pending_protocol"), why)


class NoQuestion(ZeloAction):
    """A yes or a no to nothing that was asked."""

    called = "action_no_question"

    async def act(self, talk: Talk) -> None:
        """Asks what is needed."""
        talk.announce()
        talk.say("no_question")


class NotUnderstood(ZeloAction):
    """Two rephrasings, then a person. [rule 5]"""

    called = "action_not_understood"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Counts, and says it otherwise each time."""
        await misunderstood(talk)


async def misunderstood(talk: Talk) -> None:
    """One more message that was not understood: a second look at it, other words, the menu, then a person."""
    if await second_look(talk):
        return
    count = int(talk.slot("misunderstandings") or 0) + 1
    if count >= MOST_MISUNDERSTANDINGS:
        await give_to_person(talk)
        return
    talk.announce()
    talk.say(f"rephrase_{count}")
    talk.remember(misunderstandings=count)


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


class Inform(ZeloAction):
    """Facts that nobody asked for: a protocol number is a question about it, the rest needs words."""

    called = "action_inform"
    understood = False

    async def act(self, talk: Talk) -> None:
        """Goes where the fact leads."""
        await misunderstood(talk)


class CancelFlow(ZeloAction):
    """Stops what is under way, as the person asks; its protocol is closed by his own wish."""

    called = "action_cancel_flow"

    async def act(self, talk: Talk) -> None:
        """Closes forms and the protocol that was being worked through."""
        if not talk.slot("pending_request") and need_of(talk.text, talk.intent) != talk.intent:
            await care_in(talk, talk.text)
            return
        if not talk.slot("pending_request"):
            talk.say("nothing_to_stop")
            return
        await stop(talk, "Desistência de quem pediu.")
        talk.forget_request()
        talk.say("stopped")
        await resume_paused(talk)


class UnreadableMessage(ZeloAction):
    """An audio, a sticker, a place, or something that came without words."""

    called = "action_unreadable_message"

    async def act(self, talk: Talk) -> None:
        """Says kindly what to do instead; the message itself is kept for the attendant."""
        talk.announce()
        kinds = talk.context.get("kinds") or []
        answers = {"audio": "audio", "sticker": "sticker", "location": "location"}
        talk.say(next((answers[kind] for kind in kinds if kind in answers), "unreadable"))


class LateTap(ZeloAction):
    """A tap on an option of an older message."""

    called = "action_late_tap"

    async def act(self, talk: Talk) -> None:
        """Answers kindly and takes nothing from it."""
        talk.say("late_tap")

"""What is offered outside a request and answered by yes or no: another need of the same message, or a person."""

from __future__ import annotations

from typing import Any

from actions.edge import ZeloAction
from actions.handover import to_attendant
from actions.needs import to_what
from actions.opening import open_request
from actions.talk import ATTENDANT_BUTTON, Talk
from backend.words import yes_or_no

MOST_WORDS = 6  # 'não consigo abrir a carteirinha, me ajuda aqui' only begins like a no
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


async def answer_offered(talk: Talk) -> bool:
    """A yes or a no to what was offered last, tapped or in words; False where nothing was, or it is neither."""
    offered = talk.recall("offered")
    answer = talk.entity("answer") or (yes_or_no(talk.text) if len(talk.text.split()) <= MOST_WORDS else "")
    if not offered or answer not in {"yes", "no"} or (offered.get("care") and answer == "no"):
        return False
    talk.remember(offered=None)
    if answer == "no":
        if not await offer_next(talk):
            talk.say("offer_declined")
    elif offered["intent"] == "talk_to_attendant":
        await to_attendant(talk, subject=offered.get("subject", ""), said=offered.get("said", ""))
    elif offered["intent"] == "protocol_status":
        talk.follow_up("action_protocol_status")
    else:
        await open_request(talk, offered["intent"], said=offered["said"])
    return True


class AnswerOffer(ZeloAction):
    """The option that was tapped."""

    called = "action_answer_offer"

    async def act(self, talk: Talk) -> None:
        """Does it, or leaves it; late, it means nothing any more."""
        if not await answer_offered(talk):
            talk.say("late_tap")

"""Answers to what the plan told by itself: a reminder, a vacancy, a decision. [processes.md 1]"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from actions.delinquency.calls import answer_call
from actions.edge import ZeloAction
from actions.news_processes import HEAR
from actions.process import open_for
from actions.processes import ANSWERS_TO_MOVES, go_on, process_of, set_aside
from actions.talk import Talk
from backend import news
from backend.events import Event
from backend.protocols import verbs as protocols
from backend.protocols.kinds import KIND_OF_INTENT
from backend.protocols.moving import MOVED
from backend.scheduling import booking, changes, waiting
from backend.scheduling.booking import Visit
from backend.words import spoken_moment

CANCEL = "cancel_reminded"


class AnswerNews(ZeloAction):
    """An option of news that were told, tapped or typed; answered late or twice it changes nothing.

    Confirming, cancelling and refusing need no identity: what was asked went to the registered number and named day
    and hour alone, and so does the answer. All else does.
    """

    called = "action_answer_news"

    async def act(self, talk: Talk) -> None:
        """Does what was chosen; what was under way is put aside where another question comes, and comes back."""
        if call := talk.entity("call"):
            await answer_call(talk, call, talk.entity("answer"))
            return
        talk.announce()
        meant = {entity["entity"]: entity["value"] for entity in talk.tracker.latest_message.get("entities") or ()}
        event = await news.find(talk.session, meant.get("news"))
        if event is None:
            talk.say("news_gone")
            return
        steps = {
            "confirm": self._confirm, "cancel": self._cancel, "reschedule": self._reschedule,
            "refuse": self._refuse, "others": self._others, "attendant": self._attendant,
        }  # fmt: skip
        answer = str(meant.get("answer") or "")
        if event.kind == MOVED and answer and answer not in {"hear", "attendant"}:
            await self._moved(talk, event, answer)
        else:
            await steps.get(answer, self._hear)(talk, event)

    @staticmethod
    async def _moved(talk: Talk, event: Event, answer: str) -> None:
        """An answer to where a request stands now: its process takes it, the person identified. [rules 2, 3]"""
        protocol = await protocols.get(talk.session, UUID(event.subject_id))
        process = ANSWERS_TO_MOVES.get(protocol.kind)
        if process is None:
            talk.say("news_gone")
            return
        await _start(talk, process, {"protocol": str(protocol.id), "chosen_before": answer})

    @staticmethod
    async def _hear(talk: Talk, event: Event) -> None:
        await _start(talk, HEAR, {"news": str(event.id)})

    @staticmethod
    async def _confirm(talk: Talk, event: Event) -> None:
        visit = await _to_come(talk, event)
        if visit is None:
            return
        before = visit.appointment.confirmed_at
        await changes.confirm(talk.session, appointment=visit.appointment, actor=talk.actor, now=talk.now)
        said = "confirmed_before" if before else "confirmed"
        talk.say(f"news_{said}", moment=spoken_moment(visit.starts_at))

    @staticmethod
    async def _cancel(talk: Talk, event: Event) -> None:
        visit = await _to_come(talk, event)
        if visit is not None:
            await _start(talk, CANCEL, {"item": str(visit.appointment.id)})

    @staticmethod
    async def _reschedule(talk: Talk, event: Event) -> None:
        visit = await _to_come(talk, event)
        if visit is not None:
            await _start_request(talk, "reschedule_appointment", {"item": str(visit.appointment.id)})

    @staticmethod
    async def _refuse(talk: Talk, event: Event) -> None:
        visit = await booking.visit(talk.session, UUID(event.subject_id))
        if visit.appointment.state == "booked":
            talk.say("news_vacancy_accepted_before", moment=spoken_moment(visit.starts_at))
            return
        appointment_id = visit.appointment.id
        await waiting.answer(
            talk.session, appointment_id=appointment_id, accepted=False, actor=talk.actor, now=talk.now
        )
        talk.say("news_vacancy_refused")

    @staticmethod
    async def _others(talk: Talk, event: Event) -> None:
        """Other times for what the clinic withdrew, under the protocol that scheduling has for it already."""
        await _start_request(
            talk, "schedule_appointment", {"withdrawn": event.subject_id}, protocol_id=event.protocol_id
        )

    @staticmethod
    async def _attendant(talk: Talk, _event: Event) -> None:
        talk.follow_up("action_talk_to_attendant")


async def _to_come(talk: Talk, event: Event) -> Visit | None:
    """The appointment that the reminder was about; None where it is over or booked no more, which is said then."""
    visit = await booking.visit(talk.session, UUID(event.subject_id))
    if visit.appointment.state != "booked":
        talk.say("news_not_booked")
    elif visit.starts_at <= talk.now:
        talk.say("news_over")
    else:
        return visit
    return None


async def _start_request(talk: Talk, intent: str, known: dict[str, Any], *, protocol_id: UUID | None = None) -> None:
    """A request like any other, of which this much is known already: its protocol first. [rule 1]"""
    protocol = await protocols.get(talk.session, protocol_id) if protocol_id else await open_for(talk, intent)
    talk.say("protocol_opened", title=KIND_OF_INTENT[intent].title, number=protocol.number)
    await _start(talk, intent, {"said": talk.text, "intent": intent, "protocol": str(protocol.id), **known})


async def _start(talk: Talk, request: str, state: dict[str, Any]) -> None:
    talk.remember(
        paused_requests=await set_aside(talk, request, keep=state.get("protocol")), pending_request=request,
        pending_protocol=state.get("protocol"), request_details=None, identity_result=None, identity_hint=None,
    )  # fmt: skip
    talk.state.clear()
    talk.state.update(state)
    await go_on(talk, process_of(request))

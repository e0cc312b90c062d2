"""What an answer to news needs a question or an identity for. What needs neither is in `actions/news.py`."""

from __future__ import annotations

from functools import partial
from typing import ClassVar
from uuid import UUID

from actions.process import Process, done, person_of, said_no
from actions.scheduling.asking import visit_values
from actions.scheduling.which import answer_to_sure
from actions.scheduling.words import says_cancel
from actions.talk import Talk
from backend import beneficiaries, news
from backend.beneficiaries import Beneficiary
from backend.errors import InvalidInput, NotFound, Taken
from backend.events import Event
from backend.scheduling import booking, changes, waiting
from backend.store.clock import local
from backend.words import means_no, means_yes, spoken_moment

HEAR = "answer_news"


class HearNews(Process):
    """News in full, or a vacancy accepted: both name health or money, so the person is identified first. [rules 2, 3]

    A vacancy is accepted only then although a reminder is confirmed without: the last message has to say doctor and
    address [000], and who merely holds the telephone must not take an appointment in somebody's name.
    """

    async def begin(self, talk: Talk) -> None:
        """Tells, or books; asks nothing, so it always ends here."""
        event = await news.find(talk.session, talk.state.get("news"))
        person = await person_of(talk)
        if event is None:
            talk.say("news_gone")
        elif not await self._may_hear(talk, person, event):
            talk.say("news_not_yours")
        elif event.kind == "vacancy_offered":
            await self._accept(talk, UUID(event.subject_id))
        else:
            await self._tell(talk, event)
        done(talk)

    @staticmethod
    async def _may_hear(talk: Talk, person: Beneficiary, event: Event) -> bool:
        about = await beneficiaries.get(talk.session, event.beneficiary_id)
        money = await news.is_about_money(talk.session, event)
        return news.may_hear(person, about, money=money, today=local(talk.now).date())

    @staticmethod
    async def _tell(talk: Talk, event: Event) -> None:
        try:
            full = await news.in_full(talk.session, event, now=talk.now)
        except NotFound:
            talk.say("news_gone")
            return
        answers = [
            {"title": title, "payload": {"intent": HEAR, "entities": {"news": str(event.id), "answer": answer}}}
            for title, answer in full.options
        ]
        if full.file is not None:
            talk.say_stored(full.file, f"news_{full.name}", buttons=answers, **full.values)
        else:
            talk.say(f"news_{full.name}", buttons=answers, **full.values)

    @staticmethod
    async def _accept(talk: Talk, held_id: UUID) -> None:
        answer = partial(waiting.answer, talk.session, appointment_id=held_id, actor=talk.actor, now=talk.now)
        try:
            await answer(accepted=True)
        except Taken:
            talk.say("news_vacancy_gone")
            return
        except InvalidInput as problem:
            talk.say("news_vacancy_overlaps", problem=problem.message)
            await answer(accepted=False)
            return
        visit = await booking.visit(talk.session, held_id)
        person = await beneficiaries.get(talk.session, visit.appointment.beneficiary_id)
        talk.say(
            "news_vacancy_booked", **visit_values(visit), name=person.full_name, number=visit.protocol_number
        )  # fmt: skip


class CancelReminded(Process):
    """'Cancelar' as the answer to a reminder: asked once more, then cancelled.

    The reminder went to the registered number and neither it nor this says a health fact, so nobody is identified:
    day and hour are all that is named.
    """

    needs_identity: ClassVar[bool] = False
    own: ClassVar[frozenset[str]] = frozenset({"cancel_appointment"})
    neighbours: ClassVar[frozenset[str]] = frozenset({"cancel_flow", "thank"})

    async def begin(self, talk: Talk) -> None:
        """Nothing to prepare: the question is `ask`'s."""

    def reads(self, talk: Talk) -> bool:
        """A yes, a no, or 'pode cancelar'."""
        return bool(talk.chosen or means_yes(talk.text) or means_no(talk.text) or says_cancel(talk.text))

    async def take(self, talk: Talk) -> bool:
        """Cancels on a yes; a no leaves it booked."""
        visit = await booking.visit(talk.session, UUID(talk.state["item"]))
        answer = talk.chosen.get("answer") or answer_to_sure(talk.text)
        if answer == "no" or (not answer and said_no(talk)):
            talk.say("news_kept", moment=spoken_moment(visit.starts_at))
        elif answer == "yes":  # a guess at a yes takes no appointment away
            await self._cancel(talk, visit)
        else:
            return False
        done(talk)
        return True

    @staticmethod
    async def _cancel(talk: Talk, visit: booking.Visit) -> None:
        try:
            await changes.cancel(talk.session, appointment=visit.appointment, actor=talk.actor, now=talk.now)
        except InvalidInput:
            talk.say("news_over")
        else:
            talk.say("news_cancelled", moment=spoken_moment(visit.starts_at))

    async def ask(self, talk: Talk) -> None:
        """Whether really."""
        visit = await booking.visit(talk.session, UUID(talk.state["item"]))
        options = [("Sim, cancelar", {"answer": "yes"}), ("Não, manter", {"answer": "no"})]
        talk.say("news_sure_to_cancel", moment=spoken_moment(visit.starts_at), options=options)

    def describe(self, talk: Talk) -> str:
        """What was being decided."""
        return f"Quer cancelar o atendimento do lembrete. Disse: {talk.text}"

"""What is booked: telling it, moving it, cancelling it, and choosing which one is meant. [processes.md 1]"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from actions.process import Process, done, only_a_file, person_of, protocol_number, said_no
from actions.scheduling.asking import visit_values
from actions.scheduling.book import Booking
from actions.scheduling.looking import read, today_of, wants_change
from actions.scheduling.which import answer_to_sure, means_several, meant, new_time, to_be_cancelled
from actions.scheduling.words import (
    kept_part,
    leaves_waiting_list,
    says_all,
    says_cancel,
    says_how_many,
    says_move,
    says_never_mind,
    speaks_of_list,
    wants_choices,
)
from actions.talk import Option, Talk
from backend import beneficiaries
from backend.beneficiaries import may_act_for
from backend.errors import InvalidInput
from backend.protocols import verbs as protocols
from backend.scheduling import booking, changes, waiting
from backend.scheduling.booking import Visit
from backend.scheduling.tables import WaitingEntry
from backend.scheduling.when import When
from backend.store.clock import local
from backend.vocabulary import specialty
from backend.words import means_no, means_yes, spoken_moment


async def visits_of(talk: Talk) -> list[Visit]:
    """The appointments to come of the person and of the minors whom he answers for, earliest first. [rule 10]"""
    person, today = await person_of(talk), local(talk.now).date()
    family = await beneficiaries.family_of(talk.session, person)
    own = [other.id for other in family if may_act_for(person, other, today)]
    return await booking.upcoming(talk.session, own or [person.id], now=talk.now)


_SURE: list[Option] = [("Sim, cancelar", {"answer": "yes"}), ("Não, manter", {"answer": "no"})]


def options_of(visits: list[Visit]) -> list[Option]:
    """Appointments as options. Pure."""
    return [
        (
            f"{specialty(visit.specialty).name}, {spoken_moment(visit.starts_at)}, com {visit.provider_name}",
            {"item": str(visit.appointment.id)},
        )
        for visit in visits
    ]


class MyAppointments(Process):
    """'Quais são as minhas consultas?'"""

    own: ClassVar[frozenset[str]] = frozenset({"list_appointments"})

    async def begin(self, talk: Talk) -> None:
        """Tells them, each with day, doctor, address and protocol."""
        visits, waits = await visits_of(talk), await entries_of(talk)
        person = await person_of(talk)
        if not visits and not waits:
            talk.say("no_appointments")
        for visit in visits:
            other = await beneficiaries.get(talk.session, visit.appointment.beneficiary_id)
            whose = "" if other.id == person.id else f"\nPara: {other.full_name}"
            protocol = f"\nProtocolo: {visit.protocol_number}" if visit.protocol_number else ""
            talk.say("appointment", **visit_values(visit), whose=whose, protocol=protocol)
        for entry in waits:
            talk.say("still_waiting", wish=_waited_for(entry))
        if visits:
            talk.say("appointments_more")
        done(talk)


class CancelAppointment(Process):
    """Which one, or all of them, whether really, and gone; what becomes free goes to the waiting list."""

    own: ClassVar[frozenset[str]] = frozenset({"cancel_appointment"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {
            "list_appointments", "reschedule_appointment", "schedule_appointment", "find_provider", "thank",
            "cancel_flow", "send_document",
        }
    )  # fmt: skip

    async def begin(self, talk: Talk) -> None:
        """Finds what is meant; nothing booked ends it."""
        if leaves_waiting_list(str(talk.state.get("said") or "")):
            await self._leave_waiting_list(talk)
            return
        visits = await visits_of(talk)
        if not visits:
            talk.say("no_appointments")
            done(talk)
            return
        talk.state["all"] = [str(visit.appointment.id) for visit in visits]
        said = str(talk.state.get("said") or "")
        self._narrow(talk, meant(said, visits, today=today_of(talk)), said)

    @staticmethod
    async def _leave_waiting_list(talk: Talk) -> None:
        entries = await entries_of(talk)
        for entry in entries:
            await waiting.leave(talk.session, entry=entry, actor=talk.actor, now=talk.now)
            await _close_waiting(talk, entry)
        talk.say("left_waiting_list" if entries else "on_no_waiting_list")
        done(talk)

    @staticmethod
    def _narrow(talk: Talk, visits: list[Visit], text: str = "") -> None:
        """Keeps which ones are meant; whether really is asked of one, or of all where the text says so."""
        talk.state["visits"] = [str(visit.appointment.id) for visit in visits]
        sure = len(visits) == 1 or means_several(text, len(visits))
        if not sure and says_how_many(text):
            talk.say("not_so_many_appointments", count=len(visits))
        talk.state["stage"] = "sure" if sure else "which"
        talk.state["which"] = "; ".join(title for title, _ in options_of(visits)) if sure else ""

    def reads(self, talk: Talk) -> bool:
        """A choice, a yes, a no, or the words of an appointment; to move it is another need."""
        several = says_all(talk.text) or bool(says_how_many(talk.text))
        answers = (means_yes(talk.text), means_no(talk.text), says_cancel(talk.text), bool(read(talk)), several)
        return (
            bool(talk.chosen or kept_part(talk.text))
            or only_a_file(talk)
            or (any(answers) and not says_move(talk.text))
        )

    async def take(self, talk: Talk) -> bool:
        """Which one, then yes or no; another one may be named at any step."""
        visits = await _visits(talk)
        if only_a_file(talk):
            talk.say("file_kept_here")
            return True
        chosen = _chosen(talk)
        if "item" in chosen or chosen.get("answer") == "all":
            item = chosen.get("item")
            self._narrow(talk, [visit for visit in visits if item in {None, str(visit.appointment.id)}], "todas")
            return True
        if kept_part(talk.text) and not chosen:
            return await self._keep_some(talk, visits)
        return await self._named(talk, visits)

    async def _named(self, talk: Talk, visits: list[Visit]) -> bool:
        """One or several by their words; else the answer to whether really."""
        sure = talk.state.get("stage") == "sure"
        among = await _visits(talk, "all") if sure else visits
        found = meant(talk.text, among, today=today_of(talk))
        if not sure and (says_how_many(talk.text) or says_all(talk.text)) and not says_never_mind(talk.text):
            self._narrow(talk, found, talk.text)
            return True
        if len(found) < len(among) and not _chosen(talk) and not set(map(_id, found)) >= set(map(_id, visits)):
            self._narrow(talk, found)
            return True
        if sure:
            return await self._answered(talk, visits)
        refuses = said_no(talk) or means_no(talk.text) or says_never_mind(talk.text)
        return await self._keep(talk) if refuses else False

    async def _answered(self, talk: Talk, visits: list[Visit]) -> bool:
        chosen = _chosen(talk)
        answer = str(chosen.get("answer") or "") if chosen else answer_to_sure(talk.text)
        if answer == "no" or (not answer and not talk.chosen and said_no(talk)):
            return await self._keep(talk)
        return await cancel(talk, *visits) if answer == "yes" else False

    async def _keep_some(self, talk: Talk, visits: list[Visit]) -> bool:
        """What shall stay is left out; where nothing remains all of it stays."""
        remaining = to_be_cancelled(talk.text, visits, today=today_of(talk))
        if not remaining:
            return await self._keep(talk)
        self._narrow(talk, remaining, "todas")
        return True

    @staticmethod
    async def _keep(talk: Talk) -> bool:
        talk.say("kept")
        done(talk)
        return True

    async def ask(self, talk: Talk) -> None:
        """Which one, or whether really."""
        visits = await _visits(talk)
        if talk.state.get("stage") == "which":
            talk.say("ask_which_to_cancel", options=[*options_of(visits), ("Todas", {"answer": "all"})])
        elif len(visits) > 1:
            listed = "\n".join(f"• {title}" for title, _ in options_of(visits))
            talk.say("ask_sure_to_cancel_several", count=len(visits), visits=listed, options=_SURE)
        else:
            await ask_sure(talk, visits[0])

    def describe(self, talk: Talk) -> str:
        """What the person wrote first, and which one he means where that is known."""
        which = talk.state.get("which") or "ainda não disse qual"
        return f"Quer cancelar uma consulta: {which}.\nDisse: {talk.state.get('said') or ''}"


async def ask_sure(talk: Talk, visit: Visit) -> None:
    """Cancelling cannot be taken back once somebody else has the slot, so it is asked."""
    talk.say("ask_sure_to_cancel", **visit_values(visit), options=_SURE)


async def _visits(talk: Talk, key: str = "visits") -> list[Visit]:
    return [await booking.visit(talk.session, UUID(visit)) for visit in talk.state.get(key) or ()]


def _chosen(talk: Talk) -> Mapping[str, Any]:
    """What was tapped or numbered; 'as duas' is a number of appointments, and no second option."""
    return {} if says_how_many(talk.text) else talk.chosen


def _id(visit: Visit) -> UUID:
    return visit.appointment.id


async def entries_of(talk: Talk) -> list[WaitingEntry]:
    """What the person, and the minors whom he answers for, wait for. [rule 10]"""
    person, today = await person_of(talk), today_of(talk)
    family = await beneficiaries.family_of(talk.session, person)
    own = [other.id for other in family if may_act_for(person, other, today)]
    return [entry for other in own for entry in await waiting.of_person(talk.session, other)]


def _waited_for(entry: WaitingEntry) -> str:
    when = When.from_json(entry.wish).describe() if entry.wish else ""
    return ", ".join(filter(None, [f"{specialty(entry.specialty).name} em {entry.city}", when]))


async def cancel(talk: Talk, *visits: Visit) -> bool:
    """Cancels each and says so; where an hour has come meanwhile, that is said. Always True."""
    for visit in visits:
        try:
            await changes.cancel(talk.session, appointment=visit.appointment, actor=talk.actor, now=talk.now)
        except InvalidInput as problem:
            talk.say("cannot_change", problem=problem.message)
        else:
            talk.say("cancelled", **visit_values(visit), number=await protocol_number(talk))
    done(talk)
    return True


async def _close_waiting(talk: Talk, entry: WaitingEntry) -> None:
    if entry.protocol_id is not None:
        protocol = await protocols.get(talk.session, entry.protocol_id)
        text = "Saiu da lista de espera."
        await protocols.close_protocol(talk.session, protocol=protocol, actor=talk.actor, now=talk.now, text=text)


class Reschedule(Booking):
    """Which one, another time with the same doctor, and the old slot is free in the same moment."""

    own: ClassVar[frozenset[str]] = frozenset({"reschedule_appointment", "schedule_appointment"})
    neighbours: ClassVar[frozenset[str]] = Booking.neighbours | {"cancel_flow"}
    booked_text: ClassVar[str] = "moved"
    stopped_text: ClassVar[str] = "kept"

    async def begin(self, talk: Talk) -> None:
        """Finds what is meant; nothing booked ends it with a way to book."""
        visits = await visits_of(talk)
        known = talk.state.pop("item", None)  # the answer to a reminder says which one
        if known:
            visits = [visit for visit in visits if str(visit.appointment.id) == known]
        if not visits:
            talk.say("no_appointments")
            done(talk)
            return
        said = str(talk.state.get("said") or "")
        found = meant(said, visits, today=today_of(talk))
        talk.state["visits"] = [str(visit.appointment.id) for visit in found]
        if len(found) == 1:
            await self._from(talk, found[0], said)
        else:
            talk.state["stage"] = "which"

    async def _from(self, talk: Talk, visit: Visit, said: str) -> None:
        """The same specialty, doctor and city, at another time; the new time is asked for where it was not said."""
        talk.state["moving"] = str(visit.appointment.id)
        person = await beneficiaries.get(talk.session, visit.appointment.beneficiary_id)
        talk.state.update({"for": str(person.id), "for_name": person.full_name})
        talk.state["held_at"] = visit.starts_at.isoformat()
        wish: dict[str, Any] = {
            "specialty": visit.specialty, "city": visit.city, "state": visit.state,
            "provider": str(visit.appointment.provider_id), "doctor": visit.provider_name,
        }  # fmt: skip
        talk.state["wish"] = wish
        when = new_time(said, today=today_of(talk))
        if when is not None and when.fits(local(visit.starts_at)) and when.says_days:
            when = None  # the day that was named is the old one: 'a consulta de quinta'
        if when is None:
            talk.state["stage"] = "when"
            return
        wish["when"] = when.to_json()
        await self._look(talk)

    def reads(self, talk: Talk) -> bool:
        """Also the words of an appointment, and that it shall rather be cancelled."""
        if says_never_mind(talk.text):
            return False
        if talk.state.get("stage") in {"which", "sure", "when"} or says_cancel(talk.text):
            return only_a_file(talk) or not speaks_of_list(talk.text)
        return super().reads(talk)

    async def take(self, talk: Talk) -> bool:
        """Which one, then as a booking; or the wish to cancel it after all."""
        stage = talk.state.get("stage")
        if only_a_file(talk):
            return await super().take(talk)
        if talk.state.get("moving") and (stage == "sure" or says_cancel(talk.text)):
            return await self._cancel_instead(talk)
        if stage == "which" or "item" in talk.chosen:
            return await self._which(talk)
        if stage == "when" and not talk.chosen and wants_choices(talk.text) and not (read(talk) or wants_change(talk)):
            return await self._advance(talk)
        return await super().take(talk)

    async def _which(self, talk: Talk) -> bool:
        visits = await _visits(talk)
        named = [visit for visit in visits if str(visit.appointment.id) == talk.chosen.get("item")]
        found = named or meant(talk.text, visits, today=today_of(talk))
        if len(found) != 1:
            return False
        await self._from(talk, found[0], "")
        return True

    async def _cancel_instead(self, talk: Talk) -> bool:
        """'Na verdade quero cancelar': asked once more, then cancelled; a no goes on with the new time."""
        if talk.state.get("stage") != "sure":
            talk.state["stage"] = "sure"
            return True
        answer = str(talk.chosen.get("answer") or "") if talk.chosen else answer_to_sure(talk.text)
        if not answer and says_cancel(talk.text):
            return False  # a question about it: asked again
        if answer == "yes":
            await self.abandon(talk)
            visit = await booking.visit(talk.session, UUID(talk.state["moving"]))
            return await cancel(talk, visit)
        talk.state["stage"] = "when"
        return answer == "no" or said_no(talk)

    def describe(self, talk: Talk) -> str:
        """That something shall be moved, and to what; the rest as a booking tells it."""
        return f"Quer remarcar uma consulta.\n{super().describe(talk)}"

    async def _book(self, talk: Talk) -> bool:
        """As a booking; but what is to be moved may have been cancelled meanwhile."""
        old = await booking.get(talk.session, UUID(talk.state["moving"]))
        if old.state != "booked":
            await self.abandon(talk)
            talk.say("cannot_change", problem="Essa consulta não está mais marcada.")
            done(talk)
            return True
        return await super()._book(talk)

    async def settle(self, talk: Talk, held_id: UUID) -> None:
        """The old one ends and the new one is booked, both or neither."""
        old = await booking.get(talk.session, UUID(talk.state["moving"]))
        held = await booking.get(talk.session, held_id)
        await changes.move(talk.session, appointment=old, to=held, actor=talk.actor, now=talk.now)

    async def ask(self, talk: Talk) -> None:
        """Which one, for when, or as a booking asks."""
        stage = talk.state.get("stage")
        if stage == "which":
            talk.say("ask_which_to_move", options=options_of(await _visits(talk)))
        elif stage == "sure":
            await ask_sure(talk, await booking.visit(talk.session, UUID(talk.state["moving"])))
        elif stage == "when":
            visit = await booking.visit(talk.session, UUID(talk.state["moving"]))
            talk.say("ask_new_time", **visit_values(visit))
        else:
            await super().ask(talk)

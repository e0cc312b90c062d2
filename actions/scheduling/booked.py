"""What is booked: telling it, moving it, cancelling it, and choosing which one is meant. [processes.md 1]"""

from __future__ import annotations

import re
from typing import Any, ClassVar
from uuid import UUID

from actions.process import Process, done, person_of, protocol_number, said_no, said_yes
from actions.scheduling.book import Booking, visit_values
from actions.scheduling.looking import absorb, read
from actions.talk import Option, Talk
from backend import beneficiaries
from backend.beneficiaries import may_act_for
from backend.identifiers import plain
from backend.scheduling import booking, changes
from backend.scheduling.booking import Visit
from backend.scheduling.when import read_when
from backend.store.clock import local
from backend.vocabulary import specialties_in, specialty
from backend.words import means_no, means_yes, spoken_moment

_CANCEL = re.compile(r"\b(?:cancel\w*|desmarc\w*)\b")
_NEVER_MIND = re.compile(r"\b(?:deixa|esquec\w*|desist\w*|nao quero mais)\b")


def says_cancel(text: str) -> bool:
    """'cancela', 'quero desmarcar'; not 'deixa pra lá', which leaves everything as it is. Pure."""
    said = plain(text)
    return bool(_CANCEL.search(said)) and not _NEVER_MIND.search(said) and not means_no(text)


async def visits_of(talk: Talk) -> list[Visit]:
    """The appointments to come of the person and of the minors whom he answers for, earliest first. [rule 10]"""
    person, today = await person_of(talk), local(talk.now).date()
    family = await beneficiaries.family_of(talk.session, person)
    own = [other.id for other in family if may_act_for(person, other, today)]
    return await booking.upcoming(talk.session, own or [person.id], now=talk.now)


def meant(text: str, visits: list[Visit], talk: Talk) -> list[Visit]:
    """Which appointments a text may mean, by specialty, doctor or day; all of them where it names none. Pure."""
    codes = {found.code for found in specialties_in(text)}
    when = read_when(text, today=local(talk.now).date())
    words = set(re.findall(r"[a-z]{4,}", plain(text)))
    by_doctor = [visit for visit in visits if words & set(re.findall(r"[a-z]{4,}", plain(visit.provider_name)))]
    if by_doctor:
        return by_doctor
    by_specialty = [visit for visit in visits if visit.specialty in codes]
    if by_specialty:
        return by_specialty
    by_day = [visit for visit in visits if when is not None and when.fits(local(visit.starts_at))]
    return by_day or visits


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
        visits = await visits_of(talk)
        person = await person_of(talk)
        if not visits:
            talk.say("no_appointments")
        for visit in visits:
            other = await beneficiaries.get(talk.session, visit.appointment.beneficiary_id)
            whose = "" if other.id == person.id else f"\nPara: {other.full_name}"
            talk.say("appointment", **visit_values(visit), whose=whose, number=visit.protocol_number)
        if visits:
            talk.say("appointments_more")
        done(talk)


class CancelAppointment(Process):
    """Which one, whether really, and gone; what becomes free goes to the waiting list."""

    own: ClassVar[frozenset[str]] = frozenset({"cancel_appointment"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {"list_appointments", "reschedule_appointment", "schedule_appointment", "find_provider", "thank", "cancel_flow"}
    )

    async def begin(self, talk: Talk) -> None:
        """Finds what is meant; nothing booked ends it."""
        visits = await visits_of(talk)
        if not visits:
            talk.say("no_appointments")
            done(talk)
            return
        self._narrow(talk, meant(str(talk.state.get("said") or ""), visits, talk))

    @staticmethod
    def _narrow(talk: Talk, visits: list[Visit]) -> None:
        talk.state["visits"] = [str(visit.appointment.id) for visit in visits]
        talk.state["stage"] = "sure" if len(visits) == 1 else "which"

    def reads(self, talk: Talk) -> bool:
        """A choice, a yes, a no, or the words of an appointment."""
        return bool(talk.chosen or means_yes(talk.text) or means_no(talk.text) or says_cancel(talk.text) or read(talk))

    async def take(self, talk: Talk) -> bool:
        """Which one, then yes or no."""
        visits = await _visits(talk)
        if "item" in talk.chosen:
            self._narrow(talk, [visit for visit in visits if str(visit.appointment.id) == talk.chosen["item"]])
            return True
        if talk.state.get("stage") == "sure":
            return await self._answered(talk, visits[0])
        found = meant(talk.text, visits, talk)
        if len(found) == len(visits) and not said_no(talk):
            return False
        if said_no(talk) and len(found) == len(visits):
            return await self._keep(talk)
        self._narrow(talk, found)
        return True

    async def _answered(self, talk: Talk, visit: Visit) -> bool:
        if said_no(talk) or means_no(talk.text) or _NEVER_MIND.search(plain(talk.text)):
            return await self._keep(talk)
        if said_yes(talk) or means_yes(talk.text) or says_cancel(talk.text):
            await changes.cancel(talk.session, appointment=visit.appointment, actor=talk.actor, now=talk.now)
            talk.say("cancelled", **visit_values(visit), number=await protocol_number(talk))
            done(talk)
            return True
        return False

    @staticmethod
    async def _keep(talk: Talk) -> bool:
        talk.say("kept")
        done(talk)
        return True

    async def ask(self, talk: Talk) -> None:
        """Which one, or whether really."""
        visits = await _visits(talk)
        if talk.state.get("stage") == "which":
            talk.say("ask_which_to_cancel", options=options_of(visits))
            return
        await ask_sure(talk, visits[0])

    def describe(self, talk: Talk) -> str:
        """What the person wrote first."""
        return f"Quer cancelar uma consulta. Disse: {talk.state.get('said') or ''}"


async def ask_sure(talk: Talk, visit: Visit) -> None:
    """Cancelling cannot be taken back once somebody else has the slot, so it is asked."""
    options = [("Sim, cancelar", {"answer": "yes"}), ("Não, manter", {"answer": "no"})]
    talk.say("ask_sure_to_cancel", **visit_values(visit), options=options)


async def _visits(talk: Talk) -> list[Visit]:
    return [await booking.visit(talk.session, UUID(visit)) for visit in talk.state.get("visits") or ()]


class Reschedule(Booking):
    """Which one, another time with the same doctor, and the old slot is free in the same moment."""

    own: ClassVar[frozenset[str]] = frozenset({"reschedule_appointment", "schedule_appointment"})
    neighbours: ClassVar[frozenset[str]] = Booking.neighbours | {"cancel_flow"}
    booked_text: ClassVar[str] = "moved"

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
        found = meant(said, visits, talk)
        talk.state["visits"] = [str(visit.appointment.id) for visit in found]
        if len(found) == 1:
            await self._from(talk, found[0], said)
        else:
            talk.state["stage"] = "which"

    async def _from(self, talk: Talk, visit: Visit, said: str) -> None:
        """The same specialty, doctor and city, at another time; the new time is asked for where it was not said."""
        talk.state["moving"] = str(visit.appointment.id)
        talk.state["for"] = str(visit.appointment.beneficiary_id)
        wish: dict[str, Any] = {
            "specialty": visit.specialty, "city": visit.city, "state": visit.state,
            "provider": str(visit.appointment.provider_id), "doctor": visit.provider_name,
        }  # fmt: skip
        talk.state["wish"] = wish
        reading = read(talk, said)
        when = reading.when
        if when is not None and when.fits(local(visit.starts_at)) and when.says_days:
            when = None  # the day that was named is the old one: 'a consulta de quinta'
        if when is None:
            talk.state["stage"] = "when"
            return
        wish["when"] = when.to_json()
        await self._look(talk)

    def reads(self, talk: Talk) -> bool:
        """Also the words of an appointment, and that it shall rather be cancelled."""
        return super().reads(talk) or talk.state.get("stage") in {"which", "sure"} or says_cancel(talk.text)

    async def take(self, talk: Talk) -> bool:
        """Which one, then as a booking; or the wish to cancel it after all."""
        stage = talk.state.get("stage")
        if talk.state.get("moving") and (stage == "sure" or says_cancel(talk.text)):
            return await self._cancel_instead(talk)
        if stage == "which" or "item" in talk.chosen:
            return await self._which(talk)
        if stage == "when" and not talk.chosen:
            reading = read(talk)
            if reading:
                await absorb(talk, reading)
            return bool(reading) and await self._advance(talk)
        return await super().take(talk)

    async def _which(self, talk: Talk) -> bool:
        visits = await _visits(talk)
        named = [visit for visit in visits if str(visit.appointment.id) == talk.chosen.get("item")]
        found = named or meant(talk.text, visits, talk)
        if len(found) != 1:
            return False
        await self._from(talk, found[0], "")
        return True

    async def _cancel_instead(self, talk: Talk) -> bool:
        """'Na verdade quero cancelar': asked once more, then cancelled; a no goes on with the new time."""
        if talk.state.get("stage") != "sure":
            talk.state["stage"] = "sure"
            return True
        if said_yes(talk) or means_yes(talk.text) or says_cancel(talk.text):
            await self.abandon(talk)
            visit = await booking.visit(talk.session, UUID(talk.state["moving"]))
            await changes.cancel(talk.session, appointment=visit.appointment, actor=talk.actor, now=talk.now)
            talk.say("cancelled", **visit_values(visit), number=await protocol_number(talk))
            done(talk)
            return True
        talk.state["stage"] = "when"
        return said_no(talk) or means_no(talk.text)

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

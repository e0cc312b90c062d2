"""Booking an appointment: what, where, with whom, when; a slot held while the person decides; booked. [000]"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from actions.process import Process, done, person_of, protocol_number, protocol_of, said_no, said_yes, to_desk
from actions.scheduling import looking
from actions.scheduling.looking import absorb, read, spoken_wish, wish_of
from actions.scheduling.whom import Whom, agrees_for, read_whom
from actions.talk import Talk
from backend import beneficiaries
from backend.beneficiaries import is_covered
from backend.errors import InvalidInput, NotFound, Taken
from backend.protocols import verbs as protocols
from backend.scheduling import booking, search, waiting
from backend.scheduling.booking import Visit
from backend.scheduling.rules import last_day
from backend.store.clock import local
from backend.vocabulary import specialty
from backend.words import means_no, means_yes, numeric_date, spoken_moment

OFFER_TEXTS = {
    "more": "vacancies_more",
    "other_days": "vacancies_other_days",
    "other_doctors": "vacancies_other_doctors",
    "other_cities": "vacancies_other_cities",
}
YES_NO_OTHER = (
    ("Confirmar", {"answer": "yes"}),
    ("Outro horário", {"answer": "other"}),
    ("Desistir", {"answer": "stop"}),
)


class Booking(Process):
    """From 'quero marcar' to day, time, doctor, address and protocol."""

    own: ClassVar[frozenset[str]] = frozenset({"schedule_appointment"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {
            "reschedule_appointment", "cancel_appointment", "list_appointments", "find_provider", "plan_information",
            "request_procedure", "procedure_status", "thank", "greet", "help", "complain", "repeat",
        }
    )  # fmt: skip

    async def begin(self, talk: Talk) -> None:
        """Takes all that the first message says."""
        person = await person_of(talk)
        talk.state["for"] = str(person.id)
        said = str(talk.state.get("said") or "")
        await self._take_whom(talk, said)
        await absorb(talk, read(talk, said))
        await self._advance(talk)

    def reads(self, talk: Talk) -> bool:
        """A yes or no to the confirmation, a number, or anything about specialty, city, doctor or days."""
        stage = talk.state.get("stage")
        if stage == "confirm" and (means_yes(talk.text) or means_no(talk.text)):
            return True
        if stage == "offer" and looking.pick(talk, talk.state.get("offered") or []):
            return True
        return bool(talk.chosen or read(talk))

    async def take(self, talk: Talk) -> bool:
        """A choice, a yes or no, or a change of mind, at any step."""
        if talk.chosen:
            return await self._chosen(talk)
        if talk.context.get("attachments") and not talk.text:
            talk.say("file_kept_here")
            return True
        if talk.state.get("stage") == "whom":
            return await self._take_whom(talk, talk.text, asked=True) and await self._advance(talk)
        if talk.state.get("stage") == "confirm":
            return await self._confirmed(talk)
        return await self._wished(talk)

    async def _chosen(self, talk: Talk) -> bool:
        if "slot" in talk.chosen:
            return await self._hold(talk, UUID(str(talk.chosen["slot"])))
        if "person" in talk.chosen:
            return await self._for(talk, UUID(str(talk.chosen["person"]))) and await self._advance(talk)
        steps = {
            "yes": self._book, "other": self._others, looking.MORE: self._others, looking.WAITING: self._wait,
            "stop": self._stop, looking.DESK: self._desk,
        }  # fmt: skip
        step = steps.get(str(talk.chosen.get("answer")))
        return await step(talk) if step else False

    @staticmethod
    async def _desk(talk: Talk) -> bool:
        to_desk(talk)
        return True

    async def _confirmed(self, talk: Talk) -> bool:
        """An answer to the confirmation: another wish goes before the yes or no that it stands beside."""
        if await self._take_whom(talk, talk.text):
            return await self._hold(talk, UUID(talk.state["slot"])) if talk.state.get("stage") == "confirm" else True
        if self._wishes_otherwise(talk):
            return await self._wished(talk)
        if said_yes(talk) or means_yes(talk.text):
            return await self._book(talk)
        if said_no(talk) or means_no(talk.text) or looking.mentions_other(talk.text):
            return await self._others(talk)
        return False

    @staticmethod
    def _wishes_otherwise(talk: Talk) -> bool:
        """'não, melhor terça': something that what is held does not fit. Pure."""
        reading, wish = read(talk), talk.state["wish"]
        held_at = local(looking.starts_of({"starts_at": talk.state["held_at"]}))
        return bool(
            (reading.specialty and reading.specialty.code != wish["specialty"])
            or (reading.city and reading.city.name != wish["city"])
            or reading.doctor
            or (reading.when and not reading.when.fits(held_at))
        )

    async def _wished(self, talk: Talk) -> bool:
        """A specialty, city, doctor or days; or one of the offered ones in words; or 'nenhum desses'."""
        offered = talk.state.get("offered") or []
        if looking.wants_to_wait(talk.text) and await self._wait(talk):
            return True
        chosen = looking.pick(talk, offered) if talk.state.get("stage") == "offer" else None
        if chosen is not None:
            return await self._hold(talk, UUID(chosen["slot"]))
        reading = read(talk)
        whom = await self._take_whom(talk, talk.text)
        if not reading and not whom:
            if talk.state.get("stage") == "offer" and (
                said_no(talk) or means_no(talk.text) or looking.mentions_other(talk.text)
            ):
                return await self._others(talk)
            return False
        await absorb(talk, reading)
        return await self._advance(talk)

    # -- for whom

    async def _take_whom(self, talk: Talk, text: str, *, asked: bool = False) -> bool:
        speaker = await person_of(talk)
        family = await beneficiaries.family_of(talk.session, speaker)
        today = local(talk.now).date()
        whom = read_whom(text, speaker, family, today)
        if whom is None and asked:
            whom = read_whom(f"para {text}", speaker, family, today)
        if whom is None:
            return False
        if whom.person is not None:
            return await self._for(talk, whom.person.id)
        self._ask_whom(talk, whom)
        return True

    def _ask_whom(self, talk: Talk, whom: Whom) -> None:
        talk.state["stage"] = "whom"
        talk.state["whom"] = [[str(person.id), person.first_name] for person in whom.candidates]

    async def _for(self, talk: Talk, person_id: UUID) -> bool:
        speaker, other = await person_of(talk), await beneficiaries.get(talk.session, person_id)
        talk.state.pop("whom", None)
        if not agrees_for(speaker, other, local(talk.now).date()):
            talk.state.update(stage="adult", adult=other.first_name)
            return True
        asked = talk.state.get("stage") in {"whom", "adult"}
        changed = talk.state.get("for") != str(other.id)
        talk.state["for"] = str(other.id)
        if asked:
            talk.state["stage"] = ""
        return changed or asked

    # -- what is next

    async def _advance(self, talk: Talk) -> bool:
        """Finds out what is missing; when nothing is, looks into the agenda. Always True: something was understood."""
        if talk.state.get("stage") in {"whom", "adult"}:
            return True
        person = await beneficiaries.get(talk.session, UUID(talk.state["for"]))
        if not is_covered(person, local(talk.now).date()):
            talk.say("not_covered", name=person.first_name)
            to_desk(talk, reason="not_covered")
            return True
        wish = talk.state.setdefault("wish", {})
        if not wish.get("city") and person.city:
            wish.update(city=person.city, state=person.state)
        if not wish.get("specialty"):
            talk.state["stage"] = "specialty"
        elif not wish.get("city"):
            talk.state["stage"] = "city"
        else:
            await self._look(talk)
        return True

    async def _look(self, talk: Talk, *, others: bool = False) -> None:
        wish = wish_of(talk.state)
        assert wish is not None
        if talk.state.pop("hold", None):
            await self.abandon(talk)
        seen = talk.state.get("seen") if others else talk.state.update(seen=[])
        offer = await search.find(talk.session, wish, now=talk.now, excluded=[UUID(slot) for slot in seen or ()])
        if offer.too_late and not others:
            await self._cannot_keep_term(talk)
            return
        found = offer.exact or offer.nearest
        looking.remember_offered(talk, found)
        kind = "exact" if offer.exact else "other_days" if offer.other_days else "other_doctors"
        kind = "other_cities" if offer.other_cities else kind
        if others and kind != "other_cities":
            kind = "more"
        talk.state.update(stage="offer", offer=kind if found else "nothing")

    async def _cannot_keep_term(self, talk: Talk) -> None:
        """RN 566: no vacancy in time is the scheduling team's work under this protocol, never a refusal."""
        wish = talk.state["wish"]
        known = specialty(wish["specialty"])
        last = last_day(known.care_class, local(talk.now).date(), state=wish["state"])
        protocol = await protocol_of(talk)
        if protocol is not None:
            await protocols.add_entry(
                talk.session, protocol=protocol, step="no_vacancy_in_time", text=spoken_wish(talk.state),
                actor=talk.actor, now=talk.now, request_key=talk.key(),
            )  # fmt: skip
        talk.say("no_vacancy_in_time", specialty=known.name, city=wish["city"], last_day=numeric_date(last))
        to_desk(talk, reason="no_vacancy_in_time")

    async def _others(self, talk: Talk) -> bool:
        """Other vacancies than those that were seen."""
        if wish_of(talk.state) is None:
            return False
        await self._look(talk, others=True)
        return True

    async def _hold(self, talk: Talk, slot_id: UUID) -> bool:
        try:
            held = await booking.hold_slot(
                talk.session, slot_id=slot_id, beneficiary_id=UUID(talk.state["for"]),
                protocol_id=UUID(talk.state["protocol"]), request_key=talk.key(), actor=talk.actor, now=talk.now,
            )  # fmt: skip
        except (Taken, NotFound, InvalidInput) as problem:
            talk.say("slot_gone", problem=problem.message)
            await self._look(talk)
            return True
        starts = held.during.lower
        talk.state.update(stage="confirm", hold=str(held.id), slot=str(slot_id), held_at=str(starts))
        return True

    async def _book(self, talk: Talk) -> bool:
        if not talk.state.get("hold"):
            return False
        held = await booking.get(talk.session, UUID(talk.state["hold"]))
        try:
            await self.settle(talk, held.id)
        except (Taken, InvalidInput) as problem:
            talk.say("slot_gone", problem=problem.message)
            talk.state.pop("hold", None)
            await booking.release(talk.session, appointment=held, actor=talk.actor, now=talk.now)
            await self._look(talk)
            return True
        visit = await booking.visit(talk.session, held.id)
        person = await beneficiaries.get(talk.session, held.beneficiary_id)
        soon = local(visit.starts_at).date() <= local(talk.now).date() + timedelta(days=1)  # no reminder comes then
        text = "booked_today" if soon and self.booked_text == "booked" else self.booked_text
        talk.say(text, **visit_values(visit), name=person.full_name, number=await protocol_number(talk))
        done(talk)
        return True

    booked_text: ClassVar[str] = "booked"

    async def settle(self, talk: Talk, held_id: UUID) -> None:
        """Makes the hold a booking. Taken or InvalidInput where it cannot be."""
        held = await booking.get(talk.session, held_id)
        await booking.book(talk.session, appointment=held, actor=talk.actor, now=talk.now)

    async def _wait(self, talk: Talk) -> bool:
        wish = wish_of(talk.state)
        if wish is None:
            return False
        protocol = await protocol_of(talk)
        await waiting.join(
            talk.session, beneficiary_id=UUID(talk.state["for"]), wish=wish,
            protocol_id=protocol.id if protocol else None, request_key=talk.key(), actor=talk.actor, now=talk.now,
        )  # fmt: skip
        talk.say("on_waiting_list", wish=spoken_wish(talk.state), number=await protocol_number(talk))
        talk.state["waits"] = "Na lista de espera."
        done(talk)
        return True

    async def _stop(self, talk: Talk) -> bool:
        await self.abandon(talk)
        talk.say("stopped")
        done(talk)
        return True

    async def abandon(self, talk: Talk) -> None:
        """Lets go of what is held."""
        hold = talk.state.get("hold")
        if hold:
            held = await booking.get(talk.session, UUID(hold))
            await booking.release(talk.session, appointment=held, actor=talk.actor, now=talk.now)

    def describe(self, talk: Talk) -> str:
        """The wish, and what the person wrote first."""
        return "\n".join(filter(None, [spoken_wish(talk.state), f"Disse: {talk.state.get('said') or ''}"]))

    # -- questions

    async def ask(self, talk: Talk) -> None:
        """The question of the present stage."""
        stage = talk.state.get("stage")
        unknown = talk.state.pop("unknown_doctor", None)
        if unknown:
            talk.say("unknown_doctor", doctor=str(unknown).title())
        if stage == "whom":
            people = [(name, {"person": person_id}) for person_id, name in talk.state.get("whom") or ()]
            talk.say("ask_whom" if people else "nobody_like_that", options=[*people, await self._myself(talk)])
        elif stage == "adult":
            myself = await self._myself(talk)
            desk = ("Falar com atendente", {"answer": looking.DESK})
            talk.say("adult_must_agree", name=talk.state.get("adult"), options=[myself, desk])
        elif stage == "city":
            talk.say("ask_city")
        elif stage == "offer":
            self._ask_offer(talk)
        elif stage == "confirm":
            await self._ask_confirm(talk)
        else:
            talk.say("ask_specialty")

    async def _myself(self, talk: Talk) -> tuple[str, dict[str, str]]:
        return ("É para mim", {"person": str((await person_of(talk)).id)})

    def _ask_offer(self, talk: Talk) -> None:
        options = looking.options_of(talk)
        wish = spoken_wish(talk.state)
        kind = talk.state.get("offer")
        if kind == "exact":
            talk.say("vacancies", wish=wish, options=[*options, ("Outros horários", {"answer": looking.MORE})])
            return
        more = [("Entrar na lista de espera", {"answer": looking.WAITING}), ("Falar com atendente", {"answer": "desk"})]
        text = OFFER_TEXTS.get(str(kind), "no_more_vacancies")
        talk.say(text, wish=wish, options=[*options, *more])

    async def _ask_confirm(self, talk: Talk) -> None:
        held = await booking.visit(talk.session, UUID(talk.state["hold"]))
        person = await beneficiaries.get(talk.session, held.appointment.beneficiary_id)
        talk.say("confirm_booking", **visit_values(held), name=person.full_name, options=YES_NO_OTHER)


def visit_values(visit: Visit) -> dict[str, Any]:
    """What texts say of an appointment. Pure."""
    return {
        "specialty": specialty(visit.specialty).name,
        "doctor": visit.provider_name,
        "moment": spoken_moment(visit.starts_at),
        "place": visit.place_name,
        "address": visit.address,
    }

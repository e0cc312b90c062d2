"""Booking an appointment: what, where, with whom, when; a slot held while the person decides; booked. [000]"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from actions.process import (
    Process,
    done,
    only_a_file,
    person_of,
    protocol_number,
    protocol_of,
    said_no,
    said_yes,
    to_desk,
)
from actions.scheduling import asking, looking, words
from actions.scheduling.asking import visit_values
from actions.scheduling.looking import absorb, read, spoken_wish, today_of, wish_of
from actions.scheduling.whom import Whom, agrees_for, read_whom
from actions.talk import Talk
from backend import beneficiaries
from backend.beneficiaries import Beneficiary, is_covered
from backend.errors import InvalidInput, NotFound, Taken
from backend.protocols import verbs as protocols
from backend.scheduling import booking, search, waiting
from backend.scheduling.rules import last_day
from backend.store.clock import local
from backend.vocabulary import specialty
from backend.words import means_no, means_yes, numeric_date, spoken_moment


class Booking(Process):
    """From 'quero marcar' to day, time, doctor, address and protocol."""

    own: ClassVar[frozenset[str]] = frozenset({"schedule_appointment"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {
            "reschedule_appointment", "cancel_appointment", "list_appointments", "find_provider", "plan_information",
            "request_procedure", "procedure_status", "thank", "greet", "help", "complain", "repeat", "send_document",
            "cancel_flow",
        }
    )  # fmt: skip

    async def begin(self, talk: Talk) -> None:
        """Takes all that the first message says."""
        person = await person_of(talk)
        talk.state.update({"for": str(person.id), "for_name": person.full_name})
        if talk.state.get("withdrawn") and not await self._instead_of_withdrawn(talk, person):
            return
        said = str(talk.state.get("said") or "")
        if not await self._take_whom(talk, said) and person.standing == "payer":
            await self._for_whom_he_pays(talk, person)
        await absorb(talk, read(talk, said))
        await self._advance(talk)

    async def _instead_of_withdrawn(self, talk: Talk, person: Beneficiary) -> bool:
        """Wish and person of an appointment that the clinic withdrew; nothing of it to anybody else. [rule 10]"""
        visit = await booking.visit(talk.session, UUID(str(talk.state["withdrawn"])))
        owner = await beneficiaries.get(talk.session, visit.appointment.beneficiary_id)
        if not agrees_for(person, owner, today_of(talk)):
            talk.say("news_not_yours")
            talk.state["waits"] = "Aguarda a pessoa de quem é a consulta."
            done(talk)
            return False
        talk.state.update({"for": str(owner.id), "for_name": owner.full_name})
        talk.state["wish"] = {
            "specialty": visit.specialty, "city": visit.city, "state": visit.state,
            "provider": str(visit.appointment.provider_id), "doctor": visit.provider_name,
        }  # fmt: skip
        return True

    async def _answered_whom(self, talk: Talk) -> bool:
        """For whom, and what else the answer says: 'é pra mim, cardiologista'."""
        if not await self._take_whom(talk, talk.text, asked=True):
            return False
        await absorb(talk, read(talk))
        return await self._advance(talk)

    async def _for_whom_he_pays(self, talk: Talk, payer: Beneficiary) -> None:
        """Who pays and is not covered himself can only mean one of the contract."""
        family = await beneficiaries.family_of(talk.session, payer)
        covered = [person for person in family if is_covered(person, today_of(talk))]
        if len(covered) == 1:
            await self._for(talk, covered[0].id)
        elif covered:
            self._ask_whom(talk, Whom(None, tuple(covered)))

    def reads(self, talk: Talk) -> bool:
        """A choice, a yes or no, another day or hour, or anything about specialty, city, doctor or days."""
        if talk.chosen or only_a_file(talk):
            return True
        if words.speaks_of_booked(talk.text) or words.says_never_mind(talk.text) or words.speaks_of_network(talk.text):
            return False
        return bool(read(talk)) or self._reads_answer(talk)

    @staticmethod
    def _reads_answer(talk: Talk) -> bool:
        stage, text = talk.state.get("stage"), talk.text
        if stage == "offer":
            picked = looking.pick(text, talk.state.get("offered") or [], today=today_of(talk)) is not None
        else:
            picked = stage == "confirm" and means_yes(text)
        refused = means_no(text) or words.mentions_other(text) or words.says_cancel(text) or looking.wants_change(talk)
        return picked or (stage in {"offer", "confirm"} and refused)

    async def take(self, talk: Talk) -> bool:
        """A choice, a yes or no, or a change of mind, at any step."""
        if talk.chosen:
            return await self._chosen(talk)
        if only_a_file(talk):
            talk.say("file_kept_here")
            return True
        stage = talk.state.get("stage")
        if words.says_cancel(talk.text) and stage in {"offer", "confirm"}:
            return await self._stop(talk)
        if stage == "whom":
            return await self._answered_whom(talk)
        if stage == "confirm":
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
        if self._wishes_otherwise(talk) or looking.wants_change(talk):
            return await self._wished(talk)
        if said_yes(talk) or means_yes(talk.text):
            return await self._book(talk)
        return await self._others(talk) if _refuses(talk) else False

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
        if words.wants_to_wait(talk.text) and await self._wait(talk):
            return True
        offering = talk.state.get("stage") == "offer"
        offered = talk.state.get("offered") or []
        chosen = looking.pick(talk.text, offered, today=today_of(talk)) if offering else None
        if chosen is not None:
            return await self._hold(talk, UUID(chosen["slot"]))
        reading = looking.read_answer(talk)
        whom = await self._take_whom(talk, talk.text)
        amended = looking.amend(talk, reading)
        if reading or whom or amended:
            await absorb(talk, reading)
            return await self._advance(talk)
        if not offering or not _refuses(talk):
            return False
        nothing_left = talk.state.get("offer") == "nothing"
        return await self._stop(talk) if nothing_left else await self._others(talk)

    # -- for whom

    async def _take_whom(self, talk: Talk, text: str, *, asked: bool = False) -> bool:
        speaker, today = await person_of(talk), today_of(talk)
        family = await beneficiaries.family_of(talk.session, speaker)
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
        if not agrees_for(speaker, other, today_of(talk)):
            talk.state.update(stage="adult", adult=other.first_name)
            return True
        asked = talk.state.get("stage") in {"whom", "adult"}
        changed = talk.state.get("for") != str(other.id)
        talk.state.update({"for": str(other.id), "for_name": other.full_name})
        if asked:
            talk.state["stage"] = ""
        return changed or asked

    # -- what is next

    async def _advance(self, talk: Talk) -> bool:
        """Finds out what is missing; when nothing is, looks into the agenda. Always True: something was understood."""
        if talk.state.get("stage") in {"whom", "adult"}:
            return True
        person = await beneficiaries.get(talk.session, UUID(talk.state["for"]))
        if not is_covered(person, today_of(talk)):
            talk.say("not_covered", name=person.first_name)
            to_desk(talk, reason="not_covered")
            return True
        wish = talk.state.setdefault("wish", {})
        if wish.get("city"):
            talk.state.pop("ask_city", None)
        elif person.city and not talk.state.get("ask_city"):
            wish.update(city=person.city, state=person.state)
        if not wish.get("specialty"):
            talk.state["stage"] = "specialty"
        elif not wish.get("city"):
            talk.state["stage"] = "city"
        else:
            await self._look(talk)
        return True

    async def _look(self, talk: Talk, *, others: bool = False, without: str | None = None) -> None:
        """Offers what there is for the wish: `others` than were seen, or all of it but the slot `without`."""
        wish = wish_of(talk.state)
        assert wish is not None
        if talk.state.get("hold"):
            await self.abandon(talk)
        if not others:
            talk.state["seen"] = [without] if without else []
        seen = [UUID(slot) for slot in talk.state.get("seen") or ()]
        offer = await search.find(talk.session, wish, now=talk.now, excluded=seen)
        if offer.too_late and not seen:
            await self._cannot_keep_term(talk)
            return
        found = offer.exact or offer.nearest
        looking.remember_offered(talk, found)
        kind = "exact" if offer.exact else "other_days" if offer.other_days else "other_doctors"
        kind = "other_cities" if offer.other_cities else kind
        if others and kind in {"exact", talk.state.get("offer")}:
            kind = "more"
        talk.state.update(stage="offer", offer=kind if found else "nothing")

    async def _cannot_keep_term(self, talk: Talk) -> None:
        """RN 566: no vacancy in time is the scheduling team's work under this protocol, never a refusal."""
        wish = talk.state["wish"]
        known = specialty(wish["specialty"])
        last = last_day(known.care_class, today_of(talk), state=wish["state"])
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
            await self._look(talk, without=str(slot_id))
            return True
        starts = held.during.lower
        assert starts is not None
        talk.state.update(stage="confirm", hold=str(held.id), slot=str(slot_id), held_at=starts.isoformat())
        return True

    async def _book(self, talk: Talk) -> bool:
        if not talk.state.get("hold"):
            return False
        held = await booking.get(talk.session, UUID(talk.state["hold"]))
        try:
            await self.settle(talk, held.id)
        except (Taken, InvalidInput) as problem:
            talk.say("slot_gone", problem=problem.message)
            await self._look(talk, without=str(talk.state["slot"]))
            return True
        visit = await booking.visit(talk.session, held.id)
        person = await beneficiaries.get(talk.session, held.beneficiary_id)
        soon = local(visit.starts_at).date() <= today_of(talk) + timedelta(days=1)  # no reminder comes then
        text = "booked_today" if soon and self.booked_text == "booked" else self.booked_text
        talk.say(text, **visit_values(visit), name=person.full_name, number=await protocol_number(talk))
        done(talk)
        return True

    booked_text: ClassVar[str] = "booked"
    stopped_text: ClassVar[str] = "stopped"

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
        talk.say(self.stopped_text)
        talk.state["ending"] = "Desistência de quem pediu."
        done(talk)
        return True

    async def abandon(self, talk: Talk) -> None:
        """Lets go of what is held."""
        hold = talk.state.pop("hold", None)
        if hold:
            held = await booking.get(talk.session, UUID(hold))
            await booking.release(talk.session, appointment=held, actor=talk.actor, now=talk.now)

    def describe(self, talk: Talk) -> str:
        """The wish, for whom, what was chosen, and what the person wrote first."""
        held_at = talk.state.get("held_at") if talk.state.get("stage") == "confirm" else None
        chosen = f"Tinha escolhido: {spoken_moment(datetime.fromisoformat(held_at))}" if held_at else ""
        whom = f"Para: {talk.state['for_name']}" if talk.state.get("for_name") else ""
        said = f"Disse: {talk.state.get('said') or ''}"
        return "\n".join(filter(None, [spoken_wish(talk.state), whom, chosen, said]))

    async def ask(self, talk: Talk) -> None:
        """The question of the present stage."""
        await asking.ask(talk)


def _refuses(talk: Talk) -> bool:
    return said_no(talk) or means_no(talk.text) or words.mentions_other(talk.text)

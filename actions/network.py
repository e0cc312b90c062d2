"""Finding who attends by the plan: a specialty, a kind of place, a name; in a city or a district. [interfaces.md]

Anybody may ask, so nobody is identified and no protocol is opened.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import ClassVar

from actions.network_words import Reading, bookable, ends, names_of, read, says_book, says_more, shown, spoken
from actions.process import Process, done, go_over, only_a_file, said_no, said_yes, something_waits, to_desk
from actions.talk import Option, Talk
from backend.network import places
from backend.network.places import Sought, without
from backend.words import means_no, means_yes

PAGE = 5
MOST_CITIES = 6
BOOK, MORE, OTHER, DESK, END = "book", "more", "other", "desk", "end"


class FindProvider(Process):
    """From 'onde tem cardiologista?' to names, addresses and telephones; then further pages, or a booking."""

    needs_identity: ClassVar[bool] = False
    own: ClassVar[frozenset[str]] = frozenset({"find_provider"})
    neighbours: ClassVar[frozenset[str]] = frozenset(
        {"schedule_appointment", "plan_information", "request_procedure", "send_document", "thank", "greet", "repeat"}
    )

    async def begin(self, talk: Talk) -> None:
        """Takes all that the first message says; the city of who is verified goes without saying."""
        said = str(talk.state.get("said") or "")
        await self._absorb(talk, said, read(said))
        await self._advance(talk)

    def needs_person(self, talk: Talk) -> bool:  # noqa: ARG002
        """Never: the network is public."""
        return False

    def reads(self, talk: Talk) -> bool:
        """Something to look for; or, once something was shown, what people say next."""
        answered = bool(talk.state.get("answered"))
        if talk.intent == "schedule_appointment":
            return answered
        if only_a_file(talk):
            return True
        return bool(talk.chosen or read(talk.text, asked=True) or (answered and (ends(talk) or says_more(talk.text))))

    async def take(self, talk: Talk) -> bool:
        """What is looked for, where, further pages, or the wish to book."""
        if talk.chosen:
            return await self._chosen(talk)
        if only_a_file(talk):
            talk.say("file_kept_here")
            return True
        stage = str(talk.state.get("stage"))
        reading = read(talk.text, asked=stage in {"what", "city"})
        if stage == "unlisted" and not reading:
            return self._desk_or_not(talk)
        if stage == "shown" and (says_book(talk.text) or (talk.intent == "schedule_appointment" and not reading)):
            return self._book(talk, reading)
        if await self._absorb(talk, talk.text, reading):
            await self._advance(talk)
            return True
        return await self._after_the_answer(talk, stage)

    async def _after_the_answer(self, talk: Talk, stage: str) -> bool:
        if stage == "shown" and says_more(talk.text):
            await self._look(talk, after=int(talk.state["after"]))
            return True
        if stage == "shown" and (said_yes(talk) or means_yes(talk.text)) and not ends(talk):
            talk.state.update(stage="what", answered=False)
            return True
        return stage in {"shown", "cities"} and ends(talk) and self._end(talk)

    async def _chosen(self, talk: Talk) -> bool:
        if "item" in talk.chosen:
            city, _, state = str(talk.chosen["item"]).rpartition("/")
            self._keep(talk, without(_sought(talk), "district"), city=city, state=state)
            await self._look(talk)
            return True
        answer = talk.chosen.get("answer")
        if answer == MORE:
            await self._look(talk, after=int(talk.state["after"]))
        elif answer == BOOK:
            return self._book(talk, Reading())
        elif answer == DESK:
            to_desk(talk, reason="provider_not_listed")
        elif answer == OTHER:
            talk.state.update(stage="what", sought=asdict(Sought(city=_sought(talk).city, state=_sought(talk).state)))
        elif answer == END:
            return self._end(talk)
        return answer in {MORE, DESK, OTHER}

    @staticmethod
    def _end(talk: Talk) -> bool:
        talk.say("network_end")
        done(talk)
        return True

    @staticmethod
    def _desk_or_not(talk: Talk) -> bool:
        if said_yes(talk) or means_yes(talk.text):
            to_desk(talk, reason="provider_not_listed")
            return True
        if said_no(talk) or means_no(talk.text) or ends(talk):
            return FindProvider._end(talk)
        return False

    @staticmethod
    def _book(talk: Talk, reading: Reading) -> bool:
        """Over to scheduling, with the specialty, doctor and city that were found and what the message adds."""
        names = talk.state.get("names") or []
        named = names_of(talk.text, names) or (names[0] if len(set(names)) == 1 else "")
        rest = without(_sought(talk), "name")
        known = ", ".join(filter(None, [named, spoken(rest) if rest.specialty or rest.city else ""]))
        new = bool(reading.specialty or reading.name)
        go_over(talk, "schedule_appointment", talk.text if new else f"{known}. {talk.text}")
        return True

    # -- what is sought

    @staticmethod
    def _keep(talk: Talk, sought: Sought, **changed: str) -> None:
        talk.state["sought"] = asdict(sought) | changed

    async def _absorb(self, talk: Talk, text: str, reading: Reading) -> bool:
        """What is newer replaces what it contradicts; gives whether the text held anything."""
        sought = _sought(talk)
        city = reading.city.name if reading.city else sought.city
        district = await places.district_in(talk.session, text, city=reading.city.name if reading.city else "")
        if not reading and district is None:
            return False
        if reading.specialty or reading.kind or reading.name or reading.unlisted:
            sought = without(sought, "specialty", "kind", "name", "district")
        changed = {"specialty": reading.specialty, "kind": reading.kind, "name": reading.name}
        if reading.city is not None:
            sought = without(sought, "district")
            changed |= {"city": city, "state": reading.city.state}
        if district is not None:
            changed |= {"district": district.name, "city": district.city, "state": district.state}
        self._keep(talk, sought, **{name: value for name, value in changed.items() if value})
        talk.state["urgent"] = reading.urgent
        talk.state["unlisted"] = reading.unlisted
        return True

    async def _advance(self, talk: Talk) -> None:
        """Asks for what is missing, or looks."""
        sought = _sought(talk)
        talk.state["answered"] = False
        if talk.state.pop("unlisted", None) and not (sought.kind or sought.name):
            talk.state["stage"] = "unlisted"
            return
        if sought.district and not (sought.specialty or sought.kind or sought.name):
            self._keep(talk, sought, kind="clinic")
        elif not (sought.specialty or sought.kind or sought.name):
            talk.state["stage"] = "what"
            return
        if not sought.city and not sought.name:
            person = await talk.verified()
            if person is None or not person.city:
                talk.state["stage"] = "city"
                return
            self._keep(talk, _sought(talk), city=person.city, state=person.state)
        await self._look(talk)

    async def _look(self, talk: Talk, *, after: int = 0) -> None:
        """Tells a page; with nothing here, what comes nearest to it."""
        sought = _sought(talk)
        found = await places.find(talk.session, sought, limit=PAGE + 1, after=after)
        if found:
            self._tell(talk, list(found), after)
        elif after:
            talk.say("network_no_more", what=spoken(sought))
            talk.state["more"] = False
        elif sought.name:
            talk.say("network_no_such_name", name=sought.name)
            self._keep(talk, without(sought, "name"))
            await self._advance(talk)
        elif sought.district:
            talk.say("network_not_in_district", district=sought.district)
            self._keep(talk, without(sought, "district"))
            await self._look(talk)
        elif sought.kind and sought.specialty:
            self._keep(talk, without(sought, "specialty"))
            await self._look(talk)
        else:
            await self._elsewhere(talk, sought)

    async def _elsewhere(self, talk: Talk, sought: Sought) -> None:
        cities = await places.cities_of(talk.session, sought, near=sought.state)
        talk.state["cities"] = [[one.city, one.state, one.count] for one in cities[:MOST_CITIES]]
        talk.state["stage"] = "cities" if cities else "nowhere"
        if not cities:
            talk.say("network_nowhere", what=spoken(sought))
            talk.state["stage"] = "unlisted"

    @staticmethod
    def _tell(talk: Talk, found: list[places.Listing], after: int) -> None:
        page, sought = found[:PAGE], _sought(talk)
        text = "network_more" if after else "network_found_urgent" if talk.state.get("urgent") else "network_found"
        entries = "\n\n".join(shown(listing) for listing in page)
        what = page[0].name if sought.name else spoken(sought)
        talk.say(text, what=what, entries=entries)
        talk.state.update(
            stage="shown", answered=True, after=after + PAGE, more=len(found) > PAGE,
            names=[listing.name for listing in page], bookable=any(bookable(listing) for listing in page),
        )  # fmt: skip
        if something_waits(talk):  # what was asked before goes on
            done(talk)

    def describe(self, talk: Talk) -> str:
        """What is looked for, and the first words."""
        sought = _sought(talk)
        known = f"Procura: {spoken(sought)}" if sought != Sought() else ""
        return "\n".join(filter(None, [known, f"Disse: {talk.state.get('said') or ''}"]))

    # -- questions

    async def ask(self, talk: Talk) -> None:
        """The question of the present stage."""
        stage = talk.state.get("stage")
        if stage == "city":
            talk.say("network_ask_city", what=spoken(_sought(talk)))
        elif stage == "cities":
            sought = _sought(talk)
            options: list[Option] = [
                (f"{city} {state}", {"item": f"{city}/{state}"}) for city, state, _ in talk.state["cities"]
            ]
            talk.say("network_other_cities", what=spoken(sought), options=[*options, ("Nenhuma", {"answer": END})])
        elif stage == "unlisted":
            options = [("Falar com atendente", {"answer": DESK}), ("Procurar outra coisa", {"answer": OTHER})]
            talk.say("network_unlisted", options=options)
        elif stage == "shown":
            more: list[Option] = [("Ver mais", {"answer": MORE})] if talk.state.get("more") else []
            book: list[Option] = [("Marcar consulta", {"answer": BOOK})] if talk.state.get("bookable") else []
            talk.say("network_shown", options=[*more, *book, ("Não, obrigado", {"answer": END})])
        else:
            talk.say("network_ask_what")


def _sought(talk: Talk) -> Sought:
    return Sought(**(talk.state.get("sought") or {}))

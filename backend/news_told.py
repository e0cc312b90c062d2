"""What a move of a protocol says to one person: each process finds its own words. [rules 2, 3, 10]"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.documents import checklist
from backend.documents import verbs as documents
from backend.errors import NotFound
from backend.events import Event
from backend.protocols import verbs as protocols
from backend.protocols.moving import reason_of
from backend.protocols.tables import Protocol
from backend.store.files import File

# Which process finds the words of a kind of protocol.
PROCESSES: Mapping[str, str] = {
    "registration_update": "backend.registration.told",
    "charge_dispute": "backend.disputes.told",
    "coming_of_age": "backend.coming_of_age.told",
    "holder_change": "backend.holder_change.told",
    "payment_report": "backend.delinquency.told",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What fills a text's places, what may be answered to it (title, answer), and the file that goes with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    options: tuple[tuple[str, str], ...] = ()
    file: File | None = None


Tells = Callable[[AsyncSession, Protocol, str, str, Beneficiary], Awaitable[Told]]


async def words_of(session: AsyncSession, event: Event) -> tuple[str, Told]:
    """The name of the text (without 'utter_news_') and all that belongs to it, as things stand now.

    Every text has the places {number}, {title} and {reason}; `correction` also {papers} and {rest}. NotFound without a
    protocol.
    """
    if event.protocol_id is None:
        raise NotFound(detail="protocol")
    protocol = await protocols.get(session, event.protocol_id)
    listener = await beneficiaries.get(session, event.beneficiary_id)
    text, entry = str(event.values["text"]), str(event.values["entry"])
    reason = await reason_of(session, entry)
    tells: Tells = import_module(PROCESSES[protocol.kind]).told
    told = await tells(session, protocol, text, reason, listener)
    always = {"number": protocol.number, "title": protocols.kind_of(protocol).title, "reason": reason}
    if text == "correction":
        always["papers"] = await refused_papers(session, protocol)
        papers = await documents.of_protocol(session, protocol.id)
        always["rest"] = what_of_the_rest([paper.state for paper in papers])
    return text, Told({**always, **told.values}, told.options, told.file)


async def refused_papers(session: AsyncSession, protocol: Protocol) -> str:
    """A line for each paper that was refused and not sent again: which, and why. Empty without any."""
    refused = await documents.refused(session, protocol.id)
    return "\n".join(f"• *{checklist.title_of(paper.kind)}*: {paper.reason}" for paper in refused)


def what_of_the_rest(states: Sequence[str]) -> str:
    """What is said of all that was not refused, by the states of papers and changes: right only where all of it was
    accepted; empty where there is no more. Ends with a blank before the next sentence. Pure."""
    others = {state for state in states if state != "refused"}
    if not others:
        return ""
    return "O resto está certo. " if others == {"accepted"} else "O resto continua em conferência. "

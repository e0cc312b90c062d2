"""Demo data: the people of interfaces.md and what belongs to them, all of it invented.

Every part can be loaded by itself, again and again: what is there already stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import Actor
from backend.demo.agenda import load_agenda
from backend.demo.guard import refuse_unless_nothing_leaves
from backend.demo.invoices import load_invoices
from backend.demo.network import load_network
from backend.demo.people import load_people
from backend.demo.procedures import load_procedures

__all__ = ["Loaded", "load", "load_agenda", "load_invoices", "load_network", "load_people", "load_procedures"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of each kind were added."""

    people: int
    practices: int
    slots: int
    invoices: int
    authorizations: int


async def load(session: AsyncSession, *, actor: Actor, now: datetime) -> Loaded:
    """Adds what is not there yet. The dates that decide something are relative to the day of `now`, D.

    NotAllowed where messages could leave the machine: the demo's telephones look real.
    """
    refuse_unless_nothing_leaves()
    return Loaded(
        people=await load_people(session, actor=actor, now=now),
        practices=await load_network(session, actor=actor, now=now),
        slots=await load_agenda(session, actor=actor, now=now),
        invoices=await load_invoices(session, actor=actor, now=now),
        authorizations=await load_procedures(session, actor=actor, now=now),
    )

"""Demo data: the people of interfaces.md and what belongs to them, all of it invented.

Every part can be loaded by itself, again and again: what is there already stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.actor import Actor
from backend.demo.guard import refuse_unless_nothing_leaves
from backend.demo.people import load_people

__all__ = ["Loaded", "load", "load_people"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of each kind were added."""

    people: int


async def load(session: AsyncSession, *, actor: Actor, now: datetime) -> Loaded:
    """Adds what is not there yet. The dates that decide something are relative to the day of `now`, D.

    NotAllowed where messages could leave the machine: the demo's telephones look real.
    """
    refuse_unless_nothing_leaves()
    return Loaded(people=await load_people(session, actor=actor, now=now))

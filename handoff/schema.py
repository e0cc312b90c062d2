"""Every table of every room, for migrations: importing this module fills the metadata."""

from __future__ import annotations

from backend import audit, beneficiaries
from backend.identity import verbs as identity
from backend.protocols import tables as protocols
from backend.store import clock
from backend.store.tables import Base
from handoff.access import tables as access
from handoff.conversations import tables as conversations
from handoff.desk import tables as desk

ROOMS = (audit, beneficiaries, identity, protocols, clock, access, conversations, desk)
METADATA = Base.metadata

"""Every table of every room, for migrations: importing this module fills the metadata."""

from __future__ import annotations

from backend import audit, beneficiaries, contracts, erp, events, mail, sheets
from backend.coming_of_age import tables as coming_of_age
from backend.delinquency import tables as delinquency
from backend.disputes import tables as disputes
from backend.documents import tables as documents
from backend.holder_change import tables as holder_change
from backend.identity import verbs as identity
from backend.invoices import tables as invoices
from backend.network import tables as network
from backend.procedures import tables as procedures
from backend.protocols import tables as protocols
from backend.registration import tables as registration
from backend.scheduling import tables as scheduling
from backend.store import clock
from backend.store.tables import Base
from handoff.access import tables as access
from handoff.api import tables as api
from handoff.conversations import tables as conversations
from handoff.desk import tables as desk

ROOMS = (
    audit, beneficiaries, contracts, events, identity, invoices, mail, network, procedures, protocols, scheduling,
    registration, disputes, documents, coming_of_age, holder_change, delinquency, erp, sheets, clock, access, api,
    conversations, desk,
)  # fmt: skip
METADATA = Base.metadata

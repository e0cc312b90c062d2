"""What the moves of a coming of age say to one person. [processes.md 7]"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.coming_of_age.verbs import of_protocol
from backend.news_told import Told
from backend.protocols.tables import Protocol
from backend.settings import settings
from backend.words import numeric_date

READY = "coming_of_age_ready"
SEND_NOW = ("Mandar agora", "correct")
CONFIRM, COME = ("Confirmo", "confirm"), ("Vou buscar", "come")


async def told(session: AsyncSession, protocol: Protocol, text: str, reason: str, listener: Beneficiary) -> Told:  # noqa: ARG001 (every process's words are found alike)
    """What is ready and until when, and whose it is; the other texts name the request alone, begun or not."""
    if not text.startswith("coming_of_age"):
        return Told({}, (SEND_NOW,) if text == "correction" else ())
    case = await of_protocol(session, protocol.id)
    dependent = await beneficiaries.get(session, case.dependent_id)
    values = {
        "name": dependent.first_name, "ready": case.ready,
        "address": settings().operator_address, "hours": settings().counter_hours,
        "until": numeric_date(case.ready_until) if case.ready_until else "",
    }  # fmt: skip
    return Told(values, (CONFIRM, COME) if text == READY else ())

"""What the moves of a change of holder say to one person. [processes.md 8; rules 3, 10]"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from backend import beneficiaries
from backend.beneficiaries import Beneficiary
from backend.holder_change.verbs import of_protocol
from backend.news_told import Told
from backend.protocols.tables import Protocol
from backend.settings import settings

SEND_NOW = ("Mandar agora", "correct")


async def told(session: AsyncSession, protocol: Protocol, text: str, reason: str, listener: Beneficiary) -> Told:  # noqa: ARG001 (every process's words are found alike)
    """Who is the holder now; where an original is shown, with what the desk wrote beside it. The same for everybody.

    The other texts name the request alone, begun or not.
    """
    if not text.startswith("holder_change"):
        return Told({}, (SEND_NOW,) if text == "correction" else ())
    change = await of_protocol(session, protocol.id)
    holder = await beneficiaries.get(session, change.new_holder_id)
    places = {"address": settings().operator_address, "hours": settings().counter_hours}
    return Told({"holder": holder.first_name, "note": f"\n\n{reason}" if reason else "", **places})

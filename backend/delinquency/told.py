"""What the moves of a reported payment say to who reported it. [processes.md 6]"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from backend.beneficiaries import Beneficiary
from backend.news_told import Told
from backend.protocols.tables import Protocol

SEND_NOW = ("Mandar agora", "correct")
NOTE = "\n\nObservação: {note}"


async def told(session: AsyncSession, protocol: Protocol, text: str, reason: str, listener: Beneficiary) -> Told:  # noqa: ARG001 (every process's words are found alike)
    """Found or not, with finance's words; a receipt that is asked for again can be sent at once.

    Only who may hear of money is told (`backend.news.MONEY_PROTOCOLS`).
    """
    note = NOTE.format(note=reason.strip()) if reason.strip() else ""
    return Told({"note": note}, (SEND_NOW,) if text == "correction" else ())

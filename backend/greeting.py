"""How one greets by the hour of the operator's wall clock."""

from __future__ import annotations

from datetime import datetime

from backend.store.clock import local

MORNING, AFTERNOON, EVENING = 5, 12, 18


def greeting(now: datetime) -> str:
    """'Bom dia', 'Boa tarde' or 'Boa noite'."""
    hour = local(now).hour
    if MORNING <= hour < AFTERNOON:
        return "Bom dia"
    return "Boa tarde" if AFTERNOON <= hour < EVENING else "Boa noite"

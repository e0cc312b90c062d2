"""Demo data are refused unless nothing can leave this machine."""

from __future__ import annotations

from backend.errors import NotAllowed
from backend.settings import settings


def refuse_unless_nothing_leaves() -> None:
    """NotAllowed unless the simulator, or a Twilio API on the loopback, is what sends."""
    if not settings().sends_to_loopback:
        raise NotAllowed(
            "Os dados de demonstração só podem ser carregados com o simulador: os telefones parecem reais.",
            detail="demo data need a Twilio API on the loopback",
        )
